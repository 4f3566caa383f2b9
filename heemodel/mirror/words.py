"""What is said around a model in its mirror."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xarray as xr

from heemodel.analysis.preparing import Prepared
from heemodel.mirror.content import Content, Row
from heemodel.mirror.verification import answers_of
from heemodel.parameters import Inputs
from heemodel.parameters.stated import changes_of, stated_record
from heemodel.structures import CohortModel

NOTES = """\
Every figure but the inputs is a formula. Start at a total on the sheet Results and follow its formula back: to the \
payoffs of a strategy, to who is where (Trace), to the probabilities (Moves), and to the inputs by name.
Over each column stands its formula in names. Columns and rows under 'Workings' are what the model's code names, and \
what more than one formula uses.
Rows of all sheets by cycle stand beside each other: row 8 is cycle 0 on each of them.
The sheet Checks holds Python's answers beside this workbook's. Once an input is changed it says so, as Python's \
answers are those of the inputs as they were. It also lists what must hold for any inputs, such as that probabilities \
lie between 0 and 1: Python refuses other inputs, and a spreadsheet goes on.
The point estimate is worked out here: one value of each input. The probabilistic analysis is Python's.
"""
"""How to read a mirror, a line for each point."""


@dataclass(frozen=True)
class Words:
    """What is said around the model.

    Attributes
    ----------
    title, about : at the head of the first sheet: the analysis, and lines about it
    labels : what stands left of columns by cycle
    rows : outcomes in their order, with their words and number format
    answers : Python's, by outcome and strategy
    comparator : the strategy that others are compared with
    fixed : settings that the structure was built with
    evidence : data records of the scenario: label, strategy, numbers, status, source and why
    changes : what was changed of the model's own inputs: what it is, and in words from what to what
    """

    title: str
    about: list[tuple[str, str]]
    labels: list[tuple[str, list[Any]]]
    rows: list[tuple[Row, str, str]]
    answers: dict[tuple[Row, str], float]
    strategies: Sequence[str]
    comparator: str
    fixed: list[tuple[str, float, str, str]]
    notes: list[str]
    evidence: list[tuple[str, ...]] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)


def words_of(prepared: Prepared, content: Content, group: str | None, horizon: str, files: Mapping[str, str]) -> Words:
    """What is said around the model of a folder."""
    inputs, model = prepared.inputs, prepared.model
    about, scenario = inputs.about, inputs.scenario(prepared.scenario)
    structure = getattr(model, "in_words", type(model).__name__)
    lines = [
        *([("Organisation", about.organisation)] if about.organisation else []),
        ("Question", about.question),
        ("Scenario", f"{scenario.label} ({prepared.scenario})"),
        *([] if group is None else [("Group", group)]),
        ("Structure", structure),
        *([("Horizon", horizon)] if horizon else []),
        *([("Discounting", model.discount.words)] if isinstance(model, CohortModel) else []),
        ("Price year", f"{about.price_year}, all money in {about.currency}"),
        ("Perspective", about.perspective),
        *(("Inputs changed by", f"{name} (SHA-256 {sha})") for name, sha in files.items()),
    ]
    return Words(
        title=about.title,
        about=lines,
        labels=_labels(model),
        rows=[_row(row, inputs) for row in _rows(content)],
        answers=_answers(prepared.point, content, group),
        strategies=list(model.strategies),
        comparator=about.comparator,
        fixed=[(one.label, one.value, one.unit, one.source) for one in inputs.settings.values()],
        notes=NOTES.splitlines(),
        evidence=_evidence(inputs, prepared.scenario),
        changes=[
            (one.label, f"{one.before} → {one.after}{f'; {one.source}' if one.source else ''}")
            for one in changes_of(inputs)
        ],
    )


def _evidence(inputs: Inputs, scenario: str) -> list[tuple[str, ...]]:
    """The data records that a scenario rests on, as they were stated."""
    return [
        (one.label, strategy, stated_record(one), str(one.status), one.source, one.rationale)
        for strategies in inputs.scenario(scenario).evidence.values()
        for strategy, one in ((strategy, inputs.data[name]) for strategy, name in strategies.items())
    ]


def plain_words(model: Any, point: xr.Dataset, content: Content, group: str | None, title: str) -> Words:
    """What is said around a model that has no inputs file; the first strategy is the comparator."""
    strategies = list(model.strategies)
    lines = [("Structure", getattr(model, "in_words", type(model).__name__))]
    lines += [] if group is None else [("Group", group)]
    lines += [("Discounting", model.discount.words)] if isinstance(model, CohortModel) else []
    return Words(
        title=title,
        about=lines,
        labels=_labels(model),
        rows=[_row(row, None) for row in _rows(content)],
        answers=_answers(point, content, group),
        strategies=strategies,
        comparator=strategies[0],
        fixed=[],
        notes=NOTES.splitlines(),
    )


def _labels(model: Any) -> list[tuple[str, list[Any]]]:
    """Cycles and their times."""
    if not isinstance(model, CohortModel):
        return []
    times = [*model.timing.starts.tolist(), float(model.timing.points()[-1])]
    return [("cycle", list(range(model.cycles + 1))), ("starts in year", [round(time, 6) for time in times])]


def _rows(content: Content) -> list[Row]:
    return list(dict.fromkeys(row for row, _ in content.totals))


def _answers(point: xr.Dataset, content: Content, group: str | None) -> dict[tuple[Any, str], float]:
    """Python's answers, and the total cost of each strategy."""
    answers: dict[tuple[Any, str], float] = dict(answers_of(point, content, group))
    whole: dict[tuple[Any, str], float] = {}
    for (row, strategy), answer in answers.items():
        if row[0] == "cost":
            whole["total cost", strategy] = whole.get(("total cost", strategy), 0.0) + answer
    return answers | whole


def _row(row: Row, inputs: Inputs | None) -> tuple[Row, str, str]:
    """An outcome with its words and number format."""
    name, label = row
    if name == "cost" and label is not None:
        known = None if inputs is None else inputs.components.get(label)
        return row, f"Cost: {label if known is None else known.label}", "money"
    words = {"qaly": "QALYs", "life_years": "Life-years, undiscounted", "years_in_state": "Years in"}
    text = words.get(name, name.replace("_", " ").capitalize())
    return row, f"{text} {label or ''}".strip(), "number"

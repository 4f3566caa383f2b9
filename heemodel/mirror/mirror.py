"""A model folder's deterministic model as a workbook of formulas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.analysis.own_code import own_code
from heemodel.analysis.preparing import Prepared, Sampler, prepare
from heemodel.errors import nearest
from heemodel.mirror.cohort import cohort_content
from heemodel.mirror.content import LIFE_TABLE, Column, Content, Row, Sheet
from heemodel.mirror.errors import MirrorError
from heemodel.mirror.figures import discount_figures, figures_of
from heemodel.mirror.front import Words
from heemodel.mirror.names import Names
from heemodel.mirror.planning import plan
from heemodel.mirror.reading import Reader
from heemodel.mirror.timing import discount_inputs
from heemodel.mirror.tree import tree_content
from heemodel.mirror.verification import answers_of, check_agreement
from heemodel.mirror.writing import Mirror
from heemodel.structures import CohortModel, DecisionTree

RESERVED = ("check", "inputs_changed")
DRAWS = 10_000

NOTES = """\
Every figure but the inputs is a formula. Start at a total on the sheet Results and follow its formula back: to the \
payoffs of a strategy, to who is where (Trace), to the probabilities (Moves), and to the inputs by name.
Rows of all sheets by cycle stand beside each other: row 8 is cycle 0 on each of them. Over each column stands its \
formula in names.
Columns under 'Workings' are what the model's code names, and what more than one formula uses.
The sheet Checks holds Python's answers beside this workbook's. Once an input is changed it says so, as Python's \
answers are those of the inputs as they were.
The point estimate is worked out here: one value of each input. The probabilistic analysis is Python's.
"""
"""How to read a mirror, a line for each point."""


def write_mirror(
    folder: str | Path | ModelFolder,
    path: str | Path,
    *,
    scenario: str | None = None,
    horizon: str | None = None,
    group: str | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> Path:
    """Write the deterministic model as a workbook of live formulas that start from its inputs.

    The model's functions are called once, on numbers that remember how they were made; each becomes a formula. Changing
    an input cell recalculates what the engine would give. Before anything is written, all inputs are moved a little,
    and what the recorded operations give is held against the engine.

    Parameters
    ----------
    folder : a model folder, or what `load_model` gives; its model is a cohort or a decision tree
    path : of the workbook, ``.xlsx``
    scenario : whose evidence is taken; by default the first
    horizon : such as ``"5 years"``; by default the model's
    group : the group that is mirrored, where the model has groups
    draws, seed : of a posterior whose means are the central values, where the evidence has no plug-in estimate; as in
        `analyse`

    Returns
    -------
    The path

    Raises
    ------
    MirrorError
        for another kind of model, a group that is missing or unknown, and whatever cannot be written as a formula: its
        name, and the line of the model's code
    HeemodelError
        as `analyse` does, for inputs or a model that are not sound

    See Also
    --------
    analyse : the probabilistic analysis, whose point estimate this is

    Notes
    -----
    A function that only moves numbers about, compares, or is one of numpy's elementary ones has a formula. Matrix
    exponentials, root finders and interpolation have none. Conditions that the model's code asks about (``if``) are
    answered once, and listed on the sheet of checks.

    Examples
    --------
    >>> import tempfile
    >>> written = write_mirror("models/sumatriptan", f"{tempfile.mkdtemp()}/model.xlsx")
    >>> written.name
    'model.xlsx'
    """
    folder = folder if isinstance(folder, ModelFolder) else load_model(folder)
    path = Path(path)
    if path.suffix != ".xlsx":
        raise MirrorError(f"{path}: a mirror is a workbook; name it {path.with_suffix('.xlsx').name}")
    if not path.parent.is_dir():
        raise MirrorError(f"{path}: there is no folder {path.parent}; make it, or name another")
    name = scenario or next(iter(folder.inputs.scenarios))
    folder.inputs.scenario(name)
    prepared = prepare(folder, folder.inputs, name, folder.check_horizon(horizon), Sampler(draws=draws, seed=seed))
    mirror_of(folder, prepared, group, horizon=folder.check_horizon(horizon)).write(path)
    return path


def mirror_of(folder: ModelFolder, prepared: Prepared, group: str | None, *, horizon: str) -> Mirror:
    """The mirror of a prepared scenario, checked against the engine."""
    model: Any = prepared.model
    _check_kind(model)
    _check_group(model, group)
    reader = Reader(folder=folder.path.resolve())
    names = Names()
    for taken in RESERVED:
        names.name(taken)
    rates = discount_inputs(model, reader.recording)
    with np.errstate(all="ignore"), own_code(folder.path, prepared.where):
        if isinstance(model, CohortModel):
            content = cohort_content(model, prepared.central, reader, group, rates)
            _add_life_table(content, reader, model)
        else:
            content = tree_content(model, prepared.central, reader, group)
    check_agreement(model, prepared.central, content, reader, rates, group)
    figures = figures_of(reader, prepared.central, prepared.inputs, prepared.scenario, names)
    figures += discount_figures(rates, model, names)
    words = _words(prepared, content, group, horizon)
    return Mirror(content, plan(content, reader), reader, figures, words)


def _check_kind(model: Any) -> None:
    if not isinstance(model, (CohortModel, DecisionTree)):
        raise MirrorError(
            f"the model is a {type(model).__name__}, and a mirror is of an hm.CohortModel or an hm.DecisionTree"
        )


def _check_group(model: Any, group: str | None) -> None:
    """Refuse a group that is missing or unknown."""
    groups = list(model.groups)
    if group is None and groups:
        raise MirrorError(
            f"the model has groups, and a mirror is of one of them; name it: {'; '.join(map(repr, groups))}"
        )
    if group is not None and group not in groups:
        cure = nearest(group, groups) if groups else "the model has none; leave it out"
        raise MirrorError(f"there is no group {group!r}; {cure}")


def _add_life_table(content: Content, reader: Reader, model: CohortModel) -> None:
    """The life table's rates as inputs, and what they add up to."""
    table = model.mortality
    if table is None or not reader.rates:
        return
    sheet = Sheet(LIFE_TABLE)
    content.labels[sheet] = [("age", table.rates["age"].to_numpy().tolist())]
    for sex, rates in reader.rates.items():
        years = [""] if rates.ndim == 1 else [f", {year}" for year in table.rates["year"].to_numpy()]
        for year, numbers in zip(years, rates.elements.reshape(rates.shape[0], -1).T, strict=True):
            heading, block = f"{sex}{year}", f"Deaths per person-year, {table.name}"
            rate = Column(sheet, block, heading, numbers.tolist(), by_cycle=False, style="probability")
            rate.called = f"death rate, {heading}"
            content.add(rate)
    for sex, rates in reader.rates.items():
        if rates.ndim == 1:
            finite = np.where(np.isinf(rates), 0.0, rates)
            added: Any = np.cumsum(finite)
            hazards = [0.0, *added.elements.tolist()[:-1]]
            block = "Hazard added up to the birthday"
            hazard = Column(sheet, block, sex, hazards, by_cycle=False, style="probability")
            hazard.called = f"hazard added up, {sex}"
            content.add(hazard)


def _words(prepared: Prepared, content: Content, group: str | None, horizon: str) -> Words:
    """What is said around the model."""
    inputs, model = prepared.inputs, prepared.model
    about, scenario = inputs.about, inputs.scenario(prepared.scenario)
    structure = getattr(model, "in_words", type(model).__name__)
    lines = [
        ("Question", about.question),
        ("Scenario", f"{scenario.label} ({prepared.scenario})"),
        *([] if group is None else [("Group", group)]),
        ("Structure", structure),
        *([("Horizon", horizon)] if horizon else []),
        *([("Discounting", model.discount.words)] if isinstance(model, CohortModel) else []),
        ("Prices", f"{about.currency}, of {about.price_year}"),
        ("Perspective", about.perspective),
    ]
    labels: list[tuple[str, list[Any]]] = []
    if isinstance(model, CohortModel):
        times = [*model.timing.starts.tolist(), float(model.timing.points()[-1])]
        labels = [("cycle", list(range(model.cycles + 1))), ("starts in year", [round(time, 6) for time in times])]
    answers: dict[Any, float] = dict(answers_of(prepared.point, content, group))
    for strategy in model.strategies:
        answers["total cost", strategy] = sum(
            answer for (row, whose), answer in answers.items() if row[0] == "cost" and whose == strategy
        )
    return Words(
        title=about.title,
        about=lines,
        labels=labels,
        rows=[_row(row, prepared) for row in dict.fromkeys(row for row, _ in content.totals)],
        answers=answers,
        strategies=list(model.strategies),
        comparator=about.comparator,
        fixed=[(one.label, one.value, one.unit, one.source) for one in inputs.settings.values()],
        notes=NOTES.splitlines(),
    )


def _row(row: Row, prepared: Prepared) -> tuple[Row, str, str]:
    """An outcome with its words and number format."""
    name, label = row
    if name == "cost" and label is not None:
        known = prepared.inputs.components.get(label)
        return row, f"Cost: {label if known is None else known.label}", "money"
    words = {"qaly": "QALYs", "life_years": "Life-years, undiscounted", "years_in_state": "Years in"}
    text = words.get(name, name.replace("_", " ").capitalize())
    return row, f"{text} {label or ''}".strip(), "number"

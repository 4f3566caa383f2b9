"""The assumptions log: every input with its value, uncertainty, status and source, and why it was chosen."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from heemodel.analysis import Results
from heemodel.parameters import Correlated, Inputs, Parameter
from heemodel.parameters.stated import as_given, with_unit
from heemodel.report.document import Section, Table, Words
from heemodel.report.formatting import percent
from heemodel.report.sections.changed import changed
from heemodel.report.sections.evidence import STATUS, WIDE

HEADER = ["Quantity", "Value", "Uncertainty", "Status", "Source", "Why"]


def inputs(results: Results) -> Section | None:
    """Every setting, parameter, grouping, prior and table that there is; None for a PSA from files."""
    log = results.inputs
    if log is None:
        return None
    return Section(
        name="inputs",
        title="Every input, and why",
        link="Inputs",
        blocks=[Words(_counted(log)), Words(STATUS, "note"), *(table for table in tables_of(log) if table.rows)],
    )


def tables_of(log: Inputs) -> list[Table]:
    """Every table of the log, also those with nothing in them."""
    settings = [
        [s.label, with_unit(s.value, s.unit), "none", s.status, s.source, s.rationale] for s in log.settings.values()
    ]
    return [
        changed(log),
        Table("Settings", HEADER, [*settings, *_budget(log)], widths=WIDE),
        Table("Parameters", HEADER, [_parameter(log, name, p) for name, p in log.parameters.items()], widths=WIDE),
        _alternatives(log),
        Table(
            "Parameters drawn together",
            HEADER,
            [_together(log, joint) for joint in log.correlated.values()],
            widths=WIDE,
        ),
        Table("Groups of patients", HEADER, list(_groups(log)), widths=WIDE),
        Table(
            "Priors of the evidence model", HEADER, [_parameter(log, "", p) for p in log.priors.values()], widths=WIDE
        ),
        Table("Tables of data", HEADER, [_file(log, name) for name in log.tables], widths=WIDE),
    ]


def _budget(log: Inputs) -> Iterator[list[str]]:
    """The figures of the budget."""
    for _, figure in log.budget.figures() if log.budget is not None else ():
        values = np.atleast_1d(getattr(figure, "value"))  # noqa: B009 (each figure of a budget has one)
        shown = f"{', '.join(map(as_given, values))} {figure.unit}"
        yield [figure.label, shown, "none", figure.status, figure.source, figure.rationale]


def _counted(log: Inputs) -> str:
    """How many figures there are of each status, the least sure last."""
    counts = Counter[str](figure.status for _, figure in log.figures())
    order: Sequence[str] = ("read", "quoted", "derived", "assumed", "recalled")
    parts = ", ".join(f"{counts[status]} {status}" for status in order if counts[status])
    among = ", with those of the evidence" if log.data or log.tables else ""
    return f"Of {sum(counts.values())} figures{among}: {parts}."


def _alternatives(log: Inputs) -> Table:
    """Parameters of which there are several sources: each option below them, with how much it is believed."""
    rows: list[list[str]] = []
    beside, headings = {}, set()
    for parameter, several in log.alternatives.items():
        headings.add(len(rows))
        rows.append([several.label, f"{len(several.options)} sources", "one source a draw", "", "", several.rationale])
        for name, option in several.options.items():
            part = several.believed.get(name)
            believed = "in variations only (weight 0)" if part is None else f"weight {percent(part)}"
            central = "; gives the central value" if name == several.heaviest else ""
            beside[len(rows)] = f"{believed}{central}"
            rows.append(_parameter(log, parameter, option))
    title = "Parameters with several sources"
    return Table(title, HEADER, rows, widths=WIDE, beside=beside, emphasis=frozenset(headings))


def _groups(log: Inputs) -> Iterator[list[str]]:
    """Each grouping: the shares of its groups, and what the model reads of them."""
    for grouping in log.groups.values():
        everybody = sum(grouping.people.values())
        people = ", ".join(f"{name} {percent(number / everybody)}" for name, number in grouping.people.items())
        traits = [
            f"{trait.replace('_', ' ')}: {', '.join(f'{name} {as_given(value)}' for name, value in numbers.items())}"
            for trait, numbers in grouping.traits.items()
        ]
        shares = "; ".join([people, *traits])
        yield [grouping.label, shares, "none", grouping.status, grouping.source, grouping.rationale]


def _file(log: Inputs, name: str) -> list[str]:
    """A table that is kept in a file."""
    table = log.tables[name]
    rows = f"{len(log.frames[name])} rows in {table.file}, {table.unit}"
    return [table.label, rows, "as the evidence model takes it", table.status, table.source, table.rationale]


def _parameter(log: Inputs, name: str, p: Parameter) -> list[str]:
    """A parameter or prior, with its value as the model takes it where its unit or prices are others."""
    value = "; ".join(map(as_given, p.centre()))
    shown = (
        with_unit(p.centre()[0], p.unit)
        if p.labels is None
        else f"{value} {p.unit}, {p.dimension} {' to '.join((p.labels[0], p.labels[-1]))}"
    )
    taken = log.taken(name, p)
    if taken.factor != 1 and p.labels is None:
        moved = float(p.centre()[0]) * taken.factor
        year = "" if p.price_year is None else f" in {log.about.price_year} prices"
        shown += f"{f' in {p.price_year}' if year else ''}; {with_unit(moved, taken.unit)}{year}"
    spread = "none" if p.distribution == "fixed" else f"{p.distribution}, {p.spread_in_words()}"
    return [p.label, shown, spread, p.status, p.source, p.rationale]


def _together(log: Inputs, joint: Correlated) -> list[str]:
    """Correlated parameters and how strongly."""
    matrix, pairs = joint.correlations(), itertools.combinations(enumerate(joint.parameters), 2)
    label = {name: log.parameters[name].label for name in joint.parameters if name in log.parameters}
    strengths = "; ".join(
        f"{label.get(first, first)} with {label.get(second, second)} {as_given(matrix[i, j], '.2g')}"
        for (i, first), (j, second) in pairs
    )
    return [joint.label, strengths, "multivariate normal", joint.status, joint.source, joint.rationale]

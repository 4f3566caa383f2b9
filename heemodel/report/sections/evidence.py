"""The evidence behind each scenario: its data, the posterior that was fitted to them, and whether it predicts them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from heemodel.analysis import Fitted, Results
from heemodel.parameters import Inputs
from heemodel.parameters.stated import as_given, stated_record
from heemodel.report.document import Block, Folded, Section, Table, Words
from heemodel.report.layout import by_scenario

STATUS = (
    "Status: read in the publication named; quoted in another document; derived from those by arithmetic; assumed, for "
    "want of evidence; recalled, and not yet seen in a document."
)
WIDE = (16, 13, 13, 8, 24, 26)
"""Widths of the columns of the wide tables, per cent."""
PRINTED = 40
"""Rows of a table of evidence up to which it is printed."""


def evidence(results: Results) -> Section | None:
    """Data records, tables, posterior and predictive checks of every scenario; None where there is no evidence."""
    inputs = results.inputs
    if inputs is None:
        return None
    recorded = by_scenario(results, lambda result: _recorded(results, inputs, result.name), "its evidence")
    blocks = [*recorded, *_taken(results, inputs), *_checked(results)]
    if not blocks:
        return None
    return Section(
        name="evidence",
        title="The evidence",
        link="Evidence",
        blocks=[Words(STATUS), *blocks, *_left_out(results, inputs)],
    )


def _left_out(results: Results, inputs: Inputs) -> list[Block]:
    """A line on the bodies of evidence in the inputs that are about other figures than these."""
    names = [name for name in inputs.scenarios if name not in results.scenarios and inputs.unmet(name)]
    labels = ", ".join(results.label(name) for name in names)
    return [Words(f"Not run, as it is about other figures than these: {labels}.", "note")] if names else []


def _recorded(results: Results, inputs: Inputs, scenario: str) -> list[Block]:
    """The table of what a scenario rests on, where it rests on anything."""
    records = _records(inputs, scenario, results.label(scenario))
    return [records] if records.rows else []


def _checked(results: Results) -> list[Block]:
    """Folded away, what was fitted; once for scenarios that are fitted to the same."""
    fitted = {result.name: result.fitted for result in results if result.fitted is not None}
    tables = {name: [_posterior(one), _predictive(one)] for name, one in fitted.items()}
    return [
        Folded(
            title=f"{labels}: posterior and predictive checks",
            blocks=[replace(one, title=f"{one.title}, {labels}") for one in same if one.rows],
        )
        for labels, same in _once(results, tables)
    ]


def _once(results: Results, tables: Mapping[str, list[Table]]) -> list[tuple[str, list[Table]]]:
    """The tables of scenarios, each with the labels of all that have the same."""
    alike: list[tuple[list[str], list[Table]]] = []
    for name, mine in tables.items():
        holders = next((names for names, same in alike if same == mine), None)
        if holders is None:
            alike.append(([name], mine))
        else:
            holders.append(name)
    return [(_labels(results, names), same) for names, same in alike]


def _labels(results: Results, names: list[str]) -> str:
    """Scenarios by their labels; "All scenarios" where several are all that there are."""
    if 1 < len(names) == len(results.scenarios):
        return "All scenarios"
    return ", ".join(results.label(name) for name in names)


def _records(inputs: Inputs, scenario: str, label: str) -> Table:
    """The data records of a scenario, with what in them is assumed; and the tables of which it takes rows."""
    rows = []
    for strategies in inputs.scenarios[scenario].evidence.values():
        for strategy, name in strategies.items():
            record = inputs.data[name]
            data = stated_record(record)
            assumed = f"ASSUMED: {', '.join(record.assumed)}" if record.assumed else "nothing assumed"
            rows.append([f"{record.label} ({strategy})", data, assumed, record.status, record.source, record.rationale])
    for name, table in inputs.tables.items():
        taken, every = len(inputs.table(name, scenario)), len(inputs.frames[name])
        data = f"{taken} of the {every} rows of {table.file}, {table.unit}"
        rows.append([table.label, data, "nothing assumed", table.status, table.source, table.rationale])
    chosen = inputs.scenarios[scenario]
    return Table(
        title=f"Evidence: {label}",
        header=["Figure", "Data", "Assumed", "Status", "Source", "Why"],
        rows=rows,
        note=f"{chosen.summary or ''} {chosen.design or ''}".strip(),
        widths=WIDE,
    )


def _taken(results: Results, inputs: Inputs) -> list[Block]:
    """Folded away, the rows that scenarios take of tables, where they are few enough to be read; the same rows once."""
    blocks: list[Block] = []
    for name, table in inputs.tables.items():
        taken = {result.name: inputs.table(name, result.name) for result in results}
        printed = {scenario: [_rows(table.label, rows)] for scenario, rows in taken.items() if len(rows) <= PRINTED}
        for labels, (rows,) in _once(results, printed):
            title = f"{rows.title}: {labels}"
            blocks.append(Folded(title=title, blocks=[replace(rows, title=title)]))
    return blocks


def _rows(label: str, frame: pd.DataFrame) -> Table:
    """Rows of a table of evidence as they are in its file."""
    cells = [["" if pd.isna(value) else _printed(value) for value in row] for row in frame.to_numpy(object)]
    return Table(label, [str(column).replace("_", " ") for column in frame.columns], cells)


def _printed(value: object) -> str:
    return as_given(value) if isinstance(value, int | float) else str(value)


def _posterior(fitted: Fitted) -> Table:
    """Posterior summary with convergence figures."""
    rows = [
        [
            str(row.parameter).replace("_", " "),
            as_given(row.mean, ".3g"),
            f"{as_given(row.lower, '.3g')} to {as_given(row.upper, '.3g')}",
            f"{row.rhat:.3f}",
            f"{row.ess_bulk:,.0f}",
            f"{row.ess_tail:,.0f}",
        ]
        for row in fitted.posterior.itertuples()
    ]
    return Table(
        title="Posterior",
        header=["Parameter", "Mean", "95% interval", "R-hat", "ESS bulk", "ESS tail"],
        rows=rows,
        note=f"Divergences: {fitted.divergences}. The gate: R-hat at most 1.01, ESS at least 400, no divergences.",
    )


def _predictive(fitted: Fitted) -> Table:
    """Prior and posterior predictive checks."""
    rows = [
        [
            str(row["observation"]).replace("_", " "),
            as_given(row["observed"], "g"),
            *(_quantiles(row, when) for when in ("prior", "posterior")),
        ]
        for _, row in fitted.predictive.iterrows()
    ]
    return Table(
        title="What the model predicts of its data",
        header=["Observation", "Observed", "Predicted before the data", "Predicted after"],
        rows=rows,
        note="Medians with 95% intervals.",
    )


def _quantiles(row: "pd.Series[Any]", when: str) -> str:
    """The median of what is predicted, with its interval."""
    low, median, high = (as_given(float(row[f"{when}_{share}"]), ".3g") for share in ("2.5%", "50%", "97.5%"))
    return f"{median} ({low} to {high})"

"""The evidence behind each scenario: its data, the posterior that was fitted to them, and whether it predicts them."""

import pandas as pd

from heemodel.analysis import Fitted, Results
from heemodel.parameters import Inputs
from heemodel.parameters.specification import DataRecord
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
    blocks = by_scenario(results, lambda result: _of_scenario(results, inputs, result.name), "its evidence")
    if not blocks:
        return None
    return Section(
        name="evidence",
        title="The evidence",
        link="Evidence",
        blocks=[Words(STATUS), *blocks],
    )


def _of_scenario(results: Results, inputs: Inputs, scenario: str) -> list[Block]:
    """What a scenario rests on; what was fitted to it is folded away."""
    label, fitted = results.label(scenario), results.scenarios[scenario].fitted
    records = _records(inputs, scenario, label)
    blocks: list[Block] = [records] if records.rows else []
    if fitted is not None:
        tables = [_posterior(fitted, label), _predictive(fitted, label)]
        shown = [table for table in tables if table.rows]
        blocks.append(Folded(title=f"{label}: posterior and predictive checks", blocks=shown))
    return [*blocks, *(Folded(title=table.title, blocks=[table]) for table in _taken(inputs, scenario, label))]


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


def stated_record(record: DataRecord) -> str:
    """The numbers of a record, as they were published."""
    if record.share is not None:
        return f"{record.share:.4g} of {record.n:,.10g} {record.unit}, taken as {record.counted:,} of them"
    if record.events is not None:
        return f"{record.events:,} of {record.n:,.10g} {record.unit}"
    if record.quartiles is not None:
        low, median, high = (f"{value:,.10g}" for value in record.quartiles)
        return f"median {median} {record.unit}, quartiles {low} and {high}, n = {record.n:,.10g}"
    spread = "" if record.sd is None else f", standard deviation {record.sd:,.10g}"
    return f"mean {record.mean:,.10g} {record.unit}{spread}, n = {record.n:,.10g}"


def _taken(inputs: Inputs, scenario: str, label: str) -> list[Table]:
    """The rows that a scenario takes of each table, where they are few enough to be read."""
    tables = []
    for name, table in inputs.tables.items():
        frame = inputs.table(name, scenario)
        if len(frame) <= PRINTED:
            cells = [["" if pd.isna(value) else _printed(value) for value in row] for row in frame.to_numpy(object)]
            header = [str(column).replace("_", " ") for column in frame.columns]
            tables.append(Table(f"{table.label}: {label}", header, cells))
    return tables


def _printed(value: object) -> str:
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def _posterior(fitted: Fitted, label: str) -> Table:
    """Posterior summary with convergence figures."""
    rows = [
        [
            str(row.parameter).replace("_", " "),
            f"{row.mean:.3g}",
            f"{row.lower:.3g} to {row.upper:.3g}",
            f"{row.rhat:.3f}",
            f"{row.ess_bulk:,.0f}",
            f"{row.ess_tail:,.0f}",
        ]
        for row in fitted.posterior.itertuples()
    ]
    return Table(
        title=f"Posterior, {label}",
        header=["Parameter", "Mean", "95% interval", "R-hat", "ESS bulk", "ESS tail"],
        rows=rows,
        note=f"Divergences: {fitted.divergences}. The gate: R-hat at most 1.01, ESS at least 400, no divergences.",
    )


def _predictive(fitted: Fitted, label: str) -> Table:
    """Prior and posterior predictive checks."""
    rows = [
        [
            str(row["observation"]).replace("_", " "),
            f"{row['observed']:g}",
            f"{row['prior_50%']:.3g} ({row['prior_2.5%']:.3g} to {row['prior_97.5%']:.3g})",
            f"{row['posterior_50%']:.3g} ({row['posterior_2.5%']:.3g} to {row['posterior_97.5%']:.3g})",
        ]
        for _, row in fitted.predictive.iterrows()
    ]
    return Table(
        title=f"What the model predicts of its data, {label}",
        header=["Observation", "Observed", "Predicted before the data", "Predicted after"],
        rows=rows,
        note="Medians with 95% intervals.",
    )

"""The tables that say where results come from: data, inputs, posterior and checks."""

import itertools
from collections.abc import Iterator, Sequence

import pandas as pd

from heemodel.parameters import Correlated, Inputs, Parameter
from heemodel.report.contents import ScenarioResult
from heemodel.report.tables import Table
from heemodel.report.wording import percent, with_unit

WIDE = (16, 13, 13, 8, 24, 26)
"""Widths of the columns of the wide tables, per cent."""


PRINTED = 40
"""Rows of a table of evidence up to which it is printed."""


def evidence_table(inputs: Inputs, result: ScenarioResult) -> Table:
    """The data records of a scenario, with what in them is assumed; and the tables of which it takes rows."""
    rows = []
    for strategies in inputs.scenarios[result.name].evidence.values():
        for strategy, name in strategies.items():
            record = inputs.data[name]
            if record.events is not None:
                what = f"{record.events:,} of {record.n:,.10g} {record.unit}"
            else:
                what = f"mean {record.mean:,.10g} {record.unit}, n = {record.n:,.10g}"
            assumed = f"ASSUMED: {', '.join(record.assumed)}" if record.assumed else "nothing assumed"
            rows.append([f"{record.label} ({strategy})", what, assumed, record.status, record.source, record.rationale])
    for name, table in inputs.tables.items():
        taken, every = len(inputs.table(name, result.name)), len(inputs.frames[name])
        what = f"{taken} of the {every} rows of {table.file}, {table.unit}"
        rows.append([table.label, what, "nothing assumed", table.status, table.source, table.rationale])
    scenario = inputs.scenarios[result.name]
    return Table(
        title=f"Evidence: {scenario.label}",
        header=["Figure", "Data", "Assumed", "Status", "Source", "Why"],
        rows=rows,
        note=" ".join(filter(None, (scenario.summary, scenario.design))),
        widths=WIDE,
    )


def taken_tables(inputs: Inputs, result: ScenarioResult) -> list[Table]:
    """The rows that a scenario takes of each table, where they are few enough to be read."""
    tables = []
    for name, table in inputs.tables.items():
        frame = inputs.table(name, result.name)
        if len(frame) <= PRINTED:
            cells = [["" if pd.isna(value) else _printed(value) for value in row] for row in frame.to_numpy(object)]
            header = [str(column).replace("_", " ") for column in frame.columns]
            tables.append(Table(f"{table.label}: {inputs.scenarios[result.name].label}", header, cells))
    return tables


def _printed(value: object) -> str:
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def posterior_table(inputs: Inputs, result: ScenarioResult) -> Table:
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
        for row in result.posterior.itertuples()
    ]
    return Table(
        title=f"Posterior, {inputs.scenarios[result.name].label}",
        header=["Parameter", "Mean", "95% interval", "R-hat", "ESS bulk", "ESS tail"],
        rows=rows,
        note=f"Divergences: {result.divergences}. The gate: R-hat at most 1.01, ESS at least 400, no divergences.",
    )


def predictive_table(inputs: Inputs, result: ScenarioResult) -> Table:
    """Prior and posterior predictive checks."""
    rows = [
        [
            str(row["observation"]).replace("_", " "),
            f"{row['observed']:g}",
            f"{row['prior_50%']:.3g} ({row['prior_2.5%']:.3g} to {row['prior_97.5%']:.3g})",
            f"{row['posterior_50%']:.3g} ({row['posterior_2.5%']:.3g} to {row['posterior_97.5%']:.3g})",
        ]
        for _, row in result.predictive.iterrows()
    ]
    return Table(
        title=f"What the model predicts of its data, {inputs.scenarios[result.name].label}",
        header=["Observation", "Observed", "Predicted before the data", "Predicted after"],
        rows=rows,
        note="Medians with 95% intervals.",
    )


def inputs_tables(inputs: Inputs) -> list[Table]:
    """The assumptions log: every setting, parameter, grouping, prior and table that there is."""
    header = ["Quantity", "Value", "Uncertainty", "Status", "Source", "Why"]
    settings = [
        [s.label, with_unit(s.value, s.unit), "none", s.status, s.source, s.rationale] for s in inputs.settings.values()
    ]
    parameters = [_parameter_row(inputs, p) for p in inputs.parameters.values()]
    priors = [_parameter_row(inputs, p) for p in inputs.priors.values()]
    tables = [
        Table("Settings", header, settings, widths=WIDE),
        Table("Parameters", header, parameters, widths=WIDE),
        _alternatives_table(inputs, header),
        Table(
            "Parameters drawn together", header, [_together_row(one) for one in inputs.correlated.values()], widths=WIDE
        ),
        Table("Groups of patients", header, list(_group_rows(inputs)), widths=WIDE),
        Table("Priors of the evidence model", header, priors, widths=WIDE),
        Table("Tables of data", header, [_file_row(inputs, name) for name in inputs.tables], widths=WIDE),
    ]
    return [table for table in tables if table.rows]


def _alternatives_table(inputs: Inputs, header: list[str]) -> Table:
    """Parameters of which there are several sources: each option below them, with how much it is believed."""
    rows: list[list[str]] = []
    beside, headings = {}, set()
    for several in inputs.alternatives.values():
        headings.add(len(rows))
        rows.append([several.label, f"{len(several.options)} sources", "one source a draw", "", "", several.rationale])
        for name, option in several.options.items():
            part = several.believed.get(name)
            believed = "in variations only (weight 0)" if part is None else f"weight {percent(part)}"
            central = "; gives the central value" if name == several.heaviest else ""
            beside[len(rows)] = f"{believed}{central}"
            rows.append(_parameter_row(inputs, option))
    title = "Parameters with several sources"
    return Table(title, header, rows, widths=WIDE, beside=beside, emphasis=frozenset(headings))


def _together_row(joint: Correlated) -> list[str]:
    """Correlated parameters and how strongly."""
    matrix, pairs = joint.correlations(), itertools.combinations(enumerate(joint.parameters), 2)
    said = "; ".join(f"{one} with {other} {matrix[i, j]:.2g}" for (i, one), (j, other) in pairs)
    return [joint.label, said, "multivariate normal", joint.status, joint.source, joint.rationale]


def _group_rows(inputs: Inputs) -> Iterator[list[str]]:
    """Each grouping: the shares of its groups, and what the model reads of them."""
    for one in inputs.groups.values():
        people = ", ".join(f"{name} {percent(n / sum(one.people.values()))}" for name, n in one.people.items())
        traits = [
            f"{trait.replace('_', ' ')}: {', '.join(f'{name} {value:,.10g}' for name, value in numbers.items())}"
            for trait, numbers in one.traits.items()
        ]
        yield [one.label, "; ".join([people, *traits]), "none", one.status, one.source, one.rationale]


def _file_row(inputs: Inputs, name: str) -> list[str]:
    """A table that is kept in a file."""
    table = inputs.tables[name]
    rows = f"{len(inputs.frames[name])} rows in {table.file}, {table.unit}"
    return [table.label, rows, "as the evidence model takes it", table.status, table.source, table.rationale]


def _parameter_row(inputs: Inputs, p: Parameter) -> list[str]:
    value = "; ".join(f"{v:,.10g}" for v in p.centre())
    shown = (
        with_unit(p.centre()[0], p.unit)
        if p.labels is None
        else f"{value} {p.unit}, {p.dimension} {' to '.join((p.labels[0], p.labels[-1]))}"
    )
    if p.price_year is not None and p.price_year != inputs.about.price_year:
        moved = with_unit(round(float(p.centre()[0]) * inputs.price_factor(p)), p.unit)
        shown += f" in {p.price_year}; {moved} in {inputs.about.price_year}"
    return [p.label, shown, f"{p.distribution}, {p.spread_in_words()}", p.status, p.source, p.rationale]


def checks_table(inputs: Inputs, results: Sequence[ScenarioResult]) -> Table:
    """Every check of every scenario."""
    rows = []
    for place, check in enumerate(results[0].checks):
        verdicts = ["passed" if result.checks[place].passed else "FAILED" for result in results]
        rows.append([check.name, *verdicts, check.detail])
    labels = [inputs.scenarios[result.name].label for result in results]
    return Table("Checks of the model", ["Check", *labels, f"Figure ({labels[0]})"], rows)

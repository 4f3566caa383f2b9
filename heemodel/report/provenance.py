"""The tables that say where results come from: data, inputs, posterior and checks."""

from collections.abc import Sequence

from heemodel.parameters import Inputs, Parameter
from heemodel.report.contents import ScenarioResult
from heemodel.report.tables import Table
from heemodel.report.wording import with_unit

WIDE = (16, 13, 13, 8, 24, 26)
"""Widths of the columns of the wide tables, per cent."""


def evidence_table(inputs: Inputs, result: ScenarioResult) -> Table:
    """The data records of a scenario, with what in them is assumed."""
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
    scenario = inputs.scenarios[result.name]
    return Table(
        title=f"Evidence: {scenario.label}",
        header=["Figure", "Data", "Assumed", "Status", "Source", "Why"],
        rows=rows,
        note=f"{scenario.summary} {scenario.design}",
        widths=WIDE,
    )


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
    """The assumptions log: every setting, parameter and prior."""
    header = ["Quantity", "Value", "Uncertainty", "Status", "Source", "Why"]
    settings = [
        [s.label, with_unit(s.value, s.unit), "none", s.status, s.source, s.rationale] for s in inputs.settings.values()
    ]
    parameters = [_parameter_row(inputs, p) for p in inputs.parameters.values()]
    priors = [_parameter_row(inputs, p) for p in inputs.priors.values()]
    return [
        Table("Settings", header, settings, widths=WIDE),
        Table("Parameters", header, parameters, widths=WIDE),
        Table("Priors of the evidence model", header, priors, widths=WIDE),
    ]


def _parameter_row(inputs: Inputs, p: Parameter) -> list[str]:
    value = "; ".join(f"{v:,.10g}" for v in p.centre())
    shown = (
        with_unit(p.centre()[0], p.unit)
        if p.labels is None
        else f"{value} {p.unit}, {p.dimension} {' to '.join((p.labels[0], p.labels[-1]))}"
    )
    if p.interval is not None:
        spread = f"95% interval {p.interval[0]:,g} to {p.interval[1]:,g}"
    elif p.counts is not None:
        spread = "counts"
    else:
        errors = p.standard_error if p.standard_error is not None else p.log_standard_error
        scale = "SE" if p.standard_error is not None else "SE of log"
        listed = errors if isinstance(errors, list) else [errors]
        spread = f"{scale} {'; '.join(f'{e:,.4g}' for e in listed)}" if errors is not None else "none"
    if p.price_year is not None and p.price_year != inputs.about.price_year:
        moved = with_unit(round(float(p.centre()[0]) * inputs.price_factor(p)), p.unit)
        shown += f" in {p.price_year}; {moved} in {inputs.about.price_year}"
    return [p.label, shown, f"{p.distribution}, {spread}", p.status, p.source, p.rationale]


def checks_table(inputs: Inputs, results: Sequence[ScenarioResult]) -> Table:
    """Every check of every scenario."""
    rows = []
    for place, check in enumerate(results[0].checks):
        verdicts = ["passed" if result.checks[place].passed else "FAILED" for result in results]
        rows.append([check.name, *verdicts, check.detail])
    labels = [inputs.scenarios[result.name].label for result in results]
    return Table("Checks of the model", ["Check", *labels, f"Figure ({labels[0]})"], rows)

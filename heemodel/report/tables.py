"""The report's tables, as words: every cell is text with no more digits than its error supports."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from heemodel.decision import summarise
from heemodel.parameters import Claim, Inputs, Parameter
from heemodel.report.contents import ScenarioResult, Views
from heemodel.report.headline import CLAIMED, thresholds, value_of
from heemodel.report.wording import interval, money, number, probability, with_unit


@dataclass(frozen=True)
class Table:
    """A table of text: the first cell of each row is its heading."""

    title: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""
    groups: list[tuple[str, int]] = field(default_factory=list)
    """A row above the header: text and the number of columns it spans."""
    emphasis: frozenset[int] = frozenset()
    """Rows that are printed as totals."""
    beside: dict[int, str] = field(default_factory=dict)
    """What must stand under a row's heading, by row."""


def cell(row: pd.Series, form: str) -> str:
    """Mean and interval, or the point estimate, of a headline row; `form` is money, probability or number<decimals>."""
    error = None if pd.isna(row["mcse"]) else float(row["mcse"])
    if form == "probability":
        return probability(row["value"], error)
    decimals = int(form.removeprefix("number") or 2) if form.startswith("number") else 0
    text = money(row["value"], error) if form == "money" else number(row["value"], error, decimals=decimals)
    if pd.isna(row["lower"]):
        return text
    return f"{text} ({interval(row['lower'], row['upper'], error, form)})"


def key_table(inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame) -> Table:
    """The quantities that a commissioner asks for, scenarios side by side, both bases."""
    wanted = [(step.quantity, f"{step.label}, per patient", "money") for step in inputs.steps.values()]
    wanted += [("saving_per_year", f"Net saving per year at {inputs.setting('annual_volume'):g} patients", "money")]
    wanted += [
        (a.quantity, f"{a.label}, per patient", "number1" if a.unit.startswith("days") else "number2")
        for a in inputs.avoided.values()
    ]
    notes = [
        *(inputs.about.notes.get(quantity, "") for quantity, _, _ in wanted),
        inputs.about.notes.get("probability_saving", ""),
    ]
    rows = []
    for quantity, label, form in wanted:
        cells = [
            cell(value_of(table, quantity, r.name, basis), form)
            for r in results
            for basis in ("point", "probabilistic")
        ]
        rows.append([label, *cells])
    chances = [["not applicable", cell(value_of(table, "probability_saving", r.name), "probability")] for r in results]
    rows.append(["Probability that it saves money", *(text for pair in chances for text in pair)])
    return Table(
        title="What it saves, by body of evidence",
        header=["", *["Point estimate", "Mean (95% interval)"] * len(results)],
        groups=[("", 1), *((inputs.scenarios[r.name].label, 2) for r in results)],
        rows=rows,
        note="The mean over all uncertainty is the base case; the point estimate takes every figure as stated.",
        emphasis=frozenset({len(inputs.steps) - 1}),
        beside=dict(enumerate(notes)),
    )


def split_table(inputs: Inputs, results: Sequence[ScenarioResult], what: str, title: str, note: str) -> Table:
    """The mean net saving split by payer or kind."""
    views = [Views(result, inputs) for result in results]
    grouped = [view.grouped(view.result.outcomes, what) for view in views]
    rows = []
    for group in grouped[0][what].to_numpy():
        parts = [summarise(saving.sel({what: group}, drop=True)) for saving in grouped]
        rows.append(
            [str(group), *(f"{money(p.value, p.mcse)} ({interval(p.lower or 0, p.upper or 0, p.mcse)})" for p in parts)]
        )
    totals = [summarise(saving.sum(what)) for saving in grouped]
    rows.append(
        ["All", *(f"{money(p.value, p.mcse)} ({interval(p.lower or 0, p.upper or 0, p.mcse)})" for p in totals)]
    )
    labels = [inputs.scenarios[result.name].label for result in results]
    return Table(title, ["", *labels], rows, note, emphasis=frozenset({len(rows) - 1}))


def claim_table(inputs: Inputs, result: ScenarioResult, table: pd.DataFrame, claim: Claim) -> Table:
    """How likely the claimed yearly saving is at each volume: on each step, and on what the claim counts."""
    stems = {step.quantity.removesuffix("_per_patient"): step.label for step in inputs.steps.values()}
    stems[CLAIMED.removesuffix("_per_patient")] = "As claimed"
    rows = []
    for volume in claim.volumes:
        names = [f"probability_{stem}_reaches_claim_at_{volume:g}_per_year" for stem in stems]
        rows.append([f"{volume:g}", *(cell(value_of(table, name, result.name), "probability") for name in names)])
    needed = [value_of(table, f"volume_at_which_{stem}_reaches_claim", result.name) for stem in stems]
    reach = ["never" if pd.isna(row["value"]) else number(row["value"], row["mcse"], decimals=0) for row in needed]
    rows.append(["Patients at which the mean reaches it", *reach])
    return Table(
        title=f"Probability that {money(claim.value)} a year is reached, {inputs.scenarios[result.name].label}",
        header=["Patients per year", *stems.values()],
        rows=rows,
        emphasis=frozenset({len(rows) - 1}),
    )


def effectiveness_table(inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame) -> Table:
    """Incremental cost and QALYs, ICER in words, net benefit and probability at each threshold."""
    rows = [
        [
            "Incremental cost per patient",
            *(cell(value_of(table, "incremental_cost", r.name), "money") for r in results),
        ],
        [
            "Incremental QALYs per patient",
            *(cell(value_of(table, "incremental_qaly", r.name), "number2") for r in results),
        ],
        ["Cost per QALY gained (ICER)", *(_icer(value_of(table, "icer", r.name)) for r in results)],
    ]
    for threshold in thresholds():
        benefit = [cell(value_of(table, f"net_benefit_at_{threshold:.0f}", r.name), "money") for r in results]
        chance = [
            cell(value_of(table, f"probability_cost_effective_at_{threshold:.0f}", r.name), "probability")
            for r in results
        ]
        rows.append([f"Net benefit at {money(threshold)} per QALY", *benefit])
        rows.append([f"Probability cost-effective at {money(threshold)}", *chance])
    return Table(
        title="Cost-effectiveness",
        header=["", *(inputs.scenarios[r.name].label for r in results)],
        rows=rows,
        note="Means with 95% intervals. Net benefit is the QALYs gained, valued at the threshold, less the extra cost. "
        "A treatment that saves money and gains QALYs is dominant: it has no cost per QALY.",
    )


def _icer(row: pd.Series) -> str:
    if row["note"].startswith(("dominant", "dominated")) or pd.isna(row["value"]):
        return str(row["note"])
    return f"{money(row['value'])} per QALY; {row['note']}"


def evidence_table(inputs: Inputs, result: ScenarioResult) -> Table:
    """The data records of a scenario, with what in them is assumed."""
    rows = []
    for strategies in inputs.scenarios[result.name].evidence.values():
        for strategy, name in strategies.items():
            record = inputs.data[name]
            what = (
                f"{record.events} of {record.n:g}"
                if record.events is not None
                else f"mean {record.mean:g}, n = {record.n:g}"
            )
            assumed = f"ASSUMED: {', '.join(record.assumed)}" if record.assumed else ""
            rows.append(
                [
                    record.label,
                    strategy,
                    f"{what} {record.unit}",
                    assumed,
                    record.source,
                    record.status,
                    record.rationale,
                ]
            )
    return Table(
        title=f"Evidence of {inputs.scenarios[result.name].label}",
        header=["Figure", "Treatment", "Data", "Assumed", "Source", "Status", "Why"],
        rows=rows,
        note=inputs.scenarios[result.name].summary,
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
    header = ["Quantity", "Value", "Uncertainty", "Source", "Status", "Why"]
    settings = [
        [s.label, with_unit(s.value, s.unit), "none", s.source, s.status, s.rationale] for s in inputs.settings.values()
    ]
    parameters = [_parameter_row(inputs, p) for p in inputs.parameters.values()]
    priors = [_parameter_row(inputs, p) for p in inputs.priors.values()]
    return [
        Table("Settings", header, settings),
        Table("Parameters", header, parameters),
        Table("Priors of the evidence model", header, priors),
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
    return [p.label, shown, f"{p.distribution}, {spread}", p.source, p.status, p.rationale]


def checks_table(inputs: Inputs, results: Sequence[ScenarioResult]) -> Table:
    """Every check of every scenario."""
    rows = []
    for place, check in enumerate(results[0].checks):
        verdicts = ["passed" if result.checks[place].passed else "FAILED" for result in results]
        rows.append([check.name, *verdicts, check.detail])
    labels = [inputs.scenarios[result.name].label for result in results]
    return Table("Checks of the model", ["Check", *labels, f"Figure ({labels[0]})"], rows)

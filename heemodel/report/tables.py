"""The tables of results, as words: every cell is text with no more digits than its error supports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from heemodel.currency import Currency
from heemodel.decision import Summary, summarise
from heemodel.parameters import Avoided, Claim, Inputs
from heemodel.report.contents import ScenarioResult, Views
from heemodel.report.headline import CLAIMED, claim_volumes, value_of
from heemodel.report.quantities import quantity_names, thresholds
from heemodel.report.wording import interval, money, number, percent, probability


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
    widths: Sequence[int] = ()
    """Of the columns, in per cent; empty where they find their own."""
    folded: str = ""
    """The line under which the table is folded away; empty where it stands open."""


def coarsest(summaries: Iterable[Summary]) -> float | None:
    """The largest Monte Carlo error of several figures, by which all of them are rounded when they stand together."""
    return max((s.mcse for s in summaries if s.mcse is not None), default=None)


def cell(row: pd.Series, form: str, error: float | None = None, *, currency: Currency) -> str:
    """Mean and interval, or the point estimate, of a headline row.

    Parameters
    ----------
    form : money, probability or number<decimals>
    error : rounds by this Monte Carlo error instead of the row's own
    currency : of money
    """
    mean, doubt = mean_and_interval(row, form, error, currency=currency)
    return f"{mean} ({doubt})" if doubt else mean


def mean_and_interval(row: pd.Series, form: str, error: float | None = None, *, currency: Currency) -> tuple[str, str]:
    """Mean and interval of a headline row as two texts; the second is empty where there is none."""
    own = None if pd.isna(row["mcse"]) else float(row["mcse"])
    error = own if error is None or own is None else error
    if form == "probability":
        return probability(row["value"], error), ""
    decimals = int(form.removeprefix("number") or 2) if form.startswith("number") else 0
    if form == "money":
        text = money(row["value"], error, currency=currency)
    else:
        text = number(row["value"], error, decimals=decimals)
    if pd.isna(row["lower"]):
        return text, ""
    return text, interval(row["lower"], row["upper"], error, form, currency=currency)


def mean_of(part: Summary, error: float | None, *, currency: Currency) -> str:
    """A mean sum of money with its interval, both rounded by an error."""
    doubt = interval(part.lower or 0, part.upper or 0, error, currency=currency)
    return f"{money(part.value, error, currency=currency)} ({doubt})"


def form_of(avoided: Avoided) -> str:
    """How a counted effect is printed: days with one decimal, other counts with two."""
    return "number1" if avoided.unit.startswith("days") else "number2"


def _across(
    inputs: Inputs,
    table: pd.DataFrame,
    results: Sequence[ScenarioResult],
    quantity: str,
    form: str,
    bases: Sequence[str] = ("probabilistic",),
) -> list[str]:
    """The cells of a quantity over scenarios and bases, all rounded alike."""
    found = [[value_of(table, quantity, result.name, basis) for basis in bases] for result in results]
    errors = [float(row["mcse"]) for rows in found for row in rows if pd.notna(row["mcse"])]
    error = max(errors, default=None)
    return [cell(row, form, error, currency=inputs.about.currency) for rows in found for row in rows]


def key_table(inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame) -> Table:
    """The quantities that a commissioner asks for, scenarios side by side, both bases."""
    wanted = [(step.quantity, f"{step.label}, per patient", "money") for step in inputs.steps.values()]
    wanted += [("saving_per_year", f"Net saving on one year's patients ({inputs.setting('annual_volume'):g})", "money")]
    wanted += [(a.quantity, f"{a.label}, per patient", form_of(a)) for a in inputs.avoided.values()]
    rows = [
        [label, *_across(inputs, table, results, quantity, form, ("point", "probabilistic"))]
        for quantity, label, form in wanted
    ]
    chances = _across(inputs, table, results, "probability_saving", "probability")
    rows.append(["Probability that it saves money", *(text for chance in chances for text in ("–", chance))])
    notes = inputs.about.notes
    return Table(
        title="What it saves, by body of evidence",
        header=["", *["Point estimate", "Mean (95% interval)"] * len(results)],
        groups=[("", 1), *((inputs.scenarios[r.name].label, 2) for r in results)],
        rows=rows,
        note="The mean over all uncertainty is the base case; the point estimate takes every figure as stated. They "
        "differ where doubt is lopsided, and where few patients were counted: a share of 20 of 21 is then believed to "
        "be nearer the middle. One year's patients are followed over the whole horizon: this is not the saving in one "
        "year's budget.",
        emphasis=frozenset({len(inputs.steps) - 1}),
        beside=dict(enumerate(notes.get(name, "") for name in [*(w[0] for w in wanted), "probability_saving"])),
    )


def split_table(inputs: Inputs, results: Sequence[ScenarioResult], what: str, title: str, note: str) -> Table:
    """The mean net saving split by payer or kind, all rounded alike."""
    views = [Views(result, inputs) for result in results]
    grouped = [view.grouped(view.result.outcomes, what) for view in views]
    parts = {
        str(group): [summarise(saving.sel({what: group}, drop=True)) for saving in grouped]
        for group in grouped[0][what].to_numpy()
    }
    parts["All"] = [summarise(saving.sum(what)) for saving in grouped]
    error = coarsest(part for row in parts.values() for part in row)
    rows = [
        [name, *(mean_of(part, error, currency=inputs.about.currency) for part in row)] for name, row in parts.items()
    ]
    labels = [inputs.scenarios[result.name].label for result in results]
    return Table(title, ["", *labels], rows, note, emphasis=frozenset({len(rows) - 1}))


def claim_table(inputs: Inputs, result: ScenarioResult, table: pd.DataFrame, claim: Claim) -> Table:
    """How likely the claimed yearly saving is at each volume: on each step, and on what the claim counts."""
    stems = {step.quantity.removesuffix("_per_patient"): step.label for step in inputs.steps.values()}
    stems[CLAIMED.removesuffix("_per_patient")] = "As claimed"
    rows, volumes, currency = [], claim_volumes(inputs), inputs.about.currency
    for volume in volumes:
        names = [f"probability_{stem}_reaches_claim_at_{volume:g}_per_year" for stem in stems]
        chances = (cell(value_of(table, name, result.name), "probability", currency=currency) for name in names)
        rows.append([f"{volume:g}", *chances])
    needed = [value_of(table, f"volume_at_which_{stem}_reaches_claim", result.name) for stem in stems]
    reach = ["never" if pd.isna(row["value"]) else number(row["value"], row["mcse"], decimals=0) for row in needed]
    rows.append(["Patients at which the mean reaches it", *reach])
    claimed = money(claim.value, currency=currency)
    return Table(
        title=f"Probability that {claimed} a year is reached, {inputs.scenarios[result.name].label}",
        header=["Patients per year", *stems.values()],
        rows=rows,
        emphasis=frozenset({len(rows) - 1}),
        beside={volumes.index(inputs.setting("annual_volume")): "the number of this analysis"},
    )


def reconciliation_table(inputs: Inputs, scenario: str, table: pd.DataFrame, claim: Claim) -> Table:
    """The claimed figure held against the point estimates of one scenario, by what is counted."""
    volume, currency = inputs.setting("annual_volume"), inputs.about.currency
    claimed = money(claim.value, currency=currency)
    counted = ", ".join(inputs.components[name].label.lower() for name in claim.components)
    bases = [(step.label, step.quantity) for step in inputs.steps.values()]
    rows = []
    for label, quantity in [*bases, (f"As claimed: {counted}", CLAIMED)]:
        saving = value_of(table, quantity, scenario, "point")["value"]
        stem = quantity.removesuffix("_per_patient")
        needed = value_of(table, f"volume_at_which_{stem}_reaches_claim", scenario, "point")["value"]
        reach = "never" if pd.isna(needed) else f"{needed:,.0f}"
        each, yearly = (money(value, currency=currency) for value in (saving, saving * volume))
        rows.append([label, each, yearly, percent(saving * volume / claim.value), reach])
    return Table(
        title=f"What could make up the {claim.label}: {inputs.scenarios[scenario].label}, point estimates",
        header=[
            "What is counted",
            "Saving per patient",
            f"One year's {volume:g} patients",
            f"Of {claimed}",
            f"Patients a year for {claimed}",
        ],
        rows=rows,
    )


def effectiveness_table(inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame) -> Table:
    """Incremental cost and QALYs, ICER in words, net benefit and probability at each threshold."""
    names, currency = quantity_names(inputs.about.currency), inputs.about.currency
    rows = [
        [names["incremental_cost"], *_across(inputs, table, results, "incremental_cost", "money")],
        [names["incremental_qaly"], *_across(inputs, table, results, "incremental_qaly", "number2")],
        [names["icer"], *(icer_in_words(value_of(table, "icer", r.name), currency=currency) for r in results)],
    ]
    for threshold in thresholds():
        for name, form in (("net_benefit_at", "money"), ("probability_cost_effective_at", "probability")):
            quantity = f"{name}_{threshold:.0f}"
            rows.append([names[quantity], *_across(inputs, table, results, quantity, form)])
    return Table(
        title="Cost-effectiveness",
        header=["", *(inputs.scenarios[r.name].label for r in results)],
        rows=rows,
        note="Means with 95% intervals. Net benefit is the QALYs gained, valued at the threshold, less the extra cost. "
        "A treatment that saves money and gains QALYs is dominant: it has no cost per QALY.",
    )


def icer_in_words(row: pd.Series, *, currency: Currency) -> str:
    """A ratio with what it means, rounded by its error; only the meaning where the ratio has none."""
    if pd.isna(row["value"]):
        return str(row["note"])
    return f"{_ratio(row, currency)} per QALY; {row['note']}"


def icer_in_short(row: pd.Series, *, currency: Currency) -> str:
    """A ratio, with a word where it is not money per QALY gained."""
    if row["note"].startswith("dominant"):
        return "dominant"
    if row["note"].startswith("dominated"):
        return "dominated"
    if pd.isna(row["value"]):
        return str(row["note"])
    ratio = _ratio(row, currency)
    return f"{ratio} saved per QALY lost" if "saves money" in row["note"] else ratio


def _ratio(row: pd.Series, currency: Currency) -> str:
    """A row's value as money, rounded by its error."""
    return money(row["value"], None if pd.isna(row["mcse"]) else float(row["mcse"]), currency=currency)

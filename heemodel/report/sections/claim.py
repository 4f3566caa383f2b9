"""Whether a published yearly saving is reached, and what could make it up."""

import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.tables.saving import CLAIMED, claim_volumes
from heemodel.parameters import Claim, Inputs
from heemodel.report.document import Section, Table, Words
from heemodel.report.formatting import money, number, percent, probability, row_of, sentence
from heemodel.report.layout import by_scenario

CLAIMED_QUANTITY = f"{CLAIMED}_per_patient"
FEW = 10
"""Patients a year up to which parts of one matter."""


def claim(results: Results) -> Section | None:
    """The published figure held against ours, of the intervention that is spoken of; None where none is published."""
    inputs = results.inputs
    if inputs is None or inputs.claim is None or not results.asks("saving"):
        return None
    published, nearest = inputs.claim, _nearest(results, inputs)
    return Section(
        name="claim",
        title="Does it reach the published figure?",
        link="The published figure",
        blocks=[
            Words(_answer(results, inputs, published, nearest), "finding"),
            _reconciliation(results, inputs, published, nearest),
            *(Words(note, "note") for note in _notes(results, inputs, published, nearest)),
            *by_scenario(
                results,
                lambda result: [_chances(results, inputs, published, result.name)],
                "how likely the published figure is reached",
            ),
        ],
    )


def claim_in_short(results: Results) -> list[str]:
    """The published figure held against ours, in a sentence; none where there is none to hold."""
    inputs = results.inputs
    if inputs is None or inputs.claim is None or inputs.annual_volume is None or not results.asks("saving"):
        return []
    published, scenario, currency = inputs.claim, _nearest(results, inputs), results.currency
    *_, last = inputs.steps.values()
    parts = []
    for quantity, counted in ((last.quantity, "net of everything"), (CLAIMED_QUANTITY, "on what it counts")):
        row, stem = _row(results, quantity, scenario), quantity.removesuffix("_per_patient")
        year = money(row["value"] * inputs.annual_volume, _times(row["mcse"], inputs.annual_volume), currency=currency)
        chance = _row(results, f"probability_{stem}_reaches_claim_at_{inputs.annual_volume:g}_per_year", scenario)
        reached = probability(chance["value"], chance["mcse"])
        parts.append(f"{year} {counted} (probability of reaching it {reached})")
    claimed = money(published.value, currency=currency)
    under = f" under {results.label(scenario)}" if len(inputs.scenarios) > 1 else ""
    people = f"{whole_number(inputs.annual_volume)} {results.person}s"
    return [f"The {published.label}, {claimed}: {people} give{under} {' and '.join(parts)}."]


def _times(error: float | None, volume: float) -> float | None:
    return None if error is None or pd.isna(error) else error * volume


def _nearest(results: Results, inputs: Inputs) -> str:
    """The scenario whose figures are nearest to the published one's: the reference, or the first that was run."""
    compare = inputs.about.compare
    return compare.reference if compare is not None and compare.reference in results.scenarios else results.first.name


def _point(results: Results, quantity: str, scenario: str) -> float:
    """A point estimate of the headline."""
    return float(_row(results, quantity, scenario, "point")["value"])


def _row(results: Results, quantity: str, scenario: str, basis: str = "probabilistic") -> pd.Series:
    table = results.tables["headline"]
    return row_of(table, quantity, basis, scenario=scenario, strategy=results.intervention)


def _yearly(results: Results, inputs: Inputs, published: Claim, quantity: str, scenario: str) -> tuple[str, str]:
    """What a saving per patient comes to in a year, and how much of the published figure that is."""
    year = _point(results, quantity, scenario) * (inputs.annual_volume or 0.0)
    return money(year, currency=results.currency), percent(year / published.value)


def _answer(results: Results, inputs: Inputs, published: Claim, scenario: str) -> str:
    """What the figures give at the volume of the analysis."""
    label = results.label(scenario)
    if inputs.annual_volume is None:
        return f"How many patients a year it takes, on the point estimates of {label}; how likely it is, below."
    *_, last = inputs.steps.values()
    whole, part = _yearly(results, inputs, published, last.quantity, scenario)
    counted, share = _yearly(results, inputs, published, CLAIMED_QUANTITY, scenario)
    return (
        f"At the {whole_number(inputs.annual_volume)} patients a year of this analysis, {label} gives {whole} a year "
        f"net of everything ({part} of the {published.label}), and {counted} ({share}) on what that figure counts. "
        "Point estimates; how likely it is reached is in the tables below."
    )


def _reconciliation(results: Results, inputs: Inputs, published: Claim, scenario: str) -> Table:
    """The claimed figure held against the point estimates of one scenario, by what is counted."""
    currency, volume = results.currency, inputs.annual_volume
    claimed = money(published.value, currency=currency)
    counted = ", ".join(inputs.components[name].label.lower() for name in published.components)
    bases = [(step.label, step.quantity) for step in inputs.steps.values()]
    rows = []
    for label, quantity in [*bases, (f"As claimed: {counted}", CLAIMED_QUANTITY)]:
        stem = quantity.removesuffix("_per_patient")
        needed = _point(results, f"volume_at_which_{stem}_reaches_claim", scenario)
        reach = "never" if pd.isna(needed) else f"{needed:,.0f}"
        each = money(_point(results, quantity, scenario), currency=currency)
        yearly = [] if volume is None else _yearly(results, inputs, published, quantity, scenario)
        rows.append([label, each, *yearly, reach])
    year = [] if volume is None else [f"One year's patients ({whole_number(volume)})", f"Of {claimed}"]
    return Table(
        title=f"What could make up the {published.label}: {results.label(scenario)}, point estimates",
        header=["What is counted", "Saving per patient", *year, f"Patients a year for {claimed}"],
        rows=rows,
        note="A minus sign is a cost.",
    )


def _notes(results: Results, inputs: Inputs, published: Claim, scenario: str) -> list[str]:
    """Where the published figure comes from, and how the gross saving is made up."""
    currency = results.currency
    unit = published.unit.removeprefix(f"{currency} ")
    priced = f"in {published.price_year} prices" if published.price_year else "its price year is not stated"
    figure = f"The {published.label}: {money(published.value, currency=currency)} {unit}, {priced}"
    moved = f"it is not moved to prices of {results.price_year}"
    notes = [f"{figure}; {moved}. Source: {published.source}. {published.rationale}"]
    if note := results.notes.get("claim"):
        notes.append(note)
    if "bed_days" in inputs.avoided:
        days = _point(results, inputs.avoided["bed_days"].quantity, scenario)
        gross = _point(results, next(iter(inputs.steps.values())).quantity, scenario)
        per_day = f"{currency.sign}{gross / days:,.2f} a day"
        notes.append(f"The gross saving is {days:g} days × {per_day} = {money(gross, currency=currency)}.")
    why = "; ".join(f"{whole_number(one.value)} a year is {one.why}" for one in inputs.volumes() if one.why)
    return [*notes, *([f"{sentence(why)}."] if why else [])]


def _chances(results: Results, inputs: Inputs, published: Claim, scenario: str) -> Table:
    """How likely the published yearly saving is at each volume: on each step, and on what the figure counts."""
    stems = {step.quantity.removesuffix("_per_patient"): step.label for step in inputs.steps.values()}
    stems[CLAIMED] = "As claimed"
    rows, volumes = [], claim_volumes(inputs)
    for volume in volumes:
        chances = [
            _row(results, f"probability_{stem}_reaches_claim_at_{volume:g}_per_year", scenario) for stem in stems
        ]
        rows.append([whole_number(volume), *(probability(row["value"], row["mcse"]) for row in chances)])
    needed = [_row(results, f"volume_at_which_{stem}_reaches_claim", scenario) for stem in stems]
    reach = ["never" if pd.isna(row["value"]) else number(row["value"], row["mcse"], decimals=0) for row in needed]
    rows.append(["Patients at which the mean reaches it", *reach])
    claimed = money(published.value, currency=results.currency)
    own = inputs.annual_volume
    return Table(
        title=f"Probability that {claimed} a year is reached, {results.label(scenario)}",
        header=["Patients per year", *stems.values()],
        rows=rows,
        emphasis=frozenset({len(rows) - 1}),
        beside={} if own is None else {volumes.index(own): "the number of this analysis"},
    )


def whole_number(volume: float) -> str:
    """Patients a year, without decimals where there are many.

    >>> whole_number(54.3), whole_number(2.5)
    ('54', '2.5')
    """
    return f"{volume:,.0f}" if volume >= FEW else f"{volume:g}"

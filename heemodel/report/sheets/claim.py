"""The published figure that is tested, beside ours on everything that it could count."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.tables.saving import CLAIMED
from heemodel.parameters import Claim, Inputs
from heemodel.report.document import Sheet
from heemodel.report.formatting import sentence
from heemodel.report.sheets.columns import FIGURES, NOTE, SCENARIO, Column, sheet_of
from heemodel.report.sheets.headline import POINT
from heemodel.report.sheets.quantities import both_bases

ENDS = ("point", "value", "lower", "upper", "mcse")
Row = dict[str, object]


def published_figure(results: Results) -> Sheet | None:
    """A published yearly saving and ours, on a person and in a year; None where none is tested."""
    inputs = results.inputs
    if inputs is None or inputs.claim is None or not results.asks("saving"):
        return None
    columns = {
        "of": SCENARIO,
        "counted": Column("What is counted"),
        "quantity": Column("Quantity"),
        "volume": Column(f"{sentence(results.person)}s a year", "plain"),
        "point": POINT,
        **FIGURES,
        "note": NOTE,
    }
    published = inputs.claim
    return sheet_of(
        results,
        pd.DataFrame([_as_published(results, inputs, published), *_ours(results, inputs, published)]),
        columns,
        name="Published figure",
        title=f"Is the {published.label} reached?",
        note=f"{results.intervention} instead of {results.comparator}. A minus sign is a cost.",
    )


def _as_published(results: Results, inputs: Inputs, published: Claim) -> Row:
    """The figure itself, with what it counts and where it is from."""
    counted = ", ".join(inputs.components[name].label for name in published.components)
    return {
        "counted": f"As published: {counted}",
        "quantity": "The published figure itself",
        "value": published.value,
        "unit": published.unit,
        "note": " ".join(filter(None, (f"Source: {published.source}.", results.notes.get("claim", "")))),
    }


def _ours(results: Results, inputs: Inputs, published: Claim) -> Iterator[Row]:
    """What each scenario gives, on each step and on what the figure counts."""
    table = results.tables["headline"]
    mine = both_bases(table[table["strategy"] == results.intervention], ["scenario"])
    rows = {(str(row["scenario"]), str(row["quantity"])): row for _, row in mine.iterrows()}
    counted = {step.quantity.removesuffix("_per_patient"): step.label for step in inputs.steps.values()}
    counted[CLAIMED] = "As published"
    person, volume = results.person, inputs.annual_volume
    for scenario in results.scenarios:
        for stem, label in counted.items():
            about: Row = {"of": results.label(scenario), "counted": label}
            each = rows[scenario, f"{stem}_per_patient"]
            yield {**about, **_figures(each), "quantity": f"Saving per {person}"}
            if volume is not None:
                about_year = {**about, "volume": volume}
                money, part = f"{results.currency} per year", volume / published.value
                yield {**about_year, **_figures(each, volume, money), "quantity": "Saving in a year"}
                yield {**about_year, **_figures(each, part, "share"), "quantity": "Of the published figure"}
            reach = rows[scenario, f"volume_at_which_{stem}_reaches_claim"]
            yield {**about, **_figures(reach), "quantity": f"{sentence(person)}s a year that reach it"}
            for at, quantity in _chances(stem, rows, scenario):
                chance = rows[scenario, quantity]
                yield {**about, **_figures(chance), "quantity": "Probability that it is reached", "volume": at}


def _chances(stem: str, known: Iterable[tuple[str, str]], scenario: str) -> Iterator[tuple[float, str]]:
    """The volumes for which it is known how likely the figure is reached, each with its quantity."""
    chance = re.compile(rf"probability_{re.escape(stem)}_reaches_claim_at_(.+)_per_year")
    found = [chance.fullmatch(quantity) for of, quantity in known if of == scenario]
    yield from ((float(each[1]), each[0]) for each in found if each is not None)


def _figures(row: "pd.Series[Any]", factor: float = 1.0, unit: str = "") -> Row:
    """Estimate, mean, interval and error, multiplied; in their own unit and with their note where none is said."""
    figures: Row = {end: float(row[end]) * factor for end in ENDS}
    return {**figures, "unit": unit} if unit else {**figures, "unit": row["unit"], "note": row["note"]}

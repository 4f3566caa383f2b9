"""Quantities of the tables in words, and their two bases side by side."""

from collections.abc import Iterator, Sequence

import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.tables.quantities import quantity_names
from heemodel.analysis.tables.saving import CLAIMED, claim_volumes, slug
from heemodel.parameters import Inputs
from heemodel.report.formatting import per_qaly, sentence

POINT, MEAN = "point", "probabilistic"


def labels(results: Results) -> dict[str, str]:
    """What every quantity of the headline is called, by its name there."""
    person, currency = results.person, results.currency
    names = {"cost": f"Cost per {person}", "qaly": f"QALYs per {person}"}
    names |= quantity_names(currency, results.thresholds, person)
    for threshold in results.thresholds:
        at = f"at {per_qaly(threshold, currency)}"
        names[f"probability_best_at_{threshold:.12g}"] = f"Probability of being the best value {at}"
        names[f"expected_loss_at_{threshold:.12g}"] = f"Lost on average by choosing it, {at}"
        names[f"lead_at_{threshold:.12g}"] = f"Net benefit ahead of the next best {at}"
    if results.inputs is not None:
        names |= dict(_of_savings(results.inputs, person))
    return names


def _of_savings(inputs: Inputs, person: str) -> Iterator[tuple[str, str]]:
    """Names and words of what is said where savings are asked."""
    for step in inputs.steps.values():
        yield step.quantity, f"Saving per {person}: {step.label}"
    for avoided in inputs.avoided.values():
        yield avoided.quantity, f"{avoided.label}, per {person}"
    yield "gross_saving_per_year", f"Gross saving on one year's {person}s"
    for part in (part for known in inputs.components.values() for part in (known.payer, known.kind) if part):
        yield f"saving_{slug(part)}_per_patient", f"Saving per {person}: {part}"
        yield f"saving_{slug(part)}_per_year", f"Saving on one year's {person}s: {part}"
    if inputs.claim is not None:
        bases = {step.quantity.removesuffix("_per_patient"): step.label for step in inputs.steps.values()}
        for stem, label in {**bases, CLAIMED: "on what the published figure counts"}.items():
            yield f"volume_at_which_{stem}_reaches_claim", f"{sentence(person)}s a year that reach it: {label}"
            for volume in claim_volumes(inputs):
                name = f"probability_{stem}_reaches_claim_at_{volume:g}_per_year"
                yield name, f"Probability that {volume:g} {person}s a year reach the published saving: {label}"
        yield f"{CLAIMED}_per_patient", f"Saving per {person}, on what the published figure counts"


def in_words(results: Results, quantities: pd.Series) -> list[str]:
    """The label of each quantity; its name in words where it has none."""
    known = labels(results)
    return [known.get(name, sentence(str(name).replace("_", " "))) for name in quantities]


def both_bases(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """A row for each quantity, with its point estimate beside mean, interval and error.

    Parameters
    ----------
    table : with the columns `keys`, quantity, basis, value, lower, upper, mcse, unit and note

    Returns
    -------
    DataFrame with columns `keys`, quantity, point, value (the mean), lower, upper, mcse, unit and note, in the order of
    the table
    """
    keys = [*keys, "quantity"]
    parts = {basis: table[table["basis"] == basis].set_index(keys) for basis in (POINT, MEAN)}
    order = pd.MultiIndex.from_frame(table[keys].drop_duplicates())
    mean, point = (parts[basis].reindex(order) for basis in (MEAN, POINT))
    joined = mean.assign(point=point["value"], unit=mean["unit"].combine_first(point["unit"]))
    joined["note"] = mean["note"].combine_first(point["note"])
    return joined.reset_index().drop(columns="basis")

"""The answer under other choices, beside the base case and beside published results."""

from collections.abc import Iterator

import pandas as pd
import xarray as xr

from heemodel.analysis.results import Results
from heemodel.analysis.tables.headline import compared, of_decision, pair_of
from heemodel.analysis.tables.quantities import Quantity, rows_of
from heemodel.decision import CostEffectiveness, summarise

KEYS = ["variation", "label", "scenario", "horizon", "strategy", "quantity", "basis"]
COLUMNS = [*KEYS, "value", "lower", "upper", "mcse", "unit", "note"]


def variations(results: Results) -> pd.DataFrame:
    """Every scenario as it is, then every variation, on both bases.

    Scenarios are told on the draws of the variations, the first ones: rows differ by what is changed, not by chance.

    Returns
    -------
    DataFrame with columns variation (its name in the inputs; empty for a scenario as it is), label, scenario, horizon,
    strategy (the intervention; empty for what is of the decision as a whole), quantity, basis, value, lower, upper,
    mcse, unit and note; empty where the inputs have no variations
    """
    if not results.variations or results.inputs is None:
        return pd.DataFrame()
    rows: list[dict[str, object]] = []
    draws = max(varied.outcomes.sizes["sample"] for varied in results.variations.values())
    for result in results:
        keys = {"variation": "", "label": "Base case", "scenario": result.name, "horizon": results.record.horizon}
        same = result.outcomes.isel(sample=slice(0, draws))
        rows += _rows(results, same, result.point, results.inputs.annual_volume, **keys)
    for name, varied in results.variations.items():
        label = results.inputs.variations[name].label
        keys = {"variation": name, "label": label, "scenario": varied.scenario, "horizon": varied.horizon}
        rows += _rows(results, varied.outcomes, varied.point, varied.annual_volume, **keys)
    return pd.DataFrame(rows, columns=COLUMNS).astype({"lower": float, "upper": float, "mcse": float})


def _rows(
    results: Results, outcomes: xr.Dataset, point: xr.Dataset | None, volume: float | None, **keys: object
) -> Iterator[dict[str, object]]:
    """Quantities of every intervention, on both bases."""
    for basis, of in (("point", point), ("probabilistic", outcomes)):
        if of is None:
            continue
        cea = CostEffectiveness(of, comparator=results.comparator)
        for name in results.interventions:
            pair = pair_of(results, cea, name)
            yearly = [] if volume is None else [_yearly(results, -pair.increments[0], volume)]
            yield from rows_of([*compared(pair, basis), *yearly], basis, strategy=name, **keys)
        if basis == "probabilistic":
            yield from rows_of(of_decision(results, cea), basis, strategy="", **keys)


def _yearly(results: Results, saving: xr.DataArray, volume: float) -> Quantity:
    """The saving on the people of one year."""
    year = f", {results.inputs.about.price_year} prices" if results.inputs is not None else ""
    unit = f"{results.currency} per year at {volume:g} patients{year}"
    return Quantity("saving_per_year", summarise(saving * volume), unit)


def validation(results: Results) -> pd.DataFrame:
    """Every published result that a variation is held against, with both bases of ours.

    Returns
    -------
    DataFrame with columns variation, label, scenario, horizon, strategy, quantity, published, published_lower,
    published_upper, status, source, value, lower, upper, mcse, point, unit, note and difference (why ours is not the
    same); empty where nothing published is named
    """
    if results.inputs is None or not results.variations:
        return pd.DataFrame()
    table, rows = results.tables["variations"], []
    for name in results.variations:
        variation = results.inputs.variations[name]
        mine = table[(table["variation"] == name) & table["strategy"].isin([results.intervention, ""])]
        for published in variation.published:
            of = mine[mine["quantity"] == published.quantity]
            mean = of[of["basis"] == "probabilistic"].iloc[0]
            point = of[of["basis"] == "point"]["value"]
            low, high = published.interval or (None, None)
            rows.append(
                {
                    **mean[["variation", "label", "scenario", "horizon", "strategy", "quantity"]],
                    "published": published.value,
                    "published_lower": low,
                    "published_upper": high,
                    "status": published.status,
                    "source": published.source,
                    **mean[["value", "lower", "upper", "mcse"]],
                    "point": point.iloc[0] if len(point) else None,
                    "unit": mean["unit"],
                    "note": mean["note"],
                    "difference": variation.difference,
                }
            )
    return pd.DataFrame(rows)


def comparisons(results: Results) -> pd.DataFrame:
    """The model's own figures beside published ones; columns what, ours, published, source and difference."""
    return pd.DataFrame([vars(comparison) for comparison in results.comparisons])

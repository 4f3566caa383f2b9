"""The answer in each group of people, in every combination of groupings, and in all of them."""

from collections.abc import Iterator

import pandas as pd
import xarray as xr

from heemodel.analysis.results import Results, ScenarioResult
from heemodel.analysis.tables.headline import compared, of_decision, pair_of
from heemodel.analysis.tables.quantities import rows_of
from heemodel.decision import CostEffectiveness

EVERY, ALL = "every combination", "all"


def subgroups(results: Results) -> pd.DataFrame:
    """Increments, ICER, net benefit and probabilities in each group.

    Returns
    -------
    DataFrame with columns scenario, grouping (its name in the inputs, "every combination" or "all"), group, share,
    strategy (the intervention; empty for what is of the decision as a whole), quantity, basis, value, lower, upper,
    mcse, unit and note; empty where no scenario has groups
    """
    rows = [
        row
        for result in results
        for grouping, group, share, outcomes in _divided(results, result)
        for row in _rows(results, result, outcomes, grouping=grouping, group=group, share=share)
    ]
    return pd.DataFrame(rows)


def _divided(results: Results, result: ScenarioResult) -> Iterator[tuple[str, str, float, xr.Dataset]]:
    """Grouping, group, its share of all people, and mean cost and QALYs in it over the other groupings."""
    if result.groups is None or result.subgroups is None or result.subgroups.sizes["group"] == 1:
        return
    outcomes, known = _totals(result.groups), result.subgroups
    divided = 0
    for name in results.inputs.groups if results.inputs is not None else ():
        labels = dict.fromkeys(known[name].to_numpy().tolist())
        divided += len(labels) > 1
        for label in labels if len(labels) > 1 else ():
            weights = known["share"].where(known[name] == label, 0.0)
            yield name, label, float(weights.sum()), outcomes.weighted(weights).mean("group")
    for label in known["group"].to_numpy() if divided > 1 else ():
        yield EVERY, str(label), float(known["share"].sel(group=label)), outcomes.sel(group=label, drop=True)
    yield ALL, "All patients", 1.0, _totals(result.outcomes)


def _totals(outcomes: xr.Dataset) -> xr.Dataset:
    """Cost over all components, and QALYs."""
    return xr.Dataset({"cost": outcomes["cost"].sum("component"), "qaly": outcomes["qaly"]})


def _rows(
    results: Results, result: ScenarioResult, outcomes: xr.Dataset, **keys: object
) -> Iterator[dict[str, object]]:
    """What is asked of one group, for each intervention."""
    cea = CostEffectiveness(outcomes, comparator=results.comparator)
    for name in results.interventions:
        rows = rows_of(compared(pair_of(results, cea, name), "probabilistic"), "probabilistic", strategy=name)
        yield from ({"scenario": result.name, **keys, **row} for row in rows)
    whole = rows_of(of_decision(results, cea), "probabilistic", strategy="")
    yield from ({"scenario": result.name, **keys, **row} for row in whole)

"""The outcomes of each group of patients, whichever way they are divided."""

from collections.abc import Iterator

import xarray as xr

from heemodel.parameters import Inputs
from heemodel.report.contents import ScenarioResult


def by_grouping(inputs: Inputs, result: ScenarioResult) -> Iterator[tuple[str, str, float, xr.Dataset]]:
    """Grouping, group, its share of all patients, and its mean cost and QALYs over the other groupings.

    Groupings of which the scenario has but one group are left out.
    """
    if result.groups is None or result.subgroups is None:
        return
    outcomes, known = totals(result.groups), result.subgroups
    for name in inputs.groups:
        labels = dict.fromkeys(known[name].to_numpy().tolist())
        for one in labels if len(labels) > 1 else ():
            weights = known["share"].where(known[name] == one, 0.0)
            yield name, one, float(weights.sum()), outcomes.weighted(weights).mean("group")


def totals(outcomes: xr.Dataset) -> xr.Dataset:
    """Cost over all components, and QALYs."""
    return xr.Dataset({"cost": outcomes["cost"].sum("component"), "qaly": outcomes["qaly"]})

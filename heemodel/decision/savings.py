"""What a change of strategy saves: by component, step, payer and kind, and against a claimed figure."""

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd
import xarray as xr

from heemodel.decision.outcomes import OutcomeError, check_outcomes, total
from heemodel.decision.summary import share, summarise
from heemodel.errors import nearest


def saving(outcomes: xr.Dataset, *, comparator: str, intervention: str) -> xr.DataArray:
    """Saving per person on each component of cost: cost of the comparator − cost of the intervention.

    Returns
    -------
    DataArray with dimension `component`, and `sample` where the outcomes have it
    """
    cost = outcomes["cost"].astype(float, copy=False)
    _check_known([str(name) for name in cost["strategy"].to_numpy()], comparator, intervention)
    if "component" not in cost.dims:
        raise OutcomeError("the outcomes' cost has no dimension 'component'; a saving is told by component")
    return cost.sel(strategy=comparator, drop=True) - cost.sel(strategy=intervention, drop=True)


def total_saving(
    outcomes: xr.Dataset, *, comparator: str, intervention: str, weights: Mapping[str, float] | None = None
) -> xr.DataArray:
    """Saving per person on the whole cost: cost of the comparator − cost of the intervention.

    Parameters
    ----------
    outcomes : Dataset with `cost` of dimension `strategy`; `sample`, `component` and `group` where there are any
    comparator, intervention : two of the strategies
    weights : share of the population in each group, where there are groups

    Returns
    -------
    DataArray with the dimension `sample` where the outcomes have it
    """
    _check_known(check_outcomes(outcomes, weights, names=["cost"]), comparator, intervention)
    cost = total(outcomes["cost"], weights)
    return cost.sel(strategy=comparator, drop=True) - cost.sel(strategy=intervention, drop=True)


def saving_table(outcomes: xr.Dataset, *, comparator: str, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """What each intervention saves and how probably, where cost is all there is: `outcomes` need no QALYs.

    Parameters
    ----------
    outcomes, comparator, weights : as in `total_saving`

    Returns
    -------
    tidy DataFrame with columns strategy, quantity, value (mean), lower, upper (95% interval) and mcse. Quantities are
    cost, and for interventions saving and probability_saving

    Raises
    ------
    OutcomeError
        if the outcomes cannot be compared

    Examples
    --------
    >>> outcomes = xr.Dataset({"cost": (("sample", "strategy"), [[10.0, 4.0], [10.0, 12.0]])},
    ...                       coords={"strategy": ["old", "new"]})
    >>> float(saving_table(outcomes, comparator="old").set_index("quantity").loc["saving", "value"])
    2.0
    """
    names = check_outcomes(outcomes, weights, names=["cost"])
    _check_known(names, comparator)
    cost = total(outcomes["cost"], weights)
    found = [(name, "cost", summarise(cost.sel(strategy=name))) for name in names]
    for name in names:
        if name != comparator:
            saved = cost.sel(strategy=comparator, drop=True) - cost.sel(strategy=name, drop=True)
            found += [(name, "saving", summarise(saved)), (name, "probability_saving", share(saved > 0))]
    return pd.DataFrame([{"strategy": name, "quantity": what, **asdict(summary)} for name, what, summary in found])


def by_group(saving: xr.DataArray, groups: Mapping[str, str], name: str) -> xr.DataArray:
    """Savings added up over components that share a group, such as payer, kind or step.

    Parameters
    ----------
    saving : dimension `component`
    groups : the group of each component, in the order in which groups are to appear
    name : the dimension that takes the place of `component`
    """
    components = [str(component) for component in saving["component"].to_numpy()]
    for component in components:
        if component not in groups:
            raise OutcomeError(f"cost component {component!r} has no {name}; {nearest(component, groups)}")
    order = list(dict.fromkeys(group for component, group in groups.items() if component in components))
    totals = [saving.sel(component=[c for c in components if groups[c] == group]).sum("component") for group in order]
    return xr.concat(totals, dim=name).assign_coords({name: order})


def running(steps: xr.DataArray, dim: str = "step") -> xr.DataArray:
    """The saving after each step: from gross, through every step, to net."""
    return steps.cumsum(dim)


def volume_needed(saving: xr.DataArray, claim: float) -> float | None:
    """Yearly volume at which the mean yearly saving reaches the claim; None if the mean saving is not above 0."""
    mean = float(saving.mean())
    return claim / mean if mean > 0 else None


def _check_known(known: list[str], *names: str) -> None:
    """Refuse a strategy that the outcomes do not have."""
    for name in names:
        if name not in known:
            raise OutcomeError(f"no strategy {name!r} in the outcomes; {nearest(name, known)}")

"""What a change of strategy saves: by component, step, payer and kind, and against a claimed figure."""

from collections.abc import Mapping

import xarray as xr

from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import nearest


def saving(outcomes: xr.Dataset, *, comparator: str, intervention: str) -> xr.DataArray:
    """Saving per person on each component of cost: cost of the comparator − cost of the intervention.

    Returns
    -------
    DataArray with dimension `component`, and `sample` where the outcomes have it
    """
    cost = outcomes["cost"]
    known = [str(name) for name in cost["strategy"].to_numpy()]
    for name in (comparator, intervention):
        if name not in known:
            raise OutcomeError(f"no strategy {name!r} in the outcomes; {nearest(name, known)}")
    if "component" not in cost.dims:
        raise OutcomeError("the outcomes' cost has no dimension 'component'; a saving is told by component")
    return cost.sel(strategy=comparator, drop=True) - cost.sel(strategy=intervention, drop=True)


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

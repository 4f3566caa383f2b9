"""What a change of strategy saves: step by step, by payer and kind, per year, and against a claimed figure."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision.cost_effectiveness import OutcomeError
from heemodel.decision.summary import share, summarise
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


def per_year(saving: xr.DataArray, volumes: Sequence[float]) -> xr.DataArray:
    """Saving per year: saving per person × people per year; dimension `volume` added.

    Uncertainty is that of the mean per person; the luck of one year's patients is not in it.
    """
    return saving * xr.DataArray(np.asarray(volumes, dtype=float), dims="volume", coords={"volume": list(volumes)})


def reaching(saving: xr.DataArray, claim: float, volumes: Sequence[float]) -> pd.DataFrame:
    """How likely a claimed yearly saving is reached at each yearly volume.

    Returns
    -------
    DataFrame with columns volume, mean, lower, upper, mcse (of the yearly saving), probability, probability_mcse
    """
    rows = []
    for volume in volumes:
        yearly = saving * volume
        summary, probability = summarise(yearly), share(yearly >= claim)
        rows.append(
            {
                "volume": volume,
                "mean": summary.value,
                "lower": summary.lower,
                "upper": summary.upper,
                "mcse": summary.mcse,
                "probability": probability.value,
                "probability_mcse": probability.mcse,
            }
        )
    return pd.DataFrame(rows)


def volume_needed(saving: xr.DataArray, claim: float) -> float | None:
    """Yearly volume at which the mean yearly saving reaches the claim; None if the mean saving is not above 0."""
    mean = float(saving.mean())
    return claim / mean if mean > 0 else None

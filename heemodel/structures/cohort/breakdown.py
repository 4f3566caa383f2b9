"""Costs told apart by the state that they are paid in."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import xarray as xr

from heemodel.structures.cohort.model import CohortModel
from heemodel.structures.draws import Draws, Parameters
from heemodel.structures.payoffs import On, Payoffs, Value
from heemodel.structures.time import Time

BETWEEN = "\x1f"
"""Parts component and state in a name; no name has it."""


def cost_by_state(model: CohortModel, draws: Draws) -> xr.DataArray:
    """Discounted cost by component and state: what is paid for a state, for moving into it and for starting in it.

    Parameters
    ----------
    model : a cohort model
    draws : as its `run` takes them

    Returns
    -------
    DataArray with the dimensions of `CohortModel.run`'s `cost` and `state`; its sum over `state` is that cost

    Raises
    ------
    ModelError
        as `CohortModel.run` does

    See Also
    --------
    CohortModel.run : whose `cost` is by component

    Examples
    --------
    >>> import heemodel as hm
    >>> model = CohortModel(
    ...     states=["well", "dead"], strategies=["care"], start={"well": 1.0}, cycle_length="1 year", horizon="2 years",
    ...     discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
    ...     transitions=lambda p, time: {("well", "dead"): 0.5},
    ...     payoffs=lambda p, time: Payoffs(cost={"all": {"well": 100.0, ("well", "dead"): 40.0}}, qaly={}),
    ... )
    >>> cost_by_state(model, xr.Dataset()).sel(strategy="care", component="all").to_series().to_dict()
    {'well': 112.5, 'dead': 30.0}
    """

    def payoffs(p: Parameters, time: Time) -> Payoffs:
        paid = model.payoffs(p, time)
        split: dict[str, Mapping[On, Value]] = {}
        for component, parts in paid.cost.items():
            for at in model.states:
                there = {on: value for on, value in parts.items() if _state(on) == at}
                split[f"{component}{BETWEEN}{at}"] = there or {at: 0.0}
        return Payoffs(cost=split, qaly={})

    cost = replace(model, payoffs=payoffs).run(draws)["cost"]
    pairs = [tuple(str(name).split(BETWEEN)) for name in cost["component"].to_numpy()]
    index = pd.MultiIndex.from_tuples(pairs, names=["part", "state"])
    coords = xr.Coordinates.from_pandas_multiindex(index, "component")
    apart = cost.drop_vars("component").assign_coords(coords).unstack("component").rename(part="component")
    return apart.sel(component=list(dict.fromkeys(part for part, _ in pairs)), state=list(model.states))


def _state(on: On) -> str:
    """The state that something is paid in: a move's is where it leads."""
    return on if isinstance(on, str) else on[1]

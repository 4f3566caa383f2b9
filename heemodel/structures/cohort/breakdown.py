"""Costs told apart by the state that they are paid in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from heemodel.structures.draws import Parameters
from heemodel.structures.payoffs import On, Payoffs, Value
from heemodel.structures.time import Time

BETWEEN = "\x1f"
"""Parts component and state in a name; no name has it."""

PayoffsOf = Callable[[Parameters, Time], Payoffs]


def paid_by_state(payoffs: PayoffsOf, states: Sequence[str]) -> PayoffsOf:
    """A model's payoffs with a component of cost for each of its own and each state that it is paid in."""

    def split(p: Parameters, time: Time) -> Payoffs:
        whole, parts = payoffs(p, time), dict[str, Mapping[On, Value]]()
        for component, paid in whole.cost.items():
            for state in states:
                if there := {on: value for on, value in paid.items() if _state(on) == state}:
                    parts[f"{component}{BETWEEN}{state}"] = there
        return replace(whole, cost=parts)

    return split


def by_state(cost: xr.DataArray, states: Sequence[str]) -> xr.DataArray:
    """The cost that such payoffs give, with component and state as dimensions of their own."""
    pairs = [tuple(str(name).split(BETWEEN)) for name in cost["component"].to_numpy()]
    components = list(dict.fromkeys(part for part, _ in pairs))
    given = cost.transpose(..., "component").to_numpy()
    dims = [dim for dim in cost.dims if dim != "component"]
    apart = np.zeros((*given.shape[:-1], len(components), len(states)))
    for place, (component, state) in enumerate(pairs):
        apart[..., components.index(component), list(states).index(state)] = given[..., place]
    coords = {**cost.drop_vars("component").coords, "component": components, "state": list(states)}
    return xr.DataArray(apart, coords, (*dims, "component", "state"), name=cost.name, attrs=cost.attrs)


def _state(on: On) -> str:
    """The state that something is paid in: a move's is where it leads."""
    return on if isinstance(on, str) else on[1]

"""Costs told apart by the state that they are paid in."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import xarray as xr

from heemodel.structures.draws import Parameters
from heemodel.structures.payoffs import On, Payoffs, Value
from heemodel.structures.time import Time

BETWEEN = "\x1f"
"""Parts component and state in a name; no name has it."""

PayoffsOf = Callable[[Parameters, Time], Payoffs]


def paid_by_state(payoffs: PayoffsOf, states: Sequence[str]) -> PayoffsOf:
    """A model's payoffs with a component of cost for each of its own and each state."""

    def split(p: Parameters, time: Time) -> Payoffs:
        parts: dict[str, Mapping[On, Value]] = {}
        for component, paid in payoffs(p, time).cost.items():
            for state in states:
                there = {on: value for on, value in paid.items() if _state(on) == state}
                parts[f"{component}{BETWEEN}{state}"] = there or {state: 0.0}
        return Payoffs(cost=parts, qaly={})

    return split


def by_state(cost: xr.DataArray, states: Sequence[str]) -> xr.DataArray:
    """The cost that such payoffs give, with component and state as dimensions of their own."""
    pairs = [tuple(str(name).split(BETWEEN)) for name in cost["component"].to_numpy()]
    index = pd.MultiIndex.from_tuples(pairs, names=["part", "state"])
    coords = xr.Coordinates.from_pandas_multiindex(index, "component")
    apart = cost.drop_vars("component").assign_coords(coords).unstack("component").rename(part="component")
    return apart.sel(component=list(dict.fromkeys(part for part, _ in pairs)), state=list(states))


def _state(on: On) -> str:
    """The state that something is paid in: a move's is where it leads."""
    return on if isinstance(on, str) else on[1]

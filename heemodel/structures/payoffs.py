"""What a model pays for: costs in components, QALYs, and any other effect that is counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from heemodel.structures.errors import ModelError
from heemodel.structures.labels import named

Value = xr.DataArray | float
On = str | tuple[str, str]
"""A state; a move (from, to); ("any", state) for moving into it from anywhere; ("start", state) for beginning there."""

START, ANY = "start", "any"
"""Stand for "before the model" and "whichever state" in a payoff; no state may be called so."""


@dataclass(frozen=True)
class Payoffs:
    """Payoffs by what they are paid for.

    A key that is a state pays per year spent in it; a key (from, to) pays per move, and ("any", state) per move into
    the state from any other; a key ("start", state) pays once for everyone who begins there, at the start or as part
    of an intake. What is paid once is never half-cycle corrected. Values are numbers or DataArrays with any of the
    dimensions sample, strategy, group, cycle and time_in_state; a payoff by cycle holds from that cycle's start to its
    end, one by time in state is for the state's stay, or for the state that is left.

    Attributes
    ----------
    cost : {component: {on: value}}, in money; discounted at the rate of costs
    qaly : {on: value}; discounted at the rate of QALYs
    effects : {name: {on: value}}, counted without discounting, for example bed-days
    """

    cost: Mapping[str, Mapping[On, Value]]
    qaly: Mapping[On, Value]
    effects: Mapping[str, Mapping[On, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what, parts in (("cost", self.cost), ("qaly", self.qaly), ("effects", self.effects)):
            if not isinstance(parts, Mapping):
                raise ModelError(f"{what} is a {type(parts).__name__}; give a dict, which may be empty")
        for what, parts in (("cost", self.cost), ("effects", self.effects)):
            for name, paid in parts.items():
                if not isinstance(paid, Mapping):
                    raise ModelError(
                        f"{what}[{name!r}] is a {type(paid).__name__}; {what} are given by name and then by state or "
                        f"move, as in {what}={{{name!r}: {{'ill': 100.0}}}}"
                    )


def by_strategy(values: Mapping[str, Value]) -> xr.DataArray:
    """One value for each strategy, as an array with dimension `strategy`.

    >>> by_strategy({"usual care": 0.0, "new care": 100.0}).sel(strategy="new care").item()
    100.0
    """
    if not isinstance(values, Mapping) or not values:
        raise ModelError('give a dict with a value for every strategy, as in hm.by_strategy({"old": 0.0, "new": 1.0})')
    arrays = [value for value in values.values() if isinstance(value, xr.DataArray)]
    sizes = {dim: size for array in arrays for dim, size in array.variable.sizes.items()}
    coords = {name: coord for array in arrays for name, coord in array.coords.items()}
    if coords:
        xr.align(*arrays, join="exact", copy=False)  # refuses labels that differ
    shape = tuple(sizes.values())
    # xarray gives set_dims no types.
    stacked = np.stack(
        [
            value.variable.set_dims(sizes).data  # type: ignore[no-untyped-call]
            if isinstance(value, xr.DataArray)
            else np.broadcast_to(float(value), shape)
            for value in values.values()
        ]
    )
    made = xr.DataArray(stacked, dims=("strategy", *sizes), coords=named(("strategy", tuple(values))))
    return made.assign_coords(coords) if coords else made

"""What a model pays for: costs in components, QALYs, and any other effect that is counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr

from heemodel.structures.errors import ModelError
from heemodel.structures.labels import named

Value = xr.DataArray | float
On = str | tuple[str, str]
"""What a payoff is for: a state, a move or one of the pairs that `Payoffs` knows."""

START, ANY, PRESENT = "start", "any", "present"
"""In a payoff's key: before the model, whichever state, being there when a cycle starts; no state may be called so."""

EXAMPLES = {"cost": "care", "effects": "visits"}
"""Names in errors."""


@dataclass(frozen=True)
class Payoffs:
    """Payoffs by what they are paid for.

    =====================  =========================================================================================
    key                    what the value is
    =====================  =========================================================================================
    ``"ill"``              per year spent in the state; within-cycle corrected
    ``("well", "ill")``    per move, in the cycle in which it is made
    ``("any", "ill")``     per move into the state from any other
    ``("start", "ill")``   once for everyone who begins there, at the start or as part of an intake
    ``("present", "ill")`` once at the start of each cycle for everyone there then, an intake included; by cycle it is 0
                           in all but some, see `Time.at`
    =====================  =========================================================================================

    What is not named is 0. Only the first is ever corrected within the cycle. Values are numbers or DataArrays with any
    of the dimensions sample, strategy, group, cycle, time_in_state and the model's clocks; a payoff by cycle holds from
    that cycle's start to its end, one by time in state is for the state's stay, or for the state that is left.

    In a `DecisionTree` a key is a node, paid once on reaching it, or a branch (from, to).

    Attributes
    ----------
    cost : {component: {key: value}}, in money; discounted at the rate of costs
    qaly : {key: value}; discounted at the rate of QALYs
    effects : {name: {key: value}}, counted without discounting, for example bed-days

    Raises
    ------
    ModelError
        if one of them is not a dict, or costs are not given by component

    See Also
    --------
    by_strategy : a value that differs between strategies

    Examples
    --------
    >>> paid = Payoffs(cost={"care": {"ill": 900.0}, "scan": {("well", "ill"): 300.0}}, qaly={"well": 0.9, "ill": 0.6})
    >>> paid.cost["scan"]
    {('well', 'ill'): 300.0}
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
                if not isinstance(name, str):
                    raise ModelError(f"{what} has the name {name!r}; names are text, such as {str(name)!r}")
                if not isinstance(paid, Mapping):
                    raise ModelError(
                        f"{what}[{name!r}] is no dict; they are given by name and then by state or move. If "
                        f"{name!r} is a state: {what}={{{EXAMPLES[what]!r}: {{{name!r}: …}}}}; if it is a name: "
                        f"{what}={{{name!r}: {{'the state': …}}}}"
                    )


def by_strategy(values: Mapping[str, Value]) -> xr.DataArray:
    """One value for each strategy, as an array with dimension `strategy`.

    Parameters
    ----------
    values : {strategy: value}, with numbers or DataArrays of any other dimensions

    Returns
    -------
    DataArray with dimension `strategy` and all those of the values

    Raises
    ------
    ModelError
        for anything but a dict with at least one strategy

    See Also
    --------
    Payoffs : whose values it often makes

    Examples
    --------
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

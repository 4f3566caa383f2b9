"""How many people start in each state, and how many enter later."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from heemodel.structures.calls import call
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.draws import Parameters
from heemodel.structures.errors import ModelError
from heemodel.structures.layout import STAY, Array, Fitted, Layout, check_finite
from heemodel.structures.payoffs import Value

OFF = 1e-9
"""By how much shares may miss 0 and 1 through rounding."""


def read_start(model: Specification, p: Parameters, layout: Layout) -> dict[str, Fitted]:
    """Those who start in each state: shares that add up to 1, or people."""
    given = _by_state(model, model.start, p, "the start")
    if _are_shares(given):  # by far the most usual: nothing to fit, and no other number of draws
        return {state: Fitted(np.array(float(given.get(state, 0.0))), (), {}) for state in model.states}
    word = "the share that starts" if model.start_in == "shares" else "the number of people who start"
    fitted: dict[str, Fitted] = {}
    total: Value = 0.0
    for state in model.states:
        value = given.get(state, 0.0)
        fitted[state] = _fit(value, f"{word} in {state!r}", layout, without=("cycle", STAY, *layout.clocks))
        total = total + value
    if model.start_in == "people":
        return fitted
    sums = layout.fit(total, "the start")
    if (off := np.abs(sums.values() - 1) > OFF).any():
        raise ModelError(
            f"the shares at the start add up to {layout.where(sums, off)}; they must add up to 1. If they are "
            "people, say "
            'CohortModel(start_in="people")'
        )
    return fitted


def _are_shares(given: Mapping[str, Value]) -> bool:
    """Whether they are numbers, none below 0, that add up to 1."""
    numbers = [float(value) for value in given.values() if isinstance(value, (float, int, np.number))]
    return len(numbers) == len(given) and all(number >= 0 for number in numbers) and abs(sum(numbers) - 1) <= OFF


def read_intake(model: Specification, p: Parameters, layout: Layout) -> dict[str, Fitted]:
    """Those who enter each state at the start of a cycle."""
    given = _by_state(model, model.intake, p, "the intake")
    fitted = {
        state: _fit(value, f"the intake of {state!r}", layout, without=(STAY, *layout.clocks))
        for state, value in given.items()
    }
    for state, people in fitted.items():
        if model.start_in == "shares" and (more := people.values() > 1).any():
            raise ModelError(
                f"the intake of {state!r} is {layout.where(people, more)} in a cycle for each person at the start; if "
                'these are people, give the start in people too: CohortModel(start_in="people")'
            )
    return fitted


def _by_state(model: Specification, given: Any, p: Parameters, what: str) -> Mapping[str, Value]:
    """People by state, from any of the forms in which they are given."""
    if isinstance(given, Callable):  # type: ignore[arg-type]
        given = call(given, f"the function of {what}", p)
    if isinstance(given, xr.DataArray):
        dim = next((dim for dim in ("state", "leaf") if dim in given.dims), None)
        if dim is None or dim not in given.coords:
            raise ModelError(
                f"{what} is an array of dimensions {', '.join(map(str, given.dims))}; it needs one called state, "
                "with names"
            )
        given = {str(name): given.sel({dim: name}, drop=True) for name in given[dim].to_numpy()}
    if not isinstance(given, Mapping):
        raise ModelError(f'{what} is a {type(given).__name__}; give a dict by state, as in {{"well": 1.0}}')
    for state in given:
        model.check_state(state, what)
    return given


def _fit(value: Value, what: str, layout: Layout, *, without: tuple[str, ...]) -> Fitted:
    """A number of people, 0 or more."""
    fitted = layout.fit(value, what, without=without)
    check_finite(fitted, layout, what)
    if (bad := fitted.values() < -OFF).any():
        raise ModelError(f"{what} is {layout.where(fitted, bad)}; it must be 0 or more")
    return fitted


def shares_of(groups: Sequence[str], weights: Mapping[str, float]) -> Array:
    """The share of the people in each group, in the order of the groups.

    Raises
    ------
    ModelError
        unless each group has a share of 0 or more, and they add up to 1
    """
    if set(weights) != set(groups):
        raise ModelError(f"weights are for {', '.join(weights) or 'nobody'}; give a share of {', '.join(groups)}")
    shares = np.array([weights[group] for group in groups], dtype=float)
    if not (shares >= 0).all() or abs(shares.sum() - 1) > OFF:
        raise ModelError(f"weights are {shares.tolist()}; give shares of 0 or more that add up to 1")
    return shares

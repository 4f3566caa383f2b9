"""Deterministic two-way sensitivity: two parameters over a grid, all others at their central values."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import elementwise

from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.sensitivity.points import Place, Point, places_of
from heemodel.errors import nearest

Floats = NDArray[np.float64]
PRECISE = 1e-9
"""Share of the range of x to which a turning value is found."""


class Runs(Protocol):
    """A model: draws in, outcomes out."""

    def run(self, draws: xr.Dataset) -> xr.Dataset:
        """Outcomes of every draw."""


class TwoWay(NamedTuple):
    """An outcome over a grid of two parameters, and where it turns."""

    table: pd.DataFrame
    """Columns x, y, outcome, and central: whether x and y are the central values."""
    turns: pd.DataFrame
    """Columns y, x (where the outcome is 0, or jumps over it; NaN where nowhere), and note: which side is above 0."""


def two_way(
    function: Callable[[xr.Dataset], Any] | Runs,
    central: Point,
    *,
    x: str,
    y: str,
    x_values: ArrayLike,
    y_values: ArrayLike,
    quantity: Callable[[Any], Any] | None = None,
) -> TwoWay:
    """The outcome over two parameters, the others at their central values, and the line on which it is 0.

    Every point of the grid is a draw, so that one run of the model gives them all. Between two neighbours along x of
    which one is above 0 and the other not, the value at which it turns is then closed in on, exactly.

    Parameters
    ----------
    function : a model with a method `run`, or a function: from parameters, a Dataset with dimension `sample`, to
        outcomes
    central : Dataset without `sample`, such as `inputs.central()`, or a mapping of numbers. A place of a parameter
        with dimensions is named like ``"recovery[early]"``
    x, y : names of two of them
    x_values, y_values : ascending, two or more, in the parameters' own units. The central value is put among them
        where it lies within their range
    quantity : from what `function` gives to the outcome, an array over `sample`, such as
        ``lambda outcomes: hm.CostEffectiveness(outcomes, comparator="old").saving("new")``; without it `function`
        gives the outcome itself

    Returns
    -------
    TwoWay: `table`, a row for each point of the grid, and `turns`, a row for each value of y and each x at which the
    outcome turns there, or one with NaN where it does not turn within the range

    Raises
    ------
    OutcomeError
        if a parameter is unknown, the two are one, their values are not ascending, or an outcome is no number

    See Also
    --------
    one_way : one parameter at a time
    switching_value : probabilistic, of one parameter
    hm.plot.two_way : the map

    Notes
    -----
    Zeros that come in pairs between two neighbouring values of x are not seen. The outcome is a point estimate: in a
    model that is not linear, it is not the mean over the uncertainty of the other parameters.

    Examples
    --------
    >>> worth = two_way(lambda p: 100 - p["price"] * p["days"], {"price": 10.0, "days": 8.0},
    ...                 x="price", y="days", x_values=[5, 25], y_values=[4, 8])
    >>> worth.turns[["y", "x"]].to_numpy().tolist()
    [[4.0, 25.0], [8.0, 12.5]]
    """
    known = places_of(central)
    at_x, at_y = _chosen(known, x, y)
    xs, ys = (_values(name, given, known[name].value) for name, given in ((x, x_values), (y, y_values)))

    def outcome(some_x: Floats, some_y: Floats) -> Floats:
        return _outcome(function, quantity, _draws(central, {at_x: some_x, at_y: some_y}))

    grid_x, grid_y = (part.ravel() for part in np.meshgrid(xs, ys))
    values = outcome(grid_x, grid_y)
    centre = (grid_x == at_x.value) & (grid_y == at_y.value)
    table = pd.DataFrame({"x": grid_x, "y": grid_y, "outcome": values, "central": centre})
    return TwoWay(table, _turns(outcome, xs, ys, values.reshape(len(ys), len(xs))))


def _chosen(known: dict[str, Place], x: str, y: str) -> tuple[Place, Place]:
    """The two places, which must be there and different."""
    if unknown := [name for name in (x, y) if name not in known]:
        raise OutcomeError(
            "\n".join(f"no parameter {name!r} among the central values; {nearest(name, known)}" for name in unknown)
        )
    if x == y:
        raise OutcomeError(f"x and y are both {x!r}; name two parameters")
    return known[x], known[y]


def _values(name: str, given: ArrayLike, central: float) -> Floats:
    """Ascending values with the central one among them, where it lies within."""
    values = np.asarray(given, dtype=float)
    if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all() or (np.diff(values) <= 0).any():
        raise OutcomeError(f"{name}: the values are {given!r}; give two numbers or more, ascending")
    return np.union1d(values, [central]) if values[0] <= central <= values[-1] else values


def _draws(central: Point, moved: dict[Place, Floats]) -> xr.Dataset:
    """The central values over `sample`, with some numbers of their own in each sample."""
    point = central if isinstance(central, xr.Dataset) else xr.Dataset(dict(central))
    size = len(next(iter(moved.values())))
    sample = xr.DataArray(np.arange(size), dims="sample", coords={"sample": np.arange(size)})
    draws = point.expand_dims(sample=sample).copy(deep=True)
    for name in {place.name for place in moved}:
        values = draws[name].to_numpy().astype(float)
        for place, numbers in moved.items():
            if place.name == name:
                where: tuple[Any, ...] = (slice(None), *place.at)
                values[where] = numbers
        draws[name] = draws[name].copy(data=values)
    return draws


def _outcome(function: Any, quantity: Callable[[Any], Any] | None, draws: xr.Dataset) -> Floats:
    """The outcome of every sample, once it is known to be a number."""
    run = function.run if hasattr(function, "run") else function
    given = run(draws)
    found = np.asarray(given if quantity is None else quantity(given))
    size = draws.sizes["sample"]
    if found.shape != (size,) or found.dtype.kind not in "biuf":
        raise OutcomeError(
            f"the outcome has shape {found.shape} over {size} points; give one number for each, with `quantity` where "
            "the model gives several outcomes"
        )
    if not np.isfinite(found).all():
        raise OutcomeError(f"the outcome is {found[~np.isfinite(found)][0]} at a point of the grid; narrow the range")
    return found.astype(float)


def _turns(outcome: Callable[[Floats, Floats], Floats], xs: Floats, ys: Floats, values: Floats) -> pd.DataFrame:
    """For every y the values of x at which the outcome is 0, and what it is on either side."""
    above = values > 0
    row, left = np.nonzero(above[:, :-1] != above[:, 1:])
    found = np.array([])
    if len(row):
        bracket = (xs[left], xs[left + 1])
        tolerances = {"xatol": PRECISE * (xs[-1] - xs[0])}
        root = elementwise.find_root(outcome, bracket, args=(ys[row],), tolerances=tolerances)  # type: ignore[call-overload] # the stubs allow one argument only
        found = root.x
    rows: list[tuple[float, float, str]] = []
    for place, y in enumerate(ys):
        mine = found[row == place]
        note = _in_words(mine, above_first=bool(above[place, 0]))
        rows += [(float(y), float(value), note) for value in (mine if mine.size else [np.nan])]
    return pd.DataFrame(rows, columns=["y", "x", "note"])


def _in_words(values: Sequence[float] | Floats, *, above_first: bool) -> str:
    """Where the outcome is above 0 along x."""
    signs = ["above 0", "0 or below"] if above_first else ["0 or below", "above 0"]
    if not len(values):
        return f"{signs[0]} throughout"
    parts = [f"{signs[place % 2]} up to {_short(value)}" for place, value in enumerate(values)]
    return f"{', '.join(parts)}, then {signs[len(values) % 2]}"


def _short(value: float) -> str:
    """A figure to four digits, from a thousand on whole."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.4g}"

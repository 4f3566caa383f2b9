"""Switching values: where a parameter would have to be for the expected saving or net benefit to change its sign."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray
from scipy.optimize import brentq

from heemodel.decision.draws import Parameters, check_same_samples, dataset_of
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.summary import Summary, monte_carlo_error, share
from heemodel.errors import nearest

NEAREST = 0.3
"""Share of the draws that tell the expected outcome at a value of the parameter."""
ALL_AT_ONE_VALUE = 1e-12
"""Relative spread of the draws nearby below which they are no line but a point."""
STEPS = 100
"""Steps over the range and over the quantiles of a parameter in which its curve is searched for zeros."""
LEAST = 50
"""Draws that a curve can be learnt from."""
DIFFERENT = 10
"""Values of a parameter that a curve can be drawn through; with fewer, compare the outcomes at each."""
MORE_DRAWS = "; this may be chance, and more draws could undo it"

Floats = NDArray[np.float64]
type Draws = xr.DataArray | pd.Series | NDArray[np.floating] | Sequence[float]
"""Draws of one quantity: an array along `sample`, or numbers in the order of the draws."""


@dataclass(frozen=True)
class SwitchingValue:
    """Where the expected outcome changes sign."""

    values: tuple[float, ...]
    """Values of the parameter at which it does, rising; empty where there are none in the range."""
    mcse: tuple[float, ...]
    """Monte Carlo standard error of each value; empty where the outcome is not sampled."""
    share_beyond: Summary | None
    """Share of draws in which the parameter is where the expected outcome has another sign than its overall mean, with
    the Monte Carlo standard error; None where the outcome is not sampled."""
    low: float
    """Lowest value of the parameter that was looked at."""
    high: float
    """Highest value that was looked at."""
    clear: bool
    """Whether the expected outcome is, somewhere on each side of each value, more than two standard errors from 0;
    where not, more draws could undo the switch."""
    note: str
    """The same in words."""


class ConditionalMean(NamedTuple):
    """Expected outcome at some values of a parameter, and its standard error."""

    mean: Floats
    standard_error: Floats


def switching_value(outcome: Draws, parameter: Draws) -> SwitchingValue:
    """The value of a parameter at which the expected outcome is 0, all other parameters as uncertain as they are.

    E(outcome | parameter) is estimated from the draws of a probabilistic analysis (see `conditional_mean`) and searched
    for zeros between the lowest and the highest draw of the parameter, never beyond.

    Parameters
    ----------
    outcome : (sample) saving or incremental net benefit; a coordinate `chain` along `sample` says which draws came
        from one Markov chain
    parameter : (sample) the same draws of one parameter, in the same order

    Returns
    -------
    SwitchingValue; its Monte Carlo standard errors are those of the curve at 0 divided by its slope there. Where it is
    not `clear`, the outcome hardly depends on the parameter, or draws are too few

    Raises
    ------
    OutcomeError
        if the draws do not belong together, are not numbers or are fewer than 50, or the parameter takes fewer than 10
        different values

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> price, other = rng.uniform(0, 10, 5_000), rng.normal(0, 1, 5_000)
    >>> found = switching_value(xr.DataArray(4 - price + other, dims="sample"), price)
    >>> round(found.values[0], 1), round(found.share_beyond.value, 1)
    (4.0, 0.4)
    """
    outcome, parameter = _paired(outcome, parameter)
    x, y = parameter.to_numpy(), outcome.to_numpy()
    low, high = float(x.min()), float(x.max())
    at = np.unique([*np.linspace(low, high, STEPS + 1), *np.quantile(x, np.linspace(0, 1, STEPS + 1))])
    curve = conditional_mean(x, y, at)
    before = np.flatnonzero(np.diff(curve.mean > 0))
    slope = np.diff(curve.mean)[before] / np.diff(at)[before]
    values = at[before] - curve.mean[before] / slope
    fitted = np.interp(x, at, curve.mean)
    factor = _autocorrelation(outcome, y - fitted)
    errors = factor * np.interp(values, at, curve.standard_error) / np.abs(slope)
    beyond = outcome.copy(data=(fitted > 0) != (y.mean() > 0))
    near = np.abs(curve.mean) < 2 * factor * curve.standard_error
    clear = not any(stretch.all() for stretch in np.split(near, before + 1)) or not values.size
    note = _in_words(values, low, high, above_first=bool(curve.mean[0] > 0)) + ("" if clear else MORE_DRAWS)
    return SwitchingValue(tuple(values.tolist()), tuple(errors.tolist()), share(beyond), low, high, clear, note)


def switching_value_of(
    function: Callable[[float], object], low: float, high: float, *, points: int = 11
) -> SwitchingValue:
    """The exact value of a parameter at which the outcome of a deterministic model is 0.

    Parameters
    ----------
    function : from a value of the parameter to the outcome, a single number, such as a saving or the net benefit
    low, high : range of the parameter in which to look
    points : equally spaced values, from low to high, at which the outcome is found first; each change of sign between
        two of them is then closed in on by Brent's method. Zeros that come in pairs between two points are not seen

    Returns
    -------
    SwitchingValue without Monte Carlo errors and share of draws

    Raises
    ------
    OutcomeError
        if low is not below high, there are fewer than 2 points, or the function does not give a number

    Examples
    --------
    >>> switching_value_of(lambda price: 4.0 - price, 0.0, 10.0).values
    (4.0,)
    >>> switching_value_of(lambda price: 4.0 - price, 0.0, 3.0).note
    'none in the range 0 to 3: the outcome is above 0 throughout'
    """
    if not (np.isfinite([low, high]).all() and low < high) or points < 2:
        raise OutcomeError(f"low is {low}, high is {high} and points is {points}; give low < high and 2 points or more")
    outcome = cache(lambda value: _single_number(function(value), value))
    at = np.linspace(low, high, points).tolist()
    above = np.array([outcome(value) > 0 for value in at])
    precision = 1e-12 * (high - low)
    zeros = [brentq(outcome, at[i], at[i + 1], xtol=precision) for i in np.flatnonzero(np.diff(above))]
    values = np.array(zeros, dtype=float)
    note = _in_words(values, low, high, above_first=bool(above[0]))
    return SwitchingValue(tuple(values.tolist()), (), None, low, high, clear=True, note=note)


def switching_table(outcome: Draws, draws: Parameters, parameters: Sequence[str]) -> pd.DataFrame:
    """Switching values of several parameters, each by itself; see `switching_value`.

    Parameters
    ----------
    outcome : as in `switching_value`
    draws : of the parameters, sample by sample those that the outcome was worked out from
    parameters : names

    Returns
    -------
    DataFrame with a row for each switching value, or one for a parameter that has none (value NaN), and the columns
    parameter, value, mcse, share_beyond, low, high, clear and note

    Raises
    ------
    OutcomeError
        as in `switching_value`, and if a parameter is unknown
    """
    rows: list[dict[str, object]] = []
    table = dataset_of(draws)
    if isinstance(outcome, xr.DataArray):
        check_same_samples(draws, outcome)
    known = [str(name) for name in table.data_vars]
    if unknown := [name for name in parameters if name not in known]:
        raise OutcomeError("\n".join(f"no parameter {name!r} in the draws; {nearest(name, known)}" for name in unknown))
    for name in parameters:
        found = switching_value(outcome, table[name])
        beyond = found.share_beyond.value if found.share_beyond else np.nan
        says = {"clear": found.clear, "note": found.note}
        for value, mcse in zip(found.values or [np.nan], found.mcse or [np.nan], strict=True):
            numbers = {"value": value, "mcse": mcse, "share_beyond": beyond, "low": found.low, "high": found.high}
            rows.append({"parameter": name, **numbers, **says})
    return pd.DataFrame(rows)


def conditional_mean(parameter: Floats, outcome: Floats, at: Floats) -> ConditionalMean:
    """Expected outcome given a parameter, by local linear regression of the draws.

    At each value a line is fitted to the nearest 30% of the draws, weighted by (1 − (distance / farthest)³)³: exact
    where the outcome is linear in the parameter, however unevenly its draws lie (Cleveland 1979, doi
    10.1080/01621459.1979.10481038). Standard errors allow for a spread of the outcome that varies with the parameter.

    Parameters
    ----------
    parameter, outcome : (sample)
    at : rising values of the parameter from its lowest to its highest draw, close enough to draw a curve through

    Returns
    -------
    ConditionalMean of arrays along `at`
    """
    mean = np.array([_local_weights(parameter, value) @ outcome for value in at])
    squared = (outcome - np.interp(parameter, at, mean)) ** 2
    variance = np.array([_local_weights(parameter, value) ** 2 @ squared for value in at])
    return ConditionalMean(mean, np.sqrt(variance))


def _local_weights(parameter: Floats, value: float) -> Floats:
    """How much each draw's outcome counts for the expected outcome at a value of the parameter."""
    away = parameter - value
    distance = np.abs(away)
    nearest_draws = math.ceil(NEAREST * len(away))
    farthest = 1.001 * np.partition(distance, nearest_draws - 1)[nearest_draws - 1]
    weights = np.maximum(1 - (distance / farthest) ** 3, 0) ** 3 if farthest > 0 else (distance == 0).astype(float)
    level, tilt, spread = weights.sum(), weights @ away, weights @ away**2
    determinant = level * spread - tilt**2
    on_a_line: Floats = weights * (spread - tilt * away)
    at_one_value: Floats = weights / level
    return on_a_line / determinant if determinant > ALL_AT_ONE_VALUE * level * spread else at_one_value


def _paired(outcome: Draws, parameter: Draws) -> tuple[xr.DataArray, xr.DataArray]:
    """Draws of outcome and parameter, once they are known to belong together."""
    y, x = _draws("outcome", outcome), _draws(_called(parameter), parameter)
    if y.size != x.size:
        raise OutcomeError(f"{y.size:,} draws of the outcome and {x.size:,} of the {_called(x)}; give the same draws")
    if "sample" in y.coords and "sample" in x.coords and not np.array_equal(y["sample"], x["sample"]):
        raise OutcomeError("the draws of outcome and parameter have different labels on sample; give the same draws")
    if y.size < LEAST:
        raise OutcomeError(f"there are {y.size} draws; give {LEAST} or more")
    if len(different := np.unique(x)) < DIFFERENT:
        values = ", ".join(f"{value:g}" for value in different)
        raise OutcomeError(f"the {_called(x)} is only ever {values}; compare the outcomes at each value")
    return y.astype(float), x.astype(float)


def _called(parameter: Draws) -> str:
    """A parameter with its name, where it has one."""
    name = getattr(parameter, "name", None)
    return "parameter" if name is None else f"parameter {name!r}"


def _draws(what: str, values: Draws) -> xr.DataArray:
    """Finite numbers along sample."""
    draws = values if isinstance(values, xr.DataArray) else xr.DataArray(np.asarray(values))
    draws = draws.rename(dim_0="sample") if draws.dims == ("dim_0",) else draws
    if draws.dims != ("sample",):
        raise OutcomeError(f"the {what} has shape {dict(draws.sizes)}; give draws along sample, of one quantity")
    if draws.dtype.kind not in "fiu" or not np.isfinite(draws).all():
        raise OutcomeError(f"the {what} holds values that are not numbers")
    return draws


def _autocorrelation(outcome: xr.DataArray, residual: Floats) -> float:
    """How much larger errors are than those of independent draws."""
    independent = residual.std(ddof=1) / np.sqrt(residual.size)
    return monte_carlo_error(outcome.copy(data=residual)) / float(independent) if independent > 0 else 1.0


def _single_number(outcome: object, value: float) -> float:
    """What a function gave, which must be one number."""
    found = np.asarray(outcome)
    if found.size != 1 or found.dtype.kind not in "fiu" or not np.isfinite(found).all():
        raise OutcomeError(f"the function gives {outcome!r} at {value:g}; it must give one number")
    return float(found.item())


def _in_words(values: Floats, low: float, high: float, *, above_first: bool) -> str:
    """Where the expected outcome is above 0 and where not."""
    signs = ["above 0", "0 or below"] if above_first else ["0 or below", "above 0"]
    if not values.size:
        return f"none in the range {low:.4g} to {high:.4g}: the outcome is {signs[0]} throughout"
    parts = [f"{signs[place % 2]} up to {value:.4g}" for place, value in enumerate(values)]
    return f"the outcome is {', '.join(parts)} and {signs[len(values) % 2]} from there to {high:.4g}"

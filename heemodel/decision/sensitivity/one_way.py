"""Deterministic one-way sensitivity: one parameter at the ends of its range, all others at their central values."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.sensitivity.points import Place, Point, places_of
from heemodel.errors import nearest


class Range(NamedTuple):
    """From where to where a parameter is varied, and who says so."""

    low: float
    high: float
    source: str


def one_way(
    function: Callable[[Any], ArrayLike], central: Point, ranges: Mapping[str, Range | tuple[float, float, str]]
) -> pd.DataFrame:
    """The outcome with each parameter at either end of its range and the others at their central values.

    Parameters
    ----------
    function : from parameters, as `central` has them, to the outcome, such as
        ``lambda p: hm.CostEffectiveness(model.run(p), comparator="old").saving("new")``
    central : Dataset without `sample`, such as `inputs.central()`, or a mapping of numbers. A place of a parameter
        with dimensions is named like ``"recovery[early]"``
    ranges : low, high and source of each parameter that is varied. There is no default: what is plausible for a
        parameter is evidence about it

    Returns
    -------
    DataFrame with columns parameter, low, central, high, outcome_low, outcome_central, outcome_high, width (between
    the least and the most of the three), source; the widest first

    Raises
    ------
    OutcomeError
        if a parameter is unknown, a range has no source or does not hold the central value, or an outcome is not one
        number

    Examples
    --------
    >>> table = one_way(lambda p: p["a"] * p["b"], {"a": 2.0, "b": 5.0}, {"a": (1.0, 4.0, "95% interval, trial A")})
    >>> table[["outcome_low", "outcome_central", "outcome_high", "width"]].to_numpy().tolist()
    [[5.0, 10.0, 20.0, 15.0]]

    Of a model folder:

    >>> import heemodel as hm
    >>> folder = hm.load_model("models/sumatriptan")
    >>> model, comparator = folder.model(), folder.inputs.about.comparator
    >>> def saving(p):
    ...     return hm.CostEffectiveness(model.run(p), comparator=comparator).saving("sumatriptan")
    >>> central = folder.inputs.central()
    >>> name = next(name for name, value in central.items() if value.ndim == 0)
    >>> low, high = 0.9 * float(central[name]), 1.1 * float(central[name])
    >>> len(one_way(saving, central, {name: (low, high, "assumed: a tenth either way")}))
    1
    """
    places = places_of(central)
    checked = _check(ranges, places)
    base = _value(function, central, "at the central values")
    rows = []
    for name, (low, high, source) in checked.items():
        ends = [_value(function, _moved(central, places[name], end), f"at {name} = {end:g}") for end in (low, high)]
        rows.append(
            {
                "parameter": name,
                "low": low,
                "central": places[name].value,
                "high": high,
                "outcome_low": ends[0],
                "outcome_central": base,
                "outcome_high": ends[1],
                "width": max(*ends, base) - min(*ends, base),
                "source": source,
            }
        )
    return pd.DataFrame(rows).sort_values(["width", "parameter"], ascending=[False, True], ignore_index=True)


def _moved(central: Point, place: Place, value: float) -> Point:
    """The central values with one other number."""
    if not isinstance(central, xr.Dataset):
        return {**central, place.name: value}
    array = central[place.name].astype(float).copy()
    array[place.at] = value
    return central.assign({place.name: array})


def _check(ranges: Mapping[str, Any], places: Mapping[str, Place]) -> dict[str, Range]:
    """The ranges, or all that is wrong with them."""
    if not ranges:
        raise OutcomeError("no ranges are given; give low, high and source of each parameter to vary")
    found, problems = {}, []
    for name, given in ranges.items():
        if name not in places:
            problems.append(f"no parameter {name!r} among the central values; {nearest(name, places)}")
            continue
        if not isinstance(given, tuple) or len(given) != 3:
            problems.append(f"{name}: the range is {given!r}; give (low, high, source)")
            continue
        low, high, source = given
        value = places[name].value
        if not (np.isfinite([low, high]).all() and low < high):
            problems.append(f"{name}: the range is from {low} to {high}; give two numbers, low < high")
        elif not low <= value <= high:
            problems.append(f"{name}: the central value {value:g} is outside the range from {low:g} to {high:g}")
        if not isinstance(source, str) or not source.strip():
            problems.append(f"{name}: the range has no source; say where it comes from")
        found[name] = Range(low, high, source)
    if problems:
        raise OutcomeError("\n".join(problems))
    return found


def _value(function: Callable[[Any], ArrayLike], point: Point, where: str) -> float:
    """The outcome at a point."""
    value = np.asarray(function(point))
    if value.size != 1 or value.dtype.kind not in "biuf" or not np.isfinite(value).all():
        raise OutcomeError(f"the function gives {value} {where}; it must give one number")
    return float(value.item())

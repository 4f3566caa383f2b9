"""Between rates, probabilities and odds of one event."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import xarray as xr

from heemodel.parameters.places import first_bad
from heemodel.structures.errors import ModelError


def rate_to_probability[Rate: (xr.DataArray, float)](rate: Rate, years: xr.DataArray | float) -> Rate:
    """Probability that an event of a constant rate happens within a time: 1 − exp(−rate × years).

    For one event only: with several competing ones, the probabilities of each depend on all rates; see
    `rates_to_probabilities`.

    Parameters
    ----------
    rate : events per person-year, 0 or more, any dimensions
    years : length of time in years, any dimensions; in a cohort model `time.cycle_years`

    Returns
    -------
    The probability, with the dimensions of both

    Raises
    ------
    ModelError
        for a rate below 0

    See Also
    --------
    probability_to_rate : its inverse
    rates_to_probabilities : several competing events

    Examples
    --------
    >>> print(round(rate_to_probability(0.1, 1.0), 6))
    0.095163
    """
    _check_not_negative(rate, "the rate")
    chance: Rate = -xr.apply_ufunc(np.expm1, rate * -years)
    return chance


def probability_to_rate[Share: (xr.DataArray, float)](probability: Share, years: float) -> Share:
    """Constant rate per year of an event with that probability within a time: −ln(1 − probability) / years.

    For one event only. The probabilities of several competing events cannot be turned into rates one by one: each
    holds people who took another way first, and many matrices of probabilities belong to no rates at all (Chhatwal,
    Jayasuriya and Elbasha 2016, doi 10.1177/0272989X15625356). To change a model's cycle, see `change_cycle_length`.

    Parameters
    ----------
    probability : at least 0 and below 1, any dimensions
    years : length of time in years

    Returns
    -------
    The rate per person-year, with the dimensions of both

    Raises
    ------
    ModelError
        if a dict of several moves is given, or a probability outside [0, 1)

    See Also
    --------
    rate_to_probability : its inverse
    change_cycle_length : several moves at once

    Examples
    --------
    >>> print(round(probability_to_rate(0.095163, 1.0), 4))
    0.1
    """
    if isinstance(probability, Mapping):
        raise ModelError(
            "probabilities of competing moves cannot be turned into rates one by one: each counts people who moved "
            "elsewhere first. Give rates to hm.convert.rates_to_probabilities, or use hm.convert.change_cycle_length"
        )
    _check(probability, "the probability", lambda p: (p >= 0) & (p < 1), "between 0 and 1, below 1")
    rate: Share = -xr.apply_ufunc(np.log1p, -probability) / years
    return rate


def apply_hazard_ratio(probability: xr.DataArray | float, ratio: xr.DataArray | float) -> xr.DataArray | float:
    """Probability of an event whose rate is multiplied by a ratio: 1 − (1 − p)^ratio.

    Parameters
    ----------
    probability : of the event without the effect, between 0 and 1, any dimensions
    ratio : of hazards or rates, 0 or more, any dimensions

    Returns
    -------
    The probability with the effect, with the dimensions of both

    Raises
    ------
    ModelError
        for a probability outside [0, 1] or a ratio below 0

    See Also
    --------
    apply_odds_ratio : for an effect on odds

    Examples
    --------
    >>> print(round(apply_hazard_ratio(0.2, 0.5), 6))
    0.105573
    """
    _check_probability(probability)
    _check_not_negative(ratio, "the hazard ratio")
    return 1 - (1 - probability) ** ratio


def apply_odds_ratio(probability: xr.DataArray | float, ratio: xr.DataArray | float) -> xr.DataArray | float:
    """Probability of an event whose odds are multiplied by a ratio: p × ratio / (1 − p + p × ratio).

    Parameters
    ----------
    probability : of the event without the effect, between 0 and 1, any dimensions
    ratio : of odds, 0 or more, any dimensions

    Returns
    -------
    The probability with the effect, with the dimensions of both

    Raises
    ------
    ModelError
        for a probability outside [0, 1] or a ratio below 0

    See Also
    --------
    apply_hazard_ratio : for an effect on rates

    Examples
    --------
    >>> print(round(apply_odds_ratio(0.2, 0.5), 6))
    0.111111
    """
    _check_probability(probability)
    _check_not_negative(ratio, "the odds ratio")
    return probability * ratio / (1 - probability + probability * ratio)


def _check(value: xr.DataArray | float, what: str, is_one: Callable[[Any], Any], must: str) -> None:
    """Refuse numbers that are none of what they should be; the kernel checks what is only recorded."""
    data = value.data if isinstance(value, xr.DataArray) else value
    if isinstance(data, (np.ndarray, float, int, np.number)) and (bad := ~np.asarray(is_one(np.asarray(data)))).any():
        raise ModelError(f"{what} is {first_bad(value, bad)}; it must be {must}")


def _check_probability(value: xr.DataArray | float) -> None:
    _check(value, "the probability", lambda p: (p >= 0) & (p <= 1), "between 0 and 1")


def _check_not_negative(value: xr.DataArray | float, what: str) -> None:
    _check(value, what, lambda number: number >= 0, "0 or more")

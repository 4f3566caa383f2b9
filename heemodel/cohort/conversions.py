"""Between rates and probabilities."""

import numpy as np
import xarray as xr


def rate_to_probability[Rate: (xr.DataArray, float)](rate: Rate, years: float) -> Rate:
    """Probability that an event of a constant rate happens within a time: 1 − exp(−rate × years).

    For one event only: with several competing ones, the probabilities of each depend on all rates.

    Parameters
    ----------
    rate : events per person-year, 0 or more, any dimensions
    years : length of time in years

    Examples
    --------
    >>> print(round(rate_to_probability(0.1, 1.0), 6))
    0.095163
    """
    chance: Rate = -xr.apply_ufunc(np.expm1, -rate * years)
    return chance


def probability_to_rate[Share: (xr.DataArray, float)](probability: Share, years: float) -> Share:
    """Constant rate per year of an event with that probability within a time: −ln(1 − probability) / years.

    >>> print(round(probability_to_rate(0.095163, 1.0), 4))
    0.1
    """
    rate: Share = -xr.apply_ufunc(np.log1p, -probability) / years
    return rate

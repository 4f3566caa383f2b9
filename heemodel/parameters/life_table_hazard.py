"""Cumulative hazard along a life table, of ages that may be recorded and not computed."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# In the functions below `age` may be an array that is recorded and not computed. What looks up a table takes its
# values; what remains is arithmetic with `age` itself, so that the result is of the same kind.


def by_age(rates: Array, age: Any, first_age: int) -> Any:
    """Hazard accumulated from the first age to `age`; past the last age the last rate goes on."""
    whole = np.minimum(np.floor(np.asarray(age)).astype(int) - first_age, len(rates) - 1)
    cumulative = np.concatenate([[0.0], np.cumsum(rates)])
    return cumulative[whole] + (age - first_age - whole) * rates[whole]


def along_diagonal(rates: Array, age: Any, born: Any, first_age: int) -> Any:
    """Hazard accumulated from the first age to `age` by people born at `born`, in years after the table's first year.

    A year of age begins in one calendar year and ends in the next, of which it takes the share `late`. Before the
    first calendar year its rates are taken; nobody is asked about then, and they cancel out of every difference.

    Parameters
    ----------
    rates : per year, shape (ages, calendar years)
    age, born : broadcast against each other
    """
    born = np.asarray(born, dtype=float)
    year = np.floor(born).astype(int)
    late = born - year
    ages, years = rates.shape
    last = max(ages - 1, years - 1 - int(year.min()) - first_age)  # from here on nothing changes any more
    steps = np.arange(last + 1)
    calendar = year.reshape(-1, 1) + first_age + steps
    row = np.minimum(steps, ages - 1)
    before, after = (rates[row, np.clip(calendar + turn, 0, years - 1)] for turn in (0, 1))
    share = late.reshape(-1, 1)
    cumulative = np.cumsum((1 - share) * before + share * after, axis=1)
    cumulative = np.concatenate([np.zeros((born.size, 1)), cumulative], axis=1)
    whole = np.minimum(np.floor(np.asarray(age)).astype(int) - first_age, last)
    at = (np.arange(born.size).reshape(born.shape), whole)
    into = age - first_age - whole
    turn_of_year = 1 - late
    return (
        cumulative[at] + np.minimum(into, turn_of_year) * before[at] + np.maximum(into - turn_of_year, 0.0) * after[at]
    )


def of_last_year(into: Array) -> Array:
    """Hazard accumulated since the beginning of the last year of age, when deaths are even through it: −ln(1 − t)."""
    dead = into >= 1
    return np.where(dead, np.inf, -np.log1p(-np.where(dead, 0.0, np.maximum(into, 0.0))))

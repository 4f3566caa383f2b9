"""The distribution of one uncertain number: what all families share, and the checks of what a publication prints.

Each check says the value, why it is impossible, and what is possible.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import HeemodelError
from heemodel.parameters.seeds import generator

Array = NDArray[np.float64]

REPRODUCED = 1e-6
"""Summaries that are matched by a search are reproduced to this relative error, or it is an error."""


class SummaryError(HeemodelError):
    """Published summaries that no distribution of the family has: the values, why not, and what is possible."""


def check_numbers(family: str, /, **numbers: object) -> None:
    """Every one is a finite number."""
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not math.isfinite(value):
            raise SummaryError(f"{family}: {name} = {value!r} is not a number; give a finite number")


def check_above(family: str, limit: float, /, **numbers: float) -> None:
    """Every one is a finite number above `limit`."""
    check_numbers(family, **numbers)
    for name, value in numbers.items():
        if value <= limit:
            raise SummaryError(f"{family}: {name} = {value:g} is not above {limit:g}; give a number above {limit:g}")


def check_inside(family: str, lower: float, upper: float, /, **numbers: float) -> None:
    """Every one is a finite number between the limits of what the distribution can give, neither included."""
    check_numbers(family, **numbers)
    for name, value in numbers.items():
        if not lower < value < upper:
            percent = f"; {value:g}% is {value / 100:g}" if (lower, upper) == (0, 1) and 1 < value < 100 else ""
            raise SummaryError(
                f"{family}: {name} = {value:g} is outside what this distribution gives; it must lie "
                f"{describe_range(lower, upper)}{percent}"
            )


def describe_range(lower: float, upper: float) -> str:
    """The range in words."""
    if math.isinf(upper):
        return f"above {lower:g}"
    if math.isinf(lower):
        return f"below {upper:g}"
    return f"between {lower:g} and {upper:g}, neither included"


def check_level(family: str, level: float) -> float:
    """The share of probability below the interval's lower limit."""
    check_numbers(family, level=level)
    if not 0 < level < 1:
        raise SummaryError(f"{family}: level = {level:g} is not between 0 and 1; write a 95% interval as level=0.95")
    return (1 - level) / 2


def check_order(family: str, what: str, low: float, centre: tuple[str, float], high: float) -> None:
    """Low < centre < high, with the centre's name for the message."""
    name, value = centre
    if low >= high:
        raise SummaryError(f"{family}: {what} {low:g} to {high:g} does not run from low to high; swap or correct them")
    if not low < value < high:
        raise SummaryError(
            f"{family}: {what} {low:g} to {high:g} excludes the {name} {value:g}; it must lie between the two"
        )


def check_reproduced(family: str, /, **summaries: tuple[float, float]) -> None:
    """Each summary as (published, fitted) agrees to `REPRODUCED`."""
    for name, (published, fitted) in summaries.items():
        if not abs(fitted - published) <= REPRODUCED * abs(published):
            raise SummaryError(
                f"{family}: no distribution was found with {name} {published:.8g}; the search ended at {fitted:.8g}. "
                "Look at the summaries again: they lie at the edge of what this family can be"
            )


def check_share(family: str, mean: float, se: float) -> None:
    """A share's mean and standard error are possible together."""
    check_inside(family, 0, 1, mean=mean)
    check_above(family, 0, se=se)
    largest = math.sqrt(mean * (1 - mean))
    if se >= largest:
        raise SummaryError(
            f"{family}: mean {mean:g} cannot have standard error {se:g}, as values lie between 0 and 1; it must be "
            f"below √(mean × (1 − mean)) = {largest:.4g}. Is it the standard deviation of patients?"
        )


def check_misfit(family: str, what: str, fitted: str, misfit: float, tolerance: float) -> None:
    """The summary that is compared, not matched, is near enough."""
    check_numbers(family, tolerance=tolerance)
    if tolerance < 0:
        raise SummaryError(f"{family}: tolerance = {tolerance:g} is below 0; give a share of the width, such as 0.1")
    if abs(misfit) > tolerance:
        raise SummaryError(
            f"{family}: {what} does not belong to this family: {fitted} {abs(misfit):.1%} of the width too "
            f"{'high' if misfit > 0 else 'low'}, beyond the {tolerance:.1%} that is tolerated. Take a family of the "
            f"right skew, or accept it with tolerance={math.ceil(abs(misfit) * 100) / 100:g}"
        )


def check_draws(family: str, n: int, seed: int) -> None:
    """Both are whole numbers, `n` from 1 and `seed` from 0."""
    for what, value, least in (("n", n, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise SummaryError(f"{family}: {what} = {value!r}; give a whole number, {least} or more")


@dataclass(frozen=True)
class Univariate(ABC):
    """The distribution of one uncertain number.

    `misfit` is how far the summary that could not be matched is from the published one: for an interval, the shift
    of the fitted limits, upwards positive, as a share of the interval's width; for quartiles, that of the median as a
    share of q3 − q1; on the log or logit scale for `LogNormal` and `LogOdds`. It is 0 where all is matched.


    `estimate` is the published point estimate, where there was one; see `central`.
    """

    misfit: float = field(default=0.0, kw_only=True, compare=False, repr=False)
    estimate: float | None = field(default=None, kw_only=True, compare=False, repr=False)

    @classmethod
    @abstractmethod
    def frozen(cls, *numbers: Any) -> Any:
        """The frozen distribution of scipy.stats with these numbers, or arrays of them, in the order of the class."""

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers that make the distribution, in the order of the class."""
        return tuple(getattr(self, one.name) for one in fields(self) if one.name not in ("misfit", "estimate"))

    @property
    def scipy(self) -> Any:
        """The frozen distribution of scipy.stats."""
        return self.frozen(*self.numbers)

    @property
    def central(self) -> float:
        """The value of the analysis at central values: the published point estimate, or else the mean.

        A log-normal or log-odds made of its numbers or of quartiles takes its median instead of the mean.
        """
        return self.mean if self.estimate is None else self.estimate

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """The limits between which all values lie; either may be infinite."""

    @property
    def mean(self) -> float:
        """Expected value."""
        with np.errstate(all="ignore"):  # scipy works out higher moments as well, which may pass the largest number
            return float(self.scipy.mean())

    @property
    def sd(self) -> float:
        """Standard deviation; of a parameter, its standard error."""
        with np.errstate(all="ignore"):
            return float(self.scipy.std())

    def quantile(self, p: float) -> float:
        """The value below which the number lies with probability `p`, 0 to 1.

        Raises
        ------
        SummaryError
            if `p` is no probability
        """
        check_numbers(type(self).__name__, p=p)
        if not 0 <= p <= 1:
            raise SummaryError(f"{type(self).__name__}: p = {p:g} is not a probability; write the median as 0.5")
        return self._quantile(p)

    def draw(self, n: int, *, seed: int, name: str) -> xr.DataArray:
        """`n` independent draws, from the random stream that belongs to `seed` and `name` alone.

        Parameters
        ----------
        n : number of draws, 1 or more
        seed : the analysis' one seed, an integer ≥ 0
        name : the parameter's name; two parameters drawn under one name would move together

        Returns
        -------
        DataArray of that name with dimension `sample` (0 … n−1), in the unit of the summaries

        Examples
        --------
        >>> from heemodel.parameters.summaries import Beta
        >>> Beta.from_counts(12, 80).draw(3, seed=1, name="risk").dims
        ('sample',)
        """
        check_draws(type(self).__name__, n, seed)
        values = self.sample(generator(seed, name), [self], n)[:, 0]
        return xr.DataArray(values, dims="sample", coords={"sample": range(n)}, name=name)

    def _quantile(self, p: float) -> float:
        return float(self.scipy.ppf(p))

    @classmethod
    def sample(cls, rng: np.random.Generator, members: Sequence[Self], n: int) -> Array:
        """`n` draws of each of several members of the family, shape (n, members), from one stream, draw by draw."""
        numbers = np.array([one.numbers for one in members], dtype=float).T
        return np.asarray(cls.frozen(*numbers).rvs(size=(n, len(members)), random_state=rng), dtype=float)

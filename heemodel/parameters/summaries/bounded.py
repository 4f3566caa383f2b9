"""Distributions between limits: truncated normal, uniform and PERT."""

import math
from dataclasses import dataclass
from typing import Any, Self

from scipy import stats

from heemodel.parameters.summaries import matching
from heemodel.parameters.summaries.univariate import (
    SummaryError,
    Univariate,
    check_above,
    check_inside,
    check_numbers,
    check_reproduced,
)


@dataclass(frozen=True)
class TruncatedNormal(Univariate):
    """A normal of mean `mu` and standard deviation `sigma` before it is cut off at `lower` and `upper`.

    Parameters
    ----------
    mu, sigma : of the normal that is cut off; its own `mean` and `sd` are nearer the middle and smaller
    lower, upper : limits, either may be infinite
    """

    mu: float
    sigma: float
    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        check_numbers("TruncatedNormal", mu=self.mu)
        check_above("TruncatedNormal", 0, sigma=self.sigma)
        check_limits(self.lower, self.upper)

    @property
    def support(self) -> tuple[float, float]:
        """The limits."""
        return self.lower, self.upper

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """scipy.stats.truncnorm."""
        mu, sigma, lower, upper = numbers
        return stats.truncnorm((lower - mu) / sigma, (upper - mu) / sigma, loc=mu, scale=sigma)

    @classmethod
    def from_mean(cls, mean: float, se: float, *, lower: float = -math.inf, upper: float = math.inf) -> Self:
        """Match the mean and standard error after truncation, by a search for mu and sigma.

        Parameters
        ----------
        mean, se : in the parameter's unit; the mean lies between the limits
        lower, upper : limits, at least one of them finite

        Raises
        ------
        SummaryError
            if the mean lies outside, or the standard error is as large as that of the exponential distribution
            between the limits with that mean, which no truncated normal reaches

        Notes
        -----
        Moments of the truncated normal as in scipy.stats.truncnorm. It is the distribution of largest entropy with
        that mean and standard deviation between the limits, and so there is only one.

        Examples
        --------
        >>> utility = TruncatedNormal.from_mean(0.9, 0.06, upper=1)
        >>> round(utility.mean, 6), round(utility.sd, 6)
        (0.9, 0.06)
        """
        check_limits(lower, upper)
        check_inside("TruncatedNormal", lower, upper, mean=mean)
        check_above("TruncatedNormal", 0, se=se)
        if math.isinf(lower) and math.isinf(upper):
            raise SummaryError("TruncatedNormal: has no limit; give lower or upper, or use Normal")
        largest = matching.largest_truncated_sd(mean, lower, upper)
        if se >= largest * (1 - 1e-3):
            raise SummaryError(
                f"TruncatedNormal: mean {mean:g} cannot have standard error {se:g} between {lower:g} and {upper:g}; "
                f"it must be below {largest * (1 - 1e-3):.4g}"
            )

        def moments(mu: float, sigma: float) -> tuple[float, float]:
            first, second = stats.truncnorm.stats((lower - mu) / sigma, (upper - mu) / sigma, loc=mu, scale=sigma)
            return float(first), math.sqrt(max(float(second), 0.0))

        mu, sigma = matching.match_moments(moments, mean, se, small=largest / 10, largest=largest, start=(mean, 1.0))
        fitted = cls(float(mu), float(sigma), lower, upper, estimate=float(mean))
        check_reproduced("TruncatedNormal", mean=(mean, fitted.mean), se=(se, fitted.sd))
        return fitted


def check_limits(lower: float, upper: float) -> None:
    """Limits run from low to high; either may be infinite."""
    for name, limit in (("lower", lower), ("upper", upper)):
        if limit not in (-math.inf, math.inf):
            check_numbers("TruncatedNormal", **{name: limit})
    if not lower < upper:
        raise SummaryError(f"TruncatedNormal: limits {lower:g} to {upper:g} do not run from low to high; swap them")


@dataclass(frozen=True)
class Uniform(Univariate):
    """Uniform from `low` to `high`: mean (low + high)/2, standard deviation (high − low)/√12.

    Examples
    --------
    >>> Uniform(10, 20).quantile(0.75)
    17.5
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        check_numbers("Uniform", low=self.low, high=self.high)
        if self.low >= self.high:
            raise SummaryError(f"Uniform: {self.low:g} to {self.high:g} does not run from low to high; swap them")

    @property
    def support(self) -> tuple[float, float]:
        """The limits."""
        return self.low, self.high

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """scipy.stats.uniform."""
        low, high = numbers
        return stats.uniform(low, high - low)


@dataclass(frozen=True)
class Pert(Univariate):
    """PERT: a beta between `low` and `high` with its mode at `mode` and mean (low + 4 mode + high)/6.

    alpha = 1 + 4 (mode − low)/(high − low), beta = 1 + 4 (high − mode)/(high − low).

    Parameters
    ----------
    low, mode, high : lowest, likeliest and highest value; low ≤ mode ≤ high and low < high

    Raises
    ------
    SummaryError
        if they are out of order

    Notes
    -----
    Malcolm, Roseboom, Clark and Fazar 1959, doi 10.1287/opre.7.5.646, for the mean; the beta with exactly that mean
    is the usual modern form. Low and high are the ends of what can happen, not the limits of an interval.

    Examples
    --------
    >>> round(Pert(2, 3, 10).mean, 6)
    4.0
    """

    low: float
    mode: float
    high: float

    def __post_init__(self) -> None:
        check_numbers("Pert", low=self.low, mode=self.mode, high=self.high)
        if self.low >= self.high:
            raise SummaryError(f"Pert: {self.low:g} to {self.high:g} does not run from low to high; swap them")
        if not self.low <= self.mode <= self.high:
            raise SummaryError(
                f"Pert: mode {self.mode:g} is outside {self.low:g} to {self.high:g}; the likeliest value lies between"
            )

    @property
    def support(self) -> tuple[float, float]:
        """The limits."""
        return self.low, self.high

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """scipy.stats.beta, moved and scaled."""
        low, _, high = numbers
        alpha, beta = cls.shapes(*numbers)
        return stats.beta(alpha, beta, loc=low, scale=high - low)

    @staticmethod
    def shapes(low: Any, mode: Any, high: Any) -> tuple[Any, Any]:
        """The two shapes of the beta, of numbers or arrays of them."""
        return 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)

    @property
    def alpha(self) -> float:
        """First shape of the beta."""
        return float(self.shapes(*self.numbers)[0])

    @property
    def beta(self) -> float:
        """Second shape of the beta."""
        return float(self.shapes(*self.numbers)[1])

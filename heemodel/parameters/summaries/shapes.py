"""Beta and gamma distributions, from means, intervals, quartiles and counts."""

import math
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from scipy import stats

from heemodel.parameters.summaries import matching
from heemodel.parameters.summaries.univariate import (
    Array,
    SummaryError,
    Univariate,
    check_above,
    check_inside,
    check_level,
    check_misfit,
    check_numbers,
    check_order,
    check_reproduced,
    check_share,
)


@dataclass(frozen=True)
class _TwoShapes(Univariate):
    """A family with two positive parameters, and any mean within its range."""

    lower: ClassVar[float] = 0.0
    upper: ClassVar[float] = math.inf

    @property
    def support(self) -> tuple[float, float]:
        """The limits of the family."""
        return self.lower, self.upper

    @staticmethod
    @abstractmethod
    def shapes(mean: float, sd: Array) -> tuple[Array, Array]:
        """The two parameters by the method of moments."""

    @classmethod
    @abstractmethod
    def from_mean(cls, mean: float, se: float) -> Self:
        """Match mean and standard error."""

    @classmethod
    @abstractmethod
    def largest_sd(cls, mean: float) -> float:
        """Bound of the search for a standard deviation."""

    @classmethod
    def from_interval(
        cls, mean: float, low: float, high: float, *, level: float = 0.95, tolerance: float = 0.1
    ) -> Self:
        """Match the mean and the width of the interval, both exactly.

        The mean stays as published, so that the analysis at central values and the average of the draws agree; the
        standard deviation is the smallest s with Q(1 − a) − Q(a) = high − low, a = (1 − level)/2, whose limits lie
        within `tolerance`. Limits have then moved together by `misfit` × (high − low).

        Parameters
        ----------
        mean : expected value
        low, high : limits of the equal-tailed interval, in the same unit
        level : probability of the interval, 0.95 for a 95% interval
        tolerance : largest shift of the limits, as a share of the interval's width, that is tolerated

        Raises
        ------
        SummaryError
            if the numbers are out of order or range; the interval is wider than any of this family with that mean,
            with the widest; or its limits lie further off than `tolerance`, with how far

        Notes
        -----
        An `interval` in an inputs file is read by this. Two quantiles alone: van Dorp and Mazzuchi 2000,
        doi 10.1080/00949650008812041.

        Examples
        --------
        >>> risk = Beta.from_interval(0.20, 0.13, 0.28)
        >>> round(risk.mean, 6), round(risk.quantile(0.025), 3), round(risk.misfit, 3)
        (0.2, 0.13, 0.002)
        """
        name = cls.__name__
        check_inside(name, cls.lower, cls.upper, mean=mean)
        check_numbers(name, low=low, high=high)
        tail = check_level(name, level)
        check_order(name, f"the {100 * level:.4g}% interval", low, ("mean", mean), high)
        if low < cls.lower or high > cls.upper:
            raise SummaryError(
                f"{name}: the interval {low:g} to {high:g} leaves what this distribution gives, "
                f"{cls.lower:g} to {cls.upper:g}; use from_mean with its standard error, or another distribution"
            )
        members = cls._with_width(mean, low, high, tail)
        best = min(members, key=lambda member: abs(member.misfit))
        one = next((member for member in members if abs(member.misfit) <= tolerance), best)
        width = one.quantile(1 - tail) - one.quantile(tail)
        check_reproduced(name, mean=(mean, one.mean), width=(high - low, width))
        check_misfit(name, f"{mean:g} ({low:g} to {high:g})", "its limits lie", one.misfit, tolerance)
        return one

    @classmethod
    def _with_width(cls, mean: float, low: float, high: float, tail: float) -> list[Self]:
        """The members with that mean whose interval is that wide, the narrowest first."""
        width = high - low

        def widths(sd: Array) -> Array:
            member = cls.frozen(*cls.shapes(mean, sd))
            return np.asarray(member.ppf(1 - tail) - member.ppf(tail))

        largest = cls.largest_sd(mean)
        smallest = min(width / float(stats.norm.isf(tail)), largest) / 100
        spreads = matching.spreads_with_width(widths, width, smallest=smallest, largest=largest)
        if not spreads:
            widest = matching.widest_interval(widths, smallest=smallest, largest=largest)
            raise SummaryError(
                f"{cls.__name__}: mean {mean:g} cannot have a {100 * (1 - 2 * tail):.4g}% interval {width:g} wide; "
                f"the widest that is possible is {widest:.4g}"
            )
        members = [cls.from_mean(mean, sd) for sd in spreads]
        return [replace(one, misfit=(one.quantile(tail) - low) / width) for one in members]

    @classmethod
    def from_quartiles(cls, median: float, q1: float, q3: float, *, tolerance: float = 0.1) -> Self:
        """Match both quartiles exactly, F(q1) = 0.25 and F(q3) = 0.75, by a search; `misfit` tells of the median.

        Parameters
        ----------
        median, q1, q3 : quartiles of what is known about the parameter, such as an expert's. Those of a group of
            patients describe how patients differ, not how uncertain their mean is
        tolerance : largest distance of the median from the published one, as a share of q3 − q1

        Raises
        ------
        SummaryError
            if the quartiles are out of order or range, or the median is further off than `tolerance`

        Notes
        -----
        Two quantiles determine a beta: van Dorp and Mazzuchi 2000, doi 10.1080/00949650008812041.

        Examples
        --------
        >>> share = Beta.from_quartiles(0.30, 0.25, 0.36)
        >>> round(share.quantile(0.25), 6), round(share.quantile(0.75), 6), round(share.misfit, 3)
        (0.25, 0.36, 0.028)
        """
        name = cls.__name__
        check_inside(name, cls.lower, cls.upper, median=median, q1=q1, q3=q3)
        check_order(name, "the interquartile range", q1, ("median", median), q3)

        def residuals(logs: Array) -> Array:
            return np.asarray(cls.frozen(*np.exp(logs)).cdf([q1, q3]) - [0.25, 0.75])

        logs = matching.solve(residuals, cls._starts(median, (q3 - q1) / 1.349))
        if logs is None:
            raise SummaryError(f"{name}: none was found with quartiles {q1:g} and {q3:g}; look at them again")
        member = cls.frozen(*np.exp(logs))
        fitted = cls.from_mean(float(member.mean()), float(member.std()))
        check_reproduced(name, q1=(q1, fitted.quantile(0.25)), q3=(q3, fitted.quantile(0.75)))
        misfit = (fitted.quantile(0.5) - median) / (q3 - q1)
        check_misfit(name, f"median {median:g} ({q1:g} to {q3:g})", "its median lies", misfit, tolerance)
        return replace(fitted, misfit=misfit, estimate=None)

    @classmethod
    def _starts(cls, mean: float, sd: float) -> Iterator[Array]:
        """Logarithms of the parameters from which to search, the likeliest first."""
        for share in (1.0, 0.7, 1.5, 0.4, 3.0, 0.2):
            yield np.log(cls.shapes(mean, np.array(min(sd * share, 0.9 * cls.largest_sd(mean)))))


@dataclass(frozen=True)
class Beta(_TwoShapes):
    """Beta: a probability or share from 0 to 1, density ∝ x^(alpha − 1) (1 − x)^(beta − 1).

    Parameters
    ----------
    alpha, beta : the two shapes, above 0: as events and non-events
    """

    alpha: float
    beta: float

    upper: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        check_above("Beta", 0, alpha=self.alpha, beta=self.beta)

    @property
    def sd(self) -> float:
        """Standard deviation: √(m (1 − m) / (alpha + beta + 1)) with mean m, also where the shapes are huge."""
        return float(np.sqrt(self.mean * (1 - self.mean) / (self.alpha + self.beta + 1)))

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """scipy.stats.beta."""
        return stats.beta(*numbers)

    @staticmethod
    def shapes(mean: float, sd: Array) -> tuple[Array, Array]:
        """Shapes m k and (1 − m) k, k = m (1 − m)/s² − 1, of the beta with mean m and standard deviation s."""
        size = mean * (1 - mean) / sd**2 - 1
        return mean * size, (1 - mean) * size

    @classmethod
    def largest_sd(cls, mean: float) -> float:
        """Just below √(mean (1 − mean)), where all the probability would be at 0 and 1."""
        return math.sqrt(mean * (1 - mean)) * (1 - 1e-4)

    @classmethod
    def from_mean(cls, mean: float, se: float) -> Self:
        """Match mean m and standard error s: alpha = m k, beta = (1 − m) k, k = m (1 − m)/s² − 1.

        Parameters
        ----------
        mean : between 0 and 1
        se : standard error of the mean, above 0 and below √(m (1 − m))

        Raises
        ------
        SummaryError
            if they are impossible, with the largest possible standard error

        Notes
        -----
        Method of moments; Briggs, Claxton and Sculpher 2006, Decision Modelling for Health Economic Evaluation,
        ISBN 978-0-19-852662-9.

        Examples
        --------
        >>> utility = Beta.from_mean(0.8, 0.1)
        >>> round(utility.alpha, 6), round(utility.beta, 6)
        (12.0, 3.0)
        """
        check_share("Beta", mean, se)
        with np.errstate(divide="ignore", over="ignore"):  # what is too certain to be a number is refused as such
            alpha, beta = cls.shapes(mean, np.array(se))
        return cls(float(alpha), float(beta), estimate=float(mean))

    @classmethod
    def from_counts(cls, events: float, n: float, *, prior: tuple[float, float] = (0.0, 0.0)) -> Self:
        """The posterior after `events` among `n`: alpha = events + prior[0], beta = n − events + prior[1].

        Without a prior (Haldane's) the mean is m = events/n, as published, and the standard deviation
        √(m (1 − m)/(n + 1)).

        Parameters
        ----------
        events, n : counts, 0 ≤ events ≤ n
        prior : counts added to events and to non-events: (1, 1) is the uniform prior, (0.5, 0.5) Jeffreys'

        Raises
        ------
        SummaryError
            if events are negative or above n, or there are none or only events and no prior

        Notes
        -----
        Conjugate updating of a binomial; Briggs, Claxton and Sculpher 2006, ISBN 978-0-19-852662-9.

        Examples
        --------
        >>> Beta.from_counts(12, 80)
        Beta(alpha=12.0, beta=68.0)
        """
        check_numbers("Beta", events=events, n=n, prior_events=prior[0], prior_others=prior[1])
        if not 0 <= events <= n or n == 0:
            raise SummaryError(
                f"Beta: events = {events:g} among n = {n:g} cannot be; events lie between 0 and n, n > 0"
            )
        if min(prior) < 0:
            raise SummaryError(f"Beta: prior = {prior} has a negative count; give 0 or more, such as (1, 1)")
        alpha, beta = float(events + prior[0]), float(n - events + prior[1])
        if min(alpha, beta) == 0:
            raise SummaryError(
                f"Beta: events = {events:g} among n = {n:g} say nothing of the uncertainty by themselves; add a prior, "
                "as in prior=(0.5, 0.5) or prior=(1, 1)"
            )
        return cls(alpha, beta)


@dataclass(frozen=True)
class Gamma(_TwoShapes):
    """Gamma: a cost, a time or a count, above 0 and skewed; mean shape × scale, standard deviation √shape × scale.

    Parameters
    ----------
    shape : above 0, without unit
    scale : above 0, in the parameter's unit
    """

    shape: float
    scale: float

    def __post_init__(self) -> None:
        check_above("Gamma", 0, shape=self.shape, scale=self.scale)

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """scipy.stats.gamma."""
        shape, scale = numbers
        return stats.gamma(shape, scale=scale)

    @staticmethod
    def shapes(mean: float, sd: Array) -> tuple[Array, Array]:
        """Shape (m/s)² and scale s²/m of the gamma with mean m and standard deviation s (method of moments)."""
        return (mean / sd) ** 2, sd**2 / mean

    @classmethod
    def largest_sd(cls, mean: float) -> float:
        """There is no bound; 30 means is past the widest interval of any usual level."""
        return 30 * mean

    @classmethod
    def from_mean(cls, mean: float, se: float) -> Self:
        """Match mean m and standard error s: shape = (m/s)², scale = s²/m.

        Parameters
        ----------
        mean, se : above 0, in the parameter's unit

        Raises
        ------
        SummaryError
            if either is not above 0

        Notes
        -----
        Method of moments; Briggs, Claxton and Sculpher 2006, ISBN 978-0-19-852662-9.

        Examples
        --------
        >>> cost = Gamma.from_mean(2_000, 500)
        >>> cost.shape, cost.scale
        (16.0, 125.0)
        """
        check_above("Gamma", 0, mean=mean, se=se)
        with np.errstate(divide="ignore", over="ignore"):  # what is too certain to be a number is refused as such
            shape, scale = cls.shapes(mean, np.array(se))
        return cls(float(shape), float(scale), estimate=float(mean))

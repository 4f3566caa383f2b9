"""Normal, log-normal and logit-normal: one normal on three scales, from published summaries."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy import optimize, special, stats

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
)

WIDEST = 20.0
"""Standard deviation of log-odds beyond which there is nothing but 0 and 1: 95% limits of 1e-17 and 1 − 1e-17."""

LARGEST = math.log(np.finfo(float).max) / 2
"""Logarithm of the largest number whose square a computer can hold, as a standard deviation needs it: 1e154."""


@dataclass(frozen=True)
class _NormalOnScale(Univariate):
    """A number whose identity, logarithm or log-odds is normal with mean `mu` and standard deviation `sigma`."""

    mu: float
    sigma: float

    lower: ClassVar[float] = -math.inf
    upper: ClassVar[float] = math.inf
    centre: ClassVar[str] = "median"

    def __post_init__(self) -> None:
        check_numbers(type(self).__name__, mu=self.mu)
        check_above(type(self).__name__, 0, sigma=self.sigma)

    @property
    def support(self) -> tuple[float, float]:
        """The limits of the family."""
        return self.lower, self.upper

    @staticmethod
    @abstractmethod
    def to_scale(value: float) -> float:
        """A value on the scale on which the distribution is normal."""

    @staticmethod
    @abstractmethod
    def from_scale(values: Array) -> Array:
        """Values of the normal as values of the parameter."""

    @property
    def normal(self) -> Any:
        """The normal on its scale, as scipy's frozen distribution."""
        return stats.norm(self.mu, self.sigma)

    @classmethod
    def from_interval(
        cls, centre: float, low: float, high: float, *, level: float = 0.95, tolerance: float = 0.1
    ) -> Self:
        """Match a point estimate and the width of its interval on the normal's scale g, both exactly.

        mu = g(centre), sigma = (g(high) − g(low)) / (2 z), with z the standard normal quantile at (1 + level)/2 and g
        the identity, the logarithm or the log-odds. The limits' shift is `misfit`.

        Parameters
        ----------
        centre : the published point estimate, taken as the median (of a normal, also the mean)
        low, high : limits of the interval, in the same unit
        level : probability of the interval, 0.95 for a 95% interval
        tolerance : largest shift of the limits, as a share of the interval's width on g, that is tolerated

        Raises
        ------
        SummaryError
            if the numbers are out of order or out of range, or the interval is too lopsided for this family

        Notes
        -----
        For ratios: Altman and Bland 2011, doi 10.1136/bmj.d2304, who get the standard error from the interval thus.

        Examples
        --------
        >>> ratio = LogNormal.from_interval(0.70, 0.55, 0.89)
        >>> round(ratio.sigma, 4), round(ratio.misfit, 3)
        (0.1228, 0.001)
        """
        family = cls.__name__
        check_inside(family, cls.lower, cls.upper, **{cls.centre: centre}, low=low, high=high)
        tail = check_level(family, level)
        check_order(family, f"the {100 * level:.4g}% interval", low, (cls.centre, centre), high)
        g_low, g_centre, g_high = (cls.to_scale(x) for x in (low, centre, high))
        sigma = (g_high - g_low) / (2 * float(stats.norm.isf(tail)))
        misfit = (g_centre - (g_low + g_high) / 2) / (g_high - g_low)
        check_misfit(family, f"{centre:g} ({low:g} to {high:g})", "its limits lie", misfit, tolerance)
        return cls(g_centre, sigma, misfit=misfit, estimate=float(centre))

    @classmethod
    def from_quartiles(cls, median: float, q1: float, q3: float, *, tolerance: float = 0.1) -> Self:
        """Match both quartiles exactly: mu = (g(q1) + g(q3))/2, sigma = (g(q3) − g(q1)) / 1.349.

        Parameters
        ----------
        median, q1, q3 : quartiles of what is known about the parameter, such as an expert's. Those of a group of
            patients describe how patients differ, not how uncertain their mean is
        tolerance : largest distance of the median from the published one, as a share of q3 − q1 on g

        Raises
        ------
        SummaryError
            if the quartiles are out of order or range, or the median is further off than `tolerance`

        Notes
        -----
        Quartiles as summaries of a belief: Morris, Oakley and Crowe 2014, doi 10.1016/j.envsoft.2013.10.010; they
        fit all three by least squares, here two are met and the third is reported.

        Examples
        --------
        >>> round(Normal.from_quartiles(10, 8, 12).sigma, 3)
        2.965
        """
        family = cls.__name__
        check_inside(family, cls.lower, cls.upper, median=median, q1=q1, q3=q3)
        check_order(family, "the interquartile range", q1, ("median", median), q3)
        g_low, g_median, g_high = (cls.to_scale(x) for x in (q1, median, q3))
        mu = (g_low + g_high) / 2
        misfit = (mu - g_median) / (g_high - g_low)
        check_misfit(family, f"median {median:g} ({q1:g} to {q3:g})", "its median lies", misfit, tolerance)
        return cls(mu, (g_high - g_low) / (2 * float(stats.norm.ppf(0.75))), misfit=misfit)

    def _quantile(self, p: float) -> float:
        return float(self.from_scale(self.normal.ppf(p)))

    @property
    def central(self) -> float:
        """The published point estimate, or else the median, which of a normal is the mean."""
        return float(self.from_scale(np.array(self.mu))) if self.estimate is None else self.estimate

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """scipy.stats.norm, of the number on its scale."""
        return stats.norm(*numbers)

    @classmethod
    def sample(cls, rng: np.random.Generator, members: Sequence[Self], n: int) -> Array:
        """`n` draws of each of several members of the family, shape (n, members), from one stream, draw by draw."""
        mu, sigma = np.array([one.numbers for one in members], dtype=float).T
        return cls.from_scale(rng.normal(mu, sigma, size=(n, len(members))))


@dataclass(frozen=True)
class Normal(_NormalOnScale):
    """Normal: mean `mu`, standard deviation `sigma`, any value.

    Examples
    --------
    >>> round(Normal.from_mean(-0.12, 0.03).quantile(0.975), 4)
    -0.0612
    """

    centre: ClassVar[str] = "mean"

    @staticmethod
    def to_scale(value: float) -> float:
        """The value itself."""
        return float(value)

    @staticmethod
    def from_scale(values: Array) -> Array:
        """The values themselves."""
        return values

    @classmethod
    def from_mean(cls, mean: float, se: float) -> Self:
        """Match mean and standard error, as its two parameters; raises `SummaryError` unless se > 0."""
        check_numbers("Normal", mean=mean)
        check_above("Normal", 0, se=se)
        return cls(float(mean), float(se), estimate=float(mean))


@dataclass(frozen=True)
class LogNormal(_NormalOnScale):
    """Log-normal: the logarithm is normal with mean `mu` and standard deviation `sigma`; values above 0."""

    lower: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if max(self.mu + self.sigma**2, self.mu + 10 * self.sigma) > LARGEST:
            raise SummaryError(
                f"LogNormal: mu = {self.mu:g}, sigma = {self.sigma:g}: draws or their standard deviation pass the "
                "largest number that there is; give a smaller standard error of the logarithm (0.2 is about 20%), "
                "or a smaller value"
            )

    @classmethod
    def frozen(cls, *numbers: Any) -> Any:
        """scipy.stats.lognorm."""
        mu, sigma = numbers
        return stats.lognorm(sigma, scale=np.exp(mu))

    @staticmethod
    def to_scale(value: float) -> float:
        """Natural logarithm."""
        return math.log(value)

    @staticmethod
    def from_scale(values: Array) -> Array:
        """Exponential."""
        return np.asarray(np.exp(values))

    @classmethod
    def from_mean(cls, mean: float, se: float) -> Self:
        """Match mean and standard error on the natural scale: sigma² = log(1 + (se/mean)²), mu = log mean − sigma²/2.

        For a published ratio, whose point estimate is a median, use `from_interval` or `from_median`.

        Parameters
        ----------
        mean, se : above 0, in the parameter's unit

        Raises
        ------
        SummaryError
            if either is not above 0

        See Also
        --------
        LogNormal.from_median, LogNormal.from_interval : what `value` in an inputs file means

        Notes
        -----
        Method of moments; Briggs, Claxton and Sculpher 2006, ISBN 978-0-19-852662-9. In an inputs file the same is
        ``distribution = "lognormal"`` with ``mean`` and ``standard_error``.

        Examples
        --------
        >>> cost = LogNormal.from_mean(1_000, 200)
        >>> round(cost.mean), round(cost.sd)
        (1000, 200)
        """
        check_above("LogNormal", 0, mean=mean, se=se)
        variance = math.log1p((se / mean) ** 2)
        return cls(math.log(mean) - variance / 2, math.sqrt(variance), estimate=float(mean))

    @classmethod
    def from_median(cls, median: float, log_se: float) -> Self:
        """Match the median and the standard error of the logarithm: mu = log median, sigma = log_se; both above 0."""
        check_above("LogNormal", 0, median=median, log_se=log_se)
        return cls(math.log(median), float(log_se), estimate=float(median))


@dataclass(frozen=True)
class LogOdds(_NormalOnScale):
    """Logit-normal: the log-odds are normal with mean `mu` and standard deviation `sigma`; values from 0 to 1.

    Mean and standard deviation have no closed form; they are integrals over the normal by the trapezoidal rule.
    """

    lower: ClassVar[float] = 0.0
    upper: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sigma > WIDEST:
            raise SummaryError(
                f"LogOdds: sigma = {self.sigma:g} leaves nothing between 0 and 1; give {WIDEST:g} or less"
            )

    @property
    def mean(self) -> float:
        """Expected probability."""
        return _logit_normal_moments(self.mu, self.sigma)[0]

    @property
    def sd(self) -> float:
        """Standard deviation of the probability."""
        return _logit_normal_moments(self.mu, self.sigma)[1]

    @staticmethod
    def to_scale(value: float) -> float:
        """Log-odds."""
        return float(special.logit(value))

    @staticmethod
    def from_scale(values: Array) -> Array:
        """Probability."""
        return np.asarray(special.expit(values))

    @classmethod
    def from_median(cls, median: float, log_odds_se: float) -> Self:
        """Match the median and the standard error of the log-odds: mu = log-odds of the median, sigma = log_odds_se.

        Parameters
        ----------
        median : between 0 and 1
        log_odds_se : above 0, as a logistic regression gives it

        Raises
        ------
        SummaryError
            if either is out of range

        Examples
        --------
        >>> round(LogOdds.from_median(0.2, 0.3).quantile(0.975), 3)
        0.31
        """
        check_inside("LogOdds", 0, 1, median=median)
        check_above("LogOdds", 0, log_odds_se=log_odds_se)
        return cls(cls.to_scale(median), float(log_odds_se), estimate=float(median))

    @classmethod
    def from_mean(cls, mean: float, se: float) -> Self:
        """Match the mean and standard error of the probability, by a search for mu and sigma.

        Parameters
        ----------
        mean : between 0 and 1
        se : above 0 and below that at sigma = 20: 0.96 √(mean (1 − mean)) for a mean of 0.5, less towards 0 and 1

        Raises
        ------
        SummaryError
            if they are impossible, with the largest possible standard error

        Notes
        -----
        Aitchison and Shen 1980, doi 10.1093/biomet/67.2.261: the moments have no closed form.

        Examples
        --------
        >>> share = LogOdds.from_mean(0.3, 0.05)
        >>> round(share.mean, 6), round(share.sd, 6)
        (0.3, 0.05)
        """
        check_inside("LogOdds", 0, 1, mean=mean)
        check_above("LogOdds", 0, se=se)
        largest = _largest_logit_normal_sd(mean)
        if se >= largest:
            raise SummaryError(
                f"LogOdds: mean {mean:g} with standard error {se:g} would put nearly all the probability at 0 and 1; "
                f"the standard error must be below {largest:.4g}. Is it the standard deviation of patients?"
            )
        mu, sigma = matching.match_moments(
            _logit_normal_moments,
            mean,
            se,
            small=min(mean, 1 - mean) / 5,
            largest=largest,
            start=(cls.to_scale(mean), 1 / (mean * (1 - mean))),
        )
        fitted = cls(float(mu), float(sigma), estimate=float(mean))
        check_reproduced(cls.__name__, mean=(mean, fitted.mean), se=(se, fitted.sd))
        return fitted


def _largest_logit_normal_sd(mean: float) -> float:
    """The standard deviation at the widest sigma, the mean held; it rises with sigma."""
    reach = WIDEST * 9.0
    mu = optimize.brentq(lambda at: _logit_normal_moments(at, WIDEST)[0] - mean, -reach, reach)
    return _logit_normal_moments(mu, WIDEST)[1]


def _logit_normal_moments(mu: float, sigma: float) -> tuple[float, float]:
    """Mean and standard deviation; the rule's error falls as exp(−2π²/(σh)), h the step, and the tails are 1e-19."""
    z = np.linspace(-9, 9, 501 + 200 * math.ceil(min(sigma, 50)))
    weight = np.exp(-(z**2) / 2)
    weight /= weight.sum()
    share = special.expit(mu + sigma * z)
    mean = float(weight @ share)
    return mean, math.sqrt(float(weight @ (share - mean) ** 2))

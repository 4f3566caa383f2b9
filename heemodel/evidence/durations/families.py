"""Families of durations: gamma, log-normal and Weibull, each by its mean and one number of its shape."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

if TYPE_CHECKING:
    from pytensor.tensor import TensorVariable

Floats = NDArray[np.float64]
Pair = tuple[float, float]

TERMS = 8
"""Of the continued fraction of a gamma's tail."""


class Family(ABC):
    """A family of positive durations with mean m and shape s; functions of PyTensor variables unless they say else."""

    name: ClassVar[str]
    shape_name: ClassVar[str] = "variation"
    """What s is called."""

    @abstractmethod
    def distribution(self, mean: TensorVariable, shape: TensorVariable) -> tuple[Any, dict[str, TensorVariable]]:
        """The PyMC distribution and its arguments."""

    @abstractmethod
    def log_survival(self, time: TensorVariable, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """Log P(T > t)."""

    @abstractmethod
    def second_moment(self, shape: TensorVariable) -> TensorVariable:
        """E(T²) / m², which is 1 + v²."""

    @abstractmethod
    def median(self, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """The time after which half is left."""

    @abstractmethod
    def frozen(self, mean: Floats, shape: Floats) -> Any:
        """The same distribution of scipy.stats, for numpy arrays."""

    def variation(self, shape: TensorVariable) -> TensorVariable:
        """Coefficient of variation: standard deviation over mean."""
        return shape

    def shape_prior(self, variation: Pair) -> Pair:
        """Median and standard deviation of log s, from those of the coefficient of variation; numbers."""
        return variation


class Gamma(Family):
    """Gamma with shape 1/v² and mean m; s is the coefficient of variation v."""

    name = "gamma"

    def distribution(self, mean: TensorVariable, shape: TensorVariable) -> tuple[Any, dict[str, TensorVariable]]:
        """`pm.Gamma`, alpha = 1/v², beta = 1/(v² m)."""
        import pymc as pm

        return pm.Gamma, {"alpha": shape**-2, "beta": shape**-2 / mean}

    def log_survival(self, time: TensorVariable, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """Its logarithm; far out, where it is 0 as far as numbers go, by Legendre's continued fraction."""
        import pytensor.tensor as pt

        a, x = shape**-2, shape**-2 * time / mean
        far = x > a + 30 * pt.sqrt(a) + 100
        near, beyond = pt.switch(far, a, x), pt.switch(far, x, 2 * a + 100)
        fraction = beyond + 2 * TERMS + 1 - a
        for term in range(TERMS, 0, -1):
            fraction = beyond + 2 * term - 1 - a - term * (term - a) / fraction
        tail = a * pt.log(beyond) - beyond - pt.gammaln(a) - pt.log(fraction)
        return pt.switch(far, tail, pt.log(pt.gammaincc(a, near)))

    def second_moment(self, shape: TensorVariable) -> TensorVariable:
        """1 + v²."""
        return 1 + shape**2

    def median(self, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """The inverse of the regularised lower incomplete gamma function at ½."""
        import pytensor.tensor as pt

        return mean * shape**2 * pt.gammaincinv(shape**-2, 0.5)

    def frozen(self, mean: Floats, shape: Floats) -> Any:
        """`scipy.stats.gamma`."""
        return stats.gamma(shape**-2.0, scale=mean * shape**2)


class LogNormal(Family):
    """Log-normal with σ² = log(1 + v²) and μ = log m − σ²/2; s is the coefficient of variation v."""

    name = "lognormal"

    def distribution(self, mean: TensorVariable, shape: TensorVariable) -> tuple[Any, dict[str, TensorVariable]]:
        """`pm.LogNormal`."""
        import pymc as pm
        import pytensor.tensor as pt

        variance = pt.log1p(shape**2)
        return pm.LogNormal, {"mu": pt.log(mean) - variance / 2, "sigma": pt.sqrt(variance)}

    def log_survival(self, time: TensorVariable, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """Log Φ((μ − log t)/σ)."""
        import pytensor.tensor as pt
        from pymc.distributions.dist_math import normal_lccdf

        variance = pt.log1p(shape**2)
        return normal_lccdf(pt.log(mean) - variance / 2, pt.sqrt(variance), pt.log(time))

    def second_moment(self, shape: TensorVariable) -> TensorVariable:
        """1 + v²."""
        return 1 + shape**2

    def median(self, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """M / √(1 + v²)."""
        return mean / (1 + shape**2) ** 0.5

    def frozen(self, mean: Floats, shape: Floats) -> Any:
        """`scipy.stats.lognorm`."""
        variance = np.log1p(shape**2)
        return stats.lognorm(np.sqrt(variance), scale=mean * np.exp(-variance / 2))


class Weibull(Family):
    """Weibull with shape k = s and scale m / Γ(1 + 1/k); 1 is the exponential, above it the hazard rises."""

    name = "weibull"
    shape_name = "shape"

    def distribution(self, mean: TensorVariable, shape: TensorVariable) -> tuple[Any, dict[str, TensorVariable]]:
        """`pm.Weibull`."""
        import pymc as pm

        return pm.Weibull, {"alpha": shape, "beta": mean / self._first(shape)}

    def log_survival(self, time: TensorVariable, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """−(t/scale)^k."""
        return -((time * self._first(shape) / mean) ** shape)

    def second_moment(self, shape: TensorVariable) -> TensorVariable:
        """Γ(1 + 2/k) / Γ(1 + 1/k)²."""
        import pytensor.tensor as pt

        return pt.exp(pt.gammaln(1 + 2 / shape) - 2 * pt.gammaln(1 + 1 / shape))

    def median(self, mean: TensorVariable, shape: TensorVariable) -> TensorVariable:
        """M (log 2)^(1/k) / Γ(1 + 1/k)."""
        return mean / self._first(shape) * np.log(2) ** (1 / shape)

    def frozen(self, mean: Floats, shape: Floats) -> Any:
        """`scipy.stats.weibull_min`."""
        return stats.weibull_min(shape, scale=mean / special.gamma(1 + 1 / shape))

    def variation(self, shape: TensorVariable) -> TensorVariable:
        """√(Γ(1 + 2/k) / Γ(1 + 1/k)² − 1)."""
        import pytensor.tensor as pt

        return pt.sqrt(self.second_moment(shape) - 1)

    def shape_prior(self, variation: Pair) -> Pair:
        """The k that has that variation, and the spread of log k that follows from that of its logarithm, nearby."""
        median, log_sd = variation

        def log_variation(log_shape: float) -> float:
            logs = special.gammaln(1 + np.array([1.0, 2.0]) / np.exp(log_shape))
            return float(0.5 * np.log(np.expm1(logs[1] - 2 * logs[0])))

        centre = optimize.brentq(lambda x: log_variation(x) - np.log(median), -2.0, 4.0)
        slope = (log_variation(centre + 1e-4) - log_variation(centre - 1e-4)) / 2e-4
        return float(np.exp(centre)), float(log_sd / abs(slope))

    @staticmethod
    def _first(shape: TensorVariable) -> TensorVariable:
        """Γ(1 + 1/k): the mean over the scale."""
        import pytensor.tensor as pt

        return pt.exp(pt.gammaln(1 + 1 / shape))


FAMILIES: dict[str, Family] = {family.name: family for family in (Gamma(), LogNormal(), Weibull())}

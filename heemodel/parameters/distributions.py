"""Distributions of parameters, each from the summaries that publications print.

Every distribution has one entry in `DISTRIBUTIONS`: the ways in which its spread may be given, a check of what is
possible, and a sampler. `value` is the mean, except for the log-normal, where it is the median (the usual reading of
a published ratio with its interval); a log-normal takes its mean under the name `mean`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Z95 = 1.959963984540054  # standard normal quantile at 0.975
"""A 95% interval spans 2 × Z95 standard errors."""

Sampler = Callable[[np.random.Generator, int, Array, Array], Array]
Feasible = Callable[[Array, Array], str | None]


@dataclass(frozen=True)
class Distribution:
    """One family: how its spread is written, what is impossible, and how it is drawn.

    `draw(rng, n, value, standard_error)` returns shape (n, k) for `value` and `standard_error` of shape (k,).
    `spread` are the ways in which it is written beside `value`, `spread_of_mean` those beside `mean`; a family without
    the latter takes no `mean`.
    """

    spread: tuple[str, ...]
    draw: Sampler
    impossible: Feasible
    log_scale: bool = False
    spread_of_mean: tuple[str, ...] = ()


def _fixed(rng: np.random.Generator, n: int, value: Array, standard_error: Array) -> Array:
    return np.broadcast_to(value, (n, value.size)).copy()


def _normal(rng: np.random.Generator, n: int, value: Array, standard_error: Array) -> Array:
    return rng.normal(value, standard_error, size=(n, value.size))


def _lognormal(rng: np.random.Generator, n: int, value: Array, standard_error: Array) -> Array:
    return np.exp(rng.normal(np.log(value), standard_error, size=(n, value.size)))


def gamma_moments(mean: float | Array, sd: Array) -> tuple[Array, Array]:
    """Shape (m/s)² and scale s²/m of the gamma with mean m and standard deviation s (method of moments)."""
    return (mean / sd) ** 2, sd**2 / mean


def beta_moments(mean: float | Array, sd: Array) -> tuple[Array, Array]:
    """Shapes m k and (1 − m) k, k = m (1 − m)/s² − 1, of the beta with mean m and standard deviation s."""
    size = mean * (1 - mean) / sd**2 - 1
    return mean * size, (1 - mean) * size


def lognormal_moments(mean: float | Array, sd: float | Array) -> tuple[Array, Array]:
    """Mean and standard deviation of the logarithm, of the log-normal with mean m and standard deviation s.

    Its variance is log(1 + (s/m)²) and its mean log m − variance/2 (method of moments).
    """
    variance = np.log1p((np.asarray(sd) / mean) ** 2)
    return np.asarray(np.log(mean) - variance / 2), np.asarray(np.sqrt(variance))


def _gamma(rng: np.random.Generator, n: int, value: Array, standard_error: Array) -> Array:
    return rng.gamma(*gamma_moments(value, standard_error), size=(n, value.size))


def _beta(rng: np.random.Generator, n: int, value: Array, standard_error: Array) -> Array:
    return rng.beta(*beta_moments(value, standard_error), size=(n, value.size))


def _dirichlet(rng: np.random.Generator, n: int, value: Array, standard_error: Array) -> Array:
    """Dirichlet(counts): independent gammas divided by their sum. `value` holds the counts."""
    return rng.dirichlet(value, size=n)


def _always(value: Array, standard_error: Array) -> str | None:
    return None


def _positive(value: Array, standard_error: Array) -> str | None:
    return None if (value > 0).all() else "needs a value above 0"


def _beta_room(value: Array, standard_error: Array) -> str | None:
    if not ((value > 0) & (value < 1)).all():
        return "needs a value between 0 and 1, neither included"
    most = np.sqrt(value * (1 - value))
    if (standard_error >= most).any():
        worst = int(np.argmax(standard_error - most))
        return (
            f"cannot have mean {value[worst]:g} with standard error {standard_error[worst]:g}: "
            f"it must be below √(mean × (1 − mean)) = {most[worst]:.4g}"
        )
    return None


DISTRIBUTIONS: dict[str, Distribution] = {
    "fixed": Distribution((), _fixed, _always),
    "normal": Distribution(("standard_error", "interval"), _normal, _always),
    "lognormal": Distribution(
        ("log_standard_error", "interval"), _lognormal, _positive, log_scale=True, spread_of_mean=("standard_error",)
    ),
    "gamma": Distribution(("standard_error", "interval"), _gamma, _positive),
    "beta": Distribution(("standard_error", "interval"), _beta, _beta_room),
    "dirichlet": Distribution(("counts",), _dirichlet, _positive),
}


def standard_error_from_interval(low: float, high: float, *, log_scale: bool = False) -> float:
    """Standard error of a 95% interval: (high − low) / (2 × 1.96), on the log scale if asked.

    >>> round(standard_error_from_interval(7649, 8237), 1)
    150.0
    """
    if log_scale:
        low, high = float(np.log(low)), float(np.log(high))
    return (high - low) / (2 * Z95)

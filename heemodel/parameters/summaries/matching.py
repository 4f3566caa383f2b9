"""The search for the distribution that has given summaries, where there is no closed form."""

import math
from collections.abc import Callable, Iterator

import numpy as np
from scipy import optimize, stats

from heemodel.parameters.summaries.univariate import Array

Curve = Callable[[Array], Array]
Residuals = Callable[[Array], Array]
Moments = Callable[[float, float], tuple[float, float]]


def spreads_with_width(widths: Curve, width: float, *, smallest: float, largest: float) -> list[float]:
    """The standard deviations, the mean held, at which the interval has the published width, in rising order.

    The width first rises with the standard deviation and then falls, as all the probability but a little moves to
    the edge; so there are at most two, and the second is of a very skewed distribution.

    Parameters
    ----------
    widths : width at each of many standard deviations, vectorised
    smallest, largest : range of the search; the width at `smallest` is below `width`

    Returns
    -------
    The standard deviations; none if no interval of the family is so wide
    """
    grid = np.geomspace(smallest, largest, 300)
    spans = np.nan_to_num(widths(grid))
    if not (spans >= width).any():
        peak, widest = _peak(widths, grid, spans)
        place = int(np.searchsorted(grid, peak))
        grid, spans = np.insert(grid, place, peak), np.insert(spans, place, widest)
    above = spans >= width
    return [
        float(optimize.brentq(lambda sd: _at(widths, sd) - width, grid[i], grid[i + 1], xtol=1e-14 * smallest))
        for i in np.flatnonzero(above[1:] != above[:-1])
    ]


def widest_interval(widths: Curve, *, smallest: float, largest: float) -> float:
    """The largest width of the interval, the mean held."""
    grid = np.geomspace(smallest, largest, 300)
    return _peak(widths, grid, np.nan_to_num(widths(grid)))[1]


def _peak(widths: Curve, grid: Array, spans: Array) -> tuple[float, float]:
    """Standard deviation and width where the width is largest."""
    top = int(np.argmax(spans))
    around = (grid[max(top - 1, 0)], grid[min(top + 1, grid.size - 1)])
    best = optimize.minimize_scalar(
        lambda sd: -_at(widths, sd), bounds=around, method="bounded", options={"xatol": 1e-12 * around[1]}
    )
    return max((float(grid[top]), float(spans[top])), (float(best.x), -float(best.fun)), key=lambda pair: pair[1])


def _at(widths: Curve, sd: float) -> float:
    return float(widths(np.array([sd]))[0])


def solve(residuals: Residuals, starts: Iterator[Array]) -> Array | None:
    """The first root found from the starts, or None."""
    for start in starts:
        with np.errstate(all="ignore"):
            end = optimize.root(residuals, start, tol=1e-13)
            if np.isfinite(end.x).all() and np.abs(residuals(end.x)).max() < 1e-9:
                return np.asarray(end.x, dtype=float)
    return None


def match_moments(
    moments: Moments, mean: float, sd: float, *, small: float, largest: float, start: tuple[float, float]
) -> Array:
    """Location μ and spread σ of the normal behind a distribution, such that mean and standard deviation are given.

    Newton's method on ((mean − μ₀)/σ, log σ), along a path of standard deviations from a small one, where the
    distribution is nearly normal, to the one asked for.

    Parameters
    ----------
    moments : (μ, σ) to (mean, standard deviation)
    small : a standard deviation at which the distribution is nearly normal
    largest : least upper bound of the standard deviation with that mean
    start : (μ₀, dμ/dmean at μ₀): where the normal lies when the standard deviation is small
    """
    centre, slope = start
    first = min(sd, small)
    odds, last = first / (largest - first), sd / (largest - sd)  # steps that shorten towards both ends
    path = largest / (1 + 1 / np.geomspace(odds, last, 2 + int(4 * math.log(last / odds))))
    path[-1] = sd
    point = np.array([0.0, math.log(first * slope)])
    for target in path:

        def residuals(x: Array, target: float = float(target)) -> Array:
            sigma = math.exp(min(max(x[1], -700.0), 700.0))
            reached_mean, reached_sd = moments(centre - x[0] * sigma, sigma)
            return np.array([(reached_mean - mean) / target, reached_sd / target - 1])

        with np.errstate(all="ignore"):
            end = optimize.root(residuals, point, tol=1e-13, options={"factor": 0.1}).x
        point = np.asarray(end, dtype=float) if np.isfinite(end).all() else point
    sigma = math.exp(min(max(point[1], -700.0), 700.0))
    return np.array([centre - point[0] * sigma, sigma])


def largest_truncated_sd(mean: float, lower: float, upper: float) -> float:
    """Least upper bound of the standard deviation of a normal that is cut off at the limits, its mean held.

    As σ grows the density becomes exponential between the limits: with one limit the bound is the mean's distance
    from it; with two, the standard deviation of the exponential between them that has this mean.
    """
    if math.isinf(lower) or math.isinf(upper):
        return min(mean - lower, upper - mean)
    width = upper - lower
    share = min(mean - lower, upper - mean) / width
    if share > 0.499:
        return width / math.sqrt(12)
    rate = optimize.brentq(lambda b: stats.truncexpon(b).mean() / b - share, 1e-3, 2 / share)
    return float(stats.truncexpon(rate).std()) / rate * width

"""How the standard deviation of a sample of durations varies around the family's own: found by simulation."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from heemodel.evidence.durations.families import FAMILIES
from heemodel.parameters.seeds import generator

Floats = NDArray[np.float64]

LEAST, MOST = np.log(0.03), np.log(5.0)
"""Logarithms of the coefficients of variation that are simulated; beyond them what holds at the end is taken."""
POINTS, DEGREE = 24, 7
NUMBERS, SAMPLES, LARGEST = 2_000_000, 5_000, 5_000
"""Numbers drawn at each point, the most samples that they make, and the most patients in one."""


@lru_cache(maxsize=256)
def deviation_of_samples(family: str, n: int) -> Floats:
    """Polynomials by which the logarithm of a sample's standard deviation s depends on the variation v.

        log s ≈ log(m v) + a(x) + b(x) (log mean − log m) + exp(c(x)) ε,   ε ~ Normal(0, 1)
        E log s ≈ log(m v) + d(x)

    with m the mean and x = log v scaled to −1 … 1. The analytic variance of s², which rests on fourth moments, is of
    no use here: long tails make it huge though nearly all samples have a standard deviation that is close, and rather
    too small.

    Parameters
    ----------
    family : name
    n : patients in the sample; beyond LARGEST a and d are taken to fall with 1/n and exp(c) with 1/√n, as they do in
        the limit. A log-normal of variation 2 is not there yet: at 40,000 patients exp(c) is a third too small

    Returns
    -------
    array (4, DEGREE + 1): coefficients of a, b, c and d, the constants first
    """
    simulated = min(n, LARGEST)
    samples = min(NUMBERS // simulated, SAMPLES)
    x = np.cos(np.pi * (np.arange(POINTS) + 0.5) / POINTS)
    found = np.array([_regression(family, simulated, samples, float(v)) for v in np.exp(unscaled(x))])
    coefficients: Floats = np.polynomial.polynomial.polyfit(x, found, DEGREE).T
    coefficients[[0, 3]] *= simulated / n
    coefficients[2, 0] += np.log(simulated / n) / 2
    return coefficients


def unscaled(x: Floats) -> Floats:
    """Log v, from its place between LEAST and MOST as −1 … 1."""
    log_variation: Floats = LEAST + (x + 1) / 2 * (MOST - LEAST)
    return log_variation


def _regression(family: str, n: int, samples: int, variation: float) -> tuple[float, float, float, float]:
    """a, b, c and d at one coefficient of variation, by samples of durations with mean 1; the same seed everywhere."""
    member = FAMILIES[family]
    shape = np.array(member.shape_prior((variation, 1.0))[0])
    rng = generator(0, "durations.samples")
    times = member.frozen(np.array(1.0), shape).rvs(size=(samples, n), random_state=rng)
    log_mean, log_sd = np.log(times.mean(axis=1)), np.log(times.std(axis=1, ddof=1) / variation)
    fit = stats.linregress(log_mean, log_sd)
    residual = log_sd - fit.intercept - fit.slope * log_mean
    return float(fit.intercept), float(fit.slope), float(np.log(residual.std(ddof=2))), float(log_sd.mean())

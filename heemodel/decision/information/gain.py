"""What decisions gain that follow a regression, with the error of the gain."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from heemodel.decision.curves import add_gains
from heemodel.decision.metamodels import Fit, one_thread
from heemodel.decision.summary import INDEPENDENT, Origin

DRAWS = 100
"""Draws of a regression's error: its standard deviation is then known to 7%."""
SUSPECT = 3.0
"""Standard errors by which fits that have not seen a sample may do worse or better before it is pointed out."""

ERROR_RATE = 0.05
"""Probability that of all the values looked at one is taken for clear that is not."""

Floats = NDArray[np.float64]


class Gain(NamedTuple):
    """Mean net benefit of the best choice for each sample's expectation, above that of the best choice for all."""

    value: float
    se: float
    held_out: float
    """What choices of fits that have not seen a sample gain in it."""
    held_out_se: float
    gained: Floats
    """What the choices gain in each sample."""
    switched: int
    """Samples in which fits that have not seen them choose otherwise than for all."""

    def clear(self, looks: int) -> bool:
        """Whether what fits gain in samples that they have not seen is above 0 by its error.

        By a one-sided t test at 5%, shared among all the values that are looked at (Bonferroni); its degrees of freedom
        are those of the samples in which something is gained or lost.

        Parameters
        ----------
        looks : values, such as of several parameters, among which the largest catch the eye
        """
        limit = stats.t.ppf(1 - ERROR_RATE / max(looks, 1), max(self.switched - 1, 1))
        return self.held_out > float(limit) * self.held_out_se

    @property
    def check(self) -> str:
        """What to look at, or "passed" where there is nothing."""
        short, limit = self.value - self.held_out, SUSPECT * float(np.hypot(self.se, self.held_out_se))
        if short > limit:
            return "fits to other samples gain less: the regression follows noise; run more samples or another method"
        if -short > limit:
            return "fits to other samples gain more: the regression misses structure; try another method"
        return "passed"


def gains(
    fit: Fit,
    increments: Floats,
    thresholds: Floats,
    rng: np.random.Generator,
    origin: Origin,
    influence: Floats | None = None,
) -> list[Gain]:
    """The gain at every threshold.

    With f_d(i) the fitted net benefit of strategy d less that of the comparator, mean_i max_d f_d(i) − max_d mean_i
    f_d(i). The variance is that of the mean over samples plus that of the regression, which is simulated from the
    posterior of its coefficients. Where a method has none it is the variance of what the choices gain in the sampled
    net benefit, which has both parts (the efficient influence function of the value of a decision rule: Luedtke and
    van der Laan 2016, doi 10.1214/15-AOS1384).

    Parameters
    ----------
    fit : of `increments`
    increments : (incremental costs, then incremental QALYs, of each intervention; sample)
    thresholds : money per QALY
    origin : the Markov chain and the stacked model of each sample, where samples come from such
    influence : (threshold, sample), what each sample adds to the gain by changing the fit itself, where it does
    """
    regression = [0.0] * len(thresholds)
    simulated = fit.deviations is not None
    if fit.deviations is not None:
        with one_thread():
            regression = _simulated(fit.fitted, fit.deviations(rng, DRAWS), thresholds)
    found = []
    further = np.zeros((len(thresholds), 1)) if influence is None else influence
    for threshold, variance, more in zip(thresholds, regression, further, strict=True):
        sampled, fitted, held = (_benefit(part, threshold) for part in (increments, fit.fitted, fit.held_out))
        best, overall = fitted.argmax(axis=0), int(fitted.mean(axis=1).argmax())
        expected = np.take_along_axis(fitted, best[None], 0)[0] - fitted[overall]
        gained = np.take_along_axis(sampled, best[None], 0)[0] - sampled[overall]
        checked = np.take_along_axis(sampled, held.argmax(axis=0)[None], 0)[0] - sampled[overall]
        inflation = _inflation(gained - expected, origin)
        error = origin.error_of_mean((expected if simulated else gained) + more) ** 2 + variance * inflation
        held_out, held_out_se = float(checked.mean()), origin.error_of_mean(checked)
        switched = int((held.argmax(axis=0) != overall).sum())
        found.append(Gain(float(expected.mean()), float(np.sqrt(error)), held_out, held_out_se, gained, switched))
    return found


def plug_in(fitted: Floats, thresholds: Floats) -> Floats:
    """The gain of choices by fitted increments, at every threshold, without its error."""
    benefits = [_benefit(fitted, threshold) for threshold in thresholds]
    return np.array([benefit.max(axis=0).mean() - benefit.mean(axis=1).max() for benefit in benefits])


def _benefit(increments: Floats, threshold: float) -> Floats:
    """Incremental net benefit (strategy, sample), the comparator's zeros first."""
    cost, qaly = np.split(increments, 2)
    return np.concatenate([np.zeros((1, increments.shape[1])), threshold * qaly - cost])


def _simulated(fitted: Floats, deviations: Iterable[Floats], thresholds: Floats) -> list[float]:
    """Mean square deviation of the gain over draws of the regression's error, at every threshold."""
    best, means, start = np.zeros((len(thresholds), DRAWS)), np.zeros((len(thresholds), len(fitted) // 2, DRAWS)), 0
    for block in deviations:
        rows = slice(start, start + block.shape[1])
        start = rows.stop
        add_gains(np.ascontiguousarray(fitted[:, rows]), block, thresholds, means, best)
    gain = (best - np.maximum(means.max(axis=1), 0.0)) / start
    return [float(one) for one in gain.var(axis=1)]


def _inflation(residuals: Floats, origin: Origin) -> float:
    """By how much samples from chains tell less than as many independent ones."""
    if not origin or not residuals.any():
        return 1.0
    return (origin.error_of_mean(residuals) / INDEPENDENT.error_of_mean(residuals)) ** 2

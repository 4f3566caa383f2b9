"""How much of what a regression knows a study would tell: by variances after simulated data sets (moment matching)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy import linalg

from heemodel.decision.information.gain import plug_in
from heemodel.decision.information.studies import Floats, Study, Values
from heemodel.decision.metamodels import Fit
from heemodel.decision.outcomes import OutcomeError

EFFECTIVE = 100
"""Effective samples below which moments after a data set are not to be trusted."""
NEGLIGIBLE = 1e-9
"""Variance, relative to the largest of outcomes in standard units, that is no variance."""
STEP = 1e-4
"""Of differences, relative to standard deviations and variances."""

Deviations = Callable[[np.random.Generator, int], Iterator[Floats]]


class Moments(NamedTuple):
    """Variances of expected outcomes, before a study and after it."""

    before: Floats
    """(outcome, outcome): of the outcomes expected given the parameters."""
    after: Floats
    """(data set, outcome, outcome): what is left of it after each of some data sets."""
    effective: Floats
    """Samples that each set of weights is worth, by data set."""
    by_sample: Floats
    """(before and mean after, outcome, outcome, sample): what each sample adds to the two, times their number."""


def moments_after(
    study: Study, values: Values, n: int, expected: Floats, data_sets: int, rng: np.random.Generator
) -> Moments:
    """Variances after data sets that are simulated at quantiles of what is to be known.

    After a data set the samples have weights w_i ∝ p(data | parameters of sample i) (importance sampling: Menzies
    2016, Medical Decision Making).

    Parameters
    ----------
    values : parameters, name → (sample, …)
    expected : (outcome, sample), outcomes expected given the parameters
    data_sets : how many

    Raises
    ------
    OutcomeError
        if the study has no likelihood, or it is not a number
    """
    if study.log_likelihood is None:
        raise OutcomeError(f"study {study.name!r} has no log_likelihood; give one, or use method='regression'")
    centred = expected - expected.mean(axis=1, keepdims=True)
    some = _quantiles(centred, data_sets)
    data = study.simulate({name: array[some] for name, array in values.items()}, n, rng)
    likelihood = study.log_likelihood(data, values, n)
    if likelihood.shape != (len(some), expected.shape[1]):
        raise OutcomeError(
            f"study {study.name!r}, n = {n:,}: log_likelihood has shape {likelihood.shape}; give (data set, sample), "
            f"{(len(some), expected.shape[1])}"
        )
    if np.isnan(likelihood).any() or not np.isfinite(likelihood.max(axis=1)).all():
        raise OutcomeError(
            f"study {study.name!r}, n = {n:,}: log_likelihood is not a number, or infinite for all samples; give the "
            "logarithm of a density, −inf only where data cannot come"
        )
    weights = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    lost = (weights**2).sum(axis=1)
    mean = weights @ centred.T
    after = np.einsum("qs,as,bs->qab", weights, centred, centred, optimize=True) - mean[:, :, None] * mean[:, None, :]
    before = centred @ centred.T / (expected.shape[1] - 1)
    spread = np.divide(after, 1 - lost[:, None, None], out=np.zeros_like(after), where=lost[:, None, None] < 1)
    by_sample = np.stack([centred[:, None] * centred - before[:, :, None], _by_sample(weights, mean, after, centred)])
    return Moments(before, spread, 1 / lost, by_sample)


def _by_sample(weights: Floats, mean: Floats, after: Floats, centred: Floats) -> Floats:
    """What each sample adds to the mean variance after data sets: S w_i ((f_i − μ)(f_i − μ)ᵀ − after), their mean."""
    count, samples = weights.shape
    crossed = np.einsum("as,qb,qs->abs", centred, mean, weights, optimize=True)
    squares = np.einsum("qs,qab->abs", weights, mean[:, :, None] * mean[:, None, :] - after, optimize=True)
    total = centred[:, None] * centred * weights.sum(axis=0) - crossed - crossed.swapaxes(0, 1) + squares
    found: Floats = total * (samples / count)
    return found


def _quantiles(centred: Floats, count: int) -> np.ndarray:
    """Samples at quantiles of the first principal component of outcomes in standard units."""
    deviation = centred.std(axis=1, keepdims=True)
    standard = centred / np.where(deviation > 0, deviation, 1.0)
    direction = linalg.eigh(standard @ standard.T)[1][:, -1]
    direction *= 1.0 if direction[-1] >= 0 else -1.0  # either sign is an eigenvector's
    places = ((np.arange(count) + 0.5) / count * centred.shape[1]).astype(int)
    quantiles: np.ndarray = np.argsort(direction @ standard, kind="stable")[places]
    return quantiles


def shrinkage(before: Floats, after: Floats) -> Floats:
    """The matrix that turns expected outcomes given the parameters into ones with the variance of those given data.

    (V Σ⁻¹)^½ with Σ = `before` and V = Σ − `after`: the square root of the share of the variance that the study
    explains, in every direction. It does not depend on units or on which strategy is the comparator. A share that
    comes out below 0, or above 1, by the error of `after` is taken as 0, or 1.
    """
    unit = np.sqrt(before.diagonal())
    unit = np.where(unit > 0, unit, 1.0)
    sizes, vectors = linalg.eigh(before / np.outer(unit, unit))
    kept = sizes > NEGLIGIBLE * max(sizes.max(), NEGLIGIBLE)
    root = vectors[:, kept] * np.sqrt(sizes[kept])
    whiten = vectors[:, kept] / np.sqrt(sizes[kept])
    left = whiten.T @ (after / np.outer(unit, unit)) @ whiten
    shares, directions = linalg.eigh(np.eye(len(left)) - (left + left.T) / 2)
    half = directions * np.sqrt(np.clip(shares, 0.0, 1.0)) @ directions.T
    found: Floats = unit[:, None] * (root @ half @ whiten.T) / unit
    return found


def shrunk(fit: Fit, by: Floats) -> Fit:
    """A fit whose outcomes are drawn towards their means by a matrix."""
    mean, samples, own = fit.fitted.mean(axis=1, keepdims=True), fit.fitted.shape[1], fit.deviations
    return Fit(
        fitted=mean + by @ (fit.fitted - mean),
        unseen=lambda: mean + by @ (fit.held_out - mean),
        predict=lambda points: mean + by @ (fit.predict(points) - mean),
        covariance=None,
        deviations=None if own is None else lambda rng, draws: _drawn_in(own, by, samples, rng, draws),
        words=fit.words,
    )


def _drawn_in(own: Deviations, by: Floats, samples: int, rng: np.random.Generator, draws: int) -> Iterator[Floats]:
    """A fit's draws of its error, turned like the fit: their means as they are, what is about them by the matrix."""
    seed = int(rng.integers(2**63))
    total = sum(block.sum(axis=1) for block in own(np.random.default_rng(seed), draws))
    mean = np.asarray(total)[:, None, :] / samples
    for block in own(np.random.default_rng(seed), draws):
        yield mean + np.einsum("ab,bsd->asd", by, block - mean)


def influence(moments: Moments, fitted: Floats, thresholds: Floats) -> tuple[Floats, Floats]:
    """What the gain of shrunk fits owes to samples and to data sets through means and variances.

    Returns
    -------
    (threshold, sample), what each sample adds to the gain, times their number; and (threshold,), the standard error
    from the data sets, which are quantiles: of differences between neighbours, Σ (x_{q+1} − x_q)² / 2Q(Q − 1)
    """
    mean = fitted.mean(axis=1, keepdims=True)
    point = mean[:, 0], moments.before, moments.after.mean(axis=0)

    def gain(centre: Floats, before: Floats, after: Floats) -> Floats:
        return plug_in(centre[:, None] + shrinkage(before, after) @ (fitted - mean), thresholds)

    samples = np.zeros((len(thresholds), fitted.shape[1]))
    data_sets = np.zeros((len(thresholds), len(moments.after)))
    for which, turn, size, by_sample, by_data_set in _directions(moments, fitted):
        up, down = (
            gain(*(one + sign * turn if place == which else one for place, one in enumerate(point))) for sign in (1, -1)
        )
        slope = (up - down) / (2 * size)
        samples += np.outer(slope, by_sample)
        data_sets += np.outer(slope, by_data_set)
    count = data_sets.shape[1]
    return samples, np.sqrt((np.diff(data_sets, axis=1) ** 2).sum(axis=1) / (2 * count * (count - 1)))


def _directions(moments: Moments, fitted: Floats) -> Iterator[tuple[int, Floats, float, Floats, Floats]]:
    """Each number that the gain is worked out from, of outcomes that vary.

    Which (0 mean, 1 variance before, 2 after), its place times a small size, that size, and what every sample and
    every data set adds to it.
    """
    centred = fitted - fitted.mean(axis=1, keepdims=True)
    moved = centred - shrinkage(moments.before, moments.after.mean(axis=0)) @ centred
    unit, none = np.sqrt(moments.before.diagonal()), np.zeros(len(moments.after))
    varying = np.flatnonzero(unit > 0)
    for a in varying:
        step = STEP * unit[a]
        yield 0, step * np.eye(len(unit))[a], step, moved[a], none
        for b in varying[varying <= a]:
            size, turn = STEP * unit[a] * unit[b], np.zeros_like(moments.before)
            turn[a, b] = turn[b, a] = size
            yield 1, turn, size, moments.by_sample[0, a, b], none
            yield 2, turn, size, moments.by_sample[1, a, b], moments.after[:, a, b]

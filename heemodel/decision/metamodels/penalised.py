"""Penalised least squares: the one solver behind splines and Gaussian processes."""

from collections.abc import Iterator
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import linalg

from heemodel.decision.metamodels.fit import Fit, Floats, folds
from heemodel.decision.metamodels.smoothing import RIDGE, Smooth, cholesky, smooth, unpenalised
from heemodel.decision.outcomes import OutcomeError
from heemodel.threads import processors

BLOCK = 4_096
"""Samples whose features are worked out at a time."""
HELD = 2**26
"""Features (numbers) up to which they are kept from one pass to the next, in all fits at a time."""


class Basis(Protocol):
    """Features of parameters, and how strongly each is held to zero."""

    penalties: Floats
    """(penalty, feature): for each penalty what it weighs the square of each coefficient with."""
    words: str

    def __call__(self, columns: Floats) -> Floats:
        """From parameters (sample, parameter) to features (sample, feature)."""
        ...


def fit_penalised(basis: Basis, columns: Floats, outcomes: Floats) -> Fit:
    """Least squares with quadratic penalties, whose strengths maximise the restricted likelihood, for each outcome.

    Minimises |y − Xβ|² + Σ_j λ_j βᵀ S_j β with diagonal S_j; see `smooth`.

    Parameters
    ----------
    basis : features and penalties
    columns : (sample, parameter)
    outcomes : (outcome, sample)

    Raises
    ------
    OutcomeError
        if there are fewer than two samples for each coefficient that has no penalty
    """
    if len(columns) < 2 * (free := unpenalised(basis.penalties)):
        raise OutcomeError(
            f"{len(columns):,} samples are too few for {basis.words}, {free:,} coefficients of which are not smoothed; "
            f"run at least {2 * free:,}, or use method='trees'"
        )
    work = _Work(basis, columns, outcomes)
    smooths = smooth(work.gram, work.moments, work.totals, len(columns), basis.penalties)
    coefficients = np.stack([one.coefficients for one in smooths], axis=1)
    fitted = np.concatenate([work.apply(coefficients, rows) for rows in work.folds], axis=1)
    return Fit(
        fitted=fitted,
        unseen=lambda: _held_out(work, smooths),
        predict=lambda points: (basis(points) @ coefficients).T * work.scale[:, None] + work.centre[:, None],
        covariance=lambda points: _covariance(basis(points), smooths, work.scale),
        deviations=lambda rng, draws: _deviations(work, smooths, work.residual_root(fitted), rng, draws),
        words=f"{basis.words}; effective parameters " + ", ".join(f"{one.effective:.1f}" for one in smooths),
    )


class _Work:
    """The passes over samples: features come in blocks, and are kept where they are few."""

    def __init__(self, basis: Basis, columns: Floats, outcomes: Floats) -> None:
        self.basis, self.columns, self.block = basis, columns, BLOCK
        self.centre, self.scale = outcomes.mean(axis=1), outcomes.std(axis=1)
        self.scale[self.scale <= 1e-12 * np.abs(self.centre)] = 0.0
        unit = np.where(self.scale > 0, self.scale, np.inf)
        self.outcomes = (outcomes - self.centre[:, None]) / unit[:, None]
        self.totals = (self.outcomes**2).sum(axis=1)
        products = [self._products(rows) for rows in self.folds]
        self.parts = products
        self.gram = sum((gram for gram, _ in products), np.zeros_like(products[0][0]))
        self.moments = sum((moment for _, moment in products), np.zeros_like(products[0][1]))

    @cached_property
    def folds(self) -> list[slice]:
        return folds(len(self.columns))

    @cached_property
    def _kept(self) -> dict[int, Floats]:
        return {}

    def blocks(self, rows: slice) -> Iterator[tuple[slice, Floats]]:
        """Features of a run of samples, block by block."""
        few = len(self.columns) * self.basis.penalties.shape[1] * processors() <= HELD
        for start in range(rows.start, rows.stop, self.block):
            block = slice(start, min(start + self.block, rows.stop))
            features = self._kept.get(start)
            if features is None:
                features = self.basis(self.columns[block])
                if few:
                    self._kept[start] = features
            yield block, features

    def _products(self, rows: slice) -> tuple[Floats, Floats]:
        features = self.basis.penalties.shape[1]
        gram, moments = np.zeros((features, features)), np.zeros((features, len(self.outcomes)))
        for block, x in self.blocks(rows):
            gram += x.T @ x
            moments += x.T @ self.outcomes[:, block].T
        return gram, moments

    def apply(self, coefficients: Floats, rows: slice) -> Floats:
        """Outcomes of a run of samples in their own units, from coefficients (feature, outcome)."""
        found = np.concatenate([x @ coefficients for _, x in self.blocks(rows)]).T
        return found * self.scale[:, None] + self.centre[:, None]

    def residual_root(self, fitted: Floats) -> Floats:
        """The symmetric root of the correlations of residuals between outcomes: no other is the same in all units."""
        residuals = self.outcomes * self.scale[:, None] + self.centre[:, None] - fitted
        deviation = np.sqrt((residuals**2).mean(axis=1))
        unit = np.where(deviation > 0, deviation, np.inf)
        products = (residuals @ residuals.T) / len(residuals.T) / np.outer(unit, unit)
        values, vectors = linalg.eigh(products)
        root: Floats = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        return root


def _held_out(work: _Work, smooths: list[Smooth]) -> Floats:
    """Predictions for each fold from the others, at the strengths that all samples gave."""
    found = np.empty_like(work.outcomes)
    for rows, (gram, moments) in zip(work.folds, work.parts, strict=True):
        rest = work.gram - gram
        ridge = RIDGE * float(rest.diagonal().mean())
        coefficients = np.stack(
            [
                linalg.lapack.dpotrs(cholesky(rest, one.penalty + ridge), work.moments[:, i] - moments[:, i], lower=1)[
                    0
                ]
                for i, one in enumerate(smooths)
            ],
            axis=1,
        )
        found[:, rows] = work.apply(coefficients, rows)
    return found


def _covariance(features: Floats, smooths: list[Smooth], scale: Floats) -> Floats:
    """X σ² (XᵀX + S)⁻¹ Xᵀ of each outcome, the covariance of the posterior at features (point, feature)."""
    roots = [linalg.solve_triangular(one.factor, features.T, lower=True) for one in smooths]
    return np.stack([one.variance * by**2 * root.T @ root for one, by, root in zip(smooths, scale, roots, strict=True)])


def _deviations(
    work: _Work, smooths: list[Smooth], root: Floats, rng: np.random.Generator, draws: int
) -> Iterator[Floats]:
    """Draws from the posterior of the coefficients about their mean, σ² (XᵀX + S)⁻¹, as errors of the function."""
    standard = rng.standard_normal((len(work.gram), draws, len(smooths))) @ root.T
    coefficients = [
        linalg.solve_triangular(one.factor, standard[:, :, i], lower=True, trans="T")
        * np.sqrt(one.variance)
        * work.scale[i]
        for i, one in enumerate(smooths)
    ]
    for rows in work.folds:
        for _, x in work.blocks(rows):
            yield np.stack([x @ one for one in coefficients])

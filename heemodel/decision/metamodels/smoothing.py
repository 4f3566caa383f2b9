"""How strongly to smooth: strengths of penalties that maximise the restricted likelihood."""

from typing import NamedTuple, Protocol

import numpy as np
from scipy import linalg

from heemodel.decision.metamodels.fit import Floats

STEPS, SETTLED = 200, 1e-3
"""Most steps of the smoothing parameters, and the change of effective parameters below which they have settled."""
LEAST, MOST = 1e-10, 1e10
"""Bounds of a smoothing parameter, relative to the size of the features."""
RIDGE = 1e-10
"""Added to the features' cross-product, relative to its size, so that features that are copies of others can be had."""


class Smooth(NamedTuple):
    """One outcome's coefficients."""

    coefficients: Floats
    factor: Floats
    """Lower Cholesky factor of XᵀX + S."""
    variance: float
    """Of the residuals."""
    penalty: Floats
    """Diagonal of S."""
    effective: float
    """Effective number of parameters, tr (XᵀX + S)⁻¹ XᵀX."""


def smooth(gram: Floats, moments: Floats, totals: Floats, samples: int, penalties: Floats) -> list[Smooth]:
    """Coefficients of every outcome from cross-products, by the generalised Fellner-Schall iteration.

    Wood and Fasiolo 2017, doi 10.1111/biom.12640.

    Parameters
    ----------
    gram : XᵀX
    moments : Xᵀy, (feature, outcome)
    totals : yᵀy of each outcome
    samples : how many
    penalties : (penalty, feature)
    """
    size, free = float(gram.diagonal().mean()), unpenalised(penalties)
    inner = gram + np.diag(np.full(len(gram), RIDGE * size))
    alike = len(penalties) == 1 and set(np.unique(penalties)) == {0.0, 1.0}
    path: _Path = _Turned(inner, penalties) if alike else _Plain(inner, penalties)
    found = []
    for moment, total in zip(moments.T, totals, strict=True):
        strengths, effective = np.full(len(penalties), size * 1e-2), np.inf
        path.begin(moment)
        for _ in range(STEPS):
            before, used = effective, strengths
            explained, effective, taken, size_of = path.step(strengths)
            if total == 0.0 or abs(before - effective) < SETTLED:
                break
            variance = max(float(total - explained), RIDGE * total) / (samples - free)
            strengths = np.clip(variance * taken / size_of, LEAST * size, MOST * size)
        penalty = used @ penalties
        factor = cholesky(inner, penalty)
        coefficients = linalg.lapack.dpotrs(factor, moment, lower=1)[0]
        variance = max(float(total - coefficients @ moment), RIDGE * total) / (samples - free)
        found.append(Smooth(coefficients, factor, variance, penalty, effective))
    return found


def cholesky(inner: Floats, penalty: Floats) -> Floats:
    """Lower Cholesky factor of a symmetric matrix with a penalty on its diagonal, without what wrappers of it check.

    Raises
    ------
    LinAlgError
        if it is not positive definite
    """
    whole = inner.copy(order="F")
    whole.ravel(order="K")[:: len(whole) + 1] += penalty
    factor, failed = linalg.lapack.dpotrf(whole, lower=1, overwrite_a=1)
    if failed:
        raise linalg.LinAlgError(f"the cross-product of features is not positive definite (place {failed})")
    lower: Floats = factor
    return lower


def unpenalised(penalties: Floats) -> int:
    """Coefficients without a penalty."""
    return int((~penalties.any(axis=0)).sum())


class _Path(Protocol):
    """What a step of the search needs to know, for strengths that change and features that do not."""

    def begin(self, moment: Floats) -> None:
        """The search for an outcome begins."""
        ...

    def step(self, strengths: Floats) -> tuple[float, float, Floats, Floats]:
        """At some strengths λ: βᵀXᵀy, effective parameters, λ (tr S⁻S_j − tr (XᵀX + S)⁻¹ S_j), and βᵀS_jβ."""
        ...


class _Plain:
    """By a factor and an inverse in every step, for any penalties."""

    def __init__(self, inner: Floats, penalties: Floats) -> None:
        self.inner, self.penalties, self.bound = inner, penalties, penalties.any(axis=0)

    def begin(self, moment: Floats) -> None:
        self.moment = moment

    def step(self, strengths: Floats) -> tuple[float, float, Floats, Floats]:
        penalty = strengths @ self.penalties
        factor = cholesky(self.inner, penalty)
        coefficients = linalg.lapack.dpotrs(factor, self.moment, lower=1)[0]
        inverse = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)[0].diagonal()
        spread = self.penalties @ np.divide(1.0, penalty, out=np.zeros_like(penalty), where=self.bound)
        size_of = np.maximum(self.penalties @ coefficients**2, np.finfo(float).tiny)
        taken = strengths * (spread - self.penalties @ inverse)
        return float(coefficients @ self.moment), len(penalty) - float(penalty @ inverse), taken, size_of


class _Turned:
    """For one penalty that holds all coefficients alike, or not at all: turned so that a step is sums over features.

    With U diag (s) Uᵀ what the cross-product of penalised features is once the others are taken out, and z = Uᵀ Xᵀy
    likewise, coefficients at strength λ are z / (s + λ).
    """

    def __init__(self, inner: Floats, penalties: Floats) -> None:
        self.bound = penalties[0] > 0
        free = ~self.bound
        self.factor = linalg.cholesky(inner[np.ix_(free, free)], lower=True)
        self.across = linalg.solve_triangular(self.factor, inner[np.ix_(free, self.bound)], lower=True)
        self.values, self.vectors = linalg.eigh(inner[np.ix_(self.bound, self.bound)] - self.across.T @ self.across)

    def begin(self, moment: Floats) -> None:
        straight = linalg.solve_triangular(self.factor, moment[~self.bound], lower=True)
        self.straight = float(straight @ straight)
        self.turned = self.vectors.T @ (moment[self.bound] - self.across.T @ straight)

    def step(self, strengths: Floats) -> tuple[float, float, Floats, Floats]:
        coefficients = self.turned / (whole := self.values + strengths[0])
        taken = (self.values / whole).sum(keepdims=True)
        size_of = np.maximum((coefficients**2).sum(keepdims=True), np.finfo(float).tiny)
        explained = self.straight + float(coefficients @ self.turned)
        return explained, len(self.factor) + float(taken[0]), taken, size_of

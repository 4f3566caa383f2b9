"""Several parameters that are jointly normal on their scales, such as the coefficients of a regression."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.parameters.seeds import generator
from heemodel.parameters.summaries.normal import LogNormal, LogOdds, Normal
from heemodel.parameters.summaries.univariate import Array, SummaryError, check_above, check_draws

Scale = Literal["identity", "log", "logit"]

MARGINALS: dict[str, type[Normal | LogNormal | LogOdds]] = {"identity": Normal, "log": LogNormal, "logit": LogOdds}

ROUNDING = 1e-8
"""Relative room for rounding in a matrix that was printed or computed."""


@dataclass(frozen=True, eq=False, init=False)
class CorrelatedNormals:
    """Parameters that are jointly normal on their scales, such as a regression's coefficients with their covariance.

    Parameters
    ----------
    mean : point estimates, shape (k,), on their scales: log odds ratios, say, for scale="log"
    covariance : shape (k, k), on those scales, symmetric and positive semi-definite
    names : of the k parameters
    scale : "identity"; "log", where draws are exp(normal); or "logit", where they are 1/(1 + exp(−normal)). One for
        all, or a list with one for each name; `scales` holds them all

    Raises
    ------
    SummaryError
        if shapes do not fit, or the covariance is none, naming the pair or the eigenvalue that is wrong

    Examples
    --------
    >>> pair = CorrelatedNormals([0.1, -0.4], [[0.04, 0.01], [0.01, 0.09]], ["age", "sex"])
    >>> sorted(pair.draw(10, seed=1).data_vars)
    ['age', 'sex']
    """

    mean: Array
    covariance: Array
    names: tuple[str, ...]
    scales: tuple[Scale, ...]

    def __init__(
        self,
        mean: ArrayLike,
        covariance: ArrayLike,
        names: Sequence[str],
        scale: Scale | Sequence[Scale] = "identity",
    ) -> None:
        _check_names(names)
        object.__setattr__(self, "names", tuple(names))
        object.__setattr__(self, "scales", _scales(scale, len(names)))
        object.__setattr__(self, "mean", _numbers("mean", mean, (len(names),)))
        object.__setattr__(self, "covariance", _numbers("covariance", covariance, (len(names),) * 2))
        _check_matrix("covariance", self.covariance, self.names)

    @classmethod
    def from_correlation(
        cls,
        mean: ArrayLike,
        se: ArrayLike,
        correlation: ArrayLike,
        names: Sequence[str],
        scale: Scale | Sequence[Scale] = "identity",
    ) -> Self:
        """From standard errors and a correlation matrix: covarianceᵢⱼ = seᵢ seⱼ correlationᵢⱼ, each on its scale.

        Parameters
        ----------
        mean, se : shape (k,), on their scales
        correlation : shape (k, k), ones on its diagonal
        names, scale : as for the class

        Raises
        ------
        SummaryError
            if a standard error is not above 0, a correlation is beyond −1 to 1 or the diagonal is not 1

        Examples
        --------
        >>> two = CorrelatedNormals.from_correlation([0, 0], [1, 2], [[1, 0.5], [0.5, 1]], ["a", "b"], scale="log")
        >>> two.covariance.tolist()
        [[1.0, 1.0], [1.0, 4.0]]
        """
        _check_names(names)
        se = _numbers("se", se, (len(names),))
        check_above("CorrelatedNormals", 0, **{f"se of {name}": value for name, value in zip(names, se, strict=True)})
        correlation = _numbers("correlation", correlation, (len(names),) * 2)
        for name, one in zip(names, np.diag(correlation), strict=True):
            if abs(one - 1) > ROUNDING:
                raise SummaryError(f"CorrelatedNormals: correlation of {name} with itself is {one:g}; it must be 1")
        _check_matrix("correlation", correlation, names)
        return cls(mean, correlation * np.outer(se, se), names, scale)

    @property
    def sd(self) -> Array:
        """Standard errors on their scales, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))

    def marginal(self, name: str) -> Normal | LogNormal | LogOdds:
        """The distribution of one parameter by itself, with its mean, sd and quantiles in the parameter's own unit."""
        if name not in self.names:
            raise SummaryError(f"CorrelatedNormals: no parameter {name!r}; there are: {', '.join(self.names)}")
        i = self.names.index(name)
        return MARGINALS[self.scales[i]](float(self.mean[i]), float(self.sd[i]))

    def quantile(self, p: float) -> xr.Dataset:
        """Quantile `p` of each parameter by itself, in its own unit."""
        return xr.Dataset({name: self.marginal(name).quantile(p) for name in self.names})

    def draw(self, n: int, *, seed: int, name: str | None = None) -> xr.Dataset:
        """`n` joint draws: mean + sd (z S), z standard normal and S the correlation's symmetric root, off their scales.

        The symmetric root, unlike Cholesky's, exists for a singular matrix, and does not depend on the signs that a
        linear algebra library gives to eigenvectors. As it is that of the correlation, another standard error of one
        parameter leaves the draws of the others as they were.

        Parameters
        ----------
        n : number of draws, 1 or more
        seed : the analysis' one seed
        name : of the random stream; otherwise the parameters' names, joined by commas

        Returns
        -------
        Dataset with one variable over `sample` (0 … n−1) for each name, in the parameter's own unit
        """
        check_draws("CorrelatedNormals", n, seed)
        rng = generator(seed, ",".join(self.names) if name is None else name)
        size, vectors = np.linalg.eigh(self.covariance / np.outer(self.sd, self.sd))
        root = (vectors * np.sqrt(np.maximum(size, 0))) @ vectors.T
        values = self.mean + self.sd * (rng.standard_normal((n, len(self.names))) @ root)
        variables = {
            parameter: ("sample", MARGINALS[scale].from_scale(on_scale))
            for parameter, scale, on_scale in zip(self.names, self.scales, values.T, strict=True)
        }
        return xr.Dataset(variables, coords={"sample": range(n)})


def _check_names(names: Sequence[str]) -> None:
    """A list of names, each there once."""
    if isinstance(names, str) or len(set(names)) != len(names) or not len(names):
        raise SummaryError(f"CorrelatedNormals: names = {names!r}; give a list with each name once")


def _scales(scale: Scale | Sequence[Scale], k: int) -> tuple[Scale, ...]:
    """A scale for each of k parameters."""
    scales = (scale,) * k if isinstance(scale, str) else tuple(scale)
    if unknown := [one for one in scales if one not in MARGINALS]:
        raise SummaryError(f"CorrelatedNormals: scale = {unknown[0]!r}; write one of: {', '.join(get_args(Scale))}")
    if len(scales) != k:
        raise SummaryError(f"CorrelatedNormals: {len(scales)} scales for {k} names; give one for each name, or one")
    return scales


def _numbers(what: str, values: ArrayLike, shape: tuple[int, ...]) -> Array:
    """Finite numbers of that shape, which nobody can write to."""
    try:
        array = np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise SummaryError(f"CorrelatedNormals: {what} is not an array of numbers: {error}") from None
    if array.shape != shape:
        raise SummaryError(
            f"CorrelatedNormals: {what} has the shape {array.shape}; {shape[0]} names need the shape {shape}"
        )
    if not np.isfinite(array).all():
        raise SummaryError(f"CorrelatedNormals: {what} has a number that is not finite; give finite numbers")
    array.flags.writeable = False
    return array


def _check_matrix(what: str, matrix: Array, names: Sequence[str]) -> None:
    """Symmetric, variances above 0, no correlation beyond ±1, no negative eigenvalue; `what` is covariance or such."""
    variance = np.diag(matrix)
    check_above("CorrelatedNormals", 0, **{f"variance of {a}": v for a, v in zip(names, variance, strict=True)})
    for i, j in itertools.combinations(range(len(names)), 2):
        one, other = matrix[i, j], matrix[j, i]
        room = math.sqrt(variance[i] * variance[j])
        if abs(one - other) > ROUNDING * room:
            raise SummaryError(
                f"CorrelatedNormals: {what} of {names[i]} with {names[j]} is {one:g}, and of {names[j]} with "
                f"{names[i]} {other:g}; the matrix must be symmetric"
            )
        if abs(one) > room * (1 + ROUNDING):
            reason = "; it must lie between −1 and 1"
            if what == "covariance":
                reason = (
                    f", a correlation of {one / room:.4g}; it must lie between ±√(product of variances) = ±{room:.4g}"
                )
            raise SummaryError(f"CorrelatedNormals: {what} of {names[i]} and {names[j]} is {one:g}{reason}")
    correlation = matrix / np.sqrt(np.outer(variance, variance))
    smallest = float(np.linalg.eigvalsh(correlation)[0])
    if smallest < -ROUNDING:
        raise SummaryError(
            f"CorrelatedNormals: no {len(names)} parameters have these correlations together: the correlation matrix "
            f"has the eigenvalue {smallest:.4g}, and none may be below 0; look for a wrong sign or a misprint"
        )

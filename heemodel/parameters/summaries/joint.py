"""Several parameters that are drawn together: shares that sum to 1, and correlated coefficients."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike
from scipy import stats

from heemodel.parameters.distributions import Array
from heemodel.parameters.seeds import generator
from heemodel.parameters.summaries.normal import LogNormal, LogOdds, Normal
from heemodel.parameters.summaries.univariate import SummaryError, check_above, check_draws, check_numbers

Scale = Literal["identity", "log", "logit"]

MARGINALS: dict[str, type[Normal | LogNormal | LogOdds]] = {"identity": Normal, "log": LogNormal, "logit": LogOdds}

ROUNDING = 1e-8
"""Relative room for rounding in a matrix that was printed or computed."""


@dataclass(frozen=True)
class Dirichlet:
    """Shares of several categories that sum to 1, with density ∝ Π shareᵢ^(αᵢ − 1).

    Parameters
    ----------
    alpha : for each label its concentration, above 0: as counts
    dimension : name of the dimension that the labels belong to
    """

    alpha: Mapping[str, float]
    dimension: str

    def __post_init__(self) -> None:
        if len(self.alpha) < 2:
            raise SummaryError(f"Dirichlet: {len(self.alpha)} categories cannot share a whole; give two or more")
        if self.dimension == "sample":
            raise SummaryError("Dirichlet: dimension 'sample' is that of the draws; give the categories another name")
        check_above("Dirichlet", 0, **{str(label): value for label, value in self.alpha.items()})

    @classmethod
    def from_counts(cls, counts: Mapping[str, float], *, dimension: str, prior: float = 0.0) -> Self:
        """The posterior after counts: αᵢ = countᵢ + prior. Without a prior the means are the observed shares.

        Parameters
        ----------
        counts : for each label how many were counted, 0 or more
        dimension : name of the dimension that the labels belong to
        prior : added to every count: 1 is the uniform prior

        Raises
        ------
        SummaryError
            if a count is negative, or 0 without a prior

        Notes
        -----
        Briggs, Ades and Price 2003, doi 10.1177/0272989X03255922, for the distribution and for priors at counts of 0.

        Examples
        --------
        >>> home = Dirichlet.from_counts({"home": 60, "care": 25, "dead": 15}, dimension="place")
        >>> print(float(home.mean.sel(place="care")))
        0.25
        """
        check_numbers("Dirichlet", prior=prior)
        check_numbers("Dirichlet", **{str(label): count for label, count in counts.items()})
        for label, count in counts.items():
            if count < 0:
                raise SummaryError(f"Dirichlet: {label} = {count:g} is no count; give 0 or more")
            if count + prior <= 0:
                raise SummaryError(
                    f"Dirichlet: {label} = {count:g} says that it never happens, with certainty; leave it out, or add "
                    "a prior to every count, as in prior=1"
                )
        return cls({label: float(count + prior) for label, count in counts.items()}, dimension)

    @property
    def scipy(self) -> Any:
        """scipy.stats.dirichlet."""
        return stats.dirichlet(list(self.alpha.values()))

    @property
    def mean(self) -> xr.DataArray:
        """Expected shares, over the categories' dimension."""
        return self._labelled(self.scipy.mean())

    @property
    def sd(self) -> xr.DataArray:
        """Standard deviation of each share, over the categories' dimension."""
        return self._labelled(np.sqrt(self.scipy.var()))

    def quantile(self, p: float) -> xr.DataArray:
        """Quantile `p` of each share by itself, a Beta(αᵢ, Σα − αᵢ); the quantiles do not sum to 1."""
        check_numbers("Dirichlet", p=p)
        if not 0 <= p <= 1:
            raise SummaryError(f"Dirichlet: p = {p:g} is not a probability; write the median as 0.5")
        alpha = np.array(list(self.alpha.values()))
        return self._labelled(np.asarray(stats.beta(alpha, alpha.sum() - alpha).ppf(p)))

    def draw(self, n: int, *, seed: int, name: str) -> xr.DataArray:
        """`n` draws, from the random stream that belongs to `seed` and `name`; dims (sample, dimension)."""
        check_draws("Dirichlet", n, seed)
        values = self.scipy.rvs(size=n, random_state=generator(seed, name))
        coords = {"sample": range(n), self.dimension: list(self.alpha)}
        return xr.DataArray(values, dims=("sample", self.dimension), coords=coords, name=name)

    def _labelled(self, values: Array) -> xr.DataArray:
        return xr.DataArray(values, dims=self.dimension, coords={self.dimension: list(self.alpha)})


@dataclass(frozen=True, eq=False, init=False)
class CorrelatedNormals:
    """Parameters that are jointly normal on a scale, such as a regression's coefficients with their covariance.

    Parameters
    ----------
    mean : point estimates, shape (k,), on `scale`: log odds ratios, say, for scale="log"
    covariance : shape (k, k), on `scale`, symmetric and positive semi-definite
    names : of the k parameters
    scale : "identity"; "log", where draws are exp(normal); or "logit", where they are 1/(1 + exp(−normal))

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
    scale: Scale

    def __init__(self, mean: ArrayLike, covariance: ArrayLike, names: Sequence[str], scale: Scale = "identity") -> None:
        if scale not in MARGINALS:
            raise SummaryError(f"CorrelatedNormals: scale = {scale!r}; write one of: {', '.join(get_args(Scale))}")
        _check_names(names)
        object.__setattr__(self, "names", tuple(names))
        object.__setattr__(self, "scale", scale)
        object.__setattr__(self, "mean", _numbers("mean", mean, (len(names),)))
        object.__setattr__(self, "covariance", _numbers("covariance", covariance, (len(names),) * 2))
        _check_covariance(self.covariance, self.names)

    @classmethod
    def from_correlation(
        cls, mean: ArrayLike, se: ArrayLike, correlation: ArrayLike, names: Sequence[str], scale: Scale = "identity"
    ) -> Self:
        """From standard errors and a correlation matrix: covarianceᵢⱼ = seᵢ seⱼ correlationᵢⱼ, all on `scale`.

        Parameters
        ----------
        mean, se : shape (k,), on `scale`
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
        return cls(mean, correlation * np.outer(se, se), names, scale)

    @property
    def sd(self) -> Array:
        """Standard errors on `scale`, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))

    def marginal(self, name: str) -> Normal | LogNormal | LogOdds:
        """The distribution of one parameter by itself, with its mean, sd and quantiles in the parameter's own unit."""
        if name not in self.names:
            raise SummaryError(f"CorrelatedNormals: no parameter {name!r}; there are: {', '.join(self.names)}")
        i = self.names.index(name)
        return MARGINALS[self.scale](float(self.mean[i]), float(self.sd[i]))

    def quantile(self, p: float) -> xr.Dataset:
        """Quantile `p` of each parameter by itself, in its own unit."""
        return xr.Dataset({name: self.marginal(name).quantile(p) for name in self.names})

    def draw(self, n: int, *, seed: int, name: str | None = None) -> xr.Dataset:
        """`n` joint draws: mean + z S with z standard normal and S the covariance's symmetric root, off its scale.

        The symmetric root, unlike Cholesky's, exists for a singular covariance, and does not depend on the signs that
        a linear algebra library gives to eigenvectors.

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
        size, vectors = np.linalg.eigh(self.covariance)
        root = (vectors * np.sqrt(np.maximum(size, 0))) @ vectors.T
        values = self.mean + rng.standard_normal((n, len(self.names))) @ root
        own = MARGINALS[self.scale].from_scale(values)
        variables = {one: ("sample", own[:, i]) for i, one in enumerate(self.names)}
        return xr.Dataset(variables, coords={"sample": range(n)})


def _check_names(names: Sequence[str]) -> None:
    """A list of names, each there once."""
    if isinstance(names, str) or len(set(names)) != len(names) or not len(names):
        raise SummaryError(f"CorrelatedNormals: names = {names!r}; give a list with each name once")


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


def _check_covariance(covariance: Array, names: Sequence[str]) -> None:
    """Symmetric, variances above 0, no correlation beyond ±1, no negative eigenvalue."""
    variance = np.diag(covariance)
    check_above("CorrelatedNormals", 0, **{f"variance of {a}": v for a, v in zip(names, variance, strict=True)})
    for i, j in itertools.combinations(range(len(names)), 2):
        one, other = covariance[i, j], covariance[j, i]
        room = math.sqrt(variance[i] * variance[j])
        if abs(one - other) > ROUNDING * room:
            raise SummaryError(
                f"CorrelatedNormals: covariance of {names[i]} with {names[j]} is {one:g}, and of {names[j]} with "
                f"{names[i]} {other:g}; the matrix must be symmetric"
            )
        if abs(one) > room * (1 + ROUNDING):
            raise SummaryError(
                f"CorrelatedNormals: covariance of {names[i]} and {names[j]} is {one:g}, a correlation of "
                f"{one / room:.4g}; it must lie between ±√(product of their variances) = ±{room:.4g}"
            )
    correlation = covariance / np.sqrt(np.outer(variance, variance))
    smallest = float(np.linalg.eigvalsh(correlation)[0])
    if smallest < -ROUNDING:
        raise SummaryError(
            f"CorrelatedNormals: no {len(names)} parameters have these correlations together: the correlation matrix "
            f"has the eigenvalue {smallest:.4g}, and none may be below 0; look for a wrong sign or a misprint"
        )

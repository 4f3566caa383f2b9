"""Several numbers that belong to the labels of a dimension: shares that sum to 1, or one number for each label."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import xarray as xr
from scipy import stats

from heemodel.parameters.seeds import generator
from heemodel.parameters.summaries.univariate import (
    Array,
    SummaryError,
    Univariate,
    check_above,
    check_draws,
    check_numbers,
)


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
        _check_dimension("Dirichlet", self.dimension)
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
    def support(self) -> tuple[float, float]:
        """0 and 1."""
        return 0.0, 1.0

    @property
    def mean(self) -> xr.DataArray:
        """Expected shares, over the categories' dimension."""
        return self._labelled(self.scipy.mean())

    @property
    def central(self) -> xr.DataArray:
        """The shares of the analysis at central values, which are the expected ones."""
        return self.mean

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
        return _drawn(values, self.dimension, list(self.alpha), name)

    def _labelled(self, values: Array) -> xr.DataArray:
        return xr.DataArray(values, dims=self.dimension, coords={self.dimension: list(self.alpha)})


@dataclass(frozen=True)
class Labelled:
    """One uncertain number for each label of a dimension, all of one family and independent of each other.

    Parameters
    ----------
    members : the distribution of each label's number, by label
    dimension : name of the dimension that the labels belong to

    Raises
    ------
    SummaryError
        if there are none, or they are of different families

    Examples
    --------
    >>> from heemodel.parameters.summaries import Beta
    >>> utility = Labelled({"mild": Beta.from_mean(0.8, 0.05), "severe": Beta.from_mean(0.4, 0.1)}, "state")
    >>> utility.draw(3, seed=1, name="utility").dims
    ('sample', 'state')
    """

    members: Mapping[str, Univariate]
    dimension: str

    def __post_init__(self) -> None:
        _check_dimension("Labelled", self.dimension)
        families = list(dict.fromkeys(type(member).__name__ for member in self.members.values()))
        if len(families) != 1:
            raise SummaryError(f"Labelled: {' and '.join(families) or 'nothing'}; give distributions of one family")

    @property
    def support(self) -> tuple[float, float]:
        """The limits between which all values of all labels lie; either may be infinite."""
        limits = [member.support for member in self.members.values()]
        return min(low for low, _ in limits), max(high for _, high in limits)

    @property
    def mean(self) -> xr.DataArray:
        """Expected values, over the dimension."""
        return self._each(lambda member: member.mean)

    @property
    def central(self) -> xr.DataArray:
        """The values of the analysis at central values, over the dimension; see `Univariate.central`."""
        return self._each(lambda member: member.central)

    @property
    def sd(self) -> xr.DataArray:
        """Standard deviations, over the dimension."""
        return self._each(lambda member: member.sd)

    def quantile(self, p: float) -> xr.DataArray:
        """Quantile `p` of each number by itself, over the dimension."""
        return self._each(lambda member: member.quantile(p))

    def draw(self, n: int, *, seed: int, name: str) -> xr.DataArray:
        """`n` draws, from the random stream that belongs to `seed` and `name`; dims (sample, dimension)."""
        check_draws("Labelled", n, seed)
        members = list(self.members.values())
        values = type(members[0]).sample(generator(seed, name), members, n)
        return _drawn(values, self.dimension, list(self.members), name)

    def _each(self, number: Callable[[Univariate], float]) -> xr.DataArray:
        values = [number(member) for member in self.members.values()]
        return xr.DataArray(values, dims=self.dimension, coords={self.dimension: list(self.members)})


def _check_dimension(family: str, dimension: str) -> None:
    """The dimension is not that of the draws."""
    if dimension == "sample":
        raise SummaryError(f"{family}: dimension 'sample' is that of the draws; give the labels another dimension")


def _drawn(values: Array, dimension: str, labels: list[str], name: str) -> xr.DataArray:
    """Draws of shape (n, labels) as a DataArray."""
    coords = {"sample": range(len(values)), dimension: labels}
    return xr.DataArray(values, dims=("sample", dimension), coords=coords, name=name)

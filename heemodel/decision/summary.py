"""A quantity over samples in four numbers: mean, 95% interval and Monte Carlo standard error."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from numpy.typing import NDArray

LOWER, UPPER = 0.025, 0.975
SHORTEST = 4
"""Draws of a chain from which its autocorrelation can be told."""
KEPT = 16
"""Sets of labels of samples, for the next quantity that has the same ones."""
LARGEST = 0.5
"""Standard deviation of an event that is as likely as not."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Origin:
    """Where draws come from, which the error of their mean depends on: Markov chains, and models of a stack.

    Attributes
    ----------
    chains : of each Markov chain the places of its draws, cut to the shortest, whose length differs by one at most;
        None where draws are independent
    models : of which model each draw is, as numbers from 0; None where they are of one
    """

    chains: tuple[NDArray[np.intp], ...] | None = None
    models: NDArray[np.intp] | None = None

    @classmethod
    def of(cls, quantity: xr.DataArray) -> Self:
        """By the coordinates `chain` and `model` along the dimension `sample`, where there are such."""
        return cls.named(
            {
                name: quantity[name].to_numpy()
                for name in ("chain", "model")
                if name in quantity.coords and quantity[name].dims == ("sample",)
            }
        )

    @classmethod
    def named(cls, labels: Mapping[str, NDArray[Any]]) -> Self:
        """By the names of the `chain` and of the `model` of each draw, where there are such."""
        chain, model = (_Labels(labels[name]) if name in labels else None for name in ("chain", "model"))
        return cls(None if chain is None else _places(chain), None if model is None else _numbers(model))

    def __bool__(self) -> bool:
        """Whether draws have such an origin."""
        return self.chains is not None or self.models is not None

    def error_of_mean(self, values: Array) -> float:
        """As `monte_carlo_error`, of plain values in the order of the samples."""
        strata = 1
        if self.models is not None:
            means = np.bincount(self.models, weights=values) / np.bincount(self.models)
            values, strata = values - means[self.models], len(means)
        deviation = float(values.std(ddof=strata)) if values.size > strata else float("nan")
        if deviation == 0.0:
            return 0.0
        return deviation / float(np.sqrt(values.size * self._relative_ess(values)))

    def summary(self, values: Array) -> "Summary":
        """As `summarise`, of plain values in the order of the samples."""
        if values.size == 1:
            return Summary(float(values.item()))
        lower, upper = np.quantile(values, [LOWER, UPPER])
        return Summary(float(values.mean()), float(lower), float(upper), self.error_of_mean(values.astype(float)))

    def share(self, events: NDArray[Any]) -> "Summary":
        """As `share`, of plain events in the order of the samples."""
        if events.size == 1:
            return Summary(float(events.item()))
        value = float(events.mean())
        if value in (0.0, 1.0):
            return Summary(value, mcse=min(1.5 / events.size, LARGEST))
        error = self.error_of_mean(events.astype(float))  # 0 where each model of a stack has it always or never
        return Summary(value, mcse=error or min(1.5 / events.size, LARGEST))

    def _relative_ess(self, values: Array) -> float:
        """Effective draws per draw."""
        if self.chains is None or len(self.chains[0]) < SHORTEST:
            return 1.0
        return float(array_stats.ess(np.stack([values[at] for at in self.chains]), method="mean", relative=True))


class _Labels:
    """Labels of samples, which many quantities have alike: what is worked out of them is kept by what they say."""

    def __init__(self, values: NDArray[Any]) -> None:
        self.values = values
        self.key = values.dtype, tuple(values.tolist()) if values.dtype.hasobject else values.tobytes()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Labels) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@lru_cache(maxsize=KEPT)
def _numbers(labels: _Labels) -> NDArray[np.intp]:
    """Each label's number from 0, in their order."""
    return np.unique(labels.values, return_inverse=True)[1]


@lru_cache(maxsize=KEPT)
def _places(labels: _Labels) -> tuple[NDArray[np.intp], ...]:
    """Of each chain the places of its draws, cut to the shortest."""
    chain = _numbers(labels)
    places = [np.flatnonzero(chain == one) for one in range(chain.max(initial=0) + 1)]
    return tuple(at[: min(map(len, places))] for at in places)


INDEPENDENT = Origin()


@dataclass(frozen=True)
class Summary:
    """A quantity in four numbers.

    Attributes
    ----------
    value : the mean, or the number itself for a deterministic quantity
    lower, upper : 95% interval; None for a deterministic quantity and for a single draw
    mcse : Monte Carlo standard error of the mean; None likewise, as one draw says nothing of how far others lie from it
    """

    value: float
    lower: float | None = None
    upper: float | None = None
    mcse: float | None = None


def summarise(quantity: xr.DataArray) -> Summary:
    """Mean, 2.5% and 97.5% quantile and Monte Carlo standard error of a quantity.

    Parameters
    ----------
    quantity : dimension `sample`, or none for a deterministic quantity. A coordinate `chain` along `sample` says
        which draws came from one Markov chain, each in the order in which it made them; chains may take turns. A
        coordinate `model` says of which model of a stack a draw is (`monte_carlo_error`)

    Returns
    -------
    Summary; of one draw its value alone

    See Also
    --------
    share : of events, such as a net benefit above 0

    Examples
    --------
    >>> summarise(xr.DataArray([1.0, 2.0, 3.0], dims="sample")).value
    2.0
    >>> summarise(xr.DataArray([5.0], dims="sample"))
    Summary(value=5.0, lower=None, upper=None, mcse=None)
    """
    return Origin.of(quantity).summary(quantity.to_numpy())


def share(event: xr.DataArray) -> Summary:
    """The share of samples in which an event is true, with its Monte Carlo standard error.

    When the event is always or never true the error is bounded by the rule of three: 3/n at 95%, so 1.5/n is
    taken as its standard error (Hanley and Lippman-Hand 1983, doi 10.1001/jama.1983.03330370053031), but never more
    than ½, the largest standard deviation that an event can have.

    Parameters
    ----------
    event : true or false, or a share of each sample; dimension `sample`, or none

    Returns
    -------
    Summary without an interval; without an error too where there is but one sample, which says nothing of others

    See Also
    --------
    summarise : of quantities

    Examples
    --------
    >>> share(xr.DataArray([True] * 300, dims="sample")).mcse, share(xr.DataArray([True], dims="sample")).mcse
    (0.005, None)
    """
    return Origin.of(event).share(event.to_numpy())


def monte_carlo_error(quantity: xr.DataArray) -> float:
    """Monte Carlo standard error of the mean: standard deviation / √(effective sample size).

    The effective sample size is that of the mean (Vehtari et al. 2021, doi 10.1214/20-BA1221) where draws come from
    Markov chains, and the number of draws where they are independent.

    Where draws are those of stacked models, each model has as many as its weight asks for, by rule and not by chance:
    the error is that of a mean over strata, to which draws contribute by their distance from the mean of their own
    model (Cochran 1977, Sampling techniques, chapter 5).

    Parameters
    ----------
    quantity : dimension `sample`. A coordinate `chain` along it says which draws came from one Markov chain, as in
        `summarise`; a coordinate `model`, as draws of `hm.evidence.stack` have, of which model a draw is, in fixed
        proportions

    Returns
    -------
    the error, in units of the quantity; NaN for one draw

    Examples
    --------
    >>> monte_carlo_error(xr.DataArray([1.0, 3.0], dims="sample"))
    1.0
    """
    return Origin.of(quantity).error_of_mean(np.asarray(quantity.to_numpy(), dtype=float))

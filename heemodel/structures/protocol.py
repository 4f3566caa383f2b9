"""What every decision model can do, and what some can do besides, asked for by capability and never by type.

A model of any kind (a cohort, a decision tree, a function of draws, a sequence of them, or one of your own) can be
analysed, checked and reported if it has what `DecisionModel` names.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import pandas as pd
import xarray as xr

from heemodel.progress import Report
from heemodel.structures.discounting import Discount


@runtime_checkable
class DecisionModel(Protocol):
    """Draws of parameters in, outcomes of every strategy out.

    Attributes
    ----------
    strategies : names of what is compared
    groups : names of subgroups or regions; empty where there are none

    Examples
    --------
    >>> import heemodel as hm
    >>> class Flat:
    ...     strategies, groups = ("usual care", "new care"), ()
    ...
    ...     def run(self, draws, *, progress=None):
    ...         cost = draws["price"] * hm.by_strategy({"usual care": 0.0, "new care": 1.0})
    ...         return xr.Dataset({"cost": cost.expand_dims(component=["all"]), "qaly": 0 * cost})
    ...
    ...     def check_parameters(self, draws, *, must_be_read=()):
    ...         return frozenset({"price"})
    >>> isinstance(Flat(), DecisionModel), isinstance(Flat(), Traceable)
    (True, False)
    """

    @property
    def strategies(self) -> Sequence[str]:
        """Names of what is compared."""

    @property
    def groups(self) -> Sequence[str]:
        """Names of subgroups or regions; empty where there are none."""

    def run(self, draws: xr.Dataset, *, progress: Report | None = None) -> xr.Dataset:
        """Outcomes of every draw under every strategy.

        Returns
        -------
        Dataset with `cost` (sample, strategy, component[, group]), `qaly` (sample, strategy[, group]) and whatever else
        the model counts; without `sample` where the draws have none
        """

    def check_parameters(self, draws: xr.Dataset, *, must_be_read: Iterable[str] = ()) -> frozenset[str]:
        """Names of all parameters that the model reads.

        Raises
        ------
        ModelError
            for parameters that it asks for and the draws lack, and those of `must_be_read` that it never asks for
        """


@runtime_checkable
class Traceable(Protocol):
    """A model that knows who is where at every time."""

    def trace(self, draws: xr.Dataset, *, weights: Mapping[str, float] | None = None) -> xr.Dataset:
        """Occupancy over time: `mean`, `lower` and `upper` by cycle, state and strategy.

        With groups, by group too; or, given the share of the people in each, of all together.
        """


@runtime_checkable
class Discounts(Protocol):
    """A model that discounts what happens later."""

    @property
    def discount(self) -> Discount:
        """At which rates."""


@runtime_checkable
class Described(Protocol):
    """A model that says in a line what it is."""

    @property
    def in_words(self) -> str:
        """Its structure, without a capital or a full stop."""


@runtime_checkable
class DrawnAsTree(Protocol):
    """A model whose branches can be drawn."""

    def table(self, draws: xr.Dataset) -> pd.DataFrame:
        """Every node under every strategy, rolled back, as `hm.plot.tree` draws it."""


def tells_apart(model: DecisionModel, by: str) -> bool:
    """Whether ``run(draws, by=…)`` tells outcomes apart: by "year" those discounted or not, by "state" the cost.

    A model that does says by what in its attribute `breakdowns`, as in ``("year", "state")``.
    """
    return by in getattr(model, "breakdowns", ())


@runtime_checkable
class Differentiable(Protocol):
    """A model that knows how its outcomes change with its parameters."""

    def gradient(self, draws: xr.Dataset) -> xr.Dataset:
        """Derivatives of the outcomes by parameter."""


@runtime_checkable
class WithInvariants(Protocol):
    """A model with identities of its own that every run must keep."""

    def invariants(self, draws: xr.Dataset) -> Mapping[str, float]:
        """How far each identity, named in a sentence, is from holding: 0, but for rounding."""


@runtime_checkable
class HandsOver(Protocol):
    """A model at whose end people are in states, from which another model can go on."""

    def final_shares(self, draws: xr.Dataset) -> xr.DataArray:
        """Share of people in each state at the end: (strategy, state), with `sample` and `group` where there are."""


@runtime_checkable
class Branching(Protocol):
    """A decision tree, at whose leaves another model can go on."""

    def leaf_probabilities(self, draws: xr.Dataset) -> xr.DataArray:
        """Probability of each leaf: (strategy, leaf), with `sample` and `group` where there are."""

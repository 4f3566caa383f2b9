"""Second implementations, written plainly and differently, of every kind of model that has one."""

from functools import singledispatch

import xarray as xr

from heemodel.structures import CohortModel, DecisionTree, Sequence
from heemodel.verify.naive_cohort import naive_run
from heemodel.verify.naive_sequence import naive_sequence
from heemodel.verify.naive_tree import naive_tree


@singledispatch
def second_engine(model: object, draws: xr.Dataset) -> xr.Dataset | None:  # noqa: ARG001 - the signature of all
    """`cost` (summed over components) and `qaly` by sample, strategy and group; None if there is no second engine.

    A model of a new kind gets one by ``@second_engine.register``.
    """
    return None


@second_engine.register
def _(model: CohortModel, draws: xr.Dataset) -> xr.Dataset:
    return naive_run(model, draws)


@second_engine.register
def _(model: DecisionTree, draws: xr.Dataset) -> xr.Dataset:
    return naive_tree(model, draws)


@second_engine.register
def _(model: Sequence, draws: xr.Dataset) -> xr.Dataset | None:
    return naive_sequence(model, draws)

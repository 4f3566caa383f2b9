"""A second way to work out models that follow one another: plain engines chained, person by state by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from heemodel.structures import CohortModel, DecisionTree, Parameters, Sequence
from heemodel.verify.naive_cohort import _follow, _moves, _people, _Series, naive_run
from heemodel.verify.naive_tree import naive_leaves, naive_tree

By = dict[str, xr.DataArray]
"""People by leaf or state, each (sample, strategy, group)."""


def naive_sequence(sequence: Sequence, draws: xr.Dataset) -> xr.Dataset | None:
    """`cost` (summed over components) and `qaly` of all models; None if one of them has no plain engine."""
    people: By | None = None
    total: xr.Dataset | None = None
    for model in sequence.models:
        if isinstance(model, DecisionTree):
            part, leaves = naive_tree(model, draws), naive_leaves(model, draws)
            after = {str(leaf): leaves.sel(leaf=leaf, drop=True) for leaf in leaves["leaf"].to_numpy()}
        elif isinstance(model, CohortModel):
            begun = model if people is None else _begun(sequence, model, people)
            part, after = naive_run(begun, draws), _at_the_end(begun, draws)
        else:
            return None
        people = after
        total = part if total is None else total + part.sel({dim: total[dim] for dim in model.lanes})
    return total


def _begun(sequence: Sequence, model: CohortModel, people: By) -> CohortModel:
    """The model with those who come from the one before."""
    start: By = {}
    for name, here in people.items():
        state = sequence.enters.get(name, name if name in model.states else "")
        if state:
            start[state] = start.get(state, 0.0) + here
    return replace(model, start=lambda _: start, start_in="people")


def _at_the_end(model: CohortModel, draws: xr.Dataset) -> By:
    """Who is where when the last cycle is over."""
    p = Parameters(draws)
    moves = _moves(model.transitions(p, model.time) if callable(model.transitions) else model.transitions)
    began, enter = _people(model.start, p), _people(model.intake, p)
    dims, sizes = ("sample", *model.lanes), [draws.sizes.get("sample", 1), *map(len, model.lanes.values())]
    found = {state: np.zeros(sizes) for state in model.states}
    names: list[list[Any]] = [list(range(sizes[0])), *model.lanes.values()]
    for place in np.ndindex(*sizes):
        case = {dim: labels[at] for dim, labels, at in zip(dims, names, place, strict=True)}
        first = {state: _Series(value, case, model)(0, None) for state, value in began.items()}
        *_, (_, last, *_) = _follow(model, moves, case, first, enter)
        for (state, _), here in last.items():
            found[state][place] += here
    return {state: xr.DataArray(here, dims=dims, coords=model.lanes) for state, here in found.items()}

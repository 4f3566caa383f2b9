"""A second way to work out models that follow one another: plain engines chained, person by state by hand."""

from dataclasses import replace

import numpy as np
import xarray as xr

from heemodel.structures import CohortModel, DecisionTree, Parameters, Sequence
from heemodel.verify.naive_cohort import at_the_start, follow, moves_of, naive_run, people_of, sizes
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
    enter = people_of(model.intake, p)
    *_, last = follow(model, moves_of(model, p), at_the_start(model, p), enter)
    found = {}
    for state, there in last.after.items():
        everyone = np.zeros(sizes(model, draws)) + sum(there.values())
        found[state] = xr.DataArray(everyone, dims=("sample", *model.lanes), coords=model.lanes)
    return found

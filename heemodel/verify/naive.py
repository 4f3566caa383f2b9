"""A second cohort engine, written differently and slowly: the one that the compiled kernel must agree with."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.cohort import CohortModel
from heemodel.cohort.payoffs import On, Value
from heemodel.cohort.structure import Parameters

Move = tuple[str, str]
Path = list[NDArray[np.float64]]
Flows = list[dict[Move, float]]


def naive_run(model: CohortModel, draws: xr.Dataset) -> xr.Dataset:
    """`cost` (summed over components) and `qaly` of each sample and strategy, by a plain loop over matrices.

    Within-cycle corrections and discount timings are written out one count at a time, as their definitions read.
    """
    p, time = Parameters(draws), model.time
    moves, payoffs = model.transitions(p, time), model.payoffs(p, time)
    samples = draws.sizes.get("sample", 1)
    cost = np.zeros((samples, len(model.strategies)))
    qaly = np.zeros_like(cost)
    for i in range(samples):
        for k, strategy in enumerate(model.strategies):
            path, flows = _walk(
                model, {move: _series(model, value, strategy, i) for move, value in moves.items()}, strategy, i
            )
            for paid in payoffs.cost.values():
                cost[i, k] += _total(model, _priced(model, paid, strategy, i), path, flows, model.discount.cost)
            qaly[i, k] = _total(model, _priced(model, payoffs.qaly, strategy, i), path, flows, model.discount.qaly)
    dims = ("sample", "strategy")
    return xr.Dataset({"cost": (dims, cost), "qaly": (dims, qaly)}, coords={"strategy": model.strategies})


def _series(model: CohortModel, value: Value, strategy: str, sample: int) -> list[float]:
    """One number for each cycle out of a labelled array."""
    if not isinstance(value, xr.DataArray):
        return [float(value)] * model.cycles
    if "strategy" in value.dims:
        value = value.sel(strategy=strategy)
    if "sample" in value.dims:
        value = value.isel(sample=sample)
    numbers = value.to_numpy().tolist()
    return numbers if "cycle" in value.dims else [numbers] * model.cycles


def _priced(model: CohortModel, paid: Mapping[On, Value], strategy: str, sample: int) -> dict[On, list[float]]:
    return {on: _series(model, value, strategy, sample) for on, value in paid.items()}


def _walk(model: CohortModel, moves: Mapping[Move, list[float]], strategy: str, sample: int) -> tuple[Path, Flows]:
    """Occupancy at each time point, and the flow along each move in each cycle."""
    index = {state: s for s, state in enumerate(model.states)}
    path = [np.array([_series(model, model.start.get(state, 0.0), strategy, sample)[0] for state in model.states])]
    flows: Flows = []
    for j in range(model.cycles):
        matrix = np.zeros((len(index), len(index)))
        for (source, target), probability in moves.items():
            matrix[index[source], index[target]] = probability[j]
        np.fill_diagonal(matrix, 1 - matrix.sum(axis=1))
        flows.append({(a, b): float(path[-1][index[a]] * matrix[index[a], index[b]]) for a, b in moves})
        path.append(path[-1] @ matrix)
    return path, flows


def _total(model: CohortModel, paid: Mapping[On, list[float]], path: Path, flows: Flows, rate: float) -> float:
    """Discounted sum of one set of payoffs."""
    index = {state: s for s, state in enumerate(model.states)}
    c, total = model.time.cycle_years, 0.0
    for on, worth in paid.items():
        if on[0] == "start":
            total += worth[0] * float(path[0][index[on[1]]])
            continue
        for j in range(model.cycles):
            begin, end = _moments(model.discount.timing, j, c)
            if isinstance(on, tuple):
                total += worth[j] * flows[j][on] / (1 + rate) ** end
                continue
            first, last = _shares(model.correction, j)
            before, after = float(path[j][index[on]]), float(path[j + 1][index[on]])
            total += worth[j] * c * (first * before / (1 + rate) ** begin + last * after / (1 + rate) ** end)
    return total


def _moments(timing: str, j: int, c: float) -> tuple[float, float]:
    """When the counts at a cycle's start and end are discounted, in years."""
    if timing == "count":
        return j * c, (j + 1) * c
    both = {"start": j * c, "mid": (j + 0.5) * c, "year": float(int(j * c + 1e-9))}[timing]
    return both, both


def _shares(correction: str, j: int) -> tuple[float, float]:
    """How much of the counts at a cycle's start and end is taken."""
    simpson = (1 / 3, 2 / 3) if j % 2 == 0 else (2 / 3, 1 / 3)
    return {"life-table": (0.5, 0.5), "start": (1.0, 0.0), "end": (0.0, 1.0), "simpson": simpson}[correction]

"""A model's functions evaluated on a block of draws, checked, and laid out for the kernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.cohort import kernel
from heemodel.cohort.errors import MissingParameterError, ModelError
from heemodel.cohort.packing import Array, Buffer, Place, Shape, check_finite, check_probabilities
from heemodel.cohort.payoffs import START, On, Payoffs, Value
from heemodel.cohort.timing import Weights, weights
from heemodel.errors import nearest

if TYPE_CHECKING:
    from heemodel.cohort.model import CohortModel

Row = tuple[str, str | None]
"""An outcome and its label: ("cost", "stroke unit"), ("years_in_state", "home"), ("qaly", None)."""

OUTCOMES = ("cost", "qaly", "life_years", "years_in_state")
"""Outcomes that every model has."""

COST, QALY, UNDISCOUNTED = 0, 1, 2
"""Streams: which of the weights an outcome is added up with."""


class Parameters:
    """The draws as attributes, for a model's functions: `p.incidence` is the DataArray of that name."""

    def __init__(self, draws: xr.Dataset) -> None:
        self._draws = draws
        self.read: set[str] = set()
        """Names that have been asked for."""

    def __getattr__(self, name: str) -> xr.DataArray:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._draws:
            names = [str(known) for known in self._draws.data_vars]
            raise MissingParameterError(
                f"the model asks for parameter {name!r}, which is not in the inputs; {nearest(name, names)}"
            )
        self.read.add(name)
        return self._draws[name].reset_coords(drop=True)


@dataclass(frozen=True)
class Program:
    """Everything the kernel reads, and what the rows of its totals mean."""

    shape: Shape
    rows: list[Row]
    buffer: Array
    start_at: NDArray[np.int64]
    edge_at: NDArray[np.int64]
    edge_ends: NDArray[np.int64]
    payoff_at: NDArray[np.int64]
    payoff_on: NDArray[np.int64]
    streams: tuple[Weights, ...]

    def run(self, *, trace: bool) -> tuple[Array, Array]:
        """Totals (row, strategy, sample) and, if asked for, occupancy (strategy, cycle + 1, state, sample)."""
        strategies, states = len(self.shape.strategies), len(self.start_at)
        totals = np.empty((len(self.rows), strategies, self.shape.samples))
        points = self.shape.cycles + 1 if trace else 0
        occupancy = np.empty((strategies, points, states, self.shape.samples))
        kernel.run(
            self.buffer,
            self.start_at,
            self.edge_at,
            self.edge_ends,
            self.payoff_at,
            self.payoff_on,
            np.stack([stream.before for stream in self.streams]),
            np.stack([stream.after for stream in self.streams]),
            np.stack([stream.moves for stream in self.streams]),
            totals,
            occupancy,
        )
        return totals, occupancy


def assemble(model: CohortModel, draws: xr.Dataset, shape: Shape) -> Program:
    """Evaluate transitions and payoffs once for a block of draws, check every value, and lay them out."""
    p, time, buffer = Parameters(draws), model.time, Buffer()
    edges = _edges(model, model.transitions(p, time), shape)
    check_probabilities(edges, shape)
    payoffs = model.payoffs(p, time)
    if not isinstance(payoffs, Payoffs):
        raise ModelError(f"the payoffs function returns a {type(payoffs).__name__}; it must return hm.Payoffs")
    rows: list[Row] = []
    payoff_at: list[Place] = []
    payoff_on: list[tuple[int, int, int, int]] = []
    for row, stream, on, value in _paid(model, payoffs):
        if row not in rows:
            rows.append(row)
        what = f"the {' '.join(part for part in row if part)} payoff of {on!r}"
        array = shape.fit(value, what)
        check_finite(array, shape, what)
        kind, place = _place(model, on, list(edges), what)
        payoff_at.append(buffer.add(array))
        payoff_on.append((kind, place, rows.index(row), stream))
    c, correction, timing = time.cycle_years, model.correction, model.discount.timing
    rates = (model.discount.cost, model.discount.qaly, 0.0)
    return Program(
        shape=shape,
        rows=rows,
        edge_at=_table([buffer.add(array) for array in edges.values()]),
        edge_ends=_table([(model.states.index(a), model.states.index(b)) for a, b in edges], width=2),
        start_at=_table([buffer.add(array) for array in _start(model, shape)]),
        payoff_at=_table(payoff_at),
        payoff_on=_table(payoff_on),
        buffer=buffer.flat(),
        streams=tuple(weights(correction, model.cycles, c, rate=rate, timing=timing) for rate in rates),
    )


def _table(places: Sequence[tuple[int, ...]], *, width: int = 4) -> NDArray[np.int64]:
    return np.array(places, dtype=np.int64).reshape(len(places), width)


def _edges(model: CohortModel, moves: Mapping[tuple[str, str], Value], shape: Shape) -> dict[tuple[str, str], Array]:
    """Each move's probabilities as an array (strategy, cycle, sample)."""
    if not isinstance(moves, Mapping):
        raise ModelError(f"the transitions function returns a {type(moves).__name__}; it must return a dict of moves")
    edges = {}
    for move, value in moves.items():
        if not (isinstance(move, tuple) and len(move) == 2):
            raise ModelError(f"a move is written (from, to); the transitions function returns {move!r}")
        for state in move:
            model.check_state(state, f"the move {move!r}")
        if move[0] == move[1]:
            raise ModelError(f"the move {move!r} stays where it is; leave it out: what is left over stays put")
        edges[move] = shape.fit(value, f"the probability of {move[0]!r} → {move[1]!r}")
    return edges


def _start(model: CohortModel, shape: Shape) -> list[Array]:
    """The share that starts in each state; refuses shares outside [0, 1] or that do not add up to 1."""
    arrays = []
    for state in model.states:
        what = f"the share that starts in {state!r}"
        array = shape.fit(model.start.get(state, 0.0), what, cycle=False)
        check_finite(array, shape, what)
        if (array < 0).any():
            raise ModelError(f"{what} is {shape.where(array, array < 0)}; it must be 0 or more")
        arrays.append(array)
    total: Array = sum(arrays, start=np.zeros((1, 1, 1)))
    if (off := np.abs(total - 1) > 1e-9).any():
        raise ModelError(f"the shares at the start add up to {shape.where(total, off)}; they must add up to 1")
    return arrays


def _paid(model: CohortModel, payoffs: Payoffs) -> Iterator[tuple[Row, int, On, Value]]:
    """Every payoff: the row it is added to, its stream, what it is paid for, and its value."""
    for component, paid in payoffs.cost.items():
        for on, value in paid.items():
            yield ("cost", component), COST, on, value
    for on, value in payoffs.qaly.items():
        yield ("qaly", None), QALY, on, value
    for name, paid in payoffs.effects.items():
        if name in OUTCOMES:
            raise ModelError(f"an effect may not be called {name!r}: the model has an outcome of that name; rename it")
        for on, value in paid.items():
            yield (name, None), UNDISCOUNTED, on, value
    for state in model.states:
        yield ("years_in_state", state), UNDISCOUNTED, state, 1.0
        if state != model.dead:
            yield ("life_years", None), UNDISCOUNTED, state, 1.0


def _place(model: CohortModel, on: On, edges: list[tuple[str, str]], what: str) -> tuple[int, int]:
    """The kernel's kind of payoff, and the index of the state or edge."""
    if isinstance(on, str):
        model.check_state(on, what)
        return kernel.STATE, model.states.index(on)
    if on[0] == START:
        model.check_state(on[1], what)
        return kernel.START, model.states.index(on[1])
    if on not in edges:
        raise ModelError(f"{what}: the model has no such move; it has {', '.join(map(str, edges))}")
    return kernel.MOVE, edges.index(on)

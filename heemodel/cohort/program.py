"""A block of draws written down for the kernel, run, and priced."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heemodel.cohort import kernel
from heemodel.cohort.errors import ModelError
from heemodel.cohort.layout import Array, Fitted
from heemodel.cohort.payoffs import START
from heemodel.cohort.structure import Payment, Row, Structure, is_start
from heemodel.cohort.tape import Tape
from heemodel.cohort.timing import Weights, weights

if TYPE_CHECKING:
    from heemodel.cohort.model import CohortModel

Move = tuple[str, str]

PARTS, MOST_BLOCKS = 4, 32
"""Parts for each processor, and the most blocks in a part, so that progress is told and an interruption heard."""


@dataclass(frozen=True)
class Price:
    """What is added to a row of a lane's outcomes: `value` (1 where it is None) × the sum of some totals."""

    row: int
    lane: int
    value: Fitted | None
    totals: list[int]


class Program:
    """The instructions for one block of draws, and how the kernel's totals become outcomes.

    Totals are, for each stream of weights, the weighted occupancy of every cell, from which payoffs that do not depend
    on time are priced afterwards; and those that the kernel adds up itself.
    """

    def __init__(self, said: Structure) -> None:
        self.said, self.layout, self.model = said, said.layout, said.model
        self.lanes = self.layout.lanes
        self.tape = Tape()
        self.tunnels = {state: said.tunnel(state) for state in self.model.states}
        starts = accumulate(self.tunnels.values(), initial=0)
        self.offsets: dict[str, int] = dict(zip(self.tunnels, starts, strict=False))
        self.per_lane = sum(self.tunnels.values())
        self.streams, self.stream_of = _streams(self.model)
        self.rows: list[Row] = list(dict.fromkeys(payment.row for payment in said.payments))
        self.prices: list[Price] = []
        self.counted = len(self.streams) * self.per_lane * len(self.lanes)
        self.start = [self._starts(lane, state, tau) for lane in self.lanes for state, tau in self._cells()]
        for k in range(len(self.lanes)):
            self._write_intake(k)
            self._write_moves(k)
        self.tape.act(kernel.STAY)
        for k in range(len(self.lanes)):
            self._write_states(k)

    @property
    def bulky(self) -> bool:
        """Whether it holds a number for every cycle and sample."""
        return self.tape.bulky

    @cached_property
    def states_of_cells(self) -> NDArray[np.int64]:
        """The state that each cell of a lane belongs to."""
        return np.array([self.model.states.index(state) for state, _ in self._cells()])

    def _cells(self) -> list[tuple[str, int]]:
        """State and time in it of each cell of a lane."""
        return [(state, tau) for state, length in self.tunnels.items() for tau in range(length)]

    def _cell(self, lane: int, state: str, time_in_state: int = 0) -> int:
        return lane * self.per_lane + self.offsets[state] + time_in_state

    def _value(self, fitted: Fitted, lane: int, time_in_state: int = 0) -> int:
        return self.tape.value(fitted.data, fitted.index(self.lanes[lane], time_in_state))

    def _starts(self, lane: dict[str, str], state: str, time_in_state: int) -> int:
        """The leaf of the share that starts in a cell."""
        share = self.said.start[state] if time_in_state == 0 else self.layout.fit(0.0, "nobody")
        return self.tape.leaf(share.data, share.index(lane))

    def _total(self) -> int:
        """A new total that the kernel adds up."""
        self.counted += 1
        return self.counted - 1

    def _write_intake(self, lane: int) -> None:
        """Those who enter at the start of a cycle, and what is paid once for each."""
        for state, people in self.said.intake.items():
            self.tape.act(kernel.ENTER, 0, self._cell(lane, state), 0, self._value(people, lane))
            for payment in self.said.payments:
                if payment.on == (START, state):
                    total = self._total()
                    self.prices.append(Price(self.rows.index(payment.row), lane, None, [total]))
                    stream = self.stream_of[payment.discounting]
                    worth = self.tape.operation("multiply", self._value(people, lane), self._value(payment.value, lane))
                    self.tape.act(kernel.COUNT_ENTRY, total, stream, 0, worth)

    def _write_moves(self, lane: int) -> None:
        """Every move, and what is paid for those who make it."""
        for move, probability in self.said.edges.items():
            counts: dict[int | Payment, tuple[int, int, Fitted | None]] = {}  # total, stream, value
            for payment in self.said.payments:
                if payment.on != move:
                    continue
                stream, timed = self.stream_of[payment.discounting], payment.value.timed
                key: int | Payment = payment if timed else stream
                if key not in counts:
                    counts[key] = (self._total(), stream, payment.value if timed else None)
                price = None if timed else payment.value
                self.prices.append(Price(self.rows.index(payment.row), lane, price, [counts[key][0]]))
            for tau in range(self.tunnels[move[0]]):
                source, target = self._cell(lane, move[0], tau), self._cell(lane, move[1])
                chance = self._value(probability, lane, tau)
                self.tape.act(kernel.MOVE, 0, source, target, chance)
                for total, stream, value in counts.values():
                    worth = chance
                    if value is not None:
                        worth = self.tape.operation("multiply", chance, self._value(value, lane, tau))
                    self.tape.act(kernel.COUNT, total, stream, source, worth)

    def _write_states(self, lane: int) -> None:
        """What is paid for being in a state: after the run where it does not depend on time, else in every cycle."""
        for payment in self.said.payments:
            if not isinstance(payment.on, str):
                continue
            row, stream = self.rows.index(payment.row), self.stream_of[payment.discounting]
            cells = [(tau, self._cell(lane, payment.on, tau)) for tau in range(self.tunnels[payment.on])]
            if not payment.value.timed:
                first = stream * self.per_lane * len(self.lanes)
                self.prices.append(Price(row, lane, payment.value, [first + cell for _, cell in cells]))
                continue
            total = self._total()
            self.prices.append(Price(row, lane, None, [total]))
            for tau, cell in cells:
                self.tape.act(kernel.PAY, total, cell, stream, self._value(payment.value, lane, tau))

    def run(self, *, trace: bool = False, progress: Callable[[int], object] = lambda _: None) -> tuple[Array, Array]:
        """Outcomes (row, lane, sample) and, if asked for, occupancy (lane, cycle + 1, state, sample).

        Raises
        ------
        ModelError
            naming the place of a probability or payoff that is impossible
        """
        samples, cells = self.layout.samples, len(self.start)
        totals = np.empty((self.counted, samples))
        occupancy = np.empty((self.layout.cycles + 1, cells, samples) if trace else (0, 0, 0))
        before, during, registers = self.tape.instructions()
        memory, leaf_at = self.tape.memory()
        fixed: tuple[Any, ...] = (
            memory,
            leaf_at,
            before,
            during,
            registers,
            np.array(self.start),
            self._onward(),
            *self._weights(),
        )

        run: Callable[..., int] = kernel.run

        def task(part: range) -> int:
            found = run(*fixed, part.start, part.stop, totals, occupancy)
            progress(len(part))
            return found

        wrong = [first for first in _in_threads(task, _parts(samples)) if first >= 0]
        if wrong:
            self.said.explain(wrong[0], kernel.BLOCK)
            first = (self.layout.first_sample or 0) + wrong[0]
            raise ModelError(
                f"a total overflows, or a probability is impossible by rounding alone, in samples {first} to "
                f"{first + kernel.BLOCK - 1}; look there for very large payoffs, or moves that add up to 1"
            )
        return self._priced(totals), self._by_state(occupancy)

    def _onward(self) -> NDArray[np.int64]:
        """Where those go who stay: to the next cell of a tunnel, or where they are."""
        steps = [int(tau + 1 < self.tunnels[state]) for state, tau in self._cells()] * len(self.lanes)
        return np.array([cell + step for cell, step in enumerate(steps)])

    def _weights(self) -> tuple[Array, ...]:
        """Weights (stream, cycle) of moves, entries, and of occupancy at a cycle's start and end."""
        names = ("moves", "entries", "before", "after")
        return tuple(np.stack([getattr(stream, name) for stream in self.streams]) for name in names)

    def _priced(self, totals: Array) -> Array:
        """Outcomes (row, lane, sample) from the kernel's totals; refuses one that is too large to be a number."""
        with np.errstate(over="ignore", invalid="ignore"):
            outcomes = self._sums(totals)
        if (bad := ~np.isfinite(outcomes)).any():
            row, lane, sample = np.argwhere(bad)[0]
            where = ", ".join(f"{dim} {name!r}" for dim, name in self.lanes[lane].items())
            first = self.layout.first_sample
            where += "" if first is None else f", sample {first + sample}"
            what = " ".join(part for part in self.rows[row] if part)
            raise ModelError(
                f"the {what} of a whole run is {outcomes[row, lane, sample]} ({where}); look for a huge payoff"
            )
        return outcomes

    def _sums(self, totals: Array) -> Array:
        """Every total times what it is worth, by row, lane and sample."""
        outcomes = np.zeros((len(self.rows), len(self.lanes), self.layout.samples))
        for price in self.prices:
            amount = totals[price.totals[0]] if len(price.totals) == 1 else totals[price.totals].sum(axis=0)
            worth = 1.0 if price.value is None else price.value.by_sample(self.lanes[price.lane])
            outcomes[price.row, price.lane] += worth * amount
        for payment in self.said.payments:
            if is_start(payment.on):
                for k, lane in enumerate(self.lanes):
                    share = self.said.start[payment.on[1]].by_sample(lane)
                    outcomes[self.rows.index(payment.row), k] += payment.value.at_start(lane) * share
        return outcomes

    def _by_state(self, occupancy: Array) -> Array:
        """Cells added up over the states that they belong to."""
        points, lanes, samples = len(occupancy), len(self.lanes), occupancy.shape[2]
        states = np.zeros((lanes, points, len(self.model.states), samples))
        split = occupancy.reshape(points, lanes, -1, samples) if points else occupancy
        for cell, state in enumerate(self.states_of_cells if points else ()):
            states[:, :, state] += split[:, :, cell].transpose(1, 0, 2)
        return states


def _streams(model: CohortModel) -> tuple[list[Weights], list[int]]:
    """The different weights that outcomes are added up with, and which of them costs, QALYs and counts take."""
    streams: list[Weights] = []
    places = []
    for rate in (model.discount.cost, model.discount.qaly, 0.0):
        made = weights(model.correction, model.cycles, model.time.cycle_years, rate=rate, timing=model.discount.timing)
        same = [k for k, other in enumerate(streams) if all(map(np.array_equal, made, other))]
        places.append(same[0] if same else len(streams))
        streams += [] if same else [made]
    return streams, places


def _parts(samples: int) -> list[range]:
    """Samples in parts of whole blocks, several for each processor so that none waits long for another."""
    step = kernel.BLOCK * max(1, min(MOST_BLOCKS, samples // (kernel.BLOCK * PARTS * _processors())))
    return [range(first, min(first + step, samples)) for first in range(0, samples, step)]


def _in_threads(task: Callable[[range], int], parts: list[range]) -> list[int]:
    """Every part, spread over the processors; an interruption stops after the parts in hand."""
    if len(parts) == 1:
        return [task(parts[0])]
    pool = ThreadPoolExecutor(min(len(parts), _processors()))
    try:
        return list(pool.map(task, parts))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _processors() -> int:
    """Processors that this process may use."""
    count: int | None = getattr(os, "process_cpu_count", os.cpu_count)()  # the former from Python 3.13 on
    return count or 1

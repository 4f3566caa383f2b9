"""A block of draws written down for the kernel, run, and priced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, batched

import numpy as np
from numpy.typing import NDArray

from heemodel.structures.cohort.block import Block, Row, is_start
from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.engine.schedule import Action, Value
from heemodel.structures.cohort.engine.tape import Tape
from heemodel.structures.cohort.engine.workspace import borrowed, lined_up
from heemodel.structures.cohort.weights import KINDS
from heemodel.structures.errors import ModelError
from heemodel.structures.layout import Array, Fitted
from heemodel.structures.payoffs import START
from heemodel.structures.threads import in_threads, parts

Move = tuple[str, str]


@dataclass(frozen=True)
class Price:
    """What is added to a row of a lane's outcomes: `value` (1 where it is None) × the sum of some totals."""

    row: int
    lane: int
    value: Fitted | None
    totals: list[int]


class Program:
    """The instructions for one block of draws, and how what the kernel stores becomes outcomes.

    A cell is a state, or one cycle of the time in it, in a lane. The people of each cell have two places: for those
    there now, and for those there next; which is which changes with every cycle. Totals are, for each stream of
    weights, the weighted occupancy of every cell, from which payoffs that do not depend on time are priced afterwards;
    and what is added up for moves, entries and payoffs that do.
    """

    def __init__(self, said: Block, *, trace: bool = False) -> None:
        self.said, self.layout, self.model, self.trace = said, said.layout, said.model, trace
        self.lanes = self.layout.lanes
        self.tape = Tape()
        self.tunnels = {state: said.tunnel(state) for state in self.model.states}
        starts = accumulate(self.tunnels.values(), initial=0)
        self.offsets: dict[str, int] = dict(zip(self.tunnels, starts, strict=False))
        self.per_lane = sum(self.tunnels.values())
        self.cells = self.per_lane * len(self.lanes)
        self.now = [self.tape.place() for _ in range(self.cells)]
        self.next = [self.tape.place() for _ in range(self.cells)]
        self.zero, self.one = self.tape.number(0.0), self.tape.number(1.0)
        self.nothing = self.tape.leaf(np.array(0.0), ())
        by_kind, self.stream_of = self.model.streams
        self.streams, self.weights = by_kind.shape[1], by_kind.reshape(-1, self.layout.cycles + 1)
        self.rows: list[Row] = list(dict.fromkeys(payment.row for payment in said.payments))
        self.row_of = {row: k for k, row in enumerate(self.rows)}
        self.prices: list[Price] = []
        self.totals: list[Value] = []
        self._write()

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

    def _value(self, fitted: Fitted, lane: int, time_in_state: int = 0) -> Value:
        return self.tape.value(fitted.data, fitted.index(self.lanes[lane], time_in_state))

    def _total(self) -> int:
        """A new total, 0 at the start."""
        self.totals.append(self.tape.place())
        self.tape.before.append(Action(kernel.LOAD, self.nothing, self.totals[-1]))
        return len(self.totals) - 1

    def _count(self, total: int, weight: str, stream: int, people: Value, worth: Value) -> None:
        """Add people times what each is worth to a total, in every cycle."""
        number = KINDS.index(weight) * self.streams + stream
        self.tape.during.append(Action(kernel.COUNT, number, self.totals[total], (people, worth)))

    def _write(self) -> None:
        """Everything that the kernel does."""
        lanes = range(len(self.lanes))
        for lane in lanes:
            self._write_start(lane)
        self._write_occupancy()
        self.tape.after += self.tape.during
        for lane in lanes:
            self._write_intake(lane)
        if self.trace:
            kept = [Action(kernel.STORE, cell, None, (here,)) for cell, here in enumerate(self.now)]
            self.tape.during += kept
            self.tape.after += kept
        for lane in lanes:
            self._write_moves(lane)
        for lane in lanes:
            self._write_states(lane)
        first = self.cells if self.trace else 0
        self.tape.after += [Action(kernel.STORE, first + k, None, (total,)) for k, total in enumerate(self.totals)]

    def _write_start(self, lane: int) -> None:
        """Those who start in each cell."""
        for state, tau in self._cells():
            share = self.said.start[state]
            leaf = self.nothing if tau else self.tape.leaf(share.data, share.index(self.lanes[lane]))
            self.tape.before.append(Action(kernel.LOAD, leaf, self.now[self._cell(lane, state, tau)]))

    def _write_occupancy(self) -> None:
        """The first totals: for each stream, and in it each cell, the weighted occupancy at the time points."""
        points = [[self._total() for _ in self.now] for _ in range(self.streams)]
        for stream in range(0, self.streams - 1, 2):
            for here, one, other in zip(self.now, points[stream], points[stream + 1], strict=True):
                both = (here, self.totals[other])
                self.tape.during.append(Action(kernel.COUNT_TWICE, stream, self.totals[one], both))
        if self.streams % 2:
            for here, one in zip(self.now, points[-1], strict=True):
                self._count(one, "points", self.streams - 1, here, self.one)

    def _write_intake(self, lane: int) -> None:
        """Those who enter at the start of a cycle, and what is paid once for each.

        They were not there at the end of the cycle before, when the occupancy was counted.
        """
        for state, people in self.said.intake.items():
            cell, entering = self._cell(lane, state), self._value(people, lane)
            here = self.now[cell]
            self.tape.during.append(Action(kernel.ADD, 0, here, (here, entering)))
            for stream in range(self.streams):
                self._count(stream * self.cells + cell, "before", stream, entering, self.one)
            for payment in self.said.payments:
                if payment.on == (START, state):
                    total = self._total()
                    self.prices.append(Price(self.row_of[payment.row], lane, None, [total]))
                    worth = self._value(payment.value, lane)
                    self._count(total, "entries", self.stream_of[payment.discounting], entering, worth)

    def _write_moves(self, lane: int) -> None:
        """Who is where next: what flows into each cell, and those who stay or grow older in it."""
        inflows: dict[int, list[tuple[Value, Value]]] = {self._cell(lane, *cell): [] for cell in self._cells()}
        for state, tau in self._cells():
            cell = self._cell(lane, state, tau)
            rest = self.one
            leaving = [
                (to, self._value(p, lane, tau)) for (source, to), p in self.said.edges.items() if source == state
            ]
            for some in batched(leaving, 3):
                shares = [share for _, share in some]
                rest = self.tape.operation("rest", rest, *shares, *[self.zero] * (3 - len(shares)))
            for target, share in leaving:
                inflows[self._cell(lane, target)].append((self.now[cell], share))
            older = cell + int(tau + 1 < self.tunnels[state])
            inflows[older].insert(0, (self.now[cell], rest))
        nobody = (self.zero, self.zero)
        for cell, flows in inflows.items():
            for k in range(0, max(1, len(flows)), 2):
                one, other = (*flows[k : k + 2], nobody, nobody)[:2]
                code = kernel.MOVE_MORE if k else kernel.MOVE
                self.tape.during.append(Action(code, 0, self.next[cell], (*one, *other)))
        for move, probability in self.said.edges.items():
            self._write_payoffs_of_move(lane, move, probability)

    def _write_payoffs_of_move(self, lane: int, move: Move, probability: Fitted) -> None:
        """What is paid for those who make a move; priced after the run where it does not depend on time."""
        counts: dict[int, int] = {}  # the total of each stream
        for payment in self.said.payments:
            if payment.on != move:
                continue
            row, stream = self.row_of[payment.row], self.stream_of[payment.discounting]
            timed = payment.value.timed
            new = timed or stream not in counts
            total = self._total() if new else counts[stream]
            if not timed:
                counts[stream] = total
            self.prices.append(Price(row, lane, None if timed else payment.value, [total]))
            for tau in range(self.tunnels[move[0]] if new else 0):
                worth = self._value(probability, lane, tau)
                if timed:
                    worth = self.tape.operation("multiply", worth, self._value(payment.value, lane, tau))
                self._count(total, "moves", stream, self.now[self._cell(lane, move[0], tau)], worth)

    def _write_states(self, lane: int) -> None:
        """What is paid for being in a state: after the run where it does not depend on time, else in every cycle."""
        for payment in self.said.payments:
            if not isinstance(payment.on, str):
                continue
            row, stream = self.row_of[payment.row], self.stream_of[payment.discounting]
            cells = [(tau, self._cell(lane, payment.on, tau)) for tau in range(self.tunnels[payment.on])]
            if not payment.value.timed:
                totals = [stream * self.cells + cell for _, cell in cells]
                self.prices.append(Price(row, lane, payment.value, totals))
                continue
            total = self._total()
            self.prices.append(Price(row, lane, None, [total]))
            for tau, cell in cells:
                worth = self._value(payment.value, lane, tau)
                self._count(total, "before", stream, self.now[cell], worth)
                self._count(total, "after", stream, self.next[cell], worth)

    def _swapped(self, lines: NDArray[np.int64]) -> NDArray[np.int64]:
        """Instructions for the cycles in which people are where they will be next in the others."""
        swapped, registers = lines.copy(), lines[:, 2:]
        now = (registers >= kernel.SCRATCH) & (registers < kernel.SCRATCH + self.cells)
        after = (registers >= kernel.SCRATCH + self.cells) & (registers < kernel.SCRATCH + 2 * self.cells)
        swapped[:, 2:] += self.cells * (now.astype(int) - after)
        return swapped

    def run(self, *, progress: Callable[[int], object] = lambda _: None) -> tuple[Array, Array]:
        """Outcomes (row, lane, sample) and, if asked for, occupancy (lane, cycle + 1, state, sample).

        Raises
        ------
        ModelError
            naming the place of a probability or payoff that is impossible
        """
        traced = self.cells if self.trace else 0
        points, samples = self.layout.cycles + 1, self.layout.samples
        with borrowed(self.tape.size + (traced * points + len(self.totals)) * samples) as room:
            memory, stored = room[: self.tape.size], room[self.tape.size :]
            self._execute(memory, stored, traced, progress)
            occupancy = stored[: traced * points * samples].reshape(points, traced, samples)
            totals = stored[traced * points * samples :].reshape(-1, samples)
            return self._priced(totals), self._by_state(occupancy)

    def _execute(self, memory: Array, stored: Array, traced: int, progress: Callable[[int], object]) -> None:
        """Let the kernel carry out the instructions: first in `stored` are traced cells, by time point, then totals."""
        samples, points = self.layout.samples, self.layout.cycles + 1
        before, during, after, registers = self.tape.instructions()
        leaf_at = self.tape.fill(memory)
        store_at = [(cell * samples, traced * samples) for cell in range(traced)]
        store_at += [((traced * points + total) * samples, 0) for total in range(len(self.totals))]
        after = after if self.layout.cycles % 2 == 0 else self._swapped(after)
        swapped = np.stack([during, self._swapped(during)])
        fixed = (memory, leaf_at, stored, np.array(store_at), self.weights, before, swapped, after)

        def task(part: range) -> int:
            x = lined_up(registers, kernel.BLOCK)
            found = kernel.run(*fixed, x, x.view(np.int64), part.start, part.stop)
            progress(len(part))
            return found

        wrong = [first for first in in_threads(task, parts(samples, kernel.BLOCK, points * len(during))) if first >= 0]
        if wrong:
            self.said.explain(min(wrong), kernel.BLOCK)
            first = (self.layout.first_sample or 0) + min(wrong)
            raise ModelError(
                f"a total overflows, or a probability is impossible by rounding alone, in samples {first} to "
                f"{first + kernel.BLOCK - 1}; look there for very large payoffs, or moves that add up to 1"
            )

    def _priced(self, totals: Array) -> Array:
        """Outcomes (row, lane, sample) from the kernel's totals; refuses one that is too large to be a number."""
        with np.errstate(over="ignore", invalid="ignore"):
            outcomes = self._sums(totals)
        if not np.isfinite(outcomes.sum()) and (bad := ~np.isfinite(outcomes)).any():
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
                    outcomes[self.row_of[payment.row], k] += payment.value.at_start(lane) * share
        return outcomes

    def _by_state(self, occupancy: Array) -> Array:
        """Cells added up over the states that they belong to."""
        if not self.trace:
            return occupancy
        points, _, samples = occupancy.shape
        states = np.zeros((len(self.lanes), points, len(self.model.states), samples))
        split = occupancy.reshape(points, len(self.lanes), -1, samples)
        for cell, state in enumerate(self.states_of_cells):
            states[:, :, state] += split[:, :, cell].transpose(1, 0, 2)
        return states

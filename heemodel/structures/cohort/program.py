"""A block of draws written down for the kernel, run, and priced."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import batched

import numpy as np
from numpy.typing import NDArray

from heemodel.structures.cohort.block import Block, Payment, is_start
from heemodel.structures.cohort.cells import Cell, Cells
from heemodel.structures.cohort.counts import Counted, Counts, Part, Price, Tally
from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.engine.schedule import Action, Value
from heemodel.structures.cohort.engine.tape import Tape
from heemodel.structures.cohort.engine.terms import Separation
from heemodel.structures.cohort.engine.workspace import borrowed, lined_up
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.errors import ModelError
from heemodel.structures.layout import Array, Fitted
from heemodel.structures.outcomes import Row
from heemodel.structures.payoffs import PRESENT, START
from heemodel.threads import in_threads, parts

Move = tuple[str, str]


class ImpossibleError(ModelError):
    """Something that the kernel met and cannot name: a probability that is none, or a number too large."""


@dataclass(frozen=True)
class Wanted:
    """What a run keeps beside its outcomes.

    `trace`: occupancy at every time point; `final`: at the last one; `years`: the year, counted from 0, of each cycle,
    for outcomes by year.
    """

    trace: bool = False
    final: bool = False
    years: NDArray[np.int64] | None = None

    @property
    def number_of_years(self) -> int:
        """Years by which outcomes are told apart, 1 if they are not."""
        return 1 if self.years is None else int(self.years[-1]) + 1

    def year_that_ends(self, cycles: int) -> NDArray[np.int64]:
        """For each time point the year that ends there, or −1; shape (cycle + 1,)."""
        ends = np.full(cycles + 1, -1, dtype=np.int64)
        if self.years is not None:
            changes = np.flatnonzero(np.diff(self.years)) + 1
            ends[changes], ends[cycles] = self.years[changes - 1], self.years[-1]
        return ends


class Program:
    """The instructions for one block of draws, and how what the kernel stores becomes outcomes.

    The people of each cell have two places: for those there now, and for those there next; which is which changes with
    every cycle. Totals are the weighted occupancy of every cell, with all weights that are needed, from which payoffs
    are priced afterwards; and what is added up for moves, entries and payoffs that cannot be.
    """

    def __init__(self, model: Specification, block: Block, wanted: Wanted) -> None:
        self.block, self.layout, self.wanted, self.states = block, block.layout, wanted, model.states
        self.payments = [] if wanted.trace or wanted.final else block.payments
        self.lanes = self.layout.lanes
        self.tape = Tape(self.layout.cycles)
        self.separation = Separation(self.tape)
        self.cells = Cells(model, block)
        self.per_lane = len(self.cells.all)
        self.number = self.per_lane * len(self.lanes)
        self.now = [self.tape.place() for _ in range(self.number)]
        self.next = [self.tape.place() for _ in range(self.number)]
        self.zero, self.one = self.tape.number(0.0), self.tape.number(1.0)
        self.nothing = self.tape.leaf(np.array(0.0), ())
        by_kind, self.stream_of, self.at_start = model.streams
        self.counts = Counts(by_kind)
        self.rows: list[Row] = list(dict.fromkeys(payment.row for payment in self.payments))
        self.row_of = {row: k for k, row in enumerate(self.rows)}
        self.prices: list[Price] = []
        self.totals: list[Value] = []
        self.factors: dict[Value, int] = {}
        self._tallies: dict[Tally, int] = {}
        self._write()

    @property
    def numbers_per_sample(self) -> float:
        """Numbers that it holds in memory for each sample."""
        kept = self._kept * (self.layout.cycles + 1 if self.wanted.trace else 1)
        stored = kept + (len(self.totals) + len(self.rows) * len(self.lanes)) * self.wanted.number_of_years
        return stored + len(self.factors) + self.tape.size / self.layout.samples

    @property
    def _kept(self) -> int:
        """Cells whose occupancy is kept."""
        return self.number if self.wanted.trace or self.wanted.final else 0

    def _places(self, lane: int, state: str) -> list[tuple[int, Cell]]:
        """The cells of a state in a lane, with their places among all."""
        return [(lane * self.per_lane + place, cell) for place, cell in self.cells.of[state]]

    def _place(self, lane: int, cell: Cell) -> int:
        return lane * self.per_lane + self.cells.place[cell]

    def _value(self, fitted: Fitted, lane: int, cell: Cell) -> Value:
        return self.tape.value(fitted.data, fitted.index(self.lanes[lane], cell.spent))

    def _total(self) -> int:
        """A new total, 0 at the start."""
        self.totals.append(self.tape.place())
        self.tape.before.append(Action(kernel.LOAD, self.nothing, self.totals[-1]))
        return len(self.totals) - 1

    def _count(self, total: int, weight: str, stream: int, people: Value, worth: Value) -> None:
        """Add people times what each is worth to a total, in every cycle."""
        row = self.counts.row(weight, stream)
        self.tape.during.append(Action(kernel.COUNT, row, self.totals[total], (people, worth)))

    def _write(self) -> None:
        """Everything that the kernel does."""
        lanes = range(len(self.lanes))
        for lane in lanes:
            self._write_start(lane)
        new = [(lane, payment) for lane in lanes for payment in self.payments if isinstance(payment.on, str)]
        in_states = [part for lane, payment in new for part in self._parts(lane, payment)]
        self._price(in_states)
        self._write_points("points" if self.wanted.years is None else "ends")
        at_year_ends = len(self.tape.during)
        self.tape.after += self.tape.during
        if self.wanted.years is not None:
            self._write_points("before")
        for lane in lanes:
            self._write_intake(lane)
        kept = [Action(kernel.STORE, place, None, (here,)) for place, here in enumerate(self.now)]
        self.tape.during += kept if self.wanted.trace else []
        for lane in lanes:
            self._write_moves(lane)
        for part in in_states:
            self._write_by_cycle(part)
        for lane in lanes:
            self._write_present(lane)
        stored = [Action(kernel.STORE, self._kept + k, None, (total,)) for k, total in enumerate(self.totals)]
        if self.wanted.years is not None:
            stored = [Action(kernel.FLUSH, self._kept + k, total, ()) for k, total in enumerate(self.totals)]
            self.tape.during[at_year_ends:at_year_ends] = stored
        first = self._kept + len(self.totals)
        factors = [Action(kernel.STORE, first + k, None, (factor,)) for factor, k in self.factors.items()]
        self.tape.after += [*(kept if self._kept else []), *stored, *factors]

    def _write_start(self, lane: int) -> None:
        """Those who start in each cell."""
        for place, cell in enumerate(self.cells.all):
            here = lane * self.per_lane + place
            share = self.block.start[cell.state]
            begins = cell == self.cells.entered(cell.state)
            leaf = self.tape.leaf(share.values(), share.index(self.lanes[lane])) if begins else self.nothing
            self.tape.before.append(Action(kernel.LOAD, leaf, self.now[here]))

    def _parts(self, lane: int, payment: Payment) -> list[Part]:
        """What is paid for being in a state, part by part, each of which is worth one thing.

        What does not depend on time is priced after the run, and so are the parts of a sum of few products of numbers
        by cycle and something else: the numbers become weights. All else is worth something new in every cycle.
        """
        stream, cells = self.stream_of[payment.discounting], self._places(lane, str(payment.on))
        if not payment.value.timed:
            return [Part(payment, lane, None, [(place, (stream, self.separation.always)) for place, _ in cells])]
        parts: dict[tuple[Value, bool], Part] = {}
        for place, cell in cells:
            worth = self._value(payment.value, lane, cell)
            terms = self.separation.terms(worth)
            for numbers, factor in {b"": worth}.items() if terms is None else terms.items():
                part = parts.setdefault((factor, terms is None), Part(payment, lane, factor, []))
                part.tallies.append((place, (stream, numbers)))
        return [*parts.values()]

    def _price(self, in_states: list[Part]) -> None:
        """Totals of the people in each cell, and what the parts make of them."""
        counted: list[list[Counted]] = [[] for _ in self.now]
        for place, how in dict.fromkeys(tally for part in in_states for tally in part.tallies if tally[1][1]):
            counted[place].append(how)
        self._counted = [tuple(each) for each in counted]
        self._tallies = {(place, how): self._total() for place, each in enumerate(counted) for how in each}
        for part in in_states:
            if part.by_cycle:
                continue
            value, worth = part.payment.value if part.worth is None else None, part.worth
            factor = None if worth in (None, self.one) else self.factors.setdefault(worth, len(self.factors))
            totals = [self._tallies[tally] for tally in part.tallies]
            self.prices.append(Price(self.row_of[part.payment.row], part.lane, value, totals, factor))

    def _write_points(self, kind: str) -> None:
        """Count everyone, in everything that they are counted with."""
        for place, here in enumerate(self.now):
            self._count_all(kind, place, here)

    def _count_all(self, kind: str, place: int, people: Value) -> None:
        """Count people with all that those of a cell are counted with."""
        if counted := self._counted[place]:
            first = self.totals[self._tallies[place, counted[0]]]
            row = self.counts.rows(kind, counted)
            self.tape.during.append(Action(kernel.COUNT_ALL, row, first, (people,), len(counted)))

    def _write_intake(self, lane: int) -> None:
        """Those who enter at the start of a cycle, and what is paid once for each.

        They were not there at the end of the cycle before, when the occupancy was counted.
        """
        for state, people in self.block.intake.items():
            cell = self.cells.entered(state)
            place, entering = self._place(lane, cell), self._value(people, lane, cell)
            here = self.now[place]
            self.tape.during.append(Action(kernel.ADD, 0, here, (here, entering)))
            self._count_all("before", place, entering)
            for payment in self.payments:
                if payment.on == (START, state):
                    self._write_once(lane, payment, [(entering, cell)])

    def _write_once(self, lane: int, payment: Payment, paid_for: list[tuple[Value, Cell]]) -> None:
        """What is paid once at the start of a cycle."""
        total = self._total()
        self.prices.append(Price(self.row_of[payment.row], lane, None, [total]))
        for people, cell in paid_for:
            stream = self.stream_of[payment.discounting]
            self._count(total, "entries", stream, people, self._value(payment.value, lane, cell))

    def _write_moves(self, lane: int) -> None:
        """Who is where next: what flows into each cell, and those who stay or grow older in it."""
        inflows: dict[int, list[tuple[Value, Value]]] = {self._place(lane, cell): [] for cell in self.cells.all}
        for cell in self.cells.all:
            here = self.now[self._place(lane, cell)]
            rest = self.one
            leaving = [
                (move, self._value(p, lane, cell)) for move, p in self.block.edges.items() if move[0] == cell.state
            ]
            for some in batched(leaving, 3):
                shares = [share for _, share in some]
                rest = self.tape.operation("rest", rest, *shares, *[self.zero] * (3 - len(shares)))
            for move, share in leaving:
                inflows[self._place(lane, self.cells.after(cell, move))].append((here, share))
            inflows[self._place(lane, self.cells.older(cell))].insert(0, (here, rest))
        for place, flows in inflows.items():
            self._write_inflows(self.next[place], flows or [(self.zero, self.zero)])
        for move, probability in self.block.edges.items():
            self._write_payoffs_of_move(lane, move, probability)

    def _write_inflows(self, out: Value, flows: list[tuple[Value, Value]]) -> None:
        """Those who are in a cell next: the sum of products of people and shares."""
        first, more = (kernel.MULTIPLY, kernel.MOVE, kernel.MOVE_THREE), (kernel.MOVE_MORE, kernel.MOVE_TWO_MORE)
        parts = [(first, flows[:3]), *((more, [*some]) for some in batched(flows[3:], 2))]
        for codes, some in parts:
            operands = tuple(value for flow in some for value in flow)
            self.tape.during.append(Action(codes[len(some) - 1], 0, out, operands))

    def _write_payoffs_of_move(self, lane: int, move: Move, probability: Fitted) -> None:
        """What is paid for those who make a move; priced after the run where it does not depend on time."""
        counts: dict[int, int] = {}  # the total of each stream
        for payment in self.payments:
            if payment.on != move:
                continue
            row, stream = self.row_of[payment.row], self.stream_of[payment.discounting]
            timed = payment.value.timed
            new = timed or stream not in counts
            total = self._total() if new else counts[stream]
            if not timed:
                counts[stream] = total
            self.prices.append(Price(row, lane, None if timed else payment.value, [total]))
            for place, cell in self._places(lane, move[0]) if new else []:
                worth = self._value(probability, lane, cell)
                if timed:
                    worth = self.tape.operation("multiply", worth, self._value(payment.value, lane, cell))
                self._count(total, "moves", stream, self.now[place], worth)

    def _write_by_cycle(self, part: Part) -> None:
        """What is worth something new in every cycle."""
        if not part.by_cycle or part.worth is None:
            return
        stream, total = self.stream_of[part.payment.discounting], self._total()
        self.prices.append(Price(self.row_of[part.payment.row], part.lane, None, [total]))
        for place, _ in part.tallies:
            self._count(total, "before", stream, self.now[place], part.worth)
            self._count(total, "after", stream, self.next[place], part.worth)

    def _write_present(self, lane: int) -> None:
        """What is paid for being in a state when a cycle starts."""
        for payment in self.payments:
            if isinstance(payment.on, tuple) and payment.on[0] == PRESENT:
                there = self._places(lane, payment.on[1])
                self._write_once(lane, payment, [(self.now[place], cell) for place, cell in there])

    def _swapped(self, lines: NDArray[np.int64]) -> NDArray[np.int64]:
        """Instructions for the cycles in which people are where they will be next in the others."""
        swapped, registers = lines.copy(), lines[:, 3:]
        now = (registers >= kernel.FIRST) & (registers < kernel.FIRST + self.number)
        after = (registers >= kernel.FIRST + self.number) & (registers < kernel.FIRST + 2 * self.number)
        swapped[:, 3:] += self.number * (now.astype(int) - after)
        return swapped

    def run(self, *, progress: Callable[[int], object] = lambda _: None) -> tuple[Array, Array]:
        """Outcomes (row, lane, year, sample), and occupancy (lane, time point, state, sample) where it is kept.

        Raises
        ------
        ImpossibleError
            for a probability or a total that is none
        ModelError
            naming the outcome that is too large to be a number
        """
        points = self.layout.cycles + 1 if self.wanted.trace else 1
        years, samples = self.wanted.number_of_years, self.layout.samples
        split = self._kept * points * samples
        end = split + len(self.totals) * years * samples
        size = end + len(self.factors) * samples
        with borrowed(self.tape.size + (0 if self._kept else size)) as room:
            memory, stored = room[: self.tape.size], np.empty(size) if self._kept else room[self.tape.size :]
            self._execute(memory, stored, split, progress)
            occupancy = stored[:split].reshape(points, self._kept, samples)
            totals = stored[split:end].reshape(len(self.totals), years, samples)
            factors = stored[end:].reshape(len(self.factors), samples)
            return self._priced(totals, factors), self._by_state(occupancy)

    def _execute(self, memory: Array, stored: Array, split: int, progress: Callable[[int], object]) -> None:
        """Let the kernel carry out the instructions: in `stored` are occupancy by time point, totals and factors."""
        samples, cycles, years = self.layout.samples, self.layout.cycles, self.wanted.number_of_years
        before, during, after, registers = self.tape.instructions()
        leaf_at, rows = self.tape.fill(memory)
        store_at = [(cell * samples, self._kept * samples if self.wanted.trace else 0) for cell in range(self._kept)]
        store_at += [
            (split + total * years * samples, 0 if self.wanted.years is None else samples)
            for total in range(len(self.totals))
        ]
        end = split + len(self.totals) * years * samples
        store_at += [(end + factor * samples, 0) for factor in range(len(self.factors))]
        after = after if cycles % 2 == 0 else self._swapped(after)
        swapped = np.stack([during, self._swapped(during)])
        periods = self.wanted.year_that_ends(cycles)
        store_places = np.array(store_at, dtype=np.int64).reshape(len(store_at), 2)
        fixed = (memory, leaf_at, rows, stored, store_places, periods, self.counts.weights, before, swapped, after)

        def task(part: range) -> int:
            x = lined_up(registers, kernel.BLOCK)
            first_wrong = kernel.run(*fixed, x, part.start, part.stop)
            progress(len(part))
            return first_wrong

        size = (cycles + 1) * len(during)
        wrong = [first for first in in_threads(task, parts(samples, kernel.BLOCK, size)) if first >= 0]
        if wrong:
            first = (self.layout.first_sample or 0) + min(wrong)
            raise ImpossibleError(
                f"a total overflows, or a probability is impossible by rounding alone, in samples {first} to "
                f"{first + kernel.BLOCK - 1}; look there for very large payoffs, or moves that add up to 1"
            )

    def _priced(self, totals: Array, factors: Array) -> Array:
        """Outcomes (row, lane, year, sample) from the kernel's totals; refuses one that is too large to be a number."""
        with np.errstate(over="ignore", invalid="ignore"):
            outcomes = self._sums(totals, factors)
        if not np.isfinite(outcomes.sum()) and (bad := ~np.isfinite(outcomes)).any():
            row, lane, year, sample = np.argwhere(bad)[0]
            where = ", ".join(f"{dim} {name!r}" for dim, name in self.lanes[lane].items())
            first = self.layout.first_sample
            where += "" if first is None else f", sample {first + sample}"
            what = " ".join(part for part in self.rows[row] if part)
            raise ModelError(
                f"the {what} of a whole run is {outcomes[row, lane, year, sample]} ({where}); look for a huge payoff"
            )
        return outcomes

    def _sums(self, totals: Array, factors: Array) -> Array:
        """Every total times what it is worth, by row, lane, year and sample."""
        outcomes = np.zeros((len(self.rows), len(self.lanes), *totals.shape[1:]))
        for price in self.prices:
            amount = totals[price.totals[0]] if len(price.totals) == 1 else totals[price.totals].sum(axis=0)
            if price.value is not None:
                amount = price.value.by_sample(self.lanes[price.lane]) * amount
            elif price.factor is not None:
                amount = factors[price.factor] * amount
            outcomes[price.row, price.lane] += amount
        for payment in self.payments:
            if is_start(payment.on):
                once = self.at_start[self.stream_of[payment.discounting]]
                for k, lane in enumerate(self.lanes):
                    share = self.block.start[payment.on[1]].by_sample(lane)
                    outcomes[self.row_of[payment.row], k, 0] += once * (payment.value.at_start(lane) * share)
        return outcomes

    def _by_state(self, occupancy: Array) -> Array:
        """Cells added up over the states that they belong to; where each is a state, they are left where they lie."""
        points, kept, samples = occupancy.shape
        if not kept or [cell.state for cell in self.cells.all] == self.states:
            return occupancy.reshape(points, -1 if kept else 0, len(self.states), samples).transpose(1, 0, 2, 3)
        states = np.zeros((len(self.lanes), points, len(self.states), samples))
        split = occupancy.reshape(points, len(self.lanes), -1, samples)
        for place, cell in enumerate(self.cells.all):
            states[:, :, self.states.index(cell.state)] += split[:, :, place].transpose(1, 0, 2)
        return states

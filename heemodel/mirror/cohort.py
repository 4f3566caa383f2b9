"""A cohort model as columns of numbers: probabilities, who is where, what is paid for it, and its totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import xarray as xr

from heemodel.mirror.arrays import Recording
from heemodel.mirror.content import EVERYONE, MOVES, PAYOFFS, PROBABILITY, TRACE, Column, Content, Lane, Sheet
from heemodel.mirror.errors import MirrorError
from heemodel.mirror.reading import Reader
from heemodel.mirror.timing import Factors, factors_of
from heemodel.mirror.values import elements_of
from heemodel.structures import CohortModel
from heemodel.structures.cohort.block import UNDISCOUNTED, Block, Payment, is_start, read_block
from heemodel.structures.layout import STAY, Fitted, Layout
from heemodel.structures.payoffs import PRESENT, START

Move = tuple[str, str]
Clocks = tuple[int, ...]
"""Cycles on each clock: those spent in the state, then those of the model's clocks; -1 where one stands."""
Spell = tuple[str, Clocks]
COUNTED = ("years_in_state", "life_years")
MOST_SPELLS = 2_000
"""Times in states that are told apart. Each is a column, beside those of its moves, of 16,384 that a sheet has."""


def cohort_content(
    model: CohortModel, draws: xr.Dataset, reader: Reader, group: str | None, rates: Mapping[str, Any]
) -> Content:
    """The columns of a cohort model, for each strategy; `rates` are the discount rates as numbers.

    Raises
    ------
    MirrorError
        for what cannot be written as a formula, and for clocks that need too many columns
    """
    recorded = reader.cohort(model)
    names = {name: tuple(labels) for name, labels in model.lanes.items()}
    layout = Layout(names, model.cycles, 1, None, None, tuple(model.clocks))
    with reader.naming():
        block = read_block(recorded, draws, layout, wrap=reader.parameter)
    content = Content()
    factors = factors_of(model, reader, rates)
    content.add(*factors.columns)
    for strategy in model.strategies:
        labels = {"strategy": strategy} | ({"group": group} if group is not None else {})
        _Cohort(model, reader.recording, block, Lane(strategy, labels), factors).write(content)
    return content


class _Cohort:
    """One cohort on its way through the cycles."""

    def __init__(self, model: CohortModel, recording: Recording, block: Block, lane: Lane, factors: Factors) -> None:
        self.model, self.recording, self.block, self.lane, self.factors = model, recording, block, lane, factors
        self.clocks = (STAY, *model.clocks)
        self.spans = {state: block.spans(state) for state in model.states}
        self.make = recording.make
        self.series: dict[tuple[int, Clocks], list[Any]] = {}
        self.held: dict[int, Fitted] = {}

    def write(self, content: Content) -> None:
        """The cohort's columns and totals."""
        self._follow()
        content.add(*self._moves(), *self._trace())
        payoffs = [*self._payoffs(content)]
        content.add(*self._counted(), *payoffs)

    # ---------------------------------------------------------------- who is where

    def _follow(self) -> None:
        """Who is where at each time point, and who moves in each cycle."""
        entered = {state: self.by_cycle(people, None) for state, people in self.block.intake.items()}
        self.entered = {state: people for state, people in entered.items() if any(self._is_there(x) for x in people)}
        self.people: list[dict[Spell, Any]] = []
        self.present: list[dict[Spell, Any]] = []
        self.flows: list[dict[tuple[Spell, str], Any]] = []
        self.chances: dict[tuple[Spell, str], list[Any]] = {}
        self.stays: dict[Spell, list[Any]] = {}
        now = {
            (state, self._enter(state)): self._held(self.at(people, 0, None))
            for state, people in self.block.start.items()
        }
        self.begun = dict(now)
        self.seen = set(now)
        for cycle in range(self.model.cycles):
            self.people.append(now)
            present = dict(now)
            for state, people in self.entered.items():
                spell = (state, self._enter(state))
                present[spell] = self.make("add", present.get(spell, 0.0), people[cycle])
            self.present.append(present)
            now = self._moved(cycle, present)
            self.seen |= now.keys()
            if len(self.seen) > MOST_SPELLS:
                raise MirrorError(
                    f"the model's clocks tell more than {MOST_SPELLS:,} times in its states apart, and each would be a "
                    "column; give time.clock(…, most=…) a last value, or take a shorter horizon"
                )
        self.people.append(now)

    def _held(self, value: Any) -> Any:
        """A share at the start, as a number of its own even where it is fixed."""
        return (
            value
            if self._is_there(value) and not isinstance(value, (int, float))
            else self.recording.leaf(float(value), varies=False)
        )

    @staticmethod
    def _is_there(value: Any) -> bool:
        return not isinstance(value, (int, float)) or value != 0

    def _moved(self, cycle: int, present: Mapping[Spell, Any]) -> dict[Spell, Any]:
        """Who is where after a cycle."""
        arriving: dict[Spell, list[Any]] = {(state, clocks): [] for state, clocks in present}
        flows: dict[tuple[Spell, str], Any] = {}
        for (state, clocks), people in present.items():
            leaving = [move for move in self.block.edges if move[0] == state]
            stay: Any = self.make("subtract", 1.0, self._together(state, clocks, cycle)) if leaving else 1.0
            if leaving:
                self._note(self.stays, (state, clocks), cycle, stay)
            for move in leaving:
                chance = self.chance(move, clocks)[cycle]
                self._note(self.chances, ((state, clocks), move[1]), cycle, chance)
                flow = self.make("multiply", people, chance)
                flows[(state, clocks), move[1]] = flow
                arriving.setdefault((move[1], self._enter(move[1], clocks, state)), []).append(flow)
            arriving.setdefault((state, self._stay(state, clocks)), []).append(self.make("multiply", people, stay))
        self.flows.append(flows)
        return {spell: self.recording.total(parts) for spell, parts in arriving.items() if parts}

    def _note(self, notes: dict[Any, list[Any]], key: Any, cycle: int, value: Any) -> None:
        notes.setdefault(key, [None] * self.model.cycles)[cycle] = value

    def _together(self, state: str, clocks: Clocks, cycle: int) -> Any:
        """The probability of leaving a state at all."""
        moves = [move for move in self.block.edges if move[0] == state]
        return self.recording.total([self.chance(move, clocks)[cycle] for move in moves])

    def _enter(self, state: str, before: Clocks | None = None, source: str = "") -> Clocks:
        """The clocks on entering a state: those that run in both states go on."""
        clocks = [0]
        for place, over in enumerate(self.model.clocks.values(), 1):
            ran = before is not None and source in over
            goes_on = before[place] + 1 if ran and before is not None else 0
            clocks.append(goes_on if state in over else -1)
        return self._capped(state, tuple(clocks))

    def _stay(self, state: str, clocks: Clocks) -> Clocks:
        return self._capped(state, tuple(time + 1 if time >= 0 else time for time in clocks))

    def _capped(self, state: str, clocks: Clocks) -> Clocks:
        """No clock goes further than anything changes, in the state or in those that it runs on to."""
        caps = [self.spans[state].get(STAY, 1) - 1]
        for clock, over in self.model.clocks.items():
            caps.append(max(self.spans[other].get(clock, 1) for other in over) - 1)
        return tuple(min(time, cap) for time, cap in zip(clocks, caps, strict=True))

    # ---------------------------------------------------------------- values

    def chance(self, move: Move, clocks: Clocks) -> list[Any]:
        """The probability of a move in each cycle."""
        return self.by_cycle(self.block.edges[move], clocks)

    def by_cycle(self, fitted: Fitted, clocks: Clocks | None) -> list[Any]:
        """The numbers of a value in each cycle, at times on the clocks."""
        key = (id(fitted), clocks or ())
        if key not in self.series:
            self.held[id(fitted)] = fitted  # so that nothing else takes its place in memory
            spent = dict(zip(self.clocks, clocks, strict=True)) if clocks else {}
            spent = {clock: max(0, time) for clock, time in spent.items()}
            self.series[key] = elements_of(fitted, self.lane.labels, spent, self.model.cycles)
        return self.series[key]

    def at(self, fitted: Fitted, cycle: int, clocks: Clocks | None) -> Any:
        """The number of a value in one cycle."""
        return self.by_cycle(fitted, clocks)[cycle]

    # ---------------------------------------------------------------- columns

    def spell(self, spell: Spell) -> str:
        """A state, and the time on its clocks where several are told apart."""
        state, clocks = spell
        told = [
            f"{clock.replace('_', ' ')} {time}{'+' if time == self.spans[state].get(clock, 1) - 1 else ''}"
            for clock, time in zip(self.clocks, clocks, strict=True)
            if time >= 0 and self.spans[state].get(clock, 1) > 1
        ]
        return ", ".join([state, *told])

    def spells(self) -> list[Spell]:
        """All spells that are ever reached, by state."""
        known = dict.fromkeys(spell for people in self.people for spell in people)
        return sorted(known, key=lambda spell: (self.model.states.index(spell[0]), spell[1]))

    def _moves(self) -> Iterator[Column]:
        sheet = Sheet(MOVES, self.lane.strategy)
        for spell in self.spells():
            for target in self.model.states:
                if (spell, target) in self.chances:
                    heading = f"{self.spell(spell)} → {target}"
                    numbers = self.chances[spell, target]
                    block, called = f"{PROBABILITY} of each move in a cycle", f"P({heading})"
                    yield Column(sheet, block, heading, numbers, style="probability", called=called)
        for spell in self.spells():
            if spell in self.stays:
                heading = self.spell(spell)
                called = f"P({heading} → {heading})"
                numbers = self.stays[spell]
                yield Column(sheet, f"{PROBABILITY} of staying", heading, numbers, style="probability", called=called)

    def _trace(self) -> Iterator[Column]:
        sheet = Sheet(TRACE, self.lane.strategy)
        everyone = [self.recording.total(list(people.values())) for people in self.people]
        for spell in self.spells():
            numbers = [people.get(spell) for people in self.people]
            yield Column(sheet, "People in each state at the time point", self.spell(spell), numbers, style="people")
        heading = f"{EVERYONE}, with those who entered" if self.entered else EVERYONE
        yield Column(sheet, "Check", heading, everyone, style="people")
        for state, entering in self.entered.items():
            yield Column(sheet, "People who enter at the start of the cycle", state, entering, style="people")
        for spell in self.spells() if self.entered else []:
            numbers = [present.get(spell) for present in self.present]
            yield Column(sheet, "People at the start of the cycle, with those", self.spell(spell), numbers)
        for key in self.chances:
            (spell, target) = key
            numbers = [flows.get(key) for flows in self.flows]
            heading = f"{self.spell(spell)} → {target}"
            called = f"those who go {heading}"
            yield Column(sheet, "People who move in the cycle", heading, numbers, style="people", called=called)

    # ---------------------------------------------------------------- payoffs

    def _payoffs(self, content: Content) -> Iterator[Column]:
        """A column for each payoff; totals by outcome."""
        sheet = Sheet(PAYOFFS, self.lane.strategy)
        self.years: dict[tuple[str, int, Clocks | None], list[Any]] = {}
        parts: dict[Any, list[Any]] = {}
        for payment in self.block.payments:
            numbers = self._paid(payment)
            if payment.row[0] in COUNTED:  # the years themselves, which have columns of their own
                parts.setdefault(payment.row, []).append(self.recording.total(numbers))
                continue
            total = self.recording.total([number for number in numbers if number is not None])
            parts.setdefault(payment.row, []).append(total)
            outcome, label = payment.row
            style = "money" if outcome == "cost" else "number"
            yield Column(
                sheet,
                f"Cost: {label}" if outcome == "cost" else _in_words(outcome),
                _on(payment),
                numbers,
                total=total,
                style=style,
            )
        for row, totals in parts.items():
            content.totals[row, self.lane.strategy] = self.recording.total(totals)

    def _paid(self, payment: Payment) -> list[Any]:
        """What one payoff amounts to in each cycle."""
        if is_start(payment.on):
            return self._paid_at_start(payment)
        if isinstance(payment.on, tuple) and payment.on[0] != PRESENT:
            return self._paid_for_moves(payment)
        return self._paid_in_state(payment)

    def _paid_at_start(self, payment: Payment) -> list[Any]:
        """For beginning in a state: at the very start, and for those who enter."""
        state, spell = payment.on[1], (payment.on[1], self._enter(payment.on[1]))
        numbers: list[Any] = [None] * self.model.cycles
        worth = self.by_cycle(payment.value, None)
        factor = self.factors.at_start[payment.discounting]
        first = self.make("multiply", self.make("multiply", worth[0], self.begun[spell]), factor)
        numbers[0] = first
        for cycle, people in enumerate(self.entered.get(state, [])):
            begin = self.factors.begin[payment.discounting][cycle]
            paid = self.make("multiply", self.make("multiply", worth[cycle], people), begin)
            numbers[cycle] = paid if numbers[cycle] is None else self.make("add", numbers[cycle], paid)
        return numbers

    def _paid_for_moves(self, payment: Payment) -> list[Any]:
        """For a move, counted in full in the cycle in which it is made."""
        move, numbers = (payment.on[0], payment.on[1]), []
        for cycle, flows in enumerate(self.flows):
            end = self.factors.end[payment.discounting][cycle]
            parts = [
                self.make("multiply", self.at(payment.value, cycle, spell[1]), flow)
                for (spell, to), flow in flows.items()
                if (spell[0], to) == move
            ]
            numbers.append(self.make("multiply", self.recording.total(parts), end))
        return numbers

    def _paid_in_state(self, payment: Payment) -> list[Any]:
        """For time in a state, or for being there at the start of a cycle."""
        on = payment.on
        state, count = (on[1], self._present) if isinstance(on, tuple) else (on, self._time)
        if not payment.value.clocks:
            worth, time = self.by_cycle(payment.value, None), count(state, payment.discounting, None)
            return [self.make("multiply", w, t) for w, t in zip(worth, time, strict=True)]
        spells = [spell for spell in self.spells() if spell[0] == state]
        by_spell = [
            [self.make("multiply", w, t) for w, t in zip(self.by_cycle(payment.value, clocks), time, strict=True)]
            for _, clocks in spells
            for time in [count(state, payment.discounting, clocks)]
        ]
        return [self.recording.total(list(parts)) for parts in zip(*by_spell, strict=True)]

    def _in(self, people: Mapping[Spell, Any], state: str, clocks: Clocks | None) -> Any:
        """Those in a state, at some times on the clocks or at any."""
        return self.recording.total(
            [n for spell, n in people.items() if spell[0] == state and clocks in (None, spell[1])]
        )

    def _present(self, state: str, discounting: int, clocks: Clocks | None) -> list[Any]:
        """Those in a state at the start of each cycle, discounted."""
        begin = self.factors.begin[discounting]
        return [
            self.make("multiply", self._in(people, state, clocks), factor)
            for people, factor in zip(self.present, begin, strict=True)
        ]

    def _time(self, state: str, discounting: int, clocks: Clocks | None) -> list[Any]:
        """Years in a state in each cycle, with the within-cycle correction, discounted."""
        key = (state, discounting, clocks)
        if key not in self.years:
            self.years[key] = [self._years(state, discounting, clocks, cycle) for cycle in range(self.model.cycles)]
        return self.years[key]

    def _years(self, state: str, discounting: int, clocks: Clocks | None, cycle: int) -> Any:
        at, make = self.factors, self.make
        before, after = (self._in(people, state, clocks) for people in (self.present[cycle], self.people[cycle + 1]))
        begin = make("multiply", make("multiply", at.share_before[cycle], before), at.begin[discounting][cycle])
        end = make("multiply", make("multiply", at.share_after[cycle], after), at.end[discounting][cycle])
        return make("multiply", at.lengths[cycle], make("add", begin, end))

    def _counted(self) -> Iterator[Column]:
        """Years in each state, by how they are discounted."""
        sheet = Sheet(PAYOFFS, self.lane.strategy)
        what = (
            "Years in the state, discounted as costs",
            "Years in the state, discounted as QALYs",
            "Years in the state",
        )
        for (state, discounting, clocks), numbers in sorted(self.years.items(), key=lambda item: item[0][1]):
            heading = state if clocks is None else self.spell((state, clocks))
            counted = discounting == UNDISCOUNTED and clocks is None
            total = self.recording.total(numbers) if counted else None
            yield Column(sheet, what[discounting], heading, numbers, total=total, called=f"years in {heading}")


def _on(payment: Payment) -> str:
    """What a payoff is for, in words."""
    if isinstance(payment.on, str):
        return payment.on
    first, second = payment.on
    if first == START:
        return f"beginning in {second}"
    return f"each cycle in {second}, at its start" if first == PRESENT else f"{first} → {second}"


def _in_words(outcome: str) -> str:
    return {"qaly": "QALYs", "life_years": "Life-years", "years_in_state": "Years in each state"}.get(
        outcome, outcome.replace("_", " ")
    )

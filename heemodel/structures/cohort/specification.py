"""What a cohort model is: its states, strategies, timing and functions, checked for being sound."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.errors import nearest
from heemodel.parameters import LifeTable, life_table
from heemodel.structures.calls import check_takes
from heemodel.structures.cohort.engine.functions import by_cycle
from heemodel.structures.cohort.weights import Correction, Streams, shares, streams
from heemodel.structures.cycles import Cycles, years
from heemodel.structures.discounting import Discount
from heemodel.structures.draws import Parameters
from heemodel.structures.errors import ModelError
from heemodel.structures.layout import LANES, STAY
from heemodel.structures.payoffs import ANY, PRESENT, START, Payoffs, Value
from heemodel.structures.time import Time

type Moves = Mapping[Any, Any] | xr.DataArray | pd.DataFrame
"""Moves with their probabilities, or a matrix or table of them; see `CohortModel`."""
type People = Mapping[str, Value] | xr.DataArray | Callable[[Parameters], Mapping[str, Value] | xr.DataArray]
"""How many are in each state."""


def _is_number(value: object) -> bool:
    """Whether it is one finite number, of Python's or numpy's."""
    return not isinstance(value, bool) and isinstance(value, Real) and math.isfinite(value)


COUNTED = {
    "life-table": "half-cycle (life-table) correction",
    "start": "people counted at the start of each",
    "end": "people counted at the end of each",
    "simpson": "people counted by Simpson's rule",
}
"""Corrections in words."""


@dataclass(frozen=True, kw_only=True)
class Specification:
    """The attributes of `CohortModel`, which documents them."""

    states: list[str]
    strategies: list[str]
    start: People
    cycle_length: str | Mapping[str, str]
    horizon: str
    discount: Discount
    transitions: Callable[[Parameters, Time], Moves] | Moves
    payoffs: Callable[[Parameters, Time], Payoffs]
    correction: Correction = "life-table"
    start_age: float | Mapping[str, float] | None = None
    start_year: float | None = None
    life_table: Any = None
    dead: str | Sequence[str] | None = "dead"
    groups: Sequence[str] = ()
    intake: People = field(default_factory=dict)
    start_in: str = "shares"
    clocks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    begins: str | None = None
    cycles: int = field(init=False)

    def __post_init__(self) -> None:
        self._check_durations()
        self._check_types()
        for names, what in ((self.states, "states"), (self.strategies, "strategies"), (self.groups, "groups")):
            if isinstance(names, str) or not isinstance(names, Sequence):
                raise ModelError(f"{what} are {names!r}; give a list of names")
            if len(set(names)) != len(names) or not (names or what == "groups"):
                raise ModelError(f"{what} must be different names, at least one; found {names}")
            if odd := [name for name in names if not isinstance(name, str)]:
                raise ModelError(f"{what} hold {odd[0]!r}; names are text, such as {str(odd[0])!r}")
        for name in (START, ANY, PRESENT):
            if name in self.states:
                raise ModelError(f"a state may not be called {name!r}: in payoffs that name has a meaning; rename it")
        object.__setattr__(self, "cycles", self.timing.number)
        shares(self.correction, self.timing)
        for people, what in ((self.start, "the start"), (self.intake, "the intake")):
            if isinstance(people, Mapping):
                self._check_fixed(people, what)
        self._check_dead()
        self._check_clocks()
        _ = self.mortality

    def _check_durations(self) -> None:
        """Refuse durations that are not text with a unit."""
        given = self.cycle_length
        several = list(given.items()) if isinstance(given, Mapping) else []
        if isinstance(given, Mapping) and not several:
            raise ModelError(
                'cycle_length is an empty dict; give, for example, {"1 month": "2 years", "1 year": "rest"}'
            )
        lengths = [part for pair in several for part in pair] if several else [given]
        for duration in (*lengths, self.horizon, *([] if self.begins is None else [self.begins])):
            if not isinstance(duration, str):
                raise ModelError(f'a duration is {duration!r}; write it with its unit, as in "1 year"')
        if self.begins is not None:
            years(self.begins)

    def _check_types(self) -> None:
        """Refuse what is of another kind than it should be."""
        people = 'the share in each state, as in {"well": 1.0}, or a function (p) that gives it'
        expected: tuple[tuple[object, str, Any, str], ...] = (
            (self.start, "start", (Mapping, xr.DataArray, Callable), people),
            (self.intake, "intake", (Mapping, xr.DataArray, Callable), "the people who enter each state, as a dict"),
            (self.discount, "discount", Discount, 'hm.Discount(cost=0.035, qaly=0.035, timing="count")'),
            (self.clocks, "clocks", Mapping, 'the states that each runs over, as in {"years_sick": ["S1", "S2"]}'),
        )
        for given, what, kind, cure in expected:
            if not isinstance(given, kind):
                raise ModelError(f"CohortModel({what}=…) is a {type(given).__name__}; give {cure}")
        if self.start_in not in ("shares", "people"):
            raise ModelError(f'CohortModel(start_in=…) is {self.start_in!r}; write "shares" or "people"')
        for what, value in (("start_year", self.start_year),):
            if value is not None and not _is_number(value):
                raise ModelError(f"CohortModel({what}=…) is {value!r}; give a calendar year, such as 2024")
        self._check_functions()
        self._check_ages()

    def _check_functions(self) -> None:
        """Refuse what is no function of the parameters, and time."""
        if not callable(self.payoffs):
            raise ModelError(f"CohortModel(payoffs=…) is a {type(self.payoffs).__name__}; give a function (p, time)")
        check_takes(self.payoffs, "CohortModel(payoffs=…)", "p", "time")
        if callable(self.transitions):
            check_takes(self.transitions, "CohortModel(transitions=…)", "p", "time")
        for people_of, what in ((self.start, "start"), (self.intake, "intake")):
            if callable(people_of):
                check_takes(people_of, f"CohortModel({what}=…)", "p")
        moves = self.transitions
        if not (
            callable(moves) or isinstance(moves, (xr.DataArray, pd.DataFrame)) or (isinstance(moves, Mapping) and moves)
        ):
            raise ModelError(
                f"CohortModel(transitions=…) is of type {type(moves).__name__}; give a function (p, time), or a matrix "
                "with the names of the states, as in pd.DataFrame(matrix, index=states, columns=states)"
            )

    def _check_ages(self) -> None:
        ages = self.start_age if isinstance(self.start_age, Mapping) else {"": self.start_age}
        for age in ages.values():
            if age is not None and not (_is_number(age) and age >= 0):
                raise ModelError(f"CohortModel(start_age=…) is {age!r}; give an age in years")
        if isinstance(self.start_age, Mapping) and set(ages) != set(self.groups):
            raise ModelError(
                f"start_age is of groups {', '.join(map(repr, ages))}; give an age for each of the model's groups: "
                f"{', '.join(map(repr, self.groups)) or 'it has none'}"
            )

    def _check_fixed(self, people: Mapping[str, Value], what: str) -> None:
        """Refuse people in unknown states, and draws that would stay the same whatever the model is run with."""
        for state, value in people.items():
            self.check_state(state, what)
            if isinstance(value, xr.DataArray) and "sample" in value.dims:
                word = what.removeprefix("the ")
                raise ModelError(
                    f"{what} in {state!r} has dimension sample, fixed before the model is run with other draws; give a "
                    f"function of the parameters, as in {word}=lambda p: {{{state!r}: p.share}}"
                )

    def _check_dead(self) -> None:
        if not (self.dead is None or isinstance(self.dead, (str, Sequence, set, frozenset))):
            raise ModelError(f"CohortModel(dead=…) is {self.dead!r}; give the name of a state, several names, or None")
        if isinstance(self.dead, str) and self.dead == "dead" and "dead" not in self.states:
            raise ModelError(
                f"no state is called 'dead' among {', '.join(map(repr, self.states))}; say in which nobody lives: "
                f"dead={self.states[-1]!r}, dead=[…] for several, or dead=None if people live in all"
            )
        for state in self.dead_states:
            self.check_state(state, "CohortModel(dead=…)")

    def _check_clocks(self) -> None:
        taken = {*LANES, "sample", "cycle", STAY, "state", "component", "year"}
        for clock, over in self.clocks.items():
            if not isinstance(clock, str) or clock in taken or not clock:
                raise ModelError(
                    f"a clock may not be called {clock!r}; give it a name of its own, such as 'years_sick'"
                )
            if isinstance(over, str) or not isinstance(over, Sequence) or not over:
                raise ModelError(f"clock {clock!r} runs over {over!r}; give a list of states")
            for state in over:
                self.check_state(state, f"clock {clock!r}")
                if state in self.dead_states:
                    raise ModelError(f"clock {clock!r} runs over the dead state {state!r}; leave it out")

    @cached_property
    def timing(self) -> Cycles:
        """The cycles that the horizon is divided into."""
        return Cycles.of(self.cycle_length, self.horizon)

    @property
    def dead_states(self) -> tuple[str, ...]:
        """The states in which nobody lives."""
        return () if self.dead is None else (self.dead,) if isinstance(self.dead, str) else tuple(self.dead)

    @cached_property
    def mortality(self) -> LifeTable | None:
        """The life table, read."""
        return None if self.life_table is None else life_table(self.life_table)

    @cached_property
    def time(self) -> Time:
        """What the model's functions see of time."""
        cycle = by_cycle(np.arange(self.cycles))
        cycle.name = "cycle"
        length = self.timing.length
        given, age = self.start_age, None if isinstance(self.start_age, Mapping) else self.start_age
        by_group = given if isinstance(given, Mapping) else {}
        aged = xr.DataArray(list(by_group.values()), coords={"group": list(by_group)}) if by_group else age
        return Time(
            cycle=cycle,
            years=by_cycle(self.timing.starts) if length is None else cycle * length,
            cycle_years=by_cycle(self.timing.lengths) if length is None else length,
            start_age=aged,
            table=self.mortality,
            start_year=self.start_year,
            clocks={clock: tuple(over) for clock, over in self.clocks.items()},
        )

    @cached_property
    def streams(self) -> Streams:
        """The weights that outcomes are added up with."""
        begins = 0.0 if self.begins is None else float(years(self.begins))
        return streams(self.correction, self.timing, begins, self.discount)

    @property
    def lanes(self) -> dict[str, list[str]]:
        """Labels of the cohorts that run side by side: strategies, and groups where there are any."""
        return {"strategy": list(self.strategies)} | ({"group": list(self.groups)} if self.groups else {})

    @property
    def in_words(self) -> str:
        """The structure in a line: states, cycles and how they are counted, ages, life table."""
        given = self.cycle_length
        length = given if isinstance(given, str) else ", ".join(f"{each} for {span}" for each, span in given.items())
        counted = COUNTED[self.correction] if isinstance(self.correction, str) else "weighed by numbers of its own"
        ages = self.start_age.values() if isinstance(self.start_age, Mapping) else [self.start_age]
        known = sorted({age for age in ages if age is not None})
        parts = [f"cohort of {len(self.states)} states in cycles of {length}, {counted}"]
        if known:
            parts.append(f"from age {known[0]:g}" + (f" to {known[-1]:g}, by group" if len(known) > 1 else ""))
        if (table := self.time.table) is not None:
            parts.append(f"life table {table.name}")
        return "; ".join(parts)

    def check_state(self, state: str, what: str) -> None:
        """Refuse a state that the model does not have; `what` says where it was named."""
        if state not in self.states:
            raise ModelError(f"{what} names state {state!r}; {nearest(str(state), self.states)}")

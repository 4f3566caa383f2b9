"""What a cohort model is: its states, strategies, timing and functions, checked for being sound."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.parameters import life_table
from heemodel.structures.cohort.engine.recording import Traced
from heemodel.structures.cohort.weights import Correction, streams
from heemodel.structures.discounting import Discount
from heemodel.structures.draws import Parameters
from heemodel.structures.errors import ModelError
from heemodel.structures.payoffs import ANY, START, Payoffs, Value
from heemodel.structures.timing import Time, whole_cycles, years

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Specification:
    """The attributes of `CohortModel`, which documents them."""

    states: list[str]
    strategies: list[str]
    start: Mapping[str, Value]
    cycle_length: str
    horizon: str
    discount: Discount
    transitions: Callable[[Parameters, Time], Mapping[tuple[str, str], Value]]
    payoffs: Callable[[Parameters, Time], Payoffs]
    correction: Correction = "life-table"
    start_age: float | Mapping[str, float] | None = None
    life_table: str | None = None
    dead: str = "dead"
    groups: Sequence[str] = ()
    intake: Mapping[str, Value] = field(default_factory=dict)
    cycles: int = field(init=False)

    def __post_init__(self) -> None:
        for lengths in (self.cycle_length, self.horizon):
            if not isinstance(lengths, str):
                raise ModelError(f'a duration is {lengths!r}; write it with its unit, as in "1 year"')
        self._check_types()
        for names, what in ((self.states, "states"), (self.strategies, "strategies"), (self.groups, "groups")):
            if isinstance(names, str):
                raise ModelError(f"{what} are {names!r}; give a list of names")
            if len(set(names)) != len(names) or not (names or what == "groups"):
                raise ModelError(f"{what} must be different names, at least one; found {names}")
        for name in (START, ANY):
            if name in self.states:
                raise ModelError(f"a state may not be called {name!r}: in payoffs that name has a meaning; rename it")
        object.__setattr__(self, "cycles", whole_cycles(self.cycle_length, self.horizon))
        for state in self.start:
            self.check_state(state, "the start")
        for state in self.intake:
            self.check_state(state, "the intake")
        self.check_state(self.dead, "CohortModel(dead=…)")

    def _check_types(self) -> None:
        """Refuse what is of another kind than it should be."""
        expected: tuple[tuple[object, str, type, str], ...] = (
            (self.start, "start", Mapping, 'the share in each state, as in {"well": 1.0}'),
            (self.intake, "intake", Mapping, "the people who enter each state, as a dict"),
            (self.discount, "discount", Discount, 'hm.Discount(cost=0.035, qaly=0.035, timing="count")'),
            (self.correction, "correction", str, '"life-table" for the usual half-cycle correction'),
        )
        for given, what, kind, cure in expected:
            if not isinstance(given, kind):
                raise ModelError(f"CohortModel({what}=…) is a {type(given).__name__}; give {cure}")
        for given, what in ((self.transitions, "transitions"), (self.payoffs, "payoffs")):
            if not callable(given):
                raise ModelError(f"CohortModel({what}=…) is a {type(given).__name__}; give a function (p, time)")
        ages = self.start_age if isinstance(self.start_age, Mapping) else {"": self.start_age}
        for age in ages.values():
            if age is not None and (isinstance(age, bool) or not isinstance(age, (int, float)) or not age >= 0):
                raise ModelError(f"CohortModel(start_age=…) is {age!r}; give an age in years")
        if isinstance(self.start_age, Mapping) and set(ages) != set(self.groups):
            raise ModelError(
                f"start_age is of groups {', '.join(map(repr, ages))}; give an age for each of the model's groups: "
                f"{', '.join(map(repr, self.groups)) or 'it has none'}"
            )

    @cached_property
    def time(self) -> Time:
        """What the model's functions see of time."""
        cycle = xr.DataArray(Traced.known(np.arange(self.cycles)), dims="cycle", name="cycle")
        table = life_table(self.life_table) if self.life_table else None
        given, age = self.start_age, None if isinstance(self.start_age, Mapping) else self.start_age
        by_group = given if isinstance(given, Mapping) else {}
        aged = xr.DataArray([by_group[one] for one in by_group], coords={"group": list(by_group)}) if by_group else age
        return Time(cycle, float(years(self.cycle_length)), aged, table)

    @cached_property
    def streams(self) -> tuple[Array, list[int]]:
        """The weights that outcomes are added up with, as `weights.streams` gives them."""
        return streams(self.correction, self.cycles, self.time.cycle_years, self.discount)

    @property
    def lanes(self) -> dict[str, list[str]]:
        """Labels of the cohorts that run side by side: strategies, and groups where there are any."""
        return {"strategy": list(self.strategies)} | ({"group": list(self.groups)} if self.groups else {})

    def check_state(self, state: str, what: str) -> None:
        """Refuse a state that the model does not have; `what` says where it was named."""
        if state not in self.states:
            raise ModelError(f"{what} names state {state!r}; {nearest(str(state), self.states)}")

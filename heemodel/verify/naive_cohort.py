"""A second cohort engine, written differently and slowly: the one that the compiled kernel must agree with.

Follows people cycle by cycle in dictionaries, all samples, strategies and groups side by side, with every weight and
discount factor written out as its definition reads.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.structures import CohortModel, Continuous, Parameters, Stepped
from heemodel.structures.discounting import Rate
from heemodel.structures.payoffs import ANY, PRESENT, START, On, Value

Array = NDArray[np.float64]
Move = tuple[str, str]
Clocks = tuple[int, ...]
"""The cycles on each clock: those spent in a state, then those of the model's clocks; -1 where one stands."""
Spell = tuple[str, Clocks]
People = dict[str, dict[Clocks, Array]]
"""How many there are by state and clocks, in every sample, strategy and group."""


class Followed(NamedTuple):
    """One cycle: who is where at its start and end, who makes each move, who came in; when it starts, and its years."""

    before: People
    after: People
    flows: dict[Move, dict[Clocks, Array]]
    entered: dict[str, Array]
    start: float
    years: float


def naive_run(model: CohortModel, draws: xr.Dataset, *, by_year: bool = False) -> xr.Dataset:
    """`cost` (summed over components) and `qaly` of each sample, strategy, group and perhaps year, by a plain loop."""
    p = Parameters(draws)
    moves = moves_of(model, p)
    payoffs = model.payoffs(p, model.time)
    paid = {"cost": [*payoffs.cost.values()], "qaly": [payoffs.qaly]}
    rates = {"cost": model.discount.cost, "qaly": model.discount.qaly}
    values = [worth for parts in paid.values() for part in parts for worth in part.values()]
    worths = {
        name: [(on, _Series(worth, model)) for part in parts for on, worth in part.items()]
        for name, parts in paid.items()
    }
    first, enter = at_the_start(model, p), people_of(model.intake, p)
    amounts = {name: np.zeros((model.cycles, *sizes(model, draws))) for name in paid}
    for name, on_worths in worths.items():
        for on, worth in on_worths:
            if on[0] == START and on[1] in first:
                amounts[name][0] += worth(0) * first[on[1]] * _factor(rates[name], _begins(model))
    for cycle, followed in enumerate(follow(model, moves, first, enter, paid_for=values)):
        moments = _moments(model.discount.timing, _begins(model) + followed.start, followed.years)
        for name, on_worths in worths.items():
            factors = [_factor(rates[name], moment) for moment in moments]
            for on, worth in on_worths:
                amounts[name][cycle] += _in_cycle(model, on, worth, cycle, followed, *factors)
    year = [int(begin + 1e-9) for begin in _starts(model)]
    dims = ("sample", *model.lanes)
    outcomes = {}
    for name, by_cycle in amounts.items():
        parts = [by_cycle[[y == k for y in year]].sum(axis=0) for k in range(year[-1] + 1)]
        outcomes[name] = ((*dims, "year"), np.stack(parts, axis=-1)) if by_year else (dims, by_cycle.sum(axis=0))
    return xr.Dataset(outcomes, coords=dict(model.lanes))


def sizes(model: CohortModel, draws: xr.Dataset) -> list[int]:
    """How many samples, strategies and groups there are."""
    return [draws.sizes.get("sample", 1), *map(len, model.lanes.values())]


def moves_of(model: CohortModel, p: Parameters) -> dict[Move, Value]:
    """Moves one by one, from a dict of them or a matrix."""
    given = model.transitions(p, model.time) if callable(model.transitions) else model.transitions
    if isinstance(given, xr.DataArray):
        names = [str(name) for name in given["from"].to_numpy()]
        return {(a, b): given.sel({"from": a, "to": b}, drop=True) for a in names for b in names if a != b}
    return dict(given)


def at_the_start(model: CohortModel, p: Parameters) -> dict[str, Array]:
    """Those who start in each state."""
    return {state: _Series(value, model)(0) for state, value in people_of(model.start, p).items()}


def people_of(given: Any, p: Parameters) -> dict[str, Value]:
    """People by state, from a dict, an array or a function that gives one of them."""
    people = given(p) if callable(given) else given
    if isinstance(people, xr.DataArray):
        return {str(name): people.sel(state=name, drop=True) for name in people["state"].to_numpy()}
    return dict(people)


def _starts(model: CohortModel) -> list[float]:
    """When each cycle starts, in years."""
    return [float(year) for year in model.time.years.to_numpy()]


def _lengths(model: CohortModel) -> list[float]:
    """How long each cycle is, in years."""
    return [float(length) for length in np.broadcast_to(np.asarray(model.time.cycle_years), model.cycles)]


class _Series:
    """The numbers of a labelled array by cycle and the time on each clock: of every sample, strategy and group."""

    def __init__(self, value: Value, model: CohortModel) -> None:
        array = value if isinstance(value, xr.DataArray) else xr.DataArray(float(value))
        array = array.sel({dim: list(names) for dim, names in model.lanes.items() if dim in array.dims})
        counted = ("cycle", "time_in_state", *model.clocks)
        dims = (*counted, "sample", *model.lanes)
        self.numbers = np.asarray(array.expand_dims([dim for dim in dims if dim not in array.dims]).transpose(*dims))
        self.last = tuple(size - 1 for size in self.numbers.shape[: len(counted)])

    def __call__(self, cycle: int, clocks: Clocks | None = None) -> Array:
        """The numbers of a cycle and of times on the clocks, by default 0; the last one along a clock holds on."""
        at = (cycle, *(clocks or (0,) * (len(self.last) - 1)))
        numbers: Array = self.numbers[tuple(max(0, min(time, last)) for time, last in zip(at, self.last, strict=True))]
        return numbers


def _enter(model: CohortModel, state: str, before: Clocks | None = None) -> Clocks:
    """The clocks on entering a state: those that run in both states go on."""
    clocks = [0]
    for place, over in enumerate(model.clocks.values(), 1):
        ran = before is not None and before[place] >= 0
        clocks.append(-1 if state not in over else before[place] + 1 if ran and before is not None else 0)
    return tuple(clocks)


def _stay(clocks: Clocks) -> Clocks:
    return tuple(time + 1 if time >= 0 else time for time in clocks)


def _caps(model: CohortModel, values: Iterable[Value]) -> tuple[int, ...]:
    """The time on each clock from which on nothing changes any more."""
    arrays = [value for value in values if isinstance(value, xr.DataArray)]
    return tuple(max([1, *(a.sizes.get(dim, 1) for a in arrays)]) - 1 for dim in ("time_in_state", *model.clocks))


def _capped(clocks: Clocks, caps: Clocks) -> Clocks:
    return tuple(min(time, cap) for time, cap in zip(clocks, caps, strict=True))


def _add(people: People, state: str, clocks: Clocks, more: Array) -> None:
    """More people in a state."""
    there = people[state]
    there[clocks] = there[clocks] + more if clocks in there else more


def follow(
    model: CohortModel,
    moves: Mapping[Move, Value],
    start: Mapping[str, Array],
    enter: Mapping[str, Value],
    *,
    paid_for: Iterable[Value] = (),
) -> Iterator[Followed]:
    """What happens in each cycle."""
    chances = {move: _Series(probability, model) for move, probability in moves.items()}
    intake = {state: _Series(people, model) for state, people in enter.items()}
    caps = _caps(model, [*moves.values(), *paid_for])
    now: People = {state: {} for state in model.states}
    for state, share in start.items():
        _add(now, state, _enter(model, state), share)
    for cycle, (begin, years) in enumerate(zip(_starts(model), _lengths(model), strict=True)):
        entered = {state: people(cycle) for state, people in intake.items()}
        for state, people in entered.items():
            _add(now, state, _enter(model, state), people)
        after: People = {state: {} for state in model.states}
        flows: dict[Move, dict[Clocks, Array]] = {move: {} for move in chances}
        for state, there in now.items():
            leaving = {move: chance for move, chance in chances.items() if move[0] == state}
            for clocks, people in there.items():
                stay: Array | float = 1.0
                for move, probability in leaving.items():
                    chance = probability(cycle, clocks)
                    stay = stay - chance
                    flows[move][clocks] = people * chance
                    _add(after, move[1], _capped(_enter(model, move[1], clocks), caps), people * chance)
                _add(after, state, _capped(_stay(clocks), caps), people * stay)
        yield Followed(now, after, flows, entered, begin, years)
        now = {state: dict(there) for state, there in after.items()}


def _begins(model: CohortModel) -> float:
    """Years from the start of the analysis to that of the model."""
    if model.begins is None:
        return 0.0
    number, unit = model.begins.split()
    days = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}[unit.rstrip("s")]
    over, _, under = number.partition("/")
    return float(over) / float(under or 1) * days / 365.25


def _in_cycle(
    model: CohortModel, on: On, worth: _Series, cycle: int, followed: Followed, at_start: float, at_end: float
) -> Array | float:
    """What one payoff gives in one cycle; `at_start` and `at_end` are the discount factors of counts there."""
    if on[0] == START:
        return worth(cycle) * followed.entered.get(on[1], 0.0) * at_start
    if on[0] == PRESENT:
        return at_start * _paid(worth, cycle, followed.before[on[1]])
    if isinstance(on, tuple):
        made = [flow for move, flow in followed.flows.items() if move == on or (on[0] == ANY and move[1] == on[1])]
        return at_end * sum(_paid(worth, cycle, flow) for flow in made)
    share_before, share_after = _shares(model, cycle)
    before, after = (_paid(worth, cycle, people[on]) for people in (followed.before, followed.after))
    return followed.years * (share_before * before * at_start + share_after * after * at_end)


def _paid(worth: _Series, cycle: int, people: Mapping[Clocks, Array]) -> Array | float:
    """What is paid for people, by the time on their clocks."""
    return sum(worth(cycle, clocks) * here for clocks, here in people.items())


def _factor(rate: Rate, moment: float) -> float:
    """What a payoff is multiplied by: 1 / (1 + rate)^moment, year after year where the rate changes."""
    if isinstance(rate, Continuous):
        return math.exp(-rate.rate * moment)
    if isinstance(rate, Stepped):
        factor, until = 1.0, moment
        for begin, step in sorted(rate.rates.items(), reverse=True):
            if until > begin:
                factor /= float((1 + step) ** (until - begin))
                until = begin
        return factor
    return float((1 + rate) ** -moment)


def _moments(timing: str, begin: float, years: float) -> tuple[float, float]:
    """When the counts at a cycle's start and end are discounted, in years."""
    if timing == "count":
        return begin, begin + years
    both = {"start": begin, "mid": begin + years / 2, "year": float(int(begin + 1e-9))}[timing]
    return both, both


def _shares(model: CohortModel, cycle: int) -> tuple[float, float]:
    """How much of the counts at a cycle's start and end is taken."""
    if not isinstance(model.correction, str):
        first = 1.0 if cycle == 0 else 0.5
        last = 1.0 if cycle == model.cycles - 1 else 0.5
        return first * float(model.correction[cycle]), last * float(model.correction[cycle + 1])
    simpson = (1 / 3, 2 / 3) if cycle % 2 == 0 else (2 / 3, 1 / 3)
    return {"life-table": (0.5, 0.5), "start": (1.0, 0.0), "end": (0.0, 1.0), "simpson": simpson}[model.correction]

"""A second cohort engine, written differently and slowly: the one that the compiled kernel must agree with.

Follows people cycle by cycle in dictionaries, one sample, strategy and group at a time, with every weight and discount
factor written out as its definition reads.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from heemodel.structures import CohortModel, Continuous, Parameters, Stepped
from heemodel.structures.discounting import Rate
from heemodel.structures.payoffs import ANY, PRESENT, START, On, Value

Move = tuple[str, str]
Spell = tuple[str, tuple[int, ...]]
"""A state, and the cycles on each clock: those spent in it, then those of the model's clocks; −1 where one stands."""
People = dict[Spell, float]
Case = dict[str, Any]
"""The sample, strategy and group that are followed."""
Followed = tuple[People, People, dict[tuple[Move, Spell], float], dict[str, float], float, float]
"""Who is where at a cycle's start and end, who moved out of which spell, who came in; when it starts, and its years."""


def naive_run(model: CohortModel, draws: xr.Dataset, *, by_year: bool = False) -> xr.Dataset:
    """`cost` (summed over components) and `qaly` of each sample, strategy, group and perhaps year, by a plain loop."""
    p, time = Parameters(draws), model.time
    moves = _moves(model.transitions(p, time) if callable(model.transitions) else model.transitions)
    payoffs = model.payoffs(p, time)
    began, enter = _people(model.start, p), _people(model.intake, p)
    values = [worth for part in (*payoffs.cost.values(), payoffs.qaly) for worth in part.values()]
    dims = ("sample", *model.lanes)
    labels = [range(draws.sizes.get("sample", 1)), *model.lanes.values()]
    totals: dict[str, list[list[float]]] = {"cost": [], "qaly": []}
    for combination in product(*labels):
        case = dict(zip(dims, combination, strict=True))
        first = {state: _Series(value, case, model)(0, None) for state, value in began.items()}
        life = list(_follow(model, moves, case, first, enter, paid_for=values))
        paid = [{on: _Series(worth, case, model) for on, worth in part.items()} for part in payoffs.cost.values()]
        costs = [_by_cycle(model, part, first, life, model.discount.cost) for part in paid]
        qaly = {on: _Series(worth, case, model) for on, worth in payoffs.qaly.items()}
        totals["cost"].append([sum(cycle) for cycle in zip(*costs, strict=True)] or [0.0] * model.cycles)
        totals["qaly"].append(_by_cycle(model, qaly, first, life, model.discount.qaly))
    year = [int(begin + 1e-9) for begin in _starts(model)]
    sizes = [len(one) for one in labels]
    outcomes = {}
    for name, by_cycle in totals.items():
        array = np.array(by_cycle).reshape(*sizes, model.cycles)
        whole = array.sum(axis=-1)
        parts = [array[..., [y == k for y in year]].sum(axis=-1) for k in range(year[-1] + 1)]
        outcomes[name] = ((*dims, "year"), np.stack(parts, axis=-1)) if by_year else (dims, whole)
    return xr.Dataset(outcomes, coords=dict(model.lanes))


def _moves(given: Any) -> dict[Move, Value]:
    """Moves one by one, from a dict of them or a matrix."""
    if isinstance(given, xr.DataArray):
        names = [str(name) for name in given["from"].to_numpy()]
        return {(a, b): given.sel({"from": a, "to": b}, drop=True) for a in names for b in names if a != b}
    return dict(given)


def _people(given: Any, p: Parameters) -> dict[str, Value]:
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
    """The numbers of a labelled array for one case, by cycle and the time on each clock."""

    def __init__(self, value: Value, case: Case, model: CohortModel) -> None:
        array = value if isinstance(value, xr.DataArray) else xr.DataArray(float(value))
        array = array.isel(sample=case["sample"]) if "sample" in array.dims else array
        array = array.sel({dim: case[dim] for dim in ("strategy", "group") if dim in array.dims})
        self.dims = ("cycle", "time_in_state", *model.clocks)
        missing = [dim for dim in self.dims if dim not in array.dims]
        numbers = np.asarray(array.expand_dims(missing).transpose(*self.dims))
        self.last = tuple(size - 1 for size in numbers.shape)
        self.numbers = numbers.tolist()

    def __call__(self, cycle: int, spell: Spell | None) -> float:
        """The number of a cycle and a spell; the last one along a clock holds on."""
        number: Any = self.numbers
        for at, last in zip((cycle, *(spell[1] if spell else (0,) * (len(self.last) - 1))), self.last, strict=True):
            number = number[max(0, min(at, last))]
        return float(number)


def _enter(model: CohortModel, state: str, before: Spell | None = None) -> Spell:
    """The spell that begins on entering a state: clocks that run in both states go on."""
    clocks = [0]
    for place, over in enumerate(model.clocks.values(), 1):
        ran = before is not None and before[1][place] >= 0
        clocks.append(-1 if state not in over else before[1][place] + 1 if ran and before is not None else 0)
    return state, tuple(clocks)


def _stay(spell: Spell) -> Spell:
    return spell[0], tuple(time + 1 if time >= 0 else time for time in spell[1])


def _caps(model: CohortModel, values: Iterable[Value]) -> tuple[int, ...]:
    """The time on each clock from which on nothing changes any more."""
    arrays = [value for value in values if isinstance(value, xr.DataArray)]
    return tuple(max([1, *(a.sizes.get(dim, 1) for a in arrays)]) - 1 for dim in ("time_in_state", *model.clocks))


def _capped(spell: Spell, caps: tuple[int, ...]) -> Spell:
    return spell[0], tuple(min(time, cap) for time, cap in zip(spell[1], caps, strict=True))


def _follow(
    model: CohortModel,
    moves: Mapping[Move, Value],
    case: Case,
    start: Mapping[str, float],
    enter: Mapping[str, Value],
    *,
    paid_for: Iterable[Value] = (),
) -> Iterator[Followed]:
    """What happens in each cycle."""
    chances = {move: _Series(probability, case, model) for move, probability in moves.items()}
    intake = {state: _Series(people, case, model) for state, people in enter.items()}
    caps = _caps(model, [*moves.values(), *paid_for])
    now: People = {_enter(model, state): share for state, share in start.items()}
    for cycle, (begin, years) in enumerate(zip(_starts(model), _lengths(model), strict=True)):
        entered = {state: people(cycle, None) for state, people in intake.items()}
        for state, people in entered.items():
            spell = _enter(model, state)
            now[spell] = now.get(spell, 0.0) + people
        after: People = {}
        flows: dict[tuple[Move, Spell], float] = {}
        for spell, people in now.items():
            stay = 1.0
            for move, probability in chances.items():
                if move[0] == spell[0]:
                    chance = probability(cycle, spell)
                    stay -= chance
                    flows[move, spell] = people * chance
                    there = _capped(_enter(model, move[1], spell), caps)
                    after[there] = after.get(there, 0.0) + people * chance
            older = _capped(_stay(spell), caps)
            after[older] = after.get(older, 0.0) + people * stay
        yield now, after, flows, entered, begin, years
        now = dict(after)


def _by_cycle(
    model: CohortModel, paid: Mapping[On, _Series], start: Mapping[str, float], life: list[Followed], rate: Rate
) -> list[float]:
    """Discounted amounts of one set of payoffs, in each cycle."""
    amounts = [0.0] * len(life)
    begins = _begins(model)
    for on, worth in paid.items():
        if on[0] == START:
            amounts[0] += worth(0, None) * start.get(on[1], 0.0) * _factor(rate, begins)
        for cycle, followed in enumerate(life):
            amounts[cycle] += _in_cycle(model, on, worth, cycle, followed, rate)
    return amounts


def _begins(model: CohortModel) -> float:
    """Years from the start of the analysis to that of the model."""
    if model.begins is None:
        return 0.0
    number, unit = model.begins.split()
    days = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}[unit.rstrip("s")]
    over, _, under = number.partition("/")
    return float(over) / float(under or 1) * days / 365.25


def _in_cycle(model: CohortModel, on: On, worth: _Series, cycle: int, followed: Followed, rate: Rate) -> float:
    """What one payoff gives in one cycle, discounted."""
    before, after, flows, entered, start, years = followed
    begin, end = _moments(model.discount.timing, _begins(model) + start, years)
    if on[0] == START:
        return worth(cycle, None) * entered.get(on[1], 0.0) * _factor(rate, begin)
    if on[0] == PRESENT:
        return _factor(rate, begin) * sum(worth(cycle, spell) * n for spell, n in before.items() if spell[0] == on[1])
    if isinstance(on, tuple):
        made = {key: people for key, people in flows.items() if key[0] == on or (on[0] == ANY and key[0][1] == on[1])}
        return _factor(rate, end) * sum(worth(cycle, spell) * n for (_, spell), n in made.items())
    total = 0.0
    for share, people, moment in zip(_shares(model, cycle), (before, after), (begin, end), strict=True):
        there = {spell: n for spell, n in people.items() if spell[0] == on}
        total += share * sum(worth(cycle, spell) * n for spell, n in there.items()) * _factor(rate, moment)
    return years * total


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

"""A second cohort engine, written differently and slowly: the one that the compiled kernel must agree with.

Follows people cycle by cycle in dictionaries, one sample, strategy and group at a time, with every weight and discount
factor written out as its definition reads.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from heemodel.structures import CohortModel, Continuous, Stepped
from heemodel.structures.discounting import Rate
from heemodel.structures.draws import Parameters
from heemodel.structures.payoffs import ANY, START, On, Payoffs, Value

Move = tuple[str, str]
Spell = tuple[str, int]
"""A state and the cycles spent in it since it was entered."""
People = dict[Spell, float]
Case = dict[str, Any]
"""The sample, strategy and group that are followed."""
Followed = tuple[People, People, dict[tuple[Move, int], float], dict[str, float]]
"""Who is where at a cycle's start and end, who moved after how long in a state, and who came in."""


def naive_run(model: CohortModel, draws: xr.Dataset) -> xr.Dataset:
    """`cost` (summed over components) and `qaly` of each sample, strategy and group, by a plain loop."""
    p, time = Parameters(draws), model.time
    moves, payoffs = dict(model.transitions(p, time)), model.payoffs(p, time)
    values = [*moves.values(), *model.intake.values(), *_values(payoffs)]
    arrays = [value for value in values if isinstance(value, xr.DataArray)]
    longest = max([1, *(array.sizes.get("time_in_state", 1) for array in arrays)])
    dims = ("sample", *model.lanes)
    labels = [range(draws.sizes.get("sample", 1)), *model.lanes.values()]
    found: dict[str, list[float]] = {"cost": [], "qaly": []}
    for combination in product(*labels):
        case = dict(zip(dims, combination, strict=True))
        start = {state: _Series(model.start.get(state, 0.0), case)(0, 0) for state in model.states}
        life = list(_follow(model, moves, case, start, longest))
        paid = [{on: _Series(worth, case) for on, worth in part.items()} for part in payoffs.cost.values()]
        found["cost"].append(sum(_total(model, part, start, life, model.discount.cost) for part in paid))
        qaly = {on: _Series(worth, case) for on, worth in payoffs.qaly.items()}
        found["qaly"].append(_total(model, qaly, start, life, model.discount.qaly))
    sizes = [len(one) for one in labels]
    return xr.Dataset(
        {name: (dims, np.reshape(numbers, sizes)) for name, numbers in found.items()}, coords=dict(model.lanes)
    )


def _values(payoffs: Payoffs) -> Iterator[Value]:
    for paid in (*payoffs.cost.values(), payoffs.qaly):
        yield from paid.values()


class _Series:
    """The numbers of a labelled array for one case, by cycle and time in the state."""

    def __init__(self, value: Value, case: Case) -> None:
        array = value if isinstance(value, xr.DataArray) else xr.DataArray(float(value))
        array = array.isel(sample=case["sample"]) if "sample" in array.dims else array
        array = array.sel({dim: case[dim] for dim in ("strategy", "group") if dim in array.dims})
        missing = [dim for dim in ("cycle", "time_in_state") if dim not in array.dims]
        self.numbers = array.expand_dims(missing).transpose("cycle", "time_in_state").to_numpy().tolist()

    def __call__(self, cycle: int, spent: int) -> float:
        """The number of a cycle, and of the cycles spent in the state; the last one holds on."""
        row = self.numbers[min(cycle, len(self.numbers) - 1)]
        return float(row[min(spent, len(row) - 1)])


def _follow(
    model: CohortModel, moves: Mapping[Move, Value], case: Case, start: Mapping[str, float], longest: int
) -> Iterator[Followed]:
    """What happens in each cycle."""
    chances = {move: _Series(probability, case) for move, probability in moves.items()}
    intake = {state: _Series(people, case) for state, people in model.intake.items()}
    now: People = {(state, 0): share for state, share in start.items()}
    for cycle in range(model.cycles):
        entered = {state: people(cycle, 0) for state, people in intake.items()}
        for state, people in entered.items():
            now[state, 0] = now.get((state, 0), 0.0) + people
        after: People = {}
        flows: dict[tuple[Move, int], float] = {}
        for (state, spent), people in now.items():
            stay = 1.0
            for move, probability in chances.items():
                if move[0] == state:
                    chance = probability(cycle, spent)
                    stay -= chance
                    flows[move, spent] = people * chance
                    after[move[1], 0] = after.get((move[1], 0), 0.0) + people * chance
            still = (state, min(spent + 1, longest - 1))
            after[still] = after.get(still, 0.0) + people * stay
        yield now, after, flows, entered
        now = dict(after)


def _total(
    model: CohortModel, paid: Mapping[On, _Series], start: Mapping[str, float], life: list[Followed], rate: Rate
) -> float:
    """Discounted sum of one set of payoffs."""
    total = 0.0
    for on, worth in paid.items():
        if on[0] == START:
            total += worth(0, 0) * start[on[1]]
        for cycle, followed in enumerate(life):
            total += _in_cycle(model, on, worth, cycle, followed, rate)
    return total


def _in_cycle(model: CohortModel, on: On, worth: _Series, cycle: int, followed: Followed, rate: Rate) -> float:
    """What one payoff gives in one cycle, discounted."""
    before, after, flows, entered = followed
    years = model.time.cycle_years
    begin, end = _moments(model.discount.timing, cycle, years)
    if on[0] == START:
        return worth(cycle, 0) * entered.get(on[1], 0.0) * _factor(rate, begin)
    if isinstance(on, tuple):
        made = {key: people for key, people in flows.items() if key[0] == on or (on[0] == ANY and key[0][1] == on[1])}
        return _factor(rate, end) * sum(worth(cycle, spent) * n for (_, spent), n in made.items())
    total = 0.0
    for share, people, moment in zip(_shares(model.correction, cycle), (before, after), (begin, end), strict=True):
        there = {spent: n for (state, spent), n in people.items() if state == on}
        total += share * sum(worth(cycle, spent) * n for spent, n in there.items()) * _factor(rate, moment)
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


def _moments(timing: str, cycle: int, years: float) -> tuple[float, float]:
    """When the counts at a cycle's start and end are discounted, in years."""
    if timing == "count":
        return cycle * years, (cycle + 1) * years
    both = {"start": cycle * years, "mid": (cycle + 0.5) * years, "year": float(int(cycle * years + 1e-9))}[timing]
    return both, both


def _shares(correction: str, cycle: int) -> tuple[float, float]:
    """How much of the counts at a cycle's start and end is taken."""
    simpson = (1 / 3, 2 / 3) if cycle % 2 == 0 else (2 / 3, 1 / 3)
    return {"life-table": (0.5, 0.5), "start": (1.0, 0.0), "end": (0.0, 1.0), "simpson": simpson}[correction]

"""Two models that other engines have run too: what the reference tests and the benchmarks share.

`progressive`: four states, yearly cycles, the same moves in every cycle. `disability`: seven states, monthly cycles,
mortality that rises with age. Both compare two strategies, "1" and "2".
"""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

import heemodel as hm

DATA = Path(__file__).parent / "reference" / "data"
DISCOUNT = hm.Discount(cost=0.035, qaly=0.035, timing="count")
RANKS = [f"mrs{k}" for k in range(6)]
START = (0.05, 0.10, 0.12, 0.18, 0.30, 0.20, 0.05)
HAZARD_RATIOS = (1, 1, 1.11, 1.27, 1.71, 2.37)


def progressive_moves(p, time):
    effect = hm.by_strategy({"1": 1.0, "2": p.rr})
    moves = {"AB": p.pAB, "AC": p.pAC, "AD": p.pAD, "BC": p.pBC, "BD": p.pBD, "CD": p.pCD}
    return {(move[0], move[1]): probability * effect for move, probability in moves.items()}


def progressive_payoffs(p, time):
    drug = hm.by_strategy({"1": 2278.0, "2": 4364.5})
    return hm.Payoffs(
        cost={"care": {"A": p.cA, "B": p.cB, "C": p.cC}, "drug": dict.fromkeys("ABC", drug)},
        qaly={"A": p.uA, "B": p.uB, "C": p.uC},
    )


def progressive():
    return hm.CohortModel(
        states=list("ABCD"),
        strategies=["1", "2"],
        start={"A": 1.0},
        cycle_length="1 year",
        horizon="30 years",
        discount=DISCOUNT,
        dead="D",
        transitions=progressive_moves,
        payoffs=progressive_payoffs,
    )


MONTHS = 480
BY_CYCLE = xr.DataArray(np.exp(-10.4 + 0.095 * (70 + np.arange(MONTHS) / 12)), dims="cycle")
"""The death rate as a table by cycle, as it is read from a file."""
AGES = np.arange(70, 112, 1 / 12)
BY_AGE = xr.DataArray(np.exp(-10.4 + 0.095 * AGES), coords={"age": AGES})
"""The same as a table by age."""


def own_function(hazard, ratio):
    """A user's own function of numpy arrays, of which nothing can be recorded."""
    return np.minimum(np.asarray(hazard) * np.asarray(ratio), 50.0)


def times_ratio(hazard):
    return lambda ratio: ratio * hazard


HAZARDS = {
    "time.cycle": lambda time: times_ratio(np.exp(-10.4 + 0.095 * (70 + time.years))),
    "table by cycle": lambda time: times_ratio(BY_CYCLE),
    "table by age": lambda time: times_ratio(BY_AGE.interp(age=70 + time.years).drop_vars("age")),
    "own function": lambda time: lambda ratio: xr.apply_ufunc(own_function, BY_CYCLE, ratio),
}
"""Ways in which people write a death rate that rises with age: from time, the rate by ratio."""


def disability_moves(p, time, hazard=HAZARDS["time.cycle"]):
    rate = hazard(time)
    improve = p.imp * hm.by_strategy({"1": 1.0, "2": p.rr}) * (time.cycle < 6)
    moves = {}
    for k, state in enumerate(RANKS):
        die = hm.rate_to_probability(rate(getattr(p, f"hr{k}")), 1 / 12)
        moves[state, "dead"] = die
        if k >= 1:
            moves[state, RANKS[k - 1]] = (1 - die) * improve
        if k <= 4:
            moves[state, RANKS[k + 1]] = (1 - die) * p.wor
    return moves


def disability_payoffs(p, time):
    once = hm.by_strategy({"1": 0.0, "2": 8000.0})
    return hm.Payoffs(
        cost={
            "care": {state: 12 * getattr(p, f"c{k}") for k, state in enumerate(RANKS)},
            "treatment": {("start", state): once for state in RANKS},
        },
        qaly={state: getattr(p, f"u{k}") for k, state in enumerate(RANKS)},
    )


def disability(months, written="time.cycle"):
    return hm.CohortModel(
        states=[*RANKS, "dead"],
        strategies=["1", "2"],
        start=dict(zip([*RANKS, "dead"], START, strict=True)),
        cycle_length="1 month",
        horizon=f"{months} months",
        discount=DISCOUNT,
        transitions=partial(disability_moves, hazard=HAZARDS[written]),
        payoffs=disability_payoffs,
    )


def stored(name):
    """Draws and answers that other engines gave: (parameters, table)."""
    table = pd.read_csv(DATA / f"{name}.csv", comment="#")
    return dataset({column: table[column].to_numpy() for column in table}), table


def dataset(columns):
    return xr.Dataset({name: ("sample", values) for name, values in columns.items()})


def _gamma(rng, mean, cv, n):
    return rng.gamma(1 / cv**2, mean * cv**2, n)


def _beta(rng, mean, sd, n):
    size = mean * (1 - mean) / sd**2 - 1
    return rng.beta(mean * size, (1 - mean) * size, n)


def draw_progressive(n, seed=1):
    """Fresh draws from the distributions that the stored ones came from."""
    rng = np.random.default_rng(seed)
    a, b = rng.dirichlet([1251, 350, 116, 17], n), rng.dirichlet([731, 512, 15], n)
    c = rng.dirichlet([1312, 437], n)
    columns = {"pAB": a[:, 1], "pAC": a[:, 2], "pAD": a[:, 3], "pBC": b[:, 1], "pBD": b[:, 2], "pCD": c[:, 1]}
    columns["rr"] = np.exp(rng.normal(np.log(0.509), 0.16973975585807, n))
    columns |= {f"c{s}": _gamma(rng, mean, 0.2, n) for s, mean in zip("ABC", (2756, 3052, 9007), strict=True)}
    columns |= {f"u{s}": _beta(rng, mean, 0.05, n) for s, mean in zip("ABC", (0.80, 0.65, 0.45), strict=True)}
    return dataset(columns)


def draw_disability(n, seed=1):
    """Fresh draws from the distributions that the stored ones came from."""
    rng = np.random.default_rng(seed)
    columns = {f"hr{k}": np.exp(rng.normal(np.log(ratio), 0.1, n)) for k, ratio in enumerate(HAZARD_RATIOS)}
    columns |= {"imp": rng.beta(60, 540, n), "wor": rng.beta(20, 1980, n)}
    columns["rr"] = np.exp(rng.normal(np.log(1.25), 0.08, n))
    utilities, costs = (0.95, 0.88, 0.72, 0.55, 0.30, 0.05), (200, 300, 500, 1000, 2000, 3000)
    columns |= {f"u{k}": _beta(rng, mean, 0.03, n) for k, mean in enumerate(utilities)}
    columns |= {f"c{k}": _gamma(rng, mean, 0.15, n) for k, mean in enumerate(costs)}
    return dataset(columns)

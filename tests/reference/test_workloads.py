"""Two models whose deterministic results were computed by other engines.

Results "at the means" of a four-state yearly model and a seven-state monthly one with age-dependent mortality, on which
hesim 0.5.6, an explicit matrix loop and a recursion vectorised over samples agree to 3e-10.
"""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm

DISCOUNT = hm.Discount(cost=0.035, qaly=0.035, timing="count")


def progressive(p, time):
    effect = hm.by_strategy({"1": 1.0, "2": p.rr})
    return {
        ("A", "B"): p.p_ab * effect,
        ("A", "C"): p.p_ac * effect,
        ("A", "D"): p.p_ad * effect,
        ("B", "C"): p.p_bc * effect,
        ("B", "D"): p.p_bd * effect,
        ("C", "D"): p.p_cd * effect,
    }


def progressive_payoffs(p, time):
    drug = hm.by_strategy({"1": 2278.0, "2": 4364.5})
    return hm.Payoffs(
        cost={"care": {"A": 2756.0, "B": 3052.0, "C": 9007.0}, "drug": dict.fromkeys("ABC", drug)},
        qaly={"A": 0.80, "B": 0.65, "C": 0.45},
    )


def test_four_states_yearly():
    model = hm.CohortModel(
        states=list("ABCD"),
        strategies=["1", "2"],
        start={"A": 1.0},
        cycle_length="1 year",
        horizon="30 years",
        discount=DISCOUNT,
        dead="D",
        transitions=progressive,
        payoffs=progressive_payoffs,
    )
    a, b, c = np.array([350, 116, 17]) / 1734, np.array([512, 15]) / 1258, 437 / 1749
    means = {"p_ab": a[0], "p_ac": a[1], "p_ad": a[2], "p_bc": b[0], "p_bd": b[1], "p_cd": c, "rr": 0.509}
    found = model.run(xr.Dataset(means))
    assert found["cost"].sum("component").to_numpy() == pytest.approx([54308.728618848, 110328.634692], rel=1e-11)
    assert found["qaly"].to_numpy() == pytest.approx([4.4861726140813, 7.6623434127784], rel=1e-12)


RANKS = [f"mrs{k}" for k in range(6)]
HAZARD_RATIO = dict(zip(RANKS, (1, 1, 1.11, 1.27, 1.71, 2.37), strict=True))


def disability(p, time):
    hazard = np.exp(-10.4 + 0.095 * (70 + time.cycle / 12))
    improve = 0.1 * hm.by_strategy({"1": 1.0, "2": 1.25}) * (time.cycle < 6)
    moves = {}
    for k, state in enumerate(RANKS):
        die = hm.rate_to_probability(HAZARD_RATIO[state] * hazard, 1 / 12)
        moves[state, "dead"] = die
        if k >= 1:
            moves[state, RANKS[k - 1]] = (1 - die) * improve
        if k <= 4:
            moves[state, RANKS[k + 1]] = (1 - die) * 0.01
    return moves


def disability_payoffs(p, time):
    monthly = dict(zip(RANKS, (200, 300, 500, 1000, 2000, 3000), strict=True))
    utility = dict(zip(RANKS, (0.95, 0.88, 0.72, 0.55, 0.30, 0.05), strict=True))
    once = hm.by_strategy({"1": 0.0, "2": 8000.0})
    return hm.Payoffs(
        cost={"care": {s: 12.0 * c for s, c in monthly.items()}, "treatment": {("start", s): once for s in RANKS}},
        qaly=utility,
    )


@pytest.mark.parametrize(
    ("months", "cost", "qaly"),
    [
        (120, [110786.3136734, 113124.95355577], [3.1188351843206, 3.2809004776476]),
        (480, [149299.46839597, 151129.6852992], [3.9000367448259, 4.1196960234358]),
    ],
)
def test_seven_states_monthly_with_mortality_by_age(months, cost, qaly):
    model = hm.CohortModel(
        states=[*RANKS, "dead"],
        strategies=["1", "2"],
        start=dict(zip([*RANKS, "dead"], (0.05, 0.10, 0.12, 0.18, 0.30, 0.20, 0.05), strict=True)),
        cycle_length="1 month",
        horizon=f"{months} months",
        discount=DISCOUNT,
        transitions=disability,
        payoffs=disability_payoffs,
    )
    found = model.run(xr.Dataset())
    assert found["cost"].sum("component").to_numpy() == pytest.approx(cost, rel=1e-11)
    assert found["qaly"].to_numpy() == pytest.approx(qaly, rel=1e-12)

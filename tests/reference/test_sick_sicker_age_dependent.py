"""The tutorial's age-dependent sick-sicker model, from its data and a plain loop: its published table comes back.

It guards the figures in `data/sick_sicker_age_dependent.json` and `data/us_2015_mortality.csv`, and that a life table
read from the latter gives the death rates which the tutorial uses.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import heemodel as hm

DATA = Path(__file__).parent / "data"
TUTORIAL = json.loads((DATA / "sick_sicker_age_dependent.json").read_text(encoding="utf-8"))
STRATEGIES = list(TUTORIAL["strategies"])


def death_rates():
    """By cycle, in health."""
    age = xr.DataArray(TUTORIAL["start_age"] + np.arange(TUTORIAL["cycles"], dtype=float), dims="cycle")
    table = hm.parameters.life_table(DATA / TUTORIAL["mortality"])
    return table.rate(age, start_age=TUTORIAL["start_age"], years=TUTORIAL["cycle_years"]).to_numpy()


def weights():
    inner = [2 / 3 if point % 2 else 4 / 3 for point in range(1, TUTORIAL["cycles"])]
    return [1 / 3, *inner, 1 / 3]


def probability(rate):
    return 1 - np.exp(-rate)


def totals(name):
    """Cost and QALYs of a strategy, one year after the other."""
    p, treated = TUTORIAL["parameters"], TUTORIAL["strategies"][name]
    price = p["cost_treatment_a"] * treated["treatment_a"] + p["cost_treatment_b"] * treated["treatment_b"]
    costs = np.array([p["cost_healthy"], p["cost_sick"] + price, p["cost_sicker"] + price])
    utility = p["utility_sick_treatment_a"] if treated["treatment_a"] else p["utility_sick"]
    utilities = np.array([p["utility_healthy"], utility, p["utility_sicker"]])
    slowed = p["hazard_ratio_sick_sicker_treatment_b"] if treated["treatment_b"] else 1.0
    worse = probability(p["rate_sick_sicker"] * slowed)
    fall, recover = probability(p["rate_healthy_sick"]), probability(p["rate_sick_healthy"])
    ratios = np.array([1, p["hazard_ratio_death_sick"], p["hazard_ratio_death_sicker"]])
    people, weight = np.array([1.0, 0.0, 0.0]), weights()
    cost, qaly = weight[0] * people @ costs, weight[0] * people @ utilities
    for cycle, rate in enumerate(death_rates()):
        alive = people * np.exp(-rate * ratios)
        died = people.sum() - alive.sum()
        fell, recovered, worsened = alive[0] * fall, alive[1] * recover, alive[1] * worse
        people = alive + np.array([recovered - fell, fell - recovered - worsened, worsened])
        spent = people @ costs + p["cost_falling_sick"] * fell + p["cost_dying"] * died
        lived = people @ utilities - p["qaly_lost_falling_sick"] * fell
        cost += weight[cycle + 1] * spent / (1 + p["discount_cost"]) ** (cycle + 1)
        qaly += weight[cycle + 1] * lived / (1 + p["discount_qaly"]) ** (cycle + 1)
    return cost, qaly


@pytest.fixture(scope="module")
def outcomes():
    return {name: totals(name) for name in STRATEGIES}


def test_the_death_rates_of_a_life_table_are_the_tutorials():
    assert death_rates()[[0, 1, 74]] == pytest.approx([0.001014, 0.000999, 0.339149], rel=1e-12)


@pytest.mark.parametrize("name", STRATEGIES)
def test_costs_and_qalys_are_the_published_ones(outcomes, name):
    cost, qaly = outcomes[name]
    published, unrounded = TUTORIAL["published"], TUTORIAL["unrounded"]
    assert round(cost) == published["cost"][name]
    assert round(qaly, 3) == published["qaly"][name]
    assert (cost, qaly) == pytest.approx((unrounded["cost"][name], unrounded["qaly"][name]), rel=1e-11)


def test_the_incremental_analysis_is_the_published_one(outcomes):
    published = TUTORIAL["published"]
    for new, old in (("B", "standard of care"), ("AB", "B")):
        cost, qaly = (outcomes[new][i] - outcomes[old][i] for i in (0, 1))
        assert round(cost) == published["incremental_cost"][new]
        assert round(qaly, 3) == published["incremental_qaly"][new]
        assert round(cost / qaly) == published["icer"][new]
    assert outcomes["A"][0] > outcomes["B"][0]
    assert outcomes["A"][1] < outcomes["B"][1]


def cohort():
    """The same as a cohort model: the life table and the weights are arguments."""
    p, weight = TUTORIAL["parameters"], weights()
    a, b = (
        hm.by_strategy({name: float(treated[part]) for name, treated in TUTORIAL["strategies"].items()})
        for part in ("treatment_a", "treatment_b")
    )
    counted = xr.DataArray(weight[1:], dims="cycle")  # the tutorial weighs what is paid for moves too

    def moves(_, time):
        rate = time.life_table()
        die, die_sick, die_sicker = (
            hm.rate_to_probability(rate * ratio, 1.0)
            for ratio in (1, p["hazard_ratio_death_sick"], p["hazard_ratio_death_sicker"])
        )
        slowed = 1 + b * (p["hazard_ratio_sick_sicker_treatment_b"] - 1)
        return {
            ("healthy", "sick"): (1 - die) * hm.rate_to_probability(p["rate_healthy_sick"], 1.0),
            ("healthy", "dead"): die,
            ("sick", "healthy"): (1 - die_sick) * hm.rate_to_probability(p["rate_sick_healthy"], 1.0),
            ("sick", "sicker"): (1 - die_sick) * hm.rate_to_probability(p["rate_sick_sicker"] * slowed, 1.0),
            ("sick", "dead"): die_sick,
            ("sicker", "dead"): die_sicker,
        }

    def payoffs(_, __):
        drug = a * p["cost_treatment_a"] + b * p["cost_treatment_b"]
        fell = ("healthy", "sick")
        return hm.Payoffs(
            cost={
                "care": {"healthy": p["cost_healthy"], "sick": p["cost_sick"], "sicker": p["cost_sicker"]},
                "drugs": {"sick": drug, "sicker": drug},
                "events": {fell: p["cost_falling_sick"] * counted, ("any", "dead"): p["cost_dying"] * counted},
            },
            qaly={
                "healthy": p["utility_healthy"],
                "sick": p["utility_sick"] + a * (p["utility_sick_treatment_a"] - p["utility_sick"]),
                "sicker": p["utility_sicker"],
                fell: -p["qaly_lost_falling_sick"] * counted,
            },
        )

    return hm.CohortModel(
        states=TUTORIAL["states"],
        strategies=STRATEGIES,
        start=TUTORIAL["start"],
        start_age=TUTORIAL["start_age"],
        life_table=DATA / TUTORIAL["mortality"],
        cycle_length="1 year",
        horizon=f"{TUTORIAL['cycles']} years",
        correction=weight,
        discount=hm.Discount(cost=p["discount_cost"], qaly=p["discount_qaly"], timing="count"),
        transitions=moves,
        payoffs=payoffs,
    )


def test_a_cohort_model_gives_back_the_published_table():
    outcomes = cohort().run(xr.Dataset()).expand_dims("sample")
    cost, qaly = outcomes["cost"].sum("component").isel(sample=0), outcomes["qaly"].isel(sample=0)
    for name in STRATEGIES:
        assert cost.sel(strategy=name).item() == pytest.approx(TUTORIAL["unrounded"]["cost"][name], rel=1e-12)
        assert qaly.sel(strategy=name).item() == pytest.approx(TUTORIAL["unrounded"]["qaly"][name], rel=1e-12)
    table = hm.CostEffectiveness(outcomes, comparator="standard of care").incremental_table()
    icers = {str(name): float(row["icer"]) for name, row in table.set_index("strategy").iterrows() if row["icer"] > 0}
    assert {name: round(icer) for name, icer in icers.items()} == TUTORIAL["published"]["icer"]

"""Net benefit of sampling: sums by hand, the best size, and people affected by a decision."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from heemodel.decision import CostEffectiveness, OutcomeError
from heemodel.decision.information import affected, best_sizes, enbs, evsi, normal_mean_study

SIZES = [50, 100, 200, 400]


def table(values, steps=0.0, study="trial", threshold=20_000.0, arms=2):
    """As from `evsi`."""
    sizes = SIZES[: len(values)]
    return pd.DataFrame(
        {
            "study": study,
            "n": sizes,
            "people": [arms * n for n in sizes],
            "threshold": threshold,
            "evsi": values,
            "se": 1.0,
            "step_se": steps,
            "check": "passed",
        }
    )


def test_net_benefit_of_sampling_by_hand():
    """5,000 people: 5,000 × 10 − 10,000 − 50 × 100 = 35,000, and so on."""
    found = enbs(table([10.0, 15.0, 18.0]), population=5_000, fixed_cost=10_000, cost_per_person=50)
    assert found["population_evsi"].tolist() == [50_000.0, 75_000.0, 90_000.0]
    assert found["cost"].tolist() == [15_000.0, 20_000.0, 30_000.0]
    assert found["enbs"].tolist() == [35_000.0, 55_000.0, 60_000.0]
    assert found["se"].tolist() == [5_000.0] * 3


def test_the_best_size_with_those_that_are_as_good_within_error():
    """Steps of 5,000 people × 0.5 = 2,500: one step from the best 1.96 × 2,500 = 4,900 are within error."""
    values = table([10.0, 15.0, 18.2, 22.0], 0.5)
    found = enbs(values, population=5_000, fixed_cost=10_000, cost_per_person=50)
    assert found["enbs"].tolist() == [35_000.0, 55_000.0, 61_000.0, 60_000.0]
    assert found["near_best"].tolist() == [False, False, True, True]
    best = best_sizes(found).iloc[0]
    assert (best["n"], best["people"], best["enbs"]) == (200, 400, 61_000.0)
    assert (best["n_from"], best["n_to"]) == (200, 400)
    backwards = enbs(values.iloc[::-1], population=5_000, fixed_cost=10_000, cost_per_person=50)
    assert backwards["near_best"].tolist() == [True, True, False, False]
    pd.testing.assert_series_equal(best_sizes(backwards).iloc[0], best)


def test_no_study_is_best_where_none_is_worth_its_cost():
    found = best_sizes(enbs(table([1.0, 2.0, 2.5]), population=1_000, fixed_cost=50_000, cost_per_person=10)).iloc[0]
    assert (found["n"], found["people"], found["enbs"]) == (0, 0, 0.0)
    assert (found["n_from"], found["n_to"]) == (0, 0)
    assert found["check"] == "passed"


def test_no_study_is_within_error_of_one_that_is_hardly_worth_its_cost():
    found = enbs(table([2.0, 3.0, 3.1], [1.5, 0.1, 0.1]), population=1_000, fixed_cost=500, cost_per_person=5)
    best = best_sizes(found).iloc[0]
    assert (best["n"], best["n_from"], best["enbs"]) == (100, 0, 1_500.0)


def test_a_best_size_at_the_end_of_those_tried_is_pointed_out():
    large = best_sizes(enbs(table([10.0, 20.0, 30.0]), population=1e4, fixed_cost=0, cost_per_person=1)).iloc[0]
    assert large["check"] == "the best is the largest size tried; try larger ones"
    small = best_sizes(enbs(table([10.0, 10.1, 10.2]), population=1e3, fixed_cost=0, cost_per_person=10)).iloc[0]
    assert small["check"] == "the best is the smallest size tried; try smaller ones"


def test_studies_and_thresholds_are_kept_apart_in_whatever_order():
    tables = [
        table([10.0, 15.0, 15.1]),
        table([0.1, 0.2, 0.3], threshold=30_000.0),
        table([40.0, 40.5, 41.0], study="survey", arms=1),
    ]
    mixed = pd.concat(tables).sample(frac=1, random_state=1)
    found = enbs(mixed, population=1_000, fixed_cost=1_000, cost_per_person=20)
    best = best_sizes(found).set_index(["study", "threshold"])
    assert best["n"].to_dict() == {("trial", 2e4): 100, ("trial", 3e4): 0, ("survey", 2e4): 50}
    assert best["people"].to_dict() == {("trial", 2e4): 200, ("trial", 3e4): 0, ("survey", 2e4): 50}
    near = found[found["near_best"]]
    assert sorted(zip(near["study"], near["n"], strict=True)) == [("survey", 50), ("trial", 100)]


def test_fewer_people_are_left_after_larger_studies():
    found = enbs(table([10.0, 12.0, 13.0]), population=lambda n: 10_000 - 20 * n, fixed_cost=1_000, cost_per_person=10)
    assert found["population"].tolist() == [9_000.0, 8_000.0, 6_000.0]
    assert best_sizes(found)["n"].item() == 100
    assert found["enbs"].tolist() == [88_000.0, 93_000.0, 73_000.0]


def test_the_best_size_of_a_normal_mean_study():
    """Against the closed form: preposterior sd × √(n / (n + 16)), unit normal loss, on a fine grid."""
    rng = np.random.default_rng(1)
    theta = rng.normal(size=20_000)
    benefit = 300 + 1e3 * theta + rng.normal(0, 500, 20_000)
    dims = ("sample", "strategy")
    outcomes = xr.Dataset(
        {"cost": (dims, -np.stack([0 * benefit, benefit], 1)), "qaly": (dims, np.zeros((20_000, 2)))},
        coords={"strategy": ["old", "new"]},
    )
    cea, sizes = CostEffectiveness(outcomes, comparator="old"), np.arange(10, 210, 10)
    study = normal_mean_study("theta", sd=4.0)
    found = best_sizes(
        enbs(
            evsi(cea, pd.DataFrame({"theta": theta}), study, n=sizes, threshold=0),
            population=1_000,
            fixed_cost=20_000,
            cost_per_person=500,
        )
    ).iloc[0]
    sd = 1e3 * np.sqrt(sizes / (sizes + 16))
    exact = 1_000 * (sd * stats.norm.pdf(300 / sd) - 300 * stats.norm.cdf(-300 / sd)) - 20_000 - 500 * sizes
    best = int(sizes[exact.argmax()])
    assert found["n_from"] <= best <= found["n_to"]
    assert found["n_to"] - found["n_from"] <= 150
    assert abs(found["enbs"] - exact.max()) < 3 * found["se"]
    assert found["check"] == "passed"


def test_people_affected_by_hand():
    """1,000 a year for 3 years at 3.5%: 1,000 (1 + 1/1.035 + 1/1.035²)."""
    found = affected(incidence=1_000, horizon="3 years", discount=0.035)
    assert found == pytest.approx(1_000 * (1 + 1 / 1.035 + 1 / 1.035**2))
    assert affected(incidence=1_000, horizon=3, discount=0.035) == found
    assert affected(incidence=[1_000, 1_000, 1_000], horizon="36 months", discount=0.035) == found


def test_part_of_a_year_uptake_and_delay():
    """Years 0 and 1 wait for the study; of year 2 a quarter is left, of the last half a year."""
    found = affected(incidence=[100, 200, 400, 800], horizon=3.5, discount=0.1, uptake=[0, 0, 0.5, 1], delay=2.75)
    assert found == pytest.approx(400 * 0.5 * 0.25 / 1.1**2 + 800 * 0.5 / 1.1**3)
    assert affected(incidence=100, horizon=2, discount=0.0, delay=5) == 0.0


def test_near_continuous_time_it_is_the_formula_of_the_r_package_voi():
    """Its pop_voi discounts continuously: 46,000 a year for 10 years at rate 0.035 are 388,124.2 (voi 1.0.3)."""
    rate = np.exp(0.035) - 1
    yearly = affected(incidence=46_000, horizon=10, discount=rate)
    assert yearly * (1 - np.exp(-0.035)) / 0.035 == pytest.approx(388_124.224941119)


def test_all_that_cannot_be_is_refused_together():
    with pytest.raises(OutcomeError) as error:
        affected(incidence=[1, -1], horizon="10", discount=-0.1, uptake=1.5, delay=-1)
    lines = str(error.value).splitlines()
    assert [line.split()[0] for line in lines] == ["horizon", "delay", "discount", "incidence", "uptake"]
    assert lines[0] == """horizon '10' has no unit; did you mean "10 years"?"""
    with pytest.raises(OutcomeError, match="incidence has 2 numbers; give one, or one for each of 3 years"):
        affected(incidence=[1, 2], horizon=3, discount=0.0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"fixed_cost": -1}, "fixed_cost is -1; give money of 0 or more"),
        ({"cost_per_person": np.nan}, "cost_per_person is nan"),
        ({"population": -5}, "population is -5; give a number of 0 or more people"),
    ],
)
def test_costs_and_people_that_cannot_be_are_refused(change, message):
    with pytest.raises(OutcomeError, match=message):
        enbs(table([1.0]), **{"population": 1, "fixed_cost": 1, "cost_per_person": 1, **change})


def test_tables_that_are_none_of_evsi_are_refused():
    costs = {"population": 1, "fixed_cost": 1, "cost_per_person": 1}
    with pytest.raises(OutcomeError, match="no column 'step_se'; give the DataFrame from evsi"):
        enbs(table([1.0]).drop(columns="step_se"), **costs)
    with pytest.raises(OutcomeError, match="the table is a list"):
        enbs([1.0], **costs)
    with pytest.raises(OutcomeError, match=r"'trial' has n = 50 at threshold 20,000 twice"):
        enbs(pd.concat([table([1.0]), table([2.0])]), **costs)
    with pytest.raises(OutcomeError, match="no column 'population'; give the DataFrame from enbs"):
        best_sizes(table([1.0]))


def test_per_cent_in_place_of_a_fraction_is_refused():
    with pytest.raises(OutcomeError, match=r"discount is 3\.5; .*: 3\.5% is 0\.035"):
        affected(incidence=100, horizon=3, discount=3.5)

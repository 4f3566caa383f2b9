"""Inequality of health and who gains: closed forms, plain loops, invariants, published weights."""

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from heemodel.decision.equity import (
    Distribution,
    atkinson_index,
    concentration_index,
    equally_distributed_equivalent,
    equity_impact,
    kolm_index,
    slope_index,
)
from heemodel.decision.outcomes import OutcomeError

FIFTHS = ["1", "2", "3", "4", "5"]
QALE = dict(zip(FIFTHS, [63.20, 67.68, 69.99, 73.18, 75.07], strict=True))  # York distributional calculator, 2022
levels = st.lists(st.tuples(st.floats(1, 90), st.floats(0.1, 10)), min_size=2, max_size=6)


def by_group(values):
    return xr.DataArray(list(values), dims="group", coords={"group": [str(at) for at in range(len(values))]})


def pair(rows):
    return by_group([row[0] for row in rows]), by_group([row[1] for row in rows])


@given(levels, st.sampled_from([0.0, 0.5, 1.0, 3.5, 10.95, 30.0]))
def test_the_equivalent_is_a_plain_sum_of_powers(rows, aversion):
    health, people = pair(rows)
    shares = [number / sum(row[1] for row in rows) for _, number in rows]
    if aversion == 1:
        plain = math.exp(sum(share * math.log(row[0]) for share, row in zip(shares, rows, strict=True)))
    else:
        plain = sum(share * row[0] ** (1 - aversion) for share, row in zip(shares, rows, strict=True)) ** (
            1 / (1 - aversion)
        )
    assert float(equally_distributed_equivalent(health, people, aversion=aversion)) == pytest.approx(plain, rel=1e-9)


@given(levels, st.floats(0.001, 0.5))
def test_kolm_is_a_plain_sum_of_exponentials(rows, aversion):
    health, people = pair(rows)
    whole = sum(row[1] for row in rows)
    plain = -math.log(sum(row[1] / whole * math.exp(-aversion * row[0]) for row in rows)) / aversion
    found = equally_distributed_equivalent(health, people, aversion=aversion, index="kolm")
    assert float(found) == pytest.approx(plain, rel=1e-9, abs=1e-9)


@given(levels, st.floats(0, 15), st.floats(0.1, 5))
def test_atkinson_knows_no_scale_and_kolm_no_level(rows, aversion, move):
    health, people = pair(rows)
    first = float(atkinson_index(health, people, aversion=aversion))
    assert float(atkinson_index(health * move, people, aversion=aversion)) == pytest.approx(first, abs=1e-9)
    second = float(kolm_index(health, people, aversion=aversion / 30))
    assert float(kolm_index(health + move, people, aversion=aversion / 30)) == pytest.approx(second, abs=1e-7)
    assert -1e-12 <= first < 1
    assert second >= -1e-9


@given(levels, st.floats(0.01, 15), st.floats(0.01, 1))
def test_giving_from_the_best_to_the_worst_off_narrows_inequality(rows, aversion, part):
    health, people = pair(rows)
    worst, best = int(np.argmin(health.data)), int(np.argmax(health.data))
    both = float(people[worst] + people[best])
    equal = float(health[worst] * people[worst] + health[best] * people[best]) / both
    moved = health.copy()  # both groups go part of the way to what they have together, and no health is lost
    for place in (worst, best):
        moved[place] += part * (equal - float(health[place]))
    before, after = (float(atkinson_index(levels_, people, aversion=aversion)) for levels_ in (health, moved))
    assert after <= before + 1e-12


def test_equal_health_has_no_inequality():
    health, people = by_group([70.0] * 4), by_group([1.0, 2.0, 3.0, 4.0])
    for index in (atkinson_index, kolm_index):
        assert float(index(health, people, aversion=5)) == pytest.approx(0, abs=1e-12)
    for index in (slope_index, concentration_index):
        assert float(index(health, people)) == pytest.approx(0, abs=1e-12)


def test_great_aversion_looks_at_the_worst_off_alone():
    health, people = by_group([50.0, 70.0, 80.0]), by_group([1.0, 1.0, 8.0])
    assert float(equally_distributed_equivalent(health, people, aversion=2_000)) == pytest.approx(50, rel=2e-3)
    found = equally_distributed_equivalent(health, people, aversion=100, index="kolm")
    assert float(found) == pytest.approx(50, rel=2e-3)


@given(levels)
def test_slope_is_weighted_least_squares_on_rank(rows):
    health, people = pair(rows)
    weights = people.to_numpy() / people.to_numpy().sum()
    rank = np.cumsum(weights) - weights / 2
    design = np.sqrt(weights)[:, None] * np.column_stack([np.ones_like(rank), rank])
    plain = np.linalg.lstsq(design, np.sqrt(weights) * health.to_numpy(), rcond=None)[0][1]
    assert float(slope_index(health, people)) == pytest.approx(plain, abs=1e-6)


@given(levels)
def test_concentration_is_twice_the_area_between_curve_and_diagonal(rows):
    health, people = pair(rows)
    weights = people.to_numpy() / people.to_numpy().sum()
    along = np.concatenate([[0], np.cumsum(weights)])
    held = np.concatenate([[0], np.cumsum(weights * health.to_numpy())])
    area = np.trapezoid(held / held[-1], along)
    assert float(concentration_index(health, people)) == pytest.approx(1 - 2 * area, abs=1e-9)


def test_indices_keep_samples_and_take_groups_in_any_order_of_people():
    health = xr.DataArray([[60.0, 70.0], [50.0, 70.0]], dims=("sample", "group"), coords={"group": ["a", "b"]})
    people = xr.DataArray([3.0, 1.0], dims="group", coords={"group": ["b", "a"]})
    assert atkinson_index(health, people, aversion=1).dims == ("sample",)
    assert slope_index(health, people).values == pytest.approx([20.0, 40.0])


@pytest.mark.parametrize(("aversion", "published"), [(1, 1.19), (3.5, 1.82), (10.5, 6.19), (11, 6.76)])
def test_a_qaly_of_the_most_deprived_weighs_as_the_york_calculator_says(aversion, published):
    """Its weights rest on health before rounding to two digits: within 2 per cent."""
    before = Distribution.of(health=QALE, people=dict.fromkeys(FIFTHS, 10_698_746.0))
    worth = {}
    for fifth in ("1", "5"):
        gain = xr.DataArray(
            [[0.0] * 5, [100.0 * (name == fifth) for name in FIFTHS]],
            dims=("strategy", "group"),
            coords={"strategy": ["today", "new"], "group": FIFTHS},
        )
        outcomes = xr.Dataset({"cost": 0 * gain, "qaly": gain})
        impact = equity_impact(
            outcomes, comparator="today", threshold=20_000, patients=dict.fromkeys(FIFTHS, 1), before=before
        )
        worth[fifth] = float(impact.welfare(aversion=aversion).sel(strategy="new"))
    assert worth["1"] / worth["5"] == pytest.approx(published, rel=0.02)


def sampled(seed=1, samples=50):
    rng = np.random.default_rng(seed)
    coords = {"strategy": ["today", "near", "far"], "group": ["a, 1", "a, 2", "b, 1"], "component": ["drug", "care"]}
    cost = xr.DataArray(
        rng.normal(1_000, 300, (samples, 3, 3, 2)), dims=("sample", "strategy", "group", "component"), coords=coords
    )
    qaly = xr.DataArray(rng.normal(2, 0.3, (samples, 3, 3)), dims=("sample", "strategy", "group"))
    return xr.Dataset({"cost": cost, "qaly": qaly})


PATIENTS = {"a, 1": 40.0, "a, 2": 10.0, "b, 1": 25.0}
MEMBER = {"a, 1": "1", "a, 2": "2", "b, 1": "1"}
BEFORE = Distribution.of(health={"1": 64.0, "2": 72.0}, people={"1": 5_000.0, "2": 15_000.0})


def impact_of(outcomes, **changed):
    given_ = {"comparator": "today", "threshold": 20_000, "patients": PATIENTS, "before": BEFORE, "member_of": MEMBER}
    return equity_impact(outcomes, **(given_ | changed))


def test_net_health_is_that_of_a_plain_loop():
    outcomes, shares = sampled(), {"1": 0.7, "2": 0.3}
    found = impact_of(outcomes, opportunity_cost=shares).net
    for sample in (0, 17):
        for strategy in ("near", "far"):
            cost, gains = 0.0, {"1": 0.0, "2": 0.0}
            for group, number in PATIENTS.items():
                new, old = (
                    outcomes.sel(strategy=name, group=group).isel(sample=sample) for name in (strategy, "today")
                )
                cost += number * float(new["cost"].sum() - old["cost"].sum())
                gains[MEMBER[group]] += number * float(new["qaly"] - old["qaly"])
            for group, gain in gains.items():
                plain = gain - shares[group] * cost / 20_000
                assert float(found.sel(strategy=strategy, group=group)[sample]) == pytest.approx(plain, rel=1e-9)


def test_what_all_gain_adds_up_and_equals_welfare_without_aversion():
    outcomes = sampled()
    impact = impact_of(outcomes)
    extra = {
        name: sum(PATIENTS[group] * values.sel(group=group) for group in PATIENTS)
        for name, values in {"qaly": outcomes["qaly"], "cost": outcomes["cost"].sum("component")}.items()
    }
    benefit = extra["qaly"] - extra["cost"] / 20_000
    whole = benefit - benefit.sel(strategy="today")
    np.testing.assert_allclose(impact.net.sum("group"), whole.transpose("sample", "strategy"), atol=1e-9)
    np.testing.assert_allclose(impact.welfare(aversion=0), impact.net.sum("group"), atol=1e-6)
    assert float(abs(impact.net.sel(strategy="today")).max()) == 0


def test_without_shares_everyone_bears_as_much():
    impact = impact_of(sampled())
    each = impact.forgone / BEFORE.people
    np.testing.assert_allclose(each.sel(group="1"), each.sel(group="2"))


def test_the_plane_is_right_of_zero_where_the_deprived_gain():
    coords = {"strategy": ["today", "deprived first", "others first"], "group": ["1", "2"]}
    qaly = xr.DataArray([[0.0, 0.0], [3.0, 1.0], [1.0, 3.0]], dims=("strategy", "group"), coords=coords)
    impact = equity_impact(
        xr.Dataset({"cost": 0 * qaly, "qaly": qaly}),
        comparator="today",
        threshold=20_000,
        patients={"1": 100, "2": 100},
        before=Distribution.of(health={"1": 64.0, "2": 72.0}, people={"1": 1e5, "2": 1e5}),
    )
    plane = impact.plane(aversion=10.95)
    assert plane["health"].values.tolist() == [0, 400, 400]
    assert (
        float(plane["equity"].sel(strategy="deprived first")) > 0 > float(plane["equity"].sel(strategy="others first"))
    )
    table = impact.table(atkinson=[10.95], kolm=[0.15]).set_index(["strategy", "group", "quantity"])
    assert table.loc[("deprived first", "", "slope_index_change"), "value"] == pytest.approx(-0.002 * 2)
    assert table.loc[("deprived first", "1", "net_per_100000"), "value"] == pytest.approx(300)
    assert "today" not in table.index.get_level_values("strategy")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"comparator": "todays"}, "unknown comparator 'todays'; did you mean 'today'"),
        ({"threshold": 0}, "threshold = 0 must be above 0"),
        ({"patients": {"a, 1": 1, "a, 2": 1}}, "patients has no group 'b, 1'"),
        ({"patients": PATIENTS | {"c": 1}}, "patients has an unknown group 'c'"),
        ({"patients": PATIENTS | {"a, 1": -1}}, "patients of 'a, 1' is -1"),
        ({"patients": PATIENTS | {"a, 1": float("nan")}}, "patients of 'a, 1' is nan"),
        ({"member_of": None}, "the population has no group 'a, 1'; give member_of"),
        ({"member_of": {"a, 1": "1"}}, "member_of does not say where group 'a, 2' belongs"),
        ({"member_of": MEMBER | {"a, 2": "3"}}, "group 'a, 2': the population has no group '3'"),
        ({"opportunity_cost": {"1": 0.5, "2": 0.6}}, "opportunity_cost adds up to 1.1"),
        ({"opportunity_cost": {"1": 1.0}}, "opportunity_cost has no group '2'"),
    ],
)
def test_what_does_not_fit_is_refused(changed, words):
    with pytest.raises(OutcomeError) as caught:
        impact_of(sampled(), **changed)
    assert words in str(caught.value)


def test_outcomes_without_groups_are_refused():
    with pytest.raises(OutcomeError, match="run the model by group"):
        impact_of(sampled().sum("group"))


@pytest.mark.parametrize(
    ("health", "people", "words"),
    [
        ({"1": 60.0}, {"1": 1.0}, "two groups or more"),
        ({"1": 60.0, "2": 0.0}, {"1": 1.0, "2": 1.0}, "health of '2' is 0"),
        ({"1": 60.0, "2": 70.0}, {"1": 1.0, "2": -1.0}, "people of '2' is -1"),
        ({"1": 60.0, "2": 70.0}, {"1": 1.0}, "group '2' has health and no people"),
        ({"1": 60.0, "2": float("inf")}, {"1": 1.0, "2": 1.0}, "health of '2' is inf"),
    ],
)
def test_a_distribution_that_is_none_is_refused(health, people, words):
    with pytest.raises(OutcomeError) as caught:
        Distribution.of(health=health, people=people)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"aversion": -1}, "aversion = -1 must be 0 or more"),
        ({"aversion": float("nan")}, "aversion = nan"),
        ({"aversion": 1, "index": "gini"}, "index = 'gini' is none of"),
    ],
)
def test_aversions_and_indices_that_are_none_are_refused(how, words):
    with pytest.raises(OutcomeError) as caught:
        equally_distributed_equivalent(by_group([60.0, 70.0]), by_group([1.0, 1.0]), **how)
    assert words in str(caught.value)


def test_gains_are_no_levels_of_health():
    with pytest.raises(OutcomeError, match="health above 0"):
        atkinson_index(by_group([-1.0, 70.0]), by_group([1.0, 1.0]), aversion=2)
    with pytest.raises(OutcomeError, match="nothing below 0"):
        concentration_index(by_group([-1.0, 70.0]), by_group([1.0, 1.0]))
    with pytest.raises(OutcomeError, match="no dimension 'group'"):
        slope_index(xr.DataArray(1.0), by_group([1.0, 1.0]))
    with pytest.raises(OutcomeError, match="must be above 0 for a plane"):
        impact_of(sampled()).plane(aversion=0)

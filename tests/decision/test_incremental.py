"""Full incremental analysis: published tables, a second implementation by thresholds, ties, what must not matter."""

import itertools
import json
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.decision.incremental import incremental_analysis
from tests.conftest import ROOT

DAMPACK = json.loads((ROOT / "tests/reference/data/dampack_icer_tables.json").read_text(encoding="utf-8"))
STATUS = {"ND": "on the frontier", "D": "dominated", "ED": "extendedly dominated"}

NAMES = [f"s{i}" for i in range(8)]
POINTS = st.lists(st.tuples(st.integers(-9, 9), st.integers(-6, 6)), min_size=1, max_size=8)


def analysed(points, names=NAMES):
    cost, qaly = zip(*points, strict=True)
    return incremental_analysis(names[: len(points)], cost, qaly)


def frontier(table):
    return table.loc[table["status"] == "on the frontier", "strategy"].tolist()


def best_at_some_threshold(points):
    """Points of highest net benefit at a threshold above 0: below, at, between and above all those where two tie."""
    ties = {Fraction(a[0] - b[0], a[1] - b[1]) for a, b in itertools.combinations(points, 2) if a[1] != b[1]} | {
        Fraction(0)
    }
    ties = sorted(tie for tie in ties if tie >= 0)
    between = [(low + high) / 2 for low, high in itertools.pairwise(ties)]
    best = set()
    for threshold in [*ties[1:], *between, ties[-1] + 1]:
        benefit = [threshold * qaly - cost for cost, qaly in points]
        best |= {point for point, value in zip(points, benefit, strict=True) if value == max(benefit)}
    return best


@pytest.mark.parametrize("name", ["hund_strat", "psa_cdiff", "hiv_screening"])
def test_the_tables_of_dampack_are_reproduced(name):
    """dampack (Alarid-Escudero, Knowlton, Easterly, Enns; CRAN), `calculate_icers`: three of its own examples."""
    strategies, cost, qaly = zip(*DAMPACK[name]["input"], strict=True)
    found = incremental_analysis(strategies, cost, qaly).set_index("strategy")
    assert len(found) == len(DAMPACK[name]["expected"])
    for strategy, *numbers, status in DAMPACK[name]["expected"]:
        row = found.loc[strategy]
        assert row["status"] == STATUS[status]
        expected = np.array(numbers, dtype=float)
        ours = row[["incremental_cost", "incremental_qaly", "icer"]].to_numpy(dtype=float)
        np.testing.assert_allclose(ours, expected, rtol=1e-9)
    order = [row[0] for row in DAMPACK[name]["expected"] if row[-1] == "ND"]
    assert frontier(found.reset_index()) == order


@settings(max_examples=200, deadline=None)
@given(POINTS)
def test_the_frontier_is_what_is_best_at_some_threshold(points):
    table = analysed(points)
    best = best_at_some_threshold(points)
    status = table.set_index("strategy")["status"]
    for name, point in zip(NAMES, points, strict=False):
        first = min(other for other, same in zip(NAMES, points, strict=False) if same == point)
        dominated = any(c <= point[0] and q >= point[1] and (c, q) != point for c, q in points)
        expected = "on the frontier" if point in best else "dominated" if dominated else "extendedly dominated"
        assert status[name] == (expected if first == name else f"equal to {first}")


@settings(max_examples=50, deadline=None)
@given(POINTS, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(points, random):
    order = random.sample(range(len(points)), len(points))
    shuffled = analysed([points[i] for i in order], [NAMES[i] for i in order])
    pd.testing.assert_frame_equal(shuffled, analysed(points))


@settings(max_examples=50, deadline=None)
@given(POINTS, st.integers(0, 7), st.integers(0, 5), st.integers(0, 5))
def test_a_dominated_strategy_more_changes_no_frontier(points, which, dearer, fewer):
    assume(which < len(points) and dearer + fewer > 0)
    cost, qaly = points[which]
    before, after = (
        analysed(points),
        analysed([*points, (cost + dearer, qaly - fewer)], [*NAMES[: len(points)], "worse"]),
    )
    on = after["status"] == "on the frontier"
    pd.testing.assert_frame_equal(
        after[on].reset_index(drop=True), before[before["status"] == "on the frontier"].reset_index(drop=True)
    )


@settings(max_examples=50, deadline=None)
@given(POINTS, st.integers(-1_000, 1_000), st.integers(-1_000, 1_000))
def test_a_constant_for_all_changes_no_ratio(points, cost, qaly):
    moved = analysed([(c + cost, q + qaly) for c, q in points])
    pd.testing.assert_frame_equal(moved.drop(columns=["cost", "qaly"]), analysed(points).drop(columns=["cost", "qaly"]))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 100))
def test_ratios_and_costs_and_qalys_rise_along_the_frontier(seed, strategies):
    rng = np.random.default_rng(seed)
    qaly = rng.normal(10, 1, strategies)
    table = incremental_analysis(
        [f"s{i}" for i in range(strategies)], 5_000 * qaly + rng.normal(0, 3e3, strategies), qaly
    )
    on = table[table["status"] == "on the frontier"]
    for column in ("cost", "qaly"):
        assert (on[column].diff().dropna() > 0).all()
    assert (on["icer"].diff().dropna() >= 0).all()
    assert (on["icer"].dropna() > 0).all()
    assert on["versus"].tolist() == ["", *on["strategy"].tolist()[:-1]]
    off = table[table["status"] != "on the frontier"]
    assert off[["incremental_cost", "incremental_qaly", "icer"]].isna().all(axis=None)
    assert (off["dominated_by"] != "").all()


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([(0, 1)], {"s0": "on the frontier"}),
        ([(0, 1), (5, 0)], {"s0": "on the frontier", "s1": "dominated"}),
        ([(-5, -1), (-9, -2)], {"s0": "on the frontier", "s1": "on the frontier"}),
        ([(3, 9), (5, 1), (4, 9), (9, 8)], {"s0": "on the frontier", **dict.fromkeys(["s1", "s2", "s3"], "dominated")}),
        ([(1, 1), (1, 2)], {"s0": "dominated", "s1": "on the frontier"}),
        ([(2, 1), (1, 1)], {"s0": "dominated", "s1": "on the frontier"}),
        ([(1, 1), (1, 1), (1, 1)], {"s0": "on the frontier", "s1": "equal to s0", "s2": "equal to s0"}),
        ([(0, 0), (2, 1), (2, 1), (2, 2)], {"s0": "on the frontier", "s1": "dominated", "s2": "equal to s1"}),
        ([(0, 0), (1, 1), (2, 2)], dict.fromkeys(["s0", "s1", "s2"], "on the frontier")),
        ([(0, 0), (2, 1), (3, 2)], {"s0": "on the frontier", "s1": "extendedly dominated", "s2": "on the frontier"}),
    ],
)
def test_ties_and_small_sets_by_hand(points, expected):
    status = analysed(points).set_index("strategy")["status"]
    assert {name: status[name] for name in expected} == expected


def test_dominance_is_told_in_words():
    points = [(0, 0), (2, 1), (3, 3), (3, 2), (4, 3), (5, 1), (2, 1)]
    by = analysed(points).set_index("strategy")["dominated_by"]
    assert by.to_dict() == {
        "s0": "",
        "s1": "a mix of s0 and s2: more QALYs at the same cost",
        "s2": "",
        "s3": "s2: costs the same, gains more QALYs",
        "s4": "s2: costs less, gains as many QALYs",
        "s5": "s2: costs less, gains more QALYs",
        "s6": "a mix of s0 and s2: more QALYs at the same cost",
    }


@pytest.mark.parametrize(
    ("names", "cost", "qaly", "said"),
    [
        (["a", "a"], [1, 2], [1, 2], "'a' is there twice"),
        (["a", "b"], [1, np.nan], [np.inf, 2], "cost of strategy 'b' is nan.*\nQALYs of strategy 'a' is inf"),
        (["a", "b"], [1], [1, 2], r"2 strategies, costs of shape \(1,\)"),
    ],
)
def test_means_that_cannot_be_compared_are_refused(names, cost, qaly, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        incremental_analysis(names, cost, qaly)


def test_increments_of_samples_carry_interval_and_error_and_ratios_none():
    rng = np.random.default_rng(3)
    cost = np.array([0.0, 1_000.0, 5_000.0, 6_000.0]) + rng.normal(0, 100, (2_000, 4))
    qaly = np.array([1.0, 1.5, 1.6, 1.2]) + rng.normal(0, 0.01, (2_000, 4))
    psa = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": (("sample", "strategy"), qaly)},
        coords={"strategy": ["a", "b", "c", "d"]},
    )
    table = hm.CostEffectiveness(psa, comparator="c").incremental_table().set_index("strategy")
    assert table["status"].tolist() == ["on the frontier"] * 3 + ["dominated"]
    extra = cost[:, 2] - cost[:, 1]
    row = table.loc["c"]
    assert row["versus"] == "b"
    assert row["icer"] == pytest.approx(extra.mean() / (qaly[:, 2] - qaly[:, 1]).mean())
    assert row["incremental_cost_lower"] == pytest.approx(np.quantile(extra, 0.025))
    assert row["incremental_cost_upper"] == pytest.approx(np.quantile(extra, 0.975))
    assert row["incremental_cost_mcse"] == pytest.approx(extra.std(ddof=1) / np.sqrt(2_000))
    assert row["incremental_qaly_mcse"] == pytest.approx(np.std(qaly[:, 2] - qaly[:, 1], ddof=1) / np.sqrt(2_000))
    assert np.isnan(table.loc["d", "incremental_cost_lower"])
    assert not [column for column in table.columns if column.startswith("icer_")]


def test_a_deterministic_run_has_increments_without_intervals():
    point = xr.Dataset({"cost": ("strategy", [0.0, 10.0]), "qaly": ("strategy", [0.0, 2.0])}, {"strategy": ["a", "b"]})
    row = hm.CostEffectiveness(point, comparator="b").incremental_table().set_index("strategy").loc["b"]
    assert (row["versus"], row["icer"]) == ("a", 5.0)
    assert np.isnan(row["incremental_cost_lower"])
    assert np.isnan(row["incremental_qaly_mcse"])

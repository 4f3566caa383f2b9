"""Subgroups: weighted totals, tables by group and the value of deciding for each, by hand and by what must hold."""

import itertools

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.decision.groups import group_table, stratification_value

WEIGHTS = {"early": 0.75, "late": 0.25}


def grouped(cost, qaly, groups=("early", "late"), strategies=("old", "new")):
    """Costs and QALYs of dimensions (sample, group, strategy)."""
    dims = ("sample", "group", "strategy")[-np.ndim(cost) :]
    coords = {"strategy": list(strategies), "group": list(groups)}
    return xr.Dataset({"cost": (dims, cost), "qaly": (dims, qaly)}, coords=coords)


TWO = grouped([[[0.0, 100.0], [0.0, 400.0]]] * 2, [[[1.0, 1.02], [1.0, 1.01]], [[1.0, 1.04], [1.0, 1.01]]])


def drawn(seed, groups=3, strategies=3, samples=20):
    rng = np.random.default_rng(seed)
    shape = (samples, groups, strategies)
    names = [f"g{i}" for i in range(groups)], [f"s{i}" for i in range(strategies)]
    weights = dict(zip(names[0], rng.dirichlet(np.ones(groups)), strict=True))
    return grouped(rng.normal(0, 1e3, shape), rng.normal(0, 0.1, shape), *names), weights


def test_costs_and_qalys_of_the_population_are_weighted_means_of_every_sample():
    cea = hm.CostEffectiveness(TWO, comparator="old", weights=WEIGHTS)
    assert cea.cost.sel(strategy="new").to_numpy().tolist() == pytest.approx([175.0, 175.0])
    assert cea.qaly.sel(strategy="new").to_numpy().tolist() == pytest.approx([1.0175, 1.0325])
    assert cea.icer("new").value == pytest.approx(175 / 0.025)


def test_components_groups_and_outcomes_without_groups_add_up():
    parts = xr.Dataset(
        {
            "cost": (("group", "strategy", "component"), [[[1.0, 2.0], [5.0, 6.0]], [[0.0, 0.0], [2.0, 1.0]]]),
            "qaly": ("strategy", [0.0, 1.0]),
        },
        coords={"strategy": ["old", "new"], "component": ["a", "b"], "group": ["early", "late"]},
    )
    cea = hm.CostEffectiveness(parts, comparator="old", weights={"late": 0.5, "early": 0.5})
    assert cea.cost.to_series().to_dict() == {"old": 1.5, "new": 7.0}
    assert cea.qaly.to_series().to_dict() == {"old": 0.0, "new": 1.0}


def test_weights_are_matched_by_name():
    turned = hm.CostEffectiveness(TWO, comparator="old", weights={"late": 0.25, "early": 0.75})
    xr.testing.assert_identical(turned.cost, hm.CostEffectiveness(TWO, comparator="old", weights=WEIGHTS).cost)


def test_draws_of_chains_keep_their_chains():
    chains = TWO.assign_coords(chain=("sample", [0, 1]))
    assert "chain" in hm.CostEffectiveness(chains, comparator="old", weights=WEIGHTS).cost.coords


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (None, "have the dimension 'group'; give weights, the share of each of early, late .* outcomes.sel"),
        ({"early": 0.7, "late": 0.2}, "add up to 0.9; they must add up to 1"),
        ({"early": 0.7, "late": 0.3 + 1e-8}, "add up to 1.00000001;"),
        ({"early": 1.0}, "no group 'late'; give its share, which may be 0"),
        ({"erly": 0.7, "late": 0.3}, "unknown group 'erly'; did you mean 'early'"),
        ({"early": 1.2, "late": -0.2}, "(?s)'early' is 1.2; give a share.*'late' is -0.2; give a share"),
        ({"early": np.nan, "late": 1.0}, "'early' is nan; give a share"),
        ({"early": "0.7", "late": 0.3}, "'early' is '0.7'; give a share"),
        ({"early": 0.7, 2: 0.3}, "(?s)a group 2, which is not text.*no group 'late'"),
        ([0.7, 0.3], r"weights are \[0.7, 0.3\]; give the share of each group, such as {'early': 1.0}"),
    ],
)
def test_groups_without_weights_and_weights_that_do_not_fit_are_refused(weights, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.CostEffectiveness(TWO, comparator="old", weights=weights)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (TWO.sel(group="early"), "have no dimension 'group'; leave out weights"),
        (TWO.drop_vars("group"), r"dimension group with names; assign_coords\(group="),
        (TWO.assign_coords(group=["late", "late"]), "a group is there twice"),
        (TWO.assign_coords(group=[0, 1]), "a group is called 0, which is not text"),
    ],
)
def test_outcomes_whose_groups_have_no_proper_names_are_refused(data, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.CostEffectiveness(data, comparator="old", weights=WEIGHTS)


def test_weights_within_a_billionth_of_one_are_taken_as_they_are():
    weights = {"early": 0.75, "late": 0.25 + 1e-10}
    cea = hm.CostEffectiveness(TWO, comparator="old", weights=weights)
    assert cea.cost.sel(strategy="new").to_numpy()[0] == 0.75 * 100 + (0.25 + 1e-10) * 400


def test_the_table_by_group_holds_each_group_and_all():
    table = group_table(TWO, comparator="old", weights=WEIGHTS, thresholds=[20_000])
    assert table["group"].unique().tolist() == ["early", "late", "all groups"]
    assert dict(zip(table["group"], table["weight"], strict=True)) == {**WEIGHTS, "all groups": 1.0}
    rows = table[table["strategy"] == "new"].set_index(["quantity", "group"])
    benefit = rows.loc["incremental_net_benefit_20000", "value"]
    assert benefit.to_dict() == pytest.approx({"early": 500.0, "late": -200.0, "all groups": 325.0})
    chance = rows.loc["probability_most_cost_effective_20000", "value"]
    assert chance.to_dict() == {"early": 1.0, "late": 0.0, "all groups": 1.0}
    assert rows.loc[("icer", "late"), "value"] == pytest.approx(40_000)
    assert "north-east" in rows.loc[("icer", "late"), "note"]


def test_a_deterministic_run_has_a_table_by_group_too():
    point = TWO.mean("sample")
    table = group_table(point, comparator="old", weights=WEIGHTS).set_index(["quantity", "strategy", "group"])
    assert table.loc[("incremental_cost", "new", "all groups"), "value"] == 175.0
    assert table["mcse"].isna().all()


def test_the_value_of_stratified_decisions_by_hand():
    found = stratification_value(TWO, weights=WEIGHTS, thresholds=[20_000, 0]).set_index(["threshold", "group"])
    assert found.loc[20_000, "strategy"].to_dict() == {"early": "new", "late": "old", "all groups": "new"}
    assert found.loc[20_000, "value"].to_dict() == pytest.approx({"early": 0.0, "late": 200.0, "all groups": 50.0})
    assert found.loc[0, "strategy"].tolist() == ["old"] * 3
    assert found.loc[0, "value"].tolist() == [0.0] * 3


def test_the_value_of_stratified_decisions_has_the_monte_carlo_error_of_its_mean():
    outcomes, weights = drawn(5, groups=2, strategies=2, samples=500)
    outcomes["qaly"] = outcomes["qaly"] + xr.DataArray([[0.1, 0.0], [0.0, 0.2]], dims=("group", "strategy"))
    found = stratification_value(outcomes, weights=weights, thresholds=[20_000]).set_index("group")
    benefit = 20_000 * outcomes["qaly"] - outcomes["cost"]
    for_all = found.loc["all groups", "strategy"]
    gain = sum(w * (benefit.sel(group=g, strategy=found.loc[g, "strategy"]) - benefit.sel(group=g, strategy=for_all))
               for g, w in weights.items()).to_numpy()  # fmt: skip
    assert found.loc["all groups", "value"] == pytest.approx(gain.mean())
    assert found.loc["all groups", "mcse"] == pytest.approx(gain.std(ddof=1) / np.sqrt(500))


def test_a_group_that_does_as_well_with_the_best_for_all_keeps_it():
    point = grouped([[0.0, 0.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 2.0]])
    found = stratification_value(point, weights=WEIGHTS, thresholds=[20_000])
    assert found["strategy"].tolist() == ["new", "new", "new"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 1e5))
def test_stratifying_is_worth_what_the_best_of_all_plans_gains_over_the_best_single_strategy(seed, threshold):
    outcomes, weights = drawn(seed)
    benefit = (threshold * outcomes["qaly"] - outcomes["cost"]).mean("sample").to_numpy()
    share = np.array(list(weights.values()))
    plans = [share @ benefit[range(3), list(plan)] for plan in itertools.product(range(3), repeat=3)]
    single = [share @ benefit[:, strategy] for strategy in range(3)]
    found = stratification_value(outcomes, weights=weights, thresholds=threshold).set_index("group")["value"]
    assert found["all groups"] == pytest.approx(max(plans) - max(single), abs=1e-6)
    assert found["all groups"] >= 0
    assert found["all groups"] == pytest.approx(sum(weights[name] * found[name] for name in weights), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_one_group_of_weight_one_is_no_groups(seed):
    outcomes, _ = drawn(seed, groups=1)
    within = hm.CostEffectiveness(outcomes.sel(group="g0"), comparator="s0").table([20_000])
    whole = hm.CostEffectiveness(outcomes, comparator="s0", weights={"g0": 1.0}).table([20_000])
    pd.testing.assert_frame_equal(whole, within)
    assert (stratification_value(outcomes, weights={"g0": 1.0}, thresholds=[20_000])["value"] == 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_groups_that_are_all_alike_are_like_the_whole(seed):
    outcomes, weights = drawn(seed)
    alike = xr.concat([outcomes.sel(group="g0", drop=True)] * 3, dim="group").assign_coords(group=outcomes["group"])
    table = group_table(alike, comparator="s0", weights=weights, thresholds=[20_000])
    each = [part.drop(columns=["group", "weight"]).reset_index(drop=True) for _, part in table.groupby("group")]
    for one in each:
        pd.testing.assert_frame_equal(one, each[0])
    value = stratification_value(alike, weights=weights, thresholds=[0, 20_000])["value"]
    assert value.tolist() == pytest.approx([0.0] * len(value), abs=1e-9)


def test_a_group_that_is_called_like_the_whole_is_refused():
    data = TWO.assign_coords(group=["early", "all groups"])
    with pytest.raises(hm.decision.OutcomeError, match="a group is called 'all groups'"):
        group_table(data, comparator="old", weights={"early": 0.5, "all groups": 0.5})

"""Decision trees against calculations by hand."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures import blocks, protocol
from heemodel.structures.tree import evaluation


def branches(p):
    return {
        "attack": {"relief": p.p_relief, "no relief": hm.REST},
        "relief": {"recurrence": p.p_recurrence, "no recurrence": hm.REST},
        "no relief": {"endures": 1 - p.p_emergency, "emergency": p.p_emergency},
    }


def payoffs(p):
    return hm.Payoffs(
        cost={
            "drug": {"attack": p.dose, "recurrence": p.dose},
            "hospital": {("no relief", "emergency"): p.visit},
        },
        qaly={"no recurrence": 0.01, "recurrence": p.u_recurrence, "endures": -0.003, "emergency": 0.001},
        effects={"visits": {"emergency": 1.0}},
    )


TREE = hm.DecisionTree(strategies=["old", "new"], root="attack", branches=branches, payoffs=payoffs)


def point():
    return xr.Dataset(
        {
            "p_relief": hm.by_strategy({"old": 0.4, "new": 0.6}),
            "p_recurrence": hm.by_strategy({"new": 0.3, "old": 0.2}),  # in another order than the tree's
            "p_emergency": 0.1,
            "dose": hm.by_strategy({"old": 2.0, "new": 16.0}),
            "visit": 60.0,
            "u_recurrence": 0.009,
        }
    )


def sampled(samples=50, seed=1):
    rng = np.random.default_rng(seed)
    draws = {name: ("sample", rng.uniform(0, 1, samples)) for name in ("p_recurrence", "p_emergency", "u_recurrence")}
    draws |= {"visit": ("sample", rng.gamma(9, 7, samples)), "dose": point()["dose"]}
    p_relief = (("strategy", "sample"), rng.uniform(0, 1, (2, samples)))
    return xr.Dataset({**draws, "p_relief": p_relief}, coords={"strategy": ["new", "old"]})


def test_a_tree_equals_the_calculation_by_hand():
    outcomes = TREE.run(point())
    old = 2.0 + 0.4 * 0.2 * 2.0, 0.6 * 0.1 * 60.0, 0.4 * (0.8 * 0.01 + 0.2 * 0.009) + 0.6 * (0.9 * -0.003 + 0.1 * 0.001)
    new = 16 + 0.6 * 0.3 * 16, 0.4 * 0.1 * 60.0, 0.6 * (0.7 * 0.01 + 0.3 * 0.009) + 0.4 * (0.9 * -0.003 + 0.1 * 0.001)
    np.testing.assert_allclose(outcomes["cost"].sel(component="drug"), [old[0], new[0]], rtol=1e-14)
    np.testing.assert_allclose(outcomes["cost"].sel(component="hospital"), [old[1], new[1]], rtol=1e-14)
    np.testing.assert_allclose(outcomes["qaly"], [old[2], new[2]], rtol=1e-13)
    np.testing.assert_allclose(outcomes["visits"], [0.06, 0.04], rtol=1e-14)
    assert outcomes["cost"].dims == ("strategy", "component")
    assert outcomes["strategy"].values.tolist() == ["old", "new"]


def test_outcomes_have_the_form_of_any_models():
    draws = sampled().assign_coords(sample=np.arange(50) + 3, chain=("sample", np.zeros(50)))
    outcomes = TREE.run(draws)
    assert outcomes["cost"].dims == ("sample", "strategy", "component")
    assert outcomes["qaly"].dims == outcomes["visits"].dims == ("sample", "strategy")
    assert outcomes["sample"].values[0] == 3
    assert "chain" in outcomes.coords
    assert hm.CostEffectiveness(outcomes, comparator="old").interventions == ["new"]
    assert isinstance(TREE, protocol.DecisionModel)
    assert isinstance(TREE, protocol.Branching)
    assert not isinstance(TREE, protocol.Traceable)


def test_draws_of_every_form_give_the_same():
    table = pd.DataFrame(
        {name: sampled()[name].values for name in ("p_recurrence", "p_emergency", "u_recurrence", "visit")}
    )
    table["p_relief"], table["dose"] = 0.5, 3.0
    wanted = TREE.run(xr.Dataset({name: ("sample", table[name]) for name in table}))
    xr.testing.assert_identical(TREE.run(table), wanted)
    xr.testing.assert_identical(TREE.run({name: table[name].to_numpy() for name in table}), wanted)


def test_each_draw_stands_alone_and_a_point_is_a_draw():
    draws = sampled()
    outcomes = TREE.run(draws)
    for sample in (0, 17):
        xr.testing.assert_identical(TREE.run(draws.isel(sample=sample)), outcomes.isel(sample=sample))
        xr.testing.assert_identical(TREE.run(draws.isel(sample=[sample])), outcomes.isel(sample=[sample]))


@pytest.mark.parametrize("size", [7, 16, 1_000])
def test_results_are_the_same_to_the_bit_in_blocks_of_any_size(size, monkeypatch):
    draws = sampled(1_000)
    whole, leaves = TREE.run(draws), TREE.leaf_probabilities(draws)
    monkeypatch.setattr(blocks, "BLOCK", size)
    monkeypatch.setattr(blocks, "LARGE", 100)
    xr.testing.assert_identical(TREE.run(draws), whole)
    xr.testing.assert_identical(TREE.leaf_probabilities(draws), leaves)
    np.testing.assert_allclose(TREE.table(draws)["cost"].iloc[0], whole["cost"].sum("component").mean("sample")[0])


@pytest.mark.parametrize("size", [2, 7, 333])
def test_results_are_the_same_to_the_bit_in_strips_of_any_size(size, monkeypatch):
    draws = sampled(1_000)
    whole, leaves = TREE.run(draws), TREE.leaf_probabilities(draws)
    monkeypatch.setattr(evaluation, "STRIP", size)
    xr.testing.assert_identical(TREE.run(draws), whole)
    xr.testing.assert_identical(TREE.leaf_probabilities(draws), leaves)


def test_draws_chunked_by_dask_give_outcomes_chunked_alike():
    draws = sampled(100)
    lazy = TREE.run(draws.chunk(sample=30))
    assert lazy["cost"].chunksizes["sample"] == (30, 30, 30, 10)
    xr.testing.assert_identical(lazy.compute(), TREE.run(draws))


def test_progress_is_told():
    told = []
    TREE.run(sampled(), progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (50, 50)


def test_groups_have_trees_of_their_own():
    risk = xr.DataArray([0.1, 0.3], dims="group", coords={"group": ["young", "old age"]})
    tree = hm.DecisionTree(
        strategies=["care"],
        groups=["old age", "young"],
        root="r",
        branches=lambda p: {"r": {"ill": risk, "well": hm.REST}},
        payoffs=lambda p: hm.Payoffs(cost={"care": {"ill": p.cost}}, qaly={"well": 1.0}),
    )
    outcomes = tree.run({"cost": [100.0, 200.0]})
    assert outcomes["cost"].dims == ("sample", "strategy", "group", "component")
    np.testing.assert_allclose(outcomes["cost"].squeeze(), [[30, 10], [60, 20]])
    np.testing.assert_allclose(outcomes["qaly"].isel(sample=0).squeeze(), [0.7, 0.9])
    shares = tree.leaf_probabilities({"cost": 1.0})
    assert shares.dims == ("strategy", "group", "leaf")
    np.testing.assert_allclose(shares.sel(group="young", leaf="ill"), 0.1)
    assert [*tree.table({"cost": 1.0}).columns[:3]] == ["strategy", "group", "node"]
    assert tree.paths({"cost": 1.0}).query("group == 'young' and leaf == 'ill'")["expected_cost"].item() == 0.1


def test_leaf_probabilities_are_products_along_the_paths():
    leaves = TREE.leaf_probabilities(point()).sel(strategy="new")
    wanted = {"recurrence": 0.18, "no recurrence": 0.42, "endures": 0.36, "emergency": 0.04}
    assert leaves["leaf"].values.tolist() == [*wanted]
    np.testing.assert_allclose(leaves, [*wanted.values()], rtol=1e-14)
    assert TREE.leaf_probabilities(sampled()).dims == ("sample", "strategy", "leaf")


def test_leaf_probabilities_need_no_payoffs_parameters():
    few = point()[["p_relief", "p_recurrence", "p_emergency"]]
    assert TREE.leaf_probabilities(few).sum().item() == pytest.approx(2.0)


def test_a_tree_runs_within_another_models_function_and_what_it_reads_is_known():
    p = hm.Parameters(sampled())
    leaves = TREE.leaf_probabilities(p)
    xr.testing.assert_identical(leaves, TREE.leaf_probabilities(sampled()))
    assert p.read == {"p_relief", "p_recurrence", "p_emergency"}


def test_paths_add_up_to_the_outcomes():
    draws = sampled()
    paths, outcomes = TREE.paths(draws), TREE.run(draws)
    assert len(paths) == 8
    assert paths["path"].iloc[0] == "attack → relief → recurrence"
    sums = paths.groupby("strategy", sort=False)[
        ["probability", "expected_cost", "expected_qaly", "expected_visits"]
    ].sum()
    np.testing.assert_allclose(sums["probability"], 1.0)
    np.testing.assert_allclose(sums["expected_cost"], outcomes["cost"].sum("component").mean("sample"), rtol=1e-12)
    np.testing.assert_allclose(sums["expected_qaly"], outcomes["qaly"].mean("sample"), rtol=1e-12)
    np.testing.assert_allclose(sums["expected_visits"], outcomes["visits"].mean("sample"), rtol=1e-12)
    assert (paths["lower"] <= paths["probability"]).all()
    assert (paths["probability"] <= paths["upper"]).all()
    assert "lower" not in TREE.paths(point())


def test_what_a_path_is_paid():
    paths = TREE.paths(point()).set_index(["strategy", "leaf"])
    assert paths.loc[("new", "recurrence"), "cost"] == 32.0
    assert paths.loc[("old", "emergency"), "cost"] == 62.0
    assert paths.loc[("old", "emergency"), "visits"] == 1.0


def test_the_table_rolls_back_to_the_strategies_outcomes():
    table = TREE.table(point()).set_index(["strategy", "node"])
    outcomes = TREE.run(point())
    roots = table.loc[[("old", "attack"), ("new", "attack")]]
    np.testing.assert_allclose(roots["cost"], outcomes["cost"].sum("component"), rtol=1e-14)
    np.testing.assert_allclose(roots["qaly"], outcomes["qaly"], rtol=1e-13)
    relief = table.loc[("new", "relief")]
    assert relief["cost"] == pytest.approx(16 + 0.3 * 16)
    assert (relief["parent"], relief["depth"], relief["leaf"]) == ("attack", 1, False)
    assert table.loc[("new", "recurrence"), "reach"] == pytest.approx(0.18)


def test_parameters_that_are_misspelt_are_told_together():
    assert TREE.check_parameters(point()) == set(point().data_vars)
    with pytest.raises(hm.ModelError) as error:
        TREE.check_parameters(point().rename(p_relief="p_reliev", visit="vist"), must_be_read=["p_reliev"])
    for name in ("'p_relief'", "'visit'", "p_reliev"):
        assert name in str(error.value)


def test_what_must_hold_of_a_tree_holds():
    for draws in (point(), sampled()):
        assert len(TREE.invariants(draws)) == 2
        assert max(TREE.invariants(draws).values()) < 1e-14


def test_a_tree_without_payoffs_has_outcomes_of_0():
    tree = hm.DecisionTree(
        strategies=["a"],
        root="r",
        branches=lambda p: {"r": {"x": 0.5, "y": hm.REST}},
        payoffs=lambda p: hm.Payoffs(cost={}, qaly={}),
    )
    outcomes = tree.run(xr.Dataset())
    assert outcomes["qaly"].item() == 0.0
    assert outcomes["cost"].sum("component").item() == 0.0

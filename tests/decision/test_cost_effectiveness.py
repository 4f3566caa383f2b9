"""Increments, acceptability and their summaries on samples small enough to count, and against closed forms."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import heemodel as hm
from tests.decision.test_appraisal import psa


def outcomes(cost, qaly, names=("old", "new")):
    dims = ("sample", "strategy") if np.ndim(cost) == 2 else ("strategy",)
    return xr.Dataset({"cost": (dims, cost), "qaly": (dims, qaly)}, coords={"strategy": list(names)})


FOUR = outcomes([[0, 10], [0, -10], [0, 30], [0, 10]], [[0, 1], [0, 1], [0, 1], [0, -1]])


def test_increments_are_intervention_minus_comparator():
    cea = hm.CostEffectiveness(FOUR, comparator="old")
    assert cea.incremental(cea.cost).sel(strategy="new").to_numpy().tolist() == [10, -10, 30, 10]
    back = hm.CostEffectiveness(FOUR, comparator="new")
    assert back.incremental(back.cost).sel(strategy="old").to_numpy().tolist() == [-10, 10, -30, -10]


def test_the_ratio_of_the_comparator_is_refused_as_that():
    with pytest.raises(hm.decision.OutcomeError, match=r"'old' is the comparator.*new"):
        hm.CostEffectiveness(FOUR, comparator="old").icer("old")


def test_acceptability_counts_samples():
    curve = hm.CostEffectiveness(FOUR, comparator="old").acceptability([0, 15, 40]).sel(strategy="new")
    assert curve.to_numpy().tolist() == [0.25, 0.5, 0.75]


def test_ties_are_shared():
    same = outcomes([[5, 5, 9]] * 3, [[1, 1, 1]] * 3, ("a", "b", "c"))
    curve = hm.CostEffectiveness(same, comparator="a").acceptability([20_000])
    assert curve.to_numpy().tolist() == [[0.5, 0.5, 0.0]]


def test_the_frontier_follows_expected_benefit_and_not_the_highest_probability():
    skewed = outcomes([[0, -1], [0, -1], [0, 100]], [[0, 0]] * 3)
    row = hm.CostEffectiveness(skewed, comparator="old").frontier([20_000]).iloc[0]
    assert row["strategy"] == "old"
    assert row["probability"] == pytest.approx(1 / 3)


def test_expected_loss_and_perfect_information_by_hand():
    cea = hm.CostEffectiveness(FOUR, comparator="old")
    loss = cea.expected_loss([15.0]).isel(threshold=0)  # net benefit of new: 5, 25, -15, -25
    assert loss.sel(strategy="old").item() == pytest.approx((5 + 25) / 4)
    assert loss.sel(strategy="new").item() == pytest.approx((15 + 25) / 4)
    assert cea.evpi([15.0]).item() == pytest.approx(7.5)


def test_perfect_information_of_a_normal_benefit_is_the_unit_normal_loss():
    rng, mean, sd = np.random.default_rng(1), 500.0, 2_000.0
    benefit = rng.normal(mean, sd, 400_000)
    found = hm.CostEffectiveness(
        outcomes(np.stack([0 * benefit, -benefit], 1), np.zeros((400_000, 2))), comparator="old"
    )
    z = mean / sd
    exact = sd * (stats.norm.pdf(z) - z * stats.norm.cdf(-z))
    assert found.evpi([0.0]).item() == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize(
    ("cost", "qaly", "value", "words"),
    [
        (100.0, 0.5, 200.0, "north-east"),
        (-100.0, 0.5, None, "dominant: saves money and gains QALYs"),
        (100.0, -0.5, None, "dominated: costs more and loses QALYs"),
        (-100.0, -0.5, 200.0, "south-west"),
        (0.0, 0.5, None, "dominant: gains QALYs"),
        (0.0, -0.5, None, "dominated: loses QALYs"),
        (100.0, 0.0, None, "dominated: costs more"),
        (-100.0, 0.0, None, "dominant: saves money"),
        (0.0, 0.0, None, "no difference in QALYs or cost"),
    ],
)
def test_the_ratio_never_comes_without_its_quadrant(cost, qaly, value, words):
    icer = hm.CostEffectiveness(outcomes([0.0, cost], [0.0, qaly]), comparator="old").icer("new")
    assert icer.value == value
    assert words in icer.quadrant


STEPS = st.integers(-3, 3)


@given(STEPS, STEPS)
def test_there_is_a_ratio_only_where_the_incremental_table_has_one(cost, qaly):
    """Of two strategies the cheaper one stands first there, so that south-west is its ratio seen from the other."""
    cea = hm.CostEffectiveness(outcomes([10.0, 10.0 + cost], [10.0, 10.0 + qaly]), comparator="old")
    icer, frontier = cea.icer("new"), cea.incremental_table()
    shown = cea.table().set_index(["strategy", "quantity"]).loc[("new", "icer")]
    ratios = frontier["icer"].dropna().tolist()
    assert ratios == ([] if icer.value is None else [icer.value])
    assert shown["note"] == icer.quadrant
    assert np.isnan(shown["value"]) if icer.value is None else shown["value"] == icer.value
    beaten = frontier.set_index("strategy")["status"] == "dominated"
    assert icer.quadrant.startswith("dominated") == beaten["new"]
    assert icer.quadrant.startswith("dominant") == beaten["old"]


def test_costs_100_50_150_and_qalys_1_1_1_0_9_have_no_ratio():
    three = xr.Dataset(
        {"cost": ("strategy", [100.0, 50.0, 150.0]), "qaly": ("strategy", [1.0, 1.1, 0.9])},
        coords={"strategy": ["usual", "better", "worse"]},
    )
    table = hm.CostEffectiveness(three, comparator="usual").table().set_index(["quantity", "strategy"]).loc["icer"]
    assert table["value"].isna().all()
    assert [note.partition(":")[0] for note in table["note"]] == ["dominant", "dominated"]


def test_costs_by_component_are_added_up():
    parts = xr.Dataset(
        {"cost": (("strategy", "component"), [[1.0, 2.0], [5.0, 6.0]]), "qaly": ("strategy", [0.0, 1.0])},
        coords={"strategy": ["old", "new"], "component": ["a", "b"]},
    )
    assert hm.CostEffectiveness(parts, comparator="old").icer("new").value == 8.0


def test_the_table_holds_every_quantity_once():
    table = hm.CostEffectiveness(FOUR, comparator="old").table([20_000])
    assert not table.duplicated(["strategy", "quantity"]).any()
    new = table[table["strategy"] == "new"].set_index("quantity")
    assert new.loc["probability_saving", "value"] == 0.25
    assert new.loc["incremental_net_benefit_20000", "value"] == pytest.approx(20_000 * 0.5 - 10)


@pytest.mark.parametrize(
    ("data", "comparator", "said"),
    [
        (FOUR, "od", "did you mean 'old'"),
        (FOUR.drop_vars("qaly"), "old", "have no 'qaly'"),
        (FOUR.drop_vars("strategy"), "old", "dimension strategy with names"),
        (FOUR.where(FOUR["cost"] < 20), "old", "values that are not numbers"),
        (FOUR.assign_coords(strategy=["old", "old"]), "old", "is there twice"),
    ],
)
def test_outcomes_that_cannot_be_compared_are_refused(data, comparator, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.CostEffectiveness(data, comparator=comparator)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 5), st.floats(-1e4, 1e4))
def test_invariants(seed, strategies, constant):
    rng = np.random.default_rng(seed)
    names = [f"s{i}" for i in range(strategies)]
    psa = outcomes(rng.normal(0, 1e4, (50, strategies)), rng.normal(0, 1, (50, strategies)), names)
    cea, thresholds = hm.CostEffectiveness(psa, comparator="s0"), [0, 2e4, 5e4]
    curve = cea.acceptability(thresholds)
    np.testing.assert_allclose(curve.sum("strategy"), 1.0)
    assert (cea.evpi(thresholds) >= 0).all()
    moved = hm.CostEffectiveness(psa + constant, comparator="s0")
    np.testing.assert_allclose(cea.incremental(cea.cost), moved.incremental(moved.cost), atol=1e-6)
    worse = xr.concat(
        [psa, (psa.sel(strategy=["s0"]) + xr.Dataset({"cost": 1.0, "qaly": -1.0})).assign_coords(strategy=["bad"])],
        "strategy",
    )
    with_bad = hm.CostEffectiveness(worse, comparator="s0").acceptability(thresholds)
    assert (with_bad.sel(strategy="bad") == 0).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda data: data.rename(sample="draw"),
            "has dimension 'draw'; .* Rename the dimension of the draws to 'sample'",
        ),
        (lambda data: data.astype(str), "give numbers"),
        (lambda data: data.drop_vars("strategy"), r"assign_coords\(strategy="),
        (lambda data: data.sel(strategy=["s0"]), "there is nothing to compare 's0' with"),
    ],
)
def test_outcomes_that_cannot_be_compared_are_refused_at_once(change, said):
    data = outcomes(np.ones((5, 2)), np.ones((5, 2)), ["s0", "s1"])
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.CostEffectiveness(change(data), comparator="s0")


@pytest.mark.parametrize("thresholds", ["20000", [-1.0], [np.nan]])
def test_thresholds_that_are_none_are_refused(thresholds):
    cea = hm.CostEffectiveness(outcomes(np.ones((5, 2)), np.ones((5, 2)), ["s0", "s1"]), comparator="s0")
    with pytest.raises(hm.decision.OutcomeError, match="give numbers of 0 or more"):
        cea.acceptability(thresholds)


def test_with_several_strategies_a_ratio_says_what_it_is_against():
    three = outcomes(np.arange(15.0).reshape(5, 3), np.ones((5, 3)) * [1, 2, 3], ["s0", "s1", "s2"])
    table = hm.CostEffectiveness(three, comparator="s0").table()
    assert table.loc[table["quantity"] == "icer", "note"].str.contains("versus s0 only").all()
    with pytest.raises(hm.decision.OutcomeError, match="did you mean 's1'"):
        hm.CostEffectiveness(three, comparator="s0").icer("s11")


def test_strategies_whose_names_are_no_text_are_refused():
    numbered = outcomes(np.ones((5, 2)), np.ones((5, 2)), [0, 1])
    with pytest.raises(hm.decision.OutcomeError, match="a strategy is called 0, which is not text"):
        hm.CostEffectiveness(numbered, comparator="0")


def test_the_net_benefit_of_each_intervention_and_threshold_by_hand():
    table = hm.CostEffectiveness(FOUR, comparator="old").net_benefit_table([0, 15]).set_index("threshold")
    benefit = np.array([5.0, 25.0, -15.0, -25.0])
    row = table.loc[15]
    assert row["strategy"] == "new"
    assert row["value"] == pytest.approx(benefit.mean())
    assert [row["lower"], row["upper"]] == pytest.approx(np.quantile(benefit, [0.025, 0.975]).tolist())
    assert row["mcse"] == pytest.approx(benefit.std(ddof=1) / 2)
    assert table["probability_above_0"].tolist() == [0.25, 0.5]
    assert row["probability_mcse"] == pytest.approx(np.std([1, 1, 0, 0], ddof=1) / 2)


def test_better_than_the_comparator_is_not_best_of_all():
    three = outcomes([[0, -1, -2]] * 4, [[0, 0, 0]] * 4, ("a", "b", "c"))
    cea = hm.CostEffectiveness(three, comparator="a")
    assert cea.net_benefit_table([20_000])["probability_above_0"].tolist() == [1.0, 1.0]
    best = cea.table([20_000]).set_index(["quantity", "strategy"])["value"]["probability_most_cost_effective_20000"]
    assert best.to_dict() == {"a": 0.0, "b": 0.0, "c": 1.0}


def test_the_net_benefit_table_and_the_table_say_the_same():
    cea = hm.CostEffectiveness(FOUR, comparator="old")
    columns = ["value", "lower", "upper", "mcse"]
    rows = cea.table([15, 5_000_000]).set_index("quantity")
    several = cea.net_benefit_table([15, 5_000_000]).set_index("threshold")
    for threshold in (15, 5_000_000):
        ours = rows.loc[f"incremental_net_benefit_{threshold}", columns]
        assert ours.tolist() == several.loc[threshold, columns].tolist()


def test_the_probability_in_the_table_is_that_of_the_acceptability_curve():
    rng = np.random.default_rng(1)
    psa = outcomes(rng.normal(0, 1e4, (50, 3)), rng.normal(0, 1, (50, 3)), ("a", "b", "c"))
    cea = hm.CostEffectiveness(psa, comparator="b")
    table = cea.table([20_000]).set_index(["quantity", "strategy"])["value"]["probability_most_cost_effective_20000"]
    curve = cea.acceptability([20_000]).isel(threshold=0)
    assert table.to_dict() == pytest.approx(curve.to_series().to_dict())


@pytest.mark.parametrize("chains", [False, True])
def test_perfect_information_has_its_error_where_only_qalys_are_sampled(chains):
    qaly = np.random.default_rng(1).normal(0, 1, (400, 2))
    psa = xr.Dataset(
        {"cost": ("strategy", [0.0, 0.0]), "qaly": (("sample", "strategy"), qaly)}, coords={"strategy": ["old", "new"]}
    )
    if chains:
        psa = psa.assign_coords(chain=("sample", np.repeat([0, 1], 200)))
    evpi = hm.CostEffectiveness(psa, comparator="old").evpi([1.0])
    best = qaly.mean(axis=0).argmax()
    forgone = qaly.max(axis=1) - qaly[:, best]
    assert evpi.item() == pytest.approx(forgone.mean())
    assert evpi["mcse"].item() == pytest.approx(forgone.std(ddof=1) / 20, rel=0.3 if chains else 1e-9)


@pytest.mark.parametrize("kind", ["uint8", "int8", "float32"])
def test_small_numbers_do_not_wrap_round_or_lose_digits(kind):
    narrow = outcomes([[4, 104], [5, 106]], [[1, 1], [1, 1]]).astype(kind)
    cea = hm.CostEffectiveness(narrow, comparator="old")
    assert cea.saving("new").to_numpy().tolist() == [-100, -101]
    assert hm.decision.total_saving(narrow, comparator="old", intervention="new").to_numpy().tolist() == [-100, -101]
    parts = narrow.assign(cost=narrow["cost"].expand_dims(component=["drug"]))
    assert hm.decision.saving(parts, comparator="old", intervention="new").to_numpy().ravel().tolist() == [-100, -101]
    assert cea.cost.dtype == float


def test_a_curve_that_is_changed_in_place_leaves_the_next_one_alone():
    cea = hm.CostEffectiveness(FOUR, comparator="old")
    cea.acceptability([15])[:] = 9.0
    assert cea.acceptability([15]).to_numpy().tolist() == [[0.5, 0.5]]


def test_the_exact_curve_by_hand():
    """Δcost / ΔQALY: 10, −10 (saves), 30, −10 (costs more and loses), and a sample without a difference."""
    five = outcomes([[0, 10], [0, -10], [0, 30], [0, 10], [3, 3]], [[0, 1], [0, 1], [0, 1], [0, -1], [2, 2]])
    table = hm.CostEffectiveness(five, comparator="old").exact_acceptability("new")
    assert table["threshold"].tolist() == [0, 10, 30]
    np.testing.assert_allclose(table["probability"], [0.3, 0.5, 0.7])


@pytest.mark.parametrize("fixed", [None, "cost", "qaly"])
def test_the_exact_curve_is_the_acceptability_curve_between_its_steps(fixed):
    rng = np.random.default_rng(1)
    data = outcomes(rng.integers(-3, 4, (40, 2)), rng.integers(-3, 4, (40, 2)))
    data = data if fixed is None else data.assign({fixed: data[fixed].isel(sample=0)})
    cea = hm.CostEffectiveness(data, comparator="old")
    table = cea.exact_acceptability("new")
    between = table["threshold"] + np.diff(table["threshold"], append=table["threshold"].iloc[-1] + 2) / 2
    np.testing.assert_allclose(table["probability"], cea.acceptability(between).sel(strategy="new"))


def test_the_acceptability_curve_carries_its_frontier():
    outcomes, _ = psa(300)
    cea = hm.CostEffectiveness(outcomes, comparator="old")
    curve = cea.acceptability([0, 10_000, 50_000])
    best = cea.frontier([0, 10_000, 50_000])
    for row in best.itertuples():
        assert curve.sel(threshold=row.threshold)["frontier"].sum() == 1
        assert curve.sel(threshold=row.threshold, strategy=row.strategy)["frontier"].item()
    assert (curve.name, cea.expected_loss([0]).name) == ("probability", "expected_loss")


def test_a_plane_has_points_means_and_shares_of_all_samples():
    outcomes, _ = psa(300)
    cea = hm.CostEffectiveness(outcomes, comparator="old")
    plane = cea.plane(most=100)
    assert plane.points["strategy"].value_counts().to_dict() == {"new": 50, "worse": 50}
    np.testing.assert_allclose(plane.shares.groupby("strategy")["share"].sum(), 1)
    new = plane.means.set_index("strategy").loc["new"]
    assert new["incremental_cost"] / new["incremental_qaly"] == pytest.approx(cea.icer("new").value)
    point = hm.CostEffectiveness(outcomes.mean("sample"), comparator="old").plane()
    assert len(point.points) == len(point.means) == 2


@pytest.mark.parametrize("cost", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("qaly", [-1.0, 0.0, 1.0])
def test_quadrants_say_the_same_as_the_words_of_the_ratio(cost, qaly):
    """Of points on an axis and at the origin too."""
    data = outcomes([[0.0, cost]], [[0.0, qaly]])
    cea = hm.CostEffectiveness(data, comparator="old")
    shares = cea.plane().shares.set_index("quadrant")["share"]
    words = cea.icer("new").quadrant
    where = next(
        (place for word, place in (("dominant", "south-east"), ("dominated", "north-west")) if word in words), None
    ) or next((place for place in ("north-east", "south-west") if place in words), None)
    if where:
        assert shares[where] == 1.0
    else:
        assert "no difference in QALYs or cost" in words
        assert shares[["south-east", "north-west"]].to_list() == [0.5, 0.5]
    assert shares.sum() == 1.0
    turned = hm.CostEffectiveness(data, comparator="new").plane().shares.set_index("quadrant")["share"]
    opposite = {"north-east": "south-west", "south-west": "north-east"}
    opposite |= {"north-west": "south-east", "south-east": "north-west"}
    assert turned.rename(opposite).to_dict() == shares.to_dict()


def test_a_table_in_place_of_outcomes_is_refused_with_what_to_give():
    with pytest.raises(hm.decision.OutcomeError, match=r"are a DataFrame; give an xarray\.Dataset with cost and qaly"):
        hm.CostEffectiveness(pd.DataFrame({"old": [1.0], "new": [2.0]}), comparator="old")

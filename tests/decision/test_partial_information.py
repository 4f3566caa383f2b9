"""Value of partial perfect information: closed forms, counting, invariants, and the two ways of working it out."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import heemodel as hm
from heemodel.decision.information.gain import Gain
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.decision.metamodels import METHODS

THRESHOLD = 20_000.0


def outcomes(benefit, names=None):
    """Outcomes whose net benefit is given (sample, strategy), half of it in QALYs."""
    names = names or [f"s{i}" for i in range(benefit.shape[1])]
    dims = ("sample", "strategy")
    return xr.Dataset(
        {"cost": (dims, -benefit / 2), "qaly": (dims, benefit / 2 / THRESHOLD)}, coords={"strategy": names}
    )


def unit_loss(mean, sd):
    """E max(0, X) − max(0, mean) of a normal X."""
    z = abs(mean) / sd
    return sd * (stats.norm.pdf(z) - z * stats.norm.cdf(-z))


def linear(samples, sds, mean=300.0, seed=1):
    """Net benefit that is linear in standard normal parameters a, b, c, … with those standard deviations."""
    rng = np.random.default_rng(seed)
    draws = pd.DataFrame(rng.normal(size=(samples, len(sds))), columns=list("abcdefgh")[: len(sds)])
    benefit = mean + draws.to_numpy() @ np.asarray(sds)
    return hm.CostEffectiveness(outcomes(np.stack([0 * benefit, benefit], 1)), comparator="s0"), draws


@pytest.mark.parametrize(
    ("known", "method"),
    [
        (["a"], None),
        (["b"], None),
        (["a", "b"], None),
        (["a", "b", "c"], None),
        (["a", "b", "c", "d"], None),
        (["a", "b"], "gaussian process"),
        (["a"], "trees"),
    ],
)
def test_normal_parameters_are_worth_the_unit_normal_loss(known, method):
    sds = {"a": 1_000.0, "b": 500.0, "c": 1_500.0, "d": 200.0, "e": 800.0}
    cea, draws = linear(10_000, list(sds.values()))
    row = hm.voi.evppi(cea, draws, known, thresholds=THRESHOLD, method=method).iloc[0]
    exact = unit_loss(300.0, np.sqrt(sum(sds[name] ** 2 for name in known)))
    slack = 25.0 if method == "trees" else 0.0  # steps follow a line only so closely
    assert abs(row["evppi"] - exact) < 3 * row["se"] + slack
    assert row["se"] < 0.06 * exact + 10
    assert row["check"] == "passed"


def test_everything_known_is_perfect_information():
    cea, draws = linear(5_000, [1_000.0, 500.0, 800.0])
    row = hm.voi.evppi(cea, draws, ["a", "b", "c"], thresholds=THRESHOLD).iloc[0]
    assert row["evppi"] == pytest.approx(cea.evpi(THRESHOLD).item(), rel=1e-3)
    assert row["se"] == pytest.approx(cea.evpi(THRESHOLD)["mcse"].item(), rel=0.05)


def test_three_strategies_by_quadrature():
    """Net benefit 0, a + noise, a² − 1 + noise: E max over a known a, by the trapezoid rule."""
    rng = np.random.default_rng(1)
    a = rng.normal(size=20_000)
    benefit = 1e3 * np.stack([0 * a, a, a**2 - 1], 1) + np.array([0, 1, 1]) * rng.normal(0, 3e3, (20_000, 3))
    cea = hm.CostEffectiveness(outcomes(benefit), comparator="s0")
    row = hm.voi.evppi(cea, pd.DataFrame({"a": a}), ["a"], thresholds=THRESHOLD).iloc[0]
    grid = np.linspace(-8, 8, 100_001)
    exact = 1e3 * np.trapezoid(np.maximum(np.maximum(0, grid), grid**2 - 1) * stats.norm.pdf(grid), grid)
    assert abs(row["evppi"] - exact) < 3 * row["se"]


def test_a_choice_of_models_is_counted_by_hand():
    """Two models: the first favours new by 2 on average, the second old by 1; half of the samples each."""
    benefit = np.zeros((60, 2))
    benefit[:30, 1] = np.tile([1.0, 2.0, 3.0], 10)
    benefit[30:, 1] = np.tile([-2.0, -1.0, 0.0], 10)
    cea = hm.CostEffectiveness(outcomes(benefit, ["old", "new"]), comparator="old")
    draws = xr.Dataset({"p": ("sample", np.arange(60.0))}, coords={"model": ("sample", ["m1"] * 30 + ["m2"] * 30)})
    row = hm.voi.evppi(cea, draws, ["model"], thresholds=THRESHOLD).iloc[0]
    assert row["method"] == "categories"
    assert row["evppi"] == pytest.approx(0.5 * 2 + 0.5 * 0 - 0.5, abs=1e-9)


def test_names_together_with_numbers_are_learnt_by_trees():
    """Which of two models matters, and in the first a number too: knowing both is worth more than either."""
    rng = np.random.default_rng(1)
    number, first = rng.normal(size=4_000), rng.random(4_000) < 0.5
    benefit = np.stack([np.zeros(4_000), np.where(first, 1_000 * number, 200.0)], 1)
    draws = xr.Dataset(
        {"number": ("sample", number), "which": ("sample", np.where(first, "m1", "m2"))},
    )
    cea = hm.CostEffectiveness(outcomes(benefit, ["old", "new"]), comparator="old")
    row = hm.voi.evppi(cea, draws, ["number", "which"], thresholds=THRESHOLD).iloc[0]
    assert row["method"] == "trees"
    assert row["reason"] == "names together with numbers"
    assert row["check"] == "passed"
    exact = cea.evpi(THRESHOLD)  # knowing both is knowing everything
    assert row["evppi"] == pytest.approx(exact.item(), rel=0.05)


CALIBRATED = [("splines", 400, 0.0, 2_000.0), ("splines", 400, 600.0, 2_000.0), ("splines", 400, 600.0, 100.0)]
CALIBRATED += [("gaussian process", 100, 600.0, 2_000.0), ("trees", 60, 600.0, 2_000.0)]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "samples", "mean", "noise"), CALIBRATED)
def test_standard_errors_are_those_of_repeated_samples(method, samples, mean, noise):
    """z scores against the closed form, from samples of 1,000 draws, have mean 0 and standard deviation 1.

    Where strategies are as good as each other, the better one on average is chosen after the fact, and the value found
    is too small by part of its error. Trees have a bias of their own.
    """
    scores, exact = [], unit_loss(mean, 1_000.0)
    for seed in range(samples):
        cea, draws = linear(1_000, [1_000.0, noise], mean, seed)
        row = hm.voi.evppi(cea, draws, ["a"], thresholds=THRESHOLD, method=method, seed=seed).iloc[0]
        scores.append((row["evppi"] - exact) / row["se"])
    error = 1 / np.sqrt(samples)
    assert abs(np.std(scores) - 1) < 4 * error
    if method != "trees":
        assert abs(np.mean(scores)) < 4 * error + (0.6 if mean == 0.0 else 0.1)


def chained(values, length):
    return values.assign_coords(chain=("sample", np.repeat(np.arange(4), length)))


def test_draws_from_chains_have_larger_errors():
    """An AR(1) parameter with coefficient 0.9 has 19 draws to the worth of an independent one."""
    rng, length = np.random.default_rng(1), 5_000
    a = np.zeros((4, length))
    a[:, 0] = rng.normal(size=4)
    for i in range(1, length):
        a[:, i] = 0.9 * a[:, i - 1] + np.sqrt(1 - 0.81) * rng.normal(size=4)
    benefit = 1e3 * a.ravel() + rng.normal(0, 100, 4 * length)
    psa = outcomes(np.stack([0 * benefit, benefit], 1))
    draws = pd.DataFrame({"a": a.ravel()})
    alone = hm.voi.evppi(hm.CostEffectiveness(psa, comparator="s0"), draws, ["a"], thresholds=THRESHOLD)["se"].item()
    both = hm.voi.evppi(
        hm.CostEffectiveness(chained(psa, length), comparator="s0"), draws, ["a"], thresholds=THRESHOLD
    )["se"].item()
    assert 2.5 < both / alone < 5.5


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4), st.floats(-1e5, 1e5))
def test_invariants(seed, strategies, constant):
    rng = np.random.default_rng(seed)
    draws = pd.DataFrame(rng.normal(size=(400, 3)), columns=["a", "b", "c"])
    benefit = 1e3 * (draws.to_numpy() @ rng.normal(size=(3, strategies)) + rng.normal(size=(400, strategies)))
    cea = hm.CostEffectiveness(outcomes(benefit), comparator="s0")
    one, two = (hm.voi.evppi(cea, draws, known, thresholds=THRESHOLD).iloc[0] for known in (["a"], ["a", "b"]))
    evpi = cea.evpi(THRESHOLD)
    assert 0 <= one["evppi"] <= two["evppi"] + 3 * np.hypot(one["se"], two["se"])
    assert two["evppi"] <= evpi.item() + 3 * np.hypot(two["se"], evpi["mcse"].item())
    moved = hm.CostEffectiveness(outcomes(benefit + constant), comparator="s0")
    assert hm.voi.evppi(moved, draws, ["a"], thresholds=THRESHOLD)["evppi"].item() == pytest.approx(
        one["evppi"], abs=1e-3
    )
    other = hm.CostEffectiveness(outcomes(benefit), comparator="s1")
    swapped = hm.voi.evppi(other, draws, ["a"], thresholds=THRESHOLD).iloc[0]
    assert abs(swapped["evppi"] - one["evppi"]) < 3 * one["se"] + 1
    stretched = hm.voi.evppi(cea, draws.assign(a=5 - 3 * draws["a"]), ["a"], thresholds=THRESHOLD)["evppi"].item()
    assert stretched == pytest.approx(one["evppi"], rel=1e-3, abs=1e-3)


def test_all_parameters_in_one_call():
    cea, draws = linear(1_000, [1_000.0, 200.0])
    told = []
    table = hm.voi.evppi_each(
        cea,
        draws.assign(never=1.0),
        thresholds=[10_000.0, THRESHOLD],
        groups={"both": ["a", "b"]},
        progress=lambda done, of: told.append((done, of)),
    )
    assert list(dict.fromkeys(table["parameters"])) == ["both", "a", "b", "never"]
    assert table["threshold"].tolist() == [10_000.0, THRESHOLD] * 4
    assert table.loc[table["parameters"] == "never", ["evppi", "se"]].to_numpy().tolist() == [[0, 0], [0, 0]]
    alone = hm.voi.evppi(cea, draws, ["a"], thresholds=THRESHOLD)["evppi"].item()
    assert table.query("parameters == 'a' and threshold == @THRESHOLD")["evppi"].item() == alone
    assert told[-1] == (4, 4)


def test_the_same_seed_gives_the_same_error():
    cea, draws = linear(500, [1_000.0, 2_000.0])
    one, again = (hm.voi.evppi(cea, draws, ["a"], thresholds=THRESHOLD) for _ in range(2))
    pd.testing.assert_frame_equal(one, again)


def test_parameters_by_strategy_are_taken_whole_or_by_place():
    cea, draws = linear(1_000, [1_000.0, 200.0])
    array = xr.DataArray(draws.to_numpy(), dims=("sample", "group"), coords={"group": ["early", "late"]})
    dataset = xr.Dataset({"effect": array, "fixed": 3.0})
    whole = hm.voi.evppi(cea, dataset, ["effect"], thresholds=THRESHOLD)["evppi"].item()
    assert whole == hm.voi.evppi(cea, draws, ["a", "b"], thresholds=THRESHOLD)["evppi"].item()
    place = hm.voi.evppi(cea, dataset, ["effect[late]"], thresholds=THRESHOLD)["evppi"].item()
    assert place == hm.voi.evppi(cea, draws, ["b"], thresholds=THRESHOLD)["evppi"].item()


def test_a_regression_that_follows_noise_is_pointed_out(monkeypatch):
    """A mean of its own for every one of 250 values: each sees its own samples only."""
    cea, _ = linear(1_000, [500.0, 5_000.0], mean=0.0)
    noise = pd.DataFrame({"noise": np.tile(np.arange(250.0), 4)})
    row = hm.voi.evppi(cea, noise, ["noise"], thresholds=THRESHOLD, method="categories").iloc[0]
    assert row["check"].startswith("fits to other samples gain less")
    smooth = hm.voi.evppi(cea, noise, ["noise"], thresholds=THRESHOLD).iloc[0]
    assert smooth["evppi"] > 0
    assert smooth["check"] == COULD_BE_NOISE


def test_of_many_parameters_that_matter_to_nothing_none_is_told_from_noise():
    """Where strategies are equal nearly all have a value above 0, and the largest is some errors from it."""
    benefit = np.random.default_rng(1).normal(0, 1_000, 1_000)
    cea = hm.CostEffectiveness(outcomes(np.stack([0 * benefit, benefit - benefit.mean()], 1)), comparator="s0")
    for seed in (11, 12, 13):
        noise = pd.DataFrame(np.random.default_rng(seed).normal(size=(1_000, 20))).add_prefix("noise")
        table = hm.voi.evppi_each(cea, noise, thresholds=THRESHOLD)
        assert (table["evppi"] > 0).sum() > 10
        assert set(table["check"]) <= {"passed", COULD_BE_NOISE}
        assert (table.loc[table["evppi"] > 0, "check"] == COULD_BE_NOISE).all()


def test_what_is_clear_alone_may_not_be_among_many():
    """Among 50 samples with gains, t is 2: above the 5% limit of one look, below that of twenty."""
    gained = np.zeros(1_000)
    gained[:50] = np.random.default_rng(1).normal(size=50)
    gained[:50] += 2 * gained[:50].std(ddof=1) / np.sqrt(50) - gained[:50].mean()
    error = gained.std(ddof=1) / np.sqrt(1_000)
    gain = Gain(1.0, 0.1, 1.9 * error, error, gained, 50)
    assert gain.clear(1)
    assert not gain.clear(20)
    assert not gain._replace(switched=2).clear(1)  # two samples tell next to nothing


def test_a_parameter_that_matters_is_clear_among_many():
    cea, draws = linear(2_000, [1_000.0, 200.0])
    noise = pd.DataFrame(np.random.default_rng(7).normal(size=(2_000, 20))).add_prefix("noise")
    table = hm.voi.evppi_each(cea, draws.join(noise), thresholds=THRESHOLD).set_index("parameters")
    assert table["check"]["a"] == "passed"


def test_values_far_out_are_pointed_out():
    """One of 10,000 values holds nearly all of the variance."""
    cea, draws = linear(10_000, [1_000.0, 200.0])
    far = draws.assign(a=np.where(np.arange(10_000) == 7, 1e6, draws["a"]))
    assert "a reaches 100 standard deviations" in hm.voi.evppi(cea, far, ["a"], thresholds=THRESHOLD)["check"].item()
    assert hm.voi.evppi(cea, far, ["b"], thresholds=THRESHOLD)["check"].item() == "passed"


def test_draws_in_another_order_are_refused():
    _, draws = linear(200, [1_000.0, 200.0])
    dataset = xr.Dataset({"a": ("sample", draws["a"].to_numpy())}, coords={"sample": np.arange(200)})
    labelled = outcomes(np.zeros((200, 2))).assign_coords(sample=np.arange(200)[::-1])
    with pytest.raises(hm.decision.OutcomeError, match="different labels on sample"):
        hm.voi.evppi(hm.CostEffectiveness(labelled, comparator="s0"), dataset, ["a"], thresholds=THRESHOLD)
    benefit = hm.CostEffectiveness(labelled, comparator="s0").incremental_net_benefit("s1", threshold=THRESHOLD)
    with pytest.raises(hm.decision.OutcomeError, match="different labels on sample"):
        hm.sensitivity.tornado(benefit, dataset)


def test_a_table_whose_rows_are_not_in_the_order_of_its_index_is_refused():
    cea, draws = linear(200, [1_000.0, 200.0])
    mixed = draws.sample(frac=1, random_state=1)
    with pytest.raises(
        hm.decision.OutcomeError, match=r"row 0 is sample \d+\. .*sort_index\(\).*reset_index\(drop=True\)"
    ):
        hm.voi.evppi(cea, mixed, ["a"], thresholds=THRESHOLD)
    with pytest.raises(hm.decision.OutcomeError, match="not in the order of their index"):
        hm.sensitivity.tornado(cea.incremental_net_benefit("s1", threshold=THRESHOLD), mixed.set_index(mixed.index + 1))
    for one in (mixed.sort_index(), mixed.sort_index().set_index(np.arange(1, 201)), mixed.set_axis(["x"] * 200)):
        assert hm.voi.evppi(cea, one, ["a"], thresholds=THRESHOLD)["evppi"].item() >= 0


def test_a_table_in_the_order_of_labelled_outcomes_is_taken():
    _, draws = linear(200, [1_000.0, 200.0])
    mixed = draws.sample(frac=1, random_state=1)
    psa = outcomes(np.stack([np.zeros(200), mixed["a"].to_numpy()], 1)).assign_coords(sample=mixed.index.to_numpy())
    cea = hm.CostEffectiveness(psa, comparator="s0")
    assert hm.voi.evppi(cea, mixed, ["a"], thresholds=THRESHOLD)["evppi"].item() == pytest.approx(
        cea.evpi(THRESHOLD).item()
    )
    reordered = hm.CostEffectiveness(psa.sortby("sample"), comparator="s0")
    with pytest.raises(hm.decision.OutcomeError, match="not in the order of their index"):
        hm.voi.evppi(reordered, mixed, ["a"], thresholds=THRESHOLD)


def test_names_are_not_smoothed_over():
    cea, draws = linear(200, [1_000.0, 200.0])
    named = draws.assign(model=["m1", "m2"] * 100)
    with pytest.raises(hm.decision.OutcomeError, match="use method='categories'"):
        hm.voi.evppi(cea, named, ["model"], thresholds=THRESHOLD, method="splines")


def test_nested_simulation_takes_independent_draws_that_happen_to_go_together():
    """Among 50 samples a rank correlation of 0.27 is nothing unusual."""
    draws = drawn(50, seed=4)
    assert abs(np.corrcoef(draws["a"], draws["b"])[0, 1]) > 0.1
    assert hm.voi.nested_evppi(product, draws, ["a"], thresholds=THRESHOLD, outer=20, inner=10)["evppi"].item() >= 0


TWO = linear(100, [1_000.0, 200.0])


@pytest.mark.parametrize(
    ("draws", "parameters", "said"),
    [
        (TWO[1], ["aa"], "no parameter 'aa' in the draws; "),
        (TWO[1], "a", r"give a list of names, such as \['a'\]"),
        (TWO[1], [], "no parameters are named"),
        (TWO[1], ["a", "a"], "'a' is named twice"),
        (TWO[1].iloc[:50], ["a"], "the draws have 50 samples and the outcomes 100"),
        (TWO[1].assign(b=np.nan), ["a"], "'b', sample 0: nan is not a finite number"),
        (TWO[1].assign(b=[f"x{i}" for i in range(100)]), ["a"], "'b' holds text, such as 'x0'; give numbers"),
        (TWO[1].assign(b=["1,000", "2"] * 50), ["b"], "'b' holds text, such as '1,000'"),
        (pd.concat([TWO[1], TWO[1]], axis=1), ["a"], "two parameters 'a'"),
        (TWO[1].to_numpy(), ["a"], "draws are a ndarray"),
    ],
)
def test_draws_that_cannot_be_used_are_refused(draws, parameters, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.voi.evppi(TWO[0], draws, parameters, thresholds=THRESHOLD)


def test_a_point_has_no_value_of_information():
    point = outcomes(np.array([[0.0, 1.0]])).isel(sample=0)
    with pytest.raises(hm.decision.OutcomeError, match="needs a sample of them"):
        hm.voi.evppi(hm.CostEffectiveness(point, comparator="s0"), TWO[1], ["a"], thresholds=THRESHOLD)


def test_a_group_with_the_name_of_a_parameter_is_refused():
    with pytest.raises(hm.decision.OutcomeError, match="a group has the name of a parameter"):
        hm.voi.evppi_each(*TWO, thresholds=THRESHOLD, groups={"a": ["a", "b"]})


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reports_what_it_did(method):
    cea, draws = linear(200, [1_000.0, 2_000.0])
    row = hm.voi.evppi(cea, draws.round(), ["a"], thresholds=THRESHOLD, method=method).iloc[0]
    assert (row["method"], row["reason"]) == (method, "asked for")
    assert row["se"] > 0
    assert row["fit"]


def product(draws):
    """Net benefit of new: 1,000 a b + 500 c."""
    benefit = 1_000 * draws["a"] * draws["b"] + 500 * draws["c"]
    return outcomes(np.stack([np.zeros(benefit.size), benefit.to_numpy()], 1))


def drawn(samples, seed=1):
    rng = np.random.default_rng(seed)
    return xr.Dataset({name: ("sample", rng.normal(1.0, 1.0, samples)) for name in "abc"})


def test_nested_simulation_and_regression_agree_with_the_closed_form():
    """Given a, E = 1,000 a + 500 is normal (1,500, 1,000)."""
    draws, exact = drawn(20_000), unit_loss(1_500.0, 1_000.0)
    nested = hm.voi.nested_evppi(product, draws, ["a"], thresholds=THRESHOLD, outer=3_000, inner=500).iloc[0]
    assert abs(nested["evppi"] - nested["bias"] - exact) < 3 * nested["se"]
    assert abs(nested["bias"]) < 0.05 * exact
    cea = hm.CostEffectiveness(product(draws), comparator="s0")
    row = hm.voi.evppi(cea, draws, ["a"], thresholds=THRESHOLD).iloc[0]
    assert abs(row["evppi"] - exact) < 3 * row["se"]


def test_nested_simulation_in_batches_is_the_same_at_every_threshold(monkeypatch):
    draws = drawn(500)
    whole = hm.voi.nested_evppi(product, draws, ["a", "b"], thresholds=[10_000, THRESHOLD], outer=40, inner=10)
    monkeypatch.setattr("heemodel.decision.information.nested.BATCH", 30)
    parts = hm.voi.nested_evppi(product, draws, ["a", "b"], thresholds=[10_000, THRESHOLD], outer=40, inner=10)
    pd.testing.assert_frame_equal(whole, parts)
    assert whole["threshold"].tolist() == [10_000, THRESHOLD]


def test_nested_simulation_takes_a_table_and_gives_the_model_a_dataset():
    draws = drawn(300)
    options = {"thresholds": THRESHOLD, "outer": 20, "inner": 10}
    first, second = (hm.voi.nested_evppi(product, one, ["a"], **options) for one in (draws, draws.to_dataframe()))
    pd.testing.assert_frame_equal(first, second)


def test_nested_simulation_takes_draws_given_the_parameter():
    """With b = a, knowing a leaves only c: E = 1,000 a² + 500, never worse than old."""
    draws = drawn(2_000).pipe(lambda data: data.assign(b=data["a"]))
    with pytest.raises(hm.decision.OutcomeError, match=r"'a' and 'b' have a rank correlation of 1\.00"):
        hm.voi.nested_evppi(product, draws, ["a"], thresholds=THRESHOLD)

    def given_a(fixed, count, rng):
        return xr.Dataset(
            {"b": ("sample", np.full(count, fixed["a"].item())), "c": ("sample", rng.normal(1, 1, count))}
        )

    row = hm.voi.nested_evppi(
        product, draws, ["a"], thresholds=THRESHOLD, outer=200, inner=400, conditional=given_a
    ).iloc[0]
    assert row["evppi"] - row["bias"] == pytest.approx(0.0, abs=2.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"outer": 1}, "loops of 1 and 1000"), ({"parameters": ["z"]}, "no parameter 'z'")],
)
def test_nested_simulation_refuses_what_it_cannot_do(change, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.voi.nested_evppi(product, drawn(100), **{"parameters": ["a"], "thresholds": THRESHOLD, **change})


@pytest.mark.parametrize(("parameter", "exact"), [("model", 500.0), ("a", 0.0)])
def test_nested_simulation_knows_the_choice_of_a_model(parameter, exact):
    """Net benefit of new: 1,000 a with one model and −1,000 a with the other; the mean of a is 1."""
    draws = drawn(500).assign_coords(model=("sample", np.tile(["one", "other"], 250)))

    def run(given):
        assert "model" in given.coords
        benefit = 1_000 * given["a"].to_numpy() * np.where(given["model"] == "one", 1, -1)
        return outcomes(np.stack([0 * benefit, benefit], 1))

    row = hm.voi.nested_evppi(run, draws, [parameter], thresholds=THRESHOLD, outer=200, inner=200).iloc[0]
    assert abs(row["evppi"] - row["bias"] - exact) < 3 * row["se"] + 10


def test_chains_count_where_only_qalys_are_sampled():
    _, draws = linear(400, [1_000.0], mean=0.0)
    walk = np.repeat(draws["a"].to_numpy()[::20], 20)
    data = xr.Dataset(
        {
            "cost": ("strategy", [0.0, 0.0]),
            "qaly": (("sample", "strategy"), np.stack([0 * walk, walk], 1)),
        },
        coords={"strategy": ["old", "new"]},
    )
    chained = data.assign_coords(chain=("sample", np.repeat([0, 1], 200)))
    alone, together = (
        hm.voi.evppi(hm.CostEffectiveness(one, comparator="old"), pd.DataFrame({"a": walk}), ["a"], thresholds=1.0)
        for one in (data, chained)
    )
    assert together["se"].item() > 2 * alone["se"].item()


def test_strategies_that_never_differ_have_no_value_of_information():
    draws = pd.DataFrame(np.random.default_rng(1).normal(size=(100, 4)), columns=list("abcd"))
    cea = hm.CostEffectiveness(outcomes(np.zeros((100, 2))), comparator="s0")
    row = hm.voi.evppi(cea, draws, list("abcd"), thresholds=THRESHOLD).iloc[0]
    assert (row["evppi"], row["se"], row["check"]) == (0.0, 0.0, "passed")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.array([1.5, 2.5] * 50, dtype=object), "'b' holds object, such as 1.5; give numbers, or names"),
        (["old", None] * 50, "'b', sample 1 is missing"),
    ],
)
def test_columns_of_neither_numbers_nor_names_are_refused(values, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.voi.evppi(TWO[0], TWO[1].assign(b=values), ["b"], thresholds=THRESHOLD)


def test_a_group_that_is_text_is_refused():
    with pytest.raises(hm.decision.OutcomeError, match=r"parameters are 'ab'; give a list of names"):
        hm.voi.evppi_each(*TWO, thresholds=THRESHOLD, groups={"both": "ab"})

"""Conditional means, tornadoes and shares of variance against closed forms; what all methods share."""

import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import heemodel as hm
from heemodel.decision.metamodels import regress
from heemodel.decision.sensitivity import (
    conditional_means,
    first_order,
    linear_metamodel,
    rank_correlations,
    tornado,
)

SLOPES = {"a": 3.0, "b": -2.0, "c": 0.5}
SDS = {"a": 1.0, "b": 2.0, "c": 4.0}


def draw(samples=4_000, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({name: rng.normal(10, sd, samples) for name, sd in SDS.items()})


def sampled(values, **coords):
    return xr.DataArray(np.asarray(values), dims="sample", coords=coords)


def linear(draws, noise=1.0):
    rest = np.random.default_rng(2).normal(0, noise, len(draws))
    return sampled(sum(slope * (draws[name] - 10) for name, slope in SLOPES.items()) + rest)


DRAWS = draw()
OUTCOME = linear(DRAWS)
VARIANCE = sum((SLOPES[name] * SDS[name]) ** 2 for name in SLOPES) + 1


def z(found, exact, se):
    return np.abs(np.asarray(found) - exact) / np.asarray(se)


def test_the_mean_given_a_parameter_of_a_linear_model_is_a_line():
    table = conditional_means(OUTCOME, DRAWS)
    exact = table["parameter"].map(SLOPES) * (table["value"] - 10)
    assert (z(table["outcome"], exact, table["se"]) < 4).all()
    assert np.corrcoef(table["outcome"], exact)[0, 1] > 0.995


def test_what_goes_together_with_a_parameter_counts_with_it():
    """E[b | a] = ρ a for standard normals, so E[a + b | a] = (1 + ρ) a."""
    rng = np.random.default_rng(1)
    both = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 4_000)
    table = conditional_means(sampled(both.sum(axis=1)), pd.DataFrame(both, columns=["a", "b"]), ["a"])
    assert (z(table["outcome"], 1.6 * table["value"], table["se"]) < 4).all()


def test_standard_errors_of_conditional_means_are_those_of_repeated_samples():
    """For a straight line σ √(1/n + z²/n), z the quantile in standard deviations."""
    rng = np.random.default_rng(3)
    found, claimed = [], []
    for _ in range(100):
        x = rng.normal(size=500)
        table = conditional_means(sampled(x + rng.normal(0, 2, 500)), pd.DataFrame({"x": x}), quantiles=[0.025, 0.5])
        found.append(table["outcome"] - table["value"])
        claimed.append(table["se"])
    exact = 2 * np.sqrt((1 + stats.norm.ppf([0.025, 0.5]) ** 2) / 500)
    np.testing.assert_allclose(np.std(found, axis=0), np.mean(claimed, axis=0), rtol=0.2)
    np.testing.assert_allclose(np.mean(claimed, axis=0), exact, rtol=0.2)


def test_errors_between_points_are_those_of_simulated_deviations():
    x = DRAWS[["a"]].to_numpy()
    fit = regress(x, OUTCOME.to_numpy()[None], "splines")
    some = np.array([0, 7, 99])
    draws = np.concatenate(list(fit.deviations(np.random.default_rng(1), 4_000)), axis=1)[0, some]
    np.testing.assert_allclose(fit.covariance(x[some])[0], np.cov(draws), rtol=0.1, atol=0.05 * np.var(draws))


def test_a_tornado_has_conditional_means_at_its_ends_and_the_widest_first():
    bars = tornado(OUTCOME, DRAWS)
    assert bars["parameter"].to_list() == ["b", "a", "c"]
    assert bars["shape"].to_list() == ["falls", "rises", "rises"]
    exact = np.abs(bars["parameter"].map(SLOPES)) * (bars["high"] - bars["low"])
    assert (z(bars["width"], exact, bars["width_se"]) < 4).all()
    wide = 2 * stats.norm.ppf(0.975) * np.array([4, 3, 2])
    np.testing.assert_allclose(bars["width"], wide, rtol=0.15)
    curves = conditional_means(OUTCOME, DRAWS)
    ends = curves[curves["parameter"] == "b"].iloc[[0, -1]]
    assert bars.loc[0, ["outcome_low", "outcome_high"]].to_list() == ends["outcome"].to_list()
    assert bars.loc[0, ["highest", "lowest"]].to_list() == ends["outcome"].to_list()
    assert bars["mean"].unique() == OUTCOME.mean().item()
    assert bars["mean_se"].unique() == pytest.approx(OUTCOME.std(ddof=1).item() / np.sqrt(4_000))


def test_a_parameter_whose_effect_turns_is_as_wide_as_the_effect_is_deep():
    rng = np.random.default_rng(1)
    x = rng.normal(size=4_000)
    bar = tornado(sampled(x**2 + rng.normal(0, 0.1, 4_000)), pd.DataFrame({"x": x})).iloc[0]
    assert bar["shape"] == "turns"
    assert bar["width"] == pytest.approx(stats.norm.ppf(0.975) ** 2, rel=0.1)
    assert abs(bar["outcome_high"] - bar["outcome_low"]) < 0.5


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 1e5), st.sampled_from([-1, 1]), st.floats(-1e4, 1e4))
def test_scaling_an_outcome_scales_its_tornado(size, sign, shift):
    """Penalties are chosen for outcomes of unit size, so scale and shift leave the curves alone."""
    draws = DRAWS.iloc[:500]
    one = tornado(OUTCOME[:500], draws).set_index("parameter")
    other = tornado(sign * size * OUTCOME[:500] + shift, draws).set_index("parameter").loc[one.index]
    np.testing.assert_allclose(other["width"], size * one["width"], rtol=1e-4, atol=1e-8 * abs(shift))
    np.testing.assert_allclose(
        other["outcome_low"], sign * size * one["outcome_low"] + shift, rtol=1e-4, atol=1e-4 * size
    )


def test_constants_have_no_width_no_effect_and_no_share():
    draws = DRAWS.assign(fixed=7.0)
    bar = tornado(OUTCOME, draws).set_index("parameter").loc["fixed"]
    assert bar[["low", "high", "width", "width_se"]].to_list() == [7, 7, 0, 0]
    assert bar["outcome_low"] == bar["mean"]
    assert bar["shape"] == "flat"
    effect = linear_metamodel(OUTCOME, draws).set_index("parameter").loc["fixed"]
    assert effect[["coefficient", "se", "note"]].to_list() == [0, 0, "it never varies"]
    share = first_order(OUTCOME, draws).set_index("parameter").loc["fixed"]
    assert share[["first_order", "se"]].to_list() == [0, 0]
    ranks = rank_correlations(OUTCOME, draws).set_index("parameter").loc["fixed"]
    assert ranks["value"].isna().all()
    assert (ranks["note"] == "it never varies").all()


def test_an_outcome_that_never_varies_has_a_flat_tornado():
    bars = tornado(sampled(np.full(4_000, 5.0)), DRAWS)
    assert (bars["width"] == 0).all()
    assert (bars["width_se"] == 0).all()


def test_names_have_the_mean_of_each():
    rng = np.random.default_rng(1)
    model = rng.choice(["weibull", "gamma"], 1_000)
    outcome = sampled(np.where(model == "gamma", 3.0, 1.0) + rng.normal(0, 0.1, 1_000))
    draws = pd.DataFrame({"model": model, "a": rng.normal(size=1_000)})
    table = conditional_means(outcome, draws, ["model"])
    assert table["value"].to_list() == ["gamma", "weibull"]
    np.testing.assert_allclose(table["outcome"], outcome.groupby(xr.DataArray(model, dims="sample")).mean(), rtol=1e-6)
    bar = tornado(outcome, draws).iloc[0]
    assert bar[["parameter", "low", "high", "shape"]].to_list() == ["model", "weibull", "gamma", "by name"]
    assert first_order(outcome, draws).loc[0, "method"] == "categories"
    assert "without an order" in linear_metamodel(outcome, draws)["note"].iloc[-1]
    assert "without an order" in rank_correlations(outcome, draws)["note"].iloc[-1]


def test_whole_numbers_stay_whole():
    rng = np.random.default_rng(1)
    visits = rng.integers(0, 3, 1_000)
    table = conditional_means(sampled(visits + rng.normal(size=1_000)), pd.DataFrame({"visits": visits}))
    assert set(table["value"]) == {0, 1, 2}
    assert tornado(sampled(2.0 * visits), pd.DataFrame({"visits": visits}))["shape"].item() == "rises"


def test_a_parameter_with_places_has_a_bar_for_each():
    values = np.random.default_rng(1).normal(size=(500, 2))
    draws = xr.Dataset({"rate": (("sample", "group"), values)}, coords={"group": ["early", "late"]})
    bars = tornado(sampled(values @ [1.0, 2.0]), draws)
    assert bars["parameter"].to_list() == ["rate[late]", "rate[early]"]
    assert tornado(sampled(values @ [1.0, 2.0]), draws, ["rate[early]"])["parameter"].to_list() == ["rate[early]"]


def test_trees_follow_a_jump_without_a_standard_error():
    rng = np.random.default_rng(1)
    x = rng.uniform(size=300)
    bar = tornado(sampled((x > 0.5) + rng.normal(0, 0.1, 300)), pd.DataFrame({"x": x}), method="trees").iloc[0]
    assert bar["width"] == pytest.approx(1, abs=0.1)
    assert np.isnan(bar["width_se"])


def test_draws_that_chains_repeat_tell_no_more_than_once():
    """Every draw five times over is a chain with a fifth of the information."""
    five = np.repeat(np.arange(1_000), 5)
    chain = ("sample", np.repeat(np.arange(4), 1_250))
    draws, outcome = DRAWS.iloc[five], OUTCOME[five].assign_coords(chain=chain)
    once, few = OUTCOME[:1_000], DRAWS.iloc[:1_000]
    for table in (linear_metamodel, first_order, rank_correlations):
        keys = ["parameter", "measure"] if table is rank_correlations else ["parameter"]
        repeated, single = (table(*data).set_index(keys)["se"] for data in ((outcome, draws), (once, few)))
        np.testing.assert_allclose(repeated, single.loc[repeated.index], rtol=0.35)
    repeated, single = (tornado(*data).set_index("parameter")["width_se"] for data in ((outcome, draws), (once, few)))
    assert ((repeated / single).between(0.7, 1.7)).all()  # curves also bend more, as repeats seem to confirm bends


def test_shares_of_variance_of_a_linear_model_are_squares_of_slope_and_deviation():
    table = first_order(OUTCOME, DRAWS)
    exact = [(SLOPES[name] * SDS[name]) ** 2 / VARIANCE for name in table["parameter"]]
    assert (z(table["first_order"], exact, table["se"]) < 4).all()
    assert table["parameter"].to_list() == ["b", "a", "c"]
    share = np.array(exact)
    np.testing.assert_allclose(table["se"], 2 * (1 - share) * np.sqrt(share / 4_000), rtol=0.15)


def test_shares_of_independent_parameters_add_up_to_at_most_one():
    table = first_order(linear(DRAWS, noise=0), DRAWS)
    assert table["first_order"].sum() <= 1 + 3 * np.sqrt((table["se"] ** 2).sum())


def ishigami(x, a=7.0, b=0.1):
    return np.sin(x[0]) + a * np.sin(x[1]) ** 2 + b * x[2] ** 4 * np.sin(x[0])


ISHIGAMI = 7**2 / 8 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0]) / ISHIGAMI


def test_shares_of_the_ishigami_function_are_its_own_and_those_that_salib_finds(monkeypatch):
    from SALib.analyze import delta, rbd_fast

    monkeypatch.setattr(warnings, "formatwarning", warnings.formatwarning)  # SALib's delta replaces it
    x = np.random.default_rng(1).uniform(-np.pi, np.pi, (10_000, 3))
    names = ["x1", "x2", "x3"]
    y = ishigami(x.T)
    table = first_order(sampled(y), pd.DataFrame(x, columns=names)).set_index("parameter").loc[names]
    np.testing.assert_allclose(table["first_order"], FIRST, atol=0.02)
    assert (z(table["first_order"], FIRST, table["se"])[:2] < 4).all()
    problem = {"num_vars": 3, "names": names, "bounds": [[-np.pi, np.pi]] * 3}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        binned = delta.analyze(problem, x, y, method="sobol", num_resamples=2, seed=1)["S1"]
    for other in (rbd_fast.analyze(problem, x, y, num_resamples=2, seed=1)["S1"], binned):
        np.testing.assert_allclose(table["first_order"], other, atol=0.04)


def test_parameters_that_only_matter_together_have_a_share_as_a_group():
    x = np.random.default_rng(1).normal(size=(4_000, 2))
    draws = pd.DataFrame(x, columns=["a", "b"])
    table = first_order(sampled(x.prod(axis=1)), draws, groups={"both": ["a", "b"]}).set_index("parameter")
    assert table.loc["both", "first_order"] > 0.95
    assert (table.loc[["a", "b"], "first_order"] < 0.02).all()
    asked = first_order(sampled(x[:, 0]), draws, method="gaussian process")
    assert asked.loc[0, ["method", "reason"]].to_list() == ["gaussian process", "asked for"]


def test_an_outcome_is_named_by_intervention_and_threshold():
    outcomes = xr.Dataset(
        {
            "cost": (("sample", "strategy"), [[100.0, 150.0], [100.0, 250.0]]),
            "qaly": (("sample", "strategy"), [[1.0, 1.5], [1.0, 1.5]]),
        },
        coords={"strategy": ["old", "new"]},
    )
    cea = hm.CostEffectiveness(outcomes, comparator="old")
    benefit = cea.incremental_net_benefit("new", threshold=200)
    assert benefit.to_numpy().tolist() == [50, -50]
    assert benefit.name == "incremental net benefit of new at 200 per QALY"
    assert cea.saving("new").to_numpy().tolist() == [-50, -150]
    with pytest.raises(hm.decision.OutcomeError, match="give one"):
        cea.incremental_net_benefit("new", threshold=[1, 2])
    with pytest.raises(hm.decision.OutcomeError, match="did you mean 'new'"):
        cea.saving("nwe")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (np.ones(4_000), "the outcome is a ndarray"),
        (xr.DataArray(1.0), "is one number"),
        (OUTCOME.expand_dims(strategy=2), "has dimension 'strategy'"),
        (sampled(["a"] * 4_000), "give numbers"),
        (OUTCOME.where(np.arange(4_000) != 5), "sample 5: nan"),
        (OUTCOME[:100], "4,000 samples and the outcomes 100"),
    ],
)
def test_outcomes_that_are_not_one_number_a_sample_are_refused(outcome, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        tornado(outcome, DRAWS)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: tornado(OUTCOME, DRAWS, ["aa"]), "no parameter 'aa'"),
        (lambda: tornado(OUTCOME, xr.Dataset(coords={"sample": range(4_000)})), "no parameters"),
        (lambda: tornado(OUTCOME[:20], DRAWS[:20]), "too few"),
        (lambda: tornado(OUTCOME, DRAWS, method="spline"), "did you mean 'splines'"),
        (lambda: tornado(OUTCOME, DRAWS, quantiles=[0.9, 0.1]), "ascending"),
        (lambda: tornado(OUTCOME, DRAWS, quantiles=[0.5]), "at least two"),
        (lambda: tornado(OUTCOME, DRAWS, quantiles=[0.5, 97.5]), "from 0 to 1"),
        (lambda: linear_metamodel(OUTCOME[:5], DRAWS[:5]), "3 parameters cannot be told apart by 5 samples"),
        (lambda: linear_metamodel(OUTCOME, DRAWS.assign(d=30 - DRAWS["a"] - DRAWS["b"])), r"leave_out=\['[abd]'\]"),
        (lambda: linear_metamodel(OUTCOME, DRAWS, leave_out=["e"]), "no parameter 'e' to leave out"),
        (lambda: linear_metamodel(0 * OUTCOME, DRAWS), "the outcome is 0 in every sample"),
        (lambda: linear_metamodel(OUTCOME, DRAWS[["a"]] * 0), "no parameter varies and has an order"),
        (lambda: linear_metamodel(OUTCOME, DRAWS.assign(d=np.eye(4_000)[9])), "sample 9 alone"),
        (lambda: rank_correlations(OUTCOME, DRAWS.assign(d=np.exp(-DRAWS["a"]))), r"the order of [ad] follows"),
        (lambda: rank_correlations(OUTCOME[:5], DRAWS[:5]), "run at least 6"),
        (lambda: rank_correlations(0 * OUTCOME, DRAWS), "no variance"),
        (lambda: first_order(0 * OUTCOME, DRAWS), "no variance"),
        (lambda: first_order(OUTCOME, DRAWS, groups={"a": ["b"]}), "name of a parameter"),
        (lambda: first_order(OUTCOME, DRAWS, groups={"g": ["bb"]}), "no parameter 'bb'"),
    ],
)
def test_mistakes_are_refused_with_their_cure(call, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        call()


def test_a_name_that_never_varies_is_told_as_it_is():
    rng = np.random.default_rng(1)
    draws, outcome = pd.DataFrame({"model": ["Weibull"] * 60}), xr.DataArray(rng.normal(size=60), dims="sample")
    row = conditional_means(outcome, draws).iloc[0]
    assert (row["value"], row["outcome"]) == ("Weibull", pytest.approx(outcome.mean().item()))
    assert np.isnan(row["quantile"])
    assert tornado(outcome, draws)[["low", "high", "shape"]].to_numpy().tolist() == [["Weibull", "Weibull", "by name"]]

"""Linear metamodels and rank correlations against closed forms and naive second implementations."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

import heemodel as hm
from heemodel.decision.sensitivity import linear_metamodel, rank_correlations

SLOPES = {"a": 3.0, "b": -2.0, "c": 0.5}
SDS = {"a": 1.0, "b": 2.0, "c": 4.0}
VARIANCE = sum((SLOPES[name] * SDS[name]) ** 2 for name in SLOPES) + 1
RNG = np.random.default_rng(1)
DRAWS = pd.DataFrame({name: RNG.normal(10, sd, 4_000) for name, sd in SDS.items()})
OUTCOME = xr.DataArray(DRAWS.sub(10) @ pd.Series(SLOPES) + RNG.normal(size=4_000), dims="sample")


def sampled(values, **coords):
    return xr.DataArray(np.asarray(values), dims="sample", coords=coords)


def z(found, exact, se):
    return np.abs(np.asarray(found) - exact) / np.asarray(se)


def test_a_metamodel_of_a_linear_model_is_that_model():
    table = linear_metamodel(OUTCOME, DRAWS)
    assert table["parameter"].to_list() == ["(intercept)", "b", "a", "c"]
    assert table["coefficient"][0] == pytest.approx(OUTCOME.mean().item())
    effects = table.iloc[1:]
    assert (z(effects["per_unit"], effects["parameter"].map(SLOPES), effects["se"] / effects["sd"]) < 4).all()
    np.testing.assert_allclose(effects["coefficient"], effects["per_unit"] * effects["sd"])
    np.testing.assert_allclose(effects["se"], 1 / np.sqrt(4_000), rtol=0.1)
    exact = 1 - 1 / VARIANCE
    assert z(table["r_squared"][0], exact, table["r_squared_se"][0]) < 4
    assert table["r_squared_se"][0] == pytest.approx(2 * (1 - exact) * np.sqrt(exact / 4_000), rel=0.15)


def test_a_metamodel_agrees_with_least_squares_written_out():
    """Coefficients by the normal equations; HC3 errors by the sandwich, sample by sample."""
    draws = DRAWS.iloc[:200]
    y = (OUTCOME[:200] + sampled(draws["a"] ** 2)).to_numpy()
    x = np.column_stack([np.ones(200), (draws - draws.mean()) / draws.std()])
    bread = np.linalg.inv(x.T @ x)
    slopes = bread @ x.T @ y
    meat = np.zeros((4, 4))
    for row, value in zip(x, y, strict=True):
        left = (value - row @ slopes) / (1 - row @ bread @ row)
        meat += left**2 * np.outer(row, row)
    table = linear_metamodel(sampled(y), draws).set_index("parameter").loc[list(SLOPES)]
    np.testing.assert_allclose(table["coefficient"], slopes[1:])
    np.testing.assert_allclose(table["se"], np.sqrt((bread @ meat @ bread).diagonal())[1:], rtol=0.01)
    fitted = x @ slopes
    np.testing.assert_allclose(table["r_squared"], fitted.var() / y.var())


def test_partial_rank_correlations_agree_with_residuals_of_regressions():
    draws = DRAWS.iloc[:300].assign(b=DRAWS["b"] + DRAWS["a"])
    outcome = np.exp(OUTCOME[:300] / 5)
    table = rank_correlations(outcome, draws).set_index(["measure", "parameter"])
    ranks = draws.rank().to_numpy()
    y = stats.rankdata(outcome)
    for i, name in enumerate(draws.columns):
        assert table.loc[("rank correlation", name), "value"] == pytest.approx(stats.spearmanr(draws[name], outcome)[0])
        others = np.column_stack([np.ones(300), np.delete(ranks, i, axis=1)])
        left, of_y = (v - others @ np.linalg.lstsq(others, v)[0] for v in (ranks[:, i], y))
        partial = table.loc[("partial rank correlation", name)]
        assert partial["value"] == pytest.approx(stats.pearsonr(left, of_y)[0])
        assert partial["lower"] < partial["value"] < partial["upper"]


def test_the_rank_correlation_of_normals_is_that_of_the_textbook():
    """(6/π) asin(ρ/2); the interval holds it in 95% of samples."""
    rng, inside = np.random.default_rng(1), 0
    exact = 6 / np.pi * np.arcsin(0.3)
    for _ in range(100):
        both = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 200)
        row = rank_correlations(sampled(both[:, 1]), pd.DataFrame({"a": both[:, 0]})).iloc[0]
        inside += row["lower"] < exact < row["upper"]
    assert 89 <= inside <= 100


def test_a_perfect_rank_correlation_is_certain():
    table = rank_correlations(sampled(np.exp(DRAWS["a"])), DRAWS)
    first = table[table["parameter"] == "a"]
    np.testing.assert_allclose(first[["value", "lower", "upper"]], 1.0)
    np.testing.assert_allclose(first["se"], 0.0, atol=1e-12)
    others = table[(table["parameter"] != "a") & (table["measure"] == "partial rank correlation")]
    assert (others["note"] == "the others leave nothing to explain").all()


def test_too_few_effective_samples_for_a_correlation_are_refused():
    turns = np.repeat(np.random.default_rng(1).normal(size=(4, 3)), 50, axis=0)
    jitter = np.random.default_rng(2).normal(0, 1e-3, (200, 3))
    draws = pd.DataFrame(turns + jitter, columns=["a", "b", "c"])
    outcome = sampled(draws.sum(axis=1) + jitter[:, 0], chain=("sample", np.repeat([0, 1], 100)))
    with pytest.raises(hm.decision.OutcomeError, match="effective samples cannot tell"):
        rank_correlations(outcome, draws)


def test_after_leaving_out_a_place_that_others_determine_there_is_a_metamodel():
    shares = np.random.default_rng(1).dirichlet([5, 3, 2], 500)
    draws = xr.Dataset({"mix": (("sample", "state"), shares)}, coords={"state": ["x", "y", "z"]})
    outcome = sampled(shares @ [1.0, 2.0, 3.0])
    with pytest.raises(hm.decision.OutcomeError, match="follows from the other parameters"):
        linear_metamodel(outcome, draws)
    table = linear_metamodel(outcome, draws, leave_out=["mix[x]"]).set_index("parameter")
    np.testing.assert_allclose(table.loc[["mix[y]", "mix[z]"], "per_unit"], [1, 2])
    assert table["r_squared"].iloc[0] == pytest.approx(1)


def test_a_parameter_is_left_out_with_all_its_places():
    draws = xr.Dataset({"p": (("sample", "g"), DRAWS[["a", "b"]].to_numpy()), "c": ("sample", DRAWS["c"])})
    for measure in (linear_metamodel, rank_correlations):
        assert set(measure(OUTCOME, draws, leave_out=["p"])["parameter"]) - {"(intercept)"} == {"c"}


def test_what_is_left_out_is_a_list():
    with pytest.raises(hm.decision.OutcomeError, match=r"leave_out is 'ab'; give a list of names, such as \['ab'\]"):
        linear_metamodel(OUTCOME, DRAWS, leave_out="ab")


def test_a_perfect_rank_correlation_is_certain_however_many_samples_there_are():
    x = np.random.default_rng(3).normal(size=1_000_000)
    row = rank_correlations(sampled(np.exp(x)), pd.DataFrame({"a": x})).iloc[0]
    assert row[["value", "lower", "upper"]].to_list() == [1.0, 1.0, 1.0]

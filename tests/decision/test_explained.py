"""Whether parameters belong to the outcomes: exact at chance, sure where they do."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

import heemodel as hm
from heemodel.decision.explained import explained
from tests.decision.test_appraisal import psa


def related(samples=500, seed=1, strategies=("old", "new")):
    """Skew costs and QALYs that a, in curves and by name, have made; b has no part in them."""
    rng = np.random.default_rng(seed)
    draws = pd.DataFrame({"a": rng.normal(size=samples), "who": rng.choice(["he", "she", "they"], samples)})
    draws = draws.assign(b=rng.normal(size=samples))
    cost = np.exp(draws["a"].to_numpy()[:, None] ** 2 + rng.normal(size=(samples, len(strategies))))
    qaly = draws["who"].map({"he": 1.0, "she": 0.9, "they": 1.1}).to_numpy()[:, None] + 0.1 * rng.normal(
        size=cost.shape
    )
    dims = ("sample", "strategy")
    return xr.Dataset({"cost": (dims, cost), "qaly": (dims, qaly)}, coords={"strategy": list(strategies)}), draws


def table(outcomes, draws, thresholds=(20_000.0,)):
    return explained(hm.CostEffectiveness(outcomes, comparator="old"), draws, thresholds)


def test_parameters_of_the_outcomes_explain_them_in_curves_and_by_name():
    outcomes, draws = related()
    found = table(outcomes, draws).set_index("outcome")
    assert found.index.tolist() == [
        *("cost of old", "QALYs of old", "cost of new", "QALYs of new", "net benefit of new at 20,000 per QALY")
    ]
    assert found.loc["cost of new", "p_value"] < 1e-6  # by the square of a alone
    assert found.loc["QALYs of new", "p_value"] < 1e-6  # by name alone
    assert found["by_chance"].unique() == [6 / 499]  # a, b, their squares, two names


def test_rows_in_another_order_explain_as_much_as_chance():
    """Over 200 files whose rows have nothing to do with each other, p is uniform and R2 is k / (n - 1) on average."""
    found = pd.concat([table(related(200, seed)[0], related(200, 1_000 + seed)[1]) for seed in range(200)])
    cost = found[found["outcome"] == "cost of new"]
    assert stats.kstest(cost["p_value"], "uniform").pvalue > 0.01
    assert cost["r_squared"].mean() == pytest.approx(6 / 199, abs=4 * cost["r_squared"].std() / np.sqrt(200))


def test_the_f_test_is_that_of_a_regression_worked_out_otherwise():
    outcomes, draws = related(300)
    found = table(outcomes, draws[["b"]]).iloc[0]
    scores = stats.norm.ppf((stats.rankdata(draws["b"]) - 0.5) / 300)
    y = stats.norm.ppf((stats.rankdata(outcomes["cost"].sel(strategy="old")) - 0.5) / 300)
    full = np.stack([np.ones(300), scores, scores**2], 1)
    rest = y - full @ np.linalg.lstsq(full, y)[0]
    share = 1 - (rest @ rest) / ((y - y.mean()) @ (y - y.mean()))
    assert found["r_squared"] == pytest.approx(share)
    assert found["p_value"] == pytest.approx(stats.f.sf(share / 2 / ((1 - share) / 297), 2, 297))


def test_without_varying_parameters_or_with_too_few_samples_nothing_is_said():
    outcomes, _ = related(40)
    assert table(outcomes, pd.DataFrame({"never": np.ones(40)})).empty
    assert table(outcomes, pd.DataFrame(np.random.default_rng(1).normal(size=(40, 30)))).empty


def test_parameters_that_follow_from_others_count_once():
    outcomes, draws = related(300)
    one, twice = (table(outcomes, given) for given in (draws[["a"]], draws[["a"]].assign(again=2 * draws["a"])))
    pd.testing.assert_frame_equal(one, twice)


def test_outcomes_that_never_vary_are_left_out():
    outcomes, draws = psa(200)
    assert "cost of old" not in table(outcomes, draws)["outcome"].tolist()


def test_an_appraisal_has_it():
    outcomes, draws = psa(200)
    found = hm.appraise(outcomes, draws, comparator="old", thresholds=[20_000])
    assert found.explained["p_value"].max() < 1e-6
    assert hm.appraise(outcomes, comparator="old", thresholds=[20_000]).explained.empty

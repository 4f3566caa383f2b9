"""One call gives the same tables as the calls for each."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel import threads


def psa(samples=400, seed=1):
    """Three strategies, the third dominated, and three parameters, one of which never varies."""
    rng = np.random.default_rng(seed)
    draws = pd.DataFrame(
        {"effect": rng.normal(0.1, 0.1, samples), "price": rng.normal(1_500, 300, samples), "rate": 0.5}
    )
    cost = np.stack([np.zeros(samples), draws["price"], draws["price"] + 500], 1)
    qaly = 5 + np.stack([np.zeros(samples), draws["effect"], draws["effect"] - 0.1], 1)
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": (("sample", "strategy"), qaly)},
        coords={"strategy": ["old", "new", "worse"]},
    )
    return outcomes, draws


@pytest.fixture(scope="module")
def found():
    outcomes, draws = psa()
    return hm.appraise(
        outcomes, draws, comparator="old", thresholds=[20_000, 30_000], groups={"both": ["effect", "price"]}
    )


def test_curves_run_from_0_to_twice_the_highest_threshold_in_round_steps(found):
    grid = found.evpi["threshold"].to_numpy()
    np.testing.assert_allclose(np.unique(np.diff(grid)), 100)
    assert (grid[0], grid[-1]) == (0, 60_000)


@pytest.mark.parametrize(
    ("thresholds", "last", "step"), [([25_000], 50_000, 100), ([0.3], 0.6, 0.001), ([0], 50_000, 100)]
)
def test_curves_fit_any_scale(thresholds, last, step):
    outcomes, _ = psa(50)
    grid = hm.appraise(outcomes, comparator="old", thresholds=thresholds).evpi["threshold"].to_numpy()
    assert grid[-1] == pytest.approx(last)
    np.testing.assert_allclose(np.diff(grid).max(), step)


def test_tables_are_those_of_the_comparison(found):
    outcomes, draws = psa()
    cea = hm.CostEffectiveness(outcomes, comparator="old")
    pd.testing.assert_frame_equal(found.icers, cea.incremental_table())
    at = found.acceptability[found.acceptability["threshold"] == 20_000].set_index("strategy")
    np.testing.assert_array_equal(at["probability"], cea.acceptability([20_000]).to_numpy()[0])
    np.testing.assert_array_equal(at["expected_loss"], cea.expected_loss([20_000]).to_numpy()[0])
    assert at.index[at["frontier"]].item() == cea.frontier([20_000])["strategy"].item()
    evpi = found.evpi.set_index("threshold").loc[20_000.0]
    assert evpi["evpi"] == cea.evpi([20_000]).item()
    assert evpi["evpi"] == at["expected_loss"].min()
    row = found.evppi.query("parameters == 'both' and threshold == 20_000")
    assert row["evppi"].item() == pytest.approx(
        hm.voi.evppi(cea, draws, ["effect", "price"], thresholds=20_000)["evppi"].item()
    )


def test_the_frontier_is_one_strategy_at_every_threshold(found):
    assert (found.acceptability.groupby("threshold")["frontier"].sum() == 1).all()
    np.testing.assert_allclose(found.acceptability.groupby("threshold")["probability"].sum(), 1)


def test_sensitivity_is_of_the_best_intervention(found):
    assert found.focus == "new"
    assert found.tornado["parameter"].tolist() == ["effect", "price", "rate"]
    assert found.stability["draws"].iloc[-1] == 400
    assert found.stability["mean"].iloc[-1] == pytest.approx(found.tornado["mean"].iloc[0])
    assert "new being better value than old" in found.enough["outcome"].item()


def test_numbers_do_not_depend_on_the_number_of_processors(monkeypatch):
    outcomes, draws = psa(1_000)
    draws["third"], draws["fourth"] = draws["effect"] ** 2, draws["price"] * draws["effect"]
    groups = {"all": ["effect", "price", "third", "fourth"], "both": ["effect", "price"]}
    tables = []
    for count in (1, 4):
        monkeypatch.setattr(threads, "processors", lambda count=count: count)
        tables.append(hm.appraise(outcomes, draws, comparator="old", thresholds=[20_000, 30_000], groups=groups))
    for name in ("evppi", "tornado"):
        pd.testing.assert_frame_equal(*(getattr(one, name) for one in tables), check_exact=True)


def test_without_parameters_there_is_no_partial_information():
    outcomes, _ = psa()
    found = hm.appraise(outcomes, comparator="old", thresholds=[20_000])
    assert found.evppi.empty
    assert found.tornado.empty


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"thresholds": []}, "no threshold is given"),
        ({"thresholds": [-1]}, "give numbers of 0 or more"),
        ({"comparator": "od"}, "did you mean 'old'"),
        ({"groups": {"both": ["effect"]}}, "no parameters are given"),
    ],
)
def test_what_cannot_be_appraised_is_refused(change, said):
    outcomes, _ = psa(50)
    with pytest.raises(hm.decision.OutcomeError, match=said):
        hm.appraise(outcomes, **{"comparator": "old", "thresholds": [20_000], **change})


def test_a_point_cannot_be_appraised():
    outcomes, _ = psa(50)
    with pytest.raises(hm.decision.OutcomeError, match="give a sample of them"):
        hm.appraise(outcomes.isel(sample=0), comparator="old", thresholds=[20_000])


def test_a_threshold_that_is_there_twice_is_refused():
    outcomes, _ = psa(50)
    with pytest.raises(hm.decision.OutcomeError, match="threshold 20,000 is there twice; leave one out"):
        hm.appraise(outcomes, comparator="old", thresholds=[20_000, 30_000, 20_000])

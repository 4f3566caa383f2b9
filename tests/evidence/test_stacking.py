"""Stacking: weights that follow from what is predicted, and draws that follow the weights."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest

import heemodel as hm


def of_normal(y, sd, name):
    """The mean of normal data whose standard deviation is taken to be known."""
    with pm.Model(name="") as model:
        mean = pm.Normal("mean", 0, 10)
        pm.Normal("y", mean, sd, observed=y)
    fitted = hm.fit(model, seed=1, draws=4_000)
    return type(fitted)(name, fitted.data, model=fitted.model)


@pytest.fixture(scope="module")
def data():
    return np.random.default_rng(1).normal(3, 1, size=60)


@pytest.mark.slow
def test_a_model_that_predicts_badly_gets_no_weight(data):
    stacked = hm.stack([of_normal(data, 1.0, "right"), of_normal(data, 10.0, "vague")])
    assert stacked.weights["right"] > 0.98
    assert stacked.comparison.index[0] == "right"
    assert set(stacked.draw(500, seed=1)["model"].to_numpy()[:200]) == {"right"}


def test_weights_maximise_the_exact_leave_one_out_density(data):
    """For a normal mean with known spread, what each model predicts of data left out is known exactly."""
    from scipy import optimize, stats

    spread = (0.6, 1.6)
    exact = []
    for sd in spread:
        precision = (len(data) - 1) / sd**2 + 1 / 100
        left = (data.sum() - data) / sd**2 / precision
        exact.append(stats.norm.pdf(data, left, np.sqrt(sd**2 + 1 / precision)))
    best = optimize.minimize_scalar(
        lambda w: -np.log(w * exact[0] + (1 - w) * exact[1]).sum(), bounds=(0, 1), method="bounded"
    ).x
    stacked = hm.stack([of_normal(data, sd, str(sd)) for sd in spread])
    assert stacked.weights["0.6"] == pytest.approx(best, abs=0.03)
    drawn = stacked.draw(1_000, seed=2)
    assert int((drawn["model"] == "0.6").sum()) == pytest.approx(1_000 * stacked.weights["0.6"], abs=1)
    assert drawn.sizes["sample"] == 1_000
    assert np.array_equal(drawn["mean"], stacked.draw(1_000, seed=2)["mean"])


@pytest.mark.slow
def test_only_what_models_have_in_common_is_drawn():
    deaths = pd.DataFrame({"group": ["a", "b", "c"], "events": [4, 6, 5], "n": [100, 120, 90]})
    fitted = [hm.fit(hm.proportions(deaths, by="group", pooling=p), seed=1, draws=4_000) for p in ("none", "partial")]
    stacked = hm.stack(fitted)
    assert list(stacked.weights.index) != ["proportions", "proportions"]
    drawn = stacked.draw(101, seed=1)
    assert list(drawn.data_vars) == ["share"]
    assert drawn["share"].dims == ("sample", "group")


def test_what_cannot_be_stacked_is_refused(data):
    one, other = of_normal(data, 1.0, "one"), of_normal(data + 1, 1.0, "other")
    with pytest.raises(hm.EvidenceError, match="give two posteriors or more"):
        hm.stack([one])
    with pytest.raises(hm.EvidenceError, match="'other' is of other data than 'one'"):
        hm.stack([one, other])
    with pm.Model() as different:
        pm.Normal("y", pm.Normal("centre", 0, 10), 1.0, observed=data)
    with pytest.raises(hm.EvidenceError, match="no variable in common"):
        hm.stack([one, hm.fit(different, seed=1, draws=4_000)])


def test_models_with_several_kinds_of_observations_are_stacked():
    """Patients who left and patients who have not: exponential stays, which a log-normal of any shape fits worse."""
    rng = np.random.default_rng(3)
    time = rng.exponential(10.0, 250)
    patients = pd.DataFrame({"group": "a", "time": time.clip(max=15.0), "event": (time < 15.0).astype(int)})
    fitted = [
        hm.fit(hm.durations(by="group", patients=patients, family=family), seed=1, draws=4_000)
        for family in ("weibull", "lognormal")
    ]
    stacked = hm.stack(fitted)
    assert stacked.weights["duration (weibull)"] > 0.7
    assert set(stacked.draw(1_000, seed=1)) == {"mean_duration", "median_duration", "duration_variation"}
    with pytest.raises(hm.EvidenceError, match="a list of posteriors"):
        hm.stack(fitted[0])

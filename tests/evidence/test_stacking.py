"""Stacking: weights that follow from what is predicted, and draws that follow the weights."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr

import heemodel as hm
from heemodel.decision import monte_carlo_error, share, summarise
from heemodel.evidence.stacking import StackedPosterior


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
    stacked = hm.evidence.stack([of_normal(data, 1.0, "right"), of_normal(data, 10.0, "vague")])
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
    stacked = hm.evidence.stack([of_normal(data, sd, str(sd)) for sd in spread])
    assert stacked.weights["0.6"] == pytest.approx(best, abs=0.03)
    drawn = stacked.draw(1_000, seed=2)
    assert int((drawn["model"] == "0.6").sum()) == pytest.approx(1_000 * stacked.weights["0.6"], abs=1)
    assert drawn.sizes["sample"] == 1_000
    assert np.array_equal(drawn["mean"], stacked.draw(1_000, seed=2)["mean"])


@pytest.mark.slow
def test_only_what_models_have_in_common_is_drawn():
    deaths = pd.DataFrame({"group": ["a", "b", "c"], "events": [4, 6, 5], "n": [100, 120, 90]})
    fitted = [
        hm.fit(hm.evidence.proportions(deaths, by="group", pooling=p), seed=1, draws=4_000) for p in ("none", "partial")
    ]
    stacked = hm.evidence.stack(fitted)
    assert list(stacked.weights.index) != ["proportions", "proportions"]
    drawn = stacked.draw(101, seed=1)
    assert list(drawn.data_vars) == ["share"]
    assert drawn["share"].dims == ("sample", "group")


def test_what_cannot_be_stacked_is_refused(data):
    one, other = of_normal(data, 1.0, "one"), of_normal(data + 1, 1.0, "other")
    with pytest.raises(hm.evidence.EvidenceError, match="give two posteriors or more"):
        hm.evidence.stack([one])
    with pytest.raises(hm.evidence.EvidenceError, match="'other' is of other data than 'one'"):
        hm.evidence.stack([one, other])
    with pm.Model() as different:
        pm.Normal("y", pm.Normal("centre", 0, 10), 1.0, observed=data)
    with pytest.raises(hm.evidence.EvidenceError, match="no variable in common"):
        hm.evidence.stack([one, hm.fit(different, seed=1, draws=4_000)])


def test_models_with_several_kinds_of_observations_are_stacked():
    """Patients who left and patients who have not: exponential stays, which a log-normal of any shape fits worse."""
    rng = np.random.default_rng(3)
    time = rng.exponential(10.0, 250)
    patients = pd.DataFrame({"group": "a", "time": time.clip(max=15.0), "event": (time < 15.0).astype(int)})
    fitted = [
        hm.fit(hm.evidence.durations(by="group", patients=patients, family=family), seed=1, draws=4_000)
        for family in ("weibull", "lognormal")
    ]
    stacked = hm.evidence.stack(fitted)
    assert stacked.weights["duration (weibull)"] > 0.7
    assert set(stacked.draw(1_000, seed=1)) == {"mean_duration", "median_duration", "duration_variation"}
    with pytest.raises(hm.evidence.EvidenceError, match="a list of posteriors"):
        hm.evidence.stack(fitted[0])


CHAINS, LENGTH = 4, 1_000


def chains(name, *, mean, sd, persistence, seed):
    """Chains of first-order autocorrelation, in place of a fitted posterior."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(CHAINS, LENGTH))
    for i in range(1, LENGTH):
        values[:, i] = persistence * values[:, i - 1] + np.sqrt(1 - persistence**2) * values[:, i]
    return hm.evidence.Posterior(
        name, xr.DataTree.from_dict({"posterior": xr.Dataset({"x": (("chain", "draw"), mean + sd * values)})})
    )


def two_models(seed, weights=(0.7, 0.3)):
    """A stack of two models that are far apart, one of which mixes badly."""
    posteriors = {
        "quick": chains("quick", mean=0.0, sd=1.0, persistence=0.5, seed=2 * seed),
        "slow": chains("slow", mean=8.0, sd=2.0, persistence=0.95, seed=2 * seed + 1),
    }
    return StackedPosterior(posteriors, pd.DataFrame({"weight": weights}, index=[*posteriors]), ())


def test_chains_take_turns_whatever_the_model():
    drawn = two_models(1).draw(999, seed=1)
    assert drawn["chain"].to_numpy().tolist() == [i % CHAINS for i in range(999)]
    by_both = pd.crosstab(drawn["model"].to_numpy(), drawn["chain"].to_numpy())
    assert by_both.sum(axis=1).to_dict() == {"quick": 699, "slow": 300}
    assert ((by_both.max(axis=1) - by_both.min(axis=1)) <= 1).all()


def test_draws_of_a_chain_of_a_model_are_its_own_and_in_its_order():
    stacked = two_models(1)
    drawn = stacked.draw(2_001, seed=1)
    for name, posterior in stacked.posteriors.items():
        for chain in range(CHAINS):
            own = posterior.draws["x"].to_numpy()[chain].tolist()
            places = [own.index(x) for x in drawn["x"].to_numpy()[(drawn["model"] == name) & (drawn["chain"] == chain)]]
            assert (np.diff(places) > 0).all()


@pytest.mark.parametrize("first", [40, 200, 1_000])
def test_any_leading_part_holds_models_by_their_weight(first):
    drawn = two_models(1).draw(2_000, seed=1)
    assert int((drawn["model"][:first] == "slow").sum()) == pytest.approx(0.3 * first, abs=CHAINS)


def test_the_error_of_a_mean_is_its_spread_over_repeated_samples():
    """The distance between models adds nothing, as their shares are fixed; chains that mix badly add much."""
    means, errors, without_chain = [], [], []
    for seed in range(200):
        x = two_models(seed).draw(2_000, seed=1)["x"]
        means.append(float(x.mean()))
        errors.append(monte_carlo_error(x))
        without_chain.append(monte_carlo_error(x.drop_vars("chain")))
    spread = np.std(means, ddof=1)
    assert np.mean(means) == pytest.approx(2.4, abs=4 * spread / np.sqrt(200))
    assert np.mean(errors) == pytest.approx(spread, rel=0.15)  # the spread of 200 is itself known to 5%
    assert np.mean(without_chain) < 0.75 * spread


def test_the_error_reaches_what_is_decided():
    """Joined with another posterior and run, outcomes know the chain and the model of each draw."""
    other = chains("other", mean=5.0, sd=1.0, persistence=0.9, seed=99)
    draws = hm.join_draws(two_models(3).draw(2_000, seed=1), other.draw(2_000, seed=1).rename(x="y"))
    model = hm.FunctionModel(
        strategies=["old", "new"],
        outcomes=lambda p: hm.Outcomes(cost={"drug": hm.by_strategy({"old": 0.0, "new": p.x - p.y})}, qaly=0.0),
    )
    cea = hm.CostEffectiveness(model.run(draws), comparator="old")
    cost = draws["x"] - draws["y"]
    assert summarise(-cea.saving("new")).mcse == pytest.approx(monte_carlo_error(cost))
    loss = cost.clip(max=0) if float(cost.mean()) > 0 else cost.clip(min=0)
    assert cea.evpi([0.0])["mcse"].item() == pytest.approx(monte_carlo_error(loss))
    gain = hm.voi.evppi(cea, draws[["x"]], ["x"], thresholds=0.0)
    plain = hm.CostEffectiveness(model.run(draws.drop_vars(["model", "chain"])), comparator="old")
    assert gain["se"].item() != pytest.approx(
        hm.voi.evppi(plain, draws[["x"]], ["x"], thresholds=0.0)["se"].item(), rel=0.05
    )


def test_an_event_that_each_model_has_always_or_never_still_has_an_error():
    x = two_models(1).draw(1_000, seed=1)["x"]
    event = x.copy(data=x["model"].to_numpy() == "slow")
    assert share(event).mcse == pytest.approx(1.5 / 1_000)


def test_posteriors_with_other_numbers_of_chains_are_refused():
    four, two = chains("four", mean=0, sd=1, persistence=0, seed=1), chains("two", mean=0, sd=1, persistence=0, seed=2)
    two = hm.evidence.Posterior("two", xr.DataTree.from_dict({"posterior": two.draws.isel(chain=[0, 1])}))
    stacked = StackedPosterior(
        {"four": four, "two": two}, pd.DataFrame({"weight": [0.5, 0.5]}, index=["four", "two"]), ()
    )
    with pytest.raises(hm.evidence.EvidenceError, match="'four' has 4, 'two' has 2; sample all with as many"):
        stacked.draw(100, seed=1)

"""The model of a hospital episode against exact posteriors, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import heemodel as hm
from tests.evidence.calibration import assert_calibrated, at

STRATEGIES = ["old", "new"]
DEATHS = pd.DataFrame({"strategy": STRATEGIES, "events": [40, 60], "n": [100, 350]})
HOME = pd.DataFrame({"strategy": STRATEGIES, "events": [36, 261], "n": [60, 290]})
STAYS = pd.DataFrame({"strategy": STRATEGIES, "mean": [90.0, 14.0], "n": [100, 350]})


@pytest.fixture(scope="module")
def posterior():
    return hm.fit(hm.evidence.inpatient_episode(deaths=DEATHS, stays=STAYS, home=HOME), seed=1, draws=8_000)


@pytest.mark.parametrize(("name", "table"), [("mortality", DEATHS), ("home_share", HOME)])
def test_shares_have_the_conjugate_posterior(posterior, name, table):
    summary = posterior.summary().set_index("parameter")
    for row in table.itertuples():
        exact = stats.beta(1 + row.events, 1 + row.n - row.events)
        found = summary.loc[f"{name}[{row.strategy}]"]
        assert found["mean"] == pytest.approx(exact.mean(), abs=4 * found["mcse"])
        assert found["sd"] == pytest.approx(exact.std(), rel=0.05)
        assert found["lower"] == pytest.approx(exact.ppf(0.025), abs=0.15 * exact.std())
        assert found["upper"] == pytest.approx(exact.ppf(0.975), abs=0.15 * exact.std())


@pytest.mark.parametrize(("strategy", "mean", "n"), [("old", 90.0, 100), ("new", 14.0, 350)])
def test_mean_stay_has_the_posterior_found_by_integration(posterior, strategy, mean, n):
    def joint(log_stay, log_variation):
        stay, shape = np.exp(log_stay), n / np.exp(log_variation) ** 2
        likelihood = stats.gamma.pdf(mean, shape, scale=stay / shape)
        prior = stats.norm.pdf(log_stay, np.log(30), 1) * stats.norm.pdf(log_variation, np.log(1.1), 0.2)
        return likelihood * prior

    centre = np.log(mean)
    box = (np.log(1.1) - 1, np.log(1.1) + 1, centre - 1, centre + 1)
    total = integrate.dblquad(joint, *box)[0]
    first = integrate.dblquad(lambda s, v: np.exp(s) * joint(s, v), *box)[0] / total
    second = integrate.dblquad(lambda s, v: np.exp(2 * s) * joint(s, v), *box)[0] / total
    found = posterior.summary().set_index("parameter").loc[f"mean_stay[{strategy}]"]
    assert found["mean"] == pytest.approx(first, abs=4 * found["mcse"])
    assert found["sd"] == pytest.approx(np.sqrt(second - first**2), rel=0.05)


def test_the_mean_of_gamma_stays_is_gamma_as_the_model_says():
    n, mean, variation = 25, 72.0, 1.1
    shape = 1 / variation**2
    means = np.random.default_rng(1).gamma(shape, mean / shape, size=(20_000, n)).mean(axis=1)
    claimed = stats.gamma(n / variation**2, scale=mean * variation**2 / n)
    assert stats.kstest(means, claimed.cdf).pvalue > 0.01


def test_predictive_checks_hold_prior_and_posterior(posterior):
    checks = posterior.predictive_checks().set_index("observation")
    assert checks.loc["deaths[old]", "observed"] == 40
    row = checks.loc["stay[new]"]
    assert row["posterior_2.5%"] < 14 < row["posterior_97.5%"]
    assert row["prior_97.5%"] - row["prior_2.5%"] > 20 * (row["posterior_97.5%"] - row["posterior_2.5%"])


def test_plug_in_estimates_are_the_published_figures():
    central = hm.evidence.inpatient_episode(deaths=DEATHS, stays=STAYS, home=HOME).central
    assert central["mean_stay"].to_numpy().tolist() == [90.0, 14.0]
    assert float(central["mortality"].sel(strategy="old")) == 0.4


def test_tables_are_matched_by_name_not_by_order():
    shuffled = hm.evidence.inpatient_episode(deaths=DEATHS, stays=STAYS.iloc[::-1], home=HOME.iloc[::-1])
    assert shuffled.identity() == hm.evidence.inpatient_episode(deaths=DEATHS, stays=STAYS, home=HOME).identity()


@pytest.mark.parametrize(
    ("deaths", "said"),
    [
        (DEATHS.assign(events=[40, 400]), "strategy 'new': 400 events among 350"),
        (DEATHS.assign(events=[-1, 60]), "strategy 'old': events is -1; it must be 0 or more"),
        (DEATHS.assign(events=[40.5, 60]), "events is 40.5; give a whole number"),
        (DEATHS.assign(events=[np.nan, 60]), "strategy 'old': events is missing"),
        (DEATHS.assign(n=[0, 350], events=[0, 60]), "n is 0; it must be 1 or more"),
        (DEATHS.drop(columns="n"), "has no column 'n'"),
        (DEATHS.rename(columns={"strategy": "arm"}), "has no column 'strategy'"),
        (DEATHS.assign(strategy=["old", "old"]), "names a strategy twice"),
        (DEATHS.assign(strategy=["old", "newer"]), "is about old, new, not old, newer"),
    ],
)
def test_impossible_tables_are_refused(deaths, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.inpatient_episode(deaths=deaths, stays=STAYS, home=HOME)


def test_priors_that_no_distribution_has_are_refused():
    with pytest.raises(hm.evidence.EvidenceError, match="the prior of mortality is"):
        hm.evidence.inpatient_episode(deaths=DEATHS, stays=STAYS, home=HOME, mortality_prior=(np.inf, np.inf))


def test_a_stay_that_is_not_positive_is_refused():
    with pytest.raises(hm.evidence.EvidenceError, match="mean is 0; it must be above 0"):
        hm.evidence.inpatient_episode(deaths=DEATHS, stays=STAYS.assign(mean=[90.0, 0.0]), home=HOME)


@pytest.mark.parametrize(
    ("events", "n"), [([0, 0], [100, 350]), ([100, 350], [100, 350]), ([1, 0], [1, 1]), ([300_000_000, 1], [10**9] * 2)]
)
def test_nobody_everybody_and_enormous_groups_have_the_conjugate_posterior(events, n):
    table = DEATHS.assign(events=events, n=n)
    model = hm.evidence.inpatient_episode(deaths=table, stays=STAYS.assign(n=n), home=table)
    summary = hm.fit(model, seed=1, draws=4_000).summary().set_index("parameter")
    for place, strategy in enumerate(STRATEGIES):
        a, b = 1 + events[place], 1 + n[place] - events[place]
        for name in ("mortality", "home_share"):
            found = summary.loc[f"{name}[{strategy}]"]
            assert found["mean"] == pytest.approx(a / (a + b), abs=4 * found["mcse"])
            assert found["sd"] == pytest.approx(np.sqrt(a * b / (a + b) ** 2 / (a + b + 1)), rel=0.08)
    if n[0] == 10**9:
        found = summary.loc["mean_stay[old]"]
        assert found["mean"] == pytest.approx(90.0, abs=4 * found["mcse"])
        assert found["sd"] == pytest.approx(90 * 1.1 * np.exp(0.2**2) / np.sqrt(n[0]), rel=0.08)


@pytest.mark.slow
def test_simulation_based_calibration():
    n = np.array([60, 200])

    def simulate(rng):
        mortality, home = rng.uniform(size=2), rng.uniform(size=2)
        mean_stay = np.exp(rng.normal(np.log(30), 1, size=2))
        variation = np.exp(rng.normal(np.log(1.1), 0.2, size=2))
        model = hm.evidence.inpatient_episode(
            deaths=DEATHS.assign(events=rng.binomial(n, mortality), n=n),
            home=HOME.assign(events=rng.binomial(n, home), n=n),
            stays=STAYS.assign(mean=rng.gamma(n / variation**2, mean_stay * variation**2 / n), n=n),
        )
        true = {"mortality": mortality, "home_share": home, "mean_stay": mean_stay, "stay_variation": variation}
        return model, [(name, at(values[1], strategy="new")) for name, values in true.items()]

    assert_calibrated(simulate, simulations=200, seed=2024)


def test_more_live_discharges_than_survivors_are_pointed_out():
    (caution,) = hm.evidence.inpatient_episode(deaths=DEATHS, stays=STAYS, home=HOME.assign(n=[61, 290])).cautions
    assert caution.startswith("old: destinations are given for 61 who left alive, but only 60 of 100")

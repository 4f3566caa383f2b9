"""Proportions against exact posteriors, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import heemodel as hm
from tests.evidence.calibration import assert_calibrated, at

DEATHS = pd.DataFrame({"strategy": ["old", "new", "new"], "events": [40, 60, 5], "n": [100, 350, 20]})


def fitted(table, **options):
    return hm.fit(hm.evidence.proportions(table, by="strategy", **options), seed=1, draws=8_000)


def row(posterior, name):
    return posterior.summary().set_index("parameter").loc[name]


def is_beta(found, a, b):
    assert found["mean"] == pytest.approx(a / (a + b), abs=4 * found["mcse"])
    assert found["sd"] == pytest.approx(np.sqrt(a * b / (a + b) ** 2 / (a + b + 1)), rel=0.06)


def test_groups_have_the_conjugate_posterior_of_all_their_rows():
    posterior = fitted(DEATHS, prior=(2.0, 3.0))
    is_beta(row(posterior, "share[old]"), 42, 63)
    is_beta(row(posterior, "share[new]"), 67, 308)
    assert posterior.draw(100, seed=1)["share"].dims == ("sample", "strategy")


def test_a_weight_counts_people_in_part():
    posterior = fitted(DEATHS.assign(weight=[0.5, 1.0, 0.0]))
    is_beta(row(posterior, "share[old]"), 21, 31)
    is_beta(row(posterior, "share[new]"), 61, 291)
    assert set(posterior.predictive_checks()["observation"]) == {
        "events[old (1)]",
        "events[new (2)]",
        "events[new (3)]",
    }


def test_a_bias_leaves_a_large_study_uncertain_as_integration_says():
    """share uniform, log-odds shifted by Normal(0, ½): the posterior by two-dimensional quadrature."""
    events, n, sd = 4_000, 10_000, 0.5
    posterior = fitted(pd.DataFrame({"strategy": ["only"], "events": [events], "n": [n], "bias_sd": [sd]}))

    def moment(power):
        def inside(shift):
            # With so many people the shifted share is all but known: 0.4, up to its binomial error.
            share = stats.logistic.cdf(stats.logistic.ppf(0.4) - shift)
            return share**power * stats.norm.pdf(shift, 0, sd) * share * (1 - share)

        return integrate.quad(inside, -6 * sd, 6 * sd)[0]

    mean = moment(1) / moment(0)
    found = row(posterior, "share[only]")
    assert found["mean"] == pytest.approx(mean, abs=4 * found["mcse"] + 0.001)
    assert found["sd"] == pytest.approx(np.sqrt(moment(2) / moment(0) - mean**2), rel=0.06)


def test_partial_pooling_draws_small_groups_towards_the_others():
    groups = [f"g{k}" for k in range(8)]
    table = pd.DataFrame({"strategy": [*groups, "small"], "events": [30] * 8 + [3], "n": [100] * 8 + [3]})
    pooled = fitted(table, pooling="partial")
    assert 0.3 < row(pooled, "share[small]")["mean"] < 0.6
    assert row(pooled, "share[g0]")["mean"] == pytest.approx(0.3, abs=0.02)
    assert row(pooled, "new_group_share")["sd"] > row(pooled, "share[g0]")["sd"]


@pytest.mark.parametrize(
    ("events", "n"),
    [
        ([0, 0, 0], [100, 350, 20]),
        ([100, 350, 20], [100, 350, 20]),
        ([0, 1, 0], [1, 1, 1]),
        ([300_000_000, 0, 1], [10**9] * 3),
    ],
)
def test_nobody_everybody_and_enormous_groups_have_the_conjugate_posterior(events, n):
    posterior = fitted(DEATHS.assign(events=events, n=n))
    is_beta(row(posterior, "share[old]"), 1 + events[0], 1 + n[0] - events[0])
    is_beta(row(posterior, "share[new]"), 1 + sum(events[1:]), 1 + sum(n[1:]) - sum(events[1:]))


def test_one_group_cannot_say_how_alike_groups_are():
    one = pd.DataFrame({"strategy": ["old"], "events": [40], "n": [100]})
    assert "one group only" in hm.evidence.proportions(one, by="strategy", pooling="partial").cautions[0]
    assert not hm.evidence.proportions(one, by="strategy").cautions
    assert not hm.evidence.proportions(DEATHS, by="strategy", pooling="partial").cautions


@pytest.mark.slow
def test_groups_of_a_million_that_are_alike_are_known_by_their_own_data():
    table = pd.DataFrame({"strategy": ["a", "b", "c"], "events": [300_000, 400_000, 120_000], "n": 1_000_000})
    posterior = fitted(table, pooling="partial")
    for name, events in zip("abc", table["events"], strict=True):
        is_beta(row(posterior, f"share[{name}]"), events, 1_000_000 - events)


@pytest.mark.slow
@pytest.mark.parametrize("events", [[0, 0, 0], [100, 350, 20], [40]])
def test_groups_that_are_alike_have_the_posterior_of_quadrature(events):
    table = DEATHS.head(len(events)).assign(events=events)
    found = row(fitted(table, pooling="partial"), "share[old]")
    node, weight = np.polynomial.hermite_e.hermegauss(200)
    total = [0.0, 0.0, 0.0]
    had = [(events[0], 100), (sum(events[1:]), 370 if len(events) > 1 else 0)]
    for centre in 1.5 * np.linspace(-6, 6, 241):
        for between in np.linspace(0.01, 5, 200):
            share = stats.logistic.cdf(centre + between * node)
            of = [weight * stats.binom.pmf(some, n, share) for some, n in had]
            prior = stats.norm.pdf(centre, 0, 1.5) * stats.halfnorm.pdf(between) * of[1].sum()
            for power in range(3):
                total[power] += prior * (of[0] * share**power).sum()
    mean = total[1] / total[0]
    assert found["mean"] == pytest.approx(mean, abs=4 * found["mcse"])
    assert found["sd"] == pytest.approx(np.sqrt(total[2] / total[0] - mean**2), rel=0.08)


@pytest.mark.slow
@pytest.mark.parametrize("events", [0, 50])
def test_nobody_and_everybody_of_a_biased_source_have_the_posterior_of_quadrature(events):
    table = pd.DataFrame({"strategy": ["new"], "events": events, "n": 50, "weight": 0.5, "bias_sd": 0.4})
    found = row(fitted(table), "share[new]")
    share, (node, weight) = (np.arange(4_000) + 0.5) / 4_000, np.polynomial.hermite_e.hermegauss(40)
    biased = stats.logistic.cdf(stats.logistic.ppf(share)[:, None] + 0.4 * node)
    density = (stats.binom.pmf(events, 50, biased) ** 0.5) @ weight
    mean = np.average(share, weights=density)
    assert found["mean"] == pytest.approx(mean, abs=4 * found["mcse"])
    assert found["sd"] == pytest.approx(np.sqrt(np.average((share - mean) ** 2, weights=density)), rel=0.08)


def test_plug_in_estimates_are_observed_shares():
    central = hm.evidence.proportions(DEATHS.assign(weight=[1.0, 1.0, 0.5]), by="strategy").central["share"]
    assert central.sel(strategy=["old", "new"]).to_numpy().tolist() == pytest.approx([0.4, 62.5 / 360])
    assert not hm.evidence.proportions(DEATHS.assign(weight=[0.0, 1.0, 0.5]), by="strategy").central


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"events": [400, 60, 5]}, "strategy 'old': 400 events among 100"),
        ({"events": [np.nan, 60, 5]}, "events is missing"),
        ({"n": [0, 350, 20]}, "n is 0; it must be 1 or more"),
        ({"weight": [1.5, 1, 1]}, "weight is 1.5; it must lie between 0 and 1"),
        ({"weight": [-0.5, 1, 1]}, "weight is -0.5; it must be 0 or more"),
        ({"bias_sd": [-0.5, 1, 1]}, "bias_sd is -0.5; it must be 0 or more"),
    ],
)
def test_tables_that_are_not_sound_are_refused(changes, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.proportions(DEATHS.assign(**changes), by="strategy")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "arm"}, "has no column 'arm'"),
        ({"pooling": "full"}, "pooling 'full': known names"),
        ({"prior": (0.0, 1.0)}, "the prior of share"),
        ({"between_group_prior": -1.0}, "the prior of between_group_sd"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.proportions(DEATHS, **{"by": "strategy"} | options)


@pytest.mark.slow
def test_simulation_based_calibration():
    groups, n = ["a", "b", "c", "d", "e"], np.array([40, 40, 40, 400, 4_000])  # sampled in either form

    def simulate(rng):
        centre, between = rng.normal(0, 1.5), abs(rng.normal())
        share = stats.logistic.cdf(centre + between * rng.normal(size=len(groups)))
        new = stats.logistic.cdf(centre + between * rng.normal())
        table = pd.DataFrame({"strategy": groups, "events": rng.binomial(n, share), "n": n})
        shares = [("share", at(share[place], strategy=groups[place])) for place in (0, -1)]
        true = [*shares, ("between_group_sd", between), ("new_group_share", new)]
        return hm.evidence.proportions(table, by="strategy", pooling="partial"), true

    assert_calibrated(simulate, simulations=100, seed=3)

"""Durations at the edges: tails, few patients and very many, sources that disagree, exits that nobody took."""

from itertools import product

import numpy as np
import pandas as pd
import pytensor
import pytensor.tensor as pt
import pytest
from scipy import integrate, special, stats

import heemodel as hm
from heemodel.evidence.durations import model as duration_model
from heemodel.evidence.durations.families import FAMILIES

NAMES = ["gamma", "lognormal", "weibull"]
EXITS = ["dead", "home"]


def frozen(name, mean, shape):
    return FAMILIES[name].frozen(np.asarray(mean, dtype=float), np.asarray(shape, dtype=float))


def summary(name, rows, **more):
    """Of a posterior, from rows of n, mean and sd about one group."""
    table = pd.DataFrame(rows, columns=["n", "mean", "sd"]).assign(group="new")
    found = hm.fit(hm.evidence.durations(by="group", summaries=table, family=name), seed=1, **more).summary()
    return found.set_index("parameter")


def test_the_tail_of_a_gamma_is_known_where_numbers_end():
    """Γ(a, x) = exp(−x) x^(a−1) ∫ exp(−u) (1 + u/x)^(a−1) du; the derivative by differences."""
    time, mean, shape = pt.dscalars("time", "mean", "shape")
    log_survival = FAMILIES["gamma"].log_survival(time, mean, shape)
    evaluate = pytensor.function([time, mean, shape], [log_survival, pytensor.grad(log_survival, shape)])

    def exact(times, v):
        a, x = v**-2, v**-2 * times
        rest = integrate.quad(lambda u: np.exp(-u + (a - 1) * np.log1p(u / x)), 0, np.inf, epsabs=0, epsrel=1e-9)[0]
        return -x + (a - 1) * np.log(x) - special.gammaln(a) + np.log(rest)

    for variation, times in product((0.03, 0.3, 1.0, 5.0), (1.5, 3.0, 30.0, 1e3, 1e6)):
        value, slope = evaluate(times, 1.0, variation)
        assert value == pytest.approx(exact(times, variation), rel=1e-7)
        step = 1e-4 * variation
        difference = (exact(times, variation + step) - exact(times, variation - step)) / (2 * step)
        assert slope == pytest.approx(difference, rel=1e-3, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [100, 1_000, 1_000_000])
def test_means_and_deviations_of_samples_of_any_size_are_recovered(name, n):
    """Chains do not settle at large variations, where a normal likelihood of log s would rise again."""
    for variation in (0.1, 0.7):
        found = summary(name, [(n, 3.0, 3.0 * variation)], draws=4_000)
        error = 3 * variation / np.sqrt(n)
        assert found.loc["mean_duration[new]", "mean"] == pytest.approx(3.0, abs=0.6 * error)
        lower, upper = found.loc["mean_duration[new]", ["lower", "upper"]]
        assert 0.85 * error < (upper - lower) / 3.92 < 1.4 * error  # wider than need be where tails are long
        assert found.loc["duration_variation[new]", "mean"] == pytest.approx(variation, rel=1.2 / np.sqrt(n))


@pytest.mark.parametrize("name", NAMES)
def test_deviations_far_below_what_is_typical_are_the_less_likely_the_larger_the_variation(name):
    """Whatever the mean: of n = 100 with a tenth of their mean, profiled over the mean."""
    summaries = pd.DataFrame({"group": ["new"], "n": 100, "mean": 3.0, "sd": 0.3})
    model = hm.evidence.durations(by="group", summaries=summaries, family=name).pymc()
    logp, family = model.compile_logp(mode="FAST_COMPILE"), FAMILIES[name]
    log_means = np.log(3.0) + np.linspace(-1, 2, 61)
    profile = []
    for variation in (0.1, 0.2, 0.5, 1.0, 2.0, 3.5, 5.0, 8.0):
        log_shape = np.log([family.shape_prior((variation, 1.0))[0]])
        point = {f"duration_{family.shape_name}_log__": log_shape}
        profile.append(max(logp({"mean_duration_log__": np.array([x]), **point}) for x in log_means))
    assert (np.diff(profile) < 0).all()
    assert profile[1] < profile[0] - 20


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_one_patient_and_nobody_leaving_have_the_posterior_of_a_grid(name):
    family = FAMILIES[name]
    median, log_sd = family.shape_prior((1.0, 0.5))
    log_mean, log_shape = np.log(10) + np.linspace(-16, 16, 801), np.log(median) + log_sd * np.linspace(-7, 7, 401)
    dist = frozen(name, np.exp(log_mean)[:, None], np.exp(log_shape))
    prior = stats.norm.logpdf(log_mean, np.log(10), 2)[:, None] + stats.norm.logpdf(log_shape, np.log(median), log_sd)
    for times, event in (([3.0], [1]), ([3.0], [0]), ([3_000.0, 1, 2, 3], [0, 1, 1, 1])):
        with np.errstate(all="ignore"):
            said = [dist.logpdf(t) if seen else dist.logsf(t) for t, seen in zip(times, event, strict=True)]
        weight = np.exp(np.nan_to_num(sum(said) + prior, nan=-np.inf))
        table = pd.DataFrame({"group": "new", "time": times, "event": event})
        model = hm.evidence.durations(by="group", patients=table, family=name)
        fitted = hm.fit(model, seed=1, allow_unconverged=True)
        assert fitted.divergences() < 5  # the gate refuses any; one patient leaves the prior's far ends open
        drawn = np.log(fitted.draws["mean_duration"])
        mean = np.average(log_mean, weights=weight.sum(axis=1))
        sd = np.sqrt(np.average((log_mean - mean) ** 2, weights=weight.sum(axis=1)))
        assert float(drawn.mean()) == pytest.approx(mean, abs=0.1 * sd)
        assert float(drawn.std()) == pytest.approx(sd, rel=0.1)


@pytest.mark.slow
def test_one_who_is_still_there_long_after_all_others_can_be_fitted():
    """Where a gamma's survival is 0 as far as numbers go."""
    table = pd.DataFrame({"group": "new", "time": [1e6, 1.0, 2.0, 3.0], "event": [0, 1, 1, 1]})
    draws = hm.fit(hm.evidence.durations(by="group", patients=table), seed=1, draws=4_000).draws["mean_duration"]
    assert float(draws.min()) > 1e3


@pytest.mark.slow
def test_exits_that_nobody_or_many_millions_took_have_the_conjugate_posterior():
    for count in ([0, 10], [10, 0], [300_000_000, 700_000_000]):
        counts = pd.DataFrame({"group": "new", "exit": EXITS, "count": count})
        stays = pd.DataFrame({"group": "new", "exit": EXITS, "n": 30, "mean": [5.0, 10.0], "sd": [4.0, 7.0]})
        model = hm.evidence.competing_risks(by="group", exits=EXITS, counts=counts, summaries=stays)
        found = hm.fit(model, seed=1).summary().set_index("parameter").loc["exit_share[new, dead]"]
        a, b = 1 + count[0], 1 + count[1]
        assert found["mean"] == pytest.approx(a / (a + b), abs=4 * found["mcse"])
        assert found["sd"] == pytest.approx(np.sqrt(a * b / (a + b) ** 2 / (a + b + 1)), rel=0.08)


def test_deviations_of_normal_samples_fall_off_as_a_chi():
    """The log of s/σ has log density (n − 1) (u − exp(2u)/2), and standard deviation 1/√(2 (n − 1)) for large n."""
    n = 20_001
    spread = 1 / np.sqrt(2 * (n - 1))
    for away in (-3.0, -6.0, -10.0, -30.0, -100.0):
        parts = (pt.as_tensor(part) for part in (away * spread, 0.0, spread, 0.0, n))
        found = duration_model._log_tail(*parts).eval() - away**2 / 2
        exact = (n - 1) * (away * spread - np.expm1(2 * away * spread) / 2)
        assert found == pytest.approx(exact, rel=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "n"), [("gamma", 10_000), ("gamma", 400), ("weibull", 10_000), ("lognormal", 400)])
def test_two_sources_whose_deviations_disagree_are_met_halfway(name, n):
    """At the geometric mean of their deviations, rather than at variations at which anything seems likely."""
    apart = 1.1 if n > 1_000 else 1.3
    found = summary(name, [(n, 7.0, 5.0), (n, 7.0, 5.0 * apart)])
    assert found.loc["mean_duration[new]", "mean"] == pytest.approx(7.0, rel=0.02)
    assert found.loc["duration_variation[new]", "mean"] == pytest.approx(5 * np.sqrt(apart) / 7, rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sd", [0.3, 1.0, 2.0])
def test_a_summary_of_three_has_about_the_posterior_of_all_triples_that_it_may_be_of(name, sd):
    """Three with that mean and sd lie on a circle. Neither is log-normal: at worst a shape is off by 0.44 of its sd."""
    family = FAMILIES[name]
    angle = 2 * np.pi * (np.arange(60) + 0.5) / 60
    around = np.outer(np.cos(angle), [1, -1, 0]) / np.sqrt(2) + np.outer(np.sin(angle), [1, 1, -2]) / np.sqrt(6)
    triples = 3 + np.sqrt(2) * sd * around
    triples = triples[(triples > 0).all(axis=1)]
    median, log_sd = family.shape_prior((1.0, 0.5))
    log_mean, log_shape = np.log(3) + np.linspace(-5, 7, 121)[:, None], np.log(median) + log_sd * np.linspace(-5, 5, 81)
    log_density = sum(
        frozen(name, np.exp(log_mean), np.exp(log_shape)).logpdf(triples[:, place, None, None]) for place in range(3)
    )
    weight = np.exp(log_density).sum(axis=0)
    weight *= stats.norm.pdf(log_mean, np.log(10), 2) * stats.norm.pdf(log_shape, np.log(median), log_sd)
    drawn = hm.fit(
        hm.evidence.durations(
            by="group", summaries=pd.DataFrame([{"group": "new", "n": 3, "mean": 3, "sd": sd}]), family=name
        ),
        seed=1,
    ).draws
    for grid, values in ((log_mean, drawn["mean_duration"]), (log_shape, drawn[f"duration_{family.shape_name}"])):
        mean = (grid * weight).sum() / weight.sum()
        spread = np.sqrt((grid**2 * weight).sum() / weight.sum() - mean**2)
        assert float(np.log(values).mean()) == pytest.approx(mean, abs=0.5 * spread)
        assert float(np.log(values).std()) == pytest.approx(spread, rel=0.25)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_quartiles_of_very_many_are_those_of_the_posterior(name):
    exact = frozen(name, 9.0, FAMILIES[name].shape_prior((0.8, 1.0))[0]).ppf([0.25, 0.5, 0.75])
    table = pd.DataFrame([exact], columns=["q1", "median", "q3"]).assign(group="new", n=1_000_000_000)
    found = (
        hm.fit(hm.evidence.durations(by="group", summaries=table, family=name), seed=1).summary().set_index("parameter")
    )
    assert found.loc["mean_duration[new]", "mean"] == pytest.approx(9.0, rel=2e-4)
    assert found.loc["duration_variation[new]", "mean"] == pytest.approx(0.8, rel=2e-4)
    assert found.loc["mean_duration[new]", "sd"] < 1e-3

"""Value of sample information: closed forms, enumeration of all data, exact posteriors, and invariants."""

import dataclasses
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from heemodel.decision import CostEffectiveness, OutcomeError
from heemodel.decision.information import (
    Study,
    binary_study,
    evppi,
    evsi,
    normal_mean_study,
    pymc_study,
    survival_trial,
    two_arm_trial,
)
from heemodel.decision.information.moments import shrinkage

THRESHOLD = 20_000.0
METHODS = ["regression", "moment matching"]


def compared(benefit, chain=None):
    """Outcomes whose net benefit is given (sample, strategy), half of it in QALYs."""
    dims = ("sample", "strategy")
    outcomes = xr.Dataset(
        {"cost": (dims, -benefit / 2), "qaly": (dims, benefit / 2 / THRESHOLD)},
        coords={"strategy": [f"s{i}" for i in range(benefit.shape[1])]},
    )
    if chain is not None:
        outcomes = outcomes.assign_coords(chain=("sample", chain))
    return CostEffectiveness(outcomes, comparator="s0")


def two(benefit):
    return compared(np.stack([0 * benefit, benefit], 1))


def unit_loss(mean, sd):
    """E max(0, X) − max(0, mean) of a normal X."""
    z = abs(mean) / sd
    return sd * (stats.norm.pdf(z) - z * stats.norm.cdf(-z))


def linear(samples, seed=1, mean=300.0, slope=1_000.0, noise=2_000.0):
    """Net benefit that is linear in one standard normal parameter."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(size=samples)
    return two(mean + slope * theta + noise * rng.normal(size=samples)), pd.DataFrame({"theta": theta})


def preposterior(n, sd=4.0, slope=1_000.0):
    """Standard deviation of the posterior mean: n people are worth n / sd² prior people."""
    return slope * np.sqrt(n / (n + sd**2))


@pytest.mark.parametrize("method", METHODS)
def test_a_normal_mean_is_worth_the_unit_normal_loss(method):
    cea, draws = linear(20_000)
    sizes = [4, 16, 64, 256]
    table = evsi(cea, draws, normal_mean_study("theta", sd=4.0), n=sizes, thresholds=THRESHOLD, method=method)
    exact = unit_loss(300.0, preposterior(np.array(sizes)))
    assert (np.abs(table["evsi"] - exact) < 3 * table["se"]).all()
    assert (table["se"] < 0.13 * exact).all()
    assert table["check"].eq("passed").all()
    assert table["people"].tolist() == sizes


def test_draws_made_with_the_same_seed_do_not_meet_their_own_random_numbers():
    """Noise that is the parameter itself would say more than noise."""
    cea, draws = linear(20_000, seed=7)
    table = evsi(cea, draws, normal_mean_study("theta", sd=4.0), n=16, thresholds=THRESHOLD, seed=7)
    assert abs(table["evsi"].item() - unit_loss(300.0, preposterior(16))) < 3 * table["se"].item()


def enumerated(n, a, b, slope, mean):
    """Every number of events, with its beta-binomial probability and its posterior mean."""
    events = np.arange(n + 1)
    posterior = mean + slope * (a + events) / (a + b + n)
    return stats.betabinom.pmf(events, n, a, b) @ np.maximum(posterior, 0) - max(mean + slope * a / (a + b), 0)


@pytest.mark.parametrize("method", METHODS)
def test_a_proportion_by_enumeration_of_all_numbers_of_events(method):
    rng = np.random.default_rng(1)
    p = rng.beta(3, 7, 20_000)
    benefit = -2_500 + 10_000 * p
    cea = two(benefit + rng.normal(0, 1_500, 20_000))
    table = evsi(cea, pd.DataFrame({"p": p}), binary_study("p"), n=[5, 20, 80], thresholds=THRESHOLD, method=method)
    exact = [enumerated(n, 3, 7, 10_000, -2_500) for n in (5, 20, 80)]
    # moments say nothing of the shape: the posterior mean after 5 people has 6 values, not a beta distribution
    slack = 15.0 if method == "moment matching" else 0.0
    assert (np.abs(table["evsi"] - exact) < 3 * table["se"] + slack).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_trial_by_enumeration_of_both_arms(method):
    rng, n = np.random.default_rng(1), 30
    p, q = rng.beta(8, 12, 20_000), rng.beta(6, 14, 20_000)
    cea = two(-800 + 1e4 * (p - q) + rng.normal(0, 1_000, 20_000))
    draws = pd.DataFrame({"p": p, "q": q})
    row = evsi(cea, draws, two_arm_trial("p", "q"), n=n, thresholds=THRESHOLD, method=method).iloc[0]
    events = np.arange(n + 1)
    mass = np.outer(stats.betabinom.pmf(events, n, 8, 12), stats.betabinom.pmf(events, n, 6, 14))
    gain = -800 + 1e4 * np.subtract.outer((8 + events) / (20 + n), (6 + events) / (20 + n))
    exact = (mass * np.maximum(gain, 0)).sum() - max((mass * gain).sum(), 0)
    assert abs(row["evsi"] - exact) < 3 * row["se"]
    assert row["people"] == 60


@pytest.mark.parametrize("method", METHODS)
def test_a_survival_trial_against_gamma_posteriors(method):
    """Rates with gamma priors have gamma posteriors; their means over simulated trials, independently made."""
    rng, n = np.random.default_rng(1), 40
    a, b = rng.gamma(8, 1 / 20, 20_000), rng.gamma(6, 1 / 20, 20_000)
    cea = two(-400 + 1e4 * (a - b) + rng.normal(0, 500, 20_000))
    trial = survival_trial("a", "b", accrual=1.0, follow_up=1.0)
    row = evsi(cea, pd.DataFrame({"a": a, "b": b}), trial, n=n, thresholds=THRESHOLD, method=method).iloc[0]
    fresh = np.random.default_rng(2)
    means = []
    for shape in (8, 6):
        rate = fresh.gamma(shape, 1 / 20, 40_000)
        until = fresh.exponential(1 / rate[:, None], (40_000, n))
        ends = 1.0 + (np.arange(n) + 0.5) / n
        means.append((shape + (until < ends).sum(axis=1)) / (20 + np.minimum(until, ends).sum(axis=1)))
    gain = -400 + 1e4 * (means[0] - means[1])
    exact = np.maximum(gain, 0).mean() - max(gain.mean(), 0)
    assert abs(row["evsi"] - exact) < 3 * np.hypot(row["se"], gain.std() / 200)


@pytest.mark.parametrize("method", METHODS)
def test_three_strategies_against_the_exact_posterior(method):
    """Two independent normal parameters, one measured; with the other only its prior mean is known."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 20_000))
    benefit = 1e3 * np.stack([0 * x, 0.2 + x, 0.1 - 0.5 * x + y], 1)
    cea, draws = compared(benefit), pd.DataFrame({"x": x, "y": y})
    row = evsi(cea, draws, normal_mean_study("x", sd=2.0), n=8, thresholds=THRESHOLD, method=method).iloc[0]
    mean = np.linspace(-8, 8, 100_001) * np.sqrt(8 / 12)
    best = np.maximum(np.maximum(0, 0.2 + mean), 0.1 - 0.5 * mean)
    exact = 1e3 * (np.trapezoid(best * stats.norm.pdf(mean, 0, np.sqrt(8 / 12)), mean) - 0.2)
    assert abs(row["evsi"] - exact) < 3 * row["se"]


@pytest.mark.parametrize("method", METHODS)
def test_a_study_without_end_is_worth_its_parameters(method):
    cea, draws = linear(20_000, noise=500.0)
    study = normal_mean_study("theta", sd=2.0)
    row = evsi(cea, draws, study, n=1_000, thresholds=THRESHOLD, method=method, data_sets=30).iloc[0]
    assert row["evsi"] == pytest.approx(row["evppi"], rel=0.01)
    known = evppi(cea, draws, ["theta"], thresholds=THRESHOLD)["evppi"].item()
    assert row["evppi"] == pytest.approx(known)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 3), st.sampled_from(METHODS))
def test_sample_information_is_worth_between_nothing_and_the_parameters(seed, strategies, method):
    rng = np.random.default_rng(seed)
    p, q = rng.beta(4, 6, (2, 1_000))
    benefit = 1e3 * (np.stack([p, q], 1) @ rng.normal(size=(2, strategies)) + rng.normal(size=(1_000, strategies)) / 5)
    draws = pd.DataFrame({"p": p, "q": q})
    table = evsi(compared(benefit), draws, two_arm_trial("p", "q"), n=[2, 10], thresholds=THRESHOLD, method=method)
    assert (table["evsi"] >= -1e-9).all()
    assert (table["evsi"] <= table["evppi"] + 3 * np.hypot(table["se"], table["evppi_se"])).all()
    evpi = compared(benefit).evpi(THRESHOLD)
    assert (table["evppi"] <= evpi.item() + 3 * np.hypot(table["evppi_se"], evpi["mcse"].item())).all()


def test_shrinking_gives_the_variance_that_the_study_explains_whatever_the_units_and_the_comparator():
    rng = np.random.default_rng(1)
    root, part, turn = rng.normal(size=(3, 4, 4))
    before = root @ root.T
    after = root @ (part @ part.T / (1 + np.trace(part @ part.T))) @ root.T
    by = shrinkage(before, after)
    assert by @ before @ by.T == pytest.approx(before - after)
    assert shrinkage(turn @ before @ turn.T, turn @ after @ turn.T) == pytest.approx(turn @ by @ np.linalg.inv(turn))
    assert shrinkage(np.diag([4.0, 0.0]), np.diag([3.0, 0.0])) == pytest.approx(np.diag([0.5, 0.0]))


def test_the_unit_of_money_does_not_matter():
    rng = np.random.default_rng(1)
    p, q = rng.beta(4, 6, (2, 2_000))
    benefit = 1e3 * np.stack([p**2, q, p * q + 0.1], 1) + rng.normal(0, 100, (2_000, 3))
    draws, study = pd.DataFrame({"p": p, "q": q}), two_arm_trial("p", "q")
    for method in METHODS:
        pounds, pence = (
            evsi(compared(unit * benefit), draws, study, n=20, thresholds=THRESHOLD, method=method).iloc[0]
            for unit in (1, 100)
        )
        assert pence["evsi"] == pytest.approx(100 * pounds["evsi"])
        assert pence["se"] == pytest.approx(100 * pounds["se"])


CALIBRATED = [("regression", 4), ("regression", 64), ("moment matching", 4), ("moment matching", 64)]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "n"), CALIBRATED)
def test_standard_errors_are_those_of_repeated_samples(method, n):
    """z scores against the closed form, from 200 samples of 2,000 draws, have mean 0 and standard deviation 1."""
    exact, study, scores = unit_loss(300.0, preposterior(n)), normal_mean_study("theta", sd=4.0), []
    for seed in range(200):
        cea, draws = linear(2_000, seed)
        row = evsi(cea, draws, study, n=n, thresholds=THRESHOLD, method=method, seed=seed).iloc[0]
        scores.append((row["evsi"] - exact) / row["se"])
    assert abs(np.mean(scores)) < 0.3
    assert 0.85 < np.std(scores) < 1.2


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_the_error_of_a_step_between_sizes_is_not_too_small(method):
    """Sizes share random numbers and draws: steps vary less than values, and step_se lies between the two."""
    study, steps, told, values = normal_mean_study("theta", sd=4.0), [], [], []
    for seed in range(100):
        cea, draws = linear(1_000, seed)
        table = evsi(cea, draws, study, n=[16, 64], thresholds=THRESHOLD, method=method, seed=seed)
        steps.append(table["evsi"].diff().iloc[1])
        told.append(table["step_se"].iloc[1])
        values.append(table["se"].iloc[1])
    assert np.std(steps) < np.mean(told) < 0.8 * np.mean(values)


def test_draws_from_chains_have_larger_errors():
    """An AR(1) parameter with coefficient 0.9 has 19 draws to the worth of an independent one."""
    rng, length = np.random.default_rng(1), 5_000
    theta = np.zeros((4, length))
    theta[:, 0] = rng.normal(size=4)
    for i in range(1, length):
        theta[:, i] = 0.9 * theta[:, i - 1] + np.sqrt(1 - 0.81) * rng.normal(size=4)
    benefit = 1e3 * theta.ravel() + rng.normal(0, 100, 4 * length)
    both = np.stack([0 * benefit, benefit], 1)
    draws = pd.DataFrame({"theta": theta.ravel()})
    for method in METHODS:
        alone, chained = (
            evsi(compared(both, chain), draws, normal_mean_study("theta", sd=1.0), n=20, thresholds=0, method=method)
            for chain in (None, np.repeat(np.arange(4), length))
        )
        assert chained["evsi"].item() == pytest.approx(alone["evsi"].item())
        assert 2.0 < chained["se"].item() / alone["se"].item() < 6.0


def test_parameters_that_never_vary_have_nothing_to_be_learnt():
    cea, draws = linear(500)
    table = evsi(cea, draws.assign(p=0.3), binary_study("p"), n=[10, 20], thresholds=[0, THRESHOLD])
    assert table[["evsi", "se", "step_se", "evppi"]].to_numpy().tolist() == [[0.0] * 4] * 4
    assert table["fit"].eq("the parameters never vary").all()


def test_data_that_never_vary_say_nothing():
    cea, draws = linear(500)
    silent = Study("silent", ("theta",), lambda p, n, rng: {"y": 0 * p["theta"]}, lambda data: data)
    row = evsi(cea, draws, silent, n=10, thresholds=THRESHOLD).iloc[0]
    assert (row["evsi"], row["se"], row["fit"]) == (0.0, 0.0, "the data are always the same")
    assert row["evppi"] > 0


def test_a_pymc_study_is_worth_what_its_closed_form_is():
    def build(n):
        import pymc as pm

        with pm.Model() as model:
            theta = pm.Normal("theta")
            pm.Normal("y", theta, 4.0, shape=n)
        return model

    study = pymc_study(build, ["theta"], observed=["y"], summary=lambda data: {"mean": data["y"].mean(axis=1)})
    cea, draws = linear(5_000)
    for method in METHODS:
        row = evsi(cea, draws, study, n=16, thresholds=THRESHOLD, method=method, data_sets=20).iloc[0]
        assert abs(row["evsi"] - unit_loss(300.0, preposterior(16))) < 3 * row["se"]


def test_moments_of_regressions_without_a_distribution_of_their_error():
    """Trees follow a line in steps; the error is that of what the choices gain."""
    cea, draws = linear(2_000, noise=500.0)
    study = normal_mean_study("theta", sd=4.0)
    row = evsi(
        cea, draws, study, n=16, thresholds=THRESHOLD, method="moment matching", regression="trees", data_sets=20
    ).iloc[0]
    assert abs(row["evsi"] - unit_loss(300.0, preposterior(16))) < 3 * row["se"]
    assert row["fit"].startswith("trees: ")


def test_importing_does_not_import_pymc():
    code = "import sys, heemodel.decision.information; sys.exit('pymc' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_two_methods_agree_where_net_benefit_is_curved():
    """Cost and QALYs bend differently in the parameters of a trial; several thresholds from one regression."""
    rng = np.random.default_rng(1)
    p, ratio = rng.beta(20, 25, 20_000), np.exp(rng.normal(-0.6, 0.3, 20_000))
    q = p * ratio / (1 - p + p * ratio)
    qaly = 0.15 * (np.sqrt(p) - np.sqrt(q)) + rng.normal(0, 0.02, 20_000)
    cost = 400 - 900 * (p**2 - q**2) + rng.normal(0, 100, 20_000)
    dims = ("sample", "strategy")
    outcomes = xr.Dataset(
        {"cost": (dims, np.stack([0 * cost, cost], 1)), "qaly": (dims, np.stack([0 * qaly, qaly], 1))},
        coords={"strategy": ["old", "new"]},
    )
    cea, draws = CostEffectiveness(outcomes, comparator="old"), pd.DataFrame({"p": p, "q": q})
    tables = [
        evsi(cea, draws, two_arm_trial("p", "q"), n=[50, 200], thresholds=[15_000, 18_000], method=method)
        for method in METHODS
    ]
    apart = np.abs(tables[0]["evsi"] - tables[1]["evsi"])
    assert (apart < 3 * np.hypot(tables[0]["se"], tables[1]["se"])).all()
    assert (apart < 0.15 * tables[0]["evsi"]).all()


def chemotherapy():
    """Published figures, with the model behind them as the R package's sample shows it."""
    path = Path(__file__).parents[1] / "reference" / "data" / "chemotherapy_evsi.json"
    return json.loads(path.read_text(encoding="utf-8"))


@cache
def by_quadrature(n, arms):
    """Value of a trial's data: every outcome of it, over a grid of quantiles of both parameters."""
    model = chemotherapy()["model"]
    grid = (np.arange(120) + 0.5) / 120
    p = stats.beta.ppf(grid, *model["p_side_effects_t1_beta"])[:, None]
    odds = p / (1 - p) * np.exp(stats.norm.ppf(grid, *model["log_odds_ratio_normal"]))
    q = odds / (1 + odds)
    benefit = model["intercept"] + model["p_side_effects_t1"] * p + model["p_side_effects_t2"] * q
    events = np.arange(n + 1)
    first = stats.binom.pmf(events[:, None], n, p[:, 0]) / 120
    second = stats.binom.pmf(events[:, None, None], n, q) / 120 if arms == 2 else np.full((1, 120, 120), 1 / 120)
    gain = np.einsum("xp,ypq,pq->xy", first, second, benefit, optimize=True)
    return np.maximum(gain, 0).sum() - max(gain.sum(), 0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("study", ["trial_binary", "binary"])
def test_the_chemotherapy_example_of_the_r_package_voi(study, method):
    """Its net benefit is linear in the probabilities of a trial, so that a sample of our own has the same values.

    Our error is also that of the published figures: they too are from 10,000 samples.
    """
    figures = chemotherapy()
    rng, model = np.random.default_rng(1), figures["model"]
    p = rng.beta(*model["p_side_effects_t1_beta"], 10_000)
    odds = p / (1 - p) * np.exp(rng.normal(*model["log_odds_ratio_normal"], 10_000))
    q = odds / (1 + odds)
    benefit = model["intercept"] + model["p_side_effects_t1"] * p + model["p_side_effects_t2"] * q
    cea = two(benefit + rng.normal(0, model["residual_sd"], 10_000))
    arms = 2 if study == "trial_binary" else 1
    design = two_arm_trial("p", "q") if arms == 2 else binary_study("p")
    draws = pd.DataFrame({"p": p, "q": q})
    table = evsi(cea, draws, design, n=figures["n"], thresholds=THRESHOLD, method=method)
    exact = [by_quadrature(n, arms) for n in figures["n"]]
    assert (np.abs(table["evsi"] - exact) < 3 * table["se"]).all()
    for published in (figures["evsi"][study], figures["evsi"]["two-arm counts"] if arms == 2 else []):
        for value, truth, error in zip(published, exact, table["se"], strict=False):
            assert abs(value - truth) < 3 * error


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"method": "regresion"}, "no method 'regresion'; did you mean 'regression'"),
        ({"regression": "spline"}, "no method 'spline'; did you mean 'splines'"),
        ({"n": 0}, "n is 0; give whole numbers of 1 or more"),
        ({"n": 1.5}, "n is 1.5; give whole numbers"),
        ({"n": np.inf}, "n is inf; give whole numbers"),
        ({"n": [5, 10, 5]}, "n = 5 is there twice"),
        ({"n": []}, r"n is \[\]; give whole numbers"),
        ({"method": "moment matching", "data_sets": 1}, "data_sets is 1; give 2 or more"),
        ({"study": binary_study("t")}, "no parameter 't' in the draws"),
        ({"study": binary_study("theta")}, "parameter 'theta', sample .* is not a probability"),
        ({"study": binary_study("name")}, "parameter 'name' holds names; a study needs numbers"),
        ({"n": 100_000, "method": "moment matching"}, r"n = 100,000: after .* too few for their variance; use method="),
    ],
)
def test_questions_that_cannot_be_answered_are_refused(change, message):
    cea, draws = linear(1_000)
    draws["name"] = np.where(np.arange(1_000) % 2, "a", "b")
    asked = {"study": normal_mean_study("theta", sd=4.0), "n": 10, "thresholds": THRESHOLD, **change}
    with pytest.raises(OutcomeError, match=message):
        evsi(cea, draws, asked.pop("study"), **asked)


OWN = Study("own", ("theta",), lambda p, n, rng: {"y": p["theta"]}, lambda data: data)


@pytest.mark.parametrize(
    ("changes", "method", "message"),
    [
        ({"summarise": lambda data: {}}, "regression", "summarise gives no statistics"),
        ({"summarise": lambda data: {"z": data["y"][:5]}}, "regression", r"statistic 'z' has shape \(5,\)"),
        (
            {"summarise": lambda data: {"z": np.where(data["y"] > 0, data["y"], np.nan)}},
            "regression",
            "sample .: statistic 'z' is nan; it must be a finite number",
        ),
        ({}, "moment matching", "has no log_likelihood; give one, or use method='regression'"),
        ({"log_likelihood": lambda d, p, n: np.zeros(3)}, "moment matching", r"log_likelihood has shape \(3,\)"),
        (
            {"log_likelihood": lambda d, p, n: np.full((50, 1_000), np.nan)},
            "moment matching",
            "log_likelihood is not a number",
        ),
        (
            {"log_likelihood": lambda d, p, n: np.full((50, 1_000), -np.inf)},
            "moment matching",
            "infinite for all samples",
        ),
    ],
)
def test_studies_that_give_something_else_are_refused(changes, method, message):
    cea, draws = linear(1_000)
    with pytest.raises(OutcomeError, match=message):
        evsi(cea, draws, dataclasses.replace(OWN, **changes), n=10, thresholds=THRESHOLD, method=method)


def test_a_few_data_sets_with_few_samples_are_pointed_out():
    cea, draws = linear(1_000)
    study = normal_mean_study("theta", sd=4.0)
    table = evsi(cea, draws, study, n=[2, 200], thresholds=THRESHOLD, method="moment matching")
    assert table["check"].iloc[0] == "passed"
    assert "fewer than 100 samples count; compare method='regression'" in table["check"].iloc[1]


def test_a_regression_that_overtakes_its_ceiling_is_pointed_out():
    """Data that hold more than the parameters they are said to depend on."""
    rng = np.random.default_rng(1)
    theta, other = rng.normal(size=(2, 5_000))
    leak = Study("leak", ("theta",), lambda p, n, rng: {"other": other}, lambda data: data)
    row = evsi(two(1e3 * other), pd.DataFrame({"theta": theta}), leak, n=10, thresholds=THRESHOLD).iloc[0]
    assert row["check"].startswith("more than knowing the parameters exactly is worth")


def test_progress_is_told_size_by_size():
    cea, draws = linear(500)
    told = []
    evsi(
        cea,
        draws,
        normal_mean_study("theta", sd=4.0),
        n=[5, 10, 20],
        thresholds=THRESHOLD,
        progress=lambda done, of: told.append((done, of)),
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("method", METHODS)
def test_strategies_that_differ_in_cost_alone_have_a_value_of_sample_information(method):
    """Half of the net benefit in QALYs, or none of it, are the same decision."""
    rng = np.random.default_rng(1)
    draws = pd.DataFrame({"p": rng.beta(2, 8, 1_000)})
    benefit = np.stack([np.zeros(1_000), 2_000 * (draws["p"] - 0.2)], 1)
    half = compared(benefit)
    cost_alone = xr.Dataset(
        {"cost": (("sample", "strategy"), -benefit), "qaly": (("sample", "strategy"), 0 * benefit)},
        coords={"strategy": ["s0", "s1"]},
    )
    cost_alone = CostEffectiveness(cost_alone, comparator="s0")
    found, other = (
        evsi(one, draws, binary_study("p"), n=20, thresholds=THRESHOLD, method=method).iloc[0]
        for one in (cost_alone, half)
    )
    assert found["evsi"] == pytest.approx(other["evsi"], rel=1e-6)
    assert found["se"] == pytest.approx(other["se"], rel=0.05)


@pytest.mark.parametrize("method", METHODS)
def test_strategies_that_never_differ_have_no_value_of_sample_information(method):
    draws = pd.DataFrame({"p": np.random.default_rng(1).beta(2, 8, 500)})
    found = evsi(
        compared(np.zeros((500, 2))), draws, binary_study("p"), n=20, thresholds=THRESHOLD, method=method
    ).iloc[0]
    assert (found["evsi"], found["se"]) == (0.0, 0.0)

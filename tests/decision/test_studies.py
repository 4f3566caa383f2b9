"""Studies: the data they simulate have the distributions they say, and likelihoods are those of the data."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats

from heemodel.decision import CostEffectiveness, OutcomeError
from heemodel.decision.information import (
    Study,
    binary_study,
    evsi,
    normal_mean_study,
    pymc_study,
    survival_trial,
    two_arm_trial,
)

MANY = 20_000


def stream(seed=1):
    return np.random.default_rng(seed)


def same(value, size=MANY):
    return np.full(size, value)


def test_events_are_binomial():
    events = binary_study("p").simulate({"p": same(0.3)}, 12, stream())["events"]
    counted = np.bincount(events.astype(int), minlength=13) / MANY
    assert counted == pytest.approx(stats.binom.pmf(np.arange(13), 12, 0.3), abs=4 * 0.5 / np.sqrt(MANY))


def test_arms_are_independent():
    data = two_arm_trial("p", "q").simulate({"p": same(0.3), "q": same(0.3)}, 50, stream())
    assert abs(np.corrcoef(data["events_control"], data["events_treated"])[0, 1]) < 4 / np.sqrt(MANY)


def test_probabilities_of_0_and_1_are_taken():
    data = binary_study("p").simulate({"p": np.array([0.0, 1.0])}, 10, stream())
    assert data["events"].tolist() == [0.0, 10.0]
    likelihood = binary_study("p").log_likelihood(data, {"p": np.array([0.0, 1.0])}, 10)
    assert likelihood.tolist() == [[0.0, -np.inf], [-np.inf, 0.0]]


def test_the_mean_and_the_standard_deviation_of_a_normal_sample():
    data = normal_mean_study("m", sd="s").simulate({"m": same(1.0), "s": same(2.0)}, 8, stream())
    assert stats.kstest(data["mean"], stats.norm(1, 2 / np.sqrt(8)).cdf).pvalue > 1e-3
    assert stats.kstest(7 * (data["sd"] / 2) ** 2, stats.chi2(7).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(data["mean"], data["sd"])[0, 1]) < 4 / np.sqrt(MANY)


def test_a_survival_trial_against_a_loop_over_people():
    """One person after another, in words of the docstring; events and person-time have the same first two moments."""
    rate, n, accrual, follow_up, rng, rows = 0.7, 5, 2.0, 0.5, stream(2), []
    for _ in range(4_000):
        events, time = 0, 0.0
        for i in range(1, n + 1):
            until, censored = rng.exponential(1 / rate), follow_up + accrual * (i - 0.5) / n
            events, time = events + (until < censored), time + min(until, censored)
        rows.append((events, time))
    loop = np.array(rows)
    trial = survival_trial("a", "b", accrual=accrual, follow_up=follow_up)
    data = trial.simulate({"a": same(rate, 4_000), "b": same(0.2, 4_000)}, n, stream())
    ours = np.stack([data["events_control"], data["time_control"]], axis=1)
    assert ours.mean(axis=0) == pytest.approx(loop.mean(axis=0), abs=0.1)
    assert np.cov(ours.T) == pytest.approx(np.cov(loop.T), abs=0.12)


def test_a_survival_trial_without_accrual_censors_everyone_alike():
    """Events are then binomial with 1 − exp(−rate·follow-up)."""
    data = survival_trial("a", "b", accrual=0.0, follow_up=2.0).simulate(
        {"a": same(0.4, 5_000), "b": same(0.1, 5_000)}, 100, stream()
    )
    for arm, rate in (("control", 0.4), ("treated", 0.1)):
        p = 1 - np.exp(-2 * rate)
        assert data[f"events_{arm}"].mean() == pytest.approx(100 * p, abs=4 * np.sqrt(100 * p * (1 - p) / 5_000))
        assert data[f"events_{arm}"].var() == pytest.approx(100 * p * (1 - p), rel=0.1)


LIKELIHOODS = {
    "binary": (binary_study("p"), {"p": [0.2, 0.3, 0.9]}, {"events": [3.0, 8.0]}),
    "two arms": (
        two_arm_trial("p", "q"),
        {"p": [0.2, 0.3], "q": [0.5, 0.1]},
        {"events_control": [3.0, 8.0], "events_treated": [0.0, 9.0]},
    ),
    "mean": (normal_mean_study("m", sd=3.0), {"m": [1.0, 2.0]}, {"mean": [1.5, 0.0]}),
    "mean and sd": (
        normal_mean_study("m", sd="s"),
        {"m": [1.0, 2.0], "s": [1.0, 4.0]},
        {"mean": [1.5, 0.0], "sd": [1.0, 2.0]},
    ),
}


def density(name, data, parameters, n):
    """Written with scipy, one data set and one sample at a time."""
    if name == "binary":
        return stats.binom.logpmf(data["events"], n, parameters["p"])
    if name == "two arms":
        arms = (("events_control", "p"), ("events_treated", "q"))
        return sum(stats.binom.logpmf(data[events], n, parameters[p]) for events, p in arms)
    sd = parameters.get("s", 3.0)
    mean = stats.norm.logpdf(data["mean"], parameters["m"], sd / np.sqrt(n))
    if name == "mean":
        return mean
    squared = (n - 1) * data["sd"] ** 2 / sd**2
    return mean + stats.chi2.logpdf(squared, n - 1) + np.log((n - 1) / sd**2)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_likelihoods_are_those_of_the_data_up_to_a_constant_for_each_data_set(name):
    study, parameters, data = LIKELIHOODS[name]
    arrays = [{key: np.array(values) for key, values in one.items()} for one in (data, parameters)]
    found = study.log_likelihood(*arrays, 10)
    sets, samples = len(next(iter(data.values()))), len(next(iter(parameters.values())))
    wanted = np.array(
        [
            [
                density(name, {k: v[i] for k, v in arrays[0].items()}, {k: v[j] for k, v in arrays[1].items()}, 10)
                for j in range(samples)
            ]
            for i in range(sets)
        ]
    )
    assert found - found[:, :1] == pytest.approx(wanted - wanted[:, :1])


def test_the_likelihood_of_exponential_times():
    """Events · log rate − rate · person-time, of both arms."""
    trial = survival_trial("a", "b", accrual=1.0, follow_up=1.0)
    data = {"events_control": [3.0], "time_control": [10.0], "events_treated": [0.0], "time_treated": [12.0]}
    found = trial.log_likelihood(
        {key: np.array(value) for key, value in data.items()}, {"a": np.array([0.5]), "b": np.array([0.1])}, 10
    )
    assert found.item() == pytest.approx(3 * np.log(0.5) - 5.0 - 1.2)


@pytest.mark.parametrize(
    ("study", "parameters", "statistic"),
    [
        (binary_study("p"), {"p": stream(3).beta(2, 3, 2_000)}, lambda data, n: data["events"] / n),
        (normal_mean_study("p", sd=1.0), {"p": stream(3).normal(size=2_000)}, lambda data, n: data["mean"]),
        (
            survival_trial("p", "q", accrual=1.0, follow_up=1.0),
            {"p": stream(3).gamma(5, 0.2, 2_000), "q": stream(4).gamma(5, 0.2, 2_000)},
            lambda data, n: data["events_control"] / n,
        ),
    ],
    ids=["binary", "mean", "survival"],
)
def test_sizes_share_their_random_numbers(study, parameters, statistic):
    """Estimates at n = 100 and 120 are nearer to each other than with random numbers of their own."""
    small, large = (statistic(study.simulate(parameters, n, stream()), n) for n in (100, 120))
    apart = statistic(study.simulate(parameters, 120, stream(9)), 120)
    assert np.std(small - large) < 0.6 * np.std(small - apart)


# PyMC


def normal_model(n):
    import pymc as pm

    with pm.Model() as model:
        mean, sd = pm.Normal("mean", 0, 1), pm.HalfNormal("sd", 1)
        pm.Normal("y", mean, sd, shape=n)
    return model


def centres_model(n):
    """People in 4 centres, whose differences are no parameters of the PSA."""
    import pymc as pm

    with pm.Model() as model:
        mean = pm.Normal("mean", 0, 1)
        centre = pm.Normal("centre", 0, 2, shape=4)
        pm.Normal("y", mean + centre[np.arange(n) % 4], 1.0, observed=np.zeros(n))
    return model


def test_a_pymc_model_is_simulated_at_the_parameters_of_each_sample():
    study = pymc_study(normal_model, ["mean", "sd"], observed=["y"], summary=lambda data: data)
    mean, sd = stream(1).normal(5, 3, 4_000), stream(2).uniform(0.5, 2, 4_000)
    data = study.simulate({"mean": mean, "sd": sd}, 50, stream())["y"]
    assert data.shape == (4_000, 50)
    standard = (data - mean[:, None]) / sd[:, None]
    assert stats.kstest(standard.ravel(), "norm").pvalue > 1e-3
    assert abs(np.corrcoef(standard[:-1, 0], standard[1:, 0])[0, 1]) < 4 / np.sqrt(4_000)


def test_what_is_no_parameter_is_drawn_afresh_for_each_data_set():
    study = pymc_study(centres_model, ["mean"], summary=lambda data: {"mean": data["y"].mean(axis=1)})
    data = study.simulate({"mean": same(3.0, 4_000)}, 8, stream())["y"]
    together, apart = np.cov(data[:, 0], data[:, 4]), np.cov(data[:, 0], data[:, 1])
    assert together[0, 0] == pytest.approx(1 + 2**2, rel=0.1)
    assert together[0, 1] == pytest.approx(2**2, rel=0.1)
    assert abs(apart[0, 1]) < 0.3
    assert abs(np.corrcoef(data[:-1, 0], data[1:, 0])[0, 1]) < 4 / np.sqrt(4_000)


def test_the_likelihood_of_a_pymc_model_is_that_of_its_observed_variables():
    """The prior of the parameters is in the draws, not in the likelihood."""
    study = pymc_study(normal_model, ["mean", "sd"], observed=["y"], summary=lambda data: data)
    parameters = {"mean": np.array([0.0, 1.0, 2.0]), "sd": np.array([1.0, 0.5, 2.0])}
    data = study.simulate(parameters, 7, stream())
    wanted = stats.norm.logpdf(data["y"][:, None, :], parameters["mean"][:, None], parameters["sd"][:, None]).sum(
        axis=2
    )
    assert study.log_likelihood(data, parameters, 7) == pytest.approx(wanted)


def test_vectors_and_outcomes_that_depend_on_each_other():
    def build(n):
        import pymc as pm

        with pm.Model() as model:
            p = pm.Normal("p", shape=3)
            first = pm.Normal("first", p[0], 1, shape=n)
            pm.Normal("second", first + p[2], 1)
        return model

    study = pymc_study(build, ["p"], observed=["first", "second"], summary=lambda data: data)
    p = stream().normal(size=(4_000, 3))
    data = study.simulate({"p": p}, 2, stream())
    assert data["second"].shape == (4_000, 2)
    noise = np.stack([data["first"][:, 0] - p[:, 0], data["second"][:, 0] - data["first"][:, 0] - p[:, 2]])
    assert np.cov(noise) == pytest.approx(np.eye(2), abs=0.1)
    few = {name: values[:3] for name, values in data.items()}
    wanted = stats.norm.logpdf(few["first"][:, None, :], p[:50, :1]).sum(axis=2)
    wanted = wanted + stats.norm.logpdf((few["second"] - few["first"])[:, None, :], p[:50, 2:]).sum(axis=2)
    assert study.log_likelihood(few, {"p": p[:50]}, 2) == pytest.approx(wanted)


def refused(study, parameters):
    with pytest.raises(OutcomeError) as error:
        study.simulate(parameters, 5, stream())
    return str(error.value)


def test_pymc_models_that_cannot_be_simulated_are_refused():
    def potential(n):
        import pymc as pm

        with pm.Model() as model:
            mean = pm.Normal("mean")
            pm.Normal("y", mean, shape=n)
            pm.Potential("pot", -(mean**2))
        return model

    def hierarchical(n):
        import pymc as pm

        with pm.Model() as model:
            top = pm.Normal("top")
            mean = pm.Normal("mean", top)
            pm.Normal("y", mean + top, shape=n)
        return model

    summary = lambda data: data  # noqa: E731
    mean = {"mean": np.zeros(3)}
    found = refused(pymc_study(normal_model, ["mean", "sdd"], observed=["y", "z"], summary=summary), mean)
    assert found.splitlines() == [
        "study 'PyMC study': the model has no variable 'sdd'; did you mean 'sd'?",
        "study 'PyMC study': the model has no variable 'z'; known names: mean, sd, y",
    ]
    assert "observes nothing; name what is measured" in refused(
        pymc_study(normal_model, ["mean"], summary=summary), mean
    )
    assert "pm.Potential" in refused(pymc_study(potential, ["mean"], observed=["y"], summary=summary), mean)
    assert "draws 'top' before parameter 'mean'; name 'top' as a parameter too" in refused(
        pymc_study(hierarchical, ["mean"], observed=["y"], summary=summary), mean
    )
    assert "it must return a pymc.Model" in refused(pymc_study(lambda n: n, ["mean"], summary=summary), mean)
    assert "the draws have 2 places, the model 1" in refused(
        pymc_study(centres_model, ["mean"], summary=summary), {"mean": np.zeros((3, 2))}
    )


def test_a_pymc_model_with_more_than_parameters_has_no_likelihood():
    study = pymc_study(centres_model, ["mean"], summary=lambda data: data)
    data = study.simulate({"mean": np.zeros(3)}, 5, stream())
    with pytest.raises(OutcomeError, match=r"also draws .*use method='regression'"):
        study.log_likelihood(data, {"mean": np.zeros(3)}, 5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: two_arm_trial("p", "p"), "has parameter 'p' twice"),
        (lambda: normal_mean_study("m", sd="m"), "has parameter 'm' twice"),
        (lambda: survival_trial("a", "a", accrual=1, follow_up=1), "has parameter 'a' twice"),
        (lambda: normal_mean_study("m", sd=0.0), "sd is 0; give a number above 0"),
        (lambda: survival_trial("a", "b", accrual=-1, follow_up=1), "give times of 0 or more, not both 0"),
        (lambda: survival_trial("a", "b", accrual=0, follow_up=0), "give times of 0 or more, not both 0"),
        (lambda: Study("s", "p", lambda p, n, rng: p, lambda data: data), "parameters are 'p'; give a list of names"),
        (lambda: Study("s", ("p",), lambda p, n, rng: p, lambda data: data, arms=0), "arms is 0"),
        (lambda: pymc_study(normal_model, ["m"], observed="y", summary=lambda data: data), "observed is 'y'"),
        (lambda: pymc_study(normal_model, "mean", summary=lambda data: data), "parameters are 'mean'"),
    ],
)
def test_studies_that_cannot_be_are_refused(make, message):
    with pytest.raises(OutcomeError, match=message.replace("(", r"\(")):
        make()


@pytest.mark.parametrize(
    ("study", "parameters", "messages"),
    [
        (
            two_arm_trial("p", "q", name="trial"),
            {"p": np.array([0.1, 1.2]), "q": np.array([-0.1, 0.5])},
            [
                "study 'trial', parameter 'p', sample 1: 1.2 is not a probability",
                "study 'trial', parameter 'q', sample 0: -0.1 is not a probability",
            ],
        ),
        (
            normal_mean_study("m", sd="s"),
            {"m": np.zeros(2), "s": np.array([1.0, 0.0])},
            ["study 'mean: m', parameter 's', sample 1: 0 is not above 0"],
        ),
        (
            survival_trial("a", "b", accrual=1.0, follow_up=1.0),
            {"a": np.array([1.0, -1.0]), "b": np.ones(2)},
            ["study 'survival: a, b', parameter 'a', sample 1: -1 is not a rate above 0"],
        ),
    ],
)
def test_parameters_that_cannot_be_are_named(study, parameters, messages):
    assert refused(study, parameters).splitlines() == messages


def test_a_place_of_a_parameter_is_named_with_its_place():
    rng = stream()
    p = rng.beta(5, 5, (500, 2))
    draws = xr.Dataset({"p": (("sample", "stage"), p)}, coords={"stage": ["early", "late"]})
    benefit = 1e3 * (p[:, 0] - 0.5)
    psa = xr.Dataset(
        {"cost": (("sample", "strategy"), -np.stack([0 * benefit, benefit], 1)), "qaly": ("strategy", [0.0, 0.0])},
        coords={"strategy": ["old", "new"]},
    )
    cea = CostEffectiveness(psa, comparator="old")
    early, late = (
        evsi(cea, draws, binary_study(f"p[{stage}]"), n=100, thresholds=0)["evsi"].item() for stage in ("early", "late")
    )
    assert early > 20 * max(late, 1e-9)
    with pytest.raises(OutcomeError, match=r"a parameter with places is named with its place, such as 'p\[early\]'"):
        evsi(cea, draws, binary_study("p"), n=100, thresholds=0)
    with pytest.raises(OutcomeError, match="no parameter 'q' in the draws"):
        evsi(cea, pd.DataFrame({"p": p[:, 0]}), binary_study("q"), n=100, thresholds=0)

"""Durations from patients and summaries, ending in one way or several: densities, recovery, calibration, refusals."""

import numpy as np
import pandas as pd
import pytensor
import pytensor.tensor as pt
import pytest
import xarray as xr
from scipy import stats

import heemodel as hm
from heemodel.evidence.durations import model as duration_model
from heemodel.evidence.durations.families import FAMILIES
from heemodel.evidence.durations.samples import deviation_of_samples
from tests.evidence.calibration import assert_calibrated, at

NAMES = ["gamma", "lognormal", "weibull"]
SHAPES = {"gamma": 0.7, "lognormal": 0.7, "weibull": 1.4}
PATIENTS = pd.DataFrame({"strategy": ["old"] * 4 + ["new"] * 3, "time": [3.0, 8, 20, 20, 2, 4, 9]})
PATIENTS = PATIENTS.assign(event=[1, 1, 1, 0, 1, 1, 1])
SUMMARIES = pd.DataFrame({"strategy": ["old", "new"], "n": [100, 80], "mean": [90.0, 14.0], "sd": [60.0, 9.0]})
LEFT = PATIENTS.drop(columns="event").assign(exit=["home", "dead", "home", None, "home", "dead", "home"])
EXITS = ["dead", "home"]


def number(value):
    return pt.as_tensor(np.asarray(value, dtype=float))


def value(graph):
    return np.asarray(pytensor.function([], graph, mode="FAST_COMPILE")())


def frozen(name, mean, shape):
    return FAMILIES[name].frozen(np.asarray(mean, dtype=float), np.asarray(shape, dtype=float))


def of_samples(name, n, *, with_mean, log_mean=0.0):
    """Centre and spread of the logarithms of mean and sd of n, as the likelihood has them."""
    model = FAMILIES[name]
    parts = (np.ones((1, 1)), np.array([[12.0]]), np.array([[SHAPES[name]]]))
    moments = duration_model._moments(model, tuple(number(part) for part in parts))
    given = {"curves": deviation_of_samples(name, n)[None], "with_mean": [with_mean], "log_mean": [log_mean], "n": [n]}
    given = {f"deviations_{key}": number(values) for key, values in given.items()}
    mean = [value(part).item() for part in duration_model._log_mean(moments, n)]
    return mean, [value(part).item() for part in duration_model._log_sd(moments, given)[:2]]


@pytest.mark.parametrize("name", NAMES)
def test_a_family_has_its_survival_moments_and_median(name):
    family, mean, shape = FAMILIES[name], number(12), number(SHAPES[name])
    exact = frozen(name, 12.0, SHAPES[name])
    assert exact.mean() == pytest.approx(12.0)
    for time in (0.5, 9.0, 60.0):
        assert value(family.log_survival(number(time), mean, shape)) == pytest.approx(exact.logsf(time), rel=1e-8)
    assert value(family.second_moment(shape)) * 12.0**2 == pytest.approx(exact.moment(2), rel=1e-8)
    assert value(family.median(mean, shape)) == pytest.approx(exact.median())
    assert value(family.variation(shape)) == pytest.approx(exact.std() / 12.0)


def test_the_shape_of_a_weibull_has_the_prior_of_its_variation():
    rng = np.random.default_rng(1)
    median, log_sd = FAMILIES["weibull"].shape_prior((0.8, 0.1))
    shapes = np.exp(rng.normal(np.log(median), log_sd, size=20_000))
    variation = np.log(frozen("weibull", np.ones(20_000), shapes).std())
    assert np.exp(np.median(variation)) == pytest.approx(0.8, abs=0.004)
    assert variation.std() == pytest.approx(0.1, rel=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_quartiles_of_three_patients_are_the_three_patients(name):
    """Ranks ¼, ½ and ¾ of n + 1 = 4 are the first, second and third: the density is 3! f(a) f(b) f(c)."""
    times = np.array([4.0, 7.0, 15.0])
    summaries = pd.DataFrame({"strategy": ["new"], "n": 3, "q1": times[0], "median": times[1], "q3": times[2]})
    model = hm.evidence.durations(by="strategy", summaries=summaries, family=name).pymc()
    shape = f"duration_{FAMILIES[name].shape_name}"
    share = model["quantile"].owner.inputs[-3]
    assert share.type.shape[-1] == 1  # one exit: densities are not added up
    point = {"mean_duration_log__": np.log([9.0]), f"{shape}_log__": np.log([SHAPES[name]])}
    found = model.compile_logp(vars=[model["quantile"]])(point)
    assert found == pytest.approx(np.log(6) + frozen(name, 9.0, SHAPES[name]).logpdf(times).sum())


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_mean_and_sd_vary_as_the_likelihood_says(name):
    n = 60
    samples = frozen(name, 12.0, SHAPES[name]).rvs(size=(20_000, n), random_state=np.random.default_rng(2))
    log_mean, log_sd = np.log(samples.mean(axis=1)), np.log(samples.std(axis=1, ddof=1))
    (mean, mean_sd), (deviation, deviation_sd) = of_samples(name, n, with_mean=0)
    assert log_mean.mean() == pytest.approx(mean, abs=0.002)
    assert log_mean.std() == pytest.approx(mean_sd, rel=0.02)
    assert log_sd.mean() == pytest.approx(deviation, abs=0.005)
    assert log_sd.std() == pytest.approx(deviation_sd, rel=0.03)
    regression = stats.linregress(log_mean, log_sd)
    _, (expected, rest) = of_samples(name, n, with_mean=1, log_mean=mean + 0.1)
    assert regression.intercept + regression.slope * (mean + 0.1) == pytest.approx(expected, abs=0.01)
    assert (log_sd - regression.intercept - regression.slope * log_mean).std() == pytest.approx(rest, rel=0.03)


def test_a_summary_of_very_many_patients_takes_no_more_memory_than_one_of_few():
    """Far beyond what is simulated, spread falls with √n: known in closed form for the exponential, whose κ is 9."""
    n = 1_000_000
    log_variation = (np.log(1.0) - duration_model.LEAST) / (duration_model.MOST - duration_model.LEAST) * 2 - 1
    at_mean, slope, log_sd, alone = np.polynomial.polynomial.polyval(
        log_variation, deviation_of_samples("weibull", n).T
    )
    variance_of_log_sd = (9 - 1) / (4 * n)
    assert np.exp(2 * log_sd) + slope**2 / n == pytest.approx(variance_of_log_sd, rel=0.1)
    assert max(abs(at_mean), abs(alone)) < 1e-5


def test_patients_have_the_posterior_of_a_grid_where_some_had_not_left():
    table = pd.DataFrame({"strategy": "new", "time": [3.0, 8.0, 20.0, 20.0, 5.0], "event": [1, 1, 0, 0, 1]})
    priors = {"mean_prior": (10.0, 1.0), "variation_prior": (1.0, 0.3)}
    fitted = hm.fit(hm.evidence.durations(by="strategy", patients=table, family="weibull", **priors), seed=1)
    log_mean = np.log(10.0) + np.linspace(-4, 6, 400)
    median, log_sd = FAMILIES["weibull"].shape_prior((1.0, 0.3))
    log_shape = np.log(median) + log_sd * np.linspace(-6, 6, 300)
    mean, shape = np.exp(log_mean[:, None, None]), np.exp(log_shape[None, :, None])
    times, ended = table["time"].to_numpy(), table["event"].to_numpy()
    family = frozen("weibull", mean, shape)
    density = np.where(ended, family.logpdf(times), family.logsf(times)).sum(axis=-1)
    density += stats.norm(np.log(10.0), 1.0).logpdf(log_mean)[:, None] + stats.norm(np.log(median), log_sd).logpdf(
        log_shape
    )
    weight = np.exp(density - density.max())
    exact = float((weight * mean[..., 0]).sum() / weight.sum())
    row = fitted.summary().set_index("parameter").loc["mean_duration[new]"]
    assert row["mean"] == pytest.approx(exact, abs=4 * row["mcse"])


@pytest.mark.slow
def test_patients_and_their_summaries_say_nearly_the_same():
    times = frozen("lognormal", 20.0, 0.8).rvs(size=400, random_state=np.random.default_rng(4))
    parts = {"q1": 0.25, "median": 0.5, "q3": 0.75}
    quartiles = {name: np.quantile(times, share, method="weibull") for name, share in parts.items()}
    moments = {"mean": times.mean(), "sd": times.std(ddof=1)}
    named = {"quartiles": quartiles, "moments": moments}
    summaries = pd.DataFrame([{"strategy": name, "n": 400} | said for name, said in named.items()])
    patients = pd.DataFrame({"strategy": "patients", "time": times})
    model = hm.evidence.durations(
        by="strategy", patients=patients, summaries=summaries, family="lognormal", name="stay"
    )
    draws = hm.fit(model, seed=1, draws=4_000).draw(4_000, seed=1)
    assert list(draws) == ["mean_stay", "stay_variation", "median_stay"]
    exact = draws["mean_stay"].sel(strategy="patients")
    for name in ("quartiles", "moments"):
        found = draws["mean_stay"].sel(strategy=name)
        assert float(found.mean()) == pytest.approx(float(exact.mean()), abs=2 * float(exact.std()))
        assert float(exact.std()) < 1.1 * float(found.std()) < 2.2 * float(exact.std())


def simulated(rng, n, shares, means, shapes, followed):
    """Patients who leave dead or home after log-normal times, watched for some days."""
    way = rng.choice(2, size=n, p=shares)
    time = frozen("lognormal", means, shapes).rvs(size=(n, 2), random_state=rng)[np.arange(n), way]
    seen = time < followed
    left = np.where(seen, np.array(EXITS)[way], None)
    return pd.DataFrame({"strategy": "new", "time": np.where(seen, time, followed), "exit": left})


def test_competing_risks_are_recovered_though_the_long_stays_are_cut_off():
    """Half the patients who go home are still there at the end; those seen to leave are mostly dead, and left early."""
    table = simulated(np.random.default_rng(5), 1_000, [0.3, 0.7], [6.0, 25.0], [0.8, 0.6], 21.0)
    seen = table.dropna()
    model = hm.evidence.competing_risks(by="strategy", exits=EXITS, patients=table, family="lognormal")
    summary = hm.fit(model, seed=1, draws=4_000).summary().set_index("parameter")
    for name, true in {
        "exit_share[new, dead]": 0.3,
        "mean_stay_by_exit[new, dead]": 6.0,
        "mean_stay_by_exit[new, home]": 25.0,
        "mean_stay[new]": 0.3 * 6 + 0.7 * 25,
    }.items():
        assert summary.loc[name, "mean"] == pytest.approx(true, abs=3.5 * summary.loc[name, "sd"]), name
    assert (seen["exit"] == "dead").mean() > 0.4
    assert seen["time"].mean() < 11


def test_a_mean_of_all_exits_and_one_of_the_dead_give_that_of_the_others(caplog):
    counts = pd.DataFrame({"strategy": "new", "exit": EXITS, "count": [400, 600]})
    summaries = pd.DataFrame({"strategy": "new", "exit": ["dead", None], "n": [400, 1_000], "mean": [5.0, 14.0]})
    model = hm.evidence.competing_risks(
        by="strategy", exits=EXITS, counts=counts, summaries=summaries, family="lognormal"
    )
    varying, caution = model.cautions
    assert varying.startswith("new: nothing says how much durations until 'dead' vary; how sure their mean is rests")
    assert caution.startswith("new: nothing is known of how long those stay who leave by 'home', but together with")
    row = hm.fit(model, seed=1, draws=4_000).summary().set_index("parameter").loc["mean_stay_by_exit[new, home]"]
    assert row["mean"] == pytest.approx((14.0 - 0.4 * 5.0) / 0.6, abs=2 * row["sd"])
    assert row["sd"] < 2.5
    assert not caplog.records  # PyTensor reports rewrites that it gives up where a dimension has one label


def test_plug_in_estimates_are_the_observed_means():
    central = hm.evidence.durations(by="strategy", summaries=SUMMARIES, name="stay").central
    assert central["mean_stay"].to_numpy().tolist() == pytest.approx([90.0, 14.0])
    assert not hm.evidence.durations(by="strategy", patients=PATIENTS).central
    risks = hm.evidence.competing_risks(by="strategy", exits=EXITS, patients=LEFT.dropna())
    assert risks.central["exit_share"].sel(strategy="old", exit="home").item() == pytest.approx(2 / 3)
    assert risks.central["mean_stay"].to_numpy().tolist() == pytest.approx([31 / 3, 5.0])


@pytest.mark.slow
def test_predictions_of_every_kind_of_observation_surround_it():
    patients = simulated(np.random.default_rng(6), 60, [0.4, 0.6], [6.0, 12.0], [0.8, 0.8], 14.0)
    summaries = pd.DataFrame({"strategy": "new", "exit": ["dead", "home", None], "n": [40, 60, 50]})
    summaries = summaries.assign(mean=[6.5, 12.5, np.nan], sd=[5.0, 9.5, np.nan])
    summaries = summaries.assign(q1=[np.nan, np.nan, 3.0], median=[np.nan, np.nan, 7.0], q3=[np.nan, np.nan, 13.0])
    model = hm.evidence.competing_risks(
        by="strategy", exits=EXITS, patients=patients, summaries=summaries, family="lognormal"
    )
    checks = hm.fit(model, seed=1, draws=4_000).predictive_checks().set_index("observation")
    checks.index = checks.index.str.replace(r"\[.*", "", regex=True)
    for kind in ("log_mean", "log_sd", "quantile", "exits"):
        assert checks.loc[kind, "posterior_share_below"].between(0.002, 0.998).all(), kind
    below = checks["posterior_share_below"].groupby(level=0).mean()
    assert below["time"] < 0.5 < below["time_so_far"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"time": -1.0}, r"strategy 'old': time is -1; it must be above 0"),
        ({"time": 0.0}, r"stayed part of a unit: say how much"),
        ({"time": np.nan}, r"time is missing; give a number"),
        ({"time": "long"}, r"time is 'long'"),
        ({"event": 2}, r"event is 2; give 1 if the duration ended"),
        ({"event": 0.5}, r"event is 0.5; give a whole number"),
        ({"exit": "home"}, r"has a column 'exit'; give 'event'"),
    ],
)
def test_patients_that_cannot_be_are_refused(change, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.durations(by="strategy", patients=PATIENTS.assign(**change))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n": 0}, "n is 0; it must be 1 or more"),
        ({"n": np.nan}, "n is missing"),
        ({"mean": -3.0}, "mean is -3; it must be above 0"),
        ({"mean": "x"}, "mean is 'x'; give a number"),
        ({"mean": np.nan, "sd": np.nan}, "neither mean, sd nor median"),
        ({"median": 9.0}, "summarise the same patients, who would count twice"),
        ({"n": 1}, "no standard deviation of one patient"),
        ({"sd": 2_000.0}, "that of 100 numbers above 0 with mean 90 is at most 900"),
        ({"mean": np.nan, "sd": np.nan, "q1": 9.0, "median": 8.0}, "q1 9, median 8: each must be above the one before"),
        ({"mean": np.nan, "sd": np.nan, "q1": 8.0, "median": 8.0}, "equal only by rounding"),
    ],
)
def test_summaries_that_cannot_be_are_refused(change, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.durations(by="strategy", summaries=SUMMARIES.assign(**change))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"summaries": None}, "there are no durations"),
        ({"family": "gama"}, "did you mean 'gamma'"),
        ({"mean_prior": (0.0, 1.0)}, "prior of mean"),
        ({"variation_prior": (1.0, np.nan)}, "prior of variation"),
        ({"name": "the stay"}, "without blanks"),
        ({"summaries": SUMMARIES.drop(columns=["mean", "sd"])}, "none of the columns mean, sd, median, q1 and q3"),
        ({"summaries": SUMMARIES.iloc[:0]}, "has no rows"),
        ({"by": "arm"}, "no column 'arm'"),
    ],
)
def test_what_is_asked_amiss_is_refused(options, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.durations(**{"by": "strategy", "summaries": SUMMARIES} | options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"exits": ["home"]}, "give two different names or more"),
        ({"exits": "home"}, "give two different names or more"),
        ({"exits": ["home", "home"]}, "give two different names or more"),
        ({"exits": ["home", "died"]}, "unknown exit"),
        ({"patients": PATIENTS}, "has a column 'event'; give 'exit'"),
        ({"patients": LEFT.drop(columns="exit")}, "no column 'exit'"),
        ({"patients": LEFT.assign(exit=None)}, "nothing says how those in 'old' left"),
        ({"share_prior": 0.0}, "prior of exit_share"),
        ({"counts": pd.DataFrame({"strategy": "old", "exit": ["home"], "count": [-1]})}, "count is -1"),
        ({"counts": pd.DataFrame({"strategy": "old", "exit": ["ward"], "count": [1]})}, "unknown exit"),
        ({"counts": pd.DataFrame({"strategy": "old", "exit": ["home"] * 2, "count": [1, 2]})}, "is there twice"),
    ],
)
def test_competing_risks_that_cannot_be_are_refused(options, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.competing_risks(**{"by": "strategy", "exits": EXITS, "patients": LEFT} | options)


def ward(leaving, cycles):
    """A cohort in a hospital, by the day."""
    names = [str(name) for name in leaving["exit"].to_numpy()]
    return hm.CohortModel(
        states=["ward", *names],
        strategies=["new"],
        start={"ward": 1.0},
        cycle_length="1 day",
        horizon=f"{cycles} days",
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        transitions=lambda p, time: {("ward", name): leaving.sel(exit=name, drop=True) for name in names},
        payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={}),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_cohort_that_leaves_by_these_probabilities_has_the_shares_and_the_mean_stay(name):
    shape = f"stay_{FAMILIES[name].shape_name}_by_exit"
    means, shares = np.array([[6.0, 11.0], [9.0, 4.0]]), np.array([[0.3, 0.7], [0.5, 0.5]])
    draws = xr.Dataset(
        {"exit_share": (("sample", "exit"), shares), "mean_stay_by_exit": (("sample", "exit"), means)},
        coords={"exit": EXITS},
    ).assign({shape: ("exit", np.array([1.0, 1.2]))})
    leaving = hm.evidence.exit_probabilities(draws, family=name, cycle=1.0, cycles=150)
    outcomes = ward(leaving, 400).run(xr.Dataset(coords={"sample": [0, 1]}))
    days = hm.convert.DAYS_PER_YEAR * outcomes["years_in_state"].sel(state="ward", strategy="new").to_numpy()
    np.testing.assert_allclose(days, (means * shares).sum(axis=1), rtol=0.01)
    trace = ward(leaving.isel(sample=0), 400).trace(xr.Dataset())["mean"].isel(cycle=-1, strategy=0)
    assert float(trace.sel(state="dead")) == pytest.approx(0.3, abs=1e-4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"family": "gama"}, "did you mean 'gamma'"),
        ({"family": "weibull"}, "the draws have no stay_shape_by_exit"),
        ({"cycle": 0.0}, "a length above 0"),
        ({"cycles": 1.5}, "a whole number"),
        ({"name": "visit"}, "no mean_visit_by_exit, visit_variation_by_exit"),
    ],
)
def test_probabilities_of_leaving_that_cannot_be_had_are_refused(options, said):
    one = xr.DataArray([0.5, 0.5], coords={"exit": EXITS})
    draws = xr.Dataset({"exit_share": one, "mean_stay_by_exit": 10 * one, "stay_variation_by_exit": one})
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.exit_probabilities(draws, **{"family": "gamma", "cycle": 1.0, "cycles": 30} | options)


def test_an_exit_that_nobody_took_has_a_share_all_the_same():
    model = hm.evidence.competing_risks(by="strategy", exits=[*EXITS, "moved"], patients=LEFT, family="lognormal")
    assert sum("leave by 'moved'" in caution for caution in model.cautions) == 2
    draws = hm.fit(model, seed=1, draws=4_000).draw(4_000, seed=1)
    np.testing.assert_allclose(draws["exit_share"].sum("exit"), 1)
    assert 0 < float(draws["exit_share"].sel(exit="moved").mean()) < 0.35


PRIORS = {"mean_prior": (10.0, 0.7), "variation_prior": (0.8, 0.25)}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_durations_are_calibrated(name):
    family = FAMILIES[name]

    def simulate(rng):
        means = np.exp(rng.normal(np.log(10.0), 0.7, size=3))
        median, log_sd = family.shape_prior(PRIORS["variation_prior"])
        shapes = np.exp(rng.normal(np.log(median), log_sd, size=3))
        times = [frozen(name, m, s).rvs(size=79, random_state=rng) for m, s in zip(means, shapes, strict=True)]
        cut = np.sort(times[0])[39:40].repeat(40)  # the same number is censored every time: type II
        patients = pd.DataFrame({"group": "a", "time": np.concatenate([np.sort(times[0])[:39], cut])})
        patients["event"] = np.repeat([1, 0], [39, 40])
        quartiles = dict(zip(["q1", "median", "q3"], np.sort(times[2])[[19, 39, 59]], strict=True))
        moments = {"mean": times[1].mean(), "sd": times[1].std(ddof=1)}
        summaries = pd.DataFrame([{"group": "b", "n": 79} | moments, {"group": "c", "n": 79} | quartiles])
        model = hm.evidence.durations(by="group", patients=patients, summaries=summaries, family=name, **PRIORS)
        shape = f"duration_{family.shape_name}"
        true = [("mean_duration", at(mean, group=group)) for group, mean in zip("abc", means, strict=True)]
        return model, true + [(shape, at(number, group=group)) for group, number in zip("abc", shapes, strict=True)]

    assert_calibrated(simulate, simulations=100, seed=11)


@pytest.mark.slow
def test_competing_risks_are_calibrated():
    def simulate(rng):
        share = rng.dirichlet(np.ones(2))
        means, shapes = np.exp(rng.normal(np.log(10.0), 0.7, size=2)), np.exp(rng.normal(np.log(0.8), 0.25, size=2))
        # The first forty to leave are seen to leave.
        way = rng.choice(2, size=80, p=share)
        time = frozen("lognormal", means, shapes).rvs(size=(80, 2), random_state=rng)[np.arange(80), way]
        order = np.argsort(time)
        patients = pd.DataFrame({"strategy": "new", "time": np.minimum(time, time[order[39]])[order]})
        patients["exit"] = np.where(np.arange(80) < 40, np.array(EXITS)[way[order]], None)
        way = rng.choice(2, size=79, p=share)
        others = frozen("lognormal", means, shapes).rvs(size=(79, 2), random_state=rng)[np.arange(79), way]
        quartiles = dict(zip(["q1", "median", "q3"], np.sort(others)[[19, 39, 59]], strict=True))
        summaries = pd.DataFrame([{"strategy": "new", "exit": None, "n": 79} | quartiles])
        model = hm.evidence.competing_risks(
            by="strategy", exits=EXITS, patients=patients, summaries=summaries, family="lognormal", **PRIORS
        )
        return model, [
            ("exit_share", at(share[0], strategy="new", exit="dead")),
            ("mean_stay_by_exit", at(means[1], strategy="new", exit="home")),
            ("stay_variation_by_exit", at(shapes[0], strategy="new", exit="dead")),
            ("mean_stay", at((share * means).sum(), strategy="new")),
        ]

    assert_calibrated(simulate, simulations=100, seed=12)


SUMMARY = {"strategy": "new", "n": 50}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"median": 7.0}, "new: nothing says how much durations vary; it and their mean rest on the prior"),
        ({"mean": 7.0}, "new: nothing says how much durations vary; how sure their mean is rests on the prior"),
        ({"mean": 7.0, "sd": 5.0}, None),
        ({"q1": 4.0, "median": 7.0}, None),
    ],
)
def test_what_rests_on_the_prior_is_said(rows, said):
    cautions = hm.evidence.durations(by="strategy", summaries=pd.DataFrame([SUMMARY | rows])).cautions
    assert [caution.startswith(said) for caution in cautions] == [True] if said else not cautions


def test_a_group_in_which_nobody_left_is_pointed_out():
    (caution,) = hm.evidence.durations(by="strategy", patients=PATIENTS.assign(event=[1, 1, 1, 0, 0, 0, 0])).cautions
    assert caution.startswith("new: nothing says how much durations vary; it and their mean rest")


@pytest.mark.parametrize(
    ("patients", "said"),
    [
        (PATIENTS.rename(columns={"event": "status"}), "has a column 'status'; did you mean 'event'"),
        (PATIENTS.rename(columns={"event": "Event"}), "did you mean 'event'"),
        (PATIENTS.rename(columns={"event": "censored"}), "Give event = 1 − censored"),
        (PATIENTS.assign(time=pd.to_timedelta(PATIENTS["time"], unit="D")), "dates or spans of time"),
        (pd.concat([PATIENTS, PATIENTS[["time"]]], axis=1), "two columns 'time'"),
        (PATIENTS.assign(time=[3.0, 8, -1, 20, 2, 4, 9]), "row 3, strategy 'old': time is -1"),
    ],
)
def test_columns_that_would_be_misread_are_refused(patients, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.durations(by="strategy", patients=patients)


@pytest.mark.parametrize("by", ["row", "ended", "means", "sample", "exit", "mean_duration"])
def test_names_that_the_model_has_for_something_else_are_refused(by):
    with pytest.raises(hm.evidence.EvidenceError, match=r"something else|is not in it"):
        hm.evidence.durations(by=by, patients=PATIENTS.rename(columns={"strategy": by}))


def test_summaries_of_more_patients_than_left_are_pointed_out():
    counts = pd.DataFrame({"strategy": "new", "exit": EXITS, "count": [30, 70]})
    summaries = pd.DataFrame({"strategy": "new", "exit": ["dead", None], "n": [300, 100], "mean": 9.0, "sd": 8.0})
    cautions = hm.evidence.competing_risks(by="strategy", exits=EXITS, counts=counts, summaries=summaries).cautions
    (caution,) = (caution for caution in cautions if "a summary is of" in caution)
    assert caution.startswith("new: a summary is of 300 patients who left by 'dead', of whom only 30 are counted")


def test_exits_that_counts_leave_out_are_refused():
    counts = pd.DataFrame({"strategy": ["old"], "exit": ["home"], "count": [4]})
    with pytest.raises(hm.evidence.EvidenceError, match="nothing is said of exit 'dead' of 'old'; give 0 if nobody"):
        hm.evidence.competing_risks(by="strategy", exits=EXITS, patients=LEFT, counts=counts)


def test_whole_numbers_that_pandas_gave_a_fraction_name_the_same_group():
    numbers = PATIENTS.assign(strategy=[1.0, 1, 1, 1, 2, 2, 2])
    assert hm.evidence.durations(by="strategy", patients=numbers).coords["strategy"] == ("1", "2")


def test_probabilities_of_leaving_where_nobody_is_left_are_refused():
    one = xr.DataArray([0.5, 0.5], coords={"exit": EXITS})
    draws = xr.Dataset({"exit_share": one, "mean_stay_by_exit": one, "stay_variation_by_exit": one})
    with pytest.raises(hm.evidence.EvidenceError, match="nobody at all is left in some draws; give at most"):
        hm.evidence.exit_probabilities(draws, family="gamma", cycle=1.0, cycles=3_000)
    weibull = draws.assign(stay_shape_by_exit=one)
    with pytest.raises(hm.evidence.EvidenceError, match="give family 'weibull'"):
        hm.evidence.exit_probabilities(weibull, family="gamma", cycle=1.0, cycles=30)

"""Mean costs against quadrature, closed forms and simulated truths, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import heemodel as hm
from tests.evidence.calibration import assert_calibrated, at

COSTS = pd.DataFrame(
    {
        "state": ["well", "ill", "ill"],
        "mean": [800.0, 5_000.0, 6_000.0],
        "se": [160.0, np.nan, 600.0],
        "sd": [np.nan, 4_000.0, np.nan],
        "n": [np.nan, 64, np.nan],
    }
)
PATIENTS = pd.DataFrame({"state": "dying", "cost": [0, 900, 2_500, 0, 7_000, 1_200, 400, 3_100, 0, 15_000, 2_000, 800]})
PRIOR, VARIATION, ZEROS = (2_000.0, 1.5), (1.2, 0.6), (2.0, 3.0)
PRIORS = {"prior": PRIOR, "variation_prior": VARIATION, "zero_prior": ZEROS}


def costs(table=COSTS, **options):
    return hm.evidence.mean_costs(table, **{"by": "state"} | options)


def density(family, cost, mean, variation):
    """Of costs with a mean and a coefficient of variation, by scipy."""
    if family == "gamma":
        return stats.gamma.pdf(cost, variation**-2.0, scale=mean * variation**2)
    spread = np.sqrt(np.log1p(variation**2))
    return stats.lognorm.pdf(cost, spread, scale=mean * np.exp(-(spread**2) / 2))


def moments(log_mean, weight):
    """Mean and standard deviation of exp(log_mean) under weights on a grid."""
    weight = weight / weight.sum()
    mean = (weight * np.exp(log_mean)).sum()
    return mean, np.sqrt((weight * (np.exp(log_mean) - mean) ** 2).sum())


def of_sources(family, sources):
    """Moments of the mean cost by quadrature, from pairs of mean and se."""
    grid = np.linspace(np.log(PRIOR[0]) - 9, np.log(PRIOR[0]) + 9, 40_001)
    weight = stats.norm.pdf(grid, np.log(PRIOR[0]), PRIOR[1])
    for mean, se in sources:
        weight = weight * density(family, mean, np.exp(grid), se / mean)
    return moments(grid, weight)


def of_patients(family, found, sources=()):
    """The same by quadrature over mean cost, variation and share without cost, patient by patient."""
    log_mean, log_variation = np.linspace(6, 11, 161)[:, None, None], np.linspace(-1.4, 1.8, 81)[:, None]
    share = np.linspace(0.001, 0.999, 141)
    weight = stats.norm.pdf(log_mean, np.log(PRIOR[0]), PRIOR[1])
    weight = weight * stats.norm.pdf(log_variation, np.log(VARIATION[0]), VARIATION[1])
    weight = weight * stats.beta.pdf(share, *ZEROS)
    for cost in found:
        positive = np.exp(log_mean) / (1 - share)
        weight = weight * (share if cost == 0 else (1 - share) * density(family, cost, positive, np.exp(log_variation)))
    for mean, se in sources:
        weight = weight * density(family, mean, np.exp(log_mean), se / mean)
    return moments(np.broadcast_to(log_mean, weight.shape), weight)


def agrees(posterior, state, exact):
    found = posterior.summary().set_index("parameter").loc[f"mean_cost[{state}]"]
    assert found["mean"] == pytest.approx(exact[0], abs=4 * found["mcse"])
    assert found["sd"] == pytest.approx(exact[1], rel=0.08)


@pytest.mark.parametrize("family", ["gamma", pytest.param("lognormal", marks=pytest.mark.slow)])
def test_sources_and_patients_have_the_posterior_of_quadrature(family):
    table = pd.concat([COSTS, pd.DataFrame({"state": ["dying"], "mean": [3_500.0], "se": [1_000.0]})])
    posterior = hm.fit(costs(table, patients=PATIENTS, family=family, **PRIORS), seed=1, draws=8_000)
    agrees(posterior, "well", of_sources(family, [(800.0, 160.0)]))
    agrees(posterior, "ill", of_sources(family, [(5_000.0, 500.0), (6_000.0, 600.0)]))
    agrees(posterior, "dying", of_patients(family, PATIENTS["cost"], [(3_500.0, 1_000.0)]))
    draws = posterior.draw(100, seed=1)
    assert list(draws.data_vars) == ["mean_cost"]
    assert draws["mean_cost"].dims == ("sample", "state")


@pytest.mark.slow
def test_log_normal_sources_are_conjugate():
    """The logarithm of the mean cost is normal: prior and source add their precisions."""
    variance = np.log1p((160 / 800) ** 2)
    precision = 1 / PRIOR[1] ** 2 + 1 / variance
    centre = (np.log(PRIOR[0]) / PRIOR[1] ** 2 + (np.log(800) + variance / 2) / variance) / precision
    draws = hm.fit(costs(family="lognormal", **PRIORS), seed=1, draws=8_000).draws["mean_cost"].sel(state="well")
    assert float(np.log(draws).mean()) == pytest.approx(centre, abs=0.01)
    assert float(np.log(draws).std()) == pytest.approx(precision**-0.5, rel=0.05)
    assert of_sources("lognormal", [(800.0, 160.0)])[0] == pytest.approx(np.exp(centre + 0.5 / precision), rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["gamma", "lognormal"])
@pytest.mark.parametrize("n", [2, 100, 10**6, 10**12])
def test_one_source_of_any_size_has_the_posterior_of_quadrature(family, n):
    table = pd.DataFrame({"state": ["well"], "mean": [800.0], "sd": [400.0], "n": [n]})
    found = (
        hm.fit(costs(table, family=family, **PRIORS), seed=1).summary().set_index("parameter").loc["mean_cost[well]"]
    )
    error = 0.5 / np.sqrt(n)
    grid = np.log(800) + np.linspace(-12, 12, 20_001) * error
    weight = density(family, 800.0, np.exp(grid), error) * stats.norm.pdf(grid, np.log(PRIOR[0]), PRIOR[1])
    mean, sd = moments(grid, weight)
    assert found["mean"] == pytest.approx(mean, abs=4 * found["mcse"])
    assert found["sd"] == pytest.approx(sd, rel=0.08)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["gamma", "lognormal"])
def test_true_means_are_recovered(family):
    rng = np.random.default_rng(5)
    true = {"well": (1_200.0, 0.8, 0.4), "ill": (9_000.0, 1.5, 0.0)}
    rows = []
    for state, (mean, variation, zeros) in true.items():
        spread, positive = np.sqrt(np.log1p(variation**2)), mean / (1 - zeros)
        cost = (
            rng.gamma(variation**-2, positive * variation**2, 1_000)
            if family == "gamma"
            else rng.lognormal(np.log(positive) - spread**2 / 2, spread, 1_000)
        )
        rows.append(pd.DataFrame({"state": state, "cost": np.where(rng.random(1_000) < zeros, 0, cost)}))
    posterior = hm.fit(hm.evidence.mean_costs(patients=pd.concat(rows), by="state", family=family), seed=1, draws=4_000)
    for state, (mean, *_) in true.items():
        found = posterior.summary().set_index("parameter").loc[f"mean_cost[{state}]"]
        assert abs(found["mean"] - mean) < 3 * found["sd"]
        assert found["sd"] / found["mean"] < 0.1
        standardised = (posterior.draws["mean_cost"].sel(state=state) - mean) / found["sd"]
        assert -3 < float(standardised.median()) < 3


def test_currency_does_not_matter():
    """Costs in pence, with a prior in pence, have the same density up to the factor."""
    priors, point = PRIORS | {"prior": (100 * PRIOR[0], PRIOR[1])}, np.log([700.0, 5_500.0])
    pounds, pence = costs(**PRIORS).pymc(), costs(COSTS.assign(**COSTS[["mean", "se", "sd"]] * 100), **priors).pymc()
    there = pounds.compile_logp(sum=True)({"mean_cost_log__": point})
    back = pence.compile_logp(sum=True)({"mean_cost_log__": point + np.log(100)})
    assert there - back == pytest.approx(len(COSTS) * np.log(100))


def test_plug_in_estimates_weigh_sources_by_relative_precision():
    central = costs().central["mean_cost"]
    assert central.sel(state=["well", "ill"]).to_numpy().tolist() == pytest.approx([800, 5_500])
    found = hm.evidence.mean_costs(patients=PATIENTS, by="state").central["mean_cost"].item()
    assert found == pytest.approx(PATIENTS["cost"].mean())


def test_a_standard_error_comes_from_sd_and_n_where_it_is_missing():
    assert costs().data["relative_se"].tolist() == pytest.approx([0.2, 0.1, 0.1])
    both = COSTS.assign(sd=[1_280.0, 4_000, 4_800], n=64)
    assert costs(both).data["relative_se"].tolist() == pytest.approx([0.2, 0.1, 0.1])


def test_a_single_row_is_enough():
    assert costs(COSTS.iloc[:1]).coords["state"] == ("well",)


def test_patients_all_of_whom_cost_something_have_no_share_without():
    paying = PATIENTS[PATIENTS["cost"] > 0]
    assert "zero_share" not in hm.evidence.mean_costs(patients=paying, by="state").pymc().named_vars
    assert "zero_share" in hm.evidence.mean_costs(patients=PATIENTS, by="state").pymc().named_vars


@pytest.mark.parametrize(
    ("table", "patients", "said"),
    [
        (COSTS, None, []),
        (COSTS.assign(se=[400, np.nan, 600]), None, ["state 'well': the standard error is 50% of the mean"]),
        (COSTS.assign(mean=[800, 5_000, 9_000]), None, ["state 'ill': its 2 sources, from 5,000 to 9,000, differ"]),
        (
            None,
            pd.concat([PATIENTS, PATIENTS.assign(state="ill")]).assign(patient=[*range(12)] * 2),
            ["state 'dying': the standard error is 46%", "state 'ill': the", "patients have costs in several groups"],
        ),
    ],
)
def test_what_is_odd_is_told(table, patients, said):
    cautions = costs(table, patients=patients).cautions
    assert len(cautions) == len(said)
    assert all(part in caution for part, caution in zip(said, cautions, strict=True))


def change(row, **values):
    changed = COSTS.astype(dict.fromkeys(values, object))
    changed.loc[row, list(values)] = list(values.values())
    return changed


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (COSTS.to_dict(), "is a dict; give a pandas.DataFrame"),
        (COSTS.iloc[:0], "has no rows"),
        (COSTS.drop(columns="mean"), "has no column 'mean'"),
        (change(0, state=None), "row 1: state is missing"),
        (change(0, mean=np.nan), "state 'well': mean is missing; give a number"),
        (change(0, mean="many"), "state 'well': mean is 'many'; give a number"),
        (change(0, mean=-5), "state 'well': mean is -5; it must be above 0"),
        (change(0, mean=0), "state 'well': mean is 0; it must be above 0"),
        (change(0, mean=np.inf), "state 'well': mean is inf"),
        (change(0, se=0), "state 'well': se is 0; it must be above 0"),
        (change(0, se=-1), "state 'well': se is -1; it must be above 0"),
        (change(0, se="wide"), "state 'well': se is 'wide'; give a number"),
        (change(1, sd=0), "state 'ill': sd is 0; it must be above 0"),
        (change(1, n=1), "state 'ill': n is 1; it must be 2 or more"),
        (change(1, n=2.5), "state 'ill': n is 2.5; give a whole number"),
        (change(0, se=np.nan), "state 'well': has neither se nor both sd and n"),
        (change(1, n=np.nan), "state 'ill': has neither se nor both sd and n"),
        (COSTS[["state", "mean"]], "state 'well': has neither se nor both sd and n"),
        (change(1, se=4_000), "state 'ill': se is 4000, but sd/√n is 500; leave empty the one that does not hold"),
    ],
)
def test_tables_that_are_not_sound_are_refused(table, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        costs(table)


@pytest.mark.parametrize(
    ("patients", "said"),
    [
        (PATIENTS.assign(cost=[-3, *PATIENTS["cost"][1:]]), "state 'dying': cost is -3; it must be 0 or more"),
        (PATIENTS.assign(cost=[np.nan, *PATIENTS["cost"][1:]]), "state 'dying': cost is missing"),
        (
            PATIENTS.assign(cost=0),
            "state 'dying': 0 of 12 costs above 0, and no two that differ by more than rounding; give more patients",
        ),
        (PATIENTS.assign(cost=70), "state 'dying': 12 of 12 costs above 0, and no two that differ"),
        (PATIENTS.iloc[:2], "state 'dying': 1 of 2 costs above 0"),
        (PATIENTS.assign(patient="a"), "state 'dying', patient 'a': is there twice; add the costs up"),
        (PATIENTS.drop(columns="cost"), "table 'patients' has no column 'cost'"),
        (PATIENTS.iloc[:0], "table 'patients' has no rows"),
        ([1, 2], "is a list; give a pandas.DataFrame"),
    ],
)
def test_patients_that_say_too_little_are_refused(patients, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        costs(patients=patients)


def test_all_problems_of_both_tables_are_told_together():
    with pytest.raises(hm.evidence.EvidenceError, match=r"(?s)mean is -1.*se is 0.*cost is -3"):
        costs(change(0, mean=-1, se=0), patients=PATIENTS.assign(cost=[-3, *PATIENTS["cost"][1:]]))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "arm"}, "has no column 'arm'"),
        ({"by": "row"}, "by is 'row', a name that the model has for something else"),
        ({"table": None}, "no table of costs and no table of patients"),
        ({"family": "normal"}, "family 'normal': did you mean 'lognormal'?"),
        ({"prior": (0.0, 1.0)}, "the prior of mean_cost"),
        ({"prior": 1_000.0}, "the prior of mean_cost is 1000.0; give two finite numbers above 0"),
        ({"prior": (1_000.0, np.inf)}, "the prior of mean_cost"),
        ({"variation_prior": (1.0, -1.0)}, "the prior of variation"),
        ({"zero_prior": (0.0, 1.0)}, "the prior of zero_share"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        costs(**options)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["gamma", "lognormal"])
def test_simulation_based_calibration(family):
    """Patients, some without cost, beside sources. Data without a zero are drawn again, which leaves ranks uniform."""
    n = 30

    def drawn(rng, mean, variation, size=None):
        if family == "gamma":
            return rng.gamma(variation**-2.0, mean * variation**2, size)
        spread = np.sqrt(np.log1p(variation**2))
        return rng.lognormal(np.log(mean) - spread**2 / 2, spread, size)

    def simulate(rng):
        mean = np.exp(rng.normal(np.log(PRIOR[0]), PRIOR[1], size=2))
        variation, share = np.exp(rng.normal(np.log(VARIATION[0]), VARIATION[1])), rng.beta(*ZEROS)
        cost = np.where(rng.random(n) < share, 0, drawn(rng, mean[0] / (1 - share), variation, n))
        if not 2 <= (cost > 0).sum() < n:
            return simulate(rng)
        found = np.array([drawn(rng, mean[0], 0.5), drawn(rng, mean[1], 0.3), drawn(rng, mean[1], 0.6)])
        table = pd.DataFrame({"state": ["a", "b", "b"], "mean": found, "se": found * [0.5, 0.3, 0.6]})
        evidence = costs(table, patients=pd.DataFrame({"state": "a", "cost": cost}), family=family, **PRIORS)
        return evidence, [
            ("mean_cost", at(mean[0], state="a")),
            ("variation", at(variation, sampled="a")),
            ("zero_share", at(share, sampled="a")),
        ]

    assert_calibrated(simulate, simulations=100, seed=7)

"""Mean utilities against truncated normals, rejection sampling and simulated truths, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import heemodel as hm
from heemodel.evidence.means import means_of_patients
from tests.evidence.calibration import assert_calibrated, at

FOUND = pd.DataFrame(
    {
        "state": ["well", "fair", "fair", "ill"],
        "mean": [0.96, 0.62, 0.70, 0.66],
        "se": [0.03, np.nan, 0.04, 0.05],
        "sd": [np.nan, 0.20, np.nan, np.nan],
        "n": [np.nan, 25, np.nan, np.nan],
    }
)
ORDER = ["well", "fair", "ill"]
POOLED = {"well": (0.96, 0.03), "fair": (0.66, 0.04 / np.sqrt(2)), "ill": (0.66, 0.05)}


def model(table=FOUND, **options):
    return hm.evidence.utilities(table, **{"by": "state"} | options)


def summary(posterior, state):
    return posterior.summary().set_index("parameter").loc[f"utility[{state}]"]


def agrees(posterior, exact):
    """Mean and standard deviation of each state, against exact draws by state."""
    for state, draws in exact.items():
        found = summary(posterior, state)
        error = np.std(draws) / np.sqrt(len(draws))
        assert found["mean"] == pytest.approx(np.mean(draws), abs=4 * (found["mcse"] + error))
        assert found["sd"] == pytest.approx(np.std(draws), rel=0.06)
        assert found[["lower", "upper"]].tolist() == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.01)


def in_order(draws):
    """Of draws (sample, state), those that fall from each state to the next."""
    return draws[(np.diff(draws, axis=1) < 0).all(axis=1)]


def values(rng, n, mean, *, missing=0):
    """Utilities of n patients in each state, alike within a patient; the last state lacks some patients."""
    person = rng.normal(0, 0.12, n)
    rows = [
        pd.DataFrame({"patient": range(n), "state": state, "utility": level + person + rng.normal(0, 0.08, n)})
        for state, level in mean.items()
    ]
    return pd.concat(rows).iloc[: n * len(mean) - missing]


@pytest.mark.slow
@pytest.mark.parametrize("family", ["beta", "normal"])
@pytest.mark.parametrize(("mean", "n"), [(0.3, 2), (0.3, 10**10), (0.995, 100), (0.005, 100)])
def test_one_source_of_any_size_and_near_an_end_has_the_posterior_of_quadrature(family, mean, n):
    table = pd.DataFrame({"state": ["well"], "mean": [mean], "sd": [0.05], "n": [n]})
    found = summary(hm.fit(model(table, family=family), seed=1), "well")
    se = 0.05 / np.sqrt(n)
    grid = mean + np.linspace(-12, 12, 100_001) * se
    grid = grid[(grid > (0 if family == "beta" else -0.594)) & (grid < 1)]
    size = mean * (1 - mean) / se**2 - 1
    beta = family == "beta"
    weight = stats.beta.logpdf(mean, grid * size, (1 - grid) * size) if beta else stats.norm.logpdf(mean, grid, se)
    weight = np.exp(weight - weight.max())
    exact = np.average(grid, weights=weight)
    assert found["mean"] == pytest.approx(exact, abs=4 * found["mcse"])
    assert found["sd"] == pytest.approx(np.sqrt(np.average((grid - exact) ** 2, weights=weight)), rel=0.08)


def test_a_small_standard_error_of_a_mean_near_an_end_is_none_that_is_next_to_nothing():
    """Near 1 all patients are nearly alike."""
    table = pd.DataFrame({"state": ["well"], "mean": [1 - 1e-14], "se": [2e-8]})
    assert model(table, family="beta").central["utility"].item() == 1 - 1e-14
    with pytest.raises(hm.evidence.EvidenceError, match="se, or sd/√n, is 2e-08, next to nothing"):
        model(table, family="normal")


@pytest.mark.slow
def test_normal_means_have_truncated_normal_posteriors():
    posterior = hm.fit(model(family="normal"), seed=1, draws=8_000)
    for state, (mean, se) in POOLED.items():
        exact = stats.truncnorm((-0.594 - mean) / se, (1 - mean) / se, mean, se)
        found = summary(posterior, state)
        assert found["mean"] == pytest.approx(exact.mean(), abs=4 * found["mcse"])
        assert found["sd"] == pytest.approx(exact.std(), rel=0.05)
    assert posterior.draw(100, seed=1)["utility"].dims == ("sample", "state")


def test_ordered_and_correlated_means_have_the_posterior_of_rejection_sampling():
    """The source adds to correlated means of patients; the unordered posterior is multivariate normal."""
    rng = np.random.default_rng(3)
    patients = values(rng, 40, {"well": 0.46, "fair": 0.45, "ill": 0.38})
    table = pd.DataFrame({"state": ["ill"], "mean": [0.43], "se": [0.02]})
    posterior = hm.fit(model(table, patients=patients, family="normal", order=ORDER), seed=1, draws=8_000)

    wide = patients.pivot_table(index="patient", columns="state", values="utility")[ORDER]
    precision = np.linalg.inv(np.cov(wide.T) / len(wide))
    total = precision + np.diag([0, 0, 0.02**-2])
    centre = np.linalg.solve(total, precision @ wide.mean() + np.array([0, 0, 0.43 / 0.02**2]))
    unordered = rng.multivariate_normal(centre, np.linalg.inv(total), size=400_000)
    exact = in_order(unordered[unordered.max(axis=1) < 1])
    assert 0.02 < len(exact) / len(unordered) < 0.98  # the order says something, and can be sampled
    agrees(posterior, dict(zip(ORDER, exact.T, strict=True)))
    draws = posterior.draws["utility"]
    assert draws["state"].to_numpy().tolist() == ORDER
    assert (draws.diff("state") < 0).all()
    correlation = np.corrcoef(draws.sel(state=["well", "fair"]).stack(sample=("chain", "draw")))[0, 1]
    assert correlation == pytest.approx(np.corrcoef(exact.T)[0, 1], abs=0.05)

    prior = posterior.data["prior"]["utility"]  # sorted uniforms between −0.594 and 1
    assert prior.mean(["chain", "draw"]).to_numpy() == pytest.approx(-0.594 + 1.594 * np.array([3, 2, 1]) / 4, abs=0.05)
    assert float(prior.sel(state="fair").std()) == pytest.approx(1.594 * stats.beta(2, 2).std(), rel=0.1)


def test_ordered_beta_means_have_the_posterior_of_rejection_sampling():
    rng = np.random.default_rng(4)
    posterior = hm.fit(model(order=ORDER), seed=1, draws=8_000)
    grid = (np.arange(20_000) + 0.5) / 20_000
    columns = []
    for state in ORDER:
        weight = np.ones_like(grid)
        for row in FOUND[FOUND["state"] == state].itertuples():
            se = row.sd / np.sqrt(row.n) if np.isnan(row.se) else row.se
            size = row.mean * (1 - row.mean) / se**2 - 1
            weight *= stats.beta.pdf(row.mean, grid * size, (1 - grid) * size)
        columns.append(rng.choice(grid, size=400_000, p=weight / weight.sum()))
    agrees(posterior, dict(zip(ORDER, in_order(np.array(columns).T).T, strict=True)))


@pytest.mark.slow
def test_sources_far_out_of_order_still_converge():
    table = pd.DataFrame({"state": list("abcdef"), "mean": [0.7, 0.71, 0.7, 0.71, 0.7, 0.4], "se": 0.002})
    posterior = hm.fit(model(table, order=list("abcdef"), family="normal"), seed=1, draws=4_000)
    assert summary(posterior, "c")["mean"] == pytest.approx(0.704, abs=0.002)
    assert (posterior.draws["utility"].diff("state") < 0).all()


@pytest.mark.slow
def test_true_utilities_are_recovered():
    true = {"well": 0.55, "fair": 0.40, "ill": -0.15}
    patients = values(np.random.default_rng(8), 2_000, true, missing=500)
    posterior = hm.fit(model(None, patients=patients, family="normal", order=ORDER), seed=1, draws=4_000)
    for state, utility in true.items():
        found = summary(posterior, state)
        assert abs(found["mean"] - utility) < 3 * found["sd"]
        assert found["sd"] == pytest.approx(
            np.hypot(0.12, 0.08) / np.sqrt(1_500 if state == "ill" else 2_000), rel=0.08
        )


def test_covariance_of_means_is_that_of_complete_pairs():
    wide = np.random.default_rng(1).multivariate_normal([0, 0], [[1, 0.6], [0.6, 2]], size=50)
    found = means_of_patients(np.repeat([0, 1], 50), wide.T.ravel(), np.tile(np.arange(50), 2))
    assert found.covariance == pytest.approx(np.cov(wide.T) / 50)


def test_covariance_of_means_holds_where_patients_are_missing():
    """Half of the patients in one state only: the covariance of simulated means is found on average."""
    rng, group = np.random.default_rng(2), np.repeat([0, 1], [60, 40])
    patient = np.concatenate([np.arange(60), np.arange(30, 70)])
    means, covariances = [], []
    for _ in range(4_000):
        person = rng.normal(0, 2, 70)
        found = means_of_patients(group, person[patient] + rng.normal(size=100), patient)
        means.append(found.mean)
        covariances.append(found.covariance)
    assert np.mean(covariances, axis=0) == pytest.approx(np.cov(np.transpose(means)), rel=0.1)
    assert np.linalg.eigvalsh(covariances).min() > 0


def test_plug_in_estimates_are_pooled_means_and_absent_where_they_contradict_the_order():
    central = model(family="normal").central["utility"]
    assert central.to_numpy() == pytest.approx([mean for mean, _ in POOLED.values()])
    lower = FOUND.assign(mean=[0.9, 0.62, 0.70, 0.5])
    assert model(lower, order=ORDER).central["utility"]["state"].to_numpy().tolist() == ORDER
    assert not model(FOUND.assign(mean=[0.9, 0.62, 0.70, 0.8]), order=ORDER).central


def test_sources_that_contradict_the_order_are_told():
    (said,) = model(FOUND.assign(mean=[0.9, 0.62, 0.70, 0.8]), order=ORDER).cautions
    assert said == (
        "state 'fair' was observed at 0.660, below 'ill' at 0.800 (2.4 standard errors), and order says the opposite"
    )
    assert model(FOUND.assign(mean=[0.9, 0.62, 0.70, 0.5]), order=ORDER).cautions == ()


def test_what_else_is_odd_is_told():
    (said,) = model(FOUND.assign(mean=[0.9, 0.4, 0.7, 0.5])).cautions
    assert "state 'fair': its 2 sources, from 0.4 to 0.7, differ by more" in said
    (said,) = model(FOUND.assign(mean=[0.99, 0.62, 0.7, 0.5], se=[0.05, np.nan, 0.04, 0.05])).cautions
    assert "state 'well': a mean of 0.99 is too near 1 for a standard error of 0.05" in said


def test_a_single_row_is_enough():
    assert model(FOUND.iloc[:1], order=["well"]).coords["state"] == ("well",)


def test_values_of_different_patients_are_independent():
    rng = np.random.default_rng(6)
    patients = values(rng, 10, {"well": 0.5, "ill": 0.3})
    apart = model(None, patients=patients.drop(columns="patient"), family="normal")
    assert not apart.data["chain"].any()
    assert model(None, patients=patients, family="normal").data["chain"].any()
    assert apart.data["chain_se"] == pytest.approx(patients.groupby("state", sort=False)["utility"].sem().to_numpy())


def change(row, **values):
    changed = FOUND.astype(dict.fromkeys(values, object))
    changed.loc[row, list(values)] = list(values.values())
    return changed


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([1], "is a list; give a pandas.DataFrame"),
        (FOUND.iloc[:0], "has no rows"),
        (FOUND.drop(columns="mean"), "has no column 'mean'"),
        (change(0, state=" "), "row 1: state is missing"),
        (change(0, mean=np.nan), "state 'well': mean is missing; give a number"),
        (change(0, mean="high"), "state 'well': mean is 'high'; give a number"),
        (change(0, mean=1.2), "state 'well': mean is 1.2, outside the range of 0 to 1; mend it, or give lower"),
        (change(3, mean=-0.1), "state 'ill': mean is -0.1, outside the range of 0 to 1.*or take family 'normal'"),
        (change(0, mean=1), "state 'well': mean is 1; family 'beta' needs one between 0 and 1, neither included"),
        (change(3, mean=0), "state 'ill': mean is 0; family 'beta' needs one"),
        (change(3, se=0.5), "state 'ill': se is 0.5; of a mean of 0.66 between 0 and 1 it is less than 0.4737"),
        (change(1, sd=3), "state 'fair': se is 0.6; of a mean of 0.62"),
        (change(0, se=0), "state 'well': se is 0; it must be above 0"),
        (change(0, se=-0.1), "state 'well': se is -0.1; it must be above 0"),
        (change(0, se="wide"), "state 'well': se is 'wide'; give a number"),
        (change(1, n=1), "state 'fair': n is 1; it must be 2 or more"),
        (change(1, sd=np.nan), "state 'fair': has neither se nor both sd and n"),
        (FOUND[["state", "mean"]], "state 'ill': has neither se nor both sd and n"),
        (change(1, se=0.2), "state 'fair': se is 0.2, but sd/√n is 0.04"),
    ],
)
def test_tables_that_are_not_sound_are_refused(table, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        model(table)


PATIENTS = pd.DataFrame(
    {"state": ["well"] * 3 + ["ill"] * 3, "patient": list("abcdef"), "utility": [1, 0.8, 1, 0.2, 0.5, 0]}
)


@pytest.mark.parametrize(
    ("patients", "options", "said"),
    [
        (PATIENTS.assign(utility=[1, 0.8, 1.1, 0.2, 0.5, 0]), {}, "patient 'c': utility is 1.1, outside the range"),
        (PATIENTS.assign(utility=[1, 0.8, np.nan, 0.2, 0.5, 0]), {}, "patient 'c': utility is missing"),
        (
            PATIENTS.assign(utility=[1, 0.8, 1, 0.2, 0.5, -0.7]),
            {"family": "normal"},
            "utility is -0.7, outside.*-0.594",
        ),
        (PATIENTS.assign(utility=[1, 1, 1, 0.2, 0.5, 0]), {}, "state 'well': 3 values, all of them 1, do not say how"),
        (PATIENTS.iloc[:4], {}, "state 'ill': 1 values, all of them 0.2"),
        (PATIENTS.iloc[[0, 1, 2, 5]].assign(state="ill").iloc[[0, 3]], {}, "state 'ill': 2 values, all of them 0, 1"),
        (PATIENTS.assign(patient=list("aacdef")), {}, "state 'well', patient 'a': is there twice; average"),
        (PATIENTS.assign(patient=list("abcabc")), {}, "patients have values in several states.*take 'normal'"),
        (
            PATIENTS.assign(patient=list("abcabc"), utility=[0.1, 0.2, 0.3, 0.2, 0.3, 0.4]),
            {"family": "normal"},
            "some mean follows from those of other states",
        ),
        (PATIENTS.drop(columns="utility"), {}, "table 'patients' has no column 'utility'"),
    ],
)
def test_patients_that_say_too_little_are_refused(patients, options, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        model(None, patients=patients, **options)


def test_all_problems_of_both_tables_are_told_together():
    with pytest.raises(hm.evidence.EvidenceError, match=r"(?s)mean is 2.*se is 0.*utility is 7"):
        model(change(0, mean=2, se=0), patients=PATIENTS.assign(utility=7))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "arm"}, "has no column 'arm'"),
        ({"by": "patient"}, "by is 'patient', a name that the model has for something else"),
        ({"table": None}, "no table of utilities and no table of patients"),
        ({"family": "gamma"}, "family 'gamma': known names: beta, normal"),
        ({"order": "well"}, "order is the text 'well'; give a list of states"),
        ({"order": ["well", "fair"]}, "order lacks 'ill'; put it between"),
        ({"order": [*ORDER, "dead"]}, "order names 'dead', of which there is no utility; known names"),
        ({"order": ["wel", "fair", "ill"]}, "order names 'wel', of which there is no utility; did you mean 'well'?"),
        ({"order": ["well", *ORDER]}, "order names 'well' twice"),
        ({"lower": -0.2}, "utilities range from lower -0.2 to upper 1.0; lower must be finite, 0 or more"),
        ({"upper": 1.2}, "upper at most 1, which is full health"),
        ({"family": "normal", "lower": 1.0}, "lower must be finite, and below upper"),
        ({"family": "normal", "lower": -np.inf}, "lower must be finite"),
        ({"upper": 0.9}, "mean is 0.96, outside the range of 0 to 0.9"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        model(**options)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["beta", "normal"])
def test_simulation_based_calibration(family):
    """States in order. Means outside the range are drawn again, which leaves ranks uniform."""
    size, se = np.array([30, 12, 60, 20]), np.array([0.1, 0.2, 0.05, 0.15])
    of = [0, 1, 1, 2]
    lowest = 0.0 if family == "beta" else -0.594

    def simulate(rng):
        true = np.sort(rng.uniform(lowest, 1, size=3))[::-1]
        if family == "beta":
            mean = rng.beta(size * true[of], size * (1 - true[of]))
            error = np.sqrt(mean * (1 - mean) / (size + 1))
        else:
            mean, error = rng.normal(true[of], se), se
        if not (lowest < mean.min() and mean.max() < 1):
            return simulate(rng)
        table = pd.DataFrame({"state": np.array(ORDER)[of], "mean": mean, "se": error})
        return model(table, family=family, order=ORDER), [
            ("utility", at(true[1], state="fair")),
            ("share_of_room", at((true[0] - lowest) / (1 - lowest), state="well")),
        ]

    assert_calibrated(simulate, simulations=100, seed=11)

"""Network meta-analysis: what it does to data that are odd, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import special, stats

import heemodel as hm
from heemodel.evidence.networks.data import read_trials
from tests.evidence.calibration import assert_calibrated, at

ARMS = pd.DataFrame(
    [
        ("A", "old", 15, 100),
        ("A", "new", 8, 100),
        ("B", "old", 20, 150),
        ("B", "new", 12, 140),
        ("C", "new", 9, 120),
        ("C", "newest", 7, 125),
    ],
    columns=["study", "treatment", "events", "n"],
)
CONTRASTS = pd.DataFrame(
    [
        ("A", "old", np.nan, 0.3),
        ("A", "new", -0.5, 0.4),
        ("A", "newest", -0.8, 0.45),
        ("B", "old", np.nan, np.nan),
        ("B", "newest", -0.6, 0.2),
    ],
    columns=["study", "treatment", "effect", "se"],
)
BINARY = {"outcome": "binary", "effects": "fixed", "reference": "old"}


def posterior(table, **options):
    return hm.fit(hm.evidence.network_meta_analysis(table, **BINARY | options), seed=1, draws=4_000)


def relative(fitted, treatment="new"):
    return fitted.summary().set_index("parameter").loc[f"relative_effect[{treatment}]"]


def test_correlated_contrasts_have_the_posterior_of_generalised_least_squares():
    """With a vague prior the posterior is normal: (XᵀS⁻¹X)⁻¹ XᵀS⁻¹y, with the shared arm's variance in S."""
    found = posterior(CONTRASTS, outcome="contrast", effect_prior=(0.0, 1_000.0))
    design = np.array([[1, 0], [0, 1], [0, 1]])
    shared = np.array([[0.16, 0.09, 0], [0.09, 0.2025, 0], [0, 0, 0.04]])
    precision = design.T @ np.linalg.solve(shared, design)
    mean = np.linalg.solve(precision, design.T @ np.linalg.solve(shared, np.array([-0.5, -0.8, -0.6])))
    sd = np.sqrt(np.diag(np.linalg.inv(precision)))
    for treatment, m, s in zip(("new", "newest"), mean, sd, strict=True):
        row = relative(found, treatment)
        assert row["mean"] == pytest.approx(m, abs=4 * row["mcse"])
        assert row["sd"] == pytest.approx(s, rel=0.06)


@pytest.mark.slow
def test_arms_and_the_contrasts_made_of_them_say_the_same():
    arms = pd.DataFrame(
        {"study": list("AAA"), "treatment": ["old", "new", "newest"], "mean": [1.0, 0.4, 0.1], "se": [0.3, 0.25, 0.3]}
    )
    effect, se = arms["mean"] - 1.0, np.hypot(arms["se"], 0.3)
    contrasts = arms.assign(effect=effect.where(effect != 0), se=np.where(effect != 0, se, 0.3))
    by_arm, by_contrast = (posterior(t, outcome=o) for t, o in ((arms, "continuous"), (contrasts, "contrast")))
    for treatment in ("new", "newest"):
        one, other = relative(by_arm, treatment), relative(by_contrast, treatment)
        assert one["mean"] == pytest.approx(other["mean"], abs=4 * np.hypot(one["mcse"], other["mcse"]))
        assert one["sd"] == pytest.approx(other["sd"], rel=0.06)


def test_standard_deviations_and_numbers_make_standard_errors():
    arms = pd.DataFrame(
        {"study": ["A", "A"], "treatment": ["old", "new"], "mean": [1.0, 2.0], "sd": [3.0, 6.0], "n": [9, 36]}
    )
    np.testing.assert_allclose(read_trials(arms, "continuous", "old").observed["se"], [1.0, 1.0])


@pytest.mark.slow
def test_rates_have_the_conjugate_posterior_of_two_gammas():
    arms = pd.DataFrame(
        {"study": ["A", "A"], "treatment": ["old", "new"], "events": [200, 100], "exposure": [100.0, 80.0]}
    )
    row = relative(posterior(arms, outcome="rate"))
    rng = np.random.default_rng(1)
    ratio = np.log(rng.gamma(100, size=200_000) / 80) - np.log(rng.gamma(200, size=200_000) / 100)
    assert row["mean"] == pytest.approx(ratio.mean(), abs=4 * row["mcse"] + 0.002)
    assert row["sd"] == pytest.approx(ratio.std(), rel=0.06)


@pytest.mark.parametrize("events", [[0, 8, 20, 12, 9, 7], [100, 100, 20, 12, 9, 7], [0, 0, 20, 12, 9, 7]])
def test_zero_cells_and_arms_without_events_have_a_posterior(events):
    model = hm.evidence.network_meta_analysis(ARMS.assign(events=events), **BINARY)
    assert len(model.cautions) == (events[0] == events[1]) * 1
    found = hm.fit(model, seed=1, draws=4_000)
    assert np.isfinite(found.draws["relative_effect"]).all()


LINKS = {
    "logit": lambda x: (special.log_expit(x), special.log_expit(-x)),
    "cloglog": lambda x: (np.log(np.maximum(-np.expm1(-np.exp(x)), 1e-300)), -np.exp(x)),
}


LOGIT = pytest.param("logit", marks=pytest.mark.slow)


@pytest.mark.parametrize("link", ["cloglog", LOGIT])
@pytest.mark.parametrize(
    "events",
    [(0, 8), (100, 100), *(pytest.param(events, marks=pytest.mark.slow) for events in ((100, 90), (0, 100), (0, 0)))],
)
def test_arms_with_nobody_or_everybody_have_the_posterior_of_a_grid(link, events):
    """One study, of which vague priors leave the effect wide but proper."""
    table = ARMS.iloc[:2].assign(events=events, years=1.0)
    found = hm.fit(hm.evidence.network_meta_analysis(table, **BINARY, link=link), seed=1)
    baseline, effect = np.linspace(-60, 40, 1_601)[:, None], np.linspace(-60, 60, 1_601)
    density = stats.norm.logpdf(baseline, 0, 10) + stats.norm.logpdf(effect, 0, 10)
    for some, predictor in zip(events, (baseline, baseline + effect), strict=True):
        had, had_not = LINKS[link](predictor)
        density = density + some * had + (100 - some) * had_not
    weight = np.exp(density - density.max()).sum(axis=0)
    mean = np.average(effect, weights=weight)
    sd = np.sqrt(np.average((effect - mean) ** 2, weights=weight))
    row = relative(found)
    assert row["mean"] == pytest.approx(mean, abs=4 * row["mcse"])
    assert row["sd"] == pytest.approx(sd, rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("events", [(0, 8), (0, 0)])
def test_rates_without_events_have_the_posterior_of_a_grid(events):
    table = ARMS.iloc[:2].assign(events=events, exposure=100.0)
    row = relative(hm.fit(hm.evidence.network_meta_analysis(table, **BINARY | {"outcome": "rate"}), seed=1))
    baseline, effect = np.linspace(-60, 20, 1_601)[:, None], np.linspace(-60, 60, 1_601)
    density = stats.norm.logpdf(baseline, 0, 10) + stats.norm.logpdf(effect, 0, 10)
    for some, predictor in zip(events, (baseline, baseline + effect), strict=True):
        density = density + some * predictor - 100 * np.exp(predictor)
    weight = np.exp(density - density.max()).sum(axis=0)
    mean = np.average(effect, weights=weight)
    assert row["mean"] == pytest.approx(mean, abs=4 * row["mcse"])
    assert row["sd"] == pytest.approx(np.sqrt(np.average((effect - mean) ** 2, weights=weight)), rel=0.1)


@pytest.mark.parametrize("link", ["cloglog", LOGIT])
def test_enormous_studies_have_the_effect_that_was_observed(link):
    n, shares = 10**9, np.array([0.3, 0.29])
    table = ARMS.iloc[:2].assign(events=[300_000_000, 290_000_000], n=n, years=1.0)
    row = relative(hm.fit(hm.evidence.network_meta_analysis(table, **BINARY, link=link), seed=1))
    if link == "logit":
        predictor, variance = special.logit(shares), 1 / (n * shares * (1 - shares))
    else:
        predictor, variance = np.log(-np.log1p(-shares)), shares / (n * (1 - shares) * np.log1p(-shares) ** 2)
    assert row["mean"] == pytest.approx(np.diff(predictor).item(), abs=4 * row["mcse"])
    assert row["sd"] == pytest.approx(np.sqrt(variance.sum()), rel=0.06)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outcome", "observed", "effect", "error"),
    [
        (
            "rate",
            {"events": [300_000_000, 290_000_000], "exposure": 1e9},
            np.log(29 / 30),
            (1 / 3e8 + 1 / 2.9e8) ** 0.5,
        ),
        ("continuous", {"mean": [5.0, 4.0], "sd": 3.0, "n": 10**9}, -1.0, 3 * (2 / 1e9) ** 0.5),
        ("contrast", {"effect": [np.nan, -1.0], "se": [np.nan, 1e-5]}, -1.0, 1e-5),
    ],
)
def test_other_enormous_studies_have_the_effect_that_was_observed_too(outcome, observed, effect, error):
    table = ARMS.iloc[:2][["study", "treatment"]].assign(**observed)
    row = relative(hm.fit(hm.evidence.network_meta_analysis(table, **BINARY | {"outcome": outcome}), seed=1))
    assert row["mean"] == pytest.approx(effect, abs=4 * row["mcse"])
    assert row["sd"] == pytest.approx(error, rel=0.06)


@pytest.mark.parametrize(
    ("table", "options", "said"),
    [
        (ARMS.iloc[:2], {"effects": "random"}, "studies have no more relative effects, 1, than are to be estimated"),
        (ARMS.iloc[[0, 1, 4, 5]], {"effects": "random"}, "no more relative effects, 2"),
        (ARMS, {"effects": "random"}, None),
        (ARMS.assign(age=60), {"covariate": "age"}, "age is 60 in every study: interaction rests on its prior"),
        (
            ARMS.assign(mean=[140.0, 131, 143, 135, 133, 132], se=2.0),
            {"outcome": "continuous"},
            "study 'B', treatment 'old': 143 is 14 standard deviations from the middle of the prior of baseline",
        ),
        (
            CONTRASTS.assign(effect=[np.nan, -0.5, -0.8, np.nan, -60.0]),
            {"outcome": "contrast"},
            "study 'B', treatment 'newest': -60 is 6 standard deviations from the middle of the prior of effect",
        ),
    ],
)
def test_what_rests_on_priors_is_said(table, options, said):
    cautions = hm.evidence.network_meta_analysis(table, **BINARY | options).cautions
    assert [said in caution for caution in cautions] == ([True] if said else [])


def test_a_study_without_events_says_nothing():
    with_it = relative(posterior(ARMS.assign(events=[0, 0, 20, 12, 9, 7])))
    without = relative(posterior(ARMS.iloc[2:]))
    assert with_it["mean"] == pytest.approx(without["mean"], abs=0.1 * without["sd"])


@pytest.mark.slow
def test_the_order_of_rows_does_not_matter():
    shuffled = ARMS.sample(frac=1, random_state=1)
    one, other = (posterior(table).draws["relative_effect"].mean(["chain", "draw"]) for table in (ARMS, shuffled))
    for treatment in ("new", "newest"):
        assert float(one.sel(treatment=treatment)) == pytest.approx(float(other.sel(treatment=treatment)), abs=0.05)


ROWS = ARMS.to_dict("list")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (ARMS.assign(events=[150, 8, 20, 12, 9, 7]), "study 'A', treatment 'old': 150 events among 100"),
        (ARMS.assign(events=[-1, 8, 20, 12, 9, 7]), "events is -1; it must be 0 or more"),
        (ARMS.assign(events=[np.nan, 8, 20, 12, 9, 7]), "events is missing; give a number"),
        (ARMS.assign(events=["1,5", 8, 20, 12, 9, 7]), "events is '1,5'; give a number"),
        (ARMS.assign(events=[1.5, 8, 20, 12, 9, 7]), "events is 1.5; give a whole number"),
        (ARMS.assign(n=[0, 100, 150, 140, 120, 125]), "n is 0; it must be 1 or more"),
        (ARMS.iloc[:5], "study 'C', treatment 'new': the study's only arm"),
        (ARMS.assign(treatment=["old", "old", "old", "new", "new", "newest"]), "is there twice; add the arms up"),
        (pd.concat([ARMS, ARMS.iloc[:2]]), "is there twice; add the arms up, or give the second study another name"),
        (ARMS.assign(treatment=["old", "new", "old", "new", "x", "y"]), "no study connects x, y with old"),
        (ARMS.drop(columns="n"), "has no column 'n'; it has study, treatment, events"),
        (ARMS.assign(study=["A", None, "B", "B", "C", "C"]), "row 2: study is missing"),
        (ARMS.iloc[:0], "has no rows"),
        (ROWS, "is a dict; give a pandas.DataFrame"),
    ],
)
def test_tables_that_are_not_sound_are_refused(table, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.network_meta_analysis(table, **BINARY)


def test_all_problems_are_told_together():
    with pytest.raises(hm.evidence.EvidenceError) as error:
        hm.evidence.network_meta_analysis(ARMS.assign(events=[150, -8, 20, 12, 9, 7]), **BINARY)
    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reference": "odl"}, "reference 'odl' is no treatment of the trials; did you mean 'old'"),
        ({"outcome": "binar"}, "did you mean 'binary'"),
        ({"effects": "randm"}, "did you mean 'random'"),
        ({"link": "probit"}, "link 'probit' of outcome 'binary'"),
        ({"link": "cloglog"}, "needs a column 'years'"),
        ({"model": "unrelated means", "covariate": "n"}, "goes with model 'consistency'"),
        ({"covariate": "events"}, "events is 8, and 15 in another arm; give one for the study"),
        ({"covariate": "age"}, "has no column 'age'"),
        ({"between_study_prior": 0.0}, "prior of between_study_sd"),
        ({"effect_prior": (0.0, np.inf)}, "prior of effect"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.network_meta_analysis(ARMS, **BINARY | options)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"effect": [0.1, -0.5, -0.8, np.nan, -0.6]}, "leave the effect of exactly one arm of a study empty"),
        ({"se": [np.nan, 0.4, 0.45, np.nan, 0.2]}, "needs the standard error of this arm's own outcome"),
        ({"se": [0.42, 0.4, 0.45, np.nan, 0.2]}, "se 0.42 is not below that of the effects"),
        ({"se": [0.3, 0.4, -1, np.nan, 0.2]}, "treatment 'newest': se is -1; it must be above 0"),
        ({"effect": [np.nan, np.inf, -0.8, np.nan, -0.6]}, "effect is inf; give a number"),
    ],
)
def test_contrasts_that_are_not_sound_are_refused(changes, said):
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        hm.evidence.network_meta_analysis(CONTRASTS.assign(**changes), **BINARY | {"outcome": "contrast"})


@pytest.mark.slow
def test_a_model_of_ones_own_is_fitted_too():
    import pymc as pm

    model = hm.evidence.network_meta_analysis(ARMS, **BINARY).pymc()
    with model:
        pm.Deterministic("odds_ratio", pm.math.exp(model["relative_effect"]), dims="treatment")
    fitted = hm.fit(model, seed=1, draws=4_000)
    assert float(fitted.draws["odds_ratio"].isel(treatment=0).max()) == 1.0
    assert (fitted.draws["odds_ratio"].isel(treatment=1) > 0).all()


def test_ranks_are_shared_out():
    effects = xr.DataArray(
        [[0.0, 1.0, 2.0], [0.0, 2.0, 1.0], [0.0, -1.0, 1.0]],
        dims=("sample", "treatment"),
        coords={"treatment": list("abc")},
    )
    ranks = hm.evidence.rank_treatments(effects, best="highest")
    np.testing.assert_allclose(ranks["probability"].sum("rank"), 1)
    np.testing.assert_allclose(ranks["probability"].sum("treatment"), 1)
    assert ranks["mean_rank"].to_numpy().tolist() == pytest.approx([8 / 3, 2.0, 4 / 3])
    assert ranks["sucra"].to_numpy().tolist() == pytest.approx([1 / 6, 0.5, 5 / 6])
    np.testing.assert_allclose(ranks["mean_rank"], 4 - hm.evidence.rank_treatments(effects, best="lowest")["mean_rank"])
    with pytest.raises(hm.evidence.EvidenceError, match="give sample and treatment"):
        hm.evidence.rank_treatments(effects.mean("sample"), best="lowest")
    with pytest.raises(hm.evidence.EvidenceError, match="did you mean 'highest'"):
        hm.evidence.rank_treatments(effects, best="high")


def test_an_effect_against_the_later_treatment_is_taken_away():
    """Where the other arm of a contrast is the reference, its effect is minus that of the direct comparison."""
    contrasts = pd.DataFrame(
        [("A", "old", np.nan, np.nan), ("A", "new", -0.5, 0.4), ("B", "new", np.nan, np.nan), ("B", "old", 0.6, 0.2)],
        columns=["study", "treatment", "effect", "se"],
    )
    trials = read_trials(contrasts, "contrast", "old")
    names, added, taken = trials.comparisons("unrelated means")
    assert names == ("new vs old",)
    assert [trials.treatments[t] for t in trials.treatment] == ["old", "new", "new", "old"]
    assert added.tolist() == [0, 1, 0, 0]
    assert taken.tolist() == [0, 0, 0, 1]


@pytest.mark.slow
def test_simulation_based_calibration():
    frame = pd.concat([ARMS.assign(study=ARMS["study"] + str(k), n=80) for k in range(3)], ignore_index=True)
    frame.loc[len(frame)] = ["A0", "newest", 0, 80]  # a study of three arms
    given = read_trials(frame, "binary", "old")
    names = {"study": given.studies, "treatment": given.treatments}

    def simulate(rng):
        effect = np.array([0.0, *rng.normal(0, 1, 2)])
        between, baseline = abs(rng.normal(0, 0.5)), rng.normal(-1, 0.5, len(given.studies))
        deviation = rng.normal(size=len(given.study)) * between * np.sqrt(0.5)
        relative_effect = (
            effect[given.treatment] - effect[given.treatment[given.base]] + deviation - deviation[given.base]
        )
        events = rng.binomial(80, 1 / (1 + np.exp(-baseline[given.study] - relative_effect)))
        table = pd.DataFrame({key: [labels[k] for k in getattr(given, key)] for key, labels in names.items()})
        model = hm.evidence.network_meta_analysis(
            table.assign(events=events, n=80),
            **BINARY | {"effects": "random"},
            baseline_prior=(-1.0, 0.5),
            effect_prior=(0.0, 1.0),
            between_study_prior=0.5,
        )
        return model, [
            ("effect", at(effect[1], comparison="new")),
            ("relative_effect", at(effect[2], treatment="newest")),
            ("between_study_sd", between),
        ]

    assert_calibrated(simulate, simulations=100, seed=7)

"""Cumulative logits of ordered categories against maximum likelihood, simulated truths and loops; and refusals."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize
from scipy.special import expit, logit

from heemodel.evidence.fitting import fit
from heemodel.evidence.ordered.categories import _moved, ordered_categories
from heemodel.evidence.specification import EvidenceError
from tests.evidence.calibration import assert_calibrated, at

CATEGORIES = ["well", "fair", "poor", "dead"]
OLD, NEW = [300, 420, 510, 270], [450, 480, 400, 170]


def table(arms):
    """Tidy counts from lists by trial and treatment."""
    return pd.DataFrame(
        [
            {"trial": trial, "treatment": treatment, "category": category, "count": count}
            for (trial, treatment), counts in arms.items()
            for category, count in zip(CATEGORIES, counts, strict=True)
        ]
    )


def model(arms, **more):
    return ordered_categories(table(arms), categories=CATEGORIES, **{"reference": "old"} | more)


def one_trial(old, new):
    return fit(model({("A", "old"): old, ("A", "new"): new}), seed=1, draws=8_000)


COUNTS = table({("A", "old"): OLD, ("A", "new"): NEW})


def change(row, column, value):
    changed = COUNTS.astype({column: object})
    changed.loc[row, column] = value
    return changed


def shares_by_loop(base, effect, stretch=None):
    """Cutpoints one after another, and differences of cumulative probabilities."""
    cuts = [logit(sum(base[: c + 1])) for c in range(len(base) - 1)]
    moved = [cuts[0]]
    for c in range(1, len(cuts)):
        moved.append(moved[-1] + (cuts[c] - cuts[c - 1]) * (1 if stretch is None else np.exp(stretch[c - 1])))
    shift = effect - np.mean([a - b for a, b in zip(moved, cuts, strict=True)])
    return np.diff([0, *(expit(cut + shift) for cut in moved), 1])


def maximum_likelihood(counts):
    """Log common odds ratio of the second of two rows of counts, and its standard error."""

    def minus_log_likelihood(free):
        cuts = free[1] + np.concatenate([[0], np.cumsum(np.exp(free[2:]))])
        total = 0.0
        for row, effect in zip(counts, (0.0, free[0]), strict=True):
            total -= (row * np.log(np.diff([0, *expit(cuts + effect), 1]))).sum()
        return total

    start = np.array([0.0, -1.0, *np.zeros(len(counts[0]) - 2)])
    found = optimize.minimize(minus_log_likelihood, start, method="BFGS", options={"gtol": 1e-3})
    step, size = 1e-4, len(start)
    curvature = np.empty((size, size))
    for i, one in enumerate(np.eye(size) * step):
        for j, other in enumerate(np.eye(size) * step):
            values = [minus_log_likelihood(found.x + a * one + b * other) for a in (1, -1) for b in (1, -1)]
            curvature[i, j] = (values[0] - values[1] - values[2] + values[3]) / (4 * step**2)
    return found.x[0], np.sqrt(np.linalg.inv(curvature)[0, 0])


def test_one_trial_agrees_with_maximum_likelihood():
    estimate, error = maximum_likelihood(np.array([OLD, NEW]))
    summary = one_trial(OLD, NEW).summary().set_index("parameter")
    found = summary.loc["log_odds_ratio[new]"]
    assert found["mean"] == pytest.approx(estimate, abs=4 * found["mcse"] + 0.05 * error)  # mean against mode
    assert found["sd"] == pytest.approx(error, rel=0.05)
    assert estimate > 0.5  # better under the new treatment


@pytest.mark.slow
def test_reference_has_no_effect_and_shares_add_up_to_one():
    draws = one_trial(OLD, NEW).draw(1_000, seed=1)
    assert (draws["log_odds_ratio"].sel(treatment="old") == 0).all()
    assert np.allclose(draws["category_share"].sum("category"), 1)
    assert set(draws.data_vars) == {"log_odds_ratio", "category_share"}
    better = draws["category_share"].cumsum("category").isel(category=slice(0, -1))
    ratio = logit(better.sel(treatment="new")) - logit(better.sel(treatment="old"))
    assert np.allclose(ratio - draws["log_odds_ratio"].sel(treatment="new"), 0)  # in a single trial, at every cut


@pytest.mark.slow
def test_swapping_treatments_negates_the_effect():
    there, back = one_trial(OLD, NEW).summary(), one_trial(NEW, OLD).summary()
    name = "parameter == 'log_odds_ratio[new]'"
    tolerance = 6 * float(there.query(name)["mcse"].iloc[0]) + 0.003
    assert float(there.query(name)["mean"].iloc[0]) == pytest.approx(
        -float(back.query(name)["mean"].iloc[0]), abs=tolerance
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [([0, 20, 30, 10], [5, 25, 20, 0]), ([10, 0, 20, 20], [15, 0, 20, 15]), ([0, 0, 0, 9], [9, 0, 0, 0])],
)
def test_empty_categories_still_have_a_posterior(old, new):
    posterior = one_trial(old, new)
    shares = posterior.draw(1_000, seed=1)["category_share"]
    assert ((shares > 0) & (shares < 1)).all()
    empty = [name for name, a, b in zip(CATEGORIES, old, new, strict=True) if a + b == 0]
    cautions = model({("A", "old"): old, ("A", "new"): new}).cautions
    assert [caution.split("'")[1] for caution in cautions] == empty


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([9, 0, 0, 0], [9, 0, 0, 0]),
        ([0, 9, 0, 0], [0, 9, 0, 0]),
        ([9, 0, 0, 0], [0, 0, 0, 9]),
        ([0, 1, 0, 0], [0, 0, 0, 1]),
    ],
)
def test_arms_in_one_category_have_the_posterior_of_integration(old, new):
    """Over the effect by a grid, and over the shares of the first arm by draws of its Dirichlet posterior."""
    found = one_trial(old, new).summary().set_index("parameter").loc["log_odds_ratio[new]"]
    effect = np.linspace(-60, 60, 1_201)
    base = np.random.default_rng(1).dirichlet(np.array(old) + 0.5, 20_000)
    best, worst = np.cumsum(base, axis=1)[:, :-1], np.cumsum(base[:, ::-1], axis=1)[:, ::-1][:, 1:]
    cuts = np.log(best) - np.log(worst)
    place = int(np.argmax(new))
    upper = expit(cuts[:, place] + effect[:, None]) if place < 3 else 1.0
    lower = expit(cuts[:, place - 1] + effect[:, None]) if place else 0.0
    weight = ((upper - lower) ** sum(new)).mean(axis=1) * np.exp(-(effect**2) / 200)
    mean = np.average(effect, weights=weight)
    assert found["mean"] == pytest.approx(mean, abs=4 * found["mcse"] + 0.05)
    assert found["sd"] == pytest.approx(np.sqrt(np.average((effect - mean) ** 2, weights=weight)), rel=0.08)


@pytest.mark.slow
def test_enormous_trials_have_the_effect_of_maximum_likelihood():
    counts = np.array([OLD, NEW]) * 600_000
    found = one_trial(*counts.tolist()).summary().set_index("parameter").loc["log_odds_ratio[new]"]
    estimate, error = maximum_likelihood(np.array([OLD, NEW]))
    assert found["mean"] == pytest.approx(estimate, abs=4 * found["mcse"] + 1e-4)
    assert found["sd"] == pytest.approx(error / np.sqrt(600_000), rel=0.1)


def test_trials_in_which_all_are_in_one_category_and_effects_that_nothing_repeats_are_pointed_out():
    alike = {("B", "old"): [0, 9, 0, 0], ("B", "new"): [0, 8, 0, 0]}
    both = {("A", "old"): OLD, ("A", "new"): NEW} | alike
    (said,) = model(both).cautions
    assert said.startswith("everybody in trial 'B' is in category 'fair': it says next to nothing about relative")
    assert len(model(both, effects="random").cautions) == 1
    assert "no more relative effects, 1, than" in model(alike, effects="random").cautions[-1]


@pytest.mark.parametrize("stretch", [None, np.array([0.4, -0.7])])
def test_moved_shares_are_those_of_a_plain_loop(stretch):
    base = np.array([[0.1, 0.3, 0.4, 0.2], [0.25, 0.01, 0.7, 0.04]])
    shares, moves = (value.eval(mode="FAST_COMPILE") for value in _moved(*constants(base, 0.8, stretch)))
    for row, given in enumerate(base):
        assert shares[row] == pytest.approx(shares_by_loop(given, 0.8, stretch))
    assert np.mean(moves, axis=-1) == pytest.approx(0.8)


def constants(base, effect, stretch):
    import pytensor.tensor as pt

    return pt.constant(base), pt.constant(np.full((1, 1), effect)), None if stretch is None else pt.constant(stretch)


def test_shares_stay_a_distribution_far_out():
    base = np.array([[1e-12, 1e-30, 1 - 2e-12, 1e-12]])
    for effect in (-30.0, 0.0, 30.0):
        shares, _ = _moved(*constants(base, effect, np.array([3.0, -3.0])))
        values = shares.eval(mode="FAST_COMPILE")
        assert (values > 0).all()
        assert values.sum() == pytest.approx(1)


def network(rng, truth, n):
    """Counts of a network of three treatments, one trial without the reference."""
    arms = {}
    for trial, treatments in {"A": ("old", "new"), "B": ("old", "new", "newer"), "C": ("new", "newer")}.items():
        first = treatments[0]
        noise = {name: rng.normal() * np.sqrt(0.5) * truth["sd"] for name in treatments}
        for name in treatments:
            effect = truth["d"][name] - truth["d"][first] + noise[name] - noise[first]
            share = shares_by_loop(truth["base"][trial], effect, truth["stretch"][name] - truth["stretch"][first])
            arms[trial, name] = rng.multinomial(n, share).tolist()
    return arms


@pytest.mark.slow
def test_partial_odds_of_a_network_are_recovered():
    rng = np.random.default_rng(1)
    truth = {
        "d": {"old": 0.0, "new": 0.7, "newer": 1.2},
        "stretch": {"old": np.zeros(2), "new": np.array([0.4, -0.3]), "newer": np.array([0.0, 0.3])},
        "base": {"A": [0.2, 0.3, 0.3, 0.2], "B": [0.1, 0.2, 0.4, 0.3], "C": [0.3, 0.3, 0.2, 0.2]},
        "sd": 0.0,
    }
    evidence = model(network(rng, truth, 3_000), odds="partial", baseline="B", departure_prior=1.0)
    assert evidence.data["weight"].tolist() == [0, 1, 0]
    posterior = fit(evidence, seed=1, draws=4_000)
    summary = posterior.summary().set_index("parameter")
    for name in ("new", "newer"):
        found = summary.loc[f"log_odds_ratio[{name}]"]
        assert found["mean"] == pytest.approx(truth["d"][name], abs=4 * found["sd"])
        shares = shares_by_loop(truth["base"]["B"], truth["d"][name], truth["stretch"][name])
        cuts = logit(np.cumsum(shares)[:-1]) - logit(np.cumsum(truth["base"]["B"])[:-1])
        for category, share in zip(CATEGORIES, shares, strict=True):
            found = summary.loc[f"category_share[{name}, {category}]"]
            assert found["mean"] == pytest.approx(share, abs=4 * found["sd"])
            assert found["sd"] < 0.02
        for category, cut in zip(CATEGORIES, cuts, strict=False):
            found = summary.loc[f"cut_log_odds_ratio[{name}, ≤ {category}]"]
            assert found["mean"] == pytest.approx(cut, abs=4 * found["sd"])
    draws = posterior.draw(500, seed=1)
    assert np.allclose(draws["cut_log_odds_ratio"].mean("cut"), draws["log_odds_ratio"])


def test_population_is_the_trials_with_the_reference_by_its_patients():
    evidence = model(
        {("A", "old"): [1, 2, 3, 4], ("A", "new"): [9] * 4, ("B", "new"): [5] * 4, ("B", "newer"): [1] * 4}
    )
    assert evidence.data["weight"].tolist() == [1, 0]
    evidence = model({("A", "old"): [5] * 4, ("A", "new"): [9] * 4, ("B", "new"): [5] * 4, ("B", "old"): [15] * 4})
    assert evidence.data["weight"].tolist() == [0.25, 0.75]
    assert evidence.coords["arm"] == ("A: old", "A: new", "B: old", "B: new")  # the reference first


def test_rows_may_come_in_any_order():
    shuffled = COUNTS.sample(frac=1, random_state=1).sort_values("treatment", ascending=False, kind="stable")
    found = ordered_categories(shuffled, categories=CATEGORIES, reference="old")
    assert found.identity() == model({("A", "old"): OLD, ("A", "new"): NEW}).identity()


def test_categories_may_be_numbers():
    numbered = COUNTS.assign(category=COUNTS["category"].map(CATEGORIES.index))
    assert ordered_categories(numbered, categories=range(4), reference="old").coords["cut"] == ("≤ 0", "≤ 1", "≤ 2")


def test_totals_that_differ_are_pointed_out_and_not_adjusted():
    (caution,) = ordered_categories(
        COUNTS.assign(n=[1501] * 4 + [1500] * 4), categories=CATEGORIES, reference="old"
    ).cautions
    assert caution.endswith("used as they are: trial 'A', treatment 'old' 1,500 (n is 1,501)")


SECOND = table({("B", "old"): [5] * 4})


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (COUNTS.to_dict(), "is a dict; give a pandas.DataFrame"),
        (COUNTS.iloc[:0], "has no rows"),
        (COUNTS.drop(columns="count"), "has no column 'count'"),
        (COUNTS.drop(index=1), "treatment 'old': no count of category 'fair'. Where nobody was in it, give 0;"),
        (change(1, "count", np.nan), "no count of category 'fair'.*merge the two in all trials.*leave the trial out"),
        (change(1, "count", -3), "category 'fair': count is -3; it must be 0 or more"),
        (change(1, "count", 2.5), "category 'fair': count is 2.5; give a whole number"),
        (change(1, "count", np.inf), "category 'fair': count is inf"),
        (change(1, "count", "many"), "count is 'many'; give a number"),
        (change(1, "category", "fairly"), "unknown category; did you mean 'fair'?"),
        (change(1, "category", None), "row 2: category is missing"),
        (pd.concat([COUNTS, COUNTS.iloc[:4]]), "treatment 'old', category 'well': is there twice"),
        (pd.concat([COUNTS, SECOND]), "trial 'B', treatment 'old': the trial's only arm"),
        (COUNTS.assign(count=[0] * 4 + NEW), "treatment 'old': nobody is in any category"),
        (COUNTS.assign(n=[1500] * 7 + [3]), "category 'dead': n is 3, and 1,500 in another row"),
        (COUNTS.assign(n=[np.nan] * 8), "n is missing"),
        (
            pd.concat([COUNTS, table({("B", "this"): OLD, ("B", "that"): OLD})]),
            "no study connects this, that with old",
        ),
    ],
)
def test_impossible_tables_are_refused(counts, said):
    with pytest.raises(EvidenceError, match=said):
        ordered_categories(counts, categories=CATEGORIES, reference="old")


def test_all_problems_are_told_together():
    with pytest.raises(EvidenceError, match=r"(?s)-3.*2\.5"):
        ordered_categories(COUNTS.assign(count=[-3, 2.5, *COUNTS["count"][2:]]), categories=CATEGORIES, reference="old")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reference": "olde"}, "reference 'olde' is no treatment of the trials; did you mean 'old'?"),
        ({"effects": "fix"}, "did you mean 'fixed'?"),
        ({"odds": "proportionate"}, "did you mean 'proportional'?"),
        ({"baseline": "B"}, "baseline 'B' is no trial with the reference; known names: A"),
        ({"categories": "well"}, "give a list of names"),
        ({"categories": ["well", "well", *CATEGORIES]}, "names 'well' twice"),
        ({"categories": ["well"]}, "need 2 categories or more"),
        ({"categories": ["well", "ill"], "odds": "partial"}, "need 3 categories or more"),
        ({"baseline_prior": 0.0}, "the prior of baseline"),
        ({"effect_prior": (0.0, np.inf)}, "the prior of effect"),
        ({"effects": "random", "between_study_prior": -1.0}, "the prior of between_study_sd"),
        ({"odds": "partial", "departure_prior": np.nan}, "the prior of departure"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, said):
    with pytest.raises(EvidenceError, match=said):
        ordered_categories(COUNTS, **{"categories": CATEGORIES, "reference": "old"} | options)


@pytest.mark.slow
def test_simulation_based_calibration():
    """Random effects and partial odds over a network with a trial that lacks the reference."""
    options = {"effects": "random", "odds": "partial", "baseline": "A"}
    priors = {"baseline_prior": 1.0, "effect_prior": (0.0, 1.0), "between_study_prior": 0.5, "departure_prior": 0.5}

    def simulate(rng):
        stretch = {"old": np.zeros(2)} | {name: rng.normal(0, 0.5, size=2) for name in ("new", "newer")}
        truth = {
            "d": {"old": 0.0, "new": rng.normal(), "newer": rng.normal()},
            "stretch": stretch,
            "base": {trial: rng.dirichlet(np.ones(4)) for trial in "ABC"},
            "sd": abs(rng.normal(0, 0.5)),
        }
        moved = shares_by_loop(truth["base"]["A"], truth["d"]["new"], stretch["new"])
        cut = logit(moved[0]) - logit(truth["base"]["A"][0])
        return model(network(rng, truth, 60), **options, **priors), [
            ("log_odds_ratio", at(truth["d"]["new"], treatment="new")),
            ("between_study_sd", truth["sd"]),
            ("category_share", at(moved[2], treatment="new", category="poor")),
            ("cut_log_odds_ratio", at(cut, treatment="new", cut="≤ well")),
        ]

    assert_calibrated(simulate, simulations=100, seed=2024)

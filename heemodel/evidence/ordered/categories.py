"""Ordered categories such as the modified Rankin Scale by treatment, over one or several trials: cumulative logits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.evidence.networks.data import no_spread
from heemodel.evidence.ordered.data import Odds, connected, in_order, read_counts
from heemodel.evidence.specification import EvidenceError, EvidenceModel

if TYPE_CHECKING:
    import pymc as pm

Effects = Literal["fixed", "random"]
Integers = NDArray[np.int64]


def ordered_categories(
    counts: pd.DataFrame,
    *,
    categories: Sequence[str | int],
    reference: str,
    effects: Effects = "fixed",
    odds: Odds = "proportional",
    baseline: str | None = None,
    baseline_prior: float = 0.5,
    effect_prior: tuple[float, float] = (0.0, 10.0),
    between_study_prior: float = 1.0,
    departure_prior: float = 0.25,
) -> EvidenceModel:
    """Cumulative logit model of ordered categories by treatment; **a positive effect is a better outcome**.

    For arm k of trial i with treatment t_ik, whose first arm is k = 1, and categories c = 1 … C from best to worst:

        (n_ik1 … n_ikC) ~ Multinomial(n_ik, p_ik),   logit P(Y ≤ c) = α_ic + δ_ik + γ_ikc,   c < C
        α_ic = logit(π_i1 + … + π_ic),               π_i ~ Dirichlet(a, …, a), the shares in the trial's first arm

    with δ_i1 = 0 and, for k > 1, δ_ik ~ Normal(d[t_ik] − d[t_i1], τ), correlated ½ within a trial of several arms;
    fixed effects have τ = 0. d[reference] = 0, and exp(d) is the common odds ratio of being in a category at least as
    good, whichever the cut. Proportional odds have γ = 0. Partial ones stretch the distances between cutpoints:

        α_c + γ_c − α_{c−1} − γ_{c−1} = (α_c − α_{c−1}) exp(θ[t_ik]_c − θ[t_i1]_c),   Σ_c γ_c = 0,   θ ~ Normal(0, s)

    so that d is the mean of the log odds ratios over cuts, θ = 0 is proportional odds, and cutpoints never change
    order: every draw is a distribution. (Normal priors of the γ_c themselves would have to be cut off, at bounds that
    depend on every π_i, where cutpoints cross.)

    Parameters
    ----------
    counts : a row for each trial, arm and category, columns trial, treatment, category and count, where nobody was
        in a category too; optionally n, the arm's number of patients as reported, the same in its rows
    categories : all categories from best to worst
    reference : the treatment that all others are compared with; the first arm of a trial that has it
    effects : "fixed", the same in all trials, or "random" between them
    odds : "proportional", or "partial" to let odds ratios differ from cut to cut
    baseline : the population of `category_share`: a trial with an arm of the reference, whose π_i it is. By default
        all such trials, each as large as its arm of the reference: a mixture in which every trial's distribution is
        moved by itself
    baseline_prior : a, the same for all categories. It is worth aC patients in the first arm of each trial, spread
        evenly, which pulls d a little where trials are small; 0.5 is Jeffreys' prior, 1 uniform over distributions
    effect_prior : mean and standard deviation of the normal prior of d
    between_study_prior : scale of the half-normal prior of τ
    departure_prior : s; at 0.25, two thirds of distances between cutpoints are stretched by less than 28%

    Returns
    -------
    EvidenceModel with `log_odds_ratio` (treatment), d, 0 for the reference; `category_share` (treatment, category),
    the distribution under each treatment in the population of `baseline`, for the mean effect d; with random effects
    `between_study_sd`, τ; with partial odds `cut_log_odds_ratio` (treatment, cut), d + γ as averaged over that
    population's trials, and `stretch` (treatment, inner), θ. `move_categories` moves any other population by d and θ

    Raises
    ------
    EvidenceError
        with every problem of the table and its place: an unknown or missing category, trials of one arm, a treatment
        twice in a trial, counts below 0, trials that nothing connects, and so on

    Notes
    -----
    McCullagh 1980 (doi 10.1111/j.2517-6161.1980.tb01109.x), whose location-scale model is one θ for all distances;
    Peterson and Harrell 1990 (doi 10.2307/2347760) for partial proportional odds; NICE DSU Technical Support Document
    2 for random effects over a network. Merged categories cannot be split: leave out a trial that reports mRS 0–1
    as one, or merge the two in all trials, which proportional odds survive. Counts are never adjusted to n.

    Examples
    --------
    >>> counts = pd.DataFrame({
    ...     "trial": "A",
    ...     "treatment": ["old"] * 3 + ["new"] * 3,
    ...     "category": ["well", "ill", "dead"] * 2,
    ...     "count": [30, 45, 25, 50, 32, 18],
    ... })
    >>> model = ordered_categories(counts, categories=["well", "ill", "dead"], reference="old")
    >>> import heemodel as hm
    >>> draws = hm.fit(model, seed=1, draws=4_000).draw(1_000, seed=1)
    >>> bool((draws["log_odds_ratio"].sel(treatment="new") > 0).mean() > 0.95)
    True
    """
    for given, kind in ((effects, Effects), (odds, Odds)):
        if given not in get_args(kind):
            raise EvidenceError(f"{given!r}: {nearest(str(given), get_args(kind))}")
    priors: dict[str, tuple[float, ...]] = {"baseline": (baseline_prior,), "effect": effect_prior}
    priors |= {"between_study_sd": (between_study_prior,)} if effects == "random" else {}
    priors |= {"departure": (departure_prior,)} if odds == "partial" else {}
    for name, numbers in priors.items():
        if not (np.isfinite(numbers).all() and numbers[-1] > 0):
            raise EvidenceError(f"the prior of {name} is {numbers}; give finite numbers, the last above 0")
    ordered = in_order(categories, odds)
    found, cautions = read_counts(counts, ordered)
    trials = tuple(dict.fromkeys(trial for trial, _ in found))
    treatments = connected(found, trials, reference)
    arms = sorted(found, key=lambda arm: (trials.index(arm[0]), treatments.index(arm[1])))
    trial = np.array([trials.index(name) for name, _ in arms])
    treatment = np.array([treatments.index(name) for _, name in arms])
    first = np.searchsorted(trial, trial)
    table = np.array([[found[arm][category] for category in ordered] for arm in arms])
    coords = {"trial": trials, "arm": tuple(f"{name}: {given}" for name, given in arms), "treatment": treatments}
    coords |= {"comparison": treatments[1:], "category": ordered, "cut": tuple(f"≤ {name}" for name in ordered[:-1])}
    return EvidenceModel(
        name=f"ordered categories under {', '.join(treatments)}",
        recipe=_recipe,
        coords=coords | {"inner": ordered[1:-1]},
        data={
            "observed_counts": table,
            "patients": table.sum(axis=1),
            "trial_of_arm": trial,
            "first": first,
            "added": treatment,
            "taken": treatment[first],
            "weight": _weights(baseline, trials, trial[treatment == 0], table[treatment == 0].sum(axis=1)),
        },
        priors=priors,
        options={"effects": effects, "odds": odds},
        reported=("log_odds_ratio", "category_share", *(("between_study_sd",) if effects == "random" else ()))
        + (("cut_log_odds_ratio", "stretch") if odds == "partial" else ()),
        cautions=(
            *cautions,
            *_empty(table, ordered),
            *_alike(table, trial, trials, ordered),
            *(no_spread(len(trial) - len(trials), treatments[1:]) if effects == "random" else ()),
        ),
    )


def _weights(baseline: str | None, trials: tuple[str, ...], of: Integers, patients: Integers) -> NDArray[np.float64]:
    """Share of each trial in the population of `category_share`, from trial and patients of each reference arm."""
    weights = np.zeros(len(trials))
    weights[of] = patients
    known = [trials[place] for place in of]
    if baseline is not None and baseline not in known:
        raise EvidenceError(f"baseline {baseline!r} is no trial with the reference; {nearest(str(baseline), known)}")
    if baseline is not None:
        weights = np.where(np.array(trials) == baseline, 1.0, 0.0)
    return weights / weights.sum()


def _empty(table: Integers, categories: tuple[str, ...]) -> list[str]:
    """Categories that nobody was in."""
    return [
        f"nobody in any arm is in category {name!r}: its share rests on the prior"
        for name, total in zip(categories, table.sum(axis=0), strict=True)
        if not total
    ]


def _alike(table: Integers, trial: Integers, trials: tuple[str, ...], categories: tuple[str, ...]) -> list[str]:
    """Trials all of whose patients are in one category."""
    notices = []
    for place, name in enumerate(trials):
        (held,) = np.nonzero(table[trial == place].any(axis=0))
        if len(held) == 1:
            notices.append(
                f"everybody in trial {name!r} is in category {categories[held[0]]!r}: it says next to nothing about "
                "relative effects, and what other trials do not say rests on the priors"
            )
    return notices


def _recipe(evidence: EvidenceModel) -> pm.Model:
    """The PyMC model of `ordered_categories`."""
    import pymc as pm
    import pytensor.tensor as pt

    coords, priors, options = evidence.coords, evidence.priors, evidence.options
    partial = options["odds"] == "partial"
    with pm.Model(coords={dim: list(labels) for dim, labels in coords.items()}) as model:
        given = {name: pm.Data(name, values) for name, values in evidence.data.items()}
        concentration = np.full((len(coords["trial"]), len(coords["category"])), priors["baseline"][0])
        baseline = pm.Dirichlet("baseline_share", concentration, dims=("trial", "category"))
        effects = pt.concatenate([[0.0], pm.Normal("effect", *priors["effect"], dims="comparison")])
        relative = effects[given["added"]] - effects[given["taken"]]
        if options["effects"] == "random":
            between = pm.HalfNormal("between_study_sd", *priors["between_study_sd"])
            deviation = pm.Normal("deviation", dims="arm")
            # Independent τ/√2 in every arm: differences within a trial have variance τ² and correlation ½.
            relative += between * np.sqrt(0.5) * (deviation - deviation[given["first"]])
        stretch = relative_stretch = None
        if partial:
            raw = pm.Normal("departure", dims=("comparison", "inner"))
            stretch = pt.concatenate([pt.zeros((1, len(coords["inner"]))), priors["departure"][0] * raw])
            relative_stretch = stretch[given["added"]] - stretch[given["taken"]]
        shares, _ = _moved(baseline[given["trial_of_arm"]], relative[:, None], relative_stretch)
        pm.Multinomial("counts", given["patients"], shares, observed=given["observed_counts"], dims=("arm", "category"))
        pm.Deterministic("log_odds_ratio", effects, dims="treatment")
        everywhere, moves = _moved(baseline[:, None, :], effects[None, :, None], stretch)
        weight = given["weight"][:, None, None]
        pm.Deterministic("category_share", (weight * everywhere).sum(axis=0), dims=("treatment", "category"))
        if partial:
            pm.Deterministic("cut_log_odds_ratio", (weight * moves).sum(axis=0), dims=("treatment", "cut"))
            pm.Deterministic("stretch", stretch, dims=("treatment", "inner"))
    return model


def _moved(shares: Any, effect: Any, stretch: Any | None) -> tuple[Any, Any]:
    """Shares of categories once cutpoints have moved by the effect and their distances are stretched; and the moves.

    With cutpoints a_c a distance g_c = a_c − a_{c−1} apart, p_c = (1 − exp(−g_c)) logistic(a_c) logistic(−a_{c−1}):
    a product, in which nothing cancels.
    """
    import pytensor.tensor as pt

    best = pt.cumsum(shares, axis=-1)[..., :-1]
    worst = pt.cumsum(shares[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    distance = pt.log1p(shares[..., 1:-1] / (best[..., :-1] * worst[..., 1:]))
    move = effect
    if stretch is not None:
        stretched = distance * pt.exp(stretch)
        grown = pt.cumsum(stretched - distance, axis=-1)
        grown = pt.concatenate([pt.zeros_like(grown[..., :1]), grown], axis=-1)
        move, distance = effect + grown - grown.mean(axis=-1, keepdims=True), stretched
    cut = pt.log(best) - pt.log(worst) + move
    at_least, worse = pt.sigmoid(cut), pt.sigmoid(-cut)
    between = -pt.expm1(-distance) * at_least[..., 1:] * worse[..., :-1]
    return pt.concatenate([at_least[..., :1], between, worse[..., -1:]], axis=-1), move

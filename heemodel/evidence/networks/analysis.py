"""Meta-analysis of two treatments or a network of many: relative effects from arms or contrasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.evidence.means import chained
from heemodel.evidence.networks.data import (
    Floats,
    Integers,
    Model,
    Outcome,
    Trials,
    covariate_by_study,
    no_spread,
    read_trials,
)
from heemodel.evidence.specification import EvidenceError, EvidenceModel

if TYPE_CHECKING:
    import pymc as pm

Effects = Literal["random", "fixed"]
Link = Literal["logit", "cloglog", "log", "identity"]
Interaction = Literal["common", "separate"]

LINKS: dict[str, tuple[Link, ...]] = {
    "binary": ("logit", "cloglog"),
    "rate": ("log",),
    "continuous": ("identity",),
    "contrast": ("identity",),
}
"""Links of each outcome, the usual one first."""
UNLIKELY = 3.0
"""Outcomes that are more than so many standard deviations from the middle of their prior are pointed out."""


def network_meta_analysis(
    trials: pd.DataFrame,
    *,
    outcome: Outcome,
    effects: Effects,
    reference: str,
    link: Link | None = None,
    model: Model = "consistency",
    covariate: str | None = None,
    interaction: Interaction = "common",
    baseline_prior: tuple[float, float] = (0.0, 10.0),
    effect_prior: tuple[float, float] = (0.0, 10.0),
    between_study_prior: float = 1.0,
) -> EvidenceModel:
    """Bayesian meta-analysis of a network of treatments; with two treatments, a pairwise one.

    For arm k of study i with treatment t_ik, whose first arm is k = 1:

        binary      events_ik ~ Binomial(n_ik, p_ik),        link(p_ik) = μ_i + δ_ik   (cloglog: + ln years_ik)
        rate        events_ik ~ Poisson(exposure_ik λ_ik),   ln λ_ik = μ_i + δ_ik
        continuous  mean_ik   ~ Normal(μ_i + δ_ik, se_ik)
        contrast    effect_ik ~ Normal(δ_ik, se_ik),         correlated within a study through its first arm

    with δ_i1 = 0 and, for k > 1, δ_ik ~ Normal(d[t_ik] − d[t_i1], τ), correlated ½ within a study of several arms;
    fixed effects have τ = 0. d[reference] = 0.

    Parameters
    ----------
    trials : a row for each arm, columns study, treatment and, by outcome, events and n (and years, the follow-up, for
        cloglog) | events and exposure (person-time) | mean and se or, where that is empty, sd and n | effect and se,
        where the effect is that against the study's arm with an empty effect, and in studies of three or more arms the
        se of that arm is the standard error of its own outcome
    outcome : what was measured; effects are log odds ratios ("logit"), log hazard ratios ("cloglog"), log rate ratios,
        differences of means, or whatever the contrasts are
    effects : "random" between studies, or "fixed"
    reference : the treatment that all others are compared with
    link : another link than the outcome's usual one
    model : "unrelated means" gives each pair of treatments that studies compare directly an effect of its own
        (`direct_effect`): where they differ from the differences of consistent effects, the network is inconsistent
    covariate : a column, the same in all arms of a study, for meta-regression: d[k] gains β[k] (x_i − x̄), and
        `relative_effect` is that at the mean x̄ over studies
    interaction : "common": one β for all treatments but the reference; "separate": one each
    baseline_prior, effect_prior : mean and standard deviation of the normal priors of μ_i, and of d and β
    between_study_prior : scale of the half-normal prior of τ. The defaults suit log scales; outcomes in other units
        need priors in those units

    Returns
    -------
    EvidenceModel with `relative_effect` (treatment), 0 for the reference; with random effects `between_study_sd` and
    `predicted_effect` (treatment), the effects to expect in a new study or setting; `interaction` with a covariate

    Raises
    ------
    EvidenceError
        with every problem of the table and its place: studies of one arm, a treatment twice in a study, more events
        than people, a network in parts, and so on

    Notes
    -----
    NICE DSU Technical Support Documents 2 (models), 3 (meta-regression) and 4 (inconsistency), Dias et al. 2011–2013.
    The random effects are written in non-centred form.

    Examples
    --------
    >>> arms = pd.DataFrame({
    ...     "study": ["A", "A", "B", "B", "C", "C"],
    ...     "treatment": ["old", "new", "old", "new", "new", "newest"],
    ...     "events": [15, 8, 20, 12, 9, 7],
    ...     "n": [100, 100, 150, 140, 120, 125],
    ... })
    >>> network = network_meta_analysis(arms, outcome="binary", effects="fixed", reference="old")
    >>> import heemodel as hm
    >>> draws = hm.fit(network, seed=1, draws=4_000).draw(1_000, seed=1)
    >>> bool((draws["relative_effect"].sel(treatment="new") < 0).mean() > 0.9)
    True
    """
    for given, kind in ((effects, Effects), (model, Model), (interaction, Interaction)):
        if given not in get_args(kind):
            raise EvidenceError(f"{given!r}: {nearest(str(given), get_args(kind))}")
    priors = {"baseline": baseline_prior, "effect": effect_prior, "between_study_sd": (between_study_prior,)}
    for name, numbers in priors.items():
        if not (np.isfinite(numbers).all() and numbers[-1] > 0):
            raise EvidenceError(f"the prior of {name} is {numbers}; give finite numbers, with a spread above 0")
    found = read_trials(trials, outcome, reference)
    names, added, taken = found.comparisons(model)
    arms = tuple(
        f"{found.studies[s]}: {found.treatments[t]}" for s, t in zip(found.study, found.treatment, strict=True)
    )
    coords = {"treatment": found.treatments, "comparison": names, "study": found.studies, "arm": arms}
    data: dict[str, NDArray[np.generic]] = {"study_of_arm": found.study, "first": found.base}
    data |= {"added": added, "taken": taken}
    data |= {f"observed_{name}": values for name, values in found.observed.items()}
    if outcome == "contrast":
        coords["contrast"] = tuple(arms[place] for place in found.relative)
        data |= _conditional(found)
    cautions = [*found.cautions, *_unlikely(found, outcome, priors)]
    if effects == "random":
        cautions += no_spread(len(found.relative), names)
    if covariate is not None:
        if model != "consistency":
            raise EvidenceError("a covariate goes with model 'consistency'; leave one of them out")
        by_study = covariate_by_study(trials, covariate, found.studies)
        if np.ptp(by_study) == 0:
            cautions.append(f"{covariate} is {by_study[0]:g} in every study: interaction rests on its prior")
        coords["moderated"] = ("all",) if interaction == "common" else names
        data |= _moderation((by_study - by_study.mean())[found.study], added, taken, interaction)
    return EvidenceModel(
        name=f"network meta-analysis of {', '.join(found.treatments)}",
        recipe=_recipe,
        coords=coords,
        data=data,
        priors=priors,
        options={"outcome": outcome, "link": _link(link, outcome, found), "effects": effects, "model": model},
        reported=_reported(effects, model, covariate),
        cautions=tuple(cautions),
    )


def _link(link: Link | None, outcome: Outcome, trials: Trials) -> Link:
    """The link, the outcome's usual one if none is given."""
    link = link or LINKS[outcome][0]
    if link not in LINKS[outcome]:
        raise EvidenceError(f"link {link!r} of outcome {outcome!r}: {nearest(str(link), LINKS[outcome])}")
    if link == "cloglog" and "years" not in trials.observed:
        raise EvidenceError("link 'cloglog' needs a column 'years', the follow-up of each arm")
    return link


def _unlikely(trials: Trials, outcome: Outcome, priors: dict[str, tuple[float, ...]]) -> list[str]:
    """Outcomes on their own scale for which a prior seems meant for another one, with the one furthest out of each."""
    if outcome not in {"continuous", "contrast"}:
        return []
    values = trials.observed["mean" if outcome == "continuous" else "effect"].astype(float)
    found = {"effect": (values - values[trials.base])[trials.relative]}
    rows = {"effect": trials.relative}
    if outcome == "continuous":
        found["baseline"], rows["baseline"] = values, np.arange(len(values))
    notices = []
    for name, numbers in found.items():
        centre, sd = priors[name]
        away = np.abs(numbers - centre) / sd
        if away.max() > UNLIKELY:
            row = rows[name][np.argmax(away)]
            notices.append(
                f"study {trials.studies[trials.study[row]]!r}, treatment {trials.treatments[trials.treatment[row]]!r}: "
                f"{numbers[np.argmax(away)]:,.4g} is {away.max():,.0f} standard deviations from the middle of the "
                f"prior of {name}, which draws it there; give {name}_prior in the units of the outcome"
            )
    return notices


def _reported(effects: Effects, model: Model, covariate: str | None) -> tuple[str, ...]:
    """What is of use outside the model."""
    names = ["relative_effect" if model == "consistency" else "direct_effect"]
    if effects == "random":
        names += ["between_study_sd", *(["predicted_effect"] if model == "consistency" else [])]
    return (*names, *(["interaction"] if covariate else []))


def _moderation(
    centred: Floats, added: Integers, taken: Integers, interaction: Interaction
) -> dict[str, NDArray[np.generic]]:
    """The centred covariate of each arm, and which slope it is multiplied by, as effects are added and taken away."""
    if interaction == "common":
        added, taken = np.minimum(added, 1), np.minimum(taken, 1)
    return {"centred": centred, "slope_added": added, "slope_taken": taken}


def _conditional(trials: Trials) -> dict[str, NDArray[np.generic]]:
    """Contrasts of a study, which are correlated through its first arm, as a chain of independent ones."""
    relative, se = trials.relative, trials.observed["se"].astype(float)
    of = trials.study[relative]
    shared = np.where(of[:, None] == of, se[trials.base[relative]][:, None] ** 2, 0.0)
    np.fill_diagonal(shared, se[relative] ** 2)
    chain, spread = chained(shared)
    return {"chain": chain, "chain_se": spread, "relative": relative}


def _recipe(evidence: EvidenceModel) -> pm.Model:
    """The PyMC model of `network_meta_analysis`."""
    import pymc as pm
    import pytensor.tensor as pt

    coords, priors, options = evidence.coords, evidence.priors, evidence.options
    consistent, random = options["model"] == "consistency", options["effects"] == "random"
    with pm.Model(coords={dim: list(labels) for dim, labels in coords.items()}) as model:
        given = {name: pm.Data(name, values) for name, values in evidence.data.items()}
        effect = pm.Normal("effect", *priors["effect"], dims="comparison")
        effects = pt.concatenate([[0.0], effect])
        relative = effects[given["added"]] - effects[given["taken"]]
        if "centred" in given:
            slopes = pt.concatenate([[0.0], pm.Normal("interaction", *priors["effect"], dims="moderated")])
            relative += given["centred"] * (slopes[given["slope_added"]] - slopes[given["slope_taken"]])
        if random:
            between = pm.HalfNormal("between_study_sd", *priors["between_study_sd"])
            deviation = pm.Normal("deviation", dims="arm")
            # Independent τ/√2 in every arm: differences within a study have variance τ² and correlation ½.
            relative += between * np.sqrt(0.5) * (deviation - deviation[given["first"]])
        if consistent:
            pm.Deterministic("relative_effect", effects, dims="treatment")
        else:
            pm.Deterministic("direct_effect", effect, dims="comparison")
        if consistent and random:
            new = pm.Normal("new_deviation", dims="treatment")
            pm.Deterministic("predicted_effect", effects + between * np.sqrt(0.5) * (new - new[0]), dims="treatment")
        if options["outcome"] == "contrast":
            mean, seen = relative[given["relative"]], given["observed_effect"][given["relative"]]
            mean += (given["chain"] * (seen - mean)).sum(axis=1)
            pm.Normal("contrasts", mean, given["chain_se"], observed=seen, dims="contrast")
            return model
        predictor = pm.Normal("baseline", *priors["baseline"], dims="study")[given["study_of_arm"]] + relative
        match options["outcome"], options["link"]:
            case "binary", "logit":
                pm.Binomial(
                    "events", given["observed_n"], logit_p=predictor, observed=given["observed_events"], dims="arm"
                )
            case "binary", _:
                hazard = pt.exp(predictor) * given["observed_years"]
                log_odds = hazard + pt.log1mexp(-hazard)  # of 1 − exp(−hazard), which may be 1 as far as numbers go
                pm.Binomial(
                    "events", given["observed_n"], logit_p=log_odds, observed=given["observed_events"], dims="arm"
                )
            case "rate", _:
                expected = given["observed_exposure"] * pt.exp(predictor)
                pm.Poisson("events", expected, observed=given["observed_events"], dims="arm")
            case _:
                pm.Normal("means", predictor, given["observed_se"], observed=given["observed_mean"], dims="arm")
    return model

"""The gate that refuses a posterior that has not converged, and advice that fits what was found."""

from __future__ import annotations

import pandas as pd

from heemodel.errors import HeemodelError
from heemodel.evidence.posterior import Posterior, flat

MAX_RHAT = 1.01
MIN_ESS = 400

CONFLICT = 0.99
"""A posterior mean outside this part of the prior draws is in conflict with the prior."""
TIGHT = 0.01
"""A posterior whose standard deviation is below this part of the prior's is pinned down by the data."""
DRAWN = ["chain", "draw"]

AT_AN_END = 0.9
"""Divergences lie at an end of a variable if this part of all draws is beyond their median."""


class ConvergenceError(HeemodelError):
    """A posterior that has not converged."""


def complaints(posterior: Posterior) -> tuple[str, ...]:
    """Why the posterior cannot be used, with advice; empty if it has converged.

    The gate: R-hat ≤ 1.01 and bulk and tail effective sample size ≥ 400 for every scalar, and no divergences
    (Vehtari et al. 2021, doi 10.1214/20-BA1221).
    """
    found = []
    table = posterior.diagnostics()
    poor = ~((table["rhat"] <= MAX_RHAT) & (table[["ess_bulk", "ess_tail"]].min(axis=1) >= MIN_ESS))
    cures = _against_prior(posterior) if poor.any() else {}
    for row in table[poor].itertuples():
        if not row.rhat <= MAX_RHAT:
            cure = cures.get(row.parameter, "sample longer")
            found.append(f"{row.parameter}: R-hat {row.rhat:.3f} above {MAX_RHAT}; the chains disagree; {cure}")
        if not min(row.ess_bulk, row.ess_tail) >= MIN_ESS:
            ess, cure = min(row.ess_bulk, row.ess_tail), cures.get(row.parameter, "ask for more draws")
            found.append(f"{row.parameter}: effective sample size {ess:.0f} below {MIN_ESS}; {cure}")
    if count := posterior.divergences():
        found.append(f"{count} divergent transitions{_where_divergent(posterior, table['parameter'])}")
    return tuple(found)


def _against_prior(posterior: Posterior) -> dict[str, str]:
    """For scalars whose posterior is far from their prior, or far narrower: what helps."""
    if "prior" not in posterior.data:
        return {}
    prior, drawn = posterior.data["prior"].to_dataset(), posterior.data["posterior"].to_dataset()
    low, high = (flat(prior.quantile(q, DRAWN)) for q in ((1 - CONFLICT) / 2, (1 + CONFLICT) / 2))
    mean, narrower = flat(drawn.mean(DRAWN)), flat(drawn.std(DRAWN) / prior.std(DRAWN)) < TIGHT
    cures = dict.fromkeys(
        narrower.index[narrower],
        "the data pin it down to less than a hundredth of its prior: narrow the prior, or write what hangs on it in "
        "centred form",
    )
    return cures | {
        name: f"the data put it at {value:.3g}, outside 99% of its prior: look whether a figure or a unit is wrong, or "
        "widen the prior"
        for name, value in mean.items()
        if name in low and not low[name] <= value <= high[name]
    }


def _where_divergent(posterior: Posterior, parameters: pd.Series) -> str:
    """The end of which variable the divergent transitions lie at, and what helps there."""
    drawn = posterior.data["posterior"].to_dataset()
    diverging = posterior.data["sample_stats"]["diverging"].astype(bool)
    beyond = flat((drawn > drawn.where(diverging).median(DRAWN)).mean(DRAWN))[parameters]
    small, large = beyond.max(), 1 - beyond.min()
    if max(small, large) < AT_AN_END:
        return "; tighten the priors, or give the model a target_accept nearer to 1 (dataclasses.replace)"
    end, name = ("small", beyond.idxmax()) if small >= large else ("large", beyond.idxmin())
    return (
        f", most of them where {name} is {end}; give it a prior that leaves out what makes no sense there, or write "
        "what it scales in the other form: non-centred where the data say little, centred where they say much"
    )

"""Death in hospital, length of stay and discharge home, by strategy, from published summaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.evidence.specification import EvidenceError, EvidenceModel
from heemodel.evidence.stays import observe_stays, read_stays, stays_table
from heemodel.evidence.tables import Table, refuse

if TYPE_CHECKING:
    import pymc as pm

UNIFORM = (1.0, 1.0)
STEPS = (0.95, 0.99)
"""What steps were tuned to when the first figures were published; others would move them by their Monte Carlo error."""


def inpatient_episode(
    *,
    deaths: pd.DataFrame,
    stays: pd.DataFrame,
    home: pd.DataFrame,
    mortality_prior: tuple[float, float] = UNIFORM,
    home_prior: tuple[float, float] = UNIFORM,
    mean_stay_prior: tuple[float, float] = (30.0, 1.0),
    stay_variation_prior: tuple[float, float] = (1.1, 0.2),
) -> EvidenceModel:
    """Joint model of an inpatient episode under each strategy s, from summary tables.

        deaths_s       ~ Binomial(n_s, mortality_s)                  mortality_s  ~ Beta(a, b)
        home_s         ~ Binomial(alive_s, home_share_s)             home_share_s ~ Beta(a, b)
        mean of stays  ~ Gamma(mean m_s, sd m_s · v_s / √n_s)        m_s ~ LogNormal, v_s ~ LogNormal
        their sd/mean  ~ LogNormal(log v_s − (1 + 2v_s²)/2n_s, √((1 + v_s²)/2n_s))

    Individual stays are taken as gamma with mean m and coefficient of variation v; the mean of n of them is then
    exactly gamma with shape n / v². A mean published without its spread leaves v to its prior, which therefore
    sets how sure the mean is; one published with it speaks for v itself. Quartiles, in place of mean and standard
    deviation, are order statistics of gamma stays.

    Parameters
    ----------
    deaths : columns strategy, events, n; deaths among n patients
    stays : columns strategy and n, and mean, with sd where it is known, or q1, median and q3; stays in days of n
        patients
    home : columns strategy, events, n; discharged home among n who left alive
    mortality_prior, home_prior : the Beta prior's two shapes; (1, 1) is uniform
    mean_stay_prior : median in days and standard deviation of the logarithm of the mean stay
    stay_variation_prior : median and standard deviation of the logarithm of the coefficient of variation of
        individual stays

    Returns
    -------
    EvidenceModel with variables mortality, home_share (shares), mean_stay (days) and stay_variation, each with
    dimension `strategy`

    Raises
    ------
    EvidenceError
        if a table lacks a column or a strategy, or holds an impossible count or mean

    Notes
    -----
    The mean of n independent Gamma(k, θ) stays is Gamma(nk, θ/n). Outcomes are independent given the parameters:
    published summaries do not say whether those who died stayed shorter.

    Of gamma stays the ratio of standard deviation to mean is independent of the mean (Basu's theorem), so the two
    speak for v and m one after the other. Centre and spread of its logarithm are those of the delta method. In samples
    of 130 with v = 0.93 they are right to 0.001 and 4%; of 25 patients with v = 1.1 the spread is 19% too wide, so that
    few patients say less of v than they could.

    Examples
    --------
    >>> table = pd.DataFrame({"strategy": ["old", "new"], "events": [40, 60], "n": [100, 350]})
    >>> stays = pd.DataFrame({"strategy": ["old", "new"], "mean": [90.0, 14.0], "n": [100, 350]})
    >>> model = inpatient_episode(deaths=table, stays=stays, home=table)
    >>> model.central["mean_stay"].sel(strategy="new").item()
    14.0
    """
    priors = {
        "mortality": mortality_prior,
        "home_share": home_prior,
        "mean_stay": mean_stay_prior,
        "stay_variation": stay_variation_prior,
    }
    for name, numbers in priors.items():
        if not (np.isfinite(numbers).all() and min(numbers) > 0):
            raise EvidenceError(f"the prior of {name} is {numbers}; both numbers must be above 0 and finite")
    given = {
        "deaths": Table(deaths, "deaths", keys=("strategy",), columns=("events", "n")),
        "home": Table(home, "home", keys=("strategy",), columns=("events", "n")),
        "stays": stays_table(stays),
    }
    strategies = given["deaths"].names("strategy")
    orders = {name: _order(table, strategies) for name, table in given.items()}
    dead, patients = (column[orders["deaths"]] for column in given["deaths"].events())
    gone_home, alive = (column[orders["home"]] for column in given["home"].events())
    published = read_stays(given["stays"], orders["stays"], stay_variation_prior[0])
    refuse(*given.values())
    central = {"mortality": dead / patients, "home_share": gone_home / alive}
    central |= {"mean_stay": published.mean, "stay_variation": published.variation}
    return EvidenceModel(
        name="inpatient episode",
        recipe=_recipe,
        coords={"strategy": strategies, **published.coords},
        data={
            "deaths_observed": dead,
            "patients": patients,
            "home_observed": gone_home,
            "alive": alive,
            **published.data,
        },
        priors=priors,
        central=xr.Dataset(
            {name: ("strategy", values) for name, values in central.items()}, coords={"strategy": list(strategies)}
        ),
        target_accept=STEPS,
        cautions=tuple(
            f"{strategy}: destinations are given for {left:,} who left alive, but only {seen - died:,} of {seen:,} "
            "patients did; if both count the same patients, one of them is wrong"
            for strategy, left, seen, died in zip(strategies, alive, patients, dead, strict=True)
            if left > seen - died
        ),
    )


def _recipe(evidence: EvidenceModel) -> pm.Model:
    """The PyMC model of `inpatient_episode`."""
    import pymc as pm

    priors = evidence.priors
    with pm.Model(coords={dim: list(labels) for dim, labels in evidence.coords.items()}) as model:
        observed = {name: pm.Data(name, values) for name, values in evidence.data.items()}
        mortality = pm.Beta("mortality", *priors["mortality"], dims="strategy")
        home_share = pm.Beta("home_share", *priors["home_share"], dims="strategy")
        median, log_sd = priors["mean_stay"]
        mean_stay = pm.LogNormal("mean_stay", np.log(median), log_sd, dims="strategy")
        median, log_sd = priors["stay_variation"]
        variation = pm.LogNormal("stay_variation", np.log(median), log_sd, dims="strategy")
        pm.Binomial("deaths", observed["patients"], mortality, observed=observed["deaths_observed"], dims="strategy")
        pm.Binomial(
            "discharged_home", observed["alive"], home_share, observed=observed["home_observed"], dims="strategy"
        )
        observe_stays(observed, mean_stay, variation, dict(evidence.coords))
    return model


def _order(table: Table, strategies: tuple[str, ...]) -> NDArray[np.int64]:
    """The rows of a table in the order of strategies, each of which it must have once."""
    found = table.labels["strategy"]
    if len(set(found)) != len(found):
        raise EvidenceError(f"table {table.name!r} names a strategy twice: {', '.join(found)}; pool or drop a row")
    if set(found) != set(strategies):
        raise EvidenceError(f"table {table.name!r} is about {', '.join(found)}, not {', '.join(strategies)}")
    return np.argsort(table.codes("strategy", strategies))

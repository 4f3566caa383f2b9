"""Mean costs of states or strategies, from published means, individual costs, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.evidence.means import (
    Floats,
    Integers,
    Sources,
    alike,
    joined,
    means_of_patients,
    numbered,
    refuse_certain,
    standard_errors,
    tables,
)
from heemodel.evidence.specification import EvidenceError, EvidenceModel
from heemodel.evidence.tables import Table, refuse

if TYPE_CHECKING:
    import pymc as pm

Family = Literal["gamma", "lognormal"]

UNSURE = 1 / 3
"""A standard error above this part of the mean leaves much of the upper tail to the prior."""


def mean_costs(
    table: pd.DataFrame | None = None,
    *,
    by: str,
    patients: pd.DataFrame | None = None,
    family: Family = "gamma",
    prior: tuple[float, float] = (1_000.0, 3.0),
    variation_prior: tuple[float, float] = (1.0, 1.0),
    zero_prior: tuple[float, float] = (1.0, 1.0),
) -> EvidenceModel:
    """Mean cost in each group, such as each state or strategy.

    Source r reports a mean for group g(r), with standard error se_r; patient i of group g(i) has cost_i. Where some
    patients cost nothing, the others' mean is μ⁺ = mean_cost / (1 − zero_share), and otherwise mean_cost itself:

        mean_r        ~ family(mean_cost[g(r)], variation se_r / mean_r)
        zeros_g       ~ Binomial(patients_g, zero_share[g])
        cost_i, if >0 ~ family(μ⁺[g(i)], variation v[g(i)])
        mean_cost ~ LogNormal,   v ~ LogNormal,   zero_share ~ Beta

    where family(m, variation v) has mean m and standard deviation v m: the gamma of shape 1/v², or the log-normal whose
    logarithm has variance ln(1 + v²). Costs spread in proportion to their mean, so it is the relative standard error
    that is taken from a source; several sources of one group measure the same mean (fixed effect).

    Parameters
    ----------
    table : a row for each source, columns `by`, mean (above 0, zero costs included) and se or, where that is empty, sd
        and n (2 or more): se = sd/√n, taken as known. Rows may have both where they agree to 5%
    by : the column that names the groups; it becomes the dimension of `mean_cost`
    patients : a row for each patient, columns `by` and cost, all of which a patient cost over the same time; with a
        column patient nobody may be in a group twice. Each group needs two costs above 0 that differ
    family : of the means that sources report, as of costs above 0. The log-normal's tail is heavier
    prior : median of the mean cost, in the costs' currency, and standard deviation of its logarithm. The default says
        next to nothing: between 3 and 360,000 with 95% probability, whatever the currency. Costs of another scale need
        another median
    variation_prior : median and standard deviation of the logarithm of v, the coefficient of variation of costs above 0
    zero_prior : the two shapes of the beta prior of the share without cost; (1, 1) is uniform. It matters only if some
        patient of any group has cost 0: otherwise all cost something, by assumption

    Returns
    -------
    EvidenceModel with `mean_cost` (by), in the costs' currency. `central` weighs means by the square of mean over
    standard error

    Raises
    ------
    EvidenceError
        with every problem of the tables and its place

    Notes
    -----
    For gamma costs of known variation, the mean of n is exactly gamma with variation v/√n. To take standard errors
    themselves as fixed would give cheap sources too much weight, and posteriors a tail to the left. Gamma, log-normal
    and two-part models of costs: Mihaylova et al. 2011, doi 10.1002/hec.1653. The prior of a log-normal's mean is on
    the mean itself, so that the posterior has moments, which others lack: Fabrizi and Trivisano 2012, doi
    10.1214/12-BA733. Costs of one patient in several groups are taken as independent.

    Examples
    --------
    >>> import heemodel as hm
    >>> costs = pd.DataFrame({"state": ["well", "ill"], "mean": [800.0, 5_200.0], "se": [60.0, 410.0]})
    >>> draws = hm.fit(mean_costs(costs, by="state"), seed=1, draws=4_000).draw(4_000, seed=1)
    >>> bool(abs(draws["mean_cost"].sel(state="well").mean() - 800) < 10)
    True
    """
    _refuse_options(family, {"mean_cost": prior, "variation": variation_prior, "zero_share": zero_prior})
    published, individual = tables(table, patients, by=by, name="costs", value="cost")
    given = [part for part in (published, individual) if part is not None]
    mean = np.empty(0) if published is None else published.numbers("mean", above=0)
    se = np.empty(0) if published is None else standard_errors(published)
    if published is not None:
        refuse_certain(published, se, mean)
    cost = np.empty(0) if individual is None else _costs_of_patients(individual, by)
    refuse(*given)
    groups = tuple(dict.fromkeys(name for part in given for name in part.names(by)))
    sources: list[Sources] = []
    coords: dict[str, tuple[str, ...]] = {by: groups}
    data: dict[str, NDArray[np.generic]] = {}
    if published is not None:
        of = published.codes(by, groups)
        sources.append(Sources(of, mean, np.diag(se**2)))
        coords["row"] = numbered(groups, of)
        data |= {"group_of_row": of, "mean_observed": mean, "relative_se": se / mean}
    if individual is not None:
        of = individual.codes(by, groups)
        sources.append(means_of_patients(of, cost, np.arange(len(cost))))
        sampled, paid = sources[-1].group, cost > 0
        coords["sampled"] = tuple(groups[g] for g in sampled)
        coords["patient"] = tuple(np.array(numbered(groups, of))[paid].tolist())
        data |= _patient_data(of, sampled, cost)
    observed = joined(*sources)
    return EvidenceModel(
        name="mean costs",
        recipe=_recipe,
        coords=coords,
        data=data,
        priors={"mean_cost": prior, "variation": variation_prior, "zero_share": zero_prior},
        central=_central(by, groups, observed),
        options={"family": family, "by": by, "zeros": str(bool((cost == 0).any()))},
        reported=("mean_cost",),
        cautions=(*observed.disagreements(by, groups), *_unsure(by, groups, observed), *_in_several(individual, by)),
    )


def _refuse_options(family: Family, priors: dict[str, tuple[float, float]]) -> None:
    """Refuse a family that is unknown, and priors that are none."""
    if family not in get_args(Family):
        raise EvidenceError(f"family {family!r}: {nearest(str(family), get_args(Family))}")
    for name, numbers in priors.items():
        if not (np.shape(numbers) == (2,) and np.isfinite(numbers).all() and min(numbers) > 0):
            raise EvidenceError(f"the prior of {name} is {numbers}; give two finite numbers above 0")


def _costs_of_patients(table: Table, by: str) -> Floats:
    """What each patient cost; groups whose costs do not tell their spread are noted."""
    cost = table.numbers("cost", least=0)
    if "patient" in table:
        table.unique(by, "patient", cure="add the costs up, or give another patient another name")
    of = table.codes(by, table.names(by))
    for place, group in enumerate(table.names(by)):
        found = cost[of == place]
        if np.isfinite(found).all() and alike(found[found > 0]):
            table.problems.append(
                f"table {table.name!r}, {by} {group!r}: {(found > 0).sum()} of {len(found)} costs above 0, and "
                "no two that differ by more than rounding; give more patients, or a published mean and se"
            )
    return cost


def _patient_data(of: Integers, sampled: Integers, cost: Floats) -> dict[str, NDArray[np.generic]]:
    """Costs above 0, and how many of whom had none, by group that has patients."""
    sample, paid = np.searchsorted(sampled, of), cost > 0
    return {
        "group_of_sample": sampled,
        "sample_of_patient": sample[paid],
        "cost_observed": cost[paid],
        "people": np.bincount(sample),
        "zeros_observed": np.bincount(sample, weights=~paid).astype(int),
    }


def _central(by: str, groups: tuple[str, ...], observed: Sources) -> xr.Dataset:
    """Means of sources, weighed by the inverse square of their relative standard errors."""
    weight = (observed.mean / observed.se) ** 2
    average = np.bincount(observed.group, weights=weight * observed.mean) / np.bincount(observed.group, weights=weight)
    return xr.Dataset({"mean_cost": (by, average)}, coords={by: list(groups)})


def _unsure(by: str, groups: tuple[str, ...], observed: Sources) -> list[str]:
    """Groups whose sources together leave the upper tail of the mean to the prior."""
    weight = np.bincount(observed.group, weights=(observed.mean / observed.se) ** 2)
    return [
        f"{by} {groups[place]!r}: the standard error is {weight[place] ** -0.5:.0%} of the mean, so that family and "
        "prior shape the upper tail, and draws have a higher mean; vary both"
        for place in np.flatnonzero(weight < UNSURE**-2)
    ]


def _in_several(table: Table | None, by: str) -> list[str]:
    """Whether patients are in several groups, whose costs are then correlated."""
    if table is None or "patient" not in table or len(set(table.labels["patient"])) == len(table.frame):
        return []
    return [f"patients have costs in several groups of {by!r}, which are taken as independent"]


def _recipe(evidence: EvidenceModel) -> pm.Model:
    """The PyMC model of `mean_costs`."""
    import pymc as pm

    priors, options = evidence.priors, evidence.options
    with pm.Model(coords={dim: list(labels) for dim, labels in evidence.coords.items()}) as model:
        given = {name: pm.Data(name, values) for name, values in evidence.data.items()}
        median, log_sd = priors["mean_cost"]
        mean = pm.LogNormal("mean_cost", np.log(median), log_sd, dims=options["by"])
        if "row" in evidence.coords:
            expected, relative_se = mean[given["group_of_row"]], given["relative_se"]
            _observe("means", options["family"], expected, relative_se, given["mean_observed"], dims="row")
        if "patient" in evidence.coords:
            median, log_sd = priors["variation"]
            variation = pm.LogNormal("variation", np.log(median), log_sd, dims="sampled")
            positive = mean[given["group_of_sample"]]
            if options["zeros"] == "True":
                share = pm.Beta("zero_share", *priors["zero_share"], dims="sampled")
                pm.Binomial("zeros", given["people"], share, observed=given["zeros_observed"], dims="sampled")
                positive /= 1 - share
            of = given["sample_of_patient"]
            _observe("costs", options["family"], positive[of], variation[of], given["cost_observed"], dims="patient")
    return model


def _observe(name: str, family: str, mean: Any, variation: Any, observed: Any, *, dims: str) -> None:
    """An observed variable of the family, by its mean and coefficient of variation."""
    import pymc as pm

    if family == "gamma":
        shape = variation**-2.0
        pm.Gamma(name, alpha=shape, beta=shape / mean, observed=observed, dims=dims)
    else:
        variance = pm.math.log1p(variation**2)
        pm.LogNormal(name, pm.math.log(mean) - variance / 2, pm.math.sqrt(variance), observed=observed, dims=dims)

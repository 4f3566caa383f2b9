"""Proportions of one or many groups, from events among people, with evidence that is discounted by a stated amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.evidence.specification import EvidenceError, EvidenceModel
from heemodel.evidence.tables import Table, refuse, refuse_reserved

if TYPE_CHECKING:
    import pymc as pm

Pooling = Literal["none", "partial"]

WELL_MEASURED = 20.0
"""Variance between groups over that of one group's measurement, from which its log-odds are sampled themselves."""


def proportions(
    table: pd.DataFrame,
    *,
    by: str,
    pooling: Pooling = "none",
    prior: tuple[float, float] = (1.0, 1.0),
    centre_prior: tuple[float, float] = (0.0, 1.5),
    between_group_prior: float = 1.0,
) -> EvidenceModel:
    """Share of people with an event in each group, such as each strategy, or before and after.

    Row r is about group g(r) and may carry a weight w_r and a possible bias of standard deviation s_r on the log-odds:

        events_r ~ Binomial(n_r, p_r)^w_r,   logit p_r = logit share[g(r)] + b_r,   b_r ~ Normal(0, s_r)

        pooling "none":     share[g] ~ Beta(prior)
        pooling "partial":  logit share[g] ~ Normal(centre, between_group_sd)

    A weight between 0 and 1 is a power prior: rows of weight ½ count as if half as many people had been seen. A bias
    leaves a large study uncertain, as weights do not: however many people it has, its log-odds is known to s_r at best.
    Both are judgements, to be varied.

    Parameters
    ----------
    table : a row for each source, columns `by`, events, n and, where evidence is discounted, weight (0 to 1) or bias_sd
        (0 or more, of the log-odds). Several rows may be about one group
    by : the column that names the groups; it becomes the dimension of `share`
    pooling : "none", every group for itself (beta-binomial where nothing is biased); "partial", groups are alike to an
        extent that the data say (logit-normal); of one group they say nothing, and a caution says so
    prior : the two shapes of the beta prior; (1, 1) is uniform
    centre_prior : mean and standard deviation of the normal prior of the groups' centre, in log-odds
    between_group_prior : scale of the half-normal prior of their standard deviation

    Returns
    -------
    EvidenceModel with `share` (by); with partial pooling also `between_group_sd` and `new_group_share`, the share to
    expect in a group that was not seen; with biases `bias` (row)

    Raises
    ------
    EvidenceError
        with every problem of the table and its place

    Notes
    -----
    Power prior: Ibrahim and Chen 2000, doi 10.1214/ss/1009212673. Bias as a random effect of stated size: Turner et al.
    2009, doi 10.1111/j.1467-985X.2008.00547.x.

    Examples
    --------
    >>> import heemodel as hm
    >>> deaths = pd.DataFrame({"strategy": ["old", "new"], "events": [40, 60], "n": [100, 350], "weight": [1.0, 0.5]})
    >>> draws = hm.fit(proportions(deaths, by="strategy"), seed=1, draws=4_000).draw(4_000, seed=1)
    >>> print(round(float(draws["share"].sel(strategy="old").mean()), 2))
    0.4
    """
    if pooling not in get_args(Pooling):
        raise EvidenceError(f"pooling {pooling!r}: {nearest(str(pooling), get_args(Pooling))}")
    priors = {"share": prior, "centre": centre_prior, "between_group_sd": (between_group_prior,)}
    for name, numbers in priors.items():
        if not (np.isfinite(numbers).all() and numbers[-1] > 0 and (name != "share" or numbers[0] > 0)):
            raise EvidenceError(f"the prior of {name} is {numbers}; give finite numbers, shapes and spreads above 0")
    refuse_reserved(by)
    given = Table(table, "proportions", keys=(by,), columns=("events", "n"), optional=("weight", "bias_sd"))
    events, n = given.events()
    weight = given.numbers("weight", least=0) if "weight" in given else np.ones(len(events))
    for row in np.flatnonzero((weight > 1) & np.isfinite(weight)):
        given.problem(int(row), f"weight is {weight[row]:g}; it must lie between 0 and 1")
    bias = given.numbers("bias_sd", least=0) if "bias_sd" in given else np.zeros(len(events))
    refuse(given)
    groups = given.names(by)
    of = given.codes(by, groups)
    rows = tuple(f"{groups[g]} ({place})" for place, g in enumerate(of, start=1))
    data: dict[str, NDArray[np.generic]] = {"group_of_row": of, "events_observed": events, "people": n}
    data |= {"weight": weight, "bias_sd": bias}
    partial = pooling == "partial"
    if partial:
        data["well_measured"] = _well_measured(len(groups), of, events * weight, n * weight, bias)
    return EvidenceModel(
        name="proportions",
        recipe=_recipe,
        coords={by: groups, "row": rows},
        data=data,
        priors=priors,
        central=_central(by, groups, of, events * weight, n * weight),
        options={
            "pooling": pooling,
            "by": by,
            "biased": str(bool(bias.any())),
            "weighted": str(bool((weight < 1).any())),
        },
        cautions=("there is one group only: between_group_sd and new_group_share rest on their priors",)
        * (partial and len(groups) == 1),
        reported=(
            "share",
            *(("between_group_sd", "new_group_share") if partial else ()),
            *(("bias",) * bool(bias.any())),
        ),
    )


def _central(
    by: str, groups: tuple[str, ...], of: NDArray[np.int64], events: NDArray[np.float64], n: NDArray[np.float64]
) -> xr.Dataset:
    """Observed shares, each row counting by its weight; empty if a group has none that counts."""
    among = np.bincount(of, weights=n, minlength=len(groups))
    if not (among > 0).all():
        return xr.Dataset()
    return xr.Dataset({"share": (by, np.bincount(of, weights=events) / among)}, coords={by: list(groups)})


def _well_measured(
    groups: int,
    of: NDArray[np.int64],
    events: NDArray[np.float64],
    n: NDArray[np.float64],
    bias: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Groups whose log-odds are known far better than by how much groups differ, small ones counting for less."""
    odds = (events + 0.5) / (n - events + 0.5)
    precision = 1 / (1 / (events + 0.5) + 1 / (n - events + 0.5) + bias**2)
    of_group = np.bincount(of, weights=precision, minlength=groups)
    means = np.bincount(of, weights=precision * np.log(odds), minlength=groups) / of_group
    counting = of_group / (1 + of_group)
    between = np.average((means - np.average(means, weights=counting)) ** 2, weights=counting)
    return (of_group * between > WELL_MEASURED).astype(int)


def _recipe(evidence: EvidenceModel) -> pm.Model:
    """The PyMC model of `proportions`."""
    import pymc as pm

    priors, options, by = evidence.priors, evidence.options, evidence.options["by"]
    with pm.Model(coords={dim: list(labels) for dim, labels in evidence.coords.items()}) as model:
        given = {name: pm.Data(name, values) for name, values in evidence.data.items()}
        if options["pooling"] == "partial":
            centre = pm.Normal("centre", *priors["centre"])
            between = pm.HalfNormal("between_group_sd", *priors["between_group_sd"])
            # The same log-odds in the form that mixes: deviations where the data say little, themselves where much.
            measured = given["well_measured"]
            free = pm.Normal("free", measured * centre, pm.math.switch(measured, between, 1.0), dims=by)
            share = pm.Deterministic(
                "share", pm.math.invlogit(pm.math.switch(measured, free, centre + between * free)), dims=by
            )
            pm.Deterministic("new_group_share", pm.math.invlogit(centre + between * pm.Normal("new_deviation")))
        else:
            share = pm.Beta("share", *priors["share"], dims=by)
        chance = share[given["group_of_row"]]
        if options["biased"] == "True":
            sd = given["bias_sd"]
            log_odds = pm.math.logit(chance)
            # Centred: what a large study measures is all but known, and hardly tied to the share itself.
            measured = pm.Normal("measured_log_odds", log_odds, pm.math.switch(sd > 0, sd, 1.0), dims="row")
            pm.Deterministic("bias", pm.math.switch(sd > 0, measured - log_odds, 0.0), dims="row")
            chance = pm.math.switch(sd > 0, pm.math.invlogit(measured), chance)
        observed = given["events_observed"]
        pm.Binomial("events", given["people"], chance, observed=observed, dims="row")
        if options["weighted"] == "True":
            counted = pm.logp(pm.Binomial.dist(given["people"], chance), observed)
            pm.Potential("discount", ((given["weight"] - 1) * counted).sum())
    return model

"""The PyMC model of durations that end in one way or in several competing ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heemodel.evidence.durations.data import ALL
from heemodel.evidence.durations.families import FAMILIES, Family
from heemodel.evidence.durations.samples import DEGREE, LEAST, MOST
from heemodel.evidence.specification import EvidenceModel

if TYPE_CHECKING:
    import pymc as pm
    from pytensor.tensor import TensorVariable

    Parts = tuple[TensorVariable, TensorVariable, TensorVariable]
    """Shares of exits, mean durations and shapes of each; the last dimension is that of exits."""

Floats = NDArray[np.float64]

HALVINGS = 30
"""Steps of the search for a quantile."""
FAR = 6.0
"""At most so many spreads below its centre, the log of a sample's standard deviation takes another tail."""


def recipe(evidence: EvidenceModel) -> pm.Model:
    """The model of `durations` and `competing_risks`."""
    import pymc as pm
    import pytensor.tensor as pt

    priors, options, coords = evidence.priors, evidence.options, evidence.coords
    family, name, by = FAMILIES[options["family"]], options["name"], options["by"]
    several = len(coords["exit"]) > 1
    dims, suffix = ((by, "exit"), "_by_exit") if several else ((by,), "")
    with pm.Model(coords={dim: list(labels) for dim, labels in coords.items()}) as model:
        given = {key: pm.Data(key, values) for key, values in evidence.data.items()}
        median, log_sd = priors["mean"]
        mean = pm.LogNormal(f"mean_{name}{suffix}", np.log(median), log_sd, dims=dims)
        median, log_sd = family.shape_prior((priors["variation"][0], priors["variation"][1]))
        shape = pm.LogNormal(f"{name}_{family.shape_name}{suffix}", np.log(median), log_sd, dims=dims)
        if family.shape_name != "variation":
            pm.Deterministic(f"{name}_variation{suffix}", family.variation(shape), dims=dims)
        if several:
            share = pm.Dirichlet(
                "exit_share", np.full(evidence.data["counts"].shape, priors["exit_share"][0]), dims=dims
            )
            counts = given["counts"]
            pm.Multinomial("exits", counts.sum(axis=-1), share, observed=counts, dims=dims)
            pm.Deterministic(f"mean_{name}", (share * mean).sum(axis=-1), dims=by)
            parts = share, mean, shape
        else:
            pm.Deterministic(f"median_{name}", family.median(mean, shape), dims=by)
            parts = pt.ones((len(coords[by]), 1)), mean[:, None], shape[:, None]
        _observe(family, given, parts)
    return model


def _observe(family: Family, given: dict[str, Any], parts: Parts) -> None:
    """The likelihood of every kind of observation that there is."""
    import pymc as pm

    if "ended_time" in given:
        cell = given["ended_group"], given["ended_exit"]
        distribution, arguments = family.distribution(parts[1][cell], parts[2][cell])
        distribution("time", **arguments, observed=given["ended_time"], dims="ended")
    if "going_on_time" in given:
        pm.CustomDist(
            "time_so_far",
            *_of_rows(parts, given, "going_on"),
            logp=partial(_log_survival, family),
            random=partial(_draw_time, family),
            signature="(k),(k),(k)->()",
            observed=given["going_on_time"],
            dims="going_on",
        )
    if "means_log" in given:
        moments = _moments(family, _of_rows(parts, given, "means"))
        centre, sd = _log_mean(moments, given["means_n"])
        pm.Normal("log_mean", centre, sd, observed=given["means_log"], dims="means")
    if "deviations_log" in given:
        centre, sd, typical = _log_sd(_moments(family, _of_rows(parts, given, "deviations")), given)
        pm.Normal("log_sd", centre, sd, observed=given["deviations_log"], dims="deviations")
        pm.Potential("too_alike", _log_tail(given["deviations_log"], centre, sd, typical, given["deviations_n"]))
    if "quantiles_value" in given:
        observe_quantiles("quantile", family, given, _of_rows(parts, given, "quantiles"), dims="quantiles")


def observe_quantiles(name: str, family: Family, given: Mapping[str, Any], parts: Parts, *, dims: str) -> None:
    """The likelihood of sample quantiles, each given the one below it, in the PyMC model that is being made.

    Parameters
    ----------
    name : of the observed variable
    family : of the durations
    given : `quantiles_value`, `quantiles_below` (0 where there is none), `quantiles_first` and `quantiles_second`: of
        those beyond `below`, a share ~ Beta(first, second) lies before `value`; see `order_statistics`
    parts : share, mean and shape of each row by exit, shape (row, exit)
    dims : of the rows
    """
    import pymc as pm

    pm.CustomDist(
        name,
        *(given[f"quantiles_{key}"] for key in ("below", "first", "second")),
        *parts,
        logp=partial(_log_density_of_quantile, family),
        random=partial(_draw_quantile, family),
        signature="(),(),(),(k),(k),(k)->()",
        observed=given["quantiles_value"],
        dims=dims,
    )


def _of_rows(parts: Parts, given: dict[str, Any], kind: str) -> Parts:
    """What each row of a table is about: one exit, or all by their shares."""
    import pytensor.tensor as pt

    share, mean, shape = (array[given[f"{kind}_group"]] for array in parts)
    if parts[1].type.shape[1] == 1:  # said again, as it gets lost on the way: one exit needs no sum over exits
        return tuple(pt.specify_shape(array, (None, 1)) for array in (pt.ones_like(mean), mean, shape))
    place = given[f"{kind}_exit"][:, None]
    one = pt.eq(place, pt.arange(parts[1].shape[1])[None, :])
    return pt.switch(pt.eq(place, ALL), share, one), mean, shape


def _moments(family: Family, parts: Parts) -> list[TensorVariable]:
    """E(T) and E(T²) of each row."""
    share, mean, shape = parts
    return [(share * mean).sum(axis=-1), (share * mean**2 * family.second_moment(shape)).sum(axis=-1)]


def _log_mean(moments: list[TensorVariable], n: TensorVariable) -> tuple[TensorVariable, TensorVariable]:
    """Centre and standard deviation of the logarithm of the mean of n, from the mean's two moments."""
    import pytensor.tensor as pt

    mean, second = moments
    spread = pt.log1p((second / mean**2 - 1) / n)
    return pt.log(mean) - spread / 2, pt.sqrt(spread)


def _log_sd(
    moments: list[TensorVariable], given: dict[str, Any]
) -> tuple[TensorVariable, TensorVariable, TensorVariable]:
    """Centre and spread of the logarithm of a sample's standard deviation, given its mean where known; what is typical.

    Typical is the standard deviation of samples with that mean if it said nothing of the family's own.
    """
    import pytensor.tensor as pt

    mean, second = moments
    log_variation = pt.log(second / mean**2 - 1) / 2
    x = pt.clip((log_variation - LEAST) / (MOST - LEAST) * 2 - 1, -1.0, 1.0)
    curves = given["deviations_curves"]
    value = curves[:, :, DEGREE]
    for power in range(DEGREE - 1, -1, -1):
        value = value * x[:, None] + curves[:, :, power]
    at_mean, slope, log_sd, alone = (value[:, place] for place in range(4))
    known, log_mean = given["deviations_with_mean"], given["deviations_log_mean"]
    _, mean_sd = _log_mean(moments, given["deviations_n"])
    ratio = log_variation + pt.switch(known > 0, at_mean, alone)
    centre = pt.log(mean) + ratio + known * slope * (log_mean - pt.log(mean))
    typical = pt.switch(known > 0, log_mean, pt.log(mean)) + ratio
    return centre, pt.sqrt(pt.exp(2 * log_sd) + (1 - known) * (slope * mean_sd) ** 2), typical


def _log_tail(
    log_sd: TensorVariable, centre: TensorVariable, spread: TensorVariable, typical: TensorVariable, n: TensorVariable
) -> TensorVariable:
    """What is to be added to the normal log density of a log standard deviation far below its centre; 0 elsewhere.

    Samples in which all are nearly alike lie on a small sphere: their density falls with s^(n − 1) in the end, and goes
    on as steeply as the normal's to begin with; of normal samples this is the density itself. That of a normal log s,
    whose spread grows with the variation, would rise again towards large variations, which chains then never leave.
    """
    import pytensor.tensor as pt

    far = pt.minimum((n - 1) * spread, FAR)  # where the normal falls with s^(n − 1), for small samples soon
    beyond = pt.minimum((log_sd - centre) / spread + far, 0.0)
    further = pt.maximum(typical - log_sd - far * spread, 0.0)
    steepness = far / spread / (n - 1)
    return beyond**2 / 2 - far * beyond - (n - 1) * (further + (1 - steepness) * pt.expm1(-2 * further) / 2)


def _log_survival(family: Family, time: TensorVariable, *parts: TensorVariable) -> TensorVariable:
    """Log P(T > t) over all exits."""
    import pytensor.tensor as pt

    share, mean, shape = parts
    if share.type.shape[-1] == 1:
        return family.log_survival(time, mean[..., 0], shape[..., 0])
    return pt.logsumexp(pt.log(share) + family.log_survival(time[..., None], mean, shape), axis=-1)


def _log_density(family: Family, time: TensorVariable, *parts: TensorVariable) -> TensorVariable:
    """Log of the density over all exits."""
    import pymc as pm
    import pytensor.tensor as pt

    share, mean, shape = parts
    distribution, arguments = family.distribution(mean, shape)
    logs = pm.logp(distribution.dist(**arguments), time[..., None])
    if share.type.shape[-1] == 1:
        return logs[..., 0]
    return pt.logsumexp(pt.log(share) + logs, axis=-1)


def _log_density_of_quantile(
    family: Family,
    value: TensorVariable,
    below: TensorVariable,
    first: TensorVariable,
    second: TensorVariable,
    *parts: TensorVariable,
) -> TensorVariable:
    """Log density of an order statistic given the one below, of which P(below < T ≤ value | T > below) is a beta."""
    import pytensor.tensor as pt

    beyond = pt.switch(below > 0, _log_survival(family, pt.switch(below > 0, below, value), *parts), 0.0)
    step = beyond - _log_survival(family, value, *parts)
    log_beta = pt.gammaln(first) + pt.gammaln(second) - pt.gammaln(first + second)
    within = (first - 1) * pt.log1mexp(-step) - (second - 1) * step - log_beta
    return within + _log_density(family, value, *parts) - beyond


def _draw_time(family: Family, *parts: Floats, rng: np.random.Generator, size: tuple[int, ...] | None = None) -> Floats:
    """A duration that ends in one of the ways."""
    share, mean, shape = (np.broadcast_to(part, (*(size or part.shape[:-1]), part.shape[-1])) for part in parts)
    way = (rng.uniform(size=share.shape[:-1])[..., None] > share.cumsum(axis=-1)[..., :-1]).sum(axis=-1)[..., None]
    mean, shape = np.take_along_axis(mean, way, -1)[..., 0], np.take_along_axis(shape, way, -1)[..., 0]
    drawn: Floats = family.frozen(mean, shape).rvs(size=mean.shape, random_state=rng)
    return drawn


def _draw_quantile(
    family: Family,
    below: Floats,
    first: Floats,
    second: Floats,
    *parts: Floats,
    rng: np.random.Generator,
    size: tuple[int, ...] | None = None,
) -> Floats:
    """An order statistic, given the one below."""
    share, mean, shape = parts
    passed = rng.beta(first, second, size=size)
    beyond = (share * family.frozen(mean, shape).sf(below[..., None])).sum(axis=-1)
    return _where_survival_is(family, beyond * (1 - passed), share, mean, shape)


def _where_survival_is(family: Family, wanted: Floats, share: Floats, mean: Floats, shape: Floats) -> Floats:
    """The time at which the share that goes on has fallen to `wanted`; over several exits by halving its logarithm."""
    frozen = family.frozen(mean, shape)
    if share.shape[-1] == 1:
        exact: Floats = frozen.isf(wanted[..., None])[..., 0]
        return exact
    low, high = np.full(wanted.shape, np.log(mean.min()) - 20), np.full(wanted.shape, np.log(mean.max()) + 20)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        still = (share * frozen.sf(np.exp(middle)[..., None])).sum(axis=-1) > wanted
        low, high = np.where(still, middle, low), np.where(still, high, middle)
    found: Floats = np.exp((low + high) / 2)
    return found

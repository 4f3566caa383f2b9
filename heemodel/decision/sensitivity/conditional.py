"""Probabilistic one-way sensitivity: the mean outcome given a parameter, all others as uncertain as they are."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision.draws import Column, Parameters
from heemodel.decision.metamodels import choose, one_thread, regress
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.sensitivity.study import Floats, Study
from heemodel.threads import each

QUANTILES = (0.025, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.975)
"""Of a parameter, at which the outcome is told: across the central 95%."""


def conditional_means(
    outcome: xr.DataArray,
    draws: Parameters,
    parameters: Sequence[str] | None = None,
    *,
    quantiles: Sequence[float] = QUANTILES,
    method: str | None = None,
) -> pd.DataFrame:
    """The mean outcome given each parameter, E[outcome | parameter = value], along its quantiles.

    By regression of the outcome on the parameter over samples, so that the other parameters keep their uncertainty,
    and what goes together with the parameter in the draws goes together with it here (McCabe et al. 2020, doi
    10.1007/s40273-019-00869-3).

    Parameters
    ----------
    outcome : dimension `sample`, such as `cea.incremental_net_benefit(…)` or `cea.saving(…)`
    draws : of the parameters, sample by sample those that the outcome was worked out from
    parameters : names; without them, all. One with further dimensions stands for each of its places, named like
        ``"recovery[early]"``
    quantiles : ascending. Those of the values that were drawn, so that a whole number stays one
    method : "splines" (without it), "gaussian process" or "trees", for functions with jumps, which gives no standard
        errors. A parameter that holds names always has the mean outcome of each

    Returns
    -------
    DataFrame with columns parameter, quantile (none for names), value, outcome, se; the curves to plot

    Raises
    ------
    OutcomeError
        if the outcome is not sampled, the draws are not its own, there are fewer than 50, or a parameter is unknown

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = pd.DataFrame(rng.normal(size=(2_000, 2)), columns=["a", "b"])
    >>> outcome = xr.DataArray(3 * draws["a"] + draws["b"], dims="sample")
    >>> curve = conditional_means(outcome, draws, ["a"], quantiles=[0.025, 0.975])
    >>> curve["outcome"].round().to_list()
    [-6.0, 6.0]
    """
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "parameter": curve.name,
                    "quantile": curve.quantiles,
                    "value": curve.values,
                    "outcome": curve.means,
                    "se": np.sqrt(curve.covariance.diagonal()),
                }
            )
            for curve in _curves(Study.of(outcome, draws, parameters), quantiles, method)
        ],
        ignore_index=True,
    )


def tornado(
    outcome: xr.DataArray,
    draws: Parameters,
    parameters: Sequence[str] | None = None,
    *,
    quantiles: Sequence[float] = QUANTILES,
    method: str | None = None,
) -> pd.DataFrame:
    """How far the mean outcome moves as each parameter goes from low to high, the widest first.

    The ends of a bar are `conditional_means`, not outcomes with all other parameters at one value.

    Parameters
    ----------
    outcome, draws, parameters, quantiles, method : as in `conditional_means`

    Returns
    -------
    DataFrame with columns parameter, low, high (its first and last quantile; of names those of the lowest and highest
    outcome), outcome_low, outcome_low_se, outcome_high, outcome_high_se, lowest, highest (outcome over all quantiles:
    the bar), width (highest − lowest), width_se, mean (outcome of all samples), mean_se, shape ("rises", "falls",
    "turns": its lowest or highest lies between the ends, see `conditional_means`; "flat", "by name")

    Raises
    ------
    OutcomeError
        as in `conditional_means`

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = pd.DataFrame(rng.normal(size=(2_000, 2)), columns=["a", "b"])
    >>> bars = tornado(xr.DataArray(3 * draws["a"] - draws["b"], dims="sample"), draws)
    >>> bars[["parameter", "shape"]].to_numpy().tolist()
    [['a', 'rises'], ['b', 'falls']]
    """
    study = Study.of(outcome, draws, parameters)
    table = pd.DataFrame([_bar(curve) for curve in _curves(study, quantiles, method)])
    table.insert(table.columns.get_loc("shape"), "mean", study.outcome.mean())
    table.insert(table.columns.get_loc("shape"), "mean_se", study.error(study.outcome))
    return table.sort_values(["width", "parameter"], ascending=[False, True], ignore_index=True)


class _Curve(NamedTuple):
    """Mean outcomes at some values of a parameter."""

    name: str
    quantiles: Floats
    values: Floats | list[str]
    means: Floats
    covariance: Floats
    """Of the error of the means, between values."""


def _curves(study: Study, quantiles: Sequence[float], method: str | None) -> list[_Curve]:
    """Of every chosen parameter."""
    levels = np.asarray(quantiles, dtype=float)
    if levels.size < 2 or not ((levels >= 0) & (levels <= 1)).all() or (np.diff(levels) <= 0).any():
        raise OutcomeError(f"quantiles are {quantiles!r}; give at least two from 0 to 1, ascending")
    with one_thread():
        return each(lambda column: _curve(study, column, levels, method), study.chosen)


def _curve(study: Study, column: Column, levels: Floats, method: str | None) -> _Curve:
    """By regression on one parameter."""
    if column.constant:
        at_each = np.full(1, np.nan) if column.named else levels
        constant = list(column.names) if column.named else np.full(len(levels), column.values[0])
        means = np.full(len(at_each), study.outcome.mean())
        variance = np.full((len(at_each), len(at_each)), study.error(study.outcome) ** 2)
        return _Curve(column.name, at_each, constant, means, variance)
    default, _ = choose(1, named=column.named)
    fit = regress(column.values[:, None], study.outcome[None], default if column.named else method or default)
    values = column.values if column.named else np.quantile(column.values, levels, method="inverted_cdf")
    points, at = np.unique(values, return_inverse=True)
    means = fit.predict(points[:, None])[0]
    covariance = np.full((len(points), len(points)), np.nan)
    if fit.covariance is not None:
        covariance = fit.covariance(points[:, None])[0] * study.inflation(study.outcome - fit.fitted[0])
    if column.named:
        return _Curve(column.name, np.full(len(points), np.nan), list(column.names), means, covariance)
    return _Curve(column.name, levels, values, means[at], covariance[np.ix_(at, at)])


def _bar(curve: _Curve) -> dict[str, object]:
    """The row of a tornado."""
    means, covariance = curve.means, curve.covariance
    least, most = int(means.argmin()), int(means.argmax())
    named = isinstance(curve.values, list)
    low, high = (least, most) if named else (0, len(means) - 1)
    contrast = covariance[most, most] + covariance[least, least] - 2 * covariance[most, least]
    bar: dict[str, object] = {"parameter": curve.name, "low": curve.values[low], "high": curve.values[high]}
    for end, i in (("low", low), ("high", high)):
        bar |= {f"outcome_{end}": means[i], f"outcome_{end}_se": np.sqrt(covariance[i, i])}
    return bar | {
        "lowest": means[least],
        "highest": means[most],
        "width": means[most] - means[least],
        "width_se": np.sqrt(np.maximum(contrast, 0.0)),
        "shape": "by name" if named else _shape(means),
    }


def _shape(means: Floats) -> str:
    """In a word."""
    if means.min() == means.max():
        return "flat"
    ends = means[[0, -1]]
    if ends.min() > means.min() or ends.max() < means.max():
        return "turns"
    return "rises" if ends[0] < ends[1] else "falls"

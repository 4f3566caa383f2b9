"""Rank correlations: how surely an outcome rises or falls with a parameter, whatever the shape."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from scipy import linalg, stats

from heemodel.decision.draws import Parameters
from heemodel.decision.metamodels import one_thread
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.sensitivity.study import ONE_SLOPE, Floats, Study, refuse_determined

SIMPLE, PARTIAL = "rank correlation", "partial rank correlation"
NOTHING_LEFT = 1e-12
"""Share of the variance of the outcome's ranks below which nothing is left for a parameter to explain."""
EXACT = 12
"""Decimals to which sums over millions of samples are exact, so that a perfect correlation is 1."""


def rank_correlations(
    outcome: xr.DataArray,
    draws: Parameters,
    parameters: Sequence[str] | None = None,
    *,
    leave_out: Sequence[str] = (),
) -> pd.DataFrame:
    """Spearman's rank correlation of the outcome with each parameter, and the partial one given all the others.

    The partial rank correlation is that between what the other parameters leave unexplained of the ranks of the
    parameter and of the outcome, so that a parameter does not get the credit of one that it is correlated with.

    Parameters
    ----------
    outcome, draws, parameters : as in `conditional_means`
    leave_out : names of parameters, or places of them, whose order others determine

    Returns
    -------
    DataFrame with columns parameter, measure ("rank correlation" or "partial rank correlation"), value, se, lower,
    upper, note; the largest partial rank correlation first. The 95% interval is that of Fisher's z with the variance
    (1 + r²/2) / (n − 3 − other parameters) (Bonett and Wright 2000, doi 10.1007/BF02294183), n being the effective
    number of samples. A parameter that never varies, or holds names, has none

    Raises
    ------
    OutcomeError
        as in `linear_metamodel`

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = pd.DataFrame(rng.normal(size=(1_000, 2)), columns=["a", "b"])
    >>> table = rank_correlations(xr.DataArray(np.exp(draws["a"] + draws["b"] / 10), dims="sample"), draws)
    >>> table[table["measure"] == "partial rank correlation"][["parameter", "value"]].round(1).to_numpy().tolist()
    [['a', 1.0], ['b', 0.9]]
    """
    study = Study.of(outcome, draws, parameters, leave_out, least=ONE_SLOPE)
    study.refuse_constant()
    columns, values = study.ordered()
    ranks, y = _standard_ranks(values), _standard_ranks(study.outcome[:, None])[:, 0]
    with one_thread():
        refuse_determined(ranks, columns, "the order")
        left, left_of_y, partial = _partial(ranks, y)
    rows = []
    for i in np.argsort(-np.abs(np.nan_to_num(partial)), kind="stable"):
        name, r = columns[i].name, float(ranks[:, i] @ y) / len(y)
        rows.append({"parameter": name, "measure": SIMPLE, **_interval(study, name, r, ranks[:, i], y, 0)})
        others = len(columns) - 1
        if np.isnan(partial[i]):
            rows.append({"parameter": name, "measure": PARTIAL, "note": "the others leave nothing to explain"})
        else:
            fields = _interval(study, name, float(partial[i]), left[:, i], left_of_y[:, i], others)
            rows.append({"parameter": name, "measure": PARTIAL, **fields})
    for column, why in study.rest():
        rows += [{"parameter": column.name, "measure": measure, "note": why} for measure in (SIMPLE, PARTIAL)]
    names = ["parameter", "measure", "value", "se", "lower", "upper", "note"]
    return pd.DataFrame(rows, columns=names)


def _standard_ranks(values: Floats) -> Floats:
    """Ranks in every column, ties sharing theirs, with mean 0 and mean square 1."""
    ranks = stats.rankdata(values, axis=0)
    centred: Floats = ranks - ranks.mean(axis=0)
    return centred / np.sqrt((centred**2).mean(axis=0))


def _partial(ranks: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """What other parameters leave of each parameter and of the outcome, and the correlation of the two."""
    correlations = ranks.T @ ranks / len(y)
    inverse = linalg.inv(correlations)
    slopes = inverse @ (ranks.T @ y) / len(y)
    left = ranks @ inverse / inverse.diagonal()
    rest = y - ranks @ slopes
    left_of_y = rest[:, None] + slopes * left
    spread = (left_of_y**2).mean(axis=0)
    unexplained = np.where(spread > NOTHING_LEFT, spread, np.nan)
    return left, left_of_y, (left * left_of_y).mean(axis=0) / np.sqrt((left**2).mean(axis=0) * unexplained)


def _interval(study: Study, name: str, r: float, x: Floats, y: Floats, others: int) -> dict[str, object]:
    """A correlation of two residuals with its standard error and interval."""
    x, y = x / np.sqrt((x**2).mean()), y / np.sqrt((y**2).mean())
    effective = len(y) / study.inflation(x * y - r * (x**2 + y**2) / 2)
    if effective <= others + 3:
        raise OutcomeError(
            f"{name}: {effective:.0f} effective samples cannot tell it from {others} other parameters; run longer "
            "chains"
        )
    r = float(np.round(r, EXACT))
    error = np.sqrt((1 + r**2 / 2) / (effective - 3 - others))
    with np.errstate(divide="ignore"):  # a correlation of exactly 1 is infinite in z, and certain
        lower, upper = np.tanh(np.arctanh(r) + stats.norm.ppf([0.025, 0.975]) * error)
    return {"value": r, "se": (1 - r**2) * error, "lower": float(lower), "upper": float(upper), "note": ""}

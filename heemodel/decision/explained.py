"""Whether parameters have anything to do with the outcomes that they are said to have made."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.draws import Column, Parameters, check_same_samples, read_columns
from heemodel.decision.outcomes import check_thresholds

MOST = 10_000
"""Samples that are looked at, evenly spread; of whole files in another order these tell as much."""
FOR_SQUARES = 5
"""Samples for each term from which squares are taken too."""
SPARE = 20
"""Samples more than terms from which there is a test at all."""
DEPENDENT = 1e-8
"""Share of the largest variance below which a combination of terms follows from the others."""

Floats = NDArray[np.float64]


def explained(cea: CostEffectiveness, draws: Parameters, thresholds: ArrayLike) -> pd.DataFrame:
    """How much of costs, QALYs and net benefits all parameters explain together, and how much they would by chance.

    R² of a linear regression of each outcome on all parameters and, where samples allow, their squares; outcomes and
    parameters as normal scores of their ranks, so that no distribution is assumed, and means of an outcome by name for
    parameters that hold names. With k terms and n samples R² is k / (n − 1) on average where the rows of both have
    nothing to do with each other; the F test says how probable as much is then.

    Parameters
    ----------
    cea : of sampled outcomes
    draws : of the parameters that the outcomes are said to be worked out from
    thresholds : money per QALY, at which the net benefits are compared

    Returns
    -------
    DataFrame with a row for the cost and the QALYs of each strategy, and for the net benefit of each intervention less
    that of the comparator at each threshold, and columns outcome, r_squared, by_chance, p_value. Outcomes that never
    vary are left out; empty where no parameter varies, or samples are too few to tell

    Raises
    ------
    OutcomeError
        if the draws are not those of the outcomes

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a = rng.normal(size=1_000)
    >>> outcomes = xr.Dataset(
    ...     {"cost": (("sample", "strategy"), np.stack([0 * a, a], 1)), "qaly": ("strategy", [1.0, 1.0])},
    ...     coords={"strategy": ["old", "new"]})
    >>> cea = CostEffectiveness(outcomes, comparator="old")
    >>> explained(cea, pd.DataFrame({"a": a}), []).round(2).to_numpy().tolist()
    [['cost of new', 1.0, 0.0, 0.0]]
    >>> explained(cea, pd.DataFrame({"a": a[::-1]}), [])["p_value"].item() > 0.01
    True
    """
    samples = {**cea.cost.sizes, **cea.qaly.sizes}.get("sample", 0)
    columns = read_columns(draws, samples)
    check_same_samples(draws, cea.cost, cea.qaly)
    some = np.unique(np.linspace(0, samples - 1, min(samples, MOST)).astype(int))
    terms = _terms([one for places in columns.values() for one in places if not one.constant], some)
    rows = []
    if terms.shape[1] and len(some) >= terms.shape[1] + SPARE:
        rows = [
            {"outcome": name, **_fit(terms, _scores(values))}
            for name, values in _outcomes(cea, check_thresholds(thresholds).to_numpy(), some)
            if (values != values[0]).any()
        ]
    return pd.DataFrame(rows, columns=["outcome", "r_squared", "by_chance", "p_value"])


def _outcomes(cea: CostEffectiveness, thresholds: Floats, some: NDArray[np.int64]) -> Iterator[tuple[str, Floats]]:
    """Every outcome that a file or a decision is made of."""
    cost, qaly = (one.isel(sample=some) for one in xr.broadcast(cea.cost, cea.qaly))
    for name in cea.strategies:
        yield f"cost of {name}", cost.sel(strategy=name).to_numpy()
        yield f"QALYs of {name}", qaly.sel(strategy=name).to_numpy()
    for threshold in thresholds:
        benefit = cea.incremental(threshold * qaly - cost)
        for name in cea.interventions:
            yield f"net benefit of {name} at {threshold:,g} per QALY", benefit.sel(strategy=name).to_numpy()


def _terms(columns: list[Column], some: NDArray[np.int64]) -> Floats:
    """What outcomes are regressed on (sample, term), orthonormal and of mean 0."""
    numbers = [_scores(one.values[some]) for one in columns if not one.named]
    named = [
        (one.values[some] == place).astype(float) for one in columns if one.named for place in range(len(one.names))
    ]
    squares = [number**2 for number in numbers]
    if len(some) < FOR_SQUARES * (len(numbers) + len(named) + len(squares)):
        squares = []
    terms = np.stack([*numbers, *named, *squares], axis=1) if columns else np.empty((len(some), 0))
    terms = terms - terms.mean(axis=0)
    spread = terms.std(axis=0)
    terms = terms[:, spread > 0] / spread[spread > 0]
    variance, directions = np.linalg.eigh(terms.T @ terms)
    kept = variance > DEPENDENT * variance.max(initial=0.0)
    orthonormal: Floats = terms @ (directions[:, kept] / np.sqrt(variance[kept]))
    return orthonormal


def _scores(values: Floats) -> Floats:
    """Normal scores of ranks."""
    scores: Floats = stats.norm.ppf((stats.rankdata(values) - 0.5) / len(values))
    return scores


def _fit(terms: Floats, outcome: Floats) -> dict[str, float]:
    """Share of the variance that is explained, what chance would explain, and its F test."""
    count, rest = terms.shape[1], len(outcome) - 1 - terms.shape[1]
    centred = outcome - outcome.mean()
    share = min(float(((terms.T @ centred) ** 2).sum() / (centred @ centred)), 1.0)
    ratio = np.inf if share == 1.0 else share / count / ((1 - share) / rest)
    return {
        "r_squared": share,
        "by_chance": count / (len(outcome) - 1),
        "p_value": float(stats.f.sf(ratio, count, rest)),
    }

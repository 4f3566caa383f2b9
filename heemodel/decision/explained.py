"""Whether parameters have anything to do with the outcomes that they are said to have made."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.draws import Column, Parameters, check_same_samples, read_columns
from heemodel.decision.metamodels import one_thread
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
    with one_thread():
        terms = _Terms([one for places in columns.values() for one in places if not one.constant], some)
        rows = []
        if terms.count and len(some) >= terms.count + SPARE:
            rows = [
                {"outcome": name, **terms.fit(_scores(values))}
                for name, values in _outcomes(cea, check_thresholds(thresholds).to_numpy(), some)
                if (values != values[0]).any()
            ]
    return pd.DataFrame(rows, columns=["outcome", "r_squared", "by_chance", "p_value"])


def _outcomes(cea: CostEffectiveness, thresholds: Floats, some: NDArray[np.int64]) -> Iterator[tuple[str, Floats]]:
    """Every outcome that a file or a decision is made of."""
    cost, qaly = (one.transpose("strategy", "sample").to_numpy()[:, some] for one in xr.broadcast(cea.cost, cea.qaly))
    for i, name in enumerate(cea.strategies):
        yield f"cost of {name}", cost[i]
        yield f"QALYs of {name}", qaly[i]
    base = cea.strategies.index(cea.comparator)
    for threshold in thresholds:
        benefit = threshold * qaly - cost
        for name in cea.interventions:
            increment = benefit[cea.strategies.index(name)] - benefit[base]
            yield f"net benefit of {name} at {threshold:,g} per QALY", increment


class _Terms:
    """What outcomes are regressed on: (sample, term) of mean 0, and the directions in which they vary."""

    def __init__(self, columns: list[Column], some: NDArray[np.int64]) -> None:
        numbers = [_scores(one.values[some]) for one in columns if not one.named]
        named = [
            (one.values[some] == place).astype(float) for one in columns if one.named for place in range(len(one.names))
        ]
        squares = [number**2 for number in numbers]
        if len(some) < FOR_SQUARES * (len(numbers) + len(named) + len(squares)):
            squares = []
        terms = np.stack([*numbers, *named, *squares]) if columns else np.empty((0, len(some)))
        terms -= terms.mean(axis=1, keepdims=True)
        spread = terms.std(axis=1, keepdims=True)
        self.terms = terms[spread[:, 0] > 0] / spread[spread > 0][:, None]
        variance, directions = np.linalg.eigh(self.terms @ self.terms.T)
        kept = variance > DEPENDENT * variance.max(initial=0.0)
        self.directions = directions[:, kept] / np.sqrt(variance[kept])
        self.count = int(kept.sum())

    def fit(self, outcome: Floats) -> dict[str, float]:
        """Share of the variance that is explained, what chance would explain, and its F test."""
        count, rest = self.count, len(outcome) - 1 - self.count
        centred = outcome - outcome.mean()
        along = self.directions.T @ (self.terms @ centred)
        share = min(float((along**2).sum() / (centred @ centred)), 1.0)
        ratio = np.inf if share == 1.0 else share / count / ((1 - share) / rest)
        return {
            "r_squared": share,
            "by_chance": count / (len(outcome) - 1),
            "p_value": float(special.fdtrc(count, rest, ratio)),
        }


def _scores(values: Floats) -> Floats:
    """Normal scores of ranks."""
    scores: Floats = special.ndtri((stats.rankdata(values) - 0.5) / len(values))
    return scores

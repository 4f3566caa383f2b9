"""Subgroups: what holds in each and in all, and what a decision of its own for each would be worth."""

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.outcomes import OutcomeError, check_outcomes, check_thresholds, total
from heemodel.decision.summary import summarise

ALL = "all groups"
"""What the whole population is called beside its groups."""


def group_table(
    outcomes: xr.Dataset, *, comparator: str, weights: Mapping[str, float], thresholds: ArrayLike = ()
) -> pd.DataFrame:
    """`CostEffectiveness.table` of every group and of the whole population.

    Parameters
    ----------
    outcomes : Dataset with `cost` and `qaly` of dimensions `strategy` and `group`, and `sample` unless deterministic
    comparator : the strategy that the others are compared with
    weights : share of the population in each group, adding up to 1
    thresholds : money per QALY

    Returns
    -------
    tidy DataFrame with columns group ("all groups" for the whole population, last), weight, strategy, quantity, value,
    lower, upper, mcse and note; the ICER's note is its quadrant in words

    Raises
    ------
    OutcomeError
        if outcomes, groups and weights do not fit
    """
    tables = []
    for group, within in _by_group(outcomes, weights).items():
        table = CostEffectiveness(within, comparator=comparator).table(thresholds)
        tables.append(table.assign(group=group, weight=float(weights[group])))
    whole = CostEffectiveness(outcomes, comparator=comparator, weights=weights).table(thresholds)
    table = pd.concat([*tables, whole.assign(group=ALL, weight=1.0)], ignore_index=True)
    return table[["group", "weight", *whole.columns]]


def stratification_value(outcomes: xr.Dataset, *, weights: Mapping[str, float], thresholds: ArrayLike) -> pd.DataFrame:
    """The gain in mean net benefit from choosing a strategy for each group over choosing one for all.

    With NB(d, g) the net benefit of strategy d in group g and w the groups' weights, on current evidence,

        value = Σ_g w_g max_d E NB(d, g) − max_d Σ_g w_g E NB(d, g) ≥ 0.

    Parameters
    ----------
    outcomes : Dataset with `cost` and `qaly` of dimensions `strategy` and `group`, and `sample` unless deterministic
    weights : share of the population in each group, adding up to 1
    thresholds : money per QALY

    Returns
    -------
    DataFrame with, for each threshold, a row for each group and last one for "all groups", and the columns threshold,
    group, weight, strategy (the best for the group; for all: the best single one), value (mean gain per person of the
    group over the best single strategy; for all: per person of the population), lower, upper and mcse. A group that
    does as well with the best single strategy keeps it

    Raises
    ------
    OutcomeError
        if outcomes, groups and weights do not fit

    Notes
    -----
    The static value of heterogeneity of Espinoza et al. 2014, doi 10.1177/0272989X14538705. As a maximum over
    estimated means it is too large rather than too small where draws are few.

    Examples
    --------
    >>> outcomes = xr.Dataset(
    ...     {"cost": ("strategy", [0.0, 100.0]), "qaly": (("strategy", "group"), [[0.0, 0.0], [0.02, 0.0]])},
    ...     coords={"strategy": ["old", "new"], "group": ["early", "late"]})
    >>> found = stratification_value(outcomes, weights={"early": 0.5, "late": 0.5}, thresholds=[20_000])
    >>> found[["group", "strategy", "value"]].values.tolist()
    [['early', 'new', 0.0], ['late', 'old', 100.0], ['all groups', 'new', 50.0]]
    """
    groups = _by_group(outcomes, weights)
    rows = []
    for threshold in check_thresholds(thresholds).to_numpy():
        benefits = {name: threshold * one["qaly"] - one["cost"] for name, one in groups.items()}
        for_all = _best(sum(weights[name] * benefit for name, benefit in benefits.items()))
        chosen = {name: _best(benefit, rather=for_all) for name, benefit in benefits.items()}
        gains = {
            name: benefit.sel(strategy=chosen[name], drop=True) - benefit.sel(strategy=for_all, drop=True)
            for name, benefit in benefits.items()
        }
        gains[ALL] = sum(weights[name] * gain for name, gain in gains.items())
        for name, gain in gains.items():
            labels = {"group": name, "weight": weights.get(name, 1.0), "strategy": chosen.get(name, for_all)}
            rows.append({"threshold": threshold, **labels, **asdict(summarise(gain))})
    return pd.DataFrame(rows)


def _by_group(outcomes: xr.Dataset, weights: Mapping[str, float]) -> dict[str, xr.Dataset]:
    """Costs and QALYs of each group, once they are known to fit their weights."""
    check_outcomes(outcomes, weights)
    names = [str(name) for name in outcomes["group"].to_numpy()]
    if ALL in names:
        raise OutcomeError(f"a group is called {ALL!r}, as the whole population is here; call it otherwise")
    totals = xr.Dataset({name: total(outcomes[name]) for name in ("cost", "qaly")})
    return {name: totals.sel(group=name, drop=True) for name in names}


def _best(benefit: xr.DataArray, *, rather: str | None = None) -> str:
    """The strategy of highest mean net benefit; `rather` where it is one of several."""
    mean = benefit.mean([dim for dim in benefit.dims if dim != "strategy"])
    if rather is not None and mean.sel(strategy=rather) == mean.max():
        return rather
    return str(mean.idxmax("strategy").item())

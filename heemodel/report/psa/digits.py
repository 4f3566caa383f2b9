"""How many digits a PSA report prints: quantities of one kind alike, wherever they stand."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd
import xarray as xr

from heemodel.decision import Appraisal, Summary, summarise


class Increments(NamedTuple):
    """Cost and QALYs of an intervention less those of the comparator."""

    cost: xr.DataArray
    qaly: xr.DataArray


class Digits(NamedTuple):
    """Errors to which costs and QALYs are printed; None where nothing is sampled."""

    cost: float | None
    qaly: float | None


def increments_of(found: Appraisal) -> dict[str, Increments]:
    """Increments of every intervention, by sample."""
    cea = found.cea
    cost, qaly = cea.incremental(cea.cost), cea.incremental(cea.qaly)
    return {name: Increments(cost.sel(strategy=name), qaly.sel(strategy=name)) for name in cea.interventions}


def digits_of(found: Appraisal) -> Digits:
    """The smallest Monte Carlo errors of costs and of QALYs, means and increments alike."""
    increments = increments_of(found).values()
    costs = [found.icers["incremental_cost_mcse"], [summarise(one.cost).mcse for one in increments]]
    qalys = [found.icers["incremental_qaly_mcse"], [summarise(one.qaly).mcse for one in increments]]
    return Digits(finest(error for errors in costs for error in errors), finest(e for errors in qalys for e in errors))


def finest(errors: Iterable[float | None]) -> float | None:
    """The smallest error above 0, if there is one."""
    return min((error for error in errors if not pd.isna(error) and error), default=None)


def loss_of(found: Appraisal, threshold: float) -> dict[str, Summary]:
    """Expected loss of each strategy with its Monte Carlo error."""
    benefit = found.cea.net_benefit([threshold]).isel(threshold=0)
    lost = benefit.max("strategy") - benefit
    return {name: summarise(lost.sel(strategy=name)) for name in found.cea.strategies}

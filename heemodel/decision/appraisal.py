"""Everything that a PSA tells about a decision, worked out in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.draws import Parameters
from heemodel.decision.information import evppi_each
from heemodel.decision.outcomes import OutcomeError, check_thresholds
from heemodel.progress import Report

POINTS = 501
"""Thresholds of a curve."""


@dataclass(frozen=True)
class Appraisal:
    """The tables of a decision analysis; every one is tidy.

    Attributes
    ----------
    cea : the outcomes, compared
    thresholds : money per QALY, at which the answer is asked
    icers : fully incremental analysis, as `CostEffectiveness.incremental_table`
    pairwise : every strategy against the comparator, as `CostEffectiveness.table`
    acceptability : columns threshold, strategy, probability (of being most cost-effective), frontier (whether it has
        the highest expected net benefit) and expected_loss (money per person)
    evpi : columns threshold, evpi (money per person), mcse
    evppi : as from `evppi_each`; empty without parameters
    """

    cea: CostEffectiveness
    thresholds: tuple[float, ...]
    icers: pd.DataFrame
    pairwise: pd.DataFrame
    acceptability: pd.DataFrame
    evpi: pd.DataFrame
    evppi: pd.DataFrame


def appraise(
    outcomes: xr.Dataset,
    parameters: Parameters | None = None,
    *,
    comparator: str,
    thresholds: Sequence[float],
    groups: Mapping[str, Sequence[str]] | None = None,
    seed: int = 1,
    progress: Report | None = None,
) -> Appraisal:
    """Incremental analysis, acceptability and value of information of a PSA, wherever it was made.

    Parameters
    ----------
    outcomes : cost and qaly over (sample, strategy)
    parameters : their draws, for the value of partial information
    comparator : the strategy that the others are compared with
    thresholds : money per QALY; curves run from 0 to twice the highest
    groups : of parameters, for the value of knowing them together
    seed : of simulated standard errors
    progress : called with the parameters done and their number

    Raises
    ------
    OutcomeError
        if outcomes, parameters or thresholds cannot be used, or outcomes are not sampled

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> effect = rng.normal(0.1, 0.1, 1_000)
    >>> outcomes = xr.Dataset(
    ...     {"cost": (("sample", "strategy"), np.stack([np.zeros(1_000), rng.normal(1_500, 300, 1_000)], 1)),
    ...      "qaly": (("sample", "strategy"), np.stack([np.zeros(1_000), effect], 1))},
    ...     coords={"strategy": ["old", "new"]})
    >>> found = appraise(outcomes, pd.DataFrame({"effect": effect}), comparator="old", thresholds=[20_000])
    >>> found.icers["strategy"].tolist()
    ['old', 'new']
    """
    cea = CostEffectiveness(outcomes, comparator=comparator)
    asked = check_thresholds(thresholds).to_numpy()
    if not asked.size:
        raise OutcomeError("no threshold is given; give one or more, in money per QALY")
    if "sample" not in cea.cost.dims and "sample" not in cea.qaly.dims:
        raise OutcomeError("the outcomes are those of one point; give a sample of them")
    if groups and parameters is None:
        raise OutcomeError("groups of parameters are named, but no parameters are given")
    curve = np.union1d(np.linspace(0, 2 * asked.max(), POINTS), asked)
    best = cea.frontier(curve).set_index("threshold")["strategy"]
    acceptability = cea.acceptability(curve).to_dataframe("probability").reset_index()
    return Appraisal(
        cea=cea,
        thresholds=tuple(float(one) for one in asked),
        icers=cea.incremental_table(),
        pairwise=cea.table(asked),
        acceptability=acceptability.assign(
            frontier=acceptability["strategy"].to_numpy() == best.loc[acceptability["threshold"]].to_numpy(),
            expected_loss=cea.expected_loss(curve).to_numpy().ravel(),
        ),
        evpi=cea.evpi(curve).to_dataframe().reset_index()[["threshold", "evpi", "mcse"]],
        evppi=pd.DataFrame()
        if parameters is None
        else evppi_each(cea, parameters, threshold=asked, groups=groups, seed=seed, progress=progress),
    )

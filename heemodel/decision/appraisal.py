"""Everything that a PSA tells about a decision, worked out in one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.draws import Parameters
from heemodel.decision.explained import explained
from heemodel.decision.information import evppi_each
from heemodel.decision.outcomes import OutcomeError, check_thresholds
from heemodel.decision.sensitivity import tornado
from heemodel.decision.stability import cumulative_mean, draws_needed
from heemodel.progress import Report

POINTS = 500
"""Thresholds of a curve, at least."""
HIGHEST = 50_000.0
"""Where a curve ends if the only threshold asked is 0."""
PRECISE = 0.02
"""Half-width to which the probability of being cost-effective ought to be known."""


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
    focus : the intervention of highest expected net benefit at the first threshold, of which the next tables speak
    rival : the best of all other strategies by the same measure, which it is compared with there
    evppi : as from `evppi_each`; empty without parameters
    tornado : as from `tornado`, of the net benefit of `focus` less that of `rival` at the first threshold; empty
        without parameters
    stability : as from `cumulative_mean`, of the same
    enough : as from `draws_needed`, of the probability that it is above 0
    explained : as from `explained`: how much of the outcomes all parameters explain together; empty without parameters
    groups : parameters that were asked about together, by the name that they have in `evppi`
    currency : in which all money is
    """

    cea: CostEffectiveness
    thresholds: tuple[float, ...]
    icers: pd.DataFrame
    pairwise: pd.DataFrame
    acceptability: pd.DataFrame
    evpi: pd.DataFrame
    focus: str
    rival: str
    evppi: pd.DataFrame
    tornado: pd.DataFrame
    stability: pd.DataFrame
    enough: pd.DataFrame
    explained: pd.DataFrame
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    currency: Currency = POUNDS


def appraise(
    outcomes: xr.Dataset,
    parameters: Parameters | None = None,
    *,
    comparator: str,
    thresholds: Sequence[float],
    groups: Mapping[str, Sequence[str]] | None = None,
    alone: Sequence[str] | None = None,
    currency: Currency | str = POUNDS,
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
    alone : parameters whose value of information is looked at by itself; every one by default
    currency : of costs and thresholds, as reports print it: a sign ("£", "$") or an ISO code ("USD")
    seed : of simulated standard errors
    progress : called with the parameters done and their number

    Returns
    -------
    Appraisal

    Raises
    ------
    OutcomeError
        if outcomes, parameters or thresholds cannot be used, or outcomes are not sampled
    HeemodelError
        if the currency is neither a sign nor a code

    See Also
    --------
    read_psa : outcomes and parameters from files
    write_psa_report : a report of what is found

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
    cea, money = CostEffectiveness(outcomes, comparator=comparator), currency_of(currency)
    asked = check_thresholds(thresholds).to_numpy()
    if not asked.size:
        raise OutcomeError("no threshold is given; give one or more, in money per QALY")
    if twice := asked[[one in asked[:at] for at, one in enumerate(asked)]].tolist():
        raise OutcomeError(f"threshold {twice[0]:,g} is there twice; leave one out")
    if "sample" not in cea.cost.dims and "sample" not in cea.qaly.dims:
        raise OutcomeError("the outcomes are those of one point; give a sample of them")
    if groups and parameters is None:
        raise OutcomeError("groups of parameters are named, but no parameters are given")
    curve = _grid(asked)
    acceptability = cea.acceptability(curve).to_dataframe().reset_index()
    mean = cea.net_benefit(asked[:1]).mean("sample").isel(threshold=0)
    focus = str(mean.sel(strategy=cea.interventions).idxmax("strategy").item())
    rival = str(mean.drop_sel(strategy=focus).idxmax("strategy").item())
    compared = cea if rival == comparator else CostEffectiveness(outcomes, comparator=rival)
    benefit = compared.incremental_net_benefit(focus, threshold=float(asked[0]))
    ahead = (benefit > 0).rename(f"{focus} being better value than {rival}")
    none = pd.DataFrame()
    return Appraisal(
        cea=cea,
        thresholds=tuple(float(one) for one in asked),
        icers=cea.incremental_table(),
        pairwise=cea.table(asked),
        acceptability=acceptability[["threshold", "strategy", "probability", "frontier"]].assign(
            expected_loss=cea.expected_loss(curve).to_numpy().ravel()
        ),
        evpi=cea.evpi(curve).to_dataframe().reset_index()[["threshold", "evpi", "mcse"]],
        focus=focus,
        rival=rival,
        evppi=none
        if parameters is None
        else evppi_each(cea, parameters, thresholds=asked, groups=groups, alone=alone, seed=seed, progress=progress),
        tornado=none if parameters is None else tornado(benefit, parameters),
        stability=cumulative_mean(benefit),
        enough=draws_needed(ahead, half_width=PRECISE),
        explained=none if parameters is None else explained(cea, parameters, asked),
        groups={} if groups is None else groups,
        currency=money,
    )


def _grid(asked: NDArray[np.float64]) -> NDArray[np.float64]:
    """Thresholds asked for, and from 0 to twice the highest in steps of 1, 2 or 5 times a power of ten."""
    top = 2 * asked.max() or HIGHEST
    power = 10.0 ** np.floor(np.log10(top / POINTS))
    step = max(power * part for part in (1, 2, 5) if power * part <= top / POINTS * (1 + 1e-9))
    return np.union1d(step * np.arange(np.floor(top / step + 1e-9) + 1), asked)

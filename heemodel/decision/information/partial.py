"""Expected value of partial perfect information, by regression of costs and QALYs on parameters."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.decision.cost_effectiveness import CostEffectiveness
from heemodel.decision.draws import Column, Parameters, choose_columns, read_columns
from heemodel.decision.information.gain import Gain, gains
from heemodel.decision.metamodels import choose, regress
from heemodel.decision.outcomes import OutcomeError, check_thresholds
from heemodel.progress import Report, counting

SUSPECT = 3.0
"""Standard errors by which fits that have not seen a sample may do worse or better before it is pointed out."""


def evppi(
    cea: CostEffectiveness,
    draws: Parameters,
    parameters: Sequence[str],
    *,
    threshold: ArrayLike,
    method: str | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """Expected value per person of knowing some parameters, together, before deciding.

    E_φ max_d E[NB_d | φ] − max_d E[NB_d], where the inner expectation is a regression over samples of incremental cost
    and of incremental QALYs on the parameters φ (Strong, Oakley and Brennan 2014, doi 10.1177/0272989X13505910); one
    pair of regressions serves all thresholds.

    Parameters
    ----------
    cea : of sampled outcomes
    draws : of the parameters, sample by sample those that the outcomes were worked out from
    parameters : names. One with further dimensions stands for all its places; one place is named like
        ``"recovery[early]"``
    threshold : money per QALY, one or several
    method : "splines", "gaussian process", "trees" or "categories"; without it, chosen by the number of parameters
    seed : of the simulated error

    Returns
    -------
    DataFrame with a row for each threshold and columns parameters (joined by commas), threshold, evppi (money per
    person), se, held_out (what the choices of fits that have not seen a sample gain in it: a check that falls short
    where a regression follows noise), held_out_se, check ("passed", or what to look at), method, reason, fit.
    se counts the error of the regression, simulated from its posterior, and that of a finite number of samples. Where
    the best strategies are as good as each other on average, the value is too small by up to about one se, as for EVPI

    Raises
    ------
    OutcomeError
        if the outcomes are not sampled, the draws are not theirs, or a parameter is unknown
    """
    study = _Study.of(cea, draws, threshold)
    return study.table(choose_columns(study.columns, parameters), parameters, method, seed)


def evppi_each(
    cea: CostEffectiveness,
    draws: Parameters,
    *,
    threshold: ArrayLike,
    groups: Mapping[str, Sequence[str]] | None = None,
    method: str | None = None,
    seed: int = 1,
    progress: Report | None = None,
) -> pd.DataFrame:
    """`evppi` of every parameter alone, and of groups.

    Parameters
    ----------
    cea, draws, threshold, method, seed : as in `evppi`. A parameter with further dimensions is taken as a whole
    groups : names of groups, with the parameters in each
    progress : called with the parameters done and their number; without it, a call of more than a second draws a bar
        on a terminal

    Returns
    -------
    DataFrame as from `evppi`, the largest first. A parameter that never varies has nothing to be known: 0, exactly
    """
    study = _Study.of(cea, draws, threshold)
    asked = {name: [name] for name in study.columns} | {name: list(of) for name, of in (groups or {}).items()}
    if len(asked) != len(study.columns) + len(groups or {}):
        raise OutcomeError("a group has the name of a parameter; name it otherwise")
    chosen = {name: choose_columns(study.columns, of) for name, of in asked.items()}
    tables = []
    with counting(len(asked), progress, "value of information") as count:
        for name, columns in chosen.items():
            tables.append(study.table(columns, [name], method, seed))
            count(1)
    if not tables:
        return pd.DataFrame(columns=["parameters", "threshold", "evppi", "se"])
    table = pd.concat(tables, ignore_index=True)
    largest = table.groupby("parameters", sort=False)["evppi"].transform("max")
    return (
        table.assign(largest=largest)
        .sort_values(["largest", "parameters", "threshold"], ascending=[False, True, True], ignore_index=True)
        .drop(columns="largest")
    )


class _Study(NamedTuple):
    """Increments and the columns they are regressed on."""

    increments: np.ndarray
    """(incremental cost of each intervention, then incremental QALYs of each; sample)."""
    thresholds: np.ndarray
    columns: dict[str, tuple[Column, ...]]
    chain: xr.DataArray | None

    @classmethod
    def of(cls, cea: CostEffectiveness, draws: Parameters, threshold: ArrayLike) -> "_Study":
        if "sample" not in cea.cost.dims and "sample" not in cea.qaly.dims:
            raise OutcomeError("the outcomes are those of one point; value of information needs a sample of them")
        cost, qaly = xr.broadcast(cea.cost, cea.qaly)
        parts = [cea.incremental(part).transpose("strategy", "sample").to_numpy() for part in (cost, qaly)]
        increments = np.concatenate(parts).astype(float)
        return cls(
            increments,
            check_thresholds(threshold).to_numpy(),
            read_columns(draws, increments.shape[1]),
            cea.cost.coords.get("chain"),
        )

    def table(self, columns: Sequence[Column], names: Sequence[str], method: str | None, seed: int) -> pd.DataFrame:
        """The answer for one set of parameters."""
        label = ",".join(names)
        varying = [column for column in columns if not column.constant]
        if not varying:
            none = {"se": 0.0, "held_out": 0.0, "held_out_se": 0.0, "check": "passed", "method": "none"}
            fields = {"evppi": 0.0, **none, "reason": "it never varies", "fit": "none"}
            return pd.DataFrame([{"parameters": label, "threshold": k, **fields} for k in self.thresholds])
        default, reason = choose(len(varying), named=any(column.named for column in varying))
        used = default if method is None else method
        values = np.stack([column.values for column in varying], axis=1)
        fit = regress(values, self.increments, used)
        rows = [
            {"parameters": label, "threshold": k, **_fields(gain), "method": used}
            for k, gain in zip(
                self.thresholds,
                gains(fit, self.increments, self.thresholds, np.random.default_rng(seed), self.chain),
                strict=True,
            )
        ]
        return pd.DataFrame(rows).assign(reason=reason if method is None else "asked for", fit=fit.words)


def _fields(gain: Gain) -> dict[str, object]:
    """A gain as columns, with the check in words."""
    short = gain.value - gain.held_out
    if short > (limit := SUSPECT * float(np.hypot(gain.se, gain.held_out_se))):
        check = "fits to other samples gain less: the regression follows noise; run more samples or another method"
    elif -short > limit:
        check = "fits to other samples gain more: the regression misses structure; try another method"
    else:
        check = "passed"
    return {
        "evppi": gain.value,
        "se": gain.se,
        "held_out": gain.held_out,
        "held_out_se": gain.held_out_se,
        "check": check,
    }

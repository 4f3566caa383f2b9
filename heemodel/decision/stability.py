"""Whether there are enough draws: a mean as they accumulate, and how many more a precision needs."""

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.decision.outcomes import OutcomeError, check_enough, check_sampled
from heemodel.decision.summary import Origin

FIRST = 20
"""Draws from which on a cumulative mean is told."""
NORMAL = 1.959963984540054
"""Standard errors from a mean to either end of its 95% interval."""


def cumulative_mean(outcome: xr.DataArray, *, points: int = 40) -> pd.DataFrame:
    """The mean of the first draws, for ever more of them, with its Monte Carlo error.

    Parameters
    ----------
    outcome : dimension `sample`; of an event, such as ``benefit > 0``, the share of samples in which it is true. A
        coordinate `chain` says which draws came from one Markov chain: the first draws are then those of every chain
    points : numbers of draws, evenly spaced on a log scale

    Returns
    -------
    DataFrame with columns draws, mean, mcse, lower, upper (mean ± 1.96 mcse)

    Raises
    ------
    OutcomeError
        if the outcome is not sampled, or has fewer than 20 samples

    Examples
    --------
    >>> outcome = xr.DataArray(np.random.default_rng(1).normal(5, 1, 10_000), dims="sample")
    >>> cumulative_mean(outcome, points=2)[["draws", "mean"]].round(1).to_numpy().tolist()
    [[20.0, 5.0], [10000.0, 5.0]]
    """
    check_sampled(outcome)
    samples = outcome.sizes["sample"]
    check_enough(samples, FIRST, "for an error that means anything")
    if points < 2:
        raise OutcomeError(f"points is {points}; give at least 2")
    in_turn = _in_turn(outcome)
    values = in_turn.to_numpy()
    labels = {name: in_turn[name].to_numpy() for name in ("chain", "model") if name in in_turn.coords}
    rows = []
    for draws in np.unique(np.geomspace(FIRST, samples, points).round().astype(int)):
        mean, mcse = _mean(values[:draws], Origin.named({name: of[:draws] for name, of in labels.items()}))
        rows.append(
            {"draws": draws, "mean": mean, "mcse": mcse, "lower": mean - NORMAL * mcse, "upper": mean + NORMAL * mcse}
        )
    return pd.DataFrame(rows)


def draws_needed(outcome: xr.DataArray, *, half_width: float) -> pd.DataFrame:
    """How many more draws the mean of an outcome needs, to be known as precisely as is asked.

    The error of a mean falls with the square root of the draws: draws × (half width now / half width asked)².

    Parameters
    ----------
    outcome : as in `cumulative_mean`; the probability of being cost-effective is that of the event ``benefit > 0``.
        Named as it is to be called in the verdict
    half_width : of the 95% interval of the mean, in units of the outcome: 1.96 Monte Carlo standard errors

    Returns
    -------
    DataFrame of one row with columns outcome, draws, effective_draws (fewer than draws where they come from Markov
    chains), mean, mcse, half_width, wanted, more (draws, of the same kind), verdict (in words)

    Raises
    ------
    OutcomeError
        as in `cumulative_mean`, and if the half width is not above 0

    Examples
    --------
    >>> benefit = xr.DataArray(np.random.default_rng(1).normal(500, 2_000, 4_000), dims="sample", name="net benefit")
    >>> draws_needed(benefit, half_width=100)["verdict"].item()
    'stable: the mean of net benefit is 480 ± 62, within the ± 100 asked'
    >>> draws_needed((benefit > 0).rename("being cost-effective"), half_width=0.01)["verdict"].item()
    'not stable: the probability of being cost-effective is 0.591 ± 0.015, and ± 0.010 is asked; draw about 5,300 more'
    """
    check_sampled(outcome)
    samples = outcome.sizes["sample"]
    check_enough(samples, FIRST, "for an error that means anything")
    if not half_width > 0 or not np.isfinite(half_width):
        raise OutcomeError(f"half_width is {half_width!r}; give a number above 0, in units of the outcome")
    mean, mcse = _mean(outcome.to_numpy(), Origin.of(outcome))
    width = NORMAL * mcse
    power = 1 if _never_or_always(outcome) else 2
    more = max(0, int(np.ceil(samples * (width / half_width) ** power)) - samples)
    spread = float(outcome.astype(float).std(ddof=1))
    return pd.DataFrame(
        [
            {
                "outcome": str(outcome.name or "the outcome"),
                "draws": samples,
                "effective_draws": (spread / mcse) ** 2 if spread > 0 else float(samples),
                "mean": mean,
                "mcse": mcse,
                "half_width": width,
                "wanted": half_width,
                "more": more,
                "verdict": _verdict(outcome, mean, width, half_width, more),
            }
        ]
    )


def _mean(values: NDArray[Any], origin: Origin) -> tuple[float, float]:
    """Mean, or share of an event, and Monte Carlo error."""
    if values.dtype.kind == "b":
        found = origin.share(values)
        return found.value, float(found.mcse or 0.0)
    return float(values.mean()), origin.error_of_mean(values.astype(float))


def _never_or_always(outcome: xr.DataArray) -> bool:
    """Whether it is an event that happens in no sample or in all, whose error falls with the draws themselves."""
    return outcome.dtype.kind == "b" and float(outcome.mean()) in (0.0, 1.0)


def _verdict(outcome: xr.DataArray, mean: float, width: float, wanted: float, more: int) -> str:
    """In words."""
    places = max(0, 1 - int(np.floor(np.log10(wanted))))
    what = f"the {'probability' if outcome.dtype.kind == 'b' else 'mean'} of {outcome.name or 'the outcome'}"
    known = f"{what} is {mean:,.{places}f} ± {width:,.{places}f}"
    if _never_or_always(outcome):
        bound = max(width, 10.0**-places)
        known = f"{what} is {f'under {bound:.{places}f}' if mean == 0 else f'over {1 - bound:.{places}f}'}"
    if not more:
        return f"stable: {known}, within the ± {wanted:,.{places}f} asked"
    return f"not stable: {known}, and ± {wanted:,.{places}f} is asked; draw about {_roughly(more):,} more"


def _roughly(number: int) -> int:
    """A number with two digits that count, rounded up."""
    step: int = 10 ** max(0, len(str(number)) - 2)
    return -(-number // step) * step


def _in_turn(outcome: xr.DataArray) -> xr.DataArray:
    """Draws of all chains in turn: the first of each, the second of each and so on."""
    if "chain" not in outcome.coords:
        return outcome
    chain = outcome["chain"].to_numpy()
    position = np.empty(len(chain), dtype=int)
    for name in np.unique(chain):
        position[chain == name] = np.arange((chain == name).sum())
    return outcome.isel(sample=np.lexsort((chain, position)))

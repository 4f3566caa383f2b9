"""From how patients leave and after how long to the probabilities of leaving in each cycle of a cohort model."""

from __future__ import annotations

import numpy as np
import xarray as xr

from heemodel.errors import nearest
from heemodel.evidence.durations.families import FAMILIES
from heemodel.evidence.specification import EvidenceError

ROUNDING = 1e-6
"""How far shares may be from adding up to 1."""


def exit_probabilities(
    draws: xr.Dataset, *, family: str, cycle: float, cycles: int, name: str = "stay"
) -> xr.DataArray:
    """Probability of leaving by each exit in a cycle, by the cycles already spent, from draws of `competing_risks`.

        p_k(d) = π_k (S_k(d c) − S_k((d + 1) c)) / Σ_j π_j S_j(d c),   d = 0 … cycles − 1

    where c is the length of a cycle. A cohort model takes those who stay longer to leave as in the last cycle, so that
    `cycles` should reach where few are left.

    Parameters
    ----------
    draws : with `exit_share`, `mean_stay_by_exit` and `stay_variation_by_exit`, or of a Weibull `stay_shape_by_exit`
    family : that of the durations, which the draws do not tell but for a Weibull
    cycle : length of a cycle, in the unit of the durations
    cycles : how many are told apart
    name : as in `competing_risks`

    Returns
    -------
    DataArray with the dimensions of the draws and `time_in_state`: select an exit, and it is the probability of a move
    out of the state of those who are there

    Raises
    ------
    EvidenceError
        if a variable is missing, shares are no distribution, a mean or shape is not above 0, or the family or cycles
        cannot be

    Examples
    --------
    >>> draws = xr.Dataset(
    ...     {
    ...         "exit_share": ("exit", [0.2, 0.8]),
    ...         "mean_stay_by_exit": ("exit", [5.0, 10.0]),
    ...         "stay_variation_by_exit": ("exit", [1.0, 1.0]),
    ...     },
    ...     coords={"exit": ["dead", "home"]},
    ... )
    >>> leaving = exit_probabilities(draws, family="gamma", cycle=1.0, cycles=30)
    >>> leaving.sel(exit="home").isel(time_in_state=0).round(4).item()
    0.0761
    """
    if family not in FAMILIES:
        raise EvidenceError(f"family {family!r}: {nearest(str(family), FAMILIES)}")
    sound = isinstance(cycle, (int, float, np.integer, np.floating)) and isinstance(cycles, (int, np.integer))
    if not (sound and cycle > 0 and np.isfinite(cycle) and cycles >= 1):
        raise EvidenceError(f"cycles are {cycles} of length {cycle}; give a length above 0 and a whole number of them")
    of = FAMILIES[family]
    names = ["exit_share", f"mean_{name}_by_exit", f"{name}_{of.shape_name}_by_exit"]
    if of.shape_name == "variation" and f"{name}_shape_by_exit" in draws:
        raise EvidenceError(f"the draws have {name}_shape_by_exit, as of a Weibull; give family 'weibull'")
    if missing := [variable for variable in names if variable not in draws]:
        raise EvidenceError(
            f"the draws have no {', '.join(missing)}; give draws of hm.evidence.competing_risks, and its name"
        )
    share, mean, shape = xr.broadcast(*(draws[variable] for variable in names))
    _refuse_impossible(share, mean, shape)
    times = np.arange(cycles + 1) * float(cycle)
    survival = of.frozen(mean.to_numpy()[..., None], shape.to_numpy()[..., None]).sf(times)
    there = (share * 1.0).expand_dims(time_in_state=cycles + 1, axis=-1) * survival
    now, later = there.isel(time_in_state=slice(None, -1)), there.isel(time_in_state=slice(1, None))
    anybody = now.sum("exit") > 0
    if not anybody.all():
        first = int(anybody.sum("time_in_state").min())
        raise EvidenceError(f"after {first} cycles nobody at all is left in some draws; give at most {first} cycles")
    leaving: xr.DataArray = (now - later) / now.sum("exit")
    return leaving


def _refuse_impossible(share: xr.DataArray, mean: xr.DataArray, shape: xr.DataArray) -> None:
    """Refuse draws that are of no durations or exits."""
    if "exit" not in share.dims:
        raise EvidenceError(f"the draws have dimensions {', '.join(map(str, share.dims))}; one must be exit")
    for draws, name in ((share, "exit_share"), (mean, str(mean.name)), (shape, str(shape.name))):
        values = draws.to_numpy()
        if values.dtype.kind not in "fiu":
            raise EvidenceError(f"{name} holds {values.dtype}; give numbers")
        sound = np.isfinite(values) & ((values >= 0) if draws is share else (values > 0))
        if not sound.all():
            raise EvidenceError(
                f"{name} is {values[~sound].flat[0]:g} in some draw; it must be "
                + ("finite, and 0 or more" if draws is share else "finite and above 0")
            )
    total = share.sum("exit").to_numpy()
    if (wrong := np.abs(total - 1) > ROUNDING).any():
        raise EvidenceError(f"exit_share adds up to {total[wrong].flat[0]:g} over exits in some draw; give all exits")

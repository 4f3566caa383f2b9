"""What the decision room takes: costs and QALYs over (sample, strategy), wherever they come from."""

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.errors import HeemodelError


class OutcomeError(HeemodelError):
    """Outcomes that cannot be compared."""


def check_outcomes(outcomes: xr.Dataset) -> list[str]:
    """The names of the strategies, in order.

    Raises
    ------
    OutcomeError
        if cost or QALYs are missing, not numbers, of other dimensions, or of fewer than two different strategies
    """
    for name in ("cost", "qaly"):
        if name not in outcomes:
            raise OutcomeError(f"the outcomes have no {name!r}; they have {', '.join(map(str, outcomes.data_vars))}")
        if "strategy" not in outcomes[name].dims or "strategy" not in outcomes.coords:
            raise OutcomeError(f"{name!r} needs the dimension strategy with names; assign_coords(strategy=[…])")
        allowed = ("sample", "strategy", *(("component",) if name == "cost" else ()))
        if extra := [str(dim) for dim in outcomes[name].dims if dim not in allowed]:
            raise OutcomeError(
                f"{name!r} has dimension {extra[0]!r}; it takes {', '.join(allowed)}. Rename the dimension of the "
                "draws to 'sample', select over any other"
            )
        if outcomes[name].dtype.kind not in "fiu":
            raise OutcomeError(f"{name!r} holds {outcomes[name].dtype}; give numbers")
        if not np.isfinite(outcomes[name]).all():
            raise OutcomeError(
                f"{name!r} holds {int((~np.isfinite(outcomes[name])).sum())} values that are not numbers"
            )
    strategies = [str(name) for name in outcomes["strategy"].to_numpy()]
    if len(set(strategies)) != len(strategies):
        raise OutcomeError(f"a strategy is there twice: {', '.join(strategies)}")
    if len(strategies) == 1:
        raise OutcomeError(f"there is nothing to compare {strategies[0]!r} with; give the outcomes of two strategies")
    return strategies


def check_sampled(outcome: xr.DataArray) -> None:
    """Whether an array is one outcome over samples.

    Raises
    ------
    OutcomeError
        if it has no dimension `sample`, has another one, or holds something that is not a number
    """
    if not isinstance(outcome, xr.DataArray):
        raise OutcomeError(
            f"the outcome is a {type(outcome).__name__}; give a DataArray over samples, such as "
            "cea.incremental_net_benefit(…) or cea.saving(…)"
        )
    name = str(outcome.name or "the outcome")
    if extra := [str(dim) for dim in outcome.dims if dim != "sample"]:
        raise OutcomeError(f"{name} has dimension {extra[0]!r}; select one place in it, or sum over it")
    if not outcome.dims:
        raise OutcomeError(f"{name} is one number; run the model on a sample of the parameters")
    if outcome.dtype.kind not in "biuf":
        raise OutcomeError(f"{name} holds {outcome.dtype}; give numbers")
    if not np.isfinite(outcome).all():
        bad = int(np.argmin(np.isfinite(outcome.to_numpy())))
        raise OutcomeError(f"{name}, sample {bad}: {float(outcome[bad])} is not a finite number")


def check_thresholds(thresholds: ArrayLike) -> xr.DataArray:
    """Thresholds as an array along `threshold`, with themselves as its coordinate.

    Raises
    ------
    OutcomeError
        if they are not numbers of 0 or more
    """
    values = np.atleast_1d(np.asarray(thresholds))
    if values.size and (values.dtype.kind not in "fiu" or not np.isfinite(values).all() or (values < 0).any()):
        raise OutcomeError(f"thresholds are {thresholds!r}; give numbers of 0 or more, in money per QALY")
    values = values.astype(float)
    return xr.DataArray(values, dims="threshold", coords={"threshold": values})

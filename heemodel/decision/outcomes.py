"""What the decision room takes: costs and QALYs over (sample, strategy, group), wherever they come from."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.errors import HeemodelError, control_character, mismatches, nearest

SHARES_ADD_UP = 1e-9
"""How far the weights of groups may be from adding up to 1."""


class OutcomeError(HeemodelError):
    """Outcomes that cannot be compared."""


def check_outcomes(
    outcomes: xr.Dataset, weights: Mapping[str, float] | None = None, *, names: Sequence[str] = ("cost", "qaly")
) -> list[str]:
    """The names of the strategies, in order.

    Raises
    ------
    OutcomeError
        if one of the outcomes `names` is missing, not numbers or of other dimensions; if there are fewer than two
        different strategies; or if groups and their weights do not fit
    """
    if not isinstance(outcomes, xr.Dataset):
        raise OutcomeError(
            f"the outcomes are a {type(outcomes).__name__}; give an xarray.Dataset with {' and '.join(names)} over "
            "(sample, strategy), as CohortModel.run and read_psa(…).outcomes are"
        )
    for name in names:
        if name not in outcomes:
            alone = "; for cost alone there is saving_table" if name == "qaly" else ""
            has = ", ".join(map(str, outcomes.data_vars))
            raise OutcomeError(f"the outcomes have no {name!r}; they have {has}{alone}")
        if "strategy" not in outcomes[name].dims:
            raise OutcomeError(f"{name!r} needs the dimension strategy with names; assign_coords(strategy=[…])")
        allowed = ("sample", "strategy", "group", *(("component",) if name == "cost" else ()))
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
    strategies = _labels(outcomes, "strategy")
    if len(strategies) == 1:
        raise OutcomeError(f"there is nothing to compare {strategies[0]!r} with; give the outcomes of two strategies")
    _check_groups(outcomes[list(names)], weights)
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


def check_enough(samples: int, least: int, what: str) -> None:
    """Refuse samples of which there are too few to say anything, whatever they hold.

    Parameters
    ----------
    samples : how many there are
    least : how many are needed
    what : cannot be done with fewer, such as "to regress on"

    Raises
    ------
    OutcomeError
        if there are fewer than `least`

    Examples
    --------
    >>> check_enough(50, 50, "to regress on")
    """
    if samples < least:
        are = "1 sample is" if samples == 1 else f"{samples:,} samples are"
        raise OutcomeError(f"{are} too few {what}; run at least {least}")


def total(outcome: xr.DataArray, weights: Mapping[str, float] | None = None) -> xr.DataArray:
    """An outcome of the whole population, as floats: summed over components, and Σ weight × outcome over groups.

    Parameters
    ----------
    outcome : any of the dimensions sample, strategy, component and group
    weights : share of the population in each group
    """
    number = outcome.astype(float, copy=False)
    whole = number.sum("component") if "component" in number.dims else number
    if "group" not in whole.dims or weights is None:
        return whole
    shares = [float(weights[str(group)]) for group in whole["group"].to_numpy()]
    return (whole * xr.DataArray(shares, dims="group")).sum("group")


def _check_groups(outcomes: xr.Dataset, weights: Mapping[str, float] | None) -> None:
    """Refuse groups without weights, weights without groups, and weights that do not fit."""
    if "group" not in outcomes.dims:
        if weights is not None:
            raise OutcomeError("weights are given, and the outcomes have no dimension 'group'; leave out weights")
        return
    groups = _labels(outcomes, "group")
    if weights is None:
        raise OutcomeError(
            f"the outcomes have the dimension 'group'; give weights, the share of each of {', '.join(groups)} in the "
            "population, or compare within one group: outcomes.sel(group=…)"
        )
    if not isinstance(weights, Mapping):
        raise OutcomeError(f"weights are {weights!r}; give the share of each group, such as {{{groups[0]!r}: 1.0}}")
    problems = [f"weights have a group {name!r}, which is not text" for name in weights if not isinstance(name, str)]
    unknown, missing = mismatches([name for name in weights if isinstance(name, str)], groups)
    problems += [f"weights have an unknown group {name!r}; {nearest(name, groups)}" for name in unknown]
    problems += [f"weights have no group {name!r}; give its share, which may be 0" for name in missing]
    for name, weight in weights.items():
        share = np.asarray(weight)
        if share.ndim or share.dtype.kind not in "fiu" or not 0 <= share <= 1:
            problems.append(f"the weight of group {name!r} is {weight!r}; give a share from 0 to 1")
    if not problems and abs(math.fsum(weights.values()) - 1) > SHARES_ADD_UP:
        problems.append(f"the weights of groups add up to {math.fsum(weights.values()):.12g}; they must add up to 1")
    if problems:
        raise OutcomeError("\n".join(problems))


def _labels(outcomes: xr.Dataset, dim: str) -> list[str]:
    """The names along a dimension, which must be there, text and different."""
    if dim not in outcomes.coords:
        raise OutcomeError(f"the outcomes need the dimension {dim} with names; assign_coords({dim}=[…])")
    labels: list[str] = outcomes[dim].to_numpy().tolist()
    if others := [label for label in labels if not isinstance(label, str)]:
        raise OutcomeError(f"a {dim} is called {others[0]!r}, which is not text; give names, assign_coords({dim}=[…])")
    if controls := [label for label in labels if control_character(label)]:
        raise OutcomeError(f"a {dim} is called {controls[0]!r}, which has a control character; remove it")
    if len(set(labels)) != len(labels):
        raise OutcomeError(f"a {dim} is there twice: {', '.join(labels)}")
    return labels


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

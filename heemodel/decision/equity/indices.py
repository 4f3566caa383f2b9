"""Inequality of health over groups in one number, each by its closed form."""

import numpy as np
import xarray as xr

from heemodel.decision.outcomes import OutcomeError

INDICES = ("atkinson", "kolm")
"""Of social welfare, by whether people mind relative differences in health or absolute ones."""


def equally_distributed_equivalent(
    health: xr.DataArray, people: xr.DataArray, *, aversion: float, index: str = "atkinson"
) -> xr.DataArray:
    """The health per person that, if all had it, would be as good as the health that they have.

    With w_g the share of people in group g and h_g their health, by Atkinson (relative differences count),

        (Σ_g w_g h_g^(1 − ε))^(1 / (1 − ε)),  and exp(Σ_g w_g ln h_g) where ε = 1,

    and by Kolm (absolute ones count)  −ln(Σ_g w_g exp(−α h_g)) / α. Without aversion, 0, both are the mean.

    Parameters
    ----------
    health : per person, dimension `group` and any others, such as `sample` and `strategy`; above 0 for Atkinson's
    people : in each group, dimension `group`
    aversion : ε, without unit, or α, per unit of health; 0 or more
    index : "atkinson" or "kolm"

    Returns
    -------
    DataArray in the unit of health, without `group`

    Raises
    ------
    OutcomeError
        for a negative aversion, an unknown index, missing groups, or health that is not above 0 for Atkinson's

    Notes
    -----
    Atkinson 1970, doi 10.1016/0022-0531(70)90039-6; Kolm 1976, doi 10.1016/0022-0531(76)90037-5. In health: Asaria,
    Griffin and Cookson 2016, doi 10.1177/0272989X15583266. Robson et al. 2017, doi 10.1002/hec.3430, found ε = 10.95
    and α = 0.15 per QALY in a survey of 244 people in England.

    Examples
    --------
    >>> health = xr.DataArray([60.0, 80.0], dims="group", coords={"group": ["deprived", "other"]})
    >>> people = xr.ones_like(health)
    >>> [round(float(equally_distributed_equivalent(health, people, aversion=e)), 2) for e in (0, 1, 10.95)]
    [70.0, 69.28, 63.97]
    """
    weights = _shares(health, people)
    if not (np.isfinite(aversion) and aversion >= 0):
        raise OutcomeError(f"aversion = {aversion!r} must be 0 or more")
    if index not in INDICES:
        raise OutcomeError(f"index = {index!r} is none of {', '.join(map(repr, INDICES))}")
    if aversion == 0:
        return _mean(health, weights)
    least = health.min("group")
    if index == "kolm":  # from the least health on, so that no exponential leaves the range of numbers
        return least - _log_mean_exp(-aversion * (health - least), weights) / aversion
    if not bool((health > 0).all()):
        raise OutcomeError("Atkinson's index takes health above 0; give levels of health, not gains, or index='kolm'")
    above: xr.DataArray = xr.apply_ufunc(np.log, health / least)
    power = 1 - aversion
    if power == 0:
        return least * _exp(_mean(above, weights))
    return least * _exp(_log_mean_exp(power * above, weights) / power)


def atkinson_index(health: xr.DataArray, people: xr.DataArray, *, aversion: float) -> xr.DataArray:
    """Atkinson's index: the share of mean health that people would give up to have it equal; 0 where it is.

    1 − equally distributed equivalent / mean.

    Parameters, errors and sources as `equally_distributed_equivalent`.

    Examples
    --------
    >>> health = xr.DataArray([60.0, 80.0], dims="group", coords={"group": ["deprived", "other"]})
    >>> round(float(atkinson_index(health, xr.ones_like(health), aversion=1)), 4)
    0.0103
    """
    equal = equally_distributed_equivalent(health, people, aversion=aversion)
    return 1 - equal / _mean(health, _shares(health, people))


def kolm_index(health: xr.DataArray, people: xr.DataArray, *, aversion: float) -> xr.DataArray:
    """Kolm's index: how much mean health, in its unit, people would give up to have it equal; 0 where it is.

    mean − equally distributed equivalent.

    Parameters, errors and sources as `equally_distributed_equivalent`.

    Examples
    --------
    >>> health = xr.DataArray([60.0, 80.0], dims="group", coords={"group": ["deprived", "other"]})
    >>> round(float(kolm_index(health, xr.ones_like(health), aversion=0.15)), 2)
    5.7
    """
    equal = equally_distributed_equivalent(health, people, aversion=aversion, index="kolm")
    return _mean(health, _shares(health, people)) - equal


def slope_index(health: xr.DataArray, people: xr.DataArray) -> xr.DataArray:
    """Slope index of inequality: how much more health the best off have than the worst off, along a straight line.

    The slope of the weighted regression of health on rank, which runs from 0 (most deprived) to 1; a group's rank is
    the middle of the ranks that its people take up. With w the shares of people,

        Σ_g w_g (r_g − ½)(h_g − h̄) / Σ_g w_g (r_g − ½)².

    Parameters
    ----------
    health : health, or anything else per person, dimension `group` in order from the most to the least deprived
    people : in each group, dimension `group`

    Returns
    -------
    DataArray in the unit of health; above 0 where the least deprived have more

    Examples
    --------
    >>> health = xr.DataArray([60.0, 65.0, 70.0], dims="group", coords={"group": ["1", "2", "3"]})
    >>> round(float(slope_index(health, xr.ones_like(health))), 6)
    15.0
    """
    weights = _shares(health, people)
    place = _rank(weights) - 0.5
    return _mean(place * (health - _mean(health, weights)), weights) / _mean(place**2, weights)


def concentration_index(health: xr.DataArray, people: xr.DataArray) -> xr.DataArray:
    """Concentration index: 0 where all have as much, above 0 where the least deprived have more; from −1 to 1.

    2 / h̄ · Σ_g w_g (r_g − ½) h_g, with rank r_g and shares w_g as in `slope_index`.

    Parameters
    ----------
    health : health, or anything else per person that is not below 0, dimension `group` from the most deprived on
    people : in each group, dimension `group`

    Returns
    -------
    DataArray without unit; not a number where nobody has anything

    Notes
    -----
    Kakwani, Wagstaff and van Doorslaer 1997, doi 10.1016/S0304-4076(96)01807-6.

    Examples
    --------
    >>> treated = xr.DataArray([0.02, 0.04], dims="group", coords={"group": ["deprived", "other"]})
    >>> round(float(concentration_index(treated, xr.ones_like(treated))), 4)
    0.1667
    """
    weights = _shares(health, people)
    if bool((health < 0).any()):
        raise OutcomeError("the concentration index takes nothing below 0; use slope_index for gains and losses")
    return 2 * _mean((_rank(weights) - 0.5) * health, weights) / _mean(health, weights)


def _shares(health: xr.DataArray, people: xr.DataArray) -> xr.DataArray:
    """Of people in each group, in the order of the health."""
    for name, values in (("health", health), ("people", people)):
        if "group" not in values.dims:
            raise OutcomeError(f"{name} has no dimension 'group'; give it by group")
    if sorted(map(str, health["group"].to_numpy())) != sorted(map(str, people["group"].to_numpy())):
        raise OutcomeError("health and people have different groups; give both for the same ones")
    inside = people.sel(group=health["group"])
    if not bool((inside >= 0).all()) or not bool((inside.sum("group") > 0).all()):
        raise OutcomeError("people must be 0 or more in each group, and more than 0 in all together")
    return inside / inside.sum("group")


def _rank(weights: xr.DataArray) -> xr.DataArray:
    """The middle of the ranks of each group, from 0 to 1."""
    return weights.cumsum("group") - weights / 2


def _log_mean_exp(values: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    """The logarithm of Σ w exp(values), without losing digits where the values are near 0."""
    mean = _mean(xr.apply_ufunc(np.expm1, values), weights)
    logarithm: xr.DataArray = xr.apply_ufunc(np.log1p, mean)
    return logarithm


def _exp(values: xr.DataArray) -> xr.DataArray:
    exponential: xr.DataArray = xr.apply_ufunc(np.exp, values)
    return exponential


def _mean(values: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    return (weights * values).sum("group")

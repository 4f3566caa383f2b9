"""Moves a distribution over ordered categories by a treatment effect: what `ordered_categories` found, elsewhere."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.evidence.specification import EvidenceError

Array = NDArray[np.float64]
Value = xr.DataArray | float
WHOLE = 1e-9
"""How far shares may add up to something other than 1."""


def move_categories(
    shares: xr.DataArray, log_odds_ratio: Value, *, stretch: xr.DataArray | None = None, cut: xr.DataArray | None = None
) -> xr.DataArray:
    """Shares of ordered categories once the odds of being better have changed.

    With a_c = logit(π_1 + … + π_c) the cutpoints of `shares`, from best to worst, the new ones are

        a'_c = a_c + d + γ_c + δ_c,   c < C

    where d is `log_odds_ratio`; γ stretches the distances between cutpoints by exp(θ_c), with Σ_c γ_c = 0, as in
    `ordered_categories` with partial odds (θ = `stretch`); and δ = `cut`, for an effect of its own at each cutpoint.

    Parameters
    ----------
    shares : distribution, dimension `category` from best to worst, adding up to 1
    log_odds_ratio : positive is better; any dimensions but `category`
    stretch : logarithms, dimension `inner`, one for each category but the first and the last
    cut : log odds ratios, dimension `cut`, one for each category but the last

    Returns
    -------
    DataArray of shares, dimension `category` last

    Raises
    ------
    EvidenceError
        if shares do not add up to 1, sizes do not fit, or effects by cut put cutpoints out of order

    Notes
    -----
    Peterson and Harrell 1990 (doi 10.2307/2347760) for odds that differ from cut to cut.

    Examples
    --------
    >>> shares = xr.DataArray([0.3, 0.45, 0.25], dims="category", coords={"category": ["well", "ill", "dead"]})
    >>> move_categories(shares, float(np.log(2))).round(3).values.tolist()
    [0.462, 0.396, 0.143]
    """
    if "category" not in shares.dims or shares.sizes["category"] < 2:
        raise EvidenceError("shares need the dimension 'category', with two categories or more, from best to worst")
    inner = shares.sizes["category"] - 2
    for given, dim, size in ((stretch, "inner", inner), (cut, "cut", inner + 1)):
        if given is not None and given.sizes.get(dim) != size:
            raise EvidenceError(f"{dim!r} has size {given.sizes.get(dim)}; {inner + 2} categories need {size}")
    total = shares.sum("category", skipna=False).to_numpy()
    if (off := ~(np.abs(total - 1) <= WHOLE)).any():
        raise EvidenceError(f"shares add up to {total[off].flat[0]:g} over the categories; they must add up to 1")
    if bool((shares < 0).any()):
        raise EvidenceError(f"a share is {float(shares.min()):g}; it must be 0 or more")
    zero = xr.DataArray(0.0)
    moved: xr.DataArray = xr.apply_ufunc(
        _moved,
        shares,
        xr.DataArray(log_odds_ratio),
        xr.zeros_like(shares.isel(category=slice(1, -1)), dtype=float).rename(category="inner").drop_vars("inner")
        if stretch is None
        else stretch.drop_vars("inner", errors="ignore"),
        (zero.expand_dims(cut=inner + 1) if cut is None else cut.drop_vars("cut", errors="ignore")),
        input_core_dims=[["category"], [], ["inner"], ["cut"]],
        output_core_dims=[["category"]],
    )
    if bool((moved < 0).any()):
        raise EvidenceError("effects by cut put the cutpoints out of order; give effects that differ less between cuts")
    return moved


def _moved(shares: Array, effect: Array, stretch: Array, cut: Array) -> Array:
    """Shares on their last axis: p_c = (1 − exp(−g_c)) logistic(a_c) logistic(−a_{c−1}), g the cutpoints' distances."""
    best = np.cumsum(shares, axis=-1)[..., :-1]
    worst = np.cumsum(shares[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    distance = np.log1p(shares[..., 1:-1] / (best[..., :-1] * worst[..., 1:]))
    stretched = distance * np.exp(stretch)
    grown = np.cumsum(stretched - distance, axis=-1)
    grown = np.concatenate([np.zeros_like(grown[..., :1]), grown], axis=-1)
    cutpoint = np.log(best) - np.log(worst) + effect[..., None] + cut + grown - grown.mean(axis=-1, keepdims=True)
    stretched = stretched + np.diff(cut, axis=-1)
    at_least, worse = _logistic(cutpoint), _logistic(-cutpoint)
    between = -np.expm1(-stretched) * at_least[..., 1:] * worse[..., :-1]
    return np.concatenate([at_least[..., :1], between, worse[..., -1:]], axis=-1)


def _logistic(values: Array) -> Array:
    logistic: Array = 1 / (1 + np.exp(-values))  # of the kind that the values are, which may be recorded
    return logistic

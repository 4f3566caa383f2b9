"""The cost-effectiveness plane as tables.

What lies on an axis belongs to the quadrant whose words it shares (`ICER_WORDS` in `cost_effectiveness`). One that is
dominant is south-east: it gains QALYs at no more cost, or saves money at no loss of QALYs. One that is dominated is
north-west: it costs more without a gain, or loses QALYs without a saving. North-east and south-west, where a ratio
decides, have no points on an axis. A point at the origin, no different from the comparator, counts half as dominant
and half as dominated. So shares add up to 1, and exchanging two strategies exchanges opposite quadrants.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

QUADRANTS = ("north-east", "north-west", "south-east", "south-west")


class Plane(NamedTuple):
    """What a cost-effectiveness plane shows, versus the comparator."""

    points: pd.DataFrame
    """Columns strategy, incremental_qaly, incremental_cost; a row for each sample shown."""
    means: pd.DataFrame
    """The same columns, a row for each strategy: the mean of all samples."""
    shares: pd.DataFrame
    """Columns strategy, quadrant ("north-east": costs more and gains QALYs; …) and share of all samples; what
    lies on an axis as in `quadrant_shares`."""


def quadrant_shares(cost: xr.DataArray, qaly: xr.DataArray) -> xr.DataArray:
    """The share of samples in each quadrant of the plane.

    Dominant points, on an axis too, are south-east and dominated ones north-west; the origin is half of each.

    Parameters
    ----------
    cost, qaly : increments versus the comparator; dimension `sample`, and any others

    Returns
    -------
    DataArray with dimension `quadrant` and the others of the increments; adds up to 1 over quadrants

    See Also
    --------
    CostEffectiveness.plane : shares of every strategy, with the points

    Examples
    --------
    >>> cost = xr.DataArray([5.0, 0.0, -5.0, 0.0], dims="sample")
    >>> qaly = xr.DataArray([1.0, 1.0, 0.0, 0.0], dims="sample")
    >>> quadrant_shares(cost, qaly).to_series().to_dict()
    {'north-east': 0.25, 'north-west': 0.125, 'south-east': 0.625, 'south-west': 0.0}
    """
    same = 0.5 * ((cost == 0) & (qaly == 0))
    inside = [
        (cost > 0) & (qaly > 0),
        ((cost >= 0) & (qaly <= 0)) - same,
        ((cost <= 0) & (qaly >= 0)) - same,
        (cost < 0) & (qaly < 0),
    ]
    names = xr.DataArray(list(QUADRANTS), dims="quadrant", name="quadrant")
    return xr.concat([part.astype(float).mean("sample") for part in inside], dim=names).rename("share")


def plane_of(cost: xr.DataArray, qaly: xr.DataArray, strategies: Sequence[str], most: int) -> Plane:
    """The tables of a plane from increments (strategy, and sample unless deterministic).

    Parameters
    ----------
    cost, qaly : versus the comparator
    strategies : all but the comparator
    most : points, shared among strategies, evenly spread over samples
    """
    both = xr.Dataset({"incremental_qaly": qaly, "incremental_cost": cost})
    both = both if "sample" in both.dims else both.expand_dims("sample")
    both = both.assign({name: one.broadcast_like(both) for name, one in both.items()})
    samples = both.sizes["sample"]
    few = np.unique(np.linspace(0, samples - 1, min(samples, max(1, most // len(strategies)))).astype(int))
    columns = ["strategy", *both.data_vars]
    shares = quadrant_shares(both["incremental_cost"], both["incremental_qaly"]).sel(strategy=list(strategies))
    return Plane(
        both.isel(sample=few).to_dataframe().reset_index()[columns],
        both.mean("sample").to_dataframe().reset_index()[columns],
        shares.transpose("quadrant", "strategy").to_series().reset_index()[["strategy", "quadrant", "share"]],
    )

"""The cost-effectiveness plane as tables."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

QUADRANTS = {"north-east": (1, 1), "north-west": (-1, 1), "south-east": (1, -1), "south-west": (-1, -1)}
"""Signs of QALYs and cost; what lies on an axis counts as a gain and as a cost."""


class Plane(NamedTuple):
    """What a cost-effectiveness plane shows, versus the comparator."""

    points: pd.DataFrame
    """Columns strategy, incremental_qaly, incremental_cost; a row for each sample shown."""
    means: pd.DataFrame
    """The same columns, a row for each strategy: the mean of all samples."""
    shares: pd.DataFrame
    """Columns strategy, quadrant ("north-east": costs more and gains QALYs; …) and share of all samples."""


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
    east, north = both["incremental_qaly"] >= 0, both["incremental_cost"] >= 0
    shares = [
        {"strategy": name, "quadrant": quadrant, "share": float(inside.sel(strategy=name))}
        for quadrant, (right, up) in QUADRANTS.items()
        for inside in [((east == (right > 0)) & (north == (up > 0))).mean("sample")]
        for name in strategies
    ]
    return Plane(
        both.isel(sample=few).to_dataframe().reset_index()[columns],
        both.mean("sample").to_dataframe().reset_index()[columns],
        pd.DataFrame(shares),
    )

"""Names along dimensions, as xarray keeps them: made once, as that takes longer than many a model's arithmetic."""

from functools import lru_cache

import xarray as xr

ALIASES = (
    *("draw", "draws", "index", "iteration", "iterations", "iter", "row", "rows", "dim_0", "obs", "observation"),
    *("sim", "sims", "simulation", "simulations", "samples", "run", "replication", "replicate", "trial", "n"),
)
"""Names that other tools give to the dimension `sample`."""


@lru_cache(maxsize=64)
def named(*dims: tuple[str, tuple[str, ...]]) -> xr.Coordinates:
    """The coordinates of dimensions, each given with its names."""
    return xr.Coordinates({dim: list(names) for dim, names in dims})

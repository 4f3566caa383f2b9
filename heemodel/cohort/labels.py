"""Names along dimensions, as xarray keeps them: made once, as that takes longer than many a model's arithmetic."""

from functools import lru_cache

import xarray as xr


@lru_cache(maxsize=64)
def named(dim: str, names: tuple[str, ...]) -> xr.Coordinates:
    """The coordinate of a dimension with those names."""
    return xr.Coordinates({dim: list(names)})

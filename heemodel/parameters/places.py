"""Where in an array a number is that cannot be, for errors."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray


def first_bad(value: xr.DataArray | float, bad: NDArray[np.bool_]) -> str:
    """The first number that is bad, with its place: by name where its dimension has names, else counted from 0.

    >>> chance = xr.DataArray([0.2, 1.2], dims="strategy", coords={"strategy": ["old", "new"]})
    >>> first_bad(chance, chance.to_numpy() > 1)
    "1.2 (strategy 'new')"
    """
    array = xr.DataArray(value)
    at = tuple(int(place) for place in np.argwhere(bad)[0])
    places = {
        str(dim): array[dim][i].item() if dim in array.coords else i for dim, i in zip(array.dims, at, strict=True)
    }
    place_in_words = ", ".join(f"{dim} {place!r}" for dim, place in places.items())
    return f"{float(array.to_numpy()[at]):g}" + (f" ({place_in_words})" if place_in_words else "")

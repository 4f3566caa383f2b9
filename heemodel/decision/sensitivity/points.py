"""One value of every parameter, and where each number is among them."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import xarray as xr

from heemodel.decision.outcomes import OutcomeError

type Point = xr.Dataset | Mapping[str, float]
"""One value of every parameter."""


class Place(NamedTuple):
    """Where a number is."""

    name: str
    at: tuple[int, ...]
    value: float


def places_of(central: Point) -> dict[str, Place]:
    """Every number among the parameters, by its name, such as ``"cost"`` or ``"recovery[early]"``."""
    if not isinstance(central, xr.Dataset):
        return {name: Place(name, (), float(value)) for name, value in central.items()}
    if "sample" in central.dims:
        raise OutcomeError("the central values have a dimension 'sample'; give one value of every parameter")
    found = {}
    for variable, array in central.items():
        for at in np.ndindex(array.shape):
            value = array[at]
            labels = [
                value.coords[dim].item() if dim in value.coords else i for dim, i in zip(array.dims, at, strict=True)
            ]
            name = f"{variable}[{', '.join(map(str, labels))}]" if labels else str(variable)
            found[name] = Place(str(variable), at, value.item())
    return found

"""Joint draws of the parameters, as a model's functions see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr

from heemodel.errors import nearest
from heemodel.parameters.places import first_bad
from heemodel.structures.errors import MissingParameterError, ModelError


class Parameters:
    """The draws, for a model's functions: `p.incidence`, or `p["incidence"]`, is the DataArray of that name."""

    def __init__(self, draws: xr.Dataset, *, wrap: Callable[[Any], Any] | None = None) -> None:
        self._draws = draws.drop_vars([name for name in draws.coords if name not in draws.dims or name == "sample"])
        self._wrap = wrap
        self.read: set[str] = set()
        """Names that have been asked for."""

    def __getattr__(self, name: str) -> xr.DataArray:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> xr.DataArray:
        if name not in self._draws:
            names = [str(known) for known in self._draws.data_vars]
            raise MissingParameterError(
                f"the model asks for parameter {name!r}, which is not in the inputs; {nearest(name, names)}"
            )
        drawn = self._draws[name]
        if drawn.dtype.kind not in "fiub":
            raise ModelError(f"parameter {name!r} holds {drawn.dtype}; give numbers")
        if name not in self.read and drawn.dtype.kind == "f" and np.isnan(np.min(drawn.values, initial=0.0)):
            bad = np.isnan(drawn.values)
            raise ModelError(f"parameter {name!r} is {first_bad(drawn, bad)}; look for a missing input")
        self.read.add(name)
        return drawn if self._wrap is None else drawn.copy(data=self._wrap(drawn.data))

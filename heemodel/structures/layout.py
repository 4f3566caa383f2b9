"""How labelled arrays fit a model: by lane (strategy, group), cycle, sample and time in the state."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.structures.errors import ModelError
from heemodel.structures.labels import ALIASES
from heemodel.structures.payoffs import Value

Array = NDArray[np.float64]

CYCLE, SAMPLE = -1, -2
"""Stand for an axis that is run along, where another axis has a fixed index."""

Index = tuple[int, ...]
"""For each axis of an array: CYCLE, SAMPLE or a fixed index."""

LANES = ("strategy", "group")
"""Dimensions by name, each combination of which is a cohort of its own."""
DIMS = (*LANES, "cycle", "sample", "time_in_state")


@dataclass(frozen=True)
class Fitted:
    """A value whose dimensions were found to fit; `data` may be recorded and not yet computed."""

    data: Any
    dims: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]

    def index(self, lane: Mapping[str, str], time_in_state: int = 0) -> Index:
        """What each axis is for a lane: CYCLE, SAMPLE or a place on it."""
        return tuple([self._place(dim, lane, time_in_state) for dim in self.dims])

    def _place(self, dim: str, lane: Mapping[str, str], time_in_state: int) -> int:
        if dim in self.labels:
            return self.labels[dim].index(lane[dim])
        if dim == "time_in_state":
            return min(time_in_state, self.tunnel - 1)
        return SAMPLE if dim == "sample" else CYCLE

    @property
    def tunnel(self) -> int:
        """Cycles in a state that are told apart: 1 unless the value has the dimension time_in_state."""
        return int(self.data.shape[self.dims.index("time_in_state")]) if "time_in_state" in self.dims else 1

    @property
    def timed(self) -> bool:
        """Whether it depends on the cycle or on the time in the state."""
        return "cycle" in self.dims or "time_in_state" in self.dims

    def by_sample(self, lane: Mapping[str, str]) -> NDArray[Any]:
        """The numbers of a lane by sample, or one number; for values that are not timed."""
        at = tuple(slice(None) if place < 0 else place for place in self.index(lane))
        return np.asarray(self.data)[at]

    def at_start(self, lane: Mapping[str, str]) -> NDArray[Any]:
        """The numbers of a lane by sample, or one number, in the first cycle."""
        at = tuple(slice(None) if place == SAMPLE else max(place, 0) for place in self.index(lane))
        return np.asarray(self.data)[at]

    def values(self) -> Array:
        """All numbers, computed if need be."""
        return np.asarray(self.data, dtype=float)


@dataclass(frozen=True)
class Layout:
    """The sizes and labels that every array of a model must fit."""

    names: Mapping[str, tuple[str, ...]]
    """Strategies, and groups where there are any."""
    cycles: int
    samples: int
    first_sample: int | None = 0
    """Where this block begins among all samples; None if there is no dimension `sample`."""
    of_samples: int | None = None
    """How many samples there are over all blocks."""

    @property
    def lanes(self) -> list[dict[str, str]]:
        """Every combination of strategy and group."""
        return [dict(zip(self.names, labels, strict=True)) for labels in product(*self.names.values())]

    def fit(self, value: Value, what: str, *, without: tuple[str, ...] = ()) -> Fitted:
        """The value, once its dimensions are known to fit.

        Raises
        ------
        ModelError
            naming `what`, for another dimension, another length, an unknown strategy, or something not a number
        """
        if isinstance(value, (float, int, np.number)):
            return Fitted(np.array(float(value)), (), {})
        if not isinstance(value, xr.DataArray):
            raise ModelError(
                f"{what} is a {type(value).__name__}; give a number or an array with named dimensions, as in "
                'xr.DataArray(numbers, dims="cycle")'
            )
        variable = value.variable
        if variable.dtype.kind not in "fiub":
            raise ModelError(f"{what} holds {variable.dtype}; give numbers")
        dims = tuple(str(dim) for dim in variable.dims)
        allowed = [dim for dim in DIMS if dim not in without and (dim not in LANES or dim in self.names)]
        if extra := [dim for dim in dims if dim not in allowed]:
            as_draws = extra[0].lower() in ALIASES or 1 < self.samples == value.sizes[extra[0]]
            cure = 'If it is the draws, rename it to "sample"' if as_draws else "Sum or select over it"
            raise ModelError(f"{what} has dimension {extra[0]!r}; it may have {', '.join(allowed)}. {cure}")
        given = variable.shape[dims.index("sample")] if "sample" in dims else None
        if given is not None and self.first_sample is not None and given == self.of_samples != self.samples:
            # Given for all samples at once, and not through the parameters: take this block's part.
            variable = variable.isel(sample=slice(self.first_sample, self.first_sample + self.samples))
        sizes = {"cycle": self.cycles, "sample": self.samples}
        for dim, length in zip(dims, variable.shape, strict=True):
            if dim in sizes and length != sizes[dim]:
                raise ModelError(f"{what} has {length:,} values along {dim}; the model has {sizes[dim]:,}")
        for dim in ("cycle", "time_in_state"):
            if dim in dims:
                _check_counted(value, dim, what)
        labels = {dim: self._labels(value, dim, what) for dim in LANES if dim in dims}
        return Fitted(variable.data, dims, labels)

    def _labels(self, array: xr.DataArray, dim: str, what: str) -> tuple[str, ...]:
        """The array's own labels along strategy or group, which must be the model's, in any order."""
        known = self.names[dim]
        if dim not in array.coords:
            raise ModelError(f"{what} has dimension {dim} without names; assign_coords({dim}=[…])")
        given = array.get_index(dim) if dim in array.xindexes else array[dim]
        names = tuple(str(name) for name in given.to_numpy())
        if names == known:
            return names
        for name in names:
            if name not in known:
                raise ModelError(f"{what} has {dim} {name!r}; {nearest(name, known)}")
        if missing := [name for name in known if name not in names]:
            raise ModelError(f"{what} has no value for {dim} {missing[0]!r}; add it")
        if len(set(names)) != len(names):
            raise ModelError(f"{what} has the same {dim} twice: {', '.join(names)}")
        return names

    def where(self, fitted: Fitted, bad: NDArray[np.bool_]) -> str:
        """The first bad value of several, with its strategy, cycle, sample and so on as far as it has them."""
        order = [dim for dim in ("sample", *LANES, "cycle", "time_in_state") if dim in fitted.dims]
        axes = [fitted.dims.index(dim) for dim in order]
        places = np.argwhere(np.transpose(bad, axes))[0]
        found = dict(zip(order, (int(place) for place in places), strict=True))
        number = np.transpose(fitted.values(), axes)[tuple(places)]
        said = [f"{dim} {fitted.labels[dim][found[dim]]!r}" for dim in LANES if dim in found]
        said += [f"{dim.replace('_', ' ')} {found[dim]}" for dim in ("cycle", "time_in_state") if dim in found]
        if "sample" in found and self.first_sample is not None:
            said.append(f"sample {self.first_sample + found['sample']}")
        return f"{float(number)!r}" + (f" ({', '.join(said)})" if said else "")


def _check_counted(array: xr.DataArray, dim: str, what: str) -> None:
    """Refuse labels along a dimension that is counted from 0, if they are not 0, 1, 2, …: they would not be heeded."""
    if not array.sizes[dim]:
        raise ModelError(f"{what} has no values along {dim}")
    if dim not in array.coords:
        return
    labels = array[dim].to_numpy()
    if labels.dtype.kind not in "iuf" or (labels != np.arange(len(labels))).any():
        raise ModelError(
            f"{what} has labels {labels[0]} to {labels[-1]} along {dim}, which counts from 0 to {len(labels) - 1}; "
            f"bring it into that order, then drop_vars({dim!r})"
        )


def check_finite(fitted: Fitted, layout: Layout, what: str) -> None:
    """Refuse a value that is not a finite number."""
    finite = np.isfinite(fitted.values())
    if not finite.all():
        raise ModelError(f"{what} is {layout.where(fitted, ~finite)}; look for a missing or infinite input")

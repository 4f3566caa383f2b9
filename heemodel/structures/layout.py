"""How labelled arrays fit a model: by lane (strategy, group), cycle, sample and time in the state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import closest, nearest
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
STAY = "time_in_state"
"""The clock that every state has: it starts again with each state."""


@dataclass(frozen=True)
class Fitted:
    """A value whose dimensions were found to fit; `data` may be recorded and not yet computed."""

    data: Any
    dims: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]

    def index(self, lane: Mapping[str, str], spent: Mapping[str, int] | None = None) -> Index:
        """What each axis is for a lane: CYCLE, SAMPLE or a place on it.

        `spent` is the time on each clock, by default 0; beyond an array's end on a clock, its last value holds.
        """
        return tuple([self._place(dim, lane, spent or {}) for dim in self.dims])

    def _place(self, dim: str, lane: Mapping[str, str], spent: Mapping[str, int]) -> int:
        if dim in self.labels:
            return self.labels[dim].index(lane[dim])
        if dim in ("sample", "cycle"):
            return SAMPLE if dim == "sample" else CYCLE
        return min(spent.get(dim, 0), self.length(dim) - 1)

    def length(self, dim: str) -> int:
        """Values along a dimension, 1 if it has not got it."""
        return int(self.data.shape[self.dims.index(dim)]) if dim in self.dims else 1

    @property
    def clocks(self) -> list[str]:
        """Dimensions that count time since something: the time in the state, and clocks."""
        return [dim for dim in self.dims if dim not in (*self.labels, "sample", "cycle")]

    @property
    def timed(self) -> bool:
        """Whether it depends on the cycle or on a clock."""
        return "cycle" in self.dims or bool(self.clocks)

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
    clocks: tuple[str, ...] = ()
    """Clocks beside the time in the state."""
    _seen: dict[int, tuple[pd.Index, tuple[str, ...]]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def counted(self) -> tuple[str, ...]:
        """Dimensions that are counted from 0."""
        return ("cycle", STAY, *self.clocks)

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
                f"{what} is of type {type(value).__name__}; {_cure_for(value, by_cycle='cycle' not in without)}"
            )
        variable = value.variable
        if variable.dtype.kind not in "fiub":
            raise ModelError(f"{what} holds {variable.dtype}; give numbers")
        dims = tuple(str(dim) for dim in variable.dims)
        allowed = [dim for dim in (*self.names, "sample", *self.counted) if dim not in without]
        if extra := [dim for dim in dims if dim not in allowed]:
            raise ModelError(self._unknown_dimension(what, extra[0], allowed))
        variable = self._cut(variable, dims)
        sizes = {"cycle": self.cycles, "sample": self.samples}
        for dim, length in zip(dims, variable.shape, strict=True):
            if dim in sizes and length != sizes[dim]:
                more = " or more" if dim == "cycle" else ""
                raise ModelError(f"{what} has {length:,} values along {dim}; the model has {sizes[dim]:,}{more}")
        for dim in self.counted:
            if dim in dims:
                _check_counted(value, dim, what)
        labels = {dim: self._labels(value, dim, what) for dim in LANES if dim in dims}
        return Fitted(variable.data, dims, labels)

    def _cut(self, variable: xr.Variable, dims: tuple[str, ...]) -> xr.Variable:
        """The block's own samples of a value that is given for all, and the cycles of the horizon of a longer table."""
        given = variable.shape[dims.index("sample")] if "sample" in dims else None
        if given is not None and self.first_sample is not None and given == self.of_samples != self.samples:
            variable = variable.isel(sample=slice(self.first_sample, self.first_sample + self.samples))
        if "cycle" in dims and variable.shape[dims.index("cycle")] > self.cycles:
            variable = variable.isel(cycle=slice(0, self.cycles))
        return variable

    @staticmethod
    def _unknown_dimension(what: str, dim: str, allowed: list[str]) -> str:
        """An error for a dimension that a value may not have."""
        cure = "Sum or select over it"
        if dim.lower() in ALIASES:
            cure = "If it holds the draws, rename it: .rename({" + repr(dim) + ': "sample"})'
        elif (meant := closest(dim, allowed)) is not None:
            cure = f"Did you mean {meant!r}? Then rename it: .rename({{{dim!r}: {meant!r}}})"
        elif STAY in allowed:
            cure += ", or, if it counts cycles since something, name it in CohortModel(clocks=…)"
        return f"{what} has dimension {dim!r}; it may have {', '.join(allowed)}. {cure}"

    def _labels(self, array: xr.DataArray, dim: str, what: str) -> tuple[str, ...]:
        """The array's own labels along strategy or group, which must be the model's, in any order."""
        if dim not in array.coords:
            raise ModelError(f"{what} has dimension {dim} without names; assign_coords({dim}=[…])")
        given = array.get_index(dim) if dim in array.xindexes else pd.Index(array[dim].to_numpy())
        if id(given) not in self._seen:
            self._seen[id(given)] = (given, self._checked(tuple(str(name) for name in given.to_numpy()), dim, what))
        return self._seen[id(given)][1]

    def _checked(self, names: tuple[str, ...], dim: str, what: str) -> tuple[str, ...]:
        """Names along a dimension, which must be the model's."""
        known = self.names[dim]
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
        order = [dim for dim in ("sample", *LANES, *self.counted) if dim in fitted.dims]
        axes = [fitted.dims.index(dim) for dim in order]
        places = np.argwhere(np.transpose(bad, axes))[0]
        found = dict(zip(order, (int(place) for place in places), strict=True))
        number = np.transpose(fitted.values(), axes)[tuple(places)]
        said = [f"{dim} {fitted.labels[dim][found[dim]]!r}" for dim in LANES if dim in found]
        said += [f"{dim.replace('_', ' ')} {found[dim]}" for dim in self.counted if dim in found]
        if "sample" in found and self.first_sample is not None:
            said.append(f"sample {self.first_sample + found['sample']}")
        return f"{float(number):.12g}" + (f" ({', '.join(said)})" if said else "")


def _cure_for(value: object, *, by_cycle: bool) -> str:
    """What to give instead of something that is neither a number nor an array with names."""
    if isinstance(value, Mapping):
        return f"give one value, or one for each strategy as in hm.by_strategy({dict(value)!r})"
    if isinstance(value, str) or value is None:
        return "give a number" + ("" if by_cycle else "; what is left over is hm.REST")
    example = 'as in xr.DataArray(numbers, dims="cycle")' if by_cycle else "such as a parameter"
    return f"give a number or an array with named dimensions, {example}"


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
        cure = "look for a missing or infinite input, or a table that ends too soon"
        raise ModelError(f"{what} is {layout.where(fitted, ~finite)}; {cure}")

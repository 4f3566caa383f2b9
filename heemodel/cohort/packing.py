"""Labelled arrays into the kernel's buffer, checked on the way and never repaired."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.cohort.errors import ModelError
from heemodel.cohort.payoffs import Value
from heemodel.errors import nearest

Array = NDArray[np.float64]

Place = tuple[int, int, int, int]
"""Where an array lies in the buffer: offset, and strides for strategy, cycle and sample."""

DIMS = ("strategy", "cycle", "sample")
TOLERANCE = 1e-12
"""Rounding allowed in probabilities that add up to 1."""


@dataclass(frozen=True)
class Shape:
    """The sizes and labels that every array of a model must fit."""

    strategies: tuple[str, ...]
    cycles: int
    samples: int
    first_sample: int | None = 0
    """Where this block begins among all samples; None if there is no dimension `sample`."""

    def fit(self, value: Value, what: str, *, cycle: bool = True) -> Array:
        """The value as an array (strategy, cycle, sample), each of its full size or 1.

        Raises
        ------
        ModelError
            naming `what`, for another dimension, another length, an unknown strategy, or something not a number
        """
        if not isinstance(value, (xr.DataArray, float, int, np.number)):
            raise ModelError(f"{what} is a {type(value).__name__}; give a number or an xarray.DataArray")
        array = value if isinstance(value, xr.DataArray) else xr.DataArray(float(value))
        allowed = DIMS if cycle else tuple(dim for dim in DIMS if dim != "cycle")
        if extra := [str(dim) for dim in array.dims if dim not in allowed]:
            raise ModelError(
                f"{what} has dimension {extra[0]!r}; it may have {', '.join(allowed)}. Sum or select over it"
            )
        if "strategy" in array.dims:
            array = self._in_order(array, what)
        sizes = {"cycle": self.cycles, "sample": self.samples}
        for dim, size in sizes.items():
            if dim in array.dims and array.sizes[dim] != size:
                raise ModelError(f"{what} has {array.sizes[dim]:,} values along {dim}; the model has {size:,}")
        dims = [dim for dim in DIMS if dim in array.dims]
        values = np.asarray(array.transpose(*dims).to_numpy(), dtype=float)
        return values.reshape([array.sizes.get(dim, 1) for dim in DIMS])

    def _in_order(self, array: xr.DataArray, what: str) -> xr.DataArray:
        if "strategy" not in array.coords:
            raise ModelError(f"{what} has dimension strategy without names; assign_coords(strategy=[…])")
        names = [str(name) for name in array["strategy"].to_numpy()]
        for name in names:
            if name not in self.strategies:
                raise ModelError(f"{what} has strategy {name!r}; {nearest(name, self.strategies)}")
        if missing := [name for name in self.strategies if name not in names]:
            raise ModelError(f"{what} has no value for strategy {missing[0]!r}; add it")
        return array.sel(strategy=list(self.strategies))

    def where(self, array: Array, bad: NDArray[np.bool_]) -> str:
        """The first bad value with its strategy, cycle and sample, as far as the array has them."""
        k, j, i = (int(index) for index in np.argwhere(bad)[0])
        place = []
        if array.shape[0] > 1:
            place.append(f"strategy {self.strategies[k]!r}")
        if array.shape[1] > 1:
            place.append(f"cycle {j}")
        if array.shape[2] == self.samples and self.first_sample is not None:
            place.append(f"sample {self.first_sample + i}")
        return f"{array[k, j, i]!r}".removeprefix("np.float64(").removesuffix(")") + (
            f" ({', '.join(place)})" if place else ""
        )


def check_finite(array: Array, shape: Shape, what: str) -> None:
    """Refuse a value that is not a finite number."""
    if not np.isfinite(array).all():
        raise ModelError(f"{what} is {shape.where(array, ~np.isfinite(array))}; look for a missing or infinite input")


def check_probabilities(arrays: Mapping[tuple[str, str], Array], shape: Shape) -> None:
    """Refuse a probability outside [0, 1], and moves out of a state that add up to more than 1."""
    total: dict[str, Array] = {}
    for (source, target), array in arrays.items():
        what = f"the probability of {source!r} → {target!r}"
        check_finite(array, shape, what)
        if array.min() < 0 or array.max() > 1 + TOLERANCE:
            bad = (array < 0) | (array > 1 + TOLERANCE)
            raise ModelError(
                f"{what} is {shape.where(array, bad)}; it must lie between 0 and 1. "
                "Turn rates into probabilities with hm.rate_to_probability"
            )
        total[source] = total[source] + array if source in total else array
    for source, array in total.items():
        if array.max() > 1 + TOLERANCE:
            raise ModelError(
                f"the moves out of {source!r} add up to {shape.where(array, array > 1 + TOLERANCE)}; "
                "they must leave at most 1. Competing risks need conditional probabilities"
            )


@dataclass
class Buffer:
    """Collects arrays end to end; each is known by its offset and its strides for strategy, cycle, sample."""

    parts: list[Array] = field(default_factory=list)
    places: dict[int, Place] = field(default_factory=dict)
    used: int = 0

    def add(self, array: Array) -> Place:
        """Append an array (strategy, cycle, sample) and return where it lies; the same array is stored once."""
        if id(array) in self.places:
            return self.places[id(array)]
        _, cycles, samples = array.shape
        strides = (cycles * samples, samples, 1)
        by_strategy, by_cycle, by_sample = (
            step if size > 1 else 0 for size, step in zip(array.shape, strides, strict=True)
        )
        place = (self.used, by_strategy, by_cycle, by_sample)
        self.parts.append(array)
        self.places[id(array)] = place
        self.used += array.size
        return place

    def flat(self) -> Array:
        """All arrays in one."""
        return np.concatenate([np.ascontiguousarray(part).ravel() for part in self.parts])

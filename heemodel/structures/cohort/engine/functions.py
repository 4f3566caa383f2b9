"""What numpy's own functions do to recorded arrays; all that are not listed compute at once."""

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import xarray as xr

from heemodel.structures.cohort.engine.recording import (
    DRAWN,
    FIXED,
    HANDLERS,
    PERHAPS,
    Recorded,
    elementwise,
    is_drawn,
    record,
)

MOST_TERMS = 1_000
"""A longer sum over an axis is worked out at once."""


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        return NotImplemented
    return elementwise("where", np.where, (condition, x, y))


def _broadcast_to(array: Any, shape: Any) -> Any:
    """Never computed at once: it repeats numbers, and what is done to it would be done to each."""
    if tuple(shape) == array.shape:
        return array
    return Recorded("broadcast", (array,), tuple(shape), array.dtype, drawn=max(PERHAPS, is_drawn(array)))


def _filled_like(number: float) -> Callable[..., Any]:
    return lambda a, **_: _broadcast_to(np.array(number), a.shape)


def _concatenate(arrays: Sequence[Any], axis: int | None = 0, **kwargs: Any) -> Any:
    if axis is None or kwargs.get("out") is not None:
        return NotImplemented
    parts = tuple(x if isinstance(x, Recorded) else np.asarray(x) for x in arrays)
    if len(parts) == 1:
        return parts[0]
    axis = axis % len(parts[0].shape)
    length = sum(part.shape[axis] for part in parts)
    shape = (*parts[0].shape[:axis], length, *parts[0].shape[axis + 1 :])
    return record("join", parts, shape, np.result_type(*(part.dtype for part in parts)), axis)


def _stack(arrays: Sequence[Any], axis: int = 0, **kwargs: Any) -> Any:
    at = axis % (len(arrays[0].shape) + 1)
    key = (*(slice(None),) * at, None, Ellipsis)
    return _concatenate([array[key] for array in arrays], axis=at, **kwargs)


def _pad(array: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Any:
    if mode != "constant":
        return NotImplemented
    filled = np.broadcast_to(np.asarray(kwargs.get("constant_values", 0.0)), (array.ndim, 2))
    for axis, (before, after) in enumerate(np.broadcast_to(np.asarray(pad_width), (array.ndim, 2)).tolist()):
        shapes = [(*array.shape[:axis], length, *array.shape[axis + 1 :]) for length in (before, after)]
        ends = [np.broadcast_to(filled[axis, side], shape) for side, shape in enumerate(shapes)]
        array = _concatenate([part for part in (ends[0], array, ends[1]) if part.shape[axis]], axis=axis)
    return array


def _folded(name: str) -> Callable[..., Any]:
    """The reduction of axes by a function of two numbers."""

    def fold(a: Any, axis: Any = None, **kwargs: Any) -> Any:
        if axis is None or any(value is not None for name, value in kwargs.items() if name != "dtype"):
            return NotImplemented
        axes = tuple(sorted({int(part) % a.ndim for part in (axis if isinstance(axis, tuple) else (axis,))}))
        if math.prod(a.shape[part] for part in axes) > MOST_TERMS:
            return NotImplemented
        shape = tuple(size for place, size in enumerate(a.shape) if place not in axes)
        dtype = float if name == "add" else int if name == "multiply" and a.dtype == bool else a.dtype
        return record("fold", (a,), shape, dtype, (name, axes), view=a.is_known)

    return fold


_sum, _product = _folded("add"), _folded("multiply")


def _mean(a: Any, axis: Any = None, **kwargs: Any) -> Any:
    total = _sum(a, axis, **kwargs)
    return total if total is NotImplemented else total * (total.size / a.size)


def _nanmean(a: Any, axis: Any = None, **kwargs: Any) -> Any:
    missing = np.isnan(a)
    total = _sum(_where(missing, 0.0, a), axis, **kwargs)
    return total if total is NotImplemented else total / _sum(_where(missing, 0.0, 1.0), axis)


def _cumulated(a: Any, axis: Any = None, **kwargs: Any) -> Any:
    if a.is_known or axis is None or kwargs.get("out") is not None or a.shape[axis] > MOST_TERMS // 10:
        return NotImplemented
    axis = axis % a.ndim
    key = (slice(None),) * axis
    a = a * 1 if a.dtype == bool else a
    parts = [a[(*key, place, Ellipsis)][(*key, None, Ellipsis)] for place in range(a.shape[axis])]
    for place in range(1, len(parts)):
        parts[place] = parts[place - 1] + parts[place]
    return _concatenate(parts, axis=axis)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, **named: Any) -> Any:
    low, high = named.pop("min", a_min), named.pop("max", a_max)
    if any(value is not None for value in named.values()):
        return NotImplemented
    a = a if low is None else elementwise("maximum", np.maximum, (a, low))
    return a if high is None else elementwise("minimum", np.minimum, (a, high))


def _einsum(subscripts: Any, *arrays: Any, **kwargs: Any) -> Any:
    """A sum of products over named axes, as xr.dot asks for it: "...a,...ab->...b"."""
    if not isinstance(subscripts, str) or "->" not in subscripts or any(value for value in kwargs.values()):
        return NotImplemented
    before, result = subscripts.replace(" ", "").replace("...", "").split("->")
    names = before.split(",")
    letters = "".join(dict.fromkeys("".join(names)))
    if any(len(set(own)) != len(own) for own in (*names, result)):
        return NotImplemented
    product = reduce(np.multiply, [_spread(array, own, letters) for array, own in zip(arrays, names, strict=True)])
    kept = [letter for letter in letters if letter in result]
    free = product.ndim - len(letters)
    axes = tuple(free + place for place, letter in enumerate(letters) if letter not in result)
    total = np.sum(product, axis=axes) if axes else product
    return np.transpose(total, (*range(free), *(free + kept.index(letter) for letter in result)))


def _spread(array: Any, own: str, letters: str) -> Any:
    """An array whose last axes are named, with an axis for each letter at the end."""
    free = array.ndim - len(own)
    ordered = sorted(own, key=letters.index)
    turned = np.transpose(array, (*range(free), *(free + own.index(letter) for letter in ordered)))
    return turned[(*(slice(None),) * free, *(slice(None) if letter in own else None for letter in letters))]


def _moved(axes: int, source: Any, destination: Any) -> list[int]:
    """The order of axes in which some lie where they are moved to."""
    moved = [int(axis) % axes for axis in np.atleast_1d(source)]
    order = [axis for axis in range(axes) if axis not in moved]
    for place, axis in sorted(zip([int(at) % axes for at in np.atleast_1d(destination)], moved, strict=True)):
        order.insert(place, axis)
    return order


HANDLERS |= {
    np.where: _where,
    np.broadcast_to: _broadcast_to,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.pad: _pad,
    np.sum: _sum,
    np.prod: _product,
    np.nanprod: lambda a, axis=None, **kwargs: _product(_where(np.isnan(a), 1.0, a), axis, **kwargs),
    np.nansum: lambda a, axis=None, **kwargs: _sum(_where(np.isnan(a), 0.0, a), axis, **kwargs),
    np.clip: _clip,
    np.max: _folded("maximum"),
    np.min: _folded("minimum"),
    np.nanmax: _folded("fmax"),
    np.nanmin: _folded("fmin"),
    np.mean: _mean,
    np.nanmean: _nanmean,
    np.cumsum: _cumulated,
    np.nancumsum: lambda a, axis=None, **kwargs: _cumulated(_where(np.isnan(a), 0.0, a), axis, **kwargs),
    np.einsum: _einsum,
    np.take: lambda a, indices, axis=None, **_: (
        NotImplemented if axis is None else a[(*(slice(None),) * (axis % a.ndim), indices)]
    ),
    np.moveaxis: lambda a, source, destination: a.transpose(*_moved(a.ndim, source, destination)),
    np.transpose: lambda a, axes=None: a.transpose(*(axes or ())),
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
    np.zeros_like: _filled_like(0.0),
    np.ones_like: _filled_like(1.0),
    np.result_type: lambda *xs: np.result_type(*(x.dtype if isinstance(x, Recorded) else x for x in xs)),
}


def by_cycle(values: Any) -> xr.DataArray:
    """An array over cycles, such that what is done to it and the draws is recorded."""
    return xr.DataArray(Recorded.known(values, drawn=FIXED), dims="cycle")


def as_drawn(array: xr.DataArray) -> Any:
    """The numbers of a parameter, such that what is done to its draws is recorded.

    Of the widest type, so that what is computed at once is what the kernel would work out. One number is left as it is:
    a table may be looked up by it.
    """
    wide = {"f": float, "i": np.int64, "u": np.int64}.get(array.dtype.kind, array.dtype)
    values = np.array(array.data) if not array.ndim else np.asarray(array.data)
    values = values if values.dtype.itemsize == np.dtype(wide).itemsize else values.astype(wide)
    return Recorded.known(values, drawn=DRAWN if "sample" in array.dims else FIXED) if array.ndim else values

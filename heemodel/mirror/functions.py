"""What numpy's own functions do to arrays of recorded numbers; all that are not listed have no formula."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from heemodel.mirror.arrays import Recorded, Recording

MOVING = frozenset(
    {np.concatenate, np.stack, np.broadcast_to, np.transpose, np.moveaxis, np.swapaxes, np.reshape, np.ravel}
    | {np.squeeze, np.expand_dims, np.take, np.take_along_axis, np.roll, np.flip, np.tile, np.repeat, np.pad}
    | {np.atleast_1d, np.hstack, np.vstack, np.append, np.delete, np.insert, np.split, np.array_split, np.copy}
    | {np.broadcast_arrays, np.rollaxis, np.compress, np.diagonal}
)
"""Functions that move elements about and change none."""


def _where(recording: Recording, condition: Any, x: Any = None, y: Any = None) -> Any:
    return NotImplemented if x is None or y is None else recording.elementwise("if", (condition, x, y))


def _folded(operation: str) -> Callable[..., Any]:
    """The reduction of axes; of all by default."""

    def fold(recording: Recording, a: Any, axis: Any = None, **kwargs: Any) -> Any:
        keep = bool(kwargs.pop("keepdims", False) is True)
        if any(value is not None and value is not np._NoValue for name, value in kwargs.items() if name != "dtype"):  # noqa: SLF001
            return NotImplemented
        elements = a.elements if isinstance(a, Recorded) else np.asarray(a).astype(object)
        given = range(elements.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = sorted({int(part) % max(1, elements.ndim) for part in given})
        left = [part for part in range(elements.ndim) if part not in axes]
        turned = elements.transpose(*left, *axes)
        shape = turned.shape[: len(left)]
        rows = turned.reshape(math.prod(shape), -1)
        made = np.empty(len(rows), dtype=object)
        made[:] = [recording.folded(operation, row.tolist()) for row in rows]
        made = made.reshape(shape)
        if keep:
            made = made.reshape([1 if part in axes else size for part, size in enumerate(elements.shape)])
        return recording.array(made, bool if operation in ("any", "all") else float)

    return fold


_sum = _folded("sum")


def _mean(recording: Recording, a: Any, axis: Any = None, **kwargs: Any) -> Any:
    total = _sum(recording, a, axis, **kwargs)
    return total if total is NotImplemented else total / (a.size / np.size(total))


def _cumulated(operation: str) -> Callable[..., Any]:
    def cumulate(recording: Recording, a: Any, axis: Any = None, **kwargs: Any) -> Any:
        if kwargs.get("out") is not None:
            return NotImplemented
        elements = a.elements.ravel() if axis is None else np.moveaxis(a.elements, axis, -1)
        made = np.empty(elements.shape, dtype=object)
        for place in range(elements.shape[-1]):
            here = elements[..., place].reshape(-1).tolist()
            before = here if place == 0 else made[..., place - 1].reshape(-1).tolist()
            values = (
                here if place == 0 else [recording.make(operation, x, y) for x, y in zip(before, here, strict=True)]
            )
            column = np.empty(len(values), dtype=object)
            column[:] = values
            made[..., place] = column.reshape(elements.shape[:-1])
        return recording.array(made if axis is None else np.moveaxis(made, -1, axis))

    return cumulate


def _clip(recording: Recording, a: Any, a_min: Any = None, a_max: Any = None, **named: Any) -> Any:
    low, high = named.pop("min", a_min), named.pop("max", a_max)
    if any(value is not None for value in named.values()):
        return NotImplemented
    a = a if low is None or low is np._NoValue else recording.elementwise("maximum", (a, low))  # noqa: SLF001 - numpy's own
    return a if high is None or high is np._NoValue else recording.elementwise("minimum", (a, high))  # noqa: SLF001


def _diff(_: Recording, a: Any, n: int = 1, axis: int = -1, **kwargs: Any) -> Any:
    if n != 1 or kwargs:
        return NotImplemented
    at = axis % a.ndim
    key = (slice(None),) * at
    return a[(*key, slice(1, None))] - a[(*key, slice(None, -1))]


def _dot(recording: Recording, a: Any, b: Any, **_: Any) -> Any:
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        return NotImplemented
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    left = a[..., :, None] if np.ndim(b) == 2 else a
    return _sum(recording, left * b, axis=-2 if np.ndim(b) == 2 else -1)


def _einsum(recording: Recording, subscripts: Any, *arrays: Any, **kwargs: Any) -> Any:
    """A sum of products over named axes, as xr.dot asks for it."""
    if not isinstance(subscripts, str) or "->" not in subscripts or any(value for value in kwargs.values()):
        return NotImplemented
    before, result = subscripts.replace(" ", "").replace("...", "").split("->")
    names = before.split(",")
    letters = "".join(dict.fromkeys("".join(names)))
    if any(np.ndim(array) != len(own) or len(set(own)) != len(own) for array, own in zip(arrays, names, strict=True)):
        return NotImplemented
    spread = []
    for array, own in zip(arrays, names, strict=True):
        turned = np.transpose(array, [own.index(letter) for letter in sorted(own, key=letters.index)])
        spread.append(turned[tuple(slice(None) if letter in own else None for letter in letters)])
    product = reduce(np.multiply, spread)
    axes = tuple(place for place, letter in enumerate(letters) if letter not in result)
    total = _sum(recording, product, axis=axes) if axes else product
    kept = [letter for letter in letters if letter in result]
    return np.transpose(total, [kept.index(letter) for letter in result])


def _filled(number: float) -> Callable[..., Any]:
    return lambda _, a, dtype=None, **__: np.full(a.shape, number, dtype=dtype or a.dtype)


def _plain_answer(function: Callable[..., Any]) -> Callable[..., Any]:
    """What is only looked at: shapes, types, whether numbers are close."""
    return lambda recording, *args, **kwargs: function(
        *(recording.taken(x, function.__name__) if isinstance(x, Recorded) else x for x in args), **kwargs
    )


HANDLERS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.sum: _sum,
    np.nansum: _sum,
    np.prod: _folded("multiply"),
    np.nanprod: _folded("multiply"),
    np.max: _folded("maximum"),
    np.min: _folded("minimum"),
    np.nanmax: _folded("maximum"),
    np.nanmin: _folded("minimum"),
    np.any: _folded("any"),
    np.all: _folded("all"),
    np.mean: _mean,
    np.nanmean: _mean,
    np.cumsum: _cumulated("add"),
    np.nancumsum: _cumulated("add"),
    np.cumprod: _cumulated("multiply"),
    np.nancumprod: _cumulated("multiply"),
    np.clip: _clip,
    np.diff: _diff,
    np.dot: _dot,
    np.einsum: _einsum,
    np.zeros_like: _filled(0.0),
    np.ones_like: _filled(1.0),
    np.full_like: lambda _, a, fill_value, dtype=None, **__: np.full(a.shape, fill_value, dtype=dtype or a.dtype),
    np.shape: lambda _, a: a.shape,
    np.ndim: lambda _, a: a.ndim,
    np.size: lambda _, a, axis=None: a.size if axis is None else a.shape[axis],
    np.result_type: lambda _, *xs: np.result_type(*(x.dtype if isinstance(x, Recorded) else x for x in xs)),
    np.allclose: _plain_answer(np.allclose),
    np.isclose: _plain_answer(np.isclose),
    np.array_equal: _plain_answer(np.array_equal),
    np.iscomplexobj: lambda *_: False,
}

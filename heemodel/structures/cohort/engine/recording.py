"""Arrays over cycles that are written down instead of computed, so that the kernel can work them out as it goes.

A value for every sample, cycle and strategy would fill memory many times over, and be read from there again. A model's
functions are therefore given `time.cycle` as a `Traced` array: xarray carries it like any other, what is done to it is
recorded, and the kernel evaluates the record one cycle and a few samples at a time. What cannot be recorded is
computed at once, as numpy would: the answer is the same, and only slower. The model's author need not know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

RECORDED = frozenset(
    {"add", "subtract", "multiply", "divide", "negative", "positive", "power", "square", "exp", "expm1", "log", "log1p"}
    | {"sqrt", "absolute", "minimum", "maximum", "isnan", "less", "less_equal", "greater", "greater_equal", "equal"}
    | {"not_equal", "logical_and", "logical_or", "logical_not"}
)
"""Numpy's elementwise functions that are recorded, by name."""

ON_TRUTHS = {"bitwise_and": "logical_and", "bitwise_or": "logical_or", "invert": "logical_not"}
"""What Python's &, | and ~ mean on arrays of truths."""


class Traced(NDArrayOperatorsMixin):
    """An array that is known, or the record of an operation on others.

    Attributes
    ----------
    operation : "known", the name of an elementwise function, or "where", "transpose", "index", "broadcast", "join",
        "total"
    inputs : what it works on
    detail : what else it needs: the value of "known", the axes of "transpose", …
    """

    def __init__(
        self, operation: str, inputs: tuple[Any, ...], shape: tuple[int, ...], dtype: np.dtype[Any], detail: Any = None
    ) -> None:
        self.operation, self.inputs, self.detail = operation, inputs, detail
        self.shape, self.dtype = shape, dtype
        self._value: NDArray[Any] | None = detail if operation == "known" else None

    @classmethod
    def known(cls, value: Any) -> Traced:
        """An array whose value is there already."""
        array = np.asarray(value)
        return cls("known", (), array.shape, array.dtype, array)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))

    def value(self) -> NDArray[Any]:
        """All values at once, as numpy works them out."""
        if self._value is None:
            self._value = _compute(self)
        return self._value

    def transpose(self, *axes: Any) -> Traced:
        """Axes in another order."""
        order = tuple(axes[0]) if len(axes) == 1 and isinstance(axes[0], Sequence) else axes
        order = tuple(int(axis) % self.ndim for axis in order) or tuple(range(self.ndim))[::-1]
        return _record("transpose", (self,), tuple(self.shape[axis] for axis in order), self.dtype, order)

    @property
    def T(self) -> Traced:  # noqa: N802 - numpy's name
        """Axes in reverse order."""
        return self.transpose()

    @property
    def real(self) -> Traced:
        """Itself; xarray takes an array only if it has a real and an imaginary part."""
        return self

    @property
    def imag(self) -> NDArray[Any]:
        """Zeros."""
        return np.broadcast_to(0.0, self.shape)

    def astype(self, dtype: Any, **_: Any) -> Traced:
        """Truths and whole numbers are numbers already; anything else is computed at once."""
        if np.dtype(dtype) == self.dtype:
            return self
        if np.dtype(dtype) == np.float64:
            return _record("broadcast", (self,), self.shape, float)
        return Traced.known(self.value().astype(dtype))

    def copy(self, *_: Any, **__: Any) -> Traced:
        """Itself: nothing ever changes it."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Traced:
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: FBT001 - numpy's call
        return np.array(self.value(), dtype=dtype)

    def __repr__(self) -> str:
        return repr(self.value())

    def _repr_inline_(self, max_width: int) -> str:
        """What xarray shows of it in a table."""
        return f"recorded over cycles, {self.dtype}"[:max_width]

    def __len__(self) -> int:
        return self.shape[0]

    def __bool__(self) -> bool:
        return bool(self.value())

    def __float__(self) -> float:
        return float(self.value())

    def __int__(self) -> int:
        return int(self.value())

    def __getitem__(self, key: Any) -> Any:
        keys = key if isinstance(key, tuple) else (key,)
        if self.operation == "known":
            return Traced.known(self.value()[key])
        if not all(k is None or k is Ellipsis or isinstance(k, (int, np.integer)) or _is_whole(k) for k in keys):
            return self.value()[key]
        rest = self.ndim - sum(k is not None and k is not Ellipsis for k in keys)
        at = next((place for place, k in enumerate(keys) if k is Ellipsis), len(keys))
        kept: list[int | None] = []  # axis behind each axis of the result; None where it is new
        fixed: dict[int, int] = {}
        axis = 0
        for k in (*keys[:at], *(slice(None),) * rest, *keys[at + 1 :]):
            if k is None:
                kept.append(None)
                continue
            if isinstance(k, slice):
                kept.append(axis)
            else:
                fixed[axis] = int(k) % self.shape[axis]
            axis += 1
        shape = tuple(1 if source is None else self.shape[source] for source in kept)
        return _record("index", (self,), shape, self.dtype, (tuple(kept), fixed))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        name = ufunc.__name__
        if name in ON_TRUTHS and all(np.asarray(_stub(x)).dtype == bool for x in inputs):
            name = ON_TRUTHS[name]
        if method != "__call__" or name not in RECORDED or kwargs:
            found = getattr(ufunc, method)(*(_plain(x) for x in inputs), **kwargs)
            return Traced.known(found) if all(_is_known(x) for x in inputs) else found
        return _elementwise(name, ufunc, inputs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        handler = FUNCTIONS.get(function)
        found = handler(*args, **kwargs) if handler is not None else NotImplemented
        if found is not NotImplemented:
            return found
        return function(*_plain(args), **{name: _plain(value) for name, value in kwargs.items()})


def _record(operation: str, inputs: tuple[Any, ...], shape: tuple[int, ...], dtype: Any, detail: Any = None) -> Traced:
    """The record of an operation; worked out at once where all that it works on is known."""
    made = Traced(operation, inputs, shape, np.dtype(dtype), detail)
    return Traced.known(made.value()) if all(_is_known(x) for x in inputs) else made


def _is_whole(key: Any) -> bool:
    """Whether a key takes a whole axis as it is."""
    return isinstance(key, slice) and key == slice(None)


def _is_known(x: Any) -> bool:
    """Whether an operand is a single number or a known array over cycles."""
    return x.operation == "known" if isinstance(x, Traced) else np.size(x) == 1


def _stub(x: Any) -> Any:
    """Something of the operand's type, to ask numpy for the type of a result."""
    return np.empty(0, dtype=x.dtype) if isinstance(x, (Traced, np.ndarray)) and x.ndim else x


def _elementwise(name: str, function: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    operands = tuple(x if isinstance(x, Traced) else np.asarray(x) for x in inputs)
    if any(x.dtype.kind not in "fiub" for x in operands):
        return function(*(_plain(x) for x in operands))
    shape = np.broadcast_shapes(*(x.shape for x in operands))
    dtype = function(*(np.empty(0, dtype=x.dtype) for x in operands)).dtype
    return _record(name, operands, shape, dtype)


def _plain(x: Any) -> Any:
    """An operand, or operands in a list, as numpy takes them."""
    if isinstance(x, Traced):
        return x.value()
    if isinstance(x, (list, tuple)):
        return type(x)(_plain(one) for one in x)
    return x


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None or y is None:
        return NotImplemented
    return _elementwise("where", np.where, (condition, x, y))


def _broadcast_to(array: Any, shape: Any) -> Any:
    return _record("broadcast", (array,), tuple(shape), array.dtype)


def _concatenate(arrays: Sequence[Any], axis: int | None = 0, **kwargs: Any) -> Any:
    if axis is None or kwargs.get("out") is not None:
        return NotImplemented
    parts = tuple(x if isinstance(x, Traced) else np.asarray(x) for x in arrays)
    axis = axis % len(parts[0].shape)
    length = sum(part.shape[axis] for part in parts)
    shape = (*parts[0].shape[:axis], length, *parts[0].shape[axis + 1 :])
    return _record("join", parts, shape, np.result_type(*(part.dtype for part in parts)), axis)


def _stack(arrays: Sequence[Any], axis: int = 0, **kwargs: Any) -> Any:
    at = axis % (len(arrays[0].shape) + 1)
    key = (*(slice(None),) * at, None, Ellipsis)
    return _concatenate([array[key] for array in arrays], axis=at, **kwargs)


def _sum(a: Any, axis: Any = None, **kwargs: Any) -> Any:
    if axis is None or any(value is not None for name, value in kwargs.items() if name != "dtype"):
        return NotImplemented
    axes = {int(one) % a.ndim for one in (axis if isinstance(axis, tuple) else (axis,))}
    shape = tuple(size for place, size in enumerate(a.shape) if place not in axes)
    return _record("total", (a,), shape, float, tuple(sorted(axes)))


FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: _where,
    np.broadcast_to: _broadcast_to,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.sum: _sum,
    np.transpose: lambda a, axes=None: a.transpose(*(axes or ())),
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.zeros_like: lambda a, **_: np.broadcast_to(0.0, a.shape),
    np.result_type: lambda *xs: np.result_type(*(x.dtype if isinstance(x, Traced) else x for x in xs)),
}
"""What numpy's own functions do to a traced array; all others compute at once."""


def _index(array: NDArray[Any], detail: tuple[tuple[int | None, ...], dict[int, int]]) -> NDArray[Any]:
    kept, fixed = detail
    picked = array[tuple(fixed.get(axis, slice(None)) for axis in range(array.ndim))]
    return picked.reshape([1 if source is None else array.shape[source] for source in kept])


BY_NUMPY: dict[str, Callable[[Traced, list[Any]], Any]] = {
    "transpose": lambda node, values: np.transpose(values[0], node.detail),
    "index": lambda node, values: _index(values[0], node.detail),
    "broadcast": lambda node, values: np.broadcast_to(np.asarray(values[0], dtype=node.dtype), node.shape),
    "join": lambda node, values: np.concatenate(values, axis=node.detail),
    "total": lambda node, values: np.sum(values[0], axis=node.detail),
}
"""How numpy does what is recorded under another name than its own."""


def _compute(node: Traced) -> NDArray[Any]:
    """The value of a record, by numpy."""
    values = [_plain(x) for x in node.inputs]
    if node.operation in BY_NUMPY:
        return np.asarray(BY_NUMPY[node.operation](node, values))
    return np.asarray(getattr(np, node.operation)(*values))

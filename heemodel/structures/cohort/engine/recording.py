"""Arrays that are written down instead of computed, so that the kernel can work them out as it goes.

A value for every sample, cycle and strategy would fill memory many times over, and be read from there again. A model's
functions are therefore given parameters and `time.cycle` as `Recorded` arrays: xarray carries them like any other, what
is done to them is recorded, and the kernel evaluates the record one cycle and a few samples at a time. What cannot be
recorded is computed at once, as numpy would: the answer is the same, and only slower. The author need not know.

What is small is computed at once too. An array is *drawn* if it may have a value for every sample; an operation is
recorded only where its result would be much larger than the drawn arrays that it works on, as a rate by sample times a
table by cycle is. Whether it is does not depend on the number of samples, so that neither do the numbers: it is
compared with arrays that are known to be by sample, and only where there are none with those that may be, numpy's own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from types import EllipsisType
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from heemodel.structures.errors import ModelError

RECORDED = frozenset(
    {"add", "subtract", "multiply", "divide", "negative", "positive", "power", "float_power", "square", "reciprocal"}
    | {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "tanh", "absolute", "sign", "floor", "ceil"}
    | {"floor_divide", "remainder", "minimum", "maximum", "fmin", "fmax", "clip", "isnan", "less", "less_equal"}
    | {"greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_not"}
)
"""Numpy's elementwise functions that are recorded, by name."""

WHOLE = frozenset({"floor_divide", "remainder"})
"""Functions that give 0 of a whole number and 0."""

ON_TRUTHS = {"bitwise_and": "logical_and", "bitwise_or": "logical_or", "invert": "logical_not"}
"""What Python's &, | and ~ mean on arrays of truths."""

FEW = 4
"""A result that is at most so many times as large as what it is made of is computed at once, as a value for each of two
strategies is: to record it would take longer."""

FIXED, PERHAPS, DRAWN = 0, 1, 2
"""Whether an array has a value for every sample: no, it may have as an array of numpy's own, or yes."""

IN_PLACE = (
    "a model's function changes numbers in place, and those of parameters and time cannot be; make a new array, as in "
    "xr.where(time.cycle < 3, 0.0, p.risk)"
)

AS_FUNCTIONS = frozenset({"sum", "prod", "max", "min", "mean", "cumsum", "clip", "take", "any", "all"})
"""Methods that are also functions of numpy, which can be recorded."""

DTYPES: dict[tuple[Any, ...], np.dtype[Any]] = {}
"""Types of results, by function and types of operands."""

HANDLERS: dict[Callable[..., Any], Callable[..., Any]] = {}
"""What numpy's own functions do to recorded arrays, filled by `functions`; one that answers NotImplemented leaves it to
numpy, and so do all that are not listed."""


class Recorded(NDArrayOperatorsMixin):
    """An array that is known, or the record of an operation on others.

    Attributes
    ----------
    operation : "known", the name of an elementwise function, or one of those in `BY_NUMPY`
    inputs : what it works on
    detail : what else it needs: the axes of "transpose", the places of "take", …
    drawn : whether it has a value for every sample: FIXED, PERHAPS or DRAWN
    """

    # `x += 1` makes a new array, as `x = x + 1` does: nothing ever changes one.
    __iadd__, __isub__, __imul__ = (getattr(NDArrayOperatorsMixin, f"__{name}__") for name in ("add", "sub", "mul"))
    __itruediv__, __ifloordiv__, __imod__, __ipow__ = (
        getattr(NDArrayOperatorsMixin, f"__{name}__") for name in ("truediv", "floordiv", "mod", "pow")
    )
    __iand__, __ior__, __ixor__ = (getattr(NDArrayOperatorsMixin, f"__{name}__") for name in ("and", "or", "xor"))

    def __init__(
        self,
        operation: str,
        inputs: tuple[Any, ...],
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        detail: Any = None,
        *,
        drawn: int,
    ) -> None:
        self.operation, self.inputs, self.detail, self.drawn = operation, inputs, detail, drawn
        self.shape, self.dtype = shape, dtype
        self._value: NDArray[Any] | None = None

    @classmethod
    def known(cls, value: Any, *, drawn: int) -> Recorded:
        """An array whose value is there already."""
        array = value if isinstance(value, np.ndarray) else np.asarray(value)
        made = cls("known", (), array.shape, array.dtype, drawn=drawn)
        made._value = array
        return made

    @property
    def is_known(self) -> bool:
        """Whether its value is there, so that nothing more needs to be worked out."""
        return self._value is not None

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))

    def value(self) -> NDArray[Any]:
        """All values at once, as numpy works them out; kept, and from then on known."""
        if self._value is None:
            self._value = _compute(self, {})
        return self._value

    def transpose(self, *axes: Any) -> Recorded:
        """Axes in another order."""
        order = tuple(axes[0]) if len(axes) == 1 and isinstance(axes[0], Sequence) else axes
        order = tuple(int(axis) % self.ndim for axis in order) or tuple(range(self.ndim))[::-1]
        return record("transpose", (self,), tuple(self.shape[axis] for axis in order), self.dtype, order, view=True)

    @property
    def T(self) -> Recorded:  # noqa: N802 - numpy's name
        """Axes in reverse order."""
        return self.transpose()

    @property
    def real(self) -> Recorded:
        """Itself; xarray takes an array only if it has a real and an imaginary part."""
        return self

    @property
    def imag(self) -> NDArray[Any]:
        """Zeros."""
        return np.broadcast_to(0.0, self.shape)

    def astype(self, dtype: Any, **_: Any) -> Recorded:
        """Truths and whole numbers are numbers already; anything else is computed at once."""
        if np.dtype(dtype) == self.dtype:
            return self
        if np.dtype(dtype) == np.float64:
            return record("broadcast", (self,), self.shape, float)
        return Recorded.known(self.value().astype(dtype), drawn=self.drawn)

    def copy(self, *_: Any, **__: Any) -> Recorded:
        """Itself: nothing ever changes it."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Recorded:
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: FBT001 - numpy's call
        array = np.array(self.value(), dtype=dtype, copy=copy)
        if not copy:  # other arrays are made of these numbers, or will be
            array = array.view()
            array.flags.writeable = False
        return array

    def __repr__(self) -> str:
        return repr(self.value())

    def _repr_inline_(self, max_width: int) -> str:
        """What xarray shows of it in a table."""
        return f"recorded, {self.dtype}"[:max_width]

    def __len__(self) -> int:
        return self.shape[0]

    def __bool__(self) -> bool:
        return bool(self.value())

    def __float__(self) -> float:
        return float(self.value())

    def __int__(self) -> int:
        return int(self.value())

    def __setitem__(self, key: Any, value: Any) -> None:
        raise ModelError(IN_PLACE)

    def __getitem__(self, key: Any) -> Any:
        keys = key if isinstance(key, tuple) else (key,)
        if self._value is not None and all(
            k is None or isinstance(k, (slice, int, np.integer, EllipsisType)) for k in keys
        ):
            return Recorded.known(self._value[key], drawn=self.drawn)
        used = sum(k is not None and k is not Ellipsis for k in keys)
        at = next((place for place, k in enumerate(keys) if k is Ellipsis), len(keys))
        keys = (*keys[:at], *(slice(None),) * (self.ndim - used), *keys[at + 1 :])
        if all(k is None or isinstance(k, (int, np.integer)) or _is_whole(k) for k in keys):
            return self._pick(keys)
        chosen = [(axis, k) for axis, k in enumerate(keys) if not _is_whole(k)]
        if len(keys) == self.ndim and len(chosen) == 1:
            axis, wanted = chosen[0]
            places = np.arange(self.shape[axis])[wanted]
            if places.ndim == 1:
                shape = (*self.shape[:axis], len(places), *self.shape[axis + 1 :])
                made = record("take", (self,), shape, self.dtype, (axis, places), view=isinstance(wanted, slice))
                made.drawn = max(self.drawn, is_drawn(wanted))
                return made
        return Recorded.known(self.value()[plain(key)], drawn=max(self.drawn, *map(is_drawn, keys)))

    def _pick(self, keys: tuple[Any, ...]) -> Recorded:
        """Some axes at a fixed place, others as they are; None makes a new one."""
        kept: list[int | None] = []  # axis behind each axis of the result; None where it is new
        fixed: dict[int, int] = {}
        axis = 0
        for k in keys:
            if k is None:
                kept.append(None)
                continue
            if isinstance(k, slice):
                kept.append(axis)
            else:
                fixed[axis] = range(self.shape[axis])[int(k)]
            axis += 1
        shape = tuple(1 if source is None else self.shape[source] for source in kept)
        return record("index", (self,), shape, self.dtype, (tuple(kept), fixed), view=True)

    def __getattr__(self, name: str) -> Any:
        """Methods of numpy's arrays: those that numpy also has as functions are recorded if these are."""
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(name)
        if name in AS_FUNCTIONS:
            return partial(getattr(np, name), self)
        found = getattr(self.__array__(), name)
        return partial(self._method, found) if callable(found) else found

    def _method(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What a method of its value gives."""
        answer = method(*plain(args), **{name: plain(value) for name, value in kwargs.items()})
        return _wrapped(answer, drawn=self.drawn)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is not None:
            if any(isinstance(x, Recorded) for x in out):
                raise ModelError(IN_PLACE)
            return getattr(ufunc, method)(*plain(inputs), out=out, **kwargs)
        name = ufunc.__name__
        if name in ON_TRUTHS and all(np.asarray(_stub(x)).dtype == bool for x in inputs):
            name = ON_TRUTHS[name]
        if method != "__call__" or name not in RECORDED or kwargs:
            return computed(getattr(ufunc, method), inputs, kwargs)
        return elementwise(name, ufunc, inputs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        handler = HANDLERS.get(function)
        answer = handler(*args, **kwargs) if handler is not None else NotImplemented
        return computed(function, args, kwargs) if answer is NotImplemented else answer


def record(
    operation: str,
    inputs: tuple[Any, ...],
    shape: tuple[int, ...],
    dtype: Any,
    detail: Any = None,
    *,
    view: bool = False,
) -> Recorded:
    """The record of an operation; worked out at once where that takes no more room than what it works on.

    `view` says that the result only looks at the memory of its input in another way.
    """
    level = max(map(is_drawn, inputs))
    drawn = [x for x in inputs if is_drawn(x) == level] if level else []
    made = Recorded(operation, inputs, shape, np.dtype(dtype), detail, drawn=level)
    size = math.prod(shape)
    small = view or not drawn or size <= FEW * max(math.prod(x.shape) for x in drawn)
    if small and all(x.is_known for x in inputs if isinstance(x, Recorded)):
        made.value()
        made.operation, made.inputs, made.detail = "known", (), None
    return made


def is_drawn(x: Any) -> int:
    """Whether an operand has a value for every sample; an array of numpy's own may, however many there are."""
    return x.drawn if isinstance(x, Recorded) else PERHAPS if np.ndim(x) else FIXED


def elementwise(name: str, function: Callable[..., Any], inputs: Sequence[Any]) -> Any:
    """The record of a function that works on each value by itself."""
    operands = tuple(x if isinstance(x, Recorded) else np.asarray(x) for x in inputs)
    if any(x.dtype.kind not in "fiub" for x in operands):
        return function(*(plain(x) for x in operands))
    if name == "add" and all(x.dtype == bool for x in operands):
        name, function = "logical_or", np.logical_or  # as numpy adds truths
    whole = all(x.dtype.kind != "f" for x in operands)
    if whole and name == "reciprocal":
        return computed(function, operands, {})
    types = (name, *(x.dtype for x in operands))
    if types not in DTYPES:
        DTYPES[types] = function(*(np.empty(0, dtype=x.dtype) for x in operands)).dtype
    made = record(name, operands, np.broadcast_shapes(*(x.shape for x in operands)), DTYPES[types])
    if whole and name in WHOLE and not made.is_known:
        return elementwise("where", np.where, (elementwise("equal", np.equal, (operands[1], 0)), 0, made))
    return made


def computed(function: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
    """What a function gives of the values; arrays of it are known from then on."""
    answer = function(*plain(args), **{name: plain(value) for name, value in kwargs.items()})
    drawn = max((is_drawn(x) for x in _arrays([*args, *kwargs.values()])), default=FIXED)
    if isinstance(answer, (tuple, list)):
        return type(answer)([_wrapped(part, drawn=drawn) for part in answer])
    return _wrapped(answer, drawn=drawn)


def plain(x: Any) -> Any:
    """An operand, or operands in a list, as numpy takes them."""
    if isinstance(x, Recorded):
        return x.value()
    if isinstance(x, (list, tuple)):
        return type(x)([plain(part) for part in x])
    return x


def _wrapped(answer: Any, *, drawn: int) -> Any:
    numbers = isinstance(answer, np.ndarray) and answer.ndim and answer.dtype.kind in "fiub"
    return Recorded.known(answer, drawn=drawn) if numbers else answer


def _arrays(args: Any) -> list[Any]:
    """Arrays among arguments, or in lists of them."""
    if isinstance(args, (list, tuple)):
        return [array for part in args for array in _arrays(part)]
    return [args] if isinstance(args, (Recorded, np.ndarray)) else []


def _is_whole(key: Any) -> bool:
    """Whether a key takes a whole axis as it is."""
    return isinstance(key, slice) and key == slice(None)


def _stub(x: Any) -> Any:
    """Something of the operand's type, to ask numpy for the type of a result."""
    return np.empty(0, dtype=x.dtype) if isinstance(x, (Recorded, np.ndarray)) and x.ndim else x


def _index(array: NDArray[Any], detail: tuple[tuple[int | None, ...], dict[int, int]]) -> NDArray[Any]:
    kept, fixed = detail
    picked = array[tuple(fixed.get(axis, slice(None)) for axis in range(array.ndim))]
    return picked[tuple(None if source is None else slice(None) for source in kept)]


def _fold(array: NDArray[Any], name: str, axes: tuple[int, ...]) -> NDArray[Any]:
    """One term after another, as the kernel does: the order in which numpy adds depends on the number of samples."""
    front = np.moveaxis(array, axes, range(len(axes)))
    terms = [front[term] for term in np.ndindex(*front.shape[: len(axes)])]
    return np.asarray(reduce(getattr(np, name), terms[1:], terms[0] * 1 if name in {"add", "multiply"} else terms[0]))


BY_NUMPY: dict[str, Callable[[Recorded, list[Any]], Any]] = {
    "transpose": lambda node, values: np.transpose(values[0], node.detail),
    "index": lambda node, values: _index(values[0], node.detail),
    "take": lambda node, values: np.take(values[0], node.detail[1], axis=node.detail[0]),
    "broadcast": lambda node, values: np.broadcast_to(np.asarray(values[0], dtype=node.dtype), node.shape),
    "join": lambda node, values: np.concatenate(values, axis=node.detail),
    "fold": lambda node, values: _fold(values[0], *node.detail).astype(node.dtype, copy=False),
}
"""How numpy does what is recorded under another name than its own."""


def _compute(node: Recorded, done: dict[int, NDArray[Any]]) -> NDArray[Any]:
    """The value of a record, by numpy; `done` holds those that it is made of, which are not kept."""
    if node.is_known:
        return node.value()
    if id(node) not in done:
        values = [_compute(x, done) if isinstance(x, Recorded) else x for x in node.inputs]
        by_numpy = BY_NUMPY.get(node.operation)
        done[id(node)] = np.asarray(by_numpy(node, values) if by_numpy else getattr(np, node.operation)(*values))
    return done[id(node)]

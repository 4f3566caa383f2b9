"""Arrays of numbers that remember how they were made, which numpy and xarray carry like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial, reduce
from itertools import batched
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from heemodel.mirror.errors import NoFormulaError
from heemodel.mirror.expressions import FUNCTIONS, Ledger, Number, value_of

NAMED_OTHERWISE = {
    "float_power": "power",
    "fmin": "minimum",
    "fmax": "maximum",
    "abs": "absolute",
    "fabs": "absolute",
    "true_divide": "divide",
    "bitwise_and": "logical_and",
    "bitwise_or": "logical_or",
    "invert": "logical_not",
}
"""Numpy's functions that are one of `FUNCTIONS` under another name; the last three on truths only."""

MADE_OF: dict[str, Callable[[Any], Any]] = {
    "positive": lambda x: x,
    "square": lambda x: x**2,
    "reciprocal": lambda x: 1 / x,
    "exp2": lambda x: 2**x,
    "expit": lambda x: 1 / (1 + np.exp(-x)),
    "logit": lambda x: np.log(x / (1 - x)),
    "log_expit": lambda x: -np.log(1 + np.exp(-x)),
}
"""Functions of one argument that are written with others."""

LOOKED_AT = frozenset({"isnan", "isfinite", "isinf"})
"""Whether a number is one is a matter of structure, and answered at the recorded values."""

METHODS = frozenset({"sum", "prod", "max", "min", "mean", "cumsum", "cumprod", "clip", "take", "any", "all"})
METHODS |= {"reshape", "ravel", "squeeze", "swapaxes", "repeat", "dot", "round"}
"""Methods that are also functions of numpy."""

MOST_CONDITIONS = 20
"""Conditions that one formula puts together, at most; more of them, as of every cycle, are put together in steps."""

IN_PLACE = "changes numbers in place, and those of parameters and time cannot be; make a new array"


class Recorded(NDArrayOperatorsMixin):
    """An array whose elements are `Number`s or constants.

    Attributes
    ----------
    elements : the array of them
    dtype : what numpy and xarray are told that it holds
    """

    def __init__(self, ledger: Recording, elements: NDArray[Any], dtype: Any = None) -> None:
        self.recording, self.elements = ledger, elements
        self.dtype = np.dtype(float) if dtype is None else np.dtype(dtype)

    shape = property(lambda self: self.elements.shape)
    ndim = property(lambda self: self.elements.ndim)
    size = property(lambda self: self.elements.size)
    T = property(lambda self: self.transpose())
    real = property(lambda self: self)
    imag = property(lambda self: np.zeros(self.shape))

    @property
    def varies(self) -> bool:
        """Whether any element changes with an input."""
        return any(type(x) is Number and x.varies for x in self.elements.flat)

    def values(self) -> NDArray[Any]:
        """The values that were recorded."""
        made = np.empty(self.shape, dtype=self.dtype)
        made.flat = [value_of(x) for x in self.elements.flat]
        return made

    def transpose(self, *axes: Any) -> Recorded:
        """Axes in another order."""
        return Recorded(self.recording, self.elements.transpose(*axes), self.dtype)

    def astype(self, dtype: Any, **_: Any) -> Any:
        """The same as numbers; as whole numbers only where they are fixed."""
        kind = np.dtype(dtype).kind
        if kind == "f" or np.dtype(dtype) == self.dtype:
            return Recorded(self.recording, self.elements, dtype)
        return self.recording.taken(self, f"astype({np.dtype(dtype)})").astype(dtype)

    def copy(self, *_: Any, **__: Any) -> Recorded:
        """Itself: nothing ever changes it."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Recorded:
        return self

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:  # noqa: FBT001 - numpy's call
        return self.recording.taken(self, "numpy.asarray").astype(self.dtype if dtype is None else dtype)

    def __repr__(self) -> str:
        return repr(self.values())

    def _repr_inline_(self, max_width: int) -> str:
        return f"recorded, {self.dtype}"[:max_width]

    def __len__(self) -> int:
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))

    def __bool__(self) -> bool:
        return self.recording.decided(self)

    def __float__(self) -> float:
        return float(self.recording.taken(self, "float").item())

    def __int__(self) -> int:
        return int(self.recording.taken(self, "int").item())

    def __index__(self) -> int:
        return int(self.recording.taken(self, "an index").item())

    def item(self, *place: Any) -> Any:
        """One number, taken as it is."""
        return self.recording.taken(self, "item").item(*place)

    def tolist(self) -> Any:
        """All numbers, taken as they are."""
        return self.recording.taken(self, "tolist").tolist()

    def __setitem__(self, key: Any, value: Any) -> None:
        raise NoFormulaError("a change of one element", self.recording.line(), IN_PLACE)

    def __getitem__(self, key: Any) -> Any:
        keys = tuple(map(_index, key)) if isinstance(key, tuple) else _index(key)
        return self.recording.array(self.elements[keys], self.dtype)

    def __getattr__(self, name: str) -> Any:
        if name in METHODS:
            return partial(getattr(np, name), self)
        raise AttributeError(name)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is not None:
            raise NoFormulaError(ufunc.__name__, self.recording.line(), IN_PLACE)
        return self.recording.ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        return self.recording.function(function, args, kwargs)


def _index(key: Any) -> Any:
    return np.asarray(key) if isinstance(key, Recorded) else key


class Recording(Ledger):
    """A ledger, and what numpy's functions do to arrays of its numbers.

    Attributes
    ----------
    decisions : conditions that the model's code asked about and the line, with the answer
    takings : where numbers that change with an input were taken as plain ones: the function and the line
    """

    def __init__(self, line: Callable[[], str] = lambda: "") -> None:
        super().__init__()
        self.line = line
        self.decisions: dict[tuple[Number, str], bool] = {}
        self.takings: dict[tuple[str, str], None] = {}

    def array(self, elements: Any, dtype: Any = None) -> Any:
        """An array of numbers; a plain one where all are constants."""
        if not isinstance(elements, np.ndarray):
            held = np.empty((), dtype=object)
            held[()] = elements
            elements = held
        if any(type(x) is Number for x in elements.flat):
            return Recorded(self, elements, dtype)
        return elements.astype(float if dtype is None else dtype)

    def leaves(self, values: Any, *, varies: bool) -> Recorded:
        """An array of leaves."""
        given = np.asarray(values)
        elements = np.empty(given.shape, dtype=object)
        made: list[Any] = [self.leaf(value, varies=varies) for value in given.ravel().tolist()]
        elements.flat = made
        return Recorded(self, elements, float if given.dtype.kind != "b" else bool)

    def taken(self, array: Recorded, what: str) -> NDArray[Any]:
        """The values of an array as plain numbers; noted where they change with an input."""
        if array.size == 1 and array.dtype.kind == "b":
            self.decided(array)
        elif array.varies:
            self.takings[what, self.line()] = None
        return array.values()

    def decided(self, array: Recorded) -> bool:
        """The answer to a condition, noted where it changes with an input."""
        if array.size != 1:
            raise ValueError("The truth value of an array with more than one element is ambiguous.")
        element = array.elements.flat[0]
        answer = bool(value_of(element))
        if type(element) is Number and element.varies:
            self.decisions[element, self.line()] = answer
        return answer

    def elementwise(self, operation: str, inputs: Any) -> Any:
        """An operation on each element of arrays that broadcast."""
        arrays = [_elements(x) for x in inputs]
        shape = np.broadcast_shapes(*(array.shape for array in arrays))
        made = np.empty(shape, dtype=object)
        make = self.make
        made.flat = [make(operation, *xs) for xs in zip(*(np.broadcast_to(a, shape).flat for a in arrays), strict=True)]
        dtype = bool if operation in _TRUTH_NAMES else float
        if operation == "if" and all(_is_bool(x) for x in inputs[1:]):
            dtype = bool
        return self.array(made, dtype)

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: Any, kwargs: Any) -> Any:
        """One of numpy's elementwise functions, or its reduction."""
        name = ufunc.__name__
        if name in LOOKED_AT:
            return ufunc(*(_values(x) for x in inputs))
        if method == "reduce" and name in REDUCED:
            axis = kwargs.pop("axis", 0)
            return self.function(REDUCED[name], inputs, {"axis": axis} | _without_defaults(kwargs))
        kwargs = _without_defaults(kwargs)
        if method == "__call__" and not kwargs:
            if name == "matmul":
                return self.function(np.dot, inputs, {})
            if name in MADE_OF:
                return MADE_OF[name](inputs[0])
            truths = all(_is_bool(x) for x in inputs)
            operation = NAMED_OTHERWISE.get(name, name) if name not in ON_TRUTHS or truths else name
            if operation in FUNCTIONS:
                return self.elementwise(operation, inputs)
        return self.plainly(getattr(ufunc, method), name, inputs, kwargs)

    def function(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Another of numpy's functions."""
        from heemodel.mirror.functions import HANDLERS, MOVING  # noqa: PLC0415 - they are functions of this

        if function in MOVING:
            return self.moved(function, args, kwargs)
        handler = HANDLERS.get(function)
        answer = NotImplemented if handler is None else handler(self, *args, **kwargs)
        return self.plainly(function, function.__name__, args, kwargs) if answer is NotImplemented else answer

    def moved(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """What only moves elements about."""
        dtypes: list[Any] = []
        answer = function(*_opened(args, dtypes), **_opened(kwargs, dtypes))
        dtype = bool if dtypes and all(kind.kind == "b" for kind in dtypes) else float
        if isinstance(answer, (list, tuple)):
            return type(answer)(self.array(part, dtype) for part in answer)
        return self.array(answer, dtype)

    def plainly(self, function: Callable[..., Any], name: str, args: Any, kwargs: Any) -> Any:
        """What has no formula, worked out at once where it changes with no input; else refused by its name."""
        if any(array.varies for array in _arrays((args, kwargs))):
            raise NoFormulaError(name, self.line())
        return function(*_plainly(args), **_plainly(kwargs))

    def folded(self, operation: str, parts: list[Any]) -> Any:
        """Elements put together by an operation of two numbers, or by a sum, any or all of them."""
        if operation == "sum":
            return self.total(parts)
        if operation in ("any", "all"):
            decisive = operation == "any"
            left = [x for x in parts if type(x) is Number or bool(x) is decisive]
            known = [x for x in left if type(x) is not Number]
            if known or not left:
                return decisive if known else not decisive
            while len(left) > MOST_CONDITIONS:
                left = [self._together(operation, list(some)) for some in batched(left, MOST_CONDITIONS)]
            return self._together(operation, left)
        return reduce(partial(self.make, operation), parts)

    def _together(self, operation: str, numbers: list[Any]) -> Any:
        """Any or all of some numbers, in one formula; one condition is what it is."""
        return numbers[0] if len(numbers) == 1 and numbers[0].is_truth else self.make(operation, *numbers)


_TRUTH_NAMES = frozenset(
    {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "logical_and", "logical_or", "logical_not"}
)
ON_TRUTHS = frozenset({"bitwise_and", "bitwise_or", "invert"})
REDUCED: dict[str, Callable[..., Any]] = {
    "add": np.sum,
    "multiply": np.prod,
    "maximum": np.max,
    "minimum": np.min,
    "logical_and": np.all,
    "logical_or": np.any,
}


def _without_defaults(kwargs: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in kwargs.items()
        if value is not None
        and not (name == "keepdims" and value is False)
        and not (name in ("where", "initial") and (value is True or value is np._NoValue))  # noqa: SLF001 - numpy's own
        and name not in ("dtype", "casting", "order", "subok")
    }


def _elements(x: Any) -> NDArray[Any]:
    """An array of elements: numbers or constants of Python's own types."""
    if isinstance(x, Recorded):
        return x.elements
    return np.asarray(x).astype(object)


def _values(x: Any) -> Any:
    return x.values() if isinstance(x, Recorded) else x


def _is_bool(x: Any) -> bool:
    return (x.dtype if isinstance(x, Recorded) else np.asarray(x).dtype).kind == "b"


def _opened(given: Any, dtypes: list[Any]) -> Any:
    """Arguments with the elements of arrays in their place."""
    if isinstance(given, Recorded):
        dtypes.append(given.dtype)
        return given.elements
    if isinstance(given, np.ndarray):
        if given.dtype.kind not in "iu":
            dtypes.append(given.dtype)
        return given
    if isinstance(given, (list, tuple)):
        return type(given)(_opened(part, dtypes) for part in given)
    if isinstance(given, dict):
        return {name: _opened(part, dtypes) for name, part in given.items()}
    return given


def _plainly(given: Any) -> Any:
    if isinstance(given, Recorded):
        return given.values()
    if isinstance(given, (list, tuple)):
        return type(given)(map(_plainly, given))
    if isinstance(given, dict):
        return {name: _plainly(part) for name, part in given.items()}
    return given


def _arrays(given: Any) -> Iterator[Recorded]:
    if isinstance(given, Recorded):
        yield given
    elif isinstance(given, (list, tuple)):
        for part in given:
            yield from _arrays(part)
    elif isinstance(given, dict):
        yield from _arrays(list(given.values()))

"""From recorded arrays to the kernel's instructions: each value written once, for one cycle and a block of samples.

Arrays lose their axes here. Strategies are told apart as lanes, every other axis but cycle and sample is a fixed index,
and what remains are numbers by cycle and sample: leaves that lie in memory, and operations on them. The same operation
on the same operands is worked out once, and what does not depend on the cycle is worked out before the first one.
"""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.engine.recording import Traced
from heemodel.structures.cohort.engine.schedule import PLACE, Action, Lines, Value, scheduled
from heemodel.structures.layout import CYCLE, SAMPLE, Index

Array = NDArray[np.float64]

MOST_TERMS = 1_000
"""A longer sum is worked out at once."""

CODES = {
    "add": kernel.ADD,
    "subtract": kernel.SUBTRACT,
    "multiply": kernel.MULTIPLY,
    "divide": kernel.DIVIDE,
    "sqrt": kernel.SQRT,
    "minimum": kernel.MINIMUM,
    "maximum": kernel.MAXIMUM,
    "less": kernel.LESS,
    "less_equal": kernel.LESS_EQUAL,
    "equal": kernel.EQUAL,
    "not_equal": kernel.NOT_EQUAL,
    "where": kernel.WHERE,
    "exp": kernel.EXP,
    "expm1": kernel.EXPM1,
    "log": kernel.LOG,
    "log1p": kernel.LOG1P,
    "power": kernel.POWER,
    "rest": kernel.REST,
}
"""Operations that the kernel knows."""


class Tape:
    """Collects values, and actions: before the first cycle, during every one, and after the last.

    Actions before and after work on places and on what does not depend on the cycle.

    Attributes
    ----------
    leaves : arrays in memory, each of shape (cycle or 1, sample or 1)
    codes : for each value its code and operands
    by_cycle : whether it may differ between cycles
    places : how many values are places
    """

    def __init__(self) -> None:
        self.leaves: list[Array] = []
        self.codes: list[tuple[int, tuple[int, ...]]] = []
        self.by_cycle: list[bool] = []
        self.places = 0
        self.before: list[Action] = []
        self.during: list[Action] = []
        self.after: list[Action] = []
        self.bulky = False
        """Whether a leaf has a number for every cycle and sample, which takes memory."""
        self._found: dict[Any, Value] = {}
        self._kept: list[Any] = []  # arrays that are told apart by where they lie must stay there

    def value(self, array: Any, index: Index) -> Value:
        """The number of a value: an array, known or recorded, at an index."""
        index = tuple(0 if size == 1 else at for size, at in zip(array.shape, index, strict=True))
        if not isinstance(array, Traced) or array.operation == "known":
            return self._leaf(array.value() if isinstance(array, Traced) else array, index)
        key = (id(array), index)
        if key not in self._found:
            self._found[key] = self._recorded(array, index)
            self._kept.append(array)
        return self._found[key]

    def leaf(self, array: NDArray[Any], index: Index) -> int:
        """The number of the leaf that an array's numbers lie in."""
        return self.codes[self.value(array, index)][1][0]

    def place(self) -> Value:
        """A value that only actions write to; it keeps its register, the next one after the last place's."""
        self.codes.append((PLACE, (kernel.SCRATCH + self.places,)))
        self.by_cycle.append(True)
        self.places += 1
        return len(self.codes) - 1

    def _recorded(self, node: Traced, index: Index) -> Value:
        match node.operation:
            case "transpose":
                source = dict(zip(node.detail, index, strict=True))
                return self.value(node.inputs[0], tuple(source[axis] for axis in range(len(index))))
            case "index":
                kept, fixed = node.detail
                at = {axis: i for axis, i in zip(kept, index, strict=True) if axis is not None}
                return self.value(node.inputs[0], tuple({**fixed, **at}[axis] for axis in range(node.inputs[0].ndim)))
            case "broadcast":
                return self._operand(node.inputs[0], index)
            case "join":
                return self._joined(node, index)
            case "total":
                return self._total(node, index)
            case name:
                return self.operation(name, *(self._operand(x, index) for x in node.inputs))

    def _operand(self, array: Any, index: Index) -> Value:
        """An operand, whose axes are the last ones of the result's."""
        return self.value(array, index[len(index) - array.ndim :])

    def _joined(self, node: Traced, index: Index) -> Value:
        axis, at = node.detail, index[node.detail]
        if at < 0:  # along cycles or samples: nothing that a model does often
            return self._leaf(node.value(), index)
        for part in node.inputs:
            if at < part.shape[axis]:
                return self.value(part, (*index[:axis], at, *index[axis + 1 :]))
            at -= part.shape[axis]
        raise AssertionError(index)

    def _total(self, node: Traced, index: Index) -> Value:
        (array,), axes = node.inputs, node.detail
        rest = iter(index)
        places: list[int | None] = [None if axis in axes else next(rest) for axis in range(array.ndim)]
        if any(place is None and array.shape[axis] > MOST_TERMS for axis, place in enumerate(places)):
            return self._leaf(node.value(), index)
        values = []
        for term in np.ndindex(*(array.shape[axis] for axis in axes)):
            terms = iter(term)
            values.append(self.value(array, tuple(next(terms) if place is None else place for place in places)))
        return reduce(lambda a, b: self.operation("add", a, b), values)

    def operation(self, name: str, *operands: Value) -> Value:
        """The value of an operation on others."""
        if name in DERIVED:
            return DERIVED[name](self, *operands)
        return self._add(CODES[name], operands)

    def number(self, number: float) -> Value:
        """A number that is the same for all."""
        return self._leaf(np.array(number), ())

    def truth(self, operand: Value) -> Value:
        """1 where a number is not 0."""
        return self.operation("not_equal", operand, self.number(0.0))

    def _leaf(self, array: NDArray[Any], index: Index) -> Value:
        """Numbers that lie in memory."""
        picked = np.asarray(array[(*(slice(None) if at < 0 else at for at in index), ...)])
        axes = [at for at in index if at < 0]
        if axes == [SAMPLE, CYCLE]:
            picked, axes = picked.T, axes[::-1]
        # Told apart by where they lie in memory, as every use of a parameter may have its own view of it.
        lies = picked.__array_interface__["data"][0], picked.strides, picked.shape, picked.dtype, tuple(axes)
        where = ("number", float(picked.flat[0])) if picked.size == 1 else lies
        if where not in self._found:
            self._kept.append(array)
            numbers = np.asarray(picked, dtype=float)
            leaf = numbers.reshape(numbers.shape[0] if CYCLE in axes else 1, -1)
            self.bulky |= min(leaf.shape) > 1
            self.leaves.append(leaf)
            self._found[where] = self._add(kernel.LOAD, (len(self.leaves) - 1,))
        return self._found[where]

    def _add(self, code: int, operands: tuple[int, ...]) -> Value:
        """The number of a value that is worked out so; the same one if it has been asked for before."""
        key = (code, operands)
        if key not in self._found:
            self._found[key] = len(self.codes)
            self.codes.append(key)
            loaded = code == kernel.LOAD
            self.by_cycle.append(
                len(self.leaves[operands[0]]) > 1 if loaded else any(self.by_cycle[operand] for operand in operands)
            )
        return self._found[key]

    def instructions(self) -> tuple[Lines, Lines, Lines, int]:
        """Instructions before the first cycle, during each, and after the last, and the number of registers they take.

        Those of one cycle are written for the places as they are; see `Program`, which swaps some in every other cycle.
        """
        actions = tuple(self.before), tuple(self.during), tuple(self.after)
        return scheduled(tuple(self.codes), tuple(self.by_cycle), *actions)

    @property
    def size(self) -> int:
        """Numbers in all leaves."""
        return sum(leaf.size for leaf in self.leaves)

    def fill(self, memory: Array) -> NDArray[np.int64]:
        """Write all leaves into an array; returns for each its offset and its strides for cycle and sample."""
        places, at = [], 0
        for leaf in self.leaves:
            cycles, samples = leaf.shape
            memory[at : at + leaf.size] = leaf.ravel()
            places.append((at, samples if cycles > 1 else 0, int(samples > 1)))
            at += leaf.size
        return np.array(places, dtype=np.int64).reshape(len(places), 3)


DERIVED: dict[str, Callable[..., Value]] = {
    "positive": lambda _, a: a,
    "negative": lambda tape, a: tape.operation("multiply", tape.number(-1.0), a),
    "square": lambda tape, a: tape.operation("multiply", a, a),
    "absolute": lambda tape, a: tape.operation("maximum", a, tape.operation("negative", a)),
    "isnan": lambda tape, a: tape.operation("not_equal", a, a),
    "greater": lambda tape, a, b: tape.operation("less", b, a),
    "greater_equal": lambda tape, a, b: tape.operation("less_equal", b, a),
    "logical_not": lambda tape, a: tape.operation("equal", a, tape.number(0.0)),
    "logical_and": lambda tape, a, b: tape.operation("multiply", tape.truth(a), tape.truth(b)),
    "logical_or": lambda tape, a, b: tape.operation("maximum", tape.truth(a), tape.truth(b)),
}
"""Operations that are put together from those that the kernel knows."""

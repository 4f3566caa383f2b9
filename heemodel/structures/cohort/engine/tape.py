"""From recorded arrays to the kernel's instructions: each value written once, for one cycle and a block of samples.

Arrays lose their axes here. Strategies are told apart as lanes, every other axis but cycle and sample is a fixed index,
and what remains are numbers by cycle and sample: leaves that lie in memory, and operations on them. The same operation
on the same operands is worked out once, and what does not depend on the cycle is worked out before the first one.

An axis that is looked up by cycle, as a table by age is at each cycle's age, is neither: its index is `Rows`, the place
on the axis for each cycle. Such a table stays as small as it is, and the kernel looks it up.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.engine.recording import FIXED, Recorded, is_drawn
from heemodel.structures.cohort.engine.schedule import PLACE, Action, Lines, Value, scheduled
from heemodel.structures.layout import CYCLE, SAMPLE, Index

Array = NDArray[np.float64]


class Rows:
    """For each cycle a place on an axis; those of a tape that are equal are one object."""

    def __init__(self, places: NDArray[np.int64]) -> None:
        self.places = places


At = int | Rows

MANY = 16
"""More arrays end to end along the cycles are worked out at once: each would be looked at in every cycle."""

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
    "chance": kernel.CHANCE,
    "log": kernel.LOG,
    "log1p": kernel.LOG1P,
    "power": kernel.POWER,
    "floor": kernel.FLOOR,
    "log2": kernel.LOG2,
    "log10": kernel.LOG10,
    "floor_divide": kernel.FLOOR_DIVIDE,
    "remainder": kernel.REMAINDER,
    "rest": kernel.REST,
}
"""Operations that the kernel knows."""


class Tape:
    """Collects values, and actions: before the first cycle, during every one, and after the last.

    Actions before and after work on places and on what does not depend on the cycle.

    Attributes
    ----------
    leaves : arrays in memory, each of shape (row, sample or 1), and the row of each cycle; None where there is one
    codes : for each value its code and operands
    by_cycle : whether it may differ between cycles
    drawn : the leaves that may have a value for every sample
    places : how many values are places
    """

    def __init__(self, cycles: int) -> None:
        self.cycles = cycles
        self._rows: dict[bytes, Rows] = {}
        self.every_cycle = self.rows(np.arange(cycles))
        self.leaves: list[tuple[Array, Rows | None]] = []
        self.codes: list[tuple[int, tuple[int, ...]]] = []
        self.by_cycle: list[bool] = []
        self.places = 0
        self.before: list[Action] = []
        self.during: list[Action] = []
        self.after: list[Action] = []
        self._values: dict[Any, Value] = {}
        self.drawn: set[int] = set()
        self._kept: list[Any] = []  # arrays that are told apart by where they lie must stay there

    def rows(self, places: NDArray[Any]) -> Rows:
        """Places on an axis that is looked up by cycle."""
        places = np.asarray(places, dtype=np.int64)
        return self._rows.setdefault(places.tobytes(), Rows(places))

    def value(self, array: Any, index: Sequence[At]) -> Value:
        """The number of a value: an array, known or recorded, at an index."""
        every = self.every_cycle
        own = () if is_drawn(array) == FIXED else (SAMPLE,)  # an axis that may be that of the draws, were there more
        at = tuple(
            [
                i if i in own else 0 if n == 1 else every if i == CYCLE else i
                for n, i in zip(array.shape, index, strict=True)
            ]
        )
        if not isinstance(array, Recorded):
            return self._leaf(array, at)
        if array.is_known:
            return self._leaf(array.value(), at)
        key = (id(array), at)
        if key not in self._values:
            self._values[key] = self._recorded(array, at)
            self._kept.append(array)
        return self._values[key]

    def leaf(self, array: NDArray[Any], index: Index) -> int:
        """The number of the leaf that an array's numbers lie in."""
        return self.codes[self.value(array, index)][1][0]

    def place(self) -> Value:
        """A value that only actions write to; it keeps its register, the next one after the last place's."""
        self.codes.append((PLACE, (kernel.FIRST + self.places,)))
        self.by_cycle.append(True)
        self.places += 1
        return len(self.codes) - 1

    def _recorded(self, node: Recorded, index: tuple[At, ...]) -> Value:
        if node.operation in CODES or node.operation in DERIVED:
            return self.operation(node.operation, *[self._operand(x, index) for x in node.inputs])
        special = {
            "transpose": self._transposed,
            "index": self._indexed,
            "broadcast": self._broadcast,
            "take": self._taken,
            "join": self._joined,
            "fold": self._folded,
        }
        return special[node.operation](node, index)

    def _broadcast(self, node: Recorded, index: tuple[At, ...]) -> Value:
        return self._operand(node.inputs[0], index)

    def _transposed(self, node: Recorded, index: tuple[At, ...]) -> Value:
        source = dict(zip(node.detail, index, strict=True))
        return self.value(node.inputs[0], [source[axis] for axis in range(len(index))])

    def _indexed(self, node: Recorded, index: tuple[At, ...]) -> Value:
        kept, fixed = node.detail
        at = {axis: i for axis, i in zip(kept, index, strict=True) if axis is not None}
        return self.value(node.inputs[0], [{**fixed, **at}[axis] for axis in range(node.inputs[0].ndim)])

    def _operand(self, array: Any, index: tuple[At, ...]) -> Value:
        """An operand, whose axes are the last ones of the result's."""
        return self.value(array, index[len(index) - array.ndim :])

    def _taken(self, node: Recorded, index: tuple[At, ...]) -> Value:
        """Some places of an axis."""
        axis, places = node.detail
        at = index[axis]
        if at == SAMPLE:  # in another order: nothing that a model should do
            return self._leaf(node.value(), index)
        picked = self.rows(places[at.places]) if isinstance(at, Rows) else int(places[at])
        return self.value(node.inputs[0], (*index[:axis], picked, *index[axis + 1 :]))

    def _joined(self, node: Recorded, index: tuple[At, ...]) -> Value:
        """Arrays end to end along an axis."""
        axis, at = node.detail, index[node.detail]
        if at == SAMPLE:
            return self._leaf(node.value(), index)
        if isinstance(at, Rows):
            return self._joined_by_cycle(node, index, axis, at.places)
        for part in node.inputs:
            if at < part.shape[axis]:
                return self.value(part, (*index[:axis], at, *index[axis + 1 :]))
            at -= part.shape[axis]
        raise AssertionError(index)

    def _joined_by_cycle(self, node: Recorded, index: tuple[At, ...], axis: int, places: NDArray[np.int64]) -> Value:
        """Arrays end to end along an axis that is looked up by cycle: one of them in some cycles, another in others."""
        begins = np.cumsum([0, *(part.shape[axis] for part in node.inputs)])
        which = np.searchsorted(begins, places, side="right") - 1
        if len(np.unique(which)) > MANY:
            return self._leaf(node.value(), index)
        answer: Value | None = None
        for number in np.unique(which).tolist():
            part = node.inputs[number]
            there = self.rows(np.clip(places - begins[number], 0, part.shape[axis] - 1))
            value = self.value(part, (*index[:axis], there, *index[axis + 1 :]))
            within = self._leaf((which == number).astype(float), (self.every_cycle,))
            answer = value if answer is None else self.operation("where", within, value, answer)
        assert answer is not None  # noqa: S101 - there is at least one cycle
        return answer

    def _folded(self, node: Recorded, index: tuple[At, ...]) -> Value:
        """Axes reduced by a function of two numbers."""
        (array,), (name, axes) = node.inputs, node.detail
        rest = iter(index)
        places: list[At | None] = [None if axis in axes else next(rest) for axis in range(array.ndim)]
        values = []
        for term in np.ndindex(*(array.shape[axis] for axis in axes)):
            terms = iter(term)
            values.append(self.value(array, [next(terms) if place is None else place for place in places]))
        return reduce(lambda a, b: self.operation(name, a, b), values)

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

    def _leaf(self, array: NDArray[Any], index: tuple[At, ...]) -> Value:
        """Numbers that lie in memory."""
        run_along = [CYCLE if isinstance(at, Rows) else SAMPLE for at in index if at == SAMPLE or isinstance(at, Rows)]
        rows = {at for at in index if isinstance(at, Rows)}
        if run_along.count(CYCLE) > 1:  # two axes looked up together: those places of both, in one
            return self._leaf(*_together(array, index, self.every_cycle))
        picked = np.asarray(array[tuple(at if isinstance(at, int) and at >= 0 else slice(None) for at in index)])
        if run_along == [SAMPLE, CYCLE]:
            picked, run_along = picked.T, [CYCLE, SAMPLE]
        where: tuple[Any, ...] = (picked.shape, picked.dtype, tuple(run_along), *rows)
        if SAMPLE in run_along and picked.shape[run_along.index(SAMPLE)] > 1:
            # told apart by where it lies, as every use of a parameter may have its own view of it
            where = (picked.__array_interface__["data"][0], picked.strides, *where)
        else:
            where = ("number", float(picked.flat[0])) if picked.size == 1 else (picked.tobytes(), *where)
        if where not in self._values:
            self._kept.append(array)
            numbers = np.asarray(picked, dtype=float)
            leaf = numbers.reshape(numbers.shape[0] if CYCLE in run_along else 1, -1)
            if SAMPLE in run_along:
                self.drawn.add(len(self.leaves))
            self.leaves.append((leaf, rows.pop() if rows and len(leaf) > 1 else None))
            self._values[where] = self._add(kernel.LOAD, (len(self.leaves) - 1,))
        return self._values[where]

    def _add(self, code: int, operands: tuple[int, ...]) -> Value:
        """The number of a value that is worked out so; the same one if it has been asked for before."""
        key = (code, operands)
        if key not in self._values:
            self._values[key] = len(self.codes)
            self.codes.append(key)
            loaded = code == kernel.LOAD
            self.by_cycle.append(
                self.leaves[operands[0]][1] is not None if loaded else any(self.by_cycle[part] for part in operands)
            )
        return self._values[key]

    def instructions(self) -> tuple[Lines, Lines, Lines, int]:
        """Instructions before the first cycle, during each, and after the last, and the number of registers they take.

        Those of one cycle are written for the places as they are; see `Program`, which swaps some in every other cycle.
        """
        actions = tuple(self.before), tuple(self.during), tuple(self.after)
        return scheduled(tuple(self.codes), tuple(self.by_cycle), *actions)

    @property
    def size(self) -> int:
        """Numbers in all leaves."""
        return sum(leaf.size for leaf, _ in self.leaves)

    def fill(self, memory: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Write all leaves into an array.

        Returns for each its offset, its strides for row and sample and the number of its rows' line; and the lines, of
        shape (line, cycle + 1), which give the row of each cycle.
        """
        lines: dict[Rows | None, int] = {None: 0}
        places, offset = [], 0
        for leaf, rows in self.leaves:
            samples = leaf.shape[1]
            memory[offset : offset + leaf.size] = leaf.ravel()
            line = lines.setdefault(rows, len(lines))
            places.append((offset, samples if rows is not None else 0, int(samples > 1), line))
            offset += leaf.size
        by_cycle = np.zeros((len(lines), self.cycles + 1), dtype=np.int64)
        for rows, line in lines.items():
            by_cycle[line, : self.cycles] = 0 if rows is None else rows.places
        return np.array(places, dtype=np.int64).reshape(len(places), 4), by_cycle


def _together(array: NDArray[Any], index: tuple[At, ...], cycles: Rows) -> tuple[NDArray[Any], tuple[At, ...]]:
    """An array two axes of which are looked up by cycle, as one with a value for each cycle in front."""
    picked = array[tuple(at.places if isinstance(at, Rows) else slice(None) if at == SAMPLE else at for at in index)]
    axes = [place for place, at in enumerate(index) if isinstance(at, Rows)]
    adjacent = axes == list(range(axes[0], axes[0] + len(axes)))
    front = np.moveaxis(picked, axes[0], 0) if adjacent else picked
    return front, (cycles, *(at for at in index if not isinstance(at, Rows)))


def _tanh(tape: Tape, a: Value) -> Value:
    """Tanh a = (e^2a − 1) / (e^2a + 1), turned round for a > 0 so that nothing overflows."""
    size = tape.operation("absolute", a)
    low = tape.operation("expm1", tape.operation("multiply", tape.number(-2.0), size))
    result = tape.operation("divide", tape.operation("negative", low), tape.operation("add", low, tape.number(2.0)))
    return tape.operation("multiply", tape.operation("sign", a), result)


def _sign(tape: Tape, a: Value) -> Value:
    zero = tape.number(0.0)
    sign = tape.operation("subtract", tape.operation("less", zero, a), tape.operation("less", a, zero))
    return tape.operation("where", tape.operation("isnan", a), a, sign)


def _prefer(name: str) -> Callable[..., Value]:
    """The smaller or larger of two numbers; the other one where one is missing."""

    def prefer(tape: Tape, a: Value, b: Value) -> Value:
        rest = tape.operation("where", tape.operation("isnan", b), a, tape.operation(name, a, b))
        return tape.operation("where", tape.operation("isnan", a), b, rest)

    return prefer


def _negative(tape: Tape, a: Value) -> Value:
    """The negative; that of e^x − 1 is a probability, and by far the most usual one."""
    code, operands = tape.codes[a]
    if code == kernel.EXPM1:
        return tape.operation("chance", *operands)
    return tape.operation("multiply", tape.number(-1.0), a)


DERIVED: dict[str, Callable[..., Value]] = {
    "positive": lambda _, a: a,
    "negative": _negative,
    "square": lambda tape, a: tape.operation("multiply", a, a),
    "reciprocal": lambda tape, a: tape.operation("divide", tape.number(1.0), a),
    "absolute": lambda tape, a: tape.operation("maximum", a, tape.operation("negative", a)),
    "sign": _sign,
    "float_power": lambda tape, a, b: tape.operation("power", a, b),
    "exp2": lambda tape, a: tape.operation("power", tape.number(2.0), a),
    "tanh": _tanh,
    "ceil": lambda tape, a: tape.operation("negative", tape.operation("floor", tape.operation("negative", a))),
    "clip": lambda tape, a, low, high: tape.operation("minimum", tape.operation("maximum", a, low), high),
    "fmin": _prefer("minimum"),
    "fmax": _prefer("maximum"),
    "isnan": lambda tape, a: tape.operation("not_equal", a, a),
    "greater": lambda tape, a, b: tape.operation("less", b, a),
    "greater_equal": lambda tape, a, b: tape.operation("less_equal", b, a),
    "logical_not": lambda tape, a: tape.operation("equal", a, tape.number(0.0)),
    "logical_and": lambda tape, a, b: tape.operation("multiply", tape.truth(a), tape.truth(b)),
    "logical_or": lambda tape, a, b: tape.operation("maximum", tape.truth(a), tape.truth(b)),
}
"""Operations that are put together from those that the kernel knows."""

"""Numbers that remember how they were made: a value, and the operation on other numbers that gave it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

Constant = float | int | bool


def _truth(*values: Any) -> bool:
    return any(values)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": np.divide,
    "negative": lambda a: -a,
    "power": np.float_power,
    "exp": np.exp,
    "expm1": np.expm1,
    "one_minus_exp": lambda a: -np.expm1(a),
    "log": np.log,
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "tanh": np.tanh,
    "absolute": abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "remainder": np.remainder,
    "floor_divide": np.floor_divide,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
    "logical_and": lambda a, b: bool(a) and bool(b),
    "logical_or": lambda a, b: bool(a) or bool(b),
    "logical_not": lambda a: not a,
    "any": _truth,
    "all": lambda *values: all(values),
    "if": lambda condition, a, b: a if condition else b,
    "sum": lambda *values: math.fsum(values),
}
"""What can be written as a formula, by name, and what Python works it out with."""

TRUTHS = frozenset(
    {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}
    | {"logical_and", "logical_or", "logical_not", "any", "all"}
)
"""Operations whose result is true or false."""

LEAVES = frozenset({"input", "fixed"})
"""What is not worked out: a number that a reader may change, and one that the model's structure fixes."""


class Number:
    """A number with its origin.

    Attributes
    ----------
    operation : one of `FUNCTIONS`, or of `LEAVES`
    operands : what it works on, numbers of this kind or constants; of a leaf nothing
    value : what it is at the values that were recorded
    place : its number in the order of being made; what it works on was made before
    varies : whether it changes with any input
    """

    __slots__ = ("operands", "operation", "place", "value", "varies")

    def __init__(self, operation: str, operands: tuple[Any, ...], value: Any, place: int, *, varies: bool) -> None:
        self.operation, self.operands, self.value, self.place, self.varies = operation, operands, value, place, varies

    def __repr__(self) -> str:
        return f"<{self.operation} #{self.place} = {self.value!r}>"

    @property
    def is_leaf(self) -> bool:
        """Whether it is not worked out."""
        return self.operation in LEAVES

    @property
    def is_truth(self) -> bool:
        """Whether it is true or false."""
        return self.operation in TRUTHS


class Ledger:
    """All numbers of one recording, each kept once, in the order of being made."""

    def __init__(self) -> None:
        self.numbers: list[Number] = []
        self._known: dict[tuple[Any, ...], Number] = {}

    def leaf(self, value: Constant, *, varies: bool) -> Number:
        """A number that is not worked out."""
        made = Number("input" if varies else "fixed", (), value, len(self.numbers), varies=varies)
        self.numbers.append(made)
        return made

    def make(self, operation: str, *operands: Any) -> Any:
        """The result of an operation: a constant if it works on constants only, else the one number that it is."""
        if not any(type(operand) is Number for operand in operands):
            return _plain(operation, operands)
        if (same := _simpler(operation, operands)) is not None:
            return same
        if operation == "negative" and operands[0].operation == "expm1":
            return self.make("one_minus_exp", *operands[0].operands)
        if operation == "multiply" and (turned := _with_sign(operands)) is not None:
            return self.make("negative", self.make("multiply", *turned))
        key = (operation, *[(x.place,) if type(x) is Number else x for x in operands])
        if operation == "if":  # True and 1 are one key, and as the answers of a choice they are not the same
            key = (*key, *map(type, operands))
        made = self._known.get(key)
        if made is None:
            value = _plain(operation, [x.value if type(x) is Number else x for x in operands])
            varies = any(type(x) is Number and x.varies for x in operands)
            made = Number(operation, operands, value, len(self.numbers), varies=varies)
            self.numbers.append(made)
            self._known[key] = made
        return made

    def total(self, parts: list[Any]) -> Any:
        """The sum of several, as one operation."""
        kept = [part for part in parts if type(part) is Number or part != 0]
        if not kept:
            return 0.0
        if len(kept) < 3:
            return kept[0] if len(kept) == 1 else self.make("add", *kept)
        return self.make("sum", *kept)

    def recalculated(self, changes: Mapping[int, Constant]) -> list[Any]:
        """The values of all numbers, in their order, when those of some leaves are others."""
        values: list[Any] = []
        with np.errstate(all="ignore"):
            for number in self.numbers:
                if number.is_leaf:
                    values.append(changes.get(number.place, number.value))
                    continue
                operands = [values[x.place] if type(x) is Number else x for x in number.operands]
                values.append(FUNCTIONS[number.operation](*operands))
        return values


def value_of(number: Any) -> Any:
    """The value of a number or of a constant."""
    return number.value if type(number) is Number else number


def _plain(operation: str, values: Any) -> Any:
    """What Python works out."""
    answer = FUNCTIONS[operation](*values)
    return bool(answer) if operation in TRUTHS else answer if isinstance(answer, (float, int)) else float(answer)


def _simpler(operation: str, operands: tuple[Any, ...]) -> Any:
    """What an operation with 0, 1 or a known condition amounts to; None if it is a real one."""
    if operation in ARITHMETIC:
        return ARITHMETIC[operation](*operands)
    return _simpler_truth(operation, *operands) if operation in TRUTHS and len(operands) == 2 else None


def _simpler_choice(condition: Any, one: Any, other: Any) -> Any:
    return None if type(condition) is Number else one if condition else other


def _simpler_sum(first: Any, second: Any) -> Any:
    return _as_number(second) if _is(first, 0) else _as_number(first) if _is(second, 0) else None


def _simpler_product(first: Any, second: Any) -> Any:
    if (_is(first, 0) or _is(second, 0)) and math.isfinite(value_of(first)) and math.isfinite(value_of(second)):
        return 0.0
    return _as_number(second) if _is(first, 1) else _as_number(first) if _is(second, 1) else None


def _simpler_power(base: Any, exponent: Any) -> Any:
    return 1.0 if _is(exponent, 0) else _as_number(base) if _is(exponent, 1) else None


ARITHMETIC: dict[str, Callable[..., Any]] = {
    "if": _simpler_choice,
    "negative": lambda x: x.operands[0] if x.operation == "negative" else None,
    "add": _simpler_sum,
    "subtract": lambda a, b: _as_number(a) if _is(b, 0) else None,
    "multiply": _simpler_product,
    "divide": lambda a, b: _as_number(a) if _is(b, 1) else None,
    "power": _simpler_power,
}
"""What operations amount to where an operand is 0, 1 or known."""


def _simpler_truth(operation: str, first: Any, second: Any) -> Any:
    """What a comparison with infinity, or a condition beside a known one, amounts to."""
    if operation in ("logical_and", "logical_or"):
        known, other = (first, second) if type(first) is not Number else (second, first)
        if type(known) is Number:
            return None
        decisive = bool(known) is (operation == "logical_or")
        return bool(known) if decisive else other if other.is_truth else None
    if any(type(x) is not Number and math.isinf(x) for x in (first, second)):
        return _plain(operation, (value_of(first), value_of(second)))
    return None


def _with_sign(operands: tuple[Any, ...]) -> tuple[Any, Any] | None:
    """The operands of a product without the sign of its constant, which is then written before it."""
    first, second = operands
    if type(first) is not Number and first < 0:
        return -first, second
    return (first, -second) if type(second) is not Number and second < 0 else None


def _is(operand: Any, constant: float) -> bool:
    return type(operand) is not Number and operand == constant


def _as_number(operand: Any) -> Any:
    """A number as it is; a truth has to be made a number by its operation."""
    return None if type(operand) is Number and operand.is_truth else operand

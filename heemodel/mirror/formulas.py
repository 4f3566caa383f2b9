"""Numbers as formulas of a spreadsheet, and as the same in names."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from heemodel.mirror.errors import MirrorError
from heemodel.mirror.expressions import Number
from heemodel.mirror.names import quoted

LONGEST = 8_000
"""Characters of a formula; a spreadsheet takes 8,192."""

SHORT_CONSTANT = 8
"""Characters of a number that is written as it is; a longer one may be a fraction."""

SUM, PRODUCT, POWER, UNARY, ATOM, COMPARED = 2, 3, 5, 4, 9, 1
"""How strongly an expression holds together."""

INFIX = {
    "add": ("+", SUM),
    "subtract": ("-", SUM),
    "multiply": ("*", PRODUCT),
    "divide": ("/", PRODUCT),
    "power": ("^", POWER),
    "less": ("<", COMPARED),
    "less_equal": ("<=", COMPARED),
    "greater": (">", COMPARED),
    "greater_equal": (">=", COMPARED),
    "equal": ("=", COMPARED),
    "not_equal": ("<>", COMPARED),
}
CALLED = {
    "exp": "EXP({})",
    "log": "LN({})",
    "log1p": "LN(1+{})",
    "log2": "LOG({},2)",
    "log10": "LOG10({})",
    "sqrt": "SQRT({})",
    "tanh": "TANH({})",
    "absolute": "ABS({})",
    "sign": "SIGN({})",
    "minimum": "MIN({},{})",
    "maximum": "MAX({},{})",
    "floor": "INT({})",
    "ceil": "-INT(-({}))",
    "remainder": "MOD({},{})",
    "floor_divide": "INT(({})/({}))",
    "logical_and": "AND({},{})",
    "logical_or": "OR({},{})",
    "logical_not": "NOT({})",
    "if": "IF({},{},{})",
}
"""Functions of a spreadsheet that do the same."""


@dataclass(frozen=True)
class Cell:
    """A cell by its sheet, and its row and column counted from 0."""

    sheet: str
    row: int
    column: int

    def absolute(self) -> str:
        """Its address as other sheets name it."""
        return f"{quoted(self.sheet)}!{xl_rowcol_to_cell(self.row, self.column, row_abs=True, col_abs=True)}"


@dataclass
class Places:
    """Where numbers stand, and which of them have names."""

    cells: dict[int, list[Cell]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    alone: set[int] = field(default_factory=set)
    """Numbers that are one for all cycles, whose addresses are fixed in formulas."""

    def put(self, number: Number, cell: Cell, *, alone: bool = False) -> None:
        """A number stands in a cell."""
        self.cells.setdefault(number.place, []).append(cell)
        if alone:
            self.alone.add(number.place)

    def reference(self, number: Number, at: Cell) -> str | None:
        """How the formula in a cell names a number; None if it stands nowhere."""
        if number.place in self.names:
            return self.names[number.place]
        cells = self.cells.get(number.place)
        if not cells:
            return None
        near = min(cells, key=lambda cell: (cell.row != at.row, cell.sheet != at.sheet))
        fixed = number.place in self.alone
        address = xl_rowcol_to_cell(near.row, near.column, row_abs=fixed, col_abs=fixed)
        return address if near.sheet == at.sheet else f"{quoted(near.sheet)}!{address}"


def formula(number: Number, at: Cell, places: Places) -> str:
    """The formula of a number in its cell.

    Raises
    ------
    MirrorError
        if it is longer than a spreadsheet takes
    """
    text = "=" + _written(number, lambda operand: places.reference(operand, at), places.cells)[0]
    if len(text) > LONGEST:
        raise MirrorError(
            f"a formula in sheet {at.sheet!r} would have {len(text):,} characters, of {LONGEST:,} at most"
        )
    return text


Refer = Callable[[Number], str | None]


def in_names(number: Number, refer: Refer) -> str:
    """The operation in names instead of addresses."""
    return _written(number, refer, {})[0].replace("*", " × ")


def _written(number: Number, refer: Refer, cells: Mapping[int, list[Cell]]) -> tuple[str, int]:
    """An operation as text, and how strongly it holds together."""
    operation, operands = number.operation, number.operands
    if operation in WRITTEN:
        return WRITTEN[operation](operands, refer, cells)
    if operation in INFIX:
        return _infix(operation, operands, refer, cells)
    return _called(CALLED[operation], operands, refer, cells), UNARY if operation == "ceil" else ATOM


def _called(pattern: str, operands: Any, refer: Refer, cells: Any) -> str:
    texts = []
    as_numbers = not pattern.startswith(("AND(", "OR(", "NOT(", "IF("))  # MIN and MAX pass over truths
    for operand in operands:
        text, strength = _operand(operand, refer, cells, as_number=as_numbers)
        texts.append(f"({text})" if "+{}" in pattern and strength <= SUM else text)
    return pattern.format(*texts)


def _negative(operands: Any, refer: Refer, cells: Any) -> tuple[str, int]:
    """The negative of something; −(a − b) is written b − a."""
    (operand,) = operands
    inside = type(operand) is Number and refer(operand) is None
    if inside and operand.operation == "subtract":
        return _infix("subtract", operand.operands[::-1], refer, cells)
    text, strength = _operand(operand, refer, cells)
    return f"-{text if strength == ATOM else f'({text})'}", UNARY  # -x^2 would be (-x)^2


def _infix(operation: str, operands: Any, refer: Refer, cells: Any) -> tuple[str, int]:
    if operation in ("multiply", "divide") and (turned := _by_a_part(operation, operands)) is not None:
        return _infix(*turned, refer, cells)
    sign, strength = INFIX[operation]
    truths = strength == COMPARED
    parts = []
    for place, operand in enumerate(operands):
        text, own = _operand(operand, refer, cells, as_number=not truths)
        loose = own < strength or (own == strength and (place == 1 or strength in (POWER, COMPARED)))
        loose = loose and not (own == strength == SUM and sign == "+") and not (own == strength and sign == "*")
        parts.append(f"({text})" if loose or (text.startswith("-") and (place == 1 or strength == POWER)) else text)
    return sign.join(parts), strength


def _by_a_part(operation: str, operands: Any) -> tuple[str, tuple[Any, Any]] | None:
    """A product with 1/52 as a division by 52, and a division by it as a product; None where there is no such part."""
    first, second = operands
    if operation == "multiply" and type(first) is not Number:
        first, second = second, first
    if type(second) is Number or not 0 < abs(second) < 1:
        return None
    whole = round(1 / second)
    if 1 / whole != second or not len(repr(float(second))) > SHORT_CONSTANT:
        return None
    return ("divide" if operation == "multiply" else "multiply"), (first, float(whole))


def _operand(operand: Any, refer: Refer, cells: Any, *, as_number: bool = False) -> tuple[str, int]:
    """An operand: a constant, a reference, or an operation written out."""
    if type(operand) is not Number:
        return constant(operand)
    reference = refer(operand)
    if reference is None and operand.is_leaf:
        return constant(operand.value)
    text, strength = (reference, ATOM) if reference is not None else _written(operand, refer, cells)
    if as_number and operand.is_truth:
        return f"IF({text},1,0)", ATOM
    return text, strength


def _sum(operands: Any, refer: Refer, cells: Mapping[int, list[Cell]]) -> tuple[str, int]:
    """A sum: of a range where its cells stand one below the other, else written out."""
    if (whole := _range(operands, refer, cells)) is not None:
        return f"SUM({whole})", ATOM
    parts = []
    for operand in operands:
        text, strength = _operand(operand, refer, cells, as_number=True)
        parts.append(f"({text})" if strength < SUM or text.startswith("-") else text)
    return "+".join(parts), SUM


def _range(operands: Any, refer: Refer, cells: Mapping[int, list[Cell]]) -> str | None:
    """The range of cells that numbers fill, one below the other or side by side; None if they do not."""
    if len(operands) < 3 or not all(type(x) is Number and cells.get(x.place) for x in operands):
        return None
    places = sorted((cells[x.place][0] for x in operands), key=lambda cell: (cell.sheet, cell.column, cell.row))
    first = places[0]
    down = [Cell(first.sheet, first.row + step, first.column) for step in range(len(places))]
    across = [Cell(first.sheet, first.row, first.column + step) for step in range(len(places))]
    if places not in (down, across):
        return None
    begin = refer(next(x for x in operands if cells[x.place][0] == first))
    if begin is None or ("!" not in begin and not begin.replace("$", "").isalnum()):
        return None
    last, fixed = places[-1], "$" if "$" in begin else ""
    sheet = begin.rpartition("!")[0]
    address = f"{fixed}{xl_col_to_name(first.column)}{fixed}{first.row + 1}"
    end = f"{fixed}{xl_col_to_name(last.column)}{fixed}{last.row + 1}"
    return f"{f'{sheet}!' if sheet else ''}{address}:{end}"


def _list(function: str) -> Callable[..., tuple[str, int]]:
    """A function of any number of conditions."""
    return lambda operands, refer, cells: (
        f"{function}({','.join(_operand(x, refer, cells)[0] for x in operands)})",
        ATOM,
    )


WRITTEN: dict[str, Callable[..., tuple[str, int]]] = {
    "sum": _sum,
    "any": _list("OR"),
    "all": _list("AND"),
    "negative": _negative,
    "expm1": lambda operands, refer, cells: (f"{_called('EXP({})', operands, refer, cells)}-1", SUM),
    "one_minus_exp": lambda operands, refer, cells: (f"1-{_called('EXP({})', operands, refer, cells)}", SUM),
}
"""Operations that are written in their own way."""


def constant(value: Any) -> tuple[str, int]:
    """A constant as text, as 1/52 rather than 0.01923."""
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE"), ATOM
    number = float(value)
    if math.isinf(number):
        return ("1E+308", ATOM) if number > 0 else ("-1E+308", UNARY)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number)), ATOM if number >= 0 else UNARY
    short = repr(number)
    if len(short) > SHORT_CONSTANT:
        fraction = Fraction(number).limit_denominator(1_000)
        if float(fraction) == number:
            return f"{fraction.numerator}/{fraction.denominator}", PRODUCT
    return short.replace("e", "E"), ATOM if number >= 0 else UNARY

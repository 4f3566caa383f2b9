"""What a cell of a file says: a number, however it is written, a name, or neither."""

import datetime as dt
import math
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

MARKS = {".": "point", ",": "comma"}
BLANKS = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}"
MINUS = "\N{MINUS SIGN}"
PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
GROUPED = re.compile(rf"[+-]?[1-9][0-9]{{0,2}}([,{BLANKS}{APOSTROPHES}])[0-9]{{3}}(?:\1[0-9]{{3}})*(?:\.[0-9]*)?")
BRACKETS = re.compile(r"\(\s*([0-9.].*?)\s*\)")
CURRENCY = re.compile("[£$€¥]")
SWAP = str.maketrans(",.", ".,")
MISSING = ("na", "n/a", "nan", "null", "none", "missing", "inf", "-inf", "infinity")
"""What a cell without a number may hold, in any capitals; no name of a category."""
SHOWN = 40
"""Characters of a cell that are shown."""

IN_BRACKETS, TRUE_MINUS, AS_TEXT = "numbers in brackets as negative", f"{MINUS} as a minus sign", "text as numbers"
SEPARATED = {
    ",": "commas between thousands",
    ".": "points between thousands",
    **dict.fromkeys(BLANKS, "blanks between thousands"),
    **dict.fromkeys(APOSTROPHES, "apostrophes between thousands"),
}


class Interpreted(NamedTuple):
    """A number, and what in its spelling had to be interpreted; empty where it is plain."""

    value: float
    kinds: tuple[str, ...]


class Unworked(NamedTuple):
    """A formula of a workbook whose result is not in the file."""

    formula: str


def interpret(text: str, mark: str) -> Interpreted | None:
    """The number that a text says with this decimal mark, or None.

    Thousands may be separated by the other mark, by blanks or by apostrophes, in groups of three digits; a number in
    brackets is negative, and the sign U+2212 a minus.

    Parameters
    ----------
    text : of one cell
    mark : "." or ","

    Returns
    -------
    Interpreted or None

    Examples
    --------
    >>> interpret("(1 778.85)", ".")
    Interpreted(value=-1778.85, kinds=('numbers in brackets as negative', 'blanks between thousands'))
    """
    text, kinds = text.strip(), list[str]()
    if brackets := BRACKETS.fullmatch(text):
        text = f"-{brackets[1]}"
        kinds.append(IN_BRACKETS)
    elif text.startswith(MINUS):
        text = f"-{text[1:]}"
        kinds.append(TRUE_MINUS)
    text = text if mark == "." else text.translate(SWAP)
    if PLAIN.fullmatch(text):
        return Interpreted(float(text), tuple(kinds))
    if grouped := GROUPED.fullmatch(text):
        separator = grouped[1]
        kinds.append(SEPARATED["." if separator == "," and mark == "," else separator])
        return Interpreted(float(text.replace(separator, "")), tuple(kinds))
    return None


def as_number(text: str, mark: str) -> float | None:
    """What a text says with this decimal mark, or None; see `interpret`."""
    found = interpret(text, mark)
    return None if found is None else found.value


def is_number(text: str) -> bool:
    """Whether a text is a number in any spelling."""
    return any(as_number(text, mark) is not None for mark in MARKS)


def holds_number(cell: object) -> bool:
    """Whether a cell is, or says, or works out a number."""
    if isinstance(cell, str):
        return is_number(cell)
    return isinstance(cell, int | float | Unworked) and not isinstance(cell, bool)


def read_written(cell: str | None, mark: str) -> Interpreted | str:
    """A cell of a text file: its number, or what is wrong with it."""
    if cell is None or not cell.strip():
        return "is blank; every sample needs a number"
    number = interpret(cell, mark)
    if number is not None and math.isfinite(number.value):
        return number
    (other,) = set(MARKS) - {mark}
    if number is not None or cell.strip().lstrip("+-").casefold() in ("inf", "infinity"):
        return f"is {shown(cell)}; every sample needs a finite number"
    if as_number(cell, other) is not None:
        return f"is {shown(cell)}, and elsewhere in the file the decimal mark is a {MARKS[mark]}; write numbers alike"
    percent = cell.strip().endswith("%") and as_number(cell.strip().removesuffix("%"), mark) is not None
    money = CURRENCY.search(cell) and any(letter.isdigit() for letter in cell)
    cure = "remove the currency sign" if money else "write a share, 0.05 for 5%" if percent else ""
    return f"is {shown(cell)}; {cure or 'give a number'}"


def read_cell(cell: object) -> Interpreted | str:
    """A cell of a workbook or a parquet file: its number, or what is wrong with it."""
    if is_blank(cell):
        return "is blank; every sample needs a number"
    if isinstance(cell, Unworked):
        return (
            f"holds the formula {shown(cell.formula)}, whose result is not in the file; open the workbook in Excel or "
            "LibreOffice, save it there, and give it again"
        )
    if isinstance(cell, str):
        return _read_text(cell)
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        return f"is {cell}; give a number, in a column that is formatted as numbers"
    try:
        number = float(cell)  # type: ignore[arg-type] # what cannot be turned into a number is told
    except (TypeError, ValueError, OverflowError):
        return f"is {shown(cell)}; give a number"
    return Interpreted(number, ()) if math.isfinite(number) else f"is {number}; every sample needs a finite number"


def _read_text(cell: str) -> Interpreted | str:
    """Text where a number ought to be: the number if there is but one reading, or what is wrong with it."""
    readings = {found.value: found for mark in MARKS if (found := interpret(cell, mark)) is not None}
    if len(readings) > 1:
        return (
            f"is the text {shown(cell)}, which may have a decimal mark or a thousands separator; write it as a number"
        )
    for value, found in readings.items():
        if math.isfinite(value):
            return Interpreted(value, (AS_TEXT, *found.kinds))
    return f"is the text {shown(cell)}; give a number"


def is_name(cell: object) -> bool:
    """Whether a cell is a word, True or False, and neither a number with something around it nor a mark of a gap."""
    if not isinstance(cell, str | bool):
        return False
    text = str(cell).strip()
    return (
        any(letter.isalpha() for letter in text)
        and text.casefold() not in MISSING
        and not is_number(text)
        and not CURRENCY.search(text)
        and not text.startswith("#")
    )


def is_heading(cell: object) -> bool:
    """Whether a cell may be a name of a column, or its unit, rather than a number or a mark of a gap."""
    if not isinstance(cell, str) or is_blank(cell) or cell.strip().casefold() in MISSING or is_number(cell):
        return False
    return is_name(cell) or not any(letter.isdigit() for letter in cell)


def few_enough(names: Sequence[object], most: int) -> bool:
    """Whether so few names are different that each can have a mean of its own; blank ones are told already."""
    return len(set(names) - {""}) <= min(most, len(names) // 2)


def as_name(cell: object) -> str:
    """A cell as a name."""
    return "" if cell is None else str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def is_blank(cell: object) -> bool:
    """Whether there is nothing in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def filled(cells: Collection[object]) -> list[object]:
    """The cells that hold something."""
    return [cell for cell in cells if not is_blank(cell)]


def shown(cell: object) -> str:
    """A cell as errors show it."""
    text = repr(cell)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

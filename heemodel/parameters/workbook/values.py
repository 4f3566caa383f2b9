"""The value of a cell that was filled in, or what is wrong with it and how to mend it."""

import datetime as dt
import math
import re
from typing import Any

import numpy as np
from openpyxl.cell.cell import Cell as WorkbookCell

from heemodel.parameters.workbook.form import Entry

NUMBER = re.compile(r"[-+]?\d+(\.\d*)?([eE][-+]?\d+)?")
"""Text that can only mean one number."""
INSIDE = re.compile(r"-?\d[\d,]*(\.\d+)?")
"""A number among other characters."""
LONGEST = 5_000
"""Characters of a text."""


class CellError(ValueError):
    """What is wrong with one cell, and the cure."""


def value_of(cell: WorkbookCell, entry: Entry) -> Any:
    """What was filled in: a number, a text, or None for an empty cell.

    Parameters
    ----------
    cell : of the workbook, read with its formulas
    entry : what the cell takes

    Raises
    ------
    CellError
        if it is something else, with the cure
    """
    raw = _plain(cell)
    if raw is None:
        return None
    if entry.kind == "text":
        return _text(raw, entry)
    return _number(raw, entry, percent=_is_percent(cell))


def _plain(cell: WorkbookCell) -> Any:
    """The number or text of a cell; None where it is empty."""
    value = cell.value
    if cell.data_type == "f":
        shown = str(getattr(value, "text", value))
        raise CellError(f"holds the formula {shown[:40]}; paste its value in its place (Paste special, Values)")
    if cell.data_type == "e":
        raise CellError(f"holds the error {value}; put the figure in its place")
    if isinstance(value, bool):
        raise CellError(f"is {str(value).upper()}; write a figure or words")
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        shown = f"{value:%d %b %Y}" if isinstance(value, dt.date) else str(value)
        raise CellError(f"is a date or time ({shown}); format the cell as text or number, and write it again")
    if isinstance(value, str):
        return value.strip().strip("\N{NO-BREAK SPACE}") or None
    return value


def _is_percent(cell: WorkbookCell) -> bool:
    """Whether a number is shown as a percentage, so that 0.55 is seen as 55%."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", str(cell.number_format))


def _text(raw: Any, entry: Entry) -> str:
    """Words, or one of a few; a number among them with all its digits and no exponent, 5.0 as 5."""
    text = np.format_float_positional(raw, trim="-") if isinstance(raw, float) else str(raw)
    if len(text) > LONGEST:
        raise CellError(f"has {len(text):,} characters; write {LONGEST:,} at most")
    if entry.choices and not entry.others and text not in entry.choices:
        raise CellError(f"is {text!r}; choose one of: {', '.join(entry.choices)}")
    return text


def _number(raw: Any, entry: Entry, *, percent: bool) -> float:
    """A number that is possible for its kind; a whole one as an integer, as an inputs file has it."""
    if isinstance(raw, str):
        if not NUMBER.fullmatch(raw):
            raise CellError(_no_number(raw, entry))
        raw = float(raw)
    if not math.isfinite(raw):
        raise CellError("is too large for a number; write it out in digits")
    if percent and entry.kind not in ("share", "per cent"):
        raise CellError(f"is shown as a percentage ({100 * raw:g}%); give the number, and format the cell as a number")
    if entry.kind == "per cent":
        return _share(float(raw), percent=percent)
    if entry.kind == "share" and not 0 <= raw <= 1:
        raise CellError(f"is {raw:g}; a share lies between 0 and 1: write 17% as 0.17")
    if entry.kind == "whole" and (raw < 0 or raw != round(raw)):
        raise CellError(f"is {raw:g}; give a whole number, 0 or more")
    if entry.kind == "positive" and raw <= 0:
        raise CellError(f"is {raw:g}; give a number above 0")
    return int(raw) if raw == round(raw) and abs(raw) < 2**53 else float(raw)


def _share(raw: float, *, percent: bool) -> float:
    """A percentage as a share: 55 and 55% are 0.55; what may be a share already is refused."""
    share = raw if percent else raw / 100
    if not 0 <= share <= 1:
        raise CellError(f"is {100 * share:g}%; give a percentage from 0 to 100")
    if not percent and 0 < raw <= 1:
        meant = f"write {100 * raw:g} if you mean {100 * raw:g}%, or {raw:g}% with its sign if you mean that"
        raise CellError(f"is {raw:g}; {meant}")
    return round(share, 15)


def _no_number(text: str, entry: Entry) -> str:
    """What is said to text in a cell for a number."""
    inside = INSIDE.search(text)
    number = "" if inside is None else inside[0].replace(",", "")
    if "%" in text and entry.kind == "share" and number:
        return f"is the text {text!r}; give the share: {float(number) / 100:g}"
    if "%" in text and entry.kind != "per cent":
        return f"is the text {text!r}; give a number, not a percentage"
    such_as = f", without anything else in the cell: {number}" if number else ""
    return f"is {text!r}; give a number{such_as}"

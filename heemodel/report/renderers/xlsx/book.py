"""What every sheet of the workbook is written with: formats, names of tabs, pages and texts."""

import re
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from heemodel.report.characters import visible

FONT, SIZE = "Arial", 10
HEADER = 3
"""The row of headings of a table, counted from 0: title, note and the rest of a long note stand above it."""
LONGEST_NAME, MOST_TEXT = 31, 32_000
"""Characters of a tab's name, and of a cell, that Excel takes."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""Characters that a tab's name cannot have."""
UNIT, FRAME, BESIDE = 5.25, 3.75, 4.0
"""Points: of a column's width of 1, of what Excel adds to any width, and of what a cell leaves free beside its text."""
INDENT = 7.0
"""Points by which an indented text is set in."""
LINE, ROW, HIGHEST = 12.9, 15.0, 400.0
"""Points: of a line of text of that size, of a row of one line, and of a row at most, which Excel limits."""
A4, SIDE, ABOVE, BELOW = (8.27, 11.69), 0.5, 0.5, 0.7
"""Inches of the paper, and of its margins."""


def room(*, landscape: bool) -> tuple[float, float]:
    """Width and height of a page between its margins, in points."""
    across, down = reversed(A4) if landscape else A4
    return 72 * (across - 2 * SIDE), 72 * (down - ABOVE - BELOW)


class Book:
    """A workbook while it is being written."""

    def __init__(self, workbook: Workbook, footer: str) -> None:
        self.workbook, self.footer = workbook, footer
        self.names: set[str] = set()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def format(self, **properties: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format({"font_name": FONT, "font_size": SIZE, **properties})
        return self._formats[key]

    def add(self, name: str) -> Worksheet:
        """A sheet of a name that no other has, for A4."""
        stem = FORBIDDEN.sub(" ", visible(name)).strip("' ")[:LONGEST_NAME] or "Sheet"
        tab, number = stem, 1
        while tab.lower() in self.names:
            number += 1
            tab = f"{stem[: LONGEST_NAME - 3]} {number}"
        self.names.add(tab.lower())
        sheet = self.workbook.add_worksheet(tab)
        sheet.set_paper(9)
        sheet.set_margins(left=SIDE, right=SIDE, top=ABOVE, bottom=BELOW)
        sheet.set_footer(f"&L&8{in_margin(self.footer)}&R&8Page &P of &N")
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, text: str, **properties: Any) -> None:
        """A text, which stays one."""
        shown = visible(text)
        if len(shown) > MOST_TEXT:
            shown = f"{shown[:MOST_TEXT]} … (cut here, as a cell holds no more)"
        sheet.write_string(row, column, shown, self.format(valign="top", **properties))


def in_margin(text: str) -> str:
    """A text of a header or a footer, in which nothing is a code."""
    return visible(text).replace("&", "&&")[:120]


def set_width(sheet: Worksheet, column: int, points: float) -> None:
    """Make a column so wide."""
    sheet.set_column(column, column, max(0.0, points - FRAME) / UNIT)


def height(lines: int, size: float = SIZE) -> float:
    """Points of a row of so many lines."""
    return min(HIGHEST, ROW * size / SIZE + LINE * size / SIZE * (max(1, lines) - 1))

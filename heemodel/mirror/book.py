"""A workbook with cells that hold text, numbers and formulas with their values; knows nothing of models."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from heemodel.mirror.names import SheetNames

FORMATS = {
    "probability": "0.000000",
    "people": "0.000000",
    "number": "#,##0.0000",
    "money": "#,##0.00",
    "general": "General",
    "whole": "0",
}
FORMULA_NOT_FINITE = "#NUM!"
INPUT_FILL, INPUT_INK, HEAD_FILL, TOTAL_FILL = "#FFF6D6", "#1F3FBF", "#DCE6F0", "#EEF3E6"
"""Cells to change are filled and their figures blue, as is usual in models; headings and totals have a fill."""


class Book:
    """A workbook in the making."""

    def __init__(self, path: Path, title: str) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
        self.book.set_properties({"title": title, "comments": "Written by heemodel"})
        self.book.set_calc_mode("auto")
        self.sheets: dict[Any, Worksheet] = {}
        self.names: dict[Any, str] = {}
        self._sheet_names = SheetNames()
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def add_sheet(self, key: Any, wanted: str, title: str, subtitle: str) -> Worksheet:
        """A sheet with its title in A1; `key` is what it is found by."""
        self.names[key] = self._sheet_names.name(wanted)
        sheet = self.sheets[key] = self.book.add_worksheet(self.names[key])
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, title, self.format(bold=True, font_size=14))
        sheet.write_string(1, 0, subtitle, self.format(italic=True, font_color="#555555"))
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def format(self, **how: Any) -> Format:
        """A format, kept once; `style` names one of `FORMATS`."""
        style = how.pop("style", None)
        if style is not None:
            how["num_format"] = FORMATS[style]
        key = tuple(sorted(how.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": "Calibri", "font_size": 10, "valign": "top"} | how)
        return self._formats[key]

    def text(self, key: Any, row: int, column: int, text: str, **how: Any) -> None:
        """Text, whatever it looks like."""
        if text:
            self.sheets[key].write_string(row, column, text, self.format(**how))

    def value(self, key: Any, row: int, column: int, value: Any, **how: Any) -> None:
        """A fixed number or truth."""
        if isinstance(value, bool):
            self.sheets[key].write_boolean(row, column, value, self.format(**how))
        elif math.isfinite(value):
            self.sheets[key].write_number(row, column, float(value), self.format(**how))
        else:
            self.sheets[key].write_string(row, column, "infinite", self.format(**how))

    def formula(self, key: Any, row: int, column: int, formula: str, value: Any, **how: Any) -> None:
        """A formula with its value, which a reader sees before anything is recalculated."""
        if isinstance(value, float) and not math.isfinite(value):
            value = FORMULA_NOT_FINITE
        shown = value if isinstance(value, (bool, str)) else float(value)
        self.sheets[key].write_formula(row, column, formula, self.format(**how), shown)

    def name(self, name: str, reference: str) -> None:
        """Give a cell a name."""
        self.book.define_name(name, f"={reference}")

    def close(self) -> None:
        """Write the file."""
        self.book.close()

"""Writes a workbook of inputs: sheets to fill in, with lists, limits and help in the cells."""

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from heemodel.errors import HeemodelError
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.workbook.form import PLACE, Cell, Entry, Formula, Row, Sheet, Shown
from heemodel.parameters.workbook.own_sheet import own_sheet
from heemodel.parameters.workbook.readme import NAME, readme_rows
from heemodel.parameters.workbook.sections import sections_of

MADE = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the same in every workbook, so that the same inputs give the same bytes
FILL, GREY, DARK, LINE = "#FFF4C2", "#F0F0F0", "#1F3864", "#BFBFBF"
LONGEST_LIST, LONGEST_HELP, LONGEST_TITLE = 255, 255, 32
"""Characters of a list of choices, of help and of its title that a workbook takes."""
LINE_HEIGHT, TITLE_HEIGHT, TALLEST = 13.5, 24.0, 400.0
"""Points of a line of text, of the title, and of the tallest row."""
GROUPED = 10_000
"""From here on whole numbers are shown with commas."""
LIMITS: Mapping[str, dict[str, Any]] = {
    "positive": {"validate": "decimal", "criteria": ">", "value": 0},
    "whole": {"validate": "integer", "criteria": ">=", "value": 0},
    "share": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1},
    "per cent": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
    "number": {"validate": "decimal", "criteria": "between", "minimum": -1e300, "maximum": 1e300},
    "text": {"validate": "any"},
}
WANTED = {
    "positive": "Give a number above 0, in digits only.",
    "whole": "Give a whole number, in digits only.",
    "share": "Give a share from 0 to 1: 17% is 0.17.",
    "per cent": "Give a percentage from 0 to 100: 55 or 55%.",
    "number": "Give a number, in digits only.",
    "text": "",
}


def sheets_of(inputs: Inputs) -> list[Sheet]:
    """The sheets to fill in, the user's own first."""
    return [own_sheet(inputs), *sections_of(inputs)]


def written(inputs: Inputs, path: Path) -> Path:
    """Write the workbook; see `write_workbook`."""
    sheets = sheets_of(inputs)
    try:
        with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as workbook:
            workbook.set_properties({"title": inputs.about.title, "comments": "Inputs of heemodel", "created": MADE})
            formats = _formats(workbook)
            for sheet in sheets:
                _Writer(workbook.add_worksheet(sheet.name), sheet, formats).write()
            _write_readme(workbook.add_worksheet(NAME), inputs, sheets, formats)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise HeemodelError(f"{path} cannot be written ({error}); close it, or name another place") from error
    return path


def _formats(workbook: Workbook) -> dict[str, Format]:
    """The looks of cells by name; those on the first row of a figure have a line above."""
    base: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "valign": "top", "text_wrap": True}
    box = {"border": 1, "border_color": LINE}
    looks: dict[str, dict[str, Any]] = {
        "title": {"bold": True, "font_size": 16, "font_color": DARK, "text_wrap": False},
        "guide": {"text_wrap": False},
        "heading": {"bold": True, "font_color": "#FFFFFF", "bg_color": DARK, **box},
        "fill heading": {"bold": True, "bg_color": "#FFD966", **box},
        "text": {**box},
        "number": {"num_format": "#,##0", **box},
        "own entry": {"align": "right", "indent": 1, **box},
        "own large entry": {"num_format": "#,##0", "align": "right", "indent": 1, **box},
        "own text entry": {"num_format": "@", **box},
        "place": {"font_color": "#595959", "text_wrap": False, **box},
        "faint": {"font_color": "#595959", "bg_color": GREY, **box},
        "worked out": {"font_color": DARK, "italic": True, **box},
        "entry": {"bg_color": FILL, "num_format": "General", "align": "right", "indent": 1, **box},
        "large entry": {"bg_color": FILL, "num_format": "#,##0", "align": "right", "indent": 1, **box},
        "text entry": {"bg_color": FILL, "num_format": "@", **box},
    }
    made = {name: workbook.add_format({**base, **look}) for name, look in looks.items()}
    first = {"top": 2, "top_color": DARK}
    return made | {f"{name}, first": workbook.add_format({**base, **look, **first}) for name, look in looks.items()}


class _Writer:
    """Writes one sheet."""

    def __init__(self, worksheet: Worksheet, sheet: Sheet, formats: Mapping[str, Format]) -> None:
        self.worksheet, self.sheet, self.formats = worksheet, sheet, formats
        self.columns = {column.heading: at for at, column in enumerate(sheet.columns)}
        self.top = 1 + len(sheet.guide)
        self.rows = {row.place: self.top + 1 + at for at, row in enumerate(sheet.rows)}

    def write(self) -> None:
        """Title, guide, headings, rows, and how it is shown and printed."""
        page = self.worksheet
        page.set_row(0, TITLE_HEIGHT)
        page.set_row(self.top, 2 * LINE_HEIGHT)
        page.write_string(0, 0, self.sheet.title, self.formats["title"])
        for at, sentence in enumerate(self.sheet.guide):
            page.write_string(1 + at, 0, sentence, self.formats["guide"])
        for at, column in enumerate(self.sheet.columns):
            look = "fill heading" if column.fill and self.sheet.to_fill else "heading"
            page.set_column(at, at, column.width)
            page.write_string(self.top, at, column.heading, self.formats[look])
        for row in self.sheet.rows:
            if (height := self._height(row)) > LINE_HEIGHT:
                page.set_row(self.rows[row.place], height)
            for column in self.sheet.columns:
                self._cell(row, column.heading, row.cells.get(column.heading, Shown(None)))
        page.freeze_panes(self.top + 1, self.sheet.frozen)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(self.top)
        page.print_area(0, 0, max(self.rows.values()), len(self.sheet.columns) - 1 - self.sheet.unprinted)
        page.set_footer("&L&A&RPage &P of &N")
        page.hide_gridlines(2)

    def _height(self, row: Row) -> float:
        """Points that the longest text of a row takes."""
        lines = [1.0]
        for column in self.sheet.columns:
            cell = row.cells.get(column.heading)
            if isinstance(cell, Entry | Shown) and column.heading != PLACE:
                lines.append(math.ceil(len(str(cell.value or "")) / (1.15 * column.width)))
        return min(max(lines) * LINE_HEIGHT, TALLEST)

    def _cell(self, row: Row, heading: str, cell: Cell) -> None:
        """Write a cell."""
        at, first = (self.rows[row.place], self.columns[heading]), ", first" if row.begins else ""
        match cell:
            case Entry(kind=kind, value=value):
                look = "text entry" if kind == "text" else "large entry" if _is_large(value) else "entry"
                self._value(at, value, self.formats[("" if self.sheet.to_fill else "own ") + look + first])
                self.worksheet.data_validation(*at, *at, _validation(cell, heading))
            case Formula():
                text = cell.text
                for number, (place, column) in enumerate(cell.of):
                    text = text.replace(f"@{number}", _address(self.rows[place], self.columns[column]))
                look = "text" if cell.plain else "worked out"
                self.worksheet.write_formula(*at, text, self.formats[look + first], cell.value)
            case Shown(value=value, faint=faint):
                look = "place" if heading == PLACE else "faint" if faint else "number" if _is_large(value) else "text"
                self._value(at, value, self.formats[look + first])

    def _value(self, at: tuple[int, int], value: Any, look: Format) -> None:
        """Write a number as a number and words as words, whatever they look like."""
        if value is None:
            self.worksheet.write_blank(*at, None, look)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.worksheet.write_number(*at, value, look)
        else:
            self.worksheet.write_string(*at, str(value), look)


def _is_large(value: Any) -> bool:
    """Whether it is a whole number of many digits."""
    return isinstance(value, int | float) and abs(value) >= GROUPED and value == round(value)


def _address(row: int, column: int) -> str:
    """Such as B7; a sheet has no more than 26 columns that formulas speak of."""
    return f"{chr(ord('A') + column)}{row + 1}"


def _validation(entry: Entry, heading: str) -> dict[str, Any]:
    """What a cell takes, and the help that it shows."""
    rule = dict(LIMITS[entry.kind])
    if entry.choices and len(",".join(entry.choices)) <= LONGEST_LIST and not any("," in one for one in entry.choices):
        rule = {"validate": "list", "source": list(entry.choices)}
    if entry.others:
        rule |= {"error_type": "warning", "error_message": "It is not in the list. Is it meant?"}
    elif WANTED[entry.kind]:
        rule["error_message"] = WANTED[entry.kind]
    if message := " ".join(part for part in (WANTED[entry.kind], entry.help) if part):
        rule |= {"input_title": heading[:LONGEST_TITLE], "input_message": message[:LONGEST_HELP]}
    return rule


def _write_readme(page: Worksheet, inputs: Inputs, sheets: list[Sheet], formats: Mapping[str, Format]) -> None:
    """The last sheet, of words and what is said of them."""
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 110)
    page.write_string(0, 0, NAME, formats["title"])
    for at, (word, words) in enumerate(readme_rows(inputs, sheets), start=2):
        heading = bool(word) and not words
        page.write_string(at, 0, word, formats["heading" if heading else "text"])
        page.write_string(at, 1, words, formats["heading" if heading else "text"])
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)

"""Sheets of numbers: a tidy table with one row of headings, set up so that it can be counted on and printed."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from heemodel.report.document import Sheet
from heemodel.report.renderers.letters import lines_of, text_width
from heemodel.report.renderers.xlsx.book import (
    BESIDE,
    FONT,
    HEADER,
    INDENT,
    SIZE,
    Book,
    height,
    in_margin,
    room,
    set_width,
)
from heemodel.report.renderers.xlsx.charts import add_charts
from heemodel.report.renderers.xlsx.widths import BOLD, LEAST, USUAL, column_widths

SET_IN = {"align": "left", "indent": 1}
"""How text stands in its cell, away from a number before it."""
MOST_PRINTED = 400
"""Rows that are printed at most; the sheet has them all."""
NARROW = 0.9
"""Of a page's width, which a table in the usual size takes at most: widths differ between programs."""
ON_A_PAGE = 3
"""Charts that are printed on a page."""
REPEATED = 2
"""Columns of text that are printed again on each page, where a table takes several side by side."""


def write_sheet(book: Book, sheet: Sheet) -> None:
    """A tidy table: title, note, one row of headings, and a row for each fact."""
    page, table = book.add(sheet.name), sheet.table
    headings = [sheet.headings.get(str(name), str(name)) for name in table.columns]
    forms = [_forms(sheet.forms.get(str(name), "plain"), len(table)) for name in table.columns]
    printed = max(1, len(headings) - sheet.aside)
    widths = column_widths(headings, table, forms, printed)
    book.text(page, 0, 0, sheet.title, bold=True, font_size=14)
    for row, text in enumerate(_in_lines(_note(sheet), max(sum(widths[:printed]), room(landscape=True)[0])), start=1):
        book.text(page, row, 0, text)
    heading = {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#e8edf3"}
    for column, name in enumerate(headings):
        aside = {"align": "right", "indent": 1} if _is_numeric(table.iloc[:, column]) else SET_IN
        book.text(page, HEADER, column, name, **heading, **aside)
        set_width(page, column, widths[column])
        for row, (value, form) in enumerate(zip(table.iloc[:, column], forms[column], strict=True), start=HEADER + 1):
            _cell(book, page, row, column, value, form)
    for row, cells in enumerate([headings, *table.itertuples(index=False, name=None)], start=HEADER):
        size = SIZE * (BOLD if row == HEADER else 1.0)
        lines = max((_lines(value, width, size) for value, width in zip(cells, widths, strict=True)), default=1)
        if lines > 1:
            page.set_row(row, height(lines))
    if headings:
        page.autofilter(HEADER, 0, HEADER + len(table), len(headings) - 1)
    page.freeze_panes(HEADER + 1, 1)
    page.repeat_rows(HEADER)
    if sheet.chart is not None:
        end = add_charts(book, page, sheet, sheet.chart)
        page.print_area(HEADER + 1, len(headings) + 1, *end)
        page.set_header(f'&L&"{FONT},Bold"&12{in_margin(sheet.title)}')
        page.fit_to_pages(1, math.ceil(table[sheet.chart.panels].nunique() / ON_A_PAGE))
    else:
        _set_up(page, table, widths[:printed])


def _set_up(page: Worksheet, table: pd.DataFrame, widths: Sequence[float]) -> None:
    """Across the page, as wide as can be read; a wider table on pages side by side, which have its first columns."""
    page.set_landscape()
    page.print_area(0, 0, HEADER + min(len(table), MOST_PRINTED), len(widths) - 1)
    across = room(landscape=True)[0]
    if USUAL * sum(widths) <= NARROW * across:
        page.set_print_scale(round(100 * USUAL))
    elif LEAST * sum(widths) <= across + 1:
        page.fit_to_pages(1, 0)
    else:
        page.set_print_scale(round(100 * LEAST))
        names = list(itertools.takewhile(lambda at: not _is_numeric(table.iloc[:, at]), range(REPEATED)))
        page.repeat_columns(0, max(names, default=0))


def _note(sheet: Sheet) -> str:
    """What must be known of the table, and how much of it is printed."""
    number = len(sheet.table)
    if sheet.chart is not None:
        printed = f"Printed are the charts beside the {number:,} rows."
    else:
        printed = f"Printed are the first {MOST_PRINTED} of {number:,} rows." if number > MOST_PRINTED else ""
    return " ".join(filter(None, [sheet.note, printed]))


def _in_lines(text: str, width: float) -> list[str]:
    """A text, in two lines where one is too short: a cell that wraps would be as narrow as its column."""
    if text_width(text, SIZE) <= width or " " not in text:
        return [text] if text else []
    words, taken = text.split(" "), 1
    while taken < len(words) - 1 and text_width(" ".join(words[: taken + 1]), SIZE) <= width:
        taken += 1
    return [" ".join(words[:taken]), " ".join(words[taken:])]


def _cell(book: Book, page: Worksheet, row: int, column: int, value: Any, form: str) -> None:
    """A number, a yes or no, or a text; nothing where nothing is known."""
    if _is_truth(value):
        book.text(page, row, column, "yes" if value else "no", **SET_IN)
    elif isinstance(value, int | float) or hasattr(value, "dtype"):
        number = float(value)
        if math.isfinite(number):
            page.write_number(row, column, number, book.format(valign="top", num_format=_number_format(form)))
        elif math.isinf(number):
            book.text(page, row, column, "−∞" if number < 0 else "∞", align="right")
    elif value is not None and not pd.isna(value) and value != "":
        book.text(page, row, column, str(value), text_wrap=True, **SET_IN)


def _is_numeric(column: "pd.Series[Any]") -> bool:
    """Whether a column holds numbers, and nothing else."""
    known = [value for value in column if value != "" and not pd.isna(value)]
    return bool(known) and all(hasattr(value, "__float__") and not _is_truth(value) for value in known)


def _is_truth(value: Any) -> bool:
    """Whether a value is a yes or no."""
    return isinstance(value, bool) or type(value).__name__ == "bool"


def _forms(forms: str | Sequence[str], rows: int) -> Sequence[str]:
    """How each cell of a column is printed."""
    return [forms] * rows if isinstance(forms, str) else forms


def _number_format(form: str) -> str:
    """A form in the spreadsheet's own words."""
    if form == "probability":
        return "0.0%"
    if form.startswith("number"):
        decimals = int(form.removeprefix("number"))
        return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return "General"


def _lines(value: Any, width: float, size: float) -> int:
    """Lines that a cell takes in a column: a spreadsheet that opens the file does not always make room by itself."""
    return lines_of(value, width - BESIDE - INDENT, size) if isinstance(value, str) else 1

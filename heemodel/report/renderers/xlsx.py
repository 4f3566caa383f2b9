"""The report as a workbook: the first page in words and figures, then every sheet of the document."""

import datetime as dt
import io
import math
import re
from collections.abc import Iterator, Sequence
from functools import singledispatchmethod
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from heemodel.report.characters import visible
from heemodel.report.document import (
    Block,
    Cards,
    Chart,
    Definitions,
    Document,
    Figure,
    Folded,
    Points,
    Sheet,
    Table,
    Words,
)

LONGEST_NAME, MOST_TEXT = 31, 32_000
"""Characters of a tab's name, and of a cell, that Excel takes."""
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
"""Characters that a tab's name cannot have."""
NARROWEST, WIDEST, SAMPLED = 9, 38, 200
"""Characters: widths of columns; rows that are looked at for them."""
HEADING, HIGHEST, DENSE = 16, 400, 1.1
"""Characters of a heading that stand in one line at least; points of a row at most, which Excel limits; characters of
text in the width of one figure."""
FIRST, FURTHER, LINE = 92, 32, 13.5
"""Of the summary: characters of its first column and of the others, and points of a line."""
DASHES = ("solid", "dash", "dash_dot", "long_dash", "round_dot", "square_dot", "long_dash_dot", "long_dash_dot_dot")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999999")
"""Of the lines of a chart, which differ in both, so that no reader needs the colour."""
HEADER = 3
"""The row of headings, counted from 0: title, note and an empty row stand above it."""
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LONG_AGO = dt.datetime(2000, 1, 1)  # noqa: DTZ001 # a date of the file, of no zone


def render(document: Document) -> bytes:
    """The whole workbook; the same document gives the same bytes.

    Notes
    -----
    Texts are written as texts, never as formulas, links or numbers, whatever they begin with. Numbers are written whole
    and printed with the decimals that the sheet says.
    """
    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with Workbook(content, plain) as workbook:
        made = DATE.search(document.made)
        workbook.set_properties(
            {
                "title": visible(document.title),
                "subject": visible(document.question),
                "author": visible(document.facts.get("Organisation", "")),
                "created": dt.datetime.fromisoformat(made[0]) if made else LONG_AGO,
            }
        )
        writer = _Writer(workbook)
        writer.summary(document)
        for sheet in document.sheets:
            writer.sheet(sheet, document.title)
    return content.getvalue()


class _Writer:
    """Writes sheets into a workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.names: set[str] = set()
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.row = 0

    def format(self, **properties: Any) -> Any:
        """A format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format({"font_name": "Arial", "font_size": 10, **properties})
        return self._formats[key]

    def add(self, name: str, footer: str) -> Worksheet:
        """A sheet of a name that no other has, set up for A4."""
        stem = FORBIDDEN.sub(" ", visible(name)).strip("' ")[:LONGEST_NAME] or "Sheet"
        tab, number = stem, 1
        while tab.lower() in self.names:
            number += 1
            tab = f"{stem[: LONGEST_NAME - 3]} {number}"
        self.names.add(tab.lower())
        sheet = self.workbook.add_worksheet(tab)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8{visible(footer).replace('&', '&&')[:120]}&R&8Page &P of &N")
        return sheet

    def text(self, sheet: Worksheet, row: int, column: int, text: str, **properties: Any) -> None:
        """A text, which stays one."""
        shown = visible(text)
        if len(shown) > MOST_TEXT:
            shown = f"{shown[:MOST_TEXT]} … (cut here, as a cell holds no more)"
        sheet.write_string(row, column, shown, self.format(valign="top", **properties))

    # ------------------------------------------------------------ the first sheet

    def summary(self, document: Document) -> None:
        """Title, question, facts, and the first section block by block."""
        self.page = self.add("Summary", document.title)
        self.page.set_column(0, 0, FIRST)
        self.page.set_column(1, 8, FURTHER)
        self.row = 0
        self.line(document.title, bold=True, font_size=16)
        for text in (document.question, document.made):
            self.line(text, text_wrap=True)
        for name, fact in document.facts.items():
            self.cells([name, fact])
        for block in document.sections[0].blocks if document.sections else ():
            self.row += 1
            self.block(block)

    def line(self, text: str, **properties: Any) -> None:
        """A row with one text."""
        if text:
            self.text(self.page, self.row, 0, text, **properties)
            self.high([text], properties.get("font_size", 10))

    def cells(self, texts: Sequence[str], **properties: Any) -> None:
        """A row of texts."""
        for column, text in enumerate(texts):
            self.text(self.page, self.row, column, text, text_wrap=True, **properties)
        self.high(texts, 10)

    def high(self, texts: Sequence[str], size: float) -> None:
        """Give the row the height that its texts take when they are wrapped, and go to the next."""
        widths = (FIRST, *[FURTHER] * (len(texts) - 1))
        lines = max(
            (math.ceil(len(t) * size / 10 / (DENSE * w)) for t, w in zip(texts, widths, strict=True)), default=1
        )
        self.page.set_row(self.row, min(HIGHEST, LINE * size / 10 * max(1, lines)))
        self.row += 1

    @singledispatchmethod
    def block(self, block: Block) -> None:
        """A block of a kind that is registered below."""
        raise TypeError(f"a block of kind {type(block).__name__} cannot be written into a workbook")

    @block.register
    def _words(self, block: Words) -> None:
        strong = block.role in ("answer", "warning")
        self.line(block.text, text_wrap=True, bold=strong)

    @block.register
    def _points(self, block: Points) -> None:
        self.line(block.title, bold=True)
        for text in block.points:
            self.line(f"• {text}", text_wrap=True)

    @block.register
    def _definitions(self, block: Definitions) -> None:
        self.line(block.title, bold=True)
        for term, meaning in block.terms.items():
            self.cells([term, meaning])

    @block.register
    def _cards(self, block: Cards) -> None:
        for card in block.cards:
            self.cells([f"{card.label}{f' ({card.tag})' if card.tag else ''}", card.figure, card.meaning], bold=True)
            for fact in card.facts:
                self.cells([fact.label, fact.figure, fact.interval])
            self.line(" ".join(filter(None, (card.summary, card.note))), text_wrap=True)

    @block.register
    def _table(self, block: Table) -> None:
        self.line(block.title, bold=True)
        if block.groups:
            spread = [text for text, span in block.groups for text in (text, *[""] * (span - 1))]
            self.cells(spread, bold=True)
        self.cells(block.header, bold=True, bottom=1)
        for place, row in enumerate(block.rows):
            beside = f" ({block.beside[place]})" if place in block.beside else ""
            self.cells([f"{row[0]}{beside}", *row[1:]], bold=place in block.emphasis)
        self.line(block.note, text_wrap=True, font_color="#5a6472")

    @block.register
    def _figure(self, block: Figure) -> None:
        self.line(block.title, bold=True)
        self.line(f"{block.alternative} {block.caption}", text_wrap=True)

    @block.register
    def _folded(self, block: Folded) -> None:
        self.line(block.title, bold=True)
        for inner in block.blocks:
            self.block(inner)

    # ------------------------------------------------------------ sheets of numbers

    def sheet(self, sheet: Sheet, footer: str) -> None:
        """A tidy table: title, note, one row of headings, and a row for each fact."""
        page, table = self.add(sheet.name, footer), sheet.table
        self.text(page, 0, 0, sheet.title, bold=True, font_size=14)
        if sheet.note:
            self.text(page, 1, 0, sheet.note)
        headings = [sheet.headings.get(str(name), str(name)) for name in table.columns]
        widths = [_width(heading, table.iloc[:, column]) for column, heading in enumerate(headings)]
        for column, (name, heading) in enumerate(zip(table.columns, headings, strict=True)):
            self.text(page, HEADER, column, heading, bold=True, text_wrap=True, bottom=1, bg_color="#e8edf3", indent=1)
            page.set_column(column, column, widths[column])
            for row, value in enumerate(table.iloc[:, column], start=HEADER + 1):
                self.cell(page, row, column, value, _form(sheet.forms.get(str(name), "plain"), row - HEADER - 1))
        for row, cells in enumerate([headings, *table.itertuples(index=False, name=None)], start=HEADER):
            if (lines := max(map(_lines, cells, widths), default=1)) > 1:
                page.set_row(row, min(HIGHEST, LINE * lines))
        if len(table.columns):
            page.autofilter(HEADER, 0, HEADER + len(table), len(table.columns) - 1)
        page.freeze_panes(HEADER + 1, 1)
        page.repeat_rows(HEADER)
        if sheet.chart is not None:
            self.charts(page, sheet, sheet.chart)

    def cell(self, page: Worksheet, row: int, column: int, value: Any, form: str) -> None:
        """A number, a yes or no, or a text; nothing where nothing is known."""
        if isinstance(value, bool) or type(value).__name__ == "bool":
            self.text(page, row, column, "yes" if value else "no", indent=1)
        elif isinstance(value, int | float) or hasattr(value, "dtype"):
            number = float(value)
            if math.isfinite(number):
                page.write_number(row, column, number, self.format(valign="top", num_format=_number_format(form)))
            elif math.isinf(number):
                self.text(page, row, column, "−∞" if number < 0 else "∞", indent=1)
        elif value is not None and not pd.isna(value) and value != "":
            self.text(page, row, column, str(value), text_wrap=True, indent=1)

    def charts(self, page: Worksheet, sheet: Sheet, chart: Chart) -> None:
        """Line charts beside the table, one for each panel, drawn by the spreadsheet from the cells."""
        table = sheet.table.reset_index(drop=True)
        x, y, of, named = (table.columns.get_loc(name) for name in (chart.x, chart.y, chart.lines, chart.panels))
        right = len(table.columns) + 1
        for place, (panel, rows) in enumerate(_runs(table, [chart.panels])):
            drawn: Any = self.workbook.add_chart({"type": "scatter", "subtype": "straight"})
            lines = list(_runs(table.iloc[rows.start : rows.stop], [chart.lines]))
            for number, (_, part) in enumerate(lines):
                first, last = part.start + HEADER + 1, part.stop + HEADER
                drawn.add_series(
                    {
                        "name": [page.get_name(), first, of],  # by its cell: a name such as =A!B1 would be a formula
                        "categories": [page.get_name(), first, x, last, x],
                        "values": [page.get_name(), first, y, last, y],
                        "line": _line(number),
                    }
                )
            drawn.set_title({"name": [page.get_name(), rows.start + HEADER + 1, named], "overlay": False})
            along, up = ([page.get_name(), HEADER, column] for column in (x, y))
            drawn.set_x_axis({"name": along, "num_format": "#,##0", "min": 0})
            share = {"min": 0, "max": 1, "num_format": "0%"} if chart.share else {"num_format": "#,##0"}
            drawn.set_y_axis({"name": up, **share})
            drawn.set_legend({"position": "bottom"})
            drawn.show_hidden_data()  # filtering rows takes no line away
            drawn.set_size({"width": 720, "height": 400})
            at = {"description": visible(f"{chart.alternative} {panel}")[:MOST_TEXT], "object_position": 3}
            page.insert_chart(HEADER + 1 + 21 * place, right, drawn, at)


def _runs(table: pd.DataFrame, by: Sequence[str]) -> Iterator[tuple[str, range]]:
    """Rows that follow one another and have the same value, by that value; places are those of the index."""
    values = table[by[0]].astype(str).tolist()
    start = 0
    for place in range(1, len(values) + 1):
        if place == len(values) or values[place] != values[start]:
            yield values[start], range(int(table.index[start]), int(table.index[place - 1]) + 1)
            start = place


def _line(number: int) -> dict[str, Any]:
    """How a line of a chart is drawn."""
    return {"color": COLOURS[number % len(COLOURS)], "dash_type": DASHES[number % len(DASHES)], "width": 2}


def _form(forms: str | Sequence[str], row: int) -> str:
    """How a cell of a column is printed."""
    return forms if isinstance(forms, str) else forms[row]


def _number_format(form: str) -> str:
    """A form in the spreadsheet's own words."""
    if form == "probability":
        return "0.0%"
    if form.startswith("number"):
        decimals = int(form.removeprefix("number"))
        return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    return "General"


def _width(heading: str, column: pd.Series) -> float:
    """Characters that a column needs, within limits."""
    texts = [str(value) for value in column.head(SAMPLED) if isinstance(value, str)]
    longest = max((len(text) for text in texts), default=12)
    word = max((len(word) for word in heading.split()), default=0)
    return min(WIDEST, max(NARROWEST, word + 3, longest + 3, min(len(heading), HEADING)))


def _lines(value: Any, width: float) -> int:
    """Lines that a cell takes in a column: a spreadsheet that opens the file does not always make room by itself."""
    if not isinstance(value, str):
        return 1
    room = DENSE * (width - 2)
    return sum(max(1, math.ceil(len(line) / room)) for line in value.splitlines())

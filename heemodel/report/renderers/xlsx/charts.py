"""Line charts that the spreadsheet draws from the cells of a sheet."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from heemodel.report.characters import visible
from heemodel.report.document import Chart, Sheet
from heemodel.report.renderers.xlsx.book import HEADER, MOST_TEXT, Book

DASHES = ("solid", "dash", "dash_dot", "long_dash", "round_dot", "square_dot", "long_dash_dot", "long_dash_dot_dot")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000", "#999999")
"""Of the lines of a chart, which differ in both, so that no reader needs the colour."""
WIDTH, HEIGHT = 720, 400
"""Dots of a chart."""
STEP, COLUMNS = 21, 12
"""Rows from one chart to the next, and columns that a chart lies over."""


def add_charts(book: Book, page: Worksheet, sheet: Sheet, chart: Chart) -> tuple[int, int]:
    """Line charts beside the table, one for each panel, drawn by the spreadsheet from the cells.

    Returns
    -------
    int, int : the last row and the last column that they lie over
    """
    table = sheet.table.reset_index(drop=True)
    right, place = len(table.columns) + 1, 0
    for place, (panel, rows) in enumerate(_runs(table, [chart.panels])):
        drawn = _drawn(book, page, table, chart, rows)
        at = {"description": visible(f"{chart.alternative} {panel}")[:MOST_TEXT], "object_position": 3}
        page.insert_chart(HEADER + 1 + STEP * place, right, drawn, at)
    return HEADER + STEP * (place + 1), right + COLUMNS - 1


def _drawn(book: Book, page: Worksheet, table: pd.DataFrame, chart: Chart, rows: range) -> Any:
    """The chart of some rows."""
    x, y, of, named = (table.columns.get_loc(name) for name in (chart.x, chart.y, chart.lines, chart.panels))
    drawn: Any = book.workbook.add_chart({"type": "scatter", "subtype": "straight"})
    for number, (_, part) in enumerate(_runs(table.iloc[rows.start : rows.stop], [chart.lines])):
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
    drawn.set_size({"width": WIDTH, "height": HEIGHT})
    return drawn


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

"""How wide columns and whole tables are: measured as text would be set, so that no table runs off its page."""

import re
from collections.abc import Sequence

from heemodel.report.document import Table
from heemodel.report.renderers.cells import around_intervals, numeric_columns
from heemodel.report.renderers.letters import text_width

PADDING, NARROW, MANY = 8.5, 5.0, 7
"""Points beside the text of a cell, at both sides together; in tables of more than so many columns."""
LONGEST_WORD, LONGEST_LINE = 20, 60
"""Characters that a column is made wide enough for: longer words are broken, longer texts take several lines."""
LEAST_SHARE = 0.6
"""Of the page's width that a small table takes."""
FIRST = 70.0
"""Points that the headings of rows have at least where they are as long as that."""
BOLD = 1.08
"""Bold letters are this much wider."""


def padding(columns: int) -> float:
    """Points beside the text of a cell, at both sides together, in a table of that many columns."""
    return NARROW if columns > MANY else PADDING


def column_widths(table: Table, width: float, size: float) -> list[float]:
    """Widths of columns in points, which add up to no more than `width`.

    Parameters
    ----------
    width : of the page between its margins, in points
    size : of the letters, in points

    Notes
    -----
    As browsers set tables: each column is as wide as its longest word, and what is left is shared in proportion to
    what their longest lines would still take.
    """
    if table.widths:
        return [share / sum(table.widths) * width for share in table.widths]
    least, most = _least_and_most(table, size, whole=fits(table, width, size))
    if sum(least) >= width:
        return [each / sum(least) * width for each in least]
    target = min(width, max(sum(most), LEAST_SHARE * width))
    wants = [max(high - low, 0) for low, high in zip(least, most, strict=True)]
    if sum(wants) == 0:
        return [each / sum(least) * target for each in least]
    spare = target - sum(least)
    return [low + spare * want / sum(wants) for low, want in zip(least, wants, strict=True)]


def fits(table: Table, width: float, size: float, *, whole: bool = True) -> bool:
    """Whether no word of a table has to be broken for it to be no wider, and where `whole` no interval either."""
    return sum(_least_and_most(table, size, whole=whole)[0]) <= width


def _least_and_most(table: Table, size: float, *, whole: bool) -> tuple[list[float], list[float]]:
    """Of each column the width of its longest word, and that of its longest line."""
    numeric, number = numeric_columns(table), max(map(len, [table.header, *table.rows]), default=0)
    least, most, beside = [0.0] * number, [0.0] * number, padding(number)
    for place, row in enumerate([table.header, *table.rows]):
        heading = BOLD if place == 0 or place - 1 in table.emphasis else 1.0
        for column, text in enumerate(row):
            pieces = _pieces(text, whole=whole and column in numeric and place > 0)
            longest = max((text_width(piece[:LONGEST_WORD], size) for piece in pieces), default=0)
            lines = max((text_width(line[:LONGEST_LINE], size) for line in text.splitlines()), default=0)
            if column == 0:
                longest = max(longest, min(lines, FIRST))
                lines = max(lines, text_width(table.beside.get(place - 1, "")[:LONGEST_LINE], size))
            least[column] = max(least[column], heading * longest + beside)
            most[column] = max(most[column], heading * lines + beside)
    return least, most


def _pieces(text: str, *, whole: bool) -> Sequence[str]:
    """What stays on one line: words, and where they are to be whole, intervals."""
    return [part.strip() for part in around_intervals(text)] if whole else re.split(r"[\s\-/]+", text)

"""What the cells of a table hold, figures or words, as every format sets them."""

import re
from collections.abc import Sequence

from heemodel.report.document import Table

FIGURE_SHARE = 0.5
"""A column in which more than this share of the cells are figures is set like figures."""
SHORT = 14
"""Characters of what may stand between figures, such as "none" or a dash."""
FLAGGED = ("ASSUMED", "FAILED")
"""Words that stand out where a cell begins with them."""

_NUMBER = re.compile(r"(?:(?:over|under|about|up to) )?[−+\-<>≤≥~≈±(\s]*(?:[A-Z]{1,3})?[$£€¥₹₩]?\s?[−\-]?\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
_JOINING = {"to", "per", "of", "a", "an", "and", "year", "years", "day", "days", "million", "in", "CI"}
_INTERVAL = re.compile(r"(\([^()]{,40}\))")


def numeric_columns(table: Table) -> frozenset[int]:
    """The columns that hold figures, which are set at the right; never the first, the headings of the rows."""
    columns = range(1, max(map(len, [table.header, *table.rows]), default=0))
    return frozenset(
        column for column in columns if _holds_numbers([row[column] for row in table.rows if column < len(row)])
    )


def is_flagged(cell: str) -> bool:
    """Whether a cell stands out."""
    return cell.startswith(FLAGGED)


def around_intervals(text: str) -> list[str]:
    """A text in parts: every second is an interval in brackets, which stays on one line where it can."""
    return _INTERVAL.split(text)


def _holds_numbers(cells: Sequence[str]) -> bool:
    """Whether most cells are figures, and the others as short as a dash or a word in place of one."""
    filled = [cell for cell in cells if cell.strip()]
    figures = [cell for cell in filled if _is_number(cell)]
    others = len(filled) - len(figures)
    return len(figures) > FIGURE_SHARE * len(filled) and all(
        len(cell) <= SHORT for cell in filled if others and not _is_number(cell)
    )


def _is_number(cell: str) -> bool:
    """Whether a text is a figure, with its currency, unit or interval."""
    return bool(_NUMBER.match(cell)) and sum(word not in _JOINING for word in _WORD.findall(cell)) <= 1

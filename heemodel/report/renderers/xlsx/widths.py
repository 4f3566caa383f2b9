"""How wide the columns of a sheet of numbers are: numbers as they are printed, texts as far as a page has room."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from heemodel.report.renderers.letters import text_width
from heemodel.report.renderers.xlsx.book import BESIDE, INDENT, SIZE, room

USUAL, LEAST = 0.8, 0.66
"""Of the size of letters, in which a sheet of numbers is printed, and can still be read."""
NARROWEST, WIDEST, WORD, MOST = 40.0, 165.0, 110.0, 560.0
"""Points: of a column at least; of a text where the page is full; of a word that is not broken; of any text."""
HEADING = 3
"""Lines of a heading at most, for which a column is made wide enough."""
SAMPLED = 200
"""Rows that are looked at."""
BOLD = 1.08
"""Bold letters are this much wider."""


def column_widths(
    headings: Sequence[str], table: pd.DataFrame, forms: Sequence[Sequence[str]], printed: int
) -> list[float]:
    """Widths in points.

    Parameters
    ----------
    forms : how the cells of each column are printed
    printed : columns, from the first, that share the width of a page; others are as wide as they need to be
    """
    cells = list(zip(headings, (table.iloc[:, place] for place in range(len(headings))), forms, strict=True))
    wants = [_natural(*each) for each in cells]
    least = [_least(*each) for each in cells]
    wants = [max(pair) for pair in zip(wants, least, strict=True)]
    usual = [max(low, min(want, WIDEST)) for low, want in zip(least, wants, strict=True)]
    page, taken = room(landscape=True)[0] / USUAL, sum(usual[:printed])
    if taken <= page:
        shared = _between(usual[:printed], wants[:printed], page)
    else:
        shared = _between(least[:printed], usual[:printed], page * USUAL / LEAST)
    return [*shared, *wants[printed:]]


def _between(least: Sequence[float], most: Sequence[float], whole: float) -> list[float]:
    """Widths from least to most that add up to no more than a whole, if they can: who wants little more has it all."""
    widths, spare = list(least), max(0.0, whole - sum(least))
    order = sorted(range(len(widths)), key=lambda place: most[place] - least[place])
    for before, place in enumerate(order):
        given = min(most[place] - least[place], spare / (len(order) - before))
        widths[place], spare = widths[place] + given, spare - given
    return widths


def _natural(heading: str, column: "pd.Series[Any]", forms: Sequence[str]) -> float:
    """Points that the cells of a column take in one line, and its heading in a few."""
    cells = [_printed(value, form) for value, form in zip(column.head(SAMPLED), forms, strict=False)]
    longest = max((text_width(text, SIZE) for text in cells), default=0.0)
    head = BOLD * text_width(heading, SIZE) / HEADING
    return max(NARROWEST, min(MOST, max(longest, head) + 2 * BESIDE + INDENT))


def _least(heading: str, column: "pd.Series[Any]", forms: Sequence[str]) -> float:
    """Points that numbers and the longest words take; a word that is very long is broken."""
    cells = [_printed(value, form) for value, form in zip(column.head(SAMPLED), forms, strict=False)]
    longest = max((text_width(word, SIZE) for text in cells for word in text.split()), default=0.0)
    head = max((BOLD * text_width(word, SIZE) for word in heading.split()), default=0.0)
    return max(NARROWEST, min(WORD, longest) + 2 * BESIDE + INDENT, min(WORD, head) + 2 * BESIDE + INDENT)


def _printed(value: Any, form: str) -> str:
    """A cell as it looks, near enough."""
    if isinstance(value, str):
        return value
    if value is None or pd.isna(value) or isinstance(value, bool) or not math.isfinite(float(value)):
        return "yes"
    if form == "probability":
        return f"{float(value):.1%}"
    return f"{float(value):,.{form.removeprefix('number')}f}" if form.startswith("number") else f"{float(value):.9g}"

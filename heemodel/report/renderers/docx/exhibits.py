"""Pictures with their captions, and the tables that they are drawn from."""

import io
import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from docx.image.image import Image
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Length

from heemodel.report.characters import visible
from heemodel.report.document import Figure, Table
from heemodel.report.renderers.docx.look import HEIGHT, WIDTH
from heemodel.report.renderers.docx.writer import Writer, add_text

TALLEST = 0.72
"""Of a page's height that a picture takes."""
ROWS = 45
"""Of a figure's data that are printed; of more, what they hold is."""
NOTHING = 1e-12
"""Of the largest number of a column, below which another is what arithmetic left of nothing."""
DIGITS = 4
"""Significant digits of data that are printed."""
NAMED = 6
"""Different words in a column that are named."""


def add_figure(writer: Writer, figure: Figure) -> None:
    """A picture as wide as the text, and below it title and caption; what it shows is told to who cannot see it."""
    picture = Image.from_blob(figure.png)
    across = writer.width > WIDTH
    tallest = TALLEST * (WIDTH if across else HEIGHT) - Cm(2)
    width = min(writer.width, int(tallest * picture.px_width / picture.px_height))
    paragraph = writer.paragraph("", "Picture")
    shape = paragraph.add_run().add_picture(io.BytesIO(figure.png), width=Length(width))
    about = shape._inline.docPr, shape._inline.graphic.graphicData.pic.nvPicPr.cNvPr
    for properties in cast("tuple[BaseOxmlElement, ...]", about):
        properties.set("descr", visible(figure.alternative))
        properties.set("title", visible(figure.title))
    caption = writer.caption("Figure", figure.title, "Picture caption")
    add_text(caption, f". {figure.caption}" if figure.caption else "", bold=False)
    caption.paragraph_format.keep_with_next = False


def data_of(figure: Figure, number: int) -> Table:
    """The data of the figure with that number: its rows, or where they are many, what its columns hold."""
    title = f"Data of Figure {number}: {figure.title}"
    data = figure.table
    if len(data) > ROWS:
        return Table(
            title,
            ["Column", "From", "To", "Or one of"],
            [[_spoken(name), *_extent(_settled(column))] for name, column in data.items()],
            note=f"{len(data):,} rows, too many for paper: the tables that figures/{figure.name}.svg is drawn from are "
            "the csv files beside this report, which files.csv describes.",
        )
    data = pd.DataFrame({name: _settled(column) for name, column in data.items()})
    same = {name: column.iloc[0] for name, column in data.items() if len(data) > 1 and _is_same(column)}
    told = data.drop(columns=list(same))
    common = [f"{_spoken(name)} {shown(value)}" for name, value in same.items() if shown(value)]
    return Table(
        title,
        [_spoken(name) for name in told],
        [[shown(value) for value in row] for row in told.itertuples(index=False)],
        note=f"The same in every row: {'; '.join(common)}." if common else "",
    )


def shown(value: Any) -> str:
    """A value of a table of data in four significant digits; whole numbers whole.

    Examples
    --------
    >>> shown(-1234.56789), shown(0.000123456), shown(40_000), shown(True)
    ('−1,235', '0.0001235', '40,000', 'yes')
    """
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    number = float(value)
    if math.isinf(number):
        text = "∞" if number > 0 else "-∞"
    elif number == int(number) or abs(number) >= 10 ** (DIGITS - 1):
        text = f"{number:,.0f}"
    else:
        text = f"{number:.{DIGITS}g}"
    return text.replace("-", "−")


def _spoken(name: Any) -> str:
    """The name of a column as words."""
    return str(name).replace("_", " ")


def _is_same(column: "pd.Series[Any]") -> bool:
    """Whether a column holds one value only."""
    return len(column.unique()) == 1


def _settled(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A column in which what is nothing beside its largest number is 0."""
    if column.dtype.kind != "f":
        return column
    sizes = column.abs()
    return column.mask(sizes < NOTHING * sizes[np.isfinite(sizes)].max(), 0.0)


def _extent(column: "pd.Series[Any]") -> Sequence[str]:
    """The least and the greatest of numbers; of words, which there are."""
    if column.dtype.kind in "iuf":
        return [shown(column.min()), shown(column.max()), ""]
    words = [shown(value) for value in column.unique()]
    more = f" and {len(words) - NAMED:,} more" if len(words) > NAMED else ""
    return ["", "", f"{'; '.join(words[:NAMED])}{more}"]

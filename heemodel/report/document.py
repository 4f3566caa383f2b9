"""A report before it has a format: sections of words, tables and figures, and the tables written beside it as files.

A section knows health economics and nothing of formats; a renderer knows a format and nothing of health economics.
"""

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure as Canvas

from heemodel.report.plots import THEME
from heemodel.report.plots.texts import readable

_PATH, _FINE = re.compile(r'\bd="[^"]*"'), re.compile(r"(\.\d\d)\d+")
"""The path of an SVG, and numbers in it that are finer than a hundredth of a point, which nobody sees."""


@dataclass(frozen=True)
class Words:
    """A paragraph.

    Attributes
    ----------
    role : "answer" stands out as what a reader came for; "finding" is the sentence next to it; "note" explains what it
        follows; "warning" forbids to take the results as they are
    """

    text: str
    role: Literal["plain", "answer", "finding", "note", "warning"] = "plain"


@dataclass(frozen=True, kw_only=True)
class Points:
    """Sentences one below the other; cautions ask the reader to look again."""

    points: Sequence[str]
    title: str = ""
    role: Literal["plain", "caution"] = "plain"


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """Terms with what they mean, or names with what they hold."""

    terms: Mapping[str, str]
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A line of a card: what it is, the figure, and its interval, which may be empty."""

    label: str
    figure: str
    interval: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """One body of evidence, or one strategy, at a glance.

    Attributes
    ----------
    label, tag : its name, and a mark beside it, which may be empty
    summary : what it is, in a sentence or two
    figure, meaning : the figure that stands out, and what it means
    facts : what else is asked of it first
    note : what must be known of it
    """

    label: str
    figure: str
    meaning: str
    facts: Sequence[Fact]
    summary: str = ""
    tag: str = ""
    note: str = ""


@dataclass(frozen=True)
class Cards:
    """Cards side by side."""

    cards: Sequence[Card]


@dataclass(frozen=True)
class Table:
    """A table of text: the first cell of each row is its heading."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    groups: Sequence[tuple[str, int]] = ()
    """A row above the header: text and the number of columns it spans."""
    emphasis: frozenset[int] = frozenset()
    """Rows that are printed as totals."""
    beside: Mapping[int, str] = field(default_factory=dict)
    """What must stand under a row's heading, by row."""
    widths: Sequence[int] = ()
    """Of the columns, in per cent; empty where they find their own."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A drawing with what a reader needs to understand it, and the table it is drawn from.

    Attributes
    ----------
    name : of its files
    draw : makes the drawing; a renderer asks for it as `svg` or `png`, and it is made once
    caption : what is shown, in which money, over which horizon
    alternative : the same for who cannot see it
    table : tidy; written beside the picture
    """

    name: str
    title: str
    draw: Callable[[], Canvas] = field(repr=False)
    caption: str
    alternative: str
    table: pd.DataFrame = field(repr=False)

    @cached_property
    def svg(self) -> str:
        """The drawing as text, the same for the same drawing."""
        drawn = _saved(self.draw(), "svg", metadata={"Date": None, "Creator": "heemodel"}).decode()
        return _PATH.sub(lambda path: _FINE.sub(r"\1", path[0]), drawn)

    @cached_property
    def png(self) -> bytes:
        """The drawing in points, for formats that cannot show SVG."""
        return _saved(self.draw(), "png")


@dataclass(frozen=True, kw_only=True)
class Folded:
    """What is put away under a line, where a format can; else it follows that line."""

    title: str
    blocks: Sequence["Block"]


Block = Words | Points | Definitions | Cards | Table | Figure | Folded


@dataclass(frozen=True, kw_only=True)
class Section:
    """What stands under one heading.

    Attributes
    ----------
    name : of its anchor
    title : the heading
    link : what it is called where the contents are listed; the title where it is empty
    blocks : in reading order
    """

    name: str
    title: str
    blocks: Sequence[Block]
    link: str = ""

    def figures(self) -> list[Figure]:
        """All figures, also those that are folded away."""
        return [block for block in _flat(self.blocks) if isinstance(block, Figure)]

    def tables(self) -> list[Table]:
        """All tables, also those that are folded away."""
        return [block for block in _flat(self.blocks) if isinstance(block, Table)]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Lines that a format draws itself, from the cells of a sheet.

    Attributes
    ----------
    x, y : the columns of numbers that are drawn against each other
    lines : the column that tells lines apart; the rows of a line follow one another
    panels : the column of which each value has a chart of its own; its rows follow one another
    alternative : the same for who cannot see it
    share : whether y is a share, from 0 to 1
    """

    x: str
    y: str
    lines: str
    panels: str
    alternative: str
    share: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A tidy table for formats in which readers count on: numbers stay numbers.

    Attributes
    ----------
    name : of its tab, 31 characters at most
    title : what it holds, in a line
    table : a row for each fact; columns by name
    headings : what columns are called where that is not their name
    note : what must be known of it; may be empty
    forms : how the numbers of a column are printed, or those of each of its rows: "probability", "number<decimals>" or
        "plain"; the last where nothing is said
    chart : of the table; None for none
    aside : columns at the end that are names for programs, and that are not printed
    """

    name: str
    title: str
    table: pd.DataFrame = field(repr=False)
    headings: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    forms: Mapping[str, str | Sequence[str]] = field(default_factory=dict, repr=False)
    chart: Chart | None = None
    aside: int = 0


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole report.

    Attributes
    ----------
    title, question : of the analysis
    made : when, by whom and with what, in a line
    sections : in reading order; the first is the summary, which fills one page
    facts : whose it is and what it is about, in short: organisation, date, price year, horizon
    sheets : its tidy tables, for workbooks
    """

    title: str
    question: str
    made: str
    sections: Sequence[Section]
    facts: Mapping[str, str] = field(default_factory=dict)
    sheets: Sequence[Sheet] = ()

    def section(self, name: str) -> Section:
        """The section of that name."""
        return next(section for section in self.sections if section.name == name)

    def figures(self) -> list[Figure]:
        """The figures of all sections."""
        return [figure for section in self.sections for figure in section.figures()]


def _flat(blocks: Sequence[Block]) -> list[Block]:
    """Blocks, with those that are folded away in the place of their fold."""
    return [inner for block in blocks for inner in (_flat(block.blocks) if isinstance(block, Folded) else [block])]


def _saved(canvas: Canvas, form: Literal["svg", "png"], **options: Any) -> bytes:
    """A drawing in a format; it is closed.

    What the font has no glyph for, such as an emoji, is drawn as an empty box: tables have the text.
    """
    content = io.BytesIO()
    with plt.rc_context(THEME), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        readable(canvas)
        if form == "svg":
            _arrange(canvas)
        canvas.savefig(content, format=form, dpi=150, **options)
    plt.close(canvas)
    return content.getvalue()


class _Measuring(FigureCanvasSVG):
    """What texts are measured on before they are drawn as SVG: one for all drawings, which remembers their sizes."""

    def get_renderer(self) -> RendererSVG:
        """As matplotlib's layout asks for it."""
        return _renderer()


@cache
def _renderer() -> RendererSVG:
    """Draws into nothing; sizes of texts do not depend on that of the drawing."""
    return RendererSVG(1, 1, io.StringIO())  # type: ignore[no-untyped-call]


def _arrange(canvas: Canvas) -> None:
    """Give axes their places, once; saving would draw everything into nothing to the same end."""
    engine = canvas.get_layout_engine()
    if engine is None:
        return
    shown, dpi = canvas.canvas, canvas.dpi
    _Measuring(canvas)
    canvas.dpi = 72
    engine.execute(canvas)
    canvas.set_canvas(shown)
    canvas.dpi = dpi
    canvas.set_layout_engine(None)

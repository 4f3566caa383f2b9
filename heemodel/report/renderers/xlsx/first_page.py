"""The first sheet: title, question, facts and the first section, on one page that a board can read."""

import io
import math
import struct
from collections.abc import Iterator, Sequence
from functools import singledispatchmethod
from typing import Any

from heemodel.report.characters import visible, with_whole_amounts
from heemodel.report.document import Block, Cards, Definitions, Document, Figure, Folded, Points, Table, Words
from heemodel.report.renderers.cells import numeric_columns
from heemodel.report.renderers.letters import lines_of, text_width
from heemodel.report.renderers.xlsx.book import BESIDE, HIGHEST, MOST_TEXT, SIZE, Book, height, room, set_width
from heemodel.report.renderers.xlsx.widths import BOLD

FIRST, FURTHER, LEAST = 190.0, 215.0, 60.0
"""Points: of the first column and of the others at most, and of any at least."""
CLOSE = 0.85
"""Of the size of letters at which a page still stands upright; smaller, it lies across."""
SMALLEST = 0.6
"""Of the size of letters, below which a second page is better than one."""
GAP = 6.0
"""Points between blocks."""
SOFT = "#5a6472"
DOTS = 150
"""Of an inch of a picture."""


def write_first_page(book: Book, document: Document) -> None:
    """Title, question, facts, and the first section block by block."""
    blocks = document.sections[0].blocks if document.sections else ()
    page = _Page(book, widths_for(blocks))
    page.line(document.title, bold=True, font_size=15)
    page.line(document.question)
    facts = "; ".join([*(f"{name}: {fact}" for name, fact in document.facts.items()), document.made])
    page.line(facts, font_color=SOFT)
    for block in blocks:
        page.gap()
        page.block(block)
    page.set_up()


def widths_for(blocks: Sequence[Block]) -> list[float]:
    """Widths of columns in points: of what stands in cells, and of the rest of the page, where there is one."""
    rows = list(_cells(blocks))
    number = max(map(len, rows), default=0)
    natural = [
        max(text_width(row[place], SIZE) * BOLD for row in rows if place < len(row)) + 2 * BESIDE
        for place in range(number)
    ]
    most = [FIRST, *[FURTHER] * (number - 1)]
    widths = [min(high, max(LEAST, width)) for width, high in zip(natural, most, strict=False)]
    page = room(landscape=False)[0] if sum(widths) * CLOSE <= room(landscape=False)[0] else room(landscape=True)[0]
    rest = page - sum(widths)
    return [*widths, rest] if rest > LEAST or not widths else widths


def _cells(blocks: Sequence[Block]) -> Iterator[Sequence[str]]:
    """The rows of cells of all blocks; of headings, which are wrapped, the longest words."""
    for block in blocks:
        match block:
            case Definitions():
                yield from block.terms.items()
            case Cards():
                yield from ([fact.label, fact.figure, fact.interval] for card in block.cards for fact in card.facts)
                yield from ([f"{card.label} ({card.tag})", card.figure, card.meaning] for card in block.cards)
            case Table():
                yield [max(text.split(), key=len, default="") for text in block.header]
                yield from block.rows
            case Folded():
                yield from _cells(block.blocks)


class _Page:
    """The sheet while it is being written, from above."""

    def __init__(self, book: Book, widths: Sequence[float]) -> None:
        self.book, self.widths = book, widths
        self.page = book.add("Summary")
        for column, width in enumerate(widths):
            set_width(self.page, column, width)
        self.row, self.down = 0, 0.0

    def set_up(self) -> None:
        """Upright where that is wide enough, and on one page while it can be read."""
        upright, across = room(landscape=False)[0], room(landscape=True)[0]
        landscape = sum(self.widths) * CLOSE > upright
        if landscape:
            self.page.set_landscape()
        scale = min(1.0, (across if landscape else upright) / sum(self.widths))
        least = self.down * min(scale, SMALLEST)
        self.page.fit_to_pages(1, max(1, math.ceil(least / room(landscape=landscape)[1])))
        self.page.hide_gridlines(2)

    def high(self, points: float) -> None:
        """Give the row a height, and go to the next."""
        self.page.set_row(self.row, points)
        self.row, self.down = self.row + 1, self.down + points

    def gap(self) -> None:
        """A little room."""
        self.high(GAP)

    def line(self, text: str, **properties: Any) -> None:
        """A text across the page, in which no line breaks between a minus and its amount."""
        if not text:
            return
        if len(self.widths) > 1:
            self.page.merge_range(self.row, 0, self.row, len(self.widths) - 1, "")
        self.book.text(self.page, self.row, 0, with_whole_amounts(text), text_wrap=True, **properties)
        size = properties.get("font_size", SIZE) * (BOLD if properties.get("bold") else 1.0)
        lines = lines_of(visible(text), sum(self.widths) - BESIDE, size)
        self.high(height(lines, properties.get("font_size", SIZE)))

    def cells(self, texts: Sequence[str], right: frozenset[int] = frozenset(), **properties: Any) -> None:
        """A row of texts; those of some columns at the right."""
        for column, text in enumerate(texts):
            align = {"align": "right"} if column in right else {}
            self.book.text(self.page, self.row, column, text, text_wrap=True, **align, **properties)
        size = SIZE * (BOLD if properties.get("bold") else 1.0)
        needed = [lines_of(text, w - BESIDE, size) for text, w in zip(texts, self.widths, strict=False)]
        self.high(height(max(needed, default=1)))

    @singledispatchmethod
    def block(self, block: Block) -> None:
        """A block of a kind that is registered below."""
        raise TypeError(f"a block of kind {type(block).__name__} cannot be written into a workbook")

    @block.register
    def _words(self, block: Words) -> None:
        look = {"font_color": SOFT} if block.role == "note" else {"bold": block.role in ("answer", "warning")}
        self.line(block.text, **look)

    @block.register
    def _points(self, block: Points) -> None:
        self.line(block.title, bold=True)
        for text in block.points:
            self.line(f"• {text}")

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
            self.line(" ".join(filter(None, (card.summary, card.note))))

    @block.register
    def _table(self, block: Table) -> None:
        self.line(block.title, bold=True)
        right = numeric_columns(block)
        if block.groups:
            spread = [text for text, span in block.groups for text in (text, *[""] * (span - 1))]
            self.cells(spread, bold=True)
        self.cells(block.header, right, bold=True, bottom=1)
        for place, row in enumerate(block.rows):
            beside = f" ({block.beside[place]})" if place in block.beside else ""
            self.cells([f"{row[0]}{beside}", *row[1:]], right, bold=place in block.emphasis)
        self.line(block.note, font_color=SOFT)

    @block.register
    def _figure(self, block: Figure) -> None:
        self.line(block.title, bold=True)
        across, down = (72 * dots / DOTS for dots in struct.unpack(">II", block.png[16:24]))
        scale = min(sum(self.widths) / across, HIGHEST / down)
        self.page.insert_image(
            self.row,
            0,
            f"{block.name}.png",
            {
                "image_data": io.BytesIO(block.png),
                "x_scale": scale,
                "y_scale": scale,
                "object_position": 2,  # it moves with its row, and keeps its shape
                "description": visible(block.alternative)[:MOST_TEXT],
            },
        )
        self.high(scale * down)
        self.line(block.caption, font_color=SOFT)

    @block.register
    def _folded(self, block: Folded) -> None:
        self.line(block.title, bold=True)
        for inner in block.blocks:
            self.block(inner)

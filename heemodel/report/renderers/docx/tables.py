"""Tables and cards as tables of Word, with rows that repeat and never split, and columns that fit their page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from docx.shared import Length, Pt
from docx.table import Table as Grid
from docx.table import _Cell as Cell

from heemodel.report.characters import visible
from heemodel.report.document import Card, Cards, Table
from heemodel.report.renderers.cells import is_flagged, numeric_columns
from heemodel.report.renderers.docx.look import BLUE, FLAG, GROUND, RULE, TOTAL
from heemodel.report.renderers.docx.markup import element, line, put, shaded
from heemodel.report.renderers.docx.widths import column_widths, fits, padding
from heemodel.report.renderers.docx.writer import Writer, add_text

SIZE, SMALL, LEAST = 9.0, 8.5, 8.0
"""Sizes of letters in points: what tables are set in, and what is tried where that is too wide."""
TOGETHER = 12
"""Rows up to which a table stays on one page."""
MOST_CARDS = 4
"""Cards side by side."""
LABELS = 0.24
"""Of the page's width that the names of what cards tell take."""
ABOVE = 22
"""Twentieths of a point above and below the text of a cell."""
CARDS_TITLE = "At a glance"


def size_for(table: Table, width: Length) -> float:
    """The largest letters with which a table fits; the smallest where none do."""
    return next((size for size in (SIZE, SMALL) if fits(table, width.pt, size)), LEAST)


def is_wide(table: Table, width: Length) -> bool:
    """Whether a table needs a page that lies across: it asks for widths, or its words do not fit."""
    return bool(table.widths) or not fits(table, width.pt, LEAST, whole=False)


def add_table(writer: Writer, table: Table) -> None:
    """Caption, table and note."""
    writer.caption("Table", table.title)
    number = max(map(len, [table.header, *table.rows]), default=0)
    if number:
        _fill(writer, table)
    if table.note:
        writer.paragraph(table.note, "Note").paragraph_format.space_before = Pt(3)
    elif number:
        _space(writer)


def _fill(writer: Writer, table: Table) -> None:
    """The grid of a table."""
    size = size_for(table, writer.width)
    grid = _grid(writer, len(table.rows) + bool(table.groups) + 1, column_widths(table, writer.width.pt, size))
    _describe(grid, table.title)
    rows = list(grid.rows)
    heads = rows[: len(rows) - len(table.rows)]
    numeric, together = numeric_columns(table), len(table.rows) <= TOGETHER
    if table.groups:
        _group(writer, list(heads[0].cells), table.groups, size)
    for column, (cell, text) in enumerate(zip(heads[-1].cells, table.header, strict=False)):
        style = "Table figure heading" if column in numeric else "Table heading"
        _write(writer, cell, text, _Set(style=style, size=size))
    for row in heads:
        put(row._tr.get_or_add_trPr(), element("tblHeader"))
        for cell in row.cells:
            _shade(cell, GROUND, under=True)
    for place, (row, texts) in enumerate(zip(rows[len(heads) :], table.rows, strict=True)):
        total, last = place in table.emphasis, place == len(table.rows) - 1
        how = _Set(size=size, bold=total, keep=together and (not last or bool(table.note)))
        cells = list(row.cells)
        for column, (cell, text) in enumerate(zip(cells, texts, strict=False)):
            _write(writer, cell, text, replace(how, style="Table figure") if column in numeric else how)
        if place in table.beside:
            _write(writer, cells[0], table.beside[place], replace(how, style="Card note", bold=False), below=True)
        for cell in cells if total else []:
            _shade(cell, TOTAL)


def _group(writer: Writer, cells: list[Cell], groups: Sequence[tuple[str, int]], size: float) -> None:
    """The row above the header; what spans nothing stays as it is."""
    start = 0
    for text, span in groups:
        spanned = cells[start : start + span]
        start += span
        if text and spanned:
            whole = spanned[0].merge(spanned[-1]) if len(spanned) > 1 else spanned[0]
            _write(writer, whole, text, _Set(style="Table group", size=size))


def add_cards(writer: Writer, cards: Cards) -> None:
    """Cards as columns, what they tell as rows: as many side by side as can be read."""
    number = len(cards.cards)
    if not number:
        return
    rows = -(-number // MOST_CARDS)
    across = -(-number // rows)
    for start in range(0, number, across):
        _space(writer)
        _compare(writer, cards.cards[start : start + across])


def _compare(writer: Writer, cards: Sequence[Card]) -> None:
    """A row for each thing that cards tell, with a dash where one does not tell it; below, what each of them is."""
    facts = [_by_label(card) for card in cards]
    labels = list(dict.fromkeys(label for told in facts for label in told))
    wide, length = writer.width.pt, len(cards)
    first = LABELS * wide if labels else 0.0
    grid = _grid(writer, 0, [*[first] * bool(labels), *[(wide - first) / length] * length])
    _describe(grid, f"{CARDS_TITLE}: {'; '.join(card.label for card in cards)}")
    lead = [""] * bool(labels)
    tagged = [f"{card.label} ({card.tag})" if card.tag else card.label for card in cards]
    _card_row(writer, grid, [*lead, *tagged], "Card title")
    put(grid.rows[0]._tr.get_or_add_trPr(), element("tblHeader"))
    for cell in grid.rows[0].cells:
        _shade(cell, GROUND, over=True)
    _card_row(writer, grid, [*lead, *(card.figure for card in cards)], "Card figure")
    for cell, card in zip(list(grid.rows[-1].cells)[len(lead) :], cards, strict=True):
        _write(writer, cell, card.meaning, _Set(style="Card note", keep=True), below=True)
    for label in labels:
        told = [card.get(label, ("–", "")) for card in facts]
        _card_row(writer, grid, [label[0], *(figure for figure, _ in told)], "Table text", bold=True)
        for cell, (_, interval) in zip(list(grid.rows[-1].cells)[1:], told, strict=True):
            if interval:
                _write(writer, cell, interval, _Set(style="Card note", keep=True), below=True)
    for card in cards:
        if card.summary or card.note:
            paragraph = writer.paragraph("", "Basis")
            add_text(paragraph, f"{card.label}: ", bold=True)
            add_text(paragraph, " ".join(filter(None, [card.summary, card.note])))


def _by_label(card: Card) -> dict[tuple[str, int], tuple[str, str]]:
    """Figures and intervals by what they are; a label that comes again is another."""
    told: dict[tuple[str, int], tuple[str, str]] = {}
    for fact in card.facts:
        again = sum(label == fact.label for label, _ in told)
        told[fact.label, again] = fact.figure, fact.interval
    return told


def _card_row(writer: Writer, grid: Grid, texts: Sequence[str], style: str, *, bold: bool = False) -> None:
    """A row across cards; its first cell names it where it has a name."""
    row = grid.add_row()  # type: ignore[no-untyped-call]
    put(row._tr.get_or_add_trPr(), element("cantSplit"))
    for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        _write(writer, cell, text, _Set(style=style, bold=bold and column > 0, keep=True))


def _grid(writer: Writer, rows: int, widths: Sequence[float]) -> Grid:
    """An empty table of that many rows, with fine lines between them."""
    grid: Grid = writer.word.add_table(rows, len(widths))
    grid.autofit = False
    properties = grid._tbl.tblPr
    put(properties, element("tblW", w=round(20 * sum(widths)), type="dxa"))
    put(properties, element("tblBorders", *(line(side, RULE, eighths=4) for side in ("top", "bottom", "insideH"))))
    beside = round(10 * padding(len(widths)))
    margins = {"top": ABOVE, "left": beside, "bottom": ABOVE, "right": beside}
    put(properties, element("tblCellMar", *(element(side, w=each, type="dxa") for side, each in margins.items())))
    put(
        properties,
        element("tblLook", val="00A0", firstRow=1, lastRow=0, firstColumn=1, lastColumn=0, noHBand=1, noVBand=1),
    )
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Pt(width)
    for row in grid.rows:
        put(row._tr.get_or_add_trPr(), element("cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Pt(width)
    return grid


def _describe(grid: Grid, title: str) -> None:
    """What a screen reader says of a table."""
    put(grid._tbl.tblPr, element("tblCaption", val=visible(title)))


@dataclass(frozen=True, kw_only=True)
class _Set:
    """How a text is set in a cell."""

    style: str = "Table text"
    size: float = SIZE
    bold: bool = False
    keep: bool = False


def _write(writer: Writer, cell: Cell, text: str, how: _Set, *, below: bool = False) -> None:
    """Text into an empty cell, or below what it holds."""
    paragraph = cell.add_paragraph() if below else cell.paragraphs[0]
    writer.set_style(paragraph, how.style)
    if how.keep:
        paragraph.paragraph_format.keep_with_next = True
    if not text:
        return
    flagged = is_flagged(text)
    run = add_text(paragraph, text, bold=how.bold or flagged or None)
    if how.size != SIZE:
        run.font.size = Pt(how.size)
    if flagged:
        put(run._r.get_or_add_rPr(), element("color", val=FLAG))


def _shade(cell: Cell, colour: str, *, under: bool = False, over: bool = False) -> None:
    """A background, with a line below or above it."""
    properties = cell._tc.get_or_add_tcPr()
    if under:
        put(properties, element("tcBorders", line("bottom", RULE, eighths=8)))
    if over:
        put(properties, element("tcBorders", line("top", BLUE, eighths=24)))
    put(properties, shaded(colour))


def _space(writer: Writer) -> None:
    """A line's rest between a table and what follows: Word would join tables that touch."""
    paragraph = writer.paragraph("")
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = Pt(6)

"""Blocks of a document as paragraphs, tables and pictures of Word."""

from collections.abc import Sequence
from functools import singledispatch

from heemodel.report.document import Block, Cards, Definitions, Figure, Folded, Points, Table, Words
from heemodel.report.renderers.docx.exhibits import add_figure
from heemodel.report.renderers.docx.tables import add_cards, add_table
from heemodel.report.renderers.docx.writer import Writer, add_text, set_level

ROLES = {"plain": "Normal", "answer": "Answer", "finding": "Finding", "note": "Note", "warning": "Warning"}
"""Styles of words by their role."""


def add_blocks(writer: Writer, blocks: Sequence[Block], level: int) -> None:
    """Blocks one below the other; headings among them are of that level."""
    for block in blocks:
        add(block, writer, level)


@singledispatch
def add(block: Block, _writer: Writer, _level: int) -> None:
    """A block of a kind that is registered below."""
    raise TypeError(f"a block of kind {type(block).__name__} cannot be written as Word")


@add.register
def _words(block: Words, writer: Writer, level: int) -> None:
    paragraph = writer.paragraph(block.text, ROLES[block.role])
    if block.role == "answer":  # screen readers go from heading to heading
        set_level(paragraph, level)


@add.register
def _points(block: Points, writer: Writer, level: int) -> None:
    if block.title:
        writer.heading(block.title, level)
    for text in block.points:
        writer.paragraph(text, "Caution" if block.role == "caution" else "List Bullet")


@add.register
def _definitions(block: Definitions, writer: Writer, level: int) -> None:
    if block.title:
        writer.heading(block.title, level)
    for term, meaning in block.terms.items():
        paragraph = writer.paragraph("", "Definition")
        add_text(paragraph, term, bold=True)
        add_text(paragraph, f": {meaning}")


@add.register
def _cards(block: Cards, writer: Writer, _level: int) -> None:
    add_cards(writer, block)


@add.register
def _table(block: Table, writer: Writer, _level: int) -> None:
    add_table(writer, block)


@add.register
def _figure(block: Figure, writer: Writer, _level: int) -> None:
    add_figure(writer, block)


@add.register
def _folded(block: Folded, writer: Writer, level: int) -> None:
    writer.heading(block.title, level)
    add_blocks(writer, block.blocks, level + 1)

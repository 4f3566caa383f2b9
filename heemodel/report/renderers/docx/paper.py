"""The order of the Word document: a paper for a board, contents, the full report, and the data of its figures."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace

from docx.enum.section import WD_SECTION
from docx.shared import Length

from heemodel.report.document import Document, Folded, Section, Table
from heemodel.report.renderers.docx import markup
from heemodel.report.renderers.docx.blocks import add_blocks
from heemodel.report.renderers.docx.exhibits import data_of
from heemodel.report.renderers.docx.look import MARGIN, WIDTH, counted, lay_out, new_word
from heemodel.report.renderers.docx.packing import packed
from heemodel.report.renderers.docx.tables import add_table, is_wide
from heemodel.report.renderers.docx.writer import Writer, add_text, set_level

FULL, DATA = "Full report", "Figures' data"
UPRIGHT = Length(WIDTH - 2 * MARGIN)
CONTENTS = "_Full_report"
"""The bookmark around what the contents list."""


def render(document: Document) -> bytes:
    """The whole file; the same document gives the same bytes.

    Raises
    ------
    TypeError
        if the document holds a block of a kind that is not known here

    Notes
    -----
    What the first section folds away goes to the beginning of the full report, so that the rest of it fills one page.
    """
    writer = Writer(word=new_word(document), width=UPRIGHT, title=document.title)
    summary, behind = _split(document.sections[0]) if document.sections else (None, [])
    parts = [*behind, *document.sections[1:]]
    _board_paper(writer, document, summary)
    figures = [figure for section in [summary, *parts] if section is not None for figure in section.figures()]
    data = [data_of(figure, number) for number, figure in enumerate(figures, start=1)]
    if parts or data:
        _full_report(writer, parts, data)
    return packed(writer.word)


def _split(section: Section) -> tuple[Section, list[Section]]:
    """What a section shows, and what it folds away."""
    folds = [block for block in section.blocks if isinstance(block, Folded)]
    shown = [block for block in section.blocks if not isinstance(block, Folded)]
    behind = [Section(name=section.name, title=fold.title, blocks=fold.blocks) for fold in folds]
    return replace(section, blocks=shown), behind


def _board_paper(writer: Writer, document: Document, summary: Section | None) -> None:
    """Title, question, facts and the first section, which fill one page."""
    writer.paragraph(document.title, "Title")
    if summary is None or summary.title != document.question:
        writer.paragraph(document.question, "Subtitle")
    line = writer.paragraph("", "Facts")
    for name, fact in document.facts.items():
        add_text(line, f"{name}: ", bold=True)
        add_text(line, f"{fact}; ")
    add_text(line, document.made)
    if summary is not None:
        heading = writer.heading(summary.title, 1)
        if summary.title == document.question:
            writer.set_style(heading, "Question")
            set_level(heading, 1)
        add_blocks(writer, summary.blocks, 2)


def _full_report(writer: Writer, sections: Sequence[Section], data: Sequence[Table]) -> None:
    """Contents, every other section, and the data of figures, each on pages that are wide enough."""
    writer.heading(FULL, 1).paragraph_format.page_break_before = True
    titles = {_name(place): section.title for place, section in enumerate(sections)}
    _contents(writer, titles, last=DATA if data else "")
    start, number = writer.begin(CONTENTS), counted(writer.word)
    for name, section in zip(titles, sections, strict=True):
        _turn(writer, section.tables())
        heading = writer.heading(section.title, 2)
        markup.put(heading._p.get_or_add_pPr(), deepcopy(number))
        writer.mark(heading, name)
        add_blocks(writer, section.blocks, 3)
    if data:
        _turn(writer, data)
        writer.mark(writer.heading(DATA, 1), _name(len(sections)))
        for table in data:
            add_table(writer, table)
    writer.end(start)


def _contents(writer: Writer, titles: dict[str, str], *, last: str) -> None:
    """A table of contents that is filled in already, and that Word can make anew.

    It names no pages: only Word knows them, and those that are wrong until it is asked are worse than none.
    """
    entries = [("toc 2", name, f"{number}. {title}") for number, (name, title) in enumerate(titles.items(), start=1)]
    entries += [("toc 1", _name(len(titles)), last)] * bool(last)
    for place, (style, name, text) in enumerate(entries):
        paragraph = writer.paragraph("", style)
        if place == 0:
            markup.open_field(paragraph, f'TOC \\o "1-2" \\n \\h \\b {CONTENTS}')
        markup.link(paragraph, text, name)
        if place == len(entries) - 1:
            markup.close_field(paragraph)


def _name(place: int) -> str:
    """The bookmark of a section, as Word names those of headings."""
    return f"_Toc{place + 1:09d}"


def _turn(writer: Writer, tables: Sequence[Table]) -> None:
    """Go on with pages that lie across where a table needs it, and upright where none does."""
    across = any(is_wide(table, UPRIGHT) for table in tables)
    if across == (writer.width > UPRIGHT):
        return
    pages = writer.word.add_section(WD_SECTION.NEW_PAGE)
    writer.width = lay_out(pages, landscape=across, title=writer.title)

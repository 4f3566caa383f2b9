"""The Word document while it is being written: where it stands, and what has been counted so far."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from docx.document import Document as Word
from docx.shared import Length
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from heemodel.report.characters import runs_right_to_left, visible, with_whole_amounts
from heemodel.report.renderers.docx import markup
from heemodel.report.renderers.docx.look import STYLES

DEEPEST = 5


@dataclass(kw_only=True)
class Writer:
    """What every part of the document is written with.

    Attributes
    ----------
    word : the document
    width : between the margins of the pages that are written now
    title : for the foot of pages
    counts : captions by what they are captions of, and bookmarks
    """

    word: Word
    width: Length
    title: str
    counts: Counter[str] = field(default_factory=Counter)

    @cached_property
    def styles(self) -> dict[str, str]:
        """Identifiers of styles by name: python-docx would look through all styles for each paragraph."""
        return {name: self.word.styles[name].style_id for name in STYLES}

    def set_style(self, paragraph: Paragraph, style: str) -> None:
        """Give a paragraph a style."""
        paragraph._p.style = self.styles[style]

    def paragraph(self, text: str, style: str = "Normal") -> Paragraph:
        """A paragraph at the end of the document."""
        made = self.word.add_paragraph()
        self.set_style(made, style)
        if text:
            add_text(made, text)
        return made

    def heading(self, text: str, level: int) -> Paragraph:
        """A heading; below the deepest that has a style, of that style."""
        return self.paragraph(text, f"Heading {min(level, DEEPEST)}")

    def mark(self, paragraph: Paragraph, name: str) -> None:
        """Make a paragraph a place to lead to."""
        markup.bookmark(paragraph, name, self._number())

    def begin(self, name: str) -> int:
        """Begin a part that has a name; it ends with `end`."""
        number = self._number()
        self.word.element.body.insert_element_before(markup.element("bookmarkStart", id=number, name=name), "w:sectPr")
        return number

    def end(self, number: int) -> None:
        """End the part that began with that number."""
        self.word.element.body.insert_element_before(markup.element("bookmarkEnd", id=number), "w:sectPr")

    def caption(self, kind: str, title: str, style: str = "Caption") -> Paragraph:
        """Such as "Table 1. Title"; Word counts them."""
        self.counts[kind] += 1
        made = self.paragraph("", style)
        made.add_run(f"{kind} ").bold = True
        markup.field(made, f"SEQ {kind} \\* ARABIC", str(self.counts[kind]))
        add_text(made, f". {title}")
        return made

    def _number(self) -> int:
        """The number of the next bookmark."""
        self.counts["bookmark"] += 1
        return self.counts["bookmark"]


def add_text(paragraph: Paragraph, text: str, *, bold: bool | None = None) -> Run:
    """Text as it is: nothing in it becomes a field, a link or markup; no line breaks between a minus and its amount."""
    run = paragraph.add_run(with_whole_amounts(visible(text)))
    if bold is not None:
        run.bold = bold
    if runs_right_to_left(text):
        markup.put(run._r.get_or_add_rPr(), markup.element("rtl"))
        markup.put(paragraph._p.get_or_add_pPr(), markup.element("bidi"))
    return run


def set_level(paragraph: Paragraph, level: int) -> None:
    """Make a paragraph a heading of that level to screen readers, whatever it looks like."""
    markup.put(paragraph._p.get_or_add_pPr(), markup.element("outlineLvl", val=min(level, DEEPEST) - 1))

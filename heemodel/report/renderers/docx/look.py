"""Styles, page and properties of the Word document, made from python-docx's own template."""

import datetime as dt
import re
from dataclasses import dataclass

import docx
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section as Pages
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from heemodel.report.characters import visible
from heemodel.report.document import Document
from heemodel.report.renderers.docx.markup import element, field, line, put, shaded

FONT = "Arial"
INK, SOFT, BLUE, FLAG, RULE, GROUND, TOTAL = "1D2530", "4A5462", "003087", "8F3406", "B6BFCA", "F0F3F7", "E3ECF7"
"""Each of the first four has a contrast above 7:1 on white."""
WIDTH, HEIGHT, MARGIN, TOP, FOOT = Cm(21), Cm(29.7), Cm(1.5), Cm(1.0), Cm(1.3)
LONGEST = 255
"""Characters of a property that Word takes."""
NO_DATE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 # Word's properties know no zones


@dataclass(frozen=True, kw_only=True)
class Style:
    """How paragraphs look: sizes and distances in points."""

    size: float
    after: float
    before: float = 0
    bold: bool = False
    colour: str = INK
    keep: bool = False
    indent: float = 0
    rule: str = ""
    """Colour of a line at the left."""
    ground: str = ""
    align: str = ""
    lines: float = 1.05
    """Their distance, in heights of a line."""
    base: str = "Normal"


STYLES = {
    "Normal": Style(size=10, after=5, base=""),
    "Title": Style(size=17, after=1, bold=True, colour=BLUE, keep=True),
    "Subtitle": Style(size=10, after=3, colour=SOFT),
    "Heading 1": Style(size=15, before=14, after=5, bold=True, colour=BLUE, keep=True),
    "Heading 2": Style(size=12, before=7, after=3, bold=True, colour=BLUE, keep=True),
    "Heading 3": Style(size=11, before=7, after=2, bold=True, colour=BLUE, keep=True),
    "Heading 4": Style(size=10, before=8, after=3, bold=True, colour=BLUE, keep=True),
    "Heading 5": Style(size=10, before=8, after=3, colour=BLUE, keep=True),
    "Question": Style(size=10, before=0, after=4, colour=SOFT, keep=True),
    "Facts": Style(size=9, after=4, lines=1, colour=SOFT),
    "Answer": Style(size=12, before=3, after=2, lines=1, bold=True, indent=10, rule=BLUE, keep=True),
    "Finding": Style(size=10, after=2, lines=1, indent=10, rule=BLUE),
    "Note": Style(size=9, before=2, after=3, lines=1, colour=SOFT),
    "Warning": Style(size=10, before=4, after=6, bold=True, colour=FLAG, indent=10, rule=FLAG, ground="FBF0EA"),
    "List Bullet": Style(size=10, after=1, lines=1),
    "Caution": Style(size=10, after=3, base="List Bullet"),
    "Definition": Style(size=10, after=3, indent=10),
    "Caption": Style(size=10, before=8, after=3, bold=True, keep=True),
    "Picture": Style(size=10, before=3, after=0, keep=True),
    "Picture caption": Style(size=9, after=6, lines=1, colour=SOFT, base="Caption"),
    "Table text": Style(size=9, after=0, lines=1),
    "Table figure": Style(size=9, after=0, align="right", lines=1, base="Table text"),
    "Table heading": Style(size=9, after=0, bold=True, keep=True, lines=1, base="Table text"),
    "Table figure heading": Style(size=9, after=0, bold=True, keep=True, align="right", lines=1, base="Table text"),
    "Table group": Style(size=9, after=0, bold=True, keep=True, align="center", lines=1, base="Table text"),
    "Card title": Style(size=10.5, after=0, bold=True, colour=BLUE, keep=True, lines=1, base="Table text"),
    "Card figure": Style(size=12, after=0, bold=True, colour=BLUE, lines=1, base="Table text"),
    "Card note": Style(size=9, after=0, colour=SOFT, lines=1, base="Table text"),
    "Basis": Style(size=9, before=2, after=0, lines=1, colour=SOFT),
    "toc 1": Style(size=10, before=2, after=2, bold=True),
    "toc 2": Style(size=10, after=2),
    "Header": Style(size=9, after=0, colour=SOFT),
    "Footer": Style(size=9, after=0, colour=SOFT),
}
"""By the names that Word lists; its own keep their meaning for contents, captions and screen readers."""


def new_word(document: Document) -> Word:
    """An empty document with styles, page, language and properties."""
    word = docx.Document()
    for name, style in STYLES.items():
        _define(word, name, style)
    _set_language(word)
    _set_properties(word, document)
    lay_out(word.sections[0], landscape=False, title=document.title)
    return word


def lay_out(pages: Pages, *, landscape: bool, title: str) -> Length:
    """A4 upright or across, with title and number in the footer of each page; gives the width for text."""
    width, height = (HEIGHT, WIDTH) if landscape else (WIDTH, HEIGHT)
    pages.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    pages.page_width, pages.page_height = width, height
    pages.left_margin = pages.right_margin = MARGIN
    pages.top_margin, pages.bottom_margin = TOP, FOOT
    pages.footer_distance, pages.header_distance = Cm(0.7), Cm(0.7)
    text = Length(width - 2 * MARGIN)
    pages.footer.is_linked_to_previous = False
    foot = pages.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.add_tab_stop(text, WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{shortened(' '.join(title.split()), 90)}\tPage ")
    field(foot, "PAGE", "1")
    foot.add_run(" of ")
    field(foot, "NUMPAGES", "1")
    return text


def shortened(text: str, length: int) -> str:
    """A text of that many characters at most, for places that take no more."""
    text = visible(text)
    return text if len(text) <= length else text[: length - 1] + "…"


def _define(word: Word, name: str, look: Style) -> None:
    """A style of paragraphs, new or in the place of the template's."""
    styles = word.styles
    known = {style.name for style in styles}
    style = (
        styles[name] if name in known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=name[:3] == "toc")
    )
    assert isinstance(style, ParagraphStyle)  # noqa: S101 # all of these are
    properties = style.element.get_or_add_pPr()
    for old in list(properties):  # the template knows levels of headings, and how to draw bullets
        if old.tag != qn("w:outlineLvl") and (old.tag != qn("w:numPr") or name != "List Bullet"):
            properties.remove(old)
    if look.base:
        style.base_style = styles[look.base]
    style.hidden, style.quick_style = False, name[:3] != "toc"
    _set_font(style, look)
    form = style.paragraph_format
    form.space_before, form.space_after, form.line_spacing = Pt(look.before), Pt(look.after), look.lines
    form.keep_with_next, form.keep_together, form.widow_control = look.keep, look.keep, True
    if look.indent:
        form.left_indent = Pt(look.indent)
    if look.rule:
        put(properties, element("pBdr", line("left", look.rule, eighths=24, space=7)))
    if look.ground:
        put(properties, shaded(look.ground))
    if look.align:
        put(properties, element("jc", val=look.align))


def _set_font(style: ParagraphStyle, look: Style) -> None:
    """Letters, also of scripts that run from right to left; the template's theme would come first."""
    properties = style.element.get_or_add_rPr()
    for old in list(properties):
        properties.remove(old)
    put(properties, element("rFonts", **dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), FONT)))
    style.font.size, style.font.bold, style.font.color.rgb = Pt(look.size), look.bold, RGBColor.from_string(look.colour)
    put(properties, element("szCs", val=round(2 * look.size)))
    put(properties, element("bCs", val=int(look.bold)))


def counted(word: Word) -> BaseOxmlElement:
    """A new list that counts headings "1. Title", so that what is printed can be cited; gives its property."""
    numbering = word.part.numbering_part.element
    lists = numbering.findall(qn("w:abstractNum"))
    number = max(int(known.get(qn("w:abstractNumId"))) for known in lists) + 1
    level = element(
        "lvl",
        element("start", val=1),
        element("numFmt", val="decimal"),
        element("suff", val="space"),
        element("lvlText", val="%1."),
        element("lvlJc", val="left"),
        element("pPr", element("ind", left=0, firstLine=0)),
        ilvl=0,
    )
    numbering.insert(
        len(lists), element("abstractNum", element("multiLevelType", val="singleLevel"), level, abstractNumId=number)
    )
    return element("numPr", element("ilvl", val=0), element("numId", val=numbering.add_num(number).numId))


def _set_language(word: Word) -> None:
    """British English, and Word's present layout instead of that of an old version."""
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")
    settings = word.settings.element
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "en-GB")
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")


def _set_properties(word: Word, document: Document) -> None:
    """Title, question and organisation; the date is the document's own, so that the file is the same each time."""
    properties = word.core_properties
    properties.title = shortened(document.title, LONGEST)
    properties.subject = shortened(document.question, LONGEST)
    properties.author = shortened(document.facts.get("Organisation", "heemodel"), LONGEST)
    properties.last_modified_by = properties.author
    properties.comments, properties.keywords, properties.language = "", "", "en-GB"
    properties.created = properties.modified = _date_in(document.made)
    properties.revision = 1


def _date_in(made: str) -> dt.datetime:
    """The first date in the line that says when the document was made; no date is the year 2000."""
    for found in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", made):
        try:
            return dt.datetime.fromisoformat(found)
        except ValueError:
            continue
    return NO_DATE

"""What python-docx has no call for: fields, bookmarks, links within the document, borders and shading."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph

_ORDER = {
    "pPr": (
        *(
            "pStyle",
            "keepNext",
            "keepLines",
            "pageBreakBefore",
            "framePr",
            "widowControl",
            "numPr",
            "suppressLineNumbers",
        ),
        *("pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap", "overflowPunct", "topLinePunct"),
        *("autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing"),
        *("mirrorIndents", "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl"),
        *("divId", "cnfStyle", "rPr", "sectPr", "pPrChange"),
    ),
    "tcPr": ("cnfStyle", "tcW", "gridSpan", "hMerge", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "vAlign"),
    "trPr": ("cnfStyle", "cantSplit", "trHeight", "tblHeader"),
    "tblPr": (
        *("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize", "tblStyleColBandSize", "tblW", "jc"),
        *("tblCellSpacing", "tblInd", "tblBorders", "shd", "tblLayout", "tblCellMar", "tblLook", "tblCaption"),
        "tblDescription",
    ),
    "rPr": (
        *("rStyle", "rFonts", "b", "bCs", "i", "iCs", "caps", "smallCaps", "strike", "dstrike", "outline", "shadow"),
        *("emboss", "imprint", "noProof", "snapToGrid", "vanish", "webHidden", "color", "spacing", "w", "kern"),
        *("position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs"),
        *("em", "lang", "eastAsianLayout", "specVanish", "oMath"),
    ),
}
"""Word opens a file only where properties stand in the order of its schema (ECMA-376, part 1, annex A)."""


def element(tag: str, *children: BaseOxmlElement, **attributes: Any) -> BaseOxmlElement:
    """An element of WordprocessingML with its attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    made.extend(children)
    return made


def put(properties: BaseOxmlElement, new: BaseOxmlElement) -> None:
    """Set one of the properties, in its place, instead of what was there."""
    kind, tag = (made.tag.rpartition("}")[2] for made in (properties, new))
    order = _ORDER[kind]
    for old in properties.findall(new.tag):
        properties.remove(old)
    properties.insert_element_before(new, *(f"w:{name}" for name in order[order.index(tag) + 1 :]))


def field(paragraph: Paragraph, instruction: str, result: str) -> None:
    """A field that shows its result until Word works it out anew."""
    for part in (
        element("fldChar", fldCharType="begin"),
        _instruction(instruction),
        element("fldChar", fldCharType="separate"),
    ):
        paragraph.add_run()._r.append(part)
    paragraph.add_run(result)
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))


def open_field(paragraph: Paragraph, instruction: str) -> None:
    """Begin a field whose result runs over several paragraphs."""
    for part in (
        element("fldChar", fldCharType="begin"),
        _instruction(instruction),
        element("fldChar", fldCharType="separate"),
    ):
        paragraph.add_run()._r.append(part)


def close_field(paragraph: Paragraph) -> None:
    """End the field that was begun."""
    paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Make a paragraph's text a place that links and fields can name."""
    start = element("bookmarkStart", id=number, name=name)
    properties = paragraph._p.pPr
    paragraph._p.insert(0 if properties is None else 1, start)
    paragraph._p.append(element("bookmarkEnd", id=number))


def link(paragraph: Paragraph, text: str, name: str) -> None:
    """A link to a bookmark."""
    run = paragraph.add_run(text)
    paragraph._p.append(element("hyperlink", run._r, anchor=name, history=1))


def shaded(colour: str) -> BaseOxmlElement:
    """A background."""
    return element("shd", val="clear", color="auto", fill=colour)


def line(side: str, colour: str, *, eighths: int, space: int = 0) -> BaseOxmlElement:
    """A border, in eighths of a point, and its distance from the text in points."""
    return element(side, val="single", sz=eighths, space=space, color=colour)


def _instruction(text: str) -> BaseOxmlElement:
    """The code of a field."""
    made = element("instrText")
    made.set(qn("xml:space"), "preserve")
    made.text = f" {text} "
    return made

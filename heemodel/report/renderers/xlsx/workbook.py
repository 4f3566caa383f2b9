"""The whole workbook, in order."""

import datetime as dt
import io
import re

from xlsxwriter import Workbook

from heemodel.report.characters import visible
from heemodel.report.document import Document
from heemodel.report.renderers.xlsx.book import FONT, SIZE, Book
from heemodel.report.renderers.xlsx.first_page import write_first_page
from heemodel.report.renderers.xlsx.numbers import write_sheet

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LONG_AGO = dt.datetime(2000, 1, 1)  # noqa: DTZ001 # a date of the file, of no zone


def render(document: Document) -> bytes:
    """The whole workbook; the same document gives the same bytes.

    Notes
    -----
    Texts are written as texts, never as formulas, links or numbers, whatever they begin with. Numbers are written whole
    and printed with the decimals that the sheet says.
    """
    content = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    look = {"default_format_properties": {"font_name": FONT, "font_size": SIZE}}  # widths are told in its digits
    with Workbook(content, {**plain, **look}) as workbook:
        made = DATE.search(document.made)
        workbook.set_properties(
            {
                "title": visible(document.title),
                "subject": visible(document.question),
                "author": visible(document.facts.get("Organisation", "")),
                "created": dt.datetime.fromisoformat(made[0]) if made else LONG_AGO,
            }
        )
        book = Book(workbook, document.title)
        write_first_page(book, document)
        for sheet in document.sheets:
            write_sheet(book, sheet)
    return content.getvalue()

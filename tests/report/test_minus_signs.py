"""What people read has a minus sign before a number, never a hyphen; a share that was typed is in per cent."""

import re

import html5lib
import pytest

from heemodel.parameters import read_inputs
from heemodel.parameters.stated import stated_record
from heemodel.report.renderers import RENDERERS
from heemodel.report.sections import document_of
from tests.conftest import MODEL
from tests.report.made_up import words

HYPHENED = re.compile(r"(?<![\w–/.\u2010-])-[$£€]?\d[\d.,]*")
"""A number with a hyphen before it, which belongs to no name, date or range."""


@pytest.mark.parametrize("kind", ["savings", "small", "sick_sicker", "tree", "psa"])
def test_no_number_has_a_hyphen_for_a_minus(kind, request):
    document = document_of(request.getfixturevalue(kind))
    page = html5lib.HTMLParser(namespaceHTMLElements=False).parse(RENDERERS["html"].render(document))
    texts = [words(each) for each in page.iter() if each.tag in {"p", "li", "td", "th", "dd", "dt", "figcaption"}]
    assert any("−" in text for text in texts)
    assert [text for text in texts if HYPHENED.search(text)] == []


def test_a_share_is_stated_in_per_cent():
    record = read_inputs(MODEL / "inputs.toml").data["home_before"]
    typed = record.model_copy(update={"share": 0.55, "events": None, "n": 78})
    assert stated_record(typed) == f"55% of 78 {record.unit}, taken as 43 of them"
    assert stated_record(typed.model_copy(update={"share": 0.1725})).startswith("17.25% of 78 ")

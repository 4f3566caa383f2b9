"""The page that a document becomes."""

import base64
import hashlib
import re
from itertools import pairwise
from urllib.parse import unquote

import html5lib
import jinja2
import matplotlib.pyplot as plt
import pytest

from heemodel.report.document import Card, Cards, Definitions, Document, Fact, Folded, Points, Section, Table, Words
from heemodel.report.renderers import RENDERERS
from tests.report.made_up import document, figure, words

HOSTILE = "</style></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 7 * 7 }}\\22 −£5"


def page_of(made):
    text = RENDERERS["html"].render(made).decode()
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text), text


@pytest.fixture(scope="module")
def made():
    return document()


@pytest.fixture(scope="module")
def page(made):
    return page_of(made)[0]


def of_class(page, name):
    return [element for element in page.iter() if name in element.get("class", "").split()]


def test_every_kind_of_block_is_there(page):
    assert [words(p) for p in of_class(page, "warning")] == ["Take nothing from this."]
    assert [words(h) for h in of_class(page, "answer")] == ["Much.", "Yes, probably."]
    assert "It saves £3,000 a patient." in words(of_class(page, "short")[1])
    assert "As plain as words can be." in words(page)
    assert "Means over 1,000 draws." in [words(p) for p in of_class(page, "note")]
    assert "Little data." in words(of_class(page, "cautions")[0])
    assert [words(point) for point in of_class(page, "points")[0].findall(".//li")] == ["One.", "Two."]
    assert "a year of full health" in [words(meaning) for meaning in page.findall(".//dd")]
    card = words(of_class(page, "card")[0])
    for part in ("Trials", "£3,000", "saved", "Sure", "9%"):
        assert part in card
    assert len(page.findall(".//table")) == 2
    assert "It falls." in page.find(".//figure//img").get("alt")
    assert words(page.find(".//figcaption")) == "In £, 2023/24 prices."
    assert words(page.find(".//details/summary")) == "More"
    assert "Folded words." in words(page.find(".//details"))


def test_a_block_of_no_known_kind_is_an_error(made):
    with pytest.raises(jinja2.UndefinedError):
        page_of(document(blocks=["only text"]))


def test_a_document_without_a_section_is_a_page():
    page_of(Document(title="Bare", question="What?", made="today", sections=[]))


def test_the_page_loads_nothing_and_forbids_itself_to(page, made):
    text = page_of(made)[1]
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", text)
    assert "@import" not in text
    assert not re.search(r"url\((?!%23)", text)  # within pictures only
    policy = page.find(".//meta[@http-equiv]").get("content")
    assert "default-src 'none'" in policy
    scripts = [script.text for script in page.findall(".//script")]
    assert len(scripts) == 1
    assert base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode() in policy


def test_headings_are_in_order_and_the_answer_is_one(page):
    levels = [int(element.tag[1]) for element in page.iter() if re.fullmatch("h[1-6]", str(element.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.find(".//h3[@class='answer']") is not None


def test_links_skip_to_the_report_and_to_the_contents(page):
    assert page.find(".//title").text == "New care, a trust"
    to_report, to_contents = page.findall(".//body/a")
    assert "skip" in to_report.get("class")
    assert page.find(".//main").get("id") == to_report.get("href").removeprefix("#")
    contents = page.find(".//nav")
    assert contents.get("id") == to_contents.get("href").removeprefix("#")
    assert [words(link) for link in contents.findall(".//a")] == ["Kinds", "How it was made"]
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    assert {link.get("href").removeprefix("#") for link in page.findall(".//a")} <= ids


def test_everything_stands_in_a_landmark(page):
    body = page.find(".//body")
    assert [child.tag for child in body] == ["a", "a", "header", "main"]
    assert body.find("header/h1") is not None
    assert page.find(".//main//nav").get("aria-label")


def test_facts_stand_under_the_title_and_whose_it_is_in_the_windows(page):
    assert page.find(".//header/dl") is None
    other = page_of(document(facts={"Organisation": "A trust", "Price year": "2023/24"}))[0]
    assert page.find(".//title").text == "New care, a trust"
    assert other.find(".//title").text == "New care, a trust – A trust"
    facts = other.find(".//header/dl")
    assert [words(each) for each in facts.iter("dt")] == ["Organisation", "Price year"]
    assert [words(each) for each in facts.iter("dd")] == ["A trust", "2023/24"]
    once = page_of(document(facts={"Organisation": "a trust"}))[0]
    assert once.find(".//title").text == "New care, a trust"


def test_the_question_is_asked_once(page, made):
    assert words(page).count("What does it save?") == 1
    other = page_of(document(question="Is it worth it?"))[0]
    assert words(other.find(".//nav//a")) == "What does it save?"
    assert words(of_class(other, "question")[0]) == "Is it worth it?"


def test_no_text_can_become_anything_else():
    hostile = [
        *(Words(HOSTILE, role) for role in ("plain", "answer", "finding", "note", "warning")),
        Points(points=[HOSTILE], title=HOSTILE),
        Points(points=[HOSTILE], title=HOSTILE, role="caution"),
        Definitions(terms={HOSTILE: HOSTILE}, title=HOSTILE),
        Cards(
            [
                Card(
                    label=HOSTILE,
                    figure=HOSTILE,
                    meaning=HOSTILE,
                    facts=[Fact(label=HOSTILE, figure=HOSTILE, interval=HOSTILE)],
                    summary=HOSTILE,
                    tag=HOSTILE,
                    note=HOSTILE,
                )
            ]
        ),
        Table(
            HOSTILE,
            [HOSTILE, HOSTILE],
            [[HOSTILE, HOSTILE], [HOSTILE, f"1 ({HOSTILE})"]],
            note=HOSTILE,
            groups=[(HOSTILE, 2)],
            beside={0: HOSTILE},
        ),
        figure(name=HOSTILE, title=HOSTILE, caption=HOSTILE, alternative=HOSTILE),
    ]
    sections = [
        Section(name=HOSTILE, title=HOSTILE, link=HOSTILE, blocks=[*hostile, Folded(title=HOSTILE, blocks=hostile)])
    ]
    page, text = page_of(Document(title=HOSTILE, question=HOSTILE + "?", made=HOSTILE, sections=sections))
    assert text.count("<script") == 1
    assert len(page.findall(".//script")) == 1
    assert len(page.findall(".//style")) == 1
    assert len(page.findall(".//img")) == 2
    assert not [name for element in page.iter() for name in element.keys() if name.startswith("on")]  # noqa: SIM118 # an element
    assert "49" not in words(page.find(".//body"))
    assert page.find(".//title").text.replace("\u2060", "") == HOSTILE
    assert len([p for p in page.iter() if "".join(p.itertext()).replace("\u2060", "") == HOSTILE]) > 20
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    assert {link.get("href").removeprefix("#") for link in page.findall(".//a")} <= ids
    margin = re.search(r"@bottom-left \{ content: (.*?);", page.find(".//style").text)[1]
    assert re.fullmatch(r'"(\\[0-9a-f]{6})*"', margin)


def test_a_minus_sign_stays_with_its_number(page):
    assert "−\u2060£3" in "".join(page.itertext())


def test_a_picture_is_in_the_page_as_it_was_drawn(made, page):
    source = page.find(".//figure//img").get("src")
    kind, _, picture = source.partition(",")
    assert kind == "data:image/svg+xml"
    drawn = made.figures()[0].svg
    assert unquote(picture).split() == drawn.split()
    assert len(source) < 1.25 * len(drawn)


def test_figures_stand_at_the_right_and_words_at_the_left():
    table = Table(
        "Mixed",
        ["", "Money", "Chance", "Words", "Years", "None"],
        [
            ["a", "−£3,000 (−£4,000 to £1,000)", "over 99%", "3 trials of 12 small hospitals", "5", ""],
            ["b", "£2 million a year", "under 1%", "none", "–", ""],
            ["2024", "USD 5", "<1%", "read", "12.5 years", ""],
        ],
    )
    page, text = page_of(document(blocks=[table]))
    right = [words(cell) for cell in page.findall(".//th[@scope='col']") if cell.get("class") == "number"]
    assert right == ["Money", "Chance", "Years"]
    first = [cell.get("class") for cell in page.findall(".//th[@scope='row']")]
    assert first == [None, None, None]
    assert '<span class="whole">(−\u2060£4,000 to £1,000)</span>' in text


def test_tables_can_be_navigated(page):
    for table in page.findall(".//table"):
        assert words(table.find("caption"))
        assert all(cell.get("scope") for cell in table.findall(".//th"))


def test_totals_groups_and_what_stands_beside_are_kept():
    table = Table(
        "Costs",
        ["", "Old", "New"],
        [["Drug", "£1", "£2"], ["All", "£1", "FAILED"]],
        groups=[("", 1), ("Care", 2)],
        emphasis=frozenset({1}),
        beside={0: "yearly"},
        widths=(40, 30, 30),
    )
    page = page_of(document(blocks=[table]))[0]
    assert words(of_class(page, "total")[0]).split() == ["All", "£1", "FAILED"]
    assert [(words(cell), cell.get("colspan")) for cell in of_class(page, "group")] == [("Care", "2")]
    assert words(of_class(page, "beside")[0]) == "yearly"
    assert [words(cell) for cell in of_class(page, "flag")] == ["FAILED"]
    assert len(page.findall(".//col")) == 3


def test_what_is_folded_away_is_printed(page):
    style = page.find(".//style").text
    assert "details::details-content { content-visibility: visible" in style[style.index("@media print") :]
    assert "beforeprint" in page.find(".//script").text


def test_paper_has_page_numbers_and_no_words_of_the_screen(page):
    style = page.find(".//style").text
    assert "counter(page)" in style
    assert "Scroll sideways" not in style[style.index("@page") :]
    before = style[: style.index("Scroll sideways")]
    assert re.findall("@media (\\w+)", before)[-1] == "screen"


def test_the_first_section_is_a_page_of_its_own_on_paper(page):
    style = page.find(".//style").text
    printed = style[style.index("@media print") :]
    assert re.search(r"section:first-child > details[^{]*\+ nav \{ break-before: page; \}", printed)


def test_the_same_document_is_the_same_page():
    def render():
        return RENDERERS["html"].render(document())

    with plt.rc_context({"svg.hashsalt": "heemodel"}):
        assert render() == render()

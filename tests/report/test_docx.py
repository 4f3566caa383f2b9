"""The Word document that a document becomes, read back as Word would read it."""

import io
import re
import typing
import zipfile
from dataclasses import replace
from itertools import pairwise

import docx
import pandas as pd
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table as Grid
from docx.text.paragraph import Paragraph

from heemodel.report.characters import WORD_JOINER
from heemodel.report.document import (
    Block,
    Card,
    Cards,
    Definitions,
    Document,
    Fact,
    Figure,
    Folded,
    Points,
    Section,
    Table,
    Words,
)
from heemodel.report.renderers import RENDERERS
from heemodel.report.renderers.docx.exhibits import ROWS, data_of, shown
from heemodel.report.renderers.docx.look import BLUE, FLAG, GROUND, INK, SOFT, STYLES, TOTAL
from heemodel.report.renderers.docx.tables import LEAST, size_for
from heemodel.report.renderers.docx.widths import column_widths, text_width
from heemodel.report.sections import document_of
from tests.report.made_up import document, every_block, figure

FACTS = {"Organisation": "A trust", "Price year": "2023/24"}
LONG = "x" * 5_000
HOSTILE = [
    "<script>alert(1)</script>",
    r"$\frac{a}{b$",
    "=1+1",
    "שלום (5) עולם",
    "\u202eabc",
    '{ HYPERLINK "http://x" } SEQ \\* &amp; https://example.org',
    "tab\tand\nline",
    LONG,
]
WIDE = Table("Wide", [f"measurement{n}" for n in range(9)], [[f"thrombectomies {n}" for n in range(9)]] * 3)


def word_of(made):
    return docx.Document(io.BytesIO(RENDERERS["docx"].render(made)))


def texts_in(word):
    """The text of every paragraph, also of those in tables, and of what fields and links show."""
    paragraphs = word.element.body.iter(qn("w:p"))
    return ["".join(_text(node) for node in p.iter()).replace(WORD_JOINER, "") for p in paragraphs]


def _text(node):
    if node.tag == qn("w:t"):
        return node.text or ""
    return {qn("w:tab"): "\t", qn("w:br"): "\n"}.get(node.tag, "") if node.getparent().tag == qn("w:r") else ""


def strings_of(blocks):
    """Every text of blocks, by a way of its own through them."""
    for block in blocks:
        match block:
            case Words(text):
                yield text
            case Points():
                yield from [block.title, *block.points]
            case Definitions():
                yield from [block.title, *block.terms, *block.terms.values()]
            case Cards(cards):
                for card in cards:
                    yield from [card.label, card.tag, card.summary, card.figure, card.meaning, card.note]
                    yield from [text for fact in card.facts for text in (fact.label, fact.figure, fact.interval)]
            case Table():
                yield from [block.title, block.note, *block.header, *(text for text, _ in block.groups)]
                yield from [*block.beside.values(), *(cell for row in block.rows for cell in row)]
            case Figure():
                yield from [block.title, block.caption]
            case Folded():
                yield block.title
                yield from strings_of(block.blocks)


def all_strings(made):
    yield from [made.title, made.question, made.made, *made.facts, *made.facts.values()]
    for section in made.sections:
        yield from [section.title, *strings_of(section.blocks)]


def headings_of(word):
    """Levels of headings, in order: those of paragraphs come before those of their styles."""
    levels = []
    for paragraph in word.paragraphs:
        at = f"{qn('w:pPr')}/{qn('w:outlineLvl')}"
        level = next(
            (each for each in (paragraph._p.find(at), paragraph.style.element.find(at)) if each is not None), None
        )
        if level is not None:
            levels.append(int(level.get(qn("w:val"))) + 1)
    return levels


@pytest.fixture(scope="module")
def made():
    return document(facts=FACTS)


@pytest.fixture(scope="module")
def word(made):
    return word_of(made)


@pytest.mark.parametrize("name", ["docx", "html"])
@pytest.mark.parametrize("kind", typing.get_args(Block), ids=lambda kind: kind.__name__)
def test_every_kind_of_block_is_rendered_by_every_format(name, kind):
    blocks = [block for block in every_block() if isinstance(block, kind)]
    assert blocks, f"made_up.every_block holds no {kind.__name__}"
    assert RENDERERS[name].render(document(blocks=blocks)) != RENDERERS[name].render(document(blocks=[]))


def test_a_block_of_no_known_kind_is_an_error():
    with pytest.raises(TypeError, match="str"):
        word_of(document(blocks=["only text"]))


def test_nothing_of_a_document_is_missing(made, word):
    texts = texts_in(word)
    assert [text for text in all_strings(made) if not any(text in paragraph for paragraph in texts)] == []


@pytest.mark.parametrize("kind", ["small", "sick_sicker", "psa", "tree"])
def test_a_real_report_has_the_same_words_and_numbers(kind, request, monkeypatch):
    monkeypatch.setattr(Figure, "png", figure().png)  # drawing is tested elsewhere, and takes seconds
    made = document_of(request.getfixturevalue(kind))
    word = word_of(made)
    texts = texts_in(word)
    assert [text for text in set(all_strings(made)) if not any(text in paragraph for paragraph in texts)] == []
    cells = {cell for table in made.sections[-1].tables() for row in table.rows for cell in row}
    assert cells <= set(texts)
    levels = headings_of(word)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    pictures = [properties.get("descr") for properties in word.element.body.iter(qn("wp:docPr"))]
    assert sorted(pictures) == sorted(figure.alternative for figure in made.figures())


def test_the_first_section_is_a_paper_of_its_own_and_its_folds_go_behind():
    first = Section(
        name="s", title="In short", blocks=[Words("Much.", "answer"), Folded(title="Terms", blocks=[Words("folded")])]
    )
    word = word_of(Document(title="T", question="Q?", made="made", sections=[first], facts=FACTS))
    texts = [paragraph.text for paragraph in word.paragraphs]
    turn = texts.index("Full report")
    assert word.paragraphs[turn].paragraph_format.page_break_before
    assert {"T", "Q?", "In short", "Much."} <= set(texts[:turn])
    assert any("A trust" in text and "2023/24" in text and text.endswith("made") for text in texts[:turn])
    assert texts.index("folded") > turn


def test_a_question_that_is_the_title_of_the_summary_is_asked_once(word):
    assert [paragraph.text for paragraph in word.paragraphs].count("What does it save?") == 1


def test_a_document_without_a_section_is_a_document():
    assert "Bare" in texts_in(word_of(Document(title="Bare", question="What?", made="today", sections=[])))


def test_headings_nest_and_screen_readers_know_the_answer(word):
    levels = headings_of(word)
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert {1, 2, 3} <= set(levels)
    assert word.paragraphs[0].style.name == "Title"
    answers = [paragraph for paragraph in word.paragraphs if paragraph.style.name == "Answer"]
    assert [answer.text for answer in answers] == ["Much.", "Yes, probably."]
    assert all(answer._p.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}") is not None for answer in answers)


def test_a_fold_is_a_heading_and_what_it_holds_is_one_level_below():
    fold = Folded(title="More", blocks=[Points(points=["One."], title="Points")])
    levels = headings_of(word_of(document(blocks=[fold])))
    assert levels == [1, 2, 1, 2, 3, 4, 2]  # question, answer, full report, section, fold, points, last section


def test_the_contents_are_filled_in_and_lead_to_sections(word):
    links = {
        "".join(map(_text, node.iter())): node.get(qn("w:anchor")) for node in word.element.body.iter(qn("w:hyperlink"))
    }
    assert list(links) == ["1. All kinds", "2. How it was made", "Figures' data"]
    marks = {mark.get(qn("w:name")): mark for mark in word.element.body.iter(qn("w:bookmarkStart"))}
    for entry, anchor in links.items():
        heading = Paragraph(marks[anchor].getparent(), word)
        assert heading.style.name in {"Heading 1", "Heading 2"}
        assert entry.endswith(heading.text)
    code = next(code.text for code in word.element.body.iter(qn("w:instrText")) if "TOC" in code.text)
    assert re.search(r"\\b (\w+)", code)[1] in marks
    numbers = [mark.get(qn("w:id")) for mark in marks.values()]
    assert len(set(numbers)) == len(numbers)
    assert sorted(numbers) == sorted(end.get(qn("w:id")) for end in word.element.body.iter(qn("w:bookmarkEnd")))


def test_fields_are_closed_and_no_dialogue_asks_for_their_update(word):
    kinds = [mark.get(qn("w:fldCharType")) for mark in word.element.body.iter(qn("w:fldChar"))]
    depth = 0
    for kind in kinds:
        depth += {"begin": 1, "separate": 0, "end": -1}[kind]
        assert depth in {0, 1}
    assert depth == 0
    assert kinds.count("begin") == kinds.count("separate") > 0
    assert word.settings.element.find(qn("w:updateFields")) is None


def test_captions_are_counted(word):
    captions = [paragraph.text for paragraph in word.paragraphs if "aption" in paragraph.style.name]
    assert [re.match(r"(Table|Figure) \d+", text)[0] for text in captions] == [
        "Table 1",
        "Figure 1",
        "Table 2",
        "Table 3",
    ]
    codes = [code.text for code in word.element.body.iter(qn("w:instrText")) if "SEQ" in code.text]
    assert len(codes) == len(captions)
    assert word.styles["Picture caption"].base_style.name == "Caption"


def test_headings_and_captions_stay_with_what_follows(word):
    for name in ("Heading 1", "Heading 2", "Heading 3", "Caption", "Picture"):
        assert word.styles[name].paragraph_format.keep_with_next


def test_header_rows_repeat_and_no_row_is_split(word):
    assert len(word.tables) > 3
    for table in word.tables:
        rows = [row._tr.trPr for row in table.rows]
        assert all(properties.find(qn("w:cantSplit")) is not None for properties in rows)
        assert rows[0].find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))


def test_pages_are_a4_with_title_and_number_at_the_foot(word):
    for pages in word.sections:
        assert (round(pages.page_width.mm), round(pages.page_height.mm)) in {(210, 297), (297, 210)}
        foot = pages.footer
        codes = [code.text.strip() for code in foot._element.iter(qn("w:instrText"))]
        assert codes == ["PAGE", "NUMPAGES"]
        assert "New care, a trust" in foot.paragraphs[0].text
        assert re.search("Page .* of ", foot.paragraphs[0].text)


def test_properties_say_what_it_is(word):
    properties = word.core_properties
    assert properties.title == "New care, a trust"
    assert properties.subject == "What does it save?"
    assert properties.author == "A trust"
    assert properties.language == "en-GB"
    languages = {node.get(qn("w:val")) for node in word.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


@pytest.mark.parametrize(
    ("line", "date"),
    [("made on 2026-11-28, by us", "2026-11-28"), ("from 2026-99-99 on", "2000-01-01"), ("today", "2000-01-01")],
)
def test_the_date_is_that_of_the_document(line, date):
    properties = word_of(document(made=line)).core_properties
    assert properties.created.date().isoformat() == properties.modified.date().isoformat() == date


def test_the_same_document_is_the_same_file():
    first, second = (RENDERERS["docx"].render(document(facts=FACTS)) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert archive.testzip() is None


def test_a_picture_has_an_alternative_and_fits_its_page(word):
    pictures = list(word.inline_shapes)
    assert len(pictures) == 1
    properties = pictures[0]._inline.docPr
    assert (properties.get("title"), properties.get("descr")) == ("Worth of knowing", "It falls.")
    pages = word.sections[0]
    assert pictures[0].width <= pages.page_width - pages.left_margin - pages.right_margin
    assert pictures[0].height <= pages.page_height - pages.top_margin - pages.bottom_margin


def test_totals_groups_and_what_stands_beside_are_kept():
    table = Table(
        "Costs",
        ["", "Old", "New"],
        [["Drug", "£1", "£2"], ["All", "£1", "FAILED"]],
        groups=[("", 1), ("Care", 2)],
        emphasis=frozenset({1}),
        beside={0: "yearly"},
        widths=(50, 30, 20),
    )
    grid = word_of(document(blocks=[table])).tables[0]
    spans = [node.get(qn("w:val")) for node in grid._tbl.iter(qn("w:gridSpan"))]
    assert spans == ["2"]
    assert grid.rows[0].cells[1].text == "Care"
    assert sum(row._tr.trPr.find(qn("w:tblHeader")) is not None for row in grid.rows) == 2
    assert [paragraph.text for paragraph in grid.rows[2].cells[0].paragraphs] == ["Drug", "yearly"]
    assert [cell.paragraphs[0].runs[0].bold for cell in grid.rows[3].cells] == [True] * 3
    assert not grid.rows[2].cells[1].paragraphs[0].runs[0].bold
    assert str(grid.rows[3].cells[2].paragraphs[0].runs[0].font.color.rgb) == FLAG
    widths = [int(column.get(qn("w:w"))) for column in grid._tbl.tblGrid]
    assert widths[0] / sum(widths) == pytest.approx(0.5, abs=0.01)
    assert grid.rows[2].cells[1].paragraphs[0].style.name == "Table figure"


def test_no_table_is_wider_than_its_page():
    blocks = [WIDE, Table("Words", ["a", "b"], [[LONG, "c"]]), *every_block()]
    word = word_of(document(blocks=blocks))
    assert WD_ORIENT.LANDSCAPE in {pages.orientation for pages in word.sections}
    text = {WD_ORIENT.PORTRAIT: 210 - 30, WD_ORIENT.LANDSCAPE: 297 - 30}
    ends = list(word.sections)
    place = 0
    for child in word.element.body:
        if child.tag == qn("w:tbl"):
            width = sum(int(column.get(qn("w:w"))) for column in Grid(child, word)._tbl.tblGrid) / 1440 * 25.4
            assert width <= text[ends[place].orientation] + 0.5
        place += child.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None


def test_upright_pages_follow_where_no_table_is_wide():
    sections = [
        Section(name="first", title="First", blocks=[]),
        Section(name="wide", title="Wide", blocks=[WIDE]),
        Section(name="narrow", title="Narrow", blocks=[Words("Narrow.")]),
    ]
    word = word_of(Document(title="T", question="Q?", made="today", sections=sections))
    upright, across = WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE
    assert [pages.orientation for pages in word.sections] == [upright, across, upright]


def test_columns_are_wide_enough_for_their_words():
    table = Table("T", ["Strategy", "Cost (95% interval)"], [["thrombectomy", "£3,000 (−£4,000 to £1,000)"]])
    widths = column_widths(table, 500, 9)
    assert widths[0] > text_width("thrombectomy", 9)
    assert widths[1] > text_width("(−£4,000 to £1,000)", 9)
    assert sum(widths) <= 500
    assert size_for(WIDE, docx.shared.Pt(200)) == LEAST
    assert sum(column_widths(WIDE, 200, LEAST)) == pytest.approx(200)


def test_cards_stand_side_by_side_and_a_dash_marks_what_one_does_not_tell():
    cards = [
        Card(label=f"Card {n}", figure=f"£{n}", meaning="saved", facts=[Fact(label="Sure", figure=f"{n}%")] * (n < 5))
        for n in range(6)
    ]
    tables = word_of(document(blocks=[Cards(cards)])).tables
    assert [len(table.columns) for table in tables[:2]] == [4, 4]  # names, and three cards
    assert [cell.text for cell in tables[1].rows[-1].cells] == ["Sure", "3%", "4%", "–"]
    assert [cell.text for cell in tables[0].rows[0].cells] == ["", "Card 0", "Card 1", "Card 2"]


def test_intervals_stand_below_the_figures_of_their_card():
    facts = [Fact(label="Sure", figure=f"£{n}", interval=f"£{n} to £{n + 1}") for n in range(3)]
    cards = [Card(label=f"Card {n}", figure="£9", meaning="saved", facts=[fact]) for n, fact in enumerate(facts)]
    (table, *_) = word_of(document(blocks=[Cards(cards)])).tables
    assert [cell.text for cell in table.rows[-1].cells] == ["Sure", "£0\n£0 to £1", "£1\n£1 to £2", "£2\n£2 to £3"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_stays_text(text):
    card = Card(label=text, figure=text, meaning=text, facts=[Fact(label=text, figure=text, interval=text)], tag=text)
    blocks = [
        *(Words(text, role) for role in ("plain", "answer", "finding", "note", "warning")),
        Points(points=[text], title=text, role="caution"),
        Definitions(terms={text: text}, title=text),
        Cards([card]),
        Table(text, [text, text], [[text, text]], note=text, groups=[(text, 2)], beside={0: text}),
        figure(title=text, caption=text, alternative=text),
        Folded(title=text, blocks=[Words(text)]),
    ]
    sections = [Section(name="s", title=text, blocks=blocks), Section(name="t", title=text, blocks=blocks[:-2])]
    made = Document(title=text, question=text + "?", made=text, sections=sections, facts={"Organisation": text})
    word = word_of(made)
    assert sum(text in paragraph for paragraph in texts_in(word)) > 30
    codes = {code.text.split()[0] for code in word.element.body.iter(qn("w:instrText"))}
    assert codes == {"SEQ", "TOC"}
    relations = [relation for relation in word.part.rels.values() if relation.is_external]
    assert relations == []


@pytest.mark.parametrize(("text", "visible"), [("a\x00b", "a␀b"), ("a\x1bb", "a␛b"), ("a\ud800b", "a\ufffdb")])
@pytest.mark.parametrize("name", ["docx", "html"])
def test_characters_that_a_format_forbids_are_shown(name, text, visible):
    made = document(
        blocks=[Words(text), Table(text, [text], [[text]]), figure(title=text, alternative=text)], title=text
    )
    rendered = RENDERERS[name].render(made)
    shown_texts = texts_in(docx.Document(io.BytesIO(rendered))) if name == "docx" else [rendered.decode()]
    assert any(visible in paragraph for paragraph in shown_texts)
    assert not any(text in paragraph for paragraph in shown_texts)


def test_right_to_left_text_runs_that_way():
    word = word_of(document(blocks=[Words("שלום 5"), Words("5 years")]))
    paragraphs = {paragraph.text: paragraph._p for paragraph in word.paragraphs}
    assert paragraphs["שלום 5"].find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
    assert paragraphs["5 years"].find(f"{qn('w:pPr')}/{qn('w:bidi')}") is None


def test_a_figures_data_are_at_the_end(word):
    grid = word.tables[-1]
    assert [cell.text for cell in grid.rows[0].cells] == ["threshold", "evpi", "mcse"]
    assert [[cell.text for cell in row.cells] for row in list(grid.rows)[1:]] == [
        ["20,000", "12.5", "0.5"],
        ["30,000", "7.25", "0.25"],
    ]
    assert any("scenario base; asked yes" in text for text in texts_in(word))


def test_long_data_are_summarised_and_their_file_is_named():
    data = pd.DataFrame({"at": range(ROWS + 1), "of": [["a", "b"][n % 2] for n in range(ROWS + 1)]})
    table = data_of(Figure(name="long", title="T", draw=lambda: None, caption="", alternative="", table=data), 3)
    assert table.rows == [["at", "0", str(ROWS), ""], ["of", "", "", "a; b"]]
    assert "figures/long.svg" in table.note
    assert str(ROWS + 1) in table.note


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234.5678, "1,235"),
        (-0.000123456, "−0.0001235"),
        (2.0, "2"),
        (99999.7, "100,000"),
        (True, "yes"),
        (float("nan"), ""),
        (None, ""),
        (float("inf"), "∞"),
        ("a_b", "a_b"),
    ],
)
def test_data_are_rounded_sensibly(value, text):
    assert shown(value) == text
    assert shown(pd.Series([value]).iloc[0]) == text


def test_what_arithmetic_left_of_nothing_is_0_in_the_data_of_a_figure():
    data = pd.DataFrame({"cost": [40_000.0, -8.602e-24, 0.0005], "name": ["a", "b", "c"], "years": [1, 2, 3]})
    made = Figure(name="f", title="T", draw=lambda: None, caption="", alternative="", table=data)
    assert data_of(made, 1).rows == [["40,000", "a", "1"], ["0", "b", "2"], ["0.0005", "c", "3"]]
    many = replace(made, table=pd.DataFrame({"cost": [1.0, -1e-15, *[0.5] * ROWS]}))
    assert data_of(many, 1).rows == [["cost", "0", "1", ""]]


def test_no_line_breaks_between_a_minus_and_its_amount():
    table = Table("Saving", ["", "A"], [["Net", "−£12,800 (−£15,000 to −9)"]])
    word = word_of(document(blocks=[Words("Cash-releasing −£12,800."), table]))
    joined = f"−{WORD_JOINER}£"
    assert f"Cash-releasing {joined}12,800." in [paragraph.text for paragraph in word.paragraphs]
    assert word.tables[0].rows[1].cells[1].text == f"{joined}12,800 ({joined}15,000 to −9)"


def _luminance(colour):
    parts = (int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [INK, SOFT, BLUE, FLAG])
@pytest.mark.parametrize("ground", ["FFFFFF", GROUND, TOTAL, STYLES["Warning"].ground])
def test_letters_stand_out_from_their_ground(colour, ground):
    light, dark = sorted([_luminance(colour), _luminance(ground)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_letters_are_large_enough():
    for name, style in STYLES.items():
        assert style.size >= (9 if name.startswith(("Table", "Card")) or style.colour == SOFT else 10), name

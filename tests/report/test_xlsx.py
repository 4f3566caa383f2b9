"""The results as a workbook: the first page, sheets of numbers, and the same bytes for the same results."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree as ET

import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.cell import coordinate_from_string

from heemodel.report.characters import WORD_JOINER
from heemodel.report.document import Chart, Document, Section, Sheet, Table
from heemodel.report.renderers import xlsx
from heemodel.report.renderers.letters import lines_of, text_width
from heemodel.report.renderers.xlsx.book import UNIT, room
from heemodel.report.renderers.xlsx.first_page import widths_for
from heemodel.report.renderers.xlsx.numbers import MOST_PRINTED
from heemodel.report.renderers.xlsx.widths import LEAST
from heemodel.report.sections import document_of
from heemodel.report.sections.summary.cautions import cautions
from heemodel.report.sheets import SHEETS, sheets_of
from heemodel.report.sheets.columns import FIGURES
from heemodel.report.sheets.inputs import inputs

HOSTILE = ["=1+1", "+1", "@SUM(A1)", "-2", "<script>alert(1)</script>", r"$\frac{a}{b$", "שלום", "x" * 40_000, "a\x00b"]


def opened(document):
    return openpyxl.load_workbook(io.BytesIO(xlsx.render(document)))


@pytest.fixture(scope="module")
def book(savings):
    return opened(document_of(savings))


def column(sheet, heading):
    cells = {cell.value: cell.column for cell in sheet[4]}
    return [row[cells[heading] - 1].value for row in sheet.iter_rows(min_row=5)]


def texts_of(page):
    cells = [cell.value for row in page.iter_rows() for cell in row if cell.value is not None]
    return [str(value).replace(WORD_JOINER, "") for value in cells]


def test_the_first_sheet_is_the_first_page(savings, book):
    texts = texts_of(book["Summary"])
    first = document_of(savings).sections[0]
    assert texts[0] == savings.title
    for block in first.blocks:
        for text in [block.text] if hasattr(block, "text") else getattr(block, "points", ()):
            assert any(text in written for written in texts)
    table = first.tables()[0]
    assert all(cell in texts for row in table.rows for cell in row[1:])


def test_every_sheet_has_a_title_one_row_of_headings_and_no_merged_cells(savings, book):
    assert len(book.sheetnames) == 1 + len(sheets_of(savings))
    for sheet in book.worksheets[1:]:
        assert sheet["A1"].value
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes == "B5"
        headings = [cell.value for cell in sheet[4]]
        assert all(headings)
        assert len(set(headings)) == len(headings)
        assert sheet.print_title_rows == "$4:$4"


def test_numbers_are_those_of_the_tables_to_the_last_digit(savings, book):
    table = savings.tables["headline"]
    mean = table[table["basis"] == "probabilistic"].drop_duplicates(["scenario", "strategy", "quantity"])
    found = dict(
        zip(
            zip(
                column(book["Headline"], "Name in headline.csv"),
                column(book["Headline"], "Scenario"),
                column(book["Headline"], "Strategy"),
                strict=True,
            ),
            column(book["Headline"], "Mean"),
            strict=True,
        )
    )
    for row in mean.itertuples():
        value = found[row.quantity, savings.label(row.scenario), row.strategy or None]
        assert value == (None if pd.isna(row.value) else pytest.approx(row.value, rel=1e-15))
    budgets = savings.tables["budgets"]
    assert column(book["By payer and kind"], "Mean") == pytest.approx(budgets["value"].tolist(), rel=1e-15)


def test_cautions_limits_and_the_published_figure_stand_in_sheets_of_their_own(savings, small, book):
    assert column(opened(document_of(small))["Look again"], "In words") == cautions(small)
    assert column(book["Limits"], "In words") == savings.inputs.limits(list(savings.scenarios))
    page = book["Published figure"]
    assert column(page, "Mean")[0] == savings.inputs.claim.value
    assert savings.inputs.claim.source in column(page, "Note")[0]
    rows = pd.DataFrame(
        {name: column(page, name) for name in ("Scenario", "What is counted", "Quantity", "Patients a year", "Mean")}
    )
    mine = rows[(rows["Scenario"] == savings.label("trust")) & (rows["What is counted"] == "Gross, bed-days only")]
    year = mine.loc[mine["Quantity"] == "Saving in a year", "Mean"].item()
    assert year == pytest.approx(headline_of(savings, "trust", "gross_saving_per_year"), rel=1e-12)
    of = mine.loc[mine["Quantity"] == "Of the published figure", "Mean"].item()
    assert of == pytest.approx(year / savings.inputs.claim.value)
    chances = mine[mine["Quantity"] == "Probability that it is reached"].set_index("Patients a year")["Mean"]
    known = savings.tables["headline"]["quantity"].str.extract(r"^probability_gross_.*_claim_at_(.+)_per_year$")[0]
    assert list(chances.index) == [float(at) for at in known.dropna().unique()]
    at = chances.index[-1]
    assert chances[at] == headline_of(
        savings, "trust", f"probability_gross_bed_day_saving_reaches_claim_at_{at:g}_per_year"
    )


def headline_of(results, scenario, quantity):
    table = results.tables["headline"]
    keys = (table["scenario"] == scenario) & (table["quantity"] == quantity) & (table["basis"] == "probabilistic")
    return table.loc[keys, "value"].item()


def test_no_sheet_is_made_of_a_figure_that_is_not_tested(savings, small):
    without = replace(savings, inputs=savings.inputs.with_changes({"claim": None}))
    names = [sheet.name for sheet in sheets_of(without)]
    assert "Published figure" not in names
    assert "Changed inputs" in names
    assert not {"Published figure", "Changed inputs"} & {sheet.name for sheet in sheets_of(small)}


def test_inputs_are_told_by_label_and_only_as_far_as_they_are_used(savings):
    some = replace(savings, scenarios={"trials": savings.scenarios["trials"]}, tables={})
    for results, used in ((savings, "data.deaths_before"), (some, "data.deaths_trials_control")):
        table = inputs(results).table
        assert next(iter(table)) == "label"
        assert list(table)[-1] == "where"
        assert used in set(table["where"])
    assert "data.deaths_before" not in set(inputs(some).table["where"])


def test_data_in_another_unit_than_the_models_are_told_in_both(savings):
    stay = {"data.stay_before.mean": 6.0, "data.stay_before.sd": 5.0, "data.stay_before.unit": "weeks"}
    table = inputs(replace(savings, inputs=savings.inputs.with_changes(stay))).table.set_index("where")
    told = ["value", "unit", "in_prices", "taken"]
    assert table.loc["data.stay_before", told].tolist() == [6, "weeks", 42, "days"]
    assert table.loc["data.stay_after", "taken"] == ""


def test_what_was_changed_is_told_in_words(savings):
    words = {"organisation": "Anytown", "price_year": "2023/24"}
    ours = replace(savings, inputs=savings.inputs.with_changes({"about": words, "claim": None}))
    page = opened(document_of(ours))["Changed inputs"]
    assert sorted(column(page, "Figure")) == ["Organisation", "Price year", "Published figure under test"]
    assert column(page, "In this run")[column(page, "Figure").index("Published figure under test")] == "none"
    cells = [cell.value for sheet in opened(document_of(ours)) for row in sheet.iter_rows() for cell in row]
    assert "None" not in cells


def test_columns_of_sheets_hold_what_their_headings_say(savings, book):
    mean = savings.tables["headline"].query("basis == 'probabilistic' and quantity == 'cost' and scenario == 'trust'")
    for end, heading in (("lower", "lower end"), ("upper", "upper end")):
        found = column(book["PSA summary"], f"Cost (£ per patient), {heading} of 95% interval")
        assert found[: len(mean)] == pytest.approx(mean[end].tolist(), rel=1e-15)
    by_year = book["Costs by year"]
    parts = {component.label: component.payer for component in savings.components.values()}
    told = dict(zip(column(by_year, "Component of cost"), column(by_year, "Payer"), strict=True))
    assert {label: payer for label, payer in told.items() if label} == parts


def test_money_of_the_inputs_stands_in_the_prices_that_the_model_takes(savings, book):
    places = column(book["Inputs"], "Name in the inputs")
    taken = column(book["Inputs"], "Value as the model takes it, prices of 2017/18")
    found = dict(zip(places, taken, strict=True))
    central = savings.inputs.central()
    for name in ("home_independent_90_days", "nursing_home_week", "thrombolysis"):
        assert found[f"parameters.{name}"] == pytest.approx(float(central[name]))


def test_the_curve_is_a_chart_of_the_cells(savings, book):
    sheet = book["Acceptability"]
    assert len(sheet._charts) == len(savings.scenarios)
    chart = sheet._charts[0]
    assert len(chart.series) == len(savings.strategies)
    assert "Acceptability" in chart.series[0].yVal.numRef.f


def test_every_result_has_a_workbook(small, sick_sicker, psa, tree, bare_psa):
    for results in (small, sick_sicker, psa, tree, bare_psa):
        names = opened(document_of(results)).sheetnames
        assert {"Summary", "Headline", "PSA summary", "Acceptability", "Record"} <= set(names)
    assert len(SHEETS) > 15


def test_the_same_document_gives_the_same_bytes(small):
    assert xlsx.render(document_of(small)) == xlsx.render(document_of(small))


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_stay_texts(text):
    table = pd.DataFrame({"name": [text], "value": [1.0]})
    chart = Chart(x="value", y="value", lines="name", panels="name", alternative=text)
    sheet = Sheet(name=text[:200], title=text, table=table, headings={"name": text}, note=text, chart=chart)
    document = Document(
        title=text, question=text, made=text, sections=[], facts={"Organisation": text}, sheets=[sheet, sheet]
    )
    book = opened(document)
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 3
    page = book.worksheets[1]
    for place in ("A1", "A2", "A4", "A5"):
        cell = page[place]
        assert cell.data_type == "s"
        assert str(cell.value).startswith(text[:1_000].replace("\x00", "␀"))
    assert page["B5"].value == 1.0


def test_what_is_unknown_is_an_empty_cell():
    table = pd.DataFrame({"a": [float("nan"), float("inf"), 0.5], "b": [None, True, "x"]})
    page = opened(
        Document(
            title="T",
            question="",
            made="",
            sections=[],
            sheets=[Sheet(name="S", title="S", table=table, forms={"a": ["plain", "plain", "probability"]})],
        )
    )["S"]
    assert [page["A5"].value, page["A6"].value, page["A7"].value] == [None, "∞", 0.5]
    assert page["A7"].number_format == "0.0%"
    assert [page["B5"].value, page["B6"].value, page["B7"].value] == [None, "yes", "x"]


def test_rows_have_room_for_their_lines_and_lines_of_a_chart_need_no_colour(savings, book):
    words = "a reason of some length, which takes several lines of its column, and more than a few of them " * 3
    table = pd.DataFrame({"why": ["short", words, words * 100], "value": [1.0, 2.0, 3.0]})
    page = opened(
        Document(title="T", question="", made="", sections=[], sheets=[Sheet(name="S", title="S", table=table)])
    )["S"]
    heights = [page.row_dimensions[row].height for row in (5, 6, 7)]
    assert heights[0] is None or heights[0] < 20
    assert heights[1] > 12 * (text_width(words, 10) // (page.column_dimensions["A"].width * UNIT))
    assert heights[1] > 24
    assert heights[2] <= 409  # the most that Excel takes
    dashes = [line.graphicalProperties.line.prstDash for line in book["Acceptability"]._charts[0].series]
    assert len(set(dashes)) == len(dashes) == len(savings.strategies)


def test_the_first_page_is_one_sheet_of_a4_with_the_picture_and_no_text_in_its_place(savings, book):
    page, first = book["Summary"], document_of(savings).sections[0]
    assert page.page_setup.paperSize == 9
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth or 1, page.page_setup.fitToHeight or 1) == (1, 1)
    (figure,) = first.figures()
    assert len(page._images) == 1
    with zipfile.ZipFile(io.BytesIO(xlsx.render(document_of(savings)))) as parts:
        drawn = ET.fromstring(parts.read("xl/drawings/drawing1.xml"))  # noqa: S314 - ours
    assert figure.alternative in [node.get("descr") for node in drawn.iter()]
    texts = texts_of(page)
    assert figure.caption in texts
    assert not any(figure.alternative in text for text in texts)


def test_labels_stand_beside_their_values_on_the_first_page(savings):
    first, *others = widths_for(document_of(savings).sections[0].blocks)
    assert first < 200
    assert sum([first, *others]) <= room(landscape=False)[0] / 0.85
    wide = Table("T", ["", *[f"strategy {n}" for n in range(6)]], [["Cost", *["£1,540,000 (£1,000 to £2,000)"] * 6]])
    page = opened(Document(title="T", question="", made="", sections=[Section(name="s", title="S", blocks=[wide])]))
    assert page["Summary"].page_setup.orientation == "landscape"


def test_every_sheet_can_be_printed_and_read(savings, book):
    across = room(landscape=True)[0]
    for sheet, page in zip(sheets_of(savings), book.worksheets[1:], strict=True):
        ((first, top), (last, bottom)) = (
            coordinate_from_string(end) for end in page.print_area.rpartition("!")[2].replace("$", "").split(":")
        )
        columns = range(column_index_from_string(first), column_index_from_string(last) + 1)
        if sheet.chart is not None:
            assert columns[0] > len(sheet.table.columns), "the charts are printed, not thousands of rows"
            assert bottom - top < 30 * len(savings.scenarios)
            continue
        assert len(columns) == len(sheet.table.columns) - sheet.aside
        assert bottom == 4 + min(MOST_PRINTED, len(sheet.table))
        fitted = page.sheet_properties.pageSetUpPr is not None and page.sheet_properties.pageSetUpPr.fitToPage
        width = sum(page.column_dimensions[get_column_letter(n)].width * UNIT for n in columns)
        assert not fitted or width * LEAST <= 1.02 * across
        assert fitted or page.page_setup.scale >= 100 * LEAST


def test_a_long_table_is_whole_and_printed_as_far_as_a_reader_goes():
    table = pd.DataFrame({"name": ["a"] * 1_000, "value": range(1_000), "code": ["a_b"] * 1_000})
    sheet = Sheet(name="S", title="S", table=table, note="A note.", aside=1)
    page = opened(Document(title="T", question="", made="", sections=[], sheets=[sheet]))["S"]
    assert page.max_row == 1_004
    assert page.print_area.endswith("$A$1:$B$404")
    assert page["A2"].value == "A note. Printed are the first 400 of 1,000 rows."


def test_a_long_note_is_not_cut_at_the_end_of_the_page():
    note = "word " * 60 + "end."
    sheet = Sheet(name="S", title="S", table=pd.DataFrame({"a": [1.0]}), note=note)
    page = opened(Document(title="T", question="", made="", sections=[], sheets=[sheet]))["S"]
    assert f"{page['A2'].value} {page['A3'].value}" == note
    assert text_width(page["A2"].value, 10) <= room(landscape=True)[0]


def test_columns_that_hold_nothing_are_left_out(savings):
    by_name = {sheet.name: sheet for sheet in sheets_of(savings)}
    for sheet in by_name.values():
        for name, column in sheet.table.items():
            assert name in FIGURES or (column.notna() & (column != "")).any(), (sheet.name, name)
    assert list(by_name["Headline"].table)[-1] == "quantity"
    assert by_name["Headline"].aside == 1


def test_texts_are_wrapped_as_they_will_be():
    assert lines_of("a " * 200, 100, 10) == pytest.approx(text_width("a " * 200, 10) / 100, abs=2)
    assert lines_of("x" * 200, 100, 10) == pytest.approx(text_width("x" * 200, 10) / 100, abs=1)
    assert lines_of("one\ntwo\nthree", 1_000, 10) == 3


def test_the_change_of_a_budget_says_which_way_it_is(small):
    sheet = next(sheet for sheet in sheets_of(small) if sheet.name == "Budget impact")
    assert sheet.headings["value"] == "Change in spending (of counts, in number): tomorrow − today, mean"
    assert "Above 0: more is spent; a minus sign is a saving" in sheet.note
    rows = sheet.table[sheet.table["quantity"] == "cost"]
    assert rows["value"].to_numpy() == pytest.approx((rows["tomorrow"] - rows["today"]).to_numpy())

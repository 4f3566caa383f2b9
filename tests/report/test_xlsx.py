"""The results as a workbook: the first page, sheets of numbers, and the same bytes for the same results."""

import io

import openpyxl
import pandas as pd
import pytest

from heemodel.report.document import Chart, Document, Sheet
from heemodel.report.renderers import xlsx
from heemodel.report.sections import document_of
from heemodel.report.sheets import SHEETS, sheets_of

HOSTILE = ["=1+1", "+1", "@SUM(A1)", "-2", "<script>alert(1)</script>", r"$\frac{a}{b$", "שלום", "x" * 40_000, "a\x00b"]


def opened(document):
    return openpyxl.load_workbook(io.BytesIO(xlsx.render(document)))


@pytest.fixture(scope="module")
def book(savings):
    return opened(document_of(savings))


def column(sheet, heading):
    cells = {cell.value: cell.column for cell in sheet[4]}
    return [row[cells[heading] - 1].value for row in sheet.iter_rows(min_row=5)]


def test_the_first_sheet_is_the_first_page(savings, book):
    texts = [str(cell.value) for row in book["Summary"].iter_rows() for cell in row if cell.value is not None]
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
    places = column(book["Inputs"], "Where in the inputs file")
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
    assert heights[1] > 5 * 12
    assert heights[2] <= 409  # the most that Excel takes
    dashes = [line.graphicalProperties.line.prstDash for line in book["Acceptability"]._charts[0].series]
    assert len(set(dashes)) == len(dashes) == len(savings.strategies)

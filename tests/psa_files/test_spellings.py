"""PSA files as spreadsheets and people write them: read where only one reading is left, and said so."""

import re

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import heemodel as hm
from heemodel.psa_files.cells import APOSTROPHES, BLANKS, MINUS, interpret
from heemodel.psa_files.layout import titles_above
from tests.psa_files.test_files import COSTS, EFFECTS, book, here, rows_of, save, told, wide  # noqa: F401

OLD = [1.0, 3.0, 5.0]


def said(psa):
    return " ".join(psa.read_as)


# titles, and the line of Excel

TITLES = {
    "one line": ("My model\n", 1),
    "with commas in quotation marks": ('"My model, version 2",,\n', 1),
    "two lines": ("My model\nversion 2\n", 2),
    "and a blank line": ("My model\n\n", 2),
    "cells of Excel": ("My model,\n,\n", 2),
    "blank lines alone": ("\n,\n", 2),
    "sep=,": ("sep=,\n", 1),
    "SEP=, in quotation marks": ('"SEP=,"\n', 1),
    "sep and a title": ("sep=,\nMy model\n", 2),
}


@pytest.mark.parametrize(("above", "rows"), TITLES.values(), ids=TITLES)
def test_what_stands_above_the_names_is_passed_over_and_said(here, above, rows):  # noqa: F811
    psa = wide(above + COSTS)
    assert psa.outcomes.identical(wide(COSTS).outcomes)
    assert "c.csv: row" in said(psa)
    assert f"row {rows + 1}" in said(psa) or "sep=" in said(psa).lower()
    assert wide(COSTS).read_as == ()


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("above", ["My model, version 2\n", "sep={}\n", "sep={}\nMy model, version 2\n\n"])
def test_the_separator_is_that_of_the_table_and_not_of_its_title(here, separator, above):  # noqa: F811
    table = COSTS.replace(",", separator).replace(".", ",")
    psa = wide(above.format(separator) + table)
    assert psa.outcomes.identical(wide(COSTS).outcomes)
    assert "commas as decimal marks" in said(psa)


def test_rows_are_numbered_as_in_the_file(here):  # noqa: F811
    lines = told(wide, "My model\n\n" + COSTS.replace("4.5", "x") + "7,\n")
    assert lines[0] == "c.csv: row 5, column B 'new' is 'x'; give a number"
    assert lines[1].startswith("c.csv: row 7, column B 'new' is blank")
    assert told(wide, "My model\nold,old\n1,2\n3,4\n5,6\n")[0].startswith("c.csv: row 2: columns A and B")
    assert "row 6, column A 'sample' has 9" in told(wide, "t\n\nsample,old,new\n1,1,2\n2,3,4\n9,5,6\n")[0]


@pytest.mark.parametrize(
    "above",
    ["My model, version 2\n", "My model, version 2, draft\n", "a,b\n", "pounds,pounds\n", "£,£\n", "1: old, 2: new\n"],
)
def test_two_rows_of_words_are_refused_and_deleting_either_works(here, above):  # noqa: F811
    (line, *_) = told(wide, above + COSTS)
    assert "row 2 holds words, as row 1 does" in line
    assert wide(COSTS).outcomes.identical(wide("\n".join((above + COSTS).splitlines()[1:])).outcomes)


NOTES = "Model,ABC\nDate,2024-01-02\n"


def test_rows_above_the_names_that_are_no_titles_are_refused_and_deleting_them_works(here):  # noqa: F811
    table = "sample,old,new\n1,1,2\n2,3,4.5\n3,5,6\n"
    assert told(wide, NOTES + table) == [
        "c.csv: the names seem to be in row 3; delete rows 1 to 2, or leave text in the first cell alone"
    ]
    assert wide(table).outcomes.identical(wide(COSTS).outcomes)
    name = book("c.xlsx", ("a", [["Model", "ABC"], *rows_of(table)]))
    (line,) = told(hm.read_psa, costs=name, effects="e.csv")
    assert "the names seem to be in row 2; delete row 1" in line


def test_a_title_above_one_parameter_is_refused(here):  # noqa: F811
    assert "row 2 holds words, as row 1 does" in told(wide, COSTS, EFFECTS, "My parameters\np\n1\n2\n3\n")[0]


def test_a_row_of_units_is_never_taken_for_the_names(here):  # noqa: F811
    units = COSTS.replace("old,new\n", "old,new\n£,£\n")
    assert "row 2 holds words" in told(wide, units)[0]


def test_excels_line_with_another_separator_is_refused_with_those_that_there_are(here):  # noqa: F811
    (line,) = told(wide, "sep=|\nold|new\n1|2\n")
    assert "row 1 says that '|' separates cells" in line
    assert "commas, semicolons or tabs" in line


def test_a_name_with_a_comma_needs_no_quotation_marks_between_semicolons(here):  # noqa: F811
    psa = wide("old;delta[1,2]\n1;2\n3;4.5\n5;6\n", 'old,"delta[1,2]"\n0.1,0.2\n0.3,0.4\n0.5,0.6\n')
    assert psa.outcomes["strategy"].to_numpy().tolist() == ["old", "delta[1,2]"]


WORDS = st.text("abc xyz", min_size=1, max_size=5).filter(str.strip)
FIGURES = st.integers(0, 999).map(str)


@given(
    st.lists(st.one_of(st.just([]), WORDS.map(lambda word: [word])), max_size=4),
    st.integers(2, 4).flatmap(
        lambda width: st.tuples(
            st.lists(WORDS, min_size=width, max_size=width),
            st.lists(st.lists(FIGURES, min_size=width, max_size=width), min_size=1, max_size=3),
        )
    ),
)
def test_titles_are_all_that_stands_above_the_names(titles, table):
    names, rows = table
    assert titles_above([*titles, names, *rows]) == len(titles)


# numbers

MADE = st.floats(1_000, 9_999_999).map(lambda number: round(number, 2))


@given(MADE, st.sampled_from(BLANKS + APOSTROPHES), st.sampled_from(".,"), st.sampled_from(["", "-", MINUS, "()"]))
def test_thousands_and_signs_are_read_as_they_are_written(number, separator, mark, sign):
    text = f"{number:,.2f}".replace(",", separator).replace(".", mark)
    text = f"({text})" if sign == "()" else sign + text
    found = interpret(text, mark)
    assert found.value == (-number if sign else number)
    assert any("thousands" in kind for kind in found.kinds)
    assert any("brackets" in kind for kind in found.kinds) == (sign == "()")
    assert any("minus sign" in kind for kind in found.kinds) == (sign == MINUS)


SPELLINGS = {
    "(111.97)": (-111.97, "brackets"),
    "( 111.97 )": (-111.97, "brackets"),
    f"{MINUS}111.97": (-111.97, "minus sign"),
    "1 778.85": (1778.85, "blanks between thousands"),
    "1\u00a0778.85": (1778.85, "blanks between thousands"),
    "1\u202f778.85": (1778.85, "blanks between thousands"),
    "1\u2009778.85": (1778.85, "blanks between thousands"),
    "2'348.46": (2348.46, "apostrophes between thousands"),
    "2’348.46": (2348.46, "apostrophes between thousands"),
    '"1,234.50"': (1234.5, "commas between thousands"),
    "(2'348.46)": (-2348.46, "brackets"),
}


@pytest.mark.parametrize(("cell", "found"), SPELLINGS.items())
def test_a_number_with_one_reading_is_read_and_said(here, cell, found):  # noqa: F811
    psa = wide(f"old,new\n1,2\n{cell},4.5\n5,6\n")
    assert psa.outcomes["cost"].sel(strategy="old").to_numpy().tolist() == [1, found[0], 5]
    assert found[1] in said(psa)
    assert "row 3, column A 'old'" in said(psa)


@pytest.mark.parametrize(("cell", "found"), [*SPELLINGS.items(), ("1.5", (1.5, "text as numbers"))])
def test_numbers_that_a_workbook_holds_as_text_are_read_and_said(here, cell, found):  # noqa: F811
    rows = rows_of(COSTS)
    rows[2][0] = cell.strip('"')
    psa = hm.read_psa(costs=book("c.xlsx", ("a", rows)), effects=save("e.csv", EFFECTS))
    assert psa.outcomes["cost"].sel(strategy="old").to_numpy().tolist() == [1, found[0], 5]
    assert found[1] in said(psa)
    assert "text as numbers" in said(psa)


def test_how_many_cells_were_interpreted_is_said(here):  # noqa: F811
    psa = wide("old,new\n(1),(2)\n(3),4.5\n5,6\n")
    assert "negative (3 cells; the first is row 2, column A 'old': '(1)' as -1)" in said(psa)


# workbooks


def test_titles_of_a_workbook_are_passed_over_and_said(here):  # noqa: F811
    name = book("c.xlsx", ("a", [["My model"], [], *rows_of(COSTS)]))
    psa = hm.read_psa(costs=name, effects=save("e.csv", EFFECTS))
    assert psa.outcomes.identical(wide(COSTS).outcomes)
    assert "c.xlsx: rows 1 to 2 as a title ('My model'), and names from row 3" in said(psa)


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_formula_without_its_result_is_told_with_its_cell(here, row):  # noqa: F811
    rows = rows_of(COSTS)
    rows[row] = ["=1+1", "=2*3"]
    lines = told(hm.read_psa, costs=book("c.xlsx", ("a", rows)), effects=save("e.csv", EFFECTS))
    assert f"row {row + 1}, column A 'old' holds the formula '=1+1'" in lines[0]
    assert f"row {row + 1}, column B 'new' holds the formula '=2*3'" in lines[1]
    assert "save it there" in lines[0]


def test_a_workbook_of_formulas_alone_is_not_empty(here):  # noqa: F811
    rows = [["old", "new"], *[["=1", "=2"]] * 3]
    lines = told(hm.read_psa, costs=book("c.xlsx", ("a", rows)), effects=save("e.csv", EFFECTS))
    assert all("holds the formula" in line for line in lines)
    lines = told(hm.read_psa, costs=book("c.xlsx", ("a", [["=A9", "new"], [1, 2]])), effects="e.csv")
    assert lines[0].startswith("c.xlsx: row 1, column A holds the formula '=A9'")


def test_results_that_a_workbook_keeps_beside_its_formulas_are_read(here, tmp_path):  # noqa: F811
    """As Excel and LibreOffice save them; openpyxl writes none, so that they are put in here."""
    from zipfile import ZipFile

    made = openpyxl.Workbook()
    for row in [["old", "new"], [1, 2], [3, "=9/2"], [5, 6]]:
        made.active.append(row)
    made.save("plain.xlsx")
    with ZipFile("plain.xlsx") as old, ZipFile("c.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, re.sub(rb"<f>9/2</f><v ?/>|<f>9/2</f><v></v>", b"<f>9/2</f><v>4.5</v>", text))
    psa = hm.read_psa(costs="c.xlsx", effects=save("e.csv", EFFECTS))
    assert psa.outcomes.identical(wide(COSTS).outcomes)
    assert psa.read_as == ()

"""Somebody's own PSA: read right whoever wrote it, or refused with the place and the cure."""

import gzip
import hashlib
import re
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.psa_files.cells import as_number
from heemodel.psa_files.files import read_psa
from heemodel.psa_files.tables import miscounted
from heemodel.psa_files.text import letters

COSTS = "old,new\n1,2\n3,4.5\n5,6\n"
EFFECTS = "old,new\n0.1,0.2\n0.3,0.4\n0.5,0.6\n"
LONG = "sample,strategy,cost,qaly,p\n1,old,1,0.1,7\n1,new,2,0.2,7\n2,old,3,0.3,8\n2,new,4.5,0.4,8\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(name, content):
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return name


def wide(costs, effects=EFFECTS, parameters=None):
    """The PSA of these contents."""
    files = {"costs": save("c.csv", costs), "effects": save("e.csv", effects)}
    if parameters is not None:
        files["parameters"] = save("p.csv", parameters)
    return read_psa(**files)


def long(content):
    return read_psa(samples=save("psa.csv", content))


def book(name, *sheets):
    """A workbook of sheets, each (title, rows)."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(name)
    return name


def rows_of(content):
    """Rows of a csv text, with numbers as numbers."""
    lines = [line.split(",") for line in content.splitlines()]
    return [
        lines[0],
        *([number if (number := as_number(cell, ".")) is not None else cell for cell in line] for line in lines[1:]),
    ]


def told(call, *arguments, **named):
    """The lines of the error."""
    with pytest.raises(hm.decision.OutcomeError) as error:
        call(*arguments, **named)
    return str(error.value).splitlines()


# what is read


def test_three_files_become_outcomes_and_parameters(here):
    psa = wide(COSTS, EFFECTS, "p,q\n1,0\n2,0\n3,0\n")
    assert psa.outcomes["cost"].dims == ("sample", "strategy")
    assert psa.outcomes["cost"].to_numpy().tolist() == [[1, 2], [3, 4.5], [5, 6]]
    assert psa.outcomes["qaly"].sel(strategy="new").to_numpy().tolist() == [0.2, 0.4, 0.6]
    assert psa.outcomes["sample"].to_numpy().tolist() == [0, 1, 2]
    assert psa.parameters.to_dict("list") == {"p": [1, 2, 3], "q": [0, 0, 0]}
    assert list(psa.files) == ["c.csv", "e.csv", "p.csv"]
    assert psa.files["c.csv"] == hashlib.sha256(COSTS.encode()).hexdigest()
    assert hm.CostEffectiveness(psa.outcomes, comparator="old").icer("new").value == pytest.approx(3.5 / 3 / 0.1)


def test_without_parameters_the_table_of_parameters_has_rows_and_no_columns(here):
    assert wide(COSTS).parameters.shape == (3, 0)


def test_strategies_of_the_effects_are_matched_by_name(here):
    psa = wide(COSTS, "new,old\n0.2,0.1\n0.4,0.3\n0.6,0.5\n")
    assert psa.outcomes["strategy"].to_numpy().tolist() == ["old", "new"]
    assert psa.outcomes["qaly"].to_numpy().tolist() == [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]


SAME = {
    "byte order mark": ("﻿" + COSTS).encode(),
    "UTF-16": COSTS.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + COSTS.encode("utf-16-be"),
    "Windows' line ends": COSTS.replace("\n", "\r\n"),
    "old Mac's line ends": COSTS.replace("\n", "\r"),
    "no line end": COSTS.rstrip(),
    "blank lines at the end": COSTS + "\n\r\n\n",
    "blank cells at the end": COSTS + ",\n  ,\n",
    "quoted": '"old","new"\n"1","2"\n"3","4.5"\n"5","6"\n',
    "blanks around numbers": "old,new\n 1, 2\n3 ,4.5\n5,6\n",
    "signs and exponents": "old,new\n+1,2e0\n3.,.45E+1\n50e-1,6\n",
    "tabs": COSTS.replace(",", "\t"),
    "semicolons": COSTS.replace(",", ";"),
    "semicolons and decimal commas": COSTS.replace(",", ";").replace(".", ","),
    "tabs and decimal commas": COSTS.replace(",", "\t").replace(".", ","),
    "commas and quoted decimal commas": 'old,new\n"1,0",2\n3,"4,5"\n5,6\n',
    "R's row numbers": '"","old","new"\n"1",1,2\n"2",3,4.5\n"3",5,6\n',
    "pandas' row numbers": ",old,new\n0,1,2\n1,3,4.5\n2,5,6\n",
    "pandas' row numbers, read and written again": "Unnamed: 0,old,new\n0,1,2\n1,3,4.5\n2,5,6\n",
    "numbers of samples": "old,Sample,new\n1,1,2\n3,2,4.5\n5,3,6\n",
    "numbers of samples from 0": "draw,old,new\n0,1,2\n1,3,4.5\n2,5,6\n",
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_however_a_csv_is_written_it_is_read_the_same(here, content):
    assert wide(content).outcomes.identical(wide(COSTS).outcomes)


@pytest.mark.parametrize(
    "content",
    [COSTS.encode("utf-8-sig"), COSTS.encode("utf-16"), gzip.compress(COSTS.encode())],
    ids=["UTF-8", "UTF-16", "gzip"],
)
def test_no_thread_of_arrow_runs_python(here, content):
    """They may outlast the reading; one that needs Python while the program ends aborts it."""
    name, seen, main = "c.csv.gz" if content[:2] == b"\x1f\x8b" else "c.csv", [], threading.get_ident()
    known = set(sys._current_frames())  # those of the test runner too
    files = {"costs": save(name, content), "effects": save("e.csv", EFFECTS)}
    tool = next(number for number in range(6) if sys.monitoring.get_tool(number) is None)
    sys.monitoring.use_tool_id(tool, "threads")
    sys.monitoring.register_callback(
        tool, sys.monitoring.events.PY_START, lambda *place: seen.append((threading.get_ident(), place))
    )
    sys.monitoring.set_events(tool, sys.monitoring.events.PY_START)
    try:
        read_psa(**files)
    finally:
        sys.monitoring.set_events(tool, 0)
        sys.monitoring.register_callback(tool, sys.monitoring.events.PY_START, None)
        sys.monitoring.free_tool_id(tool)
    assert any(thread == main for thread, _ in seen)
    assert not [place for thread, place in seen if thread not in known]


@pytest.mark.parametrize("name", ["c.txt", "c.tsv", "c.CSV", "c.csv.gz", "c.tsv.gz"])
def test_text_files_have_many_endings(here, name):
    save(name, gzip.compress(COSTS.encode()) if name.endswith(".gz") else COSTS)
    psa = read_psa(costs=Path(name), effects=save("e.csv", EFFECTS))
    assert psa.outcomes["cost"].to_numpy().tolist() == [[1, 2], [3, 4.5], [5, 6]]


THOUSANDS = {
    'old,new\n"1,234.50",2\n"12,345",4\n-5,6\n': [1234.5, 12345, -5],
    'old,new\n"1,234,567",2\n12345,4\n"1,234.",6\n': [1234567, 12345, 1234],
    "old;new\n1.234,50;2\n12.345;4\n5;6\n": [1234.5, 12345, 5],
    "old;new\n1,234.50;2\n12,345;4\n5;6\n": [1234.5, 12345, 5],
    "old\tnew\n-1.234.567;2\n".replace(";", "\t") + "12.345\t4\n5\t6\n": [-1234567, 12345, 5],
    "old,new\n1.234,2\n12.345,4\n5,6\n": [1.234, 12.345, 5],
    "old;new\n0.123;2\n12.345;4\n5;6\n": [0.123, 12.345, 5],
}


@pytest.mark.parametrize(("content", "numbers"), THOUSANDS.items())
def test_thousands_separators_are_read_where_the_decimal_mark_is_certain(here, content, numbers):
    assert wide(content).outcomes["cost"].sel(strategy="old").to_numpy().tolist() == numbers


UNCLEAR = [
    'old,new\n"1,234",2\n"12,345",4\n5,6\n',
    "old;new\n1.234;2\n12.345;4\n5;6\n",
    "old;new\n1,234;2\n12,345;4\n5;6\n",
    "old\tnew\n1\t1.234\n12\t2.345\n5\t6\n",
]


@pytest.mark.parametrize("content", UNCLEAR)
def test_a_mark_that_may_be_of_decimals_or_of_thousands_is_refused(here, content):
    assert re.match(r"c.csv: row 2, column [AB]: '1.234' may have a decimal mark", told(wide, content)[0])


def test_a_name_may_hold_the_separator_in_quotation_marks(here):
    names = '"10 mg, daily";"20 ""mg""\t"\n'.replace("\t", "")
    psa = wide(names + "1;2\n3;4\n", names + "0,1;0,2\n0,3;0,4\n")
    assert psa.outcomes["strategy"].to_numpy().tolist() == ["10 mg, daily", '20 "mg"']


def test_files_whose_samples_are_numbered_alike_are_taken_in_their_order(here):
    psa = wide("sim,old,new\n3,1,2\n1,3,4\n2,5,6\n", "ID,old,new\n2,0.1,0.2\n0,0.3,0.4\n1,0.5,0.6\n")
    assert psa.outcomes["cost"].sel(strategy="old").to_numpy().tolist() == [1, 3, 5]


def test_workbooks_are_read_from_their_only_sheet_with_data(here):
    costs = book("c.xlsx", ("empty", []), ("costs", [*rows_of(COSTS), [None, None]]))
    psa = read_psa(costs=costs, effects=save("e.csv", EFFECTS))
    assert psa.outcomes.identical(wide(COSTS).outcomes)


def test_a_workbook_of_three_sheets_is_read_by_their_names(here):
    parameters = [["", "p"], [1, 5], [2, 6.5], [3, 7]]
    name = book("psa.xlsx", ("C", rows_of(COSTS)), ("E", rows_of(EFFECTS)), ("my parameters", parameters))
    psa = read_psa(costs=f"{name}#C", effects=f"{name}#E", parameters=f"{name}#my parameters")
    assert psa.outcomes.identical(wide(COSTS).outcomes)
    assert psa.parameters["p"].to_list() == [5, 6.5, 7]
    assert psa.files == {"psa.xlsx": hashlib.sha256(Path(name).read_bytes()).hexdigest()}


def test_parquet_is_read_with_pandas_index_or_without(here):
    frame = pd.DataFrame({"old": [1, 3, 5], "new": np.array([2, 4.5, 6], dtype="float32")})
    frame.to_parquet("c.parquet")
    frame.set_axis([0, 1, 2]).to_parquet("d.parquet", index=True)
    for name in ("c.parquet", "d.parquet"):
        psa = read_psa(costs=name, effects=save("e.csv", EFFECTS))
        assert psa.outcomes.identical(wide(COSTS).outcomes)


def test_a_long_file_is_read_in_any_order_of_rows(here):
    lines = LONG.splitlines()
    psa, other = long(LONG), long("\n".join([lines[0], lines[4], lines[1], lines[2], lines[3]]))
    assert psa.outcomes["cost"].to_numpy().tolist() == [[1, 2], [3, 4.5]]
    assert psa.outcomes["qaly"].to_numpy().tolist() == [[0.1, 0.2], [0.3, 0.4]]
    assert psa.parameters.to_dict("list") == {"p": [7, 8]}
    assert list(psa.files) == ["psa.csv"]
    assert other.outcomes["strategy"].to_numpy().tolist() == ["new", "old"]
    assert other.outcomes.sel(strategy=["old", "new"]).equals(psa.outcomes)
    assert other.parameters.equals(psa.parameters)


@pytest.mark.parametrize(("cost", "qaly"), [("costs", "effects"), ("cost", "effect"), ("costs", "qalys")])
def test_a_long_file_may_call_its_columns_otherwise(here, cost, qaly):
    renamed = LONG.replace("cost,qaly", f"{cost},{qaly}").replace("sample,", ",sample,", 1)
    numbered = "\n".join([f"{at or ''}{',' * (at > 0)}{line}" for at, line in enumerate(renamed.splitlines())])
    assert long(numbered).outcomes.identical(long(LONG).outcomes)
    assert list(long(numbered).parameters) == ["p"]


def test_a_long_file_may_be_a_workbook_or_parquet(here):
    rows = rows_of(LONG)
    book("psa.xlsx", ("psa", rows))
    pd.DataFrame(rows[1:], columns=rows[0]).to_parquet("psa.parquet")
    pd.DataFrame(rows[1:], columns=rows[0]).astype({"strategy": "category"}).to_parquet("category.parquet")
    for name in ("psa.xlsx", "psa.parquet", "category.parquet"):
        psa = read_psa(samples=name)
        assert psa.outcomes.identical(long(LONG).outcomes)
        assert psa.parameters.equals(long(LONG).parameters)


def test_strategies_of_a_workbook_may_be_numbers(here):
    rows = [
        [cell if cell not in ("old", "new") else {"old": 1, "new": 2}[cell] for cell in row] for row in rows_of(LONG)
    ]
    assert read_psa(samples=book("psa.xlsx", ("psa", rows))).outcomes["strategy"].to_numpy().tolist() == ["1", "2"]


def netcdf(name="psa.nc", **more):
    made = long(LONG).outcomes.transpose().assign(p=("sample", [7, 8]), **more)
    made.to_netcdf(name, engine="h5netcdf")
    return name


def test_netcdf_keeps_chains_and_takes_what_is_over_samples_as_parameters(here):
    data = long(LONG).outcomes.assign(p=("sample", [7, 8], {"units": "days"})).assign_coords(chain=("sample", [0, 1]))
    data.to_netcdf("psa.nc", engine="h5netcdf")
    psa = read_psa(samples="psa.nc")
    assert psa.outcomes.drop_vars("chain").identical(long(LONG).outcomes)
    assert psa.outcomes["chain"].to_numpy().tolist() == [0, 1]
    assert psa.parameters.equals(long(LONG).parameters)
    assert psa.files == {"psa.nc": hashlib.sha256(Path("psa.nc").read_bytes()).hexdigest()}
    assert read_psa(samples=netcdf("other.nc")).outcomes.identical(long(LONG).outcomes)


# what is refused: cells


CELLS = {
    "": "is blank; every sample needs a number",
    "  ": "is blank",
    "NA": "is 'NA'; give a number",
    "nan": "is 'nan'; give a number",
    "Inf": "is 'Inf'; every sample needs a finite number",
    "-infinity": "is '-infinity'; every sample needs a finite number",
    "1e999": "is '1e999'; every sample needs a finite number",
    "abc": "is 'abc'; give a number",
    "1_000": "is '1_000'; give a number",
    "0x10": "is '0x10'; give a number",
    "12%": "is '12%'; write a share, 0.05 for 5%",
    "1.5.6": "is '1.5.6'; give a number",
    "1 23": "is '1 23'; give a number",
    "(12%)": "is '(12%)'; give a number",
    "-(5)": "is '-(5)'; give a number",
    "(-5)": "is '(-5)'; give a number",
    "–5": "is '–5'; give a number",
    "1 234'567": 'is "1 234\'567"; give a number',
    "£": "is '£'; give a number",
    '"12,34.5"': "is '12,34.5'; give a number",
    "£5": "is '£5'; remove the currency sign",
    '"$1,234.50"': "is '$1,234.50'; remove the currency sign",
    "5 €": "is '5 €'; remove the currency sign",
    '"3,5"': "is '3,5', and elsewhere in the file the decimal mark is a point; write numbers alike",
    "x" * 100: f"is '{'x' * 39}…; give a number",
}


@pytest.mark.parametrize(("cell", "what"), CELLS.items())
def test_a_cell_that_is_no_number_is_told_with_its_place(here, cell, what):
    (line,) = told(wide, f"old,new\n1.5,2\n3,{cell}\n5,6\n")
    assert line.startswith(f"c.csv: row 3, column B 'new' {what}")


def test_a_decimal_point_among_decimal_commas_is_refused(here):
    (line,) = told(wide, "old;new\n1,5;2\n3.25;4\n5;6\n")
    assert "row 3, column A 'old' is '3.25', and elsewhere in the file the decimal mark is a comma" in line


BOOK_CELLS = [
    (None, "is blank"),
    (" ", "is blank"),
    ("1,234", "is the text '1,234', which may have a decimal mark or a thousands separator; write it as a number"),
    ("1.5.6", "is the text '1.5.6'; give a number"),
    (True, "is True; give a number, in a column that is formatted as numbers"),
    (pd.Timestamp("2024-02-01"), "is 2024-02-01 00:00:00; give a number"),
    ("#N/A", "is the text '#N/A'"),
]


@pytest.mark.parametrize(("cell", "what"), BOOK_CELLS)
def test_a_cell_of_a_workbook_that_is_no_number_is_told_with_its_place(here, cell, what):
    rows = rows_of(COSTS)
    rows[2][1] = cell
    (line,) = told(read_psa, costs=book("c.xlsx", ("a", rows)), effects=save("e.csv", EFFECTS))
    assert line.startswith(f"c.xlsx: row 3, column B 'new' {what}")


@pytest.mark.parametrize(
    ("column", "what"),
    [
        ([2, None, 6], "row 3, column B 'new' is blank"),
        ([2, np.inf, 6], "row 3, column B 'new' is inf; every sample needs a finite number"),
        (["a", "b", "c"], "column B 'new' holds no numbers: row 2 is the text 'a'"),
        ([True, False, True], "column B 'new' holds no numbers: row 2 is True"),
        ([[1], [2], [3]], "column B 'new' holds no numbers: row 2 is [1]; give a number"),
    ],
)
def test_a_cell_of_parquet_that_is_no_number_is_told_with_its_place(here, column, what):
    pd.DataFrame({"old": [1, 3, 5], "new": column}).to_parquet("c.parquet")
    (line,) = told(read_psa, costs="c.parquet", effects=save("e.csv", EFFECTS))
    assert line.startswith(f"c.parquet: {what}")


def test_a_decimal_number_of_parquet_is_a_number(here):
    from decimal import Decimal

    pd.DataFrame({"old": [1, 3, 5], "new": [Decimal("2.0"), Decimal("4.5"), Decimal("6.0")]}).to_parquet("c.parquet")
    assert read_psa(costs="c.parquet", effects=save("e.csv", EFFECTS)).outcomes.identical(wide(COSTS).outcomes)


# what is refused: rows


def test_blank_rows_in_the_middle_are_told_and_keep_the_numbers_of_those_below(here):
    assert told(wide, "old,new\n1,2\n\n,\n3,4\n5,x\n") == [
        "c.csv: row 3 is blank; delete it",
        "c.csv: row 6, column B 'new' is 'x'; give a number",
    ]
    rows = rows_of(COSTS)
    name = book("c.xlsx", ("a", [rows[0], rows[1], [], rows[2], rows[3]]))
    assert told(read_psa, costs=name, effects="e.csv") == ["c.xlsx: row 3 is blank; delete it"]


def test_rows_with_more_or_fewer_cells_than_names_are_told(here):
    assert told(wide, "old,new\n1,2,3\n4\n5,6\n") == [
        "c.csv: row 2 has 3 cells for 2 names; name each column (R: row.names = FALSE)",
        "c.csv: row 3, column B 'new' is blank; every sample needs a number",
    ]
    assert told(wide, '"old","new"\n"1",1,2\n"2",3,4\n') == [
        "c.csv: every row has 3 cells for 2 names; name each column (R: row.names = FALSE)"
    ]
    assert told(wide, COSTS, EFFECTS, "p\n1,5\n2,5\n3,5\n")[0].startswith("p.csv: every row has 2 cells for 1 name")


def test_files_of_different_length_are_told_with_their_lengths(here):
    assert told(wide, COSTS + "7,8\n", EFFECTS, "p\n1\n") == [
        "e.csv: there are 3 samples, and in c.csv 4 samples; give the same samples in the same rows",
        "p.csv: there is one sample; a PSA has two or more",
        "p.csv: there are 1 sample, and in c.csv 4 samples; give the same samples in the same rows",
    ]


def test_another_order_of_the_same_samples_is_refused_and_not_sorted(here):
    cost, effect = "sample,old,new\n1,1,2\n2,3,4\n3,5,6\n", "sample,old,new\n1,0.1,0.2\n3,0.5,0.6\n2,0.3,0.4\n"
    (line,) = told(wide, cost, effect)
    assert line.startswith("e.csv: row 3 is sample 3, and in c.csv sample 2, both counted from 1; sort the rows")
    (line,) = told(wide, COSTS, EFFECTS, "iteration,p\n2,1\n1,1\n3,1\n")
    assert line.startswith("p.csv: row 2 is sample 2, and in c.csv sample 1")


@pytest.mark.parametrize(
    ("numbers", "what"),
    [
        ("1,2,2", "row 4, column A 'sample' has 2"),
        ("1,3,4", "row 4, column A 'sample' has 4"),
        ("2,3,4", "row 4, column A 'sample' has 4"),
        ("1,1.5,3", "row 3, column A 'sample' has 1.5"),
        ("0,1,3", "row 4, column A 'sample' has 3"),
        ("-1,0,1", "row 2, column A 'sample' has -1"),
    ],
)
def test_samples_that_are_not_numbered_once_each_are_told(here, numbers, what):
    rows = "".join(f"{number},1,2\n" for number in numbers.split(","))
    (line,) = told(wide, f"sample,old,new\n{rows}")
    assert line == f"c.csv: {what}, which is out of range or there twice; number the rows 1 to n or 0 to n − 1"


def test_a_first_column_without_name_numbers_the_rows_or_is_refused(here):
    (line,) = told(wide, ",old,new\n7,1,2\n8,3,4\n9,5,6\n")
    assert "row 2, column A has 7" in line
    assert line.endswith("or give the column a name")
    (line,) = told(wide, ",old,new\na,1,2\nb,3,4\nc,5,6\n")
    assert "row 2, column A has no number" in line
    (line,) = told(wide, "id,sample,old,new\n1,1,1,2\n2,2,3,4\n3,3,5,6\n")
    assert "column A 'id' and column B 'sample' both number the samples" in line


def test_row_numbers_under_another_name_are_not_costs(here):
    rows = [f"{at + 1},{at * 1.5},{at * 2.5}" for at in range(10)]
    lines = told(wide, "\n".join(["X,old,new", *rows]), "\n".join(["X,old,new", *rows]))
    assert lines[0].startswith("c.csv: column 'X' numbers the rows; if it is the sample, call it sample")


@pytest.mark.parametrize("content", ["", "\n", "\n\n1,2\n", " , \n1,2\n", "﻿"])
def test_a_file_without_names_in_row_1_is_refused(here, content):
    (line,) = told(wide, content)
    assert line.startswith("c.csv: has nothing in row 1; give names there")


@pytest.mark.parametrize("content", ["old,new", "old,new\n", "old;new\n\n\n", "old,new\n,\n"])
def test_names_without_rows_are_refused(here, content):
    (line,) = told(wide, content)
    assert line.startswith("c.csv: has names in row 1 and no rows below; give a row for each sample")


def test_one_sample_is_no_psa(here):
    assert told(wide, "old,new\n1,2\n", "old,new\n0.1,0.2\n") == [
        "c.csv: there is one sample; a PSA has two or more",
        "e.csv: there is one sample; a PSA has two or more",
    ]
    (line,) = told(long, "\n".join(LONG.splitlines()[:3]))
    assert line.endswith("there is one sample; a PSA has two or more")


# what is refused: names


@pytest.mark.parametrize("row", ["1.5,2", "1,2", '"1,5";"2,5"', ",1,2", '"1,234.5",2'])
def test_a_file_whose_first_row_is_numbers_is_refused(here, row):
    (line,) = told(wide, f"{row}\n3,4\n5,6\n")
    assert re.match(r"c.csv: row 1 holds numbers \('1.*'\); it must hold the columns' names", line)


def test_parquet_without_names_is_refused(here):
    pd.DataFrame([[1, 2], [3, 4]]).to_parquet("c.parquet")
    (line,) = told(read_psa, costs="c.parquet", effects=save("e.csv", EFFECTS))
    assert line == "c.parquet: row 1 holds numbers ('0'); it must hold the columns' names"


def test_names_that_are_missing_twice_or_padded_are_told_together(here):
    assert told(wide, "a,a, b,,c\n1,2,3,,5\n1,2,x,,6\n") == [
        "c.csv: row 1: columns A and B are both called 'a'; rename one",
        "c.csv: row 1, column C ' b': remove the blanks around the name",
        "c.csv: row 1: column D has no name; name it, or delete the column",
        "c.csv: row 3, column C ' b' is 'x'; give a number",
    ]


def test_two_columns_of_one_name_in_any_kind_of_file_are_refused(here):
    import pyarrow as pa
    import pyarrow.parquet as pq

    book("c.xlsx", ("a", [["old", "old"], [1, 2], [3, 4], [5, 6]]))
    pq.write_table(pa.table([[1, 3, 5], [2, 4, 6]], names=["old", "old"]), "c.parquet")
    for name in ("c.xlsx", "c.parquet"):
        (line,) = told(read_psa, costs=name, effects=save("e.csv", EFFECTS))
        assert line == f"{name}: row 1: columns A and B are both called 'old'; rename one"


@pytest.mark.parametrize(
    ("names", "what"),
    [
        ("old,nwe", "e.csv: row 1: c.csv has no strategy 'nwe'; did you mean 'new'?"),
        ("Old,new", "e.csv: row 1: c.csv has no strategy 'Old'; did you mean 'old'?"),
        ("old, new", "e.csv: row 1, column B ' new': remove the blanks around the name"),
        ("old,xyz", "e.csv: row 1: c.csv has no strategy 'xyz'; known names: new, old"),
    ],
)
def test_a_strategy_that_is_spelt_otherwise_is_told(here, names, what):
    assert told(wide, COSTS, EFFECTS.replace("old,new", names))[0] == what


def test_a_strategy_that_the_effects_lack_is_told(here):
    (line,) = told(wide, "old,new,rare\n1,2,3\n4,5,6\n7,8,9\n")
    assert line == "e.csv: row 1: there is no strategy 'rare', as in c.csv; add its column"


def test_row_numbers_in_one_file_are_told_once_and_as_no_strategy(here):
    costs = "index,old,new\n" + "".join(f"{row},10,{20 + row}\n" for row in range(1, 13))
    for rows in (3, 12):
        cut = "".join(costs.splitlines(keepends=True)[: rows + 1])
        (line,) = told(wide, cut, "old,new\n" + "1,1.5\n" * rows)
        assert "'index' numbers the rows" in line


def test_strategies_that_differ_only_in_capitals_are_refused(here):
    lines = told(wide, COSTS.replace("old", "New"), EFFECTS.replace("old", "New"))
    assert lines[0].startswith("c.csv: row 1: strategies 'New' and 'new' differ only in capitals")
    assert lines[1].startswith("e.csv: row 1")


def test_one_strategy_is_refused(here):
    lines = told(wide, "old\n1\n3\n", "sample,old\n1,5\n2,6\n")
    assert lines[0].startswith("c.csv: row 1: there is only the strategy 'old'; give two or more")
    assert lines[1].startswith("e.csv: row 1: there is only the strategy 'old'")
    assert "there is no strategy" in told(wide, "id\n1\n2\n")[0]


def test_strategies_in_rows_are_refused(here):
    (line,) = told(wide, "strategy,X1,X2,X3\nold,1,2,3\nnew,4,5,6\n")
    assert line == (
        "c.csv: column A 'strategy' holds no numbers: row 2 is 'old'; give a number; if these are names of strategies, "
        "they belong in row 1"
    )
    turned = "X1,X2,X3\n1,2,3\n4,5,6\n"
    assert "there are 3 strategies and 2 samples" in told(wide, turned, turned)[0]


def test_a_file_of_parameters_has_a_parameter(here):
    (line,) = told(wide, COSTS, EFFECTS, "sample\n1\n2\n3\n")
    assert line.startswith("p.csv: row 1: there is no parameter")


def test_costs_given_again_as_effects_are_refused(here):
    assert told(wide, COSTS, "new,old\n2,1\n4.5,3\n6,5\n") == [
        "e.csv: the numbers are those of c.csv; give costs and QALYs"
    ]


# what is refused: files


def test_mistakes_of_all_files_are_told_together(here):
    lines = told(wide, COSTS.replace("4.5", "x"), EFFECTS.replace("0.1", ""), "p,p\n1,1\n2,2\n3,NA\n")
    assert lines == [
        "c.csv: row 3, column B 'new' is 'x'; give a number",
        "e.csv: row 2, column A 'old' is blank; every sample needs a number",
        "p.csv: row 1: columns A and B are both called 'p'; rename one",
        "p.csv: row 4, column B 'p' is 'NA'; give a number",
    ]


def test_files_are_compared_also_where_a_cell_is_wrong(here):
    assert told(wide, COSTS.replace("4.5", "x"), "old,nwe\n0.1,0.2\n0.3,0.4\n") == [
        "c.csv: row 3, column B 'new' is 'x'; give a number",
        "e.csv: row 1: c.csv has no strategy 'nwe'; did you mean 'new'?",
        "e.csv: there are 2 samples, and in c.csv 3 samples; give the same samples in the same rows",
    ]


def test_of_very_many_mistakes_twenty_are_told_and_some_of_every_file(here):
    bad = "old,new\n" + "x,1\n" * 30 + "1,y\n"
    lines = told(wide, bad, bad.replace("x", "z"), "p\n" + "0\n" * 30 + "w\n")
    assert len(lines) == 21
    assert lines[-1] == "… and 43 more"
    assert {line[:5] for line in lines[:-1]} == {"c.csv", "e.csv", "p.csv"}
    assert lines[0] == "c.csv: row 2, column A 'old' is 'x'; give a number"


def test_a_file_that_is_not_there_is_a_folder_or_of_another_kind_is_refused(here):
    save("costs.csv", COSTS)
    Path("folder.csv").mkdir()
    lines = told(read_psa, costs="cost.csv", effects="folder.csv", parameters="p.docx")
    assert lines[:2] == [
        "cost.csv: there is no such file; did you mean 'costs.csv'?",
        "folder.csv: is a folder; give a file",
    ]
    assert lines[2].startswith("p.docx: its ending is none that can be read (.csv, .csv.gz, ")
    assert told(read_psa, costs="there/c.csv", effects="c.nc")[0] == "there/c.csv: there is no such file; mend its path"
    assert "its ending is none" in told(read_psa, costs="costs.csv", effects="c.nc")[0]
    assert "there is no such file" in told(read_psa, samples="psa.nc")[0]


def test_a_file_that_the_system_cannot_read_is_refused(here, monkeypatch):
    def refused(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(hashlib, "file_digest", refused)
    assert told(wide, COSTS)[0] == "c.csv: cannot be read (Permission denied); see to its permissions"


BROKEN = {
    "c.xlsx": [COSTS.encode(), b"", b"PK\x05\x06" + b"\0" * 18],
    "c.parquet": [COSTS.encode(), b"", b"PAR1"],
    "c.csv.gz": [
        COSTS.encode(),
        gzip.compress(COSTS.encode() * 5000, mtime=0)[:40],
        gzip.compress(COSTS.encode(), mtime=0)[:-9] + b"123456789",
    ],
    "c.csv": [b"PK\x03\x04\0\0", COSTS.encode("utf-32"), COSTS.encode("utf-16-le"), "öld,new\n1,2\n".encode("latin-1")],
    "c.txt": [COSTS.encode() + b"\xff,1\n", b"old,new\n" + b'"' + b"1" * 200_000],
}


@pytest.mark.parametrize(("name", "content"), [(name, one) for name, ones in BROKEN.items() for one in ones])
def test_a_file_that_is_not_what_its_name_says_is_refused(here, name, content):
    (line,) = told(read_psa, costs=save(name, content), effects=save("e.csv", EFFECTS))
    assert re.match(rf"{name}: is (not|broken)", line)


def test_separators_that_cannot_be_told_apart_are_refused(here):
    (line,) = told(wide, "old;new, daily\n1;2,5\n3;4,5\n")
    assert line.startswith("c.csv: row 1 has commas and semicolons; separate names by one of them")
    (line,) = told(wide, '"old,new\n1,2\n3,4\n')
    assert line.startswith("c.csv: row 1 has a quotation mark that is not closed")


def test_a_row_of_names_without_end_is_refused(here, monkeypatch):
    monkeypatch.setattr("heemodel.psa_files.text.LONGEST", 20)
    assert told(wide, "a" * 30)[0].startswith("c.csv: row 1 has no end")


def test_a_workbook_with_several_sheets_needs_the_name_of_one(here):
    save("e.csv", EFFECTS)
    name = book("c.xlsx", ("Costs", rows_of(COSTS)), ("Notes", [["mine"]]))
    assert told(read_psa, costs=name, effects="e.csv") == [
        "c.xlsx: has something in 2 sheets (Costs, Notes); name one, as in 'book.xlsx#Costs'"
    ]
    assert told(read_psa, costs=f"{name}#Cost", effects="e.csv") == [
        "c.xlsx#Cost: has no sheet 'Cost'; did you mean 'Costs'?"
    ]
    assert told(read_psa, costs=book("c.xlsx", ("a", [])), effects="e.csv")[0].startswith("c.xlsx: is empty")
    assert "nothing in row 1" in told(read_psa, costs=book("c.xlsx", ("a", [])) + "#a", effects="e.csv")[0]


@pytest.mark.parametrize("given", [{}, {"costs": "c.csv"}, {"samples": "a", "costs": "b"}, {"effects": "e.csv"}])
def test_files_that_do_not_make_a_psa_together_are_refused(given):
    assert told(read_psa, **given)[0].startswith("the files given are of ")


def test_a_table_in_place_of_a_path_is_refused():
    assert told(read_psa, samples=pd.DataFrame()) == ["samples is a DataFrame; give the path of a file"]


# what is refused: long files


def test_a_long_file_without_its_columns_is_refused(here):
    lines = told(long, LONG.replace("qaly", "Qaly").replace("strategy", "arm"))
    assert lines[0].startswith("psa.csv: row 1: there is no column 'strategy'; add it; files with a column for each")
    assert lines[1] == "psa.csv: row 1: there is no column 'qaly'; did you mean 'Qaly'?"
    (line,) = told(long, LONG.replace("qaly", "qalys").replace("p\n", "effect\n", 1))
    assert line == "psa.csv: row 1: column D 'qalys' and column E 'effect' both hold the qaly; leave one out"


def test_beside_qaly_an_effect_is_a_parameter(here):
    assert long(LONG.replace("p\n", "effect\n", 1)).parameters["effect"].tolist() == [7.0, 8.0]


def test_each_sample_and_strategy_is_there_once(here):
    lines = LONG.splitlines()
    assert told(long, "\n".join([*lines[:3], lines[1], lines[4]])) == [
        "psa.csv: rows 2 and 4 both have sample 1 and strategy 'old'; leave one out",
        "psa.csv: there is no row for sample 2 and strategy 'old'; add it",
    ]


def test_samples_of_a_long_file_have_no_gaps(here):
    def numbered(first, second):
        return LONG.replace("\n1,", f"\n{first},").replace("\n2,", f"\n{second},")

    assert "column 'sample' has no 2, but 3; number samples" in told(long, numbered(1, 3))[0]
    assert "column 'sample' has no 1, but 8; number samples" in told(long, numbered(7, 8))[0]
    assert "row 4, column 'sample' is 1.5; number samples" in told(long, numbered(1, 1.5))[0]
    assert "row 4, column 'sample' is -2; number samples" in told(long, numbered(1, -2))[0]


def test_a_parameter_that_differs_between_strategies_is_told(here):
    (line,) = told(long, LONG.replace("4.5,0.4,8", "4.5,0.4,9"))
    assert line.startswith("psa.csv: column E 'p', in sample number 2, is 8 for 'old' and 9 for 'new'; a parameter is")


def test_strategies_of_a_long_file_are_spelt_alike(here):
    assert "strategies 'new' and 'New' differ only in capitals" in "\n".join(told(long, LONG.replace("2,new", "2,New")))
    assert "remove the blanks around ' new'" in told(long, LONG.replace("2,new", "2, new"))[0]
    assert "only the strategy 'old'" in told(long, LONG.replace("1,new", "3,old").replace("2,new", "4,old"))[0]


def test_cells_of_a_long_file_are_told_with_its_other_mistakes(here):
    lines = told(long, LONG.replace("4.5,0.4,8", "x,0.4,9"))
    assert lines[0] == "psa.csv: row 5, column C 'cost' is 'x'; give a number"
    assert "is 8 for 'old' and 9 for 'new'" in lines[1]
    assert told(long, LONG.replace("2,new,", "2,,")) == ["psa.csv: row 5, column B 'strategy' is blank; give a name"]
    assert told(long, LONG.replace("2,new,", "x,new,")) == ["psa.csv: row 5, column A 'sample' is 'x'; give a number"]


def test_an_unnamed_column_of_a_long_file_numbers_its_rows(here):
    lines = LONG.splitlines()
    (line,) = told(long, "\n".join(["," + lines[0], *("5," + line for line in lines[1:])]))
    assert "psa.csv: row 2, column A has 5" in line


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: data.drop_vars("qaly"), "there is no variable 'qaly'; it has cost"),
        (lambda data: data.drop_vars("strategy"), "there are no names of strategies; assign_coords(strategy=[…])"),
        (lambda data: data.expand_dims(component=["a"]), "variable 'cost' is over"),
        (lambda data: data.assign(life_years=data["qaly"]), "variable 'life_years' is over ('sample', 'strategy')"),
        (lambda data: data.assign(p=("sample", ["a", "b"])), "variable 'p' holds"),
        (lambda data: data.assign(p=("sample", [1, np.nan])), "variable 'p', sample number 2 is nan"),
        (lambda data: data.where(data["cost"] != 4.5), "variable 'cost', sample number 2, strategy number 2 is nan"),
        (lambda data: data.assign_coords(strategy=["a", "a"]), "strategy 'a' is there twice; rename one"),
        (lambda data: data.assign_coords(strategy=["a", "A"]), "strategies 'a' and 'A' differ only in capitals"),
        (lambda data: data.isel(strategy=[0]), "there is only the strategy 'old'"),
        (lambda data: data.isel(sample=[0]), "there is one sample"),
    ],
)
def test_netcdf_with_anything_else_is_refused(here, change, what):
    change(long(LONG).outcomes).to_netcdf("psa.nc", engine="h5netcdf")
    assert what in "\n".join(told(read_psa, samples="psa.nc"))


def test_netcdf_that_is_none_is_refused(here):
    assert told(read_psa, samples=save("psa.nc", "x"))[0].startswith("psa.nc: is not netCDF 4, or broken")


# the parts


def test_columns_are_lettered_as_in_a_spreadsheet():
    assert [letters(column) for column in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


@given(st.permutations(range(6)), st.integers(0, 2), st.integers(0, 5), st.integers(-1, 8))
def test_numbers_count_rows_if_and_only_if_sorted_they_do(order, start, place, value):
    numbers = np.array(order, dtype=float) + start
    numbers[place] = value
    counts = sorted(numbers) in ([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6])
    assert (miscounted(numbers) is None) == counts


def test_the_fast_way_and_cell_by_cell_read_the_same(here, monkeypatch):
    content = "old,new\n" + "".join(
        f"{x!r},{y!r}\n" for x, y in np.random.default_rng(1).lognormal(0, 9, (200, 2)).tolist()
    )
    fast = wide(content, "new,old\n" + "1,2.5\n" * 200).outcomes
    monkeypatch.setattr("heemodel.psa_files.text.TextFile.parse", lambda *arguments: None)
    assert wide(content, "new,old\n" + "1,2.5\n" * 200).outcomes.identical(fast)


NUMBERS = st.floats(-1e300, 1e300)


@st.composite
def arrays(draw):
    samples, strategies = draw(st.integers(3, 6)), draw(st.integers(2, 3))
    rows = st.lists(NUMBERS, min_size=strategies, max_size=strategies)
    cost, qaly = (np.array(draw(st.lists(rows, min_size=samples, max_size=samples))) for _ in range(2))
    cost[0, 0], qaly[0, 0] = 0.5, 1.5  # with one reading
    return cost, qaly


def rounded(numbers):
    """To 15 digits, which a workbook keeps, and without the sign of 0, which it does not."""
    return np.array([float(f"{number:.15g}") + 0.0 for number in numbers.ravel()]).reshape(numbers.shape)


def write(numbers, path, kind):
    frame = pd.DataFrame(numbers, columns=[f"strategy {at}" for at in range(numbers.shape[1])])
    if kind == "xlsx":
        book(path, ("a", [list(frame), *numbers.tolist()]))
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, **{"csv": {}, "csv.gz": {}, "txt": {"sep": ";", "decimal": ","}}[kind])
    return path


@settings(max_examples=25, deadline=None)
@given(arrays(), st.sampled_from(["csv", "csv.gz", "txt", "xlsx", "parquet"]))
def test_what_is_written_in_wide_files_is_read_to_the_bit(outcomes, kind):
    outcomes = [rounded(one) if kind == "xlsx" else one for one in outcomes]
    with tempfile.TemporaryDirectory() as folder:
        names = ("costs", "effects", "parameters")
        files = {
            name: write(numbers, f"{folder}/{name}.{kind}", kind)
            for name, numbers in zip(names, (*outcomes, outcomes[0]), strict=True)
        }
        psa = read_psa(**files)
    assert psa.outcomes["cost"].to_numpy().tobytes() == outcomes[0].tobytes()
    assert psa.outcomes["qaly"].to_numpy().tobytes() == outcomes[1].tobytes()
    assert psa.parameters.to_numpy().tobytes() == outcomes[0].tobytes()


@settings(max_examples=25, deadline=None)
@given(arrays(), st.sampled_from(["csv", "txt", "xlsx", "parquet", "nc"]), st.integers(0, 99))
def test_what_is_written_in_one_file_is_read_to_the_bit(outcomes, kind, seed):
    cost, qaly = (rounded(one) if kind == "xlsx" else one for one in outcomes)
    names = [f"strategy {at}" for at in range(cost.shape[1])]
    data = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": (("sample", "strategy"), qaly), "p": ("sample", cost[:, 1])},
        coords={"sample": np.arange(len(cost)), "strategy": names},
    )
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/psa.{kind}"
        frame = data.to_dataframe().reset_index().sample(frac=1, random_state=seed)
        if kind == "nc":
            data.to_netcdf(path, engine="h5netcdf")
        elif kind == "xlsx":
            book(path, ("a", [list(frame), *frame.itertuples(index=False)]))
        elif kind == "parquet":
            frame.to_parquet(path)
        else:
            frame.to_csv(path, index=False, **({"sep": "\t", "decimal": ","} if kind == "txt" else {}))
        psa = read_psa(samples=path)
    assert psa.outcomes.sel(strategy=names).equals(data[["cost", "qaly"]])
    assert psa.parameters["p"].to_numpy().tobytes() == cost[:, 1].tobytes()


# names as values of parameters

NAMED = "p,where\n1,home\n2,ward\n3,home\n4,home\n"
FOUR = "old,new\n1,2\n3,4.5\n5,6\n7,8\n"


def named(parameters=NAMED):
    return wide(FOUR, FOUR.replace("1,", "0.1,"), parameters)


def test_parameters_may_be_names(here):
    parameters = named().parameters
    assert parameters["where"].tolist() == ["home", "ward", "home", "home"]
    assert parameters["p"].tolist() == [1, 2, 3, 4]
    assert named("flag\nTRUE\nFALSE\nTRUE\nTRUE\n").parameters["flag"].tolist() == ["TRUE", "FALSE", "TRUE", "TRUE"]


def test_names_are_read_from_workbooks_and_parquet_too(here):
    save("c.csv", FOUR), save("e.csv", FOUR.replace("1,", "0.1,"))
    table = pd.DataFrame(
        {"p": [1, 2, 3, 4], "where": ["home", "ward", "home", "home"], "flag": [True, False, True, True]}
    )
    table.to_parquet("p.parquet", index=False)
    table.to_excel("p.xlsx", index=False)
    for file in ("p.parquet", "p.xlsx"):
        found = read_psa(costs="c.csv", effects="e.csv", parameters=file).parameters
        assert found["where"].tolist() == table["where"].tolist()
        assert found["flag"].tolist() == ["True", "False", "True", "True"]


def test_names_of_a_long_file_are_those_of_the_sample(here):
    text = LONG.replace("p\n", "p,where\n", 1).replace(",7\n", ",7,home\n").replace(",8\n", ",8,ward\n")
    assert long(text).parameters["where"].tolist() == ["home", "ward"]
    (line,) = told(long, text.replace("2,new,4.5,0.4,8,ward", "2,new,4.5,0.4,8,home"))
    assert "is 'ward' for 'old' and 'home' for 'new'; a parameter is the same for all" in line
    (line,) = told(long, re.sub(r"^(\d),", "x,", LONG, flags=re.MULTILINE))
    assert line == "psa.csv: column A 'sample' holds no numbers: row 2 is 'x'; give a number"


def test_names_of_netcdf_are_read(here):
    data = xr.Dataset(
        {
            "cost": (("sample", "strategy"), np.arange(8.0).reshape(4, 2)),
            "qaly": (("sample", "strategy"), np.arange(8.0).reshape(4, 2) / 10),
            "where": ("sample", np.array(["home", "ward", "home", "home"])),
        },
        coords={"strategy": ["old", "new"]},
    )
    data.to_netcdf("p.nc", engine="h5netcdf")
    assert read_psa(samples="p.nc").parameters["where"].tolist() == ["home", "ward", "home", "home"]
    data.assign(where=("sample", np.array(list("abcd")))).to_netcdf("q.nc", engine="h5netcdf")
    assert "give numbers, or names: at most 50 different" in told(read_psa, samples="q.nc")[0]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("a b c d", "column A 'x' holds no numbers: row 2 is 'a'; give a number; names: at most 50 different"),
        ("home ward 3 home", "row 2, column A 'x' is 'home'; give a number"),
        ("£2 £3 £2 £2", "column A 'x' holds no numbers: row 2 is '£2'; remove the currency sign"),
        ("5% 6% 5% 5%", "column A 'x' holds no numbers: row 2 is '5%'; write a share, 0.05 for 5%"),
        ("NA NA NA NA", "column A 'x' holds no numbers: row 2 is 'NA'; give a number"),
        ("#N/A #N/A #N/A #N/A", "column A 'x' holds no numbers: row 2 is '#N/A'; give a number"),
    ],
)
def test_what_is_neither_numbers_nor_names_is_refused(here, cells, said):
    lines = told(named, "x\n" + "\n".join(cells.split()) + "\n")
    assert lines[0].startswith(f"p.csv: {said}")


def test_costs_are_never_names(here):
    (line, *_) = told(wide, "old,new\na,2\na,3\nb,4\nb,5\n", FOUR)
    assert line.startswith("c.csv: column A 'old' holds no numbers")


def test_a_blank_row_among_names_is_told_once(here):
    assert told(named, NAMED.replace("3,home", ",")) == ["p.csv: row 4 is blank; delete it"]


def test_names_do_not_number_the_samples(here):
    lines = told(named, "id,p\nx,1\nx,2\ny,3\ny,4\n")
    assert lines == ["p.csv: column A 'id' holds names; number the rows 1 to n or 0 to n − 1"]

"""Every mistake in a workbook is told at once, with its sheet, its cell and the cure."""

import datetime as dt
import zipfile

import pytest
from openpyxl import load_workbook

from heemodel.analysis import load_model
from heemodel.parameters import InputError, Problem, read_changes, with_file, write_workbook
from heemodel.parameters.workbook import opening
from tests.parameters.workbook.trust import OWN, ROOT, TRUST, cell_of

STAY = "data.stay_before.mean"
DEATHS = "data.deaths_before.events"


def told(path, inputs):
    """The sentences of the one message."""
    with pytest.raises(InputError) as error:
        read_changes(path, inputs)
    assert str(path) in str(error.value)
    return [problem.message for problem in error.value.problems]


def address(path, place, heading=OWN, sheet="Your trust"):
    return f"{sheet}!{cell_of(load_workbook(path)[sheet], place, heading).coordinate}"


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (STAY, "abc", "'abc'; give a number"),
        (STAY, "41 days", "in the cell: 41"),
        (STAY, "£412", "in the cell: 412"),
        (STAY, "1,041", "in the cell: 1041"),
        (STAY, "41%", "not a percentage"),
        (STAY, -3, "number above 0"),
        (STAY, 0, "number above 0"),
        (STAY, True, "TRUE"),
        (STAY, dt.date(2010, 11, 1), "01 Nov 2010"),
        (STAY, dt.time(4, 1), "date or time"),
        (STAY, "=40+1", "formula =40+1"),
        (STAY, "#REF!", "#REF!"),
        (STAY, "nan", "give a number"),
        (STAY, "1e999", "too large"),
        (DEATHS, 52.5, "whole number"),
        (DEATHS, -52, "whole number"),
        ("data.home_before.share", 155, "155%"),
        ("data.home_before.share", 0.55, "write 55 if you mean 55%"),
        ("data.home_before.share", 1, "write 100 if you mean 100%"),
        ("data.home_before.share", "55 per cent", "in the cell: 55"),
        (("settings.annual_volume.value", "Status"), "measured", "derived"),
        (("parameters.stroke_unit_90_days.value", "Unit"), "£ per dat", "£ per day"),
        ("about.price_year", dt.date(2010, 11, 1), "is a date"),
        ("about.price_year", "2031/32", "2031/32"),
        ("about.organisation", "x" * 6_000, "6,000 characters"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_told_with_the_cure(savings, fill, place, value, said):
    path = fill(TRUST | {place: value})
    (message,) = told(path, savings)
    where = address(path, *place) if isinstance(place, tuple) else address(path, place)
    assert message.startswith(f"{where}: ")
    assert said in message


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"data.deaths_before.n": None}, "data.deaths_before.n", "of how many"),
        ({"data.deaths_before.events": None}, "data.deaths_before.events", "percentage below"),
        ({"data.home_before.events": 40}, "data.home_before.share", "40 of 78 is 51.3%"),
        ({"data.stay_before.n": None}, "data.stay_before.n", "how many patients"),
        ({"data.stay_before.mean": None}, "data.stay_before.mean", "quartiles below"),
        ({"data.stay_before.quartiles[0]": 10}, "data.stay_before.quartiles[1]", "median"),
        (
            {"parameters.stroke_unit_90_days.price_year": None},
            "parameters.stroke_unit_90_days.price_year",
            "year's prices",
        ),
        ({"parameters.stroke_unit_90_days.value": None}, "parameters.stroke_unit_90_days.value", "is empty"),
        ({"data.deaths_before.events": 131}, "data.deaths_before.events", "events cannot exceed n"),
        ({"settings.annual_volume.value": -85}, "settings.annual_volume.value", "above 0"),
    ],
)
def test_figures_that_do_not_fit_each_other_are_told_by_cell(savings, fill, changes, place, said):
    path = fill(TRUST | changes)
    messages = told(path, savings)
    assert any(message.startswith(f"{address(path, place)}: ") and said in message for message in messages), messages


def test_quartiles_must_ascend(savings, fill):
    quartiles = {f"data.stay_before.quartiles[{at}]": days for at, days in enumerate((12, 55, 28))}
    path = fill({"yours.source": "S", "data.stay_before.n": 130, **quartiles})
    (message,) = told(path, savings)
    assert message.startswith(address(path, "data.stay_before.quartiles[2]"))
    assert "ascend" in message


def test_a_percentage_in_a_cell_for_a_number_is_refused(savings, fill):
    def percent(book):
        cell_of(book["Your trust"], STAY).number_format = "0%"

    (message,) = told(fill(TRUST | {STAY: 0.41}, then=percent), savings)
    assert "41%" in message


def test_currency_and_long_numbers_are_taken(savings, fill):
    def pounds(book):
        cell_of(book["Your trust"], "parameters.stroke_unit_90_days.value").number_format = '"£"#,##0.00'

    path = fill(TRUST | {"parameters.stroke_unit_90_days.value": 412.123456789012345}, then=pounds)
    assert read_changes(path, savings)["parameters"]["stroke_unit_90_days"]["value"] == 412.123456789012345


def test_a_source_that_is_missing_is_told_of_every_figure_that_needs_it(savings, fill):
    messages = told(fill(TRUST | {"yours.source": None}), savings)
    assert len(messages) == 8  # figures of their own: a setting, six records and a cost
    assert all("where the figure is from" in message for message in messages)


def test_a_unit_without_a_figure_is_a_mistake(savings, fill):
    path = fill({("parameters.stroke_unit_90_days.value", "Unit"): "£ per day"})
    (message,) = told(path, savings)
    assert message.startswith(address(path, "parameters.stroke_unit_90_days.value"))
    assert "£ per day" in message


def test_all_mistakes_are_told_at_once(savings, fill):
    wrong = {STAY: "abc", DEATHS: 52.5, "data.home_before.share": 155, "data.stay_after.n": None}

    def break_more(book):
        cell_of(book["Parameters"], "parameters.thrombolysis", "Value").value = "dear"

    messages = told(fill(TRUST | wrong, then=break_more), savings)
    assert len(messages) == 5
    assert any(message.startswith("Parameters!") for message in messages)


def test_a_renamed_sheet_is_told_with_the_sheets_there_are(savings, fill):
    def rename(book):
        book["Your trust"].title = "Our trust"

    (message,) = told(fill({}, then=rename), savings)
    assert "'Your trust'" in message
    assert "'Our trust'" in message


def test_a_row_that_was_deleted_is_told_by_its_place(savings, fill):
    def delete(book):
        page = book["Your trust"]
        page.delete_rows(cell_of(page, STAY).row)

    (message,) = told(fill({}, then=delete), savings)
    assert STAY in message


def test_a_place_that_was_changed_is_told_once(savings, fill):
    def change(book):
        cell_of(book["Your trust"], STAY, "Place").value = "data.stay_bfore.mean"

    (message,) = told(fill({}, then=change), savings)
    assert "did you mean 'data.stay_before.mean'?" in message


def test_a_row_that_is_there_twice_and_one_without_a_place_are_told(savings, fill):
    def add(book):
        page = book["Your trust"]
        place = cell_of(page, STAY, "Place")
        page.cell(page.max_row + 1, place.column).value = STAY
        page.cell(page.max_row + 1, cell_of(page, STAY).column).value = 7

    messages = told(fill({}, then=add), savings)
    assert len(messages) == 2
    assert any("delete one" in message for message in messages)
    assert any("no Place" in message for message in messages)


def test_a_heading_that_was_changed_is_told(savings, fill):
    def change(book):
        page = book["Your trust"]
        next(cell for row in page.iter_rows(max_row=10) for cell in row if cell.value == OWN).value = "Ours"

    (message,) = told(fill({}, then=change), savings)
    assert f"'{OWN}'" in message


def test_merged_cells_are_told_by_their_range(savings, fill):
    def merge(book):
        page = book["Your trust"]
        first = cell_of(page, DEATHS)
        page.merge_cells(start_row=first.row, end_row=first.row + 1, start_column=first.column, end_column=first.column)

    (message,) = told(fill({}, then=merge), savings)
    assert "unmerge" in message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("ours.csv", b"a,b", "save it as an Excel workbook"),
        ("ours.ods", b"PK", "save it as an Excel workbook"),
        ("ours.xls", b"\xd0\xcf\x11\xe0", "save it as an Excel workbook"),
        ("ours.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        ("ours.xlsx", b"PK\x03\x04 broken", "broken"),
        ("ours.xlsx", b"", "broken"),
    ],
)
def test_files_of_other_kinds_are_refused_with_the_cure(savings, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    (message,) = told(tmp_path / name, savings)
    assert said in message


def test_an_archive_that_is_no_workbook_is_refused(savings, tmp_path):
    with zipfile.ZipFile(tmp_path / "ours.xlsx", "w") as packed:
        packed.writestr("content.xml", "<office/>")
    (message,) = told(tmp_path / "ours.xlsx", savings)
    assert "no Excel workbook" in message


@pytest.mark.parametrize("limit", ["LARGEST", "UNPACKED"])
def test_files_that_are_far_too_large_are_refused(savings, blank, monkeypatch, limit):
    monkeypatch.setattr(opening, limit, 1_000)
    (message,) = told(blank, savings)
    assert "MB" in message


def test_a_workbook_of_other_inputs_is_told_where_it_would_undo_what_is_new(savings, fill, tmp_path):
    """Cells of other sheets hold the inputs of their day: they must not come back over newer ones unseen."""
    newer = savings.with_changes({"parameters.thrombolysis.value": 900})
    (message,) = told(fill(TRUST), newer)
    assert message.startswith("Parameters!")
    assert "copy your figures" in message
    same = fill(TRUST, start=write_workbook(newer, tmp_path / "newer.xlsx"))
    assert read_changes(same, newer) == read_changes(fill(TRUST), savings)


def test_a_share_that_the_distribution_cannot_hold_is_told_at_its_cell(savings, fill):
    path = fill({("parameters.male_share", "Standard error"): 0.9}, sheet="Parameters")
    (message,) = told(path, savings)
    assert message.startswith(address(path, "parameters.male_share", "Standard error", "Parameters"))


def test_what_only_the_model_finds_is_told_by_cell_too(savings, fill):
    """A mean stay of 2 days passes as an input; the model's evidence refuses it."""
    path = fill(TRUST | {STAY: 2, "data.stay_before.sd": 1})
    folder = load_model(ROOT / "models" / "thrombectomy_savings")
    with pytest.raises(InputError) as error:
        folder.evidence(with_file(path, folder.inputs), "trust")
    assert str(path) in str(error.value)
    assert address(path, STAY) in str(error.value)


def test_a_mistake_of_the_inputs_file_keeps_its_line(savings, fill):
    ours = with_file(fill(TRUST), savings)
    both = ours.error(Problem(("data", "stay_before"), "is odd"), Problem(("priors", "mean_stay"), "is wide"))
    assert address(fill(TRUST), STAY) in str(both)
    assert "inputs.toml, line" in str(both)
    assert ours.error(Problem(("priors", "mean_stay"), "is wide")).problems[0].line


@pytest.mark.parametrize(
    ("place", "heading", "value"),
    [
        ("settings.annual_volume.value", "Unit", "patients per month"),
        ("data.deaths_before.n", "Where it is from", "Another register"),
        ("parameters.stroke_unit_90_days.standard_error", "Unit", "£ per week"),
        ("yours.source", "Unit", "years"),
    ],
)
def test_what_nobody_would_read_is_told(savings, fill, place, heading, value):
    path = fill(TRUST | {(place, heading): value})
    (message,) = told(path, savings)
    assert message.startswith(address(path, place, heading))
    assert repr(value) in message

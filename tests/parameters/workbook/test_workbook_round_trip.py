"""What is written and read again unchanged changes nothing, whoever saved it; and the workbook is plain to use."""

import shutil
import subprocess

import pytest
from openpyxl import load_workbook

from heemodel.analysis import load_model
from heemodel.parameters import read_changes, write_workbook
from tests.parameters.workbook.trust import ROOT, TRUST, cell_of

MODELS = sorted(path.parent for path in (ROOT / "models").glob("*/inputs.toml"))
STARTERS = sorted(path.parent for path in (ROOT / "heemodel" / "starters").glob("*/inputs.toml"))


@pytest.mark.parametrize("folder", [*MODELS, *STARTERS], ids=lambda path: path.name)
def test_an_unchanged_workbook_changes_nothing(folder, tmp_path):
    inputs = load_model(folder).inputs
    assert read_changes(write_workbook(inputs, tmp_path / "same.xlsx"), inputs) == {}


def test_a_workbook_saved_by_another_program_changes_nothing(savings, blank, tmp_path):
    load_workbook(blank).save(tmp_path / "saved.xlsx")
    assert read_changes(tmp_path / "saved.xlsx", savings) == {}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("folder", [*MODELS, *STARTERS], ids=lambda path: path.name)
def test_a_workbook_saved_by_libreoffice_changes_nothing(folder, tmp_path):
    inputs = load_model(folder).inputs
    written = write_workbook(inputs, tmp_path / "ours.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", tmp_path / "saved", written]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    assert read_changes(tmp_path / "saved" / "ours.xlsx", inputs) == {}


def test_the_same_inputs_give_the_same_bytes(savings, blank, tmp_path):
    again = write_workbook(savings, tmp_path / "again.xlsx")
    assert again.read_bytes() == blank.read_bytes()


def test_other_inputs_give_other_bytes(savings, blank, tmp_path):
    dear = savings.with_changes({"parameters.thrombolysis.value": 829})
    assert write_workbook(dear, tmp_path / "dear.xlsx").read_bytes() != blank.read_bytes()


def test_text_that_looks_like_a_formula_stays_text(savings, tmp_path):
    odd = savings.with_changes({"parameters.thrombolysis.label": "=1+1", "about.organisation": "@SUM(A1)"})
    path = write_workbook(odd, tmp_path / "odd.xlsx")
    assert cell_of(load_workbook(path)["Parameters"], "parameters.thrombolysis", "What").data_type == "s"
    assert read_changes(path, odd) == {}


def test_every_figure_is_on_one_sheet_and_every_place_once(savings, blank):
    book = load_workbook(blank)
    places = []
    for page in book.worksheets[:-1]:
        top = next(row[0].row for row in page.iter_rows() if any(cell.value == "Place" for cell in row))
        column = next(cell.column for cell in page[top] if cell.value == "Place")
        places += [page.cell(row, column).value for row in range(top + 1, page.max_row + 1)]
    assert len(set(places)) == len(places)
    for section in ("settings", "data", "parameters", "priors", "components"):
        for name in savings.content[section]:
            assert any(place.startswith(f"{section}.{name}") for place in places), name


def test_the_workbook_is_plain_to_use(blank):
    """No merged cells, nothing hidden or protected, headings in sight, lists and help in the cells."""
    book = load_workbook(blank)
    assert book.sheetnames[0] == "Your trust"
    assert book.sheetnames[-1] == "Read me"
    for page in book.worksheets:
        assert not page.merged_cells.ranges
        assert page.sheet_state == "visible"
        assert not page.protection.sheet
        assert page.page_setup.orientation == "landscape"
    first = book["Your trust"]
    assert first.freeze_panes is not None
    checks = {str(rule.sqref): rule for rule in first.data_validations.dataValidation}
    unit = checks[cell_of(first, "parameters.stroke_unit_90_days.value", "Unit").coordinate]
    assert "£ per day" in unit.formula1
    year = checks[cell_of(first, "about.price_year").coordinate]
    assert (year.errorStyle, "2023/24" in year.formula1) == ("warning", True)
    mean = checks[cell_of(first, "data.stay_before.mean").coordinate]
    assert (mean.operator, mean.formula1) == ("greaterThan", "0")
    assert mean.prompt


def test_empty_cells_stand_beside_the_models_own_figures(blank):
    first = load_workbook(blank)["Your trust"]
    assert cell_of(first, "data.stay_before.mean").value is None
    assert cell_of(first, "data.stay_before.mean", "The model's own figure").value == 90
    assert "7 to 200" in cell_of(first, "data.stay_before.mean", "Usual range").value
    assert cell_of(first, "claim.value").value == 2_400_000


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_the_workbook_works_out_what_the_model_takes(fill, tmp_path):
    """The formulas, recalculated by another program: money and stays in the model's units, shares, unusual figures."""
    values = TRUST | {"data.stay_after.mean": 170, ("data.stay_after.mean", "Unit"): "weeks"}
    written = fill(values | {"data.home_after.share": 50, "data.home_after.n": 129})
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = ["soffice", "--headless", profile, "--convert-to", "xlsx", "--outdir", tmp_path / "saved", written]
    subprocess.run(command, check=True, capture_output=True, timeout=200)
    page = load_workbook(tmp_path / "saved" / "ours.xlsx", data_only=True)["Your trust"]
    taken = "As the model takes it"
    assert cell_of(page, "parameters.stroke_unit_90_days.value", taken).value == "£37,080 per 90 days"
    assert cell_of(page, "parameters.stroke_unit_90_days.standard_error", "Unit").value == "£ per day"
    assert cell_of(page, "data.stay_before.mean", taken).value == "41 days"
    assert cell_of(page, "data.deaths_before.events", taken).value == "40.0% of 130"
    assert cell_of(page, "data.home_before.share", taken).value == "43 of 78"
    assert cell_of(page, "data.home_after.share", taken).value == "65 of 129"
    assert cell_of(page, "data.stay_after.mean", taken).value == "1,190 days: OUTSIDE THE USUAL RANGE"

"""The mirror of a trust's own figures: what the engine gives with them, and whose they are."""

import openpyxl
import pytest
from click.testing import CliRunner
from spreadsheets import SOFFICE, by_office, cell_of, change, results_of

import heemodel as hm
from heemodel.analysis import hash_of
from heemodel.analysis.preparing import Sampler, prepare
from heemodel.cli import command
from heemodel.mirror import MirrorError, write_mirror
from heemodel.parameters import with_file, write_overlay, write_workbook
from tests.parameters.workbook.trust import OWN, TRUST
from tests.parameters.workbook.trust import cell_of as cell_in

FOLDER = "models/thrombectomy_savings"


@pytest.fixture(scope="module")
def model():
    return hm.load_model(FOLDER)


@pytest.fixture(scope="module")
def ours(model, tmp_path_factory):
    """A workbook that a trust filled in."""
    path = write_workbook(model.inputs, tmp_path_factory.mktemp("ours") / "ours.xlsx")
    book = openpyxl.load_workbook(path)
    for key, value in TRUST.items():
        place, heading = key if isinstance(key, tuple) else (key, OWN)
        cell_in(book["Your trust"], place, heading).value = value
    book.save(path)
    return path


@pytest.fixture(scope="module")
def mirrored(ours, tmp_path_factory):
    """Its mirror, as it is typed."""
    path = tmp_path_factory.mktemp("mirror") / "m.xlsx"
    words = ["mirror", FOLDER, "--inputs", str(ours), "--out", str(path)]
    done = CliRunner().invoke(command, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return path


def engine(model, inputs, **changes):
    """What the engine gives with these inputs: total cost and QALYs by strategy."""
    scenario = next(name for name in inputs.scenarios if not inputs.unmet(name))
    prepared = prepare(model, inputs, scenario, model.check_horizon(None), Sampler(draws=1_000, seed=1))
    point = prepared.model.run(prepared.central.assign(changes))
    whole = {"Total cost": point["cost"].sum("component"), "QALYs": point["qaly"]}
    return {
        (what, name): float(of.sel(strategy=name)) for what, of in whole.items() for name in prepared.model.strategies
    }


def of(found, wanted):
    return {key: found[key] for key in wanted}


def test_the_mirror_of_changed_inputs_agrees_with_the_engine(model, ours, mirrored):
    book = openpyxl.load_workbook(mirrored, data_only=True)
    wanted = engine(model, with_file(ours, model.inputs))
    assert cell_of(book, "check").value is True
    assert of(results_of(book), wanted) == pytest.approx(wanted, rel=1e-12)
    assert wanted != pytest.approx(engine(model, model.inputs), rel=1e-3)


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_the_mirror_of_changed_inputs_agrees_at_other_values(model, ours, mirrored, tmp_path):
    other = change(mirrored, {"nursing_home_week": 900.0, "male_share": 0.4}, to=tmp_path / "other.xlsx")
    wanted = engine(model, with_file(ours, model.inputs), nursing_home_week=900.0, male_share=0.4)
    (tmp_path / "out").mkdir()
    found = results_of(by_office(other, tmp_path / "out"))
    assert of(found, wanted) == pytest.approx(wanted, rel=1e-9)


def test_the_first_sheet_says_whose_figures_and_what_was_changed(ours, mirrored):
    page = openpyxl.load_workbook(mirrored)["Read me"]
    rows = [(row[0].value, row[1].value) for row in page.iter_rows() if row[0].value]
    told = dict(rows[::-1])  # what is named in the head first is told of the workbook, and again of what was changed
    assert told["Organisation"] == "Anytown NHS Trust"
    assert told["Price year"].startswith("2023/24")
    assert told["Inputs changed by"] == f"ours.xlsx (SHA-256 {hash_of(ours)['ours.xlsx']})"
    assert told["Deaths up to 90 days, before the service"].startswith("40 of 100 patients → 52 of 130 patients; ")
    assert TRUST["yours.source"] in told["Deaths up to 90 days, before the service"]
    assert told["Published figure under test"].endswith("→ none")


def test_evidence_stands_with_its_counts_and_source(mirrored):
    book = openpyxl.load_workbook(mirrored)
    for name, numbers in {
        "mortality_thrombolysis": "52 of 130 patients",
        "mean_stay_thrombectomy": "mean 17 days, standard deviation 15, n = 160",
        "home_share_thrombectomy": "taken as 101 of them",
    }.items():
        told = [cell.value for cell in book["Inputs"][cell_of(book, name).row]]
        assert told[5] == "read"
        assert numbers in told[6]
        assert TRUST["yours.source"] in told[6]
    label = "Deaths up to 90 days, with thrombectomy"
    below = [row for row in book["Inputs"].iter_rows(values_only=True) if row[1] == label]
    assert below[0][2:4] == ("thrombectomy", "31 of 160 patients")


@pytest.mark.parametrize(
    ("figure", "told", "factors"),
    [
        ({"value": 412.0, "unit": "£ per day", "price_year": "2015/16"}, (412.0, "£ per day", 90, "2015/16"), "IKM"),
        ({"value": 412.0, "unit": "£ per day", "price_year": "2017/18"}, (412.0, "£ per day", 90, "2017/18"), "IK"),
        ({"value": 37_080.0, "price_year": "2015/16"}, (37_080.0, "£ per 90 days", None, "2015/16"), "IM"),
        ({"value": 37_080.0, "price_year": "2017/18"}, (None, None, None, "2017/18"), ""),
    ],
)
def test_a_published_value_stands_as_it_was_stated_with_its_factors(model, tmp_path, figure, told, factors):
    name = "stroke_unit_90_days"
    stated = {"source": "Ours", "standard_error": figure["value"] / 5} | figure
    ours = model.inputs.with_changes({"parameters": {name: stated}})
    path = write_mirror(model, tmp_path / "m.xlsx", inputs=ours)
    book, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    cell, row = cell_of(book, name), cell_of(book, name).row
    assert tuple(book["Inputs"].cell(row, column).value for column in (9, 10, 11, 12)) == told
    value = cell_of(values, name).value
    assert values["Inputs"].cell(row, 5).value == "£ per 90 days"
    price = ours.price_factor(ours.parameters[name])
    assert value == pytest.approx(37_080 * price, rel=1e-12)
    if factors:
        assert cell.value == "=" + "*".join(f"{letter}{row}" for letter in factors)
        product = 1.0
        for letter in factors:
            product *= values["Inputs"][f"{letter}{row}"].value
        assert product == pytest.approx(value, rel=1e-14)
    assert cell_of(values, "check").value is True


def test_evidence_that_no_one_record_states_names_all_that_it_may_be_from(model, tmp_path):
    """Deaths and discharges in the same proportion: which of the two a share is from is not told by its figure."""
    ours = model.inputs.with_changes({"data": {"home_before": {"events": 24, "n": 60}}})
    book = openpyxl.load_workbook(write_mirror(model, tmp_path / "m.xlsx", inputs=ours))
    told = [cell.value for cell in book["Inputs"][cell_of(book, "mortality_thrombolysis").row]]
    assert told[5] == "derived"
    assert "40 of 100 patients" in told[7]
    assert "24 of 60" in told[7]


def test_a_file_of_changes_is_taken_and_a_scenario_that_does_not_hold_is_refused(model, tmp_path):
    words = {"source": "Ours", "status": "read", "rationale": "R", "assumed": None}
    file = write_overlay({"data": {"deaths_before": {"events": 52, "n": 130, **words}}}, tmp_path / "ours.toml")
    inputs = with_file(file, model.inputs)
    book = openpyxl.load_workbook(write_mirror(model, tmp_path / "m.xlsx", inputs=inputs), data_only=True)
    wanted = engine(model, inputs)
    assert of(results_of(book), wanted) == pytest.approx(wanted, rel=1e-12)
    with pytest.raises(MirrorError, match="does not hold for these inputs"):
        write_mirror(model, tmp_path / "other.xlsx", inputs=inputs, scenario="audit")
    assert not (tmp_path / "other.xlsx").exists()


def test_the_models_own_figures_have_no_changes(model, tmp_path):
    page = openpyxl.load_workbook(write_mirror(model, tmp_path / "m.xlsx"))["Read me"]
    told = {row[0].value for row in page.iter_rows()}
    assert "Inputs that were changed" not in told
    assert "Inputs changed by" not in told

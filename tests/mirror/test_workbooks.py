"""Workbooks that other programs work out again: as they were written, and with other inputs."""

from dataclasses import replace

import numpy as np
import openpyxl
import pytest
import xarray as xr
from random_models import random_cohort, random_tree
from spreadsheets import SOFFICE, by_formulas, by_office, cell_of, change, results_of

import heemodel as hm
from heemodel.analysis.preparing import Sampler, prepare
from heemodel.mirror import MirrorError, write_mirror, write_model_mirror
from tests.analysis.comparing.linear import CODE, linear

CHANGES = {"price": 77.0, "utility": 0.31, "effect": 0.93}
office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")


def answer(outcomes, words, strategy):
    """What the engine gives for a row of the sheet of checks, by its words."""
    whole = outcomes.sel(strategy=strategy)
    known = {"QALYs": whole["qaly"], "Total cost": whole["cost"].sum("component")}
    return float(known[words])


def group_of(model):
    return model.groups[0] if model.groups else None


def chosen(outcomes, group):
    return outcomes if group is None else outcomes.sel(group=group)


def test_stored_values_are_there_before_anything_is_recalculated(tmp_path):
    model, draws = random_cohort(1)
    path = write_model_mirror(model, draws, tmp_path / "m.xlsx", group=group_of(model))
    book = openpyxl.load_workbook(path, data_only=True)
    assert cell_of(book, "check").value is True
    whole = chosen(model.run(draws), group_of(model))
    for (words, strategy), value in results_of(book).items():
        if words in ("QALYs", "Total cost"):
            assert value == pytest.approx(answer(whole, words, strategy), rel=1e-12)


@pytest.mark.filterwarnings("ignore")  # of the library formulas
@pytest.mark.parametrize("seed", [8, 23, 34, 36])
def test_the_library_formulas_agrees_at_other_inputs(tmp_path, seed):
    model, draws = random_cohort(seed)
    group = group_of(model)
    path = write_model_mirror(model, draws, tmp_path / "m.xlsx", group=group)
    as_written, changed = by_formulas(path), by_formulas(change(path, CHANGES))
    assert as_written["CHECKS", "B5"] == True  # noqa: E712 - numpy's truth
    assert changed["CHECKS", "B4"] == len(CHANGES)
    assert changed["CHECKS", "B5"] == "inputs changed"
    _agrees_with(changed, path, chosen(model.run(draws.assign(CHANGES)), group))


@pytest.mark.filterwarnings("ignore")
def test_a_tree_agrees_at_other_inputs(tmp_path):
    tree, draws = random_tree(3)
    path = write_model_mirror(tree, draws, tmp_path / "m.xlsx")
    changes = {"chance_0": 0.25, "price": 44.0, "effect": 0.7}
    _agrees_with(by_formulas(change(path, changes)), path, tree.run(draws.assign(changes)))


def _agrees_with(values, path, outcomes):
    """The totals that a recalculation gives are the engine's."""
    sheet, found = openpyxl.load_workbook(path)["Checks"], 0
    for row in range(12, sheet.max_row + 1):
        words, strategy = sheet.cell(row, 1).value, sheet.cell(row, 2).value
        if words in ("QALYs", "Total cost"):
            assert values["CHECKS", f"C{row}"] == pytest.approx(answer(outcomes, words, strategy), rel=1e-9)
            found += 1
    assert found == 2 * outcomes.sizes["strategy"]


@pytest.mark.filterwarnings("ignore")
def test_discount_rates_are_inputs(tmp_path):
    model, draws = _two_states(), xr.Dataset({"risk": 0.2, "cost": 100.0})
    path = write_model_mirror(model, draws, tmp_path / "m.xlsx")
    changed = by_formulas(change(path, {"discount_rate_costs": 0.06, "discount_rate_QALYs": 0.015}))
    other = replace(model, discount=hm.Discount(cost=0.06, qaly=0.015, timing="count"))
    _agrees_with(changed, path, other.run(draws))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "sign"), [("Trace", "*"), ("Payoffs", "+"), ("Moves", "-")])
def test_a_wrong_sign_in_a_formula_is_caught_by_the_check(tmp_path, kind, sign):
    model = _two_states()
    path = write_model_mirror(model, xr.Dataset({"risk": 0.2, "cost": 100.0}), tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = next(sheet for sheet in book if sheet.title.startswith(kind))
    wrong = {"*": "/", "+": "-", "-": "+"}[sign]
    cell = next(
        cell
        for row in sheet.iter_rows(min_row=9)
        for cell in row
        if str(cell.value).startswith("=") and sign in cell.value
    )
    cell.value = "=" + cell.value[1:].replace(sign, wrong, 1)
    book.save(path)
    values = by_formulas(path)
    assert values["CHECKS", "B4"] == 0
    assert values["CHECKS", "B5"] == False  # noqa: E712 - numpy's truth


def _two_states(*, horizon="3 years", **more):
    return hm.CohortModel(
        states=["well", "dead"],
        strategies=["usual care", "new care"],
        start={"well": 1.0},
        cycle_length="1 year",
        horizon=horizon,
        discount=hm.Discount(cost=0.035, qaly=0.035, timing="count"),
        transitions=lambda p, time: {
            ("well", "dead"): (1 - hm.by_strategy({"usual care": 0.0, "new care": 0.4}))
            * p.risk
            * (1 + 0.1 * time.cycle)
        },
        payoffs=lambda p, time: hm.Payoffs(cost={"care": {"well": p.cost}}, qaly={"well": 0.8}),
        **more,
    )


@pytest.mark.filterwarnings("ignore")
def test_people_who_are_lost_are_found(tmp_path):
    path = write_model_mirror(_two_states(), xr.Dataset({"risk": 0.2, "cost": 100.0}), tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(path)
    checks = book["Checks"]
    row = next(cell.row for cell in checks["B"] if str(cell.value).startswith("Trace"))
    assert openpyxl.load_workbook(path, data_only=True)["Checks"].cell(row, 6).value is True
    trace = book[checks.cell(row, 2).value]
    trace["C10"].value = "=0.9*C9"
    book.save(path)
    values = by_formulas(path)
    assert values["CHECKS", f"F{row}"] == values["CHECKS", "B6"] == False  # noqa: E712 - numpy's truth


@pytest.mark.filterwarnings("ignore")
def test_inputs_that_the_engine_would_refuse_are_not_sound(tmp_path):
    path = write_model_mirror(_two_states(), xr.Dataset({"risk": 0.2, "cost": 100.0}), tmp_path / "m.xlsx")
    assert cell_of(openpyxl.load_workbook(path, data_only=True), "sound").value is True
    with pytest.raises(hm.ModelError, match="between 0 and 1"):
        _two_states().run(xr.Dataset({"risk": 1.2, "cost": 100.0}))
    values = by_formulas(change(path, {"risk": 1.2}))
    assert values["CHECKS", "B6"] == False  # noqa: E712 - numpy's truth
    assert "Not the model's answers" in values["RESULTS", "A3"]


@pytest.mark.filterwarnings("ignore")
def test_a_small_change_of_an_input_is_a_change(tmp_path):
    path = write_model_mirror(_two_states(), xr.Dataset({"risk": 0.2, "cost": 100.0}), tmp_path / "m.xlsx")
    values = by_formulas(change(path, {"cost": 100.000001}))
    assert (values["CHECKS", "B4"], values["CHECKS", "B5"]) == (1, "inputs changed")


LABELS = """
[components.drug]
label = "The drug"

[components.fee]
label = "The fee of a clinic"
"""


@pytest.mark.filterwarnings("ignore")
def test_results_are_by_component_and_against_the_comparator_wherever_it_stands(tmp_path):
    """10 units at 100 and a fee of 50, for 0.1 QALYs; the comparator is the second strategy."""
    turned = CODE.replace('["old", "new"]', '["new", "old"]')
    path = write_mirror(linear(tmp_path / "linear", code=turned, more=LABELS), tmp_path / "m.xlsx")
    values, found = by_formulas(path), {}
    for row in openpyxl.load_workbook(path)["Results"].iter_rows(min_row=6, max_col=3):
        found[row[0].value] = [values.get(("RESULTS", cell.coordinate)) for cell in row[1:]]
    assert (found["Cost: The drug"], found["Cost: The fee of a clinic"]) == ([1_000, 0], [50, 0])
    assert found["Incremental cost, against old"] == [1_050, None]
    assert found["Incremental QALYs, against old"] == [pytest.approx(0.1), None]
    assert found["Incremental cost per QALY, against old"] == [pytest.approx(10_500), None]


@pytest.mark.filterwarnings("ignore")
def test_a_condition_of_any_number_of_parts_is_checked(tmp_path):
    def transitions(p, time):
        risk = p.x * (1 + 0.01 * time.cycle)
        return {("well", "dead"): risk * 0 + 0.5 if bool((risk > 0.5).any()) else risk}

    model = replace(_two_states(horizon="70 years"), transitions=transitions)
    path = write_model_mirror(model, {"x": 0.2, "cost": 100.0}, tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(path, data_only=True)
    assert cell_of(book, "sound").value is True
    (row,) = (cell.row for cell in book["Checks"]["B"] if "test_workbooks.py, line" in str(cell.value))
    assert [book["Checks"].cell(row, column).value for column in (3, 6)] == [False, True]
    for x, above in ((0.295, False), (0.3, True)):  # in the last year alone
        values = by_formulas(change(path, {"x": x}))
        assert (values["CHECKS", f"C{row}"], values["CHECKS", "B6"]) == (above, not above)


def test_hostile_and_foreign_names_stay_names(tmp_path):
    hostile = "=1+1"
    model = hm.CohortModel(
        states=[hostile, "dead"],
        strategies=["a/b: [new]?", "a*b new and of a very long name indeed, so long that no sheet could hold it"],
        start={hostile: 1.0},
        cycle_length="1 year",
        horizon="2 years",
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        transitions=lambda p, time: {(hostile, "dead"): p["A1"] * p["Schädigung, R1C1"].sel(où="=2+2")},
        payoffs=lambda p, time: hm.Payoffs(cost={hostile: {hostile: p["check"]}}, qaly={hostile: 1.0}),
    )
    several = xr.DataArray([0.5], coords={"où": ["=2+2"]})
    draws = xr.Dataset({"A1": 0.2, "Schädigung, R1C1": several, "check": 9.0})
    path = write_model_mirror(model, draws, tmp_path / "m.xlsx", title=hostile)
    book = openpyxl.load_workbook(path)
    assert {"A1_", "Schädigung_R1C1_2_2", "check_2"} <= set(book.defined_names), set(book.defined_names)
    assert all(len(sheet.title) <= 31 for sheet in book)
    for sheet in book:
        for row in sheet.iter_rows():
            assert not any(cell.data_type == "f" and cell.value in (hostile, "=2+2") for cell in row)
    assert cell_of(openpyxl.load_workbook(path, data_only=True), "check").value is True


def test_a_path_that_is_no_workbook_is_refused(tmp_path):
    for path, what in (("m.pdf", "m.xlsx"), ("there/m.xlsx", "no folder")):
        with pytest.raises(MirrorError, match=what):
            write_model_mirror(_two_states(), {"risk": 0.1, "cost": 1.0}, tmp_path / path)
    with pytest.raises(MirrorError, match="one value of each"):
        write_model_mirror(_two_states(), {"risk": [0.1, 0.2], "cost": 1.0}, tmp_path / "m.xlsx")


def test_inputs_carry_what_the_inputs_file_says(tmp_path):
    path = write_mirror("models/hiv_chancellor", tmp_path / "m.xlsx", horizon="3 years")
    book = openpyxl.load_workbook(path, data_only=True)
    inputs = hm.read_inputs("models/hiv_chancellor/inputs.toml")
    row = cell_of(book, "lamivudine").row
    told = [cell.value for cell in book["Inputs"][row]]
    stated = inputs.parameters["lamivudine"]
    assert told[:2] == ["lamivudine", stated.label]
    assert told[4:7] == [stated.unit, str(stated.status), stated.source]
    assert book["Read me"]["A1"].value == inputs.about.title


def test_money_of_another_year_stands_as_it_was_published(tmp_path):
    folder = linear(tmp_path / "linear")
    text = (folder / "inputs.toml").read_text(encoding="utf-8")
    text = text.replace('price_year = "2023/24"', 'price_year = "2019/20"', 1)  # the analysis is in older prices
    (folder / "inputs.toml").write_text(text, encoding="utf-8")
    book = openpyxl.load_workbook(write_mirror(folder, tmp_path / "m.xlsx"), data_only=True)
    headings = [cell.value for cell in book["Inputs"][5]]
    fee = dict(zip(headings, [cell.value for cell in book["Inputs"][cell_of(book, "fee").row]], strict=True))
    assert (fee["published value"], fee["of prices in"]) == (pytest.approx(50), "2023/24")
    assert fee["value"] == pytest.approx(50 * fee["price index factor"])
    assert fee["value"] < 50


def test_every_sheet_has_a_title_and_the_first_names_all(tmp_path):
    path = write_mirror("models/sumatriptan", tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(path, data_only=True)
    listed = {cell.value for cell in book["Read me"]["A"]}
    for sheet in book:
        assert sheet["A1"].value
        assert sheet.title in listed


MODELS = {
    "catheter_dressing": ({}, []),
    "sumatriptan": ({}, ["relief_sumatriptan", "dose_caffeine", "utility_attack"]),
    "sick_sicker": ({}, ["progression", "death_ratio_sicker", "cost_b"]),
    "hip_replacement": ({}, ["shape", "log_scale", "death_rate_75"]),
    "hiv_chancellor": ({}, ["relative_risk", "from_a_B", "cost_c"]),
    "thrombectomy_savings": ({}, ["mean_stay_thrombectomy", "male_share", "nursing_home_week"]),
    "thrombectomy_lifetime": (
        {"scenario": "early", "group": "early, 80 and over", "horizon": "20 years"},
        ["delay_effect", "mortality_ratio_by_mrs_3", "care_home_week"],
    ),
}


@office
@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_a_published_model_agrees_as_written_and_with_three_inputs_changed(tmp_path, name):
    options, names = MODELS[name]
    path = write_mirror(f"models/{name}", tmp_path / "m.xlsx", **options)
    folder = hm.load_model(f"models/{name}")
    scenario = options.get("scenario", next(iter(folder.inputs.scenarios)))
    horizon = folder.check_horizon(options.get("horizon"))
    prepared = prepare(folder, folder.inputs, scenario, horizon, Sampler(draws=10_000, seed=1))
    book = openpyxl.load_workbook(path, data_only=True)
    changes = {each: 1.03 * cell_of(book, each).value for each in names}
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    again = by_office(change(path, {}, to=tmp_path / "same.xlsx"), tmp_path / "one")
    assert cell_of(again, "check").value is True
    other = by_office(change(path, changes), tmp_path / "two")
    assert cell_of(other, "check").value == ("inputs changed" if changes else True)
    group = options.get("group")
    engine = chosen(prepared.model.run(_changed(prepared.central, changes)), group)
    found, before = results_of(other), results_of(again)
    assert not changes or found != before
    for strategy in prepared.model.strategies:
        for words in ("QALYs", "Total cost"):
            assert found[words, strategy] == pytest.approx(answer(engine, words, strategy), rel=1e-9)


def _changed(central, changes):
    """The parameters with some of their numbers changed, by the names of their cells."""
    changed = central.copy(deep=True)
    for name, value in changes.items():
        stem = max((str(known) for known in central.data_vars if name.startswith(str(known))), key=len)
        array = changed[stem]
        place = (
            [str(label) for label in array[array.dims[0]].to_numpy()].index(name[len(stem) + 1 :]) if array.ndim else ()
        )
        array.values[place] = value
    return changed


@office
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 32))
def test_a_random_cohort_agrees_in_another_spreadsheet(tmp_path, seed):
    model, draws = random_cohort(seed)
    group = group_of(model)
    path = write_model_mirror(model, draws, tmp_path / "m.xlsx", group=group)
    (tmp_path / "two").mkdir()
    found = results_of(by_office(change(path, CHANGES), tmp_path / "two"))
    engine = chosen(model.run(draws.assign(CHANGES)), group)
    for strategy in model.strategies:
        for words in ("QALYs", "Total cost"):
            assert found[words, strategy] == pytest.approx(answer(engine, words, strategy), rel=1e-9)
    assert np.isfinite([value for value in found.values() if not isinstance(value, str)]).all()

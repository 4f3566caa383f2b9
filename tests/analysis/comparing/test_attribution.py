"""The movement of a figure, input by input: closed forms, order, exact sums, and what cannot be run again."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook

import heemodel as hm
from heemodel.analysis import compare
from heemodel.parameters import with_file, write_overlay, write_workbook
from tests.analysis.comparing.linear import CODE, PRICED, TABLE, linear
from tests.analysis.test_folder import folder
from tests.analysis.test_linked import TAKING
from tests.parameters.workbook.trust import cell_of

DRAWS = 400
SMALL = Path(__file__).parents[2] / "report" / "small_model"


def run(folder, **how):
    return hm.analyse(folder, **{"draws": DRAWS} | how)


def steps(comparison):
    return comparison.tables["attribution"].set_index("step")["value"]


def means(results):
    return float(results["base"].cea.incremental_net_benefit("new", threshold=20_000).mean())


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return run(linear(tmp_path_factory.mktemp("base") / "linear"))


def test_one_changed_unit_cost_moves_the_net_benefit_by_its_own_difference(base, tmp_path):
    """A fee that is 30 larger takes 30 from the net benefit, in every draw."""
    comparison = compare(base, run(linear(tmp_path / "linear", fee=80.0)), model=tmp_path / "linear")
    table = comparison.tables["attribution"].set_index("step")
    assert table["value"].to_dict() == pytest.approx(
        {"parameters.fee": -30.0, "rest": 0.0, "movement": -30.0}, abs=1e-9
    )
    assert table.loc["parameters.fee", "mcse"] == pytest.approx(0.0, abs=1e-9)
    assert table.loc["parameters.fee", "label"] == "The fee"


def filled(path, inputs, **values):
    """A workbook of the inputs in which some parameters' values are filled in."""
    book = load_workbook(write_workbook(inputs, path))
    for name, value in {"yours.source": "Ours", **values}.items():
        cell_of(book["Your figures"], name if "." in name else f"parameters.{name}.value").value = value
    cell_of(book["Your figures"], "parameters.fee.price_year").value = "2023/24"
    book.save(path)
    return path


@pytest.mark.parametrize("kind", ["xlsx", "toml"])
@pytest.mark.parametrize("recorded", [True, False], ids=["now", "kept before files of changes were told apart"])
def test_runs_that_files_of_changes_made_are_run_again(kind, recorded, tmp_path):
    """The code is the model's; the files that its inputs were changed by are none of it."""
    model, runs = hm.load_model(linear(tmp_path / "linear")), []
    for name, fee in (("east", 70.0), ("west", 80.0)):
        file = tmp_path / f"{name}.{kind}"
        if kind == "toml":
            write_overlay({"parameters": {"fee": {"value": fee, "source": "Ours"}}}, file)
        else:
            filled(file, model.inputs, fee=fee)
        made = run(model, inputs=with_file(file, model.inputs), files=hm.analysis.hash_of(file))
        assert list(made.record.changed_by) == [file.name]
        assert list(made.record.files)[-1] == file.name
        runs.append(made if recorded else replace(made, record=replace(made.record, changed_by=())))
    folders = [made.save(tmp_path / f"results {at}") for at, made in enumerate(runs)]
    comparison = compare(*folders, model=tmp_path / "linear")
    assert comparison.without == ""
    assert comparison.code == "both"
    assert not comparison.code_differs
    assert steps(comparison)["parameters.fee"] == pytest.approx(-10.0)


def test_code_that_made_the_changes_is_not_the_models(tmp_path):
    model = hm.load_model(linear(tmp_path / "linear"))
    changes = [{"parameters.fee.value": fee} for fee in (70.0, 80.0)]
    runs = [
        run(model, inputs=model.inputs.with_changes(one), files={"ours.py": str(at)}) for at, one in enumerate(changes)
    ]
    comparison = compare(*runs, model=tmp_path / "linear")
    assert comparison.code == "both"
    assert not comparison.code_differs


def test_inputs_that_act_together_are_attributed_in_the_order_of_the_second_file(base, tmp_path):
    """Price first: its change times 10 units; then 2 more units at the new price. The other way round, else."""
    forward = linear(tmp_path / "forward" / "linear", price=120.0, units=12.0)
    backward = linear(
        tmp_path / "backward" / "linear", price=120.0, units=12.0, order=("units", "price", "gain", "fee")
    )
    after = run(forward)
    prices = [float(results["base"].draws["price"].mean()) for results in (base, after)]
    one = steps(compare(base, after, model=forward))
    other = steps(compare(base, run(backward), model=backward))
    assert one["parameters.price"] == pytest.approx(-10 * (prices[1] - prices[0]))
    assert one["parameters.units"] == pytest.approx(-2 * prices[1])
    assert other["parameters.units"] == pytest.approx(-2 * prices[0])
    assert other["parameters.price"] == pytest.approx(-12 * (prices[1] - prices[0]))
    assert list(one.index) == ["parameters.price", "parameters.units", "rest", "movement"]
    assert list(other.index) == ["parameters.units", "parameters.price", "rest", "movement"]
    assert one["movement"] == pytest.approx(other["movement"])


@pytest.mark.parametrize("how", [{}, {"seed": 2}, {"draws": 300}, {"seed": 3, "draws": 700}])
def test_bars_add_up_to_the_movement_whatever_else_differs(base, tmp_path, how):
    after = run(linear(tmp_path / "linear", price=120.0, units=12.0, gain=0.11), **how)
    table = compare(base, after, model=tmp_path / "linear").tables["attribution"]
    bars = table[~table["total"]]
    movement = means(after) - means(base)
    assert table[table["total"]]["value"].item() == pytest.approx(movement)
    assert bars["value"].sum() == pytest.approx(movement)
    assert bars["start"].to_list() == pytest.approx([0, *bars["end"].to_list()[:-1]])
    assert bars["end"].iloc[-1] == pytest.approx(movement)
    assert abs(steps_of(table, "rest")) < 1e-9 or how


def steps_of(table, step):
    return table.set_index("step").loc[step, "value"]


def test_steps_on_fewer_draws_leave_the_other_draws_a_bar_of_their_own(base, tmp_path):
    after = run(linear(tmp_path / "linear", price=120.0))
    comparison = compare(base, after, model=tmp_path / "linear", draws=100)
    apart = [-10 * results["base"].draws["price"].to_numpy() for results in (base, after)]
    table = comparison.tables["attribution"].set_index("step")
    first, all_ = (float((apart[1][:n] - apart[0][:n]).mean()) for n in (100, DRAWS))
    assert comparison.steps_on == 100
    assert table.loc["parameters.price", "value"] == pytest.approx(first)
    assert table.loc["draws", "value"] == pytest.approx(all_ - first)
    assert table.loc["rest", "value"] == pytest.approx(0, abs=1e-9)
    assert table.loc["parameters.price", "mcse"] == pytest.approx((apart[1] - apart[0])[:100].std(ddof=1) / 10)


def test_another_code_is_what_is_left(base, tmp_path):
    """The new code charges the fee twice; steps run with it, and the fee's second charge is left over."""
    changed = CODE.replace("new(p.fee)", "new(2 * p.fee)")
    after = run(linear(tmp_path / "linear", code=changed, gain=0.11))
    comparison = compare(base, after, model=tmp_path / "linear")
    assert comparison.code == "after"
    assert comparison.code_differs
    assert steps(comparison).to_dict() == pytest.approx(
        {"parameters.gain": 200.0, "rest": -50.0, "movement": 150.0}, abs=1e-6
    )


def test_the_first_run_s_code_serves_as_well(base, tmp_path):
    changed = CODE.replace("new(p.fee)", "new(2 * p.fee)")
    after = run(linear(tmp_path / "changed" / "linear", code=changed, gain=0.11))
    comparison = compare(base, after, model=linear(tmp_path / "first" / "linear"))
    assert comparison.code == "before"
    assert steps(comparison)["rest"] == pytest.approx(-50.0, abs=1e-6)


def test_code_of_neither_run_is_not_run_and_the_reason_is_given(base, tmp_path):
    after = run(linear(tmp_path / "linear", gain=0.11))
    third = linear(tmp_path / "third" / "linear", code=CODE + "\n# another\n")
    comparison = compare(base, after, model=third)
    assert comparison.tables["attribution"].empty
    assert "neither run" in comparison.without
    assert "model.py" in comparison.without
    assert not comparison.moved.empty


def test_code_that_is_not_there_is_said(base, tmp_path, monkeypatch):
    after = run(linear(tmp_path / "linear", gain=0.11))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    comparison = compare(base, after)
    assert "models/linear" in comparison.without
    monkeypatch.chdir(tmp_path)
    assert compare(base, after).code == "both"


def test_a_named_folder_that_is_no_model_is_an_error(base, tmp_path):
    after = run(linear(tmp_path / "linear", gain=0.11))
    with pytest.raises(hm.HeemodelError, match="model folder"):
        compare(base, after, model=tmp_path)


def test_words_alone_make_no_step(base, tmp_path):
    after = run(linear(tmp_path / "linear", fee=60.0, source="Elsewhere"))
    assert list(steps(compare(base, after, model=tmp_path / "linear")).index) == ["parameters.fee", "rest", "movement"]


SOURCES = """
[alternatives.price]
label = "The price"
rationale = "Two lists."
weights = {{ dear = {dear}, cheap = 1 }}
"""


def option(name, value):
    return TABLE.format(
        section="alternatives.price.options",
        name=name,
        label=name,
        value=value,
        distribution="gamma",
        spread="standard_error = 10.0",
        unit="£ per unit",
        prices=PRICED,
        source="Invented",
    )


def test_tables_that_are_valid_only_together_are_one_step(base, tmp_path):
    """A parameter that becomes one of several sources: the new table alone, or the old one's loss alone, is refused."""
    more = SOURCES.format(dear=0) + option("dear", 200.0) + option("cheap", 90.0)
    after = run(linear(tmp_path / "linear", more=more, order=("units", "gain", "fee"), fee=60.0))
    table = compare(base, after, model=tmp_path / "linear").tables["attribution"]
    assert table["step"].to_list() == [
        "parameters.fee",
        "alternatives.price + parameters.price",
        "rest",
        "movement",
    ]
    assert table[~table["total"]]["value"].sum() == pytest.approx(means(after) - means(base))
    assert steps_of(table, "rest") == pytest.approx(0, abs=1e-9)


def test_inputs_that_the_code_does_not_take_are_left_over_by_name(tmp_path):
    """The first run's code knows no discount; the step is left to the rest, which says so."""
    before = run(linear(tmp_path / "before" / "linear"))
    code = CODE.replace('"fee": "£', '"rebate": "£ per unit", "fee": "£').replace("new(p.fee)", "new(p.fee - p.rebate)")
    after = run(
        linear(
            tmp_path / "after" / "linear",
            code=code,
            order=("price", "units", "gain", "fee", "rebate"),
            rebate=20.0,
            gain=0.11,
        )
    )
    table = compare(before, after, model=tmp_path / "before" / "linear").tables["attribution"].set_index("step")
    assert table.loc["parameters.gain", "value"] == pytest.approx(200.0)
    assert "parameters.rebate" in table.loc["rest", "note"]
    assert table.loc["rest", "value"] == pytest.approx(float(after["base"].draws["rebate"].mean()))
    assert np.isnan(table.loc["rest", "mcse"])


@pytest.mark.slow
def test_a_table_in_a_file_is_a_step_through_its_evidence(tmp_path):
    """Of the small model's trials one is larger in the second run: the csv file alone differs."""
    paths = [tmp_path / name / "small" for name in ("one", "two")]
    for path in paths:
        shutil.copytree(SMALL, path, ignore=shutil.ignore_patterns("__pycache__"))
    arms = (paths[1] / "arms.csv").read_text(encoding="utf-8").splitlines()
    place = next(at for at, line in enumerate(arms) if line.startswith("First,new"))
    fields = arms[place].split(",")
    arms[place] = ",".join([*fields[:2], str(int(fields[2]) + 10), *fields[3:]])
    (paths[1] / "arms.csv").write_text("\n".join(arms) + "\n", encoding="utf-8")
    before, after = (hm.analyse(path, draws=200) for path in paths)
    comparison = compare(before, after, model=paths[1])
    assert comparison.code == "both"
    assert comparison.tables["changes"]["place"].to_list() == ["tables.arms.file"]
    table = comparison.tables["attribution"].set_index(["scenario", "step"])["value"]
    for scenario in ("all", "early"):
        assert table[scenario, "tables.arms"] != 0
        assert table[scenario, "rest"] == pytest.approx(0, abs=1e-6)
        assert table[scenario, "tables.arms"] == pytest.approx(table[scenario, "movement"])


def test_code_of_a_model_that_is_taken_from_counts_as_code(tmp_path):
    """The other model lies beside: where its code is another's, steps are not run."""
    theirs = folder(tmp_path / "theirs")
    ours = folder(tmp_path / "ours", TAKING)
    before = hm.analyse(ours, draws=150)
    inputs = before.inputs.with_changes({"parameters.price.value": 12.0})
    after = hm.analyse(ours, draws=150, inputs=inputs)
    assert compare(before, after, model=ours).code == "both"
    code = (theirs / "model.py").read_text(encoding="utf-8")
    (theirs / "model.py").write_text(code + "\n# another\n", encoding="utf-8")
    without = compare(before, after, model=ours).without
    assert "theirs/model.py" in without

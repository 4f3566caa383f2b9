"""Model folders: what they may hold, how their files import each other, and what is said of those that do not fit."""

import shutil
import textwrap
from pathlib import Path

import pytest

import heemodel as hm
from heemodel.analysis import load_model
from heemodel.analysis.analyse import FEWEST_DRAWS
from heemodel.cli.run import run

ROOT = Path(__file__).parents[2]

INPUTS = """
[about]
title = "A test"
question = "Does it load?"
population = "Nobody"
perspective = "NHS"
price_year = "2023/24"
policy = "nice-2022"
comparator = "old"

[parameters.price]
label = "Price"
value = 10
standard_error = 1
distribution = "gamma"
unit = "£ per person"
price_year = "2023/24"
source = "Invented"
status = "assumed"
rationale = "A test."
"""

MODEL = """
import heemodel as hm

def model():
    return hm.FunctionModel(
        strategies=["old", "new"],
        outcomes=lambda p: hm.Outcomes(cost={"all": hm.by_strategy({"old": 0.0, "new": p.price})}, qaly=0.0),
    )
"""


def folder(path, model=MODEL, inputs=INPUTS, **files):
    path.mkdir(parents=True, exist_ok=True)
    (path / "inputs.toml").write_text(inputs, encoding="utf-8")
    (path / "model.py").write_text(textwrap.dedent(model), encoding="utf-8")
    for name, text in files.items():
        (path / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def test_evidence_needs_and_scenarios_are_optional(tmp_path):
    loaded = load_model(folder(tmp_path / "ours"))
    assert list(loaded.inputs.scenarios) == ["base"]
    assert loaded.evidence(loaded.inputs, "base") is None
    assert loaded.default_horizon == ""
    assert hm.analyse(loaded, draws=100)["base"].outcomes.sizes["sample"] == 100


def test_files_of_a_folder_import_each_other(tmp_path):
    model = "from .helpers import STRATEGIES\n" + MODEL.replace('["old", "new"]', "STRATEGIES")
    loaded = load_model(folder(tmp_path / "ours", model, helpers='STRATEGIES = ["old", "new"]'))
    assert set(loaded.code) == {"model.py", "helpers.py"}
    assert list(loaded.model(loaded.inputs, "", "base").strategies) == ["old", "new"]


def test_an_import_without_a_dot_is_told_with_the_cure(tmp_path):
    with pytest.raises(hm.HeemodelError, match=r"write from \.helpers import"):
        load_model(folder(tmp_path / "ours", "import helpers\n" + MODEL, helpers=""))


def test_two_folders_of_one_name_do_not_collide(tmp_path):
    names = {}
    for place, strategies in (("a", '["old", "new"]'), ("b", '["old", "newer"]')):
        model = "from .helpers import STRATEGIES\n" + MODEL.replace('["old", "new"]', "STRATEGIES")
        names[place] = load_model(folder(tmp_path / place / "ours", model, helpers=f"STRATEGIES = {strategies}"))
    first, second = (one.model_module.STRATEGIES for one in names.values())
    assert (first, second) == (["old", "new"], ["old", "newer"])


def test_a_file_that_was_edited_is_read_anew(tmp_path):
    path = folder(tmp_path / "ours", "from .helpers import X\n" + MODEL, helpers="X = 1")
    assert load_model(path).model_module.X == 1
    (path / "helpers.py").write_text("X = 22", encoding="utf-8")
    assert load_model(path).model_module.X == 22


def test_mistakes_in_the_inputs_come_to_light_before_any_code_is_run(tmp_path):
    mark = tmp_path / "was_run"
    path = folder(
        tmp_path / "ours",
        f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n" + MODEL,
        INPUTS.replace("value = 10", "value = -10"),
    )
    with pytest.raises(hm.HeemodelError, match=r"parameters\.price"):
        load_model(path)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("model", "told"),
    [
        ("", "no function model"),
        ("def model(patients): ...", "'patients'; it may ask for inputs, horizon, scenario"),
        ("def model(horizons='5 years'): ...", "did you mean 'horizon'?"),
        ("def model(horizon): ...", "give horizon a default"),
        ("def model(): return 3", "gives a int; return a decision model"),
        ("import nonsuch_package", "'nonsuch_package', which is not installed"),
        ("def model(:", "line 1"),
        ("NEEDS = 3\ndef model(): ...", "NEEDS is no hm.Needs"),
    ],
)
def test_a_model_that_does_not_fit_is_told_with_its_file(tmp_path, model, told):
    with pytest.raises(hm.HeemodelError) as error:
        hm.analyse(folder(tmp_path / "ours", model), draws=100)
    assert told in str(error.value)
    assert "model.py" in str(error.value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"seed": -1}, "seed = -1"),
        ({"draws": 99}, "draws = 99"),
        ({"draws": 1e4}, "draws = 10000.0"),
        ({"scenarios": "base"}, r"scenarios=\['base'\]"),
    ],
)
def test_what_an_analysis_cannot_start_with_is_refused(given, told):
    with pytest.raises(hm.HeemodelError, match=told):
        hm.analyse("no such folder", **given)


def test_the_command_and_python_take_as_few_draws():
    draws = next(option for option in run.params if option.name == "draws")
    assert draws.type.min == FEWEST_DRAWS


def test_draws_in_place_of_inputs_are_refused_with_what_makes_a_model(tmp_path):
    loaded = load_model(folder(tmp_path / "ours"))
    with pytest.raises(hm.HeemodelError, match=r"Dataset.*\.model\(\)\.run\(draws\)"):
        loaded.model(loaded.inputs.central())


def test_a_missing_policy_is_told_with_those_there_are(tmp_path):
    with pytest.raises(hm.HeemodelError, match=r"policy is missing.*nice-2022.*nice-2026"):
        load_model(folder(tmp_path / "ours", inputs=INPUTS.replace('policy = "nice-2022"\n', "")))


def test_a_number_in_quotes_is_told_without_a_decimal_point_it_does_not_need(tmp_path):
    with pytest.raises(hm.HeemodelError, match="without quotes") as error:
        load_model(folder(tmp_path / "ours", inputs=INPUTS.replace("value = 10", 'value = "10"')))
    assert "decimal point" not in str(error.value)


def test_a_horizon_for_a_model_that_takes_none_is_refused(tmp_path):
    with pytest.raises(hm.HeemodelError, match="takes no horizon"):
        hm.analyse(folder(tmp_path / "ours"), draws=100, horizon="5 years")


def test_a_folder_without_a_model_and_a_file_are_told_apart(tmp_path):
    path = folder(tmp_path / "ours")
    with pytest.raises(hm.HeemodelError, match="name the model's folder"):
        load_model(path / "inputs.toml")
    (path / "model.py").unlink()
    with pytest.raises(hm.HeemodelError, match=r"it has no model\.py.*heemodel new"):
        load_model(path)


def test_an_error_names_the_line_of_a_component_that_is_never_paid(tmp_path):
    inputs = INPUTS + '\n[components.drugs]\nlabel = "Drugs"\npayer = "NHS"\n'
    with pytest.raises(hm.HeemodelError, match=r"components\.drugs.*never pays"):
        hm.analyse(folder(tmp_path / "ours", inputs=inputs), draws=100)


def test_every_model_in_the_project_loads():
    for path in sorted((ROOT / "models").iterdir()):
        if (path / "inputs.toml").is_file():
            assert load_model(path).inputs.about.title


def test_a_copy_of_a_model_is_the_same_model(tmp_path):
    shutil.copytree(ROOT / "models" / "sick_sicker", tmp_path / "ours")
    one, other = (hm.analyse(path, draws=100) for path in (tmp_path / "ours", ROOT / "models" / "sick_sicker"))
    assert one.tables["headline"].equals(other.tables["headline"])

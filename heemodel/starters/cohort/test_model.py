"""Tests of this model: ``python -m pytest --import-mode=importlib MODEL_FOLDER``."""

from pathlib import Path

import heemodel as hm

FOLDER = Path(__file__).parent


def test_every_check_of_an_analysis_is_passed():
    results = hm.analyse(FOLDER, draws=200)
    assert [check for check in results["base"].checks if not check.passed] == []


def test_without_an_effect_new_care_only_costs():
    model = hm.load_model(FOLDER)
    useless = model.inputs.with_changes({"parameters": {"relative_risk": {"value": 1.0, "distribution": "fixed"}}})
    results = hm.analyse(model, inputs=useless, draws=200)
    assert results["base"].cea.icer("new care").quadrant.startswith("dominated")

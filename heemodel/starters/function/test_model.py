"""Tests of this model: ``python -m pytest --import-mode=importlib MODEL_FOLDER``."""

from pathlib import Path

import heemodel as hm

FOLDER = Path(__file__).parent


def test_every_check_of_an_analysis_is_passed():
    results = hm.analyse(FOLDER, draws=200)
    assert [check for check in results["base"].checks if not check.passed] == []


def test_visits_with_a_reminder_are_those_by_hand():
    results = hm.analyse(FOLDER, draws=200)
    assert abs(results["base"].point["visits"].sel(strategy="reminder") - (1 - 0.3 * 0.75)) < 1e-9

"""Tests of this model: ``python -m pytest --import-mode=importlib MODEL_FOLDER``."""

from pathlib import Path

import heemodel as hm

FOLDER = Path(__file__).parent


def test_every_check_of_an_analysis_is_passed():
    results = hm.analyse(FOLDER, draws=200)
    assert [check for check in results["base"].checks if not check.passed] == []


def test_the_cost_of_open_surgery_is_that_by_hand():
    results = hm.analyse(FOLDER, draws=200)
    by_hand = 3_800 + 0.10 * (0.25 * 5_500 + 0.75 * 600)  # to be worked out anew when the tree changes
    cost = float(results["base"].point["cost"].sel(strategy="open").sum())
    assert abs(cost - by_hand) < 1e-6, f"the model says {cost:,.2f}, by hand it is {by_hand:,.2f}"

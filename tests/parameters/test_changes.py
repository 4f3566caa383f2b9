"""Inputs changed in memory: laid over the file, checked like it, the original untouched."""

from contextlib import suppress
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import heemodel as hm
from tests.parameters.test_alternatives import INPUTS, NEEDS, TRIALS


@pytest.fixture
def original(tmp_path):
    (tmp_path / "inputs.toml").write_text(INPUTS, encoding="utf-8")
    (tmp_path / "trials.csv").write_text(TRIALS, encoding="utf-8")
    return hm.read_inputs(tmp_path / "inputs.toml", needs=NEEDS)


NARROW = {"value": 50, "interval": [40, 60]}


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"price": NARROW}, "settings": {"age": {"value": 70}}},
        {"parameters.price": NARROW, "settings.age.value": 70},
        {"parameters.price.value": 50, "parameters.price.interval": (40, 60), "settings": {"age": {"value": 70}}},
        {"parameters.price.value": np.float64(50), "parameters": {"price": {"interval": np.array([40.0, 60])}}}
        | {"settings.age.value": np.int64(70)},
    ],
)
def test_changes_are_tables_or_paths_and_the_original_stays_as_it_is(original, changes):
    before = original.draw(20, seed=1)
    changed = original.with_changes(changes)
    assert float(changed.central()["price"]) == 50
    assert (changed.setting("age"), original.setting("age")) == (70, 60)
    assert float(original.central()["price"]) == 100
    xr.testing.assert_identical(original.draw(20, seed=1), before)
    expected = {"parameters.price.value": 50, "parameters.price.interval": [40, 60], "settings.age.value": 70}
    assert (changed.changes, original.changes) == (expected, {})
    with pytest.raises(FrozenInstanceError):
        changed.about = None


def test_changed_inputs_are_those_of_a_file_with_the_changes(original, tmp_path):
    text = INPUTS.replace("value = 100\ninterval = [80, 120]", "value = 50\ninterval = [40, 60]")
    (tmp_path / "inputs.toml").write_text(text, encoding="utf-8")
    written = hm.read_inputs(tmp_path / "inputs.toml", needs=NEEDS)
    changed = original.with_changes({"parameters.price": NARROW})
    xr.testing.assert_identical(changed.draw(50, seed=2), written.draw(50, seed=2))
    assert changed.parameters == written.parameters
    assert list(changed.varied) == list(written.varied)


def test_a_spread_of_another_form_takes_the_place_of_the_old(original):
    price = original.with_changes({"parameters.price.standard_error": 5.0}).parameters["price"]
    assert (price.value, price.standard_error, price.interval) == (100, 5, None)


def test_variations_are_laid_over_the_changed_inputs(original):
    changed = original.with_changes({"settings.age.value": 65, "variations.dear.label": "Dearer"})
    assert changed.varied["dear"].setting("age") == 65
    assert changed.varied["dear"].parameters["price"].value == 150
    assert changed.varied["second-cheap"].setting("age") == 70
    assert changed.variations["dear"].label == "Dearer"


def test_a_variation_and_changed_inputs_can_be_changed_again(original):
    twice = original.with_changes({"settings.age.value": 65}).with_changes({"parameters.price": NARROW})
    assert (twice.setting("age"), twice.parameters["price"].value) == (65, 50)
    assert set(twice.changes) == {"settings.age.value", "parameters.price.value", "parameters.price.interval"}
    assert original.varied["dear"].with_changes({"settings.age.value": 65}).parameters["price"].value == 150


def test_the_weights_of_alternatives_can_be_changed(original):
    second = original.with_changes({"alternatives.utility.weights": {"first": 0.0, "second": 1.0}})
    assert second.central()["utility"].item() == 0.8
    assert float(second.draw(100, seed=1)["utility"].min()) > 0.79


def test_tables_are_not_read_again(original):
    (original.path.parent / "trials.csv").unlink()
    assert original.with_changes({"settings.age.value": 61}).frames["trials"].equals(original.frames["trials"])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"parameters.price.value": -5},
            "[changes.parameters.price] makes [parameters.price] wrong: is no gamma",
        ),
        ({"parameters.prize.value": 5}, "[changes.parameters.prize] there is no [parameters.prize] to change; did you"),
        ({"parameters.price.vlaue": 5}, "[changes.parameters.price.vlaue] makes [parameters.price.vlaue] wrong: unkno"),
        ({"parameters.price.value": "5"}, "write the number without quotes"),
        ({"parameters.price.unit": "£ per day"}, "[changes.parameters.price.unit] makes [parameters.price.unit] wrong"),
        ({"parameters.price": 5}, "[changes.parameters.price] makes [parameters.price] wrong: must be a table"),
        ({"settings": {"age.value": 70}}, "there is no [settings.age.value] to change"),
        ({"parameters": 5}, "[changes.parameters] is no table"),
        ({"paramters.price.value": 5}, "[changes.paramters] makes [paramters] wrong: unknown section; did you mean"),
        ({"settings.age.value": 5, "settings": {"age": {"value": 6}}}, "[changes.settings.age.value] is given twice"),
        ({"settings.age": 5, "settings.age.value": 6}, "[changes.settings.age.value] leads through a value"),
        ({"about.comparator": " "}, "[changes.about.comparator] makes [about.comparator] wrong: is empty"),
    ],
)
def test_a_mistake_is_reported_at_the_path_that_was_given(original, changes, reason):
    with pytest.raises(hm.parameters.InputError) as error:
        original.with_changes(changes)
    assert reason in str(error.value)
    assert "line" not in str(error.value.problems[0]).split("]")[0]


def test_all_mistakes_are_reported_together(original):
    with pytest.raises(hm.parameters.InputError) as error:
        original.with_changes({"parameters.price.value": -5, "settings.age.value": "old", "about.title": ""})
    assert {problem.place[1] for problem in error.value.problems} == {"parameters", "settings", "about"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.dictionaries(
        st.sampled_from(
            ["parameters", "settings.age", "about", "alternatives.utility", "scenarios.all", "x", "tables"]
        ),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=3) | st.floats(allow_nan=True),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
            max_leaves=5,
        ),
        max_size=3,
    )
)
def test_any_changes_are_taken_or_refused_with_an_input_error(original, changes):
    with suppress(hm.parameters.InputError):
        original.with_changes(changes)

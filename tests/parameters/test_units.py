"""Units that time turns into one another."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heemodel.analysis import load_model
from heemodel.parameters import InputError
from heemodel.parameters.units import choices, conversion

UNITS = ["£ per day", "£ per 90 days", "£ per week", "£ per year", "£ per 6 months"]


@pytest.mark.parametrize(
    ("given_unit", "wanted", "factor"),
    [
        ("£ per day", "£ per 90 days", 90),
        ("£ per week", "£ per day", 1 / 7),
        ("£ per  year", "£ per year", 1),
        ("£ per year", "£ per day", 1 / 365.25),
        ("weeks", "days", 7),
        ("years", "months", 12),
        ("£ per day", "$ per day", None),
        ("£ per patient", "£ per day", None),
        ("probability per year", "probability per month", None),
        ("share", "days", None),
        ("days", "£ per day", None),
        ("£ per 0 days", "£ per 90 days", None),
        ("£ per day", "£ per 0.0 days", None),
        ("days", "0 days", None),
    ],
)
def test_factors(given_unit, wanted, factor):
    found = conversion(given_unit, wanted)
    assert found == (None if factor is None else pytest.approx(factor, rel=1e-12))


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from(UNITS))
def test_two_conversions_are_one(first, second, third):
    assert conversion(first, second) * conversion(second, third) == pytest.approx(conversion(first, third), rel=1e-12)


@pytest.mark.parametrize("unit", ["£ per day", "days", "share", "probability per year", "EQ-5D utility"])
def test_every_choice_can_be_converted(unit):
    assert choices(unit)[0] == unit
    assert all(conversion(choice, unit) for choice in choices(unit))


def test_a_unit_per_no_time_is_refused_at_its_place():
    inputs = load_model(Path(__file__).parents[2] / "models" / "thrombectomy_savings").inputs
    with pytest.raises(InputError, match=r"'£ per 0 days'; the model takes '£ per 90 days': give the figures") as error:
        inputs.with_changes({"parameters.stroke_unit_90_days.unit": "£ per 0 days"})
    assert [problem.place[-3:] for problem in error.value.problems] == [("parameters", "stroke_unit_90_days", "unit")]

"""One grammar of durations for cycles, horizons and populations."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import heemodel as hm
from heemodel.decision import affected
from heemodel.structures.cycles import years as years_of_cycles
from heemodel.timespans import UNITS, calendar_years, years

whole = st.integers(1, 10_000)
units = st.sampled_from(sorted(UNITS))
plurals = st.sampled_from(["", "s"])
spaces = st.sampled_from(["", " ", "  "])


@given(whole, units, plurals, spaces)
def test_a_whole_number_of_units(number, unit, plural, space):
    assert years(f"{space}{number}{space}{unit}{plural}{space}") == number * UNITS[unit]


@given(whole, whole, units)
def test_a_fraction_is_exact(part, of, unit):
    length = years(f"{part}/{of} {unit}")
    assert length == Fraction(part, of) * UNITS[unit]
    assert of * length == years(f"{part} {unit}s")


@given(st.decimals(0, 1_000, places=3), units)
def test_a_decimal_is_exact(number, unit):
    assert years(f"{number} {unit}") == Fraction(str(number)) * UNITS[unit]


def test_units_fit_one_another():
    assert years("12 months") == years("365.25 days") == years("1 year")
    assert years("52 weeks") == years("364 days") < years("1 year")


@given(st.text(st.sampled_from("0123456789./ -+eyearsmonthwkd½\n"), max_size=14) | st.text(max_size=10))
def test_any_other_text_is_refused_with_the_cure(text):
    try:
        length = years(text)
    except hm.HeemodelError as error:
        said = str(error)
    else:
        assert length >= 0
        return
    assert repr(text) in said
    assert any(cure in said for cure in ("write for example", "did you mean", "known names"))


@given(whole, units)
def test_the_rooms_read_alike(number, unit):
    text = f"{number} {unit}s"
    assert years_of_cycles(text) == years(text)
    if years(text) < 100:
        people = affected(incidence=1.0, horizon=text, discount=0.0)
        assert people == pytest.approx(float(years(text)))


def test_they_refuse_alike():
    text = "10"
    for read in (years, years_of_cycles, lambda horizon: affected(incidence=1, horizon=horizon, discount=0.0)):
        with pytest.raises(hm.HeemodelError, match=r"'10' has no unit; did you mean \"10 years\"\?"):
            read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ten years", "is not a number and a unit; write for example"),
        ("3 yeers", "unknown unit 'yeer'; did you mean 'year'"),
        ("1/0 year", "divides by 0; write for example"),
        ("-1 year", "is not a number and a unit"),
    ],
)
def test_errors_name_the_cure(text, said):
    with pytest.raises(hm.HeemodelError) as error:
        years(text, "horizon")
    assert str(error.value).startswith(f"horizon {text!r}")
    assert said in str(error.value)


def test_calendar_years_follow_one_another_over_a_century():
    assert calendar_years("2098/99", 3) == ["2098/99", "2099/00", "2100/01"]
    assert calendar_years("1999", 2) == ["1999", "2000"]
    assert calendar_years(None, 2) == ["1", "2"]


@pytest.mark.parametrize("first", ["2025/27", "25/26", "2025-26", "", 2025])
def test_a_first_year_that_is_none_is_refused(first):
    with pytest.raises(hm.HeemodelError, match=r"first year .* is no year"):
        calendar_years(first, 1)

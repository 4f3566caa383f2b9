"""Survival along a life table of one's own, against closed forms and a plain walk from one birthday to the next."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.structures.cohort.engine.recording import Recorded


def persons(first, values, measure="mx"):
    return hm.parameters.life_table(pd.DataFrame({"age": range(first, first + len(values)), measure: values}))


def by_calendar(rates, first_age, first_year, *, sexes=False):
    """A table of rates[age][year]; women have two thirds of it."""
    rows = [
        {"age": first_age + i, "year": first_year + j, "mx": value}
        for i, row in enumerate(rates)
        for j, value in enumerate(row)
    ]
    if not sexes:
        return hm.parameters.life_table(pd.DataFrame(rows))
    both = [
        row | {"sex": sex, "mx": row["mx"] * part} for row in rows for sex, part in (("male", 1), ("female", 2 / 3))
    ]
    return hm.parameters.life_table(pd.DataFrame(both))


def ages(*values):
    return xr.DataArray([float(value) for value in values], dims="cycle")


def walk(rates, first_age, first_year, start_age, start_year, age):
    """Hazard from the start to `age`, at the rate of each cell up to the next birthday or new year."""
    at, now, hazard = float(start_age), float(start_year), 0.0
    while at < age - 1e-12:
        step = min(math.floor(at) + 1 - at, math.floor(now) + 1 - now, age - at)
        middle_age, middle_time = at + step / 2, now + step / 2
        row = rates[min(math.floor(middle_age) - first_age, len(rates) - 1)]
        hazard += step * row[min(math.floor(middle_time) - first_year, len(row) - 1)]
        at, now = at + step, now + step
    return hazard


def test_a_constant_rate_is_exponential_survival_at_any_age_and_cycle():
    table = persons(40, [0.07, 0.07, 0.07])
    reached = ages(40, 41.5, 60, 90)
    survival = table.survival(reached, start_age=40).to_numpy()
    assert survival == pytest.approx(np.exp(-0.07 * (reached.to_numpy() - 40)), rel=1e-14)
    assert table.rate(reached, start_age=40, years=0.3).to_numpy() == pytest.approx([0.07] * 4, rel=1e-12)


def test_probabilities_come_back_and_are_another_thing_than_rates():
    q = [0.1, 0.2, 0.3]
    years = ages(60, 61, 62)
    by_probability = persons(60, q, "qx").rate(years, start_age=60, years=1)
    assert 1 - np.exp(-by_probability.to_numpy()) == pytest.approx(q, rel=1e-12)
    by_rate = persons(60, q, "mx").rate(years, start_age=60, years=1)
    assert by_rate.to_numpy() == pytest.approx(q, rel=1e-12)


def test_the_rate_is_constant_within_a_band():
    table = hm.parameters.life_table(pd.DataFrame({"age": [0, 1, 5, 10], "qx": [0.02, 0.04, 0.05, 0.1]}))
    assert table.last_age == 10
    rates = table.rate(ages(0, 1, 4, 5, 9, 10, 40), start_age=0, years=1).to_numpy()
    wanted = [-math.log(0.98), *[-math.log(0.96) / 4] * 2, *[-math.log(0.95) / 5] * 2, *[-math.log(0.9) / 5] * 2]
    assert rates == pytest.approx(wanted, rel=1e-12)
    assert float(table.survival(xr.DataArray(15.0), start_age=10)) == pytest.approx(0.9, rel=1e-12)


def test_bands_of_rates_equal_the_same_rates_written_year_by_year():
    bands = hm.parameters.life_table(pd.DataFrame({"age": [50, 60, 70], "mx": [0.01, 0.03, 0.2]}))
    single = persons(50, [0.01] * 10 + [0.03] * 10 + [0.2])
    xr.testing.assert_identical(bands.rates, single.rates)


def test_everyone_dies_within_the_last_year_of_age_where_the_probability_is_1():
    table = persons(98, [0.5, 0.6, 1.0], "qx")
    reached = ages(98, 99, 100, 100.25, 100.75, 101, 130)
    survival = table.survival(reached, start_age=98).to_numpy()
    assert survival == pytest.approx([1, 0.5, 0.2, 0.15, 0.05, 0, 0], abs=1e-15)
    rates = table.rate(ages(99, 100, 100.5, 101, 120), start_age=98, years=0.5).to_numpy()
    assert rates == pytest.approx([-math.log(0.4), 2 * math.log(2), math.inf, math.inf, math.inf], rel=1e-12)
    assert table.rate(ages(100), start_age=98, years=1).item() == math.inf
    assert table.survival(ages(100.75), start_age=100.5).item() == pytest.approx(0.5, rel=1e-14)


def test_life_expectancy_with_a_probability_of_1_is_that_of_deaths_even_through_the_last_year():
    table = persons(99, [0.5, 1.0], "qx")
    points = np.linspace(99, 101, 200_001)
    lived = np.trapezoid(table.survival(xr.DataArray(points, dims="t"), start_age=99).to_numpy(), points)
    assert lived == pytest.approx(0.5 / math.log(2) + 0.5 * 0.5, abs=1e-9)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_one_sex_may_die_out_before_the_other(share):
    frame = pd.DataFrame({"age": [98, 99], "qx_male": [0.5, 1.0], "qx_female": [0.4, 0.6]})
    table = hm.parameters.life_table(frame)
    at = ages(98, 99, 100, 101)
    alive = share * np.array([1, 0.5, 0, 0, 0]) + (1 - share) * np.array([1, 0.6, 0.24, 0.24 * 0.4, 0.24 * 0.16])
    rates = table.rate(at, share, start_age=98, years=1).to_numpy()
    wanted = [-math.log(b / a) if b else math.inf for a, b in pairwise(alive)]
    assert rates == pytest.approx(wanted, rel=1e-12)


RATES = [[0.01, 0.02, 0.04], [0.1, 0.2, 0.4], [0.5, 0.6, 0.7]]


def test_a_cohort_moves_along_the_diagonal_of_age_and_calendar_year():
    table = by_calendar(RATES, 60, 2020)
    reached = ages(61, 62, 63, 64)
    hazard = -np.log(table.survival(reached, start_age=60, start_year=2020).to_numpy())
    assert hazard == pytest.approx([0.01, 0.21, 0.91, 1.61], rel=1e-13)
    half = -np.log(table.survival(ages(60.5, 61, 61.5, 62.5), start_age=60, start_year=2020.5).to_numpy())
    assert half == pytest.approx([0.005, 0.015, 0.115, 0.115 + 0.2 + 0.35], rel=1e-13)


def test_after_the_last_calendar_year_its_rates_go_on():
    table = by_calendar(RATES, 60, 2020)
    rate = table.rate(ages(60, 61, 62, 75), start_age=60, start_year=2050, years=1).to_numpy()
    assert rate == pytest.approx([0.04, 0.4, 0.7, 0.7], rel=1e-12)


def test_groups_that_start_at_other_ages_have_diagonals_of_their_own():
    table = by_calendar(RATES, 60, 2020)
    start = xr.DataArray([60.0, 61.25], dims="group", coords={"group": ["young", "old"]})
    time = ages(0, 0.5, 1, 2)
    together = table.rate(time + start, start_age=start, start_year=2020.5, years=0.5)
    assert together.dims == ("cycle", "group")
    for name in ("young", "old"):
        age = float(start.sel(group=name))
        alone = table.rate(time + age, start_age=age, start_year=2020.5, years=0.5)
        assert together.sel(group=name).to_numpy() == pytest.approx(alone.to_numpy(), rel=1e-13)
        for at, rate in zip(time.to_numpy() + age, alone.to_numpy(), strict=True):
            walked = [walk(RATES, 60, 2020, age, 2020.5, end) for end in (at, at + 0.5)]
            assert rate == pytest.approx((walked[1] - walked[0]) / 0.5, rel=1e-12)


def test_a_last_year_of_age_in_which_everyone_dies_goes_with_calendar_years():
    rows = [{"age": 99 + i, "year": 2020 + j, "qx": [[0.2, 0.4], [1, 1]][i][j]} for i in (0, 1) for j in (0, 1)]
    table = hm.parameters.life_table(pd.DataFrame(rows))
    survival = table.survival(ages(100, 100.5, 101), start_age=99, start_year=2020.5).to_numpy()
    middle = math.sqrt(0.8 * 0.6)
    assert survival == pytest.approx([middle, middle / 2, 0], rel=1e-13)


def test_cycles_may_differ_in_length():
    table = hm.parameters.life_table("uk-2022-2024")
    length = xr.DataArray([1 / 12, 0.5, 1.0, 5.0], dims="cycle")
    age = ages(66, 66 + 1 / 12, 67, 80)
    rates = table.rate(age, 0.5, start_age=66, years=length).to_numpy()
    one_by_one = [table.rate(age[[i]], 0.5, start_age=66, years=float(length[i])).item() for i in range(length.size)]
    assert rates.tolist() == one_by_one
    short = by_calendar(RATES, 60, 2020).rate(ages(60, 61), start_age=60, start_year=2020, years=length[[1, 3]])
    assert short.to_numpy() == pytest.approx([0.01, (0.2 + 4 * 0.7) / 5], rel=1e-12)


@pytest.mark.parametrize("dies_out", [False, True])
def test_shares_of_men_and_cycles_stay_recorded(dies_out):
    frame = pd.DataFrame({"age": [60, 61], "qx_male": [0.2, 1.0 if dies_out else 0.3], "qx_female": [0.1, 0.2]})
    table = hm.parameters.life_table(frame)
    cycle, share = np.arange(6), xr.DataArray(np.linspace(0, 1, 5), dims="sample")
    recorded = table.rate(xr.DataArray(Recorded.known(cycle, drawn=0), dims="cycle") + 60, share, start_age=60, years=1)
    assert isinstance(recorded.data, Recorded)
    assert recorded.data.operation != "known"
    plain = table.rate(xr.DataArray(cycle, dims="cycle") + 60, share, start_age=60, years=1)
    assert np.asarray(recorded).tolist() == plain.to_numpy().tolist()


positive = st.floats(0, 1).map(lambda x: round(x, 6))
grids = st.integers(1, 5).flatmap(
    lambda years: st.lists(st.lists(positive, min_size=years, max_size=years), min_size=1, max_size=6)
)


@settings(max_examples=150, deadline=None)
@given(rates=grids, start_age=st.floats(40, 50), after=st.floats(0, 8), steps=st.lists(st.floats(0, 9), max_size=4))
def test_survival_along_the_diagonal_is_that_of_a_walk_from_cell_to_cell(rates, start_age, after, steps):
    table = by_calendar(rates, 40, 2000)
    reached = start_age + np.array([0.0, *steps])
    start_year = 2000 + after
    survival = table.survival(ages(*reached), start_age=start_age, start_year=start_year).to_numpy()
    walked = [walk(rates, 40, 2000, start_age, start_year, age) for age in reached]
    assert survival == pytest.approx(np.exp(-np.array(walked)), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    rates=grids, start_age=st.floats(40, 50), share=st.floats(0, 1), lengths=st.lists(st.floats(0.02, 3), max_size=6)
)
def test_survival_only_falls_and_is_the_product_of_its_parts(rates, start_age, share, lengths):
    table = by_calendar(rates, 40, 2000, sexes=True)
    reached = start_age + np.cumsum([0.0, *lengths, 0.5])
    survival = table.survival(ages(*reached), share, start_age=start_age, start_year=2000.3).to_numpy()
    assert survival[0] == pytest.approx(1, rel=1e-12)
    assert (np.diff(survival) <= 1e-12).all()
    length = xr.DataArray(np.diff(reached), dims="cycle")
    parts = table.rate(ages(*reached[:-1]), share, start_age=start_age, start_year=2000.3, years=length)
    assert np.exp(-np.cumsum((parts * length).to_numpy())) == pytest.approx(survival[1:], rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(rates=st.lists(positive, min_size=1, max_size=6), start_age=st.floats(40, 50), steps=st.lists(st.floats(0, 9)))
def test_a_table_of_one_calendar_year_is_a_table_without(rates, start_age, steps):
    reached = ages(start_age, *(start_age + np.array(steps)))
    with_year = by_calendar([[rate] for rate in rates], 40, 2020)
    without = persons(40, rates)
    dated = with_year.rate(reached, start_age=start_age, start_year=2021.7, years=0.25)
    assert dated.to_numpy() == pytest.approx(
        without.rate(reached, start_age=start_age, years=0.25).to_numpy(), abs=1e-12
    )


def test_layouts_of_the_same_numbers_are_the_same_table():
    age = [70, 71]
    wide = hm.parameters.life_table(pd.DataFrame({"age": age, "qx_male": [0.02, 0.03], "qx_female": [0.01, 0.02]}))
    rows = [(71, "female", 0.02), (70, "male", 0.02), (70, "female", 0.01), (71, "male", 0.03)]
    tidy = hm.parameters.life_table(pd.DataFrame(rows, columns=["age", "sex", "qx"]))
    xr.testing.assert_identical(wide.rates, tidy.rates)
    assert wide.has_sexes
    assert not wide.has_calendar_years


def refused(words, table, *args, method="rate", **kwargs):
    with pytest.raises(hm.HeemodelError, match=words):
        getattr(table, method)(*args, **kwargs)


def test_a_share_of_men_is_given_when_and_only_when_the_table_has_sexes():
    both, one = hm.parameters.life_table("uk-2022-2024"), persons(60, [0.1])
    refused("by sex; give male_share", both, ages(60), start_age=60, years=1)
    refused("by sex; give male_share", both, ages(60), start_age=60, method="survival")
    refused("leave male_share out", one, ages(60), 0.5, start_age=60, years=1)


def test_a_start_year_is_given_when_and_only_when_the_table_has_calendar_years():
    dated, undated = by_calendar(RATES, 60, 2020), persons(60, [0.1])
    refused(r"CohortModel\(start_year=…\)", dated, ages(60), start_age=60, years=1)
    refused("no calendar years; leave start_year=2024 out", undated, ages(60), start_age=60, years=1, start_year=2024)
    for wrong in (math.nan, "2024", True, math.inf):
        refused("give a calendar year", dated, ages(60), start_age=60, years=1, start_year=wrong)


def test_a_start_before_the_first_calendar_year_is_refused():
    table = by_calendar(RATES, 60, 2020)
    refused("2019.5, before 2020", table, ages(60), start_age=60, years=1, start_year=2019.5)
    assert table.rate(ages(60), start_age=60, years=1, start_year=2020).item() == pytest.approx(0.01)


def test_a_start_at_an_age_that_the_table_lacks_is_refused():
    refused("age 59.9; .* takes 60 to 110", persons(60, [0.1]), ages(60), start_age=59.9, years=1)
    refused("age 111; .* takes 60 to 110", persons(60, [0.1]), ages(111), start_age=111, years=1)
    refused("takes 60 to less than 61", persons(60, [1], "qx"), ages(61), start_age=61, years=1)
    start = xr.DataArray([60.0, 300.0], dims="group", coords={"group": ["a", "b"]})
    refused("300 .group 'b'.", persons(60, [0.1]), start, start_age=start, years=1)


def test_an_age_before_the_start_and_a_cycle_without_length_are_refused():
    refused("-1 .cycle 1. years from the start age", persons(60, [0.1]), ages(62, 61), start_age=62, years=1)
    for years in (0, -1, math.nan, xr.DataArray([1.0, 0.0], dims="cycle")):
        refused("years is .* above 0", persons(60, [0.1]), ages(60, 61), start_age=60, years=years)

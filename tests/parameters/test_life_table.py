"""The life table gives back the figures of the Office for National Statistics."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm


@pytest.mark.parametrize(
    ("sex", "age", "published"), [("male", 0, 79.12), ("female", 0, 83.02), ("male", 65, 18.73), ("female", 65, 21.16)]
)
def test_life_expectancy_is_the_published_one(sex, age, published):
    table = hm.parameters.life_table("uk-2022-2024")
    ages = xr.DataArray(np.arange(age, 131, 0.01), dims="age")
    survival = table.survival(ages, 1.0 if sex == "male" else 0.0, start_age=age).to_numpy()
    assert np.trapezoid(survival, dx=0.01) == pytest.approx(published, abs=0.06)


def test_a_year_at_the_rate_gives_the_published_probability():
    table = hm.parameters.life_table("uk-2022-2024")
    rate = table.rate(xr.DataArray([0.0, 70.0, 100.0], dims="cycle"), 0.0, start_age=0, years=1.0)
    assert 1 - np.exp(-rate.to_numpy()) == pytest.approx([0.003631, 0.012715, 0.349105], abs=1e-9)


def test_short_cycles_lead_to_the_same_survival_as_long_ones():
    table = hm.parameters.life_table("uk-2022-2024")
    weeks = table.rate(xr.DataArray(66 + np.arange(52 * 5) / 52, dims="cycle"), 0.4, start_age=66, years=1 / 52)
    whole = table.rate(xr.DataArray([66.0], dims="cycle"), 0.4, start_age=66, years=5.0)
    assert float(weeks.sum() / 52) == pytest.approx(float(whole[0]) * 5, rel=1e-12)


def test_a_mixed_cohort_becomes_more_female():
    table = hm.parameters.life_table("uk-2022-2024")
    age = xr.DataArray([66.0, 95.0], dims="cycle")
    mixed, men, women = (table.rate(age, share, start_age=66, years=0.01).to_numpy() for share in (0.5, 1.0, 0.0))
    weight = (mixed - women) / (men - women)
    assert weight[0] == pytest.approx(0.5, abs=1e-3)
    assert weight[1] < 0.45


def test_an_unknown_table_names_those_there_are():
    with pytest.raises(hm.HeemodelError, match="did you mean 'uk-2022-2024'"):
        hm.parameters.life_table("uk-2022-24")


@pytest.mark.parametrize("share", [-0.1, 1.2, 50, np.nan])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(hm.HeemodelError, match=r"male_share is .* write a share"):
        hm.parameters.life_table("uk-2022-2024").rate(xr.DataArray(70.0), share, start_age=70, years=1)
    with pytest.raises(hm.HeemodelError, match=r"male_share is .* write a share"):
        hm.parameters.population_utility(70, share)


def test_an_age_that_nobody_has_is_refused():
    with pytest.raises(hm.HeemodelError, match="age is 700, not between 0 and 120"):
        hm.parameters.population_utility(700, 0.5)

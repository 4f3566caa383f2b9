"""Rates and probabilities."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm


def test_rate_and_probability_are_inverse_and_keep_labels():
    rate = xr.DataArray([0.0, 1e-12, 0.3, 5.0], dims="cycle")
    chance = hm.rate_to_probability(rate, 1 / 52)
    assert chance.dims == ("cycle",)
    assert chance.to_numpy() == pytest.approx(1 - np.exp(-rate.to_numpy() / 52), rel=1e-3)
    assert hm.convert.probability_to_rate(chance, 1 / 52).to_numpy() == pytest.approx(rate.to_numpy(), rel=1e-12)


def test_two_half_years_make_a_year():
    half = hm.rate_to_probability(0.4, 0.5)
    assert 1 - (1 - half) ** 2 == pytest.approx(hm.rate_to_probability(0.4, 1.0))


def test_several_probabilities_cannot_be_turned_into_rates_one_by_one():
    with pytest.raises(hm.ModelError, match="cannot be turned into rates one by one"):
        hm.convert.probability_to_rate({("a", "b"): 0.1}, 1.0)


def test_ratios_keep_probabilities_between_0_and_1_and_do_nothing_at_1():
    p = xr.DataArray(np.linspace(0, 1, 11), dims="sample")
    for apply in (hm.convert.apply_hazard_ratio, hm.convert.apply_odds_ratio):
        np.testing.assert_allclose(apply(p, 1.0), p)
        assert 0 <= float(apply(p, 7.0).min()) <= float(apply(p, 7.0).max()) <= 1
        np.testing.assert_allclose(apply(apply(p, 3.0), 1 / 3), p, atol=1e-14)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda: hm.rate_to_probability(-0.1, 1.0), "the rate is -0.1; it must be 0 or more"),
        (lambda: hm.rate_to_probability(xr.DataArray([0.1, -1], dims="sample"), 1.0), r"the rate is -1 \(sample 1\)"),
        (
            lambda: hm.convert.probability_to_rate(1.2, 1.0),
            "the probability is 1.2; it must be between 0 and 1, below 1",
        ),
        (lambda: hm.convert.probability_to_rate(1.0, 1.0), "the probability is 1; it must be between 0 and 1, below 1"),
        (lambda: hm.convert.apply_hazard_ratio(1.2, 0.5), "the probability is 1.2; it must be between 0 and 1"),
        (lambda: hm.convert.apply_hazard_ratio(0.2, -0.5), "the hazard ratio is -0.5"),
        (lambda: hm.convert.apply_odds_ratio(1.5, 0.5), "the probability is 1.5"),
        (lambda: hm.convert.apply_odds_ratio(0.5, np.nan), "the odds ratio is nan"),
    ],
)
def test_what_is_no_rate_probability_or_ratio_is_refused(broken, said):
    with pytest.raises(hm.ModelError, match=said):
        broken()

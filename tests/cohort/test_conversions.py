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
    assert hm.probability_to_rate(chance, 1 / 52).to_numpy() == pytest.approx(rate.to_numpy(), rel=1e-12)


def test_two_half_years_make_a_year():
    half = hm.rate_to_probability(0.4, 0.5)
    assert 1 - (1 - half) ** 2 == pytest.approx(hm.rate_to_probability(0.4, 1.0))

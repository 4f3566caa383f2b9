"""Draws have the mean and spread that was asked for."""

import numpy as np
import pytest

from heemodel.parameters.distributions import DISTRIBUTIONS, standard_error_from_interval

N = 200_000


@pytest.mark.parametrize(
    ("family", "value", "error"),
    [("normal", -3.0, 2.0), ("gamma", 31_000.0, 6_000.0), ("beta", 0.1, 0.08), ("beta", 0.5, 0.28867513459481287)],
)
def test_mean_and_standard_deviation(family, value, error):
    drawn = DISTRIBUTIONS[family].draw(np.random.default_rng(1), N, np.array([value]), np.array([error]))
    assert drawn.shape == (N, 1)
    assert drawn.mean() == pytest.approx(value, abs=4 * error / np.sqrt(N))
    assert drawn.std() == pytest.approx(error, rel=0.02)


def test_lognormal_has_the_value_as_its_median():
    drawn = DISTRIBUTIONS["lognormal"].draw(np.random.default_rng(1), N, np.array([2.17]), np.array([0.15]))
    assert np.median(drawn) == pytest.approx(2.17, rel=0.002)
    assert np.log(drawn).std() == pytest.approx(0.15, rel=0.01)


def test_dirichlet_draws_are_shares_with_the_observed_means():
    counts = np.array([120.0, 276, 269, 158, 77, 10])
    drawn = DISTRIBUTIONS["dirichlet"].draw(np.random.default_rng(1), N, counts, np.zeros(6))
    assert drawn.sum(axis=1) == pytest.approx(1.0)
    shares = counts / counts.sum()
    assert np.abs(drawn.mean(axis=0) - shares).max() < 4 * np.sqrt(0.25 / counts.sum() / N)


def test_a_uniform_is_the_beta_with_its_mean_and_standard_deviation(inputs):
    assert inputs.priors["mortality"].shapes() == pytest.approx((1.0, 1.0))


def test_standard_error_of_an_interval_on_both_scales():
    assert standard_error_from_interval(-1.959963984540054, 1.959963984540054) == pytest.approx(1.0)
    assert standard_error_from_interval(1.24, 2.23, log_scale=True) == pytest.approx(0.1497, abs=1e-4)

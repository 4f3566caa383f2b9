"""Monte Carlo errors of independent and of autocorrelated draws."""

import numpy as np
import pytest
import xarray as xr

from heemodel.decision import monte_carlo_error, share, summarise


def test_independent_draws_have_the_textbook_error():
    values = xr.DataArray(np.random.default_rng(1).normal(3, 2, 10_000), dims="sample")
    summary = summarise(values)
    assert summary.mcse == pytest.approx(float(values.std(ddof=1)) / 100)
    assert summary.lower == pytest.approx(3 - 1.96 * 2, abs=0.15)
    assert summary.upper == pytest.approx(3 + 1.96 * 2, abs=0.15)


def test_autocorrelated_chains_have_a_larger_error():
    """AR(1) with coefficient r has an effective size of n (1 − r) / (1 + r)."""
    rng, r, length = np.random.default_rng(1), 0.8, 20_000
    chains = np.empty((4, length))
    chains[:, 0] = rng.normal(size=4) / np.sqrt(1 - r**2)
    for i in range(1, length):
        chains[:, i] = r * chains[:, i - 1] + rng.normal(size=4)
    chain = np.repeat(np.arange(4), length)
    values = xr.DataArray(chains.ravel(), dims="sample", coords={"chain": ("sample", chain)})
    exact = chains.std() / np.sqrt(4 * length * (1 - r) / (1 + r))
    assert monte_carlo_error(values) == pytest.approx(exact, rel=0.1)


def test_chains_of_lengths_that_differ_by_one_are_taken():
    values = xr.DataArray(
        np.random.default_rng(1).normal(size=10),
        dims="sample",
        coords={"chain": ("sample", [0] * 4 + [1] * 3 + [2] * 3)},
    )
    assert np.isfinite(monte_carlo_error(values))


def test_a_constant_has_no_error_and_a_point_no_interval():
    assert monte_carlo_error(xr.DataArray(np.ones(10), dims="sample")) == 0.0
    point = summarise(xr.DataArray(5.0))
    assert (point.value, point.lower, point.mcse) == (5.0, None, None)


def test_shares_that_were_never_or_always_seen_still_have_an_error():
    always = share(xr.DataArray(np.ones(1_000, dtype=bool), dims="sample"))
    assert (always.value, always.mcse) == (1.0, 0.0015)
    half = share(xr.DataArray(np.arange(1_000) % 2 == 0, dims="sample"))
    assert half.mcse == pytest.approx(0.5 / np.sqrt(1_000), rel=1e-3)

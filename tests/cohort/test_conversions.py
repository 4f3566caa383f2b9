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


def test_one_rate_alone_gives_its_probability():
    moves = hm.rates_to_probabilities({("well", "dead"): 0.3}, 0.5)
    assert moves["well", "dead"].item() == pytest.approx(hm.rate_to_probability(0.3, 0.5), rel=1e-14)


def test_competing_rates_share_out_those_who_leave():
    """With rates a and b out of a state, a / (a + b) of those who leave go the one way (closed form)."""
    moves = hm.rates_to_probabilities({("well", "ill"): 0.2, ("well", "dead"): 0.6}, 2.0)
    left = 1 - np.exp(-0.8 * 2)
    assert moves["well", "ill"].item() == pytest.approx(0.25 * left, rel=1e-13)
    assert moves["well", "dead"].item() == pytest.approx(0.75 * left, rel=1e-13)


def test_a_chain_of_rates_leads_through_the_middle():
    """well → ill → dead with rates a and b: b (1 − e^−at) − a (1 − e^−bt), over b − a, have died by t (closed form)."""
    a, b, t = 0.3, 0.7, 1.5
    moves = hm.rates_to_probabilities({("well", "ill"): a, ("ill", "dead"): b}, t)
    died = (b * (1 - np.exp(-a * t)) - a * (1 - np.exp(-b * t))) / (b - a)
    assert set(moves) == {("well", "ill"), ("well", "dead"), ("ill", "dead")}
    assert moves["well", "dead"].item() == pytest.approx(died, rel=1e-13)


def test_rates_run_in_a_model_give_what_a_hundred_short_cycles_give():
    rates = {("well", "ill"): 0.4, ("ill", "well"): 0.2, ("ill", "dead"): 0.5, ("well", "dead"): 0.1}
    sampled = {move: xr.DataArray(rate * np.array([1.0, 1.5]), dims="sample") for move, rate in rates.items()}
    traces = []
    for length, horizon in (("1 year", "4 years"), ("1/100 year", "4 years")):
        model = hm.CohortModel(
            states=["well", "ill", "dead"],
            strategies=["only"],
            start={"well": 1.0},
            cycle_length=length,
            horizon=horizon,
            discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
            transitions=lambda p, time: hm.rates_to_probabilities(sampled, time.cycle_years),
            payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={}),
        )
        trace = model.trace(xr.Dataset({"x": ("sample", [0.0, 0.0])}))["mean"]
        traces.append(trace.isel(cycle=-1).to_numpy())
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)


def test_a_negative_rate_is_refused():
    with pytest.raises(hm.ModelError, match=r"the rate of 'well' → 'dead' is -0\.1"):
        hm.rates_to_probabilities({("well", "ill"): 0.2, ("well", "dead"): -0.1}, 1.0)


def test_shorter_cycles_lead_to_the_same_place():
    yearly = {("a", "b"): 0.2, ("a", "c"): 0.1, ("b", "c"): xr.DataArray([0.3, 0.5], dims="sample")}
    monthly = hm.change_cycle_length(yearly, old=12, new=1)
    states = ["a", "b", "c"]
    for i in range(2):
        matrix = np.zeros((3, 3))
        for (source, target), chance in monthly.items():
            matrix[states.index(source), states.index(target)] = chance.isel(sample=i)
        np.fill_diagonal(matrix, 1 - matrix.sum(axis=1))
        year = np.linalg.matrix_power(matrix, 12)
        assert year[0, 1] == pytest.approx(0.2, rel=1e-12)
        assert year[0, 2] == pytest.approx(0.1, rel=1e-12)
        assert year[1, 2] == pytest.approx([0.3, 0.5][i], rel=1e-12)


def test_a_matrix_without_a_root_is_refused():
    swap = {("a", "b"): 0.9, ("b", "a"): 0.9}
    with pytest.raises(hm.ModelError, match="there is no matrix of probabilities for cycles of 1"):
        hm.change_cycle_length(swap, old=12, new=1)


def test_several_probabilities_cannot_be_turned_into_rates_one_by_one():
    with pytest.raises(hm.ModelError, match="cannot be turned into rates one by one"):
        hm.probability_to_rate({("a", "b"): 0.1}, 1.0)


def test_ratios_keep_probabilities_between_0_and_1_and_do_nothing_at_1():
    p = xr.DataArray(np.linspace(0, 1, 11), dims="sample")
    for apply in (hm.apply_hazard_ratio, hm.apply_odds_ratio):
        np.testing.assert_allclose(apply(p, 1.0), p)
        assert 0 <= float(apply(p, 7.0).min()) <= float(apply(p, 7.0).max()) <= 1
        np.testing.assert_allclose(apply(apply(p, 3.0), 1 / 3), p, atol=1e-14)

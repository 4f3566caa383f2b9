"""Rates that compete, and matrices for cycles of another length."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm


def test_one_rate_alone_gives_its_probability():
    moves = hm.convert.rates_to_probabilities({("well", "dead"): 0.3}, 0.5)
    assert moves["well", "dead"].item() == pytest.approx(hm.rate_to_probability(0.3, 0.5), rel=1e-14)


def test_competing_rates_share_out_those_who_leave():
    """With rates a and b out of a state, a / (a + b) of those who leave go the one way (closed form)."""
    moves = hm.convert.rates_to_probabilities({("well", "ill"): 0.2, ("well", "dead"): 0.6}, 2.0)
    left = 1 - np.exp(-0.8 * 2)
    assert moves["well", "ill"].item() == pytest.approx(0.25 * left, rel=1e-13)
    assert moves["well", "dead"].item() == pytest.approx(0.75 * left, rel=1e-13)


def test_a_chain_of_rates_leads_through_the_middle():
    """well → ill → dead with rates a and b: b (1 − e^−at) − a (1 − e^−bt), over b − a, have died by t (closed form)."""
    a, b, t = 0.3, 0.7, 1.5
    moves = hm.convert.rates_to_probabilities({("well", "ill"): a, ("ill", "dead"): b}, t)
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
            transitions=lambda p, time: hm.convert.rates_to_probabilities(sampled, time.cycle_years),
            payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={}),
        )
        trace = model.trace(xr.Dataset({"x": ("sample", [0.0, 0.0])}))["mean"]
        traces.append(trace.isel(cycle=-1).to_numpy())
    np.testing.assert_allclose(traces[0], traces[1], rtol=1e-12)


def test_a_negative_rate_is_refused():
    with pytest.raises(hm.ModelError, match=r"the rate of 'well' → 'dead' is -0\.1"):
        hm.convert.rates_to_probabilities({("well", "ill"): 0.2, ("well", "dead"): -0.1}, 1.0)


def test_shorter_cycles_lead_to_the_same_place():
    yearly = {("a", "b"): 0.2, ("a", "c"): 0.1, ("b", "c"): xr.DataArray([0.3, 0.5], dims="sample")}
    monthly = hm.convert.change_cycle_length(yearly, old=12, new=1)
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
        hm.convert.change_cycle_length(swap, old=12, new=1)


@pytest.mark.parametrize("rate", [0.0, 1e-300, 1e6])
def test_rates_of_any_size_make_probabilities(rate):
    chance = hm.convert.rates_to_probabilities({("well", "dead"): rate}, 1.0)["well", "dead"].item()
    assert chance == pytest.approx(hm.rate_to_probability(rate, 1.0), rel=1e-9)


TUNNEL = xr.DataArray([0.1, 0.2], dims="time_in_state")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda: hm.convert.rates_to_probabilities({("a", "b"): TUNNEL}, 1.0), "depends on the time in its state"),
        (
            lambda: hm.convert.change_cycle_length({("a", "b"): TUNNEL}, old=12, new=1),
            "depends on the time in its state",
        ),
        (lambda: hm.convert.rates_to_probabilities({("a", "a"): 0.1}, 1.0), "stays where it is; leave it out"),
        (lambda: hm.convert.rates_to_probabilities({"ab": 0.1}, 1.0), r"a move is written \(from, to\)"),
        (lambda: hm.convert.rates_to_probabilities(np.eye(2), 1.0), "given as a dict"),
        (
            lambda: hm.convert.rates_to_probabilities({("a", "b"): xr.DataArray([0.1, np.nan], dims="sample")}, 1.0),
            r"the rate of 'a' → 'b' is nan \(sample 1\)",
        ),
        (
            lambda: hm.convert.change_cycle_length({("a", "b"): 0.7, ("a", "c"): 0.5}, old=12, new=1),
            r"moves out of a state add up to 1.2 \(from 'a'\)",
        ),
        (
            lambda: hm.convert.change_cycle_length({("a", "b"): -0.1}, old=12, new=1),
            "is -0.1; it must be a number, 0 or more",
        ),
        (
            lambda: hm.convert.change_cycle_length({("a", "b"): 0.1}, old="1 year", new=1),
            "the old cycle length is '1 year'",
        ),
        (
            lambda: hm.convert.change_cycle_length({("a", "b"): 0.9, ("b", "a"): 0.9}, old=12, new=1),
            "would hold a number whose imaginary part is",
        ),
    ],
)
def test_what_makes_no_matrix_is_refused(broken, said):
    with pytest.raises(hm.ModelError, match=said):
        broken()


def test_draws_without_a_root_are_counted_and_the_first_is_named():
    chance = hm.by_strategy({"old": 0.3, "new": 0.9})
    with pytest.raises(hm.ModelError, match=r"imaginary part is .* \(strategy 'new'\)\. Of 2 matrices 1 have none"):
        hm.convert.change_cycle_length({("a", "b"): chance, ("b", "a"): chance}, old=12, new=1)


def test_a_root_with_a_negative_number_is_refused_with_that_number():
    circle = {("a", "b"): 0.3, ("b", "c"): 0.3, ("c", "a"): 0.3}
    with pytest.raises(hm.ModelError, match=r"it would hold a number as low as -0\.\d+\. Keep the old cycle"):
        hm.convert.change_cycle_length(circle, old=12, new=1)

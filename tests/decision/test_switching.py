"""Switching values of straight and bent outcomes with known zeros, and none where there is none."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.decision.switching import conditional_mean, switching_table, switching_value, switching_value_of


def along_sample(values, **coords):
    return xr.DataArray(values, dims="sample", coords={name: ("sample", labels) for name, labels in coords.items()})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.2, 0.8), st.sampled_from([-1e6, -1e-3, 1e-3, 1e6]), st.floats(-50, 50))
def test_a_straight_outcome_without_noise_has_its_zero_exactly(seed, where, slope, shift):
    parameter = np.random.default_rng(seed).gamma(2, 1, 200) + shift
    zero = np.quantile(parameter, where)
    found = switching_value(along_sample(slope * (parameter - zero)), parameter)
    assert found.values == pytest.approx([zero])
    assert found.mcse == pytest.approx([0.0], abs=1e-6)


@pytest.mark.parametrize(
    ("outcome", "zero"),
    [
        (lambda x, noise: 4 - x + 3 * noise, 4.0),
        (lambda x, noise: (4 - x) * (1 + noise), 4.0),
        (lambda x, noise: np.exp(x / 4) - 3 + 3 * noise, 4 * np.log(3)),
        (lambda x, noise: np.minimum(x, 6) - 3 + noise, 3.0),
    ],
    ids=["straight", "spread that varies", "convex with a long tail", "kinked"],
)
def test_zeros_of_expected_outcomes_are_found_within_their_error(outcome, zero):
    """Bias below 0.05 and errors neither far too small nor too large, over 40 samples of 2,000 draws."""
    found = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        parameter = rng.gamma(4, 1.2, 2_000)
        one = switching_value(along_sample(outcome(parameter, rng.normal(size=2_000))), parameter)
        assert len(one.values) == 1
        found.append((one.values[0], one.mcse[0]))
    values, errors = np.array(found).T
    assert abs(values.mean() - zero) < 0.05
    assert 0.7 < values.std() / errors.mean() < 1.4


def test_the_share_of_draws_beyond_is_where_the_decision_would_turn():
    parameter = np.linspace(0, 10, 4_000)
    outcome = along_sample(6.99 - parameter)
    found = switching_value(outcome, parameter)
    assert found.share_beyond.value == (parameter > 6.99).mean()
    assert found.share_beyond.mcse == pytest.approx(np.sqrt(0.3 * 0.7 / 4_000), rel=0.05)
    assert found.note == "the outcome is above 0 up to 6.99 and 0 or below from there to 10"
    assert switching_value(-outcome, parameter).share_beyond.value == found.share_beyond.value


def test_none_in_the_range_is_said_and_never_extrapolated():
    parameter = np.linspace(0, 3, 1_000)
    found = switching_value(along_sample(3.5 - parameter), parameter)
    assert (found.values, found.mcse) == ((), ())
    assert (found.low, found.high) == (0.0, 3.0)
    assert found.share_beyond.value == 0.0
    assert found.note == "none in the range 0 to 3: the outcome is above 0 throughout"


def test_an_outcome_that_turns_twice_has_two_switching_values():
    parameter = np.linspace(0, 10, 5_000)
    found = switching_value(along_sample((parameter - 2) * (parameter - 7)), parameter)
    assert found.values == pytest.approx([2, 7], abs=0.1)
    assert found.share_beyond.value == pytest.approx(0.5, abs=0.03)
    exact = switching_value_of(lambda value: (value - 2) * (value - 7), 0.0, 10.0)
    assert exact.values == pytest.approx([2, 7])


def test_autocorrelated_draws_have_larger_errors():
    rng = np.random.default_rng(1)
    parameter, noise = rng.uniform(0, 10, 4_000), rng.normal(size=4_000)
    for i in range(1, 4_000):
        noise[i] += 0.8 * noise[i - 1]
    apart = switching_value(along_sample(5 - parameter + noise), parameter)
    chained = switching_value(along_sample(5 - parameter + noise, chain=np.repeat(np.arange(4), 1_000)), parameter)
    assert chained.values == apart.values
    assert chained.mcse[0] == pytest.approx(apart.mcse[0] * np.sqrt(1.8 / 0.2), rel=0.25)


def test_a_parameter_that_is_mostly_one_value_has_its_mean_there():
    parameter = np.where(np.arange(1_000) % 10, 0.0, np.linspace(0, 1, 1_000))
    outcome = np.where(np.arange(1_000) % 2, 1.0, 3.0)
    curve = conditional_mean(parameter, outcome, np.array([0.0, 1.0]))
    assert curve.mean[0] == pytest.approx(outcome[parameter == 0].mean())


def test_a_straight_line_is_found_whatever_the_draws():
    parameter = np.random.default_rng(2).lognormal(0, 1.5, 500)
    at = np.linspace(parameter.min(), parameter.max(), 20)
    curve = conditional_mean(parameter, 3 - 2 * parameter, at)
    np.testing.assert_allclose(curve.mean, 3 - 2 * at, atol=1e-8)


def test_draws_are_taken_as_arrays_series_and_labelled_arrays():
    parameter = np.linspace(0, 10, 100)
    outcome = along_sample(4 - parameter, sample=np.arange(100))
    same = [parameter, list(parameter), pd.Series(parameter), along_sample(parameter, sample=np.arange(100))]
    assert {switching_value(outcome, one).values for one in same} == {switching_value(4 - parameter, parameter).values}


DRAWS = np.linspace(0, 1, 100)


@pytest.mark.parametrize(
    ("outcome", "parameter", "said"),
    [
        (DRAWS, DRAWS[:99], "100 draws of the outcome and 99 of the parameter"),
        (
            along_sample(DRAWS, sample=range(100)),
            along_sample(DRAWS, sample=range(1, 101)),
            "different labels on sample",
        ),
        (DRAWS[:49], DRAWS[:49], "there are 49 draws; give 50 or more"),
        (DRAWS, np.ones(100), "the parameter is only ever 1; compare the outcomes"),
        (
            DRAWS,
            along_sample(np.arange(100) % 2).rename("yes"),
            "parameter 'yes' is only ever 0, 1; compare the outcomes",
        ),
        (
            DRAWS,
            along_sample(np.full(100, np.nan)).rename("price"),
            "the parameter 'price' holds values that are not numbers",
        ),
        (DRAWS, np.where(DRAWS > 0.5, np.nan, DRAWS), "the parameter holds values that are not numbers"),
        (DRAWS, pd.Series(["a"] * 100), "the parameter holds values that are not numbers"),
        (xr.DataArray(np.ones((100, 2)), dims=("sample", "strategy")), DRAWS, "outcome has shape .*'strategy': 2"),
        (DRAWS, np.ones((100, 2)), "the parameter has shape"),
    ],
)
def test_draws_that_do_not_belong_together_are_refused(outcome, parameter, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        switching_value(outcome, parameter)


def test_the_exact_value_of_a_model_function_is_found_to_rounding():
    found = switching_value_of(lambda rate: xr.DataArray(np.exp(-rate * 5) - 0.3), 0.01, 1.0)
    assert found.values == pytest.approx([-np.log(0.3) / 5], rel=1e-12)
    assert (found.mcse, found.share_beyond) == ((), None)
    tiny = switching_value_of(lambda rate: rate - 3e-12, 0.0, 1e-11)
    assert tiny.values == pytest.approx([3e-12], rel=1e-9)


@pytest.mark.parametrize(("low", "high"), [(4.0, 10.0), (0.0, 4.0)])
def test_a_zero_at_an_end_of_the_range_is_reached(low, high):
    assert switching_value_of(lambda price: price - 4, low, high).values in {(4.0,), ()}
    assert switching_value_of(lambda price: 4 - price, low, high).values in {(4.0,), ()}


def test_a_function_without_zero_between_is_said_to_have_none():
    found = switching_value_of(lambda price: price - 4, 5.0, 10.0)
    assert found.values == ()
    assert found.note == "none in the range 5 to 10: the outcome is above 0 throughout"


def test_a_model_is_run_no_more_than_once_at_each_value():
    seen = []
    switching_value_of(lambda value: seen.append(value) or 0.37 - value, 0.0, 1.0)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("function", "low", "high", "points", "said"),
    [
        (lambda value: value, 1.0, 1.0, 11, "low is 1.0, high is 1.0"),
        (lambda value: value, 0.0, np.inf, 11, "high is inf"),
        (lambda value: value, 0.0, 1.0, 1, "points is 1"),
        (lambda value: np.nan, 0.0, 1.0, 11, "gives nan at 0; it must give one number"),
        (lambda value: np.ones(3), 0.0, 1.0, 11, "it must give one number"),
        (lambda value: None, 0.0, 1.0, 11, "gives None at 0"),
    ],
)
def test_functions_and_ranges_that_cannot_be_searched_are_refused(function, low, high, points, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        switching_value_of(function, low, high, points=points)


def test_the_table_has_a_row_for_each_switching_value_or_says_there_is_none():
    up = np.linspace(0, 10, 400)
    draws = xr.Dataset({"price": ("sample", up), "other": ("sample", np.random.default_rng(1).permutation(up))})
    table = switching_table(1 - draws["price"], draws, ["price", "other"]).set_index("parameter")
    assert table.loc["price", "value"] == pytest.approx(1)
    assert table.loc["price", "share_beyond"] == pytest.approx(0.1, abs=0.01)
    assert np.isnan(table.loc["other", "value"])
    assert table.loc["other", "note"] == "none in the range 0 to 10: the outcome is 0 or below throughout"
    with pytest.raises(hm.decision.OutcomeError, match="did you mean 'price'"):
        switching_table(draws["price"], draws, ["prize"])


def test_a_switch_that_may_be_chance_is_said_to_be():
    rng = np.random.default_rng(4)
    parameter, outcome = rng.uniform(0, 1, 200), along_sample(rng.normal(0.05, 1, 200))
    found = switching_value(outcome, parameter)
    assert found.values
    assert not found.clear
    assert found.note.endswith("; this may be chance, and more draws could undo it")
    assert switching_value(outcome + 40 * (parameter - 0.5), parameter).clear


def test_a_table_of_draws_gives_the_same_as_a_dataset():
    rng = np.random.default_rng(1)
    draws = pd.DataFrame({"price": rng.uniform(0, 10, 400), "other": rng.normal(size=400)})
    outcome = xr.DataArray(4 - draws["price"] + draws["other"], dims="sample")
    found = hm.sensitivity.switching_table(outcome, draws, ["price"])
    dataset = xr.Dataset({name: ("sample", draws[name].to_numpy()) for name in draws})
    pd.testing.assert_frame_equal(found, hm.sensitivity.switching_table(outcome, dataset, ["price"]))
    assert found["value"].item() == pytest.approx(4.0, abs=0.5)
    with pytest.raises(hm.decision.OutcomeError, match="no parameter 'prise' in the draws; did you mean 'price'"):
        hm.sensitivity.switching_table(outcome, draws, ["prise"])
    with pytest.raises(hm.decision.OutcomeError, match="not in the order of their index"):
        hm.sensitivity.switching_table(outcome, draws.iloc[::-1], ["price"])
    with pytest.raises(hm.decision.OutcomeError, match="draws are a list"):
        hm.sensitivity.switching_table(outcome, [1.0], ["price"])

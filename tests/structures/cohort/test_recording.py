"""Recorded arrays against numpy: the same values, whatever is done to them, and still recorded where it matters."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

import heemodel as hm
from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.engine.recording import Recorded

CYCLES, SAMPLES, LABELS = 7, 300, ["a", "b", "c"]
RNG = np.random.default_rng(1)
X = xr.DataArray(RNG.uniform(0.1, 1.0, SAMPLES), dims="sample")
GRADES = xr.DataArray(RNG.uniform(0.1, 1.0, (SAMPLES, 3)), dims=("sample", "grade"), coords={"grade": LABELS})
PLAIN = xr.DataArray(np.arange(CYCLES), dims="cycle")
TRACED = xr.DataArray(Recorded.known(np.arange(CYCLES), drawn=0), dims="cycle")


TABLE = xr.DataArray(RNG.uniform(0.1, 1.0, 3), dims="grade")


def paying(worth, *, horizon):
    """A model in which everyone is paid a value in every cycle, undiscounted."""
    return hm.CohortModel(
        states=["here", "dead"],
        strategies=["only"],
        start={"here": 1.0},
        cycle_length="1 year",
        horizon=horizon,
        correction="start",
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        transitions=lambda p, time: {},
        payoffs=lambda p, time: hm.Payoffs(cost={"it": {"here": worth(p, time)}}, qaly={}),
    )


def through_the_kernel(expression):
    """The expression by cycle and sample, as a payoff that the kernel works out cycle by cycle."""
    found = []
    for cycle in range(CYCLES):
        model = paying(lambda p, time, j=cycle: expression(time.cycle) * (time.cycle == j), horizon=f"{CYCLES} years")
        found.append(model.run(xr.Dataset({"x": X}))["cost"].isel(strategy=0, component=0))
    return xr.concat(found, dim="cycle")


EXPRESSIONS = {
    "arithmetic": lambda c: (X * c + 2) / (c + 1) - X,
    "exponentials": lambda c: np.exp(-X * c) + np.expm1(X * c / 12),
    "logarithms": lambda c: np.log(X + c) + np.log1p(X * c),
    "powers": lambda c: X**c + np.sqrt(X * c) + np.square(X * c),
    "comparisons": lambda c: X * ((c < 3) | (c == 5)) + (X * c >= 2.0) * ~(c > 4) + (X * c <= 1) * (X * c != 0),
    "extremes": lambda c: np.minimum(X * c, 1.0) + np.maximum(X - c, abs(X * c - 2)),
    "both": lambda c: ((X * c > 1) & (c < 6)) * 1.0,
    "where": lambda c: xr.where(c < 3, X, X * c) + (X * c).where(c > 2, -1.0),
    "sum over a dimension": lambda c: (GRADES * (c + 1)).sum("grade"),
    "selection": lambda c: (GRADES * c).sel(grade="b") + (GRADES * c).isel(grade=-1),
    "selection of several": lambda c: (GRADES * c).sel(grade=["a", "c"]).sum("grade"),
    "stacked": lambda c: xr.concat([X * c, X + c], dim="part").sum("part"),
    "by strategy": lambda c: hm.by_strategy({"a": X * c, "b": X}).sel(strategy="b") + 0 * c,
    "transposed": lambda c: (GRADES * c).transpose("grade", "cycle", "sample").isel(grade=0),
    "whole numbers": lambda c: X * (c // 2) + X * (c % 3),
    "what is not recorded": lambda c: (X * c).clip(0.2, 1.5) + np.cos(X * c),
    "a function of its own": lambda c: xr.apply_ufunc(lambda a, b: np.exp(a) * b, X * c, X),
    "reused": lambda c: (1 - np.exp(-X * c)) * (1 - np.exp(-X * c)) + X * c,
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_recorded_expression_has_the_values_that_numpy_gives(name):
    plain = EXPRESSIONS[name](PLAIN)
    recorded = EXPRESSIONS[name](TRACED)
    assert set(recorded.dims) == {"cycle", "sample"}
    np.testing.assert_allclose(recorded.transpose(*plain.dims).to_numpy(), plain.to_numpy(), rtol=1e-14)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_kernel_works_out_what_numpy_gives(name):
    plain = EXPRESSIONS[name](PLAIN).transpose("cycle", "sample")
    np.testing.assert_allclose(through_the_kernel(EXPRESSIONS[name]), plain, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ["arithmetic", "where", "sum over a dimension", "by strategy", "stacked", "reused"])
def test_what_can_be_recorded_is_not_computed(name):
    assert isinstance(EXPRESSIONS[name](TRACED).data, Recorded)
    assert EXPRESSIONS[name](TRACED).data.operation != "known"


def test_arrays_over_cycles_alone_are_known_at_once():
    assert np.exp(-10.4 + 0.095 * (70 + TRACED / 12)).data.operation == "known"
    assert float(TRACED[3]) == 3


@njit
def exponential_of(x, out, one):
    rows = np.zeros((kernel.SCRATCH + 2, kernel.BLOCK))
    rows[-2, :] = x
    kernel.exponential(rows, rows.view(np.int64), kernel.SCRATCH + 1, kernel.SCRATCH, one)
    out[:] = rows[-1]


@settings(max_examples=50, deadline=None)
@given(st.floats(-800, 800), st.sampled_from([1e-300, 1e-12, 1e-3, 1.0, 30.0, 700.0]))
def test_exponentials_are_right_to_two_units_in_the_last_place(middle, spread):
    x = middle + np.linspace(-spread, spread, kernel.BLOCK)
    out = np.empty(kernel.BLOCK)
    for one, function in ((0.0, np.exp), (1.0, np.expm1)):
        exponential_of(x, out, one)
        with np.errstate(over="ignore"):
            wanted = function(x)
        np.testing.assert_allclose(out, wanted, rtol=2 * np.finfo(float).eps, atol=0)


def test_exponentials_of_what_is_no_number():
    x = np.resize([np.inf, -np.inf, np.nan, 0.0], kernel.BLOCK)
    out = np.empty(kernel.BLOCK)
    exponential_of(x, out, 0.0)
    np.testing.assert_array_equal(out[:4], [np.inf, 0.0, np.nan, 1.0])
    exponential_of(x, out, 1.0)
    np.testing.assert_array_equal(out[:4], [np.inf, -1.0, np.nan, 0.0])


@pytest.mark.parametrize(
    "worth",
    [
        lambda p, time: (p.x * time.cycle).shift(cycle=1, fill_value=0.0),
        lambda p, time: (p.x * time.cycle).diff("cycle").pad(cycle=(1, 0), constant_values=0.0),
        lambda p, time: (p.x * time.cycle).clip(0.1, 5.0),
        lambda p, time: xr.dot(p.grades, TABLE * (1 + time.cycle), dim="grade"),
    ],
)
def test_what_is_recorded_is_not_computed_for_every_cycle_on_the_way(worth):
    draws = xr.Dataset({"x": X, "grades": GRADES.drop_vars("grade")})
    model = paying(worth, horizon="60 years")
    model.run(draws)
    assert model.__dict__["_numbers_per_sample"] < 20


def test_many_arrays_end_to_end_are_looked_up_and_not_chosen_from():
    parts = paying(lambda p, time: xr.concat([p.x * (j % 5) for j in range(60)], "cycle"), horizon="60 years")
    whole = paying(lambda p, time: p.x * (time.cycle % 5), horizon="60 years")
    draws = xr.Dataset({"x": X})
    np.testing.assert_allclose(parts.run(draws)["cost"], whole.run(draws)["cost"], rtol=1e-13)
    assert parts.__dict__["_numbers_per_sample"] > 60

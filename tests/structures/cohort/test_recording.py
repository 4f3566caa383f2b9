"""Recorded arrays against numpy: the same values, whatever is done to them, and still recorded where it matters."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

import heemodel as hm
from heemodel.structures.cohort.block import read_block
from heemodel.structures.cohort.engine import kernel
from heemodel.structures.cohort.engine.functions import as_drawn
from heemodel.structures.cohort.engine.recording import FEW, Recorded
from heemodel.structures.cohort.program import Program, Wanted
from heemodel.structures.layout import Layout

CYCLES, SAMPLES, LABELS = 17, 300, ["a", "b", "c"]
RNG = np.random.default_rng(1)
X = xr.DataArray(RNG.uniform(0.1, 1.0, SAMPLES), dims="sample")
GRADES = xr.DataArray(RNG.uniform(0.1, 1.0, (SAMPLES, 3)), dims=("sample", "grade"), coords={"grade": LABELS})
PARTS = xr.DataArray(RNG.uniform(0.1, 1.0, (SAMPLES, 2)), dims=("sample", "part"))
ROUND = xr.DataArray(np.arange(CYCLES) % 3, dims="cycle")
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
    "looked up by cycle": lambda c: GRADES.isel(grade=xr.DataArray(np.arange(CYCLES) % 3, dims="cycle")) * (c + 1),
    "looked up twice": lambda c: (GRADES * PARTS).isel(grade=ROUND, part=ROUND % 2) + X * c,
    "shifted": lambda c: (X * (c + 1)).shift(cycle=1, fill_value=0.5) + (X * (c + 2)).shift(cycle=-1, fill_value=2.0),
    "differences": lambda c: (X * c**2).diff("cycle").pad(cycle=(1, 0), constant_values=1.0) + 0 * c,
    "some of the cycles": lambda c: xr.concat(
        [(X * c).isel(cycle=slice(0, 3)), (X + c).isel(cycle=slice(3, None))], "cycle"
    ),
    "in reverse": lambda c: (X * c).isel(cycle=slice(None, None, -1)),
    "mean, most and least": lambda c: (
        (GRADES * c).mean("grade") + (GRADES * c).max("grade") - (GRADES * c).min("grade")
    ),
    "product and running sum": lambda c: (GRADES * c).prod("grade") + (GRADES * c).cumsum("grade").isel(grade=1),
    "rounded": lambda c: np.floor(X * c * 3) + np.ceil(X * c) + (X * c) % 0.3 + (X * c) // 0.3 + np.sign(X * c - 1),
    "hyperbolic and other logarithms": lambda c: np.tanh(X * c - 2) + np.log2(X + c) + np.log10(X + c) + np.exp2(X * c),
    "within bounds": lambda c: (X * c).clip(0.1, 0.9) + 1 / np.reciprocal(X + c),
    "what is not recorded": lambda c: np.clip(X * c, 0.2, 1.5) + np.cos(X * c),
    "a function of its own": lambda c: xr.apply_ufunc(lambda a, b: np.exp(a) * b, X * c, X),
    "reused": lambda c: (1 - np.exp(-X * c)) * (1 - np.exp(-X * c)) + X * c,
}


COMPUTED = ("what is not recorded", "a function of its own", "looked up twice")


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


@pytest.mark.parametrize("name", [name for name in EXPRESSIONS if name not in COMPUTED])
def test_what_can_be_recorded_is_not_computed(name, monkeypatch):
    for drawn in ("X", "GRADES", "PARTS"):
        monkeypatch.setitem(globals(), drawn, globals()[drawn].copy(data=as_drawn(globals()[drawn])))
    recorded = EXPRESSIONS[name](TRACED).data
    assert isinstance(recorded, Recorded)
    assert not recorded.is_known
    assert max(leaf_sizes(recorded)) <= FEW * GRADES.size  # what it is looked up in, and little more


def leaf_sizes(node):
    """Sizes of all known arrays that a record is made of."""
    if not isinstance(node, Recorded) or node.is_known:
        return [np.size(node)]
    return [size for part in node.inputs for size in leaf_sizes(part)]


def bulk(transitions, draws):
    """Numbers by cycle and sample that a model keeps in memory, as a share of all cycles × samples."""
    model = hm.CohortModel(
        states=["here", "dead"],
        strategies=["only"],
        start={"here": 1.0},
        cycle_length="1 year",
        horizon="50 years",
        start_age=40,
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        transitions=lambda p, time: {("here", "dead"): transitions(p, time)},
        payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"here": 1.0}),
    )
    block = read_block(model, draws, Layout({"strategy": ("only",)}, 50, draws.sizes["sample"]))
    return max(leaf.size for leaf, _ in Program(model, block, Wanted()).tape.leaves) / (50 * draws.sizes["sample"])


AGES = xr.DataArray(np.linspace(0.001, 0.02, 70), coords={"age": np.arange(40.0, 110.0)})
BANDS = xr.DataArray(RNG.uniform(0.001, 0.02, (1000, 3)), dims=("sample", "age"), coords={"age": [40.0, 55.0, 70.0]})
HAZARDS = {
    "by cycle": lambda p, time: p.ratio * xr.DataArray(np.linspace(0.001, 0.02, 60), dims="cycle"),
    "by age, interpolated": lambda p, time: p.ratio * AGES.interp(age=time.age).drop_vars("age"),
    "by age, looked up": lambda p, time: p.ratio * AGES.sel(age=time.age).drop_vars("age"),
    "by age bands that are draws": lambda p, time: p.ratio * p.bands.sel(age=time.age, method="pad").drop_vars("age"),
    "by time": lambda p, time: p.ratio * 0.001 * time.years,
    "by strategy": lambda p, time: hm.by_strategy({"only": p.ratio}) * 0.001 * time.years,
}


@pytest.mark.parametrize("name", HAZARDS)
def test_a_hazard_by_cycle_times_draws_is_never_whole_in_memory(name):
    draws = xr.Dataset({"ratio": ("sample", RNG.uniform(0.5, 2.0, 1000)), "bands": BANDS})
    assert bulk(HAZARDS[name], draws) < 0.1
    own = bulk(lambda p, time: xr.apply_ufunc(np.cos, HAZARDS[name](p, time)), draws)
    assert own == 1.0  # what cannot be recorded is


def test_arrays_over_cycles_alone_are_known_at_once():
    assert np.exp(-10.4 + 0.095 * (70 + TRACED / 12)).data.operation == "known"
    assert float(TRACED[3]) == 3


@njit
def exponential_of(x, out, one):
    rows = np.zeros((kernel.FIRST + 2, kernel.BLOCK))
    rows[-2, :] = x
    kernel.exponential(rows, kernel.FIRST + 1, kernel.FIRST, one, 1.0)
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

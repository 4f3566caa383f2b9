"""Random expressions as people write them with xarray and numpy: the engine gives what plain arrays give."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import special

import heemodel as hm
from heemodel.structures.cohort import running as module
from heemodel.verify.naive_cohort import naive_run

CYCLES, SAMPLES, AGES, GRADES = 7, 60, 12, ["a", "b", "c"]
FREE = {"cost": 0.0, "qaly": 0.0, "timing": "count"}


def uniform(rng, dims, *shape):
    return xr.DataArray(rng.uniform(0.1, 2.0, shape), dims=dims)


def drawn():
    """Parameters of every kind: whole, true or false, with other dimensions on either side of sample, and without."""
    rng = np.random.default_rng(7)
    return xr.Dataset(
        {
            "x": uniform(rng, "sample", SAMPLES),
            "y": ("sample", rng.normal(0, 1, SAMPLES)),
            "whole": ("sample", rng.integers(0, 5, SAMPLES)),
            "truth": ("sample", rng.uniform(size=SAMPLES) > 0.5),
            "number": 0.37,
            "grade_last": uniform(rng, ("sample", "grade"), SAMPLES, 3),
            "grade_first": uniform(rng, ("grade", "sample"), 3, SAMPLES),
            "by_strategy": uniform(rng, ("sample", "strategy"), SAMPLES, 2),
            "by_cycle": uniform(rng, ("sample", "cycle"), SAMPLES, CYCLES),
            "table": uniform(rng, "age", AGES),
            "tables": uniform(rng, ("age", "sample"), AGES, SAMPLES),
        },
        coords={"grade": GRADES, "strategy": ["old", "new"]},
    )


DRAWS = drawn()
RNG = np.random.default_rng(8)
OWN = uniform(RNG, "cycle", CYCLES)
OWN_GRADES = uniform(RNG, ("cycle", "grade"), CYCLES, 3).assign_coords(grade=GRADES)
OWN_TABLE = uniform(RNG, "age", AGES)
AT_AGE = xr.DataArray(np.minimum(np.arange(CYCLES) + 6, AGES - 1), dims="cycle")

LEAVES = {
    **{name: lambda p, time, name=name: p[name] for name in DRAWS.data_vars},
    "2": lambda p, time: xr.DataArray(2),
    "-1.5": lambda p, time: xr.DataArray(-1.5),
    "cycle": lambda p, time: time.cycle,
    "years": lambda p, time: time.years,
    "x by cycle": lambda p, time: p.x * time.cycle,
    "y by cycle": lambda p, time: p.y * OWN,
    "grade by cycle": lambda p, time: p.grade_last * time.cycle,
    "own": lambda p, time: OWN,
    "own by grade": lambda p, time: OWN_GRADES,
    "own table": lambda p, time: OWN_TABLE,
    "by strategy": lambda p, time: hm.by_strategy({"new": p.x * time.cycle, "old": 0.3}),
    "table by draw": lambda p, time: p.table.isel(age=p.whole),
    "own table by draw": lambda p, time: OWN_TABLE.isel(age=p.whole) * p.x,
    "own cycles by draw": lambda p, time: OWN.isel(cycle=p.whole) * p.x,
    "tables by cycle": lambda p, time: p.tables.isel(age=time.cycle + 2),
    "x by age": lambda p, time: p.x * p.table,
}


def along(dim, function):
    """A function of arrays that have a dimension; others, and those that do not have all cycles, stay as they are."""

    def do(a):
        fits = dim in a.dims and (dim != "cycle" or a.sizes[dim] == CYCLES)
        return function(a) if fits else a

    return do


def numbered(a, first=0):
    return a.assign_coords({dim: np.arange(a.sizes[dim]) + first for dim in ("age", "cycle") if dim in a.dims})


def in_place(a):
    a = a * 1.0
    a += 1
    a *= 0.5
    return a


def not_nothing(a):
    """1 in place of 0, whose sign the engine does not keep: 1/0 and 1/−0 are infinite on either side."""
    return a + (a == 0)


UNARY = {
    "exp": lambda a: np.exp(-1.0 * abs(a)),
    "expm1": lambda a: np.expm1(a / 10),
    "log": lambda a: np.log(1.0 * a),
    "log1p": lambda a: np.log1p(1.0 * a),
    "log2": lambda a: np.log2(1.0 * a),
    "log10": lambda a: np.log10(1.0 * a),
    "exp2": lambda a: np.exp2(a / 10.0),
    "sqrt": lambda a: np.sqrt(1.0 * a),
    "tanh": lambda a: np.tanh(1.0 * a),
    "floor": lambda a: np.floor(1.0 * a),
    "ceil": lambda a: np.ceil(1.0 * a),
    "sign": lambda a: np.sign(1.0 * a),
    "abs": abs,
    "negative": lambda a: -(1.0 * a),
    "square": lambda a: a**2,
    "inverse": lambda a: not_nothing(a) ** -1.0,
    "cos": lambda a: np.cos(1.0 * a),
    "expit": lambda a: special.expit(1.0 * a),
    "round": lambda a: (1.0 * a).round(2),
    "where": lambda a: a.where(a > 0.7),
    "clip": lambda a: (1.0 * a).clip(0.2, 1.5),
    "clip below": lambda a: (1.0 * a).clip(min=0.3),
    "fillna": lambda a: a.fillna(0.5),
    "isnull": lambda a: a.isnull(),
    "above": lambda a: a > 0.6,
    "not": lambda a: ~(a > 0.6),
    "to whole": lambda a: a.fillna(0.0).clip(-9, 9).astype(int),
    "to number": lambda a: a.astype(float),
    "strategy difference": along("strategy", lambda a: 1.0 * a - 1.0 * a.sel(strategy="old", drop=True)),
    "other order": along("strategy", lambda a: a.isel(strategy=[1, 0])),
    "sum of grades": along("grade", lambda a: a.sum("grade")),
    "mean of grades": along("grade", lambda a: a.mean("grade", skipna=False)),
    "most of grades": along("grade", lambda a: a.max("grade")),
    "product of grades": along("grade", lambda a: a.prod("grade")),
    "spread of grades": along("grade", lambda a: a.var("grade")),
    "any grade": along("grade", lambda a: (a > 1).any("grade")),
    "cumulated grades": along("grade", lambda a: a.cumsum("grade")),
    "one grade": along("grade", lambda a: a.sel(grade="b", drop=True)),
    "two grades": along("grade", lambda a: a.sel(grade=["c", "a"]).sum("grade")),
    "weighed grades": along("grade", lambda a: a.dot(xr.DataArray([0.2, 0.3, 0.5], dims="grade"))),
    "grade by cycle": along("grade", lambda a: a.drop_vars("grade").isel(grade=AT_AGE % 3 % a.sizes["grade"])),
    "sum of ages": along("age", lambda a: a.sum("age")),
    "least of ages": along("age", lambda a: a.min("age")),
    "at age": along("age", lambda a: a.isel(age=AT_AGE)),
    "labelled age": along("age", lambda a: numbered(a, 50).sel(age=AT_AGE + 50).drop_vars("age")),
    "between ages": along("age", lambda a: numbered(1.0 * a).interp(age=AT_AGE - 0.5).drop_vars("age")),
    "shift": along("cycle", lambda a: (1.0 * a).shift(cycle=1)),
    "shift back": along("cycle", lambda a: a.shift(cycle=-1, fill_value=0)),
    "difference": along("cycle", lambda a: (1.0 * a).diff("cycle").pad(cycle=(1, 0), constant_values=0.3)),
    "cumulated": along("cycle", lambda a: a.cumsum("cycle")),
    "cumulated product": along("cycle", lambda a: (1.0 * a).cumprod("cycle")),
    "rolling": along("cycle", lambda a: (1.0 * a).rolling(cycle=3, min_periods=1).mean()),
    "total of cycles": along("cycle", lambda a: a.sum("cycle")),
    "first cycle": along("cycle", lambda a: a.isel(cycle=0)),
    "reversed": along("cycle", lambda a: a.isel(cycle=slice(None, None, -1))),
    "cycle of age": along("cycle", lambda a: a.isel(cycle=AT_AGE - 6)),
    "reindexed": along("cycle", lambda a: numbered(1.0 * a).reindex(cycle=range(-1, CYCLES - 1)).drop_vars("cycle")),
    "transposed": lambda a: a.transpose(),
    "expanded": lambda a: a.expand_dims(new=2).max("new"),
    "stacked": lambda a: xr.concat([a, 2 * a], dim="new").sum("new"),
    "own function": lambda a: xr.apply_ufunc(lambda x: np.where(x > 1, x, 2.0), a),
    "in place": in_place,
}

BINARY = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: 1.0 * a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / not_nothing(b),
    "floor divide": lambda a, b: a // not_nothing(b),
    "modulo": lambda a, b: a % not_nothing(b),
    "power": lambda a, b: abs(1.0 * a) ** b,
    "minimum": np.minimum,
    "maximum": np.maximum,
    "fmin": np.fmin,
    "fmax": np.fmax,
    "hypot": lambda a, b: np.hypot(1.0 * a, b),
    "less": lambda a, b: a < b,
    "equal": lambda a, b: a == b,
    "both": lambda a, b: (a > 0.7) & (b > 0.5),
    "either": lambda a, b: (a > 0.7) | (b > 0.5),
    "how many": lambda a, b: (a > 0.7) + (b > 0.5),
    "one": lambda a, b: (a > 0.7) ^ (b > 0.5),
    "if": lambda a, b: xr.where(a > 0.7, a, b),
    "where": lambda a, b: a.where(b > 0.6, b),
    "fill": lambda a, b: a.fillna(b),
    "clip": lambda a, b: (1.0 * a).clip(0.1, b),
    "together": lambda a, b: xr.concat(xr.broadcast(a, b), dim="new").mean("new"),
    "dot": lambda a, b: xr.dot(
        1.0 * a, 1.0 * b, dim=[dim for dim in ("grade", "age") if dim in a.dims and dim in b.dims]
    ),
    "own function": lambda a, b: xr.apply_ufunc(lambda x, y: np.exp(-1.0 * abs(x)) * y, a, b),
    "probability": lambda a, b: hm.rate_to_probability(abs(a).fillna(0.1), 0.5) * b,
}

EXPRESSIONS = st.recursive(
    st.sampled_from(sorted(LEAVES)),
    lambda parts: st.one_of(
        st.tuples(st.sampled_from(sorted(UNARY)), parts), st.tuples(st.sampled_from(sorted(BINARY)), parts, parts)
    ),
    max_leaves=5,
)


def worked_out(expression, p, time):
    if isinstance(expression, str):
        return LEAVES[expression](p, time)
    name, *parts = expression
    operands = [worked_out(part, p, time) for part in parts]
    with np.errstate(all="ignore"):
        return (UNARY if len(parts) == 1 else BINARY)[name](*operands)


def tame(a):
    """A finite number by sample, strategy and cycle at most."""
    others = [dim for dim in a.dims if dim not in {"sample", "strategy", "cycle"}]
    a = a.sum(others).drop_vars([name for name in a.coords if name != "strategy"], errors="ignore")
    return np.minimum(np.maximum((1.0 * a).fillna(-7.25), -1e4), 1e4)


def model(expression):
    """One that pays an expression for each cycle, and in which it is a chance to leave."""

    def seen(p, time):
        plain = isinstance(p.x.data, np.ndarray) and p.x.ndim  # the plain engine's: nothing is recorded
        cycle = xr.DataArray(np.arange(CYCLES), dims="cycle")
        return tame(worked_out(expression, p, replace(time, cycle=cycle, years=cycle * 1.0) if plain else time))

    return hm.CohortModel(
        states=["here", "there", "dead"],
        strategies=["new", "old"],
        start={"here": 0.5, "there": 0.5},
        cycle_length="1 year",
        horizon=f"{CYCLES} years",
        correction="start",
        discount=hm.Discount(**FREE),
        transitions=lambda p, time: {("there", "dead"): 0.3 * abs(seen(p, time)) / 1e4},
        payoffs=lambda p, time: hm.Payoffs(cost={"it": {"here": seen(p, time)}}, qaly={"there": seen(p, time)}),
    )


def outcomes(built, draws):
    run = built.run(draws, by="year")
    return np.stack([run["cost"].sum("component"), run["qaly"]])


@contextmanager
def blocks(first, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "FIRST_SAMPLES", first)
        patch.setattr(module, "SAMPLES_AT_ONCE", most)
        yield


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EXPRESSIONS)
def test_an_expression_gives_what_plain_arrays_give_however_draws_are_split(expression):
    some = DRAWS.isel(sample=slice(3, 6))
    naive = naive_run(model(expression), some, by_year=True)
    found = outcomes(model(expression), DRAWS)
    np.testing.assert_allclose(found[:, 3:6], np.stack([naive["cost"], naive["qaly"]]), rtol=1e-9, atol=1e-9)
    with blocks(7, 23):
        np.testing.assert_array_equal(outcomes(model(expression), DRAWS), found)
    np.testing.assert_array_equal(outcomes(model(expression), DRAWS.isel(sample=[4])), found[:, 4:5])
    np.testing.assert_allclose(outcomes(model(expression), DRAWS.isel(sample=4)), found[:, 4], rtol=1e-9, atol=1e-9)

"""Invariants of the cohort engine over random models, and agreement with the plain engine."""

from dataclasses import replace

import numpy as np
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.verify.naive import naive_run


@st.composite
def models(draw):
    """A random model with the draws that it takes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    states = [f"s{i}" for i in range(draw(st.integers(2, 5)))] + ["dead"]
    strategies = [f"k{i}" for i in range(draw(st.integers(1, 3)))]
    cycles, samples = draw(st.integers(1, 6)) * 2, draw(st.integers(1, 5))

    def array(low, high, *, cycle=True):
        """A value with a random choice of dimensions."""
        sizes = {"strategy": len(strategies), "cycle": cycles, "sample": samples}
        dims = [dim for dim in sizes if draw(st.booleans()) and (cycle or dim != "cycle")]
        values = rng.uniform(low, high, size=[sizes[dim] for dim in dims])
        coords = {"strategy": strategies} if "strategy" in dims else {}
        return xr.DataArray(values, dims=dims, coords=coords)

    pairs = [(a, b) for a in states[:-1] for b in states if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))
    moves = {pair: array(0, 1 / len(states)) for pair in chosen}
    cost = {"care": {state: array(0, 100) for state in states[:-1]}, "moves": {pair: array(0, 50) for pair in chosen}}
    cost["entry"] = {("start", states[0]): array(0, 10, cycle=False)}
    paid = hm.Payoffs(cost=cost, qaly={state: array(-0.2, 1) for state in states[:-1]})
    length = draw(st.sampled_from(["1 year", "1 month", "1/52 year"]))
    share = rng.dirichlet(np.ones(len(states)))
    model = hm.CohortModel(
        states=states,
        strategies=strategies,
        start=dict(zip(states, share, strict=True)),
        cycle_length=length,
        horizon=length.replace("1", str(cycles), 1),
        correction=draw(st.sampled_from(["life-table", "start", "end", "simpson"])),
        discount=hm.Discount(cost=0.035, qaly=0.015, timing=draw(st.sampled_from(["count", "start", "mid", "year"]))),
        transitions=lambda p, time: moves,
        payoffs=lambda p, time: paid,
    )
    return model, xr.Dataset({"x": ("sample", np.zeros(samples))}, coords={"sample": np.arange(samples)})


@settings(max_examples=60, deadline=None)
@given(models())
def test_the_kernel_agrees_with_the_plain_engine(case):
    model, draws = case
    fast, slow = model.run(draws), naive_run(model, draws)
    np.testing.assert_allclose(fast["cost"].sum("component"), slow["cost"], rtol=1e-12, atol=1e-10)
    np.testing.assert_allclose(fast["qaly"], slow["qaly"], rtol=1e-12, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(models())
def test_everyone_is_somewhere_and_the_dead_stay_dead(case):
    model, draws = case
    trace = model.trace(draws)
    np.testing.assert_allclose(trace["mean"].sum("state"), 1.0, atol=1e-12)
    assert float(trace["lower"].min()) > -1e-12
    assert float(trace["mean"].sel(state="dead").diff("cycle").min()) > -1e-12


@settings(max_examples=20, deadline=None)
@given(models(), st.floats(0, 10))
def test_cost_is_linear_in_its_payoffs(case, factor):
    model, draws = case
    paid = model.payoffs(None, None)
    more = hm.Payoffs(
        cost={name: {on: value * factor for on, value in part.items()} for name, part in paid.cost.items()},
        qaly=paid.qaly,
    )
    scaled = replace(model, payoffs=lambda p, time: more)
    np.testing.assert_allclose(scaled.run(draws)["cost"], factor * model.run(draws)["cost"], rtol=1e-10, atol=1e-9)

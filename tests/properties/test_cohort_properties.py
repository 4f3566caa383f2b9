"""Invariants of the cohort engine over random models, and agreement with the plain engine."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.verify.naive_cohort import naive_run


@st.composite
def models(draw, *, intakes=True):
    """A random model with the draws that it takes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    states = [f"s{i}" for i in range(draw(st.integers(2, 5)))] + ["dead"]
    strategies = [f"k{i}" for i in range(draw(st.integers(1, 3)))]
    groups = [f"g{i}" for i in range(draw(st.integers(0, 2)))]
    cycles, samples = draw(st.integers(1, 6)) * 2, draw(st.integers(1, 5))
    sizes = {"strategy": len(strategies), "cycle": cycles, "sample": samples}
    sizes |= {"group": len(groups)} if groups else {}

    clocks = {f"c{i}": [s for s in states[:-1] if draw(st.booleans())] for i in range(draw(st.integers(0, 2)))}
    clocks = {clock: over for clock, over in clocks.items() if over}

    def array(low, high, *, without=(), tunnel=False, state=None):
        """A value with a random choice of dimensions."""
        dims = [dim for dim in sizes if dim not in without and draw(st.booleans())]
        shape = {dim: sizes[dim] for dim in dims}
        if tunnel and draw(st.integers(0, 3)) == 0:
            shape["time_in_state"] = draw(st.integers(1, cycles + 2))
        for clock, over in clocks.items():
            if state in over and draw(st.integers(0, 2)) == 0:
                shape[clock] = draw(st.integers(1, 5))
        values = rng.uniform(low, high, size=tuple(shape.values()))
        coords = {dim: names for dim, names in (("strategy", strategies), ("group", groups)) if dim in shape}
        return xr.DataArray(values, dims=tuple(shape), coords=coords)

    pairs = [(a, b) for a in states[:-1] for b in states if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))
    moves = {pair: array(0, 1 / len(states), tunnel=True, state=pair[0]) for pair in chosen}
    cost = {
        "care": {state: array(0, 100, tunnel=True, state=state) for state in states[:-1]},
        "moves": {pair: array(0, 50, tunnel=True, state=pair[0]) for pair in chosen},
        "any": {("any", state): array(0, 30) for state in {b for _, b in chosen}},
        "entry": {("start", states[0]): array(0, 10)},
        "dated": {("present", states[1]): array(0, 10, state=states[1])},
    }
    paid = hm.Payoffs(cost=cost, qaly={state: array(-0.2, 1) for state in states[:-1]})
    length = draw(st.sampled_from(["1 year", "1 month", "1/52 year", "schedule"]))
    horizon = length.replace("1", str(cycles), 1)
    if length == "schedule":
        length = {"1/2 year": f"{cycles // 2}/2 year", "1 year": "rest"}
        horizon = f"{cycles // 2 + 2 * (cycles - cycles // 2)}/2 years"
    corrections = [
        "life-table",
        "start",
        "end",
        tuple(rng.uniform(0, 1, cycles + 1)),
        *["simpson"] * isinstance(length, str),
    ]
    share = rng.dirichlet(np.ones(len(states)))
    once = ("cycle",)
    mix = array(0, 1, without=once)
    start = dict(zip(states, share, strict=True))
    start[states[0]], start[states[1]] = (
        (start[states[0]] + start[states[1]]) * mix,
        (start[states[0]] + start[states[1]]) * (1 - mix),
    )
    intake = {states[0]: array(0, 0.3)} if intakes and draw(st.booleans()) else {}
    model = hm.CohortModel(
        states=states,
        strategies=strategies,
        groups=groups,
        start=lambda p: start,
        intake=lambda p: intake,
        cycle_length=length,
        horizon=horizon,
        correction=draw(st.sampled_from(corrections)),
        clocks=clocks,
        begins=draw(st.sampled_from([None, "6 months", "3 years"])),
        discount=hm.Discount(
            cost=draw(st.sampled_from([0.035, hm.structures.Stepped({0: 0.035, 0.3: 0.03, 4: 0.01})])),
            qaly=draw(st.sampled_from([0.015, 0.035, hm.structures.Continuous(0.015)])),
            timing=draw(st.sampled_from(["count", "start", "mid", "year"])),
        ),
        transitions=lambda p, time: moves,
        payoffs=lambda p, time: paid,
    )
    return model, xr.Dataset({"x": ("sample", np.zeros(samples))}, coords={"sample": np.arange(samples)})


@settings(max_examples=60, deadline=None)
@given(models())
def test_the_kernel_agrees_with_the_plain_engine(case):
    model, draws = case
    fast, slow = model.run(draws), naive_run(model, draws)
    xr.testing.assert_allclose(fast["cost"].sum("component").drop_vars("sample"), slow["cost"], rtol=1e-12, atol=1e-10)
    xr.testing.assert_allclose(fast["qaly"].drop_vars("sample"), slow["qaly"], rtol=1e-12, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(models(intakes=False))
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


@settings(max_examples=40, deadline=None)
@given(models())
def test_years_add_up_to_the_whole_and_are_those_of_the_plain_engine(case):
    model, draws = case
    ends = np.cumsum(np.broadcast_to(np.asarray(model.time.cycle_years), model.cycles))
    if any(
        int(end + 1e-9) > int(begin + 1e-9) and end % 1 > 1e-9 for begin, end in zip([0, *ends], ends, strict=False)
    ):
        with pytest.raises(hm.ModelError, match="cycles that end with each year"):
            model.run(draws, by="year")
        return
    by_year, whole, slow = model.run(draws, by="year"), model.run(draws), naive_run(model, draws, by_year=True)
    for name in whole:
        np.testing.assert_allclose(by_year[name].sum("year"), whole[name], rtol=1e-11, atol=1e-10)
    assert by_year["year"].to_numpy().tolist() == list(range(1, slow.sizes["year"] + 1))
    for fast, plain in ((by_year["cost"].sum("component"), slow["cost"]), (by_year["qaly"], slow["qaly"])):
        np.testing.assert_allclose(fast.transpose(*plain.dims), plain, rtol=1e-11, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(models(), st.floats(0.5, 5000))
def test_people_are_shares_times_their_number(case, number):
    model, draws = case

    def times(people):
        return lambda p: {state: number * value for state, value in people(p).items()}

    people = replace(model, start=times(model.start), intake=times(model.intake), start_in="people")
    for name, found in people.run(draws).items():
        np.testing.assert_allclose(found, number * model.run(draws)[name], rtol=1e-10, atol=1e-8)


@settings(max_examples=20, deadline=None)
@given(models(intakes=False), st.integers(2, 5))
def test_two_cohorts_that_follow_one_another_are_one(case, cut):
    """The first cycles, then the others from where everyone was: the same as all of them (without memory)."""
    model, draws = case
    moves = {move: 0.1 + 0.0 * k for k, move in enumerate(dict.fromkeys(m for m in model.transitions(None, None)))}
    paid = hm.Payoffs(cost={"care": dict.fromkeys(model.states, 7.0)}, qaly=dict.fromkeys(model.states[:-1], 0.5))
    plain = replace(
        model,
        transitions=lambda p, time: moves,
        payoffs=lambda p, time: paid,
        clocks={},
        begins=None,
        cycle_length="1 year",
        horizon="8 years",
        correction="life-table",
        discount=hm.Discount(cost=0.03, qaly=0.01, timing="count"),
    )
    first = replace(plain, horizon=f"{cut} years")
    ends = first.final_shares(draws)
    rest = replace(plain, horizon=f"{8 - cut} years", begins=f"{cut} years", start=lambda p: ends)
    for name in ("cost", "qaly", "life_years"):
        parts = first.run(draws)[name] + rest.run(draws)[name]
        np.testing.assert_allclose(parts, plain.run(draws)[name], rtol=1e-12, atol=1e-12)

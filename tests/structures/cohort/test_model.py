"""What a cohort model refuses, and how it treats labels."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm


def model(moves=None, paid=None, **changes):
    """A two-strategy model of one year in months; parts of it replaced."""
    moves = moves or (lambda p, time: {("well", "ill"): 0.1, ("ill", "dead"): 0.05})
    paid = paid or (lambda p, time: hm.Payoffs(cost={"care": {"ill": 100.0}}, qaly={"well": 1.0, "ill": 0.5}))
    structure = {
        "states": ["well", "ill", "dead"],
        "strategies": ["old", "new"],
        "start": {"well": 1.0},
        "cycle_length": "1 month",
        "horizon": "1 year",
        "discount": hm.Discount(cost=0.035, qaly=0.035, timing="count"),
    }
    return hm.CohortModel(transitions=moves, payoffs=paid, **(structure | changes))


def draws(n=5, **values):
    return xr.Dataset({name: ("sample", np.broadcast_to(value, n)) for name, value in values.items()}).assign_coords(
        sample=np.arange(n)
    )


def refuse(said, built, drawn=None):
    with pytest.raises(hm.ModelError, match=said):
        built.run(xr.Dataset() if drawn is None else drawn)


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ({("well", "ill"): -0.1}, r"'well' → 'ill' is -0.1; it must lie between 0 and 1"),
        ({("well", "ill"): 1.1}, r"is 1.1"),
        ({("well", "ill"): np.nan}, r"is nan; look for a missing or infinite input"),
        ({("well", "ill"): 0.7, ("well", "dead"): 0.4}, r"moves out of 'well' add up to 1.1"),
        ({("well", "il"): 0.1}, r"names state 'il'; did you mean 'ill'"),
        ({("well", "well"): 0.1}, r"stays where it is; leave it out"),
        ({"well": 0.1}, r"written \(from, to\)"),
        ({("well", "ill"): "0.1"}, r"is of type str; give a number"),
        ([("well", "ill", 0.1)], r"returns a list; it must return a dict"),
        ({("well", "ill"): xr.DataArray([0.1, 0.2], dims="strategy")}, r"strategy without names"),
        ({("well", "ill"): hm.by_strategy({"old": 0.1, "nwe": 0.2})}, r"strategy 'nwe'; did you mean 'new'"),
        ({("well", "ill"): hm.by_strategy({"old": 0.1})}, r"no value for strategy 'new'"),
        ({("well", "ill"): xr.DataArray(np.full(11, 0.1), dims="cycle")}, r"11 values along cycle; the model has 12"),
        ({("well", "ill"): xr.DataArray(np.full(4, 0.1), dims="sample")}, r"4 values along sample"),
        (
            {("well", "ill"): xr.DataArray(np.full(4, 0.1), dims="mrs")},
            r"dimension 'mrs'; it may have strategy, sample, cycle, time_in_state",
        ),
    ],
)
def test_moves_that_are_not_sound_are_refused(moves, said):
    refuse(said, model(lambda p, time: moves))


def test_the_error_names_strategy_cycle_sample_and_value():
    bad = np.full((2, 12, 5), 0.1)
    bad[1, 7, 3] = 1.25
    array = xr.DataArray(bad, dims=("strategy", "cycle", "sample"), coords={"strategy": ["old", "new"]})
    refuse(
        r"is 1.25 \(strategy 'new', cycle 7, sample 3\)", model(lambda p, time: {("well", "ill"): array}), draws(x=1.0)
    )


def test_the_sample_named_is_counted_over_all_blocks(monkeypatch):
    monkeypatch.setattr("heemodel.structures.cohort.running.FIRST_SAMPLES", 2)
    refuse(r"sample 4\)", model(lambda p, time: {("well", "ill"): p.x}), draws(x=np.array([0.1, 0.1, 0.1, 0.1, 2.0])))


@pytest.mark.parametrize(
    ("paid", "said"),
    [
        (
            hm.Payoffs(cost={"care": {"il": 1.0}}, qaly={}),
            r"cost care payoff of 'il' names state 'il'; did you mean 'ill'",
        ),
        (hm.Payoffs(cost={"care": {("ill", "well"): 1.0}}, qaly={}), r"no such move; it has \('well', 'ill'\)"),
        (hm.Payoffs(cost={"care": {("start", "il"): 1.0}}, qaly={}), r"did you mean 'ill'"),
        (hm.Payoffs(cost={}, qaly={"well": np.inf}), r"qaly payoff of 'well' is inf"),
        ({"cost": 1}, r"returns a dict; it must return hm.Payoffs"),
        (hm.Payoffs(cost={}, qaly={}, effects={"qaly": {"well": 1.0}}), r"may not be called 'qaly'"),
    ],
)
def test_payoffs_that_are_not_sound_are_refused(paid, said):
    refuse(said, model(paid=lambda p, time: paid))


def test_no_draws_at_all_are_refused():
    refuse("no draws to run", model(), draws(n=0, x=0.1))


def test_a_structure_that_is_not_sound_is_refused():
    with pytest.raises(hm.ModelError, match="may not be called 'start'"):
        model(states=["start", "dead"])
    with pytest.raises(hm.ModelError, match="must be different names"):
        model(strategies=["old", "old"])
    with pytest.raises(hm.ModelError, match="did you mean 'well'"):
        model(start={"wel": 1.0})
    with pytest.raises(hm.ModelError, match="known names"):
        model(dead="heaven")
    refuse("add up to 0.9", model(start={"well": 0.9}))
    refuse("must be 0 or more", model(start={"well": 1.1, "ill": -0.1}))


def test_time_asks_for_what_it_needs():
    refuse("give CohortModel\\(start_age=…\\)", model(lambda p, time: {("well", "dead"): time.age * 0}))
    refuse("start_age=…, life_table=…", model(lambda p, time: {("well", "dead"): time.life_table(0.5)}))


def test_a_parameter_asked_for_in_vain_suggests_the_nearest_name():
    refuse("did you mean 'incidence'", model(lambda p, time: {("well", "ill"): p.incidnce}), draws(incidence=0.1))


def test_parameters_that_the_model_never_reads_are_named():
    built = model(lambda p, time: {("well", "ill"): p.incidence})
    with pytest.raises(hm.ModelError, match="never reads price"):
        built.check_parameters(draws(incidence=0.1, price=3.0), must_be_read=["incidence", "price"])
    with pytest.raises(hm.ModelError) as error:
        built.check_parameters(draws(incidnce=0.1), must_be_read=["incidnce"])
    assert "asks for parameter 'incidence'" in str(error.value)
    assert "did you mean 'incidnce'" in str(error.value)
    assert "never reads" not in str(error.value)


def test_strategies_are_matched_by_name_whatever_their_order():
    by_name = [hm.by_strategy({"old": 0.1, "new": 0.3}), hm.by_strategy({"new": 0.3, "old": 0.1})]
    one, two = (model(lambda p, time, q=q: {("well", "ill"): q}).run(xr.Dataset()) for q in by_name)
    xr.testing.assert_identical(one, two)
    assert float(one["qaly"].sel(strategy="new")) < float(one["qaly"].sel(strategy="old"))


def test_the_point_run_is_the_same_function_without_samples():
    built = model(lambda p, time: {("well", "ill"): p.incidence})
    point = built.run(xr.Dataset({"incidence": 0.1}))
    assert "sample" not in point.dims
    assert float(built.run(draws(incidence=0.1))["qaly"].isel(sample=3, strategy=0)) == float(
        point["qaly"].isel(strategy=0)
    )


def test_results_are_the_same_to_the_bit_for_any_block_size(monkeypatch):
    drawn = draws(300, x=np.random.default_rng(1).uniform(0, 0.5, 300))
    built = model(lambda p, time: {("well", "ill"): p.x, ("ill", "dead"): p.x * (time.cycle + 1) / 12})
    whole = built.run(drawn)
    monkeypatch.setattr("heemodel.structures.cohort.running.FIRST_SAMPLES", 7)
    monkeypatch.setattr("heemodel.structures.cohort.running.NUMBERS_AT_ONCE", 800)
    xr.testing.assert_identical(built.run(drawn), whole)


def test_a_payoff_by_cycle_holds_within_its_cycle():
    by_cycle = xr.DataArray(np.arange(12.0), dims="cycle")
    still = model(
        lambda p, time: {},
        lambda p, time: hm.Payoffs(cost={}, qaly={"well": by_cycle}),
        discount=hm.Discount(cost=0, qaly=0, timing="count"),
    )
    assert float(still.run(xr.Dataset())["qaly"].isel(strategy=0)) == pytest.approx(66 / 12)


def test_outcomes_keep_chains_and_break_costs_down():
    drawn = draws(4, x=0.1).assign_coords(chain=("sample", [0, 0, 1, 1]))
    outcomes = model(lambda p, time: {("well", "ill"): p.x}).run(drawn)
    assert outcomes["chain"].to_numpy().tolist() == [0, 0, 1, 1]
    assert outcomes["cost"].dims == ("sample", "strategy", "component")
    assert outcomes["years_in_state"].sum("state").to_numpy() == pytest.approx(1.0)


def test_trace_has_mean_and_interval_over_samples():
    drawn = draws(1_000, x=np.linspace(0, 0.2, 1_000))
    trace = model(lambda p, time: {("well", "ill"): p.x}).trace(drawn)
    assert trace["mean"].dims == ("cycle", "state", "strategy")
    at = trace.sel(cycle=1, state="well", strategy="old")
    assert float(at["mean"]) == pytest.approx(0.9)
    assert float(at["lower"]) == pytest.approx(0.805, abs=1e-3)
    assert float(at["upper"]) == pytest.approx(0.995, abs=1e-3)
    assert float(trace["years"][-1]) == pytest.approx(1.0)


def test_a_missing_number_is_refused_where_it_is_read_even_if_a_sum_would_skip_it():
    nothing = draws(3, risk=[0.1, np.nan, 0.1])
    refuse(r"parameter 'risk' is nan \(sample 1\)", model(lambda p, time: {("well", "ill"): p.risk.sum() / 3}), nothing)
    refuse(
        "parameter 'risk' is nan; look", model(lambda p, time: {("well", "ill"): p.risk}), xr.Dataset({"risk": np.nan})
    )


@pytest.mark.parametrize("levels", [False, True])
def test_chunked_draws_give_chunked_outcomes_to_the_bit(levels):
    drawn = draws(1_000, x=np.random.default_rng(1).uniform(0, 0.5, 1_000))
    if levels:
        chains = {"chain": ("sample", np.arange(1_000) // 500), "draw": ("sample", np.arange(1_000) % 500)}
        drawn = drawn.drop_vars("sample").assign_coords(chains).set_index(sample=["chain", "draw"])
    built = model(lambda p, time: {("well", "ill"): p.x, ("ill", "dead"): p.x * (time.cycle + 1) / 12})
    lazy = built.run(drawn.chunk(sample=300))
    assert lazy.chunksizes["sample"] == (300, 300, 300, 100)
    xr.testing.assert_identical(lazy.compute(), built.run(drawn))


def test_labels_that_would_not_be_heeded_are_refused():
    backwards = xr.DataArray(np.linspace(0, 0.5, 12), dims="cycle", coords={"cycle": np.arange(12)[::-1]})
    refuse(
        "has labels 11 to 0 along cycle, which counts from 0 to 11", model(lambda p, time: {("well", "ill"): backwards})
    )
    in_order = backwards.sortby("cycle")
    assert model(lambda p, time: {("well", "ill"): in_order}).run(xr.Dataset())["qaly"].notnull().all()
    since = xr.DataArray([0.1, 0.2], dims="time_in_state", coords={"time_in_state": [1, 2]})
    refuse("labels 1 to 2 along time_in_state", model(lambda p, time: {("well", "ill"): since}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"start": [1.0, 0.0]}, "start=…\\) is a list; give the share in each state"),
        ({"discount": 0.035}, "discount=…\\) is a float; give hm.Discount"),
        ({"correction": True}, 'correction=…\\) is neither a name, such as "life-table" for the usual half-cycle'),
        ({"transitions": {}}, "transitions=…\\) is of type dict; give a function"),
        ({"start_age": "60"}, "start_age=…\\) is '60'; give an age in years"),
    ],
)
def test_what_is_of_another_kind_is_refused(changes, said):
    given = {"transitions": lambda p, time: {}, "payoffs": lambda p, time: None} | changes
    with pytest.raises(hm.ModelError, match=said):
        hm.CohortModel(
            **{
                "states": ["well", "dead"],
                "strategies": ["only"],
                "start": {"well": 1.0},
                "cycle_length": "1 year",
                "horizon": "2 years",
                "discount": hm.Discount(cost=0.0, qaly=0.0, timing="count"),
            }
            | given
        )


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda: model(correction="half-cycle").run(xr.Dataset()), 'The usual half-cycle correction is "life-table"'),
        (lambda: hm.Discount(cost="3.5%", qaly=0.035, timing="count"), "write a yearly rate such as 0.035"),
        (lambda: hm.structures.Stepped([(0, 0.035)]), "is written as a dict"),
        (lambda: hm.by_strategy({}), "give a dict with a value for every strategy"),
        (lambda: hm.Payoffs(cost={}, qaly=None), "qaly is a NoneType; give a dict"),
        (
            lambda: model(lambda p, time: {("well", "ill"): p.x}).run(xr.Dataset({"x": "often"})),
            "holds <U5; give numbers",
        ),
        (
            lambda: model(lambda p, time: {("well", "ill"): np.ones(12)}).run(xr.Dataset()),
            'xr.DataArray\\(numbers, dims="cycle"',
        ),
        (
            lambda: model(lambda p, time: {("well", "ill"): xr.DataArray([0.1], dims="draw")}).run(xr.Dataset()),
            r'rename\(\{\'draw\': "sample"\}\)',
        ),
        (
            lambda: model(paid=lambda p, time: hm.Payoffs(cost={"a": {("Any", "ill"): 1.0}}, qaly={})).run(
                xr.Dataset()
            ),
            "there is no state 'Any'; did you mean 'any'",
        ),
    ],
)
def test_slips_are_answered_with_the_way_to_write_it(broken, said):
    with pytest.raises(hm.ModelError, match=said):
        broken()


def test_parameters_may_be_read_by_name():
    built = model(lambda p, time: {("well", "ill"): p["risk of ill"]})
    assert built.run(xr.Dataset({"risk of ill": 0.1}))["qaly"].notnull().all()


def test_recorded_arrays_print_their_numbers():
    assert "[0.  " in repr(model().time.years)

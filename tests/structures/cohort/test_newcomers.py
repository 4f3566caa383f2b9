"""What people who know health economics, and not this package, write first."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from tests.structures.cohort.test_people import drawn, model


def moves(value):
    return lambda p, time: {("A", "B"): value(p, time)}


@pytest.mark.parametrize("draws", [10, 9, 3, 1])
@pytest.mark.parametrize(
    "value",
    [
        lambda p, time: p.x * np.where(time.cycle < 3, 1.0, 0.5),
        lambda p, time: np.where(time.cycle < 3, p.x, p.x / 2),
        lambda p, time: p.x * np.linspace(0, 1, 10),
        lambda p, time: p.x * np.array([1.0, 0.5]),
    ],
)
def test_plain_arrays_are_never_taken_for_draws_by_their_length(value, draws):
    """Ten cycles and two strategies: arrays of numpy's own would fit ten draws."""
    two = model(strategies=["old", "new"], transitions=moves(value))
    with pytest.raises(hm.ModelError, match=r"sample|numpy|ndarray"):
        two.run(drawn(x=np.full(draws, 0.1)))


def test_a_plain_array_at_central_values_is_told_too():
    with pytest.raises(hm.ModelError, match=r"plain ones of numpy.*xr.where instead of np.where"):
        model(transitions=moves(lambda p, time: p.x * np.where(time.cycle < 3, 1.0, 0.5))).run({"x": 0.1})


def test_a_clock_is_no_time_where_cycles_differ_in_length():
    lengths = {"1 month": "2 years", "1 year": "rest"}
    by_clock = moves(lambda p, time: 0.1 * 0.9 ** time.clock("time_in_state"))
    assert np.isfinite(model(transitions=by_clock).run(xr.Dataset())["qaly"]).all()
    with pytest.raises(hm.ModelError, match="cycles differ in length"):
        model(transitions=by_clock, cycle_length=lengths).run(xr.Dataset())


def test_a_life_table_that_nobody_asks_for_is_refused():
    given = {"start_age": 60, "life_table": "uk-2022-2024"}
    with pytest.raises(hm.ModelError, match=r"life_table=….*nobody dies of it"):
        model(**given).run(xr.Dataset())
    die = {("A", "dead"): 0.1}
    used = model(**given, transitions=lambda p, time: {move: time.life_table(0.5) for move in die})
    assert used.run(xr.Dataset())["life_years"].item() < 10


def test_people_who_enter_a_cohort_of_shares_are_refused():
    with pytest.raises(hm.ModelError, match=r"the intake of 'A' is 50 .*start_in=\"people\""):
        model(intake={"A": 50}).run(xr.Dataset())


def test_quality_of_life_of_the_dead_is_refused():
    def paid(worth):
        return lambda p, time: hm.Payoffs(cost={}, qaly={"A": 0.9, "B": 0.6, "dead": worth})

    assert np.isfinite(model(payoffs=paid(0.0)).run(xr.Dataset())["qaly"]).all()
    with pytest.raises(hm.ModelError, match=r"'dead' is a dead state.*\('any', 'dead'\)"):
        model(payoffs=paid(0.5)).run(xr.Dataset())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: model(transitions=lambda p: {}), r"called with \(p, time\)"),
        (lambda: model(payoffs=lambda p: None), r"called with \(p, time\)"),
        (lambda: model(start=lambda p, time: {}), r"called with \(p\)"),
        (lambda: model(transitions=np.eye(3)), "pd.DataFrame"),
        (lambda: model(transitions=moves(lambda p, t: 8.0)).run(xr.Dataset()), "percentage, divide it by 100"),
        (lambda: model(transitions=moves(lambda p, t: p.x)).run(drawn(x=[-0.1, -0.2])), "look at its sign"),
        (lambda: model(transitions=moves(lambda p, t: {"only": 0.1})).run(xr.Dataset()), r"hm.by_strategy\({'only'"),
        (
            lambda: model(transitions=moves(lambda p, t: t.time_in_state)).run(xr.Dataset()),
            'time.clock\\("time_in_state"',
        ),
        (lambda: model(transitions=moves(lambda p, t: t.year)).run(xr.Dataset()), "did you mean 'years'"),
        (lambda: model().time.before(None), "is no time"),
        (lambda: model().time.clock("time_in_state", most="5 years"), "whole number of cycles"),
        (lambda: model(cycle_length="28 days"), 'such as "1/13 year"'),
        (lambda: model().run(pd.Series({"x": 0.1})), r"draws.to_dict\(\)"),
        (
            lambda: model(transitions=moves(lambda p, t: xr.DataArray(np.ones(10), dims="cycles"))).run(xr.Dataset()),
            "Did you mean 'cycle'",
        ),
        (
            lambda: model(strategies=["old", "new"], transitions={"old": pd.DataFrame()}).run(xr.Dataset()),
            "one for each strategy: 'old', 'new'",
        ),
        (
            lambda: model(payoffs=lambda p, t: hm.Payoffs(cost={"a": {("all", "dead"): 1.0}}, qaly={})).run(
                xr.Dataset()
            ),
            r"write \('any', 'dead'\)",
        ),
        (
            lambda: model(payoffs=lambda p, t: hm.Payoffs(cost={"a": {"A->B": 1.0}}, qaly={})).run(xr.Dataset()),
            r"a move is written \('A', 'B'\)",
        ),
    ],
)
def test_first_slips_are_answered_with_what_mends_them(wrong, said):
    with pytest.raises(hm.ModelError, match=said):
        wrong()


def test_times_in_years_are_taken_as_numbers_too():
    time = model().time
    xr.testing.assert_equal(time.before(0.25), time.before("3 months"))
    xr.testing.assert_equal(time.at(5), time.at("5 years"))


def test_draws_in_every_form_go_through_parameters_and_checks():
    uncertain = model(transitions=moves(lambda p, time: p.x))
    table = pd.DataFrame({"x": np.linspace(0.1, 0.3, 60)})
    assert uncertain.transitions(hm.Parameters(table), uncertain.time)["A", "B"].sizes == {"sample": 60}
    checks = hm.verify.run_checks(uncertain, table, uncertain.run(table), central={"x": 0.2}, comparator=None)
    assert all(check.passed for check in checks)
    with pytest.raises(hm.HeemodelError, match="one value of each"):
        hm.verify.run_checks(uncertain, table, uncertain.run(table), central=table, comparator=None)
    with pytest.raises(hm.HeemodelError, match="not those of these draws"):
        hm.verify.run_checks(uncertain, table, uncertain.run(table[:20]), central={"x": 0.2}, comparator=None)

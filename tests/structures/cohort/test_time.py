"""What happens when: dates, years, cycles of several lengths, clocks, weights of one's own."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from tests.structures.cohort.test_people import model

UNDISCOUNTED = hm.Discount(cost=0.0, qaly=0.0, timing="count")


def test_what_is_paid_at_a_date_is_paid_to_those_who_are_there():
    """£300 for those in A at the beginning of cycles 1 and 5; 10% die a year; half-cycle correction on."""
    scanned = model(
        correction="life-table",
        transitions=lambda p, time: {("A", "dead"): 0.1},
        payoffs=lambda p, time: hm.Payoffs(cost={"scan": {("present", "A"): 300 * time.at("1 year", 5)}}, qaly={}),
    )
    assert scanned.run(xr.Dataset())["cost"].item() == pytest.approx(300 * (0.9 + 0.9**5), rel=1e-12)
    found = scanned.run(xr.Dataset(), by="year")["cost"].sel(strategy="only", component="scan").to_numpy()
    np.testing.assert_allclose(found, [0, 270, 0, 0, 0, 300 * 0.9**5, 0, 0, 0, 0], rtol=1e-12)


def test_a_date_at_which_no_cycle_starts_is_refused():
    with pytest.raises(hm.ModelError, match="no cycle starts after '18 months'; the nearest starts at year 1"):
        model().time.at("18 months")


def test_a_loss_before_death_reaches_back():
    """0.2 lost in the last three months of life: 0.05 for each death, less for those who die in the first quarter."""
    quarters = model(
        cycle_length="3 months",
        transitions=lambda p, time: {("A", "dead"): 0.1},
        payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={("any", "dead"): -0.2 * time.before("3 months")}),
    )
    dead = 1 - 0.9**40
    assert quarters.run(xr.Dataset())["qaly"].item() == pytest.approx(-0.2 * (0.1 * 0.125 + (dead - 0.1) * 0.25))


def test_outcomes_by_year_add_up_discounted_or_not():
    monthly = model(
        cycle_length="1 month", horizon="3 years", discount=hm.Discount(cost=0.0, qaly=0.035, timing="count")
    )
    whole, years = monthly.run(xr.Dataset()), monthly.run(xr.Dataset(), by="year")
    assert years["qaly"].dims == ("strategy", "year")
    np.testing.assert_allclose(years["qaly"].sum("year"), whole["qaly"], rtol=1e-13)
    lengthening = [
        float(
            model(cycle_length="1 month", horizon=f"{n} years", discount=monthly.discount)
            .run(xr.Dataset())["qaly"]
            .item()
        )
        for n in (1, 2, 3)
    ]
    np.testing.assert_allclose(years["qaly"].squeeze(), np.diff([0.0, *lengthening]), rtol=1e-11)
    plain = monthly.run(xr.Dataset(), by="year", discounted=False)["qaly"].sum("year").item()
    undiscounted = model(cycle_length="1 month", horizon="3 years").run(xr.Dataset())["qaly"].item()
    assert plain == pytest.approx(undiscounted, rel=1e-13)


@pytest.mark.parametrize(
    ("length", "horizon"), [("1 week", "10 weeks"), ("2 years", "4 years"), ("8 months", "2 years")]
)
def test_years_that_the_cycles_do_not_divide_are_refused(length, horizon):
    long = model(cycle_length=length, horizon=horizon)
    if length == "1 week":  # ten weeks lie within the first year
        assert long.run(xr.Dataset(), by="year").sizes["year"] == 1
        return
    with pytest.raises(hm.ModelError, match="cycles that end with each year"):
        long.run(xr.Dataset(), by="year")
    with pytest.raises(hm.ModelError, match='"year", by "state" or not at all; found'):
        long.run(xr.Dataset(), by="month")


def test_cycles_of_several_lengths_are_one_long_run_where_they_must_be():
    """A constant rate: months for two years and then years give the occupancy of months throughout."""

    def rates(p, time):
        return {("A", "dead"): hm.rate_to_probability(0.3, time.cycle_years)}

    mixed = model(cycle_length={"1 month": "2 years", "1 year": "rest"}, transitions=rates, correction="end")
    assert mixed.cycles == 24 + 8
    points = mixed.trace(xr.Dataset())["mean"].sel(state="A", strategy="only")
    np.testing.assert_allclose(points, np.exp(-0.3 * points["years"]), rtol=1e-12)
    wanted = sum(np.exp(-0.3 * k / 12) / 12 for k in range(1, 25)) + sum(np.exp(-0.3 * k) for k in range(3, 11))
    assert mixed.run(xr.Dataset())["life_years"].item() == pytest.approx(wanted, rel=1e-12)
    assert mixed.run(xr.Dataset(), by="year")["life_years"].sizes["year"] == 10


@pytest.mark.parametrize(
    ("lengths", "said"),
    [
        ({"1 month": "2 years", "1 year": "9 years"}, "fill 11 of the 10 years"),
        ({"1 month": "2 years"}, "fill 2 of the 10 years"),
        ({"5 months": "2 years", "1 year": "rest"}, "whole number of cycles"),
        ({"1 year": "10 years", "1 month": "rest"}, "nothing is left"),
        ({}, "empty dict"),
        ({"1 month": 2, "1 year": "rest"}, "a duration is 2"),
    ],
)
def test_schedules_that_do_not_fit_are_refused(lengths, said):
    with pytest.raises(hm.ModelError, match=said):
        model(cycle_length=lengths)


def test_simpson_needs_cycles_of_one_length():
    with pytest.raises(hm.ModelError, match="of one length"):
        model(cycle_length={"1 month": "2 years", "1 year": "rest"}, correction="simpson")


def sick(treated):
    """Krijkamp et al. 2018, appendix B: what happens to the sick depends on the year of sickness, the first being 1."""

    def moves(p, time):
        r = -np.log(1 - 0.005)
        year_sick = time.clock("years_sick") + 1
        f = 1 + 0.2 * year_sick
        return {
            ("H", "S1"): 0.15,
            ("H", "dead"): 0.005,
            ("S1", "H"): 0.5,
            ("S1", "S2"): 0.105,
            ("S1", "dead"): 1 - np.exp(-3 * r * f),
            ("S2", "dead"): 1 - np.exp(-10 * r * f),
        }

    def payoffs(p, time):
        s1 = 0.95 - 0.03 * (time.clock("years_sick") + 1) if treated else 0.75
        drug = {"S1": 12_000.0, "S2": 12_000.0} if treated else {}
        return hm.Payoffs(cost={"care": {"H": 2000.0, "S1": 4000.0, "S2": 15_000.0}, "drug": drug},
                          qaly={"H": 1.0, "S1": s1, "S2": 0.5})  # fmt: skip

    return model(
        states=["H", "S1", "S2", "dead"], start={"H": 1.0}, clocks={"years_sick": ["S1", "S2"]}, horizon="31 years",
        discount=hm.Discount(cost=0.03, qaly=0.03, timing="count"), transitions=moves, payoffs=payoffs,
    )  # fmt: skip


@pytest.mark.parametrize(("treated", "cost", "qaly"), [(False, 62_707, 15.298), (True, 117_545, 15.722)])
def test_a_clock_runs_on_over_several_states(treated, cost, qaly):
    outcomes = sick(treated).run(xr.Dataset())
    assert outcomes["cost"].sum().item() == pytest.approx(cost, abs=0.5)
    assert outcomes["qaly"].item() == pytest.approx(qaly, abs=5e-4)


@pytest.mark.parametrize(
    ("clocks", "said"),
    [
        ({"years_sick": ["S1", "S3"]}, "clock 'years_sick' names state 'S3'; known names"),
        ({"years_sick": "S1"}, "runs over 'S1'; give a list of states"),
        ({"cycle": ["S1"]}, "a clock may not be called 'cycle'"),
        ({"time_in_state": ["S1"]}, "a clock may not be called 'time_in_state'"),
        ({"years_sick": ["S1", "dead"]}, "runs over the dead state 'dead'"),
        (["S1"], "clocks=…\\) is a list"),
    ],
)
def test_clocks_that_are_none_are_refused(clocks, said):
    with pytest.raises(hm.ModelError, match=said):
        model(states=["H", "S1", "S2", "dead"], start={"H": 1.0}, clocks=clocks)


def test_a_value_by_a_clock_that_does_not_run_there_is_refused():
    years = xr.DataArray([0.1, 0.2], dims="years_sick")
    clocks = {"clocks": {"years_sick": ["B"]}}
    with pytest.raises(hm.ModelError, match="'A' → 'B' goes by the clock 'years_sick', which does not run in 'A'"):
        model(**clocks, transitions=lambda p, time: {("A", "B"): years}).run(xr.Dataset())
    with pytest.raises(hm.ModelError, match=r"has dimension 'years_ill'.*Did you mean 'years_sick'"):
        model(**clocks, transitions=lambda p, time: {("A", "B"): years.rename(years_sick="years_ill")}).run(
            xr.Dataset()
        )
    with pytest.raises(hm.ModelError, match="no clock 'years_ill'; did you mean 'years_sick'"):
        model(**clocks).time.clock("years_ill")
    labelled = years.assign_coords(years_sick=[1, 2])
    with pytest.raises(hm.ModelError, match="labels 1 to 2 along years_sick"):
        model(**clocks, transitions=lambda p, time: {("B", "A"): labelled}).run(xr.Dataset())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_a_clock_over_one_state_is_the_time_in_it(length, seed):
    values = np.random.default_rng(seed).uniform(0, 0.5, length)
    found = []
    for dim in ("time_in_state", "since"):
        by_time = xr.DataArray(values, dims=dim)
        moves = {("A", "B"): 0.3, ("B", "A"): by_time, ("B", "dead"): by_time / 2}
        paid = hm.Payoffs(cost={"care": {"B": 10 * by_time, ("B", "A"): by_time}}, qaly={})
        found.append(
            model(clocks={"since": ["B"]}, transitions=lambda p, t, m=moves: m, payoffs=lambda p, t, q=paid: q).run(
                xr.Dataset()
            )
        )
    xr.testing.assert_identical(*found)


def test_weights_of_ones_own():
    """The trapezoid's weights give the trapezoid; others what they say."""
    named = model(correction="life-table", discount=hm.Discount(cost=0.0, qaly=0.035, timing="count"))
    own = model(correction=[0.5, *[1.0] * 9, 0.5], discount=named.discount)
    assert own.run(xr.Dataset())["qaly"].item() == pytest.approx(named.run(xr.Dataset())["qaly"].item(), rel=1e-14)
    first_only = model(correction=np.eye(11)[0])
    assert first_only.run(xr.Dataset())["qaly"].item() == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("weights", "said"),
    [([1.0] * 10, "10 weights; 10 cycles have 11 counts"), ([np.nan] * 11, "is neither"), ([[1.0] * 11], "is neither"),
     (["a"] * 11, "is neither"), (0.5, "is neither")],
)  # fmt: skip
def test_weights_that_are_none_are_refused(weights, said):
    with pytest.raises(hm.ModelError, match=said):
        model(correction=weights)


def test_a_table_by_cycle_may_reach_beyond_the_horizon():
    table = xr.DataArray(np.linspace(0.1, 0.5, 41), dims="cycle")
    for years in (5, 10, 41):
        lived = model(horizon=f"{years} years", transitions=lambda p, time: {("A", "dead"): table}).run(xr.Dataset())
        assert lived["life_years"].item() == pytest.approx(sum(np.cumprod([1, *(1 - table.to_numpy()[: years - 1])])))
    with pytest.raises(hm.ModelError, match="41 values along cycle; the model has 42 or more"):
        model(horizon="42 years", transitions=lambda p, time: {("A", "dead"): table}).run(xr.Dataset())


def test_a_longer_table_beside_time_is_told_with_the_cure():
    table = xr.DataArray(np.full(41, 0.01), dims="cycle")
    with pytest.raises(hm.ModelError, match=r"function joins arrays.*isel\(cycle=slice\(0, time.cycle.size\)\)"):
        model(transitions=lambda p, time: {("A", "dead"): table * time.years}).run(xr.Dataset())


def test_a_life_table_of_ones_own():
    table = pd.DataFrame({"age": np.arange(60, 75), "qx": np.linspace(0.01, 0.2, 15)})
    aged = model(
        start_age=60, life_table=table, correction="end",
        transitions=lambda p, time: {("A", "dead"): hm.rate_to_probability(time.life_table(), time.cycle_years)},
    )  # fmt: skip
    assert aged.run(xr.Dataset())["life_years"].item() == pytest.approx(
        np.cumprod(1 - table["qx"][:10]).sum(), rel=1e-12
    )


def test_a_life_table_by_calendar_year_needs_the_year_of_the_start():
    table = pd.DataFrame({"age": [60, 61] * 2, "year": [2020] * 2 + [2021] * 2, "mx": [0.1, 0.2, 0.3, 0.4]})
    given = {
        "start_age": 60, "life_table": table, "horizon": "2 years", "correction": "end",
        "transitions": lambda p, time: {("A", "dead"): hm.rate_to_probability(time.life_table(), time.cycle_years)},
    }  # fmt: skip
    lived = model(**given, start_year=2020).run(xr.Dataset())["life_years"].item()
    assert lived == pytest.approx(np.exp(-0.1) + np.exp(-0.1 - 0.4))
    with pytest.raises(hm.HeemodelError, match="start_year"):
        model(**given).run(xr.Dataset())
    with pytest.raises(hm.ModelError, match="start_year=…\\) is '2020'"):
        model(**given, start_year="2020")


def test_a_model_that_begins_later_is_discounted_from_then():
    discount = hm.Discount(cost=0.035, qaly=0.02, timing="count")
    paid = {"payoffs": lambda p, time: hm.Payoffs(cost={"entry": {("start", "A"): 100.0}}, qaly={"A": 1.0})}
    now, later = model(discount=discount, **paid), model(discount=discount, begins="6 months", **paid)
    first, second = now.run(xr.Dataset()), later.run(xr.Dataset())
    assert second["cost"].item() == pytest.approx(100 / 1.035**0.5)
    assert second["qaly"].item() == pytest.approx(first["qaly"].item() / 1.02**0.5)
    with pytest.raises(hm.ModelError, match="duration"):
        model(begins="soon")

"""Tunnels, groups and intakes, where the answer can be worked out by hand."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm

PLAIN = hm.Discount(cost=0.0, qaly=0.0, timing="count")


def model(**given):
    structure = {
        "states": ["well", "ill", "dead"],
        "strategies": ["only"],
        "start": {"well": 1.0},
        "cycle_length": "1 year",
        "horizon": "6 years",
        "correction": "start",
        "discount": PLAIN,
        "transitions": lambda p, time: {("well", "ill"): 1.0},
        "payoffs": lambda p, time: hm.Payoffs(cost={}, qaly={}),
    }
    return hm.CohortModel(**structure | given)


def after(values):
    return xr.DataArray(values, dims="time_in_state")


def test_a_tunnel_lets_people_go_after_a_fixed_time():
    stay_three = after([0.0, 0.0, 1.0])
    trace = model(transitions=lambda p, time: {("well", "ill"): 1.0, ("ill", "dead"): stay_three}).trace(xr.Dataset())
    ill = trace["mean"].sel(state="ill", strategy="only").to_numpy()
    np.testing.assert_array_equal(ill, [0, 1, 1, 1, 0, 0, 0])


def test_the_last_value_of_a_tunnel_holds_on():
    trace = model(transitions=lambda p, time: {("well", "dead"): after([0.0, 0.5])}).trace(xr.Dataset())
    well = trace["mean"].sel(state="well", strategy="only").to_numpy()
    np.testing.assert_allclose(well, [1, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125])


def test_entering_again_starts_the_tunnel_anew():
    moves = {("well", "ill"): after([0.0, 1.0]), ("ill", "well"): 1.0}
    trace = model(transitions=lambda p, time: moves).trace(xr.Dataset())
    well = trace["mean"].sel(state="well", strategy="only").to_numpy()
    np.testing.assert_array_equal(well, [1, 1, 0, 1, 1, 0, 1])


def test_payoffs_by_time_in_state_are_those_of_the_stay():
    first_year = after([100.0, 10.0])
    paid = hm.Payoffs(cost={"care": {"ill": first_year}}, qaly={})
    outcomes = model(payoffs=lambda p, time: paid).run(xr.Dataset())
    assert outcomes["cost"].item() == pytest.approx(100 + 4 * 10)


def test_an_effect_that_wanes_is_a_value_by_cycle():
    waning = model(transitions=lambda p, time: {("well", "dead"): p.risk * (1 - 0.5 * np.exp(-time.years / 2))})
    trace = waning.trace(xr.Dataset({"risk": ("sample", [0.1, 0.2])}))
    wanted = np.mean([np.prod(1 - risk * (1 - 0.5 * np.exp(-np.arange(6) / 2))) for risk in (0.1, 0.2)])
    assert trace["mean"].sel(state="well", strategy="only").to_numpy()[-1] == pytest.approx(wanted, rel=1e-14)


def test_groups_are_cohorts_of_their_own():
    risk = xr.DataArray([0.1, 0.4], dims="group", coords={"group": ["young", "old"]})
    outcomes = model(
        groups=["old", "young"], transitions=lambda p, time: {("well", "dead"): risk}, start={"well": 1.0}
    ).run(xr.Dataset())
    assert outcomes["life_years"].dims == ("strategy", "group")
    for name, chance in (("young", 0.1), ("old", 0.4)):
        assert outcomes["life_years"].sel(group=name).item() == pytest.approx(sum((1 - chance) ** np.arange(6)))


def test_those_who_enter_later_are_counted_from_then_on():
    arrivals = xr.DataArray([0.0, 0.0, 2.0, 0.0, 0.0, 0.0], dims="cycle")
    still = {"transitions": lambda p, time: {}, "intake": {"well": arrivals}, "start_in": "people"}
    fee = hm.Payoffs(cost={"fee": {("start", "well"): 10.0}}, qaly={"well": 1.0})
    outcomes = model(payoffs=lambda p, time: fee, **still).run(xr.Dataset())
    assert outcomes["life_years"].item() == pytest.approx(6 + 2 * 4)
    assert outcomes["cost"].item() == pytest.approx(10 * 3)
    discounted = model(
        payoffs=lambda p, time: fee, discount=hm.Discount(cost=0.1, qaly=0.1, timing="count"), **still
    ).run(xr.Dataset())
    assert discounted["cost"].item() == pytest.approx(10 + 20 / 1.1**2)


def test_entering_a_state_from_anywhere_is_paid_once():
    moves = {("well", "ill"): 0.5, ("well", "dead"): 0.5, ("ill", "dead"): 1.0}
    paid = hm.Payoffs(cost={"funeral": {("any", "dead"): 1000.0}}, qaly={})
    outcomes = model(transitions=lambda p, time: moves, payoffs=lambda p, time: paid).run(xr.Dataset())
    assert outcomes["cost"].item() == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"groups": ["a", "a"]}, "groups must be different names"),
        ({"states": ["any", "dead"], "start": {"any": 1.0}}, "a state may not be called 'any'"),
        ({"intake": {"wel": 1.0}}, "the intake names state 'wel'; did you mean 'well'?"),
        ({"intake": {"well": -1.0}}, "the intake of 'well' is -1; it must be 0 or more"),
        ({"transitions": lambda p, time: {("well", "ill"): after([0.5, 1.5])}}, r"1.5 \(time in state 1\)"),
        (
            {"transitions": lambda p, time: {("well", "ill"): xr.DataArray([0.1], dims="group")}},
            "has dimension 'group'",
        ),
        (
            {
                "groups": ["a", "b"],
                "transitions": lambda p, time: {
                    ("well", "ill"): xr.DataArray([0.1, 0.2], dims="group", coords={"group": ["a", "c"]})
                },
            },
            "has group 'c'",
        ),
        (
            {"payoffs": lambda p, time: hm.Payoffs(cost={"x": {("start", "well"): after([1.0, 2.0])}}, qaly={})},
            "which is 0 for all who begin",
        ),
    ],
)
def test_what_does_not_fit_is_refused(given, said):
    with pytest.raises(hm.ModelError, match=said):
        model(**given).run(xr.Dataset())


def test_results_do_not_depend_on_how_samples_are_split_into_blocks(monkeypatch):
    from heemodel.structures.cohort import running as module

    rng = np.random.default_rng(1)
    draws = xr.Dataset({"risk": ("sample", rng.uniform(0, 0.1, 700))})
    mix = xr.DataArray(rng.uniform(0, 1, 700), dims="sample")
    arrivals = xr.DataArray(rng.uniform(0, 1, (6, 700)), dims=("cycle", "sample"))
    whole = model(
        start=lambda p: {"well": mix, "ill": 1 - mix},
        intake=lambda p: {"well": arrivals},
        transitions=lambda p, time: {("well", "dead"): p.risk * (time.cycle + 1), ("ill", "dead"): mix * 0.1},
        payoffs=lambda p, time: hm.Payoffs(cost={"care": {"well": np.exp(-p.risk * time.years)}}, qaly={"ill": mix}),
    )
    once = whole.run(draws)
    monkeypatch.setattr(module, "FIRST_SAMPLES", 60)
    monkeypatch.setattr(module, "SAMPLES_AT_ONCE", 130)
    whole.__dict__.pop("_numbers_per_sample")
    xr.testing.assert_identical(whole.run(draws), once)


def test_progress_is_told_as_samples_are_done():
    told = []
    risks = xr.Dataset({"risk": ("sample", np.full(500_000, 0.1))})
    moves = {"transitions": lambda p, time: {("well", "dead"): p.risk}}
    model(**moves).run(risks, progress=lambda done, of: told.append((done, of)))
    assert told == sorted(told)
    assert told[-1] == (500_000, 500_000)
    assert len(told) > 1


def test_a_total_that_overflows_is_told_with_its_place():
    paid = hm.Payoffs(cost={"care": {"well": 1e308}}, qaly={})
    with pytest.raises(hm.ModelError, match=r"the cost care of a whole run is inf \(strategy 'only', sample 0\)"):
        model(transitions=lambda p, time: {}, payoffs=lambda p, time: paid, start={"well": 1.0}).run(
            xr.Dataset({"x": ("sample", np.zeros(3))})
        )


def test_an_impossible_probability_is_found_in_the_cycle_and_sample_where_it_is():
    risk = xr.DataArray(np.where(np.arange(1000) == 777, 0.2, 0.1), dims="sample")
    rising = model(transitions=lambda p, time: {("well", "dead"): p.risk * (time.cycle + 1)})
    with pytest.raises(hm.ModelError, match=r"'well' → 'dead' is 1\.2.* \(cycle 5, sample 777\)"):
        rising.run(xr.Dataset({"risk": risk}))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda: model().run([0.1]), "the draws are a list; give them as xr.Dataset"),
        (lambda: model(cycle_length=1), 'write it with its unit, as in "1 year"'),
        (lambda: model(strategies="AB"), "strategies are 'AB'; give a list of names"),
        (lambda: model(horizon="lifetime"), 'give the years, as in "60 years"'),
        (lambda: hm.Payoffs(cost={"ill": 1.0}, qaly={}), r"cost\['ill'\] is no dict; they are given by name"),
    ],
)
def test_typical_slips_are_answered_with_the_way_to_write_it(broken, said):
    with pytest.raises(hm.ModelError, match=said):
        broken()


def test_groups_of_other_ages_are_cohorts_of_their_own():
    def moves(p, time):
        return {("well", "dead"): hm.rate_to_probability(time.life_table(0.4) * p["ratio"], time.cycle_years)}

    def payoffs(p, time):
        return hm.Payoffs(cost={}, qaly={"well": time.age_adjustment(0.4)})

    shared = {
        "states": ["well", "dead"],
        "strategies": ["care"],
        "start": {"well": 1.0},
        "cycle_length": "1 month",
        "horizon": "20 years",
        "life_table": "uk-2022-2024",
        "discount": hm.Discount(cost=0.035, qaly=0.035, timing="count"),
        "transitions": moves,
        "payoffs": payoffs,
    }
    draws = xr.Dataset({"ratio": ("sample", [1.0, 1.5, 3.0])})
    ages = {"young": 50.5, "old": 80}
    together = hm.CohortModel(**shared, groups=list(ages), start_age=ages).run(draws)
    for group, age in ages.items():
        alone = hm.CohortModel(**shared, start_age=age).run(draws)
        for name in ("qaly", "life_years"):
            np.testing.assert_allclose(together[name].sel(group=group), alone[name], rtol=1e-13)


@pytest.mark.parametrize(
    ("groups", "ages", "said"),
    [
        (["young", "old"], {"young": 50}, "give an age for each of the model's groups: 'young', 'old'"),
        ([], {"young": 50}, "it has none"),
        (["young"], {"young": -1}, "give an age in years"),
        (["young"], {"young": True}, "give an age in years"),
    ],
)
def test_ages_must_be_those_of_the_groups(groups, ages, said):
    with pytest.raises(hm.ModelError, match=said):
        hm.CohortModel(
            states=["well", "dead"],
            strategies=["care"],
            start={"well": 1.0},
            cycle_length="1 year",
            horizon="1 year",
            discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
            transitions=lambda p, time: {},
            payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={}),
            groups=groups,
            start_age=ages,
        )

"""Models that follow one another: against calculations by hand, and against one long run where that is the same."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures import protocol
from heemodel.verify import second_engine

STRATEGIES = ["old", "new"]
PLAIN = hm.Discount(cost=0.0, qaly=0.0, timing="count")
THREE_AND_A_HALF = hm.Discount(cost=0.035, qaly=0.035, timing="count")


def branches(p):
    return {
        "stroke": {"survives": p.survival, "dead": hm.REST},
        "survives": {"independent": p.independence, "dependent": hm.REST},
    }


def tree_payoffs(p):
    return hm.Payoffs(cost={"ward": {"stroke": 5_000.0}, "home": {"dependent": 700.0}}, qaly={"survives": 0.1})


TREE = hm.DecisionTree(strategies=STRATEGIES, root="stroke", branches=branches, payoffs=tree_payoffs)


def cohort(**others):
    given = {
        "states": ["independent", "dependent", "dead"],
        "strategies": ["new", "old"],  # in another order than the tree's
        "start": {"independent": 1.0},
        "cycle_length": "1 year",
        "horizon": "2 years",
        "correction": "start",
        "discount": PLAIN,
        "transitions": lambda p, time: {
            ("independent", "dead"): p.risk,
            ("dependent", "dead"): 2 * p.risk,
            ("independent", "dependent"): 0.05,
        },
        "payoffs": lambda p, time: hm.Payoffs(
            cost={"home": {"dependent": 10_000.0}, "visits": {("any", "dead"): 40.0}},
            qaly={"independent": 0.8, "dependent": 0.4},
            effects={"deaths": {("any", "dead"): 1.0}},
        ),
    }
    return hm.CohortModel(**(given | others))


def point():
    return xr.Dataset(
        {
            "survival": hm.by_strategy({"old": 0.8, "new": 0.9}),
            "independence": hm.by_strategy({"old": 0.5, "new": 0.6}),
            "risk": 0.1,
        }
    )


def sampled(samples=20):
    rng = np.random.default_rng(1)
    shares = rng.uniform(0.2, 0.9, (2, 2, samples))
    names = {"strategy": STRATEGIES}
    return xr.Dataset(
        {
            "survival": (("strategy", "sample"), shares[0]),
            "independence": (("strategy", "sample"), shares[1]),
            "risk": ("sample", rng.uniform(0.01, 0.2, samples)),
        },
        coords=names | {"sample": np.arange(samples) + 100},
    )


def test_a_trees_leaves_start_the_cohort():
    outcomes = hm.Sequence([TREE, cohort()]).run(point())
    for strategy, survival, independence in (("old", 0.8, 0.5), ("new", 0.9, 0.6)):
        well, ill = survival * independence, survival * (1 - independence)
        after = well * (1 - 0.1 - 0.05), ill * (1 - 0.2) + well * 0.05
        deaths = well * 0.1 + ill * 0.2 + after[0] * 0.1 + after[1] * 0.2
        here = outcomes.sel(strategy=strategy)
        assert here["cost"].sel(component="ward").item() == pytest.approx(5_000)
        assert here["cost"].sel(component="home").item() == pytest.approx(700 * ill + 10_000 * (ill + after[1]))
        assert here["cost"].sel(component="visits").item() == pytest.approx(40 * deaths)
        assert here["qaly"].item() == pytest.approx(0.1 * survival + 0.8 * (well + after[0]) + 0.4 * (ill + after[1]))
        assert here["deaths"].item() == pytest.approx(deaths)
        assert here["life_years"].item() == pytest.approx(well + ill + sum(after))
        assert here["years_in_state"].sum("state").item() == pytest.approx(2.0)
    assert outcomes["strategy"].values.tolist() == STRATEGIES
    assert outcomes["cost"]["component"].values.tolist() == ["ward", "home", "visits"]
    assert "DecisionTree" in outcomes["life_years"].attrs["not_counted_in"]


def test_draw_by_draw():
    sequence = hm.Sequence([TREE, cohort()])
    draws = sampled()
    chain = ("sample", np.arange(20) % 4)
    assert sequence.run(draws.assign_coords(chain=chain))["chain"].values.tolist() == chain[1].tolist()
    outcomes = sequence.run(draws)
    assert outcomes["cost"].dims == ("sample", "strategy", "component")
    assert outcomes["sample"].values[0] == 100
    for sample in (0, 13):
        alone = sequence.run(draws.isel(sample=sample, drop=True))
        xr.testing.assert_allclose(alone, outcomes.isel(sample=sample, drop=True), rtol=1e-14)
    assert isinstance(sequence, protocol.DecisionModel)
    lazy = sequence.run(draws.chunk(sample=8))
    assert lazy["cost"].chunksizes["sample"] == (8, 8, 4)
    xr.testing.assert_identical(lazy.compute().drop_attrs(), outcomes.drop_attrs())


def test_a_parameter_by_other_states_loses_nobody():
    """The draws may have dimensions called state and strategy with labels of their own."""
    draws = point().assign(utility=xr.DataArray([0.8], dims="state", coords={"state": ["independent"]}))
    xr.testing.assert_identical(hm.Sequence([TREE, cohort()]).run(draws), hm.Sequence([TREE, cohort()]).run(point()))


def test_the_plain_engines_chained_agree():
    later = cohort(horizon="30 years", discount=THREE_AND_A_HALF, correction="life-table")
    for sequence in (hm.Sequence([TREE, cohort(), later]), hm.Sequence([cohort(start={"dependent": 1.0}), later])):
        draws = sampled(5)
        fast, slow = sequence.run(draws), second_engine(sequence, draws)
        assert slow is not None
        np.testing.assert_allclose(fast["cost"].sum("component"), slow["cost"], rtol=1e-11)
        np.testing.assert_allclose(fast["qaly"], slow["qaly"], rtol=1e-11)


def months(horizon, **others):
    return cohort(
        cycle_length="1 month",
        horizon=horizon,
        discount=THREE_AND_A_HALF,
        correction="life-table",
        transitions=lambda p, time: {("independent", "dead"): p.risk / 12, ("independent", "dependent"): 0.01},
        **others,
    )


@pytest.mark.parametrize("timing", ["count", "start", "mid", "year"])
@pytest.mark.parametrize("correction", ["life-table", "start", "end"])
def test_a_run_cut_in_two_is_the_same_as_the_whole(timing, correction):
    discount = replace(THREE_AND_A_HALF, timing=timing)
    one, two, whole = (
        replace(months(horizon), discount=discount, correction=correction)
        for horizon in ("24 months", "36 months", "60 months")
    )
    draws = sampled()
    parts, run = hm.Sequence([one, two]).run(draws), whole.run(draws)
    for name in ("cost", "qaly", "life_years", "years_in_state", "deaths"):
        np.testing.assert_allclose(parts[name].sel(strategy=run["strategy"]), run[name], rtol=1e-11, atol=1e-12)
    shares = hm.Sequence([one, two]).final_shares(draws)
    np.testing.assert_allclose(shares, whole.final_shares(draws), rtol=1e-11)


def test_months_then_years_are_the_same_as_months_where_nobody_moves_later():
    """All moves are in the first two years: later, years hold the same people as months, undiscounted, to the digit."""
    moves = {("independent", "dead"): 0.01, ("dependent", "dead"): 0.02}
    early = months("24 months")
    early = replace(early, transitions=lambda p, time: moves, discount=PLAIN)
    still = replace(cohort(horizon="10 years", correction="life-table"), transitions={("independent", "dead"): 0.0})

    def while_early(p, time):
        return {move: chance * (time.cycle < 24) for move, chance in moves.items()}

    long = replace(months("144 months"), transitions=while_early, discount=PLAIN)
    start = {"independent": 0.7, "dependent": 0.3}
    parts = hm.Sequence([replace(early, start=start), still]).run(point())
    run = replace(long, start=start).run(point())
    for name in ("cost", "qaly", "life_years", "years_in_state"):
        np.testing.assert_allclose(parts[name], run[name], rtol=1e-12)


def test_months_then_years_by_hand():
    """24 monthly steps of survival 0.99, then 2 yearly of 0.9; counted at each cycle's start, discounted at 3.5%."""
    first = cohort(
        states=["alive", "dead"],
        start={"alive": 1.0},
        cycle_length="1 month",
        horizon="24 months",
        discount=THREE_AND_A_HALF,
        transitions=lambda p, time: {("alive", "dead"): 0.01},
        payoffs=lambda p, time: hm.Payoffs(cost={"care": {"alive": 1_200.0}}, qaly={"alive": 1.0}),
    )
    later = replace(
        first, cycle_length="1 year", horizon="2 years", transitions=lambda p, time: {("alive", "dead"): 0.1}
    )
    outcomes = hm.Sequence([first, later]).run(point())
    monthly = sum(0.99**k / 1.035 ** (k / 12) for k in range(24)) / 12
    yearly = 0.99**24 * (1 / 1.035**2 + 0.9 / 1.035**3)
    np.testing.assert_allclose(outcomes["qaly"], monthly + yearly, rtol=1e-13)
    np.testing.assert_allclose(outcomes["cost"].sum("component"), 1_200 * (monthly + yearly), rtol=1e-13)


def test_a_schedule_of_cycle_lengths_is_the_same_as_a_sequence():
    schedule = cohort(cycle_length={"1 month": "2 years", "1 year": "rest"}, horizon="6 years")
    moves = {("independent", "dead"): 0.01}
    one, two = (
        cohort(cycle_length=length, horizon=horizon)
        for length, horizon in (("1 month", "2 years"), ("1 year", "4 years"))
    )
    whole, *parts = (replace(model, transitions=moves, correction="start") for model in (schedule, one, two))
    xr.testing.assert_allclose(
        hm.Sequence(parts).run(point()).drop_attrs(), whole.run(point()).sel(strategy=["new", "old"]).drop_attrs()
    )


def test_a_cohort_after_a_tree_begins_when_it_says():
    later = cohort(discount=THREE_AND_A_HALF, begins="90 days")
    at_once = hm.Sequence([TREE, replace(later, begins=None)]).run(point())
    in_time = hm.Sequence([TREE, later]).run(point())
    factor = 1.035 ** -(90 / 365.25)
    tree = TREE.run(point())["qaly"]
    np.testing.assert_allclose(in_time["qaly"] - tree, factor * (at_once["qaly"] - tree), rtol=1e-12)
    third = hm.Sequence([TREE, later, replace(later, begins=None)]).models[2]
    assert hm.Sequence([TREE, later, third]).models[2].begins == third.begins


def test_people_may_end_or_enter_under_another_name():
    tree = replace(
        TREE,
        branches=lambda p: {"stroke": {"well": 0.5, "moved away": 0.2, "dead": hm.REST}},
        payoffs=lambda p: hm.Payoffs(cost={}, qaly={}),
    )
    sequence = hm.Sequence([tree, cohort()], ends=["moved away"], enters={"well": "independent"})
    outcomes = sequence.run(point())
    plain = cohort(start={"independent": 0.625, "dead": 0.375}).run(point()).sel(strategy=STRATEGIES)
    np.testing.assert_allclose(outcomes["qaly"], 0.8 * plain["qaly"], rtol=1e-12)
    np.testing.assert_allclose(sequence.final_shares(point()).sum("state"), 0.8)
    assert max(sequence.invariants(point()).values()) < 1e-12


def test_several_leaves_may_enter_one_state():
    tree = replace(
        TREE,
        branches=lambda p: {"stroke": {"well": 0.5, "better": 0.2, "dead": hm.REST}},
        payoffs=lambda p: hm.Payoffs(cost={}, qaly={}),
    )
    outcomes = hm.Sequence([tree, cohort()], enters={"well": "independent", "better": "independent"}).run(point())
    plain = cohort(start={"independent": 0.7, "dead": 0.3}).run(point()).sel(strategy=STRATEGIES)
    np.testing.assert_allclose(outcomes["qaly"], plain["qaly"], rtol=1e-13)


def test_rounding_of_a_trees_rest_starts_nobody_below_0():
    tree = replace(TREE, branches=lambda p: {"stroke": {"independent": 1 + 2.3e-16, "dead": hm.REST}})
    tree = replace(tree, payoffs=lambda p: hm.Payoffs(cost={}, qaly={}))
    assert hm.Sequence([tree, cohort()]).run(point())["life_years"].shape == (2,)


def test_groups_go_on_as_groups():
    groups = ["young", "old age"]
    risk = xr.DataArray([0.1, 0.4], dims="group", coords={"group": groups})
    tree = hm.DecisionTree(
        strategies=STRATEGIES,
        groups=groups,
        root="stroke",
        branches=lambda p: {"stroke": {"independent": 1 - risk, "dead": risk}},
        payoffs=lambda p: hm.Payoffs(cost={"ward": {"stroke": 1.0}}, qaly={}),
    )
    outcomes = hm.Sequence([tree, cohort(groups=["old age", "young"])]).run(sampled())
    first = outcomes["years_in_state"].sel(state="dead", strategy="old").isel(sample=0)
    assert outcomes["group"].values.tolist() == groups
    assert float(first.sel(group="old age")) > float(first.sel(group="young"))
    draws = sampled(2)
    sequence = hm.Sequence([tree, cohort(groups=["old age", "young"])])
    slow = second_engine(sequence, draws)
    np.testing.assert_allclose(sequence.run(draws)["qaly"], slow["qaly"], rtol=1e-11)


def test_every_check_passes_on_a_sound_sequence():
    sequence, draws = hm.Sequence([TREE, cohort()]), sampled()
    found = hm.verify.run_checks(sequence, draws, sequence.run(draws), central=point(), comparator="old")
    assert [check.name for check in found if not check.passed] == []
    names = " ".join(check.name for check in found)
    for held in ("second engine", "begin the next", "all paths", "finite"):
        assert held in names


def test_people_who_get_lost_on_the_way_are_noticed(monkeypatch):
    from heemodel.structures.sequence import model

    true_people = model.with_people
    monkeypatch.setattr(model, "with_people", lambda draws, people: true_people(draws, people * 0.99))
    assert hm.Sequence([TREE, cohort()]).invariants(point())["All who leave one model begin the next, or end"] > 0.005


def test_parameters_of_all_models_are_known():
    sequence = hm.Sequence([TREE, cohort()])
    assert sequence.check_parameters(point(), must_be_read=["risk"]) == {"survival", "independence", "risk"}
    with pytest.raises(hm.ModelError) as error:
        sequence.check_parameters(point().rename(survival="survived", risk="rsk"), must_be_read=["rsk"])
    for name in ("'survival'", "'risk'", "rsk"):
        assert name in str(error.value)


def test_progress_counts_over_all_models():
    told = []
    hm.Sequence([TREE, cohort()]).run(sampled(), progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (40, 40)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def function():
    return hm.FunctionModel(strategies=STRATEGIES, outcomes=lambda p: hm.Outcomes(cost={"a": 1.0}, qaly=0.0))


@pytest.mark.parametrize(
    ("models", "names"),
    [
        ([TREE], ["at least two"]),
        (TREE, ["list"]),
        ([TREE, 3], ["model 2", "int"]),
        ([function(), cohort()], ["model 1", "FunctionModel", "at its end"]),
        ([TREE, function()], ["model 2", "FunctionModel", "go on"]),
        ([cohort(), TREE], ["model 2", "DecisionTree", "go on"]),
        ([TREE, cohort(strategies=["old", "newer"])], ["strategies", "'newer'", "'new'"]),
        ([TREE, cohort(groups=["a"])], ["groups", "'a'", "none"]),
        ([cohort(), cohort(begins="3 years")], ["model 2", "3 years", "ends after 2"]),
        ([cohort(start_age=60), cohort(start_age=60)], ["start_age=60", "62"]),
        ([cohort(start_year=2024), cohort(start_year=2024)], ["start_year=2024", "2026"]),
    ],
)
def test_models_that_cannot_follow_one_another_are_refused(models, names):
    with pytest.raises(hm.ModelError) as error:
        hm.Sequence(models)
    for name in names:
        assert name in str(error.value)


def test_ages_that_go_on_are_taken():
    ages = {"men": 60, "women": 70}
    first = cohort(groups=["men", "women"], start_age=ages, horizon="6 months", cycle_length="1 month")
    hm.Sequence([first, cohort(groups=["men", "women"], start_age=ages)])  # half a year on is rounded away
    with pytest.raises(hm.ModelError, match=r"'women'.*72"):
        hm.Sequence(
            [replace(first, horizon="2 years"), cohort(groups=["men", "women"], start_age={"men": 62, "women": 70})]
        )


@pytest.mark.parametrize(
    ("others", "names"),
    [
        ({}, ["'dependent'", "enters", "ends"]),
        ({"enters": {"dependent": "dependant"}}, ["dependant", "dependent"]),
        ({"enters": {"dependent": "independent", "depedent": "dead"}}, ["enters", "'depedent'", "'dependent'"]),
        ({"ends": ["dependent", "lost"]}, ["ends", "'lost'"]),
        ({"ends": ["dependent", "independent"]}, ["ends", "'independent'", "go on"]),
    ],
)
def test_people_with_nowhere_to_go_are_refused(others, names):
    model = cohort(
        states=["independent", "dead"],
        transitions={("independent", "dead"): 0.1},
        payoffs=lambda p, time: hm.Payoffs(cost={"a": {"dead": 0.0}}, qaly={}),
    )
    sequence = hm.Sequence([TREE, model], **others)
    with pytest.raises(hm.ModelError) as error:
        sequence.run(point())
    for name in names:
        assert name in str(error.value)


def test_a_next_model_that_nobody_enters_is_refused():
    model = cohort(
        states=["elsewhere", "dead"], dead=None, start={"elsewhere": 1.0}, transitions={("elsewhere", "dead"): 0.1}
    )
    tree = replace(TREE, branches=lambda p: {"stroke": {"a": 0.5, "b": hm.REST}})
    tree = replace(tree, payoffs=lambda p: hm.Payoffs(cost={}, qaly={}))
    with pytest.raises(hm.ModelError, match="nobody goes on"):
        hm.Sequence([tree, model], ends=["a", "b"]).run(point())


@pytest.mark.parametrize(("what", "given"), [("ends", "dead"), ("enters", ["dead"])])
def test_ends_and_enters_are_lists_and_dicts(what, given):
    with pytest.raises(hm.ModelError, match=what):
        hm.Sequence([TREE, cohort()], **{what: given})


def test_life_years_that_a_tree_counts_add_up():
    counted = replace(TREE, payoffs=lambda p: replace(tree_payoffs(p), effects={"life_years": {"survives": 0.25}}))
    whole = hm.Sequence([counted, cohort()]).run(point())["life_years"]
    part = hm.Sequence([TREE, cohort()]).run(point())["life_years"]
    np.testing.assert_allclose(whole - part, 0.25 * point()["survival"], rtol=1e-12)
    assert "not_counted_in" not in whole.attrs


def test_a_tree_may_be_the_start_of_a_cohort_by_itself():
    tree = replace(TREE, branches=lambda p: branches(p) | {"survives": {"independent": 0.5, "dependent": hm.REST}})
    started = cohort(start=tree.leaf_probabilities)
    followed = hm.Sequence([replace(tree, payoffs=lambda p: hm.Payoffs(cost={}, qaly={})), cohort()])
    draws = sampled(2_500)  # more than the first block of a cohort
    one, other = started.run(draws), followed.run(draws)
    np.testing.assert_allclose(one["qaly"].sel(strategy=STRATEGIES), other["qaly"], rtol=1e-12)
    assert started.check_parameters(draws, must_be_read=["survival", "risk"]) == {"survival", "independence", "risk"}

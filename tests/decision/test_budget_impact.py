"""Budget impact by hand, with cohorts written out in plain loops; and what must hold of any."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import heemodel as hm

START, EVENLY = "start of the year", "evenly over the year"
COST = {"old": [100.0, 40.0, 30.0, 20.0], "new": [300.0, 10.0, 5.0, 0.0]}
"""By year since entry."""


def outcomes(cost=COST, **changes):
    """One component, and beds that are half the money."""
    values = np.array(list(cost.values()))
    data = {
        "cost": (("strategy", "component", "year"), values[:, None, :]),
        "bed_days": (("strategy", "year"), values / 2),
    }
    coords = {"strategy": list(cost), "component": ["care"], "year": np.arange(1, values.shape[1] + 1)}
    return xr.Dataset(data, coords=coords).assign(changes)


def by_cohorts(cost, intakes, shares, years, entry, prevalent=()):
    """Each cohort by itself, half of it half a year later where people enter evenly: a list of yearly sums."""
    spent = [0.0] * years
    for strategy, of_years in shares.items():
        for entered in range(years):
            people = intakes[entered] * of_years[entered]
            for since, amount in enumerate(cost[strategy]):
                if entry == START:
                    halves = [(entered + since, people * amount)]
                else:
                    halves = [(entered + since, people * amount / 2), (entered + since + 1, people * amount / 2)]
                for year, part in halves:
                    if year < years:
                        spent[year] += part
        for since, people in prevalent:
            for year in range(years):
                spent[year] += people * of_years[0] * cost[strategy][since + year]
    return spent


def impact_of(data=None, **changes):
    asked = {"today": "old", "tomorrow": "new", "intakes": 1.0, "years": 3}
    return hm.budget_impact(outcomes() if data is None else data, **asked | changes)


def yearly(impact, name="cost"):
    values = impact.impact[name]
    return (values.sum("component") if "component" in values.dims else values).to_numpy()


@pytest.mark.parametrize("entry", [START, EVENLY])
def test_three_intakes_with_a_mix_that_changes_are_those_of_cohorts_one_by_one(entry):
    shares = {"old": [0.5, 0.2, 0.0], "new": [0.5, 0.8, 1.0]}
    impact = impact_of(intakes=[10, 20, 30], tomorrow=shares, entry=entry)
    now = by_cohorts(COST, [10, 20, 30], {"old": [1, 1, 1]}, 3, entry)
    then = by_cohorts(COST, [10, 20, 30], shares, 3, entry)
    assert impact.today["cost"].sum("component").to_numpy() == pytest.approx(now)
    assert impact.tomorrow["cost"].sum("component").to_numpy() == pytest.approx(then)
    assert yearly(impact) == pytest.approx(np.subtract(then, now))
    assert yearly(impact, "bed_days") == pytest.approx(np.subtract(then, now) / 2)


def test_figures_of_two_intakes_worked_out_with_a_pencil():
    impact = impact_of(intakes=[10, 20, 0], years=3)
    # 10 × 200; 20 × 200 − 10 × 30; −20 × 30 − 10 × 25
    assert yearly(impact).tolist() == [2000.0, 3700.0, -850.0]
    evenly = impact_of(intakes=[10, 20, 0], years=3, entry=EVENLY)
    # half of each in its year, half a year later
    assert yearly(evenly).tolist() == [1000.0, 2850.0, 1425.0]


def test_those_who_entered_first_still_cost_in_the_last_year():
    impact = impact_of(intakes=[10, 0, 0], tomorrow="old", today="new")
    assert impact.tomorrow["cost"].to_numpy().ravel().tolist() == [1000.0, 400.0, 300.0]


@pytest.mark.parametrize("entry", [START, EVENLY])
def test_people_already_there_begin_with_the_first_year_or_where_they_are(entry):
    there = ((0, 7.0), (1, 5.0))
    impact = impact_of(intakes=[10, 20, 30], prevalent=dict(there), entry=entry)
    now = by_cohorts(COST, [10, 20, 30], {"old": [1, 1, 1]}, 3, entry, there)
    assert impact.today["cost"].to_numpy().ravel() == pytest.approx(now)
    alone = impact_of(intakes=0, prevalent=7, entry=entry)
    assert alone.today["cost"].to_numpy().ravel().tolist() == [700.0, 280.0, 210.0]
    assert alone.patients.query("mix == 'today' and strategy == 'old'")["already_there"].tolist() == [7.0, 0.0, 0.0]


def test_people_already_there_take_each_mix_of_year_1_and_stay_on_it():
    uptake = {"old": [0.5, 0.2, 0.0], "new": [0.5, 0.8, 1.0]}
    impact = impact_of(intakes=0, prevalent={1: 10}, tomorrow=uptake)
    wanted = by_cohorts(COST, [0, 0, 0], uptake, 3, START, [(1, 10.0)])
    assert impact.tomorrow["cost"].to_numpy().ravel() == pytest.approx(wanted)
    there = impact.patients[impact.patients["year"] == "1"]
    assert there["mix"].tolist() == ["today", "today", "tomorrow", "tomorrow"]
    assert there["already_there"].tolist() == [10.0, 0.0, 5.0, 5.0]


def test_a_count_on_the_day_of_entry_stays_in_its_year_too():
    procedures = xr.DataArray([[1.0, 0, 0, 0], [3.0, 0, 0, 0]], dims=("strategy", "year"))
    data = outcomes(procedures=procedures)
    impact = impact_of(data, intakes=[10, 0, 0], entry=EVENLY, paid_on_entry=["procedures"])
    assert yearly(impact, "procedures").tolist() == [20.0, 0.0, 0.0]


def test_what_is_paid_on_the_day_of_entry_stays_in_its_year():
    device = xr.DataArray(
        [[[900.0, 0, 0, 0], [10, 10, 10, 10]], [[0.0, 0, 0, 0], [20, 20, 20, 20]]],
        dims=("strategy", "component", "year"),
        coords={"strategy": ["old", "new"], "component": ["device", "care"]},
    )
    data = xr.Dataset({"cost": device}, coords={"year": [1, 2, 3, 4]})
    impact = impact_of(data, intakes=[2, 0, 0], entry=EVENLY, paid_on_entry=["device"])
    spent = impact.today["cost"].to_numpy()
    assert spent[0].tolist() == [1800.0, 0.0, 0.0]
    assert spent[1].tolist() == [10.0, 20.0, 20.0]


costs = arrays(float, (2, 6), elements=st.floats(-1e4, 1e4))
intake_lists = st.lists(st.floats(0, 1e3), min_size=3, max_size=3)


@given(costs, intake_lists, st.sampled_from([START, EVENLY]))
@settings(deadline=None)
def test_cohorts_that_are_followed_to_their_end_cost_their_undiscounted_totals(values, intakes, entry):
    padded = np.pad(values, ((0, 0), (0, 4)))  # nothing after year 6: 3 intakes are over in 10 years at the latest
    data = outcomes(dict(zip(("old", "new"), padded, strict=True)))
    impact = impact_of(data, years=10, intakes=[*intakes, *[0.0] * 7], entry=entry)
    wanted = sum(intakes) * (values[1].sum() - values[0].sum())
    assert yearly(impact).sum() == pytest.approx(wanted, abs=1e-6, rel=1e-9)


@given(costs, intake_lists, st.lists(st.floats(0, 1), min_size=3, max_size=3), st.sampled_from([START, EVENLY]))
@settings(deadline=None)
def test_the_impact_is_linear_in_the_mix_and_turns_round_with_it(values, intakes, shares, entry):
    data = outcomes(dict(zip(("old", "new"), values, strict=True)))
    part = {"new": shares, "old": [1 - share for share in shares]}
    asked = {"intakes": intakes, "entry": entry}
    there, back = impact_of(data, tomorrow=part, **asked), impact_of(data, today=part, tomorrow="old", **asked)
    assert yearly(there) == pytest.approx(-yearly(back), abs=1e-6)
    rest = impact_of(data, today=part, tomorrow="new", **asked)
    assert yearly(there) + yearly(rest) == pytest.approx(yearly(impact_of(data, **asked)), abs=1e-6)
    expected = by_cohorts(dict(zip(("old", "new"), values, strict=True)), intakes, part, 3, entry)
    assert there.tomorrow["cost"].to_numpy().ravel() == pytest.approx(expected, abs=1e-6)


def sampled():
    """Three strategies, two components, ten draws in two groups."""
    rng = np.random.default_rng(1)
    return xr.Dataset(
        {"cost": (("sample", "strategy", "component", "group", "year"), rng.normal(100, 20, (10, 3, 2, 2, 3)))},
        coords={"strategy": ["a", "b", "c"], "component": ["bed", "drug"], "group": ["x", "y"], "year": [1, 2, 3]},
        attrs={"per": "person", "cost_discounting": "not discounted"},
    )


def test_the_table_has_means_intervals_and_errors_by_payer_and_kind():
    impact = hm.budget_impact(
        sampled(),
        today={"a": 0.5, "b": 0.5},
        tomorrow={"c": [0.1, 0.2, 0.3], "b": [0.9, 0.8, 0.7]},
        intakes=[1, 2, 3],
        years=3,
        weights={"x": 0.25, "y": 0.75},
        payers={"bed": "trust", "drug": "council"},
        kinds={"bed": "capacity freed", "drug": "cash-releasing"},
        people=50_000,
        first_year="2025/26",
    )
    table = impact.table()
    assert list(dict.fromkeys(table["year"])) == ["2025/26", "2026/27", "2027/28", "all years"]
    cost = sampled()["cost"]
    cost = 0.25 * cost.sel(group="x", drop=True) + 0.75 * cost.sel(group="y", drop=True)
    change = 0.1 * cost.sel(strategy="c") + 0.4 * cost.sel(strategy="b") - 0.5 * cost.sel(strategy="a")
    first = hm.summarise(change.sel(year=1, component="bed"))
    row = table.query("year == '2025/26' and by == 'payer' and payer == 'trust'").iloc[0]
    assert [row[name] for name in ("value", "lower", "upper", "mcse")] == pytest.approx(list(vars(first).values()))
    assert row["value"] == pytest.approx(row["tomorrow"] - row["today"])
    assert row["per_100_000"] == pytest.approx(2 * row["value"])
    sums = table.groupby(["year", "by"])["value"].sum()
    for year in dict.fromkeys(table["year"]):
        for by in ("payer", "kind", "payer and kind", "component"):
            assert sums[year, by] == pytest.approx(sums[year, "all"])
    assert sums["all years", "all"] == pytest.approx(sums.drop("all years").xs("all", level="by").sum())


def test_a_row_says_whether_it_costs_more_or_saves():
    table = impact_of(intakes=[10, 0, 0]).table()
    cost = table[table["by"] == "component"].set_index("year")["direction"].to_dict()
    assert cost == {"1": "costs more", "2": "saves", "3": "saves", "all years": "costs more"}
    assert impact_of(tomorrow="old").table()["direction"].unique().tolist() == ["no change"]
    assert table["lower"].isna().all()
    third = {"old": 1 / 3, "new": 2 / 3}
    same = impact_of(outcomes({"old": COST["old"], "new": COST["old"]}), tomorrow=third).table()
    assert same["direction"].unique().tolist() == ["no change"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tomorrow": {"old": [0.5, 0.2, 0], "new": [0.5, 0.7, 1]}}, "tomorrow, year 2: .* 0.9"),
        ({"today": {"old": 0.9}}, "today, year 1: .* 0.9"),
        ({"today": "odl"}, "today names no strategy 'odl'; did you mean 'old'"),
        ({"tomorrow": {"old": -0.5, "new": 1.5}}, "share of 'old', year 1: -0.5"),
        ({"tomorrow": {}}, "tomorrow is {}"),
        ({"tomorrow": {"new": [1, 1]}}, "share of 'new': 2 numbers for 3 years"),
        ({"intakes": [1, 2]}, "intakes: 2 numbers for 3 years"),
        ({"intakes": [1, -2, 3]}, "intakes, year 2: -2"),
        ({"intakes": "many"}, "intakes: 'many'"),
        ({"prevalent": {1.5: 10}}, "1.5 years since entry"),
        ({"prevalent": -3}, "prevalent, 0 years since entry, year 1: -3"),
        ({"years": 0}, "years is 0"),
        ({"years": 5}, "end with year 4 since entry, and .* year 5"),
        ({"prevalent": {2: 10}}, "end with year 4 since entry, and .* year 5"),
        ({"entry": "in spring"}, "entry is 'in spring'"),
        ({"people": 0}, "people is 0"),
        ({"people": "5000"}, "people is '5000'; give the number of people served, above 0"),
        ({"people": [5000]}, "people is .5000.; give"),
        ({"people": float("inf")}, "people is inf; give"),
        ({"people": float("nan")}, "people is nan; give"),
        ({"people": True}, "people is True; give"),
        ({"first_year": "2025-26"}, "first year '2025-26'"),
        ({"payers": {"drug": "NHS"}}, "'care' has no payer"),
        ({"paid_on_entry": ["care"]}, "'care', of which there is some in year 2"),
        ({"paid_on_entry": ["device"]}, "'device', which the outcomes do not have"),
        ({"paid_on_entry": "care"}, "give a list"),
        ({"weights": {"x": 1.0}}, "no dimension 'group'"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_name_and_year(changes, said):
    with pytest.raises(hm.HeemodelError, match=said):
        impact_of(**changes)


def test_all_mistakes_of_a_plan_are_told_at_once():
    with pytest.raises(hm.HeemodelError) as refused:
        impact_of(intakes=[1], today="odl", tomorrow={"new": 0.4}, entry="late")
    assert len(str(refused.value).splitlines()) == 6  # intakes, today, three years of tomorrow, entry


def test_outcomes_that_are_no_years_since_entry_are_refused():
    data = outcomes()
    for changed, said in (
        (data.isel(year=0, drop=True), "no dimension 'year'"),
        (data.assign_coords(year=[0, 1, 2, 3]), "years since entry"),
        (data.assign_attrs(cost_discounting="discounted at 3.5% a year"), "discounted at 3.5%"),
        (data.assign_attrs(per="everyone in the model"), "per everyone in the model"),
        (data.sel(strategy=["old"]), "nothing to compare"),
        (data.where(data["year"] < 3), "not numbers"),
        ("numbers", "xarray.Dataset"),
    ):
        with pytest.raises(hm.HeemodelError, match=said):
            impact_of(changed)


def cohort(**changes):
    """People die at a rate that grows with the time they have been there."""
    asked = {
        "states": ["ill", "dead"],
        "strategies": ["old", "new"],
        "start": {"ill": 1.0},
        "cycle_length": "1/4 year",
        "horizon": "4 years",
        "discount": hm.Discount(cost=0.035, qaly=0.035, timing="count"),
        "transitions": lambda p, time: {
            ("ill", "dead"): hm.by_strategy({"old": p.risk, "new": p.risk / 2}) * (1 + time.cycle / 10)
        },
        "payoffs": lambda p, time: hm.Payoffs(
            cost={"stay": {"ill": 100.0}, "device": {("start", "ill"): hm.by_strategy({"old": 0.0, "new": 50.0})}},
            qaly={"ill": 0.5},
            effects={"years_ill": {"ill": 1.0}},
        ),
    }
    return hm.CohortModel(**asked | changes)


def test_a_cohort_says_of_its_outcomes_whether_they_are_discounted_and_whose_they_are():
    draws = xr.Dataset({"risk": ("sample", [0.02, 0.05])})
    plain = cohort().run(draws, by="year", discounted=False)
    assert (plain.attrs["per"], plain.attrs["cost_discounting"]) == ("person", "not discounted")
    with pytest.raises(hm.HeemodelError, match=r"discounted at 3.5% a year"):
        impact_of(cohort().run(draws, by="year"))
    joined = cohort(intake={"ill": 0.1}).run(draws, by="year", discounted=False)
    with pytest.raises(hm.HeemodelError, match="per person at the start"):
        impact_of(joined)


def test_a_cohort_followed_through_calendar_years_is_that_model_with_an_intake_every_year():
    draws = xr.Dataset({"risk": ("sample", [0.02, 0.05])})
    constant = {"transitions": lambda p, time: {("ill", "dead"): hm.by_strategy({"old": p.risk, "new": p.risk / 2})}}
    impact = impact_of(cohort(**constant).run(draws, by="year", discounted=False), intakes=10, years=4)
    start = xr.DataArray([10.0] + [0.0] * 15, dims="cycle")
    entering = xr.where(xr.DataArray(np.arange(16) % 4 == 0, dims="cycle"), 10.0, 0.0) - start
    whole = cohort(**constant, start={"ill": 10.0}, start_in="people", intake={"ill": entering})
    wanted = whole.run(draws, by="year", discounted=False)
    change = wanted.sel(strategy="new", drop=True) - wanted.sel(strategy="old", drop=True)
    assert impact.impact["years_ill"].to_numpy() == pytest.approx(change["years_ill"].to_numpy())
    assert impact.impact["cost"].to_numpy() == pytest.approx(
        change["cost"].transpose("sample", "component", "year").to_numpy()
    )

"""The budget of an analysis: which outcomes it is worked out from, and models that cannot have one."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import analyse, load_model
from tests.analysis.test_folder import folder

MODELS = Path(__file__).parents[2] / "models"
SMALL = Path(__file__).parents[1] / "report" / "small_model"
WORDS = {"label": "L", "source": "S", "status": "assumed", "rationale": "R"}
INTAKES = {"value": [10, 20, 30], "unit": "people per year", **WORDS}


@pytest.fixture(scope="module")
def small():
    return analyse(SMALL, draws=400)


def asked(name, changes, **how):
    model = load_model(MODELS / name)
    return analyse(model, inputs=model.inputs.with_changes({"budget": changes}), draws=100, **how)


def rows(results, **keys):
    table = results.tables["budget_impact"]
    for column, value in keys.items():
        table = table[table[column] == value]
    return table.set_index("year")["value"]


def test_two_strategies_and_a_yearly_number_are_enough(small):
    total = rows(small, scenario="all", by="all", quantity="cost")
    assert list(total.index) == ["1", "2", "3", "4", "5", "all years"]
    mean = small["all"].by_year["cost"].sum("component")  # another way through the analysis, of the same draws
    change = (mean.sel(strategy="new care") - mean.sel(strategy="usual care")).to_numpy()[:5]
    assert total.iloc[:5].to_numpy() == pytest.approx(100 * np.cumsum(change))
    by_payer = small.tables["budget_impact"].query("scenario == 'all' and by == 'payer' and year == '1'")
    assert set(by_payer["payer"]) == {part.payer for part in small.inputs.components.values()}
    assert by_payer["value"].sum() == pytest.approx(total["1"])


def test_counts_are_there_by_year_and_the_point_estimate_beside_the_mean(small):
    counted = rows(small, scenario="all", quantity="recoveries")
    assert counted["1"] > 0
    assert counted["5"] == pytest.approx(counted["1"])  # people recover in their first year or not at all
    table = small.tables["budget_impact"]
    assert table["point"].notna().all()
    assert {unit for unit in table["unit"] if unit} >= {"£, 2023/24 prices, not discounted"}


def test_outcomes_of_every_draw_are_kept_and_read_again_for_another_budget(small, tmp_path):
    again = hm.Results.load(small.save(tmp_path / "kept"))
    xr.testing.assert_identical(again["all"].yearly, small["all"].yearly)
    assert again["all"].yearly.sizes["sample"] == 400
    slow = hm.budget_impact(
        again["all"].yearly,
        today="usual care",
        tomorrow={"usual care": [1, 0.5], "new care": [0, 0.5]},
        intakes=100,
        years=2,
    ).table()
    first = slow.query("by == 'all' and quantity == 'cost'").set_index("year")["value"]
    assert first["1"] == 0.0
    assert first["2"] == pytest.approx(rows(small, scenario="all", by="all", quantity="cost")["1"] / 2)


def test_draws_beyond_the_first_thousand_count_too():
    model = load_model(MODELS / "sick_sicker")
    mixes = {"today": {"standard of care": 1}, "tomorrow": {"A": 1}, "intakes": INTAKES}
    results = analyse(model, inputs=model.inputs.with_changes({"budget": mixes}), draws=1_100)
    yearly = results["published"].yearly
    assert yearly.sizes["sample"] == 1_100
    prepared = load_model(MODELS / "sick_sicker").model(results.inputs, results.record.horizon, "published")
    last = prepared.run(results["published"].draws.isel(sample=[1_099]), by="year", discounted=False)["cost"]
    kept = yearly["cost"].isel(sample=[1_099])
    xr.testing.assert_allclose(kept, last.isel(year=slice(0, 3)).transpose(*kept.dims))


def test_three_strategies_or_more_have_a_budget_where_the_inputs_give_mixes():
    assert "budget_impact" not in analyse(MODELS / "sick_sicker", draws=100).tables
    mixes = {"today": {"standard of care": 1}, "tomorrow": {"A": [0.2, 0.3, 0.4], "B": [0.8, 0.7, 0.6]}}
    results = asked("sick_sicker", {**mixes, "intakes": INTAKES, "first_year": "2026"})
    assert list(rows(results, by="all", quantity="cost").index) == ["2026", "2027", "2028", "all years"]
    patients = results.tables["budget_patients"].query("mix == 'tomorrow' and strategy == 'A'")
    assert patients["entering"].tolist() == pytest.approx([2, 6, 12])


def test_a_tree_whose_costs_fall_in_the_year_of_entry_says_so():
    results = asked("sumatriptan", {"all_in_first_year": True, "intakes": INTAKES})
    cost = results["published"].outcomes["cost"].sum("component").mean("sample")
    change = float(cost.sel(strategy="sumatriptan") - cost.sel(strategy="caffeine/ergotamine"))
    total = rows(results, by="all", quantity="cost")
    assert total.to_numpy() == pytest.approx(np.array([10, 20, 30, 60]) * change)


@pytest.mark.parametrize("entry", ["start of the year", "evenly over the year"])
@pytest.mark.parametrize(
    ("since", "years"), [([0], 5), ([1], 4), ([2, 1], 3), ([4], 1)],
)  # fmt: skip
def test_years_that_are_not_stated_end_where_the_model_does_for_those_already_there(entry, since, years):
    already = {"value": [80.0] * len(since), "years_since_entry": since, "unit": "people", **WORDS}
    changes = {"intakes": {**INTAKES, "value": 10}, "prevalent": already, "entry": entry}
    results = asked("hip_replacement", changes, horizon="5 years")
    total = rows(results, by="all", quantity="cost")
    assert list(total.index) == [*map(str, range(1, years + 1)), "all years"]
    stated = asked("hip_replacement", {**changes, "years": years}, horizon="5 years")
    assert total.to_numpy() == pytest.approx(rows(stated, by="all", quantity="cost").to_numpy())


def test_people_already_there_who_outlast_the_model_are_refused():
    already = {"value": 80, "years_since_entry": 5, "unit": "people", **WORDS}
    changes = {"intakes": {**INTAKES, "value": 10}, "prevalent": already}
    with pytest.raises(hm.parameters.InputError, match=r"end with year 5 .* people reach year 6"):
        asked("hip_replacement", changes, horizon="5 years")


def test_people_who_entered_a_tree_before_cost_nothing_more_and_add_no_years():
    changes = {"all_in_first_year": True, "intakes": {**INTAKES, "value": 10}}
    already = {"value": 80, "years_since_entry": 2, "unit": "people", **WORDS}
    total = rows(asked("sumatriptan", {**changes, "prevalent": already}), by="all", quantity="cost")
    assert list(total.index) == ["1", "all years"]
    assert total.to_numpy() == pytest.approx(rows(asked("sumatriptan", changes), by="all", quantity="cost").to_numpy())


@pytest.mark.parametrize(
    ("model", "changes", "said"),
    [
        ("sumatriptan", {"intakes": INTAKES}, "all_in_first_year = true"),
        ("hip_replacement", {"intakes": INTAKES, "all_in_first_year": True}, "tells what falls in which year"),
        ("hip_replacement", {"intakes": INTAKES, "years": 3, "today": {"standrad": 1}, "tomorrow": {"standard": 1}},
         "did you mean 'standard'"),
        ("hip_replacement", {"intakes": INTAKES, "paid_on_entry": ["prostheses"]}, "did you mean 'prosthesis'"),
        ("hip_replacement", {"intakes": {**INTAKES, "value": [1.0] * 70}}, "end with year 60"),
        ("sick_sicker", {"intakes": INTAKES}, "4 strategies"),
    ],
)  # fmt: skip
def test_a_budget_that_the_model_cannot_answer_is_refused_before_anything_is_sampled(model, changes, said):
    with pytest.raises(hm.parameters.InputError, match=said) as refused:
        asked(model, changes)
    assert refused.value.problems[0].place == ("budget",)


def test_a_model_that_ends_before_has_a_shorter_budget(small):
    results = asked("hip_replacement", {"intakes": {**INTAKES, "value": 10}}, horizon="3 years")
    assert list(rows(results, by="all", quantity="cost").index) == ["1", "2", "3", "all years"]
    with pytest.raises(hm.parameters.InputError, match="end with year 2"):
        asked("hip_replacement", {"intakes": INTAKES}, horizon="2 years")


def test_people_already_there_are_followed_from_the_year_that_they_are_in():
    there = {**INTAKES, "value": [7], "years_since_entry": [2], "unit": "people"}
    results = asked("hip_replacement", {"intakes": {**INTAKES, "value": 10}, "years": 2, "prevalent": there})
    cost = results["published"].yearly["cost"].sum("component").mean("sample")
    change = (cost.sel(strategy="new prosthesis") - cost.sel(strategy="standard")).to_numpy()
    wanted = [10 * change[0] + 7 * change[2], 10 * (change[0] + change[1]) + 7 * change[3]]
    assert rows(results, by="all", quantity="cost").iloc[:2].to_numpy() == pytest.approx(wanted)


HALF_YEARS = """
import heemodel as hm

DEFAULT_HORIZON = "30 months"

def model(horizon=DEFAULT_HORIZON):
    return hm.CohortModel(
        states=["ill"], dead=None, strategies=["old", "new"], start={"ill": 1.0},
        cycle_length="6 months", horizon=horizon,
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"), transitions=lambda p, time: {},
        payoffs=lambda p, time: hm.Payoffs(
            cost={"all": {"ill": hm.by_strategy({"old": 0.0, "new": p.price})}}, qaly={"ill": 1.0}
        ),
    )
"""


def test_a_year_that_the_model_ends_in_is_no_year_of_a_budget(tmp_path):
    model = load_model(folder(tmp_path / "ours", HALF_YEARS))
    inputs = model.inputs.with_changes({"budget": {"intakes": {**INTAKES, "value": 1}}})
    results = analyse(model, inputs=inputs, draws=100)
    assert list(rows(results, by="all", quantity="cost").index) == ["1", "2", "all years"]


def test_a_check_of_the_folder_looks_at_its_budget_too():
    model = load_model(MODELS / "sumatriptan")
    inputs = model.inputs.with_changes({"budget": {"intakes": INTAKES}})
    with pytest.raises(hm.parameters.InputError, match="all_in_first_year"):
        hm.check_model(dataclasses.replace(model, inputs=inputs))


def test_uptake_in_steps_of_people_who_begin_evenly_over_the_year():
    results = analyse(MODELS / "hiv_chancellor", draws=100)
    (scenario,) = results
    cost = scenario.yearly["cost"].sum("component").mean("sample")
    change = (cost.sel(strategy="combination") - cost.sel(strategy="monotherapy")).to_numpy()
    uptake = 100 * np.array([0.2, 0.4, 0.6, 0.8, 1.0])
    wanted = [
        sum(
            uptake[year - since] * (change[since] + (change[since - 1] if since else 0)) / 2
            for since in range(year + 1)
        )
        for year in range(5)
    ]
    total = rows(results, by="all", quantity="cost")
    assert list(total.index) == ["1997", "1998", "1999", "2000", "2001", "all years"]
    assert total.iloc[:5].to_numpy() == pytest.approx(wanted)
    table = results.tables["budget_impact"]
    assert (table["per_100_000"] * 10).to_numpy() == pytest.approx(table["value"].to_numpy())

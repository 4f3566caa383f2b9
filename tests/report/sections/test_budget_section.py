"""What the change does to budgets, in words, tables and a figure."""

from dataclasses import replace

import pandas as pd
import pytest

from heemodel.analysis import analyse, load_model
from heemodel.analysis.tables import tabulated
from heemodel.report.sections.budget_impact import _change, budget_impact
from tests.report.conftest import DRAWS, MODELS
from tests.report.sections.looking import check_shape, folded, row_of, table_of, words_of

PEOPLE = {"label": "L", "value": 200_000, "unit": "people", "source": "S", "status": "read", "rationale": "R"}


def pounds(text):
    return float(text.partition(" ")[0].replace("−", "-").translate(str.maketrans("", "", "£$,")))


def changed(results, changes):
    """The same draws under another budget, which needs no run of the model."""
    inputs = results.inputs.with_changes({"budget": changes})
    return tabulated(replace(results, inputs=inputs, tables={}))


@pytest.mark.parametrize("name", ["small", "savings"])
def test_results_with_a_yearly_number_of_patients_have_the_section(name, request):
    check_shape(budget_impact(request.getfixturevalue(name)))


@pytest.mark.parametrize("name", ["sick_sicker", "tree", "psa"])
def test_where_nobody_said_how_many_are_treated_there_is_none(name, request):
    assert budget_impact(request.getfixturevalue(name)) is None


def test_why_there_is_none_is_said_where_a_yearly_number_asks_for_one(small):
    scenarios = {name: replace(one, yearly=None, no_budget="reason") for name, one in small.scenarios.items()}
    section = budget_impact(tabulated(replace(small, scenarios=scenarios, tables={})))
    assert "reason" in words_of(section)
    assert section.tables() == []


def test_every_payer_has_a_sentence_with_the_first_year_and_all_of_them(savings):
    section = budget_impact(savings)
    rows = savings.tables["budget_impact"].query("scenario == 'trust' and payer == 'NHS' and by == 'payer'")
    first, whole = (rows[rows["year"] == year]["value"].item() for year in ("1", "all years"))
    assert first < 0
    told = next(point for point in section.blocks[1].points if point.startswith("NHS: saves"))
    amounts = [pounds(part[part.index("£") :]) for part in told.split(";")[:2]]
    assert amounts == pytest.approx([-first, -whole], rel=0.05)
    assert "no cash unless beds are closed" in told
    assert "cash: pays" in told


def test_years_add_up_in_the_table_of_payers(savings):
    table = table_of(budget_impact(savings), "Change in spending by year")
    years = [row_of(table, year) for year in "12345"]
    whole = row_of(table, "All years")
    for payer in ("NHS", "Social care"):
        assert sum(pounds(year[payer]) for year in years) == pytest.approx(pounds(whole[payer]), rel=0.05)
    assert len(folded(budget_impact(savings))) == 3


def test_bed_days_freed_stand_by_year_as_capacity(savings):
    section = budget_impact(savings)
    table = table_of(section, "What is freed or avoided")
    beds = next(name for name in table.header if name.startswith("Bed-days freed"))
    rows = savings.tables["budget_impact"].query("scenario == 'trust' and quantity == 'bed_days'")
    assert pounds(row_of(table, "1")[beds]) == pytest.approx(-rows[rows["year"] == "1"]["value"].item(), rel=0.02)
    assert "not cash" in table.note


def test_figures_per_100_000_are_there_where_people_are(small):
    assert "Per 100,000 people" not in table_of(budget_impact(small), "Change").header
    served = changed(small, {"people": PEOPLE})
    row = row_of(table_of(budget_impact(served), "Change"), "All years")
    assert pounds(row["Per 100,000 people"]) == pytest.approx(pounds(row["All: mean (95% interval)"]) / 2, rel=0.02)


def test_entry_prices_and_intakes_are_said_where_the_figures_stand(small):
    words = words_of(budget_impact(small))
    for part in ("start of the year", "2023/24", "not discounted", "same number of patients (100"):
        assert part in words
    evenly = words_of(budget_impact(changed(small, {"entry": "evenly over the year", "paid_on_entry": ["treatment"]})))
    assert "½c(k)" in evenly
    assert "treatment" in evenly


def test_several_strategies_are_shown_by_their_mixes():
    model = load_model(MODELS / "sick_sicker")
    budget = {
        "first_year": "2026",
        "today": {"standard of care": 1},
        "tomorrow": {"A": [0.2, 0.3], "B": [0.8, 0.7]},
        "intakes": {**PEOPLE, "value": [10, 20], "unit": "people per year"},
        "prevalent": {**PEOPLE, "value": 40},
    }
    results = analyse(model, inputs=model.inputs.with_changes({"budget": budget}), draws=DRAWS)
    section = budget_impact(results)
    check_shape(section)
    table = table_of(section, "Who enters in each year")
    assert table.rows[1] == ["2027", "20", "20", "6", "14"]
    assert "40" in table.note
    assert "in 2026" in words_of(section)
    assert "same number" not in words_of(section)


def test_a_change_that_its_error_does_not_tell_from_nothing_is_said_to_be_none(savings):
    row = pd.Series({"direction": "pays", "value": 30.0, "lower": -9e5, "upper": 8e5, "mcse": 4_000.0})
    figure, spread = _change(savings, row)
    assert "as much as before" in figure
    assert "saves £900,000" in spread
    assert "pays £30" in _change(savings, row.replace({4_000.0: 1.0}))[0]

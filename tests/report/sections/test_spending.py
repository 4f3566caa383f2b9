"""Where the money goes."""

import pytest

from heemodel.report.sections.spending import spending
from tests.report.sections.looking import check_shape, folded, row_of, table_of


def pounds(text):
    return float(text.partition(" ")[0].replace("−", "-").translate(str.maketrans("", "", "£$,")))


@pytest.mark.parametrize("name", ["small", "with_states", "sick_sicker", "savings", "tree"])
def test_results_with_components_have_the_section(name, request):
    check_shape(spending(request.getfixturevalue(name)))


def test_costs_that_nobody_divided_have_no_section(psa, bare_psa):
    assert spending(psa) is None
    assert spending(bare_psa) is None


def test_both_strategies_and_the_difference_stand_side_by_side(small):
    table = table_of(spending(small), "Cost per patient, All trials")
    assert list(table.header[:3]) == ["Cost of", "Who pays", "Step"]
    row = row_of(table, "Nursing")
    assert row["Who pays"] == "Social care"
    cost = small["all"].outcomes["cost"].sel(component="nursing").mean("sample")
    assert pounds(row["Usual care"]) == pytest.approx(float(cost.sel(strategy="usual care")), abs=50)
    change = float(cost.sel(strategy="new care") - cost.sel(strategy="usual care"))
    assert pounds(row["Difference (95% interval)"]) == pytest.approx(change, abs=50)
    assert [row[0] for row in table.rows][-1] == "All"
    assert "Paid by Families" in [row[0] for row in table.rows]
    assert folded(spending(small))[-1] == "First trial, early patients: where the money goes"


def test_several_strategies_stand_in_rows(sick_sicker):
    table = table_of(spending(sick_sicker), "Cost per patient")
    assert table.header[0] == "Strategy"
    assert [row[0] for row in table.rows] == ["standard of care", "A", "B", "A and B"]
    assert row_of(table, "standard of care")["Treatment"] == "$0"
    parts = row_of(table, "A and B")
    assert pounds(parts["Care"]) + pounds(parts["Treatment"]) == pytest.approx(pounds(parts["All"]), abs=1_000)


def test_states_add_up_to_all(with_states):
    table = table_of(spending(with_states), "Cost per patient by state, All trials")
    shown = {row[0]: pounds(row[1]) for row in table.rows}
    assert shown["Ill"] + shown["Well again"] == pytest.approx(shown["All"], abs=101)


def test_years_are_drawn_and_some_of_them_told(small, savings):
    assert {"costs_by_year", "costs_by_year_early"} <= {figure.name for figure in spending(small).figures()}
    years = [row[0] for row in table_of(spending(small), "Cost per patient by year").rows]
    assert years == ["1", "2", "3", "4", "5", "10", "15", "20", "25", "30"]
    assert len(table_of(spending(savings), "Cost per patient by year").rows) == 5


def test_kinds_of_saving_are_mentioned_where_there_are_any(small, tree):
    assert "cash" in table_of(spending(small), "Cost per patient").note
    assert "cash" not in table_of(spending(tree), "Cost per patient").note

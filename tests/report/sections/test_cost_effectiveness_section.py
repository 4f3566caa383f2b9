"""Costs and QALYs of two and of several strategies."""

import pytest

from heemodel.report.sections.cost_effectiveness import cost_effectiveness
from tests.report.conftest import psa_of
from tests.report.sections.looking import check_shape, folded, row_of, table_of, words_of


@pytest.mark.parametrize("name", ["small", "sick_sicker", "savings", "tree", "psa", "bare_psa"])
def test_every_kind_of_results_has_the_section(name, request):
    check_shape(cost_effectiveness(request.getfixturevalue(name)))


def test_scenarios_stand_side_by_side_with_one_intervention(small):
    table = table_of(cost_effectiveness(small), "New care compared with usual care")
    assert [text for text, _ in table.groups] == ["", "All trials", "First trial, early patients"]
    assert list(table.header[1:3]) == ["Point estimate", "Mean (95% interval)"]
    cost = small["all"].cea
    expected = float((cost.cost.sel(strategy="new care") - cost.cost.sel(strategy="usual care")).mean())
    shown = row_of(table, "Incremental cost per patient")["Mean (95% interval)"].partition(" ")[0]
    assert float(shown.strip("£").replace(",", "")) == pytest.approx(expected, abs=100)


def test_strategies_stand_below_one_another_with_several_interventions(sick_sicker):
    section = cost_effectiveness(sick_sicker)
    full = table_of(section, "Fully incremental analysis")
    assert row_of(full, "A")["Standing"] == "dominated by B"
    assert row_of(full, "B")["Compared with"] == "standard of care"
    assert row_of(full, "A")["Cost per QALY"] == ""
    assert row_of(full, "A and B")["Cost per QALY"].startswith("$12")
    assert [row[0] for row in table_of(section, "Each strategy compared").rows] == ["A", "B", "A and B"]
    assert {figure.name for figure in section.figures()} == {"efficiency_frontier", "cost_effectiveness_plane"}
    assert "A (dominated by B)" in words_of(section)


def test_a_psa_is_in_its_own_currency_per_person(psa):
    section = cost_effectiveness(psa)
    assert "€" in row_of(table_of(section, "Each strategy compared"), "strategy A")["Extra cost"]
    assert not any("£" in cell for table in section.tables() for row in table.rows for cell in row)
    assert not any(table.title.startswith("Point estimates") for table in section.tables())
    assert folded(section) == ["Against the comparator, at every threshold"]


def test_two_strategies_without_inputs(bare_psa):
    table = table_of(cost_effectiveness(bare_psa), "Strategy A compared with usual care")
    assert list(table.header) == ["", "Mean (95% interval)"]
    assert row_of(table, "Incremental cost per person")["Mean (95% interval)"].startswith("€3,0")


def test_without_qalys_the_cheaper_strategy_is_the_better_value(tree):
    section = cost_effectiveness(tree)
    assert "same QALYs" in words_of(section)
    assert not section.figures()


def test_any_number_of_strategies_is_shown():
    section = cost_effectiveness(psa_of(14, samples=200))
    check_shape(section)
    assert len(table_of(section, "Fully incremental").rows) == 14

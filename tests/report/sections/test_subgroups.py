"""The answer in each group."""

from dataclasses import replace

import pytest

from heemodel.report.sections.subgroups import subgroups
from tests.report.sections.looking import check_shape, folded, row_of, table_of, words_of


def test_groups_stand_above_all_patients(small):
    section = subgroups(small)
    check_shape(section)
    table = table_of(section, "By group, All trials")
    assert [row[0] for row in table.rows] == ["early", "late", "younger", "older", "All patients"]
    assert row_of(table, "early")["Share"] == "60%"
    outcomes = small["all"].groups
    change = outcomes["cost"].sel(strategy="new care") - outcomes["cost"].sel(strategy="usual care")
    late = change.sum("component").sel(group=["late, younger", "late, older"]).mean(["group", "sample"])
    shown = row_of(table, "late")["Extra cost"].partition(" ")[0]
    assert float(shown.strip("£").replace(",", "")) == pytest.approx(float(late), abs=100)
    assert table.beside[0] == "Time to treatment"
    assert folded(section) == ["All trials: every combination"]


def test_a_group_for_which_the_answer_differs_is_named(small):
    table = small.tables["subgroups"].copy()
    chance = (table["quantity"] == "probability_cost_effective_at_20000") & (table["group"] == "late")
    table.loc[chance, "value"] = 0.3
    words = words_of(subgroups(replace(small, tables={**small.tables, "subgroups": table})))
    assert "not for late (30%)" in words
    assert "not for" not in words_of(subgroups(small))


@pytest.mark.parametrize("name", ["sick_sicker", "psa", "bare_psa", "tree"])
def test_without_groups_there_is_no_section(name, request):
    assert subgroups(request.getfixturevalue(name)) is None

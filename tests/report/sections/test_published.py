"""Results beside published ones."""

import pytest

from heemodel.report.sections.published import published
from tests.report.sections.looking import check_shape, row_of, table_of


def test_a_study_stands_beside_what_the_model_finds_in_its_place(small):
    section = published(small)
    check_shape(section)
    table = table_of(section, "Rival and others, 2020 (All trials, 10 years)")
    assert row_of(table, "Cost per QALY gained (ICER)")["Published"] == "£14,500"
    assert row_of(table, "Incremental QALYs per patient")["Published"] == "0.11 (0.05 to 0.20)"
    assert row_of(table, "EVPI per patient at £20,000 per QALY")["Point estimate"] == "–"
    assert "older prices" in table.note


def test_other_figures_of_the_model_are_compared(small):
    table = table_of(published(small), "Other figures")
    assert len(table.rows) == len(small.comparisons) == 1


@pytest.mark.parametrize("name", ["sick_sicker", "psa", "bare_psa", "savings"])
def test_without_published_results_there_is_no_section(name, request):
    assert published(request.getfixturevalue(name)) is None

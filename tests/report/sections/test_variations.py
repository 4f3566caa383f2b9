"""The answer under other choices."""

from dataclasses import replace

import pytest

from heemodel.analysis import VariationResult
from heemodel.analysis.tables import tabulated
from heemodel.parameters.variations import Variation
from heemodel.report.sections.variations import variations
from tests.report.sections.looking import check_shape, row_of, table_of, words_of


def varied(results, name, outcomes, *, volume=None):
    """Results with one more variation, of these outcomes."""
    first = results.first
    variation = Variation(label=f"Variation {name}", rationale="To try.")
    result = VariationResult(
        name=name,
        scenario=first.name,
        horizon=results.record.horizon,
        outcomes=outcomes,
        point=outcomes.mean("sample"),
        annual_volume=volume,
    )
    inputs = replace(results.inputs, variations={**results.inputs.variations, name: variation})
    more = replace(results, inputs=inputs, variations={**results.variations, name: result}, tables={})
    return tabulated(more)


def test_each_choice_stands_beside_the_base_case(small):
    section = variations(small)
    check_shape(section)
    table = table_of(section, "Under other choices, All trials")
    assert table.rows[0][0] == "Base case: All trials, 30 years"
    assert "Horizon 5 years." in table.beside[[row[0] for row in table.rows].index("Over five years")]
    assert "Rival and others, 2020" not in [row[0] for row in table.rows]
    assert "Over five years" in words_of(section)
    assert table_of(section, "Under other choices, First trial").rows[1][0] == "Treatment at twice the price"


def test_a_year_is_shown_where_the_number_of_patients_changes(small):
    assert "A year" not in table_of(variations(small), "Under other choices").header
    section = variations(varied(small, "more", small["all"].outcomes, volume=200.0))
    check_shape(section)
    table = table_of(section, "Under other choices, All trials")
    base, more = (row_of(table, name)["A year"] for name in (table.rows[0][0], "Variation more"))
    first, second = (float(text.partition(" ")[0].strip("−£").replace(",", "")) for text in (base, more))
    assert second == pytest.approx(2 * first, abs=60_000)
    assert "200 patients a year." in table.beside[len(table.rows) - 1]


def test_several_strategies_stand_below_each_other(sick_sicker):
    section = variations(varied(sick_sicker, "cheap", sick_sicker.first.outcomes))
    check_shape(section)
    table = table_of(section, "Under other choices")
    assert [row[1] for row in table.rows] == ["A", "B", "A and B"] * 2
    assert table.beside == {3: "To try."}
    assert not table.emphasis


@pytest.mark.parametrize("name", ["sick_sicker", "psa", "bare_psa", "savings"])
def test_without_variations_there_is_no_section(name, request):
    assert variations(request.getfixturevalue(name)) is None

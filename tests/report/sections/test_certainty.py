"""How sure the choice is."""

import pytest

from heemodel.report.sections.certainty import certainty
from tests.report.sections.looking import check_shape, table_of, words_of


@pytest.mark.parametrize("name", ["small", "sick_sicker", "savings", "tree", "psa", "bare_psa"])
def test_every_kind_of_results_has_the_section(name, request):
    section = certainty(request.getfixturevalue(name))
    check_shape(section)
    assert {"acceptability", "expected_loss"} <= {figure.name for figure in section.figures()}


def test_every_strategy_stands_at_every_threshold(psa):
    table = table_of(certainty(psa), "How sure")
    assert [row[0] for row in table.rows] == ["€20,000 per QALY"] * 5 + ["€30,000 per QALY"] * 5
    assert {table.rows[place][1] for place in table.emphasis} == {"usual care", "strategy A"}


def test_the_likeliest_strategy_need_not_be_the_one_to_choose(psa):
    words = words_of(certainty(psa))
    assert "usual care is the most cost-effective more often" in words
    assert "strategy A has the highest expected net benefit" in words


def test_the_loss_of_the_best_choice_is_the_evpi(small):
    table = table_of(certainty(small), "How sure")
    evpi = small.tables["evpi"].iloc[0]["evpi"]
    cell = next(row[3] for row in table.rows if row[:2] == ["£20,000 per QALY", "new care"])
    assert float(cell.strip("£").replace(",", "")) == pytest.approx(evpi, abs=50)


def test_thresholds_of_the_policy_are_explained_and_no_others(small, sick_sicker, psa):
    assert "£25,000 and £35,000" in words_of(certainty(small))
    assert "not converted" in words_of(certainty(sick_sicker))
    assert "NICE" not in words_of(certainty(psa))


def test_panels_on_one_scale_show_losses_of_nothing(savings):
    figure = next(figure for figure in certainty(savings).figures() if figure.name == "expected_loss")
    canvas = figure.draw()
    assert {ax.get_yscale() for ax in canvas.axes} == {"symlog"}

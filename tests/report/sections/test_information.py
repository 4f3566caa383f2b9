"""What more evidence would be worth."""

from dataclasses import replace

import pytest

from heemodel.analysis import Affected
from heemodel.report.formatting import with_error
from heemodel.report.sections.information import information
from tests.report.sections.looking import check_shape, folded, row_of, table_of, words_of


@pytest.mark.parametrize("name", ["small", "sick_sicker", "savings", "tree", "psa", "bare_psa"])
def test_every_uncertain_decision_has_the_section(name, request):
    check_shape(information(request.getfixturevalue(name)))


def test_the_value_of_everything_is_that_of_the_analysis(small):
    table = table_of(information(small), "Expected value of perfect information")
    known = small.tables["evpi"].set_index(["scenario", "threshold"]).loc[("early", 30_000.0)]
    expected = with_error(known["evpi"], known["mcse"], currency=small.currency)
    assert row_of(table, "Per patient, at £30,000 per QALY")["First trial, early patients"] == expected


def test_groups_are_called_as_in_the_inputs_with_what_is_in_them(small):
    table = table_of(information(small), "What knowing more would be worth (EVPPI), All trials")
    names = [row[0] for row in table.rows]
    assert names[0] == "Everything (EVPI)"
    assert "Whether new care lets more recover" in names
    assert table.beside[names.index("Whether new care lets more recover")] == "Share"
    assert folded(information(small)) == ["What knowing single inputs would be worth, First trial, early patients"]


def test_what_is_worth_nothing_is_said_in_a_sentence(sick_sicker):
    words = words_of(information(sick_sicker))
    assert "would not change the choice" in words
    assert "Treatment A" in words
    assert not any(figure.name == "evppi" for figure in information(sick_sicker).figures())


def test_groups_of_a_psa_keep_their_names(psa):
    table = table_of(information(psa), "What knowing more")
    assert {"both", "effect", "price"} <= {row[0] for row in table.rows}
    place = next(place for place, row in enumerate(table.rows) if row[0] == "both")
    assert table.beside[place] == "effect; price"


def test_without_parameters_it_cannot_be_said_what_matters(bare_psa):
    section = information(bare_psa)
    assert "No parameters were given" in words_of(section)


def test_values_are_those_of_all_people_affected(psa):
    section = information(replace(psa, affected=Affected(1e6, "ten years' patients")))
    table = table_of(section, "Expected value of perfect information")
    assert "million" in row_of(table, "Ten years' patients, at €20,000 per QALY")["EVPI"]
    assert "ten years' patients" in next(f for f in section.figures() if f.name == "evpi").caption


def test_all_scenarios_fit_on_the_common_scale(savings):
    figure = next(figure for figure in information(savings).figures() if figure.name == "evpi")
    assert figure.draw().axes[0].get_ylim()[1] > savings.tables["evpi"]["evpi"].max()

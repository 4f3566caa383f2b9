"""What moves the answer."""

from dataclasses import replace

import pytest

from heemodel.report.sections.sensitivity import sensitivity
from tests.report.conftest import psa_of
from tests.report.sections.looking import check_shape, table_of, words_of


@pytest.mark.parametrize("name", ["small", "sick_sicker", "savings", "tree", "psa"])
def test_results_with_parameters_have_a_tornado(name, request):
    results = request.getfixturevalue(name)
    section = sensitivity(results)
    check_shape(section)


def test_without_parameters_there_is_no_tornado(bare_psa):
    assert sensitivity(bare_psa) is None


def test_inputs_are_called_as_their_readers_know_them(savings):
    names = [row[0] for row in table_of(sensitivity(savings), "How far each input").rows]
    assert "Share of live discharges who go home, thrombolysis" in names
    assert not any("home_share" in name or "home share" in name for name in names)


def test_values_have_units(savings):
    table = table_of(sensitivity(savings), "How far each input")
    row = next(row for row in table.rows if row[0] == "Stay in the stroke unit (£ per 90 days)")
    assert row[1].startswith("£2")
    row = next(row for row in table.rows if row[0] == "Share who die in the stroke unit, thrombectomy")
    assert row[2].endswith("%")


def test_only_the_first_scenario_is_drawn(small):
    figure = sensitivity(small).figures()[0]
    assert set(figure.table["scenario"]) == {"all"}
    assert "tornado.csv has every scenario" in figure.caption


def test_inputs_that_turn_the_answer_are_named(psa, sick_sicker):
    assert words_of(sensitivity(psa)).endswith("would turn that: effect.")
    assert "wherever any single input lies" in words_of(sensitivity(sick_sicker))


def test_an_end_that_may_be_noise_turns_nothing(psa):
    bars = psa.tables["tornado"].assign(outcome_low_se=1e9, outcome_high_se=1e9)
    noisy = replace(psa, tables={**psa.tables, "tornado": bars})
    assert "wherever any single input lies" in words_of(sensitivity(noisy))


def test_names_of_files_are_kept():
    table = table_of(sensitivity(psa_of(3, samples=200)), "How far each input")
    assert {row[0] for row in table.rows} == {"effect", "price", "noise"}


def test_sources_are_called_by_their_labels(small):
    table = table_of(sensitivity(small), "How far each input")
    row = next(row for row in table.rows if row[0].endswith("which source"))
    assert {row[1], row[2]} == {"large survey", "small survey"}

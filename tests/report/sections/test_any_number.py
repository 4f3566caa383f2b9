"""Every section takes any number of strategies, scenarios, groups and thresholds."""

from dataclasses import replace

import pytest
import xarray as xr

from heemodel.analysis.tables import tabulated
from heemodel.report.sections import SECTIONS
from tests.report.conftest import psa_of
from tests.report.sections.looking import check_shape, table_of, words_of


def sections_of(results):
    made = [entry.section(results) for entry in SECTIONS]
    return {section.name: section for section in made if section is not None}


def check_all(results):
    sections = sections_of(results)
    for section in sections.values():
        check_shape(section)
    names = [figure.name for section in sections.values() for figure in section.figures()]
    assert len(set(names)) == len(names)
    return sections


def in_two_scenarios(results):
    """The same results under a second name."""
    first = results.first
    inputs = replace(results.inputs, scenarios={first.name: results.inputs.scenarios[first.name]})
    second = inputs.scenarios[first.name].model_copy(update={"label": "Second"})
    inputs = replace(inputs, scenarios={**inputs.scenarios, "second-best": second})
    scenarios = {first.name: first, "second-best": replace(first, name="second-best")}
    return tabulated(replace(results, inputs=inputs, scenarios=scenarios, tables={}))


def in_two_groups(results, inputs):
    """The results divided: the second group gains nothing."""
    first, group = results.first, {"group": ["early", "late"]}
    same = first.outcomes[["cost", "qaly"]]
    base = same["qaly"].sel(strategy=results.comparator, drop=True).broadcast_like(same["qaly"])
    groups = xr.concat([same, same.assign(qaly=base)], dim="group").assign_coords(group)
    known = xr.Dataset({"share": ("group", [0.5, 0.5]), "window": ("group", group["group"])}, group)
    mixed = replace(results.inputs, groups={"window": inputs.groups["window"]})
    scenarios = {first.name: replace(first, groups=groups, subgroups=known)}
    return tabulated(replace(results, inputs=mixed, scenarios=scenarios, tables={}))


@pytest.mark.parametrize(("number", "parameters"), [(2, True), (3, False), (14, True)])
def test_samples_of_any_number_of_strategies(number, parameters):
    sections = check_all(psa_of(number, parameters=parameters, samples=200))
    assert {"value", "certainty", "information", "stability"} <= set(sections)
    assert ("sensitivity" in sections) == parameters


def test_several_strategies_in_several_scenarios(sick_sicker):
    sections = check_all(in_two_scenarios(sick_sicker))
    assert "efficiency_frontier_second_best" in {figure.name for figure in sections["value"].figures()}
    assert "Second" in words_of(sections["stability"])


def test_several_strategies_in_groups(sick_sicker, small):
    section = check_all(in_two_groups(sick_sicker, small.inputs))["subgroups"]
    table = table_of(section, "By group")
    assert [row[2] for row in table.rows] == ["A", "B", "A and B"] * 3
    assert {table.rows[place][0] for place in table.emphasis} == {"All patients"}


def test_one_scenario_of_several(small):
    alone = tabulated(replace(small, scenarios={"early": small["early"]}, tables={}))
    table = table_of(check_all(alone)["choices"], "Under other choices, All trials")
    assert "was not run" in table.note
    assert not table.emphasis

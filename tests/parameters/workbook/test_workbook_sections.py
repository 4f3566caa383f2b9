"""The other sheets: every figure and text of a model, changed in its cell."""

import pytest

from heemodel.analysis import load_model
from heemodel.parameters import InputError, read_changes, write_workbook
from tests.parameters.workbook.trust import ROOT


def changed(fill, inputs, sheet, values, **how):
    return read_changes(fill(values, sheet=sheet, **how), inputs)


def test_a_value_and_its_words_are_changed_in_their_cells(savings, fill):
    values = {("parameters.thrombolysis", "Value"): 1_528, ("parameters.thrombolysis", "Source"): "DG57"}
    changes = changed(fill, savings, "Parameters", values)
    assert changes == {"parameters": {"thrombolysis": {"value": 1_528, "source": "DG57"}}}
    assert savings.with_changes(changes).parameters["thrombolysis"].standard_error == 250


def test_an_interval_takes_the_place_of_a_standard_error(savings, fill):
    place = "parameters.thrombolysis"
    values = {(place, "Standard error"): None, (place, "Interval from"): 500, (place, "Interval to"): 1_300}
    ours = savings.with_changes(changed(fill, savings, "Parameters", values)).parameters["thrombolysis"]
    assert (ours.standard_error, ours.interval) == (None, [500, 1_300])


def test_half_an_interval_is_a_mistake_at_the_empty_cell(savings, fill):
    place = "parameters.thrombolysis"
    path = fill({(place, "Standard error"): None, (place, "Interval from"): 500}, sheet="Parameters")
    with pytest.raises(InputError) as told:
        read_changes(path, savings)
    assert "is empty" in str(told.value)
    assert "Parameters!" in str(told.value)


def test_one_label_is_changed_and_the_others_stay(savings, fill):
    changes = changed(fill, savings, "Parameters", {("parameters.utility_by_mrs [3]", "Value"): 0.6})
    assert changes["parameters"]["utility_by_mrs"]["value"] == [0.817, 0.752, 0.656, 0.6, 0.262, -0.054]
    assert savings.with_changes(changes).parameters["utility_by_mrs"].standard_error[3] == 0.041


def test_another_distribution_keeps_the_numbers_that_it_has(savings, fill):
    changes = changed(fill, savings, "Parameters", {("parameters.thrombolysis", "Distribution"): "normal"})
    ours = savings.with_changes(changes).parameters["thrombolysis"]
    assert (ours.distribution, ours.value, ours.standard_error, ours.price_year) == ("normal", 828, 250, "2014/15")


def test_what_is_assumed_in_a_record_is_a_list_of_keys(savings, fill):
    place = "data.stay_matched_control"
    values = {(place, "Mean"): 70, (place, "Assumed"): "mean", (place, "Source"): "S"}
    record = savings.with_changes(changed(fill, savings, "Evidence", values)).data["stay_matched_control"]
    assert (record.mean, record.assumed) == (70, ["mean"])


def test_limits_are_left_out_changed_and_added(savings, fill):
    count = len(savings.about.limits)
    values = {
        ("about.limits[0]", "Text"): None,
        ("about.limits[1]", "Text"): "Our words.",
        (f"about.limits[{count}]", "Text"): "A limit of ours.",
    }
    limits = savings.with_changes(changed(fill, savings, "Texts", values)).about.limits
    assert len(limits) == count
    assert limits[0].text == "Our words."
    assert limits[0].when == savings.about.limits[1].when
    assert limits[-1].text == "A limit of ours."


def test_a_note_keeps_its_condition(savings, fill):
    notes = savings.with_changes(
        changed(fill, savings, "Texts", {("about.notes.saving_per_year", "Text"): "Ours."})
    ).about.notes
    assert notes["saving_per_year"].text == "Ours."
    assert notes["saving_per_year"].when == savings.about.notes["saving_per_year"].when


def test_who_pays_is_chosen_from_words(savings, fill):
    changes = changed(fill, savings, "Components", {("components.nursing home", "Paid by"): "Families"})
    assert savings.with_changes(changes).components["nursing home"].payer == "Families"


def test_settings_priors_and_words_of_scenarios_are_there_too(savings, fill):
    assert changed(fill, savings, "Priors", {("priors.mean_stay", "Value"): 25}) == {
        "priors": {"mean_stay": {"value": 25}}
    }
    words = changed(fill, savings, "Texts", {("scenarios.trials.label", "Text"): "Trials, randomised"})
    assert words == {"scenarios": {"trials": {"label": "Trials, randomised"}}}


def test_figures_of_the_budget_are_settings(tmp_path, fill):
    inputs = load_model(ROOT / "models" / "hiv_chancellor").inputs
    blank = write_workbook(inputs, tmp_path / "blank.xlsx")
    values = {("budget.intakes", "Value"): 250, ("budget.intakes", "Source"): "Our service"}
    changes = changed(fill, inputs, "Settings", values, start=blank)
    assert changes == {"budget": {"intakes": {"value": 250, "source": "Our service"}}}
    assert inputs.with_changes(changes).budget.intakes.source == "Our service"


@pytest.fixture(scope="module")
def lifetime(tmp_path_factory):
    """The lifetime model, which has groups and parameters of several sources, and its workbook."""
    inputs = load_model(ROOT / "models" / "thrombectomy_lifetime").inputs
    return inputs, write_workbook(inputs, tmp_path_factory.mktemp("lifetime") / "blank.xlsx")


def test_sources_of_a_parameter_are_weighed_in_their_rows(lifetime, fill):
    inputs, blank = lifetime
    place = "alternatives.log_odds_per_hour.options.curve [≤ 0]"
    ours = inputs.with_changes(changed(fill, inputs, "Parameters", {(place, "Weight"): 3}, start=blank))
    assert ours.alternatives["log_odds_per_hour"].weights["curve"] == 3


def test_a_number_of_one_label_of_one_source_is_changed(lifetime, fill):
    inputs, blank = lifetime
    place = "alternatives.utility_by_mrs.options.wang"
    values = {(f"{place} [{inputs.alternatives['utility_by_mrs'].options['wang'].labels[2]}]", "Value"): 0.61}
    ours = inputs.with_changes(changed(fill, inputs, "Parameters", values, start=blank))
    assert ours.alternatives["utility_by_mrs"].options["wang"].value[2] == 0.61


def test_people_of_groups_and_their_traits_are_changed(lifetime, fill):
    inputs, blank = lifetime
    group = next(iter(inputs.groups["age"].people))
    values = {(f"groups.age.people.{group}", "Value"): 77, (f"groups.age.traits.start_age.{group}", "Value"): 48}
    ours = inputs.with_changes(changed(fill, inputs, "Groups", values, start=blank)).groups["age"]
    assert (ours.people[group], ours.traits["start_age"][group]) == (77, 48)


def test_the_settings_of_a_model_without_figures_of_ones_own_are_on_the_first_sheet(lifetime, fill):
    inputs, blank = lifetime
    values = {"yours.source": "S", "settings.annual_volume.value": 200}
    assert inputs.with_changes(changed(fill, inputs, "Your figures", values, start=blank)).annual_volume == 200

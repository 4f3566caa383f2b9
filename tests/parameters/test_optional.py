"""What an inputs file may leave out, and what then holds."""

import pytest

import heemodel as hm
from tests.parameters.test_reading import GOOD, message, write

SECTION = {name: GOOD.index(f"[{name}") for name in ("settings", "parameters", "data", "steps", "scenarios")}
MINIMAL = GOOD[: SECTION["settings"]].replace("limits = []\n", "") + GOOD[SECTION["parameters"] : SECTION["data"]]
VOLUME = '\n[settings.annual_volume]\nlabel = "Patients"\nvalue = 85\nunit = "patients per year"\n'
VOLUME += 'source = "S"\nstatus = "read"\nrationale = "R"\n'
NEEDS = hm.Needs(strategies=("old", "new"), parameters={"price": "£ per patient"})


def read(tmp_path, text, *, needs=None):
    return hm.read_inputs(write(tmp_path, text), needs=needs)


def refused(tmp_path, text, *, needs=None, count=1):
    with pytest.raises(hm.parameters.InputError) as error:
        read(tmp_path, text, needs=needs)
    assert len(error.value.problems) == count, str(error.value)
    return str(error.value)


def test_a_file_of_about_and_parameters_has_one_scenario_and_asks_for_value(tmp_path):
    inputs = read(tmp_path, MINIMAL)
    assert list(inputs.scenarios) == ["base"]
    base = inputs.scenario("base")
    assert (base.label, base.summary, base.design, base.evidence) == ("Base case", None, None, {})
    assert (inputs.about.limits, inputs.about.asks, inputs.about.intervention) == ([], ["value for money"], None)
    assert inputs.annual_volume is None


def test_a_variation_and_a_comparison_may_name_the_scenario_that_is_there_by_itself(tmp_path):
    more = '[variations.other]\nlabel = "L"\nrationale = "R"\nscenario = "base"\n'
    assert read(tmp_path, MINIMAL + more).varied["other"].scenario("base").label == "Base case"


def test_evidence_that_the_model_needs_is_missing_from_a_scenario_that_is_there_by_itself(tmp_path):
    needs = NEEDS | hm.Needs(counts={"deaths": "patients"})
    assert "[scenarios.base.evidence.deaths] evidence on it is missing" in refused(tmp_path, MINIMAL, needs=needs)


@pytest.mark.parametrize("key", ["title", "question", "population", "perspective"])
def test_what_the_analysis_is_cannot_be_left_out(tmp_path, key):
    line = next(line for line in MINIMAL.splitlines() if line.startswith(key))
    assert f"[about] {key} is missing" in refused(tmp_path, MINIMAL.replace(f"{line}\n", ""))


def test_a_component_needs_a_label_only(tmp_path):
    drug = read(tmp_path, f'{MINIMAL}[components.drug]\nlabel = "Drug"\n').components["drug"]
    assert (drug.label, drug.payer, drug.kind, drug.step, drug.rationale) == ("Drug", None, None, None, None)


def test_a_component_has_a_step_where_there_are_steps_and_none_where_there_are_none(tmp_path):
    assert "[components.drug] step is missing; add `step = …`, one of: Drug" in message(tmp_path, 'step = "Drug"\n', "")
    text = f'{MINIMAL}[components.drug]\nlabel = "Drug"\nstep = "Later"\n'
    assert "[components.drug.step] names a step, and there are no [steps]" in refused(tmp_path, text)


def test_payers_can_be_told_apart_only_where_every_component_has_one(tmp_path):
    variation = '[variations.other]\nlabel = "L"\nrationale = "R"\npayers = ["NHS"]\n'
    parts = '[components.drug]\nlabel = "Drug"\npayer = "NHS"\n[components.bed]\nlabel = "Bed"\n'
    error = refused(tmp_path, MINIMAL + parts + variation)
    assert "[variations.other.payers] counts some payers only, and [components.bed] has none" in error


def test_a_saving_is_asked_for_in_reading_order_and_needs_components_and_steps(tmp_path):
    asks = 'comparator = "old"\nasks = ["saving", "value for money"]\n'
    assert read(tmp_path, GOOD.replace('comparator = "old"\n', asks)).about.asks == ["saving", "value for money"]
    error = refused(tmp_path, MINIMAL.replace('comparator = "old"\n', asks))
    assert "[about.asks] asks for the saving" in error
    assert "add [components.<name>] and [steps.<name>], or take it out of asks" in error


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("asks = []", "at least 1 item"),
        ('asks = ["savings"]', "write one of: 'saving' or 'value for money'"),
        ('asks = ["value for money", "value for money"]', "ask each once"),
        ('intervention = "old"', "name two strategies"),
        ('intervention = "newer"', "[about.intervention] 'newer' is no strategy of the model; did you mean 'new'?"),
    ],
)
def test_what_is_asked_and_of_whom_is_checked(tmp_path, line, reason):
    text = MINIMAL.replace('comparator = "old"\n', f'comparator = "old"\n{line}\n')
    assert reason in refused(tmp_path, text, needs=NEEDS)


def test_an_intervention_may_be_named(tmp_path):
    text = MINIMAL.replace('comparator = "old"\n', 'comparator = "old"\nintervention = "new"\n')
    assert read(tmp_path, text, needs=NEEDS).about.intervention == "new"


def test_a_yearly_volume_may_be_given_whether_or_not_the_model_reads_it(tmp_path):
    assert read(tmp_path, MINIMAL + VOLUME, needs=NEEDS).annual_volume == 85
    needs = NEEDS | hm.Needs(settings={"annual_volume": "patients per year"})
    assert read(tmp_path, MINIMAL + VOLUME, needs=needs).annual_volume == 85
    assert "[settings.annual_volume] is missing" in refused(tmp_path, MINIMAL, needs=needs)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("value = 85", "value = 0", "[settings.annual_volume.value] is 0; it must be above 0"),
        ("value = 85", "value = -85", "[settings.annual_volume.value] is -85; it must be above 0"),
        ("patients per year", "patients per month", "[settings.annual_volume.unit] is 'patients per month'"),
        ("annual_volume", "anual_volume", "the model does not read it; did you mean 'annual_volume'?"),
    ],
)
def test_a_yearly_volume_that_cannot_be_is_refused_with_its_place(tmp_path, before, after, reason):
    assert reason in refused(tmp_path, MINIMAL + VOLUME.replace(before, after), needs=NEEDS)


def test_a_variation_has_its_own_yearly_volume(tmp_path):
    more = '[variations.half]\nlabel = "L"\nrationale = "R"\n[variations.half.changes.settings.annual_volume]\n'
    more += 'value = 42\nsource = "S"\nstatus = "assumed"\n'
    inputs = read(tmp_path, MINIMAL + VOLUME + more, needs=NEEDS)
    assert (inputs.annual_volume, inputs.varied["half"].annual_volume) == (85, 42)


@pytest.mark.parametrize(
    ("drug", "bed", "cure"),
    [
        ('budget = "the trust"', 'payer = "NHS"', "[components.drug.budget] is 'the trust', of nobody; add payer"),
        ('payer = "NHS"\nbudget = "NHS"', 'payer = "NHS"', "the name of a payer; give the budget another"),
        ('payer = "NHS"\nbudget = "b"', 'payer = "Council"\nbudget = "b"', "and elsewhere of 'NHS'; give each its own"),
    ],
)
def test_a_budget_is_of_one_payer(tmp_path, drug, bed, cure):
    parts = f'[components.drug]\nlabel = "Drug"\n{drug}\n[components.bed]\nlabel = "Bed"\n{bed}\n'
    assert cure in refused(tmp_path, MINIMAL + parts)

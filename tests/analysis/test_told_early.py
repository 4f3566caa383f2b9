"""Mistakes that used to be silent, or told with the wrong cure."""

import numpy as np
import pytest

import heemodel as hm
from heemodel.analysis import check_model, load_model
from heemodel.errors import HeemodelError
from tests.analysis.test_folder import INPUTS, MODEL, folder

GROUPS = """
[groups.age]
label = "Age"
people = { young = 60, old = 40 }
traits.start_age = { young = 55, old = 75 }
source = "Invented"
status = "assumed"
rationale = "A test."
"""
TREE = """
import heemodel as hm

def branches(p):
    return {{"start": {{"well": {well}, "ill": hm.REST}}}}

def payoffs(p):
    return hm.Payoffs(cost={{"all": {{"start": {paid}}}}}, qaly={{"well": 1.0, "ill": 0.5}})

def model():
    return hm.DecisionTree(strategies=["old", "new", "newer"], root="start", branches=branches, payoffs=payoffs)
"""


@pytest.fixture(scope="module")
def sick_sicker():
    return hm.analyse("models/sick_sicker", draws=1_000)


def test_groups_that_the_model_does_not_tell_apart_are_refused(tmp_path):
    loaded = load_model(folder(tmp_path / "ours", inputs=INPUTS + GROUPS))
    for run in (check_model, lambda model: hm.analyse(model, draws=100)):
        with pytest.raises(HeemodelError, match=r"(?s)\[groups.age\] the model has no groups.*give it groups="):
            run(loaded)


def test_evidence_that_states_no_needs_does_not_switch_off_those_of_the_model(tmp_path):
    model = MODEL.replace("def model", 'NEEDS = hm.Needs(parameters={"price": "£ per person"})\n\ndef model')
    path = folder(tmp_path / "ours", model, evidence="def evidence(inputs, scenario): ...")
    with pytest.raises(HeemodelError, match=r"evidence.py states no NEEDS, and the other file does.*hm.Needs\(\)"):
        load_model(path)


def test_a_needs_without_strategies_or_traits_is_told_so(tmp_path):
    inputs = INPUTS + GROUPS + '[data.seen]\nlabel = "Seen"\nevents = 1\nn = 2\nunit = "patients"\nsource = "S"\n'
    inputs += 'status = "assumed"\nrationale = "R"\n[scenarios.base]\nlabel = "Base"\nevidence.ill.old = "seen"\n'
    needs = 'NEEDS = hm.Needs(parameters={"price": "£ per person"}, counts={"ill": "patients"})\n\ndef model'
    path = folder(tmp_path / "ours", MODEL.replace("def model", needs), inputs=inputs)
    with pytest.raises(HeemodelError) as caught:
        load_model(path)
    assert "[groups.age.traits.start_age] the model reads no such trait; if it does, add traits=" in str(caught.value)
    assert "[scenarios.base.evidence.ill] NEEDS names no strategies" in str(caught.value)


@pytest.mark.parametrize("well", ['hm.by_strategy({"old": 0.5, "new": 0.6})', "hm.REST"])
def test_a_mistake_in_the_structure_comes_before_parameters_that_it_leaves_unread(tmp_path, well):
    path = folder(tmp_path / "ours", TREE.format(well=well, paid="1.0"))
    with pytest.raises(HeemodelError) as caught:
        check_model(load_model(path))
    assert "never reads" not in str(caught.value)


def test_a_parameter_that_is_not_read_is_refused_all_the_same(tmp_path):
    path = folder(tmp_path / "ours", TREE.format(well="0.5", paid="1.0"))
    with pytest.raises(HeemodelError, match="never reads price"):
        check_model(load_model(path))


def test_a_scenario_that_changes_figures_is_sent_to_the_variations(tmp_path):
    inputs = INPUTS + '[scenarios.worse]\nlabel = "Worse"\nchanges.parameters.price = { value = 20 }\n'
    with pytest.raises(HeemodelError, match=r"\[scenarios.worse.changes\].*figures are changed by a variation"):
        load_model(folder(tmp_path / "ours", inputs=inputs))


def test_a_utility_above_full_health_is_refused(tmp_path):
    inputs = INPUTS.replace('"£ per person"\nprice_year = "2023/24"', '"EQ-5D utility"')
    with pytest.raises(HeemodelError, match=r"\[parameters.price\] a utility is 1 at most.* 10"):
        load_model(folder(tmp_path / "ours", inputs=inputs))


def test_inputs_outside_groups_are_looked_at_alone(sick_sicker):
    groups = {name for question in sick_sicker.inputs.information.values() for name in question.parameters}
    result = sick_sicker.first
    alone = {str(name) for name in result.read} - groups
    varying = {name for name in alone if name in result.draws and float(result.draws[name].std()) > 0}
    looked_at = set(sick_sicker.tables["evppi"]["parameters"])
    assert varying <= looked_at


def test_a_scenario_beside_its_variations_is_on_their_draws():
    results = hm.analyse("models/catheter_dressing", draws=3_000)
    assert results.variations
    table = results.tables["variations"].query("variation == '' and quantity == 'incremental_cost'")
    mine = table[(table["basis"] == "probabilistic") & (table["scenario"] == results.first.name)]
    draws = next(iter(results.variations.values())).outcomes.sizes["sample"]
    cost = results.first.outcomes["cost"].sum("component").isel(sample=slice(0, draws))
    for row in mine.itertuples():
        apart = cost.sel(strategy=row.strategy) - cost.sel(strategy=results.comparator)
        assert row.value == pytest.approx(float(apart.mean()))


def test_counts_are_told_with_differences(sick_sicker):
    table = sick_sicker.tables["counts"]
    years = sick_sicker.first.outcomes["life_years"]
    own = table[(table["quantity"] == "life_years") & (table["versus"] == "")].set_index("strategy")["value"]
    for name in sick_sicker.strategies:
        assert own[name] == pytest.approx(float(years.sel(strategy=name).mean()))
    apart = table[(table["quantity"] == "life_years") & (table["versus"] != "")].set_index("strategy")["value"]
    assert apart["B"] == pytest.approx(own["B"] - own["standard of care"])
    assert np.isfinite(table["mcse"]).all()


def test_results_are_printed_in_a_few_lines(sick_sicker):
    assert len(repr(sick_sicker).splitlines()) < 8
    assert "Results of sick_sicker: 1,000 draws" in repr(sick_sicker)


def test_evidence_that_returns_nothing_is_told(tmp_path):
    path = folder(tmp_path / "ours", evidence="def evidence(inputs, scenario):\n    pass\n")
    with pytest.raises(HeemodelError, match=r"evidence.py: evidence\(…\) gives a NoneType for scenario 'base'; return"):
        check_model(load_model(path))


def test_a_tree_is_told_from_all_draws(tmp_path):
    results = hm.analyse(folder(tmp_path / "ours", TREE.format(well="0.5", paid="p.price")), draws=2_000)
    table = results.tables["tree"]
    root = table[(table["node"] == "start") & (table["strategy"] == "new")]["cost"].item()
    mean = float(results["base"].outcomes["cost"].sum("component").sel(strategy="new").mean())
    assert root == pytest.approx(mean, rel=1e-12)

"""Results: what is in them for models of any kind, and that keeping and reading them loses nothing."""

import dataclasses
import errno
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import TABLES, Affected, analyse, results_of_psa
from heemodel.analysis.results import Results
from heemodel.decision import appraise

MODELS = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def four():
    return analyse(MODELS / "sick_sicker", draws=500)


@pytest.fixture(scope="module")
def small():
    return analyse(Path(__file__).parents[1] / "report" / "small_model", draws=500)


@pytest.fixture(scope="module")
def psa():
    rng = np.random.default_rng(1)
    effect = rng.normal(0.1, 0.1, 1_000)
    outcomes = xr.Dataset(
        {
            "cost": (("sample", "strategy"), np.stack([np.zeros(1_000), rng.normal(1_500, 300, 1_000)], 1)),
            "qaly": (("sample", "strategy"), np.stack([np.zeros(1_000), effect], 1)),
        },
        coords={"strategy": ["old", "new"]},
    )
    appraisal = appraise(outcomes, pd.DataFrame({"effect": effect}), comparator="old", thresholds=[20_000])
    return results_of_psa(appraisal, affected=Affected(1_000, "1,000 people"))


def test_a_model_of_four_strategies_has_the_published_point_estimates(four):
    table = four.tables["headline"]
    point = table[table["basis"] == "point"].set_index(["quantity", "strategy"])["value"]
    assert point["cost", "standard of care"] == pytest.approx(152_262, abs=0.5)
    assert point["cost", "A and B"] == pytest.approx(379_955, abs=0.5)
    assert point["qaly", "B"] == pytest.approx(22.511, abs=5e-4)


def test_probabilities_of_being_the_best_add_up_and_the_best_loses_the_evpi(four):
    table = four.tables["headline"]
    for threshold in four.thresholds:
        best = table[table["quantity"] == f"probability_best_at_{threshold:.0f}"]["value"]
        assert best.sum() == pytest.approx(1)
        loss = table[table["quantity"] == f"expected_loss_at_{threshold:.0f}"]["value"]
        evpi = table[table["quantity"] == f"evpi_at_{threshold:.0f}"]["value"].item()
        assert loss.min() == pytest.approx(evpi)


def test_costs_by_component_add_up_to_the_costs(four, small):
    for results in (four, small):
        table = results.tables["costs"]
        keys = ["scenario", "strategy", "versus"]
        parts = table[table["by"] == "component"].groupby(keys)["value"].sum()
        assert parts.to_numpy() == pytest.approx(table[table["by"] == "all"].set_index(keys)["value"][parts.index])


def test_years_add_up_to_the_undiscounted_whole(four):
    table = four.tables["by_year"]
    lived = table[table["quantity"] == "qaly"].groupby("strategy")["value"].sum()
    assert (lived > 20).all()
    assert set(table["year"]) == set(range(1, 76)) or set(table["year"]) == set(range(75))


def test_a_variation_of_the_yearly_volume_shows(tmp_path, small):
    text = (Path(__file__).parents[1] / "report" / "small_model" / "inputs.toml").read_text(encoding="utf-8")
    assert "annual_volume" in text
    varied = small.inputs.with_changes({"settings.annual_volume.value": 2 * small.inputs.annual_volume})
    assert varied.annual_volume == 2 * small.inputs.annual_volume


def test_scenarios_are_asked_for_by_name(small):
    first = next(iter(small.scenarios))
    assert small[first] is small.first
    with pytest.raises(hm.HeemodelError, match="no scenario"):
        small["nonsuch"]


@pytest.mark.parametrize("which", ["four", "small", "psa"])
def test_keeping_and_reading_loses_nothing(which, request, tmp_path):
    results = request.getfixturevalue(which)
    again = Results.load(results.save(tmp_path / "kept"))
    assert list(again.tables) == list(results.tables)
    for name, table in results.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name], check_dtype=False)
    for result in results:
        xr.testing.assert_identical(result.outcomes, again[result.name].outcomes)
        xr.testing.assert_identical(result.draws, again[result.name].draws)
        same(result.appraisal, again[result.name].appraisal)
        assert list(result.checks) == list(again[result.name].checks)
    assert again.record == results.record
    assert again.currency == results.currency
    assert (again.inputs is None) == (results.inputs is None)


def same(one, other):
    """Two appraisals, field by field."""
    for field in dataclasses.fields(one):
        mine, others = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, others, check_dtype=False)
        elif field.name != "cea":
            assert list(mine) == list(others) if isinstance(mine, list | tuple) else mine == others


def test_inputs_changed_in_memory_are_kept_with_their_changes(tmp_path):
    model = hm.load_model(MODELS / "sumatriptan")
    changed = model.inputs.with_changes({"parameters.emergency.value": 0.2})
    results = analyse(model, inputs=changed, draws=100)
    again = Results.load(results.save(tmp_path / "kept"))
    assert again.inputs.parameters["emergency"].value == 0.2


def test_folders_that_hold_no_results_or_broken_ones_are_told(tmp_path, psa):
    with pytest.raises(hm.HeemodelError, match="holds no results"):
        Results.load(tmp_path)
    kept = psa.save(tmp_path / "kept")
    path = kept / "saved" / "results.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, "form": 0}), encoding="utf-8")
    with pytest.raises(hm.HeemodelError, match="another version"):
        Results.load(kept)
    content["results"]["kind"] = "os:system"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(hm.HeemodelError, match="cannot be read"):
        Results.load(kept)


def test_every_table_says_what_its_columns_are(four, small, psa):
    for results in (four, small, psa):
        for name, table in results.tables.items():
            doc = TABLES[name].__doc__
            own = "those of" in doc
            for column in table.columns if not own else ["scenario"]:
                assert column in doc, (name, column)


def test_draws_of_a_scenario_do_not_depend_on_which_others_are_run(small):
    names = list(small.scenarios)
    alone = analyse(Path(__file__).parents[1] / "report" / "small_model", draws=500, scenarios=names[1:])
    xr.testing.assert_identical(alone[names[1]].outcomes, small[names[1]].outcomes)


def test_an_unknown_scenario_is_told_with_the_nearest(small):
    with pytest.raises(hm.HeemodelError, match="no scenario 'nonsuch'"):
        analyse(Path(__file__).parents[1] / "report" / "small_model", draws=100, scenarios=["nonsuch"])


def no_room(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_results_are_saved_into_a_folder_of_their_own_only(tmp_path, psa, monkeypatch):
    kept = psa.save(tmp_path / "kept")
    psa.save(kept)  # earlier results are replaced
    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", no_room)
        with pytest.raises(hm.HeemodelError, match="No space left"):
            psa.save(kept)
    assert Results.load(kept).strategies == psa.strategies  # which stay where new ones cannot be written
    assert {path.name for path in kept.iterdir()} == {"samples.nc", "saved"}
    (kept / "saved" / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(hm.HeemodelError, match=r"saved/thesis\.txt"):
        psa.save(kept)
    for name, text in (("samples.nc", "precious"), ("saved/results.json", "{}")):
        mine = tmp_path / name.replace("/", "_")
        (mine / name).parent.mkdir(parents=True)
        (mine / name).write_text(text, encoding="utf-8")
        with pytest.raises(hm.HeemodelError, match="other files"):
            psa.save(mine)
        assert (mine / name).read_text(encoding="utf-8") == text
    with pytest.raises(hm.HeemodelError, match="is a file"):
        psa.save(mine / "saved" / "results.json")


def test_the_best_intervention_is_compared_with_the_best_of_the_others(four, small):
    benefit = four.first.cea.net_benefit([four.thresholds[0]]).isel(threshold=0).mean("sample").to_series()
    order = [name for name in benefit.sort_values(ascending=False).index if name != "standard of care"]
    assert four.first.appraisal.focus == order[0]
    assert four.first.appraisal.rival == benefit.drop(order[0]).idxmax()
    assert set(four.tables["tornado"]["versus"]) == {four.first.appraisal.rival}
    gap = benefit[order[0]] - benefit.drop(order[0]).max()
    assert four.first.appraisal.tornado["mean"].iloc[0] == pytest.approx(gap)
    assert {result.appraisal.rival for result in small} == {small.comparator}


def test_the_record_says_what_the_model_is(four, small, psa):
    (structure,) = four.record.structure
    assert structure.startswith("cohort of 4 states in cycles of 1 year")
    assert "from age 25" in structure
    assert len(small.record.structure) == 1
    assert list(psa.record.structure) == []

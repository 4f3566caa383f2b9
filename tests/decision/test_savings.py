"""Savings by component, group and step."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.decision import by_group, running, volume_needed
from heemodel.decision.savings import saving_table, total_saving

COST = xr.Dataset(
    {
        "cost": (
            ("sample", "strategy", "component"),
            [[[10.0, 5.0, 1.0], [4.0, 7.0, 1.0]], [[12.0, 5.0, 1.0], [4.0, 7.0, 1.0]]],
        )
    },
    coords={"strategy": ["old", "new"], "component": ["bed", "drug", "home"]},
)
STEPS = {"bed": "gross", "drug": "procedure", "home": "procedure"}


def test_a_saving_is_comparator_minus_intervention():
    saved = hm.decision.saving(COST, comparator="old", intervention="new")
    assert saved.to_numpy().tolist() == [[6, -2, 0], [8, -2, 0]]


def test_steps_run_from_gross_to_net():
    saved = hm.decision.saving(COST, comparator="old", intervention="new")
    steps = by_group(saved, STEPS, "step")
    assert steps["step"].to_numpy().tolist() == ["gross", "procedure"]
    assert running(steps).mean("sample").to_numpy().tolist() == [7, 5]


def test_a_component_without_a_group_is_refused():
    saved = hm.decision.saving(COST, comparator="old", intervention="new")
    with pytest.raises(hm.decision.OutcomeError, match="'home' has no payer"):
        by_group(saved, {"bed": "NHS", "drug": "NHS"}, "payer")


def test_unknown_strategies_and_costs_without_components_are_refused():
    with pytest.raises(hm.decision.OutcomeError, match="did you mean 'new'"):
        hm.decision.saving(COST, comparator="old", intervention="nww")
    with pytest.raises(hm.decision.OutcomeError, match="no dimension 'component'"):
        hm.decision.saving(COST.sum("component"), comparator="old", intervention="new")


def test_the_volume_needed_is_claim_over_mean_or_never():
    assert volume_needed(xr.DataArray(np.array([1.0, 3.0]), dims="sample"), 100.0) == 50.0
    assert volume_needed(xr.DataArray(-1.0), 100.0) is None


def test_cost_alone_says_what_is_saved_and_how_probably():
    table = saving_table(COST, comparator="old").set_index(["strategy", "quantity"])
    assert table.loc[("old", "cost"), "value"] == 17
    assert table.loc[("new", "saving"), "value"] == 5
    assert table.loc[("new", "saving"), "mcse"] == pytest.approx(1.0)
    assert [table.loc[("new", "saving"), end] for end in ("lower", "upper")] == pytest.approx([4.05, 5.95])
    chance = table.loc[("new", "probability_saving")]
    assert (chance["value"], chance["mcse"]) == (1.0, 0.5)
    assert ("old", "saving") not in table.index


def test_the_whole_saving_is_that_of_all_components_and_groups():
    parts = hm.decision.saving(COST, comparator="old", intervention="new")
    whole = total_saving(COST, comparator="old", intervention="new")
    xr.testing.assert_identical(whole, parts.sum("component").rename(whole.name))
    twice = xr.concat([COST, 3 * COST], "group").assign_coords(group=["a", "b"])
    weighted = total_saving(twice, comparator="old", intervention="new", weights={"a": 0.5, "b": 0.5})
    assert weighted.to_numpy().tolist() == [8, 12]
    table = saving_table(twice, comparator="old", weights={"a": 0.5, "b": 0.5}).set_index("quantity")
    assert table.loc["saving", "value"] == 10


def test_a_deterministic_saving_has_no_interval():
    table = saving_table(COST.mean("sample"), comparator="old").set_index("quantity")
    assert table.loc["saving", "value"] == 5
    assert table["mcse"].isna().all()


@pytest.mark.parametrize(
    ("data", "comparator", "said"),
    [
        (COST, "odl", "did you mean 'old'"),
        (COST.rename(cost="price"), "old", "have no 'cost'; they have price$"),
        (COST.expand_dims(group=["a"]), "old", "have the dimension 'group'; give weights"),
    ],
)
def test_costs_that_cannot_be_compared_are_refused(data, comparator, said):
    with pytest.raises(hm.decision.OutcomeError, match=said):
        saving_table(data, comparator=comparator)
    with pytest.raises(hm.decision.OutcomeError, match=said):
        total_saving(data, comparator=comparator, intervention="new")


def test_outcomes_without_qalys_are_shown_the_way_to_the_table_of_savings():
    with pytest.raises(
        hm.decision.OutcomeError, match="have no 'qaly'; they have cost; for cost alone there is saving_table"
    ):
        hm.CostEffectiveness(COST, comparator="old")

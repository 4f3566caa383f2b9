"""Savings by component, group and step."""

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.decision import by_group, running, volume_needed

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
    saved = hm.saving(COST, comparator="old", intervention="new")
    assert saved.to_numpy().tolist() == [[6, -2, 0], [8, -2, 0]]


def test_steps_run_from_gross_to_net():
    saved = hm.saving(COST, comparator="old", intervention="new")
    steps = by_group(saved, STEPS, "step")
    assert steps["step"].to_numpy().tolist() == ["gross", "procedure"]
    assert running(steps).mean("sample").to_numpy().tolist() == [7, 5]


def test_a_component_without_a_group_is_refused():
    saved = hm.saving(COST, comparator="old", intervention="new")
    with pytest.raises(hm.OutcomeError, match="'home' has no payer"):
        by_group(saved, {"bed": "NHS", "drug": "NHS"}, "payer")


def test_unknown_strategies_and_costs_without_components_are_refused():
    with pytest.raises(hm.OutcomeError, match="did you mean 'new'"):
        hm.saving(COST, comparator="old", intervention="nww")
    with pytest.raises(hm.OutcomeError, match="no dimension 'component'"):
        hm.saving(COST.sum("component"), comparator="old", intervention="new")


def test_the_volume_needed_is_claim_over_mean_or_never():
    assert volume_needed(xr.DataArray(np.array([1.0, 3.0]), dims="sample"), 100.0) == 50.0
    assert volume_needed(xr.DataArray(-1.0), 100.0) is None

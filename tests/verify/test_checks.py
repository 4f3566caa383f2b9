"""Every check passes on a sound analysis and fires on one that is broken."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.verify import checks


@pytest.fixture
def analysis():
    """A small sound model with its draws, outcomes and central values."""
    model = hm.CohortModel(
        states=["well", "ill", "dead"],
        strategies=["old", "new"],
        start={"well": 1.0},
        cycle_length="1 year",
        horizon="6 years",
        discount=hm.Discount(cost=0.035, qaly=0.035, timing="year"),
        transitions=lambda p, time: {
            ("well", "ill"): p.incidence * hm.by_strategy({"old": 1.0, "new": 0.5}),
            ("ill", "dead"): 0.2,
        },
        payoffs=lambda p, time: hm.Payoffs(cost={"care": {"ill": p.price}}, qaly={"well": 1.0, "ill": 0.5}),
    )
    rng = np.random.default_rng(1)
    draws = xr.Dataset(
        {"incidence": ("sample", rng.uniform(0.1, 0.3, 50)), "price": ("sample", rng.gamma(9, 100, 50))},
        {"sample": np.arange(50)},
    )
    central = xr.Dataset({"incidence": 0.2, "price": 900.0})
    return model, draws, model.run(draws), central


def failed(found):
    return [check.name for check in found if not check.passed]


def test_a_sound_analysis_passes_every_check(analysis):
    model, draws, outcomes, central = analysis
    found = hm.verify.run_checks(model, draws, outcomes, central=central, comparator="old")
    assert len(found) == 11
    assert failed(found) == []


def test_outcomes_of_other_draws_are_noticed(analysis):
    model, draws, outcomes, central = analysis
    shifted = outcomes.roll(sample=1)
    assert "A draw's outcome does not depend on the other draws" in failed(
        hm.verify.run_checks(model, draws, shifted, central=central, comparator="old")
    )


def test_a_function_that_mixes_draws_is_noticed(analysis):
    model, draws, _, central = analysis
    mixed = replace(model, transitions=lambda p, time: {("well", "ill"): p.incidence / p.incidence.max() / 10})
    assert "A draw's outcome does not depend on the other draws" in failed(
        hm.verify.run_checks(mixed, draws, mixed.run(draws), central=central, comparator="old")
    )


def test_utilities_above_1_are_noticed(analysis):
    model, draws, _, central = analysis
    better = replace(model, payoffs=lambda p, time: hm.Payoffs(cost={"care": {"ill": p.price}}, qaly={"well": 60.0}))
    assert "Nobody gains more QALYs than life-years" in failed(
        hm.verify.run_checks(better, draws, better.run(draws), central=central, comparator="old")
    )


def test_a_model_with_groups_is_checked_too(analysis):
    model, draws, _, central = analysis
    grouped = replace(model, groups=["men", "women"])
    found = hm.verify.run_checks(grouped, draws, grouped.run(draws), central=central, comparator="old")
    assert failed(found) == []


def test_missing_time_is_noticed(analysis):
    model, draws, outcomes, central = analysis
    short = outcomes.assign(years_in_state=outcomes["years_in_state"] * 0.99)
    assert "The years in all states add up to the horizon" in failed(
        hm.verify.run_checks(model, draws, short, central=central, comparator="old")
    )


def test_a_wrong_kernel_is_noticed_by_the_second_engine(analysis, monkeypatch):
    model, draws, _, _ = analysis
    true_run = hm.CohortModel.run
    monkeypatch.setattr(hm.CohortModel, "run", lambda self, d: true_run(self, d) * (1 + 1e-6))
    assert not checks._second_engine(checks.Runs(model, draws))[0].passed


def test_people_who_vanish_or_rise_are_noticed(analysis):
    model, draws, _, _ = analysis
    trace = model.trace(draws)
    assert not checks._occupancy_adds_up(model, trace * 0.999).passed
    assert not checks._occupancy_adds_up(model, trace.assign(lower=trace["lower"] - 0.1)).passed
    backwards = trace.assign(mean=trace["mean"].isel(cycle=slice(None, None, -1)).assign_coords(cycle=trace["cycle"]))
    assert not checks._nobody_rises(model, backwards).passed


def test_discounting_that_raises_a_cost_is_noticed(analysis):
    model, draws, outcomes, _ = analysis
    assert not checks._discounting_lowers(model, draws, outcomes * 1.5).passed


def test_a_point_estimate_that_is_not_a_draw_is_noticed(analysis):
    model, _, _, central = analysis
    fickle = replace(
        model,
        transitions=lambda p, time: {("well", "ill"): p.incidence * (0.5 if "sample" in p.incidence.dims else 1.0)},
    )
    assert not checks._point_is_a_draw(fickle, central).passed


def test_increments_that_do_not_negate_are_noticed(analysis, monkeypatch):
    _, _, outcomes, _ = analysis
    monkeypatch.setattr(hm.CostEffectiveness, "incremental", lambda self, o: o.sel(strategy=self.interventions) + 1.0)
    assert not checks._swapping_negates(outcomes, "old").passed


def test_acceptability_that_does_not_add_up_is_noticed(analysis, monkeypatch):
    _, _, outcomes, _ = analysis
    true_curve = hm.CostEffectiveness.acceptability
    monkeypatch.setattr(hm.CostEffectiveness, "acceptability", lambda self, t: true_curve(self, t) * 0.9)
    assert not checks._acceptability_adds_up(outcomes, "old").passed


def test_a_model_that_misses_its_evidence_is_noticed():
    wanted = xr.DataArray([10.0, 20.0], dims="sample")
    assert hm.verify.check_close("stay", wanted * 1.0009, wanted, tolerance=0.001).passed
    assert not hm.verify.check_close("stay", wanted * 1.0011, wanted, tolerance=0.001).passed
    one_missing = xr.DataArray([np.nan, 20.0], dims="sample")
    assert not hm.verify.check_close("stay", one_missing, wanted, tolerance=0.001).passed

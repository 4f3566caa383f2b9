"""What so few draws cannot say is refused, or left without an error; whether or not they happen to be alike."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.decision import share, summarise


def psa(samples, *, constant=False):
    """Outcomes and draws; `constant` where the parameter is the same in all of them."""
    effect = np.full(samples, 0.1) if constant else np.linspace(0.0, 0.2, samples)
    outcomes = xr.Dataset(
        {
            "cost": (("sample", "strategy"), np.stack([0 * effect, 1_000 + 100 * effect], 1)),
            "qaly": (("sample", "strategy"), np.stack([0 * effect, effect], 1)),
        },
        coords={"strategy": ["old", "new"]},
    )
    return hm.CostEffectiveness(outcomes, comparator="old"), pd.DataFrame({"effect": effect})


STUDY = hm.voi.normal_mean_study("effect", sd=1.0)
REGRESSED = {
    "evppi": lambda cea, draws, _: hm.voi.evppi(cea, draws, ["effect"], thresholds=20_000),
    "evppi_each": lambda cea, draws, _: hm.voi.evppi_each(cea, draws, thresholds=20_000),
    "evsi": lambda cea, draws, _: hm.voi.evsi(cea, draws, STUDY, n=10, thresholds=20_000),
    "nested_evppi": lambda cea, draws, _: hm.voi.nested_evppi(
        lambda p: xr.Dataset(
            {"cost": p.effect * xr.DataArray([0.0, 1.0], dims="strategy", coords={"strategy": ["a", "b"]})}
        ).assign(qaly=lambda made: made.cost),
        draws,
        ["effect"],
        thresholds=20_000,
        outer=4,
        inner=4,
    ),
    "tornado": lambda _, draws, benefit: hm.sensitivity.tornado(benefit, draws),
    "conditional_means": lambda _, draws, benefit: hm.sensitivity.conditional_means(benefit, draws),
    "first_order": lambda _, draws, benefit: hm.sensitivity.first_order(benefit, draws),
    "switching_table": lambda _, draws, benefit: hm.sensitivity.switching_table(benefit, draws, ["effect"]),
}


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 49), st.booleans())
@pytest.mark.parametrize("call", REGRESSED.values(), ids=REGRESSED)
def test_nothing_is_learnt_from_fewer_than_fifty_draws(call, samples, constant):
    cea, draws = psa(samples, constant=constant)
    benefit = cea.incremental_net_benefit("new", threshold=20_000)
    with pytest.raises(hm.decision.OutcomeError, match="50"):
        call(cea, draws, benefit)


@pytest.mark.parametrize("call", [hm.sensitivity.linear_metamodel, hm.sensitivity.rank_correlations])
@pytest.mark.parametrize("samples", [1, 2, 3])
def test_no_slope_is_told_from_fewer_than_four_draws(call, samples):
    cea, draws = psa(samples)
    with pytest.raises(hm.decision.OutcomeError, match=f"{samples} samples? (is|are) too few.*at least 4"):
        call(cea.incremental_net_benefit("new", threshold=20_000), draws)


@pytest.mark.parametrize("samples", [1, 2, 19])
def test_no_more_draws_are_worked_out_from_fewer_than_twenty(samples):
    cea, _ = psa(samples)
    benefit = cea.incremental_net_benefit("new", threshold=20_000)
    for call in (hm.decision.cumulative_mean, lambda one: hm.decision.draws_needed(one, half_width=1.0)):
        with pytest.raises(hm.decision.OutcomeError, match="at least 20"):
            call(benefit)


@pytest.mark.parametrize("samples", [1, 2, 19])
def test_nothing_is_drawn_again_from_fewer_than_twenty(samples):
    with pytest.raises(hm.decision.OutcomeError, match="at least 20"):
        hm.sensitivity.sobol(lambda p: p["effect"], psa(samples)[1], draws=8, seed=1)


@given(st.floats(-1e6, 1e6))
def test_one_draw_has_a_value_and_no_error(value):
    one = summarise(xr.DataArray([value], dims="sample"))
    assert (one.value, one.lower, one.upper, one.mcse) == (value, None, None, None)


@pytest.mark.parametrize("happens", [True, False])
def test_one_draw_of_an_event_has_no_error(happens):
    event = xr.DataArray([happens], dims="sample")
    assert (share(event).value, share(event).mcse) == (float(happens), None)
    assert summarise(event).mcse is None


@given(st.integers(2, 1_000), st.booleans())
def test_the_error_of_a_probability_is_never_above_one_half(samples, happens):
    found = share(xr.DataArray(np.full(samples, happens), dims="sample"))
    assert found.mcse == pytest.approx(min(1.5 / samples, 0.5))


def test_tables_of_one_draw_state_no_errors():
    cea, _ = psa(1)
    for table in (cea.table([20_000]), cea.net_benefit_table([20_000])):
        assert len(table)
        assert table[["lower", "upper", "mcse"]].isna().all(axis=None)
    assert np.isnan(cea.evpi([20_000])["mcse"].item())

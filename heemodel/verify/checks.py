"""The checks that every analysis goes through.

After TECH-VER: Büyükkaramikli et al. 2019, doi 10.1007/s40273-019-00844-y.
"""

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from heemodel.decision import CostEffectiveness
from heemodel.structures import CohortModel, Discount
from heemodel.verify.naive_cohort import naive_run

ROUNDING = 1e-9
NAIVE_SAMPLES = 3
NAIVE_STEPS = 10_000
"""Cycles of single cohorts that the plain engine is given at most, unless one draw alone has more."""
SAMPLES = 200


@dataclass(frozen=True)
class Check:
    """One check: its name, whether it passed, and the figure that decided."""

    name: str
    passed: bool
    detail: str


def check_close(name: str, found: xr.DataArray, wanted: xr.DataArray, *, tolerance: float) -> Check:
    """Passes if no value differs from what is wanted by more than `tolerance`, relative to what is wanted."""
    relative = float((abs(found - wanted) / abs(wanted)).max(skipna=False))
    return Check(name, relative <= tolerance, f"largest relative difference {relative:.1e}; allowed {tolerance:g}")


def run_checks(
    model: CohortModel, draws: xr.Dataset, outcomes: xr.Dataset, *, central: xr.Dataset, comparator: str
) -> list[Check]:
    """Run all checks on an analysis.

    Parameters
    ----------
    model, draws, outcomes : the model, what it was run with and what came out, dimension `sample`
    central : central values of the parameters, without `sample`
    comparator : the strategy compared with

    Returns
    -------
    list of Check, in a fixed order
    """
    few = draws.isel(sample=slice(0, SAMPLES))
    compared = outcomes.mean("group") if "group" in outcomes.dims else outcomes
    trace, base = model.trace(few), model.run(few)
    return [
        _occupancy_adds_up(model, trace),
        _nobody_rises(model, trace),
        _second_engine(model, draws),
        _draws_stand_alone(model, draws, outcomes),
        _qalys_fit(base),
        _life_years_fit(model, outcomes),
        _discounting_lowers(model, few, base),
        _point_is_a_draw(model, central),
        _swapping_negates(compared, comparator),
        _acceptability_adds_up(compared, comparator),
    ]


def _within(name: str, difference: float, tolerance: float = ROUNDING) -> Check:
    return Check(name, difference <= tolerance, f"largest difference {difference:.1e}; allowed {tolerance:g}")


def _relative(found: xr.DataArray, wanted: xr.DataArray) -> float:
    """Largest difference, relative to the largest value wanted."""
    return float(abs(found - wanted).max(skipna=False) / max(float(np.abs(wanted).max()), ROUNDING))


def _occupancy_adds_up(model: CohortModel, trace: xr.Dataset) -> Check:
    people = trace["mean"].sum("state")
    all_there = 1.0 if model.start_in == "shares" else people.isel(cycle=0)
    off = 0.0 if model.intake else float(np.abs(people - all_there).max())
    below = -float(trace["lower"].min())
    return _within("Everyone is in exactly one state at every time", max(off, below))


def _nobody_rises(model: CohortModel, trace: xr.Dataset) -> Check:
    dead = trace["mean"].sel(state=list(model.dead_states)).sum("state")
    fall = -float(dead.diff("cycle").min())
    return _within("Nobody returns from the dead", max(fall, 0.0))


def _second_engine(model: CohortModel, draws: xr.Dataset) -> Check:
    steps = model.cycles * len(model.strategies) * max(1, len(model.groups))
    few = draws.isel(sample=slice(0, min(NAIVE_SAMPLES, max(1, NAIVE_STEPS // steps))))
    fast, slow = model.run(few), naive_run(model, few)
    off = max(_relative(fast["cost"].sum("component"), slow["cost"]), _relative(fast["qaly"], slow["qaly"]))
    said = "the first draw" if few.sizes["sample"] == 1 else f"{few.sizes['sample']} draws"
    return _within(f"A second engine, written plainly, agrees on {said}", off)


def _draws_stand_alone(model: CohortModel, draws: xr.Dataset, outcomes: xr.Dataset) -> Check:
    """Some draws run by themselves give what they gave among all: no draw depends on its neighbours."""
    off = 0.0
    for size in (NAIVE_SAMPLES, SAMPLES):
        alone = model.run(draws.isel(sample=slice(0, size)))
        among = outcomes.isel(sample=slice(0, size))
        off = max(off, *(float(np.abs(alone[name] - among[name]).max()) for name in ("cost", "qaly")))
    return _within("A draw's outcome does not depend on the other draws", off, 0.0)


def _qalys_fit(base: xr.Dataset) -> Check:
    excess = float((base["qaly"] - base["life_years"]).max())
    return _within("Nobody gains more QALYs than life-years", max(excess, 0.0))


def _life_years_fit(model: CohortModel, outcomes: xr.Dataset) -> Check:
    horizon = float(model.timing.points()[-1])
    off = outcomes["years_in_state"].sum("state") - horizon
    return _within("The years in all states add up to the horizon", float(np.abs(off).max()) / horizon)


def _discounting_lowers(model: CohortModel, few: xr.Dataset, base: xr.Dataset) -> Check:
    plain = replace(model, discount=Discount(cost=0.0, qaly=0.0, timing=model.discount.timing)).run(few)
    excess = float((base["cost"] - plain["cost"]).where(plain["cost"] >= 0, 0.0).max() / np.abs(plain["cost"]).max())
    return _within("Discounting never makes a cost larger", max(excess, 0.0))


def _point_is_a_draw(model: CohortModel, central: xr.Dataset) -> Check:
    point = model.run(central)
    twice = model.run(central.expand_dims(sample=[0, 1]))
    off = max(float(np.abs(twice[name] - point[name]).max()) for name in ("cost", "qaly"))
    return _within("A draw at the central values gives the point estimate", off, 0.0)


def _swapping_negates(outcomes: xr.Dataset, comparator: str) -> Check:
    ahead = CostEffectiveness(outcomes, comparator=comparator)
    off = 0.0
    for other in ahead.interventions:
        back = CostEffectiveness(outcomes, comparator=other)
        for one, two in ((ahead.cost, back.cost), (ahead.qaly, back.qaly)):
            total = ahead.incremental(one).sel(strategy=other) + back.incremental(two).sel(strategy=comparator)
            off = max(off, float(np.abs(total).max()))
    return _within("Swapping the strategies negates every increment", off, 0.0)


def _acceptability_adds_up(outcomes: xr.Dataset, comparator: str) -> Check:
    curve = CostEffectiveness(outcomes, comparator=comparator).acceptability(np.linspace(0, 50_000, 11))
    return _within("Acceptability adds up to 1 at every threshold", float(np.abs(curve.sum("strategy") - 1).max()))

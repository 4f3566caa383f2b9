"""The checks that every analysis goes through.

After TECH-VER: Büyükkaramikli et al. 2019, doi 10.1007/s40273-019-00844-y.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
import xarray as xr

from heemodel.decision import CostEffectiveness
from heemodel.errors import HeemodelError
from heemodel.structures import DecisionModel, Discount
from heemodel.structures.cycles import Cycles
from heemodel.structures.draws import Draws, read_draws
from heemodel.structures.outcomes import NOT_COUNTED_IN
from heemodel.structures.protocol import WithInvariants
from heemodel.verify.second_engine import second_engine

ROUNDING = 1e-9
NAIVE_SAMPLES = 3
NAIVE_STEPS = 10_000
"""Cycles of single cohorts that the plain engine is given at most, unless one draw alone has more."""
SAMPLES = 200
LAST_DIGITS = 1e-12
"""What the same arithmetic may differ by where a model's own function adds up many numbers in another order."""


@runtime_checkable
class FollowsPeople(Protocol):
    """A model that follows people from state to state in cycles, as a cohort model does."""

    start_in: str
    intake: Any
    correction: Any
    discount: Discount

    @property
    def dead_states(self) -> Sequence[str]:
        """The states in which nobody lives."""

    @property
    def timing(self) -> Cycles:
        """Its cycles."""

    def trace(self, draws: xr.Dataset) -> xr.Dataset:
        """Occupancy over time."""

    def final_shares(self, draws: xr.Dataset) -> xr.DataArray:
        """Occupancy at the end."""

    def run(self, draws: xr.Dataset) -> xr.Dataset:
        """Outcomes."""


@dataclass(frozen=True)
class Check:
    """One check: its name, whether it passed, and the figure that decided."""

    name: str
    passed: bool
    detail: str


class Runs:
    """The outcomes of parts of the draws, each part run by itself, and only once."""

    def __init__(self, model: DecisionModel, draws: xr.Dataset) -> None:
        self.model, self.draws = model, draws
        self._outcomes: dict[range, xr.Dataset] = {}

    def draws_of(self, part: range) -> xr.Dataset:
        """Some of the draws."""
        return self.draws.isel(sample=slice(part.start, part.stop))

    def of(self, part: range) -> xr.Dataset:
        """What some of the draws give."""
        part = range(part.start, min(part.stop, self.draws.sizes["sample"]))
        if part not in self._outcomes:
            self._outcomes[part] = self.model.run(self.draws_of(part))
        return self._outcomes[part]


def check_close(name: str, found: xr.DataArray, wanted: xr.DataArray, *, tolerance: float) -> Check:
    """Passes if no value differs from what is wanted by more than `tolerance`, relative to what is wanted."""
    relative = float((abs(found - wanted) / abs(wanted)).max(skipna=False))
    return Check(name, relative <= tolerance, f"largest relative difference {relative:.1e}; allowed {tolerance:g}")


def run_checks(
    model: DecisionModel, draws: Draws, outcomes: xr.Dataset, *, central: Draws, comparator: str | None
) -> list[Check]:
    """Run all checks on an analysis that its model, of whatever kind, can be put to.

    Every model: its outcomes are finite numbers, it agrees with a second implementation where there is one, keeps its
    own invariants, a draw stands alone, a point estimate is a draw; with several strategies, swapping them negates and
    acceptability adds up. A model that follows people over time: everyone is in one state, nobody rises from the dead,
    years add up to the horizon. Where life-years are counted: no more QALYs than those.

    Parameters
    ----------
    model, draws, outcomes : the model, what it was run with and what came out, dimension `sample`
    central : one value of each parameter
    comparator : the strategy compared with; for a model of one strategy it is not looked at, and may be None

    Returns
    -------
    list of Check, in a fixed order
    """
    draws, central = read_draws(draws), read_draws(central)
    if "sample" in central.dims:
        raise HeemodelError('central has a dimension sample; give one value of each, as draws.mean("sample")')
    if draws.sizes.get("sample") != outcomes.sizes.get("sample"):
        raise HeemodelError("the outcomes are not those of these draws; give model.run(draws) as it is")
    runs = Runs(model, draws)
    few = runs.draws_of(range(SAMPLES))
    compared = outcomes.mean("group") if "group" in outcomes.dims else outcomes
    base = runs.of(range(SAMPLES))
    checks = [_finite(outcomes)]
    if isinstance(model, FollowsPeople):
        trace = model.trace(few)
        checks += [_occupancy_adds_up(model, trace), _nobody_rises(model, trace)]
    checks += _second_engine(runs)
    checks += _invariants_hold(model, few)
    checks.append(_draws_stand_alone(runs, outcomes))
    checks += _qalys_fit(base)
    if isinstance(model, FollowsPeople):
        checks += [*_years_fit(model, draws, outcomes), _discounting_lowers(model, few, base)]
    checks.append(_point_is_a_draw(model, central))
    if len(model.strategies) > 1:
        if comparator is None:
            raise HeemodelError(f"name the comparator, one of {', '.join(model.strategies)}")
        checks += [_swapping_negates(compared, comparator), _acceptability_adds_up(compared, comparator)]
    return checks


def _within(name: str, difference: float, tolerance: float = ROUNDING) -> Check:
    size = f"{difference:.1e}" if difference else "0"
    return Check(name, difference <= tolerance, f"largest difference {size}; allowed {tolerance:g}")


def _relative(found: xr.DataArray, wanted: xr.DataArray) -> float:
    """Largest difference, relative to the largest value wanted."""
    if not found.size:
        return 0.0
    return float(abs(found - wanted).max(skipna=False) / max(float(np.abs(wanted).max()), ROUNDING))


def _occupancy_adds_up(model: FollowsPeople, trace: xr.Dataset) -> Check:
    people = trace["mean"].sum("state")
    all_there = 1.0 if model.start_in == "shares" else people.isel(cycle=0)
    off = 0.0 if model.intake else float(np.abs(people - all_there).max())
    below = -float(trace["lower"].min())
    return _within("Everyone is in exactly one state at every time", max(off, below))


def _nobody_rises(model: FollowsPeople, trace: xr.Dataset) -> Check:
    dead = trace["mean"].sel(state=list(model.dead_states)).sum("state")
    fall = -float(dead.diff("cycle").min())
    return _within("Nobody returns from the dead", max(fall, 0.0))


def _second_engine(runs: Runs) -> list[Check]:
    model = runs.model
    cycles = sum(getattr(part, "cycles", 1) for part in getattr(model, "models", [model]))
    steps = cycles * len(model.strategies) * max(1, len(model.groups))
    part = range(min(NAIVE_SAMPLES, max(1, NAIVE_STEPS // steps)))
    few = runs.draws_of(part)
    slow = second_engine(model, few)
    if slow is None:
        return []
    fast = runs.of(part)
    off = max(_relative(fast["cost"].sum("component"), slow["cost"]), _relative(fast["qaly"], slow["qaly"]))
    compared_on = "the first draw" if few.sizes["sample"] == 1 else f"{few.sizes['sample']} draws"
    return [_within(f"A second engine, written plainly, agrees on {compared_on}", off)]


def _finite(outcomes: xr.Dataset) -> Check:
    wrong = {str(name): int((~np.isfinite(values)).sum()) for name, values in outcomes.items()}
    failing = [f"{count:,} of {name}" for name, count in wrong.items() if count]
    detail = f"not so: {', '.join(failing)}" if failing else f"{', '.join(wrong)}, every one"
    return Check("Every cost, QALY and count is a finite number", not failing, detail)


def _invariants_hold(model: DecisionModel, draws: xr.Dataset) -> list[Check]:
    """The model's own."""
    held = model.invariants(draws) if isinstance(model, WithInvariants) else {}
    return [_within(name, off) for name, off in held.items()]


def _draws_stand_alone(runs: Runs, outcomes: xr.Dataset) -> Check:
    """Some draws by themselves, one or several, give what they gave among all: no draw depends on its neighbours."""
    off = 0.0
    parts = [range(place, place + 1) for place in range(min(NAIVE_SAMPLES, runs.draws.sizes["sample"]))]
    for part in (*parts, range(NAIVE_SAMPLES), range(SAMPLES)):
        alone, among = runs.of(part), outcomes.isel(sample=slice(part.start, part.stop))
        off = max(off, *(_relative(alone[name], among[name]) for name in ("cost", "qaly")))
    return _within("A draw's outcome does not depend on the other draws", off, LAST_DIGITS)


def _qalys_fit(base: xr.Dataset) -> list[Check]:
    """Where life-years are counted throughout."""
    if "life_years" not in base or NOT_COUNTED_IN in base["life_years"].attrs:
        return []
    excess = float((base["qaly"] - base["life_years"]).max())
    return [_within("Nobody gains more QALYs than life-years", max(excess, 0.0))]


def _years_fit(model: FollowsPeople, draws: xr.Dataset, outcomes: xr.Dataset) -> list[Check]:
    """People times the horizon; where people enter, or counts have weights of their own, there is no such figure."""
    if model.intake or not isinstance(model.correction, str):
        return []
    people = 1.0 if model.start_in == "shares" else model.final_shares(draws).sum("state")
    found = outcomes["years_in_state"].sum("state")
    off = _relative(found, people * float(model.timing.points()[-1]) * xr.ones_like(found))
    return [_within("The years in all states add up to the horizon", off)]


def _discounting_lowers(model: FollowsPeople, few: xr.Dataset, base: xr.Dataset) -> Check:
    undiscounted = Discount(cost=0.0, qaly=0.0, timing=model.discount.timing)
    plain = replace(cast("Any", model), discount=undiscounted).run(few)
    if not base["cost"].size:
        return _within("Discounting never makes a cost larger", 0.0)
    excess = float((base["cost"] - plain["cost"]).where(plain["cost"] >= 0, 0.0).max() / np.abs(plain["cost"]).max())
    return _within("Discounting never makes a cost larger", max(excess, 0.0))


def _point_is_a_draw(model: DecisionModel, central: xr.Dataset) -> Check:
    point = model.run(central)
    twice = model.run(central.expand_dims(sample=[0, 1]))
    off = max(_relative(twice[name], point[name]) for name in ("cost", "qaly"))
    return _within("A draw at the central values gives the point estimate", off, LAST_DIGITS)


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

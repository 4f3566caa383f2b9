"""Full incremental analysis: which strategies are worth having at some threshold, and what each further QALY costs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.summary import summarise

ON_THE_FRONTIER, DOMINATED, EXTENDEDLY_DOMINATED = "on the frontier", "dominated", "extendedly dominated"


class Point(NamedTuple):
    """A strategy on the cost-effectiveness plane; points sort by cost, then from most QALYs to least, then by name."""

    cost: float
    minus_qaly: float
    name: str

    @property
    def qaly(self) -> float:
        """QALYs."""
        return -self.minus_qaly


def incremental_analysis(strategies: Sequence[str], cost: ArrayLike, qaly: ArrayLike) -> pd.DataFrame:
    """Full incremental analysis of any number of strategies.

    A strategy is dominated where another costs no more, gains no fewer QALYs and is better in one of the two. Of those
    left, one is extendedly dominated where its ICER against the next less costly is above that of the next more costly
    one: a mix of its neighbours gains more QALYs for the same money. What remains is the frontier: the strategies of
    highest net benefit at some threshold, each with

        ICER = (cost − cost of the one before) / (QALYs − QALYs of the one before),

    which never falls along it. Figures are compared as they are, without tolerance; where three strategies lie
    exactly on a line, all three are on the frontier. The order of the input does not matter.

    Parameters
    ----------
    strategies : different names
    cost, qaly : mean of each strategy, in money and QALYs per person

    Returns
    -------
    DataFrame sorted by cost, with columns strategy, cost, qaly, versus (the next less costly one on the frontier, ""
    for the first of them), incremental_cost, incremental_qaly, icer (NaN off the frontier), status ("on the frontier",
    "dominated", "extendedly dominated", "equal to …") and dominated_by, in words

    Raises
    ------
    OutcomeError
        if a strategy is there twice or a mean is not a number

    Notes
    -----
    Karlsson and Johannesson 1996, doi 10.2165/00019053-199609020-00003.

    Examples
    --------
    >>> found = incremental_analysis(["a", "b", "c"], cost=[0.0, 100.0, 150.0], qaly=[1.0, 1.1, 1.5])
    >>> found[["strategy", "icer", "status"]].values.tolist()
    [['a', nan, 'on the frontier'], ['b', nan, 'extendedly dominated'], ['c', 300.0, 'on the frontier']]
    """
    points = _points(strategies, cost, qaly)
    firsts = {(point.cost, point.qaly): point for point in reversed(points)}
    different = [point for point in points if firsts[point.cost, point.qaly] is point]
    undominated = _undominated(different)
    frontier = _frontier(undominated)
    rows = []
    for point in points:
        first = firsts[point.cost, point.qaly]
        says = _row(first, undominated, frontier)
        if first is not point:
            says = {"status": f"equal to {first.name}", "dominated_by": says["dominated_by"]}
        rows.append({"strategy": point.name, "cost": point.cost, "qaly": point.qaly, "versus": ""} | says)
    numbers = dict.fromkeys(["incremental_cost", "incremental_qaly", "icer"], float)
    columns = ["strategy", "cost", "qaly", "versus", *numbers, "status", "dominated_by"]
    return pd.DataFrame(rows, columns=columns).astype(numbers)


def incremental_table(cost: xr.DataArray, qaly: xr.DataArray) -> pd.DataFrame:
    """Full incremental analysis of the means over samples; see `incremental_analysis`.

    Parameters
    ----------
    cost, qaly : dimension `strategy`, and `sample` unless deterministic

    Returns
    -------
    DataFrame of `incremental_analysis` and the columns lower, upper (95% interval) and mcse of both increments,
    incremental_cost_lower and so on; NaN off the frontier and without samples. A ratio has no interval: it means
    nothing where increments change sign
    """
    names = [str(name) for name in cost["strategy"].to_numpy()]
    mean_cost, mean_qaly = (one.mean([dim for dim in one.dims if dim == "sample"]) for one in (cost, qaly))
    table = incremental_analysis(names, mean_cost.to_numpy(), mean_qaly.to_numpy())
    pairs = list(zip(table["strategy"], table["versus"], strict=True))
    for name, outcome in (("cost", cost), ("qaly", qaly)):
        found = [
            summarise(outcome.sel(strategy=one, drop=True) - outcome.sel(strategy=other, drop=True)) if other else None
            for one, other in pairs
        ]
        for field in ("lower", "upper", "mcse"):
            values = [getattr(summary, field, None) for summary in found]
            table[f"incremental_{name}_{field}"] = np.array(values, dtype=float)
    return table


def _points(strategies: Sequence[str], cost: ArrayLike, qaly: ArrayLike) -> list[Point]:
    """The strategies in order of cost."""
    names = [str(name) for name in strategies]
    costs, qalys = np.atleast_1d(np.asarray(cost, dtype=float)), np.atleast_1d(np.asarray(qaly, dtype=float))
    if not len(names) == len(costs) == len(qalys) or costs.ndim + qalys.ndim > 2:
        raise OutcomeError(
            f"there are {len(names)} strategies, costs of shape {costs.shape} and QALYs of shape {qalys.shape}; give "
            "one mean cost and one mean QALY for each strategy"
        )
    problems = [f"strategy {name!r} is there twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    for what, values in (("cost", costs), ("QALYs", qalys)):
        problems += [
            f"{what} of strategy {name!r} is {value}; give a number"
            for name, value in zip(names, values, strict=True)
            if not np.isfinite(value)
        ]
    if problems:
        raise OutcomeError("\n".join(problems))
    return sorted(Point(float(c), -float(q), name) for name, c, q in zip(names, costs, qalys, strict=True))


def _undominated(points: Sequence[Point]) -> list[Point]:
    """Those that gain more QALYs than every less costly one."""
    kept: list[Point] = []
    for point in points:
        if not kept or point.qaly > kept[-1].qaly:
            kept.append(point)
    return kept


def _frontier(undominated: Sequence[Point]) -> list[Point]:
    """Those whose ICERs rise: the convex hull from the least costly to the most effective."""
    kept: list[Point] = []
    for point in undominated:
        while len(kept) > 1 and _icer(kept[-2], kept[-1]) > _icer(kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _icer(before: Point, after: Point) -> float:
    return (after.cost - before.cost) / (after.qaly - before.qaly)


def _row(point: Point, undominated: Sequence[Point], frontier: Sequence[Point]) -> dict[str, object]:
    """What the analysis says of one strategy."""
    if point in frontier:
        says: dict[str, object] = {"status": ON_THE_FRONTIER, "dominated_by": ""}
        place = frontier.index(point)
        if place == 0:
            return says
        before = frontier[place - 1]
        increments = {"incremental_cost": point.cost - before.cost, "incremental_qaly": point.qaly - before.qaly}
        return says | increments | {"versus": before.name, "icer": _icer(before, point)}
    if point in undominated:
        after = next(place for place, one in enumerate(frontier) if one > point)
        mix = f"a mix of {frontier[after - 1].name} and {frontier[after].name}: more QALYs at the same cost"
        return {"status": EXTENDEDLY_DOMINATED, "dominated_by": mix}
    by = [one for one in undominated if one < point][-1]
    cheaper = "costs less" if by.cost < point.cost else "costs the same"
    better = "gains more QALYs" if by.qaly > point.qaly else "gains as many QALYs"
    return {"status": DOMINATED, "dominated_by": f"{by.name}: {cheaper}, {better}"}

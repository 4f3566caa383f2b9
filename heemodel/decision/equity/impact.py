"""What a decision does to the distribution of health: who gains, who bears the cost, and whether the gap narrows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import pandas as pd
import xarray as xr

from heemodel.decision.equity.distribution import Distribution
from heemodel.decision.equity.indices import concentration_index, equally_distributed_equivalent, slope_index
from heemodel.decision.outcomes import SHARES_ADD_UP, OutcomeError, check_outcomes, total
from heemodel.decision.summary import share, summarise
from heemodel.errors import nearest


@dataclass(frozen=True, eq=False)
class EquityImpact:
    """Health that the groups of a population gain from each strategy, after what its cost takes from others.

    Made by `equity_impact`. All gains are those over the comparator, in QALYs of a whole group; the comparator's are 0.

    Attributes
    ----------
    before : the distribution of health before the decision
    comparator : the strategy that the others are compared with
    gains : QALYs gained by those who are treated, dimensions `strategy`, `group` and `sample` where the draws have it
    forgone : QALYs lost by those for whom the money would have been spent instead; same dimensions
    """

    before: Distribution
    comparator: str
    gains: xr.DataArray
    forgone: xr.DataArray

    @cached_property
    def net(self) -> xr.DataArray:
        """Net health benefit in QALYs: gains − forgone, by strategy and group."""
        return self.gains - self.forgone

    @cached_property
    def after(self) -> xr.DataArray:
        """Health per person with each strategy, by group: h_g + net_g / people_g."""
        return self.before.health + self.net / self.before.people

    def welfare(self, *, aversion: float, index: str = "atkinson") -> xr.DataArray:
        """Equity-weighted net health benefit in QALYs: people × (EDE after − EDE before).

        EDE is the `equally_distributed_equivalent`; with aversion 0 this is the net health benefit.

        Parameters
        ----------
        aversion, index : as there

        Returns
        -------
        DataArray by `strategy`, and by `sample` where the draws have it
        """
        people = self.before.people
        now, then = (
            equally_distributed_equivalent(health, people, aversion=aversion, index=index)
            for health in (self.before.health, self.after)
        )
        return people.sum() * (then - now)

    def plane(self, *, aversion: float, index: str = "atkinson") -> xr.Dataset:
        """The equity impact plane: `health`, net health benefit, and `equity`, what its spread adds; both in QALYs.

        equity = welfare − health: above 0 where the gap narrows.

        Parameters
        ----------
        aversion, index : as in `equally_distributed_equivalent`; above 0

        Returns
        -------
        Dataset by `strategy`, and by `sample` where the draws have it

        Raises
        ------
        OutcomeError
            for an aversion that is not above 0, under which equity counts for nothing

        Notes
        -----
        Cookson et al. 2017, Value in Health 20(2), doi 10.1016/j.jval.2016.11.027.
        """
        if not aversion > 0:
            raise OutcomeError(f"aversion = {aversion!r} must be above 0 for a plane; without it equity counts nothing")
        health = self.net.sum("group")
        return xr.Dataset({"health": health, "equity": self.welfare(aversion=aversion, index=index) - health})

    def table(self, *, atkinson: Sequence[float] = (), kolm: Sequence[float] = ()) -> pd.DataFrame:
        """Everything in tidy rows: of groups and of the whole population, means with 95% intervals.

        Parameters
        ----------
        atkinson, kolm : aversions under which the gains are weighed

        Returns
        -------
        DataFrame with columns strategy, group ("" for the whole population), quantity, aversion, value, lower, upper
        and mcse. Quantities of groups: gains, forgone, net (QALYs) and net_per_100000 (people). Of the whole: the same;
        slope_index_change (QALYs per person, below 0 where the gap narrows), probability_gap_narrows,
        concentration_index_change; and for each aversion atkinson_welfare or kolm_welfare and its
        atkinson_equity or kolm_equity (QALYs), and probability_welfare_gained
        """
        return pd.DataFrame(self._rows(atkinson, kolm))

    def _rows(self, atkinson: Sequence[float], kolm: Sequence[float]) -> Iterator[dict[str, object]]:
        people = self.before.people
        slopes = slope_index(self.after, people) - slope_index(self.before.health, people)
        spread = concentration_index(self.after, people) - concentration_index(self.before.health, people)
        planes = {
            (index, aversion): self.plane(aversion=aversion, index=index)
            for index, aversions in (("atkinson", atkinson), ("kolm", kolm))
            for aversion in aversions
        }
        for name in self.net["strategy"].to_numpy():
            if name == self.comparator:
                continue
            mine: dict[str, object] = {"strategy": str(name), "aversion": float("nan")}
            for group in ("", *people["group"].to_numpy()):
                yield from (
                    mine | {"group": str(group), "quantity": quantity} | asdict(summarise(values.sel(strategy=name)))
                    for quantity, values in self._of(str(group))
                )
            whole = mine | {"group": ""}
            slope = slopes.sel(strategy=name)
            yield whole | {"quantity": "slope_index_change"} | asdict(summarise(slope))
            yield whole | {"quantity": "probability_gap_narrows"} | asdict(share(slope < 0))
            yield whole | {"quantity": "concentration_index_change"} | asdict(summarise(spread.sel(strategy=name)))
            for (index, aversion), plane in planes.items():
                at = plane.sel(strategy=name)
                weighed, welfare = whole | {"aversion": aversion}, at["health"] + at["equity"]
                yield weighed | {"quantity": f"{index}_welfare"} | asdict(summarise(welfare))
                yield weighed | {"quantity": f"{index}_equity"} | asdict(summarise(at["equity"]))
                yield weighed | {"quantity": f"{index}_probability_welfare_gained"} | asdict(share(welfare > 0))

    def _of(self, group: str) -> Iterator[tuple[str, xr.DataArray]]:
        """Gains, what is forgone and net gains of a group, or of all."""
        people = self.before.people
        within = float(people.sel(group=group) if group else people.sum())
        for quantity, values in (("gains", self.gains), ("forgone", self.forgone), ("net", self.net)):
            yield quantity, values.sel(group=group) if group else values.sum("group")
        net = self.net.sel(group=group) if group else self.net.sum("group")
        yield "net_per_100000", net / within * 100_000


def equity_impact(
    outcomes: xr.Dataset,
    *,
    comparator: str,
    threshold: float,
    patients: Mapping[str, float],
    before: Distribution,
    member_of: Mapping[str, str] | None = None,
    opportunity_cost: Mapping[str, float] | None = None,
) -> EquityImpact:
    """Distributional cost-effectiveness: what strategies gain each group of a population, and what their cost forgoes.

    With ΔQ_g and ΔC_g the QALYs and costs over the comparator of all patients of group g, λ the threshold and s_g the
    share of the opportunity cost that falls on group g,

        net health benefit_g = ΔQ_g − s_g · Σ_j ΔC_j / λ.

    Parameters
    ----------
    outcomes : Dataset with `cost` and `qaly` per patient, of dimensions `strategy` and `group`, and `sample` unless
        deterministic
    comparator : the strategy that the others are compared with
    threshold : money per QALY that is forgone elsewhere
    patients : number of patients of each group of the outcomes; 1 each where outcomes are those of whole groups
    before : how health is spread over the groups of the population
    member_of : of each group of the outcomes, which group of the population it belongs to; the one of its own name by
        default
    opportunity_cost : share of each group of the population in what is forgone, adding up to 1; by default each
        person's is the same, as in NICE's reference case

    Returns
    -------
    EquityImpact

    Raises
    ------
    OutcomeError
        for outcomes that cannot be compared, an unknown comparator, groups that are missing or unknown, numbers of
        patients below 0, shares that do not add up to 1, or a threshold that is not above 0

    See Also
    --------
    EquityImpact.table, EquityImpact.plane

    Notes
    -----
    Asaria, Griffin and Cookson 2016, doi 10.1177/0272989X15583266. NICE's support document on health inequalities to
    its manual PMG36 asks for equal opportunity costs and no weights of aversion; gradients and weights are scenarios.

    Examples
    --------
    >>> outcomes = xr.Dataset(
    ...     {"cost": (("strategy", "group"), [[0.0, 0.0], [2e4, 0.0]]),
    ...      "qaly": (("strategy", "group"), [[0.0, 0.0], [3.0, 0.0]])},
    ...     coords={"strategy": ["today", "new"], "group": ["deprived", "other"]})
    >>> before = Distribution.of(health={"deprived": 64.0, "other": 72.0}, people={"deprived": 1e5, "other": 1e5})
    >>> found = equity_impact(outcomes, comparator="today", threshold=20_000, patients={"deprived": 1, "other": 1},
    ...                       before=before)
    >>> found.net.sel(strategy="new").values.tolist()  # 3 gained by one group; half of the QALY forgone by each
    [2.5, -0.5]
    """
    if not threshold > 0:
        raise OutcomeError(f"threshold = {threshold!r} must be above 0")
    groups = _groups(outcomes)
    strategies = check_outcomes(outcomes, {name: 1 / len(groups) for name in groups} if groups else None)
    if comparator not in strategies:
        raise OutcomeError(f"unknown comparator {comparator!r}; {nearest(comparator, strategies)}")
    if not groups:
        raise OutcomeError("the outcomes have no dimension 'group'; equity is about groups: run the model by group")
    numbers = _by_group("patients", patients, groups)
    belongs = _membership(groups, before, member_of)
    totals = {name: total(outcomes[name]) * numbers for name in ("cost", "qaly")}
    extra = {name: values - values.sel(strategy=comparator, drop=True) for name, values in totals.items()}
    places = [str(name) for name in before.people["group"].to_numpy()]
    gains = xr.concat(
        [
            extra["qaly"].isel(group=[at for at, of in enumerate(belongs) if of == place]).sum("group")
            for place in places
        ],
        dim=xr.Variable("group", places),
    )
    shares = before.share if opportunity_cost is None else _by_group("opportunity_cost", opportunity_cost, places)
    if abs(float(shares.sum()) - 1) > SHARES_ADD_UP:
        raise OutcomeError(f"opportunity_cost adds up to {float(shares.sum()):g}; shares of groups add up to 1")
    order = [dim for dim in ("sample", "strategy", "group") if dim in gains.dims]
    forgone = extra["cost"].sum("group") / threshold * shares
    return EquityImpact(before, comparator, gains.transpose(*order), forgone.transpose(*order))


def _groups(outcomes: xr.Dataset) -> list[str]:
    """Names of the outcomes' groups."""
    if not isinstance(outcomes, xr.Dataset) or "group" not in outcomes.coords:
        return []
    return [str(name) for name in outcomes["group"].to_numpy()]


def _membership(groups: Sequence[str], before: Distribution, member_of: Mapping[str, str] | None) -> list[str]:
    """Which group of the population each group of the outcomes belongs to."""
    known = [str(name) for name in before.people["group"].to_numpy()]
    belongs = []
    for name in groups:
        if member_of is not None and name not in member_of:
            raise OutcomeError(f"member_of does not say where group {name!r} belongs; one of {', '.join(known)}")
        place = name if member_of is None else member_of[name]
        if place not in known:
            cure = "give member_of, which says where each belongs" if member_of is None else nearest(place, known)
            raise OutcomeError(f"group {name!r}: the population has no group {place!r}; {cure}")
        belongs.append(place)
    return belongs


def _by_group(what: str, numbers: Mapping[str, float], groups: Sequence[str]) -> xr.DataArray:
    """Numbers by group, once they are known to be 0 or more and to be there for every group and no other."""
    if missing := [name for name in groups if name not in numbers]:
        raise OutcomeError(f"{what} has no group {missing[0]!r}; give a number for each of {', '.join(groups)}")
    if unknown := [name for name in numbers if name not in groups]:
        raise OutcomeError(f"{what} has an unknown group {unknown[0]!r}; {nearest(unknown[0], groups)}")
    if bad := [name for name in groups if not 0 <= numbers[name] < float("inf")]:
        raise OutcomeError(f"{what} of {bad[0]!r} is {numbers[bad[0]]!r}; give a number that is 0 or more")
    return xr.DataArray([float(numbers[name]) for name in groups], dims="group", coords={"group": list(groups)})

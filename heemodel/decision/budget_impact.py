"""What a change of the mix of strategies does to budgets: undiscounted, by calendar year, payer and kind of money."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from numbers import Real

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision.budget_plan import START, Array, ByYear, Mix, Plan, plan_of
from heemodel.decision.outcomes import OutcomeError, check_outcomes, total
from heemodel.decision.summary import Origin
from heemodel.errors import mismatches, nearest
from heemodel.timespans import calendar_years

NOT_DISCOUNTED = "not discounted"
"""What outcomes that are not discounted say of themselves in the attribute `cost_discounting`."""
ALL_YEARS = "all years"
"""What the rows of all calendar years together are called."""
PER = 100_000
"""People of a population to whom figures are related."""
NOTHING = 1e-12
"""Share of a figure below which its change is that of arithmetic."""
OTHER = ("cost", "qaly", "life_years")
"""Outcomes that are no counts of what a service does."""


@dataclass(frozen=True, kw_only=True, repr=False)
class BudgetImpact:
    """Costs and counts of a population under two mixes of strategies, by calendar year; from `budget_impact`.

    Attributes
    ----------
    today, tomorrow : Dataset of the whole population under each mix, with dimension `year` (1 for the first calendar
        year) and `sample` where the outcomes have it: `cost` (component), in money, and each count
    patients : data frame with columns year, mix ("today" or "tomorrow"), strategy, entering (people who enter in the
        year) and already_there (people who were there at the start of year 1, in its row)
    labels : what the calendar years are called
    entry : when within a year people enter
    payers, kinds : of components, where they are known
    people : of the population served, where that is known

    See Also
    --------
    budget_impact : makes it, with an example
    """

    today: xr.Dataset
    tomorrow: xr.Dataset
    patients: pd.DataFrame = field(repr=False)
    labels: Sequence[str]
    entry: str
    payers: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    people: float | None = None

    def __repr__(self) -> str:
        """In a line."""
        return f"BudgetImpact({self.labels[0]} to {self.labels[-1]}, people enter {self.entry})"

    @cached_property
    def impact(self) -> xr.Dataset:
        """Tomorrow − today: above 0, tomorrow costs more, or counts more."""
        return self.tomorrow - self.today

    @property
    def counts(self) -> list[str]:
        """Names of what is counted besides costs."""
        return [str(name) for name in self.today.data_vars if name != "cost"]

    def table(self) -> pd.DataFrame:
        """The impact by calendar year and in all of them: in all, by payer, kind, both, and component; and of counts.

        Returns
        -------
        tidy DataFrame with columns

        - year : its label; "all years" for their sum
        - quantity : "cost", or the name of a count
        - by : what the row is of: "all", "payer", "kind", "payer and kind" or "component"
        - payer, kind, component : of the row; empty where it is of all of them
        - today, tomorrow : mean of the whole population under each mix
        - value : mean of tomorrow − today; lower, upper : its 95% interval; mcse : Monte Carlo standard error of value
          (none for deterministic outcomes)
        - per_100_000 : value per 100,000 people of the population; empty where their number is not known
        - direction : "costs more" or "saves" (of counts "more" or "fewer"), or "no change"
        """
        origin, costs = Origin.of(self.today["cost"]), [_with_sum(data["cost"]) for data in (self.today, self.tomorrow)]
        parts: list[tuple[dict[str, str], list[Array], tuple[str, str]]] = [
            ({"quantity": "cost", **keys}, [cost[:, places].sum(axis=1) for cost in costs], ("costs more", "saves"))
            for keys, places in self._parts()
        ]
        nothing = {"by": "all", "payer": "", "kind": "", "component": ""}
        for name in self.counts:
            counted = [_with_sum(data[name]) for data in (self.today, self.tomorrow)]
            parts.append(({"quantity": name, **nothing}, counted, ("more", "fewer")))
        rows = [
            {"year": label, **keys, **self._figures(origin, *(part[:, at] for part in both), words=words)}
            for at, label in enumerate([*self.labels, ALL_YEARS])
            for keys, both, words in parts
        ]
        return pd.DataFrame(rows).astype(dict.fromkeys(("lower", "upper", "mcse", "per_100_000"), float))

    def _parts(self) -> Iterator[tuple[dict[str, str], list[int]]]:
        """The parts that costs are told by, and the places of the components in each."""
        names = [str(name) for name in self.today["component"].to_numpy()]
        known = [(self.payers.get(name, ""), self.kinds.get(name, "")) for name in names]
        none = {"payer": "", "kind": "", "component": ""}
        yield {"by": "all", **none}, [*range(len(names))]
        for what, at in (("payer", 0), ("kind", 1)):
            for part in dict.fromkeys(tags[at] for tags in known if tags[at]):
                yield {"by": what, **none, what: part}, [i for i, tags in enumerate(known) if tags[at] == part]
        for pair in dict.fromkeys(tags for tags in known if all(tags)):
            keys = {"by": "payer and kind", **none, "payer": pair[0], "kind": pair[1]}
            yield keys, [i for i, tags in enumerate(known) if tags == pair]
        for i, (name, (payer, kind)) in enumerate(zip(names, known, strict=True)):
            yield {"by": "component", "payer": payer, "kind": kind, "component": name}, [i]

    def _figures(self, origin: Origin, today: Array, tomorrow: Array, *, words: tuple[str, str]) -> dict[str, object]:
        """The figures of a row, by sample of today and of tomorrow; `words` are for more and for less."""
        change, before, after = origin.summary(tomorrow - today), float(today.mean()), float(tomorrow.mean())
        same = abs(change.value) <= NOTHING * max(abs(before), abs(after))
        return {
            "today": before,
            "tomorrow": after,
            **asdict(change),
            "per_100_000": np.nan if self.people is None else change.value / self.people * PER,
            "direction": "no change" if same else words[int(change.value < 0)],
        }


def _with_sum(values: xr.DataArray) -> Array:
    """Plain values by sample (one, where there are none), component where there is one, and year, with their sum."""
    plain = (values if "sample" in values.dims else values.expand_dims("sample")).to_numpy()
    return np.concatenate([plain, plain.sum(axis=-1, keepdims=True)], axis=-1)


def budget_impact(
    outcomes: xr.Dataset,
    *,
    today: Mix,
    tomorrow: Mix,
    intakes: ByYear,
    years: int = 5,
    prevalent: float | Mapping[int, float] | None = None,
    entry: str = START,
    paid_on_entry: Sequence[str] = (),
    payers: Mapping[str, str] | None = None,
    kinds: Mapping[str, str] | None = None,
    people: float | None = None,
    first_year: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> BudgetImpact:
    """What tomorrow's mix of strategies costs more than today's, by calendar year, for all who enter year after year.

    With c(k) the mean undiscounted cost in year k since entry, per person who entered, and N(s) the people who enter
    in calendar year s on a strategy, calendar year t costs, summed over strategies,

        Σ N(s) c(t − s + 1) over s ≤ t                          where all enter at the start of the year,
        Σ N(s) ½ [c(t − s + 1) + c(t − s)], with c(0) = 0,      where they enter evenly over it:

    of a year since entry, half then falls into the next calendar year, which is exact where cost is spread evenly over
    each year since entry. The impact is tomorrow − today. Nothing is discounted, and nobody's costs are divided by a
    number of years: those who enter in year 1 still cost in year 5.

    Parameters
    ----------
    outcomes : Dataset with undiscounted `cost` by strategy, component and year since entry (1, 2, …), per person who
        entered, with or without `sample`, as from ``model.run(draws, by="year", discounted=False)``; counts by
        strategy and year are taken along
    today, tomorrow : the mix of strategies among those who enter: a strategy that all have, or shares by strategy, each
        a number or one for each year, as in ``{"old": [0.5, 0], "new": [0.5, 1]}``. They add up to 1 in each year
    intakes : people who enter in each year: a number, or one for each year
    years : calendar years of the budget
    prevalent : people who are there already at the start of year 1, divided by the mixes of year 1: a number, who then
        begin year 1 since entry; or numbers by whole years since they entered, as in ``{2: 80}``, counted as they
        entered (costs are per person who entered, those who have died since included)
    entry : ``"start of the year"``, by which costs come as early as they can and which needs no assumption on how they
        are spread within a year; or ``"evenly over the year"``
    paid_on_entry : components and counts that fall on the day of entry, and so in the calendar year of entry however
        people enter; they have nothing in later years
    payers, kinds : who pays each component, and what kind of money it is
    people : of the population served, for figures per 100,000
    first_year : label of the first calendar year, ``"2025/26"`` or ``"2026"``; years are numbered from 1 without it
    weights : share of the people in each group, where outcomes have groups

    Returns
    -------
    BudgetImpact; see `BudgetImpact.table`

    Raises
    ------
    OutcomeError
        for outcomes that are discounted, not per person or not by year, or that end before the budget does; and for
        every mistake in mixes, intakes and names, by strategy and year

    See Also
    --------
    CohortModel.run : outcomes by year since entry
    saving : of one person, over the horizon

    Notes
    -----
    Sullivan et al. 2014, Budget impact analysis: principles of good practice, doi 10.1016/j.jval.2013.08.2291: the
    budget holder's own costs, year by year, undiscounted, for a population that people enter and leave. Prices are
    those of the outcomes: constant, without inflation to come. It is exact where what happens depends on time since
    entry alone; a model whose cohort is itself joined by others (``CohortModel(intake=…)``) is refused.

    Examples
    --------
    >>> outcomes = xr.Dataset(
    ...     {"cost": (("strategy", "component", "year"), [[[100.0, 50.0]], [[300.0, 0.0]]])},
    ...     coords={"strategy": ["old", "new"], "component": ["care"], "year": [1, 2]},
    ... )
    >>> impact = budget_impact(outcomes, today="old", tomorrow="new", intakes=10, years=2)
    >>> table = impact.table()
    >>> table[table["by"] == "all"].set_index("year")["value"].to_dict()  # 10 × 200, then 10 × 200 − 10 × 50
    {'1': 2000.0, '2': 1500.0, 'all years': 3500.0}
    """
    strategies = _checked(outcomes, weights)
    plan = plan_of(
        strategies,
        years=years,
        intakes=intakes,
        today=today,
        tomorrow=tomorrow,
        prevalent=prevalent,
        entry=entry,
    )
    counted = _by_calendar(outcomes, weights)
    _check_length(counted, plan)
    components = [str(name) for name in counted["component"].to_numpy()]
    payers, kinds = payers or {}, kinds or {}
    for what, given in (("payer", payers), ("kind", kinds)):
        _check_named(what, given, components)
    _check_on_entry(counted, paid_on_entry)
    if people is not None and not _is_number_of_people(people):
        raise OutcomeError(f"people is {people!r}; give the number of people served, above 0")
    labels = calendar_years(first_year, plan.years)
    return BudgetImpact(
        today=_accrued(counted, plan, plan.today, paid_on_entry),
        tomorrow=_accrued(counted, plan, plan.tomorrow, paid_on_entry),
        patients=plan.patients(labels),
        labels=labels,
        entry=entry,
        payers={name: payers[name] for name in components if payers},
        kinds={name: kinds[name] for name in components if kinds},
        people=people,
    )


def _is_number_of_people(people: object) -> bool:
    """Whether it is a plain number above 0: no text, no truth value, not infinite."""
    return not isinstance(people, bool) and isinstance(people, Real) and 0 < float(people) < math.inf


def _checked(outcomes: xr.Dataset, weights: Mapping[str, float] | None) -> list[str]:
    """The strategies of outcomes that can be followed through calendar years."""
    cost = outcomes["cost"] if isinstance(outcomes, xr.Dataset) and "cost" in outcomes else None
    if cost is not None and "year" not in cost.dims:
        raise OutcomeError(
            "the outcomes' cost has no dimension 'year' (since entry); run the model with "
            'run(draws, by="year", discounted=False)'
        )
    discounting = outcomes.attrs.get("cost_discounting", NOT_DISCOUNTED) if cost is not None else NOT_DISCOUNTED
    if discounting != NOT_DISCOUNTED:
        raise OutcomeError(
            f"the outcomes' cost is {discounting}, and a budget is not: run the model with "
            'run(draws, by="year", discounted=False)'
        )
    if cost is not None and outcomes.attrs.get("per", "person") != "person":
        raise OutcomeError(
            f"the outcomes are per {outcomes.attrs['per']}; a budget takes those of one person who enters, and counts "
            'the people itself: use start_in="shares", without intake'
        )
    first = outcomes.isel(year=0, drop=True) if cost is not None else outcomes
    strategies = check_outcomes(first, weights, names=["cost"])
    years = outcomes["year"].to_numpy().tolist()
    if years != list(range(1, len(years) + 1)):
        raise OutcomeError(f"the years of the outcomes are {years}; they are years since entry: 1, 2, 3 and so on")
    for name, values in outcomes.items():
        if "year" in values.dims and not np.isfinite(values).all():
            raise OutcomeError(f"{name!r} holds {int((~np.isfinite(values)).sum())} values that are not numbers")
    return strategies


def _by_calendar(outcomes: xr.Dataset, weights: Mapping[str, float] | None) -> xr.Dataset:
    """Costs by component and counts, of all groups together, which are to be followed through calendar years."""
    cost = outcomes["cost"] if "component" in outcomes["cost"].dims else outcomes["cost"].expand_dims(component=["all"])
    parts = [total(cost.sel(component=[name]), weights) for name in cost["component"].to_numpy()]
    kept = {"cost": xr.concat(parts, dim="component").assign_coords(component=cost["component"].to_numpy())}
    for name, values in outcomes.items():
        if name not in OTHER and {"strategy", "year"} <= {*values.dims} <= {"sample", "strategy", "year", "group"}:
            kept[str(name)] = total(values, weights)
    return xr.Dataset(kept)


def _check_length(counted: xr.Dataset, plan: Plan) -> None:
    """Refuse outcomes that end before those who enter first leave the budget."""
    if (known := counted.sizes["year"]) < plan.longest:
        raise OutcomeError(
            f"the outcomes end with year {known} since entry, and within the budget people reach year {plan.longest}: "
            "run the model over a longer horizon, or ask for fewer years"
        )


def _check_named(what: str, given: Mapping[str, str], components: Sequence[str]) -> None:
    """Refuse payers or kinds that are not those of the components; more components than there are will do."""
    _, missing = mismatches(given, components)
    if given and missing:
        raise OutcomeError(f"cost component {missing[0]!r} has no {what}; {nearest(missing[0], given)}")


def _check_on_entry(counted: xr.Dataset, names: Sequence[str]) -> None:
    """Refuse as paid on entry what is not there, or what there is more of in later years."""
    if isinstance(names, str):
        raise OutcomeError(f"paid_on_entry is {names!r}; give a list of names, [{names!r}]")
    known = [*counted["component"].to_numpy().tolist(), *(name for name in counted if name != "cost")]
    for name in names:
        if name not in known:
            raise OutcomeError(f"paid_on_entry names {name!r}, which the outcomes do not have; {nearest(name, known)}")
        values = counted[name] if name in counted else counted["cost"].sel(component=name)
        later = values.isel(year=slice(1, None))
        if (later != 0).any():
            year = int(later["year"][(later != 0).any([dim for dim in later.dims if dim != "year"])][0])
            raise OutcomeError(f"paid_on_entry names {name!r}, of which there is some in year {year} since entry too")


def _accrued(counted: xr.Dataset, plan: Plan, shares: xr.DataArray, on_entry: Sequence[str]) -> xr.Dataset:
    """Costs and counts of everyone under a mix, by calendar year."""
    at_start = plan.weights(shares, entry=START)
    as_entered = plan.weights(shares)
    reached = counted.sel(year=as_entered["year"])
    made = {}
    for name, values in reached.items():
        if name == "cost":
            once = values["component"].isin(list(on_entry))
            followed = _dot(values.where(~once, 0.0), as_entered)
            made["cost"] = followed + _dot(values.where(once, 0.0), at_start) if on_entry else followed
        else:
            made[str(name)] = _dot(values, at_start if name in on_entry else as_entered)
    return xr.Dataset(made).assign_coords(year=np.arange(1, plan.years + 1))


def _dot(values: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    """Σ people × what each costs over strategies and years since entry."""
    accrued: xr.DataArray = xr.dot(values, weights, dim=("strategy", "year")).rename(calendar="year")
    first = [dim for dim in ("sample", "component") if dim in accrued.dims]
    return accrued.transpose(*first, "year")

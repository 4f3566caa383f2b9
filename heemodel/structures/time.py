"""What a model's functions see of time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from heemodel.errors import nearest
from heemodel.parameters import LifeTable, Periods, population_utility
from heemodel.structures.cycles import years
from heemodel.structures.errors import ModelError

SHARED = frozenset({"cycle", "years", "cycle_years", "start_age"})
"""Attributes that are the same arrays in every call of a model's functions."""

SAME_MOMENT = 1e-9
"""Years by which two moments may differ through rounding."""


class UnknownTimeError(ModelError, AttributeError):
    """Something that time has not got."""


def _in_years(duration: str | float) -> float:
    """A duration with its unit, or a number of years, in years."""
    if isinstance(duration, str):
        return float(years(duration))
    if isinstance(duration, bool) or not isinstance(duration, (int, float)):
        raise ModelError(f'{duration!r} is no time; write it with its unit, as in "18 months", or give years')
    return float(duration)


@dataclass(frozen=True)
class Time:
    """What a model's functions know of time.

    Attributes
    ----------
    cycle : 0 … n−1, dimension `cycle`
    years : years from the start of the model to the start of each cycle; dimension `cycle`
    cycle_years : length of a cycle in years; with dimension `cycle` where cycles differ in it
    start_age : age of the cohort at the start, in years, with dimension `group` where groups differ in it, or None
    table : the life table, or None
    start_year : calendar year at the start, or None
    clocks : the clocks of the model, and the states that each runs over

    Arrays are new ones every time, so that `years = time.years; years += 1` changes nothing but `years`.

    See Also
    --------
    CohortModel : whose `transitions` and `payoffs` are given it
    """

    cycle: xr.DataArray
    years: xr.DataArray
    cycle_years: xr.DataArray | float
    start_age: xr.DataArray | float | None = None
    table: LifeTable | None = None
    start_year: float | None = None
    clocks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set, compare=False, repr=False)
    """What functions have asked for, of all that a model may be given in vain."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        known = sorted({*self.__dataclass_fields__, *(n for n in dir(type(self)) if not n.startswith("_"))} - {"asked"})
        cure = f'write time.clock("{name}")' if name in ("time_in_state", *self.clocks) else nearest(name, known)
        raise UnknownTimeError(f"time has no {name!r}; {cure}")

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        return found.copy(deep=False) if isinstance(found, xr.DataArray) and name in SHARED else found

    @property
    def age(self) -> xr.DataArray:
        """Age in years at the start of each cycle; dimension `cycle`, and `group` where groups differ in it."""
        if self.start_age is None:
            raise ModelError("the model asks for time.age but has no start_age; give CohortModel(start_age=…)")
        return self.years + self.start_age

    def age_adjustment(self, male_share: xr.DataArray | float) -> xr.DataArray:
        """What a utility measured at the start age is multiplied by as people age: norm(age) / norm(start age).

        Parameters
        ----------
        male_share : share of men, between 0 and 1, any dimensions

        Returns
        -------
        DataArray by cycle and the dimensions of `male_share`; the norm is `population_utility`

        Raises
        ------
        ModelError
            if the model has no start age

        See Also
        --------
        population_utility : the norm

        Examples
        --------
        >>> cycle = xr.DataArray(np.arange(3), dims="cycle")
        >>> Time(cycle, cycle * 10, 10.0, start_age=50).age_adjustment(0.5).to_numpy().round(3).tolist()
        [1.0, 0.955, 0.902]
        """
        if self.start_age is None:
            raise ModelError(
                "the model asks for time.age_adjustment but has no start_age; give CohortModel(start_age=…)"
            )
        adjustment = population_utility(self.age, male_share) / population_utility(self.start_age, male_share)
        return xr.DataArray(adjustment)

    def life_table(self, male_share: xr.DataArray | float | None = None) -> xr.DataArray:
        """Death rate per year of the general population.

        Parameters
        ----------
        male_share : share of men at the start, between 0 and 1, any dimensions; left out for a table without sexes

        Returns
        -------
        DataArray by cycle, group where groups differ in their age, and the dimensions of `male_share`

        Raises
        ------
        ModelError
            if the model has no life table or no start age
        HeemodelError
            for a share that is none, or a calendar year that is missing or too early

        See Also
        --------
        LifeTable.rate : its formula

        Examples
        --------
        >>> import heemodel as hm
        >>> cycle = xr.DataArray(np.arange(2), dims="cycle")
        >>> time = Time(cycle, cycle * 1.0, 1.0, start_age=70, table=hm.parameters.life_table("uk-2022-2024"))
        >>> time.life_table(male_share=0.5).to_numpy().round(4).tolist()
        [0.0163, 0.0178]
        """
        self.asked.add("life_table")
        return self._cycles_of_the_table.rate(male_share)

    @cached_property
    def _cycles_of_the_table(self) -> Periods:
        """The cycles as periods of the life table, for every call of a model's functions."""
        if self.table is None or self.start_age is None:
            raise ModelError("the model asks for time.life_table; give CohortModel(start_age=…, life_table=…)")
        return self.table.over(self.age, start_age=self.start_age, years=self.cycle_years, start_year=self.start_year)

    def at(self, *moments: str | float) -> xr.DataArray:
        """1 in the cycles that start at these moments, 0 in all others; dimension `cycle`.

        For payments with a date: ``{("present", "A"): 300 * time.at("1 year", "5 years")}`` is paid once to each person
        who is in A then. (Under the key ``"A"`` it would be per year, for a cycle.)

        Parameters
        ----------
        moments : durations from the start of the model, such as ``"18 months"``, or years; 0 is the start

        Returns
        -------
        DataArray of dimension `cycle`

        Raises
        ------
        ModelError
            if no cycle starts at one of them

        See Also
        --------
        Payoffs : what ``("present", state)`` is

        Examples
        --------
        >>> cycle = xr.DataArray(np.arange(4), dims="cycle")
        >>> Time(cycle, cycle * 0.5, 0.5).at(0, "1 year").to_numpy().tolist()
        [1.0, 0.0, 1.0, 0.0]
        """
        starts = self.years.to_numpy()
        chosen = np.zeros(len(starts))
        for moment in moments:
            when = _in_years(moment)
            place = int(np.argmin(abs(starts - when)))
            if abs(starts[place] - when) > SAME_MOMENT:
                raise ModelError(
                    f"no cycle starts after {moment!r}; the nearest starts at year {starts[place]:.6g}, and the "
                    f"last at year {starts[-1]:.6g}"
                )
            chosen[place] = 1.0
        return xr.DataArray(chosen, dims="cycle")

    def clock(self, name: str = "time_in_state", *, most: int | None = None) -> xr.DataArray:
        """Cycles since a clock started: 0, 1, 2, …, of the clock's own dimension; times `cycle_years`, in years.

        Parameters
        ----------
        name : a clock of the model, or "time_in_state"
        most : the last value, which holds on; by default it counts all cycles of the model. A model takes time and
            memory in proportion to it, in the states that the clock runs over

        Returns
        -------
        DataArray of the one dimension `name`

        Raises
        ------
        ModelError
            for a clock that the model does not have, and in a model whose cycles differ in length: there a number of
            cycles is no time

        See Also
        --------
        CohortModel : whose `clocks` they are

        Examples
        --------
        >>> cycle = xr.DataArray(np.arange(4), dims="cycle")
        >>> Time(cycle, cycle * 1.0, 1.0).clock("time_in_state", most=2).to_numpy().tolist()
        [0, 1, 2]
        """
        known = ("time_in_state", *self.clocks)
        if name not in known:
            raise ModelError(f"the model has no clock {name!r}; {nearest(str(name), known)}")
        if isinstance(self.cycle_years, xr.DataArray):
            raise ModelError(
                f"time.clock({name!r}) counts cycles, and the model's cycles differ in length, so that a count is no "
                "time; use cycles of one length, or one model for each length with hm.Sequence. If cycles are "
                "meant, write "
                f'xr.DataArray(np.arange(n), dims="{name}")'
            )
        if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 0):
            raise ModelError(f"time.clock(most=…) is {most!r}; give a whole number of cycles")
        last = self.cycle.sizes["cycle"] - 1 if most is None else most
        return xr.DataArray(np.arange(last + 1), dims=name)

    def before(self, duration: str | float) -> xr.DataArray:
        """Years within a last stretch of life that end with a death in each cycle; dimension `cycle`.

        min(duration, years to the middle of the cycle), as deaths fall in the middle of their cycle on average. What is
        lost or paid in the last months of life is given on entering the dead state, and so reaches back:
        ``qaly={("any", "dead"): -p.decrement * time.before("3 months")}``.

        Two things are approximate. Those who die within `duration` of the start may have lived up to half a cycle more
        or less than is counted, and those of an intake less. And it is discounted when the death is, not while it
        happens: too much by a factor of (1 + rate)^(duration / 2), 0.4% for 3 months at 3.5%.

        Parameters
        ----------
        duration : such as ``"3 months"``, or years

        Returns
        -------
        DataArray of dimension `cycle`, in years

        Raises
        ------
        ModelError
            for a duration without a unit

        See Also
        --------
        Payoffs : what ``("any", "dead")`` is

        Examples
        --------
        >>> cycle = xr.DataArray(np.arange(3), dims="cycle")
        >>> Time(cycle, cycle * 0.25, 0.25).before("6 months").to_numpy().tolist()
        [0.125, 0.375, 0.5]
        """
        return xr.DataArray(np.minimum(self.years + self.cycle_years / 2, _in_years(duration)))

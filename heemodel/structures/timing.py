"""Time in a cohort model: durations, and what the model's functions see of it."""

import re
from dataclasses import dataclass
from fractions import Fraction

import xarray as xr

from heemodel.errors import nearest
from heemodel.parameters import LifeTable, population_utility
from heemodel.structures.errors import ModelError

UNITS = {"year": Fraction(1), "month": Fraction(1, 12), "week": Fraction(28, 1461), "day": Fraction(4, 1461)}
"""Years in a unit of time; a year has 365.25 days."""

DAYS_PER_YEAR = 365.25
MOST_CYCLES = 100_000


def years(duration: str) -> Fraction:
    """A duration such as ``"1 year"``, ``"1/52 year"``, ``"3 months"`` or ``"7 days"``, in years.

    >>> years("6 months")
    Fraction(1, 2)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?(?:/\d+)?)\s*([a-z]+?)s?\s*", duration)
    if found is None and re.fullmatch(r"\s*\d+(?:\.\d+)?\s*", duration):
        raise ModelError(f'duration {duration!r} has no unit; did you mean "{duration.strip()} years"?')
    if duration.strip() == "lifetime":
        raise ModelError('this model has no lifetime horizon of its own; give the years, as in "60 years"')
    if found is None:
        raise ModelError(f'duration {duration!r} is not a number and a unit; write for example "1 year" or "1/52 year"')
    number, unit = found.groups()
    if unit not in UNITS:
        raise ModelError(f"duration {duration!r}: unknown unit {unit!r}; {nearest(unit, UNITS)}")
    value, _, divisor = number.partition("/")
    if (divisor and int(divisor) == 0) or Fraction(value) == 0:
        raise ModelError(f"duration {duration!r} is not above 0")
    return Fraction(value) / int(divisor or 1) * UNITS[unit]


def whole_cycles(cycle_length: str, horizon: str) -> int:
    """Number of cycles in the horizon, which must hold a whole number of them.

    >>> whole_cycles("1/52 year", "5 years")
    260
    """
    cycles = years(horizon) / years(cycle_length)
    if cycles.denominator != 1:
        raise ModelError(
            f"horizon {horizon!r} is {float(cycles):.4g} cycles of {cycle_length!r}; "
            "it must hold a whole number of cycles"
        )
    if cycles > MOST_CYCLES:
        raise ModelError(f"horizon {horizon!r} is {int(cycles):,} cycles; give a horizon of at most {MOST_CYCLES:,}")
    return int(cycles)


@dataclass(frozen=True)
class Time:
    """What a model's functions know of time.

    Attributes
    ----------
    cycle : 0 … n−1, dimension `cycle`
    cycle_years : length of a cycle in years
    start_age : age of the cohort at the start, in years, with dimension `group` where groups differ in it, or None
    table : the national life table, or None
    """

    cycle: xr.DataArray
    cycle_years: float
    start_age: xr.DataArray | float | None
    table: LifeTable | None

    @property
    def years(self) -> xr.DataArray:
        """Years from the start of the model to the start of each cycle; dimension `cycle`."""
        return self.cycle * self.cycle_years

    @property
    def age(self) -> xr.DataArray:
        """Age in years at the start of each cycle; dimension `cycle`, and `group` where groups differ in it."""
        if self.start_age is None:
            raise ModelError("the model asks for time.age but has no start_age; give CohortModel(start_age=…)")
        return self.years + self.start_age

    def age_adjustment(self, male_share: xr.DataArray | float) -> xr.DataArray:
        """What a utility measured at the start age is multiplied by as people age: norm(age) / norm(start age).

        The norm is the general population's utility (`population_utility`); by cycle and the dimensions of
        `male_share`.
        """
        if self.start_age is None:
            raise ModelError(
                "the model asks for time.age_adjustment but has no start_age; give CohortModel(start_age=…)"
            )
        adjustment = population_utility(self.age, male_share) / population_utility(self.start_age, male_share)
        return xr.DataArray(adjustment)

    def life_table(self, male_share: xr.DataArray | float) -> xr.DataArray:
        """Death rate per year of the general population, by cycle and the dimensions of `male_share`."""
        if self.table is None or self.start_age is None:
            raise ModelError("the model asks for time.life_table; give CohortModel(start_age=…, life_table=…)")
        return self.table.rate(self.age, male_share, start_age=self.start_age, years=self.cycle_years)

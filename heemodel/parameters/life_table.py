"""Death rates of the general population by age, sex and calendar year, and survival along them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import HeemodelError
from heemodel.parameters.life_table_hazard import along_diagonal, by_age, of_last_year
from heemodel.parameters.places import first_bad

Array = NDArray[np.float64]

LAST_AGE = 110
"""Nobody is taken to be older at the start of a model, unless the life table goes on beyond."""

PERSONS = "persons"
"""The only sex of a table that does not tell men from women."""


@dataclass(frozen=True, eq=False)
class LifeTable:
    """Death rates per year by completed year of age, and by calendar year where the table has them.

    The hazard is constant within a year of age, and within a calendar year. Past the last age its rate goes on, and
    after the last calendar year its rates go on. An infinite rate at the last age says that everyone dies within that
    year of age: evenly through it, so that of those who reach it the share 1 − t is alive after a time t.

    Attributes
    ----------
    name : the name of a published table, or the file it was read from
    rates : deaths per person-year, dimensions `sex` ("male" and "female", or "persons"), `age` (completed years, one
        after the other) and, where the table has calendar years, `year`

    See Also
    --------
    life_table : makes one, from a name, a csv or a data frame

    Notes
    -----
    With q the probability of dying within the year, the rate is −ln(1 − q).

    Examples
    --------
    >>> import pandas as pd
    >>> from heemodel.parameters import life_table
    >>> table = life_table(pd.DataFrame({"age": [60, 61, 62], "mx": [0.01, 0.02, 0.03]}))
    >>> [float(rate) for rate in table.rates.sel(sex="persons")]
    [0.01, 0.02, 0.03]
    """

    name: str
    rates: xr.DataArray

    @property
    def has_sexes(self) -> bool:
        """Whether men and women have rates of their own."""
        return PERSONS not in self.rates["sex"]

    @property
    def has_calendar_years(self) -> bool:
        """Whether rates differ by calendar year."""
        return "year" in self.rates.dims

    @property
    def first_age(self) -> int:
        """The youngest age with a rate, in completed years."""
        return int(self.rates["age"][0])

    @property
    def last_age(self) -> int:
        """The oldest age with a rate of its own, in completed years."""
        return int(self.rates["age"][-1])

    def survival(
        self,
        age: xr.DataArray,
        male_share: xr.DataArray | float | None = None,
        *,
        start_age: xr.DataArray | float,
        start_year: float | None = None,
    ) -> xr.DataArray:
        """Share of people aged `start_age` who reach `age`: Σ_s share_s · exp(H_s(start_age) − H_s(age)).

        H is the cumulative hazard of a sex. As the sexes die at different rates, a cohort becomes more female. Where
        the table has calendar years, a cohort moves along the diagonal: at age a it is the time
        `start_year` + a − `start_age`, and H is the integral of the rate at that age and time.

        Parameters
        ----------
        age : ages in years, any dimensions; `start_age` or more
        male_share : share of men at `start_age`, between 0 and 1, any dimensions; left out when, and only when, the
            table has no sexes
        start_age : age at which the cohort starts, in years, any dimensions of `age` or new ones
        start_year : calendar time of the start, when and only when the table has calendar years: 2024 is the
            beginning of that year, 2024.5 its middle

        Returns
        -------
        DataArray with the dimensions of all three

        Raises
        ------
        HeemodelError
            if nobody can start at that age or in that year, an age lies before the start, a share is not between 0 and
            1, or a share or a start year is missing or to no purpose

        See Also
        --------
        LifeTable.rate : the same as a rate per year

        Notes
        -----
        Calendar years: a start before the first one is refused; after the last its rates go on, without a trend.
        Period and cohort life tables: Preston, Heuveline and Guillot 2001, ISBN 978-1-55786-451-2.

        Examples
        --------
        >>> import pandas as pd
        >>> from heemodel.parameters import life_table
        >>> deaths = pd.DataFrame({"age": [60, 60, 61, 61], "year": [2024, 2025] * 2, "mx": [0.01, 0.03, 0.02, 0.04]})
        >>> reached = xr.DataArray([61.0, 62.0], dims="cycle")
        >>> alive = life_table(deaths).survival(reached, start_age=60, start_year=2024)
        >>> [round(float(-np.log(share)), 6) for share in alive]  # 60 in 2024, 61 in 2025
        [0.01, 0.05]
        """
        self.check_share(male_share)
        self._check(age, start_age, start_year)
        return _mixed(self._alive(age, start_age, start_year), male_share)

    def rate(
        self,
        age: xr.DataArray,
        male_share: xr.DataArray | float | None = None,
        *,
        start_age: xr.DataArray | float,
        years: xr.DataArray | float,
        start_year: float | None = None,
    ) -> xr.DataArray:
        """Mean death rate per year from `age` to `age + years`: −ln(S(age + years) / S(age)) / years.

        Applied for `years` it gives exactly the life table's survival. It is infinite where everyone dies by
        `age + years`.

        Parameters
        ----------
        age, male_share, start_age, start_year : see `LifeTable.survival`
        years : length of the time in years, above 0, as one number or by any dimensions, such as `cycle` where cycles
            differ in length

        Returns
        -------
        DataArray of rates per year with the dimensions of all of them

        Raises
        ------
        HeemodelError
            as `LifeTable.survival`, and for `years` that are not above 0

        See Also
        --------
        LifeTable.survival : the share of people who reach an age

        Notes
        -----
        Source of "uk-2022-2024": Office for National Statistics, National life tables, 2022–2024.

        Examples
        --------
        >>> from heemodel.parameters import life_table
        >>> table = life_table("uk-2022-2024")
        >>> rate = table.rate(xr.DataArray([70.0], dims="cycle"), 1.0, start_age=70, years=1)
        >>> round(1 - float(np.exp(-rate)[0]), 6)  # the published qx of men aged 70
        0.019527
        """
        self.check_share(male_share)
        return self.over(age, start_age=start_age, years=years, start_year=start_year).rate(male_share)

    def over(
        self,
        age: xr.DataArray,
        *,
        start_age: xr.DataArray | float,
        years: xr.DataArray | float,
        start_year: float | None = None,
    ) -> "Periods":
        """The periods from `age` to `age + years`, whose rates can then be asked for any share of men.

        Parameters
        ----------
        age, start_age, years, start_year : see `LifeTable.rate`

        Returns
        -------
        Periods

        Raises
        ------
        HeemodelError
            as `LifeTable.rate`

        Examples
        --------
        >>> from heemodel.parameters import life_table
        >>> periods = life_table("uk-2022-2024").over(xr.DataArray([70.0], dims="cycle"), start_age=70, years=1)
        >>> round(float(periods.rate(1.0)[0]), 6), round(float(periods.rate(0.0)[0]), 6)
        (0.01972, 0.012797)
        """
        check_above_0(years, "years", "give the length of a cycle in years, such as 1 / 12")
        self._check(age, start_age, start_year)
        ends = age + years
        if self.has_sexes:
            begin, end = (self._alive(at, start_age, start_year) for at in (age, ends))
        else:
            begin, end = ([self._hazard(PERSONS, at, start_age, start_year)] for at in (age, ends))
        return Periods(self, years, begin, end, reach_the_end=bool((np.asarray(ends) > self.last_age).any()))

    def _alive(
        self, age: xr.DataArray, start_age: xr.DataArray | float, start_year: float | None
    ) -> list[xr.DataArray]:
        """Survival from `start_age` to `age` of each sex, unchecked."""
        start = xr.DataArray(start_age)
        return [
            _exp(-(self._hazard(sex, age, start_age, start_year) - self._hazard(sex, start, start_age, start_year)))
            for sex in self._sexes
        ]

    @property
    def _sexes(self) -> list[str]:
        return [str(sex) for sex in self.rates["sex"].to_numpy()]

    @property
    def dies_out(self) -> NDArray[np.bool_]:
        """By sex, whether everyone dies within the last year of age."""
        ends = np.isinf(self.rates.isel(age=-1).to_numpy())
        return ends.reshape(len(ends), -1).all(axis=1)

    def _rates_of(self, sex: str) -> Any:
        """Rates of one sex by age, and calendar year where the table has them."""
        return self.rates.sel(sex=sex).to_numpy()

    def _hazard(
        self, sex: str, age: xr.DataArray, start_age: xr.DataArray | float, start_year: float | None
    ) -> xr.DataArray:
        """Cumulative hazard of one sex at `age`, of those who are `start_age` in `start_year`."""
        rates = self._rates_of(sex)
        dies_out = bool(np.isinf(rates[-1]).all())
        rates = np.where(np.isinf(rates), 0.0, rates)
        if start_year is None:
            hazard = xr.apply_ufunc(lambda a: by_age(rates, a, self.first_age), age)
        else:
            born = start_year - int(self.rates["year"][0]) - start_age
            hazard = xr.apply_ufunc(lambda a, b: along_diagonal(rates, a, b, self.first_age), age, xr.DataArray(born))
        if dies_out:
            hazard = hazard + xr.apply_ufunc(lambda a: of_last_year(np.asarray(a) - self.last_age), age)
        found: xr.DataArray = hazard
        return found

    def check_share(self, male_share: xr.DataArray | float | None) -> None:
        """Refuse a share of men that is none, is missing, or is given for a table without sexes."""
        if (male_share is None) == self.has_sexes:
            raise HeemodelError(
                f"the life table {self.name!r} has rates by sex; give male_share, the share of men at the start"
                if self.has_sexes
                else f"the life table {self.name!r} is of persons, without sexes; leave male_share out, or give a life "
                "table with columns for male and female"
            )
        if male_share is not None:
            check_between(male_share, 0, 1, "male_share", "write a share, such as 0.5 for half")

    def _check(self, age: xr.DataArray, start_age: xr.DataArray | float, start_year: float | None) -> None:
        """Refuse ages and years that the table cannot answer for."""
        self._check_start_year(start_year)
        self._check_start_age(start_age)
        ahead = age - xr.DataArray(start_age)
        if (bad := ~(np.asarray(ahead) >= 0)).any():
            place = first_bad(xr.DataArray(np.asarray(ahead), dims=ahead.dims), bad)
            raise HeemodelError(f"an age is {place} years from the start age; give ages at or after the start")

    def _check_start_age(self, start_age: xr.DataArray | float) -> None:
        """The table has the age, and people of that age."""
        ages = np.asarray(start_age, dtype=float)
        if self.dies_out.any():
            possible, limits = ages < self.last_age + 1, f"{self.first_age} to less than {self.last_age + 1}"
        else:
            oldest = max(LAST_AGE, self.last_age)
            possible, limits = ages <= oldest, f"{self.first_age} to {oldest}"
        if (bad := ~(possible & (ages >= self.first_age))).any():
            raise HeemodelError(
                f"the cohort starts at age {first_bad(start_age, bad)}; the life table {self.name!r} takes {limits}"
            )

    def _check_start_year(self, start_year: float | None) -> None:
        """A calendar time for a table with calendar years, not before the first, and none for any other."""
        if (start_year is not None) != self.has_calendar_years:
            raise HeemodelError(
                f"the life table {self.name!r} has calendar years; say when the model starts, CohortModel(start_year=…)"
                if self.has_calendar_years
                else f"the life table {self.name!r} has no calendar years; leave start_year={start_year!r} out"
            )
        if start_year is None:
            return
        first = int(self.rates["year"][0])
        number = isinstance(start_year, int | float | np.number) and not isinstance(start_year, bool)
        if not (number and np.isfinite(start_year)):
            raise HeemodelError(f"start_year is {start_year!r}; give a calendar year, such as {first} or {first}.5")
        if start_year < first:
            raise HeemodelError(
                f"the model starts in {start_year:g}, before {first}, the first year of the life table {self.name!r}; "
                f"start it in {first} or later, or give a life table that goes further back"
            )


@dataclass(frozen=True, eq=False)
class Periods:
    """Times over which death rates of a life table are asked: what the share of men does not change is worked out once.

    Attributes
    ----------
    table : the life table
    years : their length
    begin, end : of each sex the survival to where they begin and end; of persons without sexes the cumulative hazard
    reach_the_end : whether any goes beyond the last age
    """

    table: LifeTable
    years: xr.DataArray | float
    begin: list[xr.DataArray]
    end: list[xr.DataArray]
    reach_the_end: bool

    def rate(self, male_share: xr.DataArray | float | None = None) -> xr.DataArray:
        """Mean death rate per year over each, as `LifeTable.rate`."""
        self.table.check_share(male_share)
        ends = bool(self.table.dies_out.any())
        if male_share is None:
            begin, end = self.begin[0], self.end[0]
            if ends:  # ∞ − ∞: whoever is dead stays dead
                begin = begin.where(begin.copy(data=np.isfinite(np.asarray(begin))), 0.0)
            return (end - begin) / self.years
        begin, end = (_mixed(alive, male_share) for alive in (self.begin, self.end))
        if not (ends and self.reach_the_end):
            return _log(begin / end) / self.years
        gone = end == 0  # 0/0 and 1/0 are kept out of the logarithm
        return (_log((begin + gone) / (end + gone)) / self.years).where(~gone, np.inf)


def _mixed(alive: list[xr.DataArray], male_share: xr.DataArray | float | None) -> xr.DataArray:
    """Survival of men and women together, or of persons."""
    if male_share is None:
        return alive[0]
    men, women = alive
    mixed: xr.DataArray = male_share * men + (1 - male_share) * women
    return mixed


def check_between(value: xr.DataArray | float, low: float, high: float, what: str, cure: str) -> None:
    """Refuse numbers out of bounds."""
    numbers = np.asarray(value, dtype=float)
    if (bad := ~((numbers >= low) & (numbers <= high))).any():
        raise HeemodelError(f"{what} is {first_bad(value, bad)}, not between {low:g} and {high:g}; {cure}")


def check_above_0(value: xr.DataArray | float, what: str, cure: str) -> None:
    """Refuse numbers that are not above 0, or not finite."""
    numbers = np.asarray(value, dtype=float)
    if (bad := ~((numbers > 0) & np.isfinite(numbers))).any():
        raise HeemodelError(f"{what} is {first_bad(value, bad)}, not a number above 0; {cure}")


def _exp(values: xr.DataArray) -> xr.DataArray:
    """Exponential of each; recorded where the values are."""
    powers: xr.DataArray = xr.apply_ufunc(np.exp, values)
    return powers


def _log(values: xr.DataArray) -> xr.DataArray:
    """Natural logarithm of each; recorded where the values are."""
    logarithms: xr.DataArray = xr.apply_ufunc(np.log, values)
    return logarithms

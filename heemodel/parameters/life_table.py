"""National life tables as annual death rates."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import HeemodelError, nearest
from heemodel.parameters.places import first_bad

LAST_AGE = 110
"""Nobody is taken to be older at the start of a model."""

TABLES = {"uk-2022-2024": "life_table_uk_2022_2024.csv"}


@dataclass(frozen=True)
class LifeTable:
    """Death rates per year by completed year of age, shape (ages,); the hazard is constant within a year of age.

    The rate is −ln(1 − q) for the published probability q. Past the table's last age its last rate goes on.
    """

    name: str
    male: NDArray[np.float64]
    female: NDArray[np.float64]

    def survival(
        self, age: xr.DataArray, male_share: xr.DataArray | float, *, start_age: xr.DataArray | float
    ) -> xr.DataArray:
        """Share of people aged `start_age` who reach `age`: Σ_s share_s · exp(H_s(start_age) − H_s(age)).

        H is the cumulative hazard of a sex. As the sexes die at different rates, a cohort becomes more female.

        Parameters
        ----------
        age : ages in years, any dimensions
        male_share : share of men at `start_age`, between 0 and 1, any dimensions
        start_age : age at which the cohort starts, in years, any dimensions of `age` or new ones

        Returns
        -------
        DataArray with the dimensions of all three

        Raises
        ------
        HeemodelError
            if nobody can start at that age, or a share is not between 0 and 1
        """
        check_between(male_share, 0, 1, "male_share", "write a share, such as 0.5 for half")
        ages = np.asarray(start_age, dtype=float)
        if (bad := ~((ages >= 0) & (ages <= LAST_AGE))).any():
            said = first_bad(start_age, bad)
            raise HeemodelError(f"the cohort starts at age {said}; a life table takes 0 to {LAST_AGE}")

        def reach(rates: NDArray[np.float64]) -> xr.DataArray:
            reached: xr.DataArray = xr.apply_ufunc(
                lambda a, begin: np.exp(_cumulative_hazard(rates, begin) - _cumulative_hazard(rates, a)),
                age,
                xr.DataArray(start_age),
            )
            return reached

        mixed: xr.DataArray = male_share * reach(self.male) + (1 - male_share) * reach(self.female)
        return mixed

    def rate(
        self, age: xr.DataArray, male_share: xr.DataArray | float, *, start_age: xr.DataArray | float, years: float
    ) -> xr.DataArray:
        """Mean death rate per year from `age` to `age + years`: −ln(S(age + years) / S(age)) / years.

        Applied for `years` it gives exactly the life table's survival; see `survival` for the parameters.

        >>> table = life_table("uk-2022-2024")
        >>> rate = table.rate(xr.DataArray([70.0], dims="cycle"), 1.0, start_age=70, years=1)
        >>> round(1 - float(np.exp(-rate)[0]), 6)  # the published qx of men aged 70
        0.019527
        """
        begin = self.survival(age, male_share, start_age=start_age)
        end = self.survival(age + years, male_share, start_age=start_age)
        rate: xr.DataArray = xr.apply_ufunc(np.log, begin / end) / years
        return rate


def check_between(value: xr.DataArray | float, low: float, high: float, what: str, cure: str) -> None:
    """Refuse numbers out of bounds."""
    numbers = np.asarray(value, dtype=float)
    if (bad := ~((numbers >= low) & (numbers <= high))).any():
        raise HeemodelError(f"{what} is {first_bad(value, bad)}, not between {low:g} and {high:g}; {cure}")


def _cumulative_hazard(rates: NDArray[np.float64], age: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hazard accumulated from birth to `age`; past the last age the last rate goes on."""
    whole = np.minimum(np.floor(age).astype(int), len(rates) - 1)
    cumulative = np.concatenate([[0.0], np.cumsum(rates)])
    hazard: NDArray[np.float64] = cumulative[whole] + (age - whole) * rates[whole]
    return hazard


@cache
def life_table(name: str) -> LifeTable:
    """A national life table by name; there is ``"uk-2022-2024"``.

    Raises
    ------
    HeemodelError
        if there is no table of that name
    """
    if name not in TABLES:
        raise HeemodelError(f"no life table {name!r}; {nearest(name, TABLES)}")
    with resources.files("heemodel.parameters").joinpath("data", TABLES[name]).open(encoding="utf-8") as file:
        table = pd.read_csv(file, comment="#")
    rates = [-np.log1p(-table[column].to_numpy()) for column in ("qx_male", "qx_female")]
    return LifeTable(name, *rates)

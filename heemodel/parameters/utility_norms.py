"""Quality of life of the general population by age and sex, by which utilities are adjusted as people grow older."""

import tomllib
from functools import cache
from importlib import resources

import xarray as xr

from heemodel.parameters.life_table import check_between

OLDEST = 120


def population_utility(age: xr.DataArray | float, male_share: xr.DataArray | float) -> xr.DataArray | float:
    """EQ-5D-3L utility of the general population: a + b × male share + c × age + d × age².

    Parameters
    ----------
    age : in years, any dimensions; the survey had adults up to their nineties
    male_share : share of men, between 0 and 1, any dimensions

    Raises
    ------
    HeemodelError
        for a share that is none, or an age below 0 or above 120

    Notes
    -----
    Ara and Brazier 2010, doi 10.1111/j.1524-4733.2010.00700.x; coefficients in ``data/utility_norms.toml``.

    Examples
    --------
    >>> print(round(population_utility(70, 0.5), 4))
    0.7807
    """
    check_between(male_share, 0, 1, "male_share", "write a share, such as 0.5 for half")
    check_between(age, 0, OLDEST, "age", "give years")
    norm = _coefficients()
    return norm["constant"] + norm["male"] * male_share + norm["age"] * age + norm["age_squared"] * age**2


@cache
def _coefficients() -> dict[str, float]:
    text = resources.files("heemodel.parameters").joinpath("data/utility_norms.toml").read_text(encoding="utf-8")
    return {name: float(value) for name, value in tomllib.loads(text).items()}

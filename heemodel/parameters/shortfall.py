"""How much of their future health people with a condition lose, and the weight that a policy gives to that."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.errors import HeemodelError
from heemodel.parameters.life_table import LAST_AGE, LifeTable, check_between
from heemodel.parameters.life_table_reading import life_table
from heemodel.parameters.policy import policy_profile
from heemodel.parameters.utility_norms import population_utility

STEPS_PER_YEAR = 12


def remaining_qalys(
    age: float,
    male_share: float,
    *,
    discount: float = 0.0,
    mortality: str | Path | pd.DataFrame | LifeTable = "uk-2022-2024",
) -> float:
    """QALYs that the general population of an age can expect: ∫ S(t) u(age + t) (1 + r)^−t dt.

    S is survival along the life table, u the utility of the general population (`population_utility`); both move with
    the share of men among those alive. The integral is a sum over months, at their middle.

    Parameters
    ----------
    age : in years, 0 to 109; below 16 the utility norm is carried back beyond the survey's youngest
    male_share : share of men at that age, between 0 and 1
    discount : yearly rate, such as 0.035
    mortality : a life table with men and women, as `hm.parameters.life_table` takes it

    Returns
    -------
    QALYs per person

    Raises
    ------
    HeemodelError
        for an age or share out of range, a rate below 0, or a life table without sexes

    See Also
    --------
    qaly_shortfall : what people with a condition lose of it

    Examples
    --------
    >>> round(remaining_qalys(70, 0.5), 1), round(remaining_qalys(70, 0.5, discount=0.035), 1)
    (11.7, 8.6)
    """
    check_between(age, 0, LAST_AGE - 1, "age", "give years")
    check_between(male_share, 0, 1, "male_share", "write a share, such as 0.5 for half")
    check_between(discount, 0, 1, "discount", "write a yearly rate, such as 0.035")
    table = life_table(mortality)
    if not table.has_sexes:
        raise HeemodelError(f"life table {table.name!r} has no sexes; quality of life differs by sex, so give both")
    steps = int(np.ceil((LAST_AGE - age) * STEPS_PER_YEAR))
    years = xr.DataArray((np.arange(steps) + 0.5) / STEPS_PER_YEAR, dims="month")
    total = 0.0
    for male, share in ((1.0, male_share), (0.0, 1 - male_share)):
        alive = table.survival(age + years, male, start_age=age)
        lived = alive * population_utility(age + years, male) / (1 + discount) ** years
        total += share * float(lived.sum()) / STEPS_PER_YEAR
    return total


def qaly_shortfall[Qalys: (float, xr.DataArray)](
    qalys: Qalys,
    *,
    age: float,
    male_share: float,
    policy: str = "nice-2022",
    mortality: str | Path | pd.DataFrame | LifeTable = "uk-2022-2024",
) -> xr.Dataset:
    """Absolute and proportional QALY shortfall, and the weight that a policy gives QALYs by it.

        absolute = E − Q,   proportional = (E − Q) / E,

    with Q the discounted QALYs of people who have the condition under current care, and E those of the general
    population of the same age and sex, discounted alike (`remaining_qalys`). The weight is the largest whose absolute
    or proportional threshold is reached.

    Parameters
    ----------
    qalys : discounted at the policy's rate, over the rest of life; a number, or an array of any dimensions. A committee
        weighs the mean: give the mean over draws for its weight
    age, male_share, mortality : as in `remaining_qalys`
    policy : name of a policy profile, whose discount rate and thresholds of severity are used

    Returns
    -------
    Dataset with `expected` (E), `absolute` (QALYs), `proportional` and `weight`

    Raises
    ------
    HeemodelError
        for what is out of range, and QALYs that are no finite numbers

    Notes
    -----
    NICE applies the weights to medicines, and at first not to HealthTech, such as devices and procedures (its manual
    PMG36, 6.2.12). Negative shortfalls, of people better off than the general population, have weight 1.

    Examples
    --------
    >>> found = qaly_shortfall(1.5, age=60, male_share=0.5)
    >>> round(float(found["absolute"]), 1), round(float(found["proportional"]), 2), float(found["weight"])
    (10.6, 0.88, 1.2)
    """
    profile = policy_profile(policy)
    had = xr.DataArray(qalys)
    if not np.isfinite(had).all():
        raise HeemodelError("qalys must be finite numbers")
    expected = remaining_qalys(age, male_share, discount=profile.discount_qaly, mortality=mortality)
    absolute = expected - had
    proportional = absolute / expected
    weight = xr.ones_like(absolute)
    for step in sorted(profile.severity, key=lambda step: step.weight):
        weight = weight.where((absolute < step.absolute) & (proportional < step.proportional), step.weight)
    return xr.Dataset({"expected": expected, "absolute": absolute, "proportional": proportional, "weight": weight})

"""How many people a decision is for, counted in today's terms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from heemodel import timespans
from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import HeemodelError


def affected(
    *,
    incidence: float | Sequence[float],
    horizon: float | str,
    discount: float,
    uptake: float | Sequence[float] = 1.0,
    delay: float | str = 0.0,
) -> float:
    """People affected by a decision over its horizon, discounted.

    Σ_t incidence_t · uptake_t · share_t / (1 + discount)^t over years t = 0, 1, …, where share_t is the part of the
    year that lies between delay and horizon. Value of information per person times this is that of the population.

    Parameters
    ----------
    incidence : people for whom the decision is made, per year: one number, or one for each year of the horizon. People
        who wait for it at the start belong to the first year
    horizon : until the decision will be taken anew: years, or such as ``"10 years"``, ``"18 months"`` or ``"52
        weeks"``
    discount : rate per year, 0.035 for 3.5%
    uptake : share of them that the decision reaches: one number, or one for each year
    delay : before a study reports, and its data can change anything; as horizon

    Returns
    -------
    people, discounted to the start

    Raises
    ------
    OutcomeError
        with a line for each number that cannot be

    Examples
    --------
    >>> round(affected(incidence=1_000, horizon="3 years", discount=0.035), 1)
    2899.7
    >>> affected(incidence=1_000, horizon=4, discount=0.0, uptake=[0.2, 0.5, 0.8, 0.8], delay="18 months")
    1850.0
    """
    problems: list[str] = []
    end, begin = (_years(one, what, problems) for one, what in ((horizon, "horizon"), (delay, "delay")))
    if not 0 <= discount < 1:
        problems.append(f"discount is {discount!r}; give a rate per year from 0 to below 1: 3.5% is 0.035")
    year = np.arange(int(np.ceil(end)) if np.isfinite(end) else 0)
    people = _by_year(incidence, year, "incidence", np.inf, problems)
    reached = _by_year(uptake, year, "uptake", 1.0, problems)
    if problems:
        raise OutcomeError("\n".join(problems))
    share = np.clip(np.minimum(year + 1, end) - np.maximum(year, begin), 0.0, 1.0)
    return float((people * reached * share / (1 + discount) ** year).sum())


def _years(duration: float | str, what: str, problems: list[str]) -> float:
    """A duration in years, from a number of them or in words."""
    if isinstance(duration, str):
        try:
            return float(timespans.years(duration, what))
        except HeemodelError as error:
            problems.append(str(error))
    elif np.isfinite(duration) and duration >= 0:
        return float(duration)
    else:
        problems.append(f"{what} is {duration!r}; give years, 0 or more, or {timespans.EXAMPLES}")
    return float("nan")


def _by_year(
    given: float | Sequence[float], year: NDArray[np.int64], what: str, most: float, problems: list[str]
) -> NDArray[np.float64]:
    """A number for each year."""
    numbers = np.asarray(given, dtype=float)
    bound = "of 0 or more" if np.isinf(most) else f"from 0 to {most:g}"
    if not np.isfinite(numbers).all() or (numbers < 0).any() or (numbers > most).any():
        problems.append(f"{what} is {given!r}; give numbers {bound}")
    elif year.size and numbers.ndim and numbers.shape != year.shape:
        problems.append(f"{what} has {numbers.size} numbers; give one, or one for each of {year.size} years")
    else:
        return np.broadcast_to(numbers, year.shape) if year.size or not numbers.ndim else numbers
    return np.zeros(year.shape)

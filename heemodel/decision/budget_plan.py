"""Who enters a budget, when, on which strategy: yearly intakes, people already there, today's and tomorrow's mix."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import nearest

START, EVENLY = "start of the year", "evenly over the year"
ENTRIES = (START, EVENLY)
"""When people enter within a year."""
ADD_UP = 1e-9
"""How far the shares of a mix may be from adding up to 1."""

Array = NDArray[np.float64]
ByYear = float | Sequence[float]
"""A number of every year, or one for each."""
Mix = str | Mapping[str, ByYear]
"""A strategy that everyone has, or the share of each by year; those that are not named have none."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Intakes and mixes, checked.

    Attributes
    ----------
    years : calendar years of the budget
    intakes : people who enter in each of them
    prevalent : people already there at the start of the first, by years since they entered
    today, tomorrow : share of each strategy among those who enter in a year, with dimensions strategy and year
    entry : one of `ENTRIES`
    """

    years: int
    intakes: Array
    prevalent: Mapping[int, float]
    today: xr.DataArray
    tomorrow: xr.DataArray
    entry: str

    @property
    def longest(self) -> int:
        """The last year since entry that anybody reaches within the budget."""
        return self.years + max(self.prevalent, default=0)

    def weights(self, shares: xr.DataArray, *, entry: str | None = None) -> xr.DataArray:
        """People whose year since entry falls in a calendar year: dimensions strategy, calendar and year (since entry).

        With N(s) those who enter in year s, year k since entry falls in calendar year t for N(t − k + 1) of them where
        all enter at the start of the year, and for ½N(t − k + 1) + ½N(t − k) where they enter evenly over it. Those
        already there for a years at the start of year 1 have year a + t since entry in calendar year t.
        """
        entering = shares.to_numpy() * self.intakes  # strategy, year of entry
        weights = np.zeros((len(entering), self.years, self.longest))
        parts = ((0, 1.0),) if (entry or self.entry) == START else ((0, 0.5), (1, 0.5))
        for calendar in range(self.years):
            for since in range(self.years):
                for later, part in parts:
                    if (entered := calendar - since - later) >= 0:
                        weights[:, calendar, since] += part * entering[:, entered]
            for before, people in self.prevalent.items():
                weights[:, calendar, before + calendar] += people * shares.to_numpy()[:, 0]
        coords = {"strategy": shares["strategy"], "year": np.arange(1, self.longest + 1)}
        return xr.DataArray(weights, dims=("strategy", "calendar", "year"), coords=coords)

    def patients(self, labels: Sequence[str]) -> pd.DataFrame:
        """People who enter, by year, mix and strategy; those already there at the start of year 1 beside them."""
        already = sum(self.prevalent.values())
        rows = [
            {
                "year": label,
                "mix": name,
                "strategy": str(strategy),
                "entering": float(self.intakes[place] * shares.sel(strategy=strategy)[place]),
                "already_there": float(already * shares.sel(strategy=strategy)[0]) if place == 0 else 0.0,
            }
            for name, shares in (("today", self.today), ("tomorrow", self.tomorrow))
            for place, label in enumerate(labels)
            for strategy in shares["strategy"].to_numpy()
        ]
        return pd.DataFrame(rows)


def plan_of(
    strategies: Sequence[str],
    *,
    years: int,
    intakes: ByYear,
    today: Mix,
    tomorrow: Mix,
    prevalent: float | Mapping[int, float] | None,
    entry: str,
) -> Plan:
    """Everything of a plan, checked together.

    Raises
    ------
    OutcomeError
        with every mistake: which mix, strategy and year, the value, and the cure
    """
    if isinstance(years, bool) or not isinstance(years, int | np.integer) or years < 1:
        raise OutcomeError(f"years is {years!r}; give a whole number of calendar years, 1 or more")
    problems: list[str] = []
    entering = _yearly(intakes, years, "intakes", problems)
    already = _prevalent(prevalent, problems)
    mixes = [
        _shares(mix, name, strategies, years, problems) for name, mix in (("today", today), ("tomorrow", tomorrow))
    ]
    if entry not in ENTRIES:
        problems.append(f"entry is {entry!r}; {nearest(str(entry), ENTRIES)}")
    if problems:
        raise OutcomeError("\n".join(problems))
    return Plan(years=int(years), intakes=entering, prevalent=already, today=mixes[0], tomorrow=mixes[1], entry=entry)


def _yearly(given: object, years: int, what: str, problems: list[str], *, most: float = math.inf) -> Array:
    """A number for each year; what is wrong is added to `problems`."""
    number = np.asarray(given)
    words = "0 or more" if math.isinf(most) else f"from 0 to {most:g}"
    if number.dtype.kind not in "fiu" or number.ndim > 1:
        problems.append(f"{what}: {given!r}; give a number, {words}, or one for each of {years} years")
        return np.zeros(years)
    if number.ndim and len(number) != years:
        problems.append(f"{what}: {len(number)} numbers for {years} years; give one for each year, or one for all")
        return np.zeros(years)
    numbers = np.broadcast_to(number.astype(float), years)
    for place, value in enumerate(numbers, 1):
        if not (np.isfinite(value) and 0 <= value <= most):
            problems.append(f"{what}, year {place}: {value:g}; give a number, {words}")
    return numbers


def _prevalent(given: object, problems: list[str]) -> dict[int, float]:
    """People already there by whole years since they entered."""
    by_time = given if isinstance(given, Mapping) else {} if given is None else {0: given}
    found: dict[int, float] = {}
    for since, people in by_time.items():
        if isinstance(since, bool) or not isinstance(since, int | np.integer) or since < 0:
            problems.append(f"prevalent: {since!r} years since entry; give a whole number, 0 or more")
            continue
        found[int(since)] = float(_yearly(people, 1, f"prevalent, {since} years since entry", problems)[0])
    return found


def _shares(given: object, name: str, strategies: Sequence[str], years: int, problems: list[str]) -> xr.DataArray:
    """The share of each strategy in each year, which add up to 1."""
    shares = np.zeros((len(strategies), years))
    coords = {"strategy": list(strategies)}
    made = xr.DataArray(shares, dims=("strategy", "year"), coords=coords)
    mix = {given: 1.0} if isinstance(given, str) else given
    if not isinstance(mix, Mapping) or not mix:
        problems.append(f"{name} is {given!r}; give a strategy, or the share of each such as {{{strategies[0]!r}: 1}}")
        return made
    before = len(problems)
    for strategy, share in mix.items():
        if strategy not in strategies:
            problems.append(f"{name} names no strategy {strategy!r}; {nearest(str(strategy), strategies)}")
        else:
            at = list(strategies).index(strategy)
            shares[at] = _yearly(share, years, f"{name}, share of {strategy!r}", problems, most=1)
    if len(problems) == before:
        problems += _unlike_one(shares, name)
    return made


def _unlike_one(shares: Array, name: str) -> Iterator[str]:
    """Years in which shares do not add up to 1."""
    for place, total in enumerate(shares.sum(axis=0), 1):
        if abs(total - 1) > ADD_UP:
            yield f"{name}, year {place}: the shares of strategies add up to {total:.6g}; they must add up to 1"

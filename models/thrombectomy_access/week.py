"""The week: when strokes arrive, when centres are open, and which part of the one falls into the other."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.evidence.tables import Table, refuse

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BLOCK_HOURS = 3
BLOCKS = tuple(f"{hour:02d}-{hour + BLOCK_HOURS:02d}" for hour in range(0, 24, BLOCK_HOURS))
SLOTS = tuple(f"{days} {block}" for days in ("Mon-Fri", "Sat-Sun") for block in BLOCKS)
"""The 16 slots in which the week is counted: three hours of the day, on weekdays and at weekends."""
SLOT_HOURS = np.repeat([5.0 * BLOCK_HOURS, 2.0 * BLOCK_HOURS], len(BLOCKS))
"""Hours a week of each."""
OFFICE = np.isin(SLOTS, [f"Mon-Fri {block}" for block in ("09-12", "12-15", "15-18")])
"""The slots of office hours."""
Numbers = NDArray[np.float64]
TABLES = {"arrivals": ("when", "arrivals", "early"), "hours": ("year", "centre", "days", "opens", "closes")}
"""Columns that are read of each table."""


@dataclass(frozen=True, eq=False)
class Arrivals:
    """When patients arrive at the first hospital.

    Attributes
    ----------
    share : of arrivals in each three hours of the week, from Monday 0:00 on; they add up to 1
    """

    share: Numbers

    @cached_property
    def in_slots(self) -> Numbers:
        """Share of patients who arrive in each slot."""
        return _slotted(self.share)

    def later(self, open_: Numbers, hours: Numbers) -> Numbers:
        """Which part of those who arrive in each slot would find a place open some hours later.

        Parameters
        ----------
        open_ : share of each slot that places are open; dimensions sample (or 1), place and slot
        hours : by sample; between whole blocks of three hours it goes in a straight line

        Returns
        -------
        As `open_`
        """
        blocks = hours / BLOCK_HOURS
        whole = np.floor(blocks).astype(int)
        part = (blocks - whole)[:, np.newaxis, np.newaxis]
        moves = np.stack([self._moves(by) for by in range(int(whole.max()) + 2)])
        found: Numbers = open_ @ ((1 - part) * moves[whole] + part * moves[whole + 1])
        return found

    def _moves(self, blocks: int) -> Numbers:
        """Of those who arrive in a slot (column), the share for whom it is another slot (row) some blocks later."""
        slots = np.arange(len(SLOTS)).reshape(2, -1).repeat([5, 2], axis=0).ravel()
        counted = np.zeros((len(SLOTS), len(SLOTS)))
        np.add.at(counted, (np.roll(slots, -blocks), slots), self.share)
        whole = self.in_slots
        return np.divide(counted, whole, out=np.eye(len(SLOTS)), where=whole > 0)


def read_arrivals(table: pd.DataFrame) -> Arrivals:
    """Arrivals of patients who come early enough, by block of hours and by day, which are taken to be independent.

    Raises
    ------
    EvidenceError
        with every row that is missing, unknown, negative or there twice
    """
    read = Table(table, "arrivals", keys=("when",), columns=("early",))
    read.unique("when", cure="give each once")
    read.known("when", (*BLOCKS, *DAYS))
    counts = read.numbers("early", least=0)
    given = dict(zip(read.labels["when"], counts, strict=True))
    for when in (*BLOCKS, *DAYS):
        if when not in given:
            read.problem(0, f"there is no row for {when}")
    refuse(read)
    by_hour, by_day = (np.array([given[name] for name in names]) for names in (BLOCKS, DAYS))
    return Arrivals(np.outer(by_day / by_day.sum(), by_hour / by_hour.sum()).ravel())


def read_hours(table: pd.DataFrame, centres: Sequence[str], years: Collection[str]) -> dict[str, Numbers]:
    """Which part of each slot every centre is open, by year; dimensions centre and slot.

    Parameters
    ----------
    years : that the table must have, and no others

    Raises
    ------
    EvidenceError
        with every row that names no known centre or days, does not run forward, or overlaps with another
    """
    read = Table(table, "hours", keys=("year", "centre"), columns=("days", "opens", "closes"))
    read.known("centre", centres)
    opens, closes = (read.numbers(column, least=0) for column in ("opens", "closes"))
    places = {name: place for place, name in enumerate(centres)}
    read.known("year", [*years])
    for year in years:
        if year not in read.names("year"):
            read.problem(0, f"there is no row for {year}; say which centres are open then")
    hourly = {year: np.zeros((len(centres), len(DAYS), 24)) for year in years}
    for row, (year, centre) in enumerate(zip(*read.labels.values(), strict=True)):
        days = _days(str(read.frame["days"].iloc[row]))
        if not days:
            read.problem(row, f"days are {read.frame['days'].iloc[row]!r}; write Mon-Fri, Sat-Sun, or one day")
        if not opens[row] < closes[row] <= 24:
            read.problem(row, f"opens {opens[row]:g}, closes {closes[row]:g}; it must open before it closes, by 24")
            continue
        if centre not in places or year not in hourly:
            continue
        part = np.clip(np.minimum(closes[row], np.arange(24) + 1) - np.maximum(opens[row], np.arange(24)), 0, 1)
        mine = hourly[year][places[centre]]
        mine[days] += part
        if (mine[days] > 1 + 1e-9).any():
            read.problem(row, "these hours overlap with another row of the centre in that year; leave one out")
    refuse(read)
    blocks = {year: open_.reshape(len(centres), len(DAYS) * len(BLOCKS), -1).mean(-1) for year, open_ in hourly.items()}
    return {year: _slotted(open_, mean=True) for year, open_ in blocks.items()}


def _days(words: str) -> list[int]:
    """The days that "Mon-Fri" or "Sat" names; none for other words."""
    ends = words.split("-")
    if len(ends) > 2 or not set(ends) <= set(DAYS):
        return []
    return list(range(DAYS.index(ends[0]), DAYS.index(ends[-1]) + 1))


def _slotted(by_block: Numbers, *, mean: bool = False) -> Numbers:
    """What is given for the 56 blocks of the week (last dimension) in the 16 slots: added up, or the mean."""
    week = by_block.reshape(*by_block.shape[:-1], len(DAYS), len(BLOCKS))
    parts = week[..., :5, :], week[..., 5:, :]
    slots: Numbers = np.concatenate([part.mean(-2) if mean else part.sum(-2) for part in parts], axis=-1)
    return slots

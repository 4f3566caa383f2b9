"""Price years: moves money from the year it was measured in to the year of the analysis."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from heemodel.errors import HeemodelError, nearest


@dataclass(frozen=True)
class PriceIndex:
    """Price levels by financial year, such as ``"2017/18"``, on an arbitrary common scale."""

    name: str
    levels: dict[str, float]

    def level(self, year: str) -> float:
        """The level of a year; raises `HeemodelError` for a year that the index does not have."""
        if year not in self.levels:
            raise HeemodelError(
                f"price year {year!r} is not in the {self.name}, which runs from {min(self.levels)} to "
                f"{max(self.levels)}; {nearest(year, self.levels)}"
            )
        return self.levels[year]

    def factor(self, start: str, end: str) -> float:
        """What money of `start` is multiplied by to be in prices of `end`: level(end) / level(start).

        1 for the same year, whether the index has it or not.
        """
        if start == end:
            return 1.0
        return self.level(end) / self.level(start)


@cache
def price_index() -> PriceIndex:
    """The NHS Cost Inflation Index, 2013/14 to 2024/25; its file names the source of each year.

    >>> round(price_index().factor("2014/15", "2017/18"), 4)
    1.0377
    """
    with resources.files("heemodel.parameters").joinpath("data/price_index_nhscii.csv").open(encoding="utf-8") as file:
        changes = pd.read_csv(file, comment="#")
    levels = np.concatenate([[1.0], np.cumprod(1 + changes["change"].to_numpy() / 100)])
    return PriceIndex(
        "NHS Cost Inflation Index", dict(zip(["2013/14", *changes["year"]], levels.tolist(), strict=True))
    )

"""Every unit's ways to a centre in one list, for arithmetic over all of them at once."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .places import NONE, Indices, Numbers, Places
from .routes import Routes, reached


@dataclass(frozen=True, eq=False)
class Links:
    """As stated and to the nearest, first choice and second; of the years before new centres are built, and after.

    Attributes
    ----------
    routes : of the years before, if anything changes, and after
    unit, centre, network : of each link; a network is told by the centre that its units name
    pair : of which pair of all routes, one after the other
    second, nearest, after : whether it is the second choice, the way to the nearest, and of the years after
    at_hand : whether patients are there directly
    road : minutes
    """

    routes: tuple[Routes, ...]
    unit: Indices
    centre: Indices
    network: Indices
    pair: Indices
    second: NDArray[np.bool_]
    nearest: NDArray[np.bool_]
    after: NDArray[np.bool_]
    at_hand: NDArray[np.bool_]
    road: Numbers

    @classmethod
    def of(cls, ways: Routes, places: Places) -> Self:
        """All of a set of routes but those that lead nowhere."""
        units = np.arange(len(places.units))
        parts = []
        for nearest, pair in ((False, ways.stated), (True, ways.nearest)):
            for second, centre, road in (
                (False, ways.first[pair], ways.minutes_first[units, pair]),
                (True, ways.second[pair], ways.minutes_second[units, pair]),
            ):
                flags = [np.full(len(units), flag) for flag in (second, nearest, True)]
                hand = ways.at_hand[pair] & (not second)
                parts.append((units, centre, places.hub_now, pair, *flags, hand, road))
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        there = columns[1] != NONE
        return cls((ways,), *(column[there] for column in columns))

    def until(self, after: Self) -> Self:
        """These links before a change, and others after it."""
        shift = {"pair": sum(len(ways.first) for ways in self.routes)}
        columns = []
        for name in [field.name for field in fields(self)][1:]:
            mine, later = getattr(self, name), getattr(after, name)
            columns.append(
                np.concatenate([np.zeros_like(mine) if name == "after" else mine, later + shift.get(name, 0)])
            )
        columns = [c.astype(getattr(self, f.name).dtype) for c, f in zip(columns, fields(self)[1:], strict=True)]
        return type(self)((*self.routes, *after.routes), *columns)

    @property
    def mean_road(self) -> float:
        """Road minutes of an average transfer."""
        sent = ~self.at_hand & ~self.second
        return float(self.road[sent].mean()) if sent.any() else 0.0

    def way(self, to_nearest: Numbers, after: Numbers) -> Numbers:
        """Share of a unit's patients for whom each link is the way; dimensions sample and link.

        Parameters
        ----------
        to_nearest : share sent to the nearest centre, by sample
        after : share of the year after a change; dimensions sample and 1
        """
        nearest = to_nearest[:, np.newaxis]
        way = np.where(self.nearest, nearest, 1 - nearest)
        if len(self.routes) == 1:
            return way
        found: Numbers = way * np.where(self.after, after, 1 - after)
        return found

    def reached(self, at_hand: Numbers, later: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
        """As `routes.reached`, by link."""
        parts = [reached(ways, at_hand, later, weights) for ways in self.routes]
        first, second = (np.concatenate(columns, axis=-2)[..., self.pair, :] for columns in zip(*parts, strict=True))
        return first, second

    def to_centre(self, centres: int) -> Numbers:
        """1 where a link (row) leads to a centre (column)."""
        return np.equal.outer(self.centre, np.arange(centres)).astype(float)

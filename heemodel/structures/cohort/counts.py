"""What people are counted with in every cycle, and how such counts are priced."""

from dataclasses import dataclass

import numpy as np

from heemodel.structures.cohort.block import Payment
from heemodel.structures.cohort.engine.schedule import Value
from heemodel.structures.cohort.weights import KINDS
from heemodel.structures.layout import Array, Fitted

Counted = tuple[int, bytes]
"""What people are counted with: a stream of weights, and the numbers by cycle that these are multiplied by."""


Tally = tuple[int, Counted]
"""The place of a cell, and what its people are counted with: a total."""


@dataclass(frozen=True)
class Price:
    """What is added to a row of a lane's outcomes: what they are worth × the sum of some totals.

    They are worth `value`, or else the factor of that number among those that the kernel works out, or else 1.
    """

    row: int
    lane: int
    value: Fitted | None
    totals: list[int]
    factor: int | None = None


@dataclass(frozen=True)
class Part:
    """A part of what is paid for being in a state, in a lane.

    `worth` is a value on the tape, or None for the payment's own; `tallies` the totals that it is paid for, whose
    numbers by cycle are empty where the part is worth something new in every cycle.
    """

    payment: Payment
    lane: int
    worth: Value | None
    tallies: list[Tally]

    @property
    def by_cycle(self) -> bool:
        """Whether it is worth something new in every cycle."""
        return not self.tallies[0][1][1]


class Counts:
    """Rows of weights by time point: those of every kind and stream, and their products with numbers by cycle.

    People are counted with several rows at once, which must follow one another.
    """

    def __init__(self, by_kind: Array) -> None:
        self._by_kind = by_kind
        self._rows = [*by_kind.reshape(-1, by_kind.shape[-1])]
        self._first: dict[tuple[str, tuple[Counted, ...]], int] = {}

    @property
    def weights(self) -> Array:
        """All rows (row, time point)."""
        return np.array(self._rows)

    def row(self, kind: str, stream: int) -> int:
        """The row of a kind and stream as it is."""
        return KINDS.index(kind) * len(self._by_kind[0]) + stream

    def rows(self, kind: str, counted: tuple[Counted, ...]) -> int:
        """The first row of several that follow one another, of the kind "points", "before" or "ends"."""
        if (kind, counted) not in self._first:
            self._first[kind, counted] = len(self._rows)
            self._rows += [self._product(kind, *each) for each in counted]
        return self._first[kind, counted]

    def _product(self, kind: str, stream: int, numbers: bytes) -> Array:
        """Weights of occupancy times numbers by cycle: the end of a cycle is counted with that cycle's number."""
        if kind == "points":
            return self._product("ends", stream, numbers) + self._product("before", stream, numbers)
        by_cycle = np.frombuffer(numbers)
        ends = (0.0, *by_cycle) if kind == "ends" else (*by_cycle, 0.0)
        return np.asarray(self._by_kind[KINDS.index(kind), stream] * ends)

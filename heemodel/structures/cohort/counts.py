"""The weights that people are counted with in every cycle."""

import numpy as np

from heemodel.structures.cohort.weights import KINDS
from heemodel.structures.layout import Array

Counted = tuple[int, bytes]
"""What people are counted with: a stream of weights, and the numbers by cycle that these are multiplied by."""


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
        return KINDS.index(kind) * self._by_kind.shape[1] + stream

    def rows(self, kind: str, counted: tuple[Counted, ...]) -> int:
        """The first row of several that follow one another, of the kind "points", "before" or "ends"."""
        if (kind, counted) not in self._first:
            self._first[kind, counted] = len(self._rows)
            self._rows += [self._product(kind, *each) for each in counted]
        return self._first[kind, counted]

    def _product(self, kind: str, stream: int, numbers: bytes) -> Array:
        """Weights of occupancy times numbers by cycle: the end of a cycle is counted with that cycle's number."""
        if kind == "points":
            product: Array = self._product("ends", stream, numbers) + self._product("before", stream, numbers)
            return product
        by_cycle = np.frombuffer(numbers)
        ends = (0.0, *by_cycle) if kind == "ends" else (*by_cycle, 0.0)
        weights: Array = self._by_kind[KINDS.index(kind), stream]
        return weights * ends

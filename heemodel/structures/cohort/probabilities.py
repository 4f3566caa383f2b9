"""Probabilities of moves: what is none of them is refused, with how many draws it happens in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from heemodel.structures.cohort.engine.kernel import TOLERANCE
from heemodel.structures.errors import ModelError
from heemodel.structures.layout import Fitted, Layout, check_finite

Move = tuple[str, str]

BELOW = (
    "it must lie between 0 and 1. A difference of two uncertain quantities can fall below 0, as where two curves "
    "cross: take both from one set of joint draws in which the order holds, or write the smaller one as a share of "
    "the larger"
)
SIGN = "it must lie between 0 and 1, and is below 0 in all draws: look at its sign"
ABOVE = (
    "it must lie between 0 and 1. If it is a percentage, divide it by 100; if it is a rate, hm.rate_to_probability "
    "makes a probability of it"
)
TOGETHER = (
    "they must leave at most 1. Competing risks need conditional probabilities, such as (1 − die) × fall ill, or "
    "rates and hm.convert.rates_to_probabilities"
)


@dataclass
class Excess:
    """What is wrong with one quantity over all draws: in how many of them, and where it is worst."""

    what: str
    cure: str
    worst: float = 0.0
    place: str = ""
    draws: int = 0

    def add(self, layout: Layout, fitted: Fitted, excess: NDArray[np.float64]) -> None:
        """Count the draws of a block in which there is an excess over what is allowed, and keep the worst place."""
        bad = excess > TOLERANCE
        if not bad.any():
            return
        others = tuple(axis for axis, dim in enumerate(fitted.dims) if dim != "sample")
        self.draws += int(bad.any(axis=others).sum()) if "sample" in fitted.dims else layout.samples
        if excess.max() > self.worst:
            self.worst = float(excess.max())
            self.place = layout.where(fitted, excess == excess.max())

    def text(self, samples: int) -> str:
        """The error in words."""
        many = f", the furthest of {self.draws:,} of {samples:,} draws" if samples > 1 else ""
        cure = SIGN if self.cure is BELOW and self.draws == samples > 1 else self.cure
        return f"{self.what} {self.place}{many}; {cure}"


@dataclass
class MoveChecks:
    """What is wrong with the moves of a model, over one block of draws after another."""

    excesses: dict[Any, Excess] = field(default_factory=dict)
    samples: int = 0

    def look(self, edges: Mapping[Move, Fitted], layout: Layout) -> None:
        """Look at a block of draws.

        Raises
        ------
        ModelError
            at once for a probability that is not a number
        """
        self.samples += layout.samples
        totals: dict[str, xr.DataArray] = {}
        for (source, target), fitted in edges.items():
            what = f"the probability of {source!r} → {target!r}"
            check_finite(fitted, layout, what)
            numbers = fitted.values()
            self._excess((source, target, "below"), f"{what} is", BELOW).add(layout, fitted, -numbers)
            self._excess((source, target, "above"), f"{what} is", ABOVE).add(layout, fitted, numbers - 1)
            coords = {dim: list(labels) for dim, labels in fitted.labels.items()}
            array = xr.DataArray(numbers, dims=fitted.dims, coords=coords)
            totals[source] = _sum(totals[source], array) if source in totals else array
        for source, total in totals.items():
            fitted = layout.fit(total, f"the moves out of {source!r}")
            out = f"the moves out of {source!r} add up to"
            self._excess((source, "together"), out, TOGETHER).add(layout, fitted, fitted.values() - 1)

    def _excess(self, key: Any, what: str, cure: str) -> Excess:
        return self.excesses.setdefault(key, Excess(what, cure))

    def refuse(self) -> None:
        """Raise an error for the first move that is wrong, if there is one; moves before their sums."""
        excesses = sorted(self.excesses.items(), key=lambda item: item[0][-1] == "together")
        for _, excess in excesses:
            if excess.draws:
                raise ModelError(excess.text(self.samples))


def refuse_impossible(blocks: Iterable[tuple[Mapping[Move, Fitted], Layout]]) -> None:
    """Compute the moves of all blocks of draws, and refuse what is no probability."""
    checks = MoveChecks()
    for edges, layout in blocks:
        checks.look(edges, layout)
    checks.refuse()


def _sum(a: xr.DataArray, b: xr.DataArray) -> xr.DataArray:
    """Their sum; along a clock, the shorter one's last value goes on."""
    for dim in {*a.dims} & {*b.dims} - {"sample", "cycle", "strategy", "group"}:
        length = max(a.sizes[dim], b.sizes[dim])
        a, b = (x.isel({dim: np.minimum(np.arange(length), x.sizes[dim] - 1)}) for x in (a, b))
    return a + b

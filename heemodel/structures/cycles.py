"""Durations, and the cycles that a horizon is divided into."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heemodel import timespans
from heemodel.errors import HeemodelError
from heemodel.structures.errors import ModelError

MOST_CYCLES = 100_000

REST = "rest"
"""In a schedule of cycle lengths: what is left of the horizon."""


def years(duration: str) -> Fraction:
    """A duration above 0 in years, such as ``"1 year"``, ``"1/52 year"``, ``"3 months"`` or ``"7 days"``.

    >>> years("6 months")
    Fraction(1, 2)
    """
    if duration.strip() == "lifetime":
        raise ModelError('this model has no lifetime horizon of its own; give the years, as in "60 years"')
    try:
        length = timespans.years(duration)
    except HeemodelError as error:
        raise ModelError(str(error)) from None
    if length == 0:
        raise ModelError(f"duration {duration!r} is not above 0; {timespans.EXAMPLES}")
    return length


def whole_cycles(cycle_length: str, horizon: str) -> int:
    """Number of cycles in a horizon, which must hold a whole number of them.

    Parameters
    ----------
    cycle_length, horizon : durations with their units

    Returns
    -------
    The number of cycles

    Raises
    ------
    ModelError
        if a duration cannot be read, or the horizon does not hold whole cycles

    See Also
    --------
    CohortModel : whose `cycle_length` may also be a schedule of several

    Examples
    --------
    >>> whole_cycles("1/52 year", "5 years")
    260
    """
    return Cycles.of(cycle_length, horizon).number


@dataclass(frozen=True)
class Cycles:
    """The cycles of a model: stretches of cycles of one length, one after another.

    Attributes
    ----------
    stretches : for each its cycle length in years, and the number of cycles
    """

    stretches: tuple[tuple[Fraction, int], ...]

    @classmethod
    def of(cls, cycle_length: str | Mapping[str, str], horizon: str) -> "Cycles":
        """The cycles of a horizon; `cycle_length` is one length, or {length: for how long}, the last perhaps "rest".

        Raises
        ------
        ModelError
            if a stretch does not hold whole cycles, or the stretches do not fill the horizon
        """
        total = years(horizon)
        if isinstance(cycle_length, str):
            return cls(
                ((years(cycle_length), _whole(years(cycle_length), total, cycle_length, f"horizon {horizon!r}")),)
            )
        stretches: list[tuple[Fraction, int]] = []
        used = Fraction(0)
        for place, (length, lasting) in enumerate(cycle_length.items(), 1):
            last = place == len(cycle_length)
            stretch = total - used if last and lasting == REST else years(lasting)
            if stretch <= 0:
                raise ModelError(f"cycle lengths {dict(cycle_length)}: nothing is left of {horizon!r} for {length!r}")
            what = f"the stretch of {lasting!r}" if lasting != REST else f"the rest of the horizon {horizon!r}"
            stretches.append((years(length), _whole(years(length), stretch, length, what)))
            used += stretch
        if used != total:
            raise ModelError(
                f"the cycle lengths {dict(cycle_length)} fill {float(used):.6g} of the {float(total):.6g} years "
                f'of horizon {horizon!r}; give the last of them for "{REST}"'
            )
        return cls(tuple(stretches))

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(number for _, number in self.stretches)

    @property
    def length(self) -> float | None:
        """The length of all in years, or None where they differ."""
        lengths = {length for length, _ in self.stretches}
        return float(lengths.pop()) if len(lengths) == 1 else None

    @property
    def lengths(self) -> NDArray[np.float64]:
        """The length of each in years, shape (cycle,)."""
        return np.array([float(length) for length, number in self.stretches for _ in range(number)])

    @property
    def starts(self) -> NDArray[Any]:
        """The start of each in years from the first one's, shape (cycle,)."""
        if self.length is not None:
            return np.arange(self.number) * self.length
        begins = accumulate((length * number for length, number in self.stretches), initial=Fraction(0))
        return np.concatenate(
            [
                float(begin) + float(length) * np.arange(number)
                for begin, (length, number) in zip(begins, self.stretches, strict=False)
            ]
        )

    def points(self) -> list[Fraction]:
        """The exact times of their starts, and of the last one's end, in years."""
        lengths = [length for length, number in self.stretches for _ in range(number)]
        return list(accumulate(lengths, initial=Fraction(0)))

    def years_of_cycles(self) -> NDArray[np.int64]:
        """The year, counted from 0, in which each cycle lies; shape (cycle,).

        Raises
        ------
        ModelError
            if a cycle lies in two years
        """
        of_cycles = []
        for begin, end in pairwise(self.points()):
            if end > int(begin) + 1:
                raise ModelError(
                    "outcomes by year need cycles that end with each year, and the cycle of "
                    f"{float(end - begin):.6g} years that starts after {float(begin):.6g} years goes on into the "
                    f"next; choose a cycle length that divides the year{_about(end - begin)}"
                )
            of_cycles.append(int(begin))
        return np.array(of_cycles, dtype=np.int64)


def _about(length: Fraction) -> str:
    """A cycle length close to one that does not divide the year."""
    parts = max(1, round(1 / length))
    return f', such as "1/{parts} year"' if parts > 1 else ', such as "1 year"'


def _whole(length: Fraction, stretch: Fraction, written: str, what: str) -> int:
    """The whole number of cycles in a stretch of time."""
    cycles = stretch / length
    if cycles.denominator != 1:
        raise ModelError(
            f"{what} is {float(cycles):.4g} cycles of {written!r}; it must hold a whole number of cycles. Change "
            f"it, or take a cycle length that divides the year{_about(length)}"
        )
    if cycles > MOST_CYCLES:
        raise ModelError(f"{what} is {int(cycles):,} cycles; give a horizon of at most {MOST_CYCLES:,}")
    return int(cycles)

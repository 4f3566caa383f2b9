"""Impossible values among many draws: counted over all of them, and reported together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from heemodel.structures.errors import ModelError
from heemodel.structures.layout import Array, Layout

MOST_LANES, MOST_FAULTS = 4, 20
"""How many strategies and groups are named for one fault, and how many faults of a kind."""


@dataclass(frozen=True)
class Kind:
    """A way in which a value is impossible: in words, which of the values is the worst, and the cure."""

    says: str
    worst: str
    """"smallest", "largest" or "first"."""
    cure: str


NOT_FINITE = Kind("not a finite number", "first", "look for a missing or infinite input")


@dataclass(frozen=True)
class Fault:
    """Impossible values of one thing in one lane."""

    count: int
    worst: float
    sample: int | None
    """Where the worst of them is; None if the value is the same in all draws."""


Lane = tuple[str | None, ...]
"""Strategy and group; None for all of them."""


@dataclass
class Faults:
    """What was found to be impossible, by what it is, how, and the lane."""

    found: dict[tuple[str, Kind], dict[Lane, Fault]] = field(default_factory=dict)

    def note(self, what: str, kind: Kind, values: Array, bad: NDArray[np.bool_], layout: Layout) -> None:
        """Keep the bad among some values (strategy, group, sample); `what` begins a sentence: "the cost of 'x' is"."""
        if not bad.any():
            return
        names = [layout.names.get(dim, ()) for dim in ("strategy", "group")]
        for place in np.argwhere(bad.any(axis=-1)):
            lane = tuple(
                names[axis][at] if values.shape[axis] > 1 or len(names[axis]) == 1 else None
                for axis, at in enumerate(place)
            )
            row, wrong = values[tuple(place)], np.flatnonzero(bad[tuple(place)])
            worst = int(wrong[{"smallest": np.argmin(row[wrong]), "largest": np.argmax(row[wrong])}.get(kind.worst, 0)])
            by_draw = len(row) > 1 or layout.samples == 1 < (layout.of_samples or 1)
            fault = Fault(len(wrong), float(row[worst]), (layout.first_sample or 0) + worst if by_draw else None)
            lanes = self.found.setdefault((what, kind), {})
            lanes[lane] = _joined(lanes[lane], fault, kind) if lane in lanes else fault

    def add(self, others: Faults) -> None:
        """Join what was found among other draws."""
        for (what, kind), lanes in others.found.items():
            mine = self.found.setdefault((what, kind), {})
            for lane, fault in lanes.items():
                mine[lane] = _joined(mine[lane], fault, kind) if lane in mine else fault

    def refuse(self, samples: int) -> None:
        """Raise a ModelError that tells of all, if there are any; `samples` is the number of draws."""
        if not self.found:
            return
        kinds = dict.fromkeys(kind for _, kind in self.found)
        sentences = []
        for sort in kinds:
            faults = [(what, lanes) for (what, kind), lanes in self.found.items() if kind is sort]
            sentences += [_sentence(what, sort, lanes, samples) for what, lanes in faults[:MOST_FAULTS]]
            sentences += [f"and {len(faults) - MOST_FAULTS} more like these"] if len(faults) > MOST_FAULTS else []
            sentences[-1] += f"; {sort.cure}"
        raise ModelError("\n".join(sentences))


def _joined(one: Fault, other: Fault, kind: Kind) -> Fault:
    """The same fault in two blocks of draws, the first before the other."""
    if one.sample is None:
        return one
    further = {"smallest": other.worst < one.worst, "largest": other.worst > one.worst}.get(kind.worst, False)
    return replace(other if further else one, count=one.count + other.count)


def _sentence(what: str, kind: Kind, lanes: Mapping[Lane, Fault], samples: int) -> str:
    """Where, how often and how bad."""
    places = []
    for lane, fault in [*lanes.items()][:MOST_LANES]:
        where = _where(lane)
        if fault.sample is None:
            places.append(f"{fault.worst:.6g}{where}")
        else:
            often = f"in {fault.count:,} of {samples:,} draws{where}"
            places.append(f"{often} ({kind.worst} {fault.worst:.6g}, sample {fault.sample})")
    if len(lanes) > MOST_LANES:
        places.append(f"in {len(lanes) - MOST_LANES} more")
    says = "" if places[0][:3] != "in " else f"{kind.says} "
    return f"{what} {says}{_listed(places)}"


def _where(lane: Lane) -> str:
    """The strategy and group of a lane, in words."""
    names = [f"{dim} {name!r}" for dim, name in zip(("strategy", "group"), lane, strict=True) if name is not None]
    return f" of {', '.join(names)}" if names else ""


def _listed(places: Iterable[str]) -> str:
    *first, last = places
    return f"{', '.join(first)} and {last}" if first else last

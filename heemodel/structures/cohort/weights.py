"""Within-cycle correction and discounting, as weights of what is counted in a cycle."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.structures.cycles import Cycles
from heemodel.structures.discounting import Discount, DiscountTiming, Rate, discount_factor
from heemodel.structures.errors import ModelError

Array = NDArray[np.float64]
Named = Literal["life-table", "start", "end", "simpson"]
Correction = Named | Sequence[float] | Array

KINDS = ("points", "moves", "entries", "before", "after", "ends")
"""Kinds of weights, see `Weights`. "points" weighs the occupancy at a time point, as the end of one cycle ("ends") and
as the start of the next ("before") together; "after" weighs the occupancy at the end of the cycle itself."""


class Weights(NamedTuple):
    """What a cycle's counts are multiplied by, each of shape (cycle,).

    `before` and `after` weigh the occupancy at the cycle's start and end and carry its length in years; `moves`
    weighs the flows in the cycle, `entries` what is counted once at its start.
    """

    before: Array
    after: Array
    moves: Array
    entries: Array


def shares(correction: Correction, cycles: Cycles) -> tuple[Array, Array]:
    """How much of the counts at each cycle's start and end is taken, shapes (cycle,).

    With counts x_0 … x_n of cycles of c years the undiscounted total is c times

    - ``"life-table"``: ½x_0 + x_1 + … + x_{n−1} + ½x_n (trapezoid)
    - ``"start"``: x_0 + … + x_{n−1}
    - ``"end"``: x_1 + … + x_n
    - ``"simpson"``: (x_0 + 4x_1 + 2x_2 + … + 4x_{n−1} + x_n) / 3, for even n and cycles of one length
    - weights w_0 … w_n of one's own: Σ w_j x_j; half of an inner count belongs to the cycle that ends with it, half to
      the one that starts with it

    Raises
    ------
    ModelError
        for an unknown name, an odd number of cycles under Simpson's rule, or weights of another number
    """
    n = cycles.number
    even = np.arange(n) % 2 == 0
    if not isinstance(correction, str):
        return _own(correction, n)
    match correction:
        case "life-table":
            return np.full(n, 0.5), np.full(n, 0.5)
        case "start":
            return np.ones(n), np.zeros(n)
        case "end":
            return np.zeros(n), np.ones(n)
        case "simpson":
            if n % 2 or cycles.length is None:
                raise ModelError(
                    f'correction "simpson" needs an even number of cycles of one length; the horizon holds {n}'
                    + (" of several" if cycles.length is None else "")
                )
            return np.where(even, 1 / 3, 2 / 3), np.where(even, 2 / 3, 1 / 3)
    raise ModelError(
        f"correction {correction!r}: {nearest(correction, get_args(Named))}. "
        'The usual half-cycle correction is "life-table"'
    )


def _own(correction: Sequence[float] | Array, n: int) -> tuple[Array, Array]:
    """Weights of the n + 1 counts, as shares of each cycle's start and end."""
    weights = np.asarray(correction)
    if weights.ndim != 1 or weights.dtype.kind not in "fiu" or not np.isfinite(weights).all():
        raise ModelError(
            'CohortModel(correction=…) is neither a name, such as "life-table" for the usual half-cycle '
            "correction, nor numbers: give one weight for each count"
        )
    if len(weights) != n + 1:
        raise ModelError(
            f"correction has {len(weights)} weights; {n} cycles have {n + 1} counts, at the start and at each "
            "cycle's end"
        )
    inner = np.concatenate([[1.0], np.full(n - 1, 0.5), [1.0]])
    return (weights * inner)[:-1], (weights * inner)[1:]


def weights(correction: Correction, cycles: Cycles, begins: float, *, rate: Rate, timing: DiscountTiming) -> Weights:
    """Within-cycle correction and discounting as weights; see `shares` and `Discount`.

    Moves are counted in full. `begins` is the time in years at which the first cycle starts, for discounting.
    """
    before, after = shares(correction, cycles)
    years = cycles.lengths if cycles.length is None else cycles.length
    start = cycles.starts + begins
    match timing:
        case "count":
            at_start, at_end = start, start + years
        case "start":
            at_start = at_end = start
        case "mid":
            at_start = at_end = start + years / 2
        case "year":
            at_start = at_end = np.floor(start + 1e-9)
    discount_start, discount_end = discount_factor(rate, at_start), discount_factor(rate, at_end)
    return Weights(years * before * discount_start, years * after * discount_end, discount_end, discount_start)


class Streams(NamedTuple):
    """The different weights that outcomes are added up with.

    `weights` have the shape (kind, stream, cycle + 1), with the kinds in the order of KINDS. At time point j the weight
    is that of the end of cycle j − 1 plus that of the start of cycle j. `of` says which stream costs, QALYs and counts
    take, and `at_start` what each stream multiplies by what is paid at the very start.
    """

    weights: Array
    of: tuple[int, int, int]
    at_start: Array


def streams(correction: Correction, cycles: Cycles, begins: float, discount: Discount) -> Streams:
    """The weights of costs, of QALYs and of what is counted without discounting."""
    made: list[Array] = []
    at_start: list[float] = []
    places = []
    for rate in (discount.cost, discount.qaly, 0.0):
        given = weights(correction, cycles, begins, rate=rate, timing=discount.timing)
        before, ends = np.append(given.before, 0.0), np.append(0.0, given.after)
        moves, entries, after = (np.append(by_cycle, 0.0) for by_cycle in (given.moves, given.entries, given.after))
        stream = np.stack([before + ends, moves, entries, before, after, ends])
        same = [k for k, other in enumerate(made) if np.array_equal(stream, other)]
        places.append(same[0] if same else len(made))
        if not same:
            made.append(stream)
            at_start.append(float(discount_factor(rate, np.array([begins]))[0]))
    return Streams(np.stack(made, axis=1), (places[0], places[1], places[2]), np.array(at_start))

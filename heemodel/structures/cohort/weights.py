"""Within-cycle correction and discounting, as weights of what is counted in a cycle."""

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.structures.discounting import Discount, DiscountTiming, Rate, discount_factor
from heemodel.structures.errors import ModelError

Array = NDArray[np.float64]
Correction = Literal["life-table", "start", "end", "simpson"]

KINDS = ("points", "moves", "entries", "before", "after")
"""Kinds of weights, see `Weights`; "points" weighs the occupancy at a time point."""


class Weights(NamedTuple):
    """What a cycle's counts are multiplied by, each of shape (cycle,).

    `before` and `after` weigh the occupancy at the cycle's start and end and carry its length in years; `moves`
    weighs the flows in the cycle, `entries` those who enter at its start.
    """

    before: Array
    after: Array
    moves: Array
    entries: Array


def weights(correction: Correction, n: int, cycle_years: float, *, rate: Rate, timing: DiscountTiming) -> Weights:
    """Within-cycle correction and discounting as weights.

    With counts x_0 … x_n the undiscounted total is c times

    - ``"life-table"``: ½x_0 + x_1 + … + x_{n−1} + ½x_n (trapezoid)
    - ``"start"``: x_0 + … + x_{n−1}
    - ``"end"``: x_1 + … + x_n
    - ``"simpson"``: (x_0 + 4x_1 + 2x_2 + … + 4x_{n−1} + x_n) / 3, for even n

    see `Discount` for the discounting. Moves are counted in full.
    """
    even = np.arange(n) % 2 == 0
    match correction:
        case "life-table":
            before, after = np.full(n, 0.5), np.full(n, 0.5)
        case "start":
            before, after = np.ones(n), np.zeros(n)
        case "end":
            before, after = np.zeros(n), np.ones(n)
        case "simpson":
            if n % 2:
                raise ModelError(f'correction "simpson" needs an even number of cycles; the horizon holds {n}')
            before, after = np.where(even, 1 / 3, 2 / 3), np.where(even, 2 / 3, 1 / 3)
        case _:
            raise ModelError(
                f"correction {correction!r}: {nearest(correction, get_args(Correction))}. "
                'The usual half-cycle correction is "life-table"'
            )
    start = np.arange(n, dtype=float) * cycle_years
    match timing:
        case "count":
            at_start, at_end = start, start + cycle_years
        case "start":
            at_start = at_end = start
        case "mid":
            at_start = at_end = start + cycle_years / 2
        case "year":
            at_start = at_end = np.floor(start + 1e-9)
    discount_start, discount_end = discount_factor(rate, at_start), discount_factor(rate, at_end)
    return Weights(
        cycle_years * before * discount_start, cycle_years * after * discount_end, discount_end, discount_start
    )


def streams(correction: Correction, cycles: int, cycle_years: float, discount: Discount) -> tuple[Array, list[int]]:
    """The different weights that outcomes are added up with, and which of them costs, QALYs and counts take.

    Weights have the shape (kind, stream, cycle + 1), with the kinds in the order of KINDS. At time point j the weight
    is that of the end of cycle j − 1 plus that of the start of cycle j.
    """
    made: list[Array] = []
    places = []
    for rate in (discount.cost, discount.qaly, 0.0):
        given = weights(correction, cycles, cycle_years, rate=rate, timing=discount.timing)
        before, after = np.append(given.before, 0.0), np.append(0.0, given.after)
        moves, entries, ends = (np.append(by_cycle, 0.0) for by_cycle in (given.moves, given.entries, given.after))
        stream = np.stack([before + after, moves, entries, before, ends])
        same = [k for k, other in enumerate(made) if np.array_equal(stream, other)]
        places.append(same[0] if same else len(made))
        made += [] if same else [stream]
    return np.stack(made, axis=1), places

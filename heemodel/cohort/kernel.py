"""The compiled loop: works out each cycle's probabilities and moves the cohort, for a block of samples at a time.

It reads instructions (see `tape`), each on vectors of one number for every sample of the block, which stay in cache:
nothing of the size (sample, cycle) is ever stored. One compiled form serves every model. What a sample gives does not
depend on the block it is in.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

BLOCK = 256
"""Samples in a block: 2 kB for each vector."""

TOLERANCE = 1e-12
"""Rounding allowed in probabilities that add up to 1."""

# fmt: off
(LOAD, ADD, SUBTRACT, MULTIPLY, DIVIDE, SQRT, MINIMUM, MAXIMUM, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL, WHERE,
 EXP, EXPM1, LOG, LOG1P, POWER, MOVE, STAY, COUNT, PAY, ENTER, COUNT_ENTRY) = range(24)
# fmt: on
"""MOVE takes people along an edge, STAY leaves the others where they are, COUNT adds up what moves are worth, PAY what
states are paid in a cycle; ENTER lets people in at its start, COUNT_ENTRY adds up what they are worth."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HELPER: dict[str, Any] = {"nogil": True, "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Compiled into `run` alone, without what it takes to be called from Python."""

LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""1 / ln 2, and ln 2 in two parts, the first of few enough digits that a whole multiple of it is exact."""
ROUND = 6755399441055744.0
"""1.5 × 2⁵²: added to a number, it leaves the nearest whole number in the lowest bits."""
EXTREME = 700.0
"""Beyond it, exponentials are left to the C library."""


@njit(**HELPER)
def exponential(x: Floats, a: int, out: int, scratch: Floats, bits: Integers, code: int) -> None:
    """Row `out` of x becomes e^x or e^x − 1 of row `a`, in loops that the compiler can turn into vector instructions.

    x = n ln 2 + r with |r| ≤ ½ ln 2; p = e^r − 1 by its Taylor series to r¹³ (error below 2⁻⁵⁶ p); e^x = 2ⁿ + 2ⁿ p and
    e^x − 1 = 2ⁿ p + (2ⁿ − 1), neither of which cancels. `code` is EXP or EXPM1; `bits` are
    those of `scratch`, as whole numbers.
    """
    extreme = 0
    for i in range(BLOCK):
        shifted = x[a, i] * LOG2E + ROUND
        n = shifted - ROUND
        r = (x[a, i] - n * LN2_HIGH) - n * LN2_LOW
        p = 1 / 6227020800.0
        p = p * r + 1 / 479001600.0
        p = p * r + 1 / 39916800.0
        p = p * r + 1 / 3628800.0
        p = p * r + 1 / 362880.0
        p = p * r + 1 / 40320.0
        p = p * r + 1 / 5040.0
        p = p * r + 1 / 720.0
        p = p * r + 1 / 120.0
        p = p * r + 1 / 24.0
        p = p * r + 1 / 6.0
        p = p * r + 0.5
        scratch[0, i] = shifted
        scratch[1, i] = p * (r * r) + r
        scratch[2, i] = x[a, i]
        extreme |= not abs(x[a, i]) < EXTREME
    for i in range(BLOCK):
        bits[0, i] = (bits[0, i] + 1023) << 52  # the exponent of 2ⁿ
    if code == EXPM1:
        for i in range(BLOCK):
            x[out, i] = scratch[0, i] * scratch[1, i] + (scratch[0, i] - 1.0)
    else:
        for i in range(BLOCK):
            x[out, i] = scratch[0, i] * scratch[1, i] + scratch[0, i]
    if extreme:
        for i in range(BLOCK):
            if not abs(scratch[2, i]) < EXTREME:
                x[out, i] = math.expm1(scratch[2, i]) if code == EXPM1 else math.exp(scratch[2, i])


@njit(**HELPER)
def _operate(code: int, x: Floats, out: int, a: int, b: int, c: int) -> None:
    """One operation on rows of x."""
    if code == MULTIPLY:
        for i in range(BLOCK):
            x[out, i] = x[a, i] * x[b, i]
    elif code == ADD:
        for i in range(BLOCK):
            x[out, i] = x[a, i] + x[b, i]
    elif code == SUBTRACT:
        for i in range(BLOCK):
            x[out, i] = x[a, i] - x[b, i]
    elif code == DIVIDE:
        for i in range(BLOCK):
            x[out, i] = x[a, i] / x[b, i]
    elif code == SQRT:
        for i in range(BLOCK):
            x[out, i] = np.sqrt(x[a, i])
    elif code == MINIMUM:
        for i in range(BLOCK):
            x[out, i] = np.minimum(x[a, i], x[b, i])
    elif code == MAXIMUM:
        for i in range(BLOCK):
            x[out, i] = np.maximum(x[a, i], x[b, i])
    elif code == LESS:
        for i in range(BLOCK):
            x[out, i] = 1.0 if x[a, i] < x[b, i] else 0.0
    elif code == LESS_EQUAL:
        for i in range(BLOCK):
            x[out, i] = 1.0 if x[a, i] <= x[b, i] else 0.0
    elif code == EQUAL:
        for i in range(BLOCK):
            x[out, i] = 1.0 if x[a, i] == x[b, i] else 0.0
    elif code == NOT_EQUAL:
        for i in range(BLOCK):
            x[out, i] = 1.0 if x[a, i] != x[b, i] else 0.0
    elif code == WHERE:
        for i in range(BLOCK):
            x[out, i] = x[b, i] if x[a, i] != 0.0 else x[c, i]


@njit(**HELPER)
def _transcend(code: int, x: Floats, out: int, a: int, b: int) -> None:
    """Functions that are left to the C library, number by number."""
    if code == LOG:
        for i in range(BLOCK):
            x[out, i] = np.log(x[a, i])
    elif code == LOG1P:
        for i in range(BLOCK):
            x[out, i] = np.log1p(x[a, i])
    else:
        for i in range(BLOCK):
            x[out, i] = x[a, i] ** x[b, i]


@njit(**HELPER)
def _move(people: Floats, source: int, target: int, stays: int, x: Floats, p: int) -> int:
    """Takes people along an edge; not 0 if a probability is below 0 or not a number."""
    wrong = 0
    for i in range(BLOCK):
        people[target, i] += people[source, i] * x[p, i]
    for i in range(BLOCK):
        people[stays, i] -= x[p, i]
        wrong |= not x[p, i] >= -TOLERANCE
    return wrong


@njit(**HELPER)
def _stay(people: Floats, cells: int, now: int, new: int, onward: Integers) -> int:
    """Leaves those who did not move where they are; not 0 if more than everyone moved."""
    wrong = 0
    for s in range(cells):
        source, target, stays = now + s, new + onward[s], 2 * cells + s
        for i in range(BLOCK):
            people[target, i] += people[source, i] * people[stays, i]
        for i in range(BLOCK):
            wrong |= not people[stays, i] >= -TOLERANCE
            people[stays, i] = 1.0
    return wrong


@njit(cache=True, nogil=True, error_model="numpy")
def run(
    memory: Floats,  # every number of every leaf
    leaf_at: Integers,  # (leaf, 3): offset, strides for cycle and sample
    before: Integers,  # (instruction, 5): code, register of the result, operands
    during: Integers,  # (instruction, 5): the same for every cycle, and actions
    registers: int,
    start: Integers,  # (cell,): leaf of the share that starts there
    onward: Integers,  # (cell,): where those go who stay: their own cell, or the next one of a tunnel
    moves: Floats,  # (stream, cycle): weights of moves
    entries: Floats,  # (stream, cycle): weights of those who enter
    at_start: Floats,  # (stream, cycle): weights of the occupancy at a cycle's start
    at_end: Floats,  # (stream, cycle): and at its end
    begin: int,  # first sample
    end: int,  # and the one after the last
    totals: Floats,  # out (total, sample): first streams × cells, then those of actions
    occupancy: Floats,  # out (cycle + 1, cell, sample), or of size 0 if nobody asks
) -> int:
    """Runs some samples, block by block.

    Returns the first sample of the first block in which a probability is impossible or something not a number, or −1.
    """
    cycles = moves.shape[1]
    cells = start.size
    x = np.zeros((max(registers, 1), BLOCK))
    scratch = np.zeros((3, BLOCK))
    bits = scratch.view(np.int64)
    people = np.ones((3 * cells, BLOCK))  # there now, there next (or the other way round), and the shares that stay
    total = np.zeros((totals.shape[0], BLOCK))
    found = -1
    for first in range(begin, end, BLOCK):
        wrong = 0
        size = min(BLOCK, end - first)
        now, new = 0, cells
        total[:, :] = 0.0
        for s in range(cells):
            _load(memory, leaf_at, start[s], 0, first, size, people, s)
        for step in range(cycles + 2):
            j = max(step - 1, 0)
            if step:
                _count(people, cells, now, total, at_start, at_end, j)
                if j == cycles:
                    _keep(people, now, occupancy, j, first, size)
                    break
                for s in range(new, new + cells):
                    for i in range(BLOCK):
                        people[s, i] = 0.0
            lines = during if step else before
            for line in range(lines.shape[0]):
                code, out, a, b, c = lines[line, 0], lines[line, 1], lines[line, 2], lines[line, 3], lines[line, 4]
                if code == LOAD:
                    _load(memory, leaf_at, a, j, first, size, x, out)
                elif code < EXP:
                    _operate(code, x, out, a, b, c)
                elif code <= EXPM1:
                    exponential(x, a, out, scratch, bits, code)
                elif code < MOVE:
                    _transcend(code, x, out, a, b)
                elif code == MOVE:  # from cell a to cell b with the probability in c
                    wrong |= _move(people, now + a, new + b, 2 * cells + a, x, c)
                elif code == COUNT:  # from cell b with the probability times worth in c, in the total `out`, stream a
                    weight = moves[a, j]
                    for i in range(BLOCK):
                        total[out, i] += weight * (people[now + b, i] * x[c, i])
                elif code == STAY:
                    wrong |= _stay(people, cells, now, new, onward)
                elif code == ENTER:  # the people in c into cell a
                    _enter(people, cells, now, a, x, c, total, at_start, j)
                elif code == COUNT_ENTRY:  # the people times their worth in c, in the total `out`, stream a
                    weight = entries[a, j]
                    for i in range(BLOCK):
                        total[out, i] += weight * x[c, i]
                else:  # PAY: cell a gets the worth in c, in the total `out`, stream b
                    w, v = at_start[b, j], at_end[b, j]
                    for i in range(BLOCK):
                        total[out, i] += x[c, i] * (w * people[now + a, i] + v * people[new + a, i])
            if step:
                _keep(people, now, occupancy, j, first, size)
                now, new = new, now
        for row in range(total.shape[0]):
            for i in range(size):
                wrong |= not math.isfinite(total[row, i])
                totals[row, first + i] = total[row, i]
        if wrong != 0 and found < 0:
            found = first
    return found


@njit(**HELPER)
def _keep(people: Floats, now: int, occupancy: Floats, j: int, first: int, size: int) -> None:
    """Writes down who is where at time point j, if anybody asks."""
    if occupancy.size:
        for s in range(occupancy.shape[1]):
            for i in range(size):
                occupancy[j, s, first + i] = people[now + s, i]


@njit(**HELPER)
def _enter(
    people: Floats, cells: int, now: int, cell: int, x: Floats, p: int, total: Floats, at_start: Floats, j: int
) -> None:
    """Lets people in at the start of cycle j: they were not there at the end of the cycle before."""
    for i in range(BLOCK):
        people[now + cell, i] += x[p, i]
    for stream in range(at_start.shape[0]):
        for i in range(BLOCK):
            total[stream * cells + cell, i] += at_start[stream, j] * x[p, i]


@njit(**HELPER)
def _count(people: Floats, cells: int, now: int, total: Floats, at_start: Floats, at_end: Floats, j: int) -> None:
    """Adds the occupancy of every cell, with its weight at time point j, to the first totals."""
    streams, cycles = at_start.shape
    for stream in range(streams):
        weight = 0.0
        if j < cycles:
            weight += at_start[stream, j]
        if j > 0:
            weight += at_end[stream, j - 1]
        for s in range(cells):
            for i in range(BLOCK):
                total[stream * cells + s, i] += weight * people[now + s, i]


@njit(**HELPER)
def _load(memory: Floats, leaf_at: Integers, leaf: int, cycle: int, first: int, size: int, x: Floats, out: int) -> None:
    """The numbers of a leaf for one cycle and a block of samples; the last one again where a block is not full."""
    place = leaf_at[leaf, 0] + cycle * leaf_at[leaf, 1]
    if leaf_at[leaf, 2]:
        for i in range(size):
            x[out, i] = memory[place + first + i]
        for i in range(size, BLOCK):
            x[out, i] = memory[place + first + size - 1]
    else:
        for i in range(BLOCK):
            x[out, i] = memory[place]

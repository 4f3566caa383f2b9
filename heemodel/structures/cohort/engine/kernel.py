"""The compiled loop: carries out a program's instructions, cycle by cycle, for a block of samples at a time.

It is a small machine whose registers are rows of one number for every sample of the block. They stay in cache, and
nothing of the size (sample, cycle) is ever stored. One compiled form serves every model; what a cohort, a state or a
payoff is, `program` knows. What a sample gives does not depend on the block it is in.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from heemodel.compilation import compiled

BLOCK = 128
"""Samples in a block: 1 kB for each register."""

TOLERANCE = 1e-12
"""Rounding allowed in probabilities that add up to 1."""

LOWEST, FIRST = 0, 1
"""The register of the lowest share so far, and the first one of all others."""

FIELDS = 10
"""Fields of an instruction: code, number, how many, register of the result, and up to six operands a to f."""

# fmt: off
(LOAD, STORE, ADD, SUBTRACT, MULTIPLY, DIVIDE, WHERE, EXP, EXPM1, COUNT, COUNT_ALL, MULTIPLY_TWICE, CHANCE, MOVE,
 MOVE_THREE, MOVE_MORE, MOVE_TWO_MORE, REST, FLUSH, SQRT, MINIMUM, MAXIMUM, LESS, LESS_EQUAL, EQUAL, NOT_EQUAL, LOG,
 LOG1P, FLOOR, POWER, LOG2, LOG10, FLOOR_DIVIDE, REMAINDER) = range(34)
# fmt: on
"""What instructions do, on every sample of the block.

LOAD and STORE: from and to memory, at the place with that number. FLUSH: to memory in those cycles in which a period
ends, at the place with that number, and 0 from then on. COUNT: out + weight × a × b, with the weight of that
number in the cycle; COUNT_ALL: that weight and those after it × a are added to out and the registers after it, so many
in all. MULTIPLY_TWICE: a × b × c. CHANCE: 1 − e^a. MOVE: a × b + c × d, and MOVE_THREE + e × f; MOVE_MORE: out + a × b,
and MOVE_TWO_MORE + c × d. REST: a − b − c − d, the share that is left over; none but a may be below 0. From SQRT on,
functions of a and b that are worked out sample by sample. No result may lie in the register of an operand.
"""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

HELPER: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract"},
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
"""Compiled into `run` alone, without what it takes to be called from Python. A product to which something is added may
be rounded once instead of twice, where the processor can."""

LOG2E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""1 / ln 2, and ln 2 in two parts, the first of few enough digits that a whole multiple of it is exact."""
ROUND = 6755399441055744.0
"""1.5 × 2⁵²: added to a number, it leaves the nearest whole number in the lowest bits."""
EXTREME = 700.0
"""Beyond it, exponentials are left to the C library."""


@njit(**HELPER)
def exponential(x: Floats, out: int, a: int, one: float, sign: float) -> None:
    """Row `out` of x becomes `sign` (e^x − `one`) of row `a`, in a loop that compilers turn into vector instructions.

    x = n ln 2 + r with |r| ≤ ½ ln 2; p = e^r − 1 by its Taylor series to r¹³ (error below 2⁻⁵⁶ p); e^x = 2ⁿ + 2ⁿ p and
    e^x − 1 = 2ⁿ p + (2ⁿ − 1), neither of which cancels. `one` is 0 or 1, `sign` 1 or −1.
    """
    extreme = False
    for i in range(BLOCK):
        number = x[a, i]
        extreme |= not abs(number) < EXTREME
        shifted = number * LOG2E + ROUND
        n = shifted - ROUND
        r = (number - n * LN2_HIGH) - n * LN2_LOW
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
        p = p * (r * r) + r
        power = np.int64((np.float64(shifted).view(np.int64) + 1023) << 52).view(np.float64)  # 2ⁿ, by its exponent
        x[out, i] = sign * (power * p + (power - one))
    if extreme:
        for i in range(BLOCK):
            if not abs(x[a, i]) < EXTREME:
                x[out, i] = sign * (math.expm1(x[a, i]) if one else math.exp(x[a, i]))


@njit(**HELPER)
def fused(a: float, b: float, c: float) -> float:
    """Product of a and b, plus c."""
    return a * b + c


@njit(**HELPER)
def lower(a: float, b: float) -> float:
    """The lower of two numbers; b where either is none."""
    return a if a < b else b  # noqa: FURB136 - `min` heeds what is no number, and takes longer


@njit(**HELPER)
def _function(code: int, a: float, b: float) -> float:
    """A function of one or two numbers."""
    value: float
    if code == SQRT:
        value = math.sqrt(a)
    elif code == MINIMUM:
        value = np.minimum(a, b)
    elif code == MAXIMUM:
        value = np.maximum(a, b)
    elif code == LESS:
        value = 1.0 if a < b else 0.0
    elif code == LESS_EQUAL:
        value = 1.0 if a <= b else 0.0
    elif code == EQUAL:
        value = 1.0 if a == b else 0.0
    elif code == NOT_EQUAL:
        value = 1.0 if a != b else 0.0
    elif code == LOG:
        value = math.log(a)
    elif code == LOG1P:
        value = math.log1p(a)
    elif code == FLOOR:
        value = np.floor(a)
    elif code == LOG2:
        value = math.log2(a)
    elif code == LOG10:
        value = math.log10(a)
    elif code == FLOOR_DIVIDE:
        value = a // b
    elif code == REMAINDER:
        value = a % b
    else:
        value = a**b
    return value


@compiled
def run(
    memory: Floats,  # every number that is loaded
    leaf_at: Integers,  # (leaf, 4): offset, strides for row and sample, and the line of `rows`
    rows: Integers,  # (line, cycle + 1): the row of a leaf in each cycle
    stored: Floats,  # out: every number that is stored
    store_at: Integers,  # (store, 2): offset, stride for cycle or period
    periods: Integers,  # (cycle + 1): the period that ends when a cycle begins, or −1
    weights: Floats,  # (weight, cycle + 1)
    before: Integers,  # (instruction, field): once, before the first cycle
    during: Integers,  # (2, instruction, field): in cycles 0, 2, 4, … and in cycles 1, 3, 5, …
    after: Integers,  # (instruction, field): once, at the end of the last cycle
    x: Floats,  # (register, sample): room to work in
    begin: int,  # first sample
    end: int,  # and the one after the last
) -> int:
    """Runs some samples, block by block.

    Returns the first sample of the first block in which a share is below 0 or something stored is not a number, or −1.
    """
    cycles = weights.shape[1] - 1
    first_wrong = -1
    for first in range(begin, end, BLOCK):
        size = BLOCK if end - first > BLOCK else end - first  # noqa: FURB136 - `min` takes longer to compile
        x[LOWEST, :] = 0.0
        wrong = 0
        for step in range(cycles + 2):
            cycle = step - 1 if step else 0
            lines = during[cycle & 1]
            if step == 0:
                lines = before
            elif cycle == cycles:
                lines = after
            for line in range(lines.shape[0]):
                code, number, many = lines[line, 0], lines[line, 1], lines[line, 2]
                out, a, b, c = lines[line, 3], lines[line, 4], lines[line, 5], lines[line, 6]
                d, e, f = lines[line, 7], lines[line, 8], lines[line, 9]
                if code == MULTIPLY:
                    for i in range(BLOCK):
                        x[out, i] = x[a, i] * x[b, i]
                elif code == MULTIPLY_TWICE:
                    for i in range(BLOCK):
                        x[out, i] = x[a, i] * x[b, i] * x[c, i]
                elif code == COUNT:
                    weight = weights[number, cycle]
                    for i in range(BLOCK):
                        x[out, i] = fused(weight, x[a, i] * x[b, i], x[out, i])
                elif code == COUNT_ALL:
                    for k in range(many):
                        weight = weights[number + k, cycle]
                        for i in range(BLOCK):
                            x[out + k, i] = fused(weight, x[a, i], x[out + k, i])
                elif code == MOVE:
                    for i in range(BLOCK):
                        x[out, i] = fused(x[a, i], x[b, i], x[c, i] * x[d, i])
                elif code == MOVE_THREE:
                    for i in range(BLOCK):
                        x[out, i] = fused(x[a, i], x[b, i], fused(x[c, i], x[d, i], x[e, i] * x[f, i]))
                elif code == MOVE_MORE:
                    for i in range(BLOCK):
                        x[out, i] = fused(x[a, i], x[b, i], x[out, i])
                elif code == MOVE_TWO_MORE:
                    for i in range(BLOCK):
                        x[out, i] = fused(x[a, i], x[b, i], fused(x[c, i], x[d, i], x[out, i]))
                elif code == REST:
                    for i in range(BLOCK):
                        x[out, i] = x[a, i] - (x[b, i] + x[c, i] + x[d, i])
                        x[LOWEST, i] = lower(lower(lower(x[b, i], x[c, i]), lower(x[d, i], x[out, i])), x[LOWEST, i])
                elif code == ADD:
                    for i in range(BLOCK):
                        x[out, i] = x[a, i] + x[b, i]
                elif code == SUBTRACT:
                    for i in range(BLOCK):
                        x[out, i] = x[a, i] - x[b, i]
                elif code == DIVIDE:
                    for i in range(BLOCK):
                        x[out, i] = x[a, i] / x[b, i]
                elif code == WHERE:
                    for i in range(BLOCK):
                        x[out, i] = x[b, i] if x[a, i] != 0.0 else x[c, i]
                elif code == EXP:
                    exponential(x, out, a, 0.0, 1.0)
                elif code == EXPM1:
                    exponential(x, out, a, 1.0, 1.0)
                elif code == CHANCE:
                    exponential(x, out, a, 1.0, -1.0)
                elif code == LOAD:
                    row = rows[leaf_at[number, 3], cycle]
                    place = leaf_at[number, 0] + row * leaf_at[number, 1] + first * leaf_at[number, 2]
                    filled = size if leaf_at[number, 2] else 0
                    if filled < BLOCK:  # one number for all, or a block that is not full
                        value = memory[place]
                        for i in range(BLOCK):
                            x[out, i] = value
                    for i in range(filled):
                        x[out, i] = memory[place + i]
                elif code == STORE:
                    place = store_at[number, 0] + cycle * store_at[number, 1] + first
                    for i in range(size):
                        stored[place + i] = x[a, i]
                        wrong |= not math.isfinite(x[a, i])
                elif code == FLUSH:
                    if periods[cycle] >= 0:
                        place = store_at[number, 0] + periods[cycle] * store_at[number, 1] + first
                        for i in range(size):
                            stored[place + i] = x[out, i]
                            wrong |= not math.isfinite(x[out, i])
                        for i in range(BLOCK):
                            x[out, i] = 0.0
                else:
                    for i in range(BLOCK):
                        x[out, i] = _function(code, x[a, i], x[b, i])
        for i in range(BLOCK):
            wrong |= x[LOWEST, i] < -TOLERANCE
        if wrong and first_wrong < 0:
            first_wrong = first
    return first_wrong

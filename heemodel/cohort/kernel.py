"""The compiled loop: occupancy forward in time, payoffs added up on the way.

All arrays of all edges and payoffs lie in one buffer, each with its offset and its strides for strategy, cycle and
sample; a stride of 0 repeats the value, so nothing is ever expanded to the full (strategy, cycle, sample). One
compiled form therefore serves every model. Samples are handled in blocks that stay in cache, the sample innermost;
blocks and strategies are spread over threads. A sample's result does not depend on the block it is in.
"""

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

BLOCK = 128
"""Samples in a block: a few kB for each state."""

STATE, MOVE, START = 0, 1, 2
"""What a payoff is paid for: years in a state, a move along an edge, or beginning in a state."""

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@njit(cache=True, inline="always")
def _load(buffer: Floats, first: int, stride: int, out: Floats, size: int) -> None:
    """Copies `size` values, or repeats one."""
    if stride == 0:
        out[:size] = buffer[first]
    else:
        out[:size] = buffer[first : first + size]


@njit(cache=True, parallel=True)
def run(
    buffer: Floats,  # every value of every array
    start_at: Integers,  # (state, 4): offset and strides of each state's share at the start
    edge_at: Integers,  # (edge, 4): offset and strides of each edge's probability
    edge_ends: Integers,  # (edge, 2): source and target state
    payoff_at: Integers,  # (payoff, 4): offset and strides of each payoff's value
    payoff_on: Integers,  # (payoff, 4): kind; state or edge; row of the totals; row of the weights
    before: Floats,  # (stream, cycle): weight of the occupancy at the cycle's start
    after: Floats,  # (stream, cycle): weight of the occupancy at its end
    moves: Floats,  # (stream, cycle): weight of the moves in it
    totals: Floats,  # out (row, strategy, sample)
    occupancy: Floats,  # out (strategy, cycle + 1, state, sample), or of size 0 if nobody asks
) -> None:
    """Runs the cohort of every strategy and sample."""
    states, edges, payoffs = start_at.shape[0], edge_at.shape[0], payoff_at.shape[0]
    rows, strategies, samples = totals.shape
    cycles = before.shape[1]
    blocks = (samples + BLOCK - 1) // BLOCK
    for task in prange(blocks * strategies):
        k = task % strategies
        first = (task // strategies) * BLOCK
        size = min(BLOCK, samples - first)
        now = np.zeros((states, BLOCK))
        new = np.zeros((states, BLOCK))
        flow = np.zeros((edges, BLOCK))
        value = np.zeros(BLOCK)
        total = np.zeros((rows, BLOCK))
        for s in range(states):
            _load(buffer, start_at[s, 0] + k * start_at[s, 1] + first * start_at[s, 3], start_at[s, 3], now[s], size)
        for r in range(payoffs):
            if payoff_on[r, 0] == START:
                at = payoff_at[r]
                _load(buffer, at[0] + k * at[1] + first * at[3], at[3], value, size)
                for i in range(size):
                    total[payoff_on[r, 2], i] += value[i] * now[payoff_on[r, 1], i]
        if occupancy.size:
            occupancy[k, 0, :, first : first + size] = now[:, :size]
        for j in range(cycles):
            new[:, :] = now
            for e in range(edges):
                at = edge_at[e]
                _load(buffer, at[0] + k * at[1] + j * at[2] + first * at[3], at[3], value, size)
                source, target = edge_ends[e, 0], edge_ends[e, 1]
                for i in range(size):
                    moved = now[source, i] * value[i]
                    flow[e, i] = moved
                    new[source, i] -= moved
                    new[target, i] += moved
            for r in range(payoffs):
                kind, place, row, stream = payoff_on[r, 0], payoff_on[r, 1], payoff_on[r, 2], payoff_on[r, 3]
                if kind == START:
                    continue
                at = payoff_at[r]
                _load(buffer, at[0] + k * at[1] + j * at[2] + first * at[3], at[3], value, size)
                if kind == STATE:
                    b, a = before[stream, j], after[stream, j]
                    for i in range(size):
                        total[row, i] += value[i] * (b * now[place, i] + a * new[place, i])
                else:
                    m = moves[stream, j]
                    for i in range(size):
                        total[row, i] += value[i] * m * flow[place, i]
            now, new = new, now
            if occupancy.size:
                occupancy[k, j + 1, :, first : first + size] = now[:, :size]
        for row in range(rows):
            totals[row, k, first : first + size] = total[row, :size]

"""The compiled loop behind acceptability, expected loss and perfect information."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heemodel.compilation import compiled

BLOCK = 256
"""Samples worked on at a time: they stay in cache, and their loops become vector instructions."""

Floats = NDArray[np.float64]


class Curves(NamedTuple):
    """What choosing each strategy would give at each threshold; every array is (threshold, strategy)."""

    probability: Floats
    """Share of samples in which it has the highest net benefit, ties shared."""
    loss: Floats
    """Mean net benefit forgone for each sample's best strategy."""
    loss_squared: Floats
    """Mean of the square of what is forgone."""
    benefit: Floats
    """Mean net benefit."""


def net_benefit_curves(cost: Floats, qaly: Floats, thresholds: Floats) -> Curves:
    """Acceptability, loss and mean net benefit at every threshold.

    Parameters
    ----------
    cost, qaly : (strategy, sample)
    thresholds : money per QALY
    """
    shape, samples = (len(thresholds), len(cost)), cost.shape[1]
    sums = Curves(*(np.zeros(shape) for _ in Curves._fields))
    accumulate(np.ascontiguousarray(cost), np.ascontiguousarray(qaly), thresholds, *sums)
    return Curves(*(total / samples for total in sums))


@compiled
def accumulate(
    cost: Floats, qaly: Floats, thresholds: Floats, probability: Floats, loss: Floats, squared: Floats, mean: Floats
) -> None:
    """Add up over samples, in as many lanes as a block has samples, so that the order of sums is always the same."""
    strategies, samples = cost.shape
    benefit, best, ties = np.empty((strategies, BLOCK)), np.empty(BLOCK), np.empty(BLOCK)
    lanes = np.empty((4, strategies, BLOCK))
    for t in range(len(thresholds)):
        threshold = thresholds[t]
        lanes[:] = 0.0
        for start in range(0, samples, BLOCK):
            size = min(BLOCK, samples - start)
            best[:size] = -np.inf
            ties[:size] = 0.0
            for s in range(strategies):
                for i in range(size):
                    benefit[s, i] = threshold * qaly[s, start + i] - cost[s, start + i]
                    best[i] = max(best[i], benefit[s, i])
            for s in range(strategies):
                for i in range(size):
                    ties[i] += 1.0 if benefit[s, i] == best[i] else 0.0
            for s in range(strategies):
                for i in range(size):
                    forgone = best[i] - benefit[s, i]
                    lanes[0, s, i] += 1.0 / ties[i] if forgone == 0.0 else 0.0
                    lanes[1, s, i] += forgone
                    lanes[2, s, i] += forgone * forgone
                    lanes[3, s, i] += benefit[s, i]
        for s in range(strategies):
            probability[t, s] = lanes[0, s].sum()
            loss[t, s] = lanes[1, s].sum()
            squared[t, s] = lanes[2, s].sum()
            mean[t, s] = lanes[3, s].sum()

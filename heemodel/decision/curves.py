"""The compiled loops behind acceptability, expected loss and the value of information."""

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
    best, loss, squared = (np.zeros(shape) for _ in range(3))
    accumulate(np.ascontiguousarray(cost), np.ascontiguousarray(qaly), thresholds, best, loss, squared)
    benefit = np.multiply.outer(thresholds, qaly.mean(axis=1)) - cost.mean(axis=1)
    return Curves(best / samples, loss / samples, squared / samples, benefit)


@compiled
def accumulate(cost: Floats, qaly: Floats, thresholds: Floats, best: Floats, loss: Floats, squared: Floats) -> None:
    """Add up over samples, in as many lanes as a block has samples, so that the order of sums is always the same."""
    strategies, samples = cost.shape
    benefit, highest, ties = np.empty((strategies, BLOCK)), np.empty(BLOCK), np.empty(BLOCK)
    lanes = np.empty((3, strategies, BLOCK))
    for t in range(len(thresholds)):
        threshold = thresholds[t]
        lanes[:] = 0.0
        for start in range(0, samples, BLOCK):
            size = min(BLOCK, samples - start)
            highest[:size] = -np.inf
            ties[:size] = 0.0
            for s in range(strategies):
                mine, paid, gained = benefit[s], cost[s, start : start + size], qaly[s, start : start + size]
                for i in range(size):
                    mine[i] = threshold * gained[i] - paid[i]
                    highest[i] = mine[i] if mine[i] > highest[i] else highest[i]  # noqa: FURB136 max looks for NaN
            for s in range(strategies):
                mine, lost, lost_squared = benefit[s], lanes[1, s], lanes[2, s]
                for i in range(size):
                    forgone = highest[i] - mine[i]
                    ties[i] += 1.0 if forgone == 0.0 else 0.0
                    lost[i] += forgone
                    lost_squared[i] += forgone * forgone
            shared = ties[:size].max() > 1.0
            for s in range(strategies):
                mine, won = benefit[s], lanes[0, s]
                if shared:
                    for i in range(size):
                        won[i] += 1.0 / ties[i] if mine[i] == highest[i] else 0.0
                else:
                    for i in range(size):
                        won[i] += 1.0 if mine[i] == highest[i] else 0.0
        for s in range(strategies):
            best[t, s] = lanes[0, s].sum()
            loss[t, s] = lanes[1, s].sum()
            squared[t, s] = lanes[2, s].sum()


@compiled
def add_gains(fitted: Floats, error: Floats, thresholds: Floats, means: Floats, best: Floats) -> None:
    """Add up over samples the net benefit of each intervention and of the best choice, for draws of their error.

    Parameters
    ----------
    fitted : (incremental costs, then incremental QALYs, of each intervention; sample)
    error : (the same; sample, draw)
    thresholds : money per QALY
    means : (threshold, intervention, draw), of net benefits, to which is added
    best : (threshold, draw), of the best of them and of the comparator's 0
    """
    outcomes, samples, draws = error.shape
    interventions = outcomes // 2
    shifted, highest = np.empty((outcomes, draws)), np.empty(draws)
    for sample in range(samples):
        for outcome in range(outcomes):
            for draw in range(draws):
                shifted[outcome, draw] = fitted[outcome, sample] + error[outcome, sample, draw]
        for t in range(len(thresholds)):
            highest[:] = 0.0
            for i in range(interventions):
                total, paid, gained = means[t, i], shifted[i], shifted[interventions + i]
                for draw in range(draws):
                    benefit = thresholds[t] * gained[draw] - paid[draw]
                    total[draw] += benefit
                    highest[draw] = benefit if benefit > highest[draw] else highest[draw]  # noqa: FURB136 as above
            for draw in range(draws):
                best[t, draw] += highest[draw]

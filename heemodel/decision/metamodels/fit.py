"""What every regression gives."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FOLDS = 5
"""Parts into which samples are split, in order, for predictions of samples that a fit has not seen."""


@dataclass(frozen=True)
class Fit:
    """Outcomes as functions of parameters, E[outcome | parameters], fitted to samples of both."""

    fitted: Floats
    """(outcome, sample): the function at each sample's parameters."""
    unseen: Callable[[], Floats]
    """As `held_out`, which is worked out when it is first asked for."""
    predict: Callable[[Floats], Floats]
    """From parameters (point, parameter) to outcomes (outcome, point)."""
    covariance: Callable[[Floats], Floats] | None
    """From parameters (point, parameter) to the covariance of the error of `predict` between points (outcome, point,
    point); None where a method has no distribution of its error."""
    deviations: Callable[[np.random.Generator, int], Iterator[Floats]] | None
    """Draws of the error of `fitted`, samples in order and in blocks: (outcome, sample of the block, draw); None where
    a method has no distribution of its error."""
    words: str
    """What was fitted."""

    @cached_property
    def held_out(self) -> Floats:
        """(outcome, sample): as `fitted`, by fits that have not seen the sample."""
        return self.unseen()


def folds(samples: int) -> list[slice]:
    """Runs of samples, so that neighbours in a Markov chain are left out together, be chains in turn or in a row."""
    ends = np.linspace(0, samples, min(FOLDS, samples) + 1).round().astype(int)
    return [slice(int(a), int(b)) for a, b in pairwise(ends)]

"""`CohortModel.run` beside the same work written for one model: run with ``make bench``, which prints the ratios.

In the test suite each runs once, untimed, and its answers are compared. No test asserts on time.
"""

import numpy as np
import pytest

from tests import workloads
from tests.benchmarks import alternatives

DRAWS = 10_000


@pytest.fixture(scope="module")
def disability_draws():
    return workloads.draw_disability(DRAWS)


@pytest.fixture(scope="module")
def progressive_draws():
    return workloads.draw_progressive(DRAWS)


def run(model, draws):
    outcomes = model.run(draws)
    return outcomes["cost"].sum("component").to_numpy().T, outcomes["qaly"].to_numpy().T


def numpy_disability(draws, months):
    arrays = alternatives.disability_arrays(draws, months)
    return alternatives.numpy_disability(*arrays, alternatives.weights(months), alternatives.START)


def fused_disability(draws, months):
    arrays = alternatives.disability_arrays(draws, months)
    return alternatives.fused_disability(*arrays, alternatives.weights(months), alternatives.START)


def warm(benchmark, task, *arguments):
    """Time a task that has been done once, so that compilation neither counts nor lessens the rounds."""
    task(*arguments)
    return benchmark(task, *arguments)


def agree(found, wanted):
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11)


@pytest.mark.benchmark(group="seven states, 480 monthly cycles, 10,000 draws")
class TestDisability:
    """Mortality that depends on cycle and sample: exponentials dominate."""

    @pytest.mark.parametrize("written", workloads.HAZARDS)
    def test_heemodel(self, benchmark, disability_draws, written):
        found = warm(benchmark, run, workloads.disability(480, written), disability_draws)
        agree(found, fused_disability(disability_draws, 480))

    def test_fused_by_hand(self, benchmark, disability_draws):
        warm(benchmark, fused_disability, disability_draws, 480)

    def test_numpy_by_cycle(self, benchmark, disability_draws):
        found = warm(benchmark, numpy_disability, disability_draws, 480)
        agree(found, fused_disability(disability_draws, 480))


@pytest.mark.benchmark(group="four states, 30 yearly cycles, 10,000 draws")
class TestProgressive:
    """Few cycles: calling the model's functions dominates."""

    def test_heemodel(self, benchmark, progressive_draws):
        found = warm(benchmark, run, workloads.progressive(), progressive_draws)
        agree(found, alternatives.numpy_progressive(progressive_draws))

    def test_numpy_by_cycle(self, benchmark, progressive_draws):
        warm(benchmark, alternatives.numpy_progressive, progressive_draws)

"""`DecisionTree.run` beside the same tree written out in numpy: run with ``make bench``, which prints the ratios.

In the test suite each runs once, untimed, and its answers are compared. No test asserts on time.

Measured on two shared processors, with 20 ends, 32 parameters and two strategies: 4 to 6 times the numpy at 10,000
draws (6 ms, of which naming dimensions in the model's own functions takes most); 1.0 to 1.6 times at 100,000; 0.7 to
0.9 times at 1,000,000, where strips fit the cache and whole arrays do not. Blocks over two threads were no faster.
"""

import tracemalloc

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.structures import blocks

SPLITS = 19
"""Nodes with two branches each; node k leads to nodes 2k + 1 and 2k + 2, so that 20 are ends."""
BETTER = (0, 3, 7)
"""Where the new strategy changes the chance."""


def node(k):
    return f"node {k}"


def branches(p):
    effect = hm.by_strategy({"old": 1.0, "new": p.ratio})
    chances = [p[f"p{k}"] * effect if k in BETTER else p[f"p{k}"] for k in range(SPLITS)]
    return {node(k): {node(2 * k + 1): chance, node(2 * k + 2): hm.REST} for k, chance in enumerate(chances)}


def payoffs(p):
    price = hm.by_strategy({"old": 100.0, "new": p.c0})
    care = {node(k): p[f"c{k % 8}"] for k in range(1, SPLITS)}
    return hm.Payoffs(
        cost={"drug": {node(0): price}, "care": care},
        qaly={node(k): p[f"u{k % 4}"] for k in range(SPLITS, 2 * SPLITS + 1)},
    )


TREE = hm.DecisionTree(strategies=["old", "new"], root=node(0), branches=branches, payoffs=payoffs)


def draw(samples, seed=1):
    rng = np.random.default_rng(seed)
    columns = {f"p{k}": rng.beta(20, 30, samples) for k in range(SPLITS)}
    columns |= {f"c{k}": rng.gamma(25, 40, samples) for k in range(8)}
    columns |= {f"u{k}": rng.beta(50, 20, samples) for k in range(4)}
    columns["ratio"] = rng.uniform(0.5, 1.0, samples)
    return xr.Dataset({name: ("sample", values) for name, values in columns.items()})


def by_hand(draws):
    """Cost of care and QALYs of both strategies: (strategy, outcome, sample)."""
    p = {name: draws[name].to_numpy() for name in draws}
    found = []
    for effect in (1.0, p["ratio"]):
        reach = {0: 1.0}
        care = qaly = 0.0
        for k in range(SPLITS):
            chance = p[f"p{k}"] * effect if k in BETTER else p[f"p{k}"]
            reach[2 * k + 1], reach[2 * k + 2] = reach[k] * chance, reach[k] * (1 - chance)
        for k in range(1, SPLITS):
            care = care + reach[k] * p[f"c{k % 8}"]
        for k in range(SPLITS, 2 * SPLITS + 1):
            qaly = qaly + reach[k] * p[f"u{k % 4}"]
        found.append((care, qaly))
    return np.array(found)


def run(draws):
    outcomes = TREE.run(draws)
    return outcomes["cost"].sel(component="care"), outcomes["qaly"]


def warm(benchmark, task, *arguments):
    task(*arguments)
    return benchmark(task, *arguments)


@pytest.mark.parametrize("samples", [10_000, 100_000])
class TestTree:
    """A tree of 20 ends, two strategies."""

    def test_heemodel(self, benchmark, samples):
        benchmark.group = f"a tree of 20 ends, {samples:,} draws"
        draws = draw(samples)
        care, qaly = warm(benchmark, run, draws)
        wanted = by_hand(draws)
        np.testing.assert_allclose(care.to_numpy().T, wanted[:, 0], rtol=1e-12)
        np.testing.assert_allclose(qaly.to_numpy().T, wanted[:, 1], rtol=1e-12)

    def test_numpy_by_hand(self, benchmark, samples):
        benchmark.group = f"a tree of 20 ends, {samples:,} draws"
        warm(benchmark, by_hand, draw(samples))


def test_memory_beyond_draws_and_outcomes_does_not_grow_with_the_draws():
    """Blocks are worked out one after another: a block of this tree takes some 30 arrays of two strategies."""
    samples = 400_000
    draws = draw(samples)
    TREE.run(draws.isel(sample=slice(0, 100)))
    tracemalloc.start()
    outcomes = TREE.run(draws)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert outcomes.nbytes < peak < outcomes.nbytes + 60 * 2 * blocks.BLOCK * 8

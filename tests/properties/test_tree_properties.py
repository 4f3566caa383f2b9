"""Invariants of decision trees over random ones, and agreement with paths walked one by one."""

from dataclasses import replace

import numpy as np
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import heemodel as hm
from heemodel.structures import blocks
from heemodel.verify.naive_tree import naive_leaves, naive_tree


@st.composite
def trees(draw, *, least_strategies=1):
    """A random tree with the draws that it takes: every value by a random choice of dimensions."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    strategies = [f"k{i}" for i in range(draw(st.integers(least_strategies, 3)))]
    groups = [f"g{i}" for i in range(draw(st.integers(0, 2)))]
    samples = draw(st.integers(1, 5))
    sizes = {"strategy": len(strategies), "sample": samples} | ({"group": len(groups)} if groups else {})

    def array(low, high):
        dims = draw(st.permutations([dim for dim in sizes if draw(st.booleans())]))
        values = rng.uniform(low, high, size=[sizes[dim] for dim in dims])
        coords = {dim: names for dim, names in (("strategy", strategies), ("group", groups)) if dim in dims}
        made = xr.DataArray(values, dims=dims, coords=coords)
        return made.isel(strategy=slice(None, None, -1)) if "strategy" in dims and draw(st.booleans()) else made

    branches, ends, nodes = {}, ["n0"], ["n0"]
    for _ in range(draw(st.integers(1, 6))):
        node = ends.pop(draw(st.integers(0, len(ends) - 1)))
        size = draw(st.integers(1, 4))
        children = [f"n{len(nodes) + k}" for k in range(size)]
        shares = {child: array(0, 1 / size) for child in children[1:]}
        branches[node] = {children[0]: hm.REST} | shares if draw(st.booleans()) else _whole(children, shares)
        ends, nodes = ends + children, nodes + children
    edges = [(node, child) for node, after in branches.items() for child in after]
    keys = st.lists(st.sampled_from([*nodes, *edges]), unique=True, max_size=5)
    paid = hm.Payoffs(
        cost={name: {on: array(0, 100) for on in draw(keys)} for name in ("drug", "care")},
        qaly={on: array(-0.2, 1) for on in draw(keys)},
        effects={"visits": {on: array(0, 3) for on in draw(keys)}},
    )
    tree = hm.DecisionTree(
        strategies=strategies, groups=groups, root="n0", branches=lambda p: branches, payoffs=lambda p: paid
    )
    return tree, xr.Dataset({"x": ("sample", np.zeros(samples))})


def _whole(children, shares):
    """Shares that add up to 1 with none left over."""
    return {children[0]: 1 - sum(shares.values(), xr.DataArray(0.0))} | shares


def by_draw(value, sample):
    return value.isel(sample=sample) if isinstance(value, xr.DataArray) and "sample" in value.dims else value


def one_draw(tree, sample):
    """The tree for one draw only: its values are those of all draws, and not given through the parameters."""
    branches, paid = tree.branches(None), tree.payoffs(None)
    nodes = {node: {to: by_draw(v, sample) for to, v in after.items()} for node, after in branches.items()}
    cost = {name: {on: by_draw(v, sample) for on, v in part.items()} for name, part in paid.cost.items()}
    qaly = {on: by_draw(v, sample) for on, v in paid.qaly.items()}
    return replace(tree, branches=lambda p: nodes, payoffs=lambda p: hm.Payoffs(cost=cost, qaly=qaly))


@settings(max_examples=60, deadline=None)
@given(trees())
def test_the_tree_agrees_with_paths_walked_one_by_one(case):
    tree, draws = case
    fast, leaves = tree.run(draws), tree.leaf_probabilities(draws)
    for sample in range(draws.sizes["sample"]):
        alone = one_draw(tree, sample)
        slow = naive_tree(alone, xr.Dataset()).isel(sample=0)
        cost = fast["cost"].isel(sample=sample).sum("component")
        np.testing.assert_allclose(cost.transpose(*slow["cost"].dims), slow["cost"], rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(fast["qaly"].isel(sample=sample), slow["qaly"], rtol=1e-11, atol=1e-12)
        wanted = naive_leaves(alone, xr.Dataset()).isel(sample=0).sel(leaf=leaves["leaf"])
        np.testing.assert_allclose(leaves.isel(sample=sample), wanted, rtol=1e-11, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(trees())
def test_everyone_ends_at_a_leaf_and_the_table_rolls_back(case):
    tree, draws = case
    leaves = tree.leaf_probabilities(draws)
    np.testing.assert_allclose(leaves.sum("leaf"), 1.0, atol=1e-12)
    assert float(leaves.min()) > -1e-12
    assert max(tree.invariants(draws).values()) < 1e-11
    paths = tree.paths(draws)
    np.testing.assert_allclose(paths["expected_cost"].sum(), tree.run(draws)["cost"].mean("sample").sum(), rtol=1e-11)


@settings(max_examples=20, deadline=None)
@given(trees(), st.floats(0, 10))
def test_cost_is_linear_in_its_payoffs(case, factor):
    tree, draws = case
    paid = tree.payoffs(None)
    more = {name: {on: value * factor for on, value in part.items()} for name, part in paid.cost.items()}
    scaled = replace(tree, payoffs=lambda p: replace(paid, cost=more))
    np.testing.assert_allclose(scaled.run(draws)["cost"], factor * tree.run(draws)["cost"], rtol=1e-11, atol=1e-10)


@settings(max_examples=20, deadline=None)
@given(trees(least_strategies=2))
def test_swapping_strategies_negates(case):
    tree, draws = case
    outcomes = replace(tree, groups=()).run(draws) if not tree.groups else tree.run(draws).isel(group=0, drop=True)
    ahead, back = (hm.CostEffectiveness(outcomes, comparator=name) for name in ("k0", "k1"))
    np.testing.assert_array_equal(
        ahead.incremental(ahead.cost).sel(strategy="k1"), -back.incremental(back.cost).sel(strategy="k0")
    )


@settings(max_examples=20, deadline=None)
@given(trees(), st.integers(1, 4))
def test_blocks_of_any_size_give_the_same_to_the_bit(case, size):
    tree, draws = case
    whole = tree.run(draws)
    sizes = blocks.BLOCK, blocks.LARGE
    try:
        blocks.BLOCK, blocks.LARGE = size, 1
        xr.testing.assert_identical(tree.run(draws), whole)
    finally:
        blocks.BLOCK, blocks.LARGE = sizes

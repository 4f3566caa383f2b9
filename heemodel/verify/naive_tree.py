"""A second way to work out a decision tree, written differently and slowly: every path walked, one draw at a time.

Follows one person down every path with a recursive function, for one sample, strategy and group, and adds up at the end
what was paid on the way; the tree itself carries all draws forward at once and pays at every node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import xarray as xr

from heemodel.structures import DecisionTree, Parameters
from heemodel.structures.payoffs import On, Value
from heemodel.structures.tree.shape import Rest

Case = Mapping[str, str]
"""The strategy and group that are followed."""


@dataclass(frozen=True)
class Walk:
    """One path as far as it goes: how likely it is, and what it costs and yields."""

    leaf: str
    probability: float
    cost: float
    qaly: float


def naive_tree(tree: DecisionTree, draws: xr.Dataset) -> xr.Dataset:
    """`cost` (summed over components) and `qaly` of each sample, strategy and group, path by path."""
    cases = [*_all_walks(tree, draws)]
    cost = [sum(walk.probability * walk.cost for walk in walks) for walks in cases]
    qaly = [sum(walk.probability * walk.qaly for walk in walks) for walks in cases]
    dims, sizes = _shape(tree, draws)
    found = {"cost": (dims, np.reshape(cost, sizes)), "qaly": (dims, np.reshape(qaly, sizes))}
    return xr.Dataset(found, coords={dim: [*names] for dim, names in tree.lanes.items()})


def naive_leaves(tree: DecisionTree, draws: xr.Dataset) -> xr.DataArray:
    """Probability of each leaf, by sample, strategy and group, path by path."""
    walks = [*_all_walks(tree, draws)]
    leaves = [walk.leaf for walk in walks[0]]
    dims, sizes = _shape(tree, draws)
    found = np.reshape([[walk.probability for walk in one] for one in walks], [*sizes, len(leaves)])
    coords = {dim: [*names] for dim, names in tree.lanes.items()} | {"leaf": leaves}
    return xr.DataArray(found, dims=(*dims, "leaf"), coords=coords)


def _shape(tree: DecisionTree, draws: xr.Dataset) -> tuple[tuple[str, ...], list[int]]:
    """Dimensions of what is worked out case by case, and their sizes."""
    return ("sample", *tree.lanes), [draws.sizes.get("sample", 1), *map(len, tree.lanes.values())]


def _all_walks(tree: DecisionTree, draws: xr.Dataset) -> Iterator[list[Walk]]:
    """All paths of one sample, strategy and group after another."""
    for sample in range(draws.sizes.get("sample", 1)):
        p = Parameters(draws.isel(sample=sample) if "sample" in draws.dims else draws)
        branches, payoffs = tree.branches(p), tree.payoffs(p)
        for names in product(*tree.lanes.values()):
            case = dict(zip(tree.lanes, names, strict=True))
            nodes = {node: _chances(after, case) for node, after in branches.items()}
            cost = [{on: _number(worth, case) for on, worth in paid.items()} for paid in payoffs.cost.values()]
            qaly = {on: _number(worth, case) for on, worth in payoffs.qaly.items()}
            yield [*_walk(nodes, cost, qaly, "", Walk(tree.root, 1.0, 0.0, 0.0))]


def _chances(after: Mapping[str, Value | Rest], case: Case) -> dict[str, float]:
    """Probabilities of the branches from a node, in one case."""
    given = {child: _number(chance, case) for child, chance in after.items() if not isinstance(chance, Rest)}
    return {child: given.get(child, 1.0 - sum(given.values())) for child in after}


def _walk(
    nodes: Mapping[str, Mapping[str, float]],
    cost: list[dict[On, float]],
    qaly: dict[On, float],
    before: str,
    so_far: Walk,
) -> Iterator[Walk]:
    """Every path that goes on from where one has got to, `before` being the node before."""
    node = so_far.leaf
    paid = sum(part.get(node, 0.0) + part.get((before, node), 0.0) for part in cost)
    gained = qaly.get(node, 0.0) + qaly.get((before, node), 0.0)
    here = Walk(node, so_far.probability, so_far.cost + paid, so_far.qaly + gained)
    if node not in nodes:
        yield here
    for child, chance in nodes.get(node, {}).items():
        yield from _walk(nodes, cost, qaly, node, replace(here, leaf=child, probability=here.probability * chance))


def _number(value: Value, case: Case) -> float:
    """The number of a labelled array for one case."""
    if not isinstance(value, xr.DataArray):
        return float(value)
    return float(value.sel({dim: case[dim] for dim in case if dim in value.dims}))

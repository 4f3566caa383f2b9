"""A tree as tables: its paths, and its nodes rolled back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.structures.blocks import Rows, Run, mean_over_blocks
from heemodel.structures.draws import Parameters
from heemodel.structures.faults import Faults
from heemodel.structures.layout import Array, Layout
from heemodel.structures.outcomes import Row
from heemodel.structures.tree.evaluation import Evaluation
from heemodel.structures.tree.shape import Shape

INTERVAL = (0.025, 0.975)

Lanes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Means:
    """Means over draws of what a tree has at each node.

    `values` has, by column and node, arrays (strategy, group): `probability` of the branch to it, `reach`, each outcome
    rolled back, and for leaves `expected_` and the outcome's name: probability times what the path is paid.
    """

    shape: Shape
    names: tuple[str, ...]
    values: Mapping[Row, Array]

    def at(self, column: str, node: str, place: tuple[int, int]) -> float:
        """The value in a lane."""
        array = self.values[column, node]
        return float(array[tuple(min(at, size - 1) for at, size in zip(place, array.shape, strict=True))])


def means_of(evaluate: Callable[[Parameters, Layout, Faults], Evaluation], run: Run) -> Means:
    """Means over all draws, worked out a block at a time."""
    seen: list[Evaluation] = []

    def values(p: Parameters, layout: Layout, faults: Faults) -> Rows:
        seen[:] = [evaluate(p, layout, faults)]
        return dict(_values(seen[0]))

    found = mean_over_blocks(values, run)
    return Means(seen[0].shape, seen[0].names, found)


def _values(tree: Evaluation) -> Iterator[tuple[Row, Array]]:
    """What is averaged over draws."""
    for node in tree.shape.nodes:
        yield ("probability", node), tree.chances.get(node, tree.reach[node])
        yield ("reach", node), tree.reach[node]
    for name in tree.names:
        for node, expected in tree.rolled_back(name).items():
            yield (name, node), expected
            if node not in tree.shape.children:
                yield (f"expected_{name}", node), tree.reach[node] * expected


def node_table(means: Means, lanes: Lanes) -> pd.DataFrame:
    """A row for each lane and node: see `DecisionTree.table`."""
    shape = means.shape
    rows = [
        lane
        | {
            "node": node,
            "parent": shape.parents.get(node, ""),
            "depth": len(shape.path(node)) - 1,
            "leaf": node not in shape.children,
        }
        | {column: means.at(column, node, place) for column in ("probability", "reach", *means.names)}
        for place, lane in _lanes(lanes)
        for node in shape.nodes
    ]
    return pd.DataFrame(rows)


def path_table(means: Means, lanes: Lanes, shares: xr.DataArray) -> pd.DataFrame:
    """A row for each lane and leaf: see `DecisionTree.paths`."""
    columns = [*means.names, *(f"expected_{name}" for name in means.names)]
    limits = shares.quantile(INTERVAL, "sample") if "sample" in shares.dims else None
    rows = []
    for place, lane in _lanes(lanes):
        for leaf in means.shape.leaves:
            row = lane | {"leaf": leaf, "path": " → ".join(means.shape.path(leaf))}
            row["probability"] = means.at("reach", leaf, place)
            if limits is not None:
                row["lower"], row["upper"] = (float(limit) for limit in limits.sel(lane).sel(leaf=leaf))
            rows.append(row | {column: means.at(column, leaf, place) for column in columns})
    return pd.DataFrame(rows)


def _lanes(lanes: Lanes) -> Iterator[tuple[tuple[int, int], dict[str, object]]]:
    """The place of each lane along strategy and group, and its names."""
    sizes = [len(lanes.get(dim, ("",))) for dim in ("strategy", "group")]
    for place in np.ndindex(*sizes):
        yield (place[0], place[1]), {dim: lanes[dim][at] for dim, at in zip(lanes, place, strict=False)}

"""A decision tree as columns of numbers: a row for each node, with its probability and what is paid there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import xarray as xr

from heemodel.mirror.content import PROBABILITY, TREE, Column, Content, Lane, Row, Sheet
from heemodel.mirror.reading import Reader
from heemodel.mirror.values import UNTIMED, element_of
from heemodel.structures import DecisionTree, Payoffs
from heemodel.structures.layout import Layout
from heemodel.structures.payoffs import On, Value
from heemodel.structures.tree.shape import Branches, Rest, Shape, shape_of


def tree_content(tree: DecisionTree, draws: xr.Dataset, reader: Reader, group: str | None) -> Content:
    """The columns of a tree, for each strategy."""
    names = {name: tuple(labels) for name, labels in tree.lanes.items()}
    layout = Layout(names, 1, 1, None, None)
    p = reader.parameters(draws)
    with reader.naming():
        branches, payoffs = tree.branches(p), tree.payoffs(p)
    shape, content = shape_of(tree.root, branches), Content()
    for strategy in tree.strategies:
        labels = {"strategy": strategy} | ({"group": group} if group is not None else {})
        _Tree(reader, layout, shape, branches, Lane(strategy, labels)).write(content, payoffs)
    return content


class _Tree:
    """A tree for one strategy."""

    def __init__(self, reader: Reader, layout: Layout, shape: Shape, branches: Branches, lane: Lane) -> None:
        self.recording, self.layout, self.shape, self.lane = reader.recording, layout, shape, lane
        self.make = reader.recording.make
        self.sheet = Sheet(TREE, lane.strategy)
        self.chances: dict[str, Any] = {shape.root: None}
        self.reach: dict[str, Any] = {shape.root: reader.recording.leaf(1.0, varies=False)}
        for node in shape.children:
            self.chances |= self._chances(node, branches[node])
        for node, parent in shape.parents.items():
            self.reach[node] = self.make("multiply", self.reach[parent], self.chances[node])

    def _chances(self, node: str, after: Mapping[str, Value | Rest]) -> dict[str, Any]:
        """Probabilities of the branches from a node."""
        given = {
            child: self._number(value, f"the probability of {node!r} → {child!r}")
            for child, value in after.items()
            if not isinstance(value, Rest)
        }
        rest = self.make("subtract", 1.0, self.recording.total(list(given.values())))
        return {child: given.get(child, rest) for child in after}

    def _number(self, value: Value, what: str) -> Any:
        return element_of(self.layout.fit(value, what, without=UNTIMED), self.lane.labels)

    def write(self, content: Content, payoffs: Payoffs) -> None:
        """The tree's columns and totals."""
        nodes = self.shape.nodes
        comes = ["" if node == self.shape.root else self.shape.parents[node] for node in nodes]
        content.labels[self.sheet] = [("node", nodes), ("reached from", comes)]
        for heading, numbers in (("of the branch to it", self.chances), ("of reaching it", self.reach)):
            column = [numbers[node] for node in nodes]
            content.add(Column(self.sheet, PROBABILITY, heading, column, by_cycle=False, style="probability"))
        for row, on in _paid(payoffs):
            outcome, label = row
            paid = self._amounts(on, f"the {' '.join(filter(None, row))} payoff")
            expected = [None if x is None else self.make("multiply", self.reach[n], x) for n, x in paid.items()]
            total = self.recording.total([number for number in expected if number is not None])
            block = f"{'Cost' if outcome == 'cost' else 'QALYs' if outcome == 'qaly' else outcome.replace('_', ' ')}"
            name = f", {label}" if label else ""
            style = "money" if outcome == "cost" else "number"
            content.add(
                Column(
                    self.sheet, block + name, "paid on reaching it", list(paid.values()), by_cycle=False, style=style
                ),
                Column(self.sheet, block + name, "expected", expected, by_cycle=False, total=total, style=style),
            )
            content.totals[row, self.lane.strategy] = total

    def _amounts(self, on: Mapping[On, Value], what: str) -> dict[str, Any]:
        """What is paid on reaching each node."""
        paid: dict[str, Any] = dict.fromkeys(self.shape.nodes)
        for key, value in on.items():
            node = key[1] if isinstance(key, tuple) else key
            number = self._number(value, f"{what} of {key!r}")
            paid[node] = number if paid[node] is None else self.make("add", paid[node], number)
        return paid


def _paid(payoffs: Payoffs) -> Iterator[tuple[Row, Mapping[On, Value]]]:
    """Every outcome with what is paid for it."""
    for component, on in payoffs.cost.items():
        yield ("cost", component), on
    yield ("qaly", None), payoffs.qaly
    for name, on in payoffs.effects.items():
        yield (name, None), on

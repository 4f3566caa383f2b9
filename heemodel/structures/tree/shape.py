"""The shape of a tree: which node follows which, and that it is a tree at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from heemodel.errors import nearest
from heemodel.structures.errors import ModelError
from heemodel.structures.payoffs import Value


class Rest(Enum):
    """Stands for the probability that is left over."""

    REST = "what is left over"

    def __repr__(self) -> str:
        return "hm.REST"


REST = Rest.REST
"""As the probability of a branch: 1 minus those of the other branches from the same node."""

Branches = Mapping[str, Mapping[str, Value | Rest]]
"""{node: {child: probability, or REST}}"""


@dataclass(frozen=True)
class Shape:
    """A tree whose nodes each have one way that leads to them."""

    root: str
    parents: Mapping[str, str]
    """Of every node but the root; parents come before their children, and branches in the order given."""
    children: Mapping[str, tuple[str, ...]]
    """Of every node that has any."""

    @property
    def nodes(self) -> list[str]:
        """All nodes, the root first, then branch by branch from the top."""
        return [self.root, *self.parents]

    @property
    def leaves(self) -> tuple[str, ...]:
        """Where the tree ends, from the top."""
        return tuple(node for node in self.nodes if node not in self.children)

    def path(self, node: str) -> list[str]:
        """The nodes from the root to a node."""
        path = [node]
        while path[0] != self.root:
            path.insert(0, self.parents[path[0]])
        return path


def shape_of(root: str, branches: object) -> Shape:
    """The shape that branches give.

    Raises
    ------
    ModelError
        telling of all that keeps them from being a tree with this root
    """
    if not isinstance(branches, Mapping):
        raise ModelError(
            f"the branches function returns a {type(branches).__name__}; it must return a dict "
            "{node: {child: probability}}"
        )
    if problems := [*_problems_of_form(branches)]:
        raise ModelError("\n".join(problems))
    children = {node: tuple(after) for node, after in branches.items()}
    parents = _parents(children)
    problems = [*_problems_of_shape(root, children, parents)]
    if problems:
        raise ModelError("\n".join(problems))
    order = [*_downwards(root, children)][1:]
    return Shape(root, {node: parents[node][0] for node in order}, children)


def _problems_of_form(branches: Mapping[Any, Any]) -> Iterator[str]:
    """Nodes that are not named, or whose branches are not what branches are."""
    for node, after in branches.items():
        if not isinstance(node, str) or not node:
            yield f"a node is called {node!r}; give names"
        elif not isinstance(after, Mapping):
            yield f"the branches from {node!r} are a {type(after).__name__}; give a dict {{child: probability}}"
        elif not after:
            yield f"the node {node!r} has no branches; leave it out of the branches to make it a leaf"
        else:
            for child in after:
                if not isinstance(child, str) or not child:
                    yield f"a branch from {node!r} leads to {child!r}; give a name"
            if len(left := [child for child, chance in after.items() if isinstance(chance, Rest)]) > 1:
                named = " and ".join(map(repr, left))
                yield f"the node {node!r} has hm.REST {len(left)} times, for {named}; give probabilities to all but one"


def _parents(children: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """The nodes from which a branch leads to each."""
    parents: dict[str, list[str]] = {}
    for node, after in children.items():
        for child in after:
            parents.setdefault(child, []).append(node)
    return parents


def _problems_of_shape(
    root: str, children: Mapping[str, tuple[str, ...]], parents: Mapping[str, list[str]]
) -> Iterator[str]:
    """Nodes that cannot be reached, or in more than one way."""
    if root not in children:
        yield f"the root {root!r} has no branches; {nearest(str(root), [*children])}"
        return
    for node, before in parents.items():
        if len(before) > 1:
            yield (
                f"the node {node!r} is reached from {' and from '.join(map(repr, before))}; in a tree one way leads to "
                "each node: give it a name for each, such as "
                f"{f'{before[0]}, {node}'!r} and {f'{before[1]}, {node}'!r}"
            )
    cycles = _cycles(children)
    for cycle in cycles:
        yield f"the branches go round in a circle: {' → '.join(map(repr, cycle))}; a tree has an end on every way"
    reached = {root, *(node for cycle in cycles for node in cycle)}
    reached |= {node for start in [*reached] for node in _downwards(start, children)}
    for node in children:
        if node not in reached and node not in parents:
            leaves = [child for child in parents if child not in children]
            yield f"no branch leads to the node {node!r}; {nearest(node, leaves)}"


def _downwards(root: str, children: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """A node and all that follow it, branch by branch from the top, each once."""
    seen, left = set(), [root]
    while left:
        node = left.pop()
        if node not in seen:
            seen.add(node)
            yield node
            left += reversed(children.get(node, ()))


def _cycles(children: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    """Ways that lead back to where they began, each once."""
    cycles: list[list[str]] = []
    done: set[str] = set()
    for start in children:
        way, left = [start], [iter(children[start])]
        while left and start not in done:
            child = next(left[-1], None)
            if child is None:
                left.pop()
                done.add(way.pop())
            elif child in way:
                cycles.append([*way[way.index(child) :], child])
                done |= set(way)
                break
            elif child not in done:
                way.append(child)
                left.append(iter(children.get(child, ())))
    return cycles

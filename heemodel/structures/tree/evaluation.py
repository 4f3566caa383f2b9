"""A tree for one block of draws: chances checked, people followed down its branches, payoffs added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from heemodel.errors import nearest
from heemodel.structures.errors import ModelError
from heemodel.structures.faults import NOT_FINITE, Faults, Kind
from heemodel.structures.layout import Array, Layout
from heemodel.structures.outcomes import Row, by_lane, name_problems
from heemodel.structures.payoffs import Payoffs, Value
from heemodel.structures.tree.shape import Branches, Rest, Shape, shape_of

STRIP = 2_048
"""Draws for which all nodes of a tree of some size fit the cache together."""
TOLERANCE = 1e-9
"""How far probabilities may be from 0, 1, or from adding up to 1, by rounding."""

NOTHING = Payoffs(cost={}, qaly={})

NEGATIVE = Kind(
    "below 0",
    "smallest",
    "a probability lies between 0 and 1. A difference such as 1 − a − b falls below 0 where a and b overlap: draw "
    "shares of one whole together (a Dirichlet distribution), or one as a share of what the other leaves",
)
TOO_LARGE = Kind(
    "above 1",
    "largest",
    "a probability lies between 0 and 1. If it is a rate, hm.rate_to_probability makes a probability of it; if it is a "
    "risk times a ratio, hm.convert.apply_odds_ratio or hm.convert.apply_hazard_ratio keeps it below 1",
)
TOO_MANY = Kind(
    "more than 1",
    "largest",
    "the branches from a node share out 1. Draw shares of one whole together (a Dirichlet distribution), or give "
    "each but the first as a share of those whom the branches before it leave",
)
TOO_FEW = Kind(
    "less than 1",
    "smallest",
    "the branches from a node share out 1. Give the branch that takes what is left over the probability hm.REST",
)


@dataclass(frozen=True)
class Payment:
    """What is paid on reaching a node: the row of the outcomes, the node, and the value (strategy, group, sample)."""

    row: Row
    node: str
    value: Array


@dataclass(frozen=True)
class Evaluation:
    """A tree with its numbers for a block of draws; arrays are (strategy, group, sample), short where they can be."""

    shape: Shape
    given: Mapping[str, Array]
    """Probability of the branch to each node but the root; of one that takes the rest, what the others take."""
    rest: frozenset[str]
    """Nodes whose branch takes the rest."""
    payments: tuple[Payment, ...]
    rows: tuple[Row, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the outcomes: cost, qaly and effects."""
        return tuple(dict.fromkeys(["cost", *(name for name, _ in self.rows)]))

    @cached_property
    def chances(self) -> dict[str, Array]:
        """Probability of the branch to each node but the root."""
        return {node: 1.0 - value if node in self.rest else value for node, value in self.given.items()}

    @cached_property
    def reach(self) -> dict[str, Array]:
        """Probability of reaching each node: the product along its path."""
        reach = {self.shape.root: np.ones((1, 1, 1))}
        for node, parent in self.shape.parents.items():
            reach[node] = reach[parent] * self.chances[node]
        return reach

    def outcomes(self) -> dict[Row, Array]:
        """Expected outcomes: what is paid at each node times the probability of reaching it."""
        return self._in_strips(Evaluation._outcomes)

    def leaf_probabilities(self) -> dict[Row, Array]:
        """Probability of each leaf."""
        return self._in_strips(lambda strip: {("probability", leaf): strip.reach[leaf] for leaf in strip.shape.leaves})

    def _outcomes(self) -> dict[Row, Array]:
        totals: dict[Row, Array] = {row: np.zeros((1, 1, 1)) for row in self.rows}
        for payment in self.payments:
            totals[payment.row] = totals[payment.row] + self.reach[payment.node] * payment.value
        return totals

    def _in_strips(self, work: Callable[[Evaluation], dict[Row, Array]]) -> dict[Row, Array]:
        """What the work gives for all draws, done for so few at a time that its numbers stay in the cache."""
        values = [*self.given.values(), *(payment.value for payment in self.payments)]
        samples = max((array.shape[-1] for array in values), default=1)
        if samples <= STRIP:
            return work(self)
        totals: dict[Row, Array] = {}
        for start in range(0, samples, STRIP):
            part = slice(start, start + STRIP)
            for row, found in work(self._strip(part)).items():
                if row not in totals:
                    totals[row] = np.empty((*found.shape[:-1], samples if found.shape[-1] > 1 else 1))
                totals[row][..., part if totals[row].shape[-1] > 1 else slice(None)] = found
        return totals

    def _strip(self, part: slice) -> Evaluation:
        """The tree for some of the draws."""
        given = {node: _cut(value, part) for node, value in self.given.items()}
        payments = tuple(Payment(paid.row, paid.node, _cut(paid.value, part)) for paid in self.payments)
        return Evaluation(self.shape, given, self.rest, payments, self.rows)

    def paid(self, name: str) -> dict[str, Array]:
        """What is paid of an outcome at each node, over all components."""
        paid = {node: np.zeros((1, 1, 1)) for node in self.shape.nodes}
        for payment in self.payments:
            if payment.row[0] == name:
                paid[payment.node] = paid[payment.node] + payment.value
        return paid

    def along_paths(self, name: str) -> dict[str, Array]:
        """What is paid of an outcome from the root to each node."""
        paid = self.paid(name)
        for node, parent in self.shape.parents.items():
            paid[node] = paid[parent] + paid[node]
        return paid

    def rolled_back(self, name: str) -> dict[str, Array]:
        """Expected outcome of those who reach each node, from the root to the end: its leaves' paths, rolled back."""
        expected = self.along_paths(name)
        for node in reversed(self.shape.nodes):
            if node in self.shape.children:
                after = self.shape.children[node]
                expected[node] = sum((self.chances[child] * expected[child] for child in after), np.zeros((1, 1, 1)))
        return expected


def _cut(values: Array, part: slice) -> Array:
    """Values of some of the draws, where they differ between draws."""
    return values[..., part] if values.shape[-1] > 1 else values


def evaluate(root: str, branches: Branches, payoffs: Payoffs | None, layout: Layout, faults: Faults) -> Evaluation:
    """What a tree's functions give for a block of draws, found to fit; impossible values are noted among the faults.

    Payoffs may be None where only probabilities are asked for.

    Raises
    ------
    ModelError
        for branches that are no tree, payoffs on what is not there, and values of other dimensions
    """
    shape = shape_of(root, branches)
    payoffs = NOTHING if payoffs is None else payoffs
    if not isinstance(payoffs, Payoffs):
        raise ModelError(f"the payoffs function returns a {type(payoffs).__name__}; it must return hm.Payoffs")
    problems: list[str] = []
    given: dict[str, Array] = {}
    for node in shape.children:
        given |= _chances(node, branches[node], layout, faults, problems)
    problems += name_problems("the effect", list(payoffs.effects))
    payments = []
    for row, on, value in _paid(payoffs):
        what = f"the {' '.join(part for part in row if part)} payoff of {on!r}"
        if cure := _misplaced(shape, on):
            problems.append(f"{what}: {cure}")
        elif (array := _fitted(value, what, layout, problems)) is not None:
            if not np.isfinite(array.sum()):  # much quicker than looking at every number
                faults.note(f"{what} is", NOT_FINITE, array, ~np.isfinite(array), layout)
            payments.append(Payment(row, on[1] if isinstance(on, tuple) else str(on), array))
    if problems:
        raise ModelError("\n".join(problems))
    rows = [*(("cost", component) for component in payoffs.cost), ("qaly", None)]
    rest = frozenset(to for after in branches.values() for to, value in after.items() if isinstance(value, Rest))
    return Evaluation(shape, given, rest, tuple(payments), (*rows, *((name, None) for name in payoffs.effects)))


def _fitted(value: Value, what: str, layout: Layout, problems: list[str]) -> Array | None:
    """The value by lane; None if it does not fit, which is added to the problems."""
    try:
        return by_lane(layout.fit(value, what, without=("cycle", "time_in_state")), layout)
    except ModelError as error:
        problems.append(str(error))
        return None


def _chances(
    node: str, branches: Mapping[str, Value | Rest], layout: Layout, faults: Faults, problems: list[str]
) -> dict[str, Array]:
    """Probabilities of the branches from a node; for the one that takes the rest, what the others take."""
    chances: dict[str, Array] = {}
    for child, value in branches.items():
        if isinstance(value, Rest):
            continue
        what = f"the probability of {node!r} → {child!r}"
        chance = _fitted(value, what, layout, problems)
        if chance is None:
            return {}
        if not (chance.min() >= -TOLERANCE and chance.max() <= 1 + TOLERANCE):
            finite = np.isfinite(chance)
            faults.note(f"{what} is", NOT_FINITE, chance, ~finite, layout)
            faults.note(f"{what} is", NEGATIVE, chance, finite & (chance < -TOLERANCE), layout)
            faults.note(f"{what} is", TOO_LARGE, chance, finite & (chance > 1 + TOLERANCE), layout)
        chances[child] = chance
    left = [child for child, value in branches.items() if isinstance(value, Rest)]
    total = reduce(np.add, chances.values()) if chances else np.zeros((1, 1, 1))
    what = f"the probabilities of the branches from {node!r} add up to"
    if len(chances) > 1 and not total.max() <= 1 + TOLERANCE:  # one alone is reported above
        faults.note(what, TOO_MANY, total, np.isfinite(total) & (total > 1 + TOLERANCE), layout)
    if left:
        return chances | {left[0]: total}
    if not total.min() >= 1 - TOLERANCE:
        faults.note(what, TOO_FEW, total, np.isfinite(total) & (total < 1 - TOLERANCE), layout)
    return chances


def _paid(payoffs: Payoffs) -> Iterator[tuple[Row, object, Value]]:
    """Every payoff: the row it is added to, what it is paid for, and its value."""
    for component, paid in payoffs.cost.items():
        for on, value in paid.items():
            yield ("cost", component), on, value
    for on, value in payoffs.qaly.items():
        yield ("qaly", None), on, value
    for name, paid in payoffs.effects.items():
        for on, value in paid.items():
            yield (name, None), on, value


def _misplaced(shape: Shape, on: object) -> str:
    """Why a payoff cannot be paid there; empty if it can."""
    if isinstance(on, str):
        return "" if on in shape.nodes else f"the tree has no node {on!r}; {nearest(on, shape.nodes)}"
    if not (isinstance(on, tuple) and len(on) == 2 and all(isinstance(node, str) for node in on)):
        return "a payoff of a tree is keyed by a node or by a branch (from, to)"
    for node in on:
        if node not in shape.nodes:
            return f"the tree has no node {node!r}; {nearest(node, shape.nodes)}"
    parent = shape.parents.get(on[1])
    comes = f"it is reached from {parent!r}" if parent else "it is the root"
    return "" if parent == on[0] else f"no branch leads from {on[0]!r} to {on[1]!r}: {comes}"

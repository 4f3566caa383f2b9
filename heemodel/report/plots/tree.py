"""A decision tree as a plot: from its root on the left to its ends on the right, and beside them what each is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.decision import OutcomeError
from heemodel.errors import nearest
from heemodel.report.plots.labels import SMALL, canvas, shorten
from heemodel.report.plots.marks import GREY, INK, Mark, axes, marks, once, require

MOST = 4
"""Strategies whose numbers can stand one above the other."""
LINE, GAP = 12.0, 8.0
"""Points: height of a line of text, and the gap between rows."""
SLANT, PAD = 16.0, 12.0
"""Points: how far a branch runs before its name, and the room around texts."""
CIRCLE, TRIANGLE = 8.0, 7.5
"""Points: sizes of the marks of a chance and of an end."""
SMALLEST = 1e-5
"""Smaller probabilities are printed as "< 0.00001"."""


def plot_tree(
    tidy: pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    currency: Currency | str = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """A decision tree: circles are chances, triangles ends; beside each end its probability, cost and QALYs.

    Under the name of a branch stands its probability, of several strategies in their order, as in "0.56 / 0.38"; once
    where it is the same for all. In the columns each strategy has a line with its mark. Below are the expected values.

    Parameters
    ----------
    tidy : what `DecisionTree.table` gives, or columns strategy, node, parent (empty for the root), probability (of the
        branch to the node), reach, cost and qaly (of those who come to a leaf; at the root, expected), with the nodes
        from the root branch by branch; of one group
    order : the strategies to show, for their order and marks; all by default, and at most four
    currency : of money: a sign or an ISO code
    ax : without it the tree is drawn on a new figure, as large as the tree needs

    Raises
    ------
    OutcomeError
        for a table without these columns, of several groups, or of too many strategies
    HeemodelError
        if the currency is neither a sign nor an ISO code

    See Also
    --------
    DecisionTree.paths : the same numbers as a table

    Examples
    --------
    >>> import heemodel as hm
    >>> tree = hm.DecisionTree(
    ...     strategies=["old", "new"], root="operation", payoffs=lambda p: hm.Payoffs(cost={}, qaly={"cured": 0.9}),
    ...     branches=lambda p: {"operation": {"cured": hm.by_strategy({"old": 0.6, "new": 0.8}), "not cured": hm.REST}},
    ... )
    >>> axes = hm.plot.tree(tree.table({}))
    >>> [text.get_text() for text in axes.texts if "/" in text.get_text()]
    ['0.6 / 0.8', '0.4 / 0.2']
    """
    names, numbers = ["strategy", "node", "parent"], ["probability", "reach", "cost", "qaly"]
    tidy = require(tidy, "plot.tree", names=names, numbers=numbers)
    styles = _chosen(tidy, order)
    tidy = tidy[tidy["strategy"].isin(list(styles))]
    once(tidy, "plot.tree", ["strategy", "node"], among="group")
    sized = ax is None
    ax = axes(ax)
    picture = _Picture(ax, tidy, styles, currency_of(currency).sign)
    picture.measure()
    if sized:
        canvas(ax).set_size_inches(picture.width / 72, picture.height / 72)
    picture.draw()
    return ax


def _chosen(tidy: pd.DataFrame, order: Sequence[str] | None) -> dict[str, Mark]:
    """The strategies to show with their marks."""
    known = list(dict.fromkeys(tidy["strategy"]))
    for name in order or ():
        if name not in known:
            raise OutcomeError(f"there is no strategy {name!r} in the table of plot.tree; {nearest(str(name), known)}")
    shown = known if order is None else list(order)
    if len(shown) > MOST:
        raise OutcomeError(
            f"{len(shown)} strategies on a tree; at most {MOST} can be read: choose some, order={shown[:2]!r}"
        )
    return marks(tidy[tidy["strategy"].isin(shown)], shown)


@dataclass(frozen=True)
class _Column:
    """A column beside the ends: its heading, the text of each strategy at each end, and the expected values."""

    heading: str
    cells: dict[str, list[str]]
    expected: list[str]


class _Picture:
    """Where everything stands, in points from the upper left corner, and how it is drawn."""

    def __init__(self, ax: Axes, tidy: pd.DataFrame, styles: dict[str, Mark], currency: str) -> None:
        self.ax, self.styles = ax, styles
        first = tidy[tidy["strategy"] == next(iter(styles))]
        self.parents = {str(row.node): str(row.parent) for row in first.itertuples()}
        self.nodes = list(self.parents)
        self.root = next((node for node, parent in self.parents.items() if not parent), self.nodes[0])
        self.leaves = [node for node in self.nodes if node not in set(self.parents.values())]
        by_node = tidy.set_index(["strategy", "node"])
        self.values = {
            name: {node: [float(by_node.loc[(s, node), name]) for s in styles] for node in self.nodes}
            for name in ("probability", "reach", "cost", "qaly")
        }
        self.labels = {node: self._label(node) for node in self.nodes}
        self.columns = [*self._columns(currency)]

    def _columns(self, currency: str) -> Iterator[_Column]:
        """What stands beside the ends; money and QALYs where there are any."""
        for name, heading in (("reach", "Probability"), ("cost", "Cost"), ("qaly", "QALYs")):
            at_ends = [value for leaf in self.leaves for value in self.values[name][leaf]]
            if name != "reach" and not any(at_ends):
                continue
            expected = self.values[name][self.root]
            decimals = _decimals([*at_ends, *expected], most_exact=100 if name == "cost" else 0)
            sign = currency if name == "cost" else ""
            yield _Column(
                heading,
                {
                    leaf: [_share(v) if name == "reach" else _fixed(v, decimals, sign) for v in self.values[name][leaf]]
                    for leaf in self.leaves
                },
                [] if name == "reach" else [_fixed(v, decimals, sign) for v in expected],
            )

    def _label(self, node: str) -> str:
        """The name of a node, without the name of the one before where it begins with that: "ill, dies" after "ill"."""
        before = f"{self.parents[node]}, "
        name = node.removeprefix(before) if len(node) > len(before) else node
        return shorten([name], width=26)[0]

    def measure(self) -> None:
        """Places of nodes, columns and lines."""
        depth = {self.root: 0}
        for node in self.nodes:
            if node != self.root:
                depth[node] = depth[self.parents[node]] + 1
        widths = [0.0] * (max(depth.values()) + 1)
        for node in self.nodes:
            wide = max(self._wide(self.labels[node]), self._wide(self._chance(node)))
            widths[depth[node]] = max(widths[depth[node]], wide + PAD)
        across = np.cumsum([widths[0], *(SLANT + width + PAD for width in widths[1:])])
        self.x = {node: float(across[depth[node]]) for node in self.nodes}
        lines = max(2, *(len(self._lines(column.cells[leaf])) for column in self.columns for leaf in self.leaves))
        tall = 1 + max(label.count("\n") for label in self.labels.values())
        row = max(lines * LINE, (1 + tall) * LINE) + GAP
        self.top = (len(self.styles) if len(self.styles) > 1 else 0) * LINE + 2 * LINE + GAP
        self.y = {leaf: self.top + row * (place + 0.5) for place, leaf in enumerate(self.leaves)}
        for node in reversed(self.nodes):
            if node not in self.y:
                below = [self.y[child] for child, parent in self.parents.items() if parent == node]
                self.y[node] = (min(below) + max(below)) / 2
        self.bottom = self.top + row * len(self.leaves)
        edge = max(across) + PAD
        self.places: list[tuple[float, float]] = []
        for column in self.columns:
            numbers = [*(text for cell in column.cells.values() for text in cell), *column.expected]
            left, wide = edge + 1.5 * PAD, max(map(self._wide, numbers)) + (PAD if len(self.styles) > 1 else 0)
            edge = left + max(self._wide(column.heading), wide)
            self.places.append((edge - wide, edge))
        self.width = edge + PAD / 2
        self.height = self.bottom + (len(self.styles) + 1) * LINE + 2 * GAP

    def draw(self) -> None:
        """Everything."""
        self.ax.set_axis_off()
        self.ax.set_xlim(0, self.width)
        self.ax.set_ylim(self.height, 0)
        for node in self.nodes:
            self._draw_branch(node)
        for node in self.nodes:
            leaf = node in self.leaves
            marker, size = ("<", TRIANGLE) if leaf else ("o", CIRCLE)
            self.ax.plot(self.x[node], self.y[node], marker, mfc="white", mec=INK, mew=1.1, ms=size, zorder=3)
        self._draw_key()
        for column, (left, right) in zip(self.columns, self.places, strict=True):
            self._draw_column(column, left, right)

    def _draw_branch(self, node: str) -> None:
        """The way to a node, its name above and its probability below."""
        x, y = self.x[node], self.y[node]
        if node == self.root:
            self._say(PAD / 2, y - 3, self.labels[node], va="bottom", weight="bold")
            self.ax.plot([PAD / 2, x], [y, y], color=INK, linewidth=1.1, zorder=1)
            return
        begin = self.x[self.parents[node]], self.y[self.parents[node]]
        self.ax.plot([begin[0], begin[0] + SLANT, x], [begin[1], y, y], color=INK, linewidth=1.1, zorder=1)
        self._say(begin[0] + SLANT + 3, y - 2, self.labels[node], va="bottom")
        self._say(begin[0] + SLANT + 3, y + 2, self._chance(node), va="top", color=GREY)
        if node in self.leaves and self.columns:
            end = self.places[0][0] - PAD / 2
            self.ax.plot([x + 6, end], [y, y], color=GREY, linewidth=0.8, linestyle=(0, (1, 3)), zorder=1)

    def _draw_key(self) -> None:
        """The strategies in their order, where there are several."""
        if len(self.styles) == 1:
            self._say(PAD / 2, LINE, next(iter(self.styles)), va="center")
            return
        for place, (name, mark) in enumerate(self.styles.items()):
            at = LINE * (place + 1)
            self.ax.plot(PAD, at, mark.marker, color=mark.colour, ms=mark.size)
            self._say(2 * PAD, at, name, va="center")

    def _draw_column(self, column: _Column, left: float, right: float) -> None:
        """A column of numbers, its heading and what is expected."""
        self._say(right, self.top - GAP, column.heading, ha="right", va="baseline", weight="bold")
        for leaf, cell in column.cells.items():
            self._draw_cell(cell, left, right, self.y[leaf])
        if column.expected:
            self.ax.plot([left, right], [self.bottom, self.bottom], color=INK, linewidth=0.8)
            middle = self.bottom + GAP / 2 + LINE * len(self._lines(column.expected)) / 2
            self._draw_cell(column.expected, left, right, middle)
            if column is next(one for one in self.columns if one.expected):
                self._say(self.places[0][0] - PAD, middle, "Expected", ha="right", va="center", weight="bold")

    def _draw_cell(self, cell: list[str], left: float, right: float, middle: float) -> None:
        """A line for each strategy with its mark, or one for all."""
        lines = self._lines(cell)
        for place, (text, mark) in enumerate(zip(lines, self.styles.values(), strict=False)):
            at = middle + LINE * (place - (len(lines) - 1) / 2)
            self._say(right, at, text, ha="right", va="center")
            if len(lines) > 1:
                self.ax.plot(left + 2, at, mark.marker, color=mark.colour, ms=0.6 * mark.size)

    def _lines(self, cell: list[str]) -> list[str]:
        """The texts of all strategies, or the one that they share."""
        return cell[:1] if len(set(cell)) == 1 else cell

    def _chance(self, node: str) -> str:
        """The probability of the branch to a node, of the strategies in their order."""
        if node == self.root:
            return ""
        return " / ".join(self._lines([_share(value) for value in self.values["probability"][node]]))

    def _say(self, x: float, y: float, text: str, **how: str) -> None:
        self.ax.text(x, y, text, fontsize=SMALL, **({"color": INK, "linespacing": 1.05} | how))  # type: ignore[arg-type]

    def _wide(self, text: str) -> float:
        """Width of a text in points."""
        if not text:
            return 0.0
        drawn = self.ax.text(0, 0, text, fontsize=SMALL, weight="bold")
        width = drawn.get_window_extent().width * 72 / canvas(self.ax).dpi
        drawn.remove()
        return float(width)


def _share(value: float) -> str:
    """A probability in three digits, or as one that is very small.

    >>> _share(0.558), _share(1.0), _share(0.0000712), _share(0.998), _share(3e-9), _share(0.0)
    ('0.558', '1', '0.0000712', '0.998', '< 0.00001', '0')
    """
    if 0 < value < SMALLEST:
        return f"< {np.format_float_positional(SMALLEST)}"
    return np.format_float_positional(float(f"{value:.3g}"), trim="-")


def _decimals(values: Sequence[float], *, most_exact: float) -> int:
    """Decimals for a column: those that show its smallest number in two digits; none from `most_exact` up.

    >>> _decimals([16.1, 1172.0], most_exact=100), _decimals([0.00055, -0.3], most_exact=0)
    (2, 5)
    """
    sizes = [abs(value) for value in values if value]
    if not sizes or 0 < most_exact <= min(sizes):
        return 0
    return min(6, max(2, 1 - int(np.floor(np.log10(min(sizes))))))


def _fixed(value: float, decimals: int, sign: str = "") -> str:
    """A figure with so many decimals and a true minus.

    >>> _fixed(-0.0016427, 5), _fixed(-1172.3, 2, "£")
    ('−0.00164', '−£1,172.30')
    """
    size = f"{abs(value):,.{decimals}f}"
    return f"{'−' if value < 0 and float(size.replace(',', '')) else ''}{sign}{size}"

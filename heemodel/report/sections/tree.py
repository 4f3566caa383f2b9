"""The decision tree of a model: drawn, and every node of it in a table."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results
from heemodel.currency import Currency
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Folded, Table
from heemodel.report.drawing import sized
from heemodel.report.formatting import basis_of, money, number
from heemodel.report.plots.tree import MOST

RARE = 1e-5
"""Smaller probabilities are printed as so small."""


def tree_blocks(results: Results) -> list[Block]:
    """The tree of every scenario, the first open; nothing where the model is no tree."""
    table = results.tables.get("tree")
    if table is None:
        return []
    first, *others = [name for name in results.scenarios if (table["scenario"] == name).any()]
    return [
        *_of_scenario(results, first),
        *(
            Folded(title=f"The decision tree, {results.label(name)}", blocks=_of_scenario(results, name))
            for name in others
        ),
    ]


def _of_scenario(results: Results, scenario: str) -> list[Block]:
    """Drawn for as many strategies as can be read at once; in tables for all."""
    table = results.tables["tree"]
    mine = table[table["scenario"] == scenario].drop(columns="scenario")
    chosen = list(dict.fromkeys([results.comparator, results.intervention, *results.interventions]))[:MOST]
    shown = [name for name in results.strategies if name in chosen]  # in their order, for the marks of other figures
    if len(results.strategies) == 2:
        tables: list[Block] = [_nodes(results, mine, results.strategies, scenario)]
    else:
        each = [_nodes(results, mine, [strategy], scenario) for strategy in results.strategies]
        tables = [Folded(title=one.title, blocks=[one]) for one in each]
    return [_figure(results, mine, shown, scenario), *tables]


def _figure(results: Results, mine: pd.DataFrame, shown: Sequence[str], scenario: str) -> Figure:
    def draw() -> Axes:
        return plots.plot_tree(mine, order=shown, currency=results.currency)

    of = f", {results.label(scenario)}" if len(results.scenarios) > 1 else ""
    leaves = mine[mine["leaf"] & (mine["strategy"] == shown[0])]
    rest = "" if len(shown) == len(results.strategies) else f" {len(shown)} of {len(results.strategies)} strategies."
    return Figure(
        name=f"tree_{scenario}" if of else "tree",
        title=f"The decision tree{of}",
        draw=partial(sized, draw),
        caption="Circles are chances, triangles ends. Below a branch stands its probability, of the strategies in the "
        "order of the key; beside an end how probably it is reached and the mean cost and QALYs of those who come to "
        f"it. Means over all draws.{rest} {basis_of(results)}",
        alternative=f"Decision tree with {len(leaves)} ends: {'; '.join(leaves['node'])}. The numbers are in the "
        "table.",
        table=mine,
    )


def _nodes(results: Results, mine: pd.DataFrame, strategies: Sequence[str], scenario: str) -> Table:
    """Every node, below the one that it follows: how probable its branch is, how probably it is reached, payoffs."""
    nodes = mine[mine["strategy"] == strategies[0]]
    known = mine.set_index(["strategy", "node"])
    payoffs = [name for name in ("cost", "qaly") if mine[name].any()]
    names = {"probability": "Branch", "reach": "Reached", "cost": "Cost", "qaly": "QALYs"}
    columns = ["probability", "reach", *payoffs]
    rows = [
        [
            f"{'› ' * row.depth}{_short(str(row.node), str(row.parent))}",
            *(_text(known.loc[(k, row.node), name], name, results.currency) for k in strategies for name in columns),
        ]
        for row in nodes.itertuples()
    ]
    several = len(results.scenarios) > 1
    of = [*([strategies[0]] if len(strategies) == 1 else []), *([results.label(scenario)] if several else [])]
    return Table(
        title=", ".join(["Every node of the tree", *of]),
        header=["Node", *(names[name] for _ in strategies for name in columns)],
        groups=[("", 1), *((strategy, len(columns)) for strategy in strategies)] if len(strategies) > 1 else (),
        rows=rows,
        note="Probability of the branch that leads to the node, probability of reaching it, and the mean cost and "
        "QALYs of those who reach it, over all that may follow. A node with › stands below the one that it follows.",
    )


def _short(node: str, parent: str) -> str:
    """The name of a node without that of the one before, where it begins with it."""
    return node.removeprefix(f"{parent}, ") if parent else node


def _text(value: float, name: str, currency: Currency) -> str:
    if name == "cost":
        return money(value, currency=currency)
    if name != "qaly" and 0 < value < RARE:
        return "< 0.00001"
    return number(value)

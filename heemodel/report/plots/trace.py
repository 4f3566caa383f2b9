"""Where people are over time: shares of the states, stacked."""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from heemodel.decision import OutcomeError
from heemodel.report.plots.labels import SMALL, canvas, figures_on, literal, shorten
from heemodel.report.plots.marks import COLOURS, GREY, axes, once, require

PALE = "#e4e4e4"
HATCHES = ("", "//", "--", "xx", "\\\\", "++", "||")
"""Of states one after another, so that neighbours differ in more than their colour."""
DEAD = "////"
GRADES = "flare"
"""Palette of states that are grades of one thing, from light to dark."""
FEWEST_GRADES = 3
WIDEST = 3
"""Panels beside one another at most."""


def plot_trace(tidy: pd.DataFrame, *, dead: Sequence[str] = ("dead",), ax: Axes | None = None) -> Axes:
    """Stacked shares of the cohort in each state over time.

    Parameters
    ----------
    tidy : columns years, state, mean; states in the order stacked. Of one strategy: see `plot_traces` for several.
        States that are numbered grades, such as mRS 0 to mRS 5, are drawn from light to dark
    dead : the states that are pale grey and hatched, so that they do not stand before the others
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Raises
    ------
    OutcomeError
        if the table lacks a column, holds what cannot be drawn or is of several strategies

    See Also
    --------
    plot_traces : a panel for each strategy

    Examples
    --------
    >>> import heemodel as hm
    >>> shares = pd.DataFrame({"years": [0.0, 0.0, 1.0, 1.0], "state": ["well", "dead"] * 2, "mean": [1, 0, 0.9, 0.1]})
    >>> hm.plot.trace(shares, ax=plt.figure().add_subplot()).get_ylabel()
    'Share of patients'
    """
    tidy = require(tidy, "plot.trace", names=["state"], numbers=["years", "mean"])
    once(tidy, "plot.trace", ["years", "state"], among="strategy, or draw each by hm.plot.traces")
    ax = axes(ax)
    states = list(dict.fromkeys(map(str, tidy["state"])))
    wide = tidy.assign(state=tidy["state"].astype(str)).pivot(index="years", columns="state", values="mean")[states]
    areas = ax.stackplot(wide.index, wide.to_numpy().T, labels=[state.replace("_", " ") for state in states])
    for area, style in zip(areas, _styles(states, dead), strict=True):
        area.set(linewidth=0.4, **style)
    ax.set_ylim(0, 1)
    if len(wide) > 1:
        ax.set_xlim(wide.index.min(), wide.index.max())
    figures_on(ax.xaxis, most=5)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("Years since the start")
    ax.set_ylabel("Share of patients")
    return literal(ax)


def plot_traces(tidy: pd.DataFrame, *, dead: Sequence[str] = ("dead",), figure: Figure | None = None) -> list[Axes]:
    """`plot_trace` of each strategy in a panel of its own, with one key.

    Parameters
    ----------
    tidy : columns strategy, years, state, mean; strategies and states in the order drawn
    dead : as in `plot_trace`
    figure : an empty figure to draw on; without one, one as wide as a report

    Returns
    -------
    the Axes of each strategy

    Raises
    ------
    OutcomeError
        as in `plot_trace`

    Examples
    --------
    >>> import heemodel as hm
    >>> shares = pd.DataFrame({"strategy": ["old", "new"], "years": 0.0, "state": "well", "mean": 1.0})
    >>> [ax.get_title() for ax in hm.plot.traces(shares)]
    ['old', 'new']
    """
    tidy = require(tidy, "plot.traces", names=["strategy", "state"], numbers=["years", "mean"])
    if tidy["strategy"].isna().any():
        raise OutcomeError("the table of plot.traces has rows without a strategy; name it")
    strategies = list(dict.fromkeys(tidy["strategy"]))
    across = 2 if len(strategies) == 2 * WIDEST - 2 else min(len(strategies), WIDEST)
    down = ceil(len(strategies) / across)
    figure = figure or plt.figure(figsize=(7.2, 0.9 + 2.1 * down), layout="constrained")
    grid = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False)
    panels = list(grid.ravel())
    for spare in panels[len(strategies) :]:
        spare.remove()
    panels = panels[: len(strategies)]
    names = shorten([str(name) for name in strategies], width=max(10, 76 // across))
    for place, (ax, strategy, name) in enumerate(zip(panels, strategies, names, strict=True)):
        plot_trace(tidy[tidy["strategy"] == strategy], dead=dead, ax=ax)
        ax.set_title(name, fontsize=9.5)
        if place % across:
            ax.set_ylabel("")
        if place + across < len(strategies):
            ax.set_xlabel("")
        ax.tick_params(labelbottom=place + across >= len(strategies))
    handles, labels = panels[0].get_legend_handles_labels()
    key: dict[str, Any] = {"loc": "outside lower center", "frameon": False, "fontsize": SMALL}
    letters = max(map(len, labels)) + 6
    canvas(panels[0]).legend(handles, labels, ncols=max(1, min(len(labels), 80 // letters)), **key)
    for ax in panels:
        literal(ax)
    return panels


def _styles(states: Sequence[str], dead: Sequence[str]) -> list[dict[str, Any]]:
    """Colour, hatch and line of each state."""
    alive = [state for state in states if state not in dead]
    if _graded(alive):
        colours = [to_hex(colour) for colour in sns.color_palette(GRADES, len(alive))]
        hatches = [""] * len(alive)
    else:
        colours = [COLOURS[place % len(COLOURS)] for place in range(len(alive))]
        hatches = [HATCHES[place % len(HATCHES)] for place in range(len(alive))]
    of_alive = iter(zip(colours, hatches, strict=True))
    styles: list[dict[str, Any]] = []
    for state in states:
        if state in dead:
            styles.append({"facecolor": PALE, "hatch": DEAD, "edgecolor": GREY})
        else:
            colour, hatch = next(of_alive)
            styles.append({"facecolor": colour, "hatch": hatch, "edgecolor": "white"})
    return styles


def _graded(states: Sequence[str]) -> bool:
    """Whether states are numbered grades of one thing, in order.

    >>> _graded(["mRS 0", "mRS 1", "mRS 2"]), _graded(["S1", "S2"]), _graded(["stage 1", "grade 2", "stage 3"])
    (True, False, False)
    """
    found = [re.fullmatch(r"(.*?)[ _]*(\d+)", state) for state in states]
    parts = [(match[1], int(match[2])) for match in found if match]
    return (
        len(parts) == len(states) >= FEWEST_GRADES
        and len({prefix for prefix, _ in parts}) == 1
        and all(before < after for (_, before), (_, after) in pairwise(parts))
    )

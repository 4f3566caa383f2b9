"""Pictures of a model's own tables: tiles, lines over time, ranges, bars and points."""

from collections.abc import Sequence
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from heemodel.report.plots.labels import SMALL, figures_on, literal, shorten
from heemodel.report.plots.marks import GREY, INK, Mark, axes, marks, require

WIDTH = 7.2
"""Inches, of a report."""
PALETTE = "YlGnBu"
TILE_LETTERS = 11
DARK = 0.55
"""From this part of the scale on, words on a tile are white."""


def plot_tiles(tidy: pd.DataFrame, *, share: bool = False, figure: Figure | None = None) -> list[Axes]:
    """A map of equal tiles, a panel for each `panel`, coloured by value on one scale and with the value on each tile.

    Parameters
    ----------
    tidy : columns panel, label, row, column (whole numbers from 0, the top row first) and value
    share : whether values are shares, to be written in per cent
    figure : an empty figure to draw on; without one, one as wide as a report

    Returns
    -------
    the Axes of each panel

    Examples
    --------
    >>> import heemodel as hm
    >>> rows = pd.DataFrame({"panel": "now", "label": ["North", "South"], "row": [0, 1], "column": 0, "value": [1, 2]})
    >>> [ax.get_title() for ax in hm.plot.tiles(rows, figure=Figure())]
    ['now']
    """
    tidy = require(tidy, "plot.tiles", names=["panel", "label"], numbers=["row", "column", "value"])
    panels = list(dict.fromkeys(tidy["panel"]))
    across = min(2, len(panels))
    down = ceil(len(panels) / across)
    rows, columns = int(tidy["row"].max()) + 1, int(tidy["column"].max()) + 1
    height = down * (WIDTH / across / columns * 0.62 * rows + 0.35)
    figure = figure or plt.figure(figsize=(WIDTH, height), layout="constrained")
    grid = list(figure.subplots(down, across, squeeze=False).ravel())
    for spare in grid[len(panels) :]:
        spare.remove()
    lowest, highest = float(tidy["value"].min()), float(tidy["value"].max())
    scale, colours = Normalize(lowest, highest), plt.get_cmap(PALETTE)
    for ax, panel in zip(grid, panels, strict=False):
        for tile in tidy[tidy["panel"] == panel].itertuples():
            part = 0.08 + 0.84 * float(scale(tile.value) if highest > lowest else 0.5)
            ax.add_patch(Rectangle((tile.column, tile.row), 0.96, 0.94, facecolor=colours(part), linewidth=0))
            ink = "white" if part > DARK else INK
            middle = tile.column + 0.48
            name = _in_tile(str(tile.label))
            ax.text(
                middle, tile.row + 0.36, name, ha="center", va="center", color=ink, fontsize=5.2 if across > 1 else 8
            )
            figure_ = (f"{tile.value:.1%}" if share else f"{tile.value:,.3g}").replace("-", "−")
            ax.text(
                middle, tile.row + 0.78, figure_, ha="center", va="center", color=ink, fontsize=6.5 if across > 1 else 9
            )
        ax.set(xlim=(0, columns), ylim=(rows, 0), title=panel)
        ax.title.set_fontsize(9.5)
        ax.axis("off")
    return [literal(ax) for ax in grid[: len(panels)]]


def plot_over_time(
    tidy: pd.DataFrame,
    *,
    share: bool = False,
    line: float | None = None,
    line_label: str = "",
    order: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """A line with its band for each `series`, and a level across if one is given.

    Parameters
    ----------
    tidy : columns series, year, mean, lower and upper
    share : whether values are shares
    line, line_label : a level to be compared with, and its name
    order : of all series, so that each has one colour in several drawings; by default that of the table
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Examples
    --------
    >>> import heemodel as hm
    >>> rows = pd.DataFrame({"series": "now", "year": [1, 2], "mean": [3, 4], "lower": [2, 3], "upper": [4, 5]})
    >>> len(hm.plot.over_time(rows, ax=Figure().add_subplot()).get_lines())
    2
    """
    tidy = require(tidy, "plot.over_time", names=["series"], numbers=["year", "mean", "lower", "upper"])
    ax = axes(ax)
    for name, mark in _present(tidy, order):
        mine = tidy[tidy["series"] == name]
        ax.fill_between(mine["year"], mine["lower"], mine["upper"], color=mark.colour, alpha=0.10, linewidth=0)
        ax.plot(mine["year"], mine["mean"], color=mark.colour, dashes=(None, None), linestyle=mark.dash, label=name)
        ax.plot(mine["year"], mine["mean"], mark.marker, color=mark.colour, markersize=mark.size * 0.7)
    top = max(tidy["upper"].max(), line or 0.0)
    if line is not None:
        ax.axhline(line, color=GREY, linewidth=1)
        ax.text(tidy["year"].min(), line, line_label, fontsize=SMALL, color=INK, va="bottom")
    ax.set_ylim(0, 1.08 * top)
    _formed(ax.yaxis, share=share)
    ax.xaxis.set_major_locator(MaxNLocator(10, integer=True))
    ax.xaxis.set_major_formatter("{x:.0f}")
    ax.legend(frameon=False, fontsize=SMALL, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    return literal(ax)


def plot_ranges(
    tidy: pd.DataFrame,
    *,
    share: bool = False,
    line: float | None = None,
    line_label: str = "",
    ax: Axes | None = None,
) -> Axes:
    """A row for each label: its mean with one or two intervals and, where there is one, what was observed.

    Parameters
    ----------
    tidy : columns label, mean, lower and upper; optionally inner_lower and inner_upper, and observed
    share : whether values are shares
    line, line_label : a level to be compared with, and its name
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Examples
    --------
    >>> import heemodel as hm
    >>> rows = pd.DataFrame({"label": ["A"], "mean": [3.0], "lower": [1.0], "upper": [5.0], "observed": [4.0]})
    >>> hm.plot.ranges(rows, ax=Figure().add_subplot()).get_yticklabels()[0].get_text()
    'A'
    """
    tidy = require(tidy, "plot.ranges", names=["label"], numbers=["mean", "lower", "upper"])
    ax = axes(ax)
    rows = np.arange(len(tidy))
    ax.hlines(rows, tidy["lower"], tidy["upper"], color="#0173b2", linewidth=1.4)
    if {"inner_lower", "inner_upper"} <= set(tidy.columns):
        ax.hlines(rows, tidy["inner_lower"], tidy["inner_upper"], color="#0173b2", linewidth=5, alpha=0.55)
    ax.plot(tidy["mean"], rows, "|", color=INK, markersize=9, label="Predicted")
    if "observed" in tidy:
        ax.plot(tidy["observed"], rows, "D", color="#d55e00", markersize=5, label="Observed")
        ax.legend(frameon=False, fontsize=SMALL, loc="lower right")
    if line is not None:
        ax.axvline(line, color=GREY, linewidth=1)
        ax.text(line, -0.9, line_label, fontsize=SMALL, color=INK, ha="center")
    ax.set_yticks(rows, shorten([str(label) for label in tidy["label"]], width=38), fontsize=SMALL)
    ax.set_ylim(len(tidy) - 0.4, -1.1 if line is not None else -0.6)
    _formed(ax.xaxis, share=share)
    return literal(ax)


def plot_bars(tidy: pd.DataFrame, *, share: bool = False, ax: Axes | None = None) -> Axes:
    """Horizontal bars by label, one beside another for each `series`.

    Parameters
    ----------
    tidy : columns series, label and value
    share : whether values are shares
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Examples
    --------
    >>> import heemodel as hm
    >>> rows = pd.DataFrame({"series": "now", "label": ["A", "B"], "value": [1.0, 2.0]})
    >>> len(hm.plot.bars(rows, ax=Figure().add_subplot()).patches)
    2
    """
    tidy = require(tidy, "plot.bars", names=["series", "label"], numbers=["value"])
    ax = axes(ax)
    labels, of = list(dict.fromkeys(tidy["label"])), marks(tidy, column="series")
    height = 0.8 / len(of)
    for place, (name, mark) in enumerate(of.items()):
        mine = tidy[tidy["series"] == name].set_index("label")["value"].reindex(labels)
        ax.barh(np.arange(len(labels)) + place * height, mine, height=height * 0.92, color=mark.colour, label=name)
    ax.set_yticks(
        np.arange(len(labels)) + 0.4 - height / 2, shorten([str(label) for label in labels], width=38), fontsize=SMALL
    )
    ax.set_ylim(len(labels), -0.3)
    _formed(ax.xaxis, share=share)
    if len(of) > 1:
        ax.legend(frameon=False, fontsize=SMALL, loc="upper center", bbox_to_anchor=(0.4, -0.06), ncols=2)
    return literal(ax)


def plot_points(tidy: pd.DataFrame, *, order: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Points of each `series`: a cloud of draws where there are many, with its mean.

    Parameters
    ----------
    tidy : columns series, x and y
    order : of all series, so that each has one colour in several drawings; by default that of the table
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Examples
    --------
    >>> import heemodel as hm
    >>> rows = pd.DataFrame({"series": "new", "x": [1.0, 2.0], "y": [0.5, 0.7]})
    >>> hm.plot.points(rows, ax=Figure().add_subplot()).get_legend_handles_labels()[1]
    ['new']
    """
    tidy = require(tidy, "plot.points", names=["series"], numbers=["x", "y"])
    ax = axes(ax)
    for name, mark in _present(tidy, order):
        mine = tidy[tidy["series"] == name]
        ax.plot(mine["x"], mine["y"], ".", color=mark.colour, markersize=3, alpha=0.25, rasterized=True)
    for name, mark in _present(tidy, order):
        mine = tidy[tidy["series"] == name]
        ax.plot(
            mine["x"].mean(),
            mine["y"].mean(),
            mark.marker,
            color=mark.colour,
            markeredgecolor="white",
            markersize=10,
            label=name,
            linestyle="none",
        )
    ax.axhline(0, color=GREY, linewidth=0.8)
    ax.axvline(0, color=GREY, linewidth=0.8)
    ax.legend(frameon=False, fontsize=SMALL, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)
    return literal(ax)


def _present(tidy: pd.DataFrame, order: Sequence[str] | None) -> list[tuple[str, Mark]]:
    """The series of a table with their marks."""
    there = set(tidy["series"])
    return [(name, mark) for name, mark in marks(tidy, order, column="series").items() if name in there]


def _formed(axis: Axis, *, share: bool) -> None:
    """Figures on an axis, in per cent where they are shares."""
    if share:
        axis.set_major_formatter(PercentFormatter(1.0))
    else:
        figures_on(axis, most=7)


def _in_tile(label: str) -> str:
    r"""A name in at most two short lines.

    >>> _in_tile("North East and North Cumbria")
    'North East\nand North…'
    """
    lines: list[str] = []
    for word in label.split():
        short = word if len(word) <= TILE_LETTERS else f"{word[: TILE_LETTERS - 1]}…"
        if lines and len(lines[-1]) + len(short) < TILE_LETTERS:
            lines[-1] += f" {short}"
        else:
            lines.append(short)
    return "\n".join([*lines[:1], *(_cut(lines[1:]))])


def _cut(lines: Sequence[str]) -> list[str]:
    """The first of further lines, with a mark where more follow."""
    return [f"{lines[0]}…" if len(lines) > 1 else lines[0]] if lines else []

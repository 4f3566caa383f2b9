"""Plots of the savings report: the walk from gross to net, distributions, and where people are over time."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter

from heemodel.currency import Currency

PALETTE = sns.color_palette("colorblind")
GAIN, LOSS, TOTAL, INK, PALE = PALETTE[2], PALETTE[3], PALETTE[0], "#222222", "#dcdcdc"
HATCHES = ("", "//", "..", "xx", "\\\\", "++")

THEME: dict[Any, Any] = {
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.labelsize": 10,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "font.family": "sans-serif",
    "figure.dpi": 100,
    "svg.hashsalt": "heemodel",
    "hatch.linewidth": 0.6,
    "text.parse_math": False,  # dollar signs are money
}


def _axes(ax: Axes | None) -> Axes:
    return plt.gca() if ax is None else ax


def _thousands(currency: Currency) -> FuncFormatter:
    """Ticks in thousands of a currency."""

    def tick(value: float, _: int = 0) -> str:
        return f"{'−' if value < 0 else ''}{currency.sign}{abs(value) / 1000:,g}k" if value else f"{currency.sign}0"

    return FuncFormatter(tick)


def plot_walk(tidy: pd.DataFrame, *, currency: Currency, ax: Axes | None = None) -> Axes:
    """The walk from gross to net saving, from top to bottom.

    Parameters
    ----------
    tidy : columns label, start, end (money per patient), total (true for a subtotal), point (the point estimate of the
        end), text (what is written beside the bar); in the order drawn
    """
    ax = _axes(ax)
    for place, row in enumerate(tidy.itertuples()):
        rise = row.end >= row.start
        colour = TOTAL if row.total else GAIN if rise else LOSS
        hatch = "" if row.total else "" if rise else "///"
        ax.barh(place, row.end - row.start, left=row.start, color=colour, hatch=hatch, edgecolor="white", height=0.62)
        right = max(row.start, row.end, row.point if row.total else row.end)
        ax.text(right, place, f"  {row.text}", va="center", ha="left", fontsize=8.5, color=INK)
        if row.total:
            ax.plot([row.point] * 2, [place - 0.36, place + 0.36], color=INK, linewidth=2)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(tidy)), tidy["label"])
    for label, total in zip(ax.get_yticklabels(), tidy["total"], strict=False):  # inner panels share the labels
        label.set_fontweight("bold" if total else "normal")
    ax.invert_yaxis()
    ax.xaxis.set_major_formatter(_thousands(currency))
    ax.set_xlabel("Saving per patient")
    return ax


def plot_distribution(tidy: pd.DataFrame, *, currency: Currency, ax: Axes | None = None) -> Axes:
    """A histogram with a zero line, losses hatched.

    Parameters
    ----------
    tidy : columns left, right (money per patient), share; one row for each bin
    """
    ax = _axes(ax)
    loss = tidy["right"] <= 0
    for rows, colour, hatch in ((tidy[~loss], GAIN, ""), (tidy[loss], LOSS, "///")):
        ax.bar(
            rows["left"],
            rows["share"],
            rows["right"] - rows["left"],
            align="edge",
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0.3,
        )
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.xaxis.set_major_formatter(_thousands(currency))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("Net saving per patient")
    ax.set_ylabel("Share of draws")
    return ax


def plot_trace(tidy: pd.DataFrame, *, dead: Sequence[str] = ("dead",), ax: Axes | None = None) -> Axes:
    """Stacked shares of the cohort in each state over time.

    Parameters
    ----------
    tidy : columns years, state, mean; states in the order stacked
    dead : the states that are drawn in pale grey, so that they do not stand before the others
    """
    ax = _axes(ax)
    wide = tidy.pivot(index="years", columns="state", values="mean")[list(dict.fromkeys(tidy["state"]))]
    colours = [PALETTE[i % len(PALETTE)] for i in (3, 2, 1, 7, 0, 4, 5, 6, 8, 9)]
    areas = ax.stackplot(
        wide.index, wide.to_numpy().T, labels=[s.replace("_", " ") for s in wide.columns], colors=colours
    )
    for area, state, hatch in zip(areas, wide.columns, cycle(HATCHES), strict=False):
        if state in dead:
            area.set_facecolor(PALE)
        else:
            area.set_hatch(hatch)
        area.set_edgecolor("white")
        area.set_linewidth(0.4)
    ax.set_ylim(0, 1)
    ax.set_xlim(wide.index.min(), wide.index.max())
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("Years since the start")
    ax.set_ylabel("Share of patients")
    return ax

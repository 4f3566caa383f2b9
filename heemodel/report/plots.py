"""Plots: each takes a tidy table and draws it, computes nothing, and returns the Axes."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

PALETTE = sns.color_palette("colorblind")
GAIN, LOSS, TOTAL, INK = PALETTE[2], PALETTE[3], PALETTE[0], "#222222"
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
}


def _axes(ax: Axes | None) -> Axes:
    return plt.gca() if ax is None else ax


def _thousands(value: float, _: int = 0) -> str:
    sign = "−" if value < 0 else ""
    return f"{sign}£{abs(value) / 1000:,g}k" if value else "£0"


def plot_walk(tidy: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """The walk from gross to net saving, from top to bottom.

    Parameters
    ----------
    tidy : columns label, start, end (£ per patient), total (true for a subtotal), point (the point estimate of the
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
    ax.xaxis.set_major_formatter(FuncFormatter(_thousands))
    ax.set_xlabel("Saving per patient")
    return ax


def plot_distribution(tidy: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """A histogram with a zero line, losses hatched.

    Parameters
    ----------
    tidy : columns left, right (£ per patient), share; one row for each bin
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
    ax.xaxis.set_major_formatter(FuncFormatter(_thousands))
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("Net saving per patient")
    ax.set_ylabel("Share of draws")
    return ax


def plot_plane(tidy: pd.DataFrame, *, threshold: float, limits: tuple[float, float], ax: Axes | None = None) -> Axes:
    """Cost-effectiveness plane: incremental QALYs across, incremental cost up, threshold line through the origin.

    Parameters
    ----------
    tidy : columns incremental_qaly, incremental_cost, one row for each draw shown; the row whose `mean` is true is
        the mean of all draws
    threshold : £ per QALY of the dashed line
    limits : half-widths of the axes, QALYs and £, so that several planes share them
    """
    ax = _axes(ax)
    draws, mean = tidy[~tidy["mean"]], tidy[tidy["mean"]]
    ax.axhline(0, color=INK, linewidth=0.9)
    ax.axvline(0, color=INK, linewidth=0.9)
    wide, tall = limits
    across = np.array([-wide, wide])
    ax.fill_between(across, across * threshold, -2 * tall, color=PALETTE[2], alpha=0.08, linewidth=0)
    ax.plot(across, across * threshold, linestyle="--", color=INK, linewidth=1)
    ax.scatter(
        draws["incremental_qaly"],
        draws["incremental_cost"],
        s=5,
        color=TOTAL,
        alpha=0.25,
        linewidths=0,
        rasterized=True,
    )
    ax.plot(mean["incremental_qaly"], mean["incremental_cost"], "D", color="white", markeredgecolor=INK, markersize=7)
    ax.set_xlim(-wide, wide)
    ax.set_ylim(-tall, tall)
    ax.yaxis.set_major_formatter(FuncFormatter(_thousands))
    ax.set_xlabel("Incremental QALYs per patient")
    ax.set_ylabel("Incremental cost per patient")
    return ax


def plot_acceptability(tidy: pd.DataFrame, *, thresholds: Sequence[float] = (), ax: Axes | None = None) -> Axes:
    """Acceptability curves with the frontier marked.

    Parameters
    ----------
    tidy : columns threshold, strategy, probability, frontier
    thresholds : where vertical lines are drawn, £ per QALY
    """
    ax = _axes(ax)
    for place, (strategy, curve) in enumerate(tidy.groupby("strategy", sort=False)):
        style = ("-", "--", ":", "-.")[place % 4]
        ax.plot(curve["threshold"], curve["probability"], style, color=PALETTE[place], linewidth=2, label=strategy)
        best = curve[curve["frontier"]].iloc[::10]
        ax.plot(
            best["threshold"], best["probability"], "o", color=PALETTE[place], markersize=4, markeredgecolor="white"
        )
    for threshold in thresholds:
        ax.axvline(threshold, color="#888888", linewidth=0.8, linestyle=":")
    ax.set_ylim(-0.03, 1.03)  # room for curves that lie on 0 or 1
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.set_xlim(tidy["threshold"].min(), tidy["threshold"].max())
    ax.xaxis.set_major_locator(MaxNLocator(4))
    ax.xaxis.set_major_formatter(FuncFormatter(_thousands))
    ax.set_xlabel("Willingness to pay per QALY")
    ax.set_ylabel("Probability most cost-effective")
    return ax


def plot_trace(tidy: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Stacked shares of the cohort in each state over time.

    Parameters
    ----------
    tidy : columns years, state, mean; states in the order stacked
    """
    ax = _axes(ax)
    wide = tidy.pivot(index="years", columns="state", values="mean")[list(dict.fromkeys(tidy["state"]))]
    colours = [PALETTE[i % len(PALETTE)] for i in (3, 2, 1, 7, 0, 4, 5, 6, 8, 9)]
    areas = ax.stackplot(
        wide.index, wide.to_numpy().T, labels=[s.replace("_", " ") for s in wide.columns], colors=colours
    )
    for area, hatch in zip(areas, HATCHES, strict=False):
        area.set_hatch(hatch)
        area.set_edgecolor("white")
        area.set_linewidth(0.4)
    ax.set_ylim(0, 1)
    ax.set_xlim(wide.index.min(), wide.index.max())
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("Years since the start")
    ax.set_ylabel("Share of patients")
    return ax

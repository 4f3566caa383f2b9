"""Plots of savings: their breakdown from gross to net, and how sure the net saving is."""

from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.report.plots.labels import SMALL, canvas, figures_on, literal, wrapped
from heemodel.report.plots.marks import HALO, INK, axes, require

PALETTE = sns.color_palette("colorblind")
GAIN, LOSS, TOTAL = PALETTE[2], PALETTE[3], PALETTE[0]

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


def plot_savings_breakdown(
    tidy: pd.DataFrame, *, outcome: str = "", currency: Currency | str = POUNDS, ax: Axes | None = None
) -> Axes:
    """The parts of a saving, from top to bottom: what adds to it, what takes from it, and what is reached.

    Any number of panels may share their axes; rows run from top to bottom in all of them.

    Parameters
    ----------
    tidy : columns label, start, end (money per patient), total (true for a subtotal), point (the point estimate of the
        end, or NaN), text (what is written beside the bar); in the order drawn
    outcome : what the x axis shows, where it is not the saving per patient
    currency : of money: a sign or an ISO code
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Raises
    ------
    OutcomeError
        if the table lacks a column, or holds what cannot be drawn
    HeemodelError
        if the currency is neither a sign nor an ISO code

    See Also
    --------
    breakdown_title : what to call it

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> parts = pd.DataFrame({"label": ["Bed days", "Net"], "start": 0.0, "end": [900.0, 900.0],
    ...                       "total": [False, True], "point": [np.nan, 880.0], "text": ["+$900", "$900"]})
    >>> ax = hm.plot.savings_breakdown(parts, currency="$", ax=plt.figure().add_subplot())
    >>> bool(ax.yaxis_inverted())
    True
    """
    tidy = require(tidy, "plot.savings_breakdown", names=["label", "total", "point", "text"], numbers=["start", "end"])
    ax = axes(ax)
    for place, row in enumerate(tidy.itertuples()):
        rise = row.end >= row.start
        colour, hatch = (TOTAL, "") if row.total else (GAIN, "") if rise else (LOSS, "///")
        ax.barh(place, row.end - row.start, left=row.start, color=colour, hatch=hatch, edgecolor="white", height=0.62)
        ends = [row.start, row.end]
        if row.total and np.isfinite(row.point):
            ends.append(row.point)
            ax.plot([row.point] * 2, [place - 0.36, place + 0.36], color=INK, linewidth=2)
        ax.annotate(
            row.text,
            (max(ends), place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
            path_effects=HALO,
            annotation_clip=False,
        )
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(tidy)), tidy["label"])
    for label, total in zip(ax.get_yticklabels(), tidy["total"], strict=False):  # inner panels share the labels
        label.set_fontweight("bold" if total else "normal")
    _frame(ax, max(map(len, tidy["text"])))
    figures_on(ax.xaxis, currency_of(currency).sign, most=5)
    panels = [panel for panel in ax.get_shared_x_axes().get_siblings(ax) if panel.has_data()]
    below = any(panel.dataLim.x0 < 0 for panel in panels)
    for panel in panels:
        words = "Saving per patient (below 0: extra cost)" if below else "Saving per patient"
        panel.set_xlabel(wrapped(outcome or words, panel.xaxis))
    return literal(ax)


def breakdown_title(tidy: pd.DataFrame) -> str:
    """What a breakdown leads from and to: a saving or, where it is below 0, an extra cost.

    Parameters
    ----------
    tidy : as in `plot_savings_breakdown`

    Returns
    -------
    a title, from the first and the last subtotal

    Examples
    --------
    >>> rows = pd.DataFrame({"end": [-300.0, 500.0, 200.0], "total": [True, False, True]})
    >>> breakdown_title(rows)
    'From first costs to net saving'
    >>> breakdown_title(rows.assign(end=[300.0, 500.0, 200.0])), breakdown_title(rows.tail(1))
    ('From gross to net saving', 'Net saving')
    """
    reached = tidy.loc[tidy["total"].astype(bool), "end"].tolist()
    last = "net saving" if not reached or reached[-1] >= 0 else "net extra cost"
    if len(reached) < 2:
        return last.capitalize()
    if reached[0] >= 0:
        return "From gross to net saving" if reached[-1] >= 0 else "From gross saving to net extra cost"
    return f"From first costs to {last}"


def _frame(ax: Axes, characters: int) -> None:
    """Limits that hold the bars of every panel with the same axes, the first row on top, and room for figures."""
    across = [panel.dataLim for panel in ax.get_shared_x_axes().get_siblings(ax) if panel.has_data()]
    down = [panel.dataLim for panel in ax.get_shared_y_axes().get_siblings(ax) if panel.has_data()]
    low, high = min(0.0, *(box.x0 for box in across)), max(0.0, *(box.x1 for box in across))
    wide = ax.get_window_extent().width * 72 / canvas(ax).dpi
    share = min(0.45, (0.6 * SMALL * characters + 8) / wide)
    width = (high - low or 1.0) / (1 - share)
    before = ax.get_xlim()[1] if len(across) > 1 else -np.inf  # a panel drawn earlier may have longer figures
    ax.set_xlim(low - 0.03 * width, max(low + width, before))
    ax.set_ylim(max(box.y1 for box in down) + 0.3, -0.6)


def plot_distribution(tidy: pd.DataFrame, *, currency: Currency | str = POUNDS, ax: Axes | None = None) -> Axes:
    """A histogram with a zero line, losses hatched.

    Parameters
    ----------
    tidy : columns left, right (money per patient), share; one row for each bin
    currency : of money: a sign or an ISO code
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Raises
    ------
    OutcomeError
        if the table lacks a column, or holds what cannot be drawn
    HeemodelError
        if the currency is neither a sign nor an ISO code
    """
    tidy = require(tidy, "plot.distribution", numbers=["left", "right", "share"])
    ax = axes(ax)
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
    figures_on(ax.xaxis, currency_of(currency).sign)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    ax.set_xlabel("Net saving per patient")
    ax.set_ylabel("Share of draws")
    return literal(ax)

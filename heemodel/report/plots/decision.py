"""Plots of a decision between strategies: each takes a tidy table and draws it, computes nothing, returns the Axes.

Strategies are told apart by line style and marker as well as by colour, and look alike on all plots of one `order`.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.report.plots.labels import figures_on, literal, shorten
from heemodel.report.plots.marks import (
    GREY,
    INK,
    End,
    axes,
    draw_line,
    draw_thresholds,
    key,
    marks,
    name_ends,
    once,
    require,
    thresholds_entry,
    tint,
)
from heemodel.report.plots.places import place_beside


def plot_acceptability(
    tidy: pd.DataFrame | xr.DataArray,
    *,
    thresholds: Sequence[float] = (),
    currency: Currency | str = POUNDS,
    order: Sequence[str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Acceptability curves, and under them as a band the frontier: the strategy of highest expected net benefit.

    Parameters
    ----------
    tidy : what `cea.acceptability` gives, or columns threshold (money per QALY), strategy, probability, frontier (true
        where the strategy has the highest expected net benefit)
    thresholds : where vertical lines are drawn, money per QALY
    currency : of money: a sign or an ISO code
    order : of strategies, for their colours and markers
    legend : whether curves are named beside the axes, and the band and the vertical lines below them
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
    cea.acceptability, cea.frontier : the tables

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> curve = pd.DataFrame({"threshold": [0.0, 50_000.0], "strategy": "new", "probability": [0.2, 0.9]})
    >>> hm.plot.acceptability(curve.assign(frontier=True), currency="USD", ax=plt.figure().add_subplot()).get_ylabel()
    'Probability most cost-effective'
    """
    tidy = require(tidy, "plot.acceptability", names=["strategy", "frontier"], numbers=["threshold", "probability"])
    once(tidy, "plot.acceptability", ["strategy", "threshold"], among="analysis")
    ax = axes(ax)
    ends = _curves(ax, tidy, "probability", order)
    for one, mark in marks(tidy, order).items():
        curve = tidy[tidy["strategy"] == one]
        _band(ax, curve["threshold"], curve["probability"].where(curve["frontier"].astype(bool)), tint(mark.colour))
    ax.set_ylim(-0.03, 1.03)  # room for curves that lie on 0 or 1
    ax.set_yticks(np.linspace(0, 1, 6))
    draw_thresholds(ax, tidy["threshold"], thresholds, currency_of(currency).sign)
    ax.set_ylabel("Probability most cost-effective")
    if legend:
        name_ends(ax, ends)
        band = Line2D([], [], color=tint(GREY, 0.5), linewidth=7)
        key(
            ax,
            [
                (band, "Frontier: highest expected net benefit"),
                *thresholds_entry(thresholds, currency_of(currency).sign),
            ],
        )
    return literal(ax)


def plot_expected_loss(
    tidy: pd.DataFrame | xr.DataArray,
    *,
    thresholds: Sequence[float] = (),
    currency: Currency | str = POUNDS,
    order: Sequence[str] | None = None,
    legend: bool = True,
    beside: pd.Series | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Expected loss curves on a logarithmic scale (linear near 0, where there are zeros); the lowest curve is the EVPI.

    Parameters
    ----------
    tidy : what `cea.expected_loss` gives, or columns threshold (money per QALY), strategy, expected_loss (money per
        person)
    thresholds : where vertical lines are drawn, money per QALY
    currency : of money: a sign or an ISO code
    order : of strategies, for their colours and markers
    legend : whether curves are named beside the axes, and the band and the vertical lines below them
    beside : the losses of all plots that share the axis, where several do
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
    cea.expected_loss : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> curve = pd.DataFrame({"threshold": [0.0, 50_000.0], "strategy": "new", "expected_loss": [900.0, 20.0]})
    >>> hm.plot.expected_loss(curve, currency="USD", ax=plt.figure().add_subplot()).get_ylabel()
    'Expected loss per person'
    """
    tidy = require(tidy, "plot.expected_loss", names=["strategy"], numbers=["threshold", "expected_loss"])
    once(tidy, "plot.expected_loss", ["strategy", "threshold"], among="analysis")
    ax = axes(ax)
    ends = _curves(ax, tidy, "expected_loss", order)
    lowest = tidy.loc[tidy.groupby("threshold")["expected_loss"].idxmin()]
    _band(ax, lowest["threshold"], lowest["expected_loss"], tint(GREY, 0.5))
    _log_scale(ax, tidy["expected_loss"] if beside is None else beside)
    figures_on(ax.yaxis, currency_of(currency).sign)
    draw_thresholds(ax, tidy["threshold"], thresholds, currency_of(currency).sign)
    ax.set_ylabel("Expected loss per person")
    if legend:
        name_ends(ax, ends)
        band = Line2D([], [], color=tint(GREY, 0.5), linewidth=7)
        key(ax, [(band, "Lowest curve: EVPI"), *thresholds_entry(thresholds, currency_of(currency).sign)])
    return literal(ax)


def _curves(ax: Axes, tidy: pd.DataFrame, column: str, order: Sequence[str] | None) -> list[End]:
    """A line for each strategy against thresholds; their names, ends and marks in the order given."""
    ends = []
    for place, (strategy, mark) in enumerate(marks(tidy, order).items()):
        curve = tidy[tidy["strategy"] == strategy].sort_values("threshold")
        if len(curve):
            draw_line(ax, curve["threshold"], curve[column], strategy, mark, place)
            ends.append(End(strategy, float(curve[column].iloc[-1]), mark))
    return ends


def _band(ax: Axes, x: pd.Series, y: pd.Series, colour: tuple[float, float, float]) -> None:
    """A thick line below others; a single point of it is seen as well."""
    ax.plot(x, y, color=colour, linewidth=8, solid_capstyle="round", zorder=1.8)
    there = y.notna().to_numpy()
    alone = there & ~np.r_[False, there[:-1]] & ~np.r_[there[1:], False]
    ax.plot(x[alone], y[alone], linestyle="none", color=colour, marker="o", markersize=8, mew=0, zorder=1.8)


def _log_scale(ax: Axes, values: pd.Series) -> None:
    positive = values[values > 0]
    if len(positive) == len(values):
        ax.set_yscale("log")
    elif len(positive):
        least = max(positive.min(), positive.max() / 1e5)
        ax.set_yscale("symlog", linthresh=10.0 ** np.floor(np.log10(least)))
        ax.set_ylim(bottom=0)


def plot_frontier(
    tidy: pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    currency: Currency | str = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """Efficiency frontier: QALYs across, cost up, a line through the strategies that are not dominated.

    Parameters
    ----------
    tidy : columns strategy, cost (money per person), qaly and status, as `cea.incremental_table` gives them: "on the
        frontier", "dominated", "extendedly dominated" or "equal to ..."; only those on the frontier are filled and
        joined
    order : of strategies, for their colours and markers
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
    cea.incremental_table, incremental_analysis : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> table = pd.DataFrame({"strategy": ["old", "new"], "cost": [0.0, 900.0], "qaly": [5.0, 5.1]})
    >>> hm.plot.frontier(table.assign(status="on the frontier"), currency="$").get_ylabel()
    'Cost per person'
    """
    tidy = require(tidy, "plot.frontier", names=["strategy", "status"], numbers=["cost", "qaly"])
    once(tidy, "plot.frontier", ["strategy"], among="analysis")
    styles = marks(tidy, order)
    ax = axes(ax)
    line = tidy[tidy["status"] == "on the frontier"].sort_values("qaly")
    ax.plot(line["qaly"], line["cost"], color=INK, linewidth=1.2, zorder=1.9)
    for row in tidy.itertuples():
        mark, filled = styles[row.strategy], row.status == "on the frontier"
        face = mark.colour if filled else "white"
        ax.plot(row.qaly, row.cost, mark.marker, mec=mark.colour, mfc=face, markersize=9, mew=1.6, label=row.strategy)
    figures_on(ax.xaxis)
    figures_on(ax.yaxis, currency_of(currency).sign)
    ax.set_xlabel("QALYs per person")
    ax.set_ylabel("Cost per person")
    ax.margins(0.2, 0.18)
    joined = Line2D([], [], color=INK, linewidth=1.2, marker="o", mfc=GREY, mec=GREY, markersize=8)
    hollow = Line2D([], [], linestyle="none", marker="o", mfc="white", mec=GREY, mew=1.6, markersize=8)
    key(ax, [(joined, "On the frontier"), (hollow, "Dominated, also extendedly")])
    names = shorten(list(tidy["strategy"]), width=22)
    colours = [styles[strategy].colour for strategy in tidy["strategy"]]
    place_beside(ax, tidy[["qaly", "cost"]], names, colours, line=line[["qaly", "cost"]])
    return literal(ax)

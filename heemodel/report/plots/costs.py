"""What strategies cost: by component, and by year."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.report.plots.labels import SMALL, amount, canvas, figures_on, literal, shorten, wrapped
from heemodel.report.plots.marks import (
    COLOURS,
    HALO,
    INK,
    End,
    axes,
    draw_line,
    label_rows,
    marks,
    name_ends,
    once,
    require,
    tint,
)

type Floats = NDArray[np.float64]

HATCHES = ("", "///", "---", "xxx", "\\\\\\", "+++", "|||")


def plot_costs_by_component(
    tidy: pd.DataFrame,
    *,
    currency: Currency | str = POUNDS,
    order: Sequence[str] | None = None,
    error: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Mean cost of each strategy, a bar of its components: the largest next to 0, savings to the left of it.

    Parameters
    ----------
    tidy : columns strategy, component, cost (money per person; below 0 for what is saved or paid back)
    currency : of money: a sign or an ISO code
    order : of strategies, the first on top; that of the table without it
    error : Monte Carlo standard error to which totals are printed
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

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> costs = pd.DataFrame({"strategy": ["old", "new"], "component": "drug", "cost": [900.0, 1_250.0]})
    >>> ax = hm.plot.costs_by_component(costs, currency="$", ax=plt.figure().add_subplot())
    >>> [text.get_text() for text in ax.texts]
    ['$900', '$1,250']
    """
    tidy = require(tidy, "plot.costs_by_component", names=["strategy", "component"], numbers=["cost"])
    once(tidy, "plot.costs_by_component", ["strategy", "component"], among="scenario")
    styles = marks(tidy, order)
    strategies = [name for name in styles if name in set(tidy["strategy"])]
    wide = tidy.pivot(index="component", columns="strategy", values="cost").fillna(0.0)[strategies]
    by_size = wide.abs().sum(axis=1).sort_values(ascending=False, kind="stable").index
    ax, sign = axes(ax), currency_of(currency).sign
    right, left = np.zeros(len(strategies)), np.zeros(len(strategies))
    entries: list[Artist] = []
    for place, component in enumerate(by_size):
        cost = wide.loc[component].to_numpy()
        style: dict[str, Any] = {
            "facecolor": COLOURS[place % len(COLOURS)],
            "hatch": HATCHES[place % len(HATCHES)],
            "edgecolor": "white",
        }
        ax.barh(range(len(cost)), cost, left=np.where(cost >= 0, right, left), height=0.62, linewidth=0.5, **style)
        right, left = right + cost.clip(min=0), left + cost.clip(max=0)
        entries.append(Patch(linewidth=0.5, **style))
    names = [str(name).replace("_", " ") for name in by_size]
    if (left < 0).any():
        entries.append(Line2D([], [], color=INK, linewidth=2))
        names.append("total")
    ax.axvline(0, color=INK, linewidth=0.9)
    _totals(ax, right, left, [amount(float(total), sign, error=error) for total in right + left])
    label_rows(ax, strategies, pd.Series(dtype=float), sign)
    figures_on(ax.xaxis, sign)
    ax.set_xlabel("Mean cost per person")
    _key(ax, entries, names)
    return literal(ax)


def _totals(ax: Axes, right: Floats, left: Floats, texts: Sequence[str]) -> None:
    """The length of each bar in figures, and a mark where savings make the total less than the bar."""
    total = right + left
    for place, (end, one, text) in enumerate(zip(right, total, texts, strict=True)):
        ax.annotate(
            text,
            (end, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            fontweight="bold",
            color=INK,
            path_effects=HALO,
            annotation_clip=False,
        )
        if left[place] < 0:
            ax.plot([one] * 2, [place - 0.4, place + 0.4], color="white", linewidth=4, solid_capstyle="butt")
            ax.plot([one] * 2, [place - 0.4, place + 0.4], color=INK, linewidth=2, solid_capstyle="butt")
    low, high = float(left.min()), float(right.max())
    share = (0.65 * SMALL * max(map(len, texts)) + 14) / (ax.get_window_extent().width * 72 / canvas(ax).dpi)
    width = (high - low or 1.0) / (1 - min(0.4, share))
    ax.set_xlim(low - (0.03 * width if low < 0 else 0), low + width)


def _key(ax: Axes, entries: Sequence[Artist], names: Sequence[str]) -> None:
    """Components to the right of the axes, in order of size."""
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1), "borderaxespad": 0, "frameon": False}
    lines = 1 if len(names) > 8 else 2
    ax.legend(
        entries,
        shorten(names, width=26, lines=lines),
        fontsize=SMALL,
        handlelength=2,
        handleheight=1.2,
        **place,
    )


def plot_by_year(
    tidy: pd.DataFrame,
    *,
    quantity: str = "Mean cost per person in the year",
    currency: Currency | str | None = POUNDS,
    order: Sequence[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """An outcome of each strategy year by year, such as its mean cost, discounted or not.

    Parameters
    ----------
    tidy : columns year (1 for the first), strategy, mean; and lower and upper, where an interval is to be drawn
    quantity : what the y axis shows; say there whether it is discounted
    currency : of money: a sign or an ISO code; None where it is no money, such as QALYs
    order : of strategies, for their colours and markers
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

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> costs = pd.DataFrame({"year": [1, 2], "strategy": "old", "mean": [900.0, 700.0]})
    >>> hm.plot.by_year(costs, currency="$", ax=plt.figure().add_subplot()).get_xlabel()
    'Year'
    """
    interval = ["lower", "upper"] if isinstance(tidy, pd.DataFrame) and {"lower", "upper"} <= set(tidy) else []
    tidy = require(tidy, "plot.by_year", names=["strategy"], numbers=["year", "mean", *interval])
    once(tidy, "plot.by_year", ["strategy", "year"], among="scenario")
    ax, sign = axes(ax), "" if currency is None else currency_of(currency).sign
    ends = []
    for place, (strategy, mark) in enumerate(marks(tidy, order).items()):
        rows = tidy[tidy["strategy"] == strategy].sort_values("year")
        if not len(rows):
            continue
        if interval:
            band: dict[str, Any] = {"color": tint(mark.colour), "linewidth": 0, "alpha": 0.5}
            ax.fill_between(rows["year"], rows["lower"], rows["upper"], **band)
        draw_line(ax, rows["year"], rows["mean"], strategy, mark, place)
        ends.append(End(str(strategy), float(rows["mean"].iloc[-1]), mark))
    ax.axhline(0, color=INK, linewidth=0.8)
    first, last = tidy["year"].min(), tidy["year"].max()
    ax.set_xlim(first - (0.5 if first == last else 0), last + (0.5 if first == last else 0))
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    figures_on(ax.yaxis, sign)
    ax.set_xlabel("Year")
    ax.set_ylabel(wrapped(quantity, ax.yaxis))
    name_ends(ax, ends)
    return literal(ax)

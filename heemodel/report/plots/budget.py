"""What a change of strategy does to budgets, year by year."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.report.plots.costs import HATCHES
from heemodel.report.plots.labels import SMALL, figures_on, literal, shorten, wrapped
from heemodel.report.plots.marks import COLOURS, HALO, INK, axes, once, require

WIDTH = 0.62
"""Of a bar, in years."""


def plot_budget_impact(
    tidy: pd.DataFrame,
    *,
    quantity: str = "Change in spending (below 0: saving)",
    currency: Currency | str | None = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """The impact on budgets by calendar year: bars of its parts, above 0 what costs more, below 0 what saves.

    A line with markers joins the sums, with the interval of each as a thin vertical line.

    Parameters
    ----------
    tidy : columns year (its label), part (payer, kind of money or both), total (true for the row of all parts
        together, one for each year), value (money), and lower and upper of the totals where an interval is to be drawn;
        years in their order
    quantity : what the y axis shows
    currency : of money: a sign or an ISO code; None where it is no money, such as bed-days
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
    heemodel.budget_impact : whose table it draws

    Examples
    --------
    >>> import heemodel as hm
    >>> from matplotlib.figure import Figure
    >>> parts = pd.DataFrame({"year": ["1", "1", "2", "2"], "part": ["NHS", "All"] * 2, "total": [False, True] * 2,
    ...                       "value": [250.0, 250.0, -75.0, -75.0]})
    >>> ax = hm.plot.budget_impact(parts, currency="$", ax=Figure().add_subplot())
    >>> [label.get_text() for label in ax.get_xticklabels()]
    ['1', '2']
    """
    tidy = require(tidy, "plot.budget_impact", names=["year", "part", "total"], numbers=["value"])
    once(tidy, "plot.budget_impact", ["year", "part"], among="scenario")
    ax, sign = axes(ax), "" if currency is None else currency_of(currency).sign
    years = list(dict.fromkeys(tidy["year"]))
    whole = tidy["total"].astype(bool)
    entries = _bars(ax, tidy[~whole], years)
    totals = tidy[whole].set_index("year").reindex(years)
    if whole.any():
        entries.append((_line(ax, totals), "all together"))
    ax.axhline(0, color=INK, linewidth=0.9)
    ax.set_xticks(range(len(years)), [str(year) for year in years])
    ax.set_xlim(-0.6, len(years) - 0.4)
    figures_on(ax.yaxis, sign)
    ax.set_xlabel("Year")
    ax.set_ylabel(wrapped(quantity, ax.yaxis))
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1), "borderaxespad": 0, "frameon": False}
    names = shorten([name for _, name in entries], width=26)
    ax.legend([artist for artist, _ in entries], names, fontsize=SMALL, handlelength=2, handleheight=1.2, **place)
    return literal(ax)


def _bars(ax: Axes, parts: pd.DataFrame, years: list[Any]) -> list[tuple[Artist, str]]:
    """Parts on top of each other, on either side of 0; and their entries in the key."""
    above, below = np.zeros(len(years)), np.zeros(len(years))
    entries: list[tuple[Artist, str]] = []
    for place, part in enumerate(dict.fromkeys(parts["part"])):
        values = parts[parts["part"] == part].set_index("year")["value"].reindex(years).fillna(0.0).to_numpy()
        style: dict[str, Any] = {
            "facecolor": COLOURS[place % len(COLOURS)],
            "hatch": HATCHES[place % len(HATCHES)],
            "edgecolor": "white",
            "linewidth": 0.5,
        }
        ax.bar(range(len(years)), values, bottom=np.where(values >= 0, above, below), width=WIDTH, **style)
        above, below = above + values.clip(min=0), below + values.clip(max=0)
        entries.append((Patch(**style), str(part)))
    return entries


def _line(ax: Axes, totals: pd.DataFrame) -> Line2D:
    """Sums of all parts, joined; with intervals where there are any."""
    places = range(len(totals))
    if {"lower", "upper"} <= set(totals):
        ax.vlines(places, totals["lower"], totals["upper"], color=INK, linewidth=1.3, path_effects=HALO, zorder=3)
    style: dict[str, Any] = {"color": INK, "marker": "D", "markersize": 6, "markeredgecolor": "white", "linewidth": 1.5}
    ax.plot(places, totals["value"], path_effects=HALO, zorder=4, **style)
    return Line2D([], [], **style)

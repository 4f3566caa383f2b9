"""A map of an outcome over two inputs, with the line on which it turns."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.contour import ContourSet
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.decision import OutcomeError
from heemodel.report.plots.labels import SMALL, Amounts, canvas, figures_on, literal, wrapped
from heemodel.report.plots.marks import BLUE, HALO, INK, ORANGE, axes, key, once, require

BANDS = 14
"""Colours on the scale, at most; from the middle on either side alike."""
HATCH = "///"
ROUNDING = 1e-9
"""Share of the largest outcome below which it is 0."""


def plot_two_way(
    tidy: pd.DataFrame,
    *,
    x: str = "x",
    y: str = "y",
    outcome: str = "Net benefit per person",
    losing: str = "below 0",
    currency: Currency | str = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """An outcome over two inputs: blue where it is above 0, orange and hatched where it is not, and a line between.

    Parameters
    ----------
    tidy : columns x, y, outcome (money) and central (whether both inputs are at their central values), a row for each
        point of a grid; what `two_way` gives as its `table`
    x, y : what the inputs are called, with their units
    outcome : what is shown
    losing : what it means where it is not above 0
    currency : of money: a sign or an ISO code
    ax : axes to draw on; without it those of a new figure

    Returns
    -------
    Axes

    Raises
    ------
    OutcomeError
        if the table lacks a column, is no whole grid, or holds what cannot be drawn
    HeemodelError
        if the currency is neither a sign nor an ISO code

    See Also
    --------
    hm.sensitivity.two_way : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> from matplotlib.figure import Figure
    >>> table, _ = hm.sensitivity.two_way(lambda p: 100 - p["price"] * p["days"], {"price": 10.0, "days": 8.0},
    ...                                   x="price", y="days", x_values=[5, 25], y_values=[4, 8])
    >>> hm.plot.two_way(table, x="Price", y="Days", ax=Figure().add_subplot()).get_xlabel()
    'Price'
    """
    tidy = require(tidy, "plot.two_way", names=["central"], numbers=["x", "y", "outcome"])
    once(tidy, "plot.two_way", ["x", "y"], among="map")
    grid = tidy.pivot_table(index="y", columns="x", values="outcome")
    if min(grid.shape) < 2 or grid.isna().to_numpy().any():
        raise OutcomeError(
            f"the table of plot.two_way has {len(tidy)} points for {grid.shape[1]} values of x and {grid.shape[0]} of "
            "y; give every pair of two values or more"
        )
    ax, sign = axes(ax), currency_of(currency).sign
    _draw_bands(ax, grid, outcome, sign)
    turns = _draw_turn(ax, grid)
    entries: list[tuple[Any, str]] = []
    if turns:
        entries.append((Line2D([], [], color=INK, linewidth=2), f"where it turns: {sign}0"))
    if (grid.to_numpy() <= 0).any():
        entries.append((Patch(facecolor="white", hatch=HATCH, edgecolor=INK, linewidth=0.6), losing))
    centre = tidy[tidy["central"].astype(bool)]
    if len(centre):
        mark: dict[str, Any] = {"marker": "o", "markersize": 8, "markeredgecolor": INK, "markerfacecolor": "white"}
        ax.plot(centre["x"], centre["y"], linestyle="", markeredgewidth=1.8, **mark)
        entries.append((Line2D([], [], linestyle="", **mark), "central values"))
    for axis, name in ((ax.xaxis, x), (ax.yaxis, y)):
        figures_on(axis, most=6)
        axis.set_label_text(wrapped(name, axis))
    key(ax, entries)
    return literal(ax)


def _draw_bands(ax: Axes, grid: pd.DataFrame, outcome: str, sign: str) -> ContourSet:
    """Filled bands on a scale whose middle is 0, hatched where the outcome is not above it, with a bar of colours."""
    xs, ys, values = grid.columns.to_numpy(), grid.index.to_numpy(), grid.to_numpy()
    largest = float(np.abs(values).max()) or 1.0
    levels = MaxNLocator(BANDS, symmetric=True).tick_values(-largest, largest)
    colours = LinearSegmentedColormap.from_list("turning", [ORANGE.colour, "white", BLUE.colour])
    scale = Normalize(-largest, largest)
    bands = ax.contourf(xs, ys, values, levels=levels, cmap=colours, norm=scale)
    if (values <= 0).any():
        ends = [levels[0] - 1, 0.0]
        ax.contourf(xs, ys, values, levels=ends, colors="none", hatches=[HATCH])
    bar = canvas(ax).colorbar(bands, ax=ax, format=Amounts(sign), pad=0.03)
    bar.set_label(outcome)
    bar.outline.set_visible(False)
    return bands


def _draw_turn(ax: Axes, grid: pd.DataFrame) -> bool:
    """The line on which the outcome is 0, and whether there is one."""
    values = grid.to_numpy()
    if not values.min() < -ROUNDING * np.abs(values).max() < ROUNDING * np.abs(values).max() < values.max():
        return False
    line = ax.contour(
        grid.columns.to_numpy(), grid.index.to_numpy(), values, levels=[0.0], colors=[INK], linewidths=[2.0]
    )
    for text in ax.clabel(line, fmt={0.0: "turns"}, fontsize=SMALL, inline=False):
        text.set_path_effects([*HALO])
        text.set_color(INK)
    return True

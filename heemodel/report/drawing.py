"""How a report's figures are laid out: one drawing, or a panel for each scenario on common scales."""

from collections.abc import Callable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from heemodel.report import plots
from heemodel.report.plots.labels import canvas as figure_of

ACROSS = 3
"""Panels in a row at most."""
PANEL_WIDTH, LEAST_WIDTH = 3.6, 6.4


def single(draw: Callable[[Axes], Any], *, height: float = 4.2, width: float = 8.0) -> Canvas:
    """One drawing in the reports' style."""
    with sns.axes_style("ticks"), plt.rc_context(plots.THEME):
        canvas, ax = plt.subplots(figsize=(width, height), layout="constrained")
        draw(ax)
        sns.despine(canvas)
        return canvas


def panels(
    titles: Sequence[str],
    draw: Callable[[int, Axes], Any],
    *,
    height: float,
    across: int = ACROSS,
    shared_y: bool = True,
    legend: bool = False,
) -> Canvas:
    """A panel for each title, on common scales.

    Parameters
    ----------
    draw : takes a panel's number and its axes
    height : of a row of panels
    across : panels in a row at most
    shared_y : whether the y axis is common, and named at the left only
    legend : whether the first panel's legend stands below all of them
    """
    with sns.axes_style("ticks"), plt.rc_context(plots.THEME):
        columns = min(len(titles), across if len(titles) != across + 1 else -(-len(titles) // 2))  # none stands alone
        rows = -(-len(titles) // columns)
        size = max(PANEL_WIDTH * columns, LEAST_WIDTH), height * rows
        canvas, grid = plt.subplots(
            rows, columns, figsize=size, sharex=True, sharey=shared_y, squeeze=False, layout="constrained"
        )
        places = list(grid.ravel())
        for number, (title, ax) in enumerate(zip(titles, places, strict=False)):
            draw(number, ax)
            ax.set_title(title)
            if number % columns and shared_y:
                ax.set_ylabel("")
            if number + columns < len(titles):
                ax.set_xlabel("")
        for ax in places[len(titles) :]:
            ax.remove()
        if legend:
            handles, labels = places[0].get_legend_handles_labels()
            canvas.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
        sns.despine(canvas)
        return canvas


def sized(draw: Callable[[], Axes]) -> Canvas:
    """A drawing that makes its own figure, as large as it needs, in the reports' style."""
    with sns.axes_style("ticks"), plt.rc_context(plots.THEME):
        return figure_of(draw())


def canvas(draw: Callable[[Canvas], Any], *, height: float, width: float = 8.0) -> Canvas:
    """A drawing that arranges its panels itself, in the reports' style.

    Parameters
    ----------
    draw : takes an empty canvas, whose size it may change
    """
    with sns.axes_style("ticks"), plt.rc_context(plots.THEME):
        empty = plt.figure(figsize=(width, height), layout="constrained")
        draw(empty)
        return empty

"""The cost-effectiveness plane, drawn from its tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.decision import CostEffectiveness, OutcomeError
from heemodel.decision.plane import Plane
from heemodel.report.plots.labels import SMALL, canvas, figures_on, literal, shorten
from heemodel.report.plots.marks import HALO, INK, Mark, axes, listed, marks, once, require

CORNERS = {
    "north-west": "upper left",
    "north-east": "upper right",
    "south-west": "lower left",
    "south-east": "lower right",
}
"""Quadrants of the plane, and their corners."""
OPACITY = 0.3
"""Of a few hundred points; more are paler, so that they still show where they are dense."""
CORNERED = 4
"""Strategies up to which quadrant shares stand in the corners; those of more stand beside the names."""


def plot_plane(
    points: pd.DataFrame | Plane | CostEffectiveness,
    means: pd.DataFrame | None = None,
    *,
    threshold: float | None,
    shares: pd.DataFrame | None = None,
    limits: tuple[float, float] | None = None,
    currency: Currency | str = POUNDS,
    order: Sequence[str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Cost-effectiveness plane: incremental QALYs across, incremental cost up, the threshold a line through the origin.

    Parameters
    ----------
    points : a `CostEffectiveness`; or what its `plane()` gives; or columns strategy, incremental_qaly,
        incremental_cost (money), versus the comparator, a row for each sample shown
    means : with points of columns: the same columns, a row for each strategy: the mean of all samples
    threshold : money per QALY of the dashed line; None without one
    shares : with points of columns: columns strategy, quadrant ("north-east", ...), share of all samples
    limits : half-widths of the axes, QALYs and money, so that several planes can share them
    currency : of money: a sign or an ISO code
    order : of strategies, for their colours and markers
    legend : whether strategies are named beside the axes
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
    cea.plane : the tables

    Examples
    --------
    >>> import heemodel as hm
    >>> points = pd.DataFrame({"strategy": "new", "incremental_qaly": [0.1, 0.2], "incremental_cost": [900.0, 700.0]})
    >>> axes = hm.plot.plane(points, points.iloc[:1], threshold=20_000, currency="$")
    >>> axes.get_ylabel()
    'Incremental cost per person'
    """
    points, means, shares = _tables(points, means, shares)
    columns = ("incremental_qaly", "incremental_cost")
    points, means = (
        require(table, f"plot.plane ({what})", names=["strategy"], numbers=columns)
        for table, what in ((points, "points"), (means, "means"))
    )
    once(means, "plot.plane (means)", ["strategy"], among="comparison")
    styles = marks(pd.concat([points[["strategy"]], means[["strategy"]]]), order)
    ax = axes(ax)
    wide, tall = limits or [1.08 * max(points[one].abs().max(), means[one].abs().max()) or 1.0 for one in columns]
    for strategy, cloud in points.groupby("strategy", sort=False):
        mark = styles[strategy]
        ax.scatter(
            cloud["incremental_qaly"],
            cloud["incremental_cost"],
            s=9,
            color=mark.colour,
            marker=mark.marker,
            alpha=min(OPACITY, 6 / len(cloud) ** 0.5),
            linewidths=0,
            rasterized=True,
        )
    for row in means.itertuples():
        _mean(ax, row.incremental_qaly, row.incremental_cost, styles[row.strategy])
    ax.axhline(0, color=INK, linewidth=0.9, zorder=1.5)
    ax.axvline(0, color=INK, linewidth=0.9, zorder=1.5)
    ax.set_xlim(-wide, wide)
    ax.set_ylim(-tall, tall)
    if threshold is not None:
        _threshold_line(ax, threshold, wide, tall, currency_of(currency).sign)
    shown = [strategy for strategy in styles if strategy in set(means["strategy"])]
    says = dict.fromkeys(shown, "") if shares is None else _write_shares(ax, shares, shown, styles)
    if legend:
        _legend(ax, shown, styles, says)
    figures_on(ax.xaxis)
    figures_on(ax.yaxis, currency_of(currency).sign)
    ax.set_xlabel("Incremental QALYs per person")
    ax.set_ylabel("Incremental cost per person")
    return literal(ax)


def _tables(
    points: pd.DataFrame | Plane | CostEffectiveness, means: pd.DataFrame | None, shares: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame | None]:
    """Points, means and shares, however they are given."""
    given = points.plane() if isinstance(points, CostEffectiveness) else points
    if isinstance(given, Plane):
        if means is not None or shares is not None:
            raise OutcomeError("plot.plane has the means and shares of the analysis already; leave them out")
        return given
    if means is None:
        raise OutcomeError("plot.plane needs the means beside the points; give cea.plane(), which has both, or cea")
    return given, means, shares


def _mean(ax: Axes, qaly: float, cost: float, mark: Mark) -> None:
    ax.plot(qaly, cost, mark.marker, color=mark.colour, markersize=10, markeredgecolor="white", markeredgewidth=2.4)
    ax.plot(qaly, cost, mark.marker, color=mark.colour, markersize=9, markeredgecolor=INK, markeredgewidth=1)


def _threshold_line(ax: Axes, threshold: float, wide: float, tall: float, sign: str) -> None:
    """A dashed line through the origin, cost-effective below it, labelled towards its lower left end."""
    across = np.array([-wide, 0.0, wide])
    ax.fill_between(across, across * threshold, -2 * tall - wide * threshold, color="#029e73", alpha=0.08, linewidth=0)
    ax.plot(across, across * threshold, linestyle="--", color=INK, linewidth=1.2)
    above = ax.transData + ScaledTranslation(-3 / 72, 3 / 72, canvas(ax).dpi_scale_trans)
    end = 0.72 * min(wide, tall / threshold if threshold else wide)
    ax.text(
        -end,
        -end * threshold,
        f"{listed([threshold], sign)} per QALY",
        transform=above,
        rotation=np.degrees(np.arctan(threshold)),
        rotation_mode="anchor",
        transform_rotates_text=True,
        va="bottom",
        fontsize=SMALL,
        color=INK,
        path_effects=HALO,
    )


def _write_shares(ax: Axes, shares: pd.DataFrame, shown: Sequence[str], styles: dict[str, Mark]) -> dict[str, str]:
    """Shares of quadrants in the corners, each with its strategy's marker; or in words, where there are too many."""
    shares = require(shares, "plot.plane (shares)", names=["strategy", "quadrant"], numbers=["share"])
    once(shares, "plot.plane (shares)", ["strategy", "quadrant"], among="comparison")
    if unknown := [one for one in shares["quadrant"] if one not in CORNERS]:
        raise OutcomeError(f"the table of plot.plane (shares): no quadrant {unknown[0]!r}; use {', '.join(CORNERS)}")
    share = shares.set_index(["strategy", "quadrant"])["share"].map(_percent)
    if len(shown) > CORNERED:
        short = {quadrant: "".join(part[0].upper() for part in quadrant.split("-")) for quadrant in CORNERS}
        return {one: "\n" + ", ".join(f"{short[q]} {text}" for q, text in share.get(one, {}).items()) for one in shown}
    for quadrant, corner in CORNERS.items():
        here = [one for one in shown if (one, quadrant) in share.index]
        texts = [share[one, quadrant] for one in here]
        drawn = [_dot(styles[one]) for one in here]
        style: dict[str, Any] = {"loc": corner, "fontsize": 9, "borderpad": 0.2, "labelspacing": 0.2}
        beside: dict[str, Any] = {"handlelength": 1}
        alone: dict[str, Any] = {"handlelength": 0, "handletextpad": 0, "markerscale": 0}
        box = Legend(ax, drawn, texts, **style, **(alone if len(shown) == 1 else beside))
        box.get_frame().set(edgecolor="none", alpha=0.75)
        ax.add_artist(box)
    return dict.fromkeys(shown, "")


def _percent(share: float) -> str:
    """A share of samples, never as if it were certain."""
    return "<1%" if share < 0.01 else ">99%" if share > 0.99 else f"{share:.0%}"


def _dot(mark: Mark) -> Line2D:
    return Line2D([], [], linestyle="none", color=mark.colour, marker=mark.marker, markersize=7, markeredgecolor=INK)


def _legend(ax: Axes, shown: Sequence[str], styles: dict[str, Mark], says: dict[str, str]) -> None:
    """Names to the right of the axes, with what is said of each."""
    names = shorten(shown, width=36, lines=1) if any(says.values()) else shorten(shown)
    texts = [name + says[one] for name, one in zip(names, shown, strict=True)]
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1), "borderaxespad": 0, "frameon": False}
    ax.legend([_dot(styles[one]) for one in shown], texts, fontsize=SMALL, handlelength=1, **place)

"""Plots of a decision between strategies: each takes a tidy table and draws it, computes nothing, returns the Axes.

Strategies are told apart by line style and marker as well as by colour, and look alike on all plots of one `order`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from heemodel.decision import OutcomeError
from heemodel.report.plots.labels import SMALL, figures_on, shorten
from heemodel.report.plots.marks import (
    GREY,
    HALO,
    INK,
    End,
    Mark,
    axes,
    draw_line,
    draw_thresholds,
    key,
    listed,
    marks,
    name_ends,
    once,
    require,
    thresholds_entry,
    tint,
)
from heemodel.report.plots.places import place_beside

QUADRANTS = {
    "north-west": "upper left",
    "north-east": "upper right",
    "south-west": "lower left",
    "south-east": "lower right",
}
"""Quadrants of the plane, and their corners."""
CORNERED = 4
"""Strategies up to which quadrant shares stand in the corners; those of more stand beside the names."""


def plot_plane(
    points: pd.DataFrame,
    means: pd.DataFrame,
    *,
    threshold: float | None,
    shares: pd.DataFrame | None = None,
    limits: tuple[float, float] | None = None,
    order: Sequence[str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Cost-effectiveness plane: incremental QALYs across, incremental cost up, the threshold a line through the origin.

    Parameters
    ----------
    points : columns strategy, incremental_qaly, incremental_cost (£), versus the comparator; a row for each draw shown
    means : the same columns, a row for each strategy: the mean of all draws
    threshold : £ per QALY of the dashed line; None without one
    shares : columns strategy, quadrant ("north-east", ...), share of all draws
    limits : half-widths of the axes, QALYs and £, so that several planes can share them
    order : of strategies, for their colours and markers
    legend : whether strategies are named beside the axes
    """
    columns = ("incremental_qaly", "incremental_cost")
    for table, what in ((points, "plot_plane (points)"), (means, "plot_plane (means)")):
        require(table, what, names=["strategy"], numbers=columns)
    once(means, "plot_plane (means)", ["strategy"], among="comparison")
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
            alpha=0.3,
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
        _threshold_line(ax, threshold, wide, tall)
    shown = [strategy for strategy in styles if strategy in set(means["strategy"])]
    says = dict.fromkeys(shown, "") if shares is None else _write_shares(ax, shares, shown, styles)
    if legend:
        _legend(ax, shown, styles, says)
    figures_on(ax.xaxis)
    figures_on(ax.yaxis, "£")
    ax.set_xlabel("Incremental QALYs per person")
    ax.set_ylabel("Incremental cost per person")
    return ax


def _mean(ax: Axes, qaly: float, cost: float, mark: Mark) -> None:
    ax.plot(qaly, cost, mark.marker, color=mark.colour, markersize=10, markeredgecolor="white", markeredgewidth=2.4)
    ax.plot(qaly, cost, mark.marker, color=mark.colour, markersize=9, markeredgecolor=INK, markeredgewidth=1)


def _threshold_line(ax: Axes, threshold: float, wide: float, tall: float) -> None:
    """A dashed line through the origin, cost-effective below it, labelled towards its lower left end."""
    across = np.array([-wide, 0.0, wide])
    ax.fill_between(across, across * threshold, -2 * tall - wide * threshold, color="#029e73", alpha=0.08, linewidth=0)
    ax.plot(across, across * threshold, linestyle="--", color=INK, linewidth=1.2)
    end = 0.72 * min(wide, tall / threshold if threshold else wide)
    ax.text(
        -end,
        -end * threshold,
        f"{listed([threshold])} per QALY",
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
    require(shares, "plot_plane (shares)", names=["strategy", "quadrant"], numbers=["share"])
    once(shares, "plot_plane (shares)", ["strategy", "quadrant"], among="comparison")
    if strange := [one for one in shares["quadrant"] if one not in QUADRANTS]:
        raise OutcomeError(f"the table of plot_plane (shares): no quadrant {strange[0]!r}; use {', '.join(QUADRANTS)}")
    share = shares.set_index(["strategy", "quadrant"])["share"].map(_percent)
    if len(shown) > CORNERED:
        short = {quadrant: "".join(part[0].upper() for part in quadrant.split("-")) for quadrant in QUADRANTS}
        return {one: "\n" + ", ".join(f"{short[q]} {text}" for q, text in share.get(one, {}).items()) for one in shown}
    for quadrant, corner in QUADRANTS.items():
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
    """A share of draws, never as if it were certain."""
    return "<1%" if share < 0.01 else ">99%" if share > 0.99 else f"{share:.0%}"


def _dot(mark: Mark) -> Line2D:
    return Line2D([], [], linestyle="none", color=mark.colour, marker=mark.marker, markersize=7, markeredgecolor=INK)


def _legend(ax: Axes, shown: Sequence[str], styles: dict[str, Mark], says: dict[str, str]) -> None:
    """Names to the right of the axes, with what is said of each."""
    names = shorten(shown, width=36, lines=1) if any(says.values()) else shorten(shown)
    texts = [name + says[one] for name, one in zip(names, shown, strict=True)]
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1), "borderaxespad": 0, "frameon": False}
    ax.legend([_dot(styles[one]) for one in shown], texts, fontsize=SMALL, handlelength=1, **place)


def plot_acceptability(
    tidy: pd.DataFrame,
    *,
    thresholds: Sequence[float] = (),
    order: Sequence[str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Acceptability curves, and under them as a band the frontier: the strategy of highest expected net benefit.

    Parameters
    ----------
    tidy : columns threshold (£ per QALY), strategy, probability, frontier (true where the strategy has the highest
        expected net benefit)
    thresholds : where vertical lines are drawn, £ per QALY
    order : of strategies, for their colours and markers
    legend : whether curves are named beside the axes, and the band and the vertical lines below them
    """
    require(tidy, "plot_acceptability", names=["strategy", "frontier"], numbers=["threshold", "probability"])
    once(tidy, "plot_acceptability", ["strategy", "threshold"], among="analysis")
    ax = axes(ax)
    ends = _curves(ax, tidy, "probability", order)
    for one, mark in marks(tidy, order).items():
        curve = tidy[tidy["strategy"] == one]
        _band(ax, curve["threshold"], curve["probability"].where(curve["frontier"].astype(bool)), tint(mark.colour))
    ax.set_ylim(-0.03, 1.03)  # room for curves that lie on 0 or 1
    ax.set_yticks(np.linspace(0, 1, 6))
    draw_thresholds(ax, tidy["threshold"], thresholds)
    ax.set_ylabel("Probability most cost-effective")
    if legend:
        name_ends(ax, ends)
        band = Line2D([], [], color=tint(GREY, 0.5), linewidth=7)
        key(ax, [(band, "Frontier: highest expected net benefit"), *thresholds_entry(thresholds)])
    return ax


def plot_expected_loss(
    tidy: pd.DataFrame,
    *,
    thresholds: Sequence[float] = (),
    order: Sequence[str] | None = None,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Expected loss curves on a logarithmic scale (linear near 0, where there are zeros); the lowest curve is the EVPI.

    Parameters
    ----------
    tidy : columns threshold (£ per QALY), strategy, expected_loss (£)
    thresholds : where vertical lines are drawn, £ per QALY
    order : of strategies, for their colours and markers
    legend : whether curves are named beside the axes, and the band and the vertical lines below them
    """
    require(tidy, "plot_expected_loss", names=["strategy"], numbers=["threshold", "expected_loss"])
    once(tidy, "plot_expected_loss", ["strategy", "threshold"], among="analysis")
    ax = axes(ax)
    ends = _curves(ax, tidy, "expected_loss", order)
    lowest = tidy.loc[tidy.groupby("threshold")["expected_loss"].idxmin()]
    _band(ax, lowest["threshold"], lowest["expected_loss"], tint(GREY, 0.5))
    _log_scale(ax, tidy["expected_loss"])
    figures_on(ax.yaxis, "£")
    draw_thresholds(ax, tidy["threshold"], thresholds)
    ax.set_ylabel("Expected loss per person")
    if legend:
        name_ends(ax, ends)
        band = Line2D([], [], color=tint(GREY, 0.5), linewidth=7)
        key(ax, [(band, "Lowest curve: EVPI"), *thresholds_entry(thresholds)])
    return ax


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
    ax.plot(x, y, color=colour, linewidth=8, solid_capstyle="round", marker="o", markersize=8, mew=0, zorder=1.8)


def _log_scale(ax: Axes, values: pd.Series) -> None:
    positive = values[values > 0]
    if len(positive) == len(values):
        ax.set_yscale("log")
    elif len(positive):
        least = max(positive.min(), positive.max() / 1e5)
        ax.set_yscale("symlog", linthresh=10.0 ** np.floor(np.log10(least)))
        ax.set_ylim(bottom=0)


def plot_frontier(tidy: pd.DataFrame, *, order: Sequence[str] | None = None, ax: Axes | None = None) -> Axes:
    """Efficiency frontier: QALYs across, cost up, a line through the strategies that are not dominated.

    Parameters
    ----------
    tidy : columns strategy, cost (£), qaly and status, as `incremental_analysis` gives them: "on the frontier",
        "dominated", "extendedly dominated" or "equal to ..."; only those on the frontier are filled and joined
    order : of strategies, for their colours and markers
    """
    require(tidy, "plot_frontier", names=["strategy", "status"], numbers=["cost", "qaly"])
    once(tidy, "plot_frontier", ["strategy"], among="analysis")
    styles = marks(tidy, order)
    ax = axes(ax)
    line = tidy[tidy["status"] == "on the frontier"].sort_values("qaly")
    ax.plot(line["qaly"], line["cost"], color=INK, linewidth=1.2, zorder=1.9)
    for row in tidy.itertuples():
        mark, filled = styles[row.strategy], row.status == "on the frontier"
        face = mark.colour if filled else "white"
        ax.plot(row.qaly, row.cost, mark.marker, mec=mark.colour, mfc=face, markersize=9, mew=1.6, label=row.strategy)
    figures_on(ax.xaxis)
    figures_on(ax.yaxis, "£")
    ax.set_xlabel("QALYs per person")
    ax.set_ylabel("Cost per person")
    ax.margins(0.2, 0.18)
    joined = Line2D([], [], color=INK, linewidth=1.2, marker="o", mfc=GREY, mec=GREY, markersize=8)
    hollow = Line2D([], [], linestyle="none", marker="o", mfc="white", mec=GREY, mew=1.6, markersize=8)
    key(ax, [(joined, "On the frontier"), (hollow, "Dominated, also extendedly")])
    names = shorten(list(tidy["strategy"]), width=22)
    colours = [styles[strategy].colour for strategy in tidy["strategy"]]
    place_beside(ax, tidy[["qaly", "cost"]], names, colours, line=line[["qaly", "cost"]])
    return ax

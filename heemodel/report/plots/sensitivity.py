"""Plots of what moves an answer, inputs or draws: each takes a tidy table, draws it, computes nothing, returns Axes."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.decision import OutcomeError
from heemodel.report.plots.labels import SMALL, amount, canvas, figures_on, literal, setting, wrapped
from heemodel.report.plots.marks import (
    BLUE,
    HALO,
    INK,
    ORANGE,
    End,
    axes,
    draw_line,
    key,
    label_above,
    label_rows,
    marks,
    name_ends,
    once,
    require,
    span,
    tint,
)

STARTS = {"base": "base case", "outcome_central": "at the central values", "mean": "mean of all samples"}
"""Columns of the outcome that bars start from, and what it is called; the first that there is."""


def plot_tornado(
    tidy: pd.DataFrame,
    *,
    outcome: str = "Incremental net benefit per person",
    most: int = 20,
    currency: Currency | str = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """One-way sensitivity as bars from one outcome, the widest on top; their ends say the parameter's values.

    Where both values move the outcome to the same side, the smaller bar lies on the larger, and its value stands on
    the other side of the base line.

    Parameters
    ----------
    tidy : what `tornado` or `one_way` gives; or columns parameter, low and high (its values: figures, or text with a
        unit), outcome_low, outcome_high and the outcome that bars start from (money, the same in every row): mean (of
        all samples), outcome_central (at the central values) or base (of a base case). With lowest and highest (money),
        the outcome at the worst and best values between them, a thin line shows how far it goes beyond the bar, and
        counts for the order
    outcome : what the x axis shows
    most : bars drawn; what is left out is counted below them. Give the axes a quarter of an inch for each
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
    tornado, one_way : the tables

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> bars = pd.DataFrame({"parameter": ["price"], "low": [1.0], "high": [3.0], "outcome_low": [900.0]})
    >>> bars = bars.assign(outcome_high=100.0, mean=500.0)
    >>> hm.plot.tornado(bars, currency="$", ax=plt.figure().add_subplot()).get_xlabel()
    'Incremental net benefit per person'
    """
    turning = [column for column in ("lowest", "highest") if column in tidy]
    outcomes = ["outcome_low", "outcome_high", *turning]
    start = next((column for column in STARTS if column in tidy), "mean")
    tidy = require(tidy, "plot.tornado", names=["parameter", "low", "high"], numbers=[*outcomes, start])
    once(tidy, "plot.tornado", ["parameter"], among="analysis")
    if tidy[start].min() < tidy[start].max():
        lines = f"{tidy[start].min():,.10g} and {tidy[start].max():,.10g}"
        raise OutcomeError(f"the table of plot.tornado has {start} {lines}; draw one outcome of one analysis")
    ax, base = axes(ax), float(tidy[start].iloc[0])
    ranked = _widest_first(tidy, outcomes)
    shown = ranked.head(most)
    for place, row in enumerate(shown.itertuples()):
        _bars(ax, place, row, base)
    ax.axvline(base, color=INK, linewidth=1.2)
    label_rows(ax, list(shown["parameter"]), ranked["swing"].iloc[most:], currency_of(currency).sign)
    texts = [setting(value) for column in ("low", "high") for value in shown[column]]
    _make_room(ax, min(base, shown["lowest"].min()), max(base, shown["highest"].max()), max(map(len, texts)) + 6)
    label_above(
        ax, base, f"{STARTS[start]} {amount(base, currency_of(currency).sign, error=_error(tidy, f'{start}_se'))}"
    )
    figures_on(ax.xaxis, currency_of(currency).sign, most=5)
    ax.set_xlabel(wrapped(outcome, ax.xaxis))
    low, high = Patch(**_face(low=True)), Patch(**_face(low=False))
    between = [(Line2D([], [], color=INK, linewidth=1.2, marker="|"), "in between")] if turning else []
    key(ax, [(low, "at the low value"), (high, "at the high value"), *between])
    return literal(ax)


def _error(tidy: pd.DataFrame, column: str) -> float | None:
    """The last standard error in a column, if there is one."""
    return float(tidy[column].iloc[-1]) if column in tidy else None


def _widest_first(tidy: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """Rows by how far apart their outcomes lie."""
    reach = tidy.assign(lowest=tidy[outcomes].min(axis=1), highest=tidy[outcomes].max(axis=1))
    reach = reach.assign(swing=reach["highest"] - reach["lowest"])
    return reach.sort_values("swing", ascending=False, kind="stable")


def _face(*, low: bool) -> dict[str, Any]:
    """Fill of a bar: hatched for low values, plain for high ones."""
    if low:
        return {"facecolor": tint(ORANGE.colour, 0.55), "hatch": "////", "edgecolor": "#7a4a21", "linewidth": 0.6}
    return {"facecolor": BLUE.colour, "edgecolor": "white", "linewidth": 0.6}


def _bars(ax: Axes, place: int, row: Any, base: float) -> None:
    """The two bars of a parameter, the longer first, each with its value at the end; and what lies beyond them."""
    ends = [(row.outcome_low - base, row.low, True), (row.outcome_high - base, row.high, False)]
    longer, shorter = sorted(ends, key=lambda end: -abs(end[0]))
    for change, _, low in (longer, shorter):
        ax.barh(place, change, left=base, height=0.7, **_face(low=low))
    drawn = (row.outcome_low, row.outcome_high, base)
    if row.lowest < min(drawn) or row.highest > max(drawn):
        ax.plot([row.lowest, row.highest], [place, place], color=INK, linewidth=1.2, marker="|", zorder=1.5)
    right, opposite = longer[0] >= 0, shorter[0] * longer[0] < 0
    near = setting(shorter[1]) if opposite else f"{'low' if shorter[2] else 'high'} {setting(shorter[1])}"
    least, most = min(base, row.lowest), max(base, row.highest)
    _value(ax, most if right else least, place, setting(longer[1]), right=right)
    _value(ax, least if right else most, place, near, right=not right)


def _value(ax: Axes, x: float, place: int, text: str, *, right: bool) -> None:
    """A value of a parameter, right or left of the end of its bar."""
    ax.annotate(
        text,
        (x, place),
        xytext=(4 if right else -4, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        fontsize=SMALL,
        color=INK,
        path_effects=HALO,
    )


def _make_room(ax: Axes, low: float, high: float, characters: int) -> None:
    """Limits of the x axis that leave room for texts beyond the bars on either side."""
    share = min(0.3, 0.62 * SMALL * characters * canvas(ax).dpi / 72 / ax.get_window_extent().width)
    width = (high - low or abs(high) or 1.0) / (1 - 2 * share)
    ax.set_xlim(low - share * width, high + share * width)


def plot_stability(
    tidy: pd.DataFrame,
    *,
    outcome: str = "Incremental net benefit per person",
    order: Sequence[str] | None = None,
    currency: Currency | str = POUNDS,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """The running mean of an outcome over samples, with its interval.

    Parameters
    ----------
    tidy : what `cumulative_mean` gives; columns draws (samples so far), mean, lower and upper (money); and strategy,
        where there are several
    outcome : what the y axis shows
    order : of strategies, for their colours and markers
    currency : of money: a sign or an ISO code
    legend : whether means are named beside the axes, and the interval below them
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
    cumulative_mean : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> table = pd.DataFrame({"draws": [20, 1_000], "mean": [9.0, 7.0], "lower": [1.0, 6.0], "upper": [17.0, 8.0]})
    >>> hm.plot.stability(table, outcome="Saving per person", currency="$", ax=plt.figure().add_subplot()).get_ylabel()
    'Saving per person'
    """
    tidy = require(tidy, "plot.stability", numbers=["draws", "mean", "lower", "upper"])
    named = tidy if "strategy" in tidy else tidy.assign(strategy="Mean")
    once(named, "plot.stability", ["strategy", "draws"], among="analysis")
    ax, ends, sign = axes(ax), [], currency_of(currency).sign
    for place, (strategy, mark) in enumerate(marks(named, order).items()):
        rows = named[named["strategy"] == strategy].sort_values("draws")
        if len(rows):
            band: dict[str, Any] = {"color": tint(mark.colour), "linewidth": 0, "alpha": 0.6}
            ax.fill_between(rows["draws"], rows["lower"], rows["upper"], **band)
            draw_line(ax, rows["draws"], rows["mean"], strategy, mark, place)
            last = float(rows["mean"].iloc[-1])
            ax.axhline(last, color=mark.colour, linewidth=0.8, linestyle=":")
            ends.append(End(strategy, last, mark, f": {amount(last, sign, error=_error(rows, 'mcse'))}"))
    span(ax, named["draws"])
    figures_on(ax.xaxis, most=5)
    figures_on(ax.yaxis, currency_of(currency).sign)
    ax.set_xlabel("Samples")
    ax.set_ylabel(wrapped(outcome, ax.yaxis))
    if legend:
        name_ends(ax, ends)
        interval = Patch(color=tint(BLUE.colour), linewidth=0)
        key(ax, [(interval, "Interval of the mean"), (Line2D([], [], color=INK, linestyle=":"), "Mean of all samples")])
    return literal(ax)

"""Plots of what more information is worth: each takes a tidy table and draws it, computes nothing, returns the Axes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from heemodel.currency import POUNDS, Currency, currency_of
from heemodel.decision import OutcomeError
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.report.plots.labels import amount, figures_on, literal
from heemodel.report.plots.marks import (
    BLUE,
    GREY,
    INK,
    End,
    Mark,
    axes,
    draw_line,
    draw_thresholds,
    key,
    label_above,
    label_rows,
    marks,
    name_ends,
    once,
    require,
    span,
    thresholds_entry,
    tint,
)
from heemodel.report.plots.places import Floats

ERRORS = 1.96
"""Standard errors on either side of an estimate."""


def plot_evpi(
    tidy: pd.DataFrame | xr.DataArray,
    *,
    population: float | None = None,
    thresholds: Sequence[float] = (),
    currency: Currency | str = POUNDS,
    legend: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Expected value of perfect information by threshold, with a band of its Monte Carlo error.

    Parameters
    ----------
    tidy : what `cea.evpi` gives, or columns threshold (money per QALY), evpi (money per person), mcse
    population : people whom the decision is for; adds an axis of the value for all of them on the right
    thresholds : where vertical lines are drawn, money per QALY
    currency : of money: a sign or an ISO code
    legend : whether the band and the vertical lines are named below the axes
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
    cea.evpi : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> curve = pd.DataFrame({"threshold": [0.0, 50_000.0], "evpi": [10.0, 90.0], "mcse": [1.0, 2.0]})
    >>> hm.plot.evpi(curve, currency="€", ax=plt.figure().add_subplot()).get_ylabel()
    'EVPI per person'
    """
    tidy = require(tidy, "plot.evpi", numbers=["threshold", "evpi", "mcse"])
    once(tidy, "plot.evpi", ["threshold"], among="analysis")
    if population is not None and not population > 0:
        raise OutcomeError(f"population is {population!r}; give a number of people above 0, or leave it out")
    ax = axes(ax)
    tidy = tidy.sort_values("threshold")
    _band(ax, tidy["threshold"], tidy["evpi"], tidy["mcse"], BLUE)
    ax.plot(tidy["threshold"], tidy["evpi"], color=BLUE.colour, linewidth=1.8, label="EVPI")
    ax.set_ylim(bottom=0)
    figures_on(ax.yaxis, currency_of(currency).sign)
    draw_thresholds(ax, tidy["threshold"], thresholds, currency_of(currency).sign)
    ax.set_ylabel("EVPI per person")
    if population is not None:
        right = ax.secondary_yaxis("right", functions=(_times(population), _times(1 / population)))
        figures_on(right.yaxis, currency_of(currency).sign)
        right.set_ylabel(f"EVPI for {population:,.0f} people")
    if legend:
        key(ax, [_band_entry(BLUE), *thresholds_entry(thresholds, currency_of(currency).sign)])
    return literal(ax)


def plot_evppi(
    tidy: pd.DataFrame,
    *,
    evpi: float | None = None,
    evpi_mcse: float | None = None,
    most: int = 20,
    currency: Currency | str = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """Expected value of partial perfect information as bars, the largest on top, with the EVPI as a line.

    Parameters
    ----------
    tidy : columns parameters, evppi (money per person), se; of one threshold. With check, bars that could be noise
        are pale
    evpi : money per person, at the same threshold
    evpi_mcse : its Monte Carlo standard error, to which it is rounded in words
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
    evppi_each : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> table = pd.DataFrame({"parameters": ["effect", "price"], "evppi": [80.0, 5.0], "se": [4.0, 3.0]})
    >>> hm.plot.evppi(table, evpi=90.0, currency="€", ax=plt.figure().add_subplot()).get_xlabel()
    'EVPPI per person'
    """
    tidy = require(tidy, "plot.evppi", names=["parameters"], numbers=["evppi", "se"])
    once(tidy, "plot.evppi", ["parameters"])
    ax = axes(ax)
    ranked = tidy.sort_values("evppi", ascending=False, kind="stable")
    shown = ranked.head(most)
    noise = shown["check"].eq(COULD_BE_NOISE) if "check" in shown else shown["evppi"].isna()
    bars: dict[str, Any] = {
        "color": [tint(BLUE.colour) if pale else BLUE.colour for pale in noise],
        "height": 0.66,
        "ecolor": INK,
        "capsize": 2.5,
        "error_kw": {"linewidth": 1.2},
    }
    ax.barh(range(len(shown)), shown["evppi"], xerr=ERRORS * shown["se"], **bars)
    label_rows(ax, list(shown["parameters"]), ranked["evppi"].iloc[most:], currency_of(currency).sign)
    ax.set_xlim(left=min(0.0, ax.get_xlim()[0]) if (shown["evppi"] < 0).any() else 0.0)
    if evpi is not None:
        ax.axvline(evpi, color=INK, linewidth=1.4, linestyle="--")
        ax.set_xlim(right=max(ax.get_xlim()[1], 1.04 * evpi))
        label_above(ax, evpi, f"EVPI {amount(evpi, currency_of(currency).sign, error=evpi_mcse)}")
    figures_on(ax.xaxis, currency_of(currency).sign, most=5)
    ax.set_xlabel("EVPPI per person")
    pale = [(Patch(color=tint(BLUE.colour), linewidth=0), "could be noise")] if noise.any() else []
    key(ax, [(Line2D([], [], color=INK, linewidth=1.2, marker="|"), f"± {ERRORS} standard errors"), *pale])
    return literal(ax)


def plot_evsi(
    tidy: pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    currency: Currency | str = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """Expected value of sample information by sample size, with its error, rising towards the EVPPI.

    Parameters
    ----------
    tidy : columns n, evsi (money per person), se, evppi (money per person, of the parameters that the study informs,
        the same for every n); and study, where there are
        several
    order : of studies, for their colours and markers
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
    evsi : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> table = pd.DataFrame({"n": [50, 200], "evsi": [20.0, 60.0], "se": 3.0, "evppi": 80.0})
    >>> hm.plot.evsi(table, currency="€", ax=plt.figure().add_subplot()).get_ylabel()
    'EVSI per person'
    """
    tidy = require(tidy, "plot.evsi", numbers=["n", "evsi", "se", "evppi"])
    ax, ends, several = axes(ax), [], "study" in tidy
    for place, (study, mark, rows) in enumerate(_studies(tidy, "plot.evsi", "EVSI", order)):
        _band(ax, rows["n"], rows["evsi"], rows["se"], mark)
        draw_line(ax, rows["n"], rows["evsi"], study, mark, place)
        ax.plot(rows["n"], rows["evppi"], color=mark.colour, linewidth=1, linestyle=(0, (2, 2)))
        limit = Mark(mark.colour, (0, (2, 2)), "")
        ends.append(End(study, float(rows["evsi"].iloc[-1]), mark))
        ends.append(
            End(study if several else "EVPPI", float(rows["evppi"].iloc[-1]), limit, ": EVPPI" if several else "")
        )
    ax.set_ylim(bottom=0)
    _sample_sizes(ax, tidy["n"])
    figures_on(ax.yaxis, currency_of(currency).sign)
    ax.set_ylabel("EVSI per person")
    name_ends(ax, ends)
    key(ax, [_band_entry(BLUE)])
    return literal(ax)


def plot_enbs(
    tidy: pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    currency: Currency | str = POUNDS,
    ax: Axes | None = None,
) -> Axes:
    """Expected net benefit of sampling by sample size, with the largest marked.

    Parameters
    ----------
    tidy : columns n and enbs (money for the population); se, for a band of its error; and study, where there are
        several
    order : of studies, for their colours and markers
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
    enbs : the table

    Examples
    --------
    >>> import heemodel as hm
    >>> import matplotlib.pyplot as plt
    >>> table = pd.DataFrame({"n": [50, 200], "enbs": [1e5, 3e5]})
    >>> hm.plot.enbs(table, currency="€", ax=plt.figure().add_subplot()).get_ylabel()
    'Expected net benefit of sampling'
    """
    tidy = require(tidy, "plot.enbs", numbers=["n", "enbs"])
    if "se" in tidy:
        require(tidy, "plot.enbs", numbers=["se"])
    ax, ends = axes(ax), []
    for place, (study, mark, rows) in enumerate(_studies(tidy, "plot.enbs", "ENBS", order)):
        if "se" in tidy:
            _band(ax, rows["n"], rows["enbs"], rows["se"], mark)
        draw_line(ax, rows["n"], rows["enbs"], study, mark, place)
        best = rows.loc[rows["enbs"].idxmax()]
        says = f"\nbest n {best['n']:,.0f}: {amount(best['enbs'], currency_of(currency).sign)}"
        ends.append(End(study, float(rows["enbs"].iloc[-1]), mark, says))
        ax.plot(best["n"], best["enbs"], "*", color=mark.colour, markersize=15, mec="white", clip_on=False, zorder=3)
        ax.axvline(best["n"], color=mark.colour, linewidth=1, linestyle=":", zorder=1)
    ax.axhline(0, color=INK, linewidth=0.9, zorder=1.5)
    _sample_sizes(ax, tidy["n"])
    figures_on(ax.yaxis, currency_of(currency).sign)
    ax.set_ylabel("Expected net benefit of sampling")
    name_ends(ax, ends)
    star = Line2D([], [], linestyle="none", marker="*", color=GREY, markersize=12)
    key(ax, [(star, "Best sample size"), *([_band_entry(BLUE)] if "se" in tidy else [])])
    return literal(ax)


def _times(factor: float) -> Callable[[ArrayLike], Floats]:
    """Multiplication, as a secondary axis takes it."""
    return lambda value: np.asarray(value, dtype=float) * factor


def _studies(
    tidy: pd.DataFrame, plot: str, name: str, order: Sequence[str] | None
) -> list[tuple[str, Mark, pd.DataFrame]]:
    """Name, mark and rows by n of each study; of one without a name, what is drawn."""
    named = tidy if "study" in tidy else tidy.assign(study=name)
    once(named, plot, ["study", "n"])
    styles = marks(named, order, column="study")
    groups = [(study, mark, named[named["study"] == study].sort_values("n")) for study, mark in styles.items()]
    return [group for group in groups if len(group[2])]


def _sample_sizes(ax: Axes, sizes: pd.Series) -> None:
    span(ax, sizes)
    figures_on(ax.xaxis)
    ax.set_xlabel("Sample size n")


def _band(ax: Axes, x: pd.Series, y: pd.Series, error: pd.Series, mark: Mark) -> None:
    ax.fill_between(x, y - ERRORS * error, y + ERRORS * error, color=tint(mark.colour), linewidth=0, alpha=0.7)


def _band_entry(mark: Mark) -> tuple[Artist, str]:
    return Patch(color=tint(mark.colour), linewidth=0), f"± {ERRORS} standard errors"

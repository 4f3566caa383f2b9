"""What moves an answer, and what it would be worth to know more: tables, words and a figure, for every report."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from heemodel.decision import Summary
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.report import plots
from heemodel.report.figures import Figure, as_svg
from heemodel.report.tables import Table
from heemodel.report.wording import error, percent, plain, pounds

MOST = 30
"""Rows in the table of what parameters are worth; the file has all."""
MILLION = 1e6
CLOSE = 2.0
"""Standard errors up to which a value cannot be told from nothing."""


@dataclass(frozen=True)
class Affected:
    """People whose treatment the decision settles, with later years discounted, and how that was counted."""

    number: float
    words: str


class Worth(Protocol):
    """Values of information per person: `evpi` with columns threshold, evpi, mcse; `evppi` as from `evppi_each`."""

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Money per QALY; the first is the one of which words speak."""

    @property
    def evpi(self) -> pd.DataFrame:
        """Of knowing everything."""

    @property
    def evppi(self) -> pd.DataFrame:
        """Of knowing some parameters; empty where none were asked about."""


def name_of(threshold: float) -> str:
    """The threshold in words."""
    return f"{pounds(threshold)} per QALY"


def evpi_at(found: Worth, threshold: float) -> Summary:
    """Value of perfect information per person."""
    row = found.evpi.loc[found.evpi["threshold"] == threshold].iloc[0]
    return Summary(float(row["evpi"]), mcse=float(row["mcse"]))


def evpi_table(found: Worth, affected: Affected | None) -> Table:
    """Value of perfect information, per person and in all."""
    rows = []
    for threshold in found.thresholds:
        evpi = evpi_at(found, threshold)
        rows.append(
            [
                name_of(threshold),
                pounds(evpi.value, evpi.mcse),
                error(evpi.mcse or 0.0),
                *([] if affected is None else [in_all(evpi.value, evpi.mcse or 0.0, affected)]),
            ]
        )
    return Table(
        title="Expected value of perfect information",
        header=[
            "Threshold",
            "Per person",
            "Monte Carlo standard error",
            *([] if affected is None else [f"Over {affected.words}"]),
        ],
        rows=rows,
    )


def evppi_table(found: Worth, affected: Affected | None) -> Table:
    """Value of knowing parameters, the largest first."""
    names = list(dict.fromkeys(found.evppi["parameters"]))
    total = evpi_at(found, found.thresholds[0]).value
    rows = []
    for name in names[:MOST]:
        mine = found.evppi[found.evppi["parameters"] == name].set_index("threshold")
        first = mine.loc[found.thresholds[0]]
        rows.append(
            [
                spoken(name),
                *(with_error(mine.loc[k, "evppi"], mine.loc[k, "se"]) for k in found.thresholds),
                percent(first["evppi"] / total) if total > 0 else "none",
                *([] if affected is None else [in_all(first["evppi"], first["se"], affected)]),
                first["method"],
                first["check"].partition(":")[0] if first["check"] == COULD_BE_NOISE else first["check"],
            ]
        )
    more = f" The {MOST} largest of {len(names)}; evppi.csv has all." if len(names) > MOST else ""
    first_name = name_of(found.thresholds[0])
    return Table(
        title="Expected value of knowing parameters",
        header=[
            "Known",
            *(f"Per person at {name_of(k)}" for k in found.thresholds),
            f"Share of EVPI at {first_name}",
            *([] if affected is None else [f"Over {affected.words}, at {first_name}"]),
            "Method",
            "Check",
        ],
        rows=rows,
        note="± one standard error, of the regression and of the number of samples. Parameters share what they are "
        "worth: values do not add up. Shares are worked out before figures are rounded. Check: whether regressions on "
        "other samples choose as well; what could be noise is not told from nothing by so many samples." + more,
    )


def with_error(value: float, se: float) -> str:
    """A value with one standard error, both to the first digit of the error."""
    if round(value / 10.0 ** math.floor(math.log10(se)) if se else value) == 0:
        value = 0.0
    return f"{pounds(value, se) if value else '£0'} (±\N{NO-BREAK SPACE}{pounds(se, se) if se else '£0'})"


def in_all(value: float, se: float, affected: Affected) -> str:
    """A value per person as that of all people affected, to its error."""
    whole, error_of_whole = value * affected.number, se * affected.number
    if abs(whole) < MILLION or not se:
        return pounds(whole, error_of_whole or None)
    return f"{'−' if whole < 0 else ''}£{plain(abs(whole) / MILLION, error_of_whole / MILLION)} million"


def spoken(parameters: str) -> str:
    """A parameter or a group, whose parameters are joined by commas, in a list of words."""
    return re.sub(r",(?! )", " + ", parameters)


def most_worth(found: Worth) -> str:
    """What the values of information say about research."""
    threshold = found.thresholds[0]
    total = evpi_at(found, threshold)
    sure = worth_more_than_error(found, threshold)
    if sure.empty or not total.value:
        return (
            f"At {name_of(threshold)} no parameter or group is worth more than the error of its estimate: by these "
            "samples, knowing any one of them would hardly change the choice."
        )
    named = [f"{spoken(row.parameters)} ({pounds(row.evppi, row.se)})" for row in sure.head(3).itertuples()]
    return (
        f"At {name_of(threshold)} knowing everything would be worth {pounds(total.value, total.mcse)} per person; most "
        f"of what single parameters or groups are worth lies in {', '.join(named)}."
    )


def worth_more_than_error(found: Worth, threshold: float) -> pd.DataFrame:
    """The rows of `found.evppi` that can be told from nothing."""
    table = found.evppi[found.evppi["threshold"] == threshold]
    return table[(table["evppi"] > CLOSE * table["se"]) & (table["check"] != COULD_BE_NOISE)]


def tornado_figure(tornado: pd.DataFrame, *, outcome: str, what: str, basis: str = "") -> Figure:
    """Bars of how far each parameter moves an outcome.

    Parameters
    ----------
    tornado : as from `decision.tornado`
    outcome : what the x axis shows
    what : what it is the mean of, for the caption
    basis : a sentence that ends the caption
    """
    first = tornado.iloc[0]
    names = " (of names, those with the lowest and the highest mean)" if (tornado["shape"] == "by name").any() else ""
    ends = sorted((first["outcome_low"], first["outcome_high"]))
    return Figure(
        name="tornado",
        title="How far each parameter moves the answer",
        svg=drawn(
            lambda ax: plots.plot_tornado(tornado, outcome=outcome, ax=ax), height=1.8 + 0.27 * min(len(tornado), 20)
        ),
        caption=f"Expected {what}, given that a parameter is at its 2.5% or 97.5% quantile{names}; the others vary "
        f"with it as they do in the samples. {basis}".rstrip(),
        alternative=f"Tornado of net benefit by parameter. Widest: {first['parameter']}, from {pounds(ends[0])} to "
        f"{pounds(ends[1])}.",
        table=tornado,
    )


def drawn(draw: Callable[[Axes], Any], *, height: float = 4.2, width: float = 8.0) -> str:
    """One drawing in the reports' style, as SVG text."""
    with sns.axes_style("ticks"), plt.rc_context(plots.THEME):
        canvas, ax = plt.subplots(figsize=(width, height), layout="constrained")
        draw(ax)
        sns.despine(canvas)
        return as_svg(canvas)

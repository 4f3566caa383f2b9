"""What moves an answer, and what it would be worth to know more: tables, words and a figure, for every report."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from heemodel.currency import Currency
from heemodel.decision import Summary
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.report import plots
from heemodel.report.figures import Figure, as_svg
from heemodel.report.tables import Table
from heemodel.report.wording import error, fine_money, percent, plain

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
    def currency(self) -> Currency:
        """In which money is printed."""

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Money per QALY; the first is the one of which words speak."""

    @property
    def evpi(self) -> pd.DataFrame:
        """Of knowing everything."""

    @property
    def evppi(self) -> pd.DataFrame:
        """Of knowing some parameters; empty where none were asked about."""

    @property
    def groups(self) -> Mapping[str, Sequence[str]]:
        """Parameters that were asked about together, by name; empty where `evppi` names things in words."""


def name_of(threshold: float, currency: Currency) -> str:
    """The threshold in words."""
    return f"{fine_money(threshold, currency=currency)} per QALY"


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
                name_of(threshold, found.currency),
                fine_money(evpi.value, evpi.mcse, currency=found.currency),
                error(evpi.mcse or 0.0, currency=found.currency),
                *([] if affected is None else [in_all(evpi.value, evpi.mcse or 0.0, affected, found.currency)]),
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
                spoken(name, found.groups),
                *(with_error(mine.loc[k, "evppi"], mine.loc[k, "se"], found.currency) for k in found.thresholds),
                percent(first["evppi"] / total) if total > 0 else "none",
                *([] if affected is None else [in_all(first["evppi"], first["se"], affected, found.currency)]),
                first["method"],
                first["check"].partition(":")[0] if first["check"] == COULD_BE_NOISE else first["check"],
            ]
        )
    more = f" The {MOST} largest of {len(names)}; evppi.csv has all." if len(names) > MOST else ""
    first_name = name_of(found.thresholds[0], found.currency)
    return Table(
        title="Expected value of knowing parameters",
        header=[
            "Known",
            *(f"Per person at {name_of(k, found.currency)}" for k in found.thresholds),
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


def with_error(value: float, se: float, currency: Currency) -> str:
    """A value with one standard error, both to the first digit of the error."""
    if round(value / 10.0 ** math.floor(math.log10(se)) if se else value) == 0:
        value = 0.0
    none = f"{currency.sign}0"
    shown, doubt = (fine_money(one, se, currency=currency) if one else none for one in (value, se))
    return f"{shown} (±\N{NO-BREAK SPACE}{doubt})"


def in_all(value: float, se: float, affected: Affected, currency: Currency) -> str:
    """A value per person as that of all people affected, to its error."""
    whole, error_of_whole = value * affected.number, se * affected.number
    if abs(whole) < MILLION or not se:
        return fine_money(whole, error_of_whole or None, currency=currency)
    millions = plain(abs(whole) / MILLION, error_of_whole / MILLION)
    return f"{'−' if whole < 0 else ''}{currency.sign}{millions} million"


def spoken(name: str, groups: Mapping[str, Sequence[str]]) -> str:
    """A parameter, or a group by its name; by its parameters where these, joined by commas, are its name."""
    members = groups.get(name, [name])
    return " + ".join(members) if name == ",".join(members) else name


def most_worth(found: Worth) -> str:
    """What the values of information say about research."""
    threshold, currency = found.thresholds[0], found.currency
    total = evpi_at(found, threshold)
    sure = worth_more_than_error(found, threshold)
    if sure.empty or not total.value:
        return (
            f"At {name_of(threshold, currency)} no parameter or group is worth more than the error of its estimate: by "
            "these samples, knowing any one of them would hardly change the choice."
        )
    named = [
        f"{spoken(row.parameters, found.groups)} ({fine_money(row.evppi, row.se, currency=currency)})"
        for row in sure.head(3).itertuples()
    ]
    return (
        f"At {name_of(threshold, currency)} knowing everything would be worth "
        f"{fine_money(total.value, total.mcse, currency=currency)} per person; most of what single "
        f"parameters or groups are worth lies in {', '.join(named)}."
    )


def worth_more_than_error(found: Worth, threshold: float) -> pd.DataFrame:
    """The rows of `found.evppi` that can be told from nothing."""
    table = found.evppi[found.evppi["threshold"] == threshold]
    return table[(table["evppi"] > CLOSE * table["se"]) & (table["check"] != COULD_BE_NOISE)]


def tornado_figure(tornado: pd.DataFrame, *, outcome: str, what: str, currency: Currency, basis: str = "") -> Figure:
    """Bars of how far each parameter moves an outcome.

    Parameters
    ----------
    tornado : as from `decision.tornado`
    outcome : what the x axis shows
    what : what it is the mean of, for the caption
    currency : of the outcome
    basis : a sentence that ends the caption
    """
    first = tornado.iloc[0]
    names = " (of names, those with the lowest and the highest mean)" if (tornado["shape"] == "by name").any() else ""
    outcomes = sorted((first["outcome_low"], first["outcome_high"]))
    low, high = (fine_money(one, currency=currency) for one in outcomes)
    return Figure(
        name="tornado",
        title="How far each parameter moves the answer",
        svg=drawn(
            lambda ax: plots.plot_tornado(tornado, outcome=outcome, currency=currency, ax=ax),
            height=1.8 + 0.27 * min(len(tornado), 20),
        ),
        caption=f"Expected {what}, given that a parameter is at its 2.5% or 97.5% quantile{names}; the others vary "
        f"with it as they do in the samples. {basis}".rstrip(),
        alternative=f"Tornado of net benefit by parameter. Widest: {first['parameter']}, from {low} to {high}.",
        table=tornado,
    )


def drawn(draw: Callable[[Axes], Any], *, height: float = 4.2, width: float = 8.0) -> str:
    """One drawing in the reports' style, as SVG text."""
    with sns.axes_style("ticks"), plt.rc_context(plots.THEME):
        canvas, ax = plt.subplots(figsize=(width, height), layout="constrained")
        draw(ax)
        sns.despine(canvas)
        return as_svg(canvas)

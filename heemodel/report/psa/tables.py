"""The tables of a PSA report, as words."""

from collections.abc import Callable

import pandas as pd
import xarray as xr

from heemodel.decision import Appraisal, Summary, share, summarise
from heemodel.report.knowledge import name_of
from heemodel.report.tables import Table
from heemodel.report.wording import plain, pounds, probability

Form = Callable[[float, float | None], str]
"""How a figure with a Monte Carlo error is printed."""


def icer_table(found: Appraisal) -> Table:
    """Fully incremental analysis."""
    rows = []
    for row in found.icers.itertuples():
        first = pd.isna(row.incremental_cost)
        rows.append(
            [
                row.strategy,
                pounds(row.cost),
                plain(row.qaly),
                "" if first else f"{pounds(row.incremental_cost)}",
                "" if first else plain(row.incremental_qaly),
                "" if pd.isna(row.icer) else pounds(row.icer),
                row.status,
            ]
        )
    return Table(
        title="Fully incremental analysis: each strategy against the next less costly one that is not dominated",
        header=["Strategy", "Cost", "QALYs", "Extra cost", "Extra QALYs", "ICER, per QALY", "Standing"],
        rows=rows,
        note="Means per person over all samples.",
    )


def pairwise_table(found: Appraisal) -> Table:
    """Each strategy against the comparator."""
    cea, rows = found.cea, []
    for name in cea.interventions:
        cost = cea.incremental(cea.cost).sel(strategy=name)
        qaly = cea.incremental(cea.qaly).sel(strategy=name)
        saves = share(cost < 0)
        benefits = [summarise(threshold * qaly - cost) for threshold in found.thresholds]
        rows.append(
            [
                name,
                _with_interval(cost),
                _with_interval(qaly, plain),
                probability(saves.value, saves.mcse),
                *(_interval(one) for one in benefits),
            ]
        )
    return Table(
        title=f"Against {cea.comparator}, per person",
        header=[
            "Strategy",
            "Extra cost",
            "Extra QALYs",
            "Probability that it saves money",
            *(f"Net benefit at {name_of(threshold)}" for threshold in found.thresholds),
        ],
        rows=rows,
        note="Means with 95% intervals. A minus sign at a cost is a saving.",
    )


def acceptability_table(found: Appraisal) -> Table:
    """Probability and expected loss of each strategy at each threshold."""
    table = found.acceptability[found.acceptability["threshold"].isin(found.thresholds)]
    rows: list[list[str]] = []
    emphasis: set[int] = set()
    for threshold in found.thresholds:
        for row in table[table["threshold"] == threshold].itertuples():
            if row.frontier:
                emphasis.add(len(rows))
            rows.append([name_of(threshold), row.strategy, probability(row.probability), pounds(row.expected_loss)])
    return Table(
        title="How sure, and what is lost by choosing otherwise",
        header=["Threshold", "Strategy", "Probability most cost-effective", "Expected loss per person"],
        rows=rows,
        emphasis=frozenset(emphasis),
        note="Printed bold: the strategy with the highest expected net benefit. Its expected loss is the EVPI.",
    )


def _with_interval(values: xr.DataArray, form: Form = pounds) -> str:
    return _interval(summarise(values), form)


def _interval(part: Summary, form: Form = pounds) -> str:
    if part.lower is None or part.upper is None:
        return form(part.value, part.mcse)
    return f"{form(part.value, part.mcse)} ({form(part.lower, part.mcse)} to {form(part.upper, part.mcse)})"

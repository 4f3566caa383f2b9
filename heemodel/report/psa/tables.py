"""The tables of a PSA report, as words."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from heemodel.decision import Appraisal, Summary, share, summarise
from heemodel.report.knowledge import name_of
from heemodel.report.psa.digits import digits_of, finest, increments_of, loss_of
from heemodel.report.tables import Table
from heemodel.report.wording import fine_money, plain, probability

Form = Callable[[float, float | None], str]
"""How a figure with a Monte Carlo error is printed."""


def icer_table(found: Appraisal) -> Table:
    """Fully incremental analysis."""
    rows, digits, money = [], digits_of(found), _money(found)
    for row in found.icers.itertuples():
        first = pd.isna(row.incremental_cost)
        rows.append(
            [
                row.strategy,
                money(row.cost, digits.cost),
                plain(row.qaly, digits.qaly),
                "" if first else money(row.incremental_cost, digits.cost),
                "" if first else plain(row.incremental_qaly, digits.qaly),
                "" if pd.isna(row.icer) else money(row.icer, None),
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
    rows, digits, increments = [], digits_of(found), increments_of(found)
    money = _money(found)
    benefits = {
        name: [summarise(threshold * one.qaly - one.cost) for threshold in found.thresholds]
        for name, one in increments.items()
    }
    errors = [finest(one.mcse for one in column) for column in zip(*benefits.values(), strict=True)]
    for name, one in increments.items():
        saves = share(one.cost < 0)
        rows.append(
            [
                name,
                _interval(summarise(one.cost), digits.cost, money),
                _interval(summarise(one.qaly), digits.qaly, plain),
                probability(saves.value, saves.mcse),
                *(_interval(part, error, money) for part, error in zip(benefits[name], errors, strict=True)),
            ]
        )
    return Table(
        title=f"Against {found.cea.comparator}, per person",
        header=[
            "Strategy",
            "Extra cost",
            "Extra QALYs",
            "Probability that it saves money",
            *(f"Net benefit at {name_of(threshold, found.currency)}" for threshold in found.thresholds),
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
        losses = loss_of(found, threshold)
        for row in table[table["threshold"] == threshold].itertuples():
            if row.frontier:
                emphasis.add(len(rows))
            lost = _money(found)(row.expected_loss, losses[row.strategy].mcse)
            rows.append([name_of(threshold, found.currency), row.strategy, probability(row.probability), lost])
    return Table(
        title="How sure, and what is lost by choosing otherwise",
        header=["Threshold", "Strategy", "Probability most cost-effective", "Expected loss per person"],
        rows=rows,
        emphasis=frozenset(emphasis),
        note="Printed bold: the strategy with the highest expected net benefit. Its expected loss is the EVPI.",
    )


def _money(found: Appraisal) -> Form:
    """How money is printed."""
    return partial(fine_money, currency=found.currency)


def _interval(part: Summary, error: float | None, form: Form) -> str:
    """A mean with its interval, to an error."""
    if part.lower is None or part.upper is None:
        return form(part.value, error)
    return f"{form(part.value, error)} ({form(part.lower, error)} to {form(part.upper, error)})"

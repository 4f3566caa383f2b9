"""Whose budget: what each payer saves or pays on one year's patients, what is freed, and what would turn it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.tables.budgets import ALL, APART, CAPACITY, PRICE
from heemodel.analysis.tables.saving import in_a_year
from heemodel.report.directions import directed
from heemodel.report.document import Points, Table
from heemodel.report.formatting import coarsest, mean_and_interval, money, people, percent, sentence
from heemodel.report.layout import rows_in
from heemodel.report.sections.across import cells
from heemodel.report.sections.summary.saving_answer import net_quantity
from heemodel.report.sections.summary.subject import Subject, scenarios_named

SAVES_PAYS = ("saves", "pays")
"""Verbs of a payer's saving above 0 and below."""
TOTAL = ", all"
CHANCE = 2
"""Monte Carlo errors within which a figure is not told from nothing."""
MANY = 2
"""Kinds of money, with their sum, above which each has a row."""
YEAR = "year"
"""What a table of budgets calls the people of one year."""
NOTE = "Means with 95% intervals; a minus sign is a cost. Budgets are not shared; freed capacity is no cash."
CASH_IF = "which is cash only where beds are closed"
CALLED = {"cash-releasing": "cash"}
"""Kinds of money in a table, where what is released may also be what is paid out."""


def budget_sentence(subject: Subject) -> str:
    """What each payer saves or pays apart from freed capacity, and how much of that there is; empty where unknown."""
    results = subject.results
    rows = _rows(subject)
    if rows.empty:
        return ""
    error, currency = coarsest(rows.loc[rows["kind"] != APART, "mcse"]), results.currency
    freed = _freed(subject, rows, error)
    counted = rows[rows["kind"] == (APART if freed else ALL)]
    paid = counted[[_is_one(rows, row) for row in counted.itertuples()]]
    if paid.empty:
        return ""
    parts = []
    for _, row in paid.iterrows():
        figure, doubt = directed(row, SAVES_PAYS, currency=currency, error=error)
        parts.append(f"{_inside(_whose(row['payer'], row['budget']))} {figure}{f' ({doubt})' if doubt else ''}")
    under = f"{subject.label}, " if scenarios_named(results) else ""
    apart = "apart from what is freed, " if freed else ""
    return f"{sentence(under)}{_per(results, rows)}: {apart}{_listed(parts)}{f'; {freed}' if freed else ''}."


def _is_one(rows: pd.DataFrame, row: Any) -> bool:
    """Whether a row is that of one budget, and no sum of several."""
    return row.payer != ALL and (row.budget != ALL or set(rows.loc[rows["payer"] == row.payer, "budget"]) == {ALL})


def _whose(payer: str, budget: str) -> str:
    """What a budget is called."""
    return payer if budget == ALL else budget


def _inside(name: str) -> str:
    """A name within a sentence: a capital stays where letters after it are capitals too."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def _listed(parts: Sequence[str]) -> str:
    """Parts of a sentence, the last joined by "and"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]


def _rows(subject: Subject, per: str = "") -> pd.DataFrame:
    """The saving by payer and kind: by default of one year's patients, or of one where their number is unknown."""
    rows = rows_in(subject.results, "budgets", scenario=subject.scenario, strategy=subject.intervention)
    if rows.empty:
        return rows
    return rows[rows["per"] == (per or (YEAR if YEAR in set(rows["per"]) else "person"))]


def _per(results: Results, rows: pd.DataFrame) -> str:
    """Whose figures the rows are."""
    volume, followed = (results.inputs.annual_volume if results.inputs is not None else None), results.record.horizon
    over = "" if not followed else " over a lifetime" if followed == "lifetime" else f" over {followed}"
    if volume is None or rows.iloc[0]["per"] != YEAR:
        return f"a {results.person}{over}"
    return f"on one year's {results.person}s ({people(volume)}){over}"


def _freed(subject: Subject, rows: pd.DataFrame, error: float | None) -> str:
    """The capacity that is freed or taken up, in words; empty where there is none."""
    results, inputs = subject.results, subject.results.inputs
    worth = rows[(rows["payer"] == ALL) & (rows["kind"] == CAPACITY)]
    if worth.empty or inputs is None:
        return ""
    freed = [part.counts for part in inputs.components.values() if part.kind == CAPACITY]
    counted = freed[0] if len(freed) == 1 else None  # what is freed in several ways has no one count
    value = float(worth.iloc[0]["value"])
    amount, more = money(abs(value), error, currency=results.currency), value >= 0
    if counted is None:
        return f"capacity worth {amount} is {f'freed, {CASH_IF}' if more else 'taken from other patients'}"
    avoided, yearly = inputs.avoided[counted], inputs.annual_volume is not None
    row = subject.row(in_a_year(avoided.quantity) if yearly else avoided.quantity)
    form = "number0" if yearly else "number1"
    size, doubt = mean_and_interval(row if more else _negative(row), form, currency=results.currency)
    what = avoided.label.lower().removesuffix(" freed")
    if more:
        return f"{size} {what} are freed ({doubt}), capacity worth {amount}, {CASH_IF}"
    return f"{size} more {what} are taken up ({doubt}), worth {amount}"


def _negative(row: pd.Series) -> pd.Series:
    """The same the other way round."""
    return pd.Series({**row, "value": -row["value"], "lower": -row["upper"], "upper": -row["lower"]})


def budget_table(
    results: Results, scenarios: Sequence[str], intervention: str, *, per: str = "", title: str = "", note: str = ""
) -> Table:
    """The saving by payer and kind, scenarios side by side.

    Parameters
    ----------
    per : "person" or "year"; by default the year, where the yearly number is known
    title, note : what is added to those of the table
    """
    columns = {name: _rows(Subject(results, name, intervention), per) for name in scenarios}
    first = next(iter(columns.values()))
    shown = _shown(first)
    keyed = {name: rows.set_index(["payer", "budget", "kind"]) for name, rows in columns.items()}
    text = {name: cells(results, [rows.loc[key] for key in shown], "money") for name, rows in keyed.items()}
    rows = [[heading, *(text[name][place] for name in scenarios)] for place, (_, heading) in enumerate(shown.items())]
    return Table(
        title=f"Whose saving, {_per(results, first)}{title}",
        header=["", *(results.label(name) for name in scenarios)],
        rows=rows,
        note=f"{NOTE} {note}".rstrip(),
        emphasis=frozenset(place for place, heading in enumerate(shown.values()) if heading.endswith((TOTAL, ALL))),
    )


def _shown(rows: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    """The rows of a table by payer, budget and kind, each with what it is called.

    A budget with several kinds of money has a row for each and one for all of them; a payer with several budgets has
    one for all of these.
    """
    shown: dict[tuple[str, str, str], str] = {}
    kinds = rows[rows["kind"] != APART]
    detailed = 0
    for (payer, budget), mine in kinds.groupby(["payer", "budget"], sort=False):
        one, whose = _is_one(rows, next(mine.itertuples())), sentence(_whose(str(payer), str(budget)))
        several = mine["kind"].nunique() > MANY and (one or (payer == ALL and detailed > 1))
        detailed += one and several
        for kind in mine["kind"] if several else [ALL]:
            if kind != ALL:
                shown[str(payer), str(budget), str(kind)] = f"{whose}: {CALLED.get(str(kind), str(kind))}"
            else:
                is_sum = several or not one
                shown[str(payer), str(budget), ALL] = f"{whose}{TOTAL if is_sum and payer != ALL else ''}"
    return shown


def what_turns_it(subject: Subject) -> Points | None:
    """What would have to be true for the saving to be none on average; None where no capacity is freed."""
    results = subject.results
    rows = rows_in(results, "break_even", scenario=subject.scenario, strategy=subject.intervention)
    if rows.empty or results.inputs is None:
        return None
    net = subject.row(net_quantity(results))
    points = [
        _price(row, results, saves=net["value"] > 0) if row["what"] == PRICE else _closed(row, results)
        for _, row in rows.iterrows()
    ]
    points.append(
        f"The number of {results.person}s changes the total, not which way it goes: every cost is one of a "
        f"{results.person}."
    )
    under = f", {subject.label}" if scenarios_named(results) else ""
    return Points(points=points, title=f"What would have to be true to break even{under}")


def _price(row: pd.Series, results: Results, *, saves: bool) -> str:
    """The value of freed capacity at which nothing is saved."""
    unit = str(row["label"]).lower().removesuffix(" freed").removesuffix("s")
    now = f"here it is worth {money(row['now'], currency=results.currency)}"
    if pd.isna(row["turns"]):
        return f"The value of a {unit}: {row['note']}; {now}."
    if abs(row["turns"]) <= CHANCE * row["mcse"]:
        return f"The value of a {unit}: about nothing, and not told from it by these draws; {now}."
    side = "below that it costs money" if saves else "only above that it saves money"
    turns = money(row["turns"], row["mcse"], currency=results.currency)
    return f"The value of a {unit}: {turns}, {side} on average; {now}."


def _closed(row: pd.Series, results: Results) -> str:
    """The share of freed capacity that a payer would have to turn into cash."""
    components = results.inputs.components.values() if results.inputs is not None else ()
    mine = [part for part in components if part.kind == CAPACITY and (part.budget or part.payer) == row["whose"]]
    freed = ", ".join(part.label.lower() for part in mine)
    head = f"Cash from what is freed ({freed})"
    if pd.isna(row["turns"]):
        if "saves" in str(row["note"]):
            return f"{head}: {row['whose']} pays nothing more even if none of it is closed."
        return f"{head}: {row['whose']} has none to close."
    if float(row["turns"]) > 1:
        return f"{head}: with all of it closed, {row['whose']} would still pay more than it saves."
    return f"{head}: {row['whose']} breaks even only if {percent(float(row['turns']))} of it is turned into cash."

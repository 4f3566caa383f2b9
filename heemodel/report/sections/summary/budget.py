"""Whose budget: what each payer saves or pays on one year's patients, what is freed, and what would turn it."""

from collections.abc import Collection, Sequence

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
YEAR = "year"
"""What a table of budgets calls the people of one year."""
NOTE = "Means with 95% intervals; a minus sign is a cost. Payers do not share budgets; freed capacity is no cash."


def budget_sentence(subject: Subject) -> str:
    """What each payer saves or pays apart from freed capacity, and how much of that there is; empty where unknown."""
    results = subject.results
    rows = _rows(subject)
    if rows.empty:
        return ""
    error, currency = coarsest(rows.loc[rows["kind"] != APART, "mcse"]), results.currency
    freed = _freed(subject, rows, error)
    paid = rows[(rows["payer"] != ALL) & (rows["kind"] == (APART if freed else ALL))]
    if paid.empty:
        return ""
    parts = []
    for _, row in paid.iterrows():
        figure, doubt = directed(row, SAVES_PAYS, currency=currency, error=error)
        parts.append(f"{row['payer']} {figure}{f' ({doubt})' if doubt else ''}")
    under = f"{subject.label}, " if scenarios_named(results) else ""
    apart = "apart from what is freed, " if freed else ""
    return f"{sentence(under)}{_per(results, rows)}: {apart}{' and '.join(parts)}{f'; {freed}' if freed else ''}."


def _rows(subject: Subject, per: str = "") -> pd.DataFrame:
    """The saving by payer and kind: by default of one year's patients, or of one where their number is unknown."""
    rows = rows_in(subject.results, "budgets", scenario=subject.scenario, strategy=subject.intervention)
    if rows.empty:
        return rows
    return rows[rows["per"] == (per or (YEAR if YEAR in set(rows["per"]) else "person"))]


def _per(results: Results, rows: pd.DataFrame) -> str:
    """Whose figures the rows are."""
    volume = results.inputs.annual_volume if results.inputs is not None else None
    if volume is None or rows.iloc[0]["per"] != YEAR:
        return f"a {results.person}"
    return f"on one year's {results.person}s ({people(volume)})"


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
        return f"capacity worth {amount} is {'freed, which is not cash' if more else 'taken from other patients'}"
    avoided, yearly = inputs.avoided[counted], inputs.annual_volume is not None
    row = subject.row(in_a_year(avoided.quantity) if yearly else avoided.quantity)
    form = "number0" if yearly else "number1"
    size, doubt = mean_and_interval(row if more else _negative(row), form, currency=results.currency)
    what = avoided.label.lower().removesuffix(" freed")
    if more:
        return f"{size} {what} are freed ({doubt}), capacity worth {amount} if filled or closed, and not cash"
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
    kinds = first[first["kind"] != APART]
    several = {payer for payer, mine in kinds.groupby("payer") if mine["kind"].nunique() > 2}
    several -= {ALL} if len(several) == 2 else set()  # of one payer with several kinds, those of all are no news
    shown = [(str(row.payer), str(row.kind)) for row in kinds.itertuples() if row.kind == ALL or row.payer in several]
    keyed = {name: rows.set_index(["payer", "kind"]) for name, rows in columns.items()}
    text = {name: cells(results, [rows.loc[key] for key in shown], "money") for name, rows in keyed.items()}
    rows = [
        [_heading(payer, kind, several), *(text[name][place] for name in scenarios)]
        for place, (payer, kind) in enumerate(shown)
    ]
    totals = frozenset(place for place, (payer, kind) in enumerate(shown) if kind == ALL and payer in (*several, ALL))
    return Table(
        title=f"Whose saving, {_per(results, first)}{title}",
        header=["", *(results.label(name) for name in scenarios)],
        rows=rows,
        note=f"{NOTE} Over all the years that they are followed. {note}".rstrip(),
        emphasis=totals,
    )


def _heading(payer: str, kind: str, several: Collection[object]) -> str:
    """What a row is called: the payer alone where there is one kind of money only."""
    if payer == ALL:
        return ALL if kind == ALL else f"{ALL}: {kind}"
    if payer not in several:
        return payer
    return f"{payer}, all" if kind == ALL else f"{payer}: {kind}"


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
        f"The number of {results.person}s turns nothing, as every cost is one of a {results.person}: it sizes the sum."
    )
    under = f", {subject.label}" if scenarios_named(results) else ""
    return Points(points=points, title=f"What would have to be true to break even{under}")


def _price(row: pd.Series, results: Results, *, saves: bool) -> str:
    """The value of freed capacity at which nothing is saved."""
    unit = str(row["label"]).lower().removesuffix(" freed").removesuffix("s")
    now = f"here it is worth {money(row['now'], currency=results.currency)}"
    if pd.isna(row["turns"]):
        return f"The value of a {unit}: {row['note']}; {now}."
    side = "below that it costs money" if saves else "only above that it saves money"
    turns = money(row["turns"], row["mcse"], currency=results.currency)
    return f"The value of a {unit}: {turns}, {side} on average; {now}."


def _closed(row: pd.Series, results: Results) -> str:
    """The share of freed capacity that a payer would have to turn into cash."""
    components = results.inputs.components.values() if results.inputs is not None else ()
    freed = ", ".join(part.label.lower() for part in components if part.kind == CAPACITY and part.payer == row["whose"])
    head = f"Cash from what is freed ({freed})"
    if pd.isna(row["turns"]):
        if "saves" in str(row["note"]):
            return f"{head}: {row['whose']} pays nothing more even if none of it is closed."
        return f"{head}: {row['whose']} has none to close."
    if float(row["turns"]) > 1:
        return f"{head}: even if all of it were closed, {row['whose']} would pay more than it saves."
    return (
        f"{head}: {row['whose']} breaks even only if {percent(float(row['turns']))} of it is closed and its cost saved."
    )

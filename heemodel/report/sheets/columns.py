"""How the columns of a sheet are called, and with how many decimals their numbers are printed."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.labels import SHARES
from heemodel.currency import currency_in
from heemodel.report.document import Chart, Sheet

Kind = Literal["text", "money", "number", "probability", "plain", "by unit"]
PLAIN, PROBABILITY = "plain", "probability"
MONEY_DIGITS, DIGITS = 3, 4
"""Figures that are printed of the largest number of a column or row; cells hold them all."""
WHOLE, HUNDREDTHS = 100.0, 1.0
"""Money from which on it is printed whole, and with hundredths."""
MOST_DECIMALS = 12


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    heading : in words with the unit; {money} stands for the currency, {person} for whom costs are counted of
    kind : of what it holds; "by unit" where each row has its own, in the column `unit`
    aside : whether it holds names for programs, and is not printed; such columns stand last
    """

    heading: str
    kind: Kind = "text"
    aside: bool = False


SCENARIO = Column("Scenario")
STRATEGY = Column("Strategy")
THRESHOLD = Column("Threshold ({money} per QALY)", "money")
UNIT, NOTE = Column("Unit"), Column("Note")
FIGURES: Mapping[str, Column] = {
    "value": Column("Mean", "by unit"),
    "lower": Column("95% interval, lower end", "by unit"),
    "upper": Column("95% interval, upper end", "by unit"),
    "mcse": Column("Monte Carlo error", "by unit"),
    "unit": UNIT,
}
"""A mean with what belongs to it, as in most tables."""


def sheet_of(
    results: Results,
    table: pd.DataFrame,
    columns: Mapping[str, Column],
    *,
    name: str,
    title: str,
    note: str = "",
    chart: Chart | None = None,
) -> Sheet:
    """A sheet of some columns of a table, scenarios by their labels.

    Parameters
    ----------
    table : tidy
    columns : those that are shown, in order, by name; those that the table lacks, or that hold nothing, are left out
    """
    needed = set() if chart is None else {chart.x, chart.y, chart.lines, chart.panels}
    known = {
        column: about
        for column, about in columns.items()
        if column in table and (column in needed or column in FIGURES or _holds_anything(table[column]))
    }
    shown = table[list(known)].reset_index(drop=True)
    if "scenario" in shown:
        shown = shown.assign(scenario=[results.label(scenario) for scenario in shown["scenario"]])
    words = {"money": str(results.currency), "person": results.person}
    return Sheet(
        name=name,
        title=title,
        table=shown,
        headings={column: about.heading.format(**words) for column, about in known.items()},
        note=note,
        forms=forms_of(shown, {column: about.kind for column, about in known.items()}),
        chart=chart,
        aside=sum(about.aside for about in known.values()),
    )


def _holds_anything(column: "pd.Series[Any]") -> bool:
    """Whether any row of a column has a value; a table without rows says nothing of it."""
    return column.empty or bool((column.notna() & (column != "")).any())


def forms_of(table: pd.DataFrame, kinds: Mapping[str, Kind]) -> dict[str, str | Sequence[str]]:
    """How the numbers of each column are printed; rows that have a unit are printed each by its own."""
    forms: dict[str, str | Sequence[str]] = {}
    by_unit = [column for column, kind in kinds.items() if kind == "by unit"]
    errors = [column for column in by_unit if column == "mcse"]
    for together in ([column for column in by_unit if column not in errors], errors):
        if together:
            rows = [
                _by_unit(str(unit), numbers)
                for unit, numbers in zip(table["unit"], table[together].to_numpy(dtype=float), strict=True)
            ]
            forms |= dict.fromkeys(together, rows)
    for column, kind in kinds.items():
        if kind not in ("text", "by unit"):
            forms[column] = form_for(kind, pd.to_numeric(table[column], errors="coerce"))
    return forms


def _by_unit(unit: str, numbers: Iterable[float]) -> str:
    """How numbers in a unit of the tables are printed."""
    if unit in SHARES:
        return PROBABILITY
    return form_for("number" if currency_in(unit) is None else "money", numbers)


def form_for(kind: Kind, numbers: Iterable[float]) -> str:
    """How numbers that stand together are printed: money whole or with hundredths, others with four figures.

    >>> form_for("money", [26_177.4, 3.0]), form_for("money", [12.5]), form_for("number", [1.28585, math.nan])
    ('number0', 'number2', 'number3')
    >>> form_for("money", [0.0123]), form_for("number", [0.0]), form_for("probability", [0.5])
    ('number4', 'number0', 'probability')
    """
    if kind in (PLAIN, PROBABILITY):
        return kind
    sizes = np.abs(np.asarray(list(numbers), dtype=float))
    largest = float(max(sizes[np.isfinite(sizes)], default=0.0))
    if not largest or (kind == "money" and largest >= WHOLE):
        return "number0"
    if kind == "money" and largest >= HUNDREDTHS:
        return "number2"
    digits = MONEY_DIGITS if kind == "money" else DIGITS
    return f"number{min(MOST_DECIMALS, max(0, digits - 1 - math.floor(math.log10(largest))))}"


def any_table(results: Results, table: pd.DataFrame, *, name: str, title: str) -> Sheet:
    """A sheet of a table as it is: columns by their names in words."""
    numbers = {column for column in table if pd.api.types.is_numeric_dtype(table[column])}
    by_unit = set(FIGURES) & set(table) if "unit" in table else set()
    known = {
        str(column): FIGURES[column]
        if column in by_unit
        else Column(_words(str(column)), "text" if column not in numbers else "plain" if column == "year" else "number")
        for column in table
    }
    return sheet_of(results, table, known, name=name, title=title)


def _words(name: str) -> str:
    """The name of a column as a heading, in which brackets stand for nothing else."""
    words = name.replace("_", " ").replace("{", "{{").replace("}", "}}")
    return words[:1].upper() + words[1:]

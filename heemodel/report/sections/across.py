"""A quantity over scenarios that stand side by side: its cells, all rounded alike."""

from collections.abc import Sequence

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.formatting import cell, coarsest, row_of


def across(
    results: Results,
    intervention: str,
    quantity: str,
    form: str,
    bases: Sequence[str] = ("probabilistic",),
) -> list[str]:
    """The cells of a quantity of the headline in every scenario and on every basis, rounded by their largest error."""
    table = results.tables["headline"]
    rows = [
        row_of(table, quantity, basis, scenario=name, strategy=intervention)
        for name in results.scenarios
        for basis in bases
    ]
    return cells(results, rows, form)


def cells(results: Results, rows: Sequence[pd.Series], form: str) -> list[str]:
    """Means with their intervals, all rounded by their largest Monte Carlo error."""
    error = coarsest(row["mcse"] for row in rows)
    return [cell(row, form, error, currency=results.currency) for row in rows]


def labels(results: Results) -> list[str]:
    """What the scenarios are called, as headings of columns."""
    return [results.label(name) for name in results.scenarios]

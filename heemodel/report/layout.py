"""How sections are laid out: scenarios side by side or one below the other, and columns rounded alike."""

from collections.abc import Callable, Sequence

import pandas as pd

from heemodel.analysis import Results, ScenarioResult
from heemodel.currency import Currency
from heemodel.report.document import Block, Folded
from heemodel.report.formatting import cell, coarsest, form_of, per_qaly, where
from heemodel.report.plots.marks import MARKS

MOST_DRAWN = len(MARKS)
"""Strategies that a plot can tell apart."""
SMALL = 0.05
"""QALYs below which hundredths do not tell them."""


def rows_in(results: Results, table: str, **keys: object) -> pd.DataFrame:
    """The rows of a tidy table in which columns have these values; no rows where the results lack the table.

    Parameters
    ----------
    keys : values of columns, such as scenario="trials"
    """
    rows = results.tables.get(table, pd.DataFrame())
    return rows[where(rows, keys)] if len(rows) and keys else rows


def by_scenario(results: Results, blocks: Callable[[ScenarioResult], Sequence[Block]], what: str) -> list[Block]:
    """The blocks of every scenario; those of the first stand open, those of others are folded away.

    Parameters
    ----------
    blocks : makes those of one scenario
    what : they are, for the line under which they are folded away
    """
    laid: list[Block] = []
    for result in results:
        mine = list(blocks(result))
        if result is results.first:
            laid += mine
        elif mine:
            laid.append(Folded(title=f"{results.label(result.name)}: {what}", blocks=mine))
    return laid


def titled(title: str, results: Results, scenario: str) -> str:
    """A title that names the scenario where there are several."""
    return f"{title}, {results.label(scenario)}" if len(results.scenarios) > 1 else title


def named(name: str, results: Results, scenario: str) -> str:
    """The name of a figure, with the scenario where it is not that of the first."""
    return name if scenario == results.first.name else f"{name}_{scenario.replace('-', '_')}"


def alike(rows: Sequence[pd.Series], form: str, *, currency: Currency) -> list[str]:
    """Cells of rows of a tidy table, all rounded by the coarsest of their Monte Carlo errors."""
    error = coarsest(row["mcse"] for row in rows)
    return [cell(row, form, error, currency=currency) for row in rows]


def form_for(quantity: str, rows: Sequence[pd.Series]) -> str:
    """How a quantity is printed, as `cell` takes it; QALYs to hundredths only where these tell them from nothing."""
    form = form_of(quantity)
    if form == "number2" and 0 < max(abs(float(row["value"])) for row in rows) < SMALL:
        return "number"
    return form


def drawn(results: Results, scenario: str) -> tuple[list[str], str]:
    """The strategies that a plot can tell apart, in their order, and a sentence about those left out, if there are any.

    These are the comparator and those of the lowest expected loss at the first threshold.
    """
    everything = results.strategies
    if len(everything) <= MOST_DRAWN:
        return everything, ""
    first = results.thresholds[0]
    loss = rows_in(results, "headline", quantity=f"expected_loss_at_{first:.12g}", scenario=scenario)
    ranked = [name for name in loss.sort_values("value")["strategy"] if name != results.comparator]
    kept = {results.comparator, *ranked[: MOST_DRAWN - 1]}
    words = (
        f" Drawn are {MOST_DRAWN} of {len(everything)} strategies: {results.comparator} and those that are the best "
        f"value at {per_qaly(first, results.currency)}; tables have all."
    )
    return [name for name in everything if name in kept], words


def capital(text: str) -> str:
    """A text that begins with a capital; the rest stays as it is."""
    return text[:1].upper() + text[1:]

"""The sheets of a results workbook, and the one list of them in reading order.

A sheet is a function `Results -> Sheet | None`: None where there is nothing to show. It takes its figures from the
tables of the results, says what their columns are, and computes nothing itself. To add one, write it and add a line.
"""

from collections.abc import Callable, Sequence

from heemodel.analysis import Results
from heemodel.report.document import Sheet
from heemodel.report.sheets.assurance import limits, look_again
from heemodel.report.sheets.claim import published_figure
from heemodel.report.sheets.decision import acceptability, evpi, evppi, incremental, psa_summary, tornado
from heemodel.report.sheets.evidence import posterior, predictive
from heemodel.report.sheets.headline import headline, published, subgroups, variations
from heemodel.report.sheets.inputs import changed_inputs, inputs
from heemodel.report.sheets.money import (
    break_even,
    breakdown,
    budget_impact,
    budget_people,
    by_payer,
    by_year,
    costs,
    counts,
)
from heemodel.report.sheets.record import checks, record

SheetOf = Callable[[Results], Sheet | None]

SHEETS: tuple[SheetOf, ...] = (
    look_again,
    limits,
    headline,
    published_figure,
    by_payer,
    break_even,
    budget_impact,
    budget_people,
    breakdown,
    costs,
    by_year,
    counts,
    changed_inputs,
    inputs,
    posterior,
    predictive,
    psa_summary,
    incremental,
    acceptability,
    evpi,
    evppi,
    tornado,
    variations,
    subgroups,
    published,
    checks,
    record,
)
"""In reading order."""


def sheets_of(results: Results, sheets: Sequence[SheetOf] = SHEETS) -> list[Sheet]:
    """The sheets of some results; none that would be empty."""
    return [sheet for make in sheets if (sheet := make(results)) is not None and not sheet.table.empty]


__all__ = ["SHEETS", "sheets_of"]

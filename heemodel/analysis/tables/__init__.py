"""The tidy tables of an analysis; a report puts them into words, and they are written beside it as csv files."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from heemodel.analysis.results import Results
from heemodel.analysis.tables import (
    budget_impact,
    budgets,
    costs,
    counts,
    exhibits,
    headline,
    record,
    saving,
    subgroups,
    two_way,
    variations,
)

TABLES: dict[str, Callable[[Results], pd.DataFrame]] = {
    "headline": headline.headline,
    "incremental": headline.incremental,
    "acceptability": headline.acceptability,
    "evpi": headline.evpi,
    "evppi": headline.evppi,
    "explained": headline.explained,
    "tornado": headline.tornado,
    "two_way": two_way.two_way,
    "two_way_turns": two_way.two_way_turns,
    "stability": headline.stability,
    "plane": headline.plane,
    "quadrants": headline.quadrants,
    "saving_steps": saving.saving_steps,
    "saving_distribution": saving.saving_distribution,
    "budgets": budgets.budgets,
    "break_even": budgets.break_even,
    "budget_impact": budget_impact.budget_impact,
    "budget_patients": budget_impact.budget_patients,
    "costs": costs.costs,
    "cost_by_state": costs.cost_by_state,
    "by_year": costs.by_year,
    "occupancy": costs.occupancy,
    "tree": costs.tree,
    "counts": counts.counts,
    "exhibits": exhibits.exhibits,
    "subgroups": subgroups.subgroups,
    "variations": variations.variations,
    "validation": variations.validation,
    "comparisons": variations.comparisons,
    "posterior": record.posterior,
    "predictive": record.predictive,
    "checks": record.checks,
}
"""Every table by its name, which is that of its file; the docstring of each function says what its columns are."""


def tabulated(results: Results) -> Results:
    """The results with all their tables; those with nothing in them are left out."""
    for name, table_of in TABLES.items():
        table = table_of(results)
        if not table.empty:
            results = replace(results, tables={**results.tables, name: table})
    return results


__all__ = ["TABLES", "tabulated"]

"""The main figures of every scenario and strategy: point estimate, mean, interval, error and unit."""

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.document import Sheet
from heemodel.report.sheets.columns import FIGURES, NOTE, SCENARIO, STRATEGY, Column, sheet_of
from heemodel.report.sheets.quantities import both_bases, in_words

POINT = Column("Point estimate", "by unit")
NAME = Column("Name in headline.csv", aside=True)
WORDS = (
    "Means over all draws are the base case. Differences are of the strategy less {}. A minus sign before a cost is a "
    "saving."
)


def headline(results: Results) -> Sheet:
    """Every quantity of the headline, a row each."""
    table = both_bases(results.tables["headline"], ["scenario", "strategy"])
    table = table.assign(label=in_words(results, table["quantity"]))
    columns = {
        "label": Column("Quantity"),
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "point": POINT,
        **FIGURES,
        "note": NOTE,
        "quantity": NAME,
    }
    return sheet_of(
        results,
        table if _has_point(table) else table.drop(columns="point"),
        columns,
        name="Headline",
        title="Main figures",
        note=WORDS.format(results.comparator),
    )


def _has_point(table: pd.DataFrame) -> bool:
    """Whether anything is known at central values; nothing is for a PSA from files."""
    return bool(table["point"].notna().any())


def variations(results: Results) -> Sheet | None:
    """The main figures under other choices."""
    table = results.tables.get("variations")
    if table is None:
        return None
    shown = both_bases(table, ["variation", "label", "scenario", "horizon", "strategy"])
    shown = shown.rename(columns={"label": "choice"}).assign(label=in_words(results, shown["quantity"]))
    columns = {
        "choice": Column("Choice"),
        "scenario": SCENARIO,
        "horizon": Column("Horizon"),
        "strategy": STRATEGY,
        "label": Column("Quantity"),
        "point": POINT,
        **FIGURES,
        "note": NOTE,
        "variation": Column("Name in the inputs", aside=True),
    }
    return sheet_of(
        results,
        shown,
        columns,
        name="Variations",
        title="The answer under other choices",
        note="All rows are on the same draws, so that they differ by what is changed and not by chance.",
    )


def subgroups(results: Results) -> Sheet | None:
    """The main figures in each group of people."""
    table = results.tables.get("subgroups")
    if table is None:
        return None
    groups = results.inputs.groups if results.inputs is not None else {}
    division = [groups[name].label if name in groups else name for name in table["grouping"]]
    columns = {
        "grouping": Column("Division"),
        "group": Column("Group"),
        "share": Column("Share of all", "probability"),
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "label": Column("Quantity"),
        **FIGURES,
        "note": NOTE,
    }
    shown = table.assign(label=in_words(results, table["quantity"]), grouping=division)
    return sheet_of(results, shown, columns, name="Subgroups", title="The answer by group")


def published(results: Results) -> Sheet | None:
    """Published figures beside those of this model."""
    table = results.tables.get("validation")
    if table is None:
        return None
    columns = {
        "label": Column("Study"),
        "scenario": SCENARIO,
        "horizon": Column("Horizon"),
        "strategy": STRATEGY,
        "words": Column("Quantity"),
        "published": Column("Published", "by unit"),
        "published_lower": Column("Published interval, lower end", "by unit"),
        "published_upper": Column("Published interval, upper end", "by unit"),
        "point": POINT,
        **FIGURES,
        "status": Column("How the published figure is known"),
        "source": Column("Source"),
        "difference": Column("Why they differ"),
        "note": NOTE,
    }
    shown = table.assign(words=in_words(results, table["quantity"]))
    return sheet_of(results, shown, columns, name="Published", title="Beside published results")

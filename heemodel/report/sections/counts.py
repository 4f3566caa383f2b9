"""What happens to people besides costs and QALYs: life-years, and whatever the model counts."""

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.document import Block, Folded, Section, Table
from heemodel.report.formatting import coarsest, number
from heemodel.report.layout import rows_in, titled


def counts(results: Results) -> Section | None:
    """Means of every strategy and differences from the comparator; None where the model counts nothing."""
    if "counts" not in results.tables:
        return None
    tables = [_table(results, name) for name in results.scenarios if len(rows_in(results, "counts", scenario=name))]
    blocks: list[Block] = [tables[0], *(Folded(title=table.title, blocks=[table]) for table in tables[1:])]
    return Section(name="counts", title="What else is counted", link="Counts", blocks=blocks)


def _table(results: Results, scenario: str) -> Table:
    rows = rows_in(results, "counts", scenario=scenario)
    own, apart = rows[rows["versus"] == ""], rows[rows["versus"] != ""]
    lines = []
    for (_, label), mine in own.groupby(["quantity", "label"], sort=False):
        differences = apart[apart["label"] == label]
        error = coarsest([*mine["mcse"], *differences["mcse"]]) or None
        lines.append(
            [
                label,
                *(_cell(mine, strategy, error) for strategy in results.strategies),
                *(_cell(differences, strategy, error, spread=True) for strategy in results.interventions),
            ]
        )
    return Table(
        title=titled(f"Counts per {results.person}", results, scenario),
        header=["", *results.strategies, *results.interventions],
        groups=[
            ("", 1),
            ("Mean", len(results.strategies)),
            (f"Difference from {results.comparator}", len(results.interventions)),
        ],
        rows=lines,
        note=f"Means per {results.person}, over all uncertainty; differences with 95% intervals. Counts are not "
        "discounted, unless the model is a function that does so itself.",
    )


def _cell(rows: pd.DataFrame, strategy: str, error: float | None, *, spread: bool = False) -> str:
    """The mean of a strategy, with its interval where that is asked for."""
    row = rows[rows["strategy"] == strategy].iloc[0]
    mean = number(row["value"], error)
    if not spread or pd.isna(row["lower"]):
        return mean
    return f"{mean} ({number(row['lower'], error)} to {number(row['upper'], error)})"

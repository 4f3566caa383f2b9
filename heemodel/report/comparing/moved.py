"""Which headline figures moved, which did not beyond chance, and which decisions turned."""

from collections.abc import Sequence

import pandas as pd

from heemodel.analysis import RunComparison
from heemodel.report.comparing.summary import turned_in_words
from heemodel.report.comparing.wording import called, difference, figure, label_of, names_of, of_strategy
from heemodel.report.document import Block, Folded, Points, Section, Table, Words


def turned(comparison: RunComparison) -> Section:
    """The decisions that are not the same."""
    sentences = [turned_in_words(comparison, row) for _, row in comparison.turned.iterrows()]
    of = len(comparison.tables["decisions"])
    block = Points(points=sentences) if sentences else Words(f"None of {of} decisions turned.", "finding")
    note = Words(
        "Looked at are, in every scenario: the best value at each threshold; whether each intervention saves money and "
        "is better value than the comparator on average; and whether each of these is likelier than not. Within "
        "chance: in one of the runs the figure that decides is not told from where it turns.",
        "note",
    )
    return Section(name="decisions", title="Decisions that turned", link="Decisions", blocks=[block, note])


def moved(comparison: RunComparison) -> Section:
    """Main figures of each scenario that moved; further ones, and those that chance alone explains, folded away."""
    names, table = names_of(comparison), comparison.tables["headlines"]
    sampled = table[table["basis"] == "probabilistic"]
    blocks: list[Block] = []
    for scenario in comparison.scenarios:
        mine = sampled[(sampled["scenario"] == scenario) & sampled["moved"]]
        main, rest = mine[mine["quantity"].isin(names)], mine[~mine["quantity"].isin(names)]
        for rows, what in ((main, "Moved by more than chance"), (rest, "Further figures that moved")):
            if len(rows):
                title = f"{what}, {label_of(comparison, scenario)}"
                table = _table(comparison, rows, title)
                open_ = rows is main and scenario == comparison.scenarios[0]
                blocks.append(table if open_ else Folded(title=f"{title}: {len(rows)} figures", blocks=[table]))
    blocks = blocks or [Words("No headline figure moved by more than chance.", "finding")]
    return Section(
        name="moved",
        title="Figures that moved",
        blocks=[*blocks, *_within_chance(comparison, sampled, names)],
    )


def _within_chance(comparison: RunComparison, sampled: pd.DataFrame, names: dict[str, str]) -> list[Block]:
    """Main figures that are not the same, and not told apart from chance."""
    still = sampled[
        ~sampled["moved"] & ~sampled["same"] & (sampled["difference"].fillna(0) != 0) & sampled["quantity"].isin(names)
    ]
    if still.empty:
        return []
    title = "Not told apart from chance"
    return [Folded(title=f"{title}: {len(still)} figures", blocks=[_table(comparison, still, title, scenario=True)])]


def _table(comparison: RunComparison, rows: pd.DataFrame, title: str, *, scenario: bool = False) -> Table:
    """Figures of both runs side by side."""
    names = names_of(comparison)

    def heading(row: pd.Series) -> str:
        where = f"{label_of(comparison, str(row['scenario']))}: " if scenario else ""
        quantity, strategy = str(row["quantity"]), str(row["strategy"])
        return f"{where}{called(quantity, names)}{of_strategy(comparison, strategy, quantity)}"

    cells: list[Sequence[str]] = [
        [
            heading(row),
            *(figure(comparison, row, run) for run in ("before", "after")),
            difference(comparison, row),
        ]
        for _, row in rows.iterrows()
    ]
    return Table(
        title=title,
        header=["", *comparison.names, "Difference"],
        rows=cells,
        note=f"Means over all uncertainty. After ±, one Monte Carlo standard error of the difference, {_errors(rows)}.",
    )


def _errors(rows: pd.DataFrame) -> str:
    """Where the errors of differences are from."""
    kinds = set(rows["error_from"]) - {""}
    if kinds == {"common draws"}:
        return "from the differences draw by draw, as both runs share their draws"
    if kinds == {"both runs"}:
        return "of both runs together"
    return "draw by draw where the figure is a mean over common draws, else of both runs together"

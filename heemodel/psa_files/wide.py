"""Tables with a row for each sample: the columns that number samples, and whose costs and QALYs the others hold."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.errors import mismatches, nearest
from heemodel.psa_files.conventions import COST, QALY, Pairs, pairs, without_word
from heemodel.psa_files.tables import (
    UNNAMED,
    Table,
    check_index,
    check_size,
    check_strategies,
    miscounted,
    several,
)

NUMBERING = ("sample", "iteration", "draw", "sim", "id")
"""What a column that numbers the samples is called, in any capitals."""
COUNTS = 10
"""From so many samples on, outcomes that run 1, 2, 3 … are row numbers under another name."""
NUMBERS_ROWS = "column {!r} numbers the rows; if it is the sample, call it sample, or delete it"
ASK = "say with columns= which are meant: strategy, its column of costs, its column of QALYs"

Named = dict[str, tuple[str, str]]
"""Columns of costs and of QALYs by strategy."""


class Wide:
    """A table with the columns that number its samples told apart from the others."""

    def __init__(self, table: Table) -> None:
        named = list(enumerate(table.names))
        counting = [at for at, name in named if name.casefold() in NUMBERING or (name in UNNAMED and (name or not at))]
        self.table = table
        self.names = [name for at, name in named if at not in counting and name.strip()]
        self.numbers: dict[str, Any] = {}
        self.samples: NDArray[np.float64] | None = None
        if len(counting) > 1:
            found = " and ".join(map(table.place, counting))
            table.problem(f"{table.head}: {found} both number the samples; leave one out")
        if table.columns is not None:
            check_size(table, len(table.columns[0]))
            self.numbers = {table.names[at]: table.columns[at] for at, _ in named if at not in counting}
            if counting and isinstance(table.columns[counting[0]], pd.Categorical):
                table.problem(f"{table.place(counting[0])} holds names; number the rows 1 to n or 0 to n − 1")
            elif counting and check_index(table, counting[0]):
                self.samples = table.columns[counting[0]]

    def rename(self, names: Mapping[str, str]) -> None:
        """Call columns otherwise, and say so."""
        self.names = [names.get(name, name) for name in self.names]
        self.numbers = {names.get(name, name): values for name, values in self.numbers.items()}
        if mended := [f"column {old!r} as that of {new!r}" for old, new in names.items() if old != new]:
            self.table.readings.append(", ".join(mended))


def check_outcome(wide: Wide) -> None:
    """Note what cannot be costs or effects by strategy."""
    table = wide.table
    if table.sound or wide.names:
        check_strategies(table, wide.names, table.head)
    if table.sound and table.rows is not None and len(wide.names) > table.rows > 1:
        table.problem(
            f"there are {len(wide.names):,} strategies and {table.rows:,} samples; give a column for each strategy and "
            "a row for each sample, more of these than of strategies"
        )
    for name, values in wide.numbers.items():
        check_no_numbering(table, name, values)


def check_no_numbering(table: Table, name: str, values: NDArray[np.float64]) -> None:
    """Note costs or QALYs that number the rows."""
    if _is_numbering(values):
        table.problem(NUMBERS_ROWS.format(name))


def _is_numbering(values: NDArray[np.float64]) -> bool:
    """Whether so many numbers run 1, 2, 3 … or 0, 1, 2 … that they can be nothing else."""
    counted = len(values) >= COUNTS and values[0] in (0, 1)
    return bool(counted and np.array_equal(values - values[0], np.arange(len(values))))


def name_alike(costs: Wide, effects: Wide, columns: Named | None, match: str) -> None:
    """Give the columns of both files the names of their strategies, where they are called otherwise.

    Parameters
    ----------
    costs, effects : the files
    columns : strategy → its columns, where they are given
    match : "order" takes the columns of the effects for those of the costs in their order
    """
    if columns is not None:
        for place, wide in enumerate((costs, effects)):
            _rename_given(wide, {pair[place]: strategy for strategy, pair in columns.items()})
    elif match == "order":
        _match_order(costs, effects)
    elif set(costs.names) != set(effects.names):
        _leave_out_words(costs, effects)


def _leave_out_words(costs: Wide, effects: Wide) -> None:
    """Leave out of the names what outcome they are of, where only then both files have the same strategies."""
    words = [word for some in QALY for word in some]
    bare = without_word(costs.names, COST), without_word(effects.names, words)
    for cost, effect in product(*((wide.names, plain) for wide, plain in zip((costs, effects), bare, strict=True))):
        if cost is not None and effect is not None and len(set(cost)) > 1 and set(cost) == set(effect):
            for wide, strategies in ((costs, cost), (effects, effect)):
                wide.rename(dict(zip(wide.names, strategies, strict=True)))
            return


def _rename_given(wide: Wide, names: Mapping[str, str]) -> None:
    """Call columns as they are given, all of them."""
    unknown, missing = mismatches(names, wide.names)
    for name in unknown:
        wide.table.problem(f"{wide.table.head}: columns= has no column {name!r} here; {nearest(name, wide.names)}")
    for name in missing:
        wide.table.problem(f"{wide.table.head}: column {name!r} is that of no strategy in columns=; add it there")
    if not unknown and not missing:
        wide.rename(names)


def _match_order(costs: Wide, effects: Wide) -> None:
    """Call the columns of the effects like those of the costs in the same place."""
    head, wanted = effects.table.head, costs.names
    if len(effects.names) != len(wanted):
        effects.table.problem(
            f"{head}: there are {several(len(effects.names), 'column')}, and in {costs.table.file} "
            f"{several(len(wanted), 'column')}; to be matched by order there must be as many"
        )
    elif moved := [name for name, other in zip(effects.names, wanted, strict=True) if name != other and name in wanted]:
        effects.table.problem(
            f"{head}: {moved[0]!r} is the name of a strategy in {costs.table.file} too, and in another place: "
            'match="order" would give it another name; leave it out'
        )
    else:
        effects.rename(dict(zip(effects.names, wanted, strict=True)))


def match_strategies(costs: Wide, effects: Wide) -> None:
    """Note strategies that only one of the files has."""
    head, there = effects.table.head, costs.table.file
    if not set(costs.names) & set(effects.names) and min(len(costs.names), len(effects.names)) > 1:
        alike = len(costs.names) == len(effects.names)
        order = '; or, if they stand in the same order, give match="order"' if alike else ""
        effects.table.problem(
            f"{head}: the strategies differ: {', '.join(effects.names)} here, and {', '.join(costs.names)} in {there}. "
            f"Rename the columns, so that a strategy has one name in both{order}"
        )
        return
    unknown, missing = mismatches(effects.names, costs.names)
    for name in unknown:
        effects.table.problem(f"{head}: {there} has no strategy {name!r}; {nearest(name, costs.names)}")
    for name in missing:
        values = costs.numbers.get(name)
        if isinstance(values, np.ndarray) and miscounted(values) is None:  # no strategy: it numbers the rows
            if not _is_numbering(values):
                costs.table.problem(NUMBERS_ROWS.format(name))
            continue
        effects.table.problem(f"{head}: there is no strategy {name!r}, as in {there}; add its column")
    read = costs.numbers and effects.numbers and not unknown and not missing
    if read and all(np.array_equal(effects.numbers[name], numbers) for name, numbers in costs.numbers.items()):
        effects.table.problem(f"the numbers are those of {there}; give costs and QALYs")


def match_samples(first: Wide, other: Wide) -> None:
    """Note where two files do not have the same samples in the same rows."""
    rows, wanted = other.table.rows, first.table.rows
    if rows is None or wanted is None:
        return
    if rows != wanted:
        other.table.problem(
            f"there are {several(rows, 'sample')}, and in {first.table.file} {several(wanted, 'sample')}; give the "
            "same samples in the same rows"
        )
        return
    here, there = (
        np.arange(rows) if one.samples is None else one.samples - one.samples.min() for one in (other, first)
    )
    if (differs := here != there).any():
        row = int(np.argmax(differs))
        other.table.problem(
            f"row {other.table.row(row)} is sample {here[row] + 1:.0f}, and in {first.table.file} sample "
            f"{there[row] + 1:.0f}, both counted from 1; sort the rows of both by sample"
        )


def find_columns(table: Table, names: Sequence[str], columns: Named | None) -> Named:
    """Whose costs and QALYs the columns of one table hold; noted where that cannot be told.

    Parameters
    ----------
    table : with a row for each sample
    names : of the columns that do not number samples
    columns : strategy → its columns, where they are given
    """
    if columns is not None:
        asked = [column for pair in columns.values() for column in pair]
        for column in dict.fromkeys(asked):
            if column not in names:
                table.problem(f"{table.head}: columns= has no column {column!r} here; {nearest(column, names)}")
            elif asked.count(column) > 1:
                table.problem(f"{table.head}: columns= has column {column!r} twice; each is of one strategy")
        return columns
    ways = pairs(names)
    if len(ways) == 1 and ways[0].complete:
        found = ways[0]
        return {strategy: (column, found.qaly[strategy]) for strategy, column in found.cost.items()}
    _explain(table, ways)
    return {}


def _explain(table: Table, ways: Sequence[Pairs]) -> None:
    """Note why columns cannot be told, and what would do."""
    if len(ways) > 1:
        table.problem(f"{table.head}: costs and QALYs of strategies can be found in several ways; {ASK}")
        return
    (found,) = ways
    unknown, missing = mismatches(found.qaly, found.cost)
    unpaired = [f"QALYs of {name!r} and no costs; {nearest(name, found.cost)}" for name in unknown]
    unpaired += [f"costs of {name!r} and no QALYs" for name in missing]
    unpaired = unpaired or [f"only the strategy {next(iter(found.cost))!r}; give two or more"]
    table.problem(
        f"{table.head}: there are {'; '.join(unpaired)}. Give both columns for each strategy, named alike, such as "
        f"cost_old and qaly_old; or {ASK}"
    )

"""A table of names in row 1 and numbers below, with all that is wrong in it collected first."""

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat, zip_longest
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import control_character
from heemodel.psa_files.cells import (
    Interpreted,
    as_name,
    few_enough,
    is_blank,
    is_heading,
    is_name,
    is_number,
    shown,
)
from heemodel.psa_files.text import letters

TOLD = 20
"""Problems that are told; of more there is the number."""
CATEGORIES = 50
"""Different names that a parameter may have for values."""
FEW_NAMES = "names: at most {} different, each twice or more on average"
UNNAMED = ("", "__index_level_0__", "Unnamed: 0")
"""What a column of row numbers is called that nobody named: by R and pandas, in parquet, and by pandas once more."""

Reader = Callable[[Any], Interpreted | str]
"""What reads a cell: a number, or what is wrong with it."""


@dataclass
class Table:
    """A table of a file, as far as it could be read.

    Attributes
    ----------
    file : what it is called in errors
    names : of the columns, from row 1
    columns : for each name the numbers below (NaN where there is none), or a pandas.Categorical of names; None if they
        could not be read
    sha256 : of the file
    problems : what is wrong, as far as it is told
    count : how much is wrong
    above : rows above that of the names
    said : how what is not plain in it was read
    sound : whether its names and rows are as they should be, so that it makes sense to compare it with other files
    """

    file: str
    names: list[str] = field(default_factory=list)
    columns: list[Any] | None = None
    sha256: str = ""
    problems: list[str] = field(default_factory=list)
    count: int = 0
    above: int = 0
    readings: list[str] = field(default_factory=list)
    sound: bool = False

    def problem(self, what: str, count: int = 1) -> None:
        """Note what is wrong, and how often."""
        self.count += count
        if len(self.problems) < TOLD:
            self.problems.append(f"{self.file}: {what}")

    @property
    def rows(self) -> int | None:
        """How many rows of numbers there are; None if they could not be read."""
        return None if self.columns is None else len(self.columns[0])

    @property
    def head(self) -> str:
        """Where the names are, in errors."""
        return f"row {self.above + 1}"

    def row(self, place: int) -> int:
        """The number of a row of the file, from its place below the names."""
        return self.above + 2 + place

    def place(self, column: int) -> str:
        """What a column is called in errors."""
        return f"column {letters(column)}" + (f" {self.names[column]!r}" if self.names[column] else "")


def several(count: int, what: str) -> str:
    """A number of things in words."""
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def miscounted(numbers: NDArray[np.float64]) -> int | None:
    """The first place where numbers are not 1 to n or 0 to n − 1, each once in any order; None if there is none."""
    expected = np.arange(len(numbers)) + (0 if (numbers == 0).any() else 1)
    if np.array_equal(numbers, expected):
        return None
    good = np.isin(numbers, expected)
    good[np.setdiff1d(np.arange(len(numbers)), np.unique(numbers, return_index=True)[1])] = False
    return None if good.all() else int(np.argmin(good))


def check_index(table: Table, column: int) -> bool:
    """Whether a column numbers the rows; noted if not, unless what is no number in it has been already."""
    numbers = np.empty(0) if table.columns is None else table.columns[column]
    row = miscounted(numbers)
    if row is not None and not (np.isnan(numbers[row]) and table.names[column]):
        found = "no number" if np.isnan(numbers[row]) else f"{numbers[row]:g}"
        cure = "number the rows 1 to n or 0 to n − 1" + ("" if table.names[column] else ", or give the column a name")
        table.problem(
            f"row {table.row(row)}, {table.place(column)} has {found}, which is out of range or there twice; {cure}"
        )
    return row is None


def check_strategies(table: Table, strategies: Sequence[str], where: str) -> None:
    """Note what is wrong with the names of strategies."""
    folded = [name.casefold() for name in strategies]
    for at, name in enumerate(strategies):
        other = strategies[folded.index(folded[at])]
        if other != name:
            table.problem(f"{where}: strategies {other!r} and {name!r} differ only in capitals; spell one otherwise")
    if len(strategies) < 2:
        found = f"only the strategy {strategies[0]!r}" if strategies else "no strategy"
        table.problem(f"{where}: there is {found}; give two or more, and separate columns by comma, semicolon or tab")


def check_size(table: Table, samples: int) -> None:
    """Note that one sample is not a PSA."""
    if samples == 1:
        table.problem("there is one sample; a PSA has two or more")


def refusal(*tables: Table) -> OutcomeError:
    """The problems of all tables together, a line for each; of each table as many as there is room for."""
    turns = zip_longest(*(table.problems for table in tables))
    found = [(at, problem) for turn in turns for at, problem in enumerate(turn) if problem is not None]
    reported = [problem for _, problem in sorted(found[:TOLD], key=lambda one: one[0])]
    more = sum(table.count for table in tables) - len(reported)
    return OutcomeError("\n".join([*reported, *([f"… and {more:,} more"] if more else [])]))


def check_names(table: Table) -> bool:
    """Note what is wrong with the names; whether there are any, so that it makes sense to read on."""
    names = table.names
    if not any(name.strip() for name in names):
        table.problem(f"has nothing in {table.head}; give names there, and below them a row for each sample")
        return False
    if all(is_number(name) for name in names if name.strip()):
        table.problem(
            f"{table.head} holds numbers ({shown(next(filter(None, names)))}); it must hold the columns' names"
        )
        return False
    for at, name in enumerate(names):
        if at and not name.strip():
            table.problem(f"{table.head}: column {letters(at)} has no name; name it, or delete the column")
        elif name != name.strip():
            table.problem(f"{table.head}, {table.place(at)}: remove the blanks around the name")
        elif control := control_character(name):
            table.problem(f"{table.head}, {table.place(at)}: remove the control character {control} from the name")
        elif name in names[:at]:
            first = letters(names.index(name))
            table.problem(f"{table.head}: columns {first} and {letters(at)} are both called {name!r}; rename one")
    table.sound = not table.count
    return True


def collect(
    table: Table, rows: Iterable[Sequence[Any]], read: Reader, text: int | None, *, categories: int = 0
) -> None:
    """Read rows cell by cell, and note what is wrong with them; what has no name is not told of.

    Parameters
    ----------
    table : the table, with its names
    rows : what is below the names
    read : reads a cell of numbers
    text : the column that holds names, if there is one
    categories : how many different names any other column may hold instead of numbers
    """
    width = len(table.names)
    cells = _Cells(table, read, text, categories)
    blank = 0
    for row, given in enumerate(rows, start=table.row(0)):
        if all(is_blank(cell) for cell in given):
            blank = blank or row
            continue
        if blank:
            cells.skip(blank, row)
            blank = 0
        if len(given) > width:
            cells.note(
                row,
                width,
                f"has {len(given):,} cells for {several(width, 'name')}; {_unnamed(len(given), width, table.above)}",
            )
        for column, cell in zip(range(width), chain(given, repeat(None)), strict=False):
            cells.add(row, column, cell)
    table.columns = cells.columns()
    if not cells.rows:
        table.problem(f"has names in {table.head} and no rows below; give a row for each sample")


def _unnamed(cells: int, names: int, above: int) -> str:
    """What to do about cells that are more than the names."""
    if cells == names + 1:
        return "name each column (R: row.names = FALSE)"
    at = above + 1
    return f"row {at} must hold a name for each column; if it is a title, put its text into one cell, or delete it"


class _Cells:
    """What cells hold, by column, and what is wrong with them; of each column as much as could be told."""

    def __init__(self, table: Table, read: Reader, text: int | None, categories: int) -> None:
        self.table, self.read, self.text, self.categories = table, read, text, categories
        self.named: dict[int, list[str]] = {at: [] for at in range(len(table.names)) if categories and at != text}
        self.numbers, self.labels = [array("d") for _ in table.names], list[str]()
        self.wrong: list[list[tuple[int, str]]] = [[] for _ in range(len(table.names) + 1)]  # the last one: whole rows
        self.counts = [0] * (len(table.names) + 1)
        self.interpreted: dict[str, tuple[int, str]] = {}
        self.first: dict[int, bool] = {}
        """Whether cells of the first row that hold something hold words."""

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.labels) if self.text == 0 else len(self.numbers[0])

    def note(self, row: int, column: int, what: str) -> None:
        """Note what is wrong with a cell, or with a row as a whole."""
        self.counts[column] += 1
        if len(self.wrong[column]) < TOLD:
            self.wrong[column].append((row, what))

    def add(self, row: int, column: int, cell: object) -> None:
        """Read a cell."""
        if column == self.text:
            self.labels.append(as_name(cell))
            wrong = None if self.labels[-1].strip() else "is blank; give a name"
        else:
            found = self.read(cell)
            wrong = found if isinstance(found, str) else None
            self.numbers[column].append(math.nan if isinstance(found, str) else found.value)
            if not isinstance(found, str) and found.kinds:
                self.interpret(row, column, cell, found)
            if row == self.table.row(0) and not is_blank(cell):
                self.first[column] = is_heading(cell)
            if column in self.named:
                if wrong and is_name(cell):
                    self.named[column].append(str(cell))
                else:
                    del self.named[column]
        if wrong and self.table.names[column]:
            self.note(row, column, wrong)

    def skip(self, blank: int, row: int) -> None:
        """Note that rows from a blank one on are blank, and fill them, so that those below keep their numbers."""
        self.note(blank, len(self.table.names), "is blank; delete it")
        for column in self.numbers:
            column.extend([math.nan] * (row - blank))
        for labels in (self.labels, *self.named.values()):
            labels.extend([""] * (row - blank))

    def interpret(self, row: int, column: int, cell: object, found: Interpreted) -> None:
        """Count what was read in a way that has to be said, and keep the first of each kind."""
        for kind in found.kinds:
            example = f"row {row}, {self.table.place(column)}: {shown(cell)} as {found.value:.12g}"
            count, first = self.interpreted.get(kind, (0, example))
            self.interpreted[kind] = count + 1, first

    def _second_names(self) -> bool:
        """Whether the first row below the names, and no other, holds words in every cell, which is noted instead."""
        first = self.table.row(0)
        enough = len(self.first) >= min(2, len(self.table.names))
        if not enough or not all(self.first.values()) or any(self.counts[at] != 1 for at in self.first):
            return False
        self.table.problems.clear()  # what is wrong with the names above, if they are none
        self.table.count = 0
        self.table.problem(
            f"row {first} holds words, as row {first - 1} does: keep the one with the names, right above the numbers, "
            "and delete the other"
        )
        self.table.sound = False
        return True

    def columns(self) -> list[Any] | None:
        """The columns, or None if there are no rows; what is wrong is noted, once where it is a whole column."""
        rows = self.rows
        for kind, (count, example) in self.interpreted.items():
            self.table.readings.append(f"{kind} ({several(count, 'cell')}; the first is {example})")
        if rows > 1 and self._second_names():
            return None
        reported: list[tuple[int, str, str]] = []
        named = {at: names for at, names in self.named.items() if rows > 1 and few_enough(names, self.categories)}
        for column, ones in enumerate(self.wrong):
            if column in named:
                continue
            place = self.table.place(column) if ones and column < len(self.numbers) else ""
            if 1 < rows == self.counts[column]:
                row, what = ones[0]
                belong = f"; if these are names of strategies, they belong in {self.table.head}"
                cure = "" if column or self.categories or "formula" in what else belong
                cure += f"; {FEW_NAMES.format(self.categories)}" * (column in self.named)
                found = f"{place} holds no numbers: row {row} {what}{cure}" if place else f"every row {what}"
                self.table.problem(found)
            else:
                reported += [(row, place, what) for row, what in ones]
                self.table.count += self.counts[column] - len(ones)
            self.table.sound &= self.counts[column] < max(rows, 2) and (bool(place) or not ones)
        for row, place, what in sorted(reported):
            self.table.problem(f"row {row}, {place} {what}" if place else f"row {row} {what}")
        labels = named | ({} if self.text is None else {self.text: self.labels})
        read = [pd.Categorical(labels[at]) if at in labels else np.array(one) for at, one in enumerate(self.numbers)]
        return read if rows else None

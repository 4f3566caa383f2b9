"""What a workbook of inputs consists of: sheets of rows, whose cells show something, work it out or take a value."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Path = tuple[str | int, ...]
"""Where in an inputs file a value stands: names of tables and key, then the places in a list."""
Kind = Literal["number", "positive", "whole", "share", "per cent", "text"]
"""Of a value: any number; one above 0; a whole one, 0 or more; one from 0 to 1; from 0 to 100; words."""
PLACE = "Place"
"""The column that says which value of the inputs file a row is about."""


@dataclass(frozen=True)
class Entry:
    """A cell to fill in.

    Attributes
    ----------
    path : of the value in the inputs
    kind : of value
    value : what stands in the cell when the workbook is written
    choices : values to choose from in a list
    others : whether it may be something else than one of the choices
    help : shown when the cell is chosen
    """

    path: Path
    kind: Kind
    value: Any = None
    choices: tuple[str, ...] = ()
    others: bool = False
    help: str = ""


@dataclass(frozen=True)
class Shown:
    """A cell to read."""

    value: str | float | None
    faint: bool = False


@dataclass(frozen=True)
class Formula:
    """A cell that is worked out; @0, @1 and so on in its text stand for other cells, by the row and the column."""

    text: str
    of: tuple[tuple[str, str], ...]
    value: str = ""
    """What it shows before it is worked out."""
    plain: bool = False
    """Whether it looks like a cell to read."""


Cell = Entry | Shown | Formula


@dataclass(frozen=True)
class Column:
    """A column with its heading and width in characters."""

    heading: str
    width: float = 14
    fill: bool = False
    """Whether cells in it are to be filled in."""


@dataclass(frozen=True)
class Row:
    """A row: its place in words, and its cells by the heading of their column."""

    place: str
    cells: Mapping[str, Cell]
    begins: bool = False
    """Whether a figure begins here, so that a line is drawn above."""


@dataclass(frozen=True)
class Sheet:
    """A sheet: a title, sentences that say how to use it, one row of headings, and rows."""

    name: str
    title: str
    guide: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Row] = field(default_factory=list)
    frozen: int = 1
    """Columns that stay in sight."""
    to_fill: bool = False
    """Whether cells are empty and wait to be filled in, rather than to be changed."""
    unprinted: int = 0
    """Columns at the end that are not printed."""

    def entries(self) -> Iterator[tuple[Row, str, Entry]]:
        """Every cell to fill in, with its row and the heading of its column."""
        for row in self.rows:
            for heading, cell in row.cells.items():
                if isinstance(cell, Entry):
                    yield row, heading, cell


def in_words(path: Path) -> str:
    """A path as it is printed: "data.stay_before.quartiles[0]".

    >>> in_words(("data", "stay_before", "quartiles", 0))
    'data.stay_before.quartiles[0]'
    """
    return ".".join(str(step) for step in path if isinstance(step, str)) + "".join(
        f"[{step}]" for step in path if isinstance(step, int)
    )

"""Where in a file its table begins: what separates cells, and which row holds the names."""

import csv
import re
from collections.abc import Sequence
from itertools import pairwise

from heemodel.decision.outcomes import OutcomeError
from heemodel.psa_files.cells import filled, holds_number, is_blank, shown

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
HEAD = 30
"""Rows at the top of a file in which its names are looked for."""
QUOTED = re.compile(r'"(?:[^"]|"")*"')
EXCEL = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)
"""The line with which Excel is told what separates cells."""


def titles_above(rows: Sequence[Sequence[object]]) -> int:
    """How many rows above the names are titles or blank: 0 unless that is how the table can be read.

    Titles have their text in the first cell alone. The names are then the first row with several cells filled, none of
    them with a number, and the row below it has no more cells, and numbers among them.

    Parameters
    ----------
    rows : the first ones of a file

    Returns
    -------
    number of rows

    Examples
    --------
    >>> titles_above([["My model"], [], ["old", "new"], ["1", "2"]]), titles_above([["old", "new"], ["1", "2"]])
    (2, 0)
    """
    for at, row in enumerate(rows):
        cells = filled(row)
        if at and cells and not any(map(holds_number, cells)):
            nothing_above = not any(filled(above) for above in rows[:at])
            below = next((one for one in rows[at + 1 :] if filled(one)), [])
            if (
                (len(cells) > 1 or nothing_above)
                and _width(below) <= _width(row)
                and len(filled(below)) >= min(2, len(cells))
                and any(map(holds_number, below))
            ):
                return at
        if cells and (len(cells) > 1 or is_blank(row[0]) or holds_number(row[0])):
            return 0
    return 0


def refuse_other_rows(rows: Sequence[Sequence[object]], first: int) -> None:
    """Refuse rows above the names that are more than titles, such as a date or an author beside a word for it.

    Parameters
    ----------
    rows : the first ones that are not titles
    first : number of the first of them in the file

    Raises
    ------
    OutcomeError
        if the names seem to be in a row below the first: a wider one of words alone, right above numbers
    """
    widest = _width(rows[0]) if rows else 0
    for at, (row, below) in enumerate(pairwise(rows)):
        cells = filled(row)
        if at and _width(row) > widest and len(cells) > 1 and not any(map(holds_number, cells)):
            if _width(below) == _width(row) and any(map(holds_number, below)):
                above = f"row {first}" if at == 1 else f"rows {first} to {first + at - 1}"
                raise OutcomeError(
                    f"the names seem to be in row {first + at}; delete {above}, or leave text in the first cell alone"
                )
            return
        widest = max(widest, _width(row))


def titles_read(rows: Sequence[Sequence[object]], first: int) -> list[str]:
    """What is said of rows that are titles: which they are, and where the names are.

    Parameters
    ----------
    rows : the titles
    first : number of the first of them in the file
    """
    if not rows:
        return []
    words = [shown(cells[0]) for row in rows if (cells := filled(row))]
    last = first + len(rows) - 1
    place = f"row {first}" if first == last else f"rows {first} to {last}"
    what = f"a title ({'; '.join(words)})" if words else "blank"
    return [f"{place} as {what}, and names from row {last + 1}"]


def separator_of(lines: Sequence[str]) -> tuple[str, int]:
    """What separates the cells of a text file, and how many of its first lines stand above the names.

    Parameters
    ----------
    lines : the first ones, without their ends

    Raises
    ------
    OutcomeError
        if it cannot be told
    """
    asked = EXCEL.fullmatch(lines[0]) if lines else None
    if asked is not None:
        if asked[1] not in SEPARATORS:
            raise OutcomeError(
                f"row 1 says that {asked[1]!r} separates cells; save the file with commas, semicolons or tabs "
                "between them"
            )
        return asked[1], 1 + titles_above(_rows(lines[1:], asked[1]))
    bare = QUOTED.sub("", lines[0] if lines else "")
    there = [separator for separator in SEPARATORS if separator in bare]
    fitting = [separator for separator in there if _fits(_rows(lines, separator))]
    if len(fitting) == 1 and (len(there) > 1 or '"' not in bare):
        return fitting[0], 0
    below = {separator: titles_above(_rows(lines, separator)) for separator in SEPARATORS}
    titled = [separator for separator, count in below.items() if count]
    if len(titled) == 1:
        return titled[0], below[titled[0]]
    if '"' in bare:
        raise OutcomeError("row 1 has a quotation mark that is not closed, or a name with a line break; mend the name")
    if len(there) > 1:
        raise OutcomeError(
            f"row 1 has {_listed(there)}; separate names by one of them, and put names that have another in quotation "
            "marks"
        )
    return (there[0] if there else ","), 0


def _fits(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has as many cells as the next one that is not blank, and that one has numbers."""
    below = next((row for row in rows[1:] if filled(row)), [])
    return bool(rows) and len(rows[0]) == len(below) > 1 and any(map(holds_number, below))


def _rows(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Lines as cells; a line by itself, so that a quotation mark that is not closed stays in its own."""
    try:
        return [next(csv.reader([line], delimiter=separator), []) for line in lines]
    except csv.Error:
        return []


def _width(row: Sequence[object]) -> int:
    """Cells up to the last filled one."""
    return max((at + 1 for at, cell in enumerate(row) if not is_blank(cell)), default=0)


def _listed(separators: Sequence[str] | dict[str, str]) -> str:
    """Separators in words."""
    return " and ".join(SEPARATORS[separator] for separator in separators)

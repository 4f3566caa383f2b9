"""Text files of numbers (csv and its kin): encoding, separator and decimal mark are found, never guessed."""

import codecs
import contextlib
import csv
import gzip
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from heemodel.decision.outcomes import OutcomeError
from heemodel.psa_files.cells import MARKS, as_number
from heemodel.psa_files.layout import HEAD, refuse_other_rows, separator_of, titles_read

UTF8 = "utf-8-sig"
"""UTF-8, with or without a mark at the start."""
LONGEST = 1 << 25
"""Characters that the row of names may have."""
BLOCK = 1 << 22
"""Bytes that are parsed at once; longer rows are read cell by cell."""


def letters(column: int) -> str:
    """What a spreadsheet calls a column."""
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


@dataclass(frozen=True)
class TextFile:
    """A text file whose encoding and separator are known.

    Attributes
    ----------
    path : where it is
    encoding : UTF-8 or, with its mark at the start, UTF-16
    separator : between the cells of a row
    above : rows above that of the names
    """

    path: Path
    encoding: str
    separator: str
    above: int = 0

    def rows(self) -> Iterator[list[str]]:
        """All rows; one without any text has no cells."""
        with _opened(self.path, self.encoding) as file:
            yield from csv.reader(file, delimiter=self.separator)

    def decimal_mark(self, text: Collection[int]) -> str:
        """The only mark with which the numbers can be read: that of the first cell which has one reading.

        In a file with commas between its cells a point is a decimal point.

        Parameters
        ----------
        text : the columns that hold names

        Raises
        ------
        OutcomeError
            if all cells that have a mark can be read in two ways, as 1,234 can
        """
        unclear = ""
        below = self.above + 1
        for row, cells in enumerate(islice(self.rows(), below, None), start=below + 1):
            for column, cell in enumerate(cells):
                if column in text or ("," not in cell and "." not in cell):
                    continue
                marks = [mark for mark in MARKS if as_number(cell, mark) is not None]
                if len(marks) == 1 or (marks and self.separator == "," and "." in cell):
                    return marks[0]
                if marks and not unclear:
                    unclear = f"row {row}, column {letters(column)}: {cell!r}"
        if unclear:
            raise OutcomeError(
                f"{unclear} may have a decimal mark or a thousands separator, and so may all others; save the file "
                "without thousands separators and with more decimals"
            )
        return "."

    def parse(self, text: Collection[int], mark: str, width: int) -> list[Any] | None:
        """The columns below the names, if every cell in them is as it should be; else None.

        Parameters
        ----------
        text : the columns that hold names
        mark : decimal mark
        width : number of columns

        Returns
        -------
        arrays of finite numbers, and for names a pandas.Categorical
        """
        arrow, reader = import_module("pyarrow"), import_module("pyarrow.csv")  # where needed: neither has types
        types = {str(column): arrow.float64() for column in range(width)}
        for column in text:
            types[str(column)] = arrow.dictionary(arrow.int32(), arrow.string())
        try:
            with self._stream(arrow) as stream:
                table = reader.read_csv(
                    stream,
                    reader.ReadOptions(column_names=list(types), skip_rows=self.above + 1, block_size=BLOCK),
                    reader.ParseOptions(delimiter=self.separator, ignore_empty_lines=False),
                    reader.ConvertOptions(
                        column_types=types, null_values=[""], strings_can_be_null=True, decimal_point=mark
                    ),
                )
        except (arrow.ArrowException, OSError, UnicodeError):
            return None
        return from_arrow(table, text)

    def _stream(self, arrow: Any) -> Any:
        """The file as UTF-8 that Arrow reads without calling Python.

        Its threads let go of what they read at any time; were there Python in it, as there is in Arrow's own change
        of encoding, and the program just ending, the process would be aborted.
        """
        if self.encoding == UTF8:  # Arrow passes over the mark at the start
            return arrow.input_stream(str(self.path))
        sink = arrow.BufferOutputStream()
        with _opened(self.path, self.encoding) as file:
            while some := file.read(BLOCK):
                sink.write(some.encode())
        return arrow.BufferReader(sink.getvalue())


def from_arrow(table: Any, text: Collection[int]) -> list[Any] | None:
    """The columns of an Arrow table without blank rows at its end; None if anything is missing or infinite."""
    filled = len(table)
    while filled and not any(column[filled - 1].is_valid for column in table.columns):
        filled -= 1
    columns: list[Any] = []
    for column in range(table.num_columns):
        values = table.column(0).slice(0, filled)
        table = table.remove_column(0)
        if values.null_count:
            return None
        columns.append(values.to_pandas().array if column in text else values.to_numpy())
        if column not in text and not np.isfinite(columns[-1]).all():
            return None
    return columns


def open_text(path: Path) -> tuple[TextFile, list[str], list[str]]:
    """A text file, the names in its first row or below its titles, and what is to be said of the rows above them.

    Raises
    ------
    OutcomeError
        if it is not text, or it cannot be told what separates its names
    """
    encoding = _encoding(path)
    with _opened(path, encoding) as file:
        lines = [line.rstrip("\r\n") for _ in range(HEAD) if (line := file.readline(LONGEST))]
    if any(len(line) >= LONGEST for line in lines[:1]):
        raise OutcomeError("row 1 has no end; give a row of names and a row for each sample")
    separator, above = separator_of(lines)
    rows = [next(csv.reader([line], delimiter=separator), []) for line in lines[: above + 1]]
    refuse_other_rows([next(csv.reader([line], delimiter=separator), []) for line in lines[above:]], above + 1)
    excel = above > 0 and lines[0].casefold().strip('"').startswith("sep=")
    readings = [f"row 1 ({lines[0].strip()!r}) as what separates cells"] if excel else []
    readings += titles_read(rows[excel:above], 1 + excel)
    return TextFile(path, encoding, separator, above), rows[above] if rows[above:] else [], readings


def _encoding(path: Path) -> str:
    """The encoding, from the first bytes."""
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE):
        return "utf-16"
    if b"\0" in head:
        raise OutcomeError("is not UTF-8 text; save it as 'CSV UTF-8'")
    return UTF8


@contextlib.contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """The file as text, its line ends untouched."""
    if path.suffix.lower() == ".gz":
        with gzip.open(path, "rt", encoding=encoding, newline="") as file:
            yield file
    else:
        with path.open(encoding=encoding, newline="") as file:
            yield file

"""The files that a table of a PSA is read from: csv and its kin, workbooks, parquet."""

import csv
import hashlib
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import nearest
from heemodel.psa_files.cells import Unworked, as_name, read_cell, read_written
from heemodel.psa_files.layout import HEAD, refuse_other_rows, titles_above, titles_read
from heemodel.psa_files.tables import Table, check_names, collect
from heemodel.psa_files.text import from_arrow, letters, open_text

TEXT = (".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz")
SUFFIXES = (*TEXT, ".xlsx", ".parquet")
FORMULA = re.compile(rb"<f[ />]")
"""What a sheet has in it where it has a formula."""

Sheet = Callable[[], Iterator[list[Any]]]
"""What gives the rows of a sheet."""


def split_sheet(path: str | Path) -> tuple[Path, str | None]:
    """The file of `book.xlsx#sheet`, and the sheet if one is named."""
    file, mark, sheet = str(path).rpartition(".xlsx#")
    return (Path(f"{file}.xlsx"), sheet) if mark else (Path(path), None)


def read_table(path: str | Path, text: str | None = None, *, categories: int = 0) -> Table:
    """A file of names and numbers; what is wrong with it is in its problems.

    Parameters
    ----------
    path : csv, txt or tsv (each also .gz), parquet, or xlsx, with `#sheet` if several sheets hold something
    text : the name of the column that holds names
    categories : how many different names any other column may hold instead of numbers
    """
    file, sheet = split_sheet(path)
    table = Table(str(path))
    suffix = next((suffix for suffix in SUFFIXES if file.name.lower().endswith(suffix)), None)
    if suffix is None:
        known = ", ".join(SUFFIXES)
        table.problem(f"its ending is none that can be read ({known}; .nc as samples=); save it as one of them")
        return table
    try:
        table.sha256 = checksum(file)
        if suffix == ".xlsx":
            _read_workbook(table, file, sheet, text, categories)
        else:
            (_read_parquet if suffix == ".parquet" else _read_text)(table, file, text, categories)
    except OutcomeError as error:
        table.problem(str(error))
    return table


def checksum(path: Path) -> str:
    """SHA-256 of a file.

    Raises
    ------
    OutcomeError
        if there is no such file or it cannot be read
    """
    if path.is_dir():
        raise OutcomeError("is a folder; give a file")
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        others = [one.name for one in path.parent.iterdir()] if path.parent.is_dir() else []
        asked = nearest(path.name, others)
        raise OutcomeError(f"there is no such file; {asked if '?' in asked else 'mend its path'}") from error
    except OSError as error:
        raise OutcomeError(f"cannot be read ({error.strerror}); see to its permissions") from error


def _read_text(table: Table, path: Path, text: str | None, categories: int) -> None:
    """A csv file: parsed as a whole if all is well, else read cell by cell."""
    try:
        source, table.names, readings = open_text(path)
        table.above = source.above
        table.readings += readings
        if not check_names(table):
            return
        column = _place(table, text)
        named = {column} if column is not None else set[int]()
        mark = "." if source.separator == "," else source.decimal_mark(named)
        if not table.count:
            table.columns = source.parse(named, mark, len(table.names))
        if not table.rows:
            mark = source.decimal_mark(named)
            rows = islice(source.rows(), source.above + 1, None)
            collect(table, rows, lambda cell: read_written(cell, mark), column, categories=categories)
        if mark == ",":
            table.readings.append("commas as decimal marks")
    except UnicodeError as error:
        raise OutcomeError("is not UTF-8 text; save it as 'CSV UTF-8'") from error
    except csv.Error as error:
        raise OutcomeError(f"is not csv ({error}); see to its quotation marks") from error
    except (OSError, EOFError, zlib.error) as error:
        raise OutcomeError(f"is broken, or not what its ending says ({error}); save it again") from error


def _read_workbook(table: Table, path: Path, sheet: str | None, text: str | None, categories: int) -> None:
    """A sheet of a workbook: the one that is named, or the only one with anything in it."""
    load = import_module("openpyxl").load_workbook  # takes 0.1 s to import, and only workbooks need it
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore", UserWarning)  # formats and checks of input that openpyxl does not know
            made = _worked_out(load, file)
            rows = _sheet_rows(made, sheet)
            head = list(islice(rows, HEAD))
            table.above = titles_above(head)
            table.readings += titles_read(head[: table.above], 1)
            refuse_other_rows(head[table.above :], table.above + 1)
            table.names = [_as_heading(cell, at, table) for at, cell in enumerate(next(iter(head[table.above :]), []))]
            if check_names(table):
                below = chain(head[table.above + 1 :], rows)
                collect(table, below, read_cell, _place(table, text), categories=categories)
    except OutcomeError:
        raise
    except (zipfile.BadZipFile, zlib.error, LookupError, TypeError, ValueError, OSError, SyntaxError) as error:
        raise OutcomeError("is not a workbook, is broken or has a password; save it as .xlsx") from error


def _worked_out(load: Any, file: BinaryIO) -> dict[str, Sheet]:
    """The sheets of a workbook as iterators of rows: results of formulas, and formulas where there is no result."""
    with zipfile.ZipFile(file) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        formulas = any(FORMULA.search(parts.read(name)) for name in sheets)
    books = [load(file, read_only=True, data_only=True)]
    books += [load(file, read_only=True, data_only=False)] if formulas else []
    for book in books:
        for one in book.worksheets:
            one.reset_dimensions()  # what a file says of its size may be wrong
    return {sheet.title: partial(_rows_of, *(book[sheet.title] for book in books)) for sheet in books[0].worksheets}


def _rows_of(results: Any, formulas: Any | None = None) -> Iterator[list[Any]]:
    """The rows of a sheet, each up to its last filled cell."""
    if formulas is None:
        yield from (_trimmed(cells) for cells in results.values)
        return
    for values, written in zip(results.values, formulas.values, strict=True):
        yield _trimmed(
            tuple(
                Unworked(str(getattr(formula, "text", formula))) if cell is None and formula is not None else cell
                for cell, formula in zip(values, written, strict=True)
            )
        )


def _as_heading(cell: object, column: int, table: Table) -> str:
    """A cell as the name of a column; a formula without its result is none, which is noted."""
    if not isinstance(cell, Unworked):
        return as_name(cell)
    table.problem(f"{table.head}, column {letters(column)} {read_cell(cell)}")
    return cell.formula


def _sheet_rows(sheets: Mapping[str, Sheet], sheet: str | None) -> Iterator[list[Any]]:
    """The rows of the sheet that is named, or of the only one with anything in it."""
    if sheet is None:
        filled = [name for name, rows in sheets.items() if any(rows())]
        if len(filled) != 1:
            found = f"has something in {len(filled)} sheets ({', '.join(filled)})" if filled else "is empty"
            cure = f"name one, as in {'book.xlsx#' + filled[0]!r}" if filled else "give a sheet with names in row 1"
            raise OutcomeError(f"{found}; {cure}")
        (sheet,) = filled
    if sheet not in sheets:
        raise OutcomeError(f"has no sheet {sheet!r}; {nearest(sheet, sheets)}")
    yield from sheets[sheet]()


def _trimmed(cells: tuple[Any, ...]) -> list[Any]:
    """A row up to its last filled cell."""
    filled = [at for at, cell in enumerate(cells) if cell is not None]
    return list(cells[: filled[-1] + 1]) if filled else []


def _read_parquet(table: Table, path: Path, text: str | None, categories: int) -> None:
    """A parquet file: converted as a whole if all is well, else read cell by cell."""
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")  # neither has types
    try:
        with parquet.ParquetFile(path) as file:
            data = file.read()
    except (arrow.ArrowException, OSError) as error:
        raise OutcomeError("is not a parquet file, or broken; save it again") from error
    table.names = list(data.column_names)
    if not check_names(table):
        return
    column = _place(table, text)
    named = arrow.dictionary(arrow.int32(), arrow.string())
    kinds = [named if at == column else arrow.float64() for at in range(len(table.names))]
    numbers = (arrow.types.is_integer, arrow.types.is_floating)
    labels = (arrow.types.is_string, arrow.types.is_large_string)
    if all(
        any(is_kind(one.type) for is_kind in (labels if at == column else numbers))
        for at, one in enumerate(data.schema)
    ):
        cast = [one.cast(kind, safe=False) for one, kind in zip(data.columns, kinds, strict=True)]
        named = {column} if column is not None else set[int]()
        table.columns = from_arrow(arrow.table(cast, names=[str(at) for at in range(len(cast))]), named)
    if not table.rows:
        batches = (zip(*(one.to_pylist() for one in batch.columns), strict=True) for batch in data.to_batches())
        collect(table, (cells for batch in batches for cells in batch), read_cell, column, categories=categories)


def _place(table: Table, text: str | None) -> int | None:
    """The column that holds names."""
    return table.names.index(text) if text in table.names else None

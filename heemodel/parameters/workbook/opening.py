"""A workbook that comes back: opened with care, and its cells found by their place rather than where they stand."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from heemodel.errors import mismatches, nearest
from heemodel.parameters.problems import InputError, Problem
from heemodel.parameters.workbook.form import PLACE, Entry, Formula, Path, Sheet
from heemodel.parameters.workbook.values import CellError, value_of

LARGEST, UNPACKED = 20_000_000, 200_000_000
"""Bytes of a workbook, and of what is packed in it."""
ROWS, HEAD = 20_000, 20
"""Rows of a sheet that are read, and those in which its headings are looked for."""
ENDINGS = (".xlsx", ".xlsm")
OLD = b"\xd0\xcf\x11\xe0"
"""How files begin that Excel wrote before 2007, or with a password."""
AGAIN = "save it as an Excel workbook (.xlsx)"


def opened(path: FilePath) -> Workbook:
    """The workbook with its formulas; raises `InputError` for what is none, with the cure."""
    if path.suffix.lower() not in ENDINGS:
        raise InputError(path, [Problem((), f"is no workbook of the kind that is read here; {AGAIN}")])
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(path, [Problem((), f"cannot be read ({error.strerror}); check the path")]) from None
    if reason := _unreadable(content):
        raise InputError(path, [Problem((), reason)])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of formats and checks that openpyxl does not know
            return load_workbook(io.BytesIO(content))
    except (zipfile.BadZipFile, LookupError, TypeError, ValueError, OSError, SyntaxError) as error:
        reason = f"is no workbook, or a broken one ({type(error).__name__}); open it in Excel and {AGAIN}"
        raise InputError(path, [Problem((), reason)]) from None


def _unreadable(content: bytes) -> str | None:
    """Why bytes are no workbook that can be read."""
    if content.startswith(OLD):
        return f"is an old Excel file (.xls), or has a password; {AGAIN}, without a password"
    if len(content) > LARGEST:
        return f"has {len(content) / 1e6:.0f} MB, and is read up to {LARGEST / 1e6:.0f}; remove what was added to it"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(file.file_size for file in packed.infolist())
            names = packed.namelist()
    except zipfile.BadZipFile:
        return f"is no workbook, or a broken one; {AGAIN}"
    if size > UNPACKED:
        return f"unpacks to {size / 1e6:.0f} MB, and is read up to {UNPACKED / 1e6:.0f}; remove what was added to it"
    return None if "xl/workbook.xml" in names else f"is no Excel workbook; {AGAIN}"


class Answers:
    """The values of all cells to fill in, by path, with where each stands; and what is wrong with the workbook.

    Attributes
    ----------
    values : by path, of cells that could be read
    where : by path, such as "Your trust!B7"
    broken : paths of cells that could not be read
    mistakes : sentences that begin with the sheet and the cell
    """

    def __init__(self, workbook: Workbook, sheets: Sequence[Sheet]) -> None:
        self.values: dict[Path, Any] = {}
        self.where: dict[Path, str] = {}
        self.broken: set[Path] = set()
        self.mistakes: list[str] = []
        there = [sheet.title for sheet in workbook.worksheets]
        for sheet in sheets:
            if sheet.name in there:
                self._read(workbook[sheet.name], sheet)
                continue
            self.broken |= {entry.path for _, _, entry in sheet.entries()}
            cure = nearest(sheet.name, [name for name in there if name not in {s.name for s in sheets}] or there)
            self.mistakes.append(f"sheet {sheet.name!r} is missing, and sheets are found by name; {cure}")

    def _read(self, worksheet: Worksheet, sheet: Sheet) -> None:
        """Read a sheet: its headings, the row of each place, and every cell to fill in."""
        entries = list(sheet.entries())
        head = _headings(worksheet)
        wanted = {heading for _, heading, _ in entries}
        if head is None or (lost := sorted(wanted - head[1].keys())):
            what = f"the headings, with {PLACE!r} among them, are" if head is None else f"the heading {lost[0]!r} is"
            self.mistakes.append(f"{sheet.name}: {what} missing; put back what stood there")
            self.broken |= {entry.path for _, _, entry in entries}
            return
        top, columns = head
        if worksheet.max_row > ROWS:
            self.mistakes.append(
                f"{sheet.name}: has {worksheet.max_row:,} rows, and {ROWS:,} are read; delete those below"
            )
        merged = [str(area) for area in worksheet.merged_cells.ranges if area.max_row >= top]
        self.mistakes += [f"{sheet.name}!{area}: cells are merged; unmerge them" for area in merged]
        rows = self._rows(worksheet, sheet, top, columns)
        self.mistakes += _unread(worksheet, sheet, rows, columns)
        for row, heading, entry in entries:
            if row.place not in rows:
                self.broken.add(entry.path)
                continue
            cell = worksheet.cell(rows[row.place], columns[heading])
            self.where[entry.path] = f"{sheet.name}!{cell.coordinate}"
            if isinstance(cell, MergedCell):
                self.broken.add(entry.path)
                continue
            try:
                self.values[entry.path] = value_of(cell, entry)
            except CellError as error:
                self.broken.add(entry.path)
                self.mistakes.append(f"{self.where[entry.path]}: {error}")

    def _rows(self, worksheet: Worksheet, sheet: Sheet, top: int, columns: Mapping[str, int]) -> dict[str, int]:
        """The number of the row of each place; places that are missing, unknown or there twice are mistakes."""
        rows: dict[str, int] = {}
        for number, place in _places(worksheet, top, columns[PLACE]):
            if place in rows:
                cell = worksheet.cell(number, columns[PLACE]).coordinate
                self.mistakes.append(
                    f"{sheet.name}!{cell}: {place!r} is in row {rows[place]} too; delete one of the two"
                )
            rows.setdefault(place, number)
        known = [row.place for row in sheet.rows]
        unknown, missing = mismatches(rows, known)
        for place in unknown:
            cell = worksheet.cell(rows[place], columns[PLACE]).coordinate
            cure = nearest(place, [one for one in known if one not in rows] or known[:5])
            self.mistakes.append(f"{sheet.name}!{cell}: {place!r} is no place of these inputs; {cure}")
        self.mistakes += [
            f"{sheet.name}: the row whose place is {place!r} is missing; put it back, or copy your figures into a "
            "workbook that is written anew"
            for place in missing
        ]
        self.mistakes += _loose(worksheet, sheet, top, columns)
        return rows


def _unread(worksheet: Worksheet, sheet: Sheet, rows: Mapping[str, int], columns: Mapping[str, int]) -> Iterator[str]:
    """Cells among those to fill in that only show something, and show something else now: nobody would read it."""
    for row in sheet.rows:
        for column in sheet.columns:
            shown = row.cells.get(column.heading)
            found = row.place in rows and column.heading in columns
            if not column.fill or not found or isinstance(shown, Entry):
                continue
            cell = worksheet.cell(rows[row.place], columns[column.heading])
            if isinstance(shown, Formula):
                kept, before = cell.data_type == "f" or cell.value == shown.value, "a formula"
            else:
                before = "" if shown is None else str(shown.value or "")
                kept = str(cell.value or "").strip() == before
            if not kept:
                back = f"put back {before!r}" if before else "empty it"
                yield f"{sheet.name}!{cell.coordinate}: is {str(cell.value)[:40]!r}, which is not read there; {back}"


def _headings(worksheet: Worksheet) -> tuple[int, dict[str, int]] | None:
    """The row of the headings and the column of each, if there is a row with the heading of places."""
    for row in worksheet.iter_rows(max_row=min(HEAD, worksheet.max_row)):
        texts = {cell.value.strip(): cell.column for cell in reversed(row) if isinstance(cell.value, str)}
        if PLACE in texts and len(texts) > 1:
            return row[0].row, texts
    return None


def _places(worksheet: Worksheet, top: int, column: int) -> Iterator[tuple[int, str]]:
    """Every row below the headings that says its place."""
    last = min(worksheet.max_row, ROWS)
    for (cell,) in worksheet.iter_rows(min_row=top + 1, max_row=last, min_col=column, max_col=column):
        if cell.value is not None and str(cell.value).strip():
            yield cell.row, str(cell.value).strip()


def _loose(worksheet: Worksheet, sheet: Sheet, top: int, columns: Mapping[str, int]) -> Iterator[str]:
    """Cells that are filled in on rows without a place, which nobody would read."""
    filled = [columns[column.heading] for column in sheet.columns if column.fill and column.heading in columns]
    for row in range(top + 1, min(worksheet.max_row, ROWS) + 1):
        if worksheet.cell(row, columns[PLACE]).value is None:
            for column in filled:
                cell = worksheet.cell(row, column)
                if cell.value is not None:
                    yield f"{sheet.name}!{cell.coordinate}: is filled in, and its row has no {PLACE}; put it back"
                    break

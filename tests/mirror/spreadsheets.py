"""Workbooks changed and worked out again by other programs than the one that wrote them."""

import shutil
import subprocess
from pathlib import Path

import openpyxl

SOFFICE = shutil.which("soffice")


def cell_of(book, name):
    """The cell that a name stands for."""
    ((sheet, address),) = book.defined_names[name].destinations
    return book[sheet][address.replace("$", "")]


def change(path, changes, *, to=None):
    """Write other values into cells, by their names, and drop every value that was stored with a formula."""
    book = openpyxl.load_workbook(path)
    for name, value in changes.items():
        cell_of(book, name).value = value
    target = path.with_name(f"changed {path.name}") if to is None else to
    book.save(target)
    return target


def by_office(path, folder):
    """The workbook as LibreOffice works it out, read as values."""
    profile = Path(folder) / "profile"
    command = [SOFFICE, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to"]
    subprocess.run([*command, "xlsx", "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=500)
    return openpyxl.load_workbook(Path(folder) / path.name, data_only=True)


def by_formulas(path):
    """The workbook as the library `formulas` works it out: {(sheet, cell): value}."""
    import formulas

    solution = formulas.ExcelModel().loads(str(path)).finish().calculate()
    values = {}
    for key, found in solution.items():
        book, _, address = str(key).rpartition("!")
        if ":" not in address and book and getattr(found, "value", None) is not None:
            values[book.rpartition("]")[2].strip("'"), address] = found.value.item()
    return values


def results_of(book):
    """What the sheet of checks says: {(outcome, strategy): value}, from a workbook read as values."""
    sheet, found = book["Checks"], {}
    for row in sheet.iter_rows(min_row=12, max_col=6, values_only=True):
        if row[0] is None:
            break
        found[row[0], row[1]] = row[2]
    return found

"""The sheet of checks: Python's answers beside the workbook's, and what must hold whatever the inputs are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_range_abs

from heemodel.mirror.book import Book
from heemodel.mirror.content import INPUTS
from heemodel.mirror.formulas import Cell, formula
from heemodel.mirror.front import CHANGED as CHANGED_INPUT
from heemodel.mirror.front import CHECKS, FIRST_INPUT, Cells, heading

if TYPE_CHECKING:
    from heemodel.mirror.writing import Mirror

TOLERANCE = "1E-9"
"""How far this workbook's answer may be from Python's, relative to it."""
CHANGED, AGREES, SOUND, FIRST = 3, 4, 5, 11
"""Rows: of changed inputs, of whether all answers agree, of whether all holds, and of the first answer."""
GREEN = "#EEF3E6"
EXPLAINED = (
    "Answers: TRUE: the same. FALSE: they differ, and a formula is wrong. After inputs are changed, Python's answers",
    "are those of other inputs, and the check says so; set the inputs back, or write the workbook anew.",
    "Sound: what must hold for any inputs. Python refuses inputs for which it does not; a spreadsheet goes on.",
)


def write_checks(book: Book, mirror: Mirror, cells: Cells) -> None:
    """Whether inputs are as they were, the answers side by side, and what must hold."""
    for column, width in enumerate((64, 30, 20, 20, 20, 18)):
        book.sheets[CHECKS].set_column(column, column, width)
    name, rows = book.names[CHECKS], max(len(mirror.figures), 1)
    flags = xl_range_abs(FIRST_INPUT, CHANGED_INPUT, FIRST_INPUT + rows - 1, CHANGED_INPUT)
    own = f"SUM({book.names[INPUTS]}!{flags})"
    book.text(CHECKS, CHANGED, 0, "Inputs that differ from what they were when this workbook was written")
    book.formula(CHECKS, CHANGED, 1, f"={'+'.join([own, *mirror.changed])}", 0.0, style="whole")
    for row, text in enumerate(EXPLAINED, SOUND + 1):
        book.text(CHECKS, row, 0, text, font_color="#777777")
    below, agree = _write_answers(book, mirror, cells)
    everything = f'=IF(inputs_changed>0,"inputs changed",AND(F{FIRST + 1}:F{below}))'
    book.text(CHECKS, AGREES, 0, f"All answers agree with Python's, to {TOLERANCE} of each", bold=True)
    book.formula(CHECKS, AGREES, 1, everything, agree, bold=True, bg_color=GREEN)
    first = below + 4
    last = _write_decisions(book, mirror, _write_bounds(book, mirror, below + 2))
    book.text(CHECKS, SOUND, 0, "All holds that must hold for any inputs", bold=True)
    holds = f"=AND(F{first + 1}:F{last})" if last > first else "=TRUE"
    book.formula(CHECKS, SOUND, 1, holds, value=True, bold=True, bg_color=GREEN)
    for row, cell in ((CHANGED, "inputs_changed"), (AGREES, "check"), (SOUND, "sound")):
        book.name(cell, Cell(name, row, 1).absolute())


def _write_answers(book: Book, mirror: Mirror, cells: Cells) -> tuple[int, bool]:
    """The answers side by side; the row below them, and whether all agree as written."""
    words = {row: text for row, text, _ in mirror.words.rows}
    headings = ["outcome", "strategy", "this workbook", "Python", "difference", "check"]
    heading(book, CHECKS, FIRST - 1, headings, right=2)
    row, agree = FIRST, True
    for (key, strategy), answer in mirror.words.answers.items():
        cell, value = cells[key, strategy]
        same = abs(value - answer) <= float(TOLERANCE) * max(abs(answer), float(TOLERANCE))
        book.text(CHECKS, row, 0, words.get(key, str(key).capitalize()))
        book.text(CHECKS, row, 1, strategy)
        book.formula(CHECKS, row, 2, f"={cell.absolute()}", value, style="general")
        book.value(CHECKS, row, 3, answer, style="general")
        book.formula(CHECKS, row, 4, f"=C{row + 1}-D{row + 1}", value - answer, style="general")
        agrees = f"ABS(E{row + 1})<={TOLERANCE}*MAX(ABS(D{row + 1}),{TOLERANCE})"
        book.formula(CHECKS, row, 5, f'=IF(inputs_changed>0,"inputs changed",{agrees})', value=same)
        row, agree = row + 1, agree and same
    return row, agree


def _write_bounds(book: Book, mirror: Mirror, row: int) -> int:
    """That probabilities are some, and that people are neither lost nor made; the row below."""
    bounds = [*_bounds(mirror)]
    if not bounds:
        return row
    book.text(CHECKS, row, 0, "What must hold for any inputs", bold=True)
    heading(book, CHECKS, row + 1, ["what", "sheet", "lowest", "highest", " ", "check"], right=2)
    for at, (what, sheet, cells, low, high, check) in enumerate(bounds, row + 2):
        book.text(CHECKS, at, 0, what)
        book.text(CHECKS, at, 1, sheet)
        book.formula(CHECKS, at, 2, f"=MIN({cells})", low, style="general")
        book.formula(CHECKS, at, 3, f"=MAX({cells})", high, style="general")
        book.formula(CHECKS, at, 5, f"={check.format(low=f'C{at + 1}', high=f'D{at + 1}')}", value=True)
    return row + 2 + len(bounds)


def _bounds(mirror: Mirror) -> Iterator[tuple[str, str, str, float, float, str]]:
    """What is looked at, its sheet and cells, its lowest and highest value, and what must hold of these."""
    possible = f"AND({{low}}>=-{TOLERANCE},{{high}}<=1+{TOLERANCE})"
    for sheet, cells, low, high in mirror.probabilities:
        yield "Probabilities lie between 0 and 1", sheet, cells, low, high, possible
    for sheet, cells, low, high in mirror.everyone:
        what = "People are neither lost nor made from one time point to the next"
        yield what, sheet, cells, low, high, f"{{high}}-{{low}}<={TOLERANCE}*{{high}}"


def _write_decisions(book: Book, mirror: Mirror, row: int) -> int:
    """Conditions that the model's code asked about: this workbook holds for the answers that it got; the row below."""
    decisions: dict[Any, bool] = mirror.reader.recording.decisions
    for at, ((number, line), answer) in enumerate(decisions.items(), row):
        cell = Cell(book.names[CHECKS], at, 2)
        book.text(CHECKS, at, 0, f"{mirror.in_names(number)} is {str(answer).upper()}")
        book.text(CHECKS, at, 1, f"asked in {line}" if line else "asked in heemodel")
        home = mirror.places.reference(number, cell)
        book.formula(CHECKS, at, 2, f"={home}" if home else formula(number, cell, mirror.places), answer)
        book.formula(CHECKS, at, 5, f"=C{at + 1}={str(answer).upper()}", value=True)
    return row + len(decisions)

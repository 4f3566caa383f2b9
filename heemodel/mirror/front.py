"""The sheets around the model: how to read it, inputs, workings and results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_rowcol_to_cell

import heemodel
from heemodel.mirror.book import HEAD_FILL, INPUT_FILL, INPUT_INK, Book
from heemodel.mirror.content import INPUTS, TITLES, WORKINGS
from heemodel.mirror.expressions import Number, value_of
from heemodel.mirror.figures import Figure
from heemodel.mirror.formulas import Cell
from heemodel.mirror.words import Words

if TYPE_CHECKING:
    from heemodel.mirror.writing import Mirror

READ_ME, RESULTS, CHECKS = "Read me", "Results", "Checks"
FIRST_INPUT, VALUE = 5, 3
PUBLISHED, STATED_UNIT, CONVERSION, PRICES, FACTOR = 8, 9, 10, 11, 12
AS_WRITTEN, CHANGED = 14, 15
"""Columns of the sheet of inputs."""
FIRST_WORKING, WORKED = 5, 1
FIRST_RESULT = 5
INPUTS_EXPLAINED = "Filled cells with blue figures are inputs. Change them, and everything follows."
INPUT_HEADINGS = (
    ("name in formulas", 30),
    ("what", 42),
    ("which", 20),
    ("value", 14),
    ("unit", 18),
    ("status", 10),
    ("source", 46),
    ("why", 46),
    ("published value", 14),
    ("in", 18),
    ("factor of the unit", 11),
    ("of prices in", 11),
    ("price index factor", 11),
    ("", 2),
    ("as written", 14),
    ("changed", 9),
)
LINE, LINE_CHARACTERS, NARROW = 14, 115, 30
"""The height of a line on the first sheet, and how much its two columns hold in one."""


def add_sheets(book: Book, words: Words) -> None:
    """The sheets that come first."""
    book.add_sheet(READ_ME, READ_ME, words.title, "The deterministic model, at central values, as live formulas.")
    book.add_sheet(RESULTS, RESULTS, "Results", "Expected outcomes by strategy, from the totals of their sheets.")
    book.add_sheet(CHECKS, CHECKS, "Checks", "Python's answers beside this workbook's.")


def heading(book: Book, key: Any, row: int, headings: Sequence[str], *, right: int | None = None) -> None:
    """Headings of columns; from the place `right` on they stand over figures."""
    for column, heading in enumerate(headings):
        if heading:
            align = "left" if right is None or column < right else "right"
            how = {"bold": True, "bg_color": HEAD_FILL, "text_wrap": True, "bottom": 1, "align": align}
            book.text(key, row, column, heading, **how)


# -------------------------------------------------------------------- inputs and workings


def write_inputs(book: Book, figures: Sequence[Figure], words: Words) -> None:
    """A row for each input, with what it was when the workbook was written."""
    sheet = book.sheets[INPUTS]
    heading(book, INPUTS, FIRST_INPUT - 1, [heading for heading, _ in INPUT_HEADINGS])
    for column, (_, width) in enumerate(INPUT_HEADINGS):
        sheet.set_column(column, column, width)
    for place, figure in enumerate(figures):
        _write_figure(book, FIRST_INPUT + place, figure)
    sheet.freeze_panes(FIRST_INPUT, VALUE + 1)
    row = FIRST_INPUT + len(figures) + 2
    if words.fixed:
        book.text(INPUTS, row, 0, "Fixed when the workbook was written: change them in the inputs file", bold=True)
        for step, (label, value, unit, source) in enumerate(words.fixed, 1):
            book.text(INPUTS, row + step, 1, label)
            book.value(INPUTS, row + step, VALUE, value, style="general")
            book.text(INPUTS, row + step, VALUE + 1, unit)
            book.text(INPUTS, row + step, 6, source)
        row += len(words.fixed) + 2
    _write_evidence(book, row, words)


def _write_evidence(book: Book, row: int, words: Words) -> None:
    """The data records that evidence among the inputs was worked out from, with their numbers and sources."""
    if not words.evidence:
        return
    book.text(INPUTS, row, 0, "Data that this evidence rests on: change them in the inputs file", bold=True)
    for step, (label, strategy, numbers, status, source, why) in enumerate(words.evidence, 1):
        for column, text in ((1, label), (2, strategy), (VALUE, numbers), (VALUE + 2, status)):
            book.text(INPUTS, row + step, column, text)
        for column, text in ((VALUE + 3, source), (VALUE + 4, why)):
            book.text(INPUTS, row + step, column, text, indent=1)


def _write_figure(book: Book, row: int, figure: Figure) -> None:
    value = float(figure.number.value)
    texts = (figure.name, figure.label, figure.which)
    for column, text in enumerate(texts):
        book.text(INPUTS, row, column, text)
    for column, text in enumerate((figure.unit, figure.status, figure.source, figure.rationale), VALUE + 1):
        book.text(INPUTS, row, column, text, indent=1)
    how = {"bg_color": INPUT_FILL, "font_color": INPUT_INK, "style": "general", "border": 1, "border_color": "#CCBB77"}
    if figure.published is None:
        book.value(INPUTS, row, VALUE, value, **how)
    else:
        factors = {CONVERSION: figure.conversion, FACTOR: figure.factor}
        known = {column: factor for column, factor in factors.items() if factor is not None}
        book.value(INPUTS, row, PUBLISHED, figure.published, **how)
        book.text(INPUTS, row, STATED_UNIT, figure.published_unit, indent=1)
        for column, factor in known.items():
            book.value(INPUTS, row, column, factor, style="general")
        product = "*".join(xl_rowcol_to_cell(row, column) for column in (PUBLISHED, *known))
        book.formula(INPUTS, row, VALUE, f"={product}", value, **how | {"font_color": "#000000"})
    book.text(INPUTS, row, PRICES, figure.price_year)
    book.value(INPUTS, row, AS_WRITTEN, value, style="general", font_color="#999999")
    here, there = (xl_rowcol_to_cell(row, column) for column in (VALUE, AS_WRITTEN))
    same = f"=IF(ABS({here}-{there})<=1E-13*ABS({there}),0,1)"
    book.formula(INPUTS, row, CHANGED, same, 0.0, style="whole", font_color="#999999")
    book.name(figure.name, Cell(book.names[INPUTS], row, VALUE).absolute())


def write_workings(
    book: Book, workings: Sequence[tuple[str, str, Number, Cell]], write_cell: Callable[..., None]
) -> None:
    """A row for each number that is worked out once."""
    sheet = book.sheets[WORKINGS]
    heading(book, WORKINGS, FIRST_WORKING - 1, ["what", "value", "in names"])
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 18)
    sheet.set_column(2, 2, 110)
    sheet.freeze_panes(FIRST_WORKING, 0)
    for name, made_of, number, cell in workings:
        book.text(WORKINGS, cell.row, 0, name)
        write_cell(book, WORKINGS, cell, number, "general")
        book.text(WORKINGS, cell.row, 2, made_of, italic=True, font_color="#777777", indent=1)
    if not workings:
        book.text(WORKINGS, FIRST_WORKING, 0, "Nothing: every formula stands where it is used.")


# -------------------------------------------------------------------- results and the first page


Cells = dict[tuple[Any, str], tuple[Cell, float]]


def write_results(book: Book, mirror: Mirror) -> Cells:
    """Outcomes by strategy, their sums, and differences from the comparator."""
    words, cells = mirror.words, {}
    warning = '=IF(sound,"","Not the model\'s answers: the sheet Checks lists what does not hold for these inputs")'
    book.formula(RESULTS, 2, 0, warning, "", bold=True, font_color="#B00020")
    heading(book, RESULTS, FIRST_RESULT - 1, ["outcome"])
    for column, strategy in enumerate(words.strategies, 1):
        how = {"bold": True, "bg_color": HEAD_FILL, "text_wrap": True, "bottom": 1, "align": "right"}
        book.text(RESULTS, FIRST_RESULT - 1, column, strategy, **how)
    book.sheets[RESULTS].set_column(0, 0, 48)
    book.sheets[RESULTS].set_column(1, len(words.strategies), 20)
    book.sheets[RESULTS].freeze_panes(FIRST_RESULT, 1)
    row = FIRST_RESULT
    for outcome, label, style in words.rows:
        book.text(RESULTS, row, 0, label)
        for column, strategy in enumerate(words.strategies, 1):
            cell = Cell(book.names[RESULTS], row, column)
            number = mirror.content.totals[outcome, strategy]
            mirror.write_cell(book, RESULTS, cell, number, style)
            cells[outcome, strategy] = (cell, float(value_of(number)))
        row += 1
    return _write_sums(book, mirror, cells, row + 1)


def _write_sums(book: Book, mirror: Mirror, cells: Cells, row: int) -> Cells:
    """Total cost, and what is gained on the comparator."""
    words = mirror.words
    costs = [outcome for outcome, _, _ in words.rows if outcome[0] == "cost"]
    whole: dict[str, list[tuple[str, float]]] = {"total cost": [], "QALYs": []}
    for column, strategy in enumerate(words.strategies, 1):
        cell = Cell(book.names[RESULTS], row, column)
        value = sum(cells[outcome, strategy][1] for outcome in costs)
        parts = [address(cells[outcome, strategy][0]) for outcome in costs]
        book.formula(RESULTS, row, column, f"={_sum_of(parts)}", value, style="money", bold=True)
        cells["total cost", strategy] = (cell, value)
        whole["total cost"].append((address(cell), value))
        qaly = cells.get((("qaly", None), strategy))
        if qaly is not None:
            whole["QALYs"].append((address(qaly[0]), qaly[1]))
    book.text(RESULTS, row, 0, "Total cost", bold=True)
    base = list(words.strategies).index(words.comparator)
    for step, what in enumerate(("total cost", "QALYs"), 2):
        label = f"{'Incremental cost' if what == 'total cost' else 'Incremental QALYs'}, against {words.comparator}"
        book.text(RESULTS, row + step, 0, label)
        for column, strategy in enumerate(words.strategies, 1):
            if column - 1 != base and whole[what]:
                (own, value), (other, less) = whole[what][column - 1], whole[what][base]
                style = "money" if what == "total cost" else "number"
                book.formula(RESULTS, row + step, column, f"={own}-{other}", value - less, style=style)
                cells[f"incremental {what}", strategy] = (Cell(book.names[RESULTS], row + step, column), value - less)
    _write_icer(book, words, cells, row + 4)
    return cells


def _write_icer(book: Book, words: Words, cells: Cells, row: int) -> None:
    """Money per QALY, unless one of two is better in both."""
    book.text(RESULTS, row, 0, f"Incremental cost per QALY, against {words.comparator}")
    book.text(RESULTS, row + 1, 0, "(where both are negative: what is saved for each QALY lost)", font_color="#777777")
    for column, strategy in enumerate(words.strategies, 1):
        cost, gain = (cells.get((f"incremental {what}", strategy)) for what in ("total cost", "QALYs"))
        if cost is not None and gain is not None:
            (c, money), (q, qalys) = cost, gain
            more, less = f"AND({address(c)}<=0,{address(q)}>0)", f"AND({address(c)}>=0,{address(q)}<0)"
            ratio = f'IF({more},"dominates",IF({less},"is dominated",{address(c)}/{address(q)}))'
            text = f'=IF({address(q)}=0,"the same QALYs",{ratio})'
            book.formula(RESULTS, row, column, text, _icer(money, qalys), style="money", align="right")


def _icer(money: float, qalys: float) -> float | str:
    """Money per QALY, or the words for what has none."""
    if qalys == 0:
        return "the same QALYs"
    if money <= 0 < qalys:
        return "dominates"
    return "is dominated" if qalys < 0 <= money else money / qalys


def address(cell: Cell) -> str:
    """The address of a cell on its own sheet."""
    return cell.absolute().rpartition("!")[2].replace("$", "")


def _sum_of(addresses: Sequence[str]) -> str:
    return f"SUM({addresses[0]}:{addresses[-1]})" if len(addresses) > 1 else addresses[0] if addresses else "0"


def write_read_me(book: Book, mirror: Mirror) -> None:
    """How to read the workbook."""
    words = mirror.words
    book.sheets[READ_ME].set_column(0, 0, 30)
    book.sheets[READ_ME].set_column(1, 1, 110)
    row = 3
    for what, text in words.about:
        book.text(READ_ME, row, 0, what, bold=True)
        book.text(READ_ME, row, 1, text, text_wrap=True)
        book.sheets[READ_ME].set_row(row, _height(text))
        row += 1
    book.text(READ_ME, row, 0, "Agrees with Python", bold=True)
    book.formula(READ_ME, row, 1, "=check", value=True, bold=True, bg_color="#EEF3E6", align="left")
    row += 1
    book.text(READ_ME, row, 0, "Sound", bold=True)
    book.formula(READ_ME, row, 1, "=sound", value=True, bold=True, bg_color="#EEF3E6", align="left")
    row = _write_changes(book, row + 2, words)
    book.text(READ_ME, row, 0, "How to read it", bold=True, font_size=12)
    for text in words.notes:
        row += 1
        book.text(READ_ME, row, 0, "•", align="right")
        book.text(READ_ME, row, 1, text, text_wrap=True)
        book.sheets[READ_ME].set_row(row, _height(text))
    row += 1
    book.text(READ_ME, row, 0, "an input", bg_color=INPUT_FILL, font_color=INPUT_INK, align="right")
    book.text(READ_ME, row, 1, "a cell to change: filled, with blue figures")
    row += 2
    book.text(READ_ME, row, 0, "Sheets", bold=True, font_size=12)
    for key, name in book.names.items():
        row += 1
        book.sheets[READ_ME].write_url(row, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", string=name)
        book.text(READ_ME, row, 1, _purpose(key))
    book.text(READ_ME, row + 2, 0, f"heemodel {heemodel.__version__}", font_color="#777777")


def _write_changes(book: Book, row: int, words: Words) -> int:
    """What is not the model's own, from what to what; the row below."""
    if not words.changes:
        return row
    book.text(READ_ME, row, 0, "Inputs that were changed", bold=True, font_size=12)
    book.text(READ_ME, row, 1, "from the model's own figure to the one here, with its source", font_color="#777777")
    for what, text in words.changes:
        row += 1
        book.text(READ_ME, row, 0, what, text_wrap=True)
        book.text(READ_ME, row, 1, text, text_wrap=True)
        book.sheets[READ_ME].set_row(row, max(_height(text), LINE * (1 + len(what) // NARROW)))
    return row + 2


def _height(text: str) -> float:
    """The height of a row with a text in the second column of the first sheet."""
    return LINE * (1 + len(text) // LINE_CHARACTERS)


def _purpose(key: Any) -> str:
    """What a sheet is for."""
    known = {
        READ_ME: "This page.",
        RESULTS: "Outcomes by strategy, and differences from the comparator.",
        CHECKS: "Python's answers beside this workbook's, and whether inputs were changed.",
        INPUTS: "Every input with its name, unit, status and source.",
        WORKINGS: "What is worked out once, and is the same in all cycles.",
    }
    if isinstance(key, str):
        return known[key]
    whose = f" Strategy: {key.strategy}." if key.strategy else ""
    return f"{TITLES[key.kind][1]}{whose}"

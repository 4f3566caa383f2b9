"""A mirror as a workbook: which sheets there are, and what stands where on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from heemodel.mirror import checks, front
from heemodel.mirror.book import HEAD_FILL, INPUT_FILL, INPUT_INK, TOTAL_FILL, Book
from heemodel.mirror.content import (
    BY_CYCLE,
    EVERYONE,
    INPUTS,
    LIFE_TABLE,
    MOVES,
    OUTCOMES,
    PAYOFFS,
    PROBABILITY,
    TIME,
    TITLES,
    TRACE,
    TREE,
    WORKINGS,
    Column,
    Content,
    Sheet,
)
from heemodel.mirror.expressions import Number, value_of
from heemodel.mirror.figures import Figure
from heemodel.mirror.formulas import Cell, Places, formula, in_names
from heemodel.mirror.planning import Plan, the_same
from heemodel.mirror.reading import Reader
from heemodel.mirror.words import Words

BLOCK, HEADING, HOW, TOTAL, FIRST = 3, 4, 5, 6, 7
"""Rows of a sheet by cycle: headings over several columns, headings, the formula in names, totals, and the first."""
LONGEST_HOW = 110
LINE = 14

ORDER = (LIFE_TABLE, TIME, BY_CYCLE, MOVES, TRACE, PAYOFFS, TREE, OUTCOMES)

Extent = tuple[str, str, float, float]
"""A sheet's name, a range of its cells, and the lowest and the highest value there."""


@dataclass
class Mirror:
    """What is written: the content, where its numbers stand, and the words around it."""

    content: Content
    plan: Plan
    reader: Reader
    figures: list[Figure]
    words: Words
    places: Places = field(default_factory=Places)
    called: dict[int, str] = field(default_factory=dict)
    """What numbers are called in formulas in names."""
    changed: list[str] = field(default_factory=list)
    """Formulas that count changed inputs beside those of the sheet of inputs."""
    everyone: list[Extent] = field(default_factory=list)
    """Those in all states together at each time point, where nobody enters."""
    probabilities: list[Extent] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """The workbook."""
        book = Book(path, self.words.title)
        front.add_sheets(book, self.words)
        sheets = self._add_sheets(book)
        self._place_inputs()
        self._place_workings()
        for sheet in sheets:
            self._place_columns(book, sheet)
        self._write_inputs(book)
        self._write_workings(book)
        for sheet in sheets:
            self._write_columns(book, sheet)
        checks.write_checks(book, self, front.write_results(book, self))
        front.write_read_me(book, self)
        book.close()

    # ---------------------------------------------------------------- sheets

    def _add_sheets(self, book: Book) -> list[Sheet]:
        """The sheets of columns, in order."""
        book.add_sheet(INPUTS, INPUTS, "Inputs", front.INPUTS_EXPLAINED)
        book.add_sheet(WORKINGS, WORKINGS, "Workings", "What is one number for all cycles, each worked out once.")
        strategies: list[str | None] = [None, *dict.fromkeys(sheet.strategy for sheet in self.plan.columns)]
        order = dict.fromkeys(
            sheet
            for strategy in strategies
            for kind in ORDER
            for sheet in self.plan.columns
            if (sheet.kind, sheet.strategy) == (kind, strategy)
        )
        for sheet in order:
            title, subtitle = TITLES[sheet.kind]
            whose = f": {sheet.strategy}" if sheet.strategy else ""
            wanted = f"{sheet.kind} {sheet.strategy}" if sheet.strategy else sheet.kind
            book.add_sheet(sheet, wanted, f"{title}{whose}", subtitle)
            book.sheets[sheet].freeze_panes(FIRST, len(self._labels(sheet)))
        return list(order)

    def _labels(self, sheet: Sheet) -> list[tuple[str, list[Any]]]:
        """What stands left of all columns of a sheet."""
        if sheet in self.content.labels:
            return self.content.labels[sheet]
        return self.words.labels

    # ---------------------------------------------------------------- places

    def _place_inputs(self) -> None:
        for row, figure in enumerate(self.figures):
            self.places.put(figure.number, Cell(INPUTS, front.FIRST_INPUT + row, front.VALUE), alone=True)
            self.places.names[figure.number.place] = figure.name
            self.called[figure.number.place] = figure.name

    def _place_workings(self) -> None:
        for row, number in enumerate(self.plan.workings):
            self.places.put(number, Cell(WORKINGS, front.FIRST_WORKING + row, front.WORKED), alone=True)
            name, which = self.reader.names.get(number.place, ("", ""))
            self.called[number.place] = f"{name} ({which})" if which else name or self._of_column(number, row)

    def _of_column(self, number: Number, row: int) -> str:
        """What a number that fills a column is called: as the column, with those strategies that have it."""
        alike = [c for columns in self.plan.columns.values() for c in columns if the_same(c) is number]
        if not alike:
            return f"step {row + 1}"
        whose = [column.sheet.strategy for column in alike if column.sheet.strategy]
        everyone = len(set(whose)) == len(self.words.strategies)
        return (alike[0].called or alike[0].heading) + ("" if everyone else f", {', '.join(dict.fromkeys(whose))}")

    def _place_columns(self, book: Book, sheet: Sheet) -> None:
        """Where the numbers of a sheet's columns stand."""
        first = len(self._labels(sheet))
        for at, column in enumerate(self.plan.columns[sheet], first):
            column.heading = column.heading or f"step {at - first + 1}"
            if the_same(column) is None:
                for row, number in enumerate(column.numbers):
                    if type(number) is Number and not (number.is_leaf and number.place in self.places.cells):
                        self.places.put(number, Cell(book.names[sheet], FIRST + row, at))
                        self.called.setdefault(number.place, column.called or column.heading)
            if type(column.total) is Number:
                self.places.put(column.total, Cell(book.names[sheet], TOTAL, at), alone=True)

    # ---------------------------------------------------------------- cells

    def _write_columns(self, book: Book, sheet: Sheet) -> None:
        """The labels and columns of a sheet."""
        labels, columns = self._labels(sheet), self.plan.columns[sheet]
        rows = max(len(column.numbers) for column in columns)
        for at, (heading, texts) in enumerate(labels):
            book.text(sheet, HEADING, at, heading, bold=True, bg_color=HEAD_FILL, text_wrap=True, bottom=1)
            for row, text in enumerate(texts[:rows]):
                if isinstance(text, str):
                    book.text(sheet, FIRST + row, at, text)
                else:
                    book.value(sheet, FIRST + row, at, text, style="general")
        by_cycle = any(column.by_cycle for column in columns)
        if by_cycle:
            book.text(sheet, HOW, 0, "in names", italic=True, font_color="#777777")
        if any(column.total is not None for column in columns):
            book.text(sheet, TOTAL, 0, "Total", bold=True, bg_color=TOTAL_FILL)
        book.sheets[sheet].set_row(HEADING, 40)
        book.sheets[sheet].set_row(HOW, 56 if by_cycle else LINE)
        if sheet.kind == LIFE_TABLE:
            self._note_rates(book, sheet, len(labels), columns)
        chances = [at for at, column in enumerate(columns, len(labels)) if column.block.startswith(PROBABILITY)]
        if chances:  # they stand side by side
            few = columns[chances[0] - len(labels) : chances[-1] + 1 - len(labels)]
            self.probabilities.append(_extent(book.names[sheet], chances[0], few))
        block = None
        for at, column in enumerate(columns, len(labels)):
            if column.block != block:
                block = column.block
                book.text(sheet, BLOCK, at, block, bold=True, font_color="#1F3F6F")
            self._write_column(book, sheet, at, column)
        book.sheets[sheet].set_column(0, len(labels) - 1, max(9, *(_width(texts) for _, texts in labels)))
        book.sheets[sheet].set_column(len(labels), len(labels) + len(columns) - 1, 17)

    def _note_rates(self, book: Book, sheet: Sheet, first: int, columns: list[Column]) -> None:
        """What the rates were when the workbook was written, and whether any was changed."""
        rates = [
            (at, c) for at, c in enumerate(columns, first) if all(n.is_leaf for n in c.numbers if type(n) is Number)
        ]
        for place, (at, column) in enumerate(rates):
            copy = first + len(columns) + 1 + 2 * place
            grey: dict[str, Any] = {"font_color": "#999999"}
            book.text(sheet, HEADING, copy, f"{column.heading} as written", text_wrap=True, **grey)
            book.text(sheet, HEADING, copy + 1, "changed", **grey)
            for row, number in enumerate(column.numbers):
                if type(number) is Number:
                    here, there, flag = (Cell("", FIRST + row, where) for where in (at, copy, copy + 1))
                    book.value(sheet, here.row, copy, number.value, style="general", **grey)
                    same = f"=IF(ABS({front.address(here)}-{front.address(there)})<=1E-13,0,1)"
                    book.formula(sheet, flag.row, flag.column, same, 0.0, style="whole", **grey)
            ends = (Cell(book.names[sheet], FIRST + row, copy + 1).absolute() for row in (0, len(column.numbers) - 1))
            begin, end = ends
            self.changed.append(f"SUM({begin}:{end.rpartition('!')[2]})")

    def _write_column(self, book: Book, sheet: Sheet, at: int, column: Column) -> None:
        how: dict[str, Any] = {"bold": True, "bg_color": HEAD_FILL, "text_wrap": True, "bottom": 1, "align": "right"}
        book.text(sheet, HEADING, at, column.heading, **how)
        self._write_how(book, sheet, at, column)
        name = book.names[sheet]
        if column.heading == EVERYONE and column.style == "people":
            self.everyone.append(_extent(name, at, [column]))
        for row, number in enumerate(column.numbers):
            if number is not None:
                self.write_cell(book, sheet, Cell(name, FIRST + row, at), number, column.style)
        if column.total is not None:
            last = FIRST + len(column.numbers) - 1
            whole = f"=SUM({xl_rowcol_to_cell(FIRST, at)}:{xl_rowcol_to_cell(last, at)})"
            total: dict[str, Any] = {"style": column.style, "bold": True, "bg_color": TOTAL_FILL}
            book.formula(sheet, TOTAL, at, whole, value_of(column.total), **total)

    def _write_how(self, book: Book, sheet: Sheet, at: int, column: Column) -> None:
        """The formula of a column in names, of its second row, as the first is often special."""
        if not column.by_cycle:  # its rows are worked out each in its own way
            return
        made = [n for n in column.numbers[1:2] + column.numbers if type(n) is Number and not n.is_leaf]
        if made:
            number = made[0]
            text = self.called[number.place] if the_same(column) is not None else self.in_names(number)
            book.text(
                sheet, HOW, at, text, italic=True, font_color="#777777", text_wrap=True, font_size=8, align="right"
            )

    def write_cell(self, book: Book, sheet: Any, cell: Cell, number: Any, style: str, **how: Any) -> None:
        """A number as its formula, as a reference to the cell that works it out, or as it is."""
        how = {"style": style, **how}
        value = value_of(number)
        if type(number) is not Number:
            book.value(sheet, cell.row, cell.column, value, **how)
            return
        homes = self.places.cells.get(number.place, [])
        if number.is_leaf:
            refer = self.places.names.get(number.place)
            if refer is None and homes and homes[0] != cell:
                refer = self.places.reference(number, cell)
            if refer is None:
                changing = {"bg_color": INPUT_FILL, "font_color": INPUT_INK} if number.varies else {}
                book.value(sheet, cell.row, cell.column, value, **how, **changing)
            else:
                book.formula(sheet, cell.row, cell.column, f"={refer}", value, **how)
        elif number.place in self.places.alone and cell not in homes:
            book.formula(sheet, cell.row, cell.column, f"={self.places.reference(number, cell)}", value, **how)
        else:
            book.formula(sheet, cell.row, cell.column, formula(number, cell, self.places), value, **how)

    def in_names(self, number: Number) -> str:
        """A formula in names, cut where it is long."""
        text = in_names(number, lambda operand: self.called.get(operand.place))
        return text if len(text) <= LONGEST_HOW else text[:LONGEST_HOW] + " …"

    def _write_inputs(self, book: Book) -> None:
        front.write_inputs(book, self.figures, self.words)

    def _write_workings(self, book: Book) -> None:
        front.write_workings(
            book,
            [
                (self.called[number.place], self.in_names(number), number, self.places.cells[number.place][0])
                for number in self.plan.workings
            ],
            self.write_cell,
        )


def _extent(sheet: str, first: int, columns: list[Column]) -> Extent:
    """The cells of columns that stand side by side, and the lowest and the highest value there."""
    rows = max(len(column.numbers) for column in columns)
    begin, end = Cell(sheet, FIRST, first), Cell(sheet, FIRST + rows - 1, first + len(columns) - 1)
    values = [float(value_of(number)) for column in columns for number in column.numbers if number is not None]
    return sheet, f"{begin.absolute()}:{end.absolute().rpartition('!')[2]}", min(values), max(values)


def _width(texts: list[Any]) -> int:
    return min(34, max((len(str(text)) + 2 for text in texts[:200]), default=9))

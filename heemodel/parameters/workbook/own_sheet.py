"""The first sheet: one row for each number of the user's own figures, and how the model takes it."""

from collections.abc import Iterator
from typing import get_args

from heemodel.currency import currency_in
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.specification import Status
from heemodel.parameters.units import conversion
from heemodel.parameters.workbook.form import PLACE, Cell, Column, Entry, Formula, Row, Sheet, Shown, in_words
from heemodel.parameters.workbook.own import NEEDED, SOURCE, Figure, Line, figures_of

WHAT, TODO, OWN, UNIT, TAKEN = "What", "To do", "Your figure", "Unit", "As the model takes it"
SOURCES, STATUS, WHY, USUAL = "Where it is from", "Status", "Why", "Usual range"
MODEL, MODEL_SOURCE = "The model's own figure", "Where that is from"
COLUMNS = (
    Column(WHAT, 42),
    Column(TODO, 12),
    Column(OWN, 18, fill=True),
    Column(UNIT, 16, fill=True),
    Column(TAKEN, 22),
    Column(SOURCES, 24, fill=True),
    Column(STATUS, 10, fill=True),
    Column(WHY, 22, fill=True),
    Column(USUAL, 17),
    Column(MODEL, 15),
    Column(MODEL_SOURCE, 70),
    Column(PLACE, 10),
)
STATUSES: tuple[str, ...] = get_args(Status)
ABOVE = Shown("as above", faint=True)
TITLE = "Your figures"
FIRST = (
    "Say in the first row where your figures are from. Then fill in the yellow cells: of each figure all that is marked"
)
GUIDE = (
    f"{FIRST} 'fill in', or what is marked 'or instead'.",
    "Leave empty what you do not have: the model's own figure, further right, is then kept.",
    f"Where a figure is from elsewhere, say so in its row, under '{SOURCES}', '{STATUS}' and '{WHY}'.",
    f"Leave the names of the sheets, the headings and the column '{PLACE}' as they are. The sheet 'Read me' says more.",
)


def own_sheet(inputs: Inputs) -> Sheet:
    """The first sheet."""
    title = TITLE if inputs.yours is None else inputs.yours.title
    rows = [_general(), *(row for figure in figures_of(inputs) for row in _rows(figure))]
    return Sheet(name_of(title), f"{title}: {inputs.about.title}", GUIDE, COLUMNS, rows, to_fill=True, unprinted=2)


def name_of(title: str) -> str:
    """A title as the name of a sheet: 31 characters, none of which a workbook refuses."""
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31].strip() or TITLE


def _general() -> Row:
    """The row that says where all figures of the sheet are from."""
    help_ = "Such as: stroke register of the trust, April 2022 to March 2024."
    what = "Where your figures are from, unless a row says otherwise"
    return Row(
        in_words(SOURCE),
        {
            WHAT: Shown(what),
            TODO: Shown(NEEDED),
            OWN: Entry(SOURCE, "text", help=help_),
            PLACE: Shown(in_words(SOURCE)),
        },
        begins=True,
    )


def _rows(figure: Figure) -> Iterator[Row]:
    """The rows of a figure; what belongs to all its numbers is filled in on the first."""
    for at, line in enumerate(figure.lines):
        place = in_words(line.entry.path)
        cells: dict[str, Cell] = {
            WHAT: Shown(line.what),
            TODO: Shown(line.todo),
            OWN: line.entry,
            UNIT: _unit(figure, line),
            MODEL: Shown(line.own),
            PLACE: Shown(place),
        }
        if taken := _taken(figure, line):
            cells[TAKEN] = taken
        if figure.sourced:
            cells |= _about(figure) if at == 0 else dict.fromkeys((SOURCES, STATUS, WHY), ABOVE)
            if at == 0 and "status" not in figure.table:
                cells[STATUS] = Shown(None)
        if at == 0 and figure.usual:
            cells[USUAL] = Shown(_range(figure))
        yield Row(place, cells, begins=at == 0)


def _unit(figure: Figure, line: Line) -> Cell:
    """The unit of a number: to be chosen on the first row of a figure, and the same on those below."""
    if len(figure.units) < 2 or line.unit != figure.unit:
        return Shown(line.unit, faint=not line.unit)
    first = figure.lines[0]
    if line is first:
        help_ = "Choose the unit of your figure; the model converts it."
        return Entry((*figure.place, "unit"), "text", figure.unit, figure.units, help=help_)
    return Formula("=@0", ((in_words(first.entry.path), UNIT),), figure.unit, plain=True)


def _about(figure: Figure) -> dict[str, Cell]:
    """Source, status and reason of a figure, to be filled in, and the source of the model's own."""
    place = figure.place
    status = "read: counted or read by you; quoted; derived: worked out; assumed. Empty: read."
    return {
        SOURCES: Entry((*place, "source"), "text", help="Empty: as the first row says."),
        STATUS: Entry((*place, "status"), "text", choices=STATUSES, help=status),
        WHY: Entry((*place, "rationale"), "text", help="Why this figure; it may stay empty."),
        MODEL_SOURCE: Shown(f"{figure.table.get('source', '')} ({figure.table.get('status', 'published')})"),
    }


def _range(figure: Figure) -> str:
    """The usual range in the unit of the inputs."""
    low, high = figure.usual or (0.0, 0.0)
    return f"{low:,.6g} to {high:,.6g} {figure.unit}"


def _taken(figure: Figure, line: Line) -> Formula | None:
    """What a model makes of the number in a row: in its own unit, and whether that is usual; of counts, the share."""
    path, key = line.entry.path, line.entry.path[len(figure.place)] if figure.sourced else ""
    cell = (in_words(path), OWN)
    if figure.kind == "counts":
        return _counted(figure, str(key), cell)
    if key not in ("value", "mean", "standard_error", "sd", "interval", "quartiles") or not line.unit:
        return None
    unit = (in_words(figure.lines[0].entry.path), UNIT)
    number = f"@0*{_factor(figure)}" if len(figure.units) > 1 else "@0"
    currency = currency_in(figure.taken)
    rest = figure.taken.split(" ", 1)[-1] if currency else figure.taken
    sign = currency.sign if currency and figure.taken.startswith(currency.name) else ""
    shown = f'TEXT({number},IF({number}=ROUND({number},0),"#,##0","#,##0.00"))'
    words = f'"{_quoted(sign)}"&{shown}&" {_quoted(rest if sign else figure.taken)}"'
    note = _unusual(figure, number) if key in ("value", "mean") else '""'
    return Formula(f'=IF(ISNUMBER(@0),{words}&{note},"")', (cell, unit) if len(figure.units) > 1 else (cell,))


def _counted(figure: Figure, key: str, cell: tuple[str, str]) -> Formula | None:
    """The share of a number, and the number of a percentage: a half is rounded up, as `DataRecord.counted` is."""
    people = (in_words((*figure.place, "n")), OWN)
    if key == "events":
        words = 'TEXT(@0/@1,"0.0%")&" of "&@1'
    elif key == "share":
        words = 'TEXT(ROUND(IF(@0>1,@0/100,@0)*@1,0),"0")&" of "&@1'
    else:
        return None
    return Formula(f'=IF(AND(ISNUMBER(@0),ISNUMBER(@1)),IF(@1>0,{words},""),"")', (cell, people))


def _factor(figure: Figure) -> str:
    """What a number is multiplied by, by the unit that is chosen in cell @1."""
    factors = {unit: conversion(unit, figure.taken) or 1.0 for unit in figure.units}
    nested = "1"
    for unit, factor in reversed(factors.items()):
        nested = f'IF(@1="{_quoted(unit)}",{factor!r},{nested})'
    return nested


def _unusual(figure: Figure, number: str) -> str:
    """A caution to a number outside the usual range, given in the unit of the inputs."""
    if figure.usual is None:
        return '""'
    factor = conversion(figure.unit, figure.taken) or 1.0
    low, high = (limit * factor for limit in figure.usual)
    return f'IF(OR({number}<{low!r},{number}>{high!r}),": OUTSIDE THE USUAL RANGE","")'


def _quoted(text: str) -> str:
    """Text inside the quotes of a formula."""
    return text.replace('"', '""').replace("@", "at")

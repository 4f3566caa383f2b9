"""Takes a workbook of inputs back: what was changed in it, or every mistake with its sheet and cell."""

import re
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from openpyxl.workbook.workbook import Workbook

from heemodel.parameters.inputs import Inputs
from heemodel.parameters.problems import InputError, Problem
from heemodel.parameters.workbook.form import Path, in_words
from heemodel.parameters.workbook.opening import Answers, opened
from heemodel.parameters.workbook.own import ORGANISATION, figures_of
from heemodel.parameters.workbook.own_changes import Changes, Filled, own_changes
from heemodel.parameters.workbook.readme import NAME, VERSION, version_of
from heemodel.parameters.workbook.section_changes import section_changes
from heemodel.parameters.workbook.told import FilledText
from heemodel.parameters.workbook.writing import sheets_of

CHANGED = "changes"
"""What the places of mistakes begin with that changes make."""


def read_workbook(path: FilePath, inputs: Inputs) -> tuple[dict[str, Any], Inputs]:
    """What was changed in a workbook that `write_workbook` wrote, and the inputs with it, which know the cells."""
    workbook = opened(path)
    sheets = sheets_of(inputs)
    answers = Answers(workbook, sheets)
    filled = Filled(answers.values, broken=frozenset(answers.broken))
    own = own_changes(figures_of(inputs), filled, _whose(answers))
    others = section_changes(sheets[1:], inputs.content, filled)
    mistakes = answers.mistakes + [f"{_where(place, answers)}: {message}" for place, message in filled.wrong]
    if others and not mistakes and _version(workbook) != version_of(inputs):
        mistakes.append(_of_other_inputs(others, answers))
    if mistakes:
        raise InputError(path, [Problem((), mistake) for mistake in mistakes])
    changes = nested(own | others)
    try:
        made = inputs.with_changes(changes)
    except InputError as error:
        told = [_at_cell(problem, answers, own | others) for problem in error.problems]
        raise InputError(path, told) from None
    cells = {path: cell for path, cell in answers.where.items() if _key(path) in own | others}
    return changes, replace(made, source=FilledText(inputs.path, inputs.source.text, workbook=path, cells=cells))


def _key(path: Path) -> Path:
    """The path of the key that a value belongs to, without its places in lists."""
    return tuple(step for step in path if isinstance(step, str))


def _whose(answers: Answers) -> str | None:
    """Whose figures they are that were filled in; None where that was left empty: they are not the model's own."""
    named = answers.values.get(tuple(ORGANISATION.split(".")))
    return str(named) if named else None


def nested(changes: Changes) -> dict[str, Any]:
    """Changes by path as nested tables; a table that is taken out is None."""
    made: dict[str, Any] = {}
    for path, value in changes.items():
        table = made
        for step in path[:-1]:
            table = table.setdefault(str(step), {})
        table[str(path[-1])] = value
    return made


def _version(workbook: Workbook) -> str | None:
    """The mark of the inputs that a workbook was written from."""
    if NAME not in workbook.sheetnames:
        return None
    rows = workbook[NAME].iter_rows(max_col=2, max_row=200, values_only=True)
    return next((str(mark) for name, mark in rows if name == VERSION), None)


def _of_other_inputs(changes: Changes, answers: Answers) -> str:
    """What is said where the model's inputs are no longer those that a workbook was written from."""
    first, others = _where(next(iter(changes)), answers), len(changes) - 1
    differ = f"{first} and {others} more differ" if others else f"{first} differs"
    return (
        f"{differ} from the model's inputs, which are not those that this workbook was written from; write a new one "
        "with `heemodel inputs`, and copy your figures"
    )


def _where(place: Path, answers: Answers, changes: Changes | None = None) -> str:
    """The sheet and cell of a path, or of the nearest one that belongs to it: a changed one if there is any."""
    for length in range(len(place), 1, -1):
        near = [path for path in answers.where if path[:length] == place[:length]]
        changed = [path for path in near if _key(path) in (changes or {})]
        if near:
            return answers.where[(changed or near)[0]]
    return in_words(place)


def _at_cell(problem: Problem, answers: Answers, changes: Changes) -> Problem:
    """A mistake of the changed inputs, with the sheet and cell that it comes of."""
    place = problem.place[1:] if problem.place[:1] == (CHANGED,) else problem.place
    whole = re.match(r"makes \[([^\]]*)\] wrong: ", problem.message)
    message = problem.message.removeprefix(whole[0]) if whole else problem.message
    full: Path = tuple(whole[1].split(".")) if whole else place
    return Problem((), f"{_where(full if len(full) > len(place) else place, answers, changes)}: {message}")

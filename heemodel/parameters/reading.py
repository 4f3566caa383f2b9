"""Reads an inputs file, and reports all its mistakes at once, each with its place and the cure."""

import re
import tomllib
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from heemodel.errors import closest, nearest
from heemodel.parameters.groupings import wrong_groups
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.money import foreign_money
from heemodel.parameters.needs import Needs, misfits
from heemodel.parameters.overlay import overlaid, unsourced, with_options
from heemodel.parameters.problems import InputError, Problem, SourceText
from heemodel.parameters.references import references, unlike
from heemodel.parameters.specification import (
    About,
    Avoided,
    Claim,
    Component,
    DataRecord,
    Parameter,
    Scenario,
    Setting,
    Specification,
    Step,
)
from heemodel.parameters.table_files import read_tables, wrong_rows
from heemodel.parameters.variations import Alternatives, Grouping, Question, TableFile, Variation

TABLES: dict[str, type[Specification]] = {
    "settings": Setting,
    "parameters": Parameter,
    "priors": Parameter,
    "data": DataRecord,
    "scenarios": Scenario,
    "steps": Step,
    "components": Component,
    "avoided": Avoided,
    "alternatives": Alternatives,
    "tables": TableFile,
    "groups": Grouping,
    "variations": Variation,
    "information": Question,
}
"""Sections that hold one table for each name."""
SINGLE: dict[str, type[Specification]] = {"about": About, "claim": Claim}
"""Sections that are one table themselves."""


HINTS = {
    r"[“”‘’]": 'use straight quotes (") rather than curly ones',
    r"=\s*-?\d{1,3}(,\d{3})+\s*$": "write thousands without commas, as in 1085 or 1_085",
    r"=\s*-?\d+,\d+\s*$": "write a decimal point rather than a comma, as in 41.5",
    r"=\s*-?[£$€]": "write the figure alone; its currency belongs in unit",
    r"=\s*-?[\d.]+\s*%": "write a percentage as a share: 0.17",
    r'^[^"]*"[^"]*$': "a quote is not closed",
    r"=\s*[A-Za-z]": "text goes between quotes",
}
"""What a line that is not TOML most likely meant, by what is seen in it."""


def read_inputs(path: str | Path, *, needs: Needs | None = None) -> Inputs:
    """Read the inputs of a decision model.

    Parameters
    ----------
    path : a TOML file with the sections ``[about]``, ``[settings.<name>]``, ``[parameters.<name>]``,
        ``[priors.<name>]``, ``[data.<name>]``, ``[scenarios.<name>]``, ``[components.<name>]`` and, if there is a
        published figure to test, ``[claim]``
    needs : what the model takes, and in which units; without it, the file is checked by itself only

    Returns
    -------
    Inputs, frozen; see `Inputs.central`, `Inputs.draw` and `Inputs.evidence`

    Raises
    ------
    InputError
        with every mistake found: its line, its table, what is wrong and how to mend it
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(path, [Problem((), f"cannot be read ({error.strerror}); check the path")]) from None
    except UnicodeDecodeError as error:
        raise InputError(path, [Problem((), f"is not UTF-8 text (byte {error.start}); save it as UTF-8")]) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, [_not_toml(error, text)]) from None
    source = SourceText(path, text)
    content = with_options(content)
    found, problems = _checked(content, path, needs)
    varied: dict[str, Any] = {}
    for name, variation in found["variations"].items():
        if variation is not None:
            varied[name], wrong = _checked(overlaid(content, content["variations"][name]), path, needs)
            problems += [_of_variation(name, content, problem) for problem in wrong if problem not in problems]
            problems += unsourced(name, content["variations"][name], content)
    if problems:
        raise source.error(*problems)
    made = {name: Inputs(source=source, **found | {"variations": {}}) for name, found in varied.items()}
    return Inputs(source=source, **found, varied=made)


def _checked(content: dict[str, Any], path: Path, needs: Needs | None) -> tuple[dict[str, Any], list[Problem]]:
    """What is in the content, and everything that is wrong with it."""
    found, problems = _validate(content)
    columns = {} if needs is None else needs.tables
    found["frames"], found["files"], unread = read_tables(path.parent, found["tables"], columns)
    problems += [*unread, *wrong_rows(found["scenarios"], found["frames"], found["tables"])]
    problems += wrong_groups(found["scenarios"], found["groups"])
    problems += foreign_money(found)
    if needs is not None:
        problems += misfits(found, needs)
    elif isinstance(content.get("scenarios"), dict):
        problems += unlike(content["scenarios"])
    return found, problems


def _of_variation(name: str, content: dict[str, Any], problem: Problem) -> Problem:
    """A mistake that only a variation has, at its place there."""
    place: tuple[str, ...] = ("variations", name, "changes")
    inside: Any = content["variations"][name].get("changes", {})
    for step in problem.place:
        if not isinstance(inside, dict) or step not in inside:
            break
        place, inside = (*place, step), inside[step]
    section, table = (*problem.place, "", "")[:2]
    there = content.get(section)
    if len(place) > 4 and isinstance(there, dict) and table not in there:
        said = f"there is no [{section}.{table}] to change; {nearest(table, [str(known) for known in there])}"
        return Problem(place, f"{said}. As a new one it is wrong: {problem.message}")
    return Problem(place, f"makes [{'.'.join(problem.place)}] wrong: {problem.message}")


def _not_toml(error: tomllib.TOMLDecodeError, text: str) -> Problem:
    """Where a file stops being TOML, with a guess at what was meant."""
    lines = text.splitlines()
    at = re.search(r" \(at line (\d+), column \d+\)$", str(error))
    number = int(at[1]) if at else len(lines)
    said = str(error).removesuffix(at[0] if at else "")
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    hint = next((f"; {cure}" for pattern, cure in HINTS.items() if re.search(pattern, line)), "")
    shown = f" in: {line.strip()}" if line.strip() else ""
    return Problem((), f"is not valid TOML ({said}){hint}{shown}", number)


def _validate(content: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Every table of the file as its specification, and every mistake."""
    found: dict[str, Any] = {section: {} for section in TABLES} | dict.fromkeys(SINGLE)
    problems: list[Problem] = []
    known = {*TABLES, *SINGLE}
    problems += [
        Problem((name,), f"unknown section; {nearest(name, known)}") for name in sorted(content.keys() - known)
    ]
    needed = ("about", "parameters")
    problems += [Problem((), f"section [{name}] is missing; add it") for name in needed if name not in content]
    for section, specification in SINGLE.items():
        if section in content:
            found[section] = _one(specification, content[section], (section,), problems)
    for strange in content.keys() - known:  # what is in it is not missing, it is in the wrong place
        if (meant := closest(strange, TABLES)) and isinstance(content[strange], dict):
            found[meant] |= dict.fromkeys(content[strange])
    for section, specification in TABLES.items():
        tables = content.get(section, {})
        if not isinstance(tables, dict):
            problems.append(Problem((section,), f"must hold tables; write [{section}.<name>]"))
            continue
        for name, table in tables.items():
            found[section][name] = _one(specification, table, (section, name), problems)
    problems += references(content)
    return found, problems


def _one(specification: type[Specification], table: Any, place: tuple[str, ...], problems: list[Problem]) -> Any:
    """The table as its specification, or None with the mistakes added to `problems`."""
    if not isinstance(table, dict):
        problems.append(Problem(place, f"must be a table; write [{'.'.join(place)}] and its keys below"))
        return None
    try:
        return specification.model_validate(table)
    except ValidationError as error:
        problems += [_problem(detail, specification, place) for detail in error.errors(include_url=False)]
        return None


def _problem(detail: ErrorDetails, specification: type[Specification], place: tuple[str, ...]) -> Problem:
    """A pydantic error in the words of an inputs file."""
    keys = tuple(str(key) for key in detail["loc"])
    if specification is Alternatives and keys[:1] == ("options",) and len(keys) > 1:
        inside = {**detail, "loc": detail["loc"][2:]}
        return _problem(cast("ErrorDetails", inside), Parameter, (*place, *keys[:2]))
    at = (*place, *keys[:1])
    shown = detail["input"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            at, said = place, f"{keys[-1]} is missing; add `{keys[-1]} = …`"
        case "extra_forbidden":
            said = f"unknown key; {nearest(keys[-1], specification.model_fields)}"
        case "value_error":
            said = str(context.get("error", detail["msg"]))
        case "greater_than" | "greater_than_equal":
            limit = f"above {context['gt']:g}" if "gt" in context else f"{context['ge']:g} or more"
            said = f"is {shown!r}; it must be {limit}"
        case "float_type" | "int_type" if isinstance(shown, str):
            said = f"is {shown!r}; write the number without quotes, and with a decimal point"
        case "int_type" | "int_from_float":
            said = f"is {shown!r}; it must be a whole number"
        case "literal_error":
            said = f"is {shown!r}; write one of: {context.get('expected')}"
        case _:
            said = f"is {shown!r}; {detail['msg'][0].lower()}{detail['msg'][1:]}"
    return Problem(at, said)

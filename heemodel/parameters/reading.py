"""Reads an inputs file, and reports all its mistakes at once, each with its place and the cure."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from heemodel.errors import HeemodelError, nearest
from heemodel.parameters.inputs import Inputs
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

TABLES: dict[str, type[Specification]] = {
    "settings": Setting,
    "parameters": Parameter,
    "priors": Parameter,
    "data": DataRecord,
    "scenarios": Scenario,
    "steps": Step,
    "components": Component,
    "avoided": Avoided,
}
"""Sections that hold one table for each name."""
SINGLE: dict[str, type[Specification]] = {"about": About, "claim": Claim}
"""Sections that are one table themselves."""


RESERVED = ("sample", "strategy", "cycle", "state", "component")
"""Dimensions that a parameter of an inputs file cannot have."""


@dataclass(frozen=True)
class Problem:
    """One mistake in an inputs file."""

    place: tuple[str, ...]
    message: str
    line: int | None = None

    def __str__(self) -> str:
        at = f"line {self.line}: " if self.line else ""
        return f"{at}[{'.'.join(self.place)}] {self.message}" if self.place else f"{at}{self.message}"


class InputError(HeemodelError):
    """An inputs file with mistakes; `problems` lists them all."""

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        count = "1 mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        super().__init__("\n".join([f"{path}: {count}", *(f"  {problem}" for problem in problems)]))


def read_inputs(path: str | Path) -> Inputs:
    """Read the inputs of a decision model.

    Parameters
    ----------
    path : a TOML file with the sections ``[about]``, ``[settings.<name>]``, ``[parameters.<name>]``,
        ``[priors.<name>]``, ``[data.<name>]``, ``[scenarios.<name>]``, ``[components.<name>]`` and, if there is a
        published figure to test, ``[claim]``

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
        raise InputError(path, [Problem((), f"is not valid TOML: {error}")]) from None
    found, problems = _validate(content)
    if problems:
        lines = _Lines(text)
        placed = [Problem(p.place, p.message, lines.find(p.place)) for p in problems]
        raise InputError(path, sorted(placed, key=lambda p: p.line or 0))
    return Inputs(path=path, **found)


def _validate(content: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Every table of the file as its specification, and every mistake."""
    found: dict[str, Any] = {section: {} for section in TABLES} | {"claim": None}
    problems: list[Problem] = []
    known = {*TABLES, *SINGLE}
    problems += [Problem((name,), f"unknown section; {nearest(name, known)}") for name in content.keys() - known]
    needed = ("about", "parameters", "scenarios")
    problems += [Problem((), f"section [{name}] is missing; add it") for name in needed if name not in content]
    for section, specification in SINGLE.items():
        if section in content:
            found[section] = _one(specification, content[section], (section,), problems)
    for section, specification in TABLES.items():
        tables = content.get(section, {})
        if not isinstance(tables, dict):
            problems.append(Problem((section,), f"must hold tables; write [{section}.<name>]"))
            continue
        for name, table in tables.items():
            found[section][name] = _one(specification, table, (section, name), problems)
    problems += _references(content)
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
    at = (*place, *keys[:1])
    shown = detail["input"]
    match detail["type"]:
        case "missing":
            return Problem(place, f"{keys[-1]} is missing; add `{keys[-1]} = …`")
        case "extra_forbidden":
            return Problem(at, f"unknown key; {nearest(keys[-1], specification.model_fields)}")
        case "value_error":
            message = str(detail.get("ctx", {}).get("error", detail["msg"]))
            return Problem(at, message)
        case "greater_than" | "greater_than_equal":
            ctx = detail.get("ctx", {})
            limit = f"above {ctx['gt']:g}" if "gt" in ctx else f"{ctx['ge']:g} or more"
            return Problem(at, f"is {shown!r}; it must be {limit}")
        case "literal_error":
            return Problem(at, f"is {shown!r}; write one of: {detail.get('ctx', {}).get('expected')}")
        case _:
            return Problem(at, f"is {shown!r}; {detail['msg'][0].lower()}{detail['msg'][1:]}")


def _references(content: dict[str, Any]) -> list[Problem]:
    """Names that refer to nothing: of records in scenarios, of steps in components, of scenarios to compare."""
    sections = [content.get(section, {}) for section in ("data", "scenarios", "steps", "components")]
    if not all(isinstance(section, dict) for section in sections):
        return []
    data, scenarios, steps, components = sections
    problems = _records(data, scenarios) + _labels(content.get("parameters", {}))
    for name, component in components.items():
        step = component.get("step") if isinstance(component, dict) else None
        if isinstance(step, str) and step not in steps:
            problems.append(Problem(("components", name, "step"), f"names no step {step!r}; {nearest(step, steps)}"))
    for role, name in _compared(content).items():
        if name not in scenarios:
            place = ("about", "compare", role)
            problems.append(Problem(place, f"names no scenario {name!r}; {nearest(name, scenarios)}"))
    return problems


def _records(data: dict[str, Any], scenarios: dict[str, Any]) -> list[Problem]:
    """Scenarios that name a record which is not there, or leave out what another scenario has."""
    problems = []
    shapes: dict[str, set[tuple[str, str]]] = {}
    for name, scenario in scenarios.items():
        evidence = scenario.get("evidence", {}) if isinstance(scenario, dict) else {}
        shapes[name] = set()
        for role, strategies in evidence.items() if isinstance(evidence, dict) else ():
            for strategy, record in strategies.items() if isinstance(strategies, dict) else ():
                shapes[name].add((role, strategy))
                if not isinstance(record, str) or record not in data:
                    place = ("scenarios", name, "evidence", role, strategy)
                    problems.append(Problem(place, f"names no data record {record!r}; {nearest(str(record), data)}"))
    wanted = set().union(*shapes.values())
    for name, shape in shapes.items():
        for role, strategy in sorted(wanted - shape):
            evidence_of = ("scenarios", name, "evidence")
            problems.append(
                Problem(evidence_of, f"has no record for {role}.{strategy}, which other scenarios have; add it")
            )
    return problems


def _compared(content: dict[str, Any]) -> dict[str, str]:
    """The scenarios named in [about.compare], as far as they are names."""
    about = content.get("about", {})
    compare = about.get("compare", {}) if isinstance(about, dict) else {}
    return {k: v for k, v in compare.items() if isinstance(v, str)} if isinstance(compare, dict) else {}


def _labels(parameters: Any) -> list[Problem]:
    """Parameters that label one dimension in different ways, or that name one which belongs to the model."""
    problems: list[Problem] = []
    first: dict[str, tuple[str, Any]] = {}
    for name, table in parameters.items() if isinstance(parameters, dict) else ():
        if not isinstance(table, dict) or "dimension" not in table:
            continue
        dimension, labels = table["dimension"], table.get("labels")
        if dimension in RESERVED:
            problems.append(
                Problem(("parameters", name, "dimension"), f"{dimension!r} belongs to the model; use another name")
            )
        before = first.setdefault(str(dimension), (name, labels))
        if before[1] != labels:
            where = ("parameters", name, "labels")
            problems.append(
                Problem(where, f"{labels} differ from those of {before[0]!r}, {before[1]}; use the same labels")
            )
    return problems


class _Lines:
    """Finds the line of a table or key in TOML text (good for the plain layout that inputs files have)."""

    def __init__(self, text: str) -> None:
        self.number: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), start=1):
            if header := re.match(r"\s*\[+([^\[\]]+)\]+", line):
                table = self._path(header[1])
                self.number.setdefault(table, number)
            elif key := re.match(r"""\s*((?:[\w-]+|"[^"]*")(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""", line):
                self.number.setdefault((*table, *self._path(key[1])), number)

    @staticmethod
    def _path(text: str) -> tuple[str, ...]:
        return tuple(part.strip().strip('"') for part in re.findall(r'"[^"]*"|[^."]+', text) if part.strip())

    def find(self, place: tuple[str, ...]) -> int | None:
        """The line of the place, or of the innermost table around it."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.number:
                return self.number[place[:length]]
        return None

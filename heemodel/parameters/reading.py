"""Reads an inputs file, and reports all its mistakes at once, each with its place and the cure."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from heemodel.errors import HeemodelError, closest, nearest
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.needs import Needs, misfits
from heemodel.parameters.prices import price_index
from heemodel.parameters.problems import InputError, Problem, SourceText
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
    found, problems = _validate(content)
    if needs is not None:
        problems += misfits(found, needs)
    elif isinstance(content.get("scenarios"), dict):
        problems += _unlike(content["scenarios"])
    if problems:
        raise source.error(*problems)
    return Inputs(source=source, **found)


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


def _references(content: dict[str, Any]) -> list[Problem]:
    """Names that refer to nothing: of records in scenarios, of steps in components, of scenarios to compare."""
    sections = [content.get(section, {}) for section in ("data", "scenarios", "steps", "components")]
    if not all(isinstance(section, dict) for section in sections):
        return []
    data, scenarios, steps, components = sections
    problems = _records(data, scenarios) + _labels(content.get("parameters", {})) + _price_years(content)
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
    """Scenarios that name a record which is not there, and records that no scenario names."""
    unknown: list[tuple[tuple[str, ...], str]] = []
    used: set[str] = set()
    for name, scenario in scenarios.items():
        for role, strategy, record in _evidence(scenario):
            used.add(str(record))
            if not isinstance(record, str) or record not in data:
                unknown.append((("scenarios", name, "evidence", role, strategy), str(record)))
    idle = [name for name in data if name not in used]
    if not scenarios:
        return []
    problems, meant = [], set()
    for name in idle:
        wanted = closest(name, [record for _, record in unknown])
        meant.add(wanted)
        cure = f"did you mean {wanted!r}?" if wanted else "name it in one, or remove it"
        problems.append(Problem(("data", name), f"is named by no scenario; {cure}"))
    problems += [
        Problem(place, f"names data record {record!r}, which is not there; add [data.{record}] or name another")
        for place, record in unknown
        if record not in meant
    ]
    return problems


def _unlike(scenarios: dict[str, Any]) -> list[Problem]:
    """Scenarios without evidence that other scenarios have."""
    shapes = {name: {(role, strategy) for role, strategy, _ in _evidence(s)} for name, s in scenarios.items()}
    wanted = set().union(*shapes.values())
    return [
        Problem(
            ("scenarios", name, "evidence"), f"has no record for {role}.{strategy}, which other scenarios have; add it"
        )
        for name, shape in shapes.items()
        for role, strategy in sorted(wanted - shape)
    ]


def _evidence(scenario: Any) -> Iterator[tuple[str, str, Any]]:
    """Role, strategy and record of a scenario, as far as it is one."""
    evidence = scenario.get("evidence", {}) if isinstance(scenario, dict) else {}
    for role, records in evidence.items() if isinstance(evidence, dict) else ():
        for strategy, record in records.items() if isinstance(records, dict) else ():
            yield role, strategy, record


def _compared(content: dict[str, Any]) -> dict[str, str]:
    """The scenarios named in [about.compare], as far as they are names."""
    about = content.get("about", {})
    compare = about.get("compare", {}) if isinstance(about, dict) else {}
    return {k: v for k, v in compare.items() if isinstance(v, str)} if isinstance(compare, dict) else {}


def _price_years(content: dict[str, Any]) -> list[Problem]:
    """Figures in prices of another year than the analysis', when the price index lacks one of the two."""
    about = content.get("about")
    wanted = about.get("price_year") if isinstance(about, dict) else None
    years: dict[tuple[str, ...], Any] = {("about", "price_year"): wanted}
    for section in ("settings", "parameters", "priors", "data"):
        tables = content.get(section)
        for name, table in tables.items() if isinstance(tables, dict) else ():
            if isinstance(table, dict) and table.get("price_year", wanted) != wanted:
                years[section, name, "price_year"] = table["price_year"]
    problems = []
    for place, year in years.items():
        if len(years) > 1 and isinstance(year, str):
            try:
                price_index().level(year)
            except HeemodelError as error:
                problems.append(Problem(place, str(error)))
    return problems


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

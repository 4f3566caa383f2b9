"""Checks the content of an inputs file: every mistake at once, each with its place and the cure."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from heemodel.errors import closest, nearest
from heemodel.parameters.budget import Budget, wrong_budget
from heemodel.parameters.conditions import wrong_conditions
from heemodel.parameters.correlations import Correlated, wrong_correlations
from heemodel.parameters.groupings import wrong_groups
from heemodel.parameters.money import foreign_money
from heemodel.parameters.needs import Needs, misfits, wrong_volume
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.policy import policy_profiles
from heemodel.parameters.problems import Problem
from heemodel.parameters.references import references, unlike
from heemodel.parameters.specification import (
    About,
    Avoided,
    Claim,
    Component,
    DataRecord,
    Scenario,
    Sentence,
    Setting,
    Sourced,
    Specification,
    Step,
    When,
    Yours,
)
from heemodel.parameters.table_files import read_tables, wrong_rows
from heemodel.parameters.two_way import TwoInputs, wrong_two_way
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
    "correlated": Correlated,
    "two_way": TwoInputs,
}
"""Sections that hold one table for each name."""
SINGLE: dict[str, type[Specification]] = {"about": About, "claim": Claim, "yours": Yours, "budget": Budget}
"""Sections that are one table themselves."""
ELSEWHERE = ("changes", "parameters", "settings", "tables", "data")
"""Sections that a scenario does not change, though one might think so."""


def checked(
    content: dict[str, Any], folder: Path, needs: Needs | None, texts: Mapping[str, str]
) -> tuple[dict[str, Any], list[Problem]]:
    """The sections of an inputs file as their specifications, and everything that is wrong with them.

    Parameters
    ----------
    content : the file as nested dicts, with options and a scenario (see `with_options` and `with_base_scenario`)
    folder : where tables are kept
    needs : what the model takes; without it, the content is checked by itself only
    texts : of tables' files that have been read before, by file name

    Returns
    -------
    the sections by name, tables that could not be understood being None; and the problems, with their places
    """
    sections, problems = _validate(content)
    columns = {} if needs is None else needs.tables
    sections["frames"], sections["files"], unread = read_tables(folder, sections["tables"], columns, texts)
    problems += [*unread, *wrong_rows(sections["scenarios"], sections["frames"], sections["tables"])]
    problems += wrong_groups(sections["scenarios"], sections["groups"])
    problems += foreign_money(sections)
    problems += wrong_correlations(sections, content.get("correlated"))
    problems += wrong_two_way(sections)
    problems += wrong_volume(sections["settings"])
    problems += wrong_budget(content, sections, () if needs is None else needs.strategies)
    problems += wrong_conditions(sections, content, () if needs is None else needs.names)
    if needs is not None:
        problems += misfits(sections, needs)
    elif isinstance(content.get("scenarios"), dict):
        problems += unlike(content["scenarios"])
    return sections, problems


def _validate(content: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Every table of the file as its specification, and every mistake."""
    sections: dict[str, Any] = {section: {} for section in TABLES} | dict.fromkeys(SINGLE)
    problems: list[Problem] = []
    known = {*TABLES, *SINGLE}
    problems += [
        Problem((name,), f"unknown section; {nearest(name, known)}") for name in sorted(content.keys() - known)
    ]
    needed = ("about", "parameters")
    problems += [Problem((), f"section [{name}] is missing; add it") for name in needed if name not in content]
    for section, specification in SINGLE.items():
        if section in content:
            sections[section] = _one(specification, content[section], (section,), problems)
    for unknown in content.keys() - known:  # what is in it is not missing, it is in the wrong place
        if (meant := closest(unknown, TABLES)) and isinstance(content[unknown], dict):
            sections[meant] |= dict.fromkeys(content[unknown])
    for section, specification in TABLES.items():
        tables = content.get(section, {})
        if not isinstance(tables, dict):
            problems.append(Problem((section,), f"must hold tables; write [{section}.<name>]"))
            continue
        for name, table in tables.items():
            sections[section][name] = _one(specification, table, (section, name), problems)
    problems += references(content)
    return sections, problems


def _one(specification: type[Specification], table: Any, place: tuple[str, ...], problems: list[Problem]) -> Any:
    """The table as its specification, or None with the mistakes added to `problems`."""
    if not isinstance(table, dict):
        problems.append(Problem(place, f"must be a table; write [{'.'.join(place)}] and its keys below"))
        return None
    try:
        return specification.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)
        if issubclass(specification, Sourced) and all(detail["loc"] == () for detail in details):
            problems += [Problem(place, broken) for broken in _broken_rules(specification, table)]
        else:
            problems += [_problem(detail, specification, place) for detail in details]
        return None


def _broken_rules(specification: type[Specification], table: dict[str, Any]) -> list[str]:
    """What each rule says to a table whose keys are sound by themselves; pydantic tells of the first rule only."""
    made, broken = specification.model_construct(**table), []
    for rule in specification.__pydantic_decorators__.model_validators.values():
        try:
            rule.func(made)
        except ValueError as error:
            broken.append(str(error))
    return list(dict.fromkeys(broken))


def _problem(detail: ErrorDetails, specification: type[Specification], place: tuple[str, ...]) -> Problem:
    """A pydantic error in the words of an inputs file."""
    keys = tuple(str(key) for key in detail["loc"])
    if specification is Alternatives and keys[:1] == ("options",) and len(keys) > 1:
        further = {**detail, "loc": detail["loc"][2:]}
        return _problem(cast("ErrorDetails", further), Parameter, (*place, *keys[:2]))
    at, inside = (*place, *keys[:1]), _inside(specification, keys)
    shown = detail["input"]
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            at, reason = (*place, *keys[:-1]), f"{keys[-1]} is missing; add `{keys[-1]} = …`{_choice(inside, keys[-1])}"
        case "extra_forbidden":
            at = (*place, *(key for key in keys[:-1] if not key.isdigit()), keys[-1])
            reason = f"unknown key; {nearest(keys[-1], _keys_beside(inside, keys))}"
            if specification is Scenario and keys[-1] in ELSEWHERE:
                part = keys[-1] if keys[-1] != "changes" else "parameters"
                reason = (
                    "unknown key: a scenario chooses evidence, rows of tables and groups; figures are changed by a "
                    f"variation, as in [variations.<name>] with changes.{part}.<name> = …"
                )
        case "value_error":
            reason = str(context.get("error", detail["msg"]))
        case "greater_than" | "greater_than_equal":
            limit = f"above {context['gt']:g}" if "gt" in context else f"{context['ge']:g} or more"
            reason = f"is {shown!r}; it must be {limit}"
        case "float_type" | "int_type" if isinstance(shown, str):
            point = ", and with a decimal point" if "," in shown else ""
            reason = f"is {shown!r}; write the number without quotes{point}"
        case "int_type" | "int_from_float":
            reason = f"is {shown!r}; it must be a whole number"
        case "literal_error":
            reason = f"is {shown!r}; write one of: {context.get('expected')}"
        case _:
            reason = f"is {shown!r}; {detail['msg'][0].lower()}{detail['msg'][1:]}"
    return Problem(at, reason)


def _inside(specification: type[Specification], keys: tuple[str, ...]) -> type[Specification]:
    """The specification of the innermost table that a mistake is in: its own, or that of one below it."""
    for key in keys[:-1]:
        field = specification.model_fields.get(key)
        kinds = () if field is None else (field.annotation, *get_args(field.annotation))
        below = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Specification)]
        if not below:
            break
        specification = below[0]
    return specification


def _keys_beside(specification: type[Specification], keys: Sequence[str]) -> Collection[str]:
    """The keys that may stand where an unknown one does: those of the table, or of a sentence or condition in it."""
    inner = When if "when" in keys[:-1] else Sentence if len(keys) > 1 and keys[0] in ("limits", "notes") else None
    return (inner or specification).model_fields


def _choice(specification: type[Specification], key: str) -> str:
    """What a key that is missing can be, where it is one of a few names."""
    if specification is About and key == "policy":
        known = ", ".join(f'"{name}" ({profile.label})' for name, profile in policy_profiles().items())
        return f", the profile that gives the discount rates, one of: {known}"
    options = get_args(specification.model_fields[key].annotation) if key in specification.model_fields else ()
    return f", one of: {', '.join(options)}" if options and all(isinstance(one, str) for one in options) else ""

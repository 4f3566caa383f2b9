"""Changes of inputs in memory: as they are given, laid over the content of a file, and their mistakes by path."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np

from heemodel.errors import closest, nearest
from heemodel.parameters.overlay import WORDS, Content, laid, overlaid
from heemodel.parameters.problems import InputError, Place, Problem
from heemodel.parameters.specification import Yours


def nested(changes: Mapping[str, Any], path: Path) -> Content:
    """Changes as nested dicts of plain Python values, whichever way they were given.

    Parameters
    ----------
    changes : nested mappings, or values by dotted path, as in ``{"parameters.drug_cost.value": 250.0}``, or both
    path : the inputs file, for errors

    Raises
    ------
    InputError
        if one path is given twice, a path leads through a value, or a section is no table

    Examples
    --------
    >>> nested({"settings.age.value": 60, "about": {"title": "T"}}, Path("inputs.toml"))
    {'settings': {'age': {'value': 60}}, 'about': {'title': 'T'}}
    """
    made: Content = {}
    for place, value in _leaves(changes, ()):
        table = made
        for step in place[:-1]:
            table = table.setdefault(step, {})
            if not isinstance(table, dict):
                raise InputError(path, [Problem(("changes", *place), "leads through a value; give one of the two")])
        if place[-1] in table:
            raise InputError(path, [Problem(("changes", *place), "is given twice; give it once")])
        table[place[-1]] = value
    if loose := [section for section, tables in made.items() if not isinstance(tables, dict | None)]:
        cure = "give a table, or a path that ends in a key, such as 'settings.age.value'"
        raise InputError(path, [Problem(("changes", section), f"is no table; {cure}") for section in loose])
    return made


def _leaves(changes: Mapping[str, Any], above: Place) -> Iterator[tuple[Place, Any]]:
    """Every value with its path; dots divide the names at the top only, as names further down may hold dots."""
    for key, value in changes.items():
        place = (*above, *(str(key).split(".") if not above else [str(key)]))
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, place)
        else:
            yield place, _plain(value)


def _plain(value: Any) -> Any:
    """A value as TOML would give it: numbers and lists of Python's own."""
    match value:
        case np.generic() | np.ndarray():
            return value.tolist()
        case tuple() | list():
            return [_plain(part) for part in value]
        case Mapping():
            return {str(key): _plain(part) for key, part in value.items()}
    return value


def changed(content: Content, changes: Content) -> Content:
    """The content with changes laid over it as those of a variation are, its variations included."""
    apart = {section: tables for section, tables in changes.items() if section != "variations"}
    made = overlaid(content, {"changes": apart})
    variations = laid(content.get("variations", {}), changes.get("variations", {}))
    return deepcopy(_without_nothing({**made, "variations": variations} if variations else made))


def _without_nothing(content: Content) -> Content:
    """The content without what was changed to None."""
    return {
        key: _without_nothing(value) if isinstance(value, dict) else value
        for key, value in content.items()
        if value is not None
    }


def unrevised(before: Content, after: Content, yours: Yours | None) -> list[tuple[Place, list[str]]]:
    """Figures whose numbers changed while their source or rationale stayed; see `Inputs.unrevised`."""
    found: list[tuple[Place, list[str]]] = []
    for section in ("settings", "data", "parameters", "priors"):
        for name, table in after.get(section, {}).items():
            old = before.get(section, {}).get(name)
            if old is None or not any(old.get(key) != table.get(key) for key in {*old, *table} - WORDS - {"assumed"}):
                continue
            if stayed := [key for key in ("source", "rationale") if old.get(key) == table.get(key)]:
                found.append(((section, name), stayed))
    found += _claim_unrevised(before.get("claim"), after.get("claim"))
    owned = yours.figures if yours is not None else []
    evidence = [path.removeprefix("data.") for path in owned if path.startswith("data.")]
    moved = any(before.get("data", {}).get(name) != after.get("data", {}).get(name) for name in evidence)
    whose = [content.get("about", {}).get("organisation") for content in (before, after)]
    if moved and "about.organisation" in owned and whose[0] == whose[1]:
        found.append((("about", "organisation"), ["organisation"]))
    return found


def _claim_unrevised(old: Any, new: Any) -> list[tuple[Place, list[str]]]:
    """The published figure, where its value changed and its words, or what it counts, stayed."""
    if not isinstance(old, dict) or not isinstance(new, dict) or old.get("value") == new.get("value"):
        return []
    stayed = [key for key in ("source", "rationale", "components") if old.get(key) == new.get(key)]
    return [(("claim",), stayed)] if stayed else []


def by_path(changes: Content) -> dict[str, Any]:
    """The changed values by dotted path.

    >>> by_path({"settings": {"age": {"value": 60}}})
    {'settings.age.value': 60}
    """
    return {".".join(place): value for place, value in _leaves(changes, ())}


def of_changes(at: Place, changes: Any, content: Content, problem: Problem) -> Problem:
    """A mistake that only changed content has, at its place in the changes.

    Parameters
    ----------
    at : where the changes stand, such as ("variations", "dear", "changes")
    changes : tables by section, as far as they are
    content : what is changed
    problem : the mistake with its place in the changed content
    """
    place, inside = at, changes
    for step in problem.place:
        if not isinstance(inside, dict) or step not in inside:
            break
        place, inside = (*place, step), inside[step]
    section, table = (*problem.place, "", "")[:2]
    there = content.get(section)
    if len(place) >= len(at) + 2 and isinstance(there, dict) and table not in there:
        known = [str(name) for name in there]
        reason = f"there is no [{section}.{table}] to change; {nearest(table, known)}"
        new = "" if closest(table, known) else f". As a new one it is wrong: {problem.message}"
        return Problem(place, reason + new)
    return Problem(place, f"makes [{'.'.join(problem.place)}] wrong: {problem.message}")

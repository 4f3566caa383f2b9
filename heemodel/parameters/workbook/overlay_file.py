"""A file of changes: what differs from the inputs of a model, in tables as an inputs file has them."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from heemodel.errors import HeemodelError
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.problems import InputError, Problem, SourceText

REMOVE = "remove"
"""The key that lists, by dotted path, what is taken out: TOML has no word for nothing."""
HEAD = "Changes of the inputs of a model. heemodel run MODEL --inputs THIS_FILE lays them over its inputs.toml."


def read_overlay(path: Path, inputs: Inputs) -> tuple[dict[str, Any], Inputs]:
    """The changes of a file and the inputs with them; mistakes have the lines of that file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except OSError as error:
        raise InputError(path, [Problem((), f"cannot be read ({error.strerror}); check the path")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, [Problem((), f"is not valid TOML: {error}")]) from None
    source, removed = SourceText(path, text), content.pop(REMOVE, [])
    if not isinstance(removed, list) or not all(isinstance(one, str) for one in removed):
        raise source.error(Problem((REMOVE,), 'is no list of paths; write remove = ["claim"]'))
    changes = _without(content, removed, source)
    try:
        return changes, inputs.with_changes(changes)
    except InputError as error:
        raise source.error(*(Problem(p.place[1:] or p.place, p.message) for p in error.problems)) from None


def _without(content: dict[str, Any], removed: list[str], source: SourceText) -> dict[str, Any]:
    """The changes, with None where something is taken out."""
    for path in removed:
        table, steps = content, path.split(".")
        for step in steps[:-1]:
            table = table.setdefault(step, {})
            if not isinstance(table, dict):
                raise source.error(Problem((REMOVE,), f"names {path!r}, which leads through a value"))
        if steps[-1] in table:
            raise source.error(Problem((REMOVE,), f"names {path!r}, which is changed too; do one of the two"))
        table[steps[-1]] = None
    return content


def written(changes: Mapping[str, Any], path: Path) -> Path:
    """Write the file; see `write_overlay`."""
    removed: list[str] = []
    kept = _kept(changes, (), removed)
    document = tomlkit.document()
    document.add(tomlkit.comment(HEAD))
    if removed:
        document.add(REMOVE, tomlkit.item(removed))
    for section, tables in kept.items():
        document.add(section, tomlkit.item(tables))
    try:
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
    except OSError as error:
        raise HeemodelError(f"{path} cannot be written ({error.strerror}); name another place") from error
    return path


def _kept(changes: Mapping[str, Any], above: tuple[str, ...], removed: list[str]) -> dict[str, Any]:
    """The changes without what is None; the paths of these are added to `removed`."""
    kept: dict[str, Any] = {}
    for key, value in changes.items():
        if value is None:
            removed.append(".".join((*above, key)))
        elif isinstance(value, Mapping):
            if inside := _kept(value, (*above, key), removed):
                kept[key] = inside
        else:
            kept[key] = value
    return kept

"""What was changed on the other sheets, as changes of the inputs: key by key, in the shape that the inputs have."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from heemodel.parameters.overlay import NUMBERS, RECORDS, REPLACED
from heemodel.parameters.workbook.form import Entry, Path, Sheet
from heemodel.parameters.workbook.own_changes import Changes, Filled, same


def section_changes(sheets: Sequence[Sheet], content: Mapping[str, Any], filled: Filled) -> Changes:
    """The changes that these sheets make; mistakes are added to `filled`.

    Parameters
    ----------
    sheets : as they were written
    content : of the inputs, as nested dicts
    filled : the answers

    Returns
    -------
    new values by path of their key, lists as a whole; None where a cell was emptied
    """
    by_key: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for sheet in sheets:
        for _, _, entry in sheet.entries():
            by_key[tuple(step for step in entry.path if isinstance(step, str))].append(entry)
    changes: Changes = {}
    for key, entries in by_key.items():
        if any(entry.path in filled.broken for entry in entries):
            continue
        if any(not same(filled.get(entry.path), entry.value) for entry in entries):
            changes[key] = _assembled(key, entries, content, filled)
    return changes | _kept(changes, content)


def _assembled(key: tuple[str, ...], entries: Sequence[Entry], content: Mapping[str, Any], filled: Filled) -> Any:
    """The value of a key from its cells."""
    old: Any = content
    for step in key:
        old = old.get(step) if isinstance(old, Mapping) else None
    values = {entry.path[len(key) :]: filled.get(entry.path) for entry in entries}
    if key == ("about", "limits"):
        return _limits(old or [], values)
    if key[-1] == "assumed":
        return [word for part in str(values[()] or "").split(",") if (word := part.strip())] or None
    if key[:2] == ("about", "notes") and isinstance(old, Mapping):
        return None if values[()] is None else {**old, "text": values[()]}
    if () in values:
        return values[()]
    return _list(key, values, filled)


def _limits(old: Sequence[Any], values: Mapping[Path, Any]) -> list[Any]:
    """The limits that were left, changed or added; a condition stays with its sentence."""
    made = []
    for (at,), text in sorted(values.items(), key=lambda item: item[0]):
        before = old[int(at)] if int(at) < len(old) else None
        if text is not None:
            made.append({**before, "text": text} if isinstance(before, Mapping) else text)
    return made


def _list(key: tuple[str, ...], values: Mapping[Path, Any], filled: Filled) -> Any:
    """Numbers by label or part; nothing where all are empty, and one for all labels where only the first is there."""
    given = {at: value for at, value in values.items() if value is not None}
    if not given:
        return None
    if missing := [at for at in values if at not in given]:
        if key[-1] == "prior":
            return next(iter(given.values()))
        for at in missing:
            filled.say((*key, *at), "is empty; fill it in, or empty the others that belong to it")
        return None
    parts: dict[int | str, Any] = {}
    for at, value in given.items():
        if len(at) == 1:
            parts[at[0]] = value
        else:
            parts.setdefault(at[0], {})[at[1]] = value
    return [list(part.values()) if isinstance(part, dict) else part for part in parts.values()]


def _kept(changes: Changes, content: Mapping[str, Any]) -> Changes:
    """Keys of changed figures that stay, though a change of another one by itself would replace them."""
    kept: Changes = {}
    for path in changes:
        section, name = path[0], path[1]
        replaced = {"parameters": REPLACED, "data": RECORDS}.get(str(section))
        table = content.get(str(section), {}).get(name) if replaced is not None else None
        if replaced is None or not isinstance(table, Mapping):
            continue
        gone = NUMBERS if path[-1] == "distribution" else replaced.get(str(path[-1]), ())
        kept |= {
            (section, name, key): table[key] for key in gone if key in table and (section, name, key) not in changes
        }
    return kept

"""What of two inputs files differs, each by its place: figures, and words that move no result."""

from collections.abc import Iterator
from difflib import ndiff
from typing import Any

import pandas as pd

from heemodel.parameters import Inputs
from heemodel.parameters.checking import SINGLE

COLUMNS = ["kind", "change", "place", "label", "unit", "before", "after"]
WORDS = frozenset(
    {"label", "source", "status", "rationale", "plausible", "assumed", "summary", "design", "difference"}
    | {"title", "question", "population", "perspective", "organisation", "person", "followed", "limits", "notes"}
    | {"glossary"}
)
"""Keys that say what a figure is and where it is from, and not how large it is."""
Place = tuple[str, ...]
MISSING = object()


def changes(before: Inputs | None, after: Inputs | None) -> pd.DataFrame:
    """Every key of the inputs that is not the same, in the order of the second file; what was removed comes last.

    Returns
    -------
    DataFrame with columns kind (figure | words), change (changed | added | removed), place (in the file), label and
    unit (of the table, where it has them), before and after (text; of a table that was added or removed, its figures)
    """
    if before is None or after is None:
        return pd.DataFrame(columns=COLUMNS)
    rows: list[dict[str, str]] = []
    for place in changed_tables(before, after):
        old, new = (table_at(inputs, place) for inputs in (before, after))
        shown = old if new is MISSING else new
        about = {"label": _of(shown, "label"), "unit": _of(shown, "unit")}
        rows += [{**about, **row} for row in _rows(place, old, new)]
        rows += [{**about, **row} for row in _file_rows(place, before, after)]
    return pd.DataFrame(rows, columns=COLUMNS)


def changed_tables(before: Inputs, after: Inputs) -> list[Place]:
    """Places of tables that differ: in the order of the second file, then those that only the first has."""
    places = dict.fromkeys([*_places(after), *_places(before)])
    return [
        place
        for place in places
        if table_at(before, place) != table_at(after, place) or files_differ(place, before, after)
    ]


def table_at(inputs: Inputs, place: Place) -> Any:
    """A table of the file; `MISSING` where there is none."""
    table: Any = inputs.content
    for step in place:
        if not isinstance(table, dict) or step not in table:
            return MISSING
        table = table[step]
    return table


def is_words(place: Place) -> bool:
    """Whether what stands at a place moves no result: it is a word about a figure, or about the analysis."""
    return any(step in WORDS for step in (place[1:] if place[0] in SINGLE else place[2:]))


def leaves(table: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    """Every value below a table with its place; lists are values."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield from leaves(value, (*place, str(key)))
    else:
        yield place, table


def _places(inputs: Inputs) -> Iterator[Place]:
    """Places of all tables of a file."""
    for section, tables in inputs.content.items():
        if section in SINGLE:
            yield (section,)
        else:
            yield from ((section, name) for name in tables)


def _of(table: Any, key: str) -> str:
    """A word of a table; empty where it has none."""
    return str(table.get(key, "")) if isinstance(table, dict) else ""


def _rows(place: Place, old: Any, new: Any) -> Iterator[dict[str, str]]:
    """The differences of one table: as a whole where it was added or removed, else key by key."""
    if old is MISSING or new is MISSING:
        change = "added" if old is MISSING else "removed"
        texts = ["" if table is MISSING else _in_short(table, place) for table in (old, new)]
        yield _row("figure", change, place, *texts)
        return
    were, are = dict(leaves(old, place)), dict(leaves(new, place))
    for key in dict.fromkeys([*are, *were]):
        before, after = were.get(key, MISSING), are.get(key, MISSING)
        if before is MISSING or after is MISSING or before != after:
            change = "added" if before is MISSING else "removed" if after is MISSING else "changed"
            yield _row("words" if is_words(key) else "figure", change, key, _text(before), _text(after))


def files_differ(place: Place, before: Inputs, after: Inputs) -> bool:
    """Whether a table is kept in files of other content in the two inputs."""
    return len(set(_texts(place, before, after))) > 1


def _texts(place: Place, before: Inputs, after: Inputs) -> list[str]:
    """The content of a table's file in both inputs; nothing where one of them has no such file."""
    if place[0] != "tables" or not all(place[1] in inputs.tables for inputs in (before, after)):
        return []
    return [inputs.files.get(inputs.tables[place[1]].file, "") for inputs in (before, after)]


def _file_rows(place: Place, before: Inputs, after: Inputs) -> Iterator[dict[str, str]]:
    """How many lines of a table's file are in one of the inputs only."""
    if files_differ(place, before, after):
        old, new = (text.splitlines() for text in _texts(place, before, after))
        marks = [line[:1] for line in ndiff(old, new)]
        texts = (f"{marks.count('-'):,} lines only here", f"{marks.count('+'):,} lines only here")
        yield _row("figure", "changed", (*place, "file"), *texts)


def _row(kind: str, change: str, place: Place, before: str, after: str) -> dict[str, str]:
    return {"kind": kind, "change": change, "place": ".".join(place), "before": before, "after": after}


def _in_short(table: Any, place: Place) -> str:
    """The figures of a table in a line."""
    parts = [(key[len(place) :], value) for key, value in leaves(table, place) if not is_words(key)]
    return "; ".join(f"{'.'.join(key)} = {_text(value)}" for key, value in parts if key != ("unit",))


def _text(value: Any) -> str:
    """A value as it stands in the file; empty where there is none."""
    match value:
        case _ if value is MISSING:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.12g}"
        case list():
            return ", ".join(_text(one) for one in value)
    return str(value)

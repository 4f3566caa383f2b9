"""The other sheets: every other figure and text of the inputs, one row each, or one for each label."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from heemodel.parameters.families import DIRICHLET, FAMILIES
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.parameter import BY_LABEL, KEYS
from heemodel.parameters.policy import policy_profiles
from heemodel.parameters.workbook.form import PLACE, Cell, Column, Entry, Kind, Path, Row, Sheet, Shown, in_words
from heemodel.parameters.workbook.own import figures_of, kind_of, price_years
from heemodel.parameters.workbook.own_sheet import ABOVE, STATUSES

LABEL, FOR = "What", "For"
HEADINGS = {
    "value": "Value",
    "mean": "Mean",
    "standard_error": "Standard error",
    "log_standard_error": "SE of the logarithm",
    "log_odds_standard_error": "SE of the log-odds",
    "minimum": "Lowest possible",
    "mode": "Most likely",
    "maximum": "Highest possible",
    "events": "Number",
    "n": "Of how many",
    "share": "Share",
    "sd": "Standard deviation",
    "counts": "Counts",
    "level": "Level of the interval",
    "tolerance": "Tolerance",
    "prior": "Prior count",
    "weight": "Weight",
    "distribution": "Distribution",
    "unit": "Unit",
    "price_year": "Price year",
    "status": "Status",
    "source": "Source",
    "rationale": "Why",
    "payer": "Paid by",
    "kind": "Kind of money",
    "step": "Step",
    "text": "Text",
}
PARTED = {
    "interval": ("Interval from", "Interval to"),
    "quartiles": ("Lower quartile", "Median", "Upper quartile"),
    "prior": ("Prior count", "Prior count, others"),
    "plausible": ("Usual from", "Usual to"),
}
"""Headings of the numbers of a key that may have several."""
WIDTHS = {"label": 40, "source": 44, "rationale": 50, "text": 100, "unit": 20, "distribution": 15}
WORDS = ("distribution", "unit", "price_year", "status", "source", "rationale")
KINDS = ("cash-releasing", "capacity freed", "cost avoided")
ELSEWHERE = Shown("on the first sheet", faint=True)
NEW_LIMITS = 3
"""Rows for limits of one's own."""


def sections_of(inputs: Inputs) -> list[Sheet]:
    """The sheets of everything that is not on the first, as far as a workbook can change it."""
    own = {figure.place for figure in figures_of(inputs)}
    own_paths: set[Path] = {line.entry.path for figure in figures_of(inputs) for line in figure.lines}
    made = [
        _figures(inputs, "Settings", [*_tables(inputs, "settings", own), *_budget(inputs)], ("value",)),
        _figures(inputs, "Evidence", _tables(inputs, "data", own), ("events", "share", "mean", "sd", "quartiles", "n")),
        _figures(inputs, "Parameters", [*_tables(inputs, "parameters", own), *_options(inputs)], KEYS),
        _figures(inputs, "Priors", _tables(inputs, "priors", own), KEYS),
        _groups(inputs),
        _components(inputs),
        _texts(inputs, claim=("claim",) not in own),
    ]
    return [_without(sheet, own_paths) for sheet in made if sheet.rows]


def _without(sheet: Sheet, own: set[Path]) -> Sheet:
    """A sheet that shows what is filled in on the first one, and does not ask for it again."""
    rows = [
        replace(
            row, cells={h: ELSEWHERE if isinstance(c, Entry) and c.path in own else c for h, c in row.cells.items()}
        )
        for row in sheet.rows
    ]
    return replace(sheet, rows=[row for row in rows if any(isinstance(cell, Entry) for cell in row.cells.values())])


Tables = Sequence[tuple[tuple[str, ...], Mapping[str, Any]]]


def _tables(inputs: Inputs, section: str, own: set[tuple[str, ...]]) -> Tables:
    """The tables of a section that are not on the first sheet."""
    return [
        ((section, name), table)
        for name, table in inputs.content.get(section, {}).items()
        if (section, name) not in own
    ]


def _budget(inputs: Inputs) -> Tables:
    """The figures of the budget impact that are one number."""
    parts = inputs.content.get("budget", {}).items()
    return [
        (("budget", name), part) for name, part in parts if isinstance(part, Mapping) and _is_number(part.get("value"))
    ]


def _is_number(value: Any) -> bool:
    """Whether it is one number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _options(inputs: Inputs) -> Tables:
    """The sources of parameters that have several."""
    several = inputs.content.get("alternatives", {})
    return [
        (("alternatives", name, "options", option), {**table, "weight": of["weights"][option]})
        for name, of in several.items()
        for option, table in of["options"].items()
    ]


def _figures(inputs: Inputs, name: str, tables: Tables, keys: Sequence[str]) -> Sheet:
    """A sheet of figures with the keys that any of them has."""
    always = ("value", "standard_error") if name in ("Parameters", "Priors") else ()
    used = [key for key in keys if key in always or any(key in table for _, table in tables)]
    used += ["weight"] if any("weight" in table for _, table in tables) else []
    used += ["plausible"] if any("plausible" in table for _, table in tables) else []
    words = [word for word in WORDS if any(word in table for _, table in tables)]
    words = ["assumed", *words] if any("assumed" in table for _, table in tables) else words
    headings = {key: _headings(key, tables) for key in used}
    labelled = any("labels" in table for _, table in tables)
    columns = [Column(PLACE, 30), Column(LABEL, WIDTHS["label"], fill=True), *([Column(FOR, 12)] if labelled else [])]
    columns += [Column(heading, 13, fill=True) for key in used for heading in headings[key]]
    columns += [Column(HEADINGS.get(word, "Assumed"), WIDTHS.get(word, 12), fill=True) for word in words]
    rows = [row for place, table in tables for row in _rows(inputs, place, table, headings, words)]
    guide = ["These are the model's own figures, each with its source. Change one in its cell, and its source with it."]
    return Sheet(name, f"{name} of the model", guide, columns, rows, frozen=2)


def _headings(key: str, tables: Tables) -> tuple[str, ...]:
    """The columns of a key."""
    if key == "prior" and not any(isinstance(table.get(key), list) for _, table in tables):
        return (HEADINGS[key],)
    return PARTED.get(key) or (HEADINGS[key],)


def _rows(
    inputs: Inputs,
    place: tuple[str, ...],
    table: Mapping[str, Any],
    headings: Mapping[str, tuple[str, ...]],
    words: Sequence[str],
) -> Iterator[Row]:
    """The row of a figure, or one for each of its labels."""
    labels: Sequence[str | None] = table.get("labels") or [None]
    for at, label in enumerate(labels):
        here = in_words(place) + ("" if label is None else f" [{label}]")
        cells: dict[str, Cell] = {PLACE: Shown(here)}
        if label is not None:
            cells[FOR] = Shown(label)
        for key, columns in headings.items():
            cells |= _numbers(place, table, key, columns, None if label is None else at)
        cells[LABEL] = ABOVE if at else Entry((*place, "label"), "text", table.get("label"))
        for word in words:
            cells[HEADINGS.get(word, "Assumed")] = ABOVE if at else _word(inputs, place, table, word)
        yield Row(here, cells, begins=at == 0 and label is not None)


def _numbers(
    place: tuple[str, ...], table: Mapping[str, Any], key: str, columns: tuple[str, ...], at: int | None
) -> dict[str, Cell]:
    """The cells of a key: one, or one for each of its parts; of the label at a place, where there are labels."""
    value = table.get(key)
    path: Path = (*place[:2], "weights", place[-1]) if key == "weight" else (*place, key)
    kind: Kind = kind_of(key, str(table.get("unit", ""))) if place[0] != "data" else _KINDS[key]
    by_label = at is not None and (key in BY_LABEL or key == "counts") and _is_by_label(key, value)
    if at and not by_label:
        return dict.fromkeys(columns, ABOVE)
    if by_label:
        path, value = (*path, at or 0), value[at] if value is not None else None
    if len(columns) == 1 or (key == "prior" and not isinstance(value, list | None)):
        return {columns[0]: Entry(path, _kind_here(key, kind), value)}
    parts = value or [None] * len(columns)
    return {
        heading: Entry((*path, part), kind if key != "prior" else "number", parts[part])
        for part, heading in enumerate(columns)
    }


_KINDS: dict[str, Kind] = {
    "events": "whole",
    "share": "share",
    "mean": "positive",
    "sd": "positive",
    "n": "positive",
    "quartiles": "positive",
    "plausible": "number",
}
"""What the numbers of a record can be."""


def _kind_here(key: str, kind: Kind) -> Kind:
    """What a number can be; weights, levels and the like have no unit."""
    return "number" if key in ("weight", "level", "tolerance", "prior", "counts") else kind


def _is_by_label(key: str, value: Any) -> bool:
    """Whether a key has, or may be given, a number for each label."""
    if key in ("interval", "quartiles"):
        return value is None or isinstance(value[0], list)
    return value is None or isinstance(value, list)


def _word(inputs: Inputs, place: tuple[str, ...], table: Mapping[str, Any], word: str) -> Cell:
    """Words of a figure: free, or from a list."""
    path, value = (*place, word), table.get(word)
    if word == "assumed":
        return Entry(
            path, "text", ", ".join(value) if value else None, help="Keys that are assumed, by commas: n, events."
        )
    if word == "status":
        return Entry(path, "text", value, STATUSES)
    if word == "distribution":
        return Entry(path, "text", value, (*FAMILIES, DIRICHLET))
    if word == "price_year" and value is not None:
        return Entry(path, "text", value, price_years(inputs), others=True)
    return Entry(path, "text", value)


def _groups(inputs: Inputs) -> Sheet:
    """The people of each group and its traits, a row for each number."""
    rows = []
    for name, table in inputs.content.get("groups", {}).items():
        place = ("groups", name)
        words = [key for key in ("label", "source", "status", "rationale") if key in table]
        about: dict[str, Cell] = {_GROUP_WORDS[key]: _word(inputs, place, table, key) for key in words}
        numbers: list[tuple[str, tuple[str, ...], Any]] = [
            ("Number of people", (*place, "people", group), value) for group, value in table["people"].items()
        ]
        numbers += [
            (trait.replace("_", " ").capitalize(), (*place, "traits", trait, group), value)
            for trait, values in table.get("traits", {}).items()
            for group, value in values.items()
        ]
        for at, (what, path, value) in enumerate(numbers):
            cells: dict[str, Cell] = {PLACE: Shown(in_words(path)), FOR: Shown(path[-1]), "Number of": Shown(what)}
            cells |= about if at == 0 else dict.fromkeys(about, ABOVE)
            cells["Value"] = Entry(path, "number", value)
            rows.append(Row(in_words(path), cells, begins=at == 0))
    columns = [Column(PLACE, 30), Column(LABEL, 30, fill=True), Column(FOR, 24), Column("Number of", 20)]
    columns += [Column("Value", 14, fill=True), *(Column(HEADINGS[w], WIDTHS.get(w, 12), fill=True) for w in WORDS[3:])]
    guide = ["How patients are divided, and what the model knows of each group."]
    return Sheet("Groups", "Groups of patients", guide, columns, rows, frozen=1)


_GROUP_WORDS = {"label": LABEL, "source": "Source", "status": "Status", "rationale": "Why"}


def _components(inputs: Inputs) -> Sheet:
    """Components of cost, steps of the saving, and what is avoided."""
    content, rows = inputs.content, []
    steps = tuple(content.get("steps", {}))
    for section in ("components", "steps", "avoided"):
        for name, table in content.get(section, {}).items():
            place = (section, name)
            cells: dict[str, Cell] = {
                PLACE: Shown(in_words(place)),
                LABEL: Entry((*place, "label"), "text", table["label"]),
            }
            keys = {"components": ("payer", "kind", "step", "rationale"), "avoided": ("unit",)}.get(section, ())
            for key in keys:
                choices = {"kind": KINDS, "step": steps}.get(key, ())
                cells[HEADINGS[key]] = Entry((*place, key), "text", table.get(key), choices)
            rows.append(Row(in_words(place), cells))
    used = [
        key for key in ("payer", "kind", "step", "unit", "rationale") if any(HEADINGS[key] in r.cells for r in rows)
    ]
    columns = [Column(PLACE, 38), Column(LABEL, 40, fill=True)]
    columns += [Column(HEADINGS[key], WIDTHS.get(key, 20), fill=True) for key in used]
    guide = ["What costs consist of, who pays them, and the steps in which a saving is told."]
    return Sheet("Components", "Components of cost", guide, columns, rows, frozen=2)


def _texts(inputs: Inputs, *, claim: bool) -> Sheet:
    """Titles, questions, limits, notes: everything in words that a report prints."""
    about = inputs.content["about"]
    free = (
        "title",
        "organisation",
        "question",
        "population",
        "perspective",
        "price_year",
        "policy",
        "person",
        "followed",
    )
    texts: list[tuple[Path, Any]] = [(("about", key), about.get(key)) for key in free]
    texts = [(path, value) for path, value in texts if value or path[-1] == "organisation"]
    texts += [(("about", "limits", at), _sentence(limit)) for at, limit in enumerate(about.get("limits", []))]
    first = len(about.get("limits", []))
    texts += [(("about", "limits", at), None) for at in range(first, first + NEW_LIMITS)]
    for section in ("notes", "glossary"):
        texts += [(("about", section, name), _sentence(text)) for name, text in about.get(section, {}).items()]
    for section, keys in (("scenarios", ("label", "summary", "design")), ("alternatives", ("label", "rationale"))):
        for name, table in inputs.content.get(section, {}).items():
            texts += [((section, name, key), table[key]) for key in keys if key in table]
    if claim and "claim" in inputs.content:
        texts += [(("claim", key), inputs.content["claim"][key]) for key in ("label", "source", "rationale")]
    rows = [_text(path, value) for path, value in texts]
    columns = [Column(PLACE, 40), Column(LABEL, 24), Column("Text", WIDTHS["text"], fill=True)]
    guide = ["Words that the report prints. Empty a limit to leave it out; empty rows take limits of your own."]
    return Sheet("Texts", "Texts of the report", guide, columns, rows, frozen=2)


def _text(path: Path, value: Any) -> Row:
    """A row with a text."""
    what = "A limit of your own" if value is None and path[1] == "limits" else _WHAT.get(str(path[1]), "")
    what = what or str(path[-1]).replace("_", " ").capitalize()
    what = f"{path[1]}: {what.lower()}" if path[0] in ("scenarios", "alternatives") else what
    choices = tuple(policy_profiles()) if path == ("about", "policy") else ()
    cells: dict[str, Cell] = {
        PLACE: Shown(in_words(path)),
        LABEL: Shown(what),
        "Text": Entry(path, "text", value, choices),
    }
    return Row(in_words(path), cells)


_WHAT = {"limits": "Limit", "notes": "Note beside a figure", "glossary": "Explained word"}


def _sentence(given: Any) -> Any:
    """The text of a sentence, with or without conditions."""
    return given["text"] if isinstance(given, Mapping) else given

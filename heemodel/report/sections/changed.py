"""What a run changed of the model's own inputs: each figure old and new, side by side."""

from collections.abc import Iterator, Mapping
from typing import Any

from heemodel.parameters import Inputs, Parameter
from heemodel.report.document import Table
from heemodel.report.formatting import as_given, sentence, with_unit
from heemodel.report.sections.evidence import stated_record

TITLE = "Changed for this run, and not in the inputs file"
HEADER = ["Figure", "In the model", "In this run", "Where it is from"]
NOTHING = "none"
NAMES = {
    "about": "About the analysis",
    "about.title": "Title",
    "about.organisation": "Organisation",
    "about.question": "Question",
    "about.population": "Population",
    "about.perspective": "Perspective",
    "about.price_year": "Price year",
    "about.currency": "Currency",
    "about.policy": "Profile of discount rates",
    "about.thresholds": "Thresholds",
    "about.comparator": "Comparator",
    "about.intervention": "Intervention",
    "about.assurance": "State of assurance",
    "about.limits": "Limits",
    "about.notes": "Notes",
    "about.glossary": "Glossary",
    "about.compare": "Scenarios held against each other",
    "claim": "Published figure under test",
    "yours": "Figures of one's own",
    "budget": "Budget",
}
"""What tables and values of an inputs file are called that have no label there."""
FIGURES = ("settings", "data", "parameters", "priors")
"""Sections whose tables are told whole; what else was changed is told value by value."""


def changed(log: Inputs) -> Table:
    """What was changed since the inputs file was read; without rows where nothing was."""
    if log.template is None:
        return Table(TITLE, HEADER, [])
    rows = [*_figures(log.template, log), *_others(log.template.content, log.content)]
    left = [_label(log, place) for place in _left(log.template, log)]
    note = f"Figures that a user puts in, and that are the model's own here: {', '.join(left)}." if left else ""
    return Table(TITLE, HEADER, rows, note, widths=(28, 22, 22, 28))


def _figures(before: Inputs, after: Inputs) -> Iterator[list[str]]:
    """Each figure whose table is another."""
    for section in FIGURES:
        old, new = before.content.get(section, {}), after.content.get(section, {})
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) == new.get(name):
                continue
            place, table = (section, name), new.get(name, {})
            source = f"{table['source']} ({table['status']})" if table else ""
            yield [_label(after if table else before, place), _stated(before, place), _stated(after, place), source]


def _stated(log: Inputs, place: tuple[str, str]) -> str:
    """A figure with its unit and its uncertainty, as it was stated."""
    section, name = place
    figure = getattr(log, section).get(name)
    if figure is None:
        return NOTHING
    if section == "data":
        return stated_record(figure)
    if isinstance(figure, Parameter):
        centre = "; ".join(map(as_given, figure.centre()))
        value = (
            with_unit(float(figure.centre()[0]), figure.unit) if figure.labels is None else f"{centre} {figure.unit}"
        )
        prices = "" if figure.price_year is None else f" in {figure.price_year}"
        fixed = figure.distribution == "fixed"
        return f"{value}{prices}" if fixed else f"{value}{prices} ({figure.distribution}, {figure.spread_in_words()})"
    return with_unit(figure.value, figure.unit)


def _label(log: Inputs, place: tuple[str, ...]) -> str:
    """What a figure is called."""
    return _label_at(log.content, place) or ".".join(place)


def _others(before: Mapping[str, Any], after: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Every other value that is another; a table that was taken out as a whole by its label."""
    for key in dict.fromkeys([*before, *after]):
        old, new, path = before.get(key), after.get(key), (*above, key)
        if path[0] in FIGURES or old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _others(old, new, path)
        else:
            yield [_named(path, before, after), _in_words(old), _in_words(new), ""]


def _named(path: tuple[str, ...], *contents: Mapping[str, Any]) -> str:
    """What a value is called: by its name, or by the table that holds it and its key in words."""
    for length in range(len(path), 0, -1):
        at, rest = path[:length], [step.replace("_", " ") for step in path[length:]]
        if name := NAMES.get(".".join(at)) or next(filter(None, (_label_at(each, at) for each in contents)), ""):
            return ": ".join([name, *rest])
    return sentence(": ".join(step.replace("_", " ") for step in path[1:] or path))


def _label_at(content: Mapping[str, Any], place: tuple[str, ...]) -> str:
    """The label of the table at a place; empty where there is none."""
    table: Any = content
    for step in place:
        table = table.get(step) if isinstance(table, Mapping) else None
    return str(table.get("label", "")) if isinstance(table, Mapping) else ""


def _in_words(value: Any) -> str:
    """A value of an inputs file; of a table its label and value, of a list each part."""
    match value:
        case None:
            return NOTHING
        case {"label": label, "value": number, "unit": unit}:
            return f"{label}: {with_unit(number, str(unit))}"
        case {"text": words} | {"label": words}:
            return str(words)
        case list():
            return "; ".join(_in_words(part) for part in value)
        case float() | int():
            return as_given(value)
    return str(value)


def _left(before: Inputs, after: Inputs) -> Iterator[tuple[str, ...]]:
    """Figures of one's own that were not changed, where others were."""
    for path in after.yours.figures if after.yours is not None else ():
        section, _, name = path.partition(".")
        if section in FIGURES and before.content.get(section, {}).get(name) == after.content.get(section, {}).get(name):
            yield section, name

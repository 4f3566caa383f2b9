"""Figures of an inputs file as they were stated, in words; and those that were changed, old and new side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from heemodel.currency import currency_in
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.problems import Place
from heemodel.parameters.specification import DataRecord

NOTHING = "none"
FIGURES = ("settings", "data", "parameters", "priors")
"""Sections whose tables are told whole; what else was changed is told value by value."""
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


def as_given(value: float, form: str = ",.10g") -> str:
    """A number in a form of Python's own, with a minus sign where that has a hyphen.

    >>> as_given(-1234.5), as_given(-0.054, ".2g"), as_given(0.83)
    ('−1,234.5', '−0.054', '0.83')
    """
    return f"{value:{form}}".replace("-", "−")


def with_unit(value: float, unit: str) -> str:
    """A figure with its unit, as written in an inputs file.

    >>> with_unit(31000, "£ per 90 days"), with_unit(66, "years"), with_unit(0.83, "share"), with_unit(-5, "£")
    ('£31,000 per 90 days', '66 years', '0.83', '−£5')
    """
    if unit == "share":
        return as_given(value)
    currency = currency_in(unit)
    if currency is not None and unit.startswith(currency.name):
        return f"{'−' if value < 0 else ''}{currency.sign}{abs(value):,.10g}{unit.removeprefix(currency.name)}"
    return f"{as_given(value)} {unit}"


def stated_record(record: DataRecord) -> str:
    """The numbers of a record, as they were published; a share in per cent."""
    if record.share is not None:
        return f"{100 * record.share:.4g}% of {record.n:,.10g} {record.unit}, taken as {record.counted:,} of them"
    if record.events is not None:
        return f"{record.events:,} of {record.n:,.10g} {record.unit}"
    if record.quartiles is not None:
        low, median, high = (f"{value:,.10g}" for value in record.quartiles)
        return f"median {median} {record.unit}, quartiles {low} and {high}, n = {record.n:,.10g}"
    spread = "" if record.sd is None else f", standard deviation {record.sd:,.10g}"
    return f"mean {record.mean:,.10g} {record.unit}{spread}, n = {record.n:,.10g}"


@dataclass(frozen=True)
class Change:
    """A figure, or another value, that is not the model's own.

    Attributes
    ----------
    label : what it is called
    before, after : in the model, and now; "none" where there is none
    source : where the new figure is from, with its status; empty for what is no figure
    removed : whether it was taken out
    """

    label: str
    before: str
    after: str
    source: str
    removed: bool


def changes_of(inputs: Inputs) -> list[Change]:
    """What was changed since the inputs file was read: figures, then other values; nothing where nothing was.

    Examples
    --------
    >>> from heemodel.parameters import read_inputs
    >>> inputs = read_inputs("models/sick_sicker/inputs.toml")
    >>> (change,) = changes_of(inputs.with_changes({"parameters.cost_b.value": 20_000.0}))
    >>> change.label, change.before, change.after
    ('Treatment B', '$13,000 per year in invented (gamma, SE 1,400)', '$20,000 per year in invented (gamma, SE 1,400)')
    """
    if inputs.template is None:
        return []
    return [*_figures(inputs.template, inputs), *_others((inputs.template.content, inputs.content))]


def left_of(inputs: Inputs) -> list[str]:
    """Labels of the figures that a user puts in, and that were not changed, where others were."""
    before, yours = inputs.template, inputs.yours
    if before is None or yours is None:
        return []
    places = [tuple(path.split(".", 1)) for path in yours.figures]
    told = [place for place in places if place[0] in FIGURES or ".".join(place) in NAMES]
    same = [
        place for place in told if _inside(inputs.content, place) == _inside(before.content, place) not in (None, {})
    ]
    return [_named(place, inputs.content) for place in same]


def _figures(before: Inputs, after: Inputs) -> Iterator[Change]:
    """Each figure whose table is another."""
    for section in FIGURES:
        old, new = before.content.get(section, {}), after.content.get(section, {})
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) == new.get(name):
                continue
            place, table = (section, name), new.get(name, {})
            source = f"{table['source']} ({table['status']})" if table else ""
            label = _named(place, (after if table else before).content)
            yield Change(label, _stated(before, place), _stated(after, place), source, removed=not table)


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


def _others(roots: tuple[Mapping[str, Any], Mapping[str, Any]], place: Place = ()) -> Iterator[Change]:
    """Every other value that is another, in the content before and after; a table that was taken out as a whole."""
    before, after = (_inside(root, place) for root in roots)
    for key in dict.fromkeys([*before, *after]):
        old, new, path = before.get(key), after.get(key), (*place, key)
        if path[0] in FIGURES or old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _others(roots, path)
        else:
            yield Change(_named(path, *roots), _in_words(old), _in_words(new), "", removed=new is None)


def _inside(content: Mapping[str, Any], place: Place) -> Any:
    """What stands at a place; None where nothing does."""
    table: Any = content
    for step in place:
        table = table.get(step) if isinstance(table, Mapping) else None
    return table


def _named(place: Place, *contents: Mapping[str, Any]) -> str:
    """What a value is called: by its name, or by the table that holds it and its key in words."""
    for length in range(len(place), 0, -1):
        at, rest = place[:length], [step.replace("_", " ") for step in place[length:]]
        labels = (_label_at(content, at) for content in contents)
        if name := NAMES.get(".".join(at)) or next(filter(None, labels), ""):
            return ": ".join([name, *rest])
    words = ": ".join(step.replace("_", " ") for step in place[1:] or place)
    return words[:1].upper() + words[1:]


def _label_at(content: Mapping[str, Any], place: Place) -> str:
    """The label of the table at a place; empty where there is none."""
    table = _inside(content, place)
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

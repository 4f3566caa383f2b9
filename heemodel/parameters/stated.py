"""Figures of an inputs file as they were stated, in words; and those that were changed, old and new side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from heemodel.currency import currency_in
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.parameter import Parameter
from heemodel.parameters.specification import DataRecord

NOTHING = "none"
FIGURES = ("settings", "data", "parameters", "priors")
"""Sections whose tables are told whole; what else was changed is told value by value."""
PLAIN = {
    "about.organisation": "Organisation",
    "about.price_year": "Price year of all money",
    "claim": "Published saving that is put to the test",
}
"""What places of values without a label are called."""


def with_unit(value: float, unit: str) -> str:
    """A figure with its unit, as written in an inputs file.

    >>> with_unit(31000, "£ per 90 days"), with_unit(66, "years"), with_unit(0.83, "share")
    ('£31,000 per 90 days', '66 years', '0.83')
    """
    if unit == "share":
        return f"{value:,.10g}"
    currency = currency_in(unit)
    if currency is not None and unit.startswith(currency.name):
        return f"{currency.sign}{value:,.10g}{unit.removeprefix(currency.name)}"
    return f"{value:,.10g} {unit}"


def stated_record(record: DataRecord) -> str:
    """The numbers of a record, as they were published."""
    if record.share is not None:
        return f"{record.share:.4g} of {record.n:,.10g} {record.unit}, taken as {record.counted:,} of them"
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
    label : what it is called; of a value without a label its place
    before, after : in the model, and now; "none" where there is none
    source : where the new figure is from, with its status; empty for what is no figure
    removed : whether it was taken out
    """

    label: str
    before: str
    after: str
    source: str
    removed: bool

    @property
    def name(self) -> str:
        """What it is called, in plain words where its label is the place of a value that is often changed."""
        return PLAIN.get(self.label, self.label)


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
    return [*_figures(inputs.template, inputs), *_others(inputs.template.content, inputs.content)]


def left_of(inputs: Inputs) -> list[str]:
    """Labels of the figures that a user puts in, and that were not changed, where others were."""
    before, yours = inputs.template, inputs.yours
    if before is None or yours is None:
        return []
    places = [tuple(path.split(".", 1)) for path in yours.figures]
    told = [place for place in places if place[0] in FIGURES or ".".join(place) in PLAIN]
    same = [place for place in told if _at(inputs, place) == _at(before, place) not in (None, {})]
    return [PLAIN.get(".".join(place)) or _label(inputs, place) for place in same]


def _at(log: Inputs, place: tuple[str, ...]) -> Any:
    """What stands at a place; None where nothing does."""
    table: Any = log.content
    for step in place:
        table = table.get(step) if isinstance(table, Mapping) else None
    return table


def _figures(before: Inputs, after: Inputs) -> Iterator[Change]:
    """Each figure whose table is another."""
    for section in FIGURES:
        old, new = before.content.get(section, {}), after.content.get(section, {})
        for name in dict.fromkeys([*old, *new]):
            if old.get(name) == new.get(name):
                continue
            place, table = (section, name), new.get(name, {})
            source = f"{table['source']} ({table['status']})" if table else ""
            label = _label(after if table else before, place)
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
        centre = "; ".join(f"{value:,.10g}" for value in figure.centre())
        value = (
            with_unit(float(figure.centre()[0]), figure.unit) if figure.labels is None else f"{centre} {figure.unit}"
        )
        prices = "" if figure.price_year is None else f" in {figure.price_year}"
        fixed = figure.distribution == "fixed"
        return f"{value}{prices}" if fixed else f"{value}{prices} ({figure.distribution}, {figure.spread_in_words()})"
    return with_unit(figure.value, figure.unit)


def _label(log: Inputs, place: tuple[str, ...]) -> str:
    """What a figure is called."""
    table = _at(log, place)
    return str(table.get("label", ".".join(place))) if isinstance(table, Mapping) else ".".join(place)


def _others(before: Mapping[str, Any], after: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Change]:
    """Every other value that is another, by its dotted path; a table that was taken out as a whole by its label."""
    for key in dict.fromkeys([*before, *after]):
        old, new, path = before.get(key), after.get(key), (*above, key)
        if path[0] in FIGURES or old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _others(old, new, path)
        else:
            yield Change(".".join(path), _in_words(old), _in_words(new), "", removed=new is None)


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
            return f"{value:,.10g}"
    return str(value)

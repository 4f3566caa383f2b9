"""The figures of the first sheet, which a user of the model puts in: their cells, kind by kind."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from heemodel.currency import POUNDS
from heemodel.parameters.conditions import value_at
from heemodel.parameters.inputs import Inputs
from heemodel.parameters.parameter import KEYS, SHARE
from heemodel.parameters.prices import price_index
from heemodel.parameters.units import choices, conversion
from heemodel.parameters.workbook.form import Entry, Kind, Path

ORGANISATION = "about.organisation"
SOURCE: Path = ("yours", "source")
"""Of the cell that says where all figures of the sheet are from."""
NEEDED, INSTEAD, OPTIONAL, CHOOSE = "fill in", "or instead", "may stay empty", "choose"
"""What is to be done with a cell, in words."""
NAMES = {
    "value": "",
    "mean": "mean",
    "standard_error": "standard error",
    "log_standard_error": "standard error of the logarithm",
    "log_odds_standard_error": "standard error of the log-odds",
    "interval": "interval",
    "minimum": "lowest possible",
    "mode": "most likely",
    "maximum": "highest possible",
    "events": "number",
    "n": "of how many",
    "quartiles": "",
    "counts": "number",
    "price_year": "in prices of",
}
"""What the keys of a figure are called."""
PARTS = {"interval": ("from", "to"), "quartiles": ("lower quartile", "median", "upper quartile")}
"""What the numbers of a key are called that has several."""
SECTIONS = ("settings", "data", "parameters", "priors")
"""Sections of figures."""
SPREAD = ("standard_error", "log_standard_error", "log_odds_standard_error", "interval", "minimum", "maximum")
"""Keys that may stay empty beside a new value."""


@dataclass(frozen=True)
class Line:
    """A row of the first sheet: what it asks for, what is to be done, and what the model has there itself."""

    what: str
    entry: Entry
    todo: str = NEEDED
    own: float | str | None = None
    unit: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure of the first sheet: a record, a setting, a parameter, a claim, or words.

    Attributes
    ----------
    place : of its table in the inputs
    kind : "counts", "duration", "mean", "value", "parameter", "claim" or "words"
    table : what the inputs have there
    lines : its rows
    unit : of its numbers; `taken` is the model's, and `units` those that may be chosen
    usual : the range in which it usually lies, in the unit of the inputs
    """

    place: tuple[str, ...]
    kind: str
    table: Mapping[str, Any]
    lines: list[Line] = field(default_factory=list)
    unit: str = ""
    taken: str = ""
    units: tuple[str, ...] = ()
    usual: tuple[float, float] | None = None

    @property
    def sourced(self) -> bool:
        """Whether it has a source of its own, and a reason."""
        return self.kind != "words"

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.table.get("label", self.place[-1]))


def figures_of(inputs: Inputs) -> list[Figure]:
    """The figures that are the user's: those that the inputs name, or else all settings, records and parameters.

    Parameters of several labels are then left to their own sheet.
    """
    if inputs.yours is not None:
        found = [place for path in inputs.yours.figures if (place := _place(inputs.content, path))]
        named = list(dict.fromkeys(place for place in map(_whole, found) if _can_be_asked(inputs.content, place)))
    else:
        single = [name for name, p in inputs.parameters.items() if p.labels is None]
        named = [("about", "organisation"), *(("settings", name) for name in inputs.settings)]
        named += [("data", name) for name in inputs.data] + [("parameters", name) for name in single]
        named += [("claim",)] if inputs.claim is not None else []
    return [_figure(inputs, place) for place in named]


def _whole(place: tuple[str, ...]) -> tuple[str, ...]:
    """The place of the table that a key of a figure belongs to; other places as they are."""
    return place[: {"claim": 1}.get(place[0], 2)] if place[0] in ("claim", *SECTIONS) else place


def _can_be_asked(content: Mapping[str, Any], place: tuple[str, ...]) -> bool:
    """Whether a place holds a figure, or one word or number."""
    inside: Any = content
    for step in place:
        inside = inside.get(step) if isinstance(inside, Mapping) else None
    return place[0] in ("claim", *SECTIONS) or inside is None or isinstance(inside, str | int | float)


def _place(content: Mapping[str, Any], path: str) -> tuple[str, ...] | None:
    """A dotted path as the names of tables and key; names may hold dots. None where it leads to nothing."""
    there, _ = value_at(content, path)
    if not there:
        return ("about", "organisation") if path == ORGANISATION else None
    steps: list[str] = []
    inside: Any = content
    while path:
        step = next(
            name for name in inside if path == name or (path.startswith(f"{name}.") and _leads(inside, name, path))
        )
        steps.append(step)
        inside, path = inside[step], path.removeprefix(step).removeprefix(".")
    return tuple(steps)


def _leads(inside: Mapping[str, Any], name: str, path: str) -> bool:
    """Whether the rest of a path leads on from a name."""
    return isinstance(inside[name], Mapping) and value_at(inside[name], path.removeprefix(f"{name}."))[0]


def _figure(inputs: Inputs, place: tuple[str, ...]) -> Figure:
    """A figure with its rows."""
    table: Any = inputs.content
    for step in place:
        table = table.get(step) if isinstance(table, Mapping) else None
    if not isinstance(table, Mapping):
        return _words(inputs, place, table)
    kind = _kind(inputs, place)
    unit = str(table.get("unit", ""))
    taken, may_be = _units(inputs, place, unit)
    usual = inputs.plausible_range(place) if place[0] in ("settings", "data", "parameters") else None
    figure = Figure(place, kind, table, unit=unit, taken=taken, units=may_be, usual=usual)
    figure.lines.extend(_LINES[kind](figure))
    return figure


def _kind(inputs: Inputs, place: tuple[str, ...]) -> str:
    """What kind of figure a table holds."""
    if place[0] != "data":
        return {"settings": "value", "claim": "claim"}.get(place[0], "parameter")
    if inputs.data[place[1]].kind == "events":
        return "counts"
    needs = inputs.needs
    means = needs is not None and _role(inputs, place[1]) in needs.means
    return "mean" if means else "duration"


def _role(inputs: Inputs, record: str) -> str:
    """The role of the evidence that a record speaks for."""
    evidence = [item for scenario in inputs.scenarios.values() for item in scenario.evidence.items()]
    return next((role for role, records in evidence if record in records.values()), "")


def _units(inputs: Inputs, place: tuple[str, ...], unit: str) -> tuple[str, tuple[str, ...]]:
    """The unit that the model takes a figure in, and those that may be given in its place."""
    wanted = unit
    if inputs.needs is not None and place[0] == "parameters":
        wanted = inputs.needs.parameters.get(place[1], unit)
    if inputs.needs is not None and place[0] == "data":
        wanted = inputs.needs.roles.get(_role(inputs, place[1]), unit)
    if place[0] not in ("parameters", "data") or inputs.needs is None:
        return wanted, (unit,)
    known = [one for one in choices(wanted) if conversion(one, wanted) is not None]
    return wanted, tuple(dict.fromkeys((unit, *known)))


def _words(inputs: Inputs, place: tuple[str, ...], value: Any) -> Figure:
    """A figure that is one word or number, such as the organisation."""
    known = {"organisation": "Organisation whose figures these are", "price_year": "Prices of the analysis, by year"}
    what = known.get(place[-1], " ".join(place[-2:]).replace("_", " ").capitalize())
    kind: Kind = "number" if isinstance(value, int | float) and not isinstance(value, bool) else "text"
    years = place[-1] == "price_year"
    help_ = "All money is moved to prices of this year." if years else ""
    entry = Entry(place, kind, choices=price_years(inputs) if years else (), others=True, help=help_)
    return Figure(place, "words", {}, [Line(what, entry, NEEDED, value)])


def price_years(inputs: Inputs) -> tuple[str, ...]:
    """The years between which money can be moved."""
    return tuple(price_index().levels) if inputs.about.currency.matches(POUNDS) else ()


def _value(figure: Figure) -> Iterator[Line]:
    """The one number of a setting."""
    yield Line(figure.label, Entry((*figure.place, "value"), "number"), NEEDED, figure.table.get("value"), figure.unit)


def _counts(figure: Figure) -> Iterator[Line]:
    """Events among n, or their percentage."""
    table, place, label = figure.table, figure.place, figure.label
    share = table.get("share")
    events = Entry((*place, "events"), "whole", help="A whole number.")
    per_cent = Entry((*place, "share"), "per cent", help="Write 55 or 55% for 55 per cent.")
    people = Entry((*place, "n"), "positive", help="Of how many people the number or percentage is.")
    yield Line(f"{label}: number", events, NEEDED, table.get("events"), figure.unit)
    yield Line(
        f"{label}: per cent, instead of the number",
        per_cent,
        INSTEAD,
        None if share is None else 100 * share,
        "per cent",
    )
    yield Line(f"{label}: of how many {figure.unit}", people, NEEDED, table.get("n"), figure.unit)


def _mean(figure: Figure) -> Iterator[Line]:
    """A mean of n observations."""
    table, place, label = figure.table, figure.place, figure.label
    if label.startswith("Mean "):
        label = label[5:6].upper() + label[6:]
    yield Line(f"{label}: mean", Entry((*place, "mean"), "positive"), NEEDED, table.get("mean"), figure.unit)
    people = Entry((*place, "n"), "positive", help="The number that the mean or the quartiles are of.")
    yield Line(f"{label}: of how many patients", people, NEEDED, table.get("n"), "patients")


def _duration(figure: Figure) -> Iterator[Line]:
    """A mean of n observations with its standard deviation, or their quartiles."""
    table, place = figure.table, figure.place
    mean, people = _mean(figure)
    label = mean.what.removesuffix(": mean")
    spread = "How far single observations lie apart; if it is not known, leave it empty."
    yield mean
    sd = Entry((*place, "sd"), "positive", help=spread)
    yield Line(f"{label}: standard deviation", sd, OPTIONAL, table.get("sd"), figure.unit)
    yield people
    quartiles = table.get("quartiles") or (None, None, None)
    for at, (name, value) in enumerate(zip(PARTS["quartiles"], quartiles, strict=True)):
        entry = Entry((*place, "quartiles", at), "positive", help="All three, in place of mean and standard deviation.")
        yield Line(f"{label}: {name}, instead of the mean", entry, INSTEAD, value, figure.unit)


def _parameter(figure: Figure) -> Iterator[Line]:
    """The numbers by which a parameter is stated, and the prices that they are in."""
    table = figure.table
    for key in (key for key in KEYS if key in table and key not in ("level", "tolerance", "prior")):
        for at, value, name in numbers_of(table, key):
            kind = kind_of(key, figure.unit)
            todo = OPTIONAL if key in SPREAD and table["distribution"] not in ("pert", "uniform") else NEEDED
            help_ = _help(key, figure) if todo == OPTIONAL else ""
            words = ", ".join(word for word in (name, NAMES[key]) if word)
            unit = figure.unit if key != "n" and not key.startswith("log") else ""
            entry = Entry((*figure.place, key, *at), kind, help=help_)
            yield Line(f"{figure.label}: {words}" if words else figure.label, entry, todo, value, unit)
    if "price_year" in table:
        entry = Entry((*figure.place, "price_year"), "text", choices=price_index_years(figure), others=True)
        yield Line(f"{figure.label}: in prices of", entry, CHOOSE, table["price_year"], "year")


def price_index_years(figure: Figure) -> tuple[str, ...]:
    """The years that a price index knows, for money in pounds."""
    return tuple(price_index().levels) if "£" in figure.unit else ()


def _help(key: str, figure: Figure) -> str:
    """What happens where a spread is left empty."""
    if key == "standard_error" and figure.unit == SHARE:
        return "If it is not known, leave it empty: the new share is taken to be as well known as the model's own."
    if key in ("standard_error", "interval"):
        return "If it is not known, leave it empty: the same relative uncertainty as the model's own figure is taken."
    return "If it is not known, leave it empty: the model's own is taken."


def kind_of(key: str, unit: str) -> Kind:
    """What a number of a parameter can be."""
    if key in ("standard_error", "log_standard_error", "log_odds_standard_error", "n"):
        return "positive"
    return "share" if unit == SHARE and key != "events" else "number"


def numbers_of(table: Mapping[str, Any], key: str) -> Iterator[tuple[tuple[int, ...], Any, str]]:
    """The numbers of a key with their places in its lists, and what each is called."""
    value = table[key]
    if not isinstance(value, list):
        yield (), value, ""
        return
    labels = table.get("labels") or ()
    for at, part in enumerate(value):
        if isinstance(part, list):
            yield from (((at, place), one, f"{labels[at]}, {PARTS[key][place]}") for place, one in enumerate(part))
        else:
            yield (at,), part, PARTS[key][at] if key in PARTS else str(labels[at])


def _claim(figure: Figure) -> Iterator[Line]:
    """A published saving to test; its figure stands there, and an empty cell takes the claim away."""
    table = figure.table
    help_ = "If you have no published saving to test, empty this cell: the claim is then left out."
    entry = Entry((*figure.place, "value"), "positive", table.get("value"), help=help_)
    label = f"{figure.label[:1].upper()}{figure.label[1:]}"
    yield Line(
        f"{label}, to be tested: empty the cell if you have none", entry, OPTIONAL, table.get("value"), figure.unit
    )


_LINES = {
    "value": _value,
    "counts": _counts,
    "mean": _mean,
    "duration": _duration,
    "parameter": _parameter,
    "claim": _claim,
}

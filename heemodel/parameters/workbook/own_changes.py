"""What was filled in on the first sheet, as changes of the inputs: alternatives, spreads left empty, sources."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from heemodel.parameters.parameter import SHARE
from heemodel.parameters.workbook.form import Path
from heemodel.parameters.workbook.own import SOURCE, SPREAD, Figure, numbers_of

Changes = dict[Path, Any]
"""New values by path; None removes what stands there."""
ROUNDING = 0.005
"""How far a percentage and a number of people may be apart: half of a per cent."""


@dataclass
class Filled:
    """The answers of a sheet by path, and what is found to be wrong with them.

    Attributes
    ----------
    values : of the cells that were filled in
    wrong : path of a cell and what is said of it
    broken : paths of cells that could not be read, of which nothing more is said
    """

    values: Mapping[Path, Any]
    wrong: list[tuple[Path, str]] = field(default_factory=list)
    broken: frozenset[Path] = frozenset()

    def get(self, path: Path) -> Any:
        """The value of a cell, or None."""
        return self.values.get(path)

    def say(self, path: Path, message: str) -> None:
        """Something is wrong with a cell."""
        self.wrong.append((path, message))


def own_changes(figures: list[Figure], filled: Filled, whose: str | None) -> Changes:
    """The changes that the first sheet makes; mistakes are added to `filled`.

    A figure of which anything was filled in is the user's as a whole, and must be complete. Its source is that of its
    row or of the whole sheet.

    Parameters
    ----------
    figures : of the sheet
    filled : its answers
    whose : whose figures these are, for their reason; None where that is not said

    Returns
    -------
    new values by path; what is empty stays as it is
    """
    changes: Changes = {}
    plain = "Own figure." if whose is None else f"Own figure of {whose}."
    for figure in figures:
        if figure.kind == "words":
            line = figure.lines[0]
            if (value := filled.get(line.entry.path)) is not None:
                changes[line.entry.path] = value
            continue
        if any(line.entry.path in filled.broken for line in figure.lines):
            continue
        numbers, note = _NUMBERS[figure.kind](figure, filled)
        changes |= numbers
        changes |= _words(figure, filled, numbers, plain, note)
    return changes


def _words(figure: Figure, filled: Filled, numbers: Changes, plain: str, note: str) -> Changes:
    """Source, status and reason of a figure: as filled in, or those of the sheet where its numbers are new."""
    place = figure.place
    given = {key: filled.get((*place, key)) for key in ("source", "status", "rationale")}
    words: Changes = {(*place, key): value for key, value in given.items() if value is not None}
    if not numbers or numbers.get(place, 0) is None:  # nothing is new, or the table is taken out
        return {} if numbers else words
    unit = filled.get((*place, "unit"))
    if unit is not None and unit != figure.unit:
        words[*place, "unit"] = unit
    source = given["source"] or filled.get(SOURCE)
    if source is None and SOURCE not in filled.broken and (*place, "source") not in filled.broken:
        filled.say((*place, "source"), "is empty; say where the figure is from, here or for all figures at the top")
    reason = " ".join(part for part in (given["rationale"] or plain, note) if part)
    words |= {(*place, "source"): source, (*place, "rationale"): reason}
    if "status" in figure.table:
        words[*place, "status"] = given["status"] or "read"
    if figure.place[0] == "data":
        words |= _assumed(figure, numbers, words[*place, "status"])
    return words


def _assumed(figure: Figure, numbers: Changes, status: str) -> Changes:
    """What is assumed in a record: its result where its status says so, else nothing any more."""
    key = (*figure.place, "assumed")
    if status == "assumed":
        results = ("events", "share", "mean", "quartiles")
        return {key: [one for one in results if numbers.get((*figure.place, one)) is not None]}
    return {key: None} if "assumed" in figure.table else {}


Numbers = tuple[Changes, str]
"""New numbers of a figure, and a sentence on them for its reason."""


def _value(figure: Figure, filled: Filled) -> Numbers:
    """The number of a setting."""
    path = figure.lines[0].entry.path
    value = filled.get(path)
    return ({} if value is None else {path: value}), ""


def _claim(figure: Figure, filled: Filled) -> Numbers:
    """The claim's figure; the claim is taken out where its cell was emptied."""
    path = figure.lines[0].entry.path
    value = filled.get(path)
    if value is None:
        return {figure.place: None}, ""
    return ({} if same(value, figure.table.get("value")) else {path: value}), ""


def _record(figure: Figure, filled: Filled) -> dict[str, Any]:
    """The answers for a record by key; quartiles as a list, where any is given."""
    given = {key: filled.get((*figure.place, key)) for key in ("events", "share", "mean", "sd", "n")}
    quartiles = [filled.get((*figure.place, "quartiles", at)) for at in range(3)]
    given["quartiles"] = quartiles if any(value is not None for value in quartiles) else None
    return {key: value for key, value in given.items() if value is not None}


def _counts(figure: Figure, filled: Filled) -> Numbers:
    """Events or their share, among n."""
    given, place = _record(figure, filled), figure.place
    if not given:
        return _no_unit(figure, filled), ""
    if "n" not in given:
        filled.say((*place, "n"), "is empty; say of how many the number or percentage is")
    if not {"events", "share"} & given.keys():
        filled.say((*place, "events"), "is empty; give the number, or the percentage below it")
    if {"events", "share", "n"} <= given.keys() and abs(given["events"] / given["n"] - given["share"]) > ROUNDING:
        counted = f"{given['events']} of {given['n']} is {100 * given['events'] / given['n']:.3g}%"
        filled.say((*place, "share"), f"is {100 * given['share']:g}%, and {counted}; empty the one or the other")
    kept = [key for key in ("events", "share") if key in given][:1]
    numbers: Changes = {(*place, key): given[key] for key in (*kept, "n") if key in given}
    return numbers, ""


def _duration(figure: Figure, filled: Filled) -> Numbers:
    """A mean, with or without its standard deviation, or quartiles; of n."""
    given, place = _record(figure, filled), figure.place
    if not given:
        return _no_unit(figure, filled), ""
    if "n" not in given:
        filled.say((*place, "n"), "is empty; say how many patients that is of")
    if not {"mean", "quartiles"} & given.keys():
        filled.say((*place, "mean"), "is empty; give the mean, or the quartiles below")
    if "quartiles" in given:
        for key in given.keys() & {"mean", "sd"}:
            filled.say((*place, key), "is given and the quartiles too; empty the one or the other")
        _check_quartiles(place, given["quartiles"], filled)
    changes: Changes = {(*place, key): value for key, value in given.items()}
    if "mean" in given and "sd" not in given and "sd" in figure.table:
        changes[*place, "sd"] = None
    return changes, ""


def _check_quartiles(place: tuple[str, ...], quartiles: list[float | None], filled: Filled) -> None:
    """All three are there, ascending."""
    known = [value for value in quartiles if value is not None]
    for at, value in enumerate(quartiles):
        if value is None:
            filled.say((*place, "quartiles", at), "is empty; give lower quartile, median and upper quartile")
    falling = [at for at in range(1, len(known)) if known[at] <= known[at - 1]]
    if len(known) == len(quartiles) and falling:
        last, next_ = known[falling[0] - 1], known[falling[0]]
        reason = f"is {next_:g}, after {last:g}; lower quartile, median and upper quartile ascend"
        filled.say((*place, "quartiles", falling[0]), reason)


def _no_unit(figure: Figure, filled: Filled) -> Changes:
    """Nothing; but a unit, or a year of prices, that is chosen without a figure is a mistake."""
    for key in ("unit", "price_year"):
        chosen = filled.get((*figure.place, key))
        if chosen is not None and chosen != figure.table.get(key):
            reason = f"is empty, and {chosen!r} is chosen for it; give the figure, or choose {figure.table.get(key)!r}"
            filled.say(figure.lines[0].entry.path, reason)
    return {}


def _parameter(figure: Figure, filled: Filled) -> Numbers:
    """The numbers of a parameter; a spread that is left empty beside a new value is worked out from the model's own."""
    table, place = figure.table, figure.place
    paths = [line.entry.path for line in figure.lines if line.entry.path[-1] != "price_year"]
    given = {path[len(place) :]: value for path in paths if (value := filled.get(path)) is not None}
    year = filled.get((*place, "price_year"))
    if not given:
        return _no_unit(figure, filled), ""
    whole = table["distribution"] in ("pert", "uniform")
    for path in paths:
        at = path[len(place) :]
        asked = whole or at[0] not in SPREAD or any(other[0] == at[0] for other in given)
        if asked and at not in given:
            filled.say(path, "is empty; give it with the figure's other numbers")
    if "price_year" in table and year is None:
        filled.say((*place, "price_year"), "is empty; say in which year's prices the figure is")
    changes: Changes = {}
    for key in dict.fromkeys(str(at[0]) for at in given):
        changes[*place, key] = _assembled(table, key, {at[1:]: v for at, v in given.items() if at[0] == key})
    if year is not None:
        changes[*place, "price_year"] = year
    spread, note = _spread(figure, given, filled)
    return changes | spread, note


def _assembled(table: Mapping[str, Any], key: str, values: Mapping[Path, Any]) -> Any:
    """The numbers of a key in the shape that the inputs have; those that are not given stay."""
    old = table[key]
    if not isinstance(old, list):
        return values[()]
    nested = [list(part) if isinstance(part, list) else part for part in old]
    for at, value in values.items():
        if len(at) == 1:
            nested[int(at[0])] = value
        else:
            nested[int(at[0])][int(at[1])] = value
    return nested


def _spread(figure: Figure, given: Mapping[Path, Any], filled: Filled) -> Numbers:
    """The spread of a new value for which none was given, and a sentence that says so."""
    table, place = figure.table, figure.place
    centre = next((key for key in ("value", "mean") if key in table), None)
    key = next((key for key in ("standard_error", "interval") if key in table), None)
    if centre is None or key is None or not any(at[0] == centre for at in given) or any(at[0] == key for at in given):
        return {}, ""
    old: dict[Path, float] = {at: value for at, value, _ in numbers_of(table, centre)}
    new = {at: given.get((centre, *at), value) for at, value in old.items()}
    factors = {at: _factor(figure, old[at], new[at]) for at in old}
    if any(factor is None for factor in factors.values()):
        first = next(line.entry.path for line in figure.lines if line.entry.path[len(place)] == key)
        filled.say(first, "is empty; give it, as it cannot be taken from the model's own figure")
        return {}, ""
    scaled: dict[Path, float] = {at: _of(factors, at) * value for at, value, _ in numbers_of(table, key)}
    percent = _relative(figure, old, key)
    words = {"standard_error": "standard error", "interval": "interval"}[key]
    as_well = (
        "as well known as" if figure.unit == SHARE and key == "standard_error" else "as uncertain, in proportion, as"
    )
    note = f"Its {words} was not given: it is taken to be {as_well} the model's own figure{percent}."
    return {(*place, key): _assembled(table, key, scaled)}, note


def _of(factors: Mapping[Path, float | None], at: Path) -> float:
    """The factor of a number of a spread: that of its label, or the one there is."""
    return float(factors.get(at[:1], factors.get((), 1.0)) or 1.0)


def _factor(figure: Figure, old: float, new: float) -> float | None:
    """What the old spread is multiplied by: as the value is, or, for a share, so that it rests on as many people."""
    if figure.unit == SHARE and figure.table.get("standard_error") is not None:
        parts = new * (1 - new), old * (1 - old)
        return math.sqrt(parts[0] / parts[1]) if min(parts) > 0 else None
    return new / old if old and new / old > 0 else None


def _relative(figure: Figure, old: Mapping[Path, float], key: str) -> str:
    """How large the relative standard error is, in brackets."""
    error = figure.table[key]
    if key != "standard_error" or list(old) != [()] or isinstance(error, list) or figure.unit == SHARE:
        return ""
    return f" (standard error {100 * error / abs(old[()]):.2g}% of it)"


def same(one: Any, other: Any) -> bool:
    """Whether two values are one, but for what a spreadsheet rounds off."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-13, abs_tol=0)
    return bool(one == other)


_NUMBERS: dict[str, Callable[[Figure, Filled], Numbers]] = {
    "value": _value,
    "claim": _claim,
    "counts": _counts,
    "duration": _duration,
    "mean": _duration,
    "parameter": _parameter,
}

"""The columns of a life table of one's own: which they are, and their numbers row by row."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from heemodel.errors import HeemodelError, nearest
from heemodel.parameters.life_table import PERSONS

PROBABILITY, RATE = "qx", "mx"
"""Names of columns: probability of dying within the year or band of age, and deaths per person-year."""

KEYS = ("age", "sex", "year")
SEXES = ("male", "female")

VALUES = re.compile(rf"({PROBABILITY}|{RATE})(?:_({'|'.join(SEXES)}))?")
ALONGSIDE = re.compile(rf"[ladeLT]x(_({'|'.join(SEXES)}))?")
"""Other columns of published life tables (lx, dx, ax, ex, Lx, Tx), which follow from the rates and are not read."""

OLDEST = 130
FIRST_YEAR, LAST_YEAR = 1600, 2300

SHOWN = 3
"""Mistakes of one kind that an error shows; it counts the others."""


@dataclass(frozen=True)
class Mistake:
    """Something impossible in a life table: its row and column, what is wrong, and how to mend it."""

    place: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.place} {self.what}; {self.cure}".strip()


class LifeTableError(HeemodelError):
    """A life table with mistakes; `mistakes` lists them all, the message the first of each kind."""

    def __init__(self, name: str, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = list(dict.fromkeys(mistakes))
        kinds: dict[str, list[Mistake]] = {}
        for mistake in self.mistakes:
            kinds.setdefault(mistake.cure, []).append(mistake)
        count = "1 mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        super().__init__("\n".join([f"life table {name}: {count}", *(_listed(kind) for kind in kinds.values())]))


def _listed(kind: list[Mistake]) -> str:
    """Mistakes with one cure, as a line."""
    shown = "; ".join(f"{mistake.place} {mistake.what}".strip() for mistake in kind[:SHOWN])
    more = f"; and {len(kind) - SHOWN} more" if len(kind) > SHOWN else ""
    return f"  {shown}{more}: {kind[0].cure}"


@dataclass(frozen=True)
class Columns:
    """How a table is laid out.

    Attributes
    ----------
    measure : "qx" or "mx"
    by_sex : name of the column of numbers by sex; by "persons" where the sex is in a column or there is none
    has_sex, has_year : whether sex and calendar year are columns
    """

    measure: str
    by_sex: dict[str, str]
    has_sex: bool
    has_year: bool


def columns_of(frame: pd.DataFrame) -> tuple[Columns | None, list[Mistake]]:
    """The layout of a table, or None if it cannot be told; and what is wrong with it."""
    names = [str(name) for name in frame.columns]
    mistakes = [_unknown(name) for name in names if not _is_known(name)]
    mistakes += [
        Mistake(f"column {name!r}", "is there twice", "rename or remove one")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    if "age" not in names and not any(name.casefold().strip() == "age" for name in names):
        index = "; it is the index, so write table.reset_index()" if frame.index.name == "age" else ""
        mistakes.append(Mistake("column 'age'", "is missing", f"add or rename one, in completed years{index}"))
    found = {name: match for name in names if (match := VALUES.fullmatch(name))}
    mistakes += _wrong_measures(list(found), has_sex="sex" in names)
    if mistakes:
        return None, mistakes
    measure = next(iter(found.values()))[1]
    by_sex = {match[2] or PERSONS: name for name, match in found.items()}
    return Columns(measure, by_sex, "sex" in names, "year" in names), []


def _is_known(name: str) -> bool:
    return name in KEYS or bool(VALUES.fullmatch(name) or ALONGSIDE.fullmatch(name))


def _unknown(name: str) -> Mistake:
    """A column that is not read, with the name that it should most likely have."""
    place, folded = f"column {name!r}", name.casefold().strip()
    if _is_known(folded):
        return Mistake(place, "is unknown", f"rename it to {folded!r}")
    if sex := next((sex for sex in reversed(SEXES) if sex in folded), ""):
        cure = f"rename it to {PROBABILITY}_{sex} if it holds probabilities, to {RATE}_{sex} if rates"
        return Mistake(place, "is unknown", cure)
    known = (*KEYS, PROBABILITY, RATE)
    return Mistake(place, "is unknown", f"rename or remove it; {nearest(name, known)}")


def _wrong_measures(names: list[str], *, has_sex: bool) -> list[Mistake]:
    """Columns of numbers that are missing, or of which it cannot be told which counts."""
    both = f"{PROBABILITY} and {RATE}"
    if not names:
        cure = (
            f"name it {PROBABILITY} if it is the probability of dying within the year or band of age, {RATE} if deaths "
            f"per person-year; by sex {PROBABILITY}_male, {PROBABILITY}_female or {RATE}_male, {RATE}_female"
        )
        return [Mistake("a column", "of mortality is missing", cure)]
    mistakes = []
    columns_named = f"columns {', '.join(map(repr, names))}"
    if len({name[:2] for name in names}) > 1:
        mistakes.append(Mistake(columns_named, f"hold {both}", "leave one kind out"))
    sexes = {name[3:] for name in names}
    if "" in sexes and len(sexes) > 1:
        mistakes.append(Mistake(columns_named, "are of men, women and both together", "leave out the column of both"))
    elif has_sex and sexes != {""}:
        cure = f"remove 'sex', or give one column {names[0][:2]!r}"
        mistakes.append(Mistake(columns_named, "are by sex, and so are the rows by column 'sex'", cure))
    elif sexes < set(SEXES):
        cure = f"add {', '.join(sorted(set(SEXES) - sexes))}; for persons without sex rename it to {names[0][:2]!r}"
        mistakes.append(Mistake(columns_named, "is of one sex", cure))
    return mistakes


def tidy(frame: pd.DataFrame, columns: Columns, unit: str) -> tuple[pd.DataFrame, list[Mistake]]:
    """The rows with columns place, age, sex, year and value (nan where a number cannot be read); and all such cells.

    Parameters
    ----------
    unit : what a row is called in an error, with the frame's index as its number
    """
    rows: list[dict[str, Any]] = []
    mistakes: list[Mistake] = []
    for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
        place = f"{unit} {number},"
        age = _whole(row["age"], f"{place} age", (0, OLDEST), "give a completed year of age", mistakes)
        year = math.nan
        if columns.has_year:
            limits = (FIRST_YEAR, LAST_YEAR)
            year = _whole(row["year"], f"{place} year", limits, "give a calendar year, such as 2024", mistakes)
        for sex, column in columns.by_sex.items():
            of = _sex(row["sex"], f"{place} sex", mistakes) if columns.has_sex else sex
            value = _number(row[column], f"{place} {column}", mistakes)
            rows.append({"place": f"{place} {column}", "age": age, "sex": of, "year": year, "value": value})
    return pd.DataFrame(rows), mistakes


def _sex(cell: Any, place: str, mistakes: list[Mistake]) -> str:
    if cell not in SEXES:
        cure = "write male or female; leave out rows of both sexes together, and the column in a table of persons"
        mistakes.append(Mistake(place, f"is {cell!r}", cure))
        return ""
    return str(cell)


def _whole(cell: Any, place: str, limits: tuple[int, int], cure: str, mistakes: list[Mistake]) -> float:
    """A whole number, or nan with the mistake noted."""
    value = _number(cell, place, mistakes)
    if not math.isnan(value) and (value != round(value) or not limits[0] <= value <= limits[1]):
        mistakes.append(Mistake(place, f"is {value:g}", f"{cure}, a whole number from {limits[0]} to {limits[1]}"))
        return math.nan
    return value


def _number(cell: Any, place: str, mistakes: list[Mistake]) -> float:
    """A finite number, or nan with the mistake noted."""
    text = str(cell).strip()
    try:
        value = math.nan if isinstance(cell, bool) or "_" in text else float(cell)
    except (TypeError, ValueError):
        value = math.nan
    if math.isfinite(value):
        return value
    mistakes.append(Mistake(place, f"is {text!r}" if text else "is empty", _cure(text)))
    return math.nan


def _cure(text: str) -> str:
    """How to write what is not a number."""
    if text in ("", "nan", "None", "<NA>", "NaN"):
        return "give the number, or leave the row out"
    if "%" in text:
        return "write a percentage as a share: 0.46% is 0.0046"
    if re.fullmatch(r"\s*-?[\d ]*,[\d ,]+", text):
        return "write a decimal point, and thousands without commas"
    if re.search(r"\d\s*[-–+<>]|[-–+<>]\s*\d|\d\s*(and|to|or)\b", text):
        return "write the first age of a band or of those that old and older alone, such as 85"
    return "give a finite number"

"""Life tables by name, from a csv or from a data frame: every mistake at once, then death rates."""

import csv
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.errors import HeemodelError, nearest
from heemodel.parameters.life_table import PERSONS, Array, LifeTable
from heemodel.parameters.life_table_columns import (
    PROBABILITY,
    RATE,
    LifeTableError,
    Mistake,
    columns_of,
    tidy,
)
from heemodel.parameters.table_files import malformed, table_lines

TABLES = {"uk-2022-2024": "life_table_uk_2022_2024.csv"}

BANDS = (5, 10)
"""Widths in years that the age bands of an abridged table may have."""

HIGHEST_RATES = {0: 1.0, 80: 10.0}
"""Deaths per person-year, by the age from which they can be; more only comes of a rate per 100 or 1,000."""


def life_table(source: str | Path | pd.DataFrame | LifeTable) -> LifeTable:
    """A national life table by name, or a table of one's own.

    A table has the column ``age`` and numbers of mortality, whose name says what they are: ``qx`` the probability of
    dying within the year (or band) of age, ``mx`` deaths per person-year. The rate of a band of n years is constant
    in it: −ln(1 − qx) / n for probabilities.

    ========  ==========================================================================================
    layout    columns
    ========  ==========================================================================================
    persons   ``age``, ``qx`` or ``mx``
    wide      ``age``, ``qx_male``, ``qx_female``, or the same with ``mx``
    tidy      ``age``, ``sex`` (male or female), ``qx`` or ``mx``
    ========  ==========================================================================================

    Each may also have ``year``, the calendar year. Other columns of life tables, lx, dx, ax, ex, Lx and Tx, are not
    read. Ages are completed years, one after the other from any age on, or the first ages of bands of 5 or 10 years
    (0, 5, 10, … or 0, 1, 5, 10, …). The last rate goes on at later ages.

    Parameters
    ----------
    source : ``"uk-2022-2024"``; the path of a csv, whose lines that begin with # are comments; a data frame; or a life
        table, which is given back

    Returns
    -------
    LifeTable

    Raises
    ------
    HeemodelError
        if there is no table of that name, or with every mistake in a table, its row, its column and how to mend it

    See Also
    --------
    LifeTable.survival, LifeTable.rate : what a cohort takes from it

    Notes
    -----
    A probability of 1 is possible at the last age only, and says that everyone dies within that year of age; deaths
    are taken to be even through the year. In an abridged table it would say nothing, as the last band has no end: give
    ``mx`` there, or leave the row out. A last band with a probability below 1 is taken to be as wide as the one before.
    Rates and probabilities by age: Preston, Heuveline and Guillot 2001, ISBN 978-1-55786-451-2. "uk-2022-2024": Office
    for National Statistics, Open Government Licence v3.

    Examples
    --------
    >>> mortality = pd.DataFrame({"age": [0, 1, 5, 10], "qx": [0.004, 0.001, 0.0005, 0.0005]})
    >>> table = life_table(mortality)
    >>> round(float(table.survival(xr.DataArray(5.0), start_age=1)), 6)  # the band from 1 to 4
    0.999
    """
    if isinstance(source, LifeTable):
        return source
    if isinstance(source, pd.DataFrame):
        return LifeTable("data frame", _rates(source, "in a data frame", "row"))
    if isinstance(source, Path) or (isinstance(source, str) and source not in TABLES and source.endswith(".csv")):
        return _from_file(Path(source))
    if isinstance(source, str):
        return _published(source)
    raise HeemodelError(
        f"a life table is a {type(source).__name__}; give a name, such as {min(TABLES)!r}, the path of a csv, a data "
        "frame or what life_table(…) gives"
    )


@cache
def _published(name: str) -> LifeTable:
    """A national life table that comes with the package."""
    if name not in TABLES:
        raise HeemodelError(
            f"no life table {name!r}, and no path of a csv with one of your own; {nearest(name, TABLES)}"
        )
    text = resources.files("heemodel.parameters").joinpath("data", TABLES[name]).read_text(encoding="utf-8")
    return LifeTable(name, _rates(_csv_rows(text, name), name, "line"))


def _from_file(path: Path) -> LifeTable:
    """A life table that is kept in a csv."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise HeemodelError(f"life table {path}: cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError as error:
        raise HeemodelError(f"life table {path}: is no text ({error}); save it as csv, UTF-8") from None
    return LifeTable(path.name, _rates(_csv_rows(text, str(path)), str(path), "line"))


def _csv_rows(text: str, name: str) -> pd.DataFrame:
    """The cells of a csv as text, each row numbered by its line."""
    lines = {number: line for number, line in table_lines(text).items() if line.strip()}
    if wrong := malformed(lines):
        raise HeemodelError(f"life table {name}: {wrong}")
    header, *rows = csv.reader(lines.values(), skipinitialspace=True)
    cells = [[cell.strip() for cell in row] for row in rows]
    return pd.DataFrame(cells, columns=[name.strip() for name in header], index=list(lines)[1:], dtype=object)


def _rates(frame: pd.DataFrame, name: str, unit: str) -> xr.DataArray:
    """Deaths per person-year by sex, completed year of age and, where the table has it, calendar year."""
    if frame.empty:
        raise LifeTableError(name, [Mistake("it", "has no rows", "give a row for each age")])
    columns, mistakes = columns_of(frame)
    if columns is None:
        raise LifeTableError(name, mistakes)
    rows, unread = tidy(frame, columns, unit)
    keys = ["sex", "age", "year"] if columns.has_year else ["sex", "age"]
    read = rows[rows[keys].notna().all(axis=1) & (rows["sex"] != "")]
    mistakes = [*unread, *_repeated(read, keys)]
    if len(read) == len(rows):  # else what is missing may be what could not be read
        mistakes += _missing(read, keys)
    ages = np.unique(read["age"].to_numpy(dtype=int))
    widths = _widths(ages)
    mistakes += _impossible(read, columns.measure, int(ages[-1]) if ages.size else 0, bands=bool((widths > 1).any()))
    if mistakes:
        raise LifeTableError(name, mistakes)
    return _arranged(read, keys, columns.measure, widths)


def _repeated(rows: pd.DataFrame, keys: list[str]) -> Iterator[Mistake]:
    """An age that is there twice for a sex and a year."""
    for _, again in rows[rows.duplicated(keys, keep=False)].groupby(keys, sort=False):
        first, *others = again.itertuples()
        for other in others:
            place, already = (str(one.place).split(",")[0] for one in (other, first))
            yield Mistake(f"{place},", f"repeats {_described(other, keys)} of {already}", "remove or correct one")


def _described(row: object, keys: list[str]) -> str:
    """Such as "age 30, female, 2015"."""
    age, sex, year = (getattr(row, key, "") for key in ("age", "sex", "year"))
    parts = [f"age {age:.0f}", "" if sex == PERSONS else sex, f"{year:.0f}" if "year" in keys else ""]
    return ", ".join(part for part in parts if part)


def _missing(rows: pd.DataFrame, keys: list[str]) -> Iterator[Mistake]:
    """Ages and calendar years between those there are, a sex, and combinations that others have."""
    ages = np.unique(rows["age"].to_numpy(dtype=int))
    if not _widths(ages).any():
        yield _gap(ages)
    others = {"sex": ["male", "female"] if set(rows["sex"]) != {PERSONS} else [PERSONS], "age": ages.tolist()}
    if "year" in keys:
        years = rows["year"].astype(int)
        others["year"] = list(range(years.min(), years.max() + 1))
    wanted = pd.MultiIndex.from_product([others[key] for key in keys], names=keys)
    given = pd.MultiIndex.from_frame(rows[keys].astype(dict.fromkeys(keys[1:], int)))
    for lacking in wanted.difference(given).to_frame().itertuples():
        yield Mistake(
            _described(lacking, keys), "is missing", "add the row; all sexes and calendar years need the same ages"
        )


def _gap(ages: Array) -> Mistake:
    """Ages that are neither one after the other nor bands."""
    regular = ages[2:] if _begins_with_infants(ages) else ages
    steps, counts = np.unique(np.diff(regular), return_counts=True)
    usual = int(steps[np.argmax(counts)])
    cure = (
        "give every completed year of age from the first to the last, or the first ages of bands of 5 or 10 years "
        "(0, 5, 10, … or 0, 1, 5, 10, …)"
    )
    if usual in (1, *BANDS):
        lacking = sorted(set(range(int(regular[0]), int(regular[-1]), usual)) - set(regular.tolist()))
        if lacking:
            return Mistake(f"age {', '.join(map(str, lacking[:10]))}{'…' * (len(lacking) > 10)}", "is missing", cure)
    return Mistake("ages", f"are {', '.join(map(str, ages[:10]))}{'…' * (ages.size > 10)}", cure)


def _widths(ages: Array) -> Array:
    """Width of each age or band in years, the last as wide as the one before it; zeros if they are neither."""
    steps = np.diff(ages)
    if (steps == 1).all():
        return np.ones(ages.size, dtype=int)
    regular = steps[2:] if _begins_with_infants(ages) else steps
    last = steps[-1] if regular.size else ages[-1]  # 0, 1, 5: the third age is the width of the bands
    if last in BANDS and (regular == last).all():
        return np.append(steps, last)
    return np.zeros(ages.size, dtype=int)


def _begins_with_infants(ages: Array) -> bool:
    """Whether the first band is the first year of life, and the second the rest of a usual band."""
    return ages[:3].tolist() in [[0, 1, width] for width in BANDS]


def _impossible(rows: pd.DataFrame, measure: str, last: int, *, bands: bool) -> Iterator[Mistake]:
    """Probabilities and rates that cannot be."""
    for row in rows.itertuples():
        written = f"is {row.value:g}"
        if measure == PROBABILITY and not (0 <= row.value <= 1 or np.isnan(row.value)):
            yield Mistake(row.place, written, "a probability lies between 0 and 1; divide percentages by 100")
        elif measure == RATE and row.value < 0:
            yield Mistake(row.place, written, "a rate is 0 or more; correct it")
        elif measure == RATE and row.value > (most := HIGHEST_RATES[80 if row.age >= 80 else 0]):
            cure = "so many deaths per person-year cannot be; divide a rate per 100 by 100, one per 1,000 by 1,000"
            yield Mistake(row.place, f"{written}, more than {most:g}", cure)
        elif measure == PROBABILITY and row.value == 1 and row.age < last:
            yield Mistake(row.place, written, "everyone dies, and yet there are later ages; correct it or remove those")
        elif measure == PROBABILITY and row.value == 1 and bands:
            cure = (
                "the last band has no end, so that this gives no rate; give mx in place of qx (there it is 1 divided "
                "by the life expectancy at that age), or leave the row out and the rate of the band before goes on"
            )
            yield Mistake(row.place, written, cure)
    yield from _partly_certain(rows, measure, last)


def _partly_certain(rows: pd.DataFrame, measure: str, last: int) -> Iterator[Mistake]:
    """A last age at which everyone dies in some calendar years only."""
    certain = rows[(rows["age"] == last) & (rows["value"] == 1) & (measure == PROBABILITY)]
    for sex, years in certain.groupby("sex"):
        others = rows[(rows["age"] == last) & (rows["sex"] == sex) & (rows["value"] < 1)]
        for row in others.itertuples():
            written = f"is {row.value:g}, and 1 in {len(years)} other calendar years"
            yield Mistake(row.place, written, "give 1 at the last age in all calendar years or in none")


def _arranged(rows: pd.DataFrame, keys: list[str], measure: str, widths: Array) -> xr.DataArray:
    """The rates of each single year of age; men come first."""
    sexes = [sex for sex in ("male", "female", PERSONS) if sex in set(rows["sex"])]
    ordered = rows.assign(sex=rows["sex"].map(sexes.index)).sort_values(keys)
    ages = np.unique(ordered["age"].to_numpy(dtype=int))
    years = [np.unique(ordered["year"].to_numpy(dtype=int))] if "year" in keys else []
    values = ordered["value"].to_numpy(dtype=float).reshape(len(sexes), ages.size, *map(len, years))
    if measure == PROBABILITY:
        over = widths.reshape(-1, *[1] * len(years))
        certain = values == 1
        values = np.where(certain, np.inf, -np.log1p(-np.where(certain, 0.0, values)) / over)
    repeats = np.append(widths[:-1], 1)  # the last rate goes on by itself
    single_years = np.arange(ages[0], ages[0] + repeats.sum())
    coords = dict(zip(keys, [sexes, single_years, *years], strict=True))
    unit = {"unit": "deaths per person-year"}
    return xr.DataArray(np.repeat(values, repeats, axis=1), dims=keys, coords=coords, attrs=unit)

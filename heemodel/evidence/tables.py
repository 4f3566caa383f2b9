"""Tidy tables of evidence as users give them: read column by column, with all that is wrong collected first."""

import difflib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.evidence.specification import EvidenceError

MOST = 1_000_000_000
"""The largest count."""
FURTHEST = 1e30
"""Numbers are at most so large and, if they must be above 0, at least its inverse: squares and ratios are finite."""
ALIKE = 0.8
"""From this likeness on (of 1) another column is taken to be meant for an optional one."""
TOLD = 20
"""Problems that are told; of more there is the number."""
ALIASES = {"status": "event", "censored": "event", "id": "patient"}
"""What columns are called elsewhere."""
CURES = {"censored": "Give event = 1 − censored: 1 where the duration ended", "status": "Give 1 ended, 0 not yet"}
"""What to do where renaming would not do, or not by itself."""
RESERVED = {
    *("sample", "chain", "draw", "row", "patient", "sampled", "exit", "ended", "going_on", "means", "deviations"),
    *("quantiles", "share", "centre", "between_group_sd", "deviation", "new_deviation", "new_group_share", "bias"),
    *("measured_log_odds", "exit_share", "mean_cost", "variation", "zero_share", "utility", "share_of_room"),
    *("events", "n", "weight", "bias_sd", "time", "event", "count", "mean", "sd", "se", "median", "q1", "q3", "cost"),
}
"""Names of the models' own dimensions, variables and columns."""


class Table:
    """A table whose rows are told apart by some columns of names.

    Problems are collected as columns are read; see `refuse`.

    Parameters
    ----------
    frame : the table
    name : what it is called in errors
    keys : columns of names
    columns : further columns that it must have
    optional : columns that it may have; another column whose name is close to one that is missing is refused

    Raises
    ------
    EvidenceError
        if it is not a table, has no rows, or lacks a column or a name
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        name: str,
        *,
        keys: Sequence[str],
        columns: Sequence[str] = (),
        optional: Sequence[str] = (),
    ) -> None:
        if not isinstance(frame, pd.DataFrame):
            raise EvidenceError(f"table {name!r} is a {type(frame).__name__}; give a pandas.DataFrame")
        has = [str(column) for column in frame.columns]
        if missing := [column for column in (*keys, *columns) if column not in has]:
            lacks = ", ".join(repr(column) for column in missing)
            raise EvidenceError(f"table {name!r} has no column {lacks}; it has {', '.join(has) or 'none'}")
        if twice := [column for column in dict.fromkeys(has) if has.count(column) > 1]:
            raise EvidenceError(f"table {name!r} has two columns {twice[0]!r}; leave one out")
        _refuse_misspelt(name, [column for column in has if column not in (*keys, *columns)], optional)
        if not len(frame):
            raise EvidenceError(f"table {name!r} has no rows")
        self.name, self.frame, self.keys = name, frame.reset_index(drop=True), tuple(keys)
        self.problems: list[str] = []
        self.unread: set[int] = set()
        """Rows in which some cell is not a number that can be."""
        for key in keys:
            if (blank := frame[key].isna() | (frame[key].astype(str).str.strip() == "")).any():
                raise EvidenceError(f"table {name!r}, row {int(np.argmax(blank)) + 1}: {key} is missing; give a name")
        self.labels = {key: [as_label(label) for label in frame[key]] for key in keys}
        self._told_apart = len(set(zip(*self.labels.values(), strict=True))) == len(frame)

    def __contains__(self, column: str) -> bool:
        return column in self.frame.columns

    def names(self, key: str) -> tuple[str, ...]:
        """The different names in a column, in the order of their first appearance."""
        return tuple(dict.fromkeys(self.labels[key]))

    def codes(self, key: str, names: Sequence[str]) -> NDArray[np.int64]:
        """For each row the place of its name among others."""
        places = {name: place for place, name in enumerate(names)}
        return np.array([places[label] for label in self.labels[key]])

    def place(self, row: int) -> str:
        """Where a row is, for an error."""
        names = ", ".join(f"{key} {labels[row]!r}" for key, labels in self.labels.items())
        return f"table {self.name!r}, " + ("" if self._told_apart else f"row {row + 1}, ") + names

    def problem(self, row: int, what: str) -> None:
        """Note what is wrong with a row."""
        self.problems.append(f"{self.place(row)}: {what}")

    def _unread(self, row: int, what: str) -> None:
        """Note a cell that is not a number that can be: what follows from the row's numbers is not to be judged."""
        self.problem(row, what)
        self.unread.add(row)

    def missing(self, column: str) -> NDArray[np.bool_]:
        """Which rows have nothing in a column; all of them if there is no such column."""
        blank: NDArray[np.bool_] = self.frame.get(column, pd.Series(np.nan, self.frame.index)).isna().to_numpy()
        return blank

    def numbers(
        self, column: str, *, least: float = -np.inf, above: float = -np.inf, optional: bool = False
    ) -> NDArray[np.float64]:
        """A column of finite numbers, at least `least` and above `above`; NaN where nothing has to be given."""
        if optional and column not in self:
            return np.full(len(self.frame), np.nan)
        if self.frame[column].dtype.kind in "mM":
            raise EvidenceError(
                f"table {self.name!r}: {column} holds dates or spans of time; give numbers, such as days by .dt.days"
            )
        values: NDArray[np.float64] = pd.to_numeric(self.frame[column], errors="coerce").to_numpy(dtype=float)
        missing = self.missing(column)
        for row, value in enumerate(values):
            if missing[row] and optional:
                continue
            if not np.isfinite(value):
                given = self.frame[column].iloc[row]
                shown = repr(given) if isinstance(given, str) else str(given)
                self._unread(row, f"{column} is {'missing' if missing[row] else shown}; give a number")
            elif value < least or value <= above:
                bound = f"above {above:g}" if value <= above else f"{least:g} or more"
                self._unread(row, f"{column} is {value:g}; it must be {bound}")
            elif abs(value) > FURTHEST or (above == 0 and value < 1 / FURTHEST):
                self._unread(row, f"{column} is {value:g}; look whether it is right, or give it in another unit")
        return values

    def counts(self, column: str, *, least: int = 0) -> NDArray[np.int64]:
        """A column of whole numbers, at least `least`."""
        values = self.numbers(column, least=least)
        for row, value in enumerate(values):
            if least <= value <= FURTHEST and (value != round(value) or value > MOST):
                shown = f"{value:g}" if value > MOST else repr(float(value))
                self._unread(row, f"{column} is {shown}; give a whole number of at most 10⁹")
        return np.nan_to_num(values, nan=least, posinf=least, neginf=least).clip(-MOST, MOST).astype(int)

    def events(self, events: str = "events", n: str = "n") -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Columns of events among n."""
        found, among = self.counts(events), self.counts(n, least=1)
        for row, (some, of) in enumerate(zip(found, among, strict=True)):
            if some > of and row not in self.unread:
                self.problem(row, f"{some:,} {events} among {of:,}; there cannot be more")
        return found, among

    def unique(self, *keys: str, cure: str) -> None:
        """Note rows that have the same names as an earlier one."""
        seen: set[tuple[str, ...]] = set()
        for row, names in enumerate(zip(*(self.labels[key] for key in keys), strict=True)):
            if names in seen:
                self.problem(row, f"is there twice; {cure}")
            seen.add(names)

    def known(self, key: str, names: Sequence[str]) -> None:
        """Note names that are not among those known."""
        for row, label in enumerate(self.labels[key]):
            if label not in names:
                self.problem(row, f"unknown {key}; {nearest(label, names)}")


def refuse(*tables: Table) -> None:
    """Raise the problems of all tables together, if there are any.

    Raises
    ------
    EvidenceError
        with a line for each problem
    """
    if problems := list(dict.fromkeys(problem for table in tables for problem in table.problems)):
        more = [f"… and {len(problems) - TOLD} more"] if len(problems) > TOLD else []
        raise EvidenceError("\n".join([*problems[:TOLD], *more]))


def as_label(name: object) -> str:
    """A name as text; whole numbers without a fraction, which pandas gives them beside missing ones."""
    return str(int(name)) if isinstance(name, float) and name.is_integer() else str(name).strip()


def refuse_reserved(by: str) -> None:
    """Refuse a column of groups whose name the models have for something else."""
    if by in RESERVED:
        raise EvidenceError(f"by is {by!r}, a name that the model has for something else; call the column otherwise")


def _refuse_misspelt(table: str, others: Sequence[str], optional: Sequence[str]) -> None:
    """Refuse a column that is most likely meant to be an optional one: unread, it would change the answer unseen."""
    absent = [column for column in optional if column not in others]
    for other in others:
        close = difflib.get_close_matches(other.casefold(), absent, n=1, cutoff=ALIKE)
        meant = ALIASES.get(other.casefold()) or next(iter(close), None)
        if other not in optional and meant in absent:
            raise EvidenceError(
                f"table {table!r} has a column {other!r}; did you mean {meant!r}? "
                + CURES.get(other.casefold(), "Rename it, or leave it out")
            )

"""What the files of a results folder hold, told once: `files.toml`, from which `files.csv` is written."""

import fnmatch
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import pandas as pd

from heemodel.currency import Currency

FILES = "files.csv"
"""The table that tells what the others hold."""


@dataclass(frozen=True, kw_only=True)
class Described:
    """A table that is written.

    Attributes
    ----------
    name : without ".csv"; one that lies behind a figure begins with "figures/"
    meaning : what it holds, in a line
    columns : that it always has, in order, and what they mean, with the unit
    sometimes : the same of those that only some results have
    """

    name: str
    meaning: str
    columns: Mapping[str, str]
    sometimes: Mapping[str, str]


@cache
def described() -> Mapping[str, Described]:
    """Every table that a report may write, by name."""
    return {name: _described(name, table) for name, table in _documentation()["files"].items()}


def files_table(written: Collection[str] | None = None) -> pd.DataFrame:
    """What every file and every column holds.

    Parameters
    ----------
    written : names of the files that there are, from the folder of the results; without it, all that may be

    Returns
    -------
    tidy DataFrame with columns file, column (empty where the row is about the whole file) and meaning
    """
    rows = [
        (pattern, "", meaning)
        for pattern, meaning in _documentation()["others"].items()
        if written is None or fnmatch.filter(written, pattern)
    ]
    for name, table in described().items():
        if written is None or f"{name}.csv" in written:
            columns = {"": table.meaning, **table.columns, **table.sometimes}
            rows += [(f"{name}.csv", column, meaning) for column, meaning in columns.items()]
    return pd.DataFrame(rows, columns=["file", "column", "meaning"])


def undocumented(folder: str | Path) -> list[str]:
    """Where the tables in a results folder and what is said of them here differ; empty where they agree.

    Parameters
    ----------
    folder : of any results
    """
    folder, faults = Path(folder), []
    for path in sorted([*folder.glob("*.csv"), *folder.glob("figures/*.csv")]):
        name = path.relative_to(folder).with_suffix("").as_posix()
        table = described().get(name)
        if table is None:
            faults.append(f"{name}.csv is not documented")
            continue
        written = list(pd.read_csv(path, nrows=0).columns)
        known = {**table.columns, **table.sometimes}
        faults += [f"{name}.csv: column {column!r} is not documented" for column in written if column not in known]
        faults += [f"{name}.csv: has no column {column!r}" for column in table.columns if column not in written]
    return faults


def plain(table: pd.DataFrame, currency: Currency) -> pd.DataFrame:
    """The table with money and minus signs as any spreadsheet reads them.

    Parameters
    ----------
    currency : in which money is printed; its sign becomes its code where it is the sign of that currency only
    """
    blank = "\N{NO-BREAK SPACE}" if currency.plain == currency.name else "[ \N{NO-BREAK SPACE}]*"
    return table.replace({f"{re.escape(currency.name)}{blank}": f"{currency.plain} ", "−": "-"}, regex=True)


@cache
def _documentation() -> dict[str, Any]:
    """`files.toml` as it stands."""
    text = resources("heemodel.report").joinpath("files.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _described(name: str, table: Mapping[str, Any]) -> Described:
    """One table, with the meanings that its columns share with those of other files."""
    documentation = _documentation()
    if "like" in table:
        table = {**documentation["files"][table["like"]], **table}
    means = {**documentation["columns"], **table.get("means", {})}
    return Described(
        name=name,
        meaning=table["meaning"],
        columns={column: means[column] for column in table["columns"]},
        sometimes={column: means[column] for column in table.get("sometimes", [])},
    )

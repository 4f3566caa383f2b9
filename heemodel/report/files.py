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
    name : without ".csv"
    meaning : what it holds, in a line
    columns : that it always has, in order, and what they mean, with the unit
    further : what columns mean whose names the model gives; empty where there are none
    """

    name: str
    meaning: str
    columns: Mapping[str, str]
    further: str = ""


@cache
def described() -> Mapping[str, Described]:
    """Every table that a report may write, by name."""
    return {name: _described(name, table) for name, table in _documentation()["files"].items()}


def other_files() -> Mapping[str, str]:
    """What is written beside the tables, by name or pattern."""
    others: Mapping[str, str] = _documentation()["others"]
    return others


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
            columns = {"": table.meaning, **table.columns}
            if table.further:
                columns["…"] = table.further
            rows += [(f"{name}.csv", column, meaning) for column, meaning in columns.items()]
    return pd.DataFrame(rows, columns=["file", "column", "meaning"])


def undocumented(folder: str | Path) -> list[str]:
    """Where the tables in a results folder and what is said of them here differ; empty where they agree.

    Parameters
    ----------
    folder : of any results
    """
    folder, faults = Path(folder), []
    for path in sorted(folder.glob("*.csv")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        table = described().get(name)
        if table is None:
            faults.append(f"{name}.csv is not documented")
            continue
        written = list(pd.read_csv(path, nrows=0).columns)
        unknown = [] if table.further else [column for column in written if column not in table.columns]
        faults += [f"{name}.csv: column {column!r} is not documented" for column in unknown]
        faults += [f"{name}.csv: has no column {column!r}" for column in table.columns if column not in written]
    return faults


def plain(table: pd.DataFrame, currency: Currency) -> pd.DataFrame:
    """The table with money and minus signs as any spreadsheet reads them.

    Parameters
    ----------
    currency : in which money is printed; its sign becomes its code where it is the sign of that currency only
    """
    blank = "\N{NO-BREAK SPACE}" if currency.plain == currency.name else "[ \N{NO-BREAK SPACE}]*"
    sign = re.compile(f"{re.escape(currency.name)}{blank}")

    changed: dict[str, pd.Series] = {}
    for name, column in table.items():
        if column.dtype.kind not in "biuf":
            texts = [text for text in column.unique() if isinstance(text, str)]  # each is read once
            plainly = {text: sign.sub(f"{currency.plain} ", text).replace("−", "-") for text in texts}
            if any(text != new for text, new in plainly.items()):
                changed[str(name)] = pd.Series([plainly.get(text, text) for text in column], column.index, column.dtype)
    return table.assign(**changed)


@cache
def _documentation() -> dict[str, Any]:
    """`files.toml` as it stands."""
    text = resources("heemodel.report").joinpath("files.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _described(name: str, table: Mapping[str, Any]) -> Described:
    """One table, with the meanings that its columns share with those of other files."""
    documentation = _documentation()
    means = {**documentation["columns"], **table.get("means", {})}
    return Described(
        name=name,
        meaning=table["meaning"],
        columns={column: means[column] for column in table["columns"]},
        further=table.get("further", ""),
    )

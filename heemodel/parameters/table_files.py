"""Tables kept as csv files beside the inputs: read, and the rows that a scenario takes."""

import csv
from collections.abc import Collection, Mapping, Sequence
from io import StringIO
from pathlib import Path

import pandas as pd

from heemodel.errors import nearest
from heemodel.parameters.problems import Problem
from heemodel.parameters.specification import Scenario
from heemodel.parameters.variations import TableFile

Files = dict[str, str]


def read_tables(
    folder: Path,
    tables: Mapping[str, TableFile | None],
    columns: Mapping[str, Sequence[str]],
    texts: Mapping[str, str],
) -> tuple[dict[str, pd.DataFrame], Files, list[Problem]]:
    """Every table with its file's text by file name, and what is wrong with them.

    Parameters
    ----------
    folder : where the inputs file is
    columns : that the model reads, by table
    texts : of files that have been read before, by file name; they are not read again
    """
    frames: dict[str, pd.DataFrame] = {}
    files: Files = {}
    problems = []
    for name, table in tables.items():
        if table is None:
            continue
        place = ("tables", name, "file")
        try:
            known = texts.get(table.file)
            text = (folder / table.file).read_text(encoding="utf-8-sig") if known is None else known
        except OSError as error:
            problems.append(
                Problem(
                    place, f"{table.file!r} cannot be read ({error.strerror}); it is looked for beside the inputs file"
                )
            )
            continue
        except UnicodeDecodeError as error:
            problems.append(Problem(place, f"{table.file!r} is no text: {error}; save it as csv, UTF-8"))
            continue
        lines = table_lines(text)
        if wrong := malformed(lines):
            problems.append(Problem(place, f"{table.file!r} {wrong}"))
            continue
        frame = pd.read_csv(
            StringIO("".join(lines.values())), skipinitialspace=True, keep_default_na=False, na_values=[""]
        )
        problems += [
            Problem(place, f"{table.file!r} has no column {wanted!r}; {nearest(wanted, list(frame.columns))}")
            for wanted in columns.get(name, ())
            if wanted not in frame.columns
        ]
        frames[name], files[table.file] = frame, text
    return frames, files, problems


def table_lines(text: str) -> dict[int, str]:
    """The lines of a csv file by number, without comments: lines that begin with #."""
    return {number: line for number, line in enumerate(text.splitlines(keepends=True), 1) if line[0] != "#"}


def malformed(lines: Mapping[int, str]) -> str:
    """What in the lines, by number, is no table of named columns; empty if they are one."""
    numbers = list(lines)
    reader = csv.reader(lines.values(), skipinitialspace=True, strict=True)
    try:
        rows = [(numbers[reader.line_num - 1], row) for row in reader if row]
    except csv.Error as error:
        return f"is no table: line {numbers[reader.line_num - 1]}: {error}; save it as csv, UTF-8"
    if not rows:
        return "is empty; a table begins with the names of its columns"
    names = [name.strip() for name in rows[0][1]]
    if wrong := _wrong_header(names):
        return wrong
    for number, row in rows:
        if len(row) != len(names):
            cure = (
                "remove commas at its end, or put quotes around a cell that has one"
                if len(row) > len(names)
                else "a cell is missing; leave none out, with nothing between two commas where it is empty"
            )
            return f"has {len(names)} names of columns, and in line {number} cells to the number of {len(row)}; {cure}"
    return ""


def _wrong_header(names: Sequence[str]) -> str:
    """Why these names of columns cannot be worked with; empty if they can."""
    if "" in names:
        return f"has no name for column {names.index('') + 1}; name or remove it"
    for mark, what in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(names) == 1 and mark in names[0]:
            return f"is separated by {what}; save it separated by commas"
    twice = sorted({name for name in names if names.count(name) > 1})
    return f"has two columns {twice[0]!r}; rename or remove one" if twice else ""


def wrong_rows(
    scenarios: Mapping[str, Scenario | None], frames: Mapping[str, pd.DataFrame], tables: Collection[str]
) -> list[Problem]:
    """Rows that scenarios ask for and tables do not have; of a table that could not be read, nothing is said."""
    problems = []
    for name, scenario in scenarios.items():
        for table, wanted in scenario.rows.items() if scenario is not None else ():
            place = ("scenarios", name, "rows", table)
            if table not in tables:
                problems.append(Problem(place, f"there is no table {table!r}; {nearest(table, tables)}"))
            if table not in frames:
                continue
            frame = frames[table]
            for column, labels in wanted.items():
                if column not in frame.columns:
                    problems.append(Problem((*place, column), f"is no column; {nearest(column, list(frame.columns))}"))
                    continue
                known = [str(label) for label in frame[column].unique()]
                if not labels:
                    problems.append(Problem((*place, column), "asks for no label; give one or more, or remove it"))
                problems += [
                    Problem((*place, column), f"no row has {label!r}; {nearest(label, known)}")
                    for label in labels
                    if label not in known
                ]
            asked = all(column in frame.columns and labels for column, labels in wanted.items())
            if (
                asked
                and not any(problem.place[:4] == place for problem in problems)
                and chosen_rows(frame, wanted).empty
            ):
                problems.append(Problem(place, f"no row of {table!r} has all that is asked for at once; ask for less"))
    return problems


def chosen_rows(frame: pd.DataFrame, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The rows whose columns have one of the labels wanted."""
    for column, labels in wanted.items():
        frame = frame[frame[column].astype(str).isin(labels)]
    return frame.reset_index(drop=True)

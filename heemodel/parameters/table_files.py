"""Tables kept as csv files beside the inputs: read, and the rows that a scenario takes."""

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
    folder: Path, tables: Mapping[str, TableFile | None], columns: Mapping[str, Sequence[str]]
) -> tuple[dict[str, pd.DataFrame], Files, list[Problem]]:
    """Every table with its file's text by file name, and what is wrong with them.

    Parameters
    ----------
    folder : where the inputs file is
    columns : that the model reads, by table
    """
    frames: dict[str, pd.DataFrame] = {}
    files: Files = {}
    problems = []
    for name, table in tables.items():
        if table is None:
            continue
        place = ("tables", name, "file")
        try:
            text = (folder / table.file).read_text(encoding="utf-8-sig")
            frame = pd.read_csv(StringIO(text), comment="#", skipinitialspace=True)
        except OSError as error:
            problems.append(
                Problem(
                    place, f"{table.file!r} cannot be read ({error.strerror}); it is looked for beside the inputs file"
                )
            )
            continue
        except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            problems.append(Problem(place, f"{table.file!r} is no table: {str(error).strip()}; save it as csv, UTF-8"))
            continue
        problems += [
            Problem(place, f"{table.file!r} has no column {wanted!r}; {nearest(wanted, list(frame.columns))}")
            for wanted in columns.get(name, ())
            if wanted not in frame.columns
        ]
        frames[name], files[table.file] = frame, text
    return frames, files, problems


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
                problems += [
                    Problem((*place, column), f"no row has {label!r}; {nearest(label, known)}")
                    for label in labels
                    if label not in known
                ]
    return problems


def chosen_rows(frame: pd.DataFrame, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """The rows whose columns have one of the labels wanted."""
    for column, labels in wanted.items():
        frame = frame[frame[column].astype(str).isin(labels)]
    return frame.reset_index(drop=True)

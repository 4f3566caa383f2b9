"""Somebody's own PSA, made in Excel or R, as the outcomes that are compared."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.decision.outcomes import OutcomeError
from heemodel.psa_files.conventions import COST, pairs
from heemodel.psa_files.long import as_outcomes, as_parameters, from_long, from_netcdf
from heemodel.psa_files.sources import checksum, read_table, split_sheet
from heemodel.psa_files.tables import CATEGORIES, Table, check_strategies, refusal
from heemodel.psa_files.wide import (
    ASK,
    Named,
    Wide,
    check_no_numbering,
    check_outcome,
    find_columns,
    match_samples,
    match_strategies,
    name_alike,
)

Columns = Mapping[str, Sequence[str]]
"""Strategy → its column of costs and its column of QALYs."""
MATCHES = ("name", "order")
NEITHER = (
    "{}: there are no columns sample, strategy, cost and qaly, as in a long table, and none whose names say whose "
    f"costs and QALYs they hold, such as cost_old and qaly_old; rename them, or {ASK}; files with a column for each "
    "strategy are given as costs= and effects="
)
"""What is wrong with a table that is neither wide nor long."""
Source = str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class PSA:
    """A probabilistic sensitivity analysis that was made elsewhere.

    Attributes
    ----------
    outcomes : Dataset with `cost` and `qaly` (sample, strategy), as `CostEffectiveness` takes them; samples from 0
    parameters : a column for each parameter, a row for each sample; no columns where no parameters were given
    files : SHA-256 of each file, by its path
    read_as : what in the files was not plain and how it was read, a sentence for each file with anything of the kind
    """

    outcomes: xr.Dataset
    parameters: pd.DataFrame
    files: dict[str, str]
    read_as: tuple[str, ...] = ()


def read_psa(
    *,
    costs: Source | None = None,
    effects: Source | None = None,
    parameters: Source | None = None,
    samples: Source | None = None,
    columns: Columns | None = None,
    match: str = "name",
) -> PSA:
    """A PSA from the files in which Excel or R keeps it: three wide ones, or one table of everything.

    Wide files (`costs`, `effects` and perhaps `parameters`) have a row of names, and below them a row for each
    sample: row i of all of them is the same sample. Costs and effects have a column for each strategy, matched by
    name (Chemo_Cost and Chemo_QALY are both of Chemo); parameters have one for each parameter: numbers, or up to 50
    different names. A first column without a name, as R's `write.csv` makes, and a column called sample, iteration,
    draw, sim or id number the samples, 1 to n or 0 to n − 1; rows of all files must then be in the same order.

    One table of everything (`samples`) is wide or long. A wide one has a row for each sample, and columns of costs and
    of QALYs that say whose they are, such as cost_old and qaly_old, "old cost" and "old QALY", or cost[old] and
    effect[old]; or those that `columns` names. A long one has a row for each sample and strategy, in any order, with
    columns `sample` (1 to n or 0 to n − 1), `strategy`, `cost` (or costs: cost per person, in one currency and price
    year, discounted as the analysis wants it) and `qaly` (or qalys, effect, effects: QALYs per person, discounted
    likewise). All other columns are parameters, in a long table the same for all strategies of a sample. netCDF has
    variables `cost` and `qaly` (sample, strategy), and those over `sample` alone are parameters.

    Text files are UTF-8 or UTF-16, with commas, semicolons or tabs between cells, and one decimal mark throughout: the
    one with which the file can be read. Where that would do with either, the file is refused. Workbooks are read from
    their only sheet with anything in it, or from `book.xlsx#sheet`. Titles above the names, Excel's line ``sep=;``,
    negative numbers in brackets, the sign −, and blanks, apostrophes or commas between thousands are read where they
    can mean nothing else, and `read_as` of what is returned says so. Nothing is filled in or sorted, and nothing
    dropped but blank rows at the end. Fewer samples than strategies are taken for a table that lies on its side, and
    refused.

    Parameters
    ----------
    costs : file of cost per person: csv, txt, tsv (each also .gz), xlsx or parquet
    effects : file of QALYs per person, likewise
    parameters : file of parameters, likewise
    samples : table of everything, likewise, or netCDF (.nc)
    columns : strategy → its column of costs and its column of QALYs, such as ``{"old": ("TC0", "Q0"), …}``, where the
        names of the columns do not say it
    match : "name", or "order": the first column of the effects is of the first strategy of the costs, and so on

    Returns
    -------
    PSA

    Raises
    ------
    OutcomeError
        with a line for each mistake in any of the files: file, row, column and cure

    See Also
    --------
    appraise : the analysis of what is read

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "psa.csv"
    >>> rows = "sample,strategy,cost,qaly", "1,old,100,1.0", "1,new,150,1.5", "2,old,90,1.1", "2,new,170,1.4"
    >>> _ = file.write_text(os.linesep.join(rows))
    >>> read_psa(samples=file).outcomes["cost"].to_numpy().tolist()
    [[100.0, 150.0], [90.0, 170.0]]
    """
    given = {"costs": costs, "effects": effects, "parameters": parameters, "samples": samples}
    sources = {role: source for role, source in given.items() if source is not None}
    if list(sources) not in (["samples"], ["costs", "effects"], ["costs", "effects", "parameters"]):
        raise OutcomeError(
            f"the files given are of {' and '.join(sources) or 'nothing'}; give one of costs and one of effects, with "
            "one of parameters if there are any, or instead one of samples that holds them all"
        )
    for role, source in sources.items():
        if not isinstance(source, str | os.PathLike):
            raise OutcomeError(f"{role} is a {type(source).__name__}; give the path of a file")
    named = _check_options(columns, match, sources)
    paths = {role: Path(source) for role, source in sources.items()}
    return _one_file(paths["samples"], named) if "samples" in paths else _wide_files(paths, named, match)


def _check_options(columns: Columns | None, match: str, sources: Mapping[str, Source]) -> Named | None:
    """The columns of each strategy, if they are given; refused where options cannot be followed."""
    problems = []
    if match not in MATCHES:
        problems.append(f'match is {match!r}; give "name" or "order"')
    if match == "order" and (columns is not None or "samples" in sources):
        other = "columns= says already which are meant" if columns is not None else "it is for costs= and effects="
        problems.append(f'match="order": {other}; leave it out')
    named: Named = {}
    for strategy, pair in (columns or {}).items():
        if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
            problems.append(f"columns= has {pair!r} for {strategy!r}; give its column of costs and its column of QALYs")
        else:
            named[strategy] = pair[0], pair[1]
    if columns is not None and len(columns) < 2:
        problems.append("columns= names fewer than two strategies; name each, with its columns of costs and QALYs")
    if problems:
        raise OutcomeError("\n".join(problems))
    return None if columns is None else named


def _one_file(path: Path, columns: Named | None) -> PSA:
    """A PSA from one table of everything, wide or long, or netCDF."""
    if path.suffix.lower() == ".nc":
        table = Table(str(path))
        try:
            table.sha256 = checksum(path)
        except OutcomeError as error:
            table.problem(str(error))
            raise refusal(table) from error
        if columns is not None:
            table.problem("columns= is for a table with a row for each sample; leave it out")
            raise refusal(table)
        outcomes, parameters = from_netcdf(table, path)
    else:
        table = read_table(path, text="strategy", categories=CATEGORIES)
        if "strategy" in table.names and columns is not None:
            table.problem("columns= is for a table with a row for each sample, and this has one for each strategy too")
            raise refusal(table)
        wide = "strategy" not in table.names and table.names and (columns is not None or pairs(table.names))
        if not wide and not table.count and not {"strategy", *COST} & {*table.names}:
            table.problem(NEITHER.format(table.head))
            raise refusal(table)
        outcomes, parameters = _from_wide(table, columns) if wide else from_long(table)
    return PSA(outcomes, parameters, {str(split_sheet(path)[0]): table.sha256}, _read_as(table))


def _from_wide(table: Table, columns: Named | None) -> tuple[xr.Dataset, pd.DataFrame]:
    """Outcomes and parameters from a table with a row for each sample.

    Raises
    ------
    OutcomeError
        with all that is wrong with the table
    """
    wide = Wide(table)
    found = find_columns(table, wide.names, columns)
    check_strategies(table, list(found), "columns of costs and QALYs") if found else None
    held = [column for pair in found.values() for column in pair]
    for column in held:
        values = wide.numbers.get(column)
        if isinstance(values, pd.Categorical):
            table.problem(f"column {column!r} holds no numbers: row {table.row(0)} is {values[0]!r}; give a number")
        elif values is not None:
            check_no_numbering(table, column, values)
    if table.count or not wide.numbers:
        raise refusal(table)
    cost, qaly = (np.column_stack([wide.numbers[pair[at]] for pair in found.values()]) for at in (0, 1))
    if np.array_equal(cost, qaly):
        table.problem("the QALYs are the costs once more; give the columns of both")
        raise refusal(table)
    rest = {name: values for name, values in wide.numbers.items() if name not in held}
    whose = "; ".join(f"{strategy!r} from {a!r} and {b!r}" for strategy, (a, b) in found.items())
    table.readings.append(
        f"costs and QALYs of {whose}; the other columns as parameters: {', '.join(map(repr, rest)) or 'none'}"
    )
    return as_outcomes(cost, qaly, list(found)), as_parameters(rest, len(cost))


def _wide_files(paths: dict[str, Path], columns: Named | None, match: str) -> PSA:
    """A PSA from a file of costs, one of effects, and one of parameters if there are any."""
    tables = {
        role: read_table(path, categories=CATEGORIES if role == "parameters" else 0) for role, path in paths.items()
    }
    wide = {role: Wide(table) for role, table in tables.items()}
    costs, effects = wide["costs"], wide["effects"]
    if costs.table.sound and effects.table.sound:
        name_alike(costs, effects, columns, match)
    for one in (costs, effects):
        check_outcome(one)
    if "parameters" in wide and wide["parameters"].table.names and not wide["parameters"].names:
        table = tables["parameters"]
        table.problem(f"{table.head}: there is no parameter; give a column for each, or leave the file out")
    if costs.table.sound and effects.table.sound and (columns is None or not effects.table.count):
        match_strategies(costs, effects)
    for role, one in wide.items():
        if role != "costs" and costs.table.sound and one.table.sound:
            match_samples(costs, one)
    if any(table.count for table in tables.values()):
        raise refusal(*tables.values())
    cost, qaly = (np.column_stack([one.numbers[name] for name in costs.names]) for one in (costs, effects))
    known = as_parameters(wide["parameters"].numbers if "parameters" in wide else {}, len(cost))
    files = {str(split_sheet(path)[0]): tables[role].sha256 for role, path in paths.items()}
    return PSA(as_outcomes(cost, qaly, costs.names), known, files, _read_as(*tables.values()))


def _read_as(*tables: Table) -> tuple[str, ...]:
    """How what is not plain in files was read, a sentence for each."""
    return tuple(f"{table.file}: {'; '.join(table.readings)}." for table in tables if table.readings)

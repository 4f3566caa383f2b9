"""Somebody's own PSA, made in Excel or R, as the outcomes that are compared."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.psa.long import as_outcomes, as_parameters, from_long, from_netcdf
from heemodel.decision.psa.sources import checksum, read_table, split_sheet
from heemodel.decision.psa.tables import (
    CATEGORIES,
    UNNAMED,
    Table,
    check_index,
    check_size,
    check_strategies,
    refusal,
    several,
)
from heemodel.errors import mismatches, nearest

NUMBERING = ("sample", "iteration", "draw", "sim", "id")
"""What a column that numbers the samples is called, in any capitals."""
COUNTS = 10
"""From so many samples on, outcomes that run 1, 2, 3 … are row numbers under another name."""

Source = str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class PSA:
    """A probabilistic sensitivity analysis that was made elsewhere.

    Attributes
    ----------
    outcomes : Dataset with `cost` and `qaly` (sample, strategy), as `CostEffectiveness` takes them; samples from 0
    parameters : a column for each parameter, a row for each sample; no columns where no parameters were given
    files : SHA-256 of each file, by its path
    """

    outcomes: xr.Dataset
    parameters: pd.DataFrame
    files: dict[str, str]


def read_psa(
    *,
    costs: Source | None = None,
    effects: Source | None = None,
    parameters: Source | None = None,
    samples: Source | None = None,
) -> PSA:
    """A PSA from the files in which Excel or R keeps it: three wide ones, or a long one.

    Wide files (`costs`, `effects` and perhaps `parameters`) have names in row 1, and below them a row for each
    sample: row i of all of them is the same sample. Costs and effects have a column for each strategy, matched by
    name; parameters have one for each parameter: numbers, or up to 50 different names. A first column without a
    name, as R's `write.csv` makes, and a column called sample, iteration, draw, sim or id number the samples, 1 to
    n or 0 to n − 1; rows of all files must then be in the same order.

    A long file (`samples`) has a row for each sample and strategy, in any order, with columns `sample` (1 to n or 0 to
    n − 1), `strategy`, `cost` (or costs: cost per person, in one currency and price year, discounted as the analysis
    wants it) and `qaly` (or qalys, effect, effects: QALYs per person, discounted likewise). All other columns are
    parameters, the same for all strategies of a sample. netCDF has variables `cost` and `qaly` (sample, strategy), and
    those over `sample` alone are parameters.

    Text files are UTF-8 or UTF-16, with commas, semicolons or tabs between cells, and one decimal mark throughout: the
    one with which the file can be read. Where that would do with either, the file is refused. Workbooks are read from
    their only sheet with anything in it, or from `book.xlsx#sheet`. Nothing is filled in or sorted, and nothing dropped
    but blank rows at the end. Fewer samples than strategies are taken for a table that lies on its side, and refused.

    Parameters
    ----------
    costs : file of cost per person: csv, txt, tsv (each also .gz), xlsx or parquet
    effects : file of QALYs per person, likewise
    parameters : file of parameters, likewise
    samples : long file, likewise, or netCDF (.nc)

    Returns
    -------
    PSA

    Raises
    ------
    OutcomeError
        with a line for each mistake in any of the files: file, row (that of the names is row 1), column and cure

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
            f"given are {', '.join(sources) or 'no files'}; give costs and effects, and parameters if there are any, "
            "or samples alone"
        )
    for role, source in sources.items():
        if not isinstance(source, str | os.PathLike):
            raise OutcomeError(f"{role} is a {type(source).__name__}; give the path of a file")
    paths = {role: Path(source) for role, source in sources.items()}
    return _one_file(paths["samples"]) if "samples" in paths else _wide_files(paths)


def _one_file(path: Path) -> PSA:
    """A PSA from a long file or netCDF."""
    if path.suffix.lower() != ".nc":
        table = read_table(path, text="strategy", categories=CATEGORIES)
        outcomes, parameters = from_long(table)
    else:
        table = Table(str(path))
        try:
            table.sha256 = checksum(path)
        except OutcomeError as error:
            table.problem(str(error))
            raise refusal(table) from error
        outcomes, parameters = from_netcdf(table, path)
    return PSA(outcomes, parameters, {str(split_sheet(path)[0]): table.sha256})


def _wide_files(paths: dict[str, Path]) -> PSA:
    """A PSA from a file of costs, one of effects, and one of parameters if there are any."""
    tables = {
        role: read_table(path, categories=CATEGORIES if role == "parameters" else 0) for role, path in paths.items()
    }
    wide = {role: _Wide(table) for role, table in tables.items()}
    costs, effects = wide["costs"], wide["effects"]
    for one in (costs, effects):
        _check_outcome(one)
    if "parameters" in wide and wide["parameters"].table.names and not wide["parameters"].names:
        tables["parameters"].problem("row 1: there is no parameter; give a column for each, or leave the file out")
    if costs.table.sound and effects.table.sound:
        _match_strategies(costs, effects)
    for role, one in wide.items():
        if role != "costs" and costs.table.sound and one.table.sound:
            _match_samples(costs, one)
    if any(table.count for table in tables.values()):
        raise refusal(*tables.values())
    cost, qaly = (np.column_stack([one.numbers[name] for name in costs.names]) for one in (costs, effects))
    known = as_parameters(wide["parameters"].numbers if "parameters" in wide else {}, len(cost))
    files = {str(split_sheet(path)[0]): tables[role].sha256 for role, path in paths.items()}
    return PSA(as_outcomes(cost, qaly, costs.names), known, files)


class _Wide:
    """A table with the columns that number its samples told apart from the others."""

    def __init__(self, table: Table) -> None:
        named = list(enumerate(table.names))
        counting = [at for at, name in named if name.casefold() in NUMBERING or (name in UNNAMED and (name or not at))]
        self.table = table
        self.names = [name for at, name in named if at not in counting and name.strip()]
        self.numbers: dict[str, Any] = {}
        self.samples: NDArray[np.float64] | None = None
        if len(counting) > 1:
            found = " and ".join(map(table.place, counting))
            table.problem(f"row 1: {found} both number the samples; leave one out")
        if table.columns is not None:
            check_size(table, len(table.columns[0]))
            self.numbers = {table.names[at]: table.columns[at] for at, _ in named if at not in counting}
            if counting and isinstance(table.columns[counting[0]], pd.Categorical):
                table.problem(f"{table.place(counting[0])} holds names; number the rows 1 to n or 0 to n − 1")
            elif counting and check_index(table, counting[0]):
                self.samples = table.columns[counting[0]]


def _check_outcome(wide: _Wide) -> None:
    """Note what cannot be costs or effects by strategy."""
    table = wide.table
    if table.sound or wide.names:
        check_strategies(table, wide.names, "row 1")
    if table.sound and table.rows is not None and len(wide.names) > table.rows > 1:
        table.problem(
            f"there are {len(wide.names):,} strategies and {table.rows:,} samples; give a column for each strategy and "
            "a row for each sample, more of these than of strategies"
        )
    for name, values in wide.numbers.items():
        if len(values) >= COUNTS and np.array_equal(values - values[0], np.arange(len(values))) and values[0] in (0, 1):
            table.problem(f"column {name!r} numbers the rows; if it is the sample, call it sample, or delete it")


def _match_strategies(costs: _Wide, effects: _Wide) -> None:
    """Note strategies that only one of the files has."""
    strange, missing = mismatches(effects.names, costs.names)
    for name in strange:
        effects.table.problem(f"row 1: {costs.table.file} has no strategy {name!r}; {nearest(name, costs.names)}")
    for name in missing:
        effects.table.problem(f"row 1: there is no strategy {name!r}, as in {costs.table.file}; add its column")
    read = costs.numbers and effects.numbers and not strange and not missing
    if read and all(np.array_equal(effects.numbers[name], numbers) for name, numbers in costs.numbers.items()):
        effects.table.problem(f"the numbers are those of {costs.table.file}; give costs and QALYs")


def _match_samples(first: _Wide, other: _Wide) -> None:
    """Note where two files do not have the same samples in the same rows."""
    rows, wanted = other.table.rows, first.table.rows
    if rows is None or wanted is None:
        return
    if rows != wanted:
        other.table.problem(
            f"there are {several(rows, 'sample')}, and in {first.table.file} {several(wanted, 'sample')}; give the "
            "same samples in the same rows"
        )
        return
    here, there = (
        np.arange(rows) if one.samples is None else one.samples - one.samples.min() for one in (other, first)
    )
    if (differs := here != there).any():
        row = int(np.argmax(differs))
        other.table.problem(
            f"row {row + 2} is sample {here[row] + 1:.0f}, and in {first.table.file} sample {there[row] + 1:.0f}, both "
            "counted from 1; sort the rows of both by sample"
        )

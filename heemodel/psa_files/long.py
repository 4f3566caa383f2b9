"""A PSA in one file: a long table with a row for each sample and strategy, or netCDF with these dimensions."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import closest, control_character
from heemodel.psa_files.cells import few_enough, is_name
from heemodel.psa_files.tables import (
    CATEGORIES,
    FEW_NAMES,
    TOLD,
    UNNAMED,
    Table,
    check_index,
    check_size,
    check_strategies,
    refusal,
)

CALLED = {
    "sample": ("sample",),
    "strategy": ("strategy",),
    "cost": ("cost", "costs"),
    "qaly": ("qaly", "qalys", "effect", "effects"),
}
"""What the columns of a long table may be called; the first name wins."""
DIMS = ("sample", "strategy")
OUTCOMES = ("cost", "qaly")

Numbers = NDArray[np.float64]


def as_outcomes(cost: Numbers, qaly: Numbers, strategies: Sequence[str]) -> xr.Dataset:
    """Cost and QALYs (sample, strategy) with their names."""
    coords = {"sample": np.arange(len(cost)), "strategy": list(strategies)}
    return xr.Dataset({"cost": (DIMS, cost), "qaly": (DIMS, qaly)}, coords=coords)


def as_parameters(columns: Mapping[str, Numbers | pd.Categorical], samples: int) -> pd.DataFrame:
    """A column for each parameter and a row for each sample; names are text."""
    plain = {name: one.astype(str) if isinstance(one, pd.Categorical) else one for name, one in columns.items()}
    return pd.DataFrame(plain, index=pd.RangeIndex(samples, name="sample"))


def from_long(table: Table) -> tuple[xr.Dataset, pd.DataFrame]:
    """Outcomes and parameters from a long table.

    Raises
    ------
    OutcomeError
        with all that is wrong with the table
    """
    at = _roles(table)
    if table.columns is None or len(at) < len(CALLED):
        raise refusal(table)
    counting = [column for column, name in enumerate(table.names) if name in UNNAMED]
    _check_numbers(table, [at["sample"], at["cost"], at["qaly"], *counting])
    labels, numbers = table.columns[at["strategy"]], table.columns[at["sample"]]
    strategies = [str(name) for name in labels.unique()]
    for name in strategies:
        if name != name.strip():
            table.problem(f"column 'strategy': remove the blanks around {name!r}")
        if control := control_character(name):
            table.problem(f"column 'strategy': remove the control character {control} from {name!r}")
    check_strategies(table, strategies, "column 'strategy'")
    samples = _samples(table, numbers)
    if samples is None or "" in strategies:
        raise refusal(table)
    size = int(samples.max()) + 1
    check_size(table, size)
    place = samples * len(strategies) + labels.set_categories(strategies).codes
    if not _once(table, place, strategies, size, int(numbers.min())):
        raise refusal(table)
    arranged = {
        column: _arranged(values.codes if isinstance(values, pd.Categorical) else values, place, size)
        for column, values in enumerate(table.columns)
        if column not in (at["strategy"], at["sample"])
    }
    for column in counting:
        check_index(table, column)
        del arranged[column]
    cost, qaly = arranged.pop(at["cost"]), arranged.pop(at["qaly"])
    parameters = {
        table.names[column]: _parameter(table, column, values, strategies) for column, values in arranged.items()
    }
    if table.count:
        raise refusal(table)
    return as_outcomes(cost, qaly, strategies), as_parameters(parameters, size)


def _check_numbers(table: Table, columns: Sequence[int]) -> None:
    """Refuse names where only numbers can be."""
    held = {} if table.columns is None else {column: table.columns[column] for column in columns}
    named = {column: names for column, names in held.items() if isinstance(names, pd.Categorical)}
    for column, names in named.items():
        table.problem(f"{table.place(column)} holds no numbers: row {table.row(0)} is {names[0]!r}; give a number")
    if named:
        raise refusal(table)


def _arranged(values: Numbers, place: NDArray[np.int64], size: int) -> Numbers:
    """A column as (sample, strategy)."""
    arranged = np.empty(len(values))
    arranged[place] = values
    return arranged.reshape(size, -1)


def _roles(table: Table) -> dict[str, int]:
    """The column of each role; what is missing or there twice is noted."""
    at: dict[str, int] = {}
    for role, called in CALLED.items():
        names = (role,) if role in table.names else called  # beside "qaly", "effect" is a parameter
        found = [column for column, name in enumerate(table.names) if name in names]
        if found:
            at[role] = found[0]
        if len(found) > 1:
            table.problem(f"{table.head}: {' and '.join(map(table.place, found))} both hold the {role}; leave one out")
        elif table.names and not found:
            close = next(filter(None, (closest(name, table.names) for name in called)), None)
            cure = (
                f"did you mean {close!r}?"
                if close
                else "add it; files with a column for each strategy are given as costs= and effects="
            )
            table.problem(f"{table.head}: there is no column {role!r}; {cure}")
    return at


def _samples(table: Table, numbers: Numbers) -> NDArray[np.int64] | None:
    """The sample of each row, from 0, unless they are not numbered without a gap."""
    cure = "number samples 1 to n, or from 0"
    if not np.isfinite(numbers).all():
        return None
    if (odd := (numbers < 0) | (numbers != np.floor(numbers))).any():
        row = int(np.argmax(odd))
        table.problem(f"row {table.row(row)}, column 'sample' is {numbers[row]:g}; {cure}")
        return None
    found = np.unique(numbers)
    start = min(found[0], 1.0)
    if (gaps := found != start + np.arange(len(found))).any():
        table.problem(f"column 'sample' has no {start + int(np.argmax(gaps)):.0f}, but {found[-1]:.0f}; {cure}")
        return None
    samples: NDArray[np.int64] = (numbers - start).astype(np.int64)
    return samples


def _once(table: Table, place: NDArray[np.int64], strategies: Sequence[str], size: int, start: int) -> bool:
    """Whether each sample and strategy has one row; what has none or several is noted."""
    counts = np.bincount(place, minlength=size * len(strategies))

    def named(pair: int) -> str:
        sample, strategy = divmod(pair, len(strategies))
        return f"sample {sample + start} and strategy {strategies[strategy]!r}"

    twice, never = np.flatnonzero(counts > 1), np.flatnonzero(counts == 0)
    for pair in twice[:TOLD]:
        rows = [table.row(int(at)) for at in np.flatnonzero(place == pair)[:2]]
        table.problem(f"rows {rows[0]} and {rows[1]} both have {named(int(pair))}; leave one out")
    for pair in never[:TOLD]:
        table.problem(f"there is no row for {named(int(pair))}; add it")
    table.count += len(twice[TOLD:]) + len(never[TOLD:])
    return not twice.size and not never.size


def _parameter(table: Table, column: int, values: Numbers, strategies: Sequence[str]) -> Numbers | pd.Categorical:
    """The value of each sample, which all its strategies have; of names, their numbers are given."""
    names = getattr(table.columns[column], "dtype", None) if table.columns else None
    named = isinstance(names, pd.CategoricalDtype)
    differs = values != values[:, :1]
    if np.isfinite(values).all() and differs.any():
        sample, other = np.argwhere(differs)[0]
        first, second = (
            repr(names.categories[int(one)]) if isinstance(names, pd.CategoricalDtype) else f"{one:g}"
            for one in (values[sample, 0], values[sample, other])
        )
        table.problem(
            f"{table.place(column)}, in sample number {sample + 1}, is {first} for {strategies[0]!r} and "
            f"{second} for {strategies[other]!r}; a parameter is the same for all strategies, so give "
            "one that differs a column for each"
        )
    return pd.Categorical.from_codes(values[:, 0].astype(int), dtype=names) if named else values[:, 0]


def from_netcdf(table: Table, path: Path) -> tuple[xr.Dataset, pd.DataFrame]:
    """Outcomes and parameters from netCDF; coordinates along `sample`, such as `chain`, are kept.

    Raises
    ------
    OutcomeError
        with all that is wrong with the file
    """
    try:
        data = xr.load_dataset(path, engine="h5netcdf", decode_times=False)
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        table.problem("is not netCDF 4, or broken; save it again with engine='h5netcdf'")
        raise refusal(table) from error
    if absent := [name for name in ("cost", "qaly") if name not in data.data_vars]:
        has = ", ".join(map(str, data.data_vars)) or "nothing"
        table.problem(f"there is no variable {' and no '.join(map(repr, absent))}; it has {has}")
    if "strategy" not in data.coords:
        table.problem("there are no names of strategies; assign_coords(strategy=[…])")
    for name, variable in data.data_vars.items():
        _check_variable(table, str(name), variable)
    if table.count:
        raise refusal(table)
    strategies = [str(name) for name in data["strategy"].to_numpy()]
    if twice := [name for at, name in enumerate(strategies) if name in strategies[:at]]:
        table.problem(f"strategy {twice[0]!r} is there twice; rename one")
    check_strategies(table, list(dict.fromkeys(strategies)), "coordinate 'strategy'")
    check_size(table, data.sizes["sample"])
    if table.count:
        raise refusal(table)
    cost, qaly = (data[name].transpose(*DIMS).to_numpy().astype(float) for name in ("cost", "qaly"))
    parameters = {
        str(name): one.to_numpy().astype(float)
        if one.dtype.kind in "fiu"
        else pd.Categorical(one.to_numpy().astype(str))
        for name, one in data.items()
        if name not in OUTCOMES
    }
    kept = {name: one for name, one in data.coords.items() if one.dims == ("sample",) and name != "sample"}
    return as_outcomes(cost, qaly, strategies).assign_coords(kept), as_parameters(parameters, len(cost))


def _check_variable(table: Table, name: str, variable: xr.DataArray) -> None:
    """Note what is wrong with a variable of a netCDF file."""
    wanted = DIMS if name in OUTCOMES else ("sample",)
    if set(variable.dims) != set(wanted):
        cure = "sum or select over the others" if name in OUTCOMES else "drop_vars() what is not a parameter"
        table.problem(f"variable {name!r} is over {tuple(variable.dims)}; it must be over {wanted}: {cure}")
    elif variable.dtype.kind not in "fiu":
        values = variable.to_numpy().ravel().tolist()
        if name in OUTCOMES or not all(map(is_name, values)):
            table.problem(f"variable {name!r} holds {variable.dtype}; give numbers")
        elif not few_enough(values, CATEGORIES):
            table.problem(f"variable {name!r} holds text; give numbers, or {FEW_NAMES.format(CATEGORIES)}")
    elif (wrong := ~np.isfinite(variable.to_numpy())).any():
        first = np.argwhere(wrong)[0]
        place = ", ".join(f"{dim} number {at + 1}" for dim, at in zip(variable.dims, first, strict=True))
        value = variable.to_numpy()[tuple(first)]
        table.problem(f"variable {name!r}, {place} is {value}; every sample needs a finite number", int(wrong.sum()))

"""Moves given as a matrix or a table instead of one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from heemodel.structures.cohort.engine.recording import Recorded
from heemodel.structures.cohort.probabilities import Move
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.errors import ModelError
from heemodel.structures.layout import Layout
from heemodel.structures.payoffs import Value

FROM, TO = "from", "to"
OFF = 1e-9
"""By how much the probabilities out of a state may miss 1 through rounding."""
ROWS = "a row holds the share that stays too, and adds up to 1. If these are percentages, divide them by 100"
DEAD = "nobody leaves a dead state; correct the row, or leave the state out of CohortModel(dead=…)"
VALUES_AT_ONCE = 1_000_000
"""Sums that are checked at a time."""


def as_moves(given: Any, model: Specification, layout: Layout) -> Mapping[Move, Value]:
    """Moves by their states, from a dict of moves, a matrix, a table, or one of them for each strategy.

    A matrix has the dimensions ``from`` and ``to``, the states by name, and any others that a probability may have; its
    rows add up to 1. A data frame is such a matrix where its index and columns are states, and else a table with
    columns from, to and probability, and perhaps strategy, group, cycle.

    Raises
    ------
    ModelError
        for another form, unknown states, or rows that do not add up to 1
    """
    if isinstance(given, Mapping) and given and not any(isinstance(move, tuple) for move in given):
        given = _by_strategy(given, model, layout)
    if isinstance(given, pd.DataFrame):
        if _is_table(given):
            return _moves_of_table(given, model, layout)
        given = _matrix_of_frame(given, model.states)
    if isinstance(given, xr.DataArray):
        return _moves_of_matrix(given, model, layout)
    if isinstance(given, Mapping):
        return given
    cure = ""
    if isinstance(given, np.ndarray):
        cure = (
            '. An array needs names: xr.DataArray(matrix, dims=("from", "to"), coords={"from": states, "to": states})'
        )
    raise ModelError(
        f"the transitions function returns a {type(given).__name__}; it must return a dict of moves, or a matrix or "
        f"table of probabilities with names{cure}"
    )


def _is_table(given: Any) -> bool:
    """Whether it is a data frame with a move in each row."""
    return isinstance(given, pd.DataFrame) and {FROM, TO} <= {str(column) for column in given.columns}


def _by_strategy(given: Mapping[Any, Any], model: Specification, layout: Layout) -> Any:
    """One matrix or table of moves from one for each strategy; what is no strategy is left to be refused as a move."""
    names = layout.names["strategy"]
    if not all(isinstance(part, (pd.DataFrame, xr.DataArray)) for part in given.values()):
        if set(given) <= set(names):
            raise ModelError(
                f"the transitions function gives moves by strategy: {', '.join(map(repr, given))}; give a matrix or "
                "table for each strategy, or for each move its values: {(from, to): hm.by_strategy({strategy: value})}"
            )
        return given
    if set(given) != set(names):
        raise ModelError(
            f"there are matrices of moves for {', '.join(map(repr, given))}; give one for each strategy: "
            f"{', '.join(map(repr, names))}"
        )
    if all(_is_table(part) for part in given.values()):
        return pd.concat([part.assign(strategy=strategy) for strategy, part in given.items()])
    parts = [
        _matrix_of_frame(part, model.states) if isinstance(part, pd.DataFrame) else part for part in given.values()
    ]
    return xr.concat(parts, dim=pd.Index(list(given), name="strategy"))


def _moves_of_table(table: pd.DataFrame, model: Specification, layout: Layout) -> Mapping[Move, Value]:
    """A table of moves, one in each row; where it says what share stays, everything out of a state adds up to 1."""
    columns = [str(column) for column in table.columns]
    values = [name for name in columns if name not in (FROM, TO, "strategy", "group", "cycle")]
    if len(values) != 1:
        raise ModelError(
            "a table of moves has columns from, to, perhaps strategy, group and cycle, and one of probabilities; "
            f"found {', '.join(columns)}"
        )
    keys = [name for name in columns if name != values[0]]
    if table[keys].isna().any(axis=None):
        raise ModelError(f"the table of moves has a row without {' or '.join(keys)}; fill it in, or remove the row")
    if (twice := table.duplicated(keys)).any():
        row = table.loc[twice, keys].iloc[0].tolist()
        raise ModelError(f"the table of moves has two rows for {', '.join(map(str, row))}")
    if (table[FROM] == table[TO]).any():
        return _moves_of_matrix(table.set_index(keys)[values[0]].to_xarray().fillna(0.0), model, layout)
    return {
        (str(source), str(target)): rows.set_index(keys)[values[0]]
        .to_xarray()
        .sel({FROM: source, TO: target}, drop=True)
        for (source, target), rows in table.groupby([FROM, TO], sort=False)
    }


def _matrix_of_frame(frame: pd.DataFrame, states: Sequence[str]) -> xr.DataArray:
    """A square data frame as an array with the dimensions from and to."""
    columns, index = ([str(name) for name in names] for names in (frame.columns, frame.index))
    if set(columns) <= set(states) and set(index) <= set(states):
        return xr.DataArray(frame.to_numpy(), dims=(FROM, TO), coords={FROM: index, TO: columns})
    raise ModelError(
        "a data frame of moves has the states as its index and columns, or columns from, to and probability; found "
        f"columns {', '.join(columns)} and rows {', '.join(index[:6])}"
    )


def _moves_of_matrix(matrix: xr.DataArray, model: Specification, layout: Layout) -> dict[Move, Value]:
    """A matrix move by move; refuses rows that do not add up to 1."""
    if matrix.dtype.kind not in "fiub":
        raise ModelError(f"a matrix of moves holds {matrix.dtype}; give numbers")
    for dim in (FROM, TO):
        if dim not in matrix.dims or dim not in matrix.coords:
            raise ModelError(
                f"a matrix of moves has dimensions {', '.join(map(str, matrix.dims))}; it needs from and to, with "
                "the states as names"
            )
        names = [str(name) for name in matrix[dim].to_numpy()]
        if unknown := [name for name in names if name not in model.states]:
            raise ModelError(
                f"a matrix of moves names state {unknown[0]!r}; the model has {', '.join(map(repr, model.states))}"
            )
        if len(set(names)) != len(names):
            raise ModelError(f"a matrix of moves names a state twice along {dim}: {', '.join(names)}")
    targets = [str(name) for name in matrix[TO].to_numpy()]
    moves: dict[Move, Value] = {}
    for source in map(str, matrix[FROM].to_numpy()):
        row = matrix.sel({FROM: source}, drop=True)
        _check_sum(row.sum(TO, skipna=False), f"the row of {source!r} in the matrix of moves adds up to", ROWS, layout)
        if source in model.dead_states:
            stay = row.sel({TO: source}) if source in targets else xr.DataArray(0.0)
            _check_sum(stay, f"the share of {source!r} who stay there is", DEAD, layout)
            continue
        for target in targets:
            value = row.sel({TO: target}, drop=True)
            if target != source and (isinstance(value.data, Recorded) or value.data.any()):
                moves[source, target] = value
    return moves


def _check_sum(total: xr.DataArray, what: str, cure: str, layout: Layout) -> None:
    """Refuse shares that are not 1; some cycles at a time, so that not all need to be there at once."""
    cycles = total.sizes.get("cycle", 1)
    step = max(1, VALUES_AT_ONCE * cycles // max(1, total.size))
    for first in range(0, cycles, step):
        some = total.isel(cycle=slice(first, first + step)) if "cycle" in total.dims else total
        if not (np.abs(some.to_numpy() - 1) <= OFF).all():
            fitted = layout.fit(total, what)
            wrong = ~(np.abs(fitted.values() - 1) <= OFF)
            raise ModelError(f"{what} {layout.where(fitted, wrong)}; {cure}")

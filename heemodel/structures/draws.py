"""Joint draws of the parameters: how models take them, and how a model's functions see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

from heemodel.errors import nearest
from heemodel.parameters.places import first_bad
from heemodel.structures.errors import MissingParameterError, ModelError
from heemodel.structures.labels import ALIASES

OWN_DIMS = ("strategy", "group", "cycle", "time_in_state", "state", "component", "year")
"""Dimensions that have a meaning of their own in a model, and are never the draws."""

Wrap = Callable[[Any], Any]


class Parameters:
    """The draws, for a model's functions: `p.incidence`, or `p["incidence"]`, is the DataArray of that name.

    They can be given as draws to another model's `run`; what that model reads of them counts as read.

    Parameters
    ----------
    draws : parameters, with or without the dimension `sample`
    read : where names that are asked for are kept; those of another `Parameters`, if they are to be shared
    first_sample : which of all samples these draws begin with, for errors
    wrap : makes of each parameter what the function is given instead of its numbers

    Raises
    ------
    ModelError
        when it is read: for a name that is not there, numbers that are missing, or what is not a number

    See Also
    --------
    CohortModel : whose functions are given them; call one with ``hm.Parameters(draws)`` to see what it returns

    Examples
    --------
    >>> p = Parameters(xr.Dataset({"risk": ("sample", [0.1, 0.2]), "effect, log OR": -0.3}))
    >>> p.risk.to_numpy().tolist(), p["effect, log OR"].item()
    ([0.1, 0.2], -0.3)
    """

    def __init__(
        self, draws: xr.Dataset, *, read: set[str] | None = None, first_sample: int = 0, wrap: Wrap | None = None
    ) -> None:
        draws = draws if isinstance(draws, xr.Dataset) else read_draws(draws)
        self._draws = draws.drop_vars([name for name in draws.coords if name not in draws.dims or name == "sample"])
        self._first, self._wrap = first_sample, wrap
        self._checked: set[str] = set()
        self.worked_out: dict[Any, Any] = {}
        """What functions that work `once` gave, and what they were given."""
        self.read: set[str] = set() if read is None else read
        """Names that have been asked for."""

    def __getattr__(self, name: str) -> xr.DataArray:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> xr.DataArray:
        if name not in self._draws:
            names = [str(known) for known in self._draws.data_vars]
            raise MissingParameterError(
                f"the model asks for parameter {name!r}, which is not among the parameters; {nearest(name, names)}"
            )
        drawn = self._draws[name]
        if drawn.dtype.kind not in "fiub":
            raise ModelError(f"parameter {name!r} holds {drawn.dtype}; give numbers")
        if name not in self._checked and drawn.dtype.kind == "f" and np.isnan(np.min(drawn.values, initial=0.0)):
            bad = np.isnan(drawn.values)
            if self._first and "sample" in drawn.dims:
                drawn = drawn.assign_coords(sample=self._first + np.arange(drawn.sizes["sample"]))
            raise ModelError(f"parameter {name!r} is {first_bad(drawn, bad)}; look for a missing input")
        self._checked.add(name)
        self.read.add(name)
        return drawn if self._wrap is None else drawn.copy(deep=False, data=self._wrap(drawn))

    def as_dataset(self) -> xr.Dataset:
        """All of them as a Dataset, as a model's `run` takes it."""
        return self._draws


def once[**Given, Answer](
    function: Callable[Concatenate[Parameters, Given], Answer],
) -> Callable[Concatenate[Parameters, Given], Answer]:
    """Decorator of a part of a model that its transitions and payoffs both need: worked out once for the same draws.

    Parameters
    ----------
    function : of p and anything else, which must give the same whenever it is given the same objects, and whose answer
        nobody changes

    Returns
    -------
    The function, whose answer is kept for as long as the draws `p`

    Examples
    --------
    >>> @once
    ... def severe(p):
    ...     print("worked out")
    ...     return p.share * p.severity
    >>> p = Parameters(xr.Dataset({"share": 0.2, "severity": 0.5}))
    >>> severe(p).item() == severe(p).item()
    worked out
    True
    """

    @wraps(function)
    def kept(p: Parameters, /, *given: Given.args, **named: Given.kwargs) -> Answer:
        key = (function, *map(id, given), *((name, id(value)) for name, value in named.items()))
        if key not in p.worked_out:  # with what it was given, so that nothing else takes its place in memory
            p.worked_out[key] = (function(p, *given, **named), given, named)
        answer: Answer = p.worked_out[key][0]
        return answer

    return kept


type Draws = xr.Dataset | pd.DataFrame | Parameters | Mapping[str, xr.DataArray | ArrayLike]
"""Draws of parameters, in any of the forms that `read_draws` takes."""


def read_draws(draws: Draws) -> xr.Dataset:
    """Draws of parameters as a Dataset, in whichever form they are given: the way in of every model.

    Parameters
    ----------
    draws : one of

        - Dataset: variables over `sample`, which may have further dimensions; without `sample`, one value of each
        - pandas.DataFrame: a row for each draw, a column for each parameter; an index that is more than a numbering of
          the rows becomes the coordinate `sample`
        - `Parameters`: those that a model's function is given, so that it can run another model
        - dict: numbers, or arrays with one value for each draw, or DataArrays

    Returns
    -------
    Dataset, with the dimension `sample` unless there is one value of each parameter

    Raises
    ------
    ModelError
        for draws in another form, without any rows, or with columns that are not numbers; and for draws whose dimension
        is plainly `sample` under another name (`index`, `iteration`, `draw`, chain and draw, …): a model would take
        them for one draw

    Examples
    --------
    >>> import pandas as pd
    >>> read_draws(pd.DataFrame({"risk": [0.1, 0.2], "cost": [90.0, 110.0]})).sizes["sample"]
    2
    >>> read_draws({"risk": 0.1})["risk"].item()
    0.1
    """
    if isinstance(draws, Parameters):
        return draws.as_dataset()
    if isinstance(draws, pd.DataFrame):
        dataset = _of_table(draws)
    elif isinstance(draws, xr.Dataset):
        dataset = draws
    elif isinstance(draws, Mapping) and not isinstance(draws, xr.DataTree):
        dataset = _of_arrays(draws)
    else:
        cure = "give draws.to_dataset()" if isinstance(draws, (xr.DataArray, xr.DataTree)) else _FORMS
        cure = "give draws.to_dict(), with one value of each parameter" if isinstance(draws, pd.Series) else cure
        raise ModelError(f"the draws are a {type(draws).__name__}; {cure}")
    if "sample" not in dataset.dims:
        _check_no_alias(dataset)
    elif not dataset.sizes["sample"]:
        raise ModelError("there are no draws to run; the dimension sample is empty")
    return dataset


_FORMS = "give them as xr.Dataset(…) over sample, or as a pandas.DataFrame with a row for each draw"


def _of_table(table: pd.DataFrame) -> xr.Dataset:
    """A row for each draw, a column for each parameter."""
    names = [str(name) for name in table.columns]
    problems = [f"two columns are called {name!r}; leave one out" for name in names if names.count(name) > 1]
    if not len(table):
        problems.append("the table has no rows, so there are no draws to run")
    problems += [
        f"column {name!r} holds {dtype}, not numbers; give numbers, or leave it out: draws.drop(columns=[{name!r}])"
        for name, dtype in zip(names, table.dtypes, strict=True)
        if dtype.kind not in "fiub"
    ]
    if problems:
        raise ModelError("\n".join(f"the draws: {problem}" for problem in dict.fromkeys(problems)))
    columns = {
        name: ("sample", table.iloc[:, place].to_numpy(dtype=float, na_value=np.nan))
        for place, name in enumerate(names)
    }
    labelled = not isinstance(table.index, pd.MultiIndex) and not table.index.equals(pd.RangeIndex(len(table)))
    return xr.Dataset(columns, coords={"sample": table.index.to_numpy()} if labelled else None)


def _of_arrays(draws: Mapping[Any, Any]) -> xr.Dataset:
    """Numbers, arrays with one value for each draw, and arrays with named dimensions."""
    variables: dict[str, xr.DataArray] = {}
    lengths: dict[int, str] = {}
    problems = []
    for name, value in draws.items():
        if not isinstance(name, str):
            problems.append(f"a parameter is called {name!r}, which is not text")
            continue
        array = value if isinstance(value, xr.DataArray) else np.asarray(value)
        if not isinstance(array, xr.DataArray):
            if array.ndim > 1:
                problems.append(f'{name!r} has {array.ndim} dimensions; name them: xr.DataArray(…, dims=("sample", …))')
                continue
            if array.dtype.kind not in "fiub":
                problems.append(f"{name!r} holds {array.dtype}, such as {array.flat[0]!r}; give numbers")
                continue
            array = xr.DataArray(array, dims=("sample",)[: array.ndim])
        if "sample" in array.dims:
            lengths.setdefault(array.sizes["sample"], name)
        variables[name] = array
    if len(lengths) > 1:
        found = " and ".join(f"{length:,} of {name!r}" for length, name in lengths.items())
        problems.append(f"there are {found}; give every parameter as many draws, or one number")
    if problems:
        raise ModelError("\n".join(f"the draws: {problem}" for problem in problems))
    return xr.Dataset(variables)


def _check_no_alias(draws: xr.Dataset) -> None:
    """Refuse draws whose dimension is `sample` under another name."""
    dims = [str(dim) for dim in draws.dims]
    if {"chain", "draw"} <= set(dims):
        raise ModelError(
            "the draws have the dimensions chain and draw; make one of them, in which any leading part holds all "
            'chains alike: draws.stack(sample=("draw", "chain"), create_index=False)'
        )
    aliases = [dim for dim in dims if dim.lower() in ALIASES]
    alone = len(dims) == 1 and all(dims == [*array.dims] for array in draws.data_vars.values())
    if not aliases and alone and dims[0] not in OWN_DIMS:
        numbered = dims[0] not in draws.coords or draws[dims[0]].dtype.kind in "iu"
        aliases = dims if numbered else []
    if aliases:
        name, size = aliases[0], draws.sizes[aliases[0]]
        rename = f'{name}="sample"' if name.isidentifier() else f'{{{name!r}: "sample"}}'
        raise ModelError(
            f"the draws have no dimension sample but {name!r}, of {size:,}; if these are the draws, rename it: "
            f"draws.rename({rename}). If it is something else, name its places: assign_coords"
        )

"""Outcomes of models that work them out as arrays by lane: their names, and how they are labelled."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from heemodel.errors import control_character
from heemodel.structures.calls import check_takes
from heemodel.structures.errors import ModelError
from heemodel.structures.labels import named
from heemodel.structures.layout import Array, Fitted, Layout

Row = tuple[str, str | None]
"""An outcome and its label: ("cost", "hospital"), ("qaly", None)."""

LABEL_DIM = {"cost": "component", "years_in_state": "state", "probability": "leaf"}
"""The dimension along which an outcome's rows are labelled."""

NOT_COUNTED_IN = "not_counted_in"
"""An attribute of `life_years` that says in which parts of a model they are not counted."""

TAKEN = (
    *("cost", "qaly", "years_in_state", "sample", "strategy", "group", "component", "state", "leaf", "cycle"),
    *("node", "parent", "depth", "path", "probability", "lower", "upper", "reach"),
)
"""What a count may not be called: other outcomes, dimensions and columns. `life_years` is taken to be just that."""


def check_names(kind: str, strategies: Sequence[str], groups: Sequence[str]) -> None:
    """Refuse strategies and groups that are not different names; `kind` is the model's, for the error."""
    for names, what in ((strategies, "strategies"), (groups, "groups")):
        if isinstance(names, str) or not isinstance(names, Sequence):
            raise ModelError(f"{kind}({what}=…) is {names!r}; give a list of names")
        if others := [name for name in names if not (isinstance(name, str) and name)]:
            raise ModelError(f"{kind}({what}=…) has {others[0]!r}, which is not text; give names")
        if controls := [name for name in names if control_character(name)]:
            raise ModelError(f"{kind}({what}=…) has {controls[0]!r}, with a control character; remove it")
        if len(set(names)) != len(names) or not (len(names) or what == "groups"):
            raise ModelError(f"{kind}({what}=…) is {[*names]}; give different names, at least one")


def check_function(kind: str, what: str, function: object, signature: str) -> None:
    """Refuse what is not a function of the parameters."""
    if not callable(function):
        raise ModelError(f"{kind}({what}=…) is a {type(function).__name__}; give a function {signature}")
    check_takes(function, f"{kind}({what}=…)", "p")


def name_problems(what: str, names: Sequence[str]) -> list[str]:
    """What is wrong with the names of effects or counts."""
    return [
        f"{what} {name!r}: outcomes have something else of that name; rename it"
        if name in TAKEN
        else f"{what} {name!r}: give it a name"
        for name in names
        if name in TAKEN or not isinstance(name, str) or not name
    ]


def lanes_of(strategies: Sequence[str], groups: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Names along the dimensions that tell lanes apart."""
    return {"strategy": tuple(strategies)} | ({"group": tuple(groups)} if len(groups) else {})


def by_lane(fitted: Fitted, layout: Layout) -> Array:
    """A value as an array (strategy, group, sample), with one place along those that it does not depend on."""
    numbers = np.asarray(fitted.data, dtype=float)
    for axis, dim in enumerate(fitted.dims):
        if dim in layout.names and fitted.labels[dim] != layout.names[dim]:
            numbers = np.take(numbers, [fitted.labels[dim].index(name) for name in layout.names[dim]], axis=axis)
    order = [dim for dim in ("strategy", "group", "sample") if dim in fitted.dims]
    numbers = np.transpose(numbers, [fitted.dims.index(dim) for dim in order])
    shape = iter(numbers.shape)
    return numbers.reshape([next(shape) if dim in order else 1 for dim in ("strategy", "group", "sample")])


def labelled(rows: Sequence[Row], totals: Array, lanes: Mapping[str, tuple[str, ...]], draws: xr.Dataset) -> xr.Dataset:
    """Outcomes as a Dataset, with the draws' coordinates along `sample`.

    Parameters
    ----------
    rows : of each total, those of an outcome together
    totals : (row, strategy, group, sample), or (row, strategy, group, year, sample) for outcomes by year
    lanes : names of strategies, and of groups where there are any
    draws : those that were run; without `sample`, neither have the outcomes it
    """
    sampled = "sample" in draws.dims
    years = ("year",) if totals.ndim == 5 else ()
    if "group" not in lanes:
        totals = totals[:, :, 0]
    values = np.moveaxis(totals, (-1, 0), (0, -1))  # sample, strategy, group, year, row
    outcomes: dict[str, tuple[tuple[str, ...], Array]] = {}
    coords = dict(lanes)
    for name in dict.fromkeys([*(outcome for outcome, _ in rows), "cost"]):
        places = [place for place, (outcome, _) in enumerate(rows) if outcome == name]
        part = (
            values[..., places[0] : places[-1] + 1] if places else values[..., :0]
        )  # those of an outcome lie together
        dims: tuple[str, ...] = ("sample", *lanes, *years)
        if name in LABEL_DIM:
            dims = (*dims, LABEL_DIM[name])
            coords[LABEL_DIM[name]] = tuple(str(rows[place][1]) for place in places)
        else:
            part = part[..., 0]
        outcomes[name] = (dims, part) if sampled else (dims[1:], part[0])
    along = {str(name): coord.variable for name, coord in draws.coords.items() if coord.dims == ("sample",)}
    dataset = xr.Dataset(outcomes, coords=named(*coords.items()))
    if years:
        dataset = dataset.assign_coords(year=np.arange(1, totals.shape[-2] + 1))
    return dataset.assign_coords(along) if along else dataset

"""Parameters of a PSA as columns, wherever they were drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import nearest

type Parameters = xr.Dataset | pd.DataFrame
"""Draws of parameters: a Dataset whose variables have the dimension `sample`, or a table with a row for each sample."""


@dataclass(frozen=True, eq=False)
class Column:
    """One number, or name, for each sample."""

    name: str
    values: NDArray[np.float64]
    """Names are numbered."""
    names: tuple[str, ...] = ()
    """What the numbers stand for, where they are those of names."""

    @property
    def named(self) -> bool:
        """Whether it holds names, which have no order."""
        return bool(self.names)

    @property
    def farthest(self) -> float:
        """How far its most extreme value lies from its mean, in standard deviations."""
        spread = float(self.values.std())
        return 0.0 if self.named or not spread else float(np.abs(self.values - self.values.mean()).max()) / spread

    @property
    def constant(self) -> bool:
        """Whether it is the same in every sample."""
        return bool((self.values == self.values[0]).all())


def read_columns(draws: Parameters, samples: int) -> dict[str, tuple[Column, ...]]:
    """Every parameter with its columns: one, or for a parameter with further dimensions one for each place in them.

    Parameters
    ----------
    draws : variables without the dimension `sample` are no parameters; a coordinate `model` along it is one
    samples : how many the outcomes have

    Raises
    ------
    OutcomeError
        if draws are not of the samples of the outcomes, hold something that is not a number, or have a name twice
    """
    found: dict[str, tuple[Column, ...]] = {}
    if isinstance(draws, pd.DataFrame):
        names = [str(name) for name in draws.columns]
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            raise OutcomeError(f"the draws have two parameters {twice[0]!r}; leave one out")
        for i, name in enumerate(names):
            found[name] = (_column(name, draws.iloc[:, i].to_numpy()),)
        count = len(draws)
    elif isinstance(draws, xr.Dataset):
        count = draws.sizes.get("sample", 0)
        variables = {str(name): array for name, array in draws.items() if "sample" in array.dims}
        if "model" in draws.coords and draws["model"].dims == ("sample",):
            variables["model"] = draws["model"]
        found = {name: tuple(_places(name, array)) for name, array in variables.items()}
    else:
        raise OutcomeError(f"draws are a {type(draws).__name__}; give an xarray.Dataset or a pandas.DataFrame")
    if count != samples:
        raise OutcomeError(
            f"the draws have {count:,} samples and the outcomes {samples:,}; each outcome must be worked out from the "
            "draw in the same place"
        )
    return found


def dataset_of(draws: Parameters) -> xr.Dataset:
    """Draws as a Dataset; the columns of a table become variables over `sample`, without its index.

    Raises
    ------
    OutcomeError
        if they are neither
    """
    if isinstance(draws, xr.Dataset):
        return draws
    read_columns(draws, len(draws) if isinstance(draws, pd.DataFrame) else 0)
    return xr.Dataset({str(name): ("sample", np.asarray(draws[name])) for name in draws.columns})


def check_same_samples(draws: Parameters, *outcomes: xr.DataArray) -> None:
    """Refuse draws whose samples have other labels, or another order, than those of the outcomes.

    The index of a table counts as labels where it numbers the rows in another order than theirs.

    Raises
    ------
    OutcomeError
        if both have labels, and these are not the same; or if the rows of a table are out of the order of its index,
        and the outcomes are not labelled alike
    """
    if isinstance(draws, pd.DataFrame):
        _check_order(draws.index, outcomes)
        return
    if "sample" not in draws.coords:
        return
    labels = draws["sample"].to_numpy()
    for outcome in outcomes:
        if "sample" in outcome.coords and not np.array_equal(labels, outcome["sample"].to_numpy()):
            raise OutcomeError(
                "draws and outcomes have different labels on sample, or in another order; give the draws that the "
                "outcomes were worked out from, as they are"
            )


def _check_order(index: pd.Index, outcomes: Sequence[xr.DataArray]) -> None:
    """Refuse a table whose index is n numbers in a row, in another order, unless the outcomes are labelled alike."""
    if index.dtype.kind not in "iu" or not len(index):
        return
    labels = index.to_numpy()
    numbers = np.arange(labels.min(), labels.min() + len(labels))
    if np.array_equal(labels, numbers) or not np.array_equal(np.sort(labels), numbers):
        return
    if all(
        "sample" not in outcome.dims
        or ("sample" in outcome.coords and np.array_equal(labels, outcome["sample"].to_numpy()))
        for outcome in outcomes
    ):
        return
    row = int(np.argmax(labels != numbers))
    raise OutcomeError(
        f"the draws are not in the order of their index: row {row} is sample {labels[row]}. If the outcomes are in the "
        "order of the index, give draws.sort_index(); if they are in that of the rows, draws.reset_index(drop=True)"
    )


def choose_columns(columns: Mapping[str, Sequence[Column]], parameters: Sequence[str]) -> list[Column]:
    """The columns of some parameters, each named once.

    Raises
    ------
    OutcomeError
        if a parameter is unknown or named twice
    """
    if isinstance(parameters, str):
        raise OutcomeError(f"parameters are {parameters!r}; give a list of names, such as [{parameters!r}]")
    if not parameters:
        raise OutcomeError("no parameters are named; give a list of names")
    single = {column.name: column for places in columns.values() for column in places}
    chosen: dict[str, Column] = {}
    for name in parameters:
        places = columns.get(name) or ([single[name]] if name in single else None)
        if places is None:
            raise OutcomeError(f"no parameter {name!r} in the draws; {nearest(name, {*columns, *single})}")
        for column in places:
            if column.name in chosen:
                raise OutcomeError(f"parameter {column.name!r} is named twice in {', '.join(parameters)}")
            chosen[column.name] = column
    return list(chosen.values())


def _places(name: str, array: xr.DataArray) -> list[Column]:
    """A column for each place in the dimensions other than `sample`."""
    others = [str(dim) for dim in array.dims if dim != "sample"]
    if not others:
        return [_column(name, array.to_numpy())]
    flat = np.ascontiguousarray(array.transpose(*others, "sample").to_numpy()).reshape(-1, array.sizes["sample"])
    labels = [", ".join(map(str, place)) for place in product(*(array[dim].to_numpy() for dim in others))]
    return [_column(f"{name}[{label}]", values) for label, values in zip(labels, flat, strict=True)]


def _column(name: str, values: NDArray[np.generic]) -> Column:
    """A column of numbers, or of names that are numbered."""
    if values.dtype.kind in "biuf":
        numbers = values.astype(float)
        if not np.isfinite(numbers).all():
            bad = int(np.argmin(np.isfinite(numbers)))
            raise OutcomeError(f"parameter {name!r}, sample {bad}: {numbers[bad]} is not a finite number")
        return Column(name, numbers)
    if (missing := pd.isna(values)).any():
        raise OutcomeError(f"parameter {name!r}, sample {int(missing.argmax())} is missing")
    if values.dtype.kind != "U" and not all(isinstance(value, str) for value in values):
        raise OutcomeError(f"parameter {name!r} holds {values.dtype}, such as {values[0]!r}; give numbers, or names")
    different, codes = np.unique(values.astype(str), return_inverse=True)
    if any(_is_number(text) for text in different) or len(different) > len(values) // 2:
        raise OutcomeError(f"parameter {name!r} holds text, such as {values[0]!r}; give numbers")
    return Column(name, codes.astype(float), tuple(map(str, different)))


def _is_number(text: str) -> bool:
    """Whether the text reads as a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True

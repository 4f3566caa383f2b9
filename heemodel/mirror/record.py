"""A model recorded, and held against the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from heemodel.errors import nearest
from heemodel.mirror.cohort import cohort_content
from heemodel.mirror.content import LIFE_TABLE, Column, Content, Sheet
from heemodel.mirror.errors import MirrorError
from heemodel.mirror.function import function_content
from heemodel.mirror.reading import Reader
from heemodel.mirror.timing import discount_inputs
from heemodel.mirror.tree import tree_content
from heemodel.mirror.verification import check_agreement
from heemodel.structures import CohortModel, DecisionTree, FunctionModel


@dataclass(frozen=True)
class Record:
    """A model's columns of numbers, what they were read with, its discount rates as numbers."""

    content: Content
    reader: Reader
    rates: Mapping[str, Any]
    unchecked: list[str]
    """Inputs that the model refuses to have moved by themselves, so that it is not known whether all follows."""


def record_model(model: Any, central: xr.Dataset, group: str | None = None, code: Path | None = None) -> Record:
    """Call the model's functions once on numbers that remember how they were made, and check what was recorded.

    Parameters
    ----------
    model : a cohort model, a decision tree, or a function of the parameters
    central : one value of each parameter
    group : the group that is recorded, where the model has groups
    code : the folder of the model's own code, whose lines and variables are named

    Raises
    ------
    MirrorError
        for another kind of model, a group that is missing or unknown, and what cannot be written as a formula
    """
    check_model(model, group)
    reader = Reader(folder=code)
    rates = discount_inputs(model, reader.recording)
    with np.errstate(all="ignore"):
        if isinstance(model, CohortModel):
            content = cohort_content(model, central, reader, group, rates)
            _add_life_table(content, reader, model)
        elif isinstance(model, FunctionModel):
            content = function_content(model, central, reader, group)
        else:
            content = tree_content(model, central, reader, group)
    unchecked = check_agreement(model, central, content, reader, rates, group)
    return Record(content, reader, rates, unchecked)


def check_model(model: Any, group: str | None) -> None:
    """Refuse another kind of model than can be mirrored, and a group that is missing or unknown."""
    if not isinstance(model, (CohortModel, DecisionTree, FunctionModel)):
        raise MirrorError(
            f"the model is a {type(model).__name__}, and a mirror is of an hm.CohortModel, an hm.DecisionTree or an "
            "hm.FunctionModel"
        )
    groups = list(model.groups)
    if group is None and groups:
        raise MirrorError(
            f"the model has groups, and a mirror is of one of them; name it: {'; '.join(map(repr, groups))}"
        )
    if group is not None and group not in groups:
        cure = nearest(group, groups) if groups else "the model has none; leave it out"
        raise MirrorError(f"there is no group {group!r}; {cure}")


def _add_life_table(content: Content, reader: Reader, model: CohortModel) -> None:
    """The life table's rates as inputs, and what they add up to."""
    table = model.mortality
    if table is None or not reader.rates:
        return
    sheet = Sheet(LIFE_TABLE)
    content.labels[sheet] = [("age", table.rates["age"].to_numpy().tolist())]
    for sex, rates in reader.rates.items():
        years = [""] if rates.ndim == 1 else [f", {year}" for year in table.rates["year"].to_numpy()]
        for year, numbers in zip(years, rates.elements.reshape(rates.shape[0], -1).T, strict=True):
            heading, block = f"{sex}{year}", f"Deaths per person-year, {table.name}"
            rate = Column(sheet, block, heading, numbers.tolist(), by_cycle=False, style="probability")
            rate.called = f"death rate, {heading}"
            content.add(rate)
    for sex, rates in reader.rates.items():
        if rates.ndim == 1:
            finite = np.where(np.isinf(rates), 0.0, rates)
            added: Any = np.cumsum(finite)
            hazards = [0.0, *added.elements.tolist()[:-1]]
            block = "Hazard added up to the birthday"
            hazard = Column(sheet, block, sex, hazards, by_cycle=False, style="probability")
            hazard.called = f"hazard added up, {sex}"
            content.add(hazard)

"""A function of the parameters as columns of numbers: a row for each outcome, a column for each strategy."""

from __future__ import annotations

import xarray as xr

from heemodel.mirror.content import OUTCOMES, Column, Content, Sheet
from heemodel.mirror.reading import Reader
from heemodel.mirror.values import UNTIMED, element_of
from heemodel.structures import FunctionModel
from heemodel.structures.layout import Layout


def function_content(model: FunctionModel, draws: xr.Dataset, reader: Reader, group: str | None) -> Content:
    """The columns of a function of the parameters."""
    layout = Layout({name: tuple(labels) for name, labels in model.lanes.items()}, 1, 1, None, None)
    with reader.naming():
        given = model.outcomes(reader.parameters(draws))
    outcomes = [(row, layout.fit(value, " ".join(filter(None, row)), without=UNTIMED)) for row, value in given.values()]
    content, sheet = Content(), Sheet(OUTCOMES)
    content.labels[sheet] = [("outcome", [", ".join(filter(None, row)) for row, _ in outcomes])]
    for strategy in model.strategies:
        labels = {"strategy": strategy} | ({"group": group} if group is not None else {})
        numbers = [element_of(fitted, labels) for _, fitted in outcomes]
        content.totals |= {(row, strategy): number for (row, _), number in zip(outcomes, numbers, strict=True)}
        content.add(Column(sheet, "Outcome", strategy, numbers, by_cycle=False))
    return content

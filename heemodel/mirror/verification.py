"""Whether what was recorded is the model: worked out again from other inputs, and held against the engine.

A model's code could take a number as a plain one, so that a formula would hold it fast. All inputs are therefore moved
a little at once (parameters, discount rates, the rates of a life table), and what the recorded operations then give
must be what the engine gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from heemodel.errors import HeemodelError
from heemodel.mirror.content import Content, Row
from heemodel.mirror.errors import MirrorError
from heemodel.mirror.expressions import Number
from heemodel.mirror.reading import Reader
from heemodel.parameters import LifeTable
from heemodel.structures import Continuous, Discount, Stepped
from heemodel.structures.discounting import Rate
from heemodel.structures.outcomes import LABEL_DIM

STEPS = (1e-3, -1e-3, 1e-5, -1e-5)
"""By how much inputs are moved, relative to them; the next one where the model refuses the former."""
TABLE, DISCOUNTS = "the life table's rates", "the discount rates"
"""What inputs are called that are no parameters."""
CLOSE = 1e-9
WHOLE = 1e-9


def answers_of(outcomes: xr.Dataset, content: Content, group: str | None) -> dict[tuple[Row, str], float]:
    """The engine's answers, by outcome and strategy."""
    found = {}
    for row, strategy in content.totals:
        name, label = row
        array = outcomes[name].sel(strategy=strategy)
        array = array if group is None else array.sel(group=group)
        found[row, strategy] = float(array if label is None else array.sel({LABEL_DIM[name]: label}))
    return found


def check_agreement(
    model: Any, central: xr.Dataset, content: Content, reader: Reader, rates: Mapping[str, Any], group: str | None
) -> list[str]:
    """Refuse a recording that gives other answers than the engine, at the inputs as they are or moved a little.

    All inputs are moved at once; one by one where the model takes them in no such way: each parameter, the rates of the
    life table, and the discount rates.

    Returns
    -------
    The inputs that the model refuses to have moved by themselves, which are not checked

    Raises
    ------
    MirrorError
        naming the functions that took inputs as plain numbers
    """
    _compare(answers_of(model.run(central), content, group), content, {}, reader, "at the inputs as they are")
    inputs = [*reader.leaves, *([TABLE] if reader.rates else []), *([DISCOUNTS] if rates else [])]

    def agrees(names: list[str], step: float, seed: int) -> bool:
        """Whether the model takes the inputs so; refuses other answers."""
        moved, changes = _moved(central, reader, [name for name in names if name in reader.leaves], step, seed)
        other = model
        if TABLE in names:
            other, more = _with_other_table(other, reader, step, seed)
            changes |= more
        if DISCOUNTS in names:
            other, more = _with_other_rates(other, rates, step)
            changes |= more
        try:
            outcomes = other.run(moved)
        except HeemodelError:  # shares that leave 0 to 1, an order that is broken
            return False
        _compare(answers_of(outcomes, content, group), content, changes, reader, "once inputs are changed")
        return True

    if any(agrees(inputs, step, seed) for seed, step in enumerate(STEPS)):
        return []
    return [name for name in inputs if not any(agrees([name], step, 0) for step in STEPS)]


def _compare(
    answers: Mapping[tuple[Row, str], float], content: Content, changes: Mapping[int, float], reader: Reader, when: str
) -> None:
    """Refuse answers that differ."""
    values = reader.recording.recalculated(changes)
    for (row, strategy), answer in answers.items():
        number = content.totals[row, strategy]
        ours = values[number.place] if type(number) is Number else number
        if not abs(ours - answer) <= CLOSE * max(abs(answer), CLOSE):
            what = " ".join(filter(None, row))
            taken = [f"{line or 'heemodel'}: {what}" for what, line in reader.recording.takings if line]
            said = "; a number was taken as a plain one in " + ", ".join(taken) if taken else ""
            raise MirrorError(
                f"the workbook would not be the model: {when}, {what} under {strategy!r} is {answer:.12g} and its "
                f"formulas give {ours:.12g}{said}. Write it with numpy's elementary functions"
            )


def _moved(
    central: xr.Dataset, reader: Reader, names: Iterable[str], step: float, seed: int
) -> tuple[xr.Dataset, dict[int, float]]:
    """The parameters, those of some names each moved by some part of the step; shares of one whole stay so."""
    rng = np.random.default_rng(seed)
    moved: dict[str, xr.DataArray] = {}
    changes: dict[int, float] = {}
    for name in names:
        old, leaves = central[name], reader.leaves[name]
        by = step * rng.uniform(0.3, 1.0, old.shape)
        new = np.where(old.to_numpy() == 0, by, old.to_numpy() * (1 + by))
        for axis, dim in enumerate(old.dims):
            if dim not in ("strategy", "group") and np.allclose(old.to_numpy().sum(axis=axis), 1, atol=WHOLE):
                new = new / new.sum(axis=axis, keepdims=True)
        moved[name] = old.copy(data=new)
        changes |= {n.place: float(x) for n, x in zip(leaves.elements.flat, np.ravel(new), strict=True)}
    return central.assign(moved), changes


def _with_other_table(model: Any, reader: Reader, step: float, seed: int) -> tuple[Any, dict[int, float]]:
    """The model with other rates in its life table; an infinite one stays what it is."""
    rng = np.random.default_rng(seed)
    table: LifeTable = model.mortality
    rates = table.rates.astype(float)  # a copy
    changes: dict[int, float] = {}
    for sex, recorded in reader.rates.items():
        old = table.rates.sel(sex=sex)
        by = step * rng.uniform(0.3, 1.0, old.shape)
        new = np.where(old.to_numpy() == 0, abs(by), old.to_numpy() * (1 + by))
        rates.loc[{"sex": sex}] = old.copy(data=new)
        changes |= {n.place: float(x) for n, x in zip(recorded.elements.flat, new.flat, strict=True) if np.isfinite(x)}
    return replace(model, life_table=LifeTable(table.name, rates)), changes


def _with_other_rates(model: Any, rates: Mapping[str, Any], step: float) -> tuple[Any, dict[int, float]]:
    """The model with other discount rates, each of which is larger by another amount, so that 0 is moved too."""
    given: Discount = model.discount
    changes: dict[int, float] = {}
    for numbers in map(_each, rates.values()):
        for number in numbers:
            changes[number.place] = float(number.value) + abs(step) * (1 + len(changes))
    larger = iter(changes.values())
    cost = _with(given.cost, larger)
    return replace(model, discount=replace(given, cost=cost, qaly=_with(given.qaly, larger))), changes


def _each(rate: Any) -> Iterator[Number]:
    yield from rate.values() if isinstance(rate, dict) else [rate]


def _with(rate: Rate, others: Iterator[float]) -> Rate:
    """A rate of the same kind with the next of other numbers, one for each of its own."""
    if isinstance(rate, Continuous):
        return Continuous(next(others))
    if isinstance(rate, Stepped):
        return Stepped({begin: next(others) for begin in rate.rates})
    return next(others)

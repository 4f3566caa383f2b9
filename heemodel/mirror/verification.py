"""Whether what was recorded is the model: worked out again from other inputs, and held against the engine.

A model's code could take a number as a plain one, so that a formula would hold it fast. All inputs are therefore moved
a little at once, and what the recorded operations then give must be what the engine gives.
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
from heemodel.structures import Continuous, Discount, Stepped
from heemodel.structures.discounting import Rate
from heemodel.structures.outcomes import LABEL_DIM

STEPS = (1e-3, -1e-3, 1e-5, -1e-5)
"""By how much inputs are moved, relative to them; the next one where the model refuses the former."""
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

    All inputs are moved at once; one parameter at a time where the model takes them in no such way.

    Returns
    -------
    The parameters that the model refuses to have moved by themselves, which are not checked

    Raises
    ------
    MirrorError
        naming the functions that took parameters as plain numbers
    """
    _compare(answers_of(model.run(central), content, group), content, {}, reader, "at the inputs as they are")

    def agrees(names: Iterable[str], step: float, seed: int) -> bool:
        """Whether the model takes the inputs so; refuses other answers."""
        moved, changes = _moved(central, reader, names, step, seed)
        other, more = _with_other_rates(model, rates, step)
        try:
            outcomes = other.run(moved)
        except HeemodelError:  # shares that leave 0 to 1, an order that is broken
            return False
        _compare(answers_of(outcomes, content, group), content, changes | more, reader, "once inputs are changed")
        return True

    if any(agrees(reader.leaves, step, seed) for seed, step in enumerate(STEPS)):
        return []
    return [name for name in reader.leaves if not any(agrees([name], step, 0) for step in STEPS)]


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


def _with_other_rates(model: Any, rates: Mapping[str, Any], step: float) -> tuple[Any, dict[int, float]]:
    """The model with other discount rates."""
    if not rates:
        return model, {}
    size = 1 + abs(step)
    changes = {number.place: float(number.value) * size for rate in rates.values() for number in _each(rate)}
    given: Discount = model.discount
    return replace(
        model, discount=replace(given, cost=_larger(given.cost, size), qaly=_larger(given.qaly, size))
    ), changes


def _each(rate: Any) -> Iterator[Number]:
    yield from rate.values() if isinstance(rate, dict) else [rate]


def _larger(rate: Rate, size: float) -> Rate:
    if isinstance(rate, Continuous):
        return Continuous(rate.rate * size)
    if isinstance(rate, Stepped):
        return Stepped({begin: step * size for begin, step in rate.rates.items()})
    return rate * size

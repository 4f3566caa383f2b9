"""Cycles, the shares of counts that are taken, and discount factors, as columns of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from heemodel.mirror.arrays import Recording
from heemodel.mirror.content import TIME, Column, Sheet
from heemodel.mirror.reading import Reader
from heemodel.structures import CohortModel, Continuous, Stepped
from heemodel.structures.cohort.weights import shares
from heemodel.structures.cycles import years
from heemodel.structures.discounting import Rate

COST, QALY = "costs", "QALYs"


@dataclass(frozen=True)
class Factors:
    """By cycle: its length, the shares of the counts at its ends, and discount factors of costs, QALYs and counts."""

    columns: list[Column]
    lengths: list[Any]
    share_before: list[Any]
    share_after: list[Any]
    begin: tuple[list[Any], list[Any], list[Any]]
    end: tuple[list[Any], list[Any], list[Any]]
    at_start: tuple[Any, Any, Any]


def discount_inputs(model: Any, recording: Recording) -> dict[str, Any]:
    """The discount rates as inputs: of costs and of QALYs, each one number or one for each step."""
    discount = getattr(model, "discount", None)
    if discount is None:
        return {}
    return {what: _rate_inputs(rate, recording) for what, rate in ((COST, discount.cost), (QALY, discount.qaly))}


def _rate_inputs(rate: Rate, recording: Recording) -> Any:
    if isinstance(rate, Stepped):
        return {begin: recording.leaf(float(step), varies=True) for begin, step in rate.rates.items()}
    return recording.leaf(float(rate.rate if isinstance(rate, Continuous) else rate), varies=True)


def factors_of(model: CohortModel, reader: Reader, rates: Mapping[str, Any]) -> Factors:
    """The timing of a model, worked out from its cycles."""
    recording, sheet = reader.recording, Sheet(TIME)
    make, n = recording.make, model.cycles
    begins = 0.0 if model.begins is None else float(years(model.begins))
    lengths = model.timing.lengths.tolist() if reader.lengths is None else reader.lengths.elements.tolist()
    points, cycles = _points(model, reader)
    moments = [make("add", point, begins) for point in points]
    before, after = (
        [recording.leaf(float(share), varies=False) for share in taken]
        for taken in shares(model.correction, model.timing)
    )
    columns = [
        Column(sheet, "Time", "time point, and cycle that starts there", cycles, style="whole", called="cycle"),
        Column(sheet, "Time", "years from the start", points, called="years"),
        *(
            []
            if reader.lengths is None
            else [Column(sheet, "Time", "length of the cycle in years", lengths, called="cycle's years")]
        ),
        Column(sheet, "Share of the count that is taken", "at the cycle's start", before, called="share at start"),
        Column(sheet, "Share of the count that is taken", "at the cycle's end", after, called="share at end"),
    ]
    begin, end, first = [], [], []
    for what, rate in ((COST, model.discount.cost), (QALY, model.discount.qaly)):
        factor = _Discounting(recording, rate, rates[what])
        if model.discount.timing == "count":
            at_points = [factor(moment) for moment in moments]
            starts, ends = at_points[:-1], at_points[1:]
            where, starts_at = "at the time point", at_points
        else:
            at = [_moment(model, recording, moments[cycle], lengths[cycle]) for cycle in range(n)]
            starts = ends = [factor(moment) for moment in at]
            heading = {"start": "at the cycle's start", "mid": "at the cycle's middle", "year": "at the year's start"}
            where = heading[model.discount.timing]
            starts_at = starts
        called = f"discount factor of {what}"
        block = f"Discount factor {where}"
        columns.append(Column(sheet, block, what, starts_at, style="probability", called=called))
        begin.append(starts)
        end.append(ends)
        first.append(factor(begins))
    ones = [1.0] * n
    return Factors(
        columns,
        lengths,
        before,
        after,
        (begin[0], begin[1], ones),
        (end[0], end[1], ones),
        (first[0], first[1], 1.0),
    )


def _points(model: CohortModel, reader: Reader) -> tuple[list[Any], list[Any]]:
    """The time points in years, and their numbers."""
    recording = reader.recording
    known = [] if reader.cycle is None else reader.cycle.elements.tolist()
    cycles = [*known, recording.leaf(model.cycles, varies=False)]
    if model.timing.length is not None:
        return [recording.make("multiply", cycle, model.timing.length) for cycle in cycles], cycles
    starts = [] if reader.starts is None else reader.starts.elements.tolist()
    return [*starts, recording.leaf(float(model.timing.points()[-1]), varies=False)], cycles


def _moment(model: CohortModel, recording: Recording, start: Any, length: Any) -> Any:
    """When a cycle's counts are discounted, where both are at once."""
    match model.discount.timing:
        case "mid":
            return recording.make("add", start, recording.make("divide", length, 2.0))
        case "year":
            return recording.make("floor", recording.make("add", start, 1e-9))
    return start


class _Discounting:
    """The discount factor of a moment, as a formula of its rate."""

    def __init__(self, recording: Recording, rate: Rate, inputs: Any) -> None:
        self.make, self.rate, self.inputs = recording.make, rate, inputs

    def __call__(self, moment: Any) -> Any:
        """1 / (1 + rate)^moment, or as a stepped or continuous rate has it."""
        make = self.make
        if isinstance(self.rate, Continuous):
            return make("exp", make("negative", make("multiply", self.inputs, moment)))
        if isinstance(self.rate, Stepped):
            factor: Any = 1.0
            begins = [*self.rate.rates, np.inf]
            for (begin, step), until in zip(self.inputs.items(), begins[1:], strict=True):
                spent = make("maximum", make("subtract", moment, float(begin)), 0.0)
                spent = spent if np.isinf(until) else make("minimum", spent, float(until - begin))
                factor = make("multiply", factor, self._one(step, spent))
            return factor
        return self._one(self.inputs, moment)

    def _one(self, rate: Any, years: Any) -> Any:
        return self.make("divide", 1.0, self.make("power", self.make("add", 1.0, rate), years))

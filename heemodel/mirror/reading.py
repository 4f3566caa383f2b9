"""A model's functions called once, on numbers that remember how they were made."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import numpy as np
import xarray as xr

import heemodel
from heemodel.mirror.arrays import Recorded, Recording
from heemodel.mirror.expressions import Number
from heemodel.parameters import LifeTable
from heemodel.structures import CohortModel, Parameters
from heemodel.structures.time import Time

LIBRARIES = (
    Path(heemodel.__file__).resolve().parent,
    *(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib")),
)
"""Where code is that is never the model's own."""
TOOL = 4
"""As which this asks Python to be told of functions that return."""


@dataclass(frozen=True, eq=False)
class RecordedTable(LifeTable):
    """A life table whose rates are recorded."""

    recorded: dict[str, Recorded] = field(default_factory=dict)

    def _rates_of(self, sex: str) -> Any:
        return self.recorded[sex]


class _RecordedCohort(CohortModel):
    """A cohort model whose time is recorded."""

    @cached_property
    def time(self) -> Time:
        """What the model's functions see of time."""
        time: Time = self.__dict__["recorded_time"]
        return time


@dataclass
class Reader:
    """What is recorded of a model, and what its numbers are called.

    Attributes
    ----------
    recording : the numbers
    folder : the model's own code, for lines in errors and names of variables; any other code where there is none
    leaves : the inputs' numbers by parameter
    names : what the model's code calls a number, and which of several it is
    """

    folder: Path | None = None
    recording: Recording = field(default_factory=Recording)
    leaves: dict[str, Recorded] = field(default_factory=dict)
    names: dict[int, tuple[str, str]] = field(default_factory=dict)
    rates: dict[str, Recorded] = field(default_factory=dict)
    cycle: Recorded | None = None
    starts: Recorded | None = None
    lengths: Recorded | None = None
    """Of cycles that differ in length."""
    _own: dict[str, bool] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.recording.line = self.line

    def parameter(self, drawn: xr.DataArray) -> Recorded:
        """The numbers of a parameter as inputs."""
        name = str(drawn.name)
        if name not in self.leaves:
            self.leaves[name] = self.recording.leaves(drawn.to_numpy().astype(float), varies=True)
        return self.leaves[name]

    def parameters(self, draws: xr.Dataset) -> Parameters:
        """All parameters, as a model's functions are given them."""
        return Parameters(draws, wrap=self.parameter)

    def cohort(self, model: CohortModel) -> CohortModel:
        """The same model, whose time and life table are recorded."""
        given = {one.name: getattr(model, one.name) for one in fields(model) if one.init}
        made = _RecordedCohort(**given)
        made.__dict__["recorded_time"] = self.time(model)
        return made

    def time(self, model: CohortModel) -> Time:
        """Time, with cycles as fixed numbers and the rates of the life table as inputs."""
        timing = model.timing
        self.cycle = self.recording.leaves(np.arange(model.cycles), varies=False)
        cycle = xr.DataArray(self.cycle, dims="cycle", name="cycle")
        length = timing.length
        if length is None:
            self.starts, self.lengths = (
                self.recording.leaves(numbers, varies=False) for numbers in (timing.starts, timing.lengths)
            )
        return replace(
            model.time,
            cycle=cycle,
            years=xr.DataArray(self.starts, dims="cycle") if length is None else cycle * length,
            cycle_years=xr.DataArray(self.lengths, dims="cycle") if length is None else length,
            table=None if model.mortality is None else self.life_table(model.mortality),
            asked=set(),
        )

    def life_table(self, table: LifeTable) -> RecordedTable:
        """The table with its rates as inputs; an infinite one stays what it is."""
        for sex in map(str, table.rates["sex"].to_numpy()):
            rates = table.rates.sel(sex=sex).to_numpy()
            recorded = self.recording.leaves(rates, varies=True)
            for place in np.argwhere(np.isinf(rates)):
                recorded.elements[tuple(place)] = float("inf")
            self.rates[sex] = recorded
        return RecordedTable(name=table.name, rates=table.rates, recorded=self.rates)

    def is_own(self, code: CodeType) -> bool:
        """Whether code is the model's own."""
        name = code.co_filename
        if name not in self._own:
            file = Path(name).resolve()
            library = any(file.is_relative_to(folder) for folder in LIBRARIES)
            within = file.exists() if self.folder is None else file.is_relative_to(self.folder.resolve())
            self._own[name] = within and not library
        return self._own[name]

    def line(self) -> str:
        """The line of the model's own code that is being run."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other way to ask
        while frame is not None:
            if self.is_own(frame.f_code):
                return f"{Path(frame.f_code.co_filename).name}, line {frame.f_lineno}"
            frame = frame.f_back
        return ""

    @contextmanager
    def naming(self) -> Iterator[None]:
        """Note what the model's code calls its numbers, from the variables of its functions when they return."""
        monitoring = sys.monitoring
        if monitoring.get_tool(TOOL) is not None:  # names make formulas readable, and are no part of them
            yield
            return

        def note(code: CodeType, _: int, __: object) -> Any:
            if not self.is_own(code):
                return monitoring.DISABLE
            frame: FrameType = sys._getframe(1)  # noqa: SLF001 - there is no other way to ask
            for name, value in frame.f_locals.items():
                self.call(name, value)
            return None

        monitoring.use_tool_id(TOOL, "heemodel")
        try:
            monitoring.register_callback(TOOL, monitoring.events.PY_RETURN, note)
            monitoring.set_events(TOOL, monitoring.events.PY_RETURN)
            monitoring.restart_events()
            yield
        finally:
            monitoring.set_events(TOOL, monitoring.events.NO_EVENTS)
            monitoring.free_tool_id(TOOL)

    def call(self, name: str, value: Any) -> None:
        """Call the numbers of a variable by its name."""
        data = value.data if isinstance(value, xr.DataArray) else value
        if not isinstance(data, Recorded) or name.startswith("."):
            return
        places = [_labels(value, axis, size) for axis, size in enumerate(data.shape)]
        for index in np.ndindex(data.shape):
            number: Any = data.elements[index]
            if type(number) is Number and not number.is_leaf:
                which = ", ".join(filter(None, (labels[at] for labels, at in zip(places, index, strict=True))))
                self.names[number.place] = (name, which)


def _labels(value: Any, axis: int, size: int) -> list[str]:
    """What the places along an axis are called; nothing along cycles."""
    dim = str(value.dims[axis]) if isinstance(value, xr.DataArray) else ""
    if dim in ("cycle", "time_in_state"):
        return [""] * size
    if dim and dim in value.coords:
        labels = [str(label) for label in value[dim].to_numpy()]
        return labels if dim in ("strategy", "group") else [f"{dim} {label}" for label in labels]
    return [f"{dim} {place + 1}".strip() for place in range(size)]

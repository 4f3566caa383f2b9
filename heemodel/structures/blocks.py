"""Models whose functions give arrays by draw: run a block of draws at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from heemodel.progress import Report, counting
from heemodel.structures.draws import Draws, Parameters, read_draws
from heemodel.structures.errors import MissingParameterError, ModelError
from heemodel.structures.faults import Faults
from heemodel.structures.layout import Array, Layout
from heemodel.structures.outcomes import Row

BLOCK = 65_536
"""Draws at a time: enough that naming dimensions takes little of the time, few enough for memory."""
LARGE = 100_000
"""Draws from which on blocks pay; fewer are one block."""

Rows = Mapping[Row, Array]
"""Outcomes of a block, each (strategy, group, sample) with one place along what it does not depend on."""
Evaluate = Callable[[Parameters, Layout, Faults], Rows]
"""A model for one block of draws; it notes what is impossible."""


@dataclass(frozen=True)
class Run:
    """Draws to be run: as a Dataset, with the names of lanes, and where names of parameters that are read are kept."""

    draws: xr.Dataset
    lanes: Mapping[str, tuple[str, ...]]
    read: set[str]
    size: int | None = None
    """Draws in a block, where a model says so."""

    @classmethod
    def of(cls, draws: Draws, lanes: Mapping[str, tuple[str, ...]], *, size: int | None = None) -> "Run":
        """Draws in any form that `read_draws` takes."""
        return cls(read_draws(draws), lanes, draws.read if isinstance(draws, Parameters) else set(), size)

    @property
    def samples(self) -> int:
        """How many draws there are; one if they have no dimension `sample`."""
        return int(self.draws.sizes.get("sample", 1))

    def parts(self) -> list[range]:
        """All draws in blocks."""
        size = self.size or (BLOCK if self.samples >= LARGE else self.samples)
        return [range(first, min(first + size, self.samples)) for first in range(0, self.samples, size)]

    def block(self, part: range) -> tuple[Parameters, Layout]:
        """Some of the draws, as a model's functions see them, and what must fit them."""
        if "sample" not in self.draws.dims:
            return Parameters(self.draws, read=self.read), Layout(self.lanes, 1, 1, None)
        whole = len(part) == self.samples
        some = self.draws if whole else self.draws.isel(sample=slice(part.start, part.stop))
        p = Parameters(some, read=self.read, first_sample=part.start)
        return p, Layout(self.lanes, 1, len(part), part.start, self.samples)


def run_blocks(evaluate: Evaluate, run: Run, *, progress: Report | None, doing: str) -> tuple[list[Row], Array]:
    """Outcomes of all draws, block by block: the same to the bit however they are divided.

    Parameters
    ----------
    doing : what is being done, for the progress bar

    Returns
    -------
    (rows, totals (row, strategy, group, sample))

    Raises
    ------
    ModelError
        for what `evaluate` noted to be impossible, counted over all draws
    """
    shape = tuple(len(run.lanes.get(dim, ("",))) for dim in ("strategy", "group"))
    rows: list[Row] = []
    totals = np.empty((0, *shape, run.samples))
    found = Faults()
    with counting(run.samples, progress, doing) as count:
        for part, outcomes, faults in _each(evaluate, run):
            found.add(faults)
            if not rows:
                rows, totals = list(outcomes), np.empty((len(outcomes), *shape, run.samples))
            if list(outcomes) != rows:
                raise ModelError(
                    "the model's functions name other components or counts for some draws than for others: "
                    f"{_different(rows, list(outcomes))}; name the same for all, with a value of 0 where there is none"
                )
            for row, values in zip(totals, outcomes.values(), strict=True):
                row[..., part.start : part.stop] = values
            count(len(part))
    found.refuse(run.samples)
    return rows, totals


def mean_over_blocks(evaluate: Evaluate, run: Run) -> dict[Row, Array]:
    """Means over all draws of what is worked out for each, (strategy, group); holds one block at a time."""
    totals: dict[Row, Array] = {}
    found = Faults()
    for part, outcomes, faults in _each(evaluate, run):
        found.add(faults)
        for row, values in outcomes.items():
            summed = values.sum(axis=-1) if values.shape[-1] > 1 else values[..., 0] * len(part)
            totals[row] = totals[row] + summed if row in totals else summed
    found.refuse(run.samples)
    return {row: total / run.samples for row, total in totals.items()}


def _each(evaluate: Evaluate, run: Run) -> Iterator[tuple[range, Rows, Faults]]:
    """Each block of draws, its outcomes, and what is impossible in it."""
    for part in run.parts():
        faults = Faults()
        with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is noted among the faults
            outcomes = evaluate(*run.block(part), faults)
        yield part, outcomes, faults


def _different(some: Sequence[Row], others: Sequence[Row]) -> str:
    """What is in one of two lists alone, or else that their order differs."""
    apart = [row for row in (*some, *others) if (row in some) != (row in others)]
    return ", ".join(" ".join(filter(None, row)) for row in apart) or "their order differs"


def names_read(
    functions: Sequence[Callable[[Parameters], object]], draws: Draws, must_be_read: Sequence[str]
) -> frozenset[str]:
    """Names of the parameters that a model's functions read.

    Raises
    ------
    ModelError
        for those that are missing, and those of `must_be_read` that they never read; both are most often a
        misspelt name
    """
    p = Parameters(read_draws(draws), read=draws.read if isinstance(draws, Parameters) else set())
    problems, stopped = [], None
    for function in functions:
        try:
            function(p)
        except MissingParameterError as error:
            problems.append(str(error))
            stopped = stopped or error
    idle = [name for name in must_be_read if name not in p.read]
    if idle and not problems:  # a function that stopped early may read more
        problems.append(f"the model never reads {', '.join(idle)}; correct the name or remove it")
    if problems:
        raise ModelError("\n".join(dict.fromkeys(problems))) from stopped
    return frozenset(p.read)

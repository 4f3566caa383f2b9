"""The cohort model: how it is run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr

from heemodel.progress import Report, counting
from heemodel.structures.chunks import in_chunks, is_chunked
from heemodel.structures.cohort.block import Row, read_block
from heemodel.structures.cohort.program import Program
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.draws import Parameters
from heemodel.structures.errors import MissingParameterError, ModelError
from heemodel.structures.labels import named
from heemodel.structures.layout import Array, Layout

VALUES_AT_ONCE = 16_000_000
"""Until it is known that nothing has to be computed for every cycle and sample at once, so many values are (128 MB)."""
SAMPLES_AT_ONCE = 65_536
"""Once it is known; the model's functions are called for so many samples at a time."""

INTERVAL = (0.025, 0.975)

LABEL_DIM = {"cost": "component", "years_in_state": "state"}
"""The dimension along which an outcome's rows are labelled."""


@dataclass(frozen=True, kw_only=True)
class CohortModel(Specification):
    """A state-transition (Markov) cohort model.

    With occupancy x_0 the start and P_j the moves of cycle j, x_{j+1} = x_j P_j for j = 0 … n−1; outcomes are the
    payoffs of x, weighed by the within-cycle correction and discounted (see `correction` and `Discount`).

    Attributes
    ----------
    states, strategies : names
    start : share of the cohort in each state at the start, by any of the dimensions sample, strategy and group; states
        not named start empty
    cycle_length, horizon : durations in days, weeks, months or years, such as ``"1/52 year"``, ``"3 months"`` and
        ``"5 years"``; a year has 12 months or 365.25 days, and the horizon holds whole cycles
    correction : how state payoffs are counted in cycles of c years, from the counts x_0 … x_n at the time points.
        ``"life-table"``, the usual half-cycle correction: c (½x_0 + x_1 + … + x_{n−1} + ½x_n); ``"start"``, at each
        cycle's start: c (x_0 + … + x_{n−1}); ``"end"``: c (x_1 + … + x_n); ``"simpson"``:
        c (x_0 + 4x_1 + 2x_2 + … + 4x_{n−1} + x_n) / 3. What is paid once is never corrected
    discount : annual rates and their timing
    transitions : function (p, time) → {(from, to): probability in one cycle}; what is left over stays put. Values
        may have any of the dimensions sample, strategy, group, cycle and time_in_state. The last is the number of
        cycles since the state was entered, from 0 on; beyond the array's end its last value holds. Memory and time
        grow with its length, and for that state only. The function may be called for some of the draws at a time: what
        it says of a draw must not depend on the others. To look at what it returns:
        ``model.transitions(hm.Parameters(draws), model.time)``
    payoffs : function (p, time) → `Payoffs`; called as transitions is
    groups : names of subgroups or regions, each a cohort of its own, if there are any
    intake : people who enter a state at the start of a cycle, per person at the start of the model; by any of the
        dimensions cycle, sample, strategy and group. Their age is taken to be the cohort's, and only ("start", state)
        is paid for their entering
    start_age : age of the cohort at the start in years, if the functions ask for age or life table; by group, as in
        ``{"young": 50, "old": 80}``, where groups differ in it
    life_table : name of a national life table, if they ask for it
    dead : the state in which nobody lives; life-years are counted in all others

    Raises
    ------
    ModelError
        for a structure that is not sound; and from `run`, naming the place and value, for a probability outside
        [0, 1], moves that add up to more than 1, or anything that is not a number
    """

    def run(self, draws: xr.Dataset, *, progress: Report | None = None) -> xr.Dataset:
        """Outcomes of every draw under every strategy.

        Parameters
        ----------
        draws : parameters, with or without the dimension `sample`; chunked along it by Dask, the outcomes are too, and
            nothing is run until they are computed (errors then count samples from the beginning of their chunk)
        progress : called with the samples done and their number, now and then; without it, a run of more than a second
            on a terminal shows a bar with the time left

        Returns
        -------
        Dataset with dimension `strategy`, `group` where the model has groups and `sample` where the draws have it:
        `cost` (component), discounted; `qaly`, discounted; and undiscounted `life_years`, `years_in_state` (state),
        and each named effect
        """
        if is_chunked(draws):
            return in_chunks(self.run, draws)
        blocks = []
        samples = draws.sizes.get("sample", 1) if isinstance(draws, xr.Dataset) else 0
        with counting(samples, progress, "running the cohort") as count:
            for program in self._programs(draws):
                outcomes, _ = program.run(progress=count)
                blocks.append(outcomes)
        totals = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=2)
        return self._labelled(totals, program.rows, draws)

    def trace(self, draws: xr.Dataset) -> xr.Dataset:
        """Occupancy of every state over time.

        All samples are held in memory at once: (n + 1) × states × strategies × samples × 8 bytes.

        Returns
        -------
        Dataset with `mean`, `lower` and `upper` (95% interval over samples) of dimensions (cycle, state, strategy,
        and group where the model has groups);
        `cycle` runs 0 … n, the time points, with coordinate `years`; attributes `samples`, the number of draws, and
        `dead`, the name of that state
        """
        occupancy = np.concatenate([program.run()[1] for program in self._programs(draws, trace=True)], axis=3)
        occupancy = occupancy.reshape(*(len(labels) for labels in self.lanes.values()), *occupancy.shape[1:])
        lower, upper = np.quantile(occupancy, INTERVAL, axis=-1)
        points = np.arange(self.cycles + 1)
        dims = (*self.lanes, "cycle", "state")
        trace = xr.Dataset(
            {"mean": (dims, occupancy.mean(axis=-1)), "lower": (dims, lower), "upper": (dims, upper)},
            coords={
                **self.lanes,
                "state": self.states,
                "cycle": points,
                "years": ("cycle", points * self.time.cycle_years),
            },
            attrs={"samples": occupancy.shape[-1], "dead": self.dead},
        )
        return trace.transpose("cycle", "state", "strategy", ...)

    def check_parameters(self, draws: xr.Dataset, *, must_be_read: Iterable[str] = ()) -> frozenset[str]:
        """Refuse parameters that the model asks for in vain, and those that it ought to read and does not.

        Both are most often a misspelt name. `must_be_read` names the parameters of an inputs file. Returns the names of
        all that it reads.
        """
        p = Parameters(draws)
        problems = []
        try:
            self.transitions(p, self.time)
            self.payoffs(p, self.time)
        except MissingParameterError as error:
            problems.append(str(error))
        if idle := [name for name in must_be_read if name not in p.read]:
            reason = "" if not problems else " (or stopped before it did)"
            problems.append(f"the model never reads {', '.join(idle)}{reason}; correct the name or remove it")
        if problems:
            raise ModelError("\n".join(problems))
        return frozenset(p.read)

    def _programs(self, draws: xr.Dataset, *, trace: bool = False) -> Iterator[Program]:
        """The model written down for the kernel, for one block of samples after another."""
        names = {name: tuple(labels) for name, labels in self.lanes.items()}
        if not isinstance(draws, xr.Dataset):
            raise ModelError(f"the draws are a {type(draws).__name__}; give them as xr.Dataset(…)")
        if "sample" not in draws.dims:
            yield Program(read_block(self, draws, Layout(names, self.cycles, 1, None)), trace=trace)
            return
        samples = draws.sizes["sample"]
        if not samples:
            raise ModelError("there are no draws to run; the dimension sample is empty")
        first, size = 0, max(1, VALUES_AT_ONCE // (self.cycles * len(self.strategies) * max(1, len(self.groups))))
        while first < samples:
            block = draws if not first and size >= samples else draws.isel(sample=slice(first, first + size))
            layout = Layout(names, self.cycles, block.sizes["sample"], first, samples)
            program = Program(read_block(self, block, layout), trace=trace)
            yield program
            first += size
            size = size if program.bulky else max(size, SAMPLES_AT_ONCE)

    def _labelled(self, totals: Array, rows: list[Row], draws: xr.Dataset) -> xr.Dataset:
        """Outcomes (row, lane, sample) as a Dataset, with the draws' coordinates along `sample`."""
        outcomes: dict[str, tuple[tuple[str, ...], Array]] = {}
        coords = dict(self.lanes)
        shaped = totals.reshape(len(rows), *(len(labels) for labels in self.lanes.values()), totals.shape[2])
        shaped = np.moveaxis(shaped, (-1, 0), (0, -1))  # sample, strategy, group, row
        for name in dict.fromkeys(outcome for outcome, _ in rows):
            places = [i for i, (outcome, _) in enumerate(rows) if outcome == name]
            labels = [rows[i][1] for i in places]
            values = shaped[..., places[0] : places[-1] + 1]  # rows of an outcome lie together
            dims: tuple[str, ...] = ("sample", *self.lanes)
            if labels[0] is None:
                values = values[..., 0]
            else:
                dims = (*dims, LABEL_DIM[name])
                coords[LABEL_DIM[name]] = [str(label) for label in labels]
            if "sample" not in draws.dims:
                dims, values = dims[1:], values[0]
            outcomes[name] = (dims, values)
        along = {str(n): c.variable for n, c in draws.coords.items() if c.dims == ("sample",)}
        labelled = xr.Dataset(outcomes, coords=named(*((dim, tuple(names)) for dim, names in coords.items())))
        return labelled.assign_coords(along) if along else labelled

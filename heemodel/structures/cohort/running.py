"""A cohort model run for one block of draws after another."""

from collections.abc import Callable, Iterator

import numpy as np
import xarray as xr

from heemodel.progress import Report, counting
from heemodel.structures.cohort.block import parameters, read_block, read_edges
from heemodel.structures.cohort.probabilities import refuse_impossible
from heemodel.structures.cohort.program import ImpossibleError, Program, Wanted
from heemodel.structures.cohort.specification import Specification
from heemodel.structures.layout import Array, Layout
from heemodel.structures.outcomes import Row

NUMBERS_AT_ONCE = 6_000_000
"""Numbers that a block of samples takes in memory (48 MB); more where the functions compute what cannot be recorded."""
FIRST_SAMPLES = 1_024
"""Samples in the first block of many, which shows how many numbers each takes."""
SAMPLES_AT_ONCE = 65_536
"""Samples in a block at most."""

NUMBERS_PER_SAMPLE = "_numbers_per_sample"
"""Kept on a model after a run, so that blocks of the next one may be large from the first on."""


def run_blocks(
    model: Specification, draws: xr.Dataset, wanted: Wanted, *, read: set[str], progress: Report | None
) -> tuple[list[Row], Array]:
    """Outcomes of all draws: their rows, and totals (row, strategy, group, year, sample).

    `read` is where the names of parameters that are read are kept.

    Raises
    ------
    ModelError
        naming the place of what is impossible
    """
    blocks = []
    with counting(draws.sizes.get("sample", 1), progress, "running the cohort") as count:
        for program in _programs(model, draws, wanted, read):
            outcomes, _ = _explained(model, draws, program, count)
            blocks.append(outcomes)
    totals = blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=3)
    return program.rows, totals.reshape(len(program.rows), len(model.strategies), -1, *totals.shape[2:])


def occupancy_of(model: Specification, draws: xr.Dataset, wanted: Wanted, shares: Array | None = None) -> Array:
    """Occupancy (strategy, group as far as there are any, time point, state, sample).

    With `shares` of the groups, their mean by these, without groups.
    """
    sizes = [len(labels) for labels in model.lanes.values()]
    blocks = []
    for program in _programs(model, draws, wanted, set()):
        occupancy = _explained(model, draws, program)[1]
        occupancy = occupancy.reshape(*sizes, *occupancy.shape[1:])
        blocks.append(occupancy if shares is None else np.einsum("g,sg...->s...", shares, occupancy))
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=-1)


def _programs(model: Specification, draws: xr.Dataset, wanted: Wanted, read: set[str]) -> Iterator[Program]:
    """The model written down for the kernel, for one block of samples after another."""
    samples, first = draws.sizes.get("sample", 1), 0
    numbers: float | None = model.__dict__.get(NUMBERS_PER_SAMPLE)
    while first < samples:
        size = FIRST_SAMPLES if numbers is None else max(1, min(SAMPLES_AT_ONCE, int(NUMBERS_AT_ONCE / numbers)))
        some, layout = _part(model, draws, first, _unlike(model, min(size, samples - first)))
        program = Program(model, read_block(model, some, layout, read), wanted)
        yield program
        first += layout.samples
        numbers = program.numbers_per_sample
        model.__dict__[NUMBERS_PER_SAMPLE] = numbers


def _unlike(model: Specification, size: int) -> int:
    """One sample fewer where a block would have as many as there are cycles, strategies or groups.

    A plain array of numpy, which has no names, would fit by its length alone, and be taken for one by sample.
    """
    return size - 1 if size > 1 and size in (model.cycles, len(model.strategies), len(model.groups)) else size


def _part(model: Specification, draws: xr.Dataset, first: int, size: int) -> tuple[xr.Dataset, Layout]:
    """Some of the draws, and what must fit them."""
    names = {name: tuple(labels) for name, labels in model.lanes.items()}
    if "sample" not in draws.dims:
        return draws, Layout(names, model.cycles, 1, None, None, tuple(model.clocks))
    samples = draws.sizes["sample"]
    whole = first == 0 and size >= samples
    some = draws if whole else draws.isel(sample=slice(first, first + size))
    return some, Layout(names, model.cycles, some.sizes["sample"], first, samples, tuple(model.clocks))


def _explained(
    model: Specification, draws: xr.Dataset, program: Program, progress: Callable[[int], object] = lambda _: None
) -> tuple[Array, Array]:
    """What a program gives; what the kernel finds impossible is looked for in all draws."""
    try:
        return program.run(progress=progress)
    except ImpossibleError:
        samples = draws.sizes.get("sample", 1)
        parts = [_part(model, draws, first, FIRST_SAMPLES) for first in range(0, samples, FIRST_SAMPLES)]
        refuse_impossible((read_edges(model, parameters(some, layout), layout), layout) for some, layout in parts)
        for some, layout in parts:
            read_block(model, some, layout).check()
        raise

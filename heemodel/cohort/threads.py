"""Samples spread over the processors."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

PARTS, MOST_BLOCKS = 4, 32
"""Parts for each processor, and the most blocks in a part, so that progress is told and an interruption heard."""
LITTLE = 50_000
"""Instructions, each on one block, that are done before other threads have begun."""


def parts(samples: int, block: int, instructions: int) -> list[range]:
    """Samples in parts of whole blocks of that size, several for each processor so that none waits long for another.

    All in one part where there is little to do: `instructions` are those that each block takes.
    """
    if instructions * samples / block < LITTLE:
        return [range(samples)]
    step = block * max(1, min(MOST_BLOCKS, samples // (block * PARTS * _processors())))
    return [range(first, min(first + step, samples)) for first in range(0, samples, step)]


def in_threads(task: Callable[[range], int], parts: list[range]) -> list[int]:
    """Every part, spread over the processors; an interruption stops after the parts in hand."""
    if len(parts) == 1:
        return [task(parts[0])]
    pool = ThreadPoolExecutor(min(len(parts), _processors()))
    try:
        return list(pool.map(task, parts))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _processors() -> int:
    """Processors that this process may use."""
    count: int | None = getattr(os, "process_cpu_count", os.cpu_count)()  # the former from Python 3.13 on
    return count or 1

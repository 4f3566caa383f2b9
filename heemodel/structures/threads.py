"""Samples spread over the processors."""

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache

PARTS, MOST_BLOCKS = 4, 32
"""Parts for each processor, and the most blocks in a part, so that progress is told and an interruption heard."""
LITTLE = 10_000
"""Instructions, each on one block, that are done before another thread has begun."""


def parts(samples: int, block: int, instructions: int) -> list[range]:
    """Samples in parts of whole blocks of that size, several for each processor so that none waits long for another.

    All in one part where there is little to do: `instructions` are those that each block takes.
    """
    if instructions * samples / block < LITTLE:
        return [range(samples)]
    step = block * max(1, min(MOST_BLOCKS, samples // (block * PARTS * _processors())))
    return [range(first, min(first + step, samples)) for first in range(0, samples, step)]


def in_threads(task: Callable[[range], int], parts: list[range]) -> list[int]:
    """What the task gives for each part, in any order, spread over the processors; this thread works too.

    An error or an interruption, in whichever thread, stops all after the parts in hand.
    """
    left = deque(parts)

    def work() -> list[int]:
        done = []
        while part := _next(left):
            try:
                done.append(task(part))
            except BaseException:
                left.clear()
                raise
        return done

    helpers: list[Future[list[int]]] = []
    try:
        while len(helpers) < min(len(parts), _processors()) - 1:
            helpers.append(_pool(os.getpid(), _processors()).submit(work))
        mine = work()
    finally:
        left.clear()
        helpers = [helper for helper in helpers if not helper.cancel()]
        wait(helpers)
    return sum((helper.result() for helper in helpers), mine)


def _next(left: deque[range]) -> range | None:
    """The next part, if no other thread has taken the last."""
    try:
        return left.popleft()
    except IndexError:
        return None


@cache
def _pool(process: int, processors: int) -> ThreadPoolExecutor:  # noqa: ARG001 - a forked process has no threads yet
    """Threads that wait for work from run to run: to start them takes as long as a small model."""
    return ThreadPoolExecutor(processors, "heemodel")


def _processors() -> int:
    """Processors that this process may use, as far as Python and the system tell."""
    if hasattr(os, "process_cpu_count"):
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

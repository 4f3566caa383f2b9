"""Work spread over the processors."""

import os
from collections import deque
from collections.abc import Callable, Sequence
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
    step = block * max(1, min(MOST_BLOCKS, samples // (block * PARTS * processors())))
    return [range(first, min(first + step, samples)) for first in range(0, samples, step)]


def in_threads[Part, Found](task: Callable[[Part], Found], parts: Sequence[Part]) -> list[Found]:
    """What the task gives for each part, in any order, spread over the processors; this thread works too.

    An error or an interruption, in whichever thread, stops all after the parts in hand.
    """
    left = deque(parts)

    def work() -> list[Found]:
        done = []
        while left:
            try:
                part = left.popleft()
            except IndexError:  # another thread has taken the last
                break
            try:
                done.append(task(part))
            except BaseException:
                left.clear()
                raise
        return done

    helpers: list[Future[list[Found]]] = []
    try:
        while len(helpers) < min(len(parts), processors()) - 1:
            helpers.append(_pool(os.getpid(), processors()).submit(work))
        mine = work()
    finally:
        left.clear()
        helpers = [helper for helper in helpers if not helper.cancel()]
        wait(helpers)
    return sum((helper.result() for helper in helpers), mine)


def each[Item, Found](function: Callable[[Item], Found], items: Sequence[Item]) -> list[Found]:
    """What the function gives for each item, in their order, spread over the processors.

    Which thread works on an item must make no difference to what it gives: hold `one_thread` around it all, not within.
    """
    found = in_threads(lambda place: (place, function(items[place])), range(len(items)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


@cache
def _pool(process: int, processors: int) -> ThreadPoolExecutor:  # noqa: ARG001 - a forked process has no threads yet
    """Threads that wait for work from run to run: to start them takes as long as a small model."""
    return ThreadPoolExecutor(processors, "heemodel")


_allowed: int | None = None


def use(processors: int) -> None:
    """Use that many processors in this process, which shares the machine with others of ours."""
    global _allowed  # noqa: PLW0603 - of the whole process, as the number of processors is
    _allowed = processors


def processors() -> int:
    """Processors that this process may use: as many as it was told, or as far as Python and the system tell."""
    if _allowed is not None:
        return _allowed
    if hasattr(os, "process_cpu_count"):
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

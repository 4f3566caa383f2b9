"""Memory that is quick to work in: used again from run to run, and beginning where a line of the cache does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

MOST = 4_000_000
"""Numbers that are kept for the next run, for each thread (32 MB): fresh memory costs a page fault for every 4 kB, as
much as the work itself."""
LINE = 64
"""Bytes in a line of the cache. Vectors that lie across two of them take half as long again."""

_kept = threading.local()


@contextmanager
def borrowed(size: int) -> Iterator[NDArray[np.float64]]:
    """Room for so many numbers, whatever they were; nobody else has it in the meantime.

    After an error it is not used again: a thread that could not be waited for may still write to it.
    """
    room = _kept.__dict__.pop("room", None)
    if room is None or room.size < size:
        room = np.empty(size)
    yield room[:size]
    if room.size <= MOST:
        _kept.room = room


def lined_up(rows: int, columns: int) -> NDArray[np.float64]:
    """Zeros, the first of which begins a line of the cache; so does every row, if its length is whole lines."""
    size = rows * columns
    room = np.zeros(size + LINE // 8)
    first = -room.ctypes.data % LINE // 8
    return room[first : first + size].reshape(rows, columns)

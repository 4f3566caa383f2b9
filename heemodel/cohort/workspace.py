"""Memory used again from run to run: fresh memory costs a page fault for every 4 kB, as much as the work itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

MOST = 4_000_000
"""Numbers that are kept for the next run, for each thread (32 MB)."""

_kept = threading.local()


@contextmanager
def borrowed(size: int) -> Iterator[NDArray[np.float64]]:
    """Room for so many numbers, whatever they were; nobody else has it in the meantime."""
    room = _kept.__dict__.pop("room", None)
    if room is None or room.size < size:
        room = np.empty(size)
    try:
        yield room[:size]
    finally:
        if room.size <= MOST:
            _kept.room = room

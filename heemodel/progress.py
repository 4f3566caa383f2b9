"""How far a long run is: told to whoever asks, or drawn on the terminal once it has taken a second."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE = 1.0
"""Seconds before a bar is drawn."""

Report = Callable[[int, int], object]
"""Takes how many pieces of work are done, and of how many."""


@contextmanager
def counting(total: int, report: Report | None, what: str) -> Iterator[Callable[[int], None]]:
    """A function that takes how many more pieces of `what` are done, from any thread."""
    done, lock, begun = 0, threading.Lock(), time.monotonic()
    bar = None if report is not None else _Bar(total, what)

    def count(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            if report is not None:
                report(done, total)
            elif bar is not None and time.monotonic() - begun > PATIENCE:
                bar.show(done)

    try:
        yield count
    finally:
        if bar is not None:
            bar.close()


class _Bar:
    """A progress bar on the error stream, which appears when it is first shown, and only on a terminal."""

    def __init__(self, total: int, what: str) -> None:
        self.total, self.what = total, what
        self.progress: Progress | None = None

    def show(self, done: int) -> None:
        """Draw, if there is a terminal to draw on."""
        if self.progress is None:
            console = Console(stderr=True)
            if not console.is_terminal:
                return
            columns = TextColumn(self.what), BarColumn(), TimeRemainingColumn()
            self.progress = Progress(*columns, console=console, transient=True)
            self.progress.start()
            self.task = self.progress.add_task("", total=self.total)
        self.progress.update(self.task, completed=done)

    def close(self) -> None:
        """Take the bar away."""
        if self.progress is not None:
            self.progress.stop()

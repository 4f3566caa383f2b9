"""How far a command is: a bar with the time left on a terminal, a line for each step elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Shown = Callable[[str, int, int], None]
"""Takes what is being done, how many steps are done, and of how many; 0 where that is not known."""


def look_again(cautions: Sequence[str]) -> None:
    """Say on the error stream that a report asks to look at something again: the first of it, and how much there is."""
    if cautions:
        more = f" And {len(cautions) - 1} more." if len(cautions) > 1 else ""
        click.echo(f"Look again: {cautions[0]}{more} The report has all, under Look again.", err=True)


@contextmanager
def shown() -> Iterator[Shown]:
    """A function to report steps to, on the error stream."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    times = TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn()
    with Progress(*columns, *times, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda step, done, of: bar.update(task, description=step, completed=done, total=of or None)


def _lines(console: Console) -> Shown:
    """A line whenever something else begins, with the seconds that have passed."""
    begun, last = time.monotonic(), ""

    def line(step: str, done: int, of: int) -> None:
        nonlocal last
        if step != last:
            count = f"{done + 1} of {of}: " if of else ""
            seconds = f"[{time.monotonic() - begun:5.0f} s]"
            console.print(f"{seconds} {count}{step}", markup=False, highlight=False, soft_wrap=True)
        last = step

    return line

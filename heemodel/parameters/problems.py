"""Mistakes in an inputs file: their place, what is wrong and how to mend it, and the line they stand on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from heemodel.errors import HeemodelError, control_character

Place = tuple[str, ...]
"""Where in the file: the names of tables and key, such as ("parameters", "price", "value")."""


@dataclass(frozen=True)
class Problem:
    """One mistake in an inputs file."""

    place: Place
    message: str
    line: int | None = None

    def __str__(self) -> str:
        at = f"line {self.line}: " if self.line else ""
        return f"{at}[{'.'.join(self.place)}] {self.message}" if self.place else f"{at}{self.message}"


class InputError(HeemodelError):
    """An inputs file with mistakes; `problems` lists them all."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = list(dict.fromkeys(problems))
        count = "1 mistake" if len(self.problems) == 1 else f"{len(self.problems)} mistakes"
        super().__init__("\n".join([f"{path}: {count}", *(f"  {problem}" for problem in self.problems)]))


def unprintable(content: object, place: Place = ()) -> Iterator[Problem]:
    """Texts and names of an inputs file that have a control character, which nothing can print or keep.

    Parameters
    ----------
    content : of the file, as nested tables and lists
    place : where it stands
    """
    if isinstance(content, str):
        if control := control_character(content):
            yield Problem(place, f"has the control character {control}, which cannot be printed; remove it")
    elif isinstance(content, dict):
        for name, inner in content.items():
            if control := control_character(name):
                yield Problem(place, f"{name!r} is a name with the control character {control}; remove it")
            else:
                yield from unprintable(inner, (*place, name))
    elif isinstance(content, list):
        for inner in content:
            yield from unprintable(inner, place)


@dataclass(frozen=True)
class SourceText:
    """The text of an inputs file, which knows the line of each table and key.

    Good for the plain layout that inputs files have; what it cannot find is reported without a line.
    """

    path: Path
    text: str

    def error(self, *problems: Problem) -> InputError:
        """The problems as one error, in the order of the file, each with its line."""
        lines = self._lines()
        placed = [Problem(p.place, p.message, p.line or _innermost(p.place, lines)) for p in problems]
        return InputError(self.path, sorted(placed, key=lambda p: p.line or 0))

    def _lines(self) -> dict[Place, int]:
        """The line of every table and key."""
        lines: dict[Place, int] = {}
        table: Place = ()
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := re.match(r"\s*\[+([^\[\]]+)\]+", line):
                table = _path(header[1])
                lines.setdefault(table, number)
            elif key := re.match(r"""\s*((?:[\w-]+|"[^"]*")(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""", line):
                lines.setdefault((*table, *_path(key[1])), number)
        return lines


def _path(text: str) -> Place:
    return tuple(part.strip().strip('"') for part in re.findall(r'"[^"]*"|[^."]+', text) if part.strip())


def _innermost(place: Place, lines: dict[Place, int]) -> int | None:
    """The line of the place, or of the innermost table around it."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    inside = [line for other, line in lines.items() if place and other[: len(place)] == place]
    return min(inside, default=None)

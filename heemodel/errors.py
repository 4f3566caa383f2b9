"""What every room raises when its input is wrong: a sentence that names the place, the value and the cure."""

import difflib
import re
from collections.abc import Iterable

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters without a shape, which files of results cannot hold; tabs and line ends are not among them."""


class HeemodelError(ValueError):
    """Base of all errors that a user can mend; the command prints them without a traceback."""

    def __reduce__(self) -> tuple[object, ...]:
        """Errors travel between processes whole, however they were made."""
        return _same_error, (type(self), self.args, vars(self))


def _same_error(kind: type[HeemodelError], args: tuple[object, ...], held: dict[str, object]) -> HeemodelError:
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(held)
    return error


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` is most likely a misspelling or a part of, or None; capitals do not count."""
    asked, folded = name.casefold(), {one.casefold(): one for one in sorted(known)}
    close = difflib.get_close_matches(asked, folded, n=1, cutoff=0.6)
    close = close or [one for one in folded if len(asked) > 2 and asked in one]
    return folded[close[0]] if len(close) == 1 else None


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that suggests the closest known name, or the list of known names."""
    names = sorted(known)
    if close := closest(name, names):
        return f"did you mean {close!r}?"
    return f"known names: {', '.join(names) or 'none'}"


def mismatches(given: Iterable[str], wanted: Iterable[str]) -> tuple[list[str], list[str]]:
    """Names that are given and not wanted, and those wanted and not given.

    What is missing only because a given name is most likely a misspelling of it is left out: one mistake, told once.
    """
    given, wanted = list(given), list(wanted)
    unknown = [name for name in given if name not in wanted]
    missing = [name for name in wanted if name not in given]
    meant = {closest(name, missing) for name in unknown}
    return unknown, [name for name in missing if name not in meant]


def control_character(text: str) -> str:
    r"""The first character of a text that cannot be printed or kept in a file, by its number; empty if there is none.

    >>> control_character("a\x00b"), control_character("two\nlines")
    ('U+0000', '')
    """
    found = CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""

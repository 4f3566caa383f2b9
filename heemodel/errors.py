"""What every room raises when its input is wrong: a sentence that names the place, the value and the cure."""

import difflib
from collections.abc import Iterable


class HeemodelError(ValueError):
    """Base of all errors that a user can mend; the command prints them without a traceback."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that suggests the closest known name, or the list of known names."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known names: {', '.join(names) or 'none'}"

"""Names written one after another with commas between them, also names that hold commas themselves."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from heemodel.decision.outcomes import OutcomeError
from heemodel.errors import nearest


def read_names(text: str, known: Collection[str]) -> list[str]:
    """The names in a text, each of them known.

    Names stand between commas, with blanks around them or not, and may be in quotation marks as in a csv file (a mark
    inside a name is then doubled). A comma may belong to a name: whichever way of cutting the text at commas leaves
    known names only is taken, so that ``delta[1,2],price`` needs no quotation marks.

    Parameters
    ----------
    text : the names
    known : all names that there are

    Returns
    -------
    list of names, in their order

    Raises
    ------
    OutcomeError
        if a name is unknown, or the text can be read in several ways

    See Also
    --------
    write_names : the other way round

    Examples
    --------
    >>> read_names('delta[1,2], "effect, log OR"', ["delta[1,2]", "effect, log OR", "price"])
    ['delta[1,2]', 'effect, log OR']
    """
    parts = text.split(",")
    names = _cuts(parts, known)
    ways = list(islice(_ways(names, len(parts)), 3))
    several = [way for way in ways if len(way) > 1] or ways
    if len(several) > 1:
        choices = " or ".join(_quoted(way) for way in several[:2])
        raise OutcomeError(f"{text} can be read in several ways; put each name in quotation marks: {choices}")
    if several:
        return several[0]
    raise OutcomeError("; ".join(f"no parameter {name!r}; {nearest(name, known)}" for name in _unknown(parts, names)))


def write_names(names: Sequence[str], known: Collection[str]) -> str:
    """Names as one text that `read_names` reads; in quotation marks only where it must be.

    Parameters
    ----------
    names : each of them known
    known : all names that there are

    Returns
    -------
    text

    See Also
    --------
    read_names : the other way round

    Examples
    --------
    >>> write_names(["a", "b"], ["a", "b"]), write_names(["a,b", "c"], ["a", "b", "a,b", "c"])
    ('a,b', '"a,b","c"')
    """
    plain = ",".join(names)
    try:
        return plain if read_names(plain, known) == list(names) else _quoted(names)
    except OutcomeError:
        return _quoted(names)


def _quoted(names: Sequence[str]) -> str:
    """Names in quotation marks."""
    return ",".join('"' + name.replace('"', '""') + '"' for name in names)


Cuts = dict[tuple[int, int], str]


def _cuts(parts: Sequence[str], known: Collection[str]) -> Cuts:
    """Known names by the first of the parts that they are joined from, and the one after their last."""
    return {
        (start, end): name
        for start in range(len(parts))
        for end in range(start + 1, len(parts) + 1)
        if (name := _known(",".join(parts[start:end]), known)) is not None
    }


def _ways(names: Cuts, count: int) -> Iterator[list[str]]:
    """Every way to cut so many parts into known names."""
    ends_well = {count}
    for start in reversed(range(count)):
        if any((start, end) in names for end in ends_well):
            ends_well.add(start)

    def onwards(start: int) -> Iterator[list[str]]:
        if start == count:
            yield []
        for end in range(start + 1, count + 1):
            if end in ends_well and (start, end) in names:
                yield from ([names[start, end], *rest] for rest in onwards(end))

    return onwards(0)


def _known(text: str, known: Collection[str]) -> str | None:
    """The known name that a text stands for: as it is, without blanks around it, or out of quotation marks."""
    for name in (text, text.strip(), _unquoted(text.strip())):
        if name is not None and name in known:
            return name
    return None


def _unquoted(text: str) -> str | None:
    """What is in quotation marks, if all of the text is."""
    inside = text[1:-1]
    if len(text) < 2 or text[0] != '"' or text[-1] != '"' or '"' in inside.replace('""', ""):
        return None
    return inside.replace('""', '"')


def _unknown(parts: Sequence[str], names: Cuts) -> list[str]:
    """What is left of the parts when as many as can be are known names; neighbours taken together."""
    count = len(parts)
    best: list[tuple[int, int]] = [(0, count)] * (count + 1)  # parts left over from here on, and where the next cut is
    for start in reversed(range(count)):
        ends = [(best[end][0], end) for end in range(start + 1, count + 1) if (start, end) in names]
        best[start] = min([*ends, (best[start + 1][0] + 1, start + 1)])
    left: list[list[str]] = [[]]
    start = 0
    while start < count:
        end = best[start][1]
        if (start, end) in names:
            left.append([])
        else:
            left[-1].append(parts[start])
        start = end
    texts = [",".join(run).strip() for run in left if run]
    return [_unquoted(text) or text for text in texts]

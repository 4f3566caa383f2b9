"""Lengths of time in words: "18 months", "52 weeks", "1/52 year"."""

import re
from fractions import Fraction

from heemodel.errors import HeemodelError, nearest

UNITS = {"year": Fraction(1), "month": Fraction(1, 12), "week": Fraction(28, 1461), "day": Fraction(4, 1461)}
"""Years in a unit of time; a year has 365.25 days."""
DAYS_PER_YEAR = 365.25
EXAMPLES = 'write for example "10 years", "18 months", "52 weeks" or "1/52 year"'

_YEAR = re.compile(r"(\d{4})(?:/(\d{2}))?", re.ASCII)
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?(?:/\d+)?)\s*", re.ASCII)
_NUMBER_AND_UNIT = re.compile(_NUMBER.pattern + r"([a-z]+?)s?\s*", re.ASCII)


def years(duration: str, what: str = "duration") -> Fraction:
    """A length of time in years, exactly.

    It is a number, whole, decimal or a fraction, and a unit: year, month, week or day, or its plural. A year has 12
    months and 365.25 days; a week 7 days.

    Parameters
    ----------
    duration : such as ``"1 year"``, ``"18 months"``, ``"52 weeks"`` or ``"1/52 year"``
    what : what it is the length of, for the error

    Returns
    -------
    Fraction, 0 or more

    Raises
    ------
    HeemodelError
        if it cannot be read, with how to write it

    Examples
    --------
    >>> years("6 months"), years("1/52 year"), years("7 days") == years("1 week")
    (Fraction(1, 2), Fraction(1, 52), True)
    """
    written = _NUMBER_AND_UNIT.fullmatch(duration)
    if written is None and _NUMBER.fullmatch(duration):
        raise HeemodelError(f'{what} {duration!r} has no unit; did you mean "{duration.strip()} years"?')
    if written is None:
        raise HeemodelError(f"{what} {duration!r} is not a number and a unit; {EXAMPLES}")
    number, unit = written.groups()
    if unit not in UNITS:
        raise HeemodelError(f"{what} {duration!r}: unknown unit {unit!r}; {nearest(unit, UNITS)}")
    value, _, divisor = number.partition("/")
    if divisor and int(divisor) == 0:
        raise HeemodelError(f"{what} {duration!r} divides by 0; {EXAMPLES}")
    return Fraction(value) / int(divisor or 1) * UNITS[unit]


def calendar_years(first: str | None, number: int) -> list[str]:
    """Labels of calendar or financial years that follow one another.

    Parameters
    ----------
    first : such as ``"2026"`` or ``"2025/26"``; None where years are numbered from 1
    number : of years

    Returns
    -------
    Their labels

    Raises
    ------
    HeemodelError
        if the first cannot be read as a year

    Examples
    --------
    >>> calendar_years("2025/26", 3), calendar_years("2026", 2), calendar_years(None, 2)
    (['2025/26', '2026/27', '2027/28'], ['2026', '2027'], ['1', '2'])
    """
    if first is None:
        return [str(year) for year in range(1, number + 1)]
    written = _YEAR.fullmatch(first) if isinstance(first, str) else None
    if written is None or (written[2] and int(written[2]) != (int(written[1]) + 1) % 100):
        raise HeemodelError(f'first year {first!r} is no year; write for example "2026", or "2025/26"')
    begin = int(written[1])
    if written[2] is None:
        return [str(begin + place) for place in range(number)]
    return [f"{begin + place}/{(begin + place + 1) % 100:02d}" for place in range(number)]

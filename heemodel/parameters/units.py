"""Units that differ by a span of time only, such as £ per day and £ per 90 days: what turns one into the other.

Sums of money and lengths of time only: a probability per year is not twelve of those per month.
"""

import re
from fractions import Fraction

from heemodel.currency import currency_in
from heemodel.errors import HeemodelError
from heemodel.timespans import UNITS, years

CHOICES = ("day", "90 days", "week", "month", "year")
"""Spans of time in which money and rates are commonly given."""

_RATE = re.compile(r"(.+) per ((?:\d+(?:\.\d+)? )?[a-z]+)")


def conversion(given: str, wanted: str) -> float | None:
    """What figures in one unit are multiplied by to be in another; None where they cannot be.

        money per span t → money per span u: u / t        spans of time t → spans u: t / u

    Parameters
    ----------
    given, wanted : units, such as "£ per day" and "£ per 90 days", or "weeks" and "days"

    Returns
    -------
    float above 0, 1 for the same unit; or None

    See Also
    --------
    choices : the units that are converted

    Examples
    --------
    >>> conversion("£ per day", "£ per 90 days"), conversion("weeks", "days"), conversion("£ per day", "days")
    (90.0, 7.0, None)
    """
    given, wanted = (" ".join(unit.split()) for unit in (given, wanted))
    if given == wanted:
        return 1.0
    (what, span), (of, wanted_span) = _parts(given), _parts(wanted)
    if span is None or wanted_span is None or what != of:
        return None
    return float(wanted_span / span if what else span / wanted_span)


def choices(unit: str) -> tuple[str, ...]:
    """Units that are commonly used in place of one and can be converted; the unit itself first.

    Examples
    --------
    >>> choices("£ per 90 days")
    ('£ per 90 days', '£ per day', '£ per week', '£ per month', '£ per year')
    >>> choices("days"), choices("share")
    (('days', 'weeks', 'months', 'years'), ('share',))
    """
    what, span = _parts(" ".join(unit.split()))
    if span is None:
        return (unit,)
    others = [f"{what} per {length}" for length in CHOICES] if what else [f"{name}s" for name in reversed(UNITS)]
    return tuple(dict.fromkeys((unit, *others)))


def _parts(unit: str) -> tuple[str, Fraction | None]:
    """What is counted per span of time, and that span in years; nothing is counted in a unit that is a span itself.

    A span of no time, as in "£ per 0 days", is none.
    """
    rate = _RATE.fullmatch(unit)
    if rate and currency_in(rate[1]) is None:
        return unit, None
    what, span = (rate[1], rate[2]) if rate else ("", unit)
    try:
        return what, years(span if span[:1].isdigit() else f"1 {span}") or None
    except HeemodelError:
        return what, None

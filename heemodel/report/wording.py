"""Numbers as people read them, with no more digits than their Monte Carlo error supports."""

import math
from decimal import Decimal

from heemodel.currency import Currency, currency_in


def _rounded(value: float, mcse: float | None, finest: float) -> tuple[float, int]:
    """The value rounded to the power of ten nearest to its error, and the decimals to print."""
    unit = finest
    if mcse and mcse > finest:
        unit = 10.0 ** round(math.log10(mcse))
    decimals = max(0, -math.floor(math.log10(unit) + 1e-9))
    return round(value / unit) * unit, decimals


def money(value: float, mcse: float | None = None, *, currency: Currency) -> str:
    """Money with thousands separators, rounded to what the error supports, and from 100,000 on to thousands.

    >>> money(25746.8, 79.5, currency=Currency("£")), money(-7943.4, currency=Currency("$"))
    ('£25,700', '−$7,943')
    """
    if math.isnan(value):
        return "none"
    amount, _ = _rounded(value, mcse, 1.0 if abs(value) < 100_000 else 1_000.0)
    return f"{'−' if amount < 0 else ''}{currency.sign}{abs(amount):,.0f}"


def fine_money(value: float, mcse: float | None = None, *, currency: Currency) -> str:
    """Money of any size, with the digits that the error supports, or three where it is not known.

    >>> pound = Currency("£")
    >>> fine_money(0.0123, currency=pound), fine_money(12.3, currency=pound), fine_money(12.3456, 0.04, currency=pound)
    ('£0.0123', '£12.30', '£12.35')
    >>> fine_money(-20_097.6, currency=pound), fine_money(3_205_900.0, currency=pound)
    ('−£20,100', '£3.21 million')
    """
    if math.isnan(value):
        return "none"
    if mcse is None and abs(value) >= 1_000_000:
        return f"{'−' if value < 0 else ''}{currency.sign}{abs(value) / 1e6:,.3g} million"
    amount, places = _supported(value, mcse)
    places = 2 if places == 1 else places
    return f"{'−' if amount < 0 else ''}{currency.sign}{abs(amount):,.{places}f}"


def error(value: float, *, currency: Currency) -> str:
    """A standard error of money, to two digits.

    >>> pound = Currency("£")
    >>> error(5.8908, currency=pound), error(0.0815, currency=pound), error(0.0, currency=pound)
    ('£5.90', '£0.082', '£0')
    """
    return fine_money(value, value / 10, currency=currency) if value else f"{currency.sign}0"


def plain(value: float, mcse: float | None = None) -> str:
    """A number of any size, with the digits that the error supports, or three where it is not known.

    >>> plain(0.00025064), plain(-1.2345, 0.01), plain(0.0)
    ('0.000251', '−1.23', '0')
    """
    if math.isnan(value):
        return "none"
    amount, places = _supported(value, mcse)
    return f"{'−' if amount < 0 else ''}{abs(amount):,.{places}f}"


def _supported(value: float, mcse: float | None) -> tuple[float, int]:
    """The value rounded to its error, or to three digits, and the decimals to print."""
    if not value and not mcse:
        return 0.0, 0
    unit = 10.0 ** (math.floor(math.log10(mcse)) if mcse else math.floor(math.log10(abs(value))) - 2)
    return round(value / unit) * unit, max(0, -round(math.log10(unit)))


def number(value: float, mcse: float | None = None, *, decimals: int = 2) -> str:
    """A plain number with at most `decimals` decimals.

    >>> number(0.8951, 0.0013), number(75.71, 0.11, decimals=1)
    ('0.90', '75.7')
    """
    if math.isnan(value):
        return "none"
    amount, places = _rounded(value, mcse, 10.0**-decimals)
    return f"{'−' if amount < 0 else ''}{abs(amount):,.{places}f}"


def probability(value: float, mcse: float | None = None) -> str:
    """A probability in per cent, never printed as certain when it was only sampled.

    >>> probability(0.9999, 0.0001), probability(0.8527, 0.0038), probability(0.0)
    ('over 99%', '85%', 'under 1%')
    """
    if value > 0.99:
        return "over 99%"
    if value < 0.01:
        return "under 1%"
    amount, _ = _rounded(100 * value, 100 * (mcse or 0.0), 1.0)
    return f"{amount:.0f}%"


def interval(lower: float, upper: float, mcse: float | None, form: str = "money", *, currency: Currency) -> str:
    """A 95% interval.

    >>> interval(10569.4, 43546.5, 79.5, currency=Currency("£"))
    '£10,600 to £43,500'
    """
    if form == "money":
        return f"{money(lower, mcse, currency=currency)} to {money(upper, mcse, currency=currency)}"
    decimals = 2 if form == "number" else int(form.removeprefix("number"))
    return f"{number(lower, mcse, decimals=decimals)} to {number(upper, mcse, decimals=decimals)}"


def as_published(value: float, form: str, *, currency: Currency) -> str:
    """A figure of somebody else's, with every digit it was given with.

    Parameters
    ----------
    form : money, probability or number<decimals>, at least so many

    >>> [as_published(value, form, currency=Currency("£")) for value, form in ((-9466, "money"), (0.025, "number2"))]
    ['−£9,466', '0.025']
    """
    sign = "−" if value < 0 else ""
    size = abs(Decimal(repr(float(value)))) * (100 if form == "probability" else 1)
    least = int(form.removeprefix("number")) if form.startswith("number") else 0
    sign += currency.sign if form == "money" else ""
    return f"{sign}{size:,.{max(least, digits(size))}f}{'%' * (form == 'probability')}"


def digits(value: float | Decimal) -> int:
    """Decimals that a number was given with, without noughts at the end.

    >>> digits(0.025), digits(99.9), digits(14500), digits(0.00005)
    (3, 1, 0, 5)
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    return len(f"{exact:f}".partition(".")[2].rstrip("0"))


def percent(share: float) -> str:
    """A share in whole per cent.

    >>> percent(-1e-17), percent(0.235)
    ('0%', '24%')
    """
    return f"{abs(round(100 * share)):.0f}%" if abs(share) < 0.005 else f"{share:.0%}"


def with_unit(value: float, unit: str) -> str:
    """A figure with its unit, as written in an inputs file.

    >>> with_unit(31000, "£ per 90 days"), with_unit(66, "years"), with_unit(0.83, "share")
    ('£31,000 per 90 days', '66 years', '0.83 (a share)')
    """
    if unit == "share":
        return f"{value:,.10g} (a share)"
    currency = currency_in(unit)
    if currency is not None and unit.startswith(currency.name):
        return f"{currency.sign}{value:,.10g}{unit.removeprefix(currency.name)}"
    return f"{value:,.10g} {unit}"


LIKELIHOODS = (
    (0.95, "Almost certainly"),
    (0.8, "Probably"),
    (0.6, "More likely than not"),
    (0.4, "It could go either way"),
    (0.2, "Unlikely"),
    (0.05, "Probably not"),
    (0.0, "Almost certainly not"),
)
"""Words for a probability, each from its lower limit on."""


def likelihood(probability: float) -> str:
    """A probability as a plain answer.

    >>> likelihood(0.85), likelihood(0.5), likelihood(0.0)
    ('Probably', 'It could go either way', 'Almost certainly not')
    """
    return next(words for limit, words in LIKELIHOODS if probability >= limit)

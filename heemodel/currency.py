"""Currencies: how money is printed, and which units of measure are money."""

import re
import unicodedata
from dataclasses import dataclass

from heemodel.errors import HeemodelError, nearest

ISO_4217 = frozenset(
    re.findall(
        "[A-Z]{3}",
        """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
        """,
    )
)
"""Codes of the currencies in use (ISO 4217)."""
PLAIN = {"£": "GBP", "€": "EUR"}
"""Signs that one currency alone has, and its code, which every spreadsheet can read."""
SIGNS = {
    **{code: sign for sign, code in PLAIN.items()},
    **dict.fromkeys(("AUD", "BRL", "CAD", "CLP", "COP", "HKD", "MXN", "NZD", "SGD", "TWD", "USD"), "$"),
    **dict.fromkeys(("CNY", "JPY"), "¥"),
    "INR": "₹",
    "KRW": "₩",
}
"""Signs by code; a sign may be that of several currencies."""
LONGEST_SIGN = 5
"""Characters of a sign with the letters before it, such as US$ or Int$."""


@dataclass(frozen=True)
class Currency:
    """A currency as money is printed in it; made by `currency_of`.

    Attributes
    ----------
    name : its sign, such as "£", "$" or "US$", or its code, such as "USD"
    """

    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def sign(self) -> str:
        """What stands before a figure: the sign itself, or a code and a space at which no line breaks."""
        return f"{self.name}\N{NO-BREAK SPACE}" if self.name in ISO_4217 else self.name

    @property
    def plain(self) -> str:
        """What it is called in files: in letters that every spreadsheet reads, where the sign stands for one only."""
        return PLAIN.get(self.name, self.name)

    def matches(self, other: "Currency") -> bool:
        """Whether two names may be those of one currency, as "$", "US$" and "USD" may."""
        ours, theirs = (SIGNS.get(one.name, one.name) for one in (self, other))
        if self.name in ISO_4217 and other.name in ISO_4217:
            return self == other
        return ours.endswith(theirs) or theirs.endswith(ours)


def currency_of(name: "str | Currency") -> Currency:
    r"""The currency of a sign or of an ISO code.

    Parameters
    ----------
    name : a currency sign, also with letters before it ("£", "$", "US$"), or a code of ISO 4217 ("USD"); a `Currency`
        stays as it is

    Returns
    -------
    Currency

    Raises
    ------
    HeemodelError
        if it is neither

    See Also
    --------
    currency_in : the currency of a unit of measure

    Examples
    --------
    >>> currency_of("£").sign, currency_of("USD").sign, currency_of("€").plain
    ('£', 'USD\xa0', 'EUR')
    """
    if isinstance(name, Currency):
        return name
    if isinstance(name, str) and (name in ISO_4217 or _is_sign(name)):
        return Currency(name)
    text = name.strip() if isinstance(name, str) else name
    if isinstance(text, str) and (text in ISO_4217 or _is_sign(text)):
        cure = f"leave out the blanks: {text!r}"
    elif isinstance(text, str) and text.upper() in ISO_4217:
        cure = f"write {text.upper()!r}"
    elif isinstance(text, str) and re.fullmatch("[A-Za-z]{3}", text):
        cure = f"give a sign, such as '$', or a code of ISO 4217; {nearest(text.upper(), ISO_4217)}"
        cure = cure if "?" in cure else "give a sign, such as '$', or a code of ISO 4217, such as 'USD'"
    else:
        cure = "give a sign, such as '$', or a code of ISO 4217, such as 'USD'"
    raise HeemodelError(f"currency is {name!r}; {cure}")


POUNDS = Currency("£")


def currency_in(unit: str) -> Currency | None:
    """The currency of a unit of measure, or None where it is no money.

    Parameters
    ----------
    unit : such as "£ per day", "USD per year" or "QALYs"

    Returns
    -------
    Currency or None

    See Also
    --------
    currency_of : the currency that somebody names

    Examples
    --------
    >>> currency_in("US$ per year"), currency_in("SEK per day"), currency_in("days")
    (Currency(name='US$'), Currency(name='SEK'), None)
    """
    words = unit.split()
    if words and words[0] in ISO_4217:
        return Currency(words[0])
    for word in words:
        signs = [at for at, letter in enumerate(word) if unicodedata.category(letter) == "Sc"]
        if signs:
            start = word[: signs[0] + 1]
            return Currency(start if _is_sign(start) else word[signs[0]])
    return None


def _is_sign(name: str) -> bool:
    """Whether it is a currency sign, perhaps after letters."""
    letters, sign = name[:-1], name[-1:]
    return (
        len(name) <= LONGEST_SIGN
        and bool(sign)
        and unicodedata.category(sign) == "Sc"
        and (not letters or letters.isalpha())
    )

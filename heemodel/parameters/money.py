"""Whether all money of an inputs file is in the currency of its analysis and can be moved to its price year."""

from collections.abc import Iterator, Mapping
from typing import Any

from heemodel.currency import POUNDS, Currency, currency_in
from heemodel.parameters.problems import Place, Problem


def foreign_money(sections: Mapping[str, Any]) -> list[Problem]:
    """Figures in another currency than the analysis, and prices of other years that no index here can move.

    Parameters
    ----------
    sections : the sections of an inputs file as their specifications; None where one could not be read

    Returns
    -------
    A problem for each figure. There is no exchange rate here, and the price index is one of prices in pounds
    """
    about = sections["about"]
    if about is None:
        return []
    problems = []
    for place, figure in _figures(sections):
        currency = currency_in(figure.unit)
        if currency is None:
            continue
        if not currency.matches(about.currency):
            problems.append(Problem((*place, "unit"), _other(figure.unit, about.currency)))
        year = getattr(figure, "price_year", None)
        if year not in (None, about.price_year) and not about.currency.matches(POUNDS):
            reason = (
                f"is {year!r}, and the analysis is in prices of {about.price_year}: the price index is one of pounds, "
                f"and does not move {about.currency}; give the figure in prices of {about.price_year}"
            )
            problems.append(Problem((*place, "price_year"), reason))
    return problems


def _other(unit: str, currency: Currency) -> str:
    """What is wrong with a unit, and how to mend it."""
    wanted = currency_in(unit)
    return (
        f"is {unit!r}, and the analysis is in {currency}; convert the figure, or, if all money is in {wanted}, write "
        f'currency = "{wanted}" under [about]'
    )


def _figures(sections: Mapping[str, Any]) -> Iterator[tuple[Place, Any]]:
    """Every figure that has a unit, with its place."""
    for section in ("settings", "parameters", "priors", "data", "tables"):
        yield from (((section, name), one) for name, one in sections[section].items() if one is not None)
    for name, several in sections["alternatives"].items():
        for option, one in (several.options if several is not None else {}).items():
            yield ("alternatives", name, "options", option), one
    if sections["claim"] is not None:
        yield ("claim",), sections["claim"]

"""Figures of two runs in words: what quantities are called, and a difference with its error."""

import pandas as pd

from heemodel.analysis import RunComparison
from heemodel.analysis.tables.quantities import quantity_names
from heemodel.analysis.tables.saving import slug
from heemodel.currency import Currency
from heemodel.report.formatting import form_of, money, number, probability, sentence, with_error
from heemodel.report.layout import capital

SEVERAL = 2
"""Strategies of which the intervention need not be named."""
LEAST, HUNDRED = 0.5, 100.0
"""Error, and size of a figure, from which on pence are not printed."""
OF_EACH = ("cost", "qaly")
"""Quantities that every strategy has, the comparator too."""


def names_of(comparison: RunComparison) -> dict[str, str]:
    """What the main quantities are called, those of the decision in their order."""
    after = comparison.after
    names: dict[str, str] = {}
    if after.inputs is not None and after.asks("saving"):
        names |= {step.quantity: f"{step.label}, per {after.person}" for step in after.inputs.steps.values()}
        payers = dict.fromkeys(one.payer for one in after.inputs.components.values() if one.payer is not None)
        for payer in payers:
            names[payer_quantity(payer, yearly=True)] = f"{capital(payer)}: saving on one year's {after.person}s"
            names[payer_quantity(payer, yearly=False)] = f"{capital(payer)}: saving per {after.person}"
        names |= {avoided.quantity: f"{avoided.label}, per {after.person}" for avoided in after.inputs.avoided.values()}
    names |= quantity_names(after.currency, after.thresholds, after.person)
    names |= {"cost": f"Cost per {after.person}", "qaly": f"QALYs per {after.person}"}
    return names


def payer_quantity(payer: str, *, yearly: bool) -> str:
    """The quantity of the headline that is the saving of one payer."""
    return f"saving_{slug(payer)}_per_{'year' if yearly else 'patient'}"


def called(quantity: str, names: dict[str, str]) -> str:
    """A quantity in words."""
    return names.get(quantity) or sentence(quantity.replace("_", " "))


def label_of(comparison: RunComparison, scenario: str) -> str:
    """What a scenario is called."""
    return comparison.after.label(scenario)


def of_strategy(comparison: RunComparison, strategy: str, quantity: str = "") -> str:
    """Whose a figure is, in brackets, where there are several it could be of."""
    several = len(comparison.after.strategies) > SEVERAL or quantity in OF_EACH
    return f" ({strategy})" if strategy and several else ""


def figure(comparison: RunComparison, row: pd.Series, run: str) -> str:
    """The figure of one run, to the digits that the error of the difference supports."""
    value, error = float(row[run]), _error(row)
    form = _form(row)
    if form == "probability":
        return probability(value, error)
    if form == "money":
        return money(value, error, currency=comparison.after.currency)
    return number(value, error)


def difference(comparison: RunComparison, row: pd.Series) -> str:
    """The difference with its sign and its Monte Carlo error, or why there is none."""
    value, error = float(row["difference"]), _error(row) or 0.0
    if row["note"]:
        return str(row["note"])
    if row["same"] or (not value and not error):
        return "the same"
    form = _form(row)
    if form == "money":
        return signed(value, error, comparison.after.currency)
    sign = "+" if value > 0 else ""
    size, unit = (100.0, " points") if form == "probability" else (1.0, "")
    doubt = f" (±\N{NO-BREAK SPACE}{number(size * error, size * error)})" if error else ""
    return f"{sign}{number(size * value, size * error or None)}{doubt}{unit}"


def signed(value: float, error: float | None, currency: Currency) -> str:
    r"""A movement of money with its sign and its Monte Carlo error, where that shows in whole units of money.

    >>> signed(481.2, 28.2, Currency("£")), signed(-599.997, 0.002, Currency("£")), signed(0.0, 0.0, Currency("£"))
    ('+£480 (±\xa0£30)', '−£600', '£0')
    """
    shows = error and (error >= LEAST or abs(value) < HUNDRED)
    text = with_error(value, error or 0.0, currency=currency) if shows else money(value, currency=currency)
    return text if text.startswith("−") or not any(digit in text for digit in "123456789") else f"+{text}"


def _form(row: pd.Series) -> str:
    """How a quantity is printed."""
    unit = str(row["unit"])
    if unit == "probability":
        return "probability"
    form = form_of(str(row["quantity"]))
    return "number" if form == "money" and not _is_money(unit) else form


def _is_money(unit: str) -> bool:
    """Whether a unit of the headline is one of money: it then begins with a sign or a code."""
    return not unit[:1].islower() and not unit.startswith("QALY")


def _error(row: pd.Series) -> float | None:
    """The error of a difference, where it has one."""
    return None if pd.isna(row["error"]) else float(row["error"])

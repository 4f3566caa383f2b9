"""Increments in words: a verb says which way they go, so that no reader has to look up what a minus sign means."""

import pandas as pd

from heemodel.currency import Currency
from heemodel.report.formatting import money, number

SAVES, COSTS, PAYS, GAINS = ("saves", "costs"), ("costs", "saves"), ("pays", "saves"), ("gains", "loses")
"""Verbs for a figure above 0 and for one below."""


def directed(
    row: pd.Series, verbs: tuple[str, str], form: str = "money", *, currency: Currency, error: float | None = None
) -> tuple[str, str]:
    """A mean with its verb; and its interval in the same direction, or with both verbs where it lies on both sides.

    Parameters
    ----------
    row : with value, lower, upper and mcse, of a tidy table
    verbs : for a figure above 0, and for one below
    form : money or number<decimals>
    error : rounds by this Monte Carlo error instead of the row's own

    Returns
    -------
    Two texts; the second is empty where there is no interval

    Examples
    --------
    >>> pound = Currency("£")
    >>> row = pd.Series({"value": 705.2, "lower": -15_971.0, "upper": 12_769.0, "mcse": 233.0})
    >>> directed(row, PAYS, currency=pound)
    ('pays £700', 'saves £16,000 to pays £12,800')
    >>> row = pd.Series({"value": -3.0, "lower": -5.0, "upper": -1.0, "mcse": 0.1})
    >>> directed(row, GAINS, "number1", currency=pound)
    ('loses 3.0', '1.0 to 5.0')
    """
    own = None if pd.isna(row["mcse"]) else float(row["mcse"])
    error = own if error is None else error

    def size(value: float) -> str:
        if form == "money":
            return money(abs(value), error, currency=currency)
        return number(abs(value), error, decimals=int(form.removeprefix("number")))

    figure = f"{verbs[int(row['value'] < 0)]} {size(row['value'])}"
    if pd.isna(row["lower"]):
        return figure, ""
    ends = [float(row["lower"]), float(row["upper"])]
    on_both_sides = ends[0] < 0 < ends[1]
    low, high = (
        f"{verbs[int(end < 0)]} {size(end)}" if on_both_sides else size(end)
        for end in (ends if row["value"] >= 0 else reversed(ends))
    )
    return figure, f"{low} to {high}" if low != high else ""


def qalys(row: pd.Series, form: str, *, currency: Currency, error: float | None = None) -> tuple[str, str]:
    """QALYs gained or lost, and their interval, as from `directed`; or that there is no difference.

    Examples
    --------
    >>> row = pd.Series({"value": 0.43, "lower": -0.05, "upper": 0.92, "mcse": 0.01})
    >>> qalys(row, "number2", currency=Currency("£"))
    ('gains 0.43 QALYs', 'loses 0.05 to gains 0.92')
    >>> qalys(row * 0, "number2", currency=Currency("£"))
    ('makes no difference in QALYs', '')
    """
    if not row["value"] and (pd.isna(row["lower"]) or row["lower"] == row["upper"]):
        return "makes no difference in QALYs", ""
    gained, doubt = directed(row, GAINS, form, currency=currency, error=error)
    return f"{gained} QALYs", doubt

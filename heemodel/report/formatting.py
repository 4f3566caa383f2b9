"""Numbers as people read them, with no more digits than their Monte Carlo error supports."""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.analysis import Affected, Results
from heemodel.analysis.parts import TRACE_DRAWS
from heemodel.currency import Currency
from heemodel.parameters.stated import as_given

MILLION = 1e6
NOTHING = 1e-9
"""Share of a value below which its error is that of arithmetic."""


def _rounded(value: float, mcse: float | None, finest: float) -> tuple[float, int]:
    """The value rounded to the power of ten nearest to its error, and the decimals to print."""
    unit = finest
    if mcse and mcse > finest:
        unit = 10.0 ** round(math.log10(mcse))
    decimals = max(0, -math.floor(math.log10(unit) + 1e-9))
    return round(value / unit) * unit, decimals


def money(value: float, mcse: float | None = None, *, currency: Currency) -> str:
    """Money with thousands separators, rounded to what the error supports.

    From 100,000 on to thousands, below 100 to hundredths, below 1 to three digits.

    >>> pound = Currency("£")
    >>> money(25746.8, 79.5, currency=pound), money(-7943.4, currency=Currency("$"))
    ('£25,700', '−$7,943')
    >>> money(0.0123, currency=pound), money(12.3, currency=pound), money(12.3456, 0.04, currency=pound)
    ('£0.0123', '£12.30', '£12.30')
    """
    if math.isnan(value):
        return "none"
    size = abs(value)
    if size >= 100_000:
        finest = 1_000.0
    elif size >= 100 or not size:
        finest = 1.0
    else:
        finest = 0.01 if size >= 1 else 10.0 ** (math.floor(math.log10(size)) - 2)
    amount, places = _rounded(value, mcse, finest)
    return f"{'−' if amount < 0 else ''}{currency.sign}{abs(amount):,.{2 if places == 1 else places}f}"


def standard_error(value: float, *, currency: Currency) -> str:
    """A standard error of money, to two digits.

    >>> pound = Currency("£")
    >>> [standard_error(value, currency=pound) for value in (5.8908, 0.0815, 0)]
    ['£5.90', '£0.082', '£0']
    """
    if not value:
        return f"{currency.sign}0"
    amount, places = _supported(value, value / 10)
    return f"{currency.sign}{amount:,.{2 if places == 1 else places}f}"


def with_error(value: float, error: float, *, currency: Currency) -> str:
    r"""Money with one standard error, both to the first digit of the error.

    >>> pound = Currency("£")
    >>> tuple(with_error(*pair, currency=pound) for pair in ((481.2, 28.2), (0.31, 0.42), (0, 0)))
    ('£480 (±\xa0£30)', '£0.30 (±\xa0£0.40)', '£0')
    """
    if not error or error < NOTHING * abs(value):
        return money(value, currency=currency)
    amount, places = _supported(value, error)
    doubt, _ = _supported(error, error)
    places = 2 if places == 1 else places
    sign = "−" if amount < 0 else ""
    return f"{sign}{currency.sign}{abs(amount):,.{places}f} (±\N{NO-BREAK SPACE}{currency.sign}{doubt:,.{places}f})"


def _supported(value: float, mcse: float | None) -> tuple[float, int]:
    """The value rounded to its error, or to three digits, and the decimals to print."""
    mcse = None if mcse is None or mcse < NOTHING * abs(value) else mcse  # samples that are all alike
    if not value and not mcse:
        return 0.0, 0
    unit = 10.0 ** (math.floor(math.log10(mcse)) if mcse else math.floor(math.log10(abs(value))) - 2)
    return round(value / unit) * unit, max(0, -round(math.log10(unit)))


def number(value: float, mcse: float | None = None, *, decimals: int | None = None) -> str:
    """A plain number with the digits that its error supports.

    Parameters
    ----------
    decimals : at most so many; without it, three digits where the error is not known

    >>> number(0.8951, 0.0013, decimals=2), number(75.71, 0.11, decimals=1)
    ('0.90', '75.7')
    >>> number(0.00025064), number(-1.2345, 0.01), number(0.0)
    ('0.000251', '−1.23', '0')
    """
    if math.isnan(value):
        return "none"
    amount, places = _supported(value, mcse) if decimals is None else _rounded(value, mcse, 10.0**-decimals)
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
    decimals = int(form.removeprefix("number")) if form != "number" else None
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

    >>> percent(-1e-17), percent(0.235), percent(-0.15)
    ('0%', '24%', '−15%')
    """
    return f"{abs(round(100 * share)):.0f}%" if abs(share) < 0.005 else as_given(share, ".0%")


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


def row_of(table: pd.DataFrame, quantity: str, basis: str = "probabilistic", **keys: str) -> pd.Series:
    """The row of one quantity in a tidy table.

    Parameters
    ----------
    keys : values of further columns, such as scenario="trials", strategy="thrombectomy"
    """
    keys = {"quantity": quantity, "basis": basis, **keys}
    return table.iloc[np.flatnonzero(where(table, keys))[0]]


def where(table: pd.DataFrame, keys: Mapping[str, object]) -> NDArray[np.bool_]:
    """Whether columns of a row have these values, row by row."""
    chosen = np.ones(len(table), dtype=bool)
    for column, value in keys.items():
        chosen &= (table[column] == value).to_numpy(dtype=bool)
    return chosen


def mean_and_interval(row: pd.Series, form: str, error: float | None = None, *, currency: Currency) -> tuple[str, str]:
    """Mean and interval of a row of a tidy table as two texts; the second is empty where there is none.

    Parameters
    ----------
    form : money, probability, number or number<decimals>
    error : rounds by this Monte Carlo error instead of the row's own
    currency : of money
    """
    own = None if pd.isna(row["mcse"]) else float(row["mcse"])
    error = own if error is None or own is None else error
    if form == "probability":
        return probability(row["value"], error), ""
    if form == "money":
        text = money(row["value"], error, currency=currency)
    else:
        text = number(row["value"], error, decimals=int(form.removeprefix("number")) if form != "number" else None)
    if pd.isna(row["lower"]):
        return text, ""
    return text, interval(row["lower"], row["upper"], error, form, currency=currency)


def cell(row: pd.Series, form: str, error: float | None = None, *, currency: Currency) -> str:
    """Mean and interval, or the point estimate, of a row as one text; parameters as for `mean_and_interval`."""
    mean, doubt = mean_and_interval(row, form, error, currency=currency)
    return f"{mean} ({doubt})" if doubt else mean


def coarsest(errors: Iterable[float | None]) -> float | None:
    """The largest of several Monte Carlo errors, by which figures that stand together are rounded alike."""
    return max((float(error) for error in errors if error is not None and not pd.isna(error)), default=None)


def icer_in_words(row: pd.Series, *, currency: Currency) -> str:
    """A ratio with what it means, rounded by its error; only the meaning where the ratio has none."""
    if pd.isna(row["value"]):
        return str(row["note"])
    return f"{_ratio(row, currency)} per QALY; {row['note']}"


def icer_in_short(row: pd.Series, *, currency: Currency) -> str:
    """A ratio, with a word where it is not money per QALY gained."""
    for word in ("dominant", "dominated"):
        if row["note"].startswith(word):
            return word
    if pd.isna(row["value"]):
        return str(row["note"]).partition(";")[0]
    ratio = _ratio(row, currency)
    return f"{ratio} saved per QALY lost" if "saves money" in row["note"] else ratio


def _ratio(row: pd.Series, currency: Currency) -> str:
    """A row's value as money, rounded by its error."""
    return money(row["value"], None if pd.isna(row["mcse"]) else float(row["mcse"]), currency=currency)


def per_qaly(threshold: float, currency: Currency) -> str:
    """A threshold in words."""
    return f"{money(threshold, currency=currency)} per QALY"


def form_of(quantity: str) -> str:
    """How a quantity of the headline is printed, as `cell` takes it."""
    if quantity.startswith("probability"):
        return "probability"
    return "number2" if quantity in ("incremental_qaly", "qaly") else "money"


def qaly_form(values: Iterable[float]) -> str:
    """How QALYs that stand together are printed: two decimals, or as many as show the largest of them in two digits.

    >>> qaly_form([0.29, -1.4]), qaly_form([0.00164, 0.0002]), qaly_form([])
    ('number2', 'number4', 'number2')
    """
    largest = max((abs(value) for value in values if value and not math.isnan(value)), default=1.0)
    return f"number{max(2, 1 - math.floor(math.log10(largest)))}"


def in_all(value: float, mcse: float | None, affected: Affected, currency: Currency) -> str:
    """A value per person as that of all people affected, to its error.

    >>> in_all(85.2, 1.3, Affected(54_000, "ten years' patients"), Currency("£"))
    '£4.60 million'
    """
    whole, error = value * affected.number, (mcse or 0.0) * affected.number
    if abs(whole) < MILLION or not error:
        return money(whole, error or None, currency=currency)
    return f"{'−' if whole < 0 else ''}{currency.sign}{number(abs(whole) / MILLION, error / MILLION)} million"


def people(volume: float) -> str:
    """A number of people, which need not be whole where it is a yearly mean.

    >>> people(54.3), people(1_250)
    ('about 54', '1,250')
    """
    return f"{volume:,.0f}" if float(volume).is_integer() else f"about {volume:,.0f}"


def followed(horizon: str) -> str:
    """How long people are followed, in words after a comma; empty where the model takes no horizon.

    >>> followed("lifetime"), followed("5 years"), followed("")
    (', followed for life', ', followed for 5 years', '')
    """
    return f", followed for {'life' if horizon == 'lifetime' else horizon}" if horizon else ""


def over_time(results: Results) -> str:
    """Over which horizon, and whether discounted, in words after a noun; empty for a model that knows neither."""
    record = results.record
    return f"{' over the horizon' if record.horizon else ''}{', discounted' if record.discounting else ''}"


def sentence(text: str) -> str:
    """A text with a capital letter at its head."""
    return text[:1].upper() + text[1:]


def basis_of(results: Results) -> str:
    """The sentence that a caption ends with: in which money, discounted how, over what, against what."""
    return _basis(results, results.record.discounting)


def yearly_basis_of(results: Results) -> str:
    """The same for figures by year, which are not discounted, as their captions say, and rest on fewer draws."""
    return _basis(results, "", draws=min(results.record.draws, TRACE_DRAWS))


def _basis(results: Results, discounting: str, *, draws: int | None = None) -> str:
    record, parts = results.record, []
    if results.price_year:
        parts.append(f"{results.currency} in {results.price_year} prices")
        parts += [discounting] if discounting else []
    else:
        parts.append(f"{results.currency} per person, as in the samples")
    if record.horizon:
        parts.append(f"horizon {record.horizon}")
    return f"{'; '.join(parts)}; compared with {results.comparator}; {draws or record.draws:,} draws."


def facts_of(results: Results) -> dict[str, str]:
    """What a report is about, in short: whose it is, when it was made, in which prices, over what, against what."""
    record, inputs = results.record, results.inputs
    facts = {"Organisation": results.organisation, "Date": record.made}
    facts["Prices"] = f"{results.price_year}, {results.currency}" if results.price_year else ""
    if inputs is not None and inputs.annual_volume is not None:
        facts[f"{sentence(results.person)}s a year"] = people(inputs.annual_volume)
    facts["Horizon"] = record.horizon
    return {name: fact for name, fact in facts.items() if fact}


def made_by(results: Results) -> str:
    """When, by whom and with what, in a line."""
    record = results.record
    parts = [f"Made on {record.made}"]
    if record.model:
        parts.append(f"model {record.model}")
    return ", ".join([*parts, f"heemodel {record.software['heemodel']}"])

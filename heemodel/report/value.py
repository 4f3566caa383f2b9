"""The answer of an analysis that tests no published saving: whether it is worth the money, and what it costs."""

from collections.abc import Sequence

import pandas as pd

from heemodel.currency import Currency
from heemodel.decision import summarise
from heemodel.parameters import Inputs
from heemodel.report.contents import ScenarioResult, Views
from heemodel.report.groupings import by_grouping
from heemodel.report.headline import row_of
from heemodel.report.quantities import Pair, form_of, quantity_names, thresholds, tidy
from heemodel.report.tables import coarsest, icer_in_short, mean_and_interval
from heemodel.report.wording import interval, likelihood, money, number, probability

EVEN = 0.5
"""A probability that goes either way."""


def leads(inputs: Inputs) -> bool:
    """Whether the report opens on value for money: it does where there is no published saving to be tested."""
    return inputs.claim is None


def figures(inputs: Inputs, result: ScenarioResult) -> pd.DataFrame:
    """The quantities of one scenario over all its draws."""
    pair = Pair(inputs, result.outcomes)
    return pd.DataFrame(tidy([*pair.means(), *pair.chances()], "probabilistic"))


def answer(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """Whether it is worth the money and whether it saves any, on the evidence that is named the strongest.

    Told in detail of the strongest and the reference scenario; of all, where the strongest was not run or none is
    named.
    """
    tables = {result.name: figures(inputs, result) for result in results}
    compare = inputs.about.compare
    at = money(thresholds()[0], currency=inputs.about.currency)
    chance = f"probability_cost_effective_at_{thresholds()[0]:.0f}"
    if compare is None or compare.stringent not in tables or len(results) == 1:
        worth, saves = (_each(inputs, tables, quantity) for quantity in (chance, "probability_saving"))
        told = results
    else:
        label = inputs.scenarios[compare.stringent].label
        strongest = tables[compare.stringent]
        worth, saves = (
            f"{likelihood(row_of(strongest, quantity)['value'])}, on the strongest evidence here ({label})."
            for quantity in (chance, "probability_saving")
        )
        told = [result for result in results if result.name in (compare.reference, compare.stringent)]
    return [
        f"Is it worth the money, at {at} per QALY? {worth}",
        *(_verdict(inputs, result, tables[result.name]) for result in told),
        f"Does it save money? {saves}",
    ]


def _each(inputs: Inputs, tables: dict[str, pd.DataFrame], quantity: str) -> str:
    """How likely something is in every scenario."""
    words = {inputs.scenarios[name].label: likelihood(row_of(t, quantity)["value"]) for name, t in tables.items()}
    if len(set(words.values())) == 1:
        return next(iter(words.values())) + (f", in all {len(words)} scenarios." if len(words) > 1 else ".")
    return "; ".join(f"{label}: {said}" for label, said in words.items()) + "."


def _but_not_for(inputs: Inputs, result: ScenarioResult, chance: float) -> str:
    """The groups for which it is more likely not worth the money, where it is for all together."""
    quantity, found = f"probability_cost_effective_at_{thresholds()[0]:.0f}", []
    for _, group, _, outcomes in by_grouping(inputs, result) if chance >= EVEN else ():
        row = row_of(pd.DataFrame(tidy(Pair(inputs, outcomes).chances(), "probabilistic")), quantity)
        if row["value"] < EVEN:
            found.append(f"{group} ({probability(row['value'], row['mcse'])})")
    return f" It is more likely not worth it for: {', '.join(found)}." if found else ""


def _verdict(inputs: Inputs, result: ScenarioResult, table: pd.DataFrame) -> str:
    """One scenario: QALYs, cost, their ratio, how sure it is worth the money, and each payer's part."""
    currency = inputs.about.currency
    grouped = -Views(result, inputs).grouped(result.outcomes, "payer")
    payers = {str(name): summarise(grouped.sel(payer=name, drop=True)) for name in grouped["payer"].to_numpy()}
    cost, qaly = row_of(table, "incremental_cost"), row_of(table, "incremental_qaly")
    error = max(float(cost["mcse"]), coarsest(payers.values()) or 0.0)
    parts = ", ".join(
        f"{name} {'pays' if part.value >= 0 else 'saves'} {money(abs(part.value), error, currency=currency)}"
        for name, part in payers.items()
    )
    gains = f"{'gains' if qaly['value'] >= 0 else 'loses'} {number(abs(qaly['value']), qaly['mcse'])} QALYs a patient"
    costs = f"{'costs' if cost['value'] >= 0 else 'saves'} {money(abs(cost['value']), error, currency=currency)}"
    doubt = interval(qaly["lower"], qaly["upper"], qaly["mcse"], "number2", currency=currency)
    spent = interval(cost["lower"], cost["upper"], error, currency=currency)
    at, chance = (
        money(thresholds()[0], currency=currency),
        row_of(table, f"probability_cost_effective_at_{thresholds()[0]:.0f}"),
    )
    return (
        f"{inputs.scenarios[result.name].label}: {gains} on average (95% interval of the gain {doubt}) and {costs} "
        f"(extra cost {spent}): {ratio(row_of(table, 'icer'), currency=currency)}. The probability that it is worth "
        f"the money at {at} per QALY is {probability(chance['value'], chance['mcse'])}."
        f"{_but_not_for(inputs, result, chance['value'])} Of the cost, {parts}."
    )


def ratio(row: pd.Series, *, currency: Currency) -> str:
    """A ratio as part of a sentence."""
    short = icer_in_short(row, currency=currency)
    return f"{short} per QALY gained" if row["note"].startswith("costs more and gains") else short


def facts(inputs: Inputs, result: ScenarioResult) -> tuple[str, str, list[tuple[str, str, str]]]:
    """The figure of a card, what it means, and the facts that stand first on it."""
    table, currency = figures(inputs, result), inputs.about.currency
    names = quantity_names(currency)
    icer = row_of(table, "icer")
    told = [
        "incremental_qaly",
        "incremental_cost",
        f"net_benefit_at_{thresholds()[0]:.0f}",
        f"probability_cost_effective_at_{thresholds()[0]:.0f}",
    ]
    lines: list[tuple[str, str, str]] = []
    for name in told:
        row, form = row_of(table, name), form_of(name)
        mean, doubt = mean_and_interval(row, form, currency=currency)
        lines.append((names[name], mean, doubt))
    if icer["note"].startswith("domina"):
        figure, _, rest = icer["note"].partition(": ")
    elif pd.isna(icer["value"]):
        return "No ratio", str(icer["note"]), lines
    else:
        figure, _, rest = icer_in_short(icer, currency=currency).partition(" ")
    return figure.capitalize(), rest or "per QALY gained, on average (ICER)", lines

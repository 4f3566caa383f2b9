"""The answer to the question whether one intervention is worth the money."""

from collections.abc import Iterator

import pandas as pd

from heemodel.analysis import Results
from heemodel.currency import Currency
from heemodel.report.directions import COSTS, PAYS, directed, qalys
from heemodel.report.formatting import (
    coarsest,
    icer_in_short,
    interval,
    likelihood,
    per_qaly,
    probability,
    qaly_form,
)
from heemodel.report.sections.best import oddity
from heemodel.report.sections.summary.saving_answer import does_it_save, not_for
from heemodel.report.sections.summary.subject import Subject, by_scenario, scenarios_named, spoken_of, strongest

BOTH = 2
"""Scenarios of which each has its paragraph; of more, only the first, as the cards have them all."""


def value_answer(results: Results) -> list[str]:
    """Whether it is worth the money, what it costs and gains, and whether it saves any."""
    threshold, strategy = results.thresholds[0], results.intervention
    names = spoken_of(results)
    subjects = [Subject(results, name, strategy) for name in names]
    quantity = f"probability_cost_effective_at_{threshold:.12g}"
    chances = [(subject.scenario, likelihood(subject.row(quantity)["value"])) for subject in subjects]
    noun = "it" if results.inputs is not None else strategy
    first = (
        f"Is {noun} worth the money, at {per_qaly(threshold, results.currency)}? {by_scenario(results, chances)}"
        f"{not_for(results, quantity, 'to be worth it')}"
    )
    told = subjects if strongest(results) or len(subjects) <= BOTH else subjects[:1]
    changes = [sentence for subject in subjects for sentence in _further_thresholds(subject)]
    odd = [words for subject in subjects for words in _oddity(subject)]
    return [first, *odd, *changes, *(_verdict(subject) for subject in told), *does_it_save(results)]


def _oddity(subject: Subject) -> Iterator[str]:
    """What the probability alone does not say: which is the better value on average, or that both are alike."""
    results, threshold = subject.results, subject.results.thresholds[0]
    if odd := oddity(results, subject.scenario, threshold):
        under = f"{subject.label}: at" if scenarios_named(results) else "At"
        yield f"{under} {per_qaly(threshold, results.currency)}, {odd}"


def _further_thresholds(subject: Subject) -> Iterator[str]:
    """Each threshold at which the better strategy is not that of the one before."""
    results, before = subject.results, None
    for threshold in results.thresholds:
        chance = subject.at("probability_cost_effective", threshold)
        worth = subject.at("net_benefit", threshold)["value"] > 0
        if before is not None and worth != before:
            under = f"{subject.label}: at" if scenarios_named(results) else "At"
            better = subject.intervention if worth else results.comparator
            yield (
                f"{under} {per_qaly(threshold, results.currency)} the answer changes: on average {better} is then "
                f"better value; the probability that {subject.intervention} is worth the money is "
                f"{probability(chance['value'], chance['mcse'])}."
            )
        before = worth


def _verdict(subject: Subject) -> str:
    """QALYs, cost, their ratio, how sure it is worth the money, and each payer's part."""
    results, currency, threshold = subject.results, subject.results.currency, subject.results.thresholds[0]
    cost, qaly, payers = subject.row("incremental_cost"), subject.row("incremental_qaly"), subject.payers()
    error = coarsest(payers["mcse"])
    form = qaly_form([qaly["value"]])
    gains, doubtful = qalys(qaly, form, currency=currency)
    costs, open_cost = directed(cost, COSTS, currency=currency)
    doubt = interval(qaly["lower"], qaly["upper"], qaly["mcse"], form, currency=currency)
    gain = f" (95% interval of the gain {doubt})" if doubtful else ""
    doubt = interval(cost["lower"], cost["upper"], cost["mcse"], currency=currency)
    spent = f" (extra cost {doubt})" if open_cost else ""
    chance = subject.at("probability_cost_effective", threshold)
    parts = ", ".join(
        f"{row['part']} {directed(row, PAYS, currency=currency, error=error)[0]}" for _, row in payers.iterrows()
    )
    return (
        f"{subject.opening}{gains} a {results.person} on average{gain} and {costs}{spent}: "
        f"{ratio(subject.row('icer'), currency=currency)}. The probability that it is worth the money at "
        f"{per_qaly(threshold, currency)} is {probability(chance['value'], chance['mcse'])}."
        f"{f' Of the cost, {parts}.' if parts else ''}"
    )


def ratio(row: pd.Series, *, currency: Currency) -> str:
    """A ratio as part of a sentence."""
    short = icer_in_short(row, currency=currency)
    return f"{short} per QALY gained" if str(row["note"]).startswith("costs more and gains") else short

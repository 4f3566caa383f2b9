"""What else must be known at once: how much survives better evidence, what kind of money it is, and its worth."""

import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.tables.budgets import ALL, APART
from heemodel.report.directions import COSTS, SAVES, directed, qalys
from heemodel.report.formatting import (
    coarsest,
    interval,
    money,
    per_qaly,
    percent,
    probability,
    qaly_form,
    sentence,
)
from heemodel.report.layout import rows_in
from heemodel.report.sections.summary.saving_answer import does_it_save, net_quantity
from heemodel.report.sections.summary.strategies_answer import strategies_answer, uncertainty_costs
from heemodel.report.sections.summary.subject import Subject, scenarios_named, spoken_of
from heemodel.report.sections.summary.value_answer import ratio


def findings(results: Results) -> list[str]:
    """The sentences after the cards, where value for money is asked first."""
    words = _of_saving(results) if results.asks("saving") else []
    several = len(results.interventions) > 1
    also = list(does_it_save(results)) if several and results.asks("saving") else []
    return [*also, *words, *(uncertainty_costs(results, name) for name in spoken_of(results)[:1])]


def _of_saving(results: Results) -> list[str]:
    """How much survives, and what kind of money it is, for every intervention."""
    survives = [words for each in results.interventions for words in survival(results, each)]
    return [*survives, *_kinds_of_money(results)]


def _kinds_of_money(results: Results) -> list[str]:
    """What kind of money the saving is, for every intervention."""
    subjects = [Subject(results, _in_detail(results), each) for each in results.interventions]
    return [words for subject in subjects for words in _kind_of_money(subject)]


def _in_detail(results: Results) -> str:
    """The scenario that the inputs name as stringent; the last one where it was not run, the first if none is named."""
    compare = results.inputs.about.compare if results.inputs is not None else None
    if compare is None:
        return results.first.name
    return compare.stringent if compare.stringent in results.scenarios else list(results.scenarios)[-1]


def survival(results: Results, strategy: str) -> list[str]:
    """How much of the saving under weaker evidence is left under stronger."""
    compare = results.inputs.about.compare if results.inputs is not None else None
    if compare is None or not {compare.reference, compare.stringent} <= results.scenarios.keys():
        return []
    names = (compare.reference, compare.stringent)
    before, after = (Subject(results, name, strategy).row(net_quantity(results)) for name in names)
    weak, strong = (results.label(name) for name in names)
    error, currency = coarsest([before["mcse"], after["mcse"]]), results.currency
    was = money(before["value"], error, currency=currency)
    doubt = interval(after["lower"], after["upper"], error, currency=currency)
    left = f"{money(after['value'], error, currency=currency)} (95% interval {doubt})"
    each = f"a {results.person}"
    if before["value"] <= 0:
        words = f"On average it saves nothing under {weak}: {was} {each}; under {strong} the mean is {left}."
    elif after["value"] <= 0:
        words = f"Nothing survives: {was} {each} under {weak}, {left} under {strong}."
    elif after["value"] >= before["value"]:
        words = (
            f"Under {strong} the saving is larger, {left} {each}. That evidence is of other {results.person}s: it "
            f"does not confirm {weak}."
        )
    else:
        part = percent(after["value"] / before["value"])
        words = f"How much survives: of {was} {each} under {weak}, {left} is left under {strong}, {part}."
    of = f"{sentence(strategy)}. " if len(results.interventions) > 1 else ""
    summary = results.inputs.scenarios[compare.stringent].summary if results.inputs is not None else None
    return [f"{of}{words}{f' {strong}: {summary}' if summary else ''}"]


def elsewhere(results: Results) -> list[str]:
    """What the bodies of evidence that are not spoken of otherwise give, in a sentence; none where there are none."""
    others = [Subject(results, name, results.intervention) for name in results.scenarios]
    told = []
    for other in others:
        if other.scenario not in spoken_of(results):
            saves, doubt = directed(other.row(net_quantity(results)), SAVES, currency=results.currency)
            chance = other.row("probability_saving")
            likely = probability(chance["value"], chance["mcse"])
            told.append(f"{other.label} {saves} a {results.person} ({doubt}), probability of saving {likely}")
    return [f"Other evidence: {'; '.join(told)}."] if told else []


def _kind_of_money(subject: Subject) -> list[str]:
    """The mean saving by kind, and what must be said of freed capacity."""
    results = subject.results
    keys = {"scenario": subject.scenario, "strategy": subject.intervention, "payer": ALL, "per": "person"}
    rows = rows_in(results, "budgets", **keys)
    kinds = rows[~rows["kind"].isin([ALL, APART])] if len(rows) else rows
    if kinds.empty or results.inputs is None:
        return []
    error = coarsest(kinds["mcse"])
    parts = "; ".join(f"{row.kind} {money(row.value, error, currency=results.currency)}" for row in kinds.itertuples())
    mean = f"mean per {results.person}"
    of = ", ".join([*([subject.label] if scenarios_named(results) else []), *_strategy(subject), mean])
    note = results.notes.get(next(iter(results.inputs.steps.values())).quantity, "")
    return [f"What kind of money ({of}; a minus sign is a cost): {parts}. {note}".rstrip()]


def _strategy(subject: Subject) -> list[str]:
    """The intervention's name where there are several."""
    return [subject.intervention] if len(subject.results.interventions) > 1 else []


def worth(results: Results) -> list[str]:
    """A sentence on cost-effectiveness at the lowest threshold; with several interventions, the best of them."""
    if len(results.interventions) > 1:
        return strategies_answer(results)
    threshold, means = results.thresholds[0], dict[str, list[str]]()
    for name in results.scenarios:
        subject = Subject(results, name, results.intervention)
        icer, chance = subject.row("icer"), subject.at("probability_cost_effective", threshold)["value"]
        note = str(icer["note"])
        on_average = note if note.startswith("domina") else ratio(icer, currency=results.currency)
        label = f"{subject.label} " if scenarios_named(results) else ""
        means.setdefault(on_average, []).append(f"{label}{probability(chance)}")
    each = "; ".join(f"{', '.join(labels)} (on average {on_average})" for on_average, labels in means.items())
    return [f"Is it worth the money? Probability that it is at {per_qaly(threshold, results.currency)}: {each}."]


def increments(results: Results) -> list[str]:
    """A sentence for every intervention against the comparator, in the scenarios that are spoken of."""
    return [words for name in spoken_of(results) for words in _increments(results, name)]


def _increments(results: Results, scenario: str) -> list[str]:
    subjects = [Subject(results, scenario, name) for name in results.interventions]
    costs = [subject.row("incremental_cost") for subject in subjects]
    gains = [subject.row("incremental_qaly") for subject in subjects]
    cost_error, qaly_error = coarsest(row["mcse"] for row in costs), coarsest(row["mcse"] for row in gains)
    form = qaly_form([row["value"] for row in gains])
    sentences = []
    for subject, cost, qaly in zip(subjects, costs, gains, strict=True):
        spent, spent_range = directed(cost, COSTS, currency=results.currency, error=cost_error)
        gained, gained_range = qalys(qaly, form, currency=results.currency, error=qaly_error)
        under = (
            f"{subject.label}: {subject.intervention}" if scenarios_named(results) else sentence(subject.intervention)
        )
        sentences.append(
            f"{under} instead of {results.comparator}: {spent} a {results.person}{_range(spent_range)} and {gained}"
            f"{_range(gained_range)}; {_standing(subject)}."
        )
    return sentences


def _range(interval_in_words: str) -> str:
    """An interval in brackets, where there is one."""
    return f" (95% interval {interval_in_words})" if interval_in_words else ""


def _standing(subject: Subject) -> str:
    """What a QALY costs against the comparator, and whether another strategy makes that beside the point."""
    icer, row = subject.row("icer"), standing_of(subject)
    words = ratio(icer, currency=subject.results.currency)
    beaten = str(row["status"]).endswith("dominated") and not str(icer["note"]).startswith("dominated")
    return f"{words} ({row['status']} by {row['dominated_by']})" if beaten else words


def standing_of(subject: Subject) -> pd.Series:
    """The row of a strategy in the fully incremental analysis."""
    table = subject.results.tables["incremental"]
    mine = (table["scenario"] == subject.scenario) & (table["strategy"] == subject.intervention)
    return table[mine].iloc[0]

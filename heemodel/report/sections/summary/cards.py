"""A card for each body of evidence; with several interventions under one of them, a card for each strategy."""

from collections.abc import Iterator

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.directions import COSTS, PAYS, SAVES, directed, qalys
from heemodel.report.document import Card, Fact
from heemodel.report.formatting import (
    coarsest,
    icer_in_short,
    mean_and_interval,
    money,
    per_qaly,
    probability,
    qaly_form,
    sentence,
)
from heemodel.report.sections.best import at_threshold, best_at
from heemodel.report.sections.summary.findings import standing_of
from heemodel.report.sections.summary.saving_answer import net_quantity
from heemodel.report.sections.summary.subject import Subject, strongest


def _fact(label: str, figure: str, interval: str = "") -> Fact:
    return Fact(label=label, figure=figure, interval=interval)


def cards(results: Results) -> list[Card]:
    """In the inputs' order; the strongest evidence and the best value are marked."""
    leads = results.questions[0] == "saving"
    if len(results.interventions) == 1:
        subjects = [Subject(results, name, results.intervention) for name in results.scenarios]
        return [_of_saving(subject) if leads else _of_value(subject) for subject in subjects]
    if len(results.scenarios) > 1:
        return [_of_scenario(results, name) for name in results.scenarios]
    if leads:
        return [_of_saving(Subject(results, results.first.name, name)) for name in results.interventions]
    return [_of_strategy(Subject(results, results.first.name, name)) for name in results.strategies]


def _head(subject: Subject) -> dict[str, str]:
    """Label, mark, summary and note of a card of an intervention."""
    results, name = subject.results, subject.scenario
    if len(results.interventions) > 1:
        return {"label": subject.intervention}
    label = subject.label if results.inputs is not None else sentence(subject.intervention)
    return {"label": label, **_of_evidence(results, name)}


def _of_evidence(results: Results, name: str) -> dict[str, str]:
    """What a scenario is, whether it is the strongest, how its figures were come by and how many are assumed."""
    if results.inputs is None:
        return {}
    scenario = results.inputs.scenarios[name]
    return {
        "summary": scenario.summary or "",
        "tag": "strongest of these" if name == strongest(results) else "",
        "note": f"{scenario.design or ''} {assumed(results, name)}".strip(),
    }


def assumed(results: Results, scenario: str) -> str:
    """How many of a scenario's records hold an assumed figure."""
    inputs = results.inputs
    if inputs is None:
        return ""
    records = [inputs.data[name] for chosen in inputs.scenarios[scenario].evidence.values() for name in chosen.values()]
    if not records:
        return ""
    guessed = sum(bool(record.assumed) for record in records)
    if not guessed:
        return f"None of its {len(records)} records holds an assumed figure."
    return f"{guessed} of its {len(records)} records hold an assumed figure."


def _of_saving(subject: Subject) -> Card:
    """What is saved: the net saving, who saves and who pays, and what is avoided."""
    results, currency = subject.results, subject.results.currency
    net, payers = subject.row(net_quantity(results)), subject.payers()
    error = coarsest(payers["mcse"])
    saves, doubt = directed(net, SAVES, currency=currency)
    facts = [_saves_money(subject)]
    for _, row in payers.iterrows():
        facts += _of_payer(subject, row, error)
    facts += _avoided(subject)
    meaning = f"per {results.person}, net of everything; 95% interval {doubt}"
    return Card(**_head(subject), figure=sentence(saves), meaning=meaning, facts=facts)


def _of_payer(subject: Subject, row: pd.Series, error: float | None) -> Iterator[Fact]:
    """What a payer saves or pays for a patient, and for the patients of one year."""
    results = subject.results
    words = directed(row, PAYS, currency=results.currency, error=error)
    yield _fact(f"{row['part']}, per {results.person}", *words)


def _saves_money(subject: Subject) -> Fact:
    chance = subject.row("probability_saving")
    return _fact("Probability that it saves money", probability(chance["value"], chance["mcse"]))


def _avoided(subject: Subject) -> Iterator[Fact]:
    """What is counted beside money and QALYs."""
    results = subject.results
    if results.inputs is None or not results.asks("saving"):
        return
    for avoided in results.inputs.avoided.values():
        row = subject.row(avoided.quantity)
        yield _fact(
            f"{avoided.label}, per {results.person}",
            *mean_and_interval(row, counted_form(avoided.unit), currency=results.currency),
        )


def counted_form(unit: str) -> str:
    """How a counted effect is printed: days with one decimal, other counts with two."""
    return "number1" if unit.startswith("days") else "number2"


def _of_value(subject: Subject) -> Card:
    """What it is worth: the ratio, QALYs and cost, how sure that is, and who pays."""
    results, currency, threshold = subject.results, subject.results.currency, subject.results.thresholds[0]
    cost, qaly, payers = subject.row("incremental_cost"), subject.row("incremental_qaly"), subject.payers()
    error = coarsest(payers["mcse"])
    chance, benefit = subject.at("probability_cost_effective", threshold), subject.at("net_benefit", threshold)
    facts = [
        _gained(subject, qaly),
        _fact(f"Cost per {results.person}", *directed(cost, COSTS, currency=currency)),
        _fact(
            f"Probability that it is worth the money at {per_qaly(threshold, currency)}",
            probability(chance["value"], chance["mcse"]),
        ),
        _fact(
            f"Net benefit per {results.person} at {per_qaly(threshold, currency)}",
            *mean_and_interval(benefit, "money", currency=currency),
        ),
        _saves_money(subject),
    ]
    for _, row in payers.iterrows():
        facts += _of_payer(subject, row, error)
    facts += _avoided(subject)
    figure, meaning = _ratio(subject.row("icer"), subject)
    return Card(**_head(subject), figure=figure, meaning=meaning, facts=facts)


def _gained(subject: Subject, qaly: pd.Series) -> Fact:
    """QALYs against the comparator."""
    gained, doubt = qalys(qaly, qaly_form([qaly["value"]]), currency=subject.results.currency)
    return _fact(f"Health, per {subject.results.person}", gained, doubt)


def _ratio(icer: pd.Series, subject: Subject) -> tuple[str, str]:
    """The figure of a card, and what it means."""
    if str(icer["note"]).startswith("domina"):
        figure, _, rest = str(icer["note"]).partition(": ")
        return figure.capitalize(), rest
    if pd.isna(icer["value"]):
        return "No ratio", str(icer["note"])
    figure, _, rest = icer_in_short(icer, currency=subject.results.currency).partition(" saved ")
    return figure, f"saved {rest}, on average" if rest else "per QALY gained, on average (ICER)"


def _of_strategy(subject: Subject) -> Card:
    """One of several strategies: how probably it is the best, what it costs and gains, and its standing."""
    results, currency, name = subject.results, subject.results.currency, subject.intervention
    threshold, table = results.thresholds[0], at_threshold(results, subject.scenario, results.thresholds[0])
    chance = table.loc[table["strategy"] == name, "probability"].iloc[0]
    best = str(best_at(results, subject.scenario, threshold)["strategy"])
    rows = [Subject(results, subject.scenario, each) for each in results.strategies]
    cost_error, qaly_error = (coarsest(each.row(what)["mcse"] for each in rows) for what in ("cost", "qaly"))
    form = qaly_form([each.row("qaly")["value"] for each in rows])
    of = {"currency": currency}
    facts = [
        _fact(f"Cost per {results.person}", *mean_and_interval(subject.row("cost"), "money", cost_error, **of)),
        _fact(f"QALYs per {results.person}", *mean_and_interval(subject.row("qaly"), form, qaly_error, **of)),
    ]
    if name != results.comparator:
        facts += _against(subject)
    lost = subject.at("expected_loss", threshold)
    facts.append(_fact("Lost on average by choosing it", money(lost["value"], lost["mcse"], currency=currency)))
    return Card(
        label=name,
        tag="best value" if name == best else "",
        figure=probability(chance),
        meaning=f"probability that it is the most cost-effective at {per_qaly(threshold, currency)}",
        facts=facts,
        note=_standing(subject),
    )


def _against(subject: Subject) -> Iterator[Fact]:
    """An intervention against the comparator."""
    results, versus = subject.results, subject.results.comparator
    cost, qaly = subject.row("incremental_cost"), subject.row("incremental_qaly")
    yield _fact(f"Instead of {versus}", *directed(cost, COSTS, currency=results.currency))
    yield _fact("and", *qalys(qaly, qaly_form([qaly["value"]]), currency=results.currency))


def _standing(subject: Subject) -> str:
    """What the fully incremental analysis says of a strategy."""
    row, currency = standing_of(subject), subject.results.currency
    if str(row["status"]).endswith("dominated"):
        return sentence(f"{row['status']} by {row['dominated_by']}.")
    if pd.isna(row["icer"]):
        return "The least costly strategy that is not dominated."
    ratio = money(row["icer"], row["icer_mcse"], currency=currency)
    return f"{ratio} per QALY gained against {row['versus']}, the next less costly."


def _of_scenario(results: Results, name: str) -> Card:
    """The best of several strategies under one body of evidence, or what each saves."""
    threshold, currency = results.thresholds[0], results.currency
    subjects = [Subject(results, name, each) for each in results.interventions]
    head = {"label": results.label(name), **_of_evidence(results, name)}
    if results.questions[0] == "saving":
        nets = {each.intervention: each.row(net_quantity(results)) for each in subjects}
        most, row = max(nets.items(), key=lambda pair: pair[1]["value"])
        figure, doubt = directed(row, SAVES, currency=currency)
        facts = [_fact(each, *directed(net, SAVES, currency=currency)) for each, net in nets.items()]
        meaning = f"per {results.person}, by {most}, net of everything; 95% interval {doubt}"
        return Card(**head, figure=sentence(figure), meaning=meaning, facts=facts)
    best, table = best_at(results, name, threshold), at_threshold(results, name, threshold)
    facts = [
        _fact(f"{row.strategy}: probability that it is the most cost-effective", probability(row.probability))
        for row in table.itertuples()
    ]
    return Card(
        **head,
        figure=sentence(str(best["strategy"])),
        meaning=f"the best value at {per_qaly(threshold, currency)}, by the mean over all draws",
        facts=facts,
    )

"""The answer to the question which of several strategies is the best value."""

from collections.abc import Iterator
from itertools import groupby

from heemodel.analysis import Results
from heemodel.report.formatting import in_all, money, per_qaly, probability, row_of, sentence, with_error
from heemodel.report.sections.best import best_at, oddity
from heemodel.report.sections.summary.subject import scenarios_named, spoken_of

CLOSE = 2.0
"""Standard errors up to which a value cannot be told from nothing."""


def strategies_answer(results: Results) -> list[str]:
    """Which strategy is the best value at the first threshold, and each further threshold at which another one is."""
    return [words for name in spoken_of(results) for words in _of_scenario(results, name)]


def _of_scenario(results: Results, scenario: str) -> Iterator[str]:
    under = f"{results.label(scenario)}: a" if scenarios_named(results) else "A"
    best = [(threshold, best_at(results, scenario, threshold)) for threshold in results.thresholds]
    for place, (strategy, run) in enumerate(groupby(best, key=lambda pair: str(pair[1]["strategy"]))):
        (threshold, row), *more = run
        also = ""
        if more:
            last, at_last = more[-1]
            also = (
                f" So it is {'up to' if len(more) > 1 else 'at'} {per_qaly(last, results.currency)} "
                f"({probability(at_last['probability'])})."
            )
        changes = f" the answer changes: {strategy} is then" if place else f", {strategy} is"
        odd = oddity(results, scenario, threshold)
        words = f"{under}t {per_qaly(threshold, results.currency)}{changes} the best value"
        yield (
            f"{words}; the probability that it is the most cost-effective is {probability(row['probability'])}."
            f"{f' {sentence(odd)}' if odd else ''}{also}"
        )


def uncertainty_costs(results: Results, scenario: str) -> str:
    """What choosing wrongly costs at the first threshold, for a person and for all who are affected."""
    threshold, currency = results.thresholds[0], results.currency
    evpi = row_of(results.tables["headline"], f"evpi_at_{threshold:.12g}", scenario=scenario, strategy="")
    under, at = f"{results.label(scenario)}: " if len(results.scenarios) > 1 else "", per_qaly(threshold, currency)
    if evpi["value"] == 0:
        return sentence(
            f"{under}at {at} no draw would change the choice, and no research into it is worth anything (EVPI)."
        )
    person = results.person
    if evpi["value"] < CLOSE * evpi["mcse"]:
        size = with_error(evpi["value"], evpi["mcse"], currency=currency)
        return sentence(
            f"{under}what the uncertainty costs a {person} on average cannot be told from nothing by these draws: "
            f"{size} at {at} (EVPI)."
        )
    words = sentence(
        f"{under}the uncertainty costs {money(evpi['value'], evpi['mcse'], currency=currency)} a {person} on average "
        f"at {at}: for each of them no research can be worth more (EVPI)"
    )
    if results.affected is not None:
        whole = in_all(evpi["value"], evpi["mcse"], results.affected, currency)
        words += f"; {whole} over {results.affected.words}"
        words += ", and research serves later years too" if results.affected.every_year else ""
    return f"{words}."

"""The answer to the question which of several strategies is the best value."""

from collections.abc import Iterator
from itertools import groupby

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.formatting import in_all, money, per_qaly, person, probability, row_of, sentence
from heemodel.report.sections.summary.subject import scenarios_named, spoken_of


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
        words = f"{under}t {per_qaly(threshold, results.currency)}{changes} the best value"
        yield (
            f"{words}; the probability that it is the most cost-effective is {probability(row['probability'])}."
            f"{_alike(results, scenario, threshold)}{_likelier(results, scenario, threshold, row)}{also}"
        )


def best_at(results: Results, scenario: str, threshold: float) -> pd.Series:
    """The row of the acceptability table of the strategy with the highest expected net benefit."""
    table = at_threshold(results, scenario, threshold)
    return table[table["frontier"]].iloc[0]


def at_threshold(results: Results, scenario: str, threshold: float) -> pd.DataFrame:
    """The rows of the acceptability table of all strategies at a threshold that is asked."""
    table = results.tables["acceptability"]
    return table[(table["scenario"] == scenario) & table["asked"] & (table["threshold"] == threshold)]


def _likelier(results: Results, scenario: str, threshold: float, best: pd.Series) -> str:
    """Another strategy that is the most cost-effective more often, though the best is better on average."""
    table = at_threshold(results, scenario, threshold)
    likeliest = table.loc[table["probability"].idxmax()]
    if likeliest["probability"] <= best["probability"]:
        return ""
    name, often = sentence(str(likeliest["strategy"])), probability(likeliest["probability"])
    return f" {name} is the most cost-effective more often ({often} of draws), but by less."


def _alike(results: Results, scenario: str, threshold: float) -> str:
    """What must be said where two strategies have the same, highest expected net benefit."""
    table = results.tables["headline"]
    rows = table[(table["scenario"] == scenario) & (table["quantity"] == f"lead_at_{threshold:.12g}")]
    if rows.empty or rows.iloc[0]["value"] != 0:
        return ""
    return f" Its expected net benefit is the same as that of {str(rows.iloc[0]['note']).removeprefix('over ')}."


def uncertainty_costs(results: Results, scenario: str) -> str:
    """What choosing wrongly costs at the first threshold, for a person and for all who are affected."""
    threshold, currency = results.thresholds[0], results.currency
    evpi = row_of(results.tables["headline"], f"evpi_at_{threshold:.12g}", scenario=scenario, strategy="")
    under, at = f"{results.label(scenario)}: " if len(results.scenarios) > 1 else "", per_qaly(threshold, currency)
    if evpi["value"] == 0:
        return sentence(
            f"{under}at {at} no draw would change the choice, and no research into it is worth anything (EVPI)."
        )
    words = sentence(
        f"{under}the uncertainty costs {money(evpi['value'], evpi['mcse'], currency=currency)} a {person(results)} on "
        f"average at {at}"
    )
    if results.affected is not None:
        whole = in_all(evpi["value"], evpi["mcse"], results.affected, currency)
        words += f", {whole} over {results.affected.words}"
    return f"{words}: no research can be worth more (EVPI)."

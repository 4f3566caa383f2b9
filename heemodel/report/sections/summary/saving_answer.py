"""The answer to the question what is saved."""

from collections.abc import Iterator

from heemodel.analysis import Results
from heemodel.report.formatting import likelihood, probability, sentence
from heemodel.report.sections.summary.subject import Subject, by_scenario, scenarios_named, spoken_of


def does_it_save(results: Results) -> Iterator[str]:
    """How likely it is that it saves money, by scenario; with several interventions, of each."""
    if len(results.interventions) == 1:
        noun = "it" if results.inputs is not None else results.intervention
        chances = [
            (name, likelihood(Subject(results, name, results.intervention).row("probability_saving")["value"]))
            for name in spoken_of(results)
        ]
        groups = not_for(results, "probability_saving", "to save money")
        yield f"Does {noun} save money? {by_scenario(results, chances)}{groups}"
        return
    for name in spoken_of(results):
        each = "; ".join(
            f"{strategy}: {likelihood(Subject(results, name, strategy).row('probability_saving')['value'])}"
            for strategy in results.interventions
        )
        under = f"{results.label(name)}: " if scenarios_named(results) else ""
        yield f"{under}{sentence('which saves money')}, compared with {results.comparator}? {sentence(each)}."


def not_for(results: Results, quantity: str, what: str) -> str:
    """The groups of people for whom something is more likely not so, though it is for all of them together."""
    groups: dict[str, list[str]] = {}
    for name in spoken_of(results):
        for row in Subject(results, name, results.intervention).worse_groups(quantity).itertuples():
            under = f"{results.label(name)} " if len(spoken_of(results)) > 1 else ""
            groups.setdefault(str(row.group), []).append(f"{under}{probability(row.value, row.mcse)}")
    if not groups:
        return ""
    each = "; ".join(f"{group} ({', '.join(chances)})" for group, chances in groups.items())
    return f" It is more likely not {what} for: {each}."


def net_quantity(results: Results) -> str:
    """The saving once every step is taken, by its name in the headline; it may be a cost."""
    steps = list(results.inputs.steps.values()) if results.inputs is not None else []
    return steps[-1].quantity

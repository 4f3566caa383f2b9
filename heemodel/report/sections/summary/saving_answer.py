"""The answer to the question what is saved."""

from collections.abc import Iterator

from heemodel.analysis import Results
from heemodel.analysis.tables.saving import slug
from heemodel.report.directions import PAYS, SAVES, directed
from heemodel.report.formatting import coarsest, interval, likelihood, money, probability, sentence
from heemodel.report.sections.summary.subject import Subject, by_scenario, scenarios_named, spoken_of


def saving_answer(results: Results) -> list[str]:
    """Whether it saves money, then how much and whose: of the reader's own scenario and of the strongest.

    Of all scenarios where the inputs name none as the strongest, or it was not run.
    """
    subjects = [Subject(results, name, each) for name in spoken_of(results) for each in results.interventions]
    return [*does_it_save(results), *(_verdict(subject) for subject in subjects)]


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


def _verdict(subject: Subject) -> str:
    """The net saving in two sentences, with each payer's part, for a patient and a year's patients."""
    results, currency = subject.results, subject.results.currency
    net, chance, payers = subject.row(net_quantity(results)), subject.row("probability_saving"), subject.payers()
    error = coarsest(payers["mcse"])
    doubt = interval(net["lower"], net["upper"], net["mcse"], currency=currency)
    saves, _ = directed(net, SAVES, currency=currency)
    words = (
        f"{subject.opening}{saves} a {results.person} on average (95% interval of the saving {doubt}), with a "
        f"probability of {probability(chance['value'], chance['mcse'])} of saving anything."
    )
    parts = []
    for _, row in payers.iterrows():
        part, _ = directed(row, PAYS, currency=currency, error=error)
        parts.append(f"{row['part']} {part}{_a_year(subject, str(row['part']))}")
    return f"{words} Of this, {', '.join(parts)}." if parts else words


def _a_year(subject: Subject, payer: str) -> str:
    """A payer's part for the patients of one year, where their number is known."""
    results = subject.results
    if results.inputs is None or results.inputs.annual_volume is None:
        return ""
    row = subject.row(f"saving_{slug(payer)}_per_year")
    return f" ({money(abs(row['value']), row['mcse'], currency=results.currency)} on one year's patients)"


def net_quantity(results: Results) -> str:
    """The saving once every step is taken, by its name in the headline; it may be a cost."""
    steps = list(results.inputs.steps.values()) if results.inputs is not None else []
    return steps[-1].quantity

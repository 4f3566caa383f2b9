"""What a reader meets first, in order: warnings, the answer, cautions, cards, the basis, what else must be known."""

from collections.abc import Iterator, Sequence

from heemodel.analysis import Results
from heemodel.report.document import Block, Cards, Folded, Points, Section, Words
from heemodel.report.formatting import followed, per_qaly, sentence
from heemodel.report.sections.summary.assurance import assurance
from heemodel.report.sections.summary.cards import cards
from heemodel.report.sections.summary.cautions import warnings
from heemodel.report.sections.summary.findings import findings, increments
from heemodel.report.sections.summary.saving_page import saving_page
from heemodel.report.sections.summary.strategies_answer import strategies_answer
from heemodel.report.sections.summary.value_answer import value_answer

MANY = 4
"""Interventions up to which each has its sentence on the first screen; of more, the sentences are folded away."""


def summary(results: Results) -> Section:
    """The first screen; what the inputs ask first leads."""
    blocks: list[Block] = [Words(text, "warning") for text in warnings(results)]
    blocks += saving_page(results) if results.questions[0] == "saving" else _value_page(results)
    blocks.append(Words(f"{basis(results)} {assurance(results)}", "note"))
    return Section(
        name="summary",
        title=results.question or "Summary",
        link="Summary",
        blocks=blocks,
    )


def _value_page(results: Results) -> Iterator[Block]:
    """Where value for money is asked first: the answer, a card for each body of evidence or strategy, and the rest."""
    several = len(results.interventions) > 1
    first, *others = strategies_answer(results) if several else value_answer(results)
    yield Words(first, "answer")
    yield from (Words(text, "finding") for text in others)
    yield Cards(cards(results))
    yield from (Words(text, "finding") for text in findings(results))
    if several:
        yield from _each_strategy(results)


def _each_strategy(results: Results) -> Sequence[Block]:
    """A sentence for every intervention."""
    sentences = increments(results)
    if len(results.interventions) <= MANY:
        return [Words(text, "finding") for text in sentences]
    return [Folded(title=f"Each strategy instead of {results.comparator}", blocks=[Points(points=sentences)])]


def basis(results: Results) -> str:
    """What every figure of the report rests on."""
    record, inputs = results.record, results.inputs
    if inputs is None:
        thresholds = " and ".join(per_qaly(threshold, results.currency) for threshold in results.thresholds)
        known = {"price year": results.price_year, "horizon": record.horizon, "discounting": ""}
        money = f"Money is in {results.currency}{f' in {results.price_year} prices' if results.price_year else ''}"
        over = f"; horizon {record.horizon}" if record.horizon else ""
        unknown = [name for name, value in known.items() if not value]
        return (
            f"Per person. Means over {record.draws:,} samples; compared with {results.comparator}; thresholds "
            f"{thresholds}. {money}{over}; {' and '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} as in the "
            "model that the samples were made with."
        )
    about, discounted = inputs.about, f"{record.discounting}; " if record.discounting else ""
    if results.questions[0] == "saving":  # its page is full, and prices and horizon stand at its head
        words = sentence(f"{discounted}{record.draws:,} draws; compared with {about.comparator}")
        return f"{words}. {about.perspective}."
    over = f", {results.person}s{followed(record.horizon).removeprefix(',')} from the start" if record.horizon else ""
    over = over if about.followed is None else f"; {about.followed}"
    return (
        f"All money in {results.currency} in {about.price_year} prices{over}; {discounted}compared with "
        f"{about.comparator}. {about.perspective}. {about.population}."
    )

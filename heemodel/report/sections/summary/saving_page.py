"""The first page where saving is asked first: whose budget, the reader's own figures and the strongest evidence."""

from collections.abc import Iterator

from matplotlib.axes import Axes

from heemodel.analysis import Results
from heemodel.report import plots
from heemodel.report.directions import SAVES, directed
from heemodel.report.document import Block, Figure, Points, Words
from heemodel.report.drawing import single
from heemodel.report.formatting import probability, sentence
from heemodel.report.sections.claim import claim_in_short
from heemodel.report.sections.saving import steps_of
from heemodel.report.sections.summary.budget import budget_sentence, budget_table, what_turns_it
from heemodel.report.sections.summary.findings import elsewhere, survival, worth
from heemodel.report.sections.summary.saving_answer import does_it_save, net_quantity
from heemodel.report.sections.summary.subject import Subject, spoken_of

CAVEATS = 3
"""Limits that stand on the first page; all stand under their own heading."""
ROW, ROOM, WIDTH = 0.16, 0.55, 9.8
"""Inches: height of a bar, and of what stands around them; width of the drawing."""


def saving_page(results: Results) -> Iterator[Block]:
    """The answer, whose money it is, how it is made up, what would turn it, and what must be borne in mind."""
    own, *stronger = (Subject(results, name, results.intervention) for name in spoken_of(results))
    yield Words(_answer(results, own), "answer")
    yield Words(_in_all(own), "finding")
    left = [text for each in results.interventions for text in survival(results, each)]
    yield from (Words(text, "finding") for text in left or map(_in_all, stronger))
    yield from (Words(text, "finding") for text in (*elsewhere(results), *claim_in_short(results)))
    if "budgets" in results.tables:
        yield budget_table(results, spoken_of(results), results.intervention)
    yield _breakdown(own)
    if turns := what_turns_it(own):
        yield turns
    limits = results.inputs.limits(list(results.scenarios)) if results.inputs is not None else []
    if limits:
        of = f"{CAVEATS} of {len(limits)} limits" if len(limits) > CAVEATS else "Limits"
        yield Points(points=limits[:CAVEATS], title=f"Bear in mind: {of}")
    if results.asks("value for money"):
        yield from (Words(text) for text in worth(results))


def _answer(results: Results, own: Subject) -> str:
    """What each payer saves or pays, or, where the inputs do not say who pays, how likely it is that money is saved."""
    asked = list(does_it_save(results))
    budget = budget_sentence(own)
    return budget if budget and len(results.interventions) == 1 else " ".join([*asked, budget]).strip()


def _in_all(subject: Subject) -> str:
    """The net saving of a person with interval, point estimate and probability."""
    results, currency = subject.results, subject.results.currency
    net, point = (subject.row(net_quantity(results), basis) for basis in ("probabilistic", "point"))
    saves, doubt = directed(net, SAVES, currency=currency)
    exact = directed(point, SAVES, currency=currency, error=net["mcse"])[0]
    chance = subject.row("probability_saving")
    doubts = f"95% interval {doubt}; point estimate: {exact}"
    return sentence(
        f"{subject.opening}all together it {saves} a {results.person} on average ({doubts}). "
        f"Probability that it saves anything: {probability(chance['value'], chance['mcse'])}."
    )


def _breakdown(subject: Subject) -> Figure:
    """The reader's own saving, component by component."""
    results = subject.results
    table = steps_of(results, subject.intervention)[subject.scenario]

    def draw(ax: Axes) -> None:
        plots.plot_savings_breakdown(table, currency=results.currency, ax=ax)

    over = f"{results.record.horizon}; " if results.record.horizon else ""
    ends = "; ".join(f"{row.label}: {row.text}" for row in table.itertuples() if row.total)
    return Figure(
        name="saving_at_a_glance",
        title=f"{plots.breakdown_title(table)}: {subject.label}",
        draw=lambda: single(draw, height=ROOM + ROW * len(table), width=WIDTH),
        caption=f"Mean saving per {results.person}: green adds to it, hatched takes from it, blue is the sum so far, "
        f"the black line its point estimate. {over}{results.record.draws:,} draws.",
        alternative=f"Bars of what each component of cost adds to or takes from the saving per {results.person}. "
        f"{ends}.",
        table=table.drop(columns="text"),
    )

"""The sections of a report, each in a file of its own, and the one list of them in reading order.

A section is a function `Results -> Section | None`, or several: None where there is nothing to show. It puts what was
computed into words, tables and figures, and computes nothing itself. To add one, write its file and add a line here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heemodel.analysis import Results
from heemodel.report.document import Document, Section
from heemodel.report.formatting import facts_of, made_by
from heemodel.report.glossary import with_glossary
from heemodel.report.sections.budget_impact import budget_impact
from heemodel.report.sections.certainty import certainty
from heemodel.report.sections.checks import checks
from heemodel.report.sections.claim import claim
from heemodel.report.sections.cost_effectiveness import cost_effectiveness
from heemodel.report.sections.counts import counts
from heemodel.report.sections.evidence import evidence
from heemodel.report.sections.exhibits import exhibits
from heemodel.report.sections.glance import glance
from heemodel.report.sections.information import information
from heemodel.report.sections.inputs import inputs
from heemodel.report.sections.limits import limits
from heemodel.report.sections.patients import patients
from heemodel.report.sections.published import published
from heemodel.report.sections.record import record
from heemodel.report.sections.saving import saving
from heemodel.report.sections.sensitivity import sensitivity
from heemodel.report.sections.spending import spending
from heemodel.report.sections.stability import stability
from heemodel.report.sections.subgroups import subgroups
from heemodel.report.sections.summary import summary
from heemodel.report.sections.two_way import two_way
from heemodel.report.sections.variations import variations
from heemodel.report.sections.whose_saving import whose_saving
from heemodel.report.sheets import sheets_of


@dataclass(frozen=True)
class Entry:
    """A section in the list.

    Attributes
    ----------
    section : makes it, or several that follow one another
    answers : the question of the inputs (`[about] asks`) that it answers: it appears only where that is asked, and in
        the order in which questions are asked; empty for what belongs to every report
    """

    section: Callable[[Results], Section | Sequence[Section] | None]
    answers: str = ""


SECTIONS: tuple[Entry, ...] = (
    Entry(summary),
    Entry(glance),
    Entry(saving, "saving"),
    Entry(whose_saving, "saving"),
    Entry(claim, "saving"),
    Entry(cost_effectiveness, "value for money"),
    Entry(certainty, "value for money"),
    Entry(budget_impact),
    Entry(exhibits),
    Entry(spending),
    Entry(information),
    Entry(sensitivity),
    Entry(two_way),
    Entry(variations),
    Entry(subgroups),
    Entry(patients),
    Entry(counts),
    Entry(published),
    Entry(stability),
    Entry(limits),
    Entry(evidence),
    Entry(inputs),
    Entry(checks),
    Entry(record),
)
"""In reading order."""


def document_of(results: Results, entries: Sequence[Entry] = SECTIONS) -> Document:
    """The report of some results; every section is made once, and the words that they use are explained."""
    made = [entry.section(results) for entry in in_order(entries, results.questions)]
    own = results.inputs.about.glossary if results.inputs is not None else {}
    sections = [one for some in made for one in ([some] if isinstance(some, Section) else some or [])]
    return Document(
        title=results.title,
        question=results.question,
        made=made_by(results),
        sections=with_glossary(sections, own) if sections else [],
        facts=facts_of(results),
        sheets=sheets_of(results),
    )


def in_order(entries: Sequence[Entry], questions: Sequence[str]) -> list[Entry]:
    """The entries as they are read: those that answer a question stand together, in the questions' order."""
    first = next((place for place, entry in enumerate(entries) if entry.answers), len(entries))
    answers = [entry for question in questions for entry in entries if entry.answers == question]
    rest = [entry for entry in entries[first:] if not entry.answers]
    return [*entries[:first], *answers, *rest]

"""What to look at again, and every body of evidence at a glance."""

from heemodel.analysis import Results
from heemodel.report.document import Block, Cards, Points, Section
from heemodel.report.sections.summary.cards import cards
from heemodel.report.sections.summary.cautions import cautions


def glance(results: Results) -> Section | None:
    """Everything that is odd; and where saving leads, a card for each body of evidence. None where there is neither."""
    blocks: list[Block] = []
    odd = cautions(results)
    if odd:
        blocks.append(Points(points=odd, title="Look again", role="caution"))
    saving = results.questions[0] == "saving"
    if saving:
        blocks.append(Cards(cards(results)))
    if not blocks:
        return None
    if not saving:
        return Section(name="glance", title="What to look at again", link="Look again", blocks=blocks)
    title = "Each body of evidence" if len(results.scenarios) > 1 else "At a glance"
    return Section(name="glance", title=title, link="At a glance", blocks=blocks)

"""Whose saving it is and of what kind, for a patient and for a year's patients, under every body of evidence."""

from heemodel.analysis import Results
from heemodel.report.document import Block, Folded, Section
from heemodel.report.sections.by_intervention import by_intervention, of_intervention
from heemodel.report.sections.summary.budget import YEAR, budget_table

KINDS = (
    "Cash-releasing: money that is paid out or not. Capacity freed: beds and time that other patients fill; cash only "
    "if they are closed. Cost avoided: future care that need not be paid for. The three are not one sum of cash."
)


def whose_saving(results: Results) -> Section | None:
    """The saving by payer and kind; None where the inputs do not say who pays."""
    if "budgets" not in results.tables:
        return None
    return Section(
        name="whose_saving",
        title="Whose saving, and is it cash?",
        link="Whose saving",
        blocks=by_intervention(results, lambda name: _tables(results, name)),
    )


def _tables(results: Results, intervention: str) -> list[Block]:
    """For a patient, and folded away for a year's patients, where their number is known."""
    table = results.tables["budgets"]
    of, notes = of_intervention(results, intervention), KINDS if set(table["kind"]) - {"All"} else ""
    scenarios = list(results.scenarios)
    blocks: list[Block] = [budget_table(results, scenarios, intervention, per="person", title=of, note=notes)]
    if YEAR in set(table["per"]):
        yearly = budget_table(results, scenarios, intervention, per=YEAR, title=of)
        blocks.append(Folded(title=yearly.title, blocks=[yearly]))
    return blocks

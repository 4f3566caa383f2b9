"""Whose saving it is, for a patient and for a year's patients, and of what kind."""

from heemodel.analysis import Results
from heemodel.analysis.tables.saving import slug
from heemodel.report.document import Block, Section, Table
from heemodel.report.formatting import people, sentence
from heemodel.report.sections.across import across, cells, labels
from heemodel.report.sections.by_intervention import by_intervention, of_intervention

PAYER_NOTE = "A minus sign is a cost. Payers do not share budgets: what one saves does not reach another."
KIND_NOTE = (
    "Cash-releasing: money that is paid out or not. Capacity freed: beds and time that other patients fill; cash only "
    "if they are closed. Cost avoided: future care that need not be paid for. The three are not one sum of cash."
)


def whose_saving(results: Results) -> Section | None:
    """The saving by payer and by kind; None where the inputs do not say who pays and what kind a saving is."""
    table = results.tables.get("savings_split")
    if table is None:
        return None
    return Section(
        name="whose_saving",
        title="Whose saving, and is it cash?",
        link="Whose saving",
        blocks=by_intervention(results, lambda name: _tables(results, name)),
    )


def _tables(results: Results, intervention: str) -> list[Block]:
    """By payer, a patient and a year; by kind."""
    table = results.tables["savings_split"]
    mine = table[table["strategy"] == intervention]
    of = of_intervention(results, intervention)
    blocks: list[Block] = []
    if (mine["by"] == "payer").any():
        title = f"Net saving per patient by who pays{of}"
        blocks.append(_split(results, intervention, "payer", title, PAYER_NOTE))
        blocks += _by_year(results, intervention)
    if (mine["by"] == "kind").any():
        title = f"Net saving per patient by what kind of saving it is{of}"
        blocks.append(_split(results, intervention, "kind", title, KIND_NOTE))
    return blocks


def _split(results: Results, intervention: str, by: str, title: str, note: str) -> Table:
    """The mean net saving split by payer or kind, each scenario's figures rounded alike."""
    table = results.tables["savings_split"]
    mine = table[(table["strategy"] == intervention) & (table["by"] == by)]
    parts = list(dict.fromkeys(mine["part"]))
    columns = []
    for name in results.scenarios:
        rows = mine[mine["scenario"] == name].set_index("part")
        columns.append(cells(results, [rows.loc[part] for part in parts], "money"))
    rows = [[sentence(part), *(column[place] for column in columns)] for place, part in enumerate(parts)]
    return Table(title, ["", *labels(results)], rows, note, emphasis=frozenset({len(rows) - 1}))


def _by_year(results: Results, intervention: str) -> list[Table]:
    """What each payer saves on the patients of one year, where their number is known."""
    inputs = results.inputs
    if inputs is None or inputs.annual_volume is None:
        return []
    payers = dict.fromkeys(component.payer for component in inputs.components.values() if component.payer)
    quantities = {payer: f"saving_{slug(payer)}_per_year" for payer in payers} | {"All": "saving_per_year"}
    rows = [[payer, *across(results, intervention, quantity, "money")] for payer, quantity in quantities.items()]
    title = f"Net saving on one year's patients ({people(inputs.annual_volume)}) by who pays"
    note = f"{PAYER_NOTE} Over all the years that they are followed: not the saving in one year's budget."
    title += of_intervention(results, intervention)
    return [Table(title, ["", *labels(results)], rows, note, emphasis=frozenset({len(rows) - 1}))]

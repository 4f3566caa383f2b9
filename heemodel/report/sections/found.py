"""All sections of a report for which something was found."""

from collections.abc import Sequence

from heemodel.parameters import Inputs
from heemodel.report.contents import Extras, Run, ScenarioResult
from heemodel.report.sections.information import information_section
from heemodel.report.sections.published import published_section
from heemodel.report.sections.section import Section
from heemodel.report.sections.spending import spending_section
from heemodel.report.sections.subgroups import subgroups_section
from heemodel.report.sections.variations import variation_rows, variations_section

SECTION_FILES = (
    "evpi",
    "evppi",
    "tornado",
    "variations",
    "validation",
    "comparisons",
    "subgroups",
    "costs",
    "cost_by_state",
)
"""Names of all files that sections may write, without ".csv"."""


def sections_of(inputs: Inputs, results: Sequence[ScenarioResult], extras: Extras, run: Run) -> list[Section]:
    """The sections that there are."""
    rows = variation_rows(inputs, extras, run)
    sections = [
        spending_section(inputs, results),
        information_section(inputs, results, run),
        variations_section(inputs, results, extras, rows, run),
        subgroups_section(inputs, results),
        published_section(inputs, extras, rows),
    ]
    return [section for section in sections if section is not None]

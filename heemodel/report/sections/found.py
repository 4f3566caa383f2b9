"""All sections of a report for which something was found."""

from collections.abc import Sequence

from heemodel.parameters import Inputs
from heemodel.report.contents import Extras, Run, ScenarioResult
from heemodel.report.sections.section import Section
from heemodel.report.sections.variations import variations_section

SECTION_FILES = ("variations",)
"""Names of all files that sections may write, without ".csv"."""


def sections_of(inputs: Inputs, results: Sequence[ScenarioResult], extras: Extras, run: Run) -> list[Section]:
    """The sections that there are."""
    sections = [variations_section(inputs, results, extras, run)]
    return [section for section in sections if section is not None]

"""Parts of a report that appear where there is something to show."""

from heemodel.report.sections.found import SECTION_FILES, sections_of
from heemodel.report.sections.section import Section

__all__ = ["SECTION_FILES", "Section", "sections_of"]

"""Parts of a report that appear where there is something to show."""

from heemodel.report.sections.found import SECTION_FILES, sections_of
from heemodel.report.sections.information import check_information
from heemodel.report.sections.section import Section

__all__ = ["SECTION_FILES", "Section", "check_information", "sections_of"]

"""Results put into words: a `Document` of sections, and the renderers that give it a format."""

from heemodel.report.comparing import document_of_comparison, write_comparison
from heemodel.report.folder import OutputError, check_output
from heemodel.report.renderers import RENDERERS
from heemodel.report.sections import document_of
from heemodel.report.sections.summary import cautions
from heemodel.report.writing import write_report

__all__ = [
    "RENDERERS",
    "OutputError",
    "cautions",
    "check_output",
    "document_of",
    "document_of_comparison",
    "write_comparison",
    "write_report",
]

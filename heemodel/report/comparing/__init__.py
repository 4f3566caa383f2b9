"""The report of two runs held together: a `Document` of its own, written as any other."""

from heemodel.report.comparing.document import document_of_comparison, write_comparison
from heemodel.report.comparing.summary import in_lines

__all__ = ["document_of_comparison", "in_lines", "write_comparison"]

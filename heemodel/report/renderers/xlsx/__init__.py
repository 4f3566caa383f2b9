"""The report as a workbook: the first page in words and figures, then every sheet of the document."""

from heemodel.report.renderers.xlsx.workbook import render

__all__ = ["render"]

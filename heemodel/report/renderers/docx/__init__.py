"""The report as a Word document: a paper of one page for a board, and the full report behind it."""

from heemodel.report.renderers.docx.paper import render

__all__ = ["render"]

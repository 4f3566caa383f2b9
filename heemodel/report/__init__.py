"""Figures, tables, the HTML page and the manifest that an analysis leaves behind."""

from heemodel.report.contents import Run, ScenarioResult, check_reportable
from heemodel.report.folder import OutputError, check_output
from heemodel.report.headline import acceptability, headline
from heemodel.report.writing import WRITTEN, write_report

__all__ = [
    "WRITTEN",
    "OutputError",
    "Run",
    "ScenarioResult",
    "acceptability",
    "check_output",
    "check_reportable",
    "headline",
    "write_report",
]

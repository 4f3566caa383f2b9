"""Results put into words: a `Document` of sections, and the renderers that give it a format."""

from heemodel.report.folder import OutputError, check_output
from heemodel.report.plots import (
    plot_acceptability,
    plot_enbs,
    plot_evpi,
    plot_evppi,
    plot_evsi,
    plot_expected_loss,
    plot_frontier,
    plot_plane,
    plot_stability,
    plot_tornado,
    plot_tree,
)
from heemodel.report.renderers import RENDERERS
from heemodel.report.sections import document_of
from heemodel.report.writing import write_report

__all__ = [
    "RENDERERS",
    "OutputError",
    "check_output",
    "document_of",
    "plot_acceptability",
    "plot_enbs",
    "plot_evpi",
    "plot_evppi",
    "plot_evsi",
    "plot_expected_loss",
    "plot_frontier",
    "plot_plane",
    "plot_stability",
    "plot_tornado",
    "plot_tree",
    "write_report",
]

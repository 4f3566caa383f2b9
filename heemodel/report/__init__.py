"""Figures, tables, the HTML page and the manifest that an analysis leaves behind."""

from heemodel.report.contents import Comparison, Extras, Run, ScenarioResult, VariationResult, check_reportable
from heemodel.report.folder import OutputError, check_output
from heemodel.report.headline import acceptability, headline
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
from heemodel.report.psa import PSA_WRITTEN, Affected, PSARecord, write_psa_report
from heemodel.report.quantities import thresholds as policy_thresholds
from heemodel.report.sections import check_information
from heemodel.report.writing import WRITTEN, write_report

__all__ = [
    "PSA_WRITTEN",
    "WRITTEN",
    "Affected",
    "Comparison",
    "Extras",
    "OutputError",
    "PSARecord",
    "Run",
    "ScenarioResult",
    "VariationResult",
    "acceptability",
    "check_information",
    "check_output",
    "check_reportable",
    "headline",
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
    "policy_thresholds",
    "write_psa_report",
    "write_report",
]

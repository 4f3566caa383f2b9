"""Plots: each takes a tidy table and draws it, computes nothing, and returns the Axes."""

from heemodel.report.plots.decision import plot_acceptability, plot_expected_loss, plot_frontier
from heemodel.report.plots.information import plot_enbs, plot_evpi, plot_evppi, plot_evsi
from heemodel.report.plots.plane import plot_plane
from heemodel.report.plots.savings import THEME, plot_distribution, plot_trace, plot_walk
from heemodel.report.plots.sensitivity import plot_stability, plot_tornado
from heemodel.report.plots.tree import plot_tree

__all__ = [
    "THEME",
    "plot_acceptability",
    "plot_distribution",
    "plot_enbs",
    "plot_evpi",
    "plot_evppi",
    "plot_evsi",
    "plot_expected_loss",
    "plot_frontier",
    "plot_plane",
    "plot_stability",
    "plot_tornado",
    "plot_trace",
    "plot_tree",
    "plot_walk",
]

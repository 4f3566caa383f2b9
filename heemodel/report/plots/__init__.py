"""Plots: each takes a tidy table and draws it, computes nothing, and returns the Axes."""

from heemodel.report.plots.budget import plot_budget_impact
from heemodel.report.plots.costs import plot_by_year, plot_costs_by_component
from heemodel.report.plots.decision import plot_acceptability, plot_expected_loss, plot_frontier
from heemodel.report.plots.exhibits import plot_bars, plot_over_time, plot_points, plot_ranges, plot_tiles
from heemodel.report.plots.information import plot_enbs, plot_evpi, plot_evppi, plot_evsi
from heemodel.report.plots.plane import plot_plane
from heemodel.report.plots.savings import THEME, breakdown_title, plot_distribution, plot_savings_breakdown
from heemodel.report.plots.sensitivity import plot_stability, plot_tornado
from heemodel.report.plots.trace import plot_trace, plot_traces
from heemodel.report.plots.tree import plot_tree
from heemodel.report.plots.two_way import plot_two_way

__all__ = [
    "THEME",
    "breakdown_title",
    "plot_acceptability",
    "plot_bars",
    "plot_budget_impact",
    "plot_by_year",
    "plot_costs_by_component",
    "plot_distribution",
    "plot_enbs",
    "plot_evpi",
    "plot_evppi",
    "plot_evsi",
    "plot_expected_loss",
    "plot_frontier",
    "plot_over_time",
    "plot_plane",
    "plot_points",
    "plot_ranges",
    "plot_savings_breakdown",
    "plot_stability",
    "plot_tiles",
    "plot_tornado",
    "plot_trace",
    "plot_traces",
    "plot_tree",
    "plot_two_way",
]

"""Plots of an analysis: each takes a tidy table and draws it, computes nothing, and returns the Axes."""

from heemodel.report.plots import plot_acceptability as acceptability
from heemodel.report.plots import plot_bars as bars
from heemodel.report.plots import plot_budget_impact as budget_impact
from heemodel.report.plots import plot_by_year as by_year
from heemodel.report.plots import plot_costs_by_component as costs_by_component
from heemodel.report.plots import plot_distribution as distribution
from heemodel.report.plots import plot_enbs as enbs
from heemodel.report.plots import plot_evpi as evpi
from heemodel.report.plots import plot_evppi as evppi
from heemodel.report.plots import plot_evsi as evsi
from heemodel.report.plots import plot_expected_loss as expected_loss
from heemodel.report.plots import plot_frontier as frontier
from heemodel.report.plots import plot_over_time as over_time
from heemodel.report.plots import plot_plane as plane
from heemodel.report.plots import plot_points as points
from heemodel.report.plots import plot_ranges as ranges
from heemodel.report.plots import plot_savings_breakdown as savings_breakdown
from heemodel.report.plots import plot_stability as stability
from heemodel.report.plots import plot_tiles as tiles
from heemodel.report.plots import plot_tornado as tornado
from heemodel.report.plots import plot_trace as trace
from heemodel.report.plots import plot_traces as traces
from heemodel.report.plots import plot_tree as tree
from heemodel.report.plots import plot_two_way as two_way

__all__ = [
    "acceptability",
    "bars",
    "budget_impact",
    "by_year",
    "costs_by_component",
    "distribution",
    "enbs",
    "evpi",
    "evppi",
    "evsi",
    "expected_loss",
    "frontier",
    "over_time",
    "plane",
    "points",
    "ranges",
    "savings_breakdown",
    "stability",
    "tiles",
    "tornado",
    "trace",
    "traces",
    "tree",
    "two_way",
]

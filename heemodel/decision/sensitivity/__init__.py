"""Sensitivity: which parameters an outcome follows, how far, and what share of its uncertainty is theirs."""

from heemodel.decision.sensitivity.conditional import conditional_means, tornado
from heemodel.decision.sensitivity.linear import linear_metamodel
from heemodel.decision.sensitivity.one_way import Range, one_way
from heemodel.decision.sensitivity.ranks import rank_correlations
from heemodel.decision.sensitivity.sobol import sobol
from heemodel.decision.sensitivity.two_way import TwoWay, two_way
from heemodel.decision.sensitivity.variance import first_order

__all__ = [
    "Range",
    "TwoWay",
    "conditional_means",
    "first_order",
    "linear_metamodel",
    "one_way",
    "rank_correlations",
    "sobol",
    "tornado",
    "two_way",
]

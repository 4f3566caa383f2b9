"""What moves an answer: one parameter at a time, all together, and where the decision switches."""

from heemodel.decision import (
    conditional_means,
    first_order,
    linear_metamodel,
    one_way,
    rank_correlations,
    sobol,
    switching_table,
    switching_value,
    switching_value_of,
    tornado,
    two_way,
)

__all__ = [
    "conditional_means",
    "first_order",
    "linear_metamodel",
    "one_way",
    "rank_correlations",
    "sobol",
    "switching_table",
    "switching_value",
    "switching_value_of",
    "tornado",
    "two_way",
]

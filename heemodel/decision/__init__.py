"""What outcomes mean: incremental analysis, acceptability, information, savings; on any PSA, wherever it was made."""

from heemodel.decision.appraisal import Appraisal, appraise
from heemodel.decision.budget_impact import BudgetImpact, budget_impact
from heemodel.decision.cost_effectiveness import ICER, CostEffectiveness
from heemodel.decision.groups import group_table, stratification_value
from heemodel.decision.incremental import incremental_analysis
from heemodel.decision.information import (
    Study,
    affected,
    best_sizes,
    binary_study,
    enbs,
    evppi,
    evppi_each,
    evsi,
    nested_evppi,
    normal_mean_study,
    pymc_study,
    survival_trial,
    two_arm_trial,
)
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.plane import quadrant_shares
from heemodel.decision.savings import by_group, running, saving, saving_table, total_saving, volume_needed
from heemodel.decision.sensitivity import (
    Range,
    conditional_means,
    first_order,
    linear_metamodel,
    one_way,
    rank_correlations,
    sobol,
    tornado,
    two_way,
)
from heemodel.decision.stability import cumulative_mean, draws_needed
from heemodel.decision.summary import Summary, monte_carlo_error, share, summarise
from heemodel.decision.switching import switching_table, switching_value, switching_value_of

__all__ = [
    "ICER",
    "Appraisal",
    "BudgetImpact",
    "CostEffectiveness",
    "OutcomeError",
    "Range",
    "Study",
    "Summary",
    "affected",
    "appraise",
    "best_sizes",
    "binary_study",
    "budget_impact",
    "by_group",
    "conditional_means",
    "cumulative_mean",
    "draws_needed",
    "enbs",
    "evppi",
    "evppi_each",
    "evsi",
    "first_order",
    "group_table",
    "incremental_analysis",
    "linear_metamodel",
    "monte_carlo_error",
    "nested_evppi",
    "normal_mean_study",
    "one_way",
    "pymc_study",
    "quadrant_shares",
    "rank_correlations",
    "running",
    "saving",
    "saving_table",
    "share",
    "sobol",
    "stratification_value",
    "summarise",
    "survival_trial",
    "switching_table",
    "switching_value",
    "switching_value_of",
    "tornado",
    "total_saving",
    "two_arm_trial",
    "two_way",
    "volume_needed",
]

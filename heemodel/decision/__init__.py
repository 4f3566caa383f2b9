"""What outcomes mean: incremental analysis, acceptability, information, savings; on any PSA, wherever it was made."""

from heemodel.decision.appraisal import Appraisal, appraise
from heemodel.decision.cost_effectiveness import ICER, CostEffectiveness
from heemodel.decision.groups import group_table, stratification_value
from heemodel.decision.incremental import incremental_analysis
from heemodel.decision.information import evppi, evppi_each, nested_evppi
from heemodel.decision.information.population import affected
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.psa_files import PSA, read_psa
from heemodel.decision.savings import by_group, running, saving, saving_table, total_saving, volume_needed
from heemodel.decision.summary import Summary, monte_carlo_error, share, summarise
from heemodel.decision.switching import switching_table, switching_value, switching_value_of

__all__ = [
    "ICER",
    "PSA",
    "Appraisal",
    "CostEffectiveness",
    "OutcomeError",
    "Summary",
    "affected",
    "appraise",
    "by_group",
    "evppi",
    "evppi_each",
    "group_table",
    "incremental_analysis",
    "monte_carlo_error",
    "nested_evppi",
    "read_psa",
    "running",
    "saving",
    "saving_table",
    "share",
    "stratification_value",
    "summarise",
    "switching_table",
    "switching_value",
    "switching_value_of",
    "total_saving",
    "volume_needed",
]

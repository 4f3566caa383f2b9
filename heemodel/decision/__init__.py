"""What outcomes mean: incremental analysis, acceptability, savings; on any PSA, wherever it was made."""

from heemodel.decision.cost_effectiveness import ICER, CostEffectiveness
from heemodel.decision.information import evppi, evppi_each, nested_evppi
from heemodel.decision.outcomes import OutcomeError
from heemodel.decision.savings import by_group, running, saving, volume_needed
from heemodel.decision.summary import Summary, monte_carlo_error, share, summarise

__all__ = [
    "ICER",
    "CostEffectiveness",
    "OutcomeError",
    "Summary",
    "by_group",
    "evppi",
    "evppi_each",
    "monte_carlo_error",
    "nested_evppi",
    "running",
    "saving",
    "share",
    "summarise",
    "volume_needed",
]

"""Who gains: how health is spread over groups of a population, before and after a decision."""

from heemodel.decision.equity.distribution import Distribution
from heemodel.decision.equity.impact import EquityImpact, equity_impact
from heemodel.decision.equity.indices import (
    atkinson_index,
    concentration_index,
    equally_distributed_equivalent,
    kolm_index,
    slope_index,
)

__all__ = [
    "Distribution",
    "EquityImpact",
    "atkinson_index",
    "concentration_index",
    "equally_distributed_equivalent",
    "equity_impact",
    "kolm_index",
    "slope_index",
]

"""Who gains and who loses: distributional cost-effectiveness, indices of inequality, and severity of a condition."""

from heemodel.decision.equity import (
    Distribution,
    EquityImpact,
    atkinson_index,
    concentration_index,
    equally_distributed_equivalent,
    equity_impact,
    kolm_index,
    slope_index,
)
from heemodel.parameters.health_distribution import HealthDistribution, health_distribution, health_distributions
from heemodel.parameters.shortfall import qaly_shortfall, remaining_qalys

__all__ = [
    "Distribution",
    "EquityImpact",
    "HealthDistribution",
    "atkinson_index",
    "concentration_index",
    "equally_distributed_equivalent",
    "equity_impact",
    "health_distribution",
    "health_distributions",
    "kolm_index",
    "qaly_shortfall",
    "remaining_qalys",
    "slope_index",
]

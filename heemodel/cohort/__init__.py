"""State-transition models: transitions, payoffs, timing, and the compiled kernel that runs them."""

from heemodel.cohort.breakdown import cost_by_state
from heemodel.cohort.conversions import (
    apply_hazard_ratio,
    apply_odds_ratio,
    probability_to_rate,
    rate_to_probability,
)
from heemodel.cohort.discounting import Continuous, Discount, Stepped
from heemodel.cohort.errors import ModelError
from heemodel.cohort.matrices import change_cycle_length, rates_to_probabilities
from heemodel.cohort.model import CohortModel
from heemodel.cohort.payoffs import Payoffs, by_strategy
from heemodel.cohort.structure import Parameters
from heemodel.cohort.timing import DAYS_PER_YEAR, Time, whole_cycles

__all__ = [
    "DAYS_PER_YEAR",
    "CohortModel",
    "Continuous",
    "Discount",
    "ModelError",
    "Parameters",
    "Payoffs",
    "Stepped",
    "Time",
    "apply_hazard_ratio",
    "apply_odds_ratio",
    "by_strategy",
    "change_cycle_length",
    "cost_by_state",
    "probability_to_rate",
    "rate_to_probability",
    "rates_to_probabilities",
    "whole_cycles",
]

"""State-transition models: transitions, payoffs, timing, and the compiled kernel that runs them."""

from heemodel.cohort.conversions import probability_to_rate, rate_to_probability
from heemodel.cohort.errors import ModelError
from heemodel.cohort.model import CohortModel
from heemodel.cohort.payoffs import Payoffs, by_strategy
from heemodel.cohort.structure import Parameters
from heemodel.cohort.timing import DAYS_PER_YEAR, Discount, Time, whole_cycles

__all__ = [
    "DAYS_PER_YEAR",
    "CohortModel",
    "Discount",
    "ModelError",
    "Parameters",
    "Payoffs",
    "Time",
    "by_strategy",
    "probability_to_rate",
    "rate_to_probability",
    "whole_cycles",
]

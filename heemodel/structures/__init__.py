"""Decision models: draws in, outcomes out; and what all kinds share: payoffs, time, discounting, conversions."""

from heemodel.structures.cohort.model import CohortModel
from heemodel.structures.conversions import (
    apply_hazard_ratio,
    apply_odds_ratio,
    probability_to_rate,
    rate_to_probability,
)
from heemodel.structures.cycles import whole_cycles
from heemodel.structures.discounting import Continuous, Discount, Stepped
from heemodel.structures.draws import Parameters, read_draws
from heemodel.structures.errors import ModelError
from heemodel.structures.function import FunctionModel, Outcomes
from heemodel.structures.matrices import change_cycle_length, rates_to_probabilities
from heemodel.structures.payoffs import Payoffs, by_strategy
from heemodel.structures.protocol import DecisionModel
from heemodel.structures.sequence.model import Sequence
from heemodel.structures.time import Time
from heemodel.structures.tree.model import DecisionTree
from heemodel.structures.tree.shape import REST, Branches
from heemodel.timespans import DAYS_PER_YEAR

__all__ = [
    "DAYS_PER_YEAR",
    "REST",
    "Branches",
    "CohortModel",
    "Continuous",
    "DecisionModel",
    "DecisionTree",
    "Discount",
    "FunctionModel",
    "ModelError",
    "Outcomes",
    "Parameters",
    "Payoffs",
    "Sequence",
    "Stepped",
    "Time",
    "apply_hazard_ratio",
    "apply_odds_ratio",
    "by_strategy",
    "change_cycle_length",
    "probability_to_rate",
    "rate_to_probability",
    "rates_to_probabilities",
    "read_draws",
    "whole_cycles",
]

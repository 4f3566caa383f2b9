"""State-transition (Markov) cohort models."""

from heemodel.structures.cohort.breakdown import cost_by_state
from heemodel.structures.cohort.model import CohortModel

__all__ = ["CohortModel", "cost_by_state"]

"""State-transition (Markov) cohort models."""

from heemodel.structures.cohort.model import CohortModel

__all__ = ["CohortModel"]

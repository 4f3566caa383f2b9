"""Durations, such as length of stay: from patients or published summaries, ending in one way or in several."""

from heemodel.evidence.durations.analyses import competing_risks, durations
from heemodel.evidence.durations.exits import exit_probabilities

__all__ = ["competing_risks", "durations", "exit_probabilities"]

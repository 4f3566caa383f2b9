"""Between rates, probabilities, ratios and cycle lengths; the same as in the room `structures`."""

from heemodel.structures import (
    DAYS_PER_YEAR,
    apply_hazard_ratio,
    apply_odds_ratio,
    change_cycle_length,
    probability_to_rate,
    rate_to_probability,
    rates_to_probabilities,
    whole_cycles,
)

__all__ = [
    "DAYS_PER_YEAR",
    "apply_hazard_ratio",
    "apply_odds_ratio",
    "change_cycle_length",
    "probability_to_rate",
    "rate_to_probability",
    "rates_to_probabilities",
    "whole_cycles",
]

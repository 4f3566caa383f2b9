"""Which strategy is the best value at a threshold that was asked, and how that differs from being best most often."""

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.formatting import probability
from heemodel.report.layout import rows_in


def at_threshold(results: Results, scenario: str, threshold: float) -> pd.DataFrame:
    """The rows of the acceptability table of all strategies at a threshold that was asked."""
    return rows_in(results, "acceptability", scenario=scenario, asked=True, threshold=threshold)


def best_at(results: Results, scenario: str, threshold: float) -> pd.Series:
    """The row of the strategy of highest expected net benefit; the first where there are several."""
    rows = at_threshold(results, scenario, threshold)
    return rows[rows["frontier"]].iloc[0]


def oddity(results: Results, scenario: str, threshold: float) -> str:
    """That strategies are equally good, or that the best is not the one that is most often the best; else empty."""
    rows, best = at_threshold(results, scenario, threshold), best_at(results, scenario, threshold)
    equal = list(rows.loc[rows["expected_loss"] == rows["expected_loss"].min(), "strategy"])
    if len(equal) > 1:
        return f"{', '.join(equal[:-1])} and {equal[-1]} have the same, highest expected net benefit."
    likeliest = rows.loc[rows["probability"].idxmax()]
    more, less = probability(likeliest["probability"]), probability(best["probability"])
    if likeliest["probability"] <= best["probability"] or more == less:
        return ""
    return (
        f"{likeliest['strategy']} is the most cost-effective more often ({more} of draws) than {best['strategy']} "
        f"({less}), but by less: {best['strategy']} has the highest expected net benefit."
    )

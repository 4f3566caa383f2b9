"""What a model counts besides costs and QALYs: life-years, admissions, bed-days, operations."""

from collections.abc import Iterator

import pandas as pd

from heemodel.analysis.results import Results, ScenarioResult
from heemodel.decision import summarise

LIFE_YEARS = "life_years"
NOT_COUNTS = ("cost", "qaly")


def counts(results: Results) -> pd.DataFrame:
    """Mean count per person of everything that the model counts, of each strategy and each difference.

    Counts are added up over the horizon; a cohort or a tree does not discount them, nor life-years.

    Returns
    -------
    DataFrame with columns scenario, quantity (its name in the model), label, strategy, versus (empty for a strategy's
    own; the comparator for the difference from it), value, lower, upper and mcse; empty where nothing is counted
    """
    return pd.DataFrame([row for result in results for row in _rows(results, result)])


def _rows(results: Results, result: ScenarioResult) -> Iterator[dict[str, object]]:
    known = [
        str(name)
        for name, values in result.outcomes.items()
        if name not in NOT_COUNTS and {*values.dims} <= {"sample", "strategy"} and "strategy" in values.dims
    ]
    for name in sorted(known, key=lambda name: name != LIFE_YEARS):
        values = result.outcomes[name]
        base = values.sel(strategy=results.comparator, drop=True)
        label = name.replace("_", " ")
        keys = {"scenario": result.name, "quantity": name, "label": label[:1].upper() + label[1:]}
        for strategy in results.strategies:
            own = values.sel(strategy=strategy, drop=True)
            yield {**keys, "strategy": strategy, "versus": "", **vars(summarise(own))}
            if strategy != results.comparator:
                yield {**keys, "strategy": strategy, "versus": results.comparator, **vars(summarise(own - base))}

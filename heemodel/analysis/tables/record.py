"""Tables of how an analysis was made: evidence fitted, checks passed, versions of everything."""

import pandas as pd

from heemodel.analysis.results import Results
from heemodel.analysis.tables.headline import by_scenario


def posterior(results: Results) -> pd.DataFrame:
    """Summary of every posterior with convergence figures; columns scenario and those of `Posterior.summary`."""
    return by_scenario({result.name: result.fitted.posterior for result in results if result.fitted is not None})


def predictive(results: Results) -> pd.DataFrame:
    """Prior and posterior predictive checks; columns scenario and those of `Posterior.predictive_checks`."""
    return by_scenario({result.name: result.fitted.predictive for result in results if result.fitted is not None})


def checks(results: Results) -> pd.DataFrame:
    """Every check of every scenario; columns scenario, check, passed and figure."""
    return pd.DataFrame(
        [
            {"scenario": result.name, "check": check.name, "passed": check.passed, "figure": check.detail}
            for result in results
            for check in result.checks
        ]
    )

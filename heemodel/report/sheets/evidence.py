"""What was fitted: the posterior of the evidence models, and what they predict of their own data."""

from heemodel.analysis import Results
from heemodel.report.document import Sheet
from heemodel.report.sheets.columns import SCENARIO, Column, sheet_of


def posterior(results: Results) -> Sheet | None:
    """Every parameter of the evidence models, with convergence figures."""
    table = results.tables.get("posterior")
    if table is None:
        return None
    rows = {
        "mean": Column("Mean", "number"),
        "sd": Column("Standard deviation", "number"),
        "lower": Column("95% interval, lower end", "number"),
        "upper": Column("95% interval, upper end", "number"),
        "mcse": Column("Monte Carlo error", "number"),
    }
    columns = {
        "scenario": SCENARIO,
        "parameter": Column("Parameter of the evidence model"),
        **rows,
        "rhat": Column("R-hat", "number"),
        "ess_bulk": Column("Effective draws, bulk", "number"),
        "ess_tail": Column("Effective draws, tails", "number"),
    }
    return sheet_of(
        results,
        table,
        columns,
        name="Evidence",
        title="The posterior of the evidence",
        note="Refused are an R-hat above 1.01, fewer than 400 effective draws, and divergences.",
    )


def predictive(results: Results) -> Sheet | None:
    """What the evidence models predict of their own data."""
    table = results.tables.get("predictive")
    if table is None:
        return None
    ends = {"2.5%": "2.5% quantile", "50%": "median", "97.5%": "97.5% quantile"}
    predicted = {
        f"{when}_{end}": Column(f"Predicted {words}, {said}", "number")
        for when, words in {"prior": "before the data", "posterior": "after the data"}.items()
        for end, said in ends.items()
    }
    columns = {
        "scenario": SCENARIO,
        "observation": Column("Observation"),
        "observed": Column("Observed", "number"),
        **predicted,
        "posterior_share_below": Column("Share of predictions below the observation", "probability"),
    }
    return sheet_of(
        results, table, columns, name="Predictive checks", title="What the evidence models predict of their own data"
    )

"""What the draws say of the decision: strategies at a glance, acceptability, value of information, sensitivity."""

from collections.abc import Iterator

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.document import Chart, Sheet
from heemodel.report.formatting import per_qaly, where
from heemodel.report.sheets.columns import SCENARIO, STRATEGY, THRESHOLD, Column, sheet_of

QUADRANTS = ("north-east", "north-west", "south-east", "south-west")
MEANS = {
    "cost": Column("Cost ({money} per {person})", "money"),
    "qaly": Column("QALYs per {person}", "number"),
    "incremental_cost": Column("Extra cost ({money} per {person})", "money"),
    "incremental_qaly": Column("Extra QALYs per {person}", "number"),
}
ENDS = {"value": "mean", "lower": "lower end of 95% interval", "upper": "upper end of 95% interval"}
ASKED = Column("Threshold was asked for")


def psa_summary(results: Results) -> Sheet:
    """A row for each strategy: means with intervals, differences, chances at the thresholds and shares of the plane."""
    thresholds = {f"{threshold:.12g}": per_qaly(threshold, results.currency) for threshold in results.thresholds}
    columns = {"scenario": SCENARIO, "strategy": STRATEGY}
    for quantity, column in MEANS.items():
        columns |= {
            f"{quantity}_{end}": Column(f"{column.heading}, {words}", column.kind) for end, words in ENDS.items()
        }
    for at, words in thresholds.items():
        columns[f"probability_best_at_{at}_value"] = Column(f"Probability of best value at {words}", "probability")
    for at, words in thresholds.items():
        columns[f"expected_loss_at_{at}_value"] = Column(f"Expected loss ({{money}}) at {words}", "money")
    for quadrant in QUADRANTS:
        columns[quadrant] = Column(f"Share of draws in the {quadrant} quadrant", "probability")
    return sheet_of(
        results,
        pd.DataFrame(_by_strategy(results)),
        columns,
        name="PSA summary",
        title="What the draws say of each strategy",
        note=f"{results.record.draws:,} draws. Extra: less {results.comparator}. North-east costs more, gains QALYs; "
        "south-east costs less and gains.",
    )


def _by_strategy(results: Results) -> Iterator[dict[str, object]]:
    """The figures of each strategy, from the headline and the shares of the plane."""
    headline, quadrants = results.tables["headline"], results.tables.get("quadrants", pd.DataFrame())
    for scenario in results.scenarios:
        for strategy in results.strategies:
            keys = {"scenario": scenario, "strategy": strategy}
            mine = headline[where(headline, {**keys, "basis": "probabilistic"})]
            row: dict[str, object] = dict(keys)
            for figure in mine.itertuples():
                row |= {f"{figure.quantity}_{end}": getattr(figure, end) for end in ("value", "lower", "upper")}
            if len(quadrants):
                shares = quadrants[where(quadrants, keys)]
                row |= dict(zip(shares["quadrant"], shares["share"], strict=True))
            yield row


def incremental(results: Results) -> Sheet:
    """The fully incremental analysis."""
    columns = {
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "cost": Column("Cost ({money} per {person})", "money"),
        "cost_mcse": Column("Monte Carlo error of the cost", "money"),
        "qaly": Column("QALYs per {person}", "number"),
        "qaly_mcse": Column("Monte Carlo error of QALYs", "number"),
        "versus": Column("Compared with"),
        "incremental_cost": Column("Extra cost ({money} per {person})", "money"),
        "incremental_cost_lower": Column("Extra cost, lower end of 95% interval", "money"),
        "incremental_cost_upper": Column("Extra cost, upper end of 95% interval", "money"),
        "incremental_qaly": Column("Extra QALYs per {person}", "number"),
        "incremental_qaly_lower": Column("Extra QALYs, lower end of 95% interval", "number"),
        "incremental_qaly_upper": Column("Extra QALYs, upper end of 95% interval", "number"),
        "icer": Column("ICER ({money} per QALY)", "money"),
        "icer_mcse": Column("Monte Carlo error of the ICER", "money"),
        "status": Column("Status"),
        "dominated_by": Column("Dominated by"),
    }
    return sheet_of(
        results,
        results.tables["incremental"],
        columns,
        name="Incremental",
        title="Fully incremental analysis",
        note="Each strategy against the next less costly one that is worth having.",
    )


def acceptability(results: Results) -> Sheet:
    """How probably each strategy is the best value, by threshold, and the curve."""
    table = results.tables["acceptability"]
    order = {name: place for place, name in enumerate(results.strategies)}
    scenarios = {name: place for place, name in enumerate(results.scenarios)}
    places = table.assign(at=table["scenario"].map(scenarios), of=table["strategy"].map(order))
    return sheet_of(
        results,
        places.sort_values(["at", "of", "threshold"], kind="stable"),
        {
            "scenario": SCENARIO,
            "strategy": STRATEGY,
            "threshold": THRESHOLD,
            "probability": Column("Probability of being the most cost-effective", "probability"),
            "frontier": Column("Has the highest expected net benefit"),
            "expected_loss": Column("Expected loss ({money} per {person})", "money"),
            "asked": ASKED,
        },
        name="Acceptability",
        title="How probably each strategy is the best value for money",
        chart=Chart(
            x="threshold",
            y="probability",
            lines="strategy",
            panels="scenario",
            alternative="Cost-effectiveness acceptability curve: the probability that each strategy is the most "
            "cost-effective, by what is paid for a QALY. The figures are in this sheet.",
            share=True,
        ),
    )


def evpi(results: Results) -> Sheet:
    """What knowing everything would be worth, by threshold."""
    columns = {
        "scenario": SCENARIO,
        "threshold": THRESHOLD,
        "evpi": Column("EVPI ({money} per {person})", "money"),
        "mcse": Column("Monte Carlo error", "money"),
        "asked": ASKED,
    }
    table = results.tables["evpi"]
    scenarios = {name: place for place, name in enumerate(results.scenarios)}
    return sheet_of(
        results,
        table.assign(at=table["scenario"].map(scenarios)).sort_values(["at", "threshold"], kind="stable"),
        columns,
        name="EVPI",
        title="What perfect information would be worth",
        note="No research into the decision can be worth more than this for each person whose treatment it settles.",
        chart=Chart(
            x="threshold",
            y="evpi",
            lines="scenario",
            panels="scenario",
            alternative="Expected value of perfect information by what is paid for a QALY. The figures are in this "
            "sheet.",
        ),
    )


def evppi(results: Results) -> Sheet | None:
    """What knowing some inputs would be worth."""
    table = results.tables.get("evppi")
    if table is None:
        return None
    columns = {
        "scenario": SCENARIO,
        "label": Column("Input or group of inputs"),
        "members": Column("Inputs of the group"),
        "threshold": THRESHOLD,
        "evppi": Column("EVPPI ({money} per {person})", "money"),
        "se": Column("Standard error", "money"),
        "check": Column("Check"),
        "method": Column("Method"),
        "fit": Column("Regression"),
        "parameters": Column("Name in the inputs", aside=True),
    }
    return sheet_of(
        results, table, columns, name="EVPPI", title="What it would be worth to know an input, or a group of inputs"
    )


def tornado(results: Results) -> Sheet | None:
    """The net benefit with each input low and high."""
    table = results.tables.get("tornado")
    if table is None:
        return None
    benefit = "Net benefit ({money} per {person}) with the input"
    columns = {
        "scenario": SCENARIO,
        "strategy": STRATEGY,
        "versus": Column("Compared with"),
        "label": Column("Input"),
        "low": Column("Input, low", "plain"),
        "high": Column("Input, high", "plain"),
        "unit": Column("Unit of the input"),
        "outcome_low": Column(f"{benefit} low", "money"),
        "outcome_low_se": Column("Standard error of it", "money"),
        "outcome_high": Column(f"{benefit} high", "money"),
        "outcome_high_se": Column("Standard error of that", "money"),
        "width": Column("Range ({money})", "money"),
        "shape": Column("Shape"),
        "parameter": Column("Name in the inputs", aside=True),
    }
    return sheet_of(
        results,
        table,
        columns,
        name="Tornado",
        title=f"Incremental net benefit at {per_qaly(results.thresholds[0], results.currency)} with each input low and "
        "high",
        note="The widest first; all other inputs vary.",
    )

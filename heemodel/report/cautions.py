"""What forbids to take results as they are, and what is odd and ought to be looked at again."""

from collections.abc import Iterator, Sequence

from heemodel.currency import POUNDS, Currency
from heemodel.parameters import Inputs, Parameter
from heemodel.report.contents import Run, ScenarioResult
from heemodel.report.quantities import thresholds

FEW_DRAWS = 1_000
SURPRISE = (0.0025, 0.9975)
"""Where an observation lies among its posterior predictions if the model cannot reproduce it."""


def warnings(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """What forbids to take the results as they are: it is printed before anything else."""
    found = []
    for result in results:
        label = inputs.scenarios[result.name].label
        if result.accepted_unconverged:
            found.append(
                f"{label}: the posterior has not converged and was used all the same, by choice. "
                f"{'; '.join(result.accepted_unconverged)}"
            )
        found += [f"{label}: a check of the model failed. {c.name}: {c.detail}" for c in result.checks if not c.passed]
    return found


def cautions(inputs: Inputs, results: Sequence[ScenarioResult], run: Run) -> list[str]:
    """What is possible but odd, and ought to be looked at again."""
    found = []
    if run.draws < FEW_DRAWS:
        found.append(f"Only {run.draws:,} draws: intervals and probabilities are rough; take {FEW_DRAWS:,} or more.")
    compare = inputs.about.compare
    if compare is not None and compare.stringent not in {result.name for result in results}:
        label = inputs.scenarios[compare.stringent].label
        found.append(f"{label}, which the inputs name as the stronger evidence, was not run.")
    if note := foreign_thresholds(inputs.about.currency):
        found.append(note)
    found += _of_figures(inputs)
    said: dict[str, list[str]] = {}
    for result in results:
        for caution in dict.fromkeys(_of_evidence(result)):
            said.setdefault(caution, []).append(inputs.scenarios[result.name].label)
    return found + [
        f"{'All' if 1 < len(labels) == len(results) else ', '.join(labels)}: {caution}"
        for caution, labels in said.items()
    ]


def foreign_thresholds(currency: Currency) -> str:
    """What must be said of NICE's thresholds where money is in another currency than theirs; empty where it is not."""
    if currency.matches(POUNDS):
        return ""
    figures = ", ".join(f"{threshold:,.0f}" for threshold in thresholds())
    return (
        f"The thresholds, {figures} {currency} per QALY, are the figures of NICE, which are in pounds: they are not "
        f"converted. Are they what a QALY is worth in {currency}?"
    )


def _of_figures(inputs: Inputs) -> Iterator[str]:
    """Figures outside their usual range, and standard errors that look like standard deviations."""
    for place, figure in inputs.figures():
        value, table = figure.implausible(), f"[{'.'.join(place)}]"
        if value is not None and figure.plausible is not None:
            low, high = figure.plausible
            yield f"{table} is {value:,g} {figure.unit}; {low:,g} to {high:,g} is usual. Is the figure in that unit?"
        if not isinstance(figure, Parameter) or place[0] == "priors":
            continue
        if figure.distribution == "gamma" and (figure.spread() > figure.centre()).any():
            yield f"{table} has a standard error above its value; is it a standard deviation?"


def _of_evidence(result: ScenarioResult) -> Iterator[str]:
    """What the evidence model found odd, and where prior, data and posterior do not fit together."""
    yield from result.cautions
    for _, row in result.predictive.iterrows():
        name = str(row["observation"]).replace("_", " ")
        if not row["prior_2.5%"] <= row["observed"] <= row["prior_97.5%"]:
            yield (
                f"{name} is {row['observed']:g}, outside what the prior expected ({row['prior_2.5%']:.3g} to "
                f"{row['prior_97.5%']:.3g}); the prior may outweigh the data."
            )
        if not SURPRISE[0] <= row["posterior_share_below"] <= SURPRISE[1]:
            yield f"{name} is not reproduced by the fitted model; do prior and data agree?"

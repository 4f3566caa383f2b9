"""The sentences of a PSA report."""

import pandas as pd

from heemodel.decision import Appraisal, Summary, summarise
from heemodel.report.knowledge import CLOSE, Affected, evpi_at, most_worth, name_of
from heemodel.report.wording import error, plain, pounds, probability

FEW_SAMPLES = 1_000

GLOSSARY = {
    "QALY": "quality-adjusted life year: a year of life, weighted by its quality from 0 (dead) to 1 (full health).",
    "Threshold": "what a payer is willing to give for one QALY.",
    "Net benefit": "QALYs valued at the threshold, less cost. The strategy with the highest expected net benefit is "
    "the one to choose, however sure that is.",
    "ICER": "incremental cost-effectiveness ratio: extra cost divided by extra QALYs.",
    "Dominated": "costs more than another strategy and gains no more. Extendedly dominated: a mixture of two others "
    "gains as much for less.",
    "EVPI": "expected value of perfect information: what choosing wrongly costs on average, and so the most that "
    "ending all uncertainty could be worth.",
    "EVPPI": "the same for knowing some parameters only: where research could change the decision.",
    "95% interval": "in 95 of 100 samples the figure lies in it.",
}


def samples_of(found: Appraisal) -> int:
    """How many samples there are, be they of costs, QALYs or both."""
    sizes = {**found.cea.cost.sizes, **found.cea.qaly.sizes}
    return int(sizes["sample"])


def best_at(found: Appraisal, threshold: float) -> pd.Series:
    """The row of the acceptability table of the strategy with the highest expected net benefit."""
    table = found.acceptability
    return table[(table["threshold"] == threshold) & table["frontier"]].iloc[0]


def answer(found: Appraisal, affected: Affected | None) -> list[str]:
    """The first paragraphs: which strategy, how sure, what is at stake."""
    return [sentence for threshold in found.thresholds for sentence in [_at(found, threshold, affected)]]


def _at(found: Appraisal, threshold: float, affected: Affected | None) -> str:
    best, evpi = best_at(found, threshold), evpi_at(found, threshold)
    benefit = found.cea.net_benefit([threshold]).isel(threshold=0).mean("sample")
    alike = [str(name) for name in benefit["strategy"].to_numpy() if benefit.sel(strategy=name) == benefit.max()]
    words = (
        f"At {name_of(threshold)}, {best['strategy']} has the highest expected net benefit; the probability that it "
        f"is the most cost-effective is {probability(best['probability'])}."
    )
    if len(alike) > 1:
        words = f"At {name_of(threshold)}, {' and '.join(alike)} have the same, highest expected net benefit."
    table = found.acceptability[found.acceptability["threshold"] == threshold]
    likeliest = table.loc[table["probability"].idxmax()]
    if likeliest["probability"] > best["probability"]:
        words += (
            f" {likeliest['strategy']} is the most cost-effective more often "
            f"({probability(likeliest['probability'])} of samples), but by less."
        )
    words += f" The uncertainty costs {pounds(evpi.value, evpi.mcse)} per person on average"
    if affected is not None:
        words += f", {pounds(evpi.value * affected.number)} over {affected.words}"
    return words + ": no research can be worth more (EVPI)."


def increments(found: Appraisal) -> list[str]:
    """One sentence for every strategy against the comparator."""
    cea, sentences = found.cea, []
    for name in cea.interventions:
        cost = summarise(cea.incremental(cea.cost).sel(strategy=name))
        qaly = summarise(cea.incremental(cea.qaly).sel(strategy=name))
        icer = cea.icer(name)
        words = (
            f"{name} instead of {cea.comparator}: {_more(cost, 'costs', 'saves')} per person and "
            f"{_more(qaly, 'gains', 'loses', unit=' QALYs')}; {icer.quadrant}"
        )
        if icer.value is not None and not icer.quadrant.startswith("domina"):
            words += f", {pounds(icer.value)}"
        sentences.append(words + ".")
    return sentences


def _more(part: Summary, above: str, below: str, unit: str = "") -> str:
    """An increment in words, with its interval."""
    form = plain if unit else pounds
    size = form(abs(part.value), part.mcse)
    bounds = (
        ""
        if part.lower is None or part.upper is None
        else (f" (95% interval of the difference {form(part.lower, part.mcse)} to {form(part.upper, part.mcse)})")
    )
    return f"{above if part.value >= 0 else below} {size}{unit}{bounds}"


def cautions(found: Appraisal) -> list[str]:
    """What ought to be looked at before the figures are used."""
    said = []
    samples = samples_of(found)
    if samples < FEW_SAMPLES:
        said.append(
            f"Only {samples:,} samples: probabilities and values of information are rough; {FEW_SAMPLES:,} or more "
            "are better."
        )
    for threshold in found.thresholds:
        said += _undecided(found, threshold)
    if not found.evppi.empty:
        odd = found.evppi[found.evppi["check"] != "passed"]
        for parameters, rows in odd.groupby("parameters", sort=False):
            said.append(f"The EVPPI of {parameters} did not pass its check: {rows['check'].iloc[0]}.")
        if still := [
            str(name)
            for name, rows in found.evppi.groupby("parameters", sort=False)
            if (rows["reason"] == "it never varies").all()
        ]:
            said.append(
                f"Parameters that are the same in every sample, and have no value of information: {', '.join(still)}."
            )
    return said


def _undecided(found: Appraisal, threshold: float) -> list[str]:
    """Whether the best strategies are told apart by so many samples."""
    benefit = found.cea.net_benefit([threshold]).isel(threshold=0)
    order = benefit.mean("sample").to_pandas().sort_values(ascending=False).index
    first, second = (str(name) for name in order[:2])
    lead = summarise(benefit.sel(strategy=first) - benefit.sel(strategy=second))
    if not lead.mcse or lead.value >= CLOSE * lead.mcse:
        return []
    words = (
        f"At {name_of(threshold)} the expected net benefits of {first} and {second} differ by "
        f"{pounds(lead.value, lead.mcse)} per person, with a Monte Carlo standard error of {error(lead.mcse)}: more "
        "samples are needed to tell which is higher."
    )
    return [words]


def worth(found: Appraisal) -> str:
    """What the value of information says about research."""
    if found.evppi.empty:
        return (
            "No parameters were given, so that it cannot be said which uncertainty matters; give their samples to find "
            "out."
        )
    return most_worth(found)


def enough(found: Appraisal) -> str:
    """The verdict on the number of samples."""
    verdict = str(found.enough["verdict"].item())
    return verdict[0].upper() + verdict[1:] + "."

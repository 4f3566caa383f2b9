"""The sentences of a PSA report."""

from collections.abc import Callable, Iterator
from functools import partial

import pandas as pd

from heemodel.decision import Appraisal, Summary, summarise
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.report.knowledge import CLOSE, Affected, evpi_at, in_all, most_worth, name_of, spoken
from heemodel.report.psa.digits import digits_of, increments_of
from heemodel.report.wording import error, fine_money, plain, probability

FEW_SAMPLES = 1_000
LIFETIME = 120.0
"""QALYs that nobody has, and money that few strategies cost as little as."""
UNRELATED = 0.01
"""Probability by chance, of all outcomes together, above which parameters are not taken to be theirs."""

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
    "Frontier": "on a plot of cost against QALYs, the strategies that are the best value at some threshold; on one of "
    "probabilities, the probability for the strategy with the highest expected net benefit at each.",
    "Monte Carlo standard error": "how far a figure may be off because samples are finite in number. It falls with "
    "their square root; figures are printed with no more digits than it supports.",
    "Check": "whether choices by a regression on some samples gain as much in others. “Could be noise”: what they gain "
    "there is not above 0 by its error, allowing for how many parameters are looked at.",
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
    best, evpi, at = best_at(found, threshold), evpi_at(found, threshold), name_of(threshold, found.currency)
    benefit = found.cea.net_benefit([threshold]).isel(threshold=0).mean("sample")
    alike = [str(name) for name in benefit["strategy"].to_numpy() if benefit.sel(strategy=name) == benefit.max()]
    words = (
        f"At {at}, {best['strategy']} has the highest expected net benefit; the probability that it "
        f"is the most cost-effective is {probability(best['probability'])}."
    )
    if len(alike) > 1:
        words = f"At {at}, {' and '.join(alike)} have the same, highest expected net benefit."
    table = found.acceptability[found.acceptability["threshold"] == threshold]
    likeliest = table.loc[table["probability"].idxmax()]
    if likeliest["probability"] > best["probability"]:
        words += (
            f" {likeliest['strategy']} is the most cost-effective more often "
            f"({probability(likeliest['probability'])} of samples), but by less."
        )
    words += (
        f" The uncertainty costs {fine_money(evpi.value, evpi.mcse, currency=found.currency)} per person on average"
    )
    if affected is not None:
        words += f", {in_all(evpi.value, evpi.mcse or 0.0, affected, found.currency)} over {affected.words}"
    return words + ": no research can be worth more (EVPI)."


def increments(found: Appraisal) -> list[str]:
    """One sentence for every strategy against the comparator."""
    digits, sentences = digits_of(found), []
    for name, one in increments_of(found).items():
        money = partial(fine_money, mcse=digits.cost, currency=found.currency)
        cost = _more(summarise(one.cost), ("costs", "saves"), money)
        qaly = _more(summarise(one.qaly), ("gains", "loses"), lambda size: f"{plain(size, digits.qaly)}", " QALYs")
        sentences.append(
            f"{name} instead of {found.cea.comparator}: {cost} per person and {qaly}; {_ratio(found, name)}."
        )
    return sentences


def _more(part: Summary, verbs: tuple[str, str], form: Callable[[float], str], unit: str = "") -> str:
    """An increment in words, with its interval in the same direction, or with both where it has both."""
    ends = [one for one in (part.lower, part.upper) if one is not None]
    verb = verbs[part.value < 0]
    said = f"{verb} {form(abs(part.value))}{unit}"
    if not ends:
        return said
    named = any(end * part.value < 0 for end in ends)
    onwards = ends if part.value >= 0 else reversed(ends)
    low, high = (f"{verbs[end < 0]} {form(abs(end))}" if named else form(abs(end)) for end in onwards)
    return f"{said} (95% interval {low} to {high})"


def _ratio(found: Appraisal, name: str) -> str:
    """What a QALY costs against the comparator, and whether another strategy makes that beside the point."""
    icer = found.cea.icer(name)
    words = icer.quadrant
    if icer.value and "north-east" in icer.quadrant:
        words = f"{fine_money(icer.value, currency=found.currency)} per QALY gained"
    elif icer.value and "south-west" in icer.quadrant:
        words = f"{fine_money(icer.value, currency=found.currency)} saved per QALY lost"
    row = found.icers.set_index("strategy").loc[name]
    beaten = row["status"].endswith("dominated") and not icer.quadrant.startswith("dominated")
    return f"{words} ({row['status']} by {row['dominated_by']})" if beaten else words


def cautions(found: Appraisal) -> list[str]:
    """What ought to be looked at before the figures are used."""
    said = []
    samples = samples_of(found)
    if samples < FEW_SAMPLES:
        said.append(
            f"Only {samples:,} samples: probabilities and values of information are rough; {FEW_SAMPLES:,} or more "
            "are better."
        )
    said += [*_units(found), *_strangers(found)]
    for threshold in found.thresholds:
        said += _undecided(found, threshold)
    if not found.evppi.empty:
        odd = found.evppi[~found.evppi["check"].isin(["passed", COULD_BE_NOISE])]
        for parameters, rows in odd.groupby("parameters", sort=False):
            said.append(
                f"The EVPPI of {spoken(str(parameters), found.groups)} did not pass its check: {rows['check'].iloc[0]}."
            )
        if still := [
            str(name)
            for name, rows in found.evppi.groupby("parameters", sort=False)
            if (rows["reason"] == "it never varies").all()
        ]:
            said.append(
                f"Parameters that are the same in every sample, and have no value of information: {', '.join(still)}."
            )
    return said


def _units(found: Appraisal) -> Iterator[str]:
    """Whether costs and QALYs are of the size of costs and QALYs."""
    cost, qaly = (
        abs(one.mean([dim for dim in one.dims if dim == "sample"])).max().item()
        for one in (found.cea.cost, found.cea.qaly)
    )
    if cost < LIFETIME and qaly > cost:
        yield (
            f"Mean costs are up to {fine_money(cost, currency=found.currency)} per person and mean QALYs up to "
            f"{plain(qaly)}: are costs and QALYs swapped?"
        )
    elif qaly > LIFETIME:
        yield (
            f"Mean QALYs are up to {qaly:,.0f} per person, more than the years of any life: are they in another unit, "
            "or of many people?"
        )


def _strangers(found: Appraisal) -> Iterator[str]:
    """Whether parameters have anything to do with the outcomes."""
    table = found.explained
    if not table.empty and table["p_value"].min() * len(table) > UNRELATED:
        yield (
            "The parameters together explain no more of costs, QALYs and net benefits than chance would (R² of up to "
            f"{table['r_squared'].max():.1%}; {table['by_chance'].max():.1%} by chance): are their rows in the same "
            "order as those of costs and QALYs?"
        )


def _undecided(found: Appraisal, threshold: float) -> list[str]:
    """Whether the best strategies are told apart by so many samples."""
    benefit = found.cea.net_benefit([threshold]).isel(threshold=0)
    order = benefit.mean("sample").to_pandas().sort_values(ascending=False).index
    first, second = (str(name) for name in order[:2])
    lead = summarise(benefit.sel(strategy=first) - benefit.sel(strategy=second))
    if not lead.mcse or lead.value >= CLOSE * lead.mcse:
        return []
    size, doubt = fine_money(lead.value, lead.mcse, currency=found.currency), error(lead.mcse, currency=found.currency)
    size = (
        f"{size} per person, with a Monte Carlo standard error of {doubt}"
        if lead.value > lead.mcse
        else f"less than their Monte Carlo standard error of {doubt} per person"
    )
    words = (
        f"At {name_of(threshold, found.currency)} the expected net benefits of {first} and {second} differ by {size}"
    )
    return [f"{words}: more samples are needed to tell which is higher."]


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

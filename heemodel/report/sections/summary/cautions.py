"""What forbids to take results as they are, and what is odd and ought to be looked at again."""

from collections.abc import Iterator, Sequence

import pandas as pd

from heemodel.analysis import Results, ScenarioResult
from heemodel.currency import POUNDS
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.parameters import Inputs, Parameter
from heemodel.parameters.stated import as_given
from heemodel.report.formatting import money, number, per_qaly, standard_error

FEW_DRAWS = 1_000
SURPRISE = (0.0025, 0.9975)
"""Where an observation lies among its posterior predictions if the model cannot reproduce it."""
CLOSE = 2.0
"""Standard errors up to which a lead cannot be told from nothing."""
LIFETIME = 120.0
"""QALYs that nobody has, and money that few strategies cost as little as."""
UNRELATED = 0.01
"""Probability by chance, of all outcomes together, above which parameters are not taken to be theirs."""
NAMED = 3
"""Things of one kind that are named; further ones are counted."""


def warnings(results: Results) -> list[str]:
    """What forbids to take the results as they are: it is printed before anything else."""
    found = []
    for result in results:
        label = results.label(result.name)
        if result.fitted is not None and result.fitted.accepted_unconverged:
            found.append(
                f"{label}: the posterior has not converged and was used all the same, by choice. "
                f"{'; '.join(result.fitted.accepted_unconverged)}"
            )
        found += [f"{label}: a check of the model failed. {c.name}: {c.detail}" for c in result.checks if not c.passed]
    return found


def cautions(results: Results) -> list[str]:
    """What is possible but odd, and ought to be looked at again."""
    odd = [
        *_of_run(results),
        *_of_scenarios(results),
        *(_of_words(results.inputs) if results.inputs is not None else ()),
        *(_of_figures(results.inputs) if results.inputs is not None else _of_samples(results)),
    ]
    by_caution: dict[str, list[str]] = {}
    for result in results:
        for caution in dict.fromkeys(
            [*_of_evidence(result), *_undecided(results, result), *_of_evppi(results, result)]
        ):
            by_caution.setdefault(caution, []).append(results.label(result.name))
    if len(results.scenarios) == 1:
        return [*odd, *by_caution]
    return odd + [
        f"{'All' if len(labels) == len(results.scenarios) else ', '.join(labels)}: {caution}"
        for caution, labels in by_caution.items()
    ]


def _of_run(results: Results) -> Iterator[str]:
    """Too few draws, evidence that was not run, thresholds in another currency."""
    draws, inputs = results.record.draws, results.inputs
    if draws < FEW_DRAWS:
        yield f"Only {draws:,} draws: intervals and probabilities are rough; take {FEW_DRAWS:,} or more."
    compare = inputs.about.compare if inputs is not None else None
    if compare is not None and compare.stringent not in results.scenarios:
        yield f"{results.label(compare.stringent)}, which the inputs name as the stronger evidence, was not run."
    if results.record.policy_thresholds and not results.currency.matches(POUNDS):
        figures = ", ".join(f"{threshold:,.0f}" for threshold in results.thresholds)
        yield (
            f"The thresholds, {figures} {results.currency} per QALY, are the figures of NICE, which are in pounds: "
            f"they are not converted. Are they what a QALY is worth in {results.currency}?"
        )


def _of_scenarios(results: Results) -> Iterator[str]:
    """Scenarios that give the same in every draw, as where a model never asks which one it is run for."""
    alike: dict[str, list[str]] = {}
    for result in results:
        same = next((name for name in alike if result.outcomes.equals(results[name].outcomes)), result.name)
        alike.setdefault(same, []).append(results.label(result.name))
    for labels in alike.values():
        if len(labels) > 1:
            yield (
                f"{', '.join(labels[:-1])} and {labels[-1]} give the same costs and QALYs in every draw: does the "
                "model look at which scenario it is run for?"
            )


def _of_words(inputs: Inputs) -> Iterator[str]:
    """Figures that were changed while what is said of them is still about the figures before."""
    labels = {place: figure.label for place, figure in inputs.figures()}
    for place, stayed in inputs.unrevised():
        if place == ("claim",):
            kept = " and ".join("what it counts" if part == "components" else f"its {part}" for part in stayed)
            verb = "is" if len(stayed) == 1 else "are"
            yield (
                f"The published figure was changed, and {kept} {verb} still as the model has it. Where is yours from, "
                "and does it count the same?"
            )
        elif place in labels:
            yield (
                f"{labels[place]}: the figure was changed, and its {' and '.join(stayed)} "
                f"{'is' if len(stayed) == 1 else 'are'} unchanged template text. Where is yours from, and why this one?"
            )
        else:
            whose = inputs.about.organisation
            yield f"The evidence was changed, and it still is said to be that of {whose}: whose figures are these?"


def _of_figures(inputs: Inputs) -> Iterator[str]:
    """Figures outside their usual range, and standard errors that look like standard deviations."""
    for place, figure in inputs.figures():
        table, usual = f"[{'.'.join(place)}]", inputs.plausible_range(place)
        value = None if usual is None else figure.outside(usual)
        if value is not None and usual is not None:
            given, low, high = (as_given(each, ",g") for each in (value, *usual))
            yield f"{table} is {given} {figure.unit}; {low} to {high} is usual. Is the figure in that unit?"
        if not isinstance(figure, Parameter) or place[0] == "priors":
            continue
        if figure.distribution == "gamma" and (figure.spread() > figure.centre()).any():
            yield f"{table} has a standard error above its value; is it a standard deviation?"


def _of_evidence(result: ScenarioResult) -> Iterator[str]:
    """What the evidence model found odd, and where prior, data and posterior do not fit together."""
    if result.fitted is None:
        return
    yield from result.fitted.cautions
    outside, missed = [], []
    for _, row in result.fitted.predictive.iterrows():
        name = str(row["observation"]).replace("_", " ")
        if not row["prior_2.5%"] <= row["observed"] <= row["prior_97.5%"]:
            expected = " to ".join(as_given(row[f"prior_{end}"], ".3g") for end in ("2.5%", "97.5%"))
            outside.append(f"{name} is {as_given(row['observed'], 'g')}, outside what the prior expected ({expected})")
        if not SURPRISE[0] <= row["posterior_share_below"] <= SURPRISE[1]:
            missed.append(name)
    if outside:
        yield f"{listed(outside)}; the prior may outweigh the data."
    if missed:
        verb = "is" if len(missed) == 1 else "are"
        yield f"{listed(missed)} {verb} not reproduced by the fitted model; do prior and data agree?"


def listed(things: Sequence[str]) -> str:
    """The first of several things, and how many there are besides."""
    more = len(things) - NAMED
    return ", ".join(things[:NAMED]) + (f" and {more} more (see the evidence)" if more > 0 else "")


def _undecided(results: Results, result: ScenarioResult) -> Iterator[str]:
    """Whether the best strategies are told apart by so many draws."""
    table, currency = results.tables["headline"], results.currency
    for threshold in results.thresholds if results.asks("value for money") else ():
        lead = table[(table["scenario"] == result.name) & (table["quantity"] == f"lead_at_{threshold:.12g}")].iloc[0]
        if not lead["mcse"] or lead["value"] >= CLOSE * lead["mcse"]:
            continue
        doubt = standard_error(lead["mcse"], currency=currency)
        size = (
            f"{money(lead['value'], lead['mcse'], currency=currency)} a {results.person}, with a Monte Carlo "
            f"standard error of {doubt}"
            if lead["value"] > lead["mcse"]
            else f"less than their Monte Carlo standard error of {doubt} a {results.person}"
        )
        second = str(lead["note"]).removeprefix("over ")
        yield (
            f"At {per_qaly(threshold, currency)} the expected net benefits of {lead['strategy']} and {second} differ "
            f"by {size}: more draws are needed to tell which is higher."
        )


def _of_evppi(results: Results, result: ScenarioResult) -> Iterator[str]:
    """Values of information that did not pass their check, and parameters that have none."""
    if "evppi" not in results.tables:
        return
    table = results.tables["evppi"]
    table = table[table["scenario"] == result.name]
    odd = table[~table["check"].isin(["passed", COULD_BE_NOISE])]
    for parameters, rows in odd.groupby("label", sort=False):
        yield f"The EVPPI of {parameters} did not pass its check: {rows['check'].iloc[0]}."
    still = [name for name, rows in table.groupby("label", sort=False) if (rows["reason"] == "it never varies").all()]
    if still and results.inputs is None:
        names = ", ".join(map(str, still))
        yield f"Parameters that are the same in every sample, and have no value of information: {names}."


def _of_samples(results: Results) -> Iterator[str]:
    """Whether costs, QALYs and parameters that were read from files may be what they are taken for."""
    table = results.tables["headline"]
    cost, qaly = (float(table.loc[table["quantity"] == what, "value"].abs().max()) for what in ("cost", "qaly"))
    if cost < LIFETIME and qaly > cost:
        yield (
            f"Mean costs are up to {money(cost, currency=results.currency)} per person and mean QALYs up to "
            f"{number(qaly)}: are costs and QALYs swapped?"
        )
    elif qaly > LIFETIME:
        yield (
            f"Mean QALYs are up to {qaly:,.0f} per person, more than the years of any life: are they in another "
            "unit, or of many people?"
        )
    explained = results.tables.get("explained", pd.DataFrame())
    if not explained.empty and explained["p_value"].min() * len(explained) > UNRELATED:
        yield (
            "The parameters together explain no more of costs, QALYs and net benefits than chance would (R² of up "
            f"to {explained['r_squared'].max():.1%}; {explained['by_chance'].max():.1%} by chance): are their rows "
            "in the same order as those of costs and QALYs?"
        )

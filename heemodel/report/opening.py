"""What a reader meets first: the answer in sentences, one card for each body of evidence, and what to look at again."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from heemodel.decision import Summary, share, summarise
from heemodel.parameters import Inputs, policy_profile
from heemodel.report import tables
from heemodel.report.contents import Run, ScenarioResult, Views
from heemodel.report.headline import slug, thresholds, value_of
from heemodel.report.wording import interval, likelihood, money, percent, probability

FEW_DRAWS = 1_000
SURPRISE = (0.0025, 0.9975)
"""Where an observation lies among its posterior predictions if the model cannot reproduce it."""

GLOSSARY = {
    "95% interval": "the range in which the figure lies with 95% probability, given this evidence and these inputs.",
    "Mean and point estimate": "the mean is taken over all uncertainty and is the base case; the point estimate takes "
    "every input at its central value.",
    "QALY": "quality-adjusted life year: a year of life in full health, or longer in less than full health.",
    "Threshold": "what the NHS is willing to pay for a QALY. At or below it, a treatment is cost-effective.",
    "Dominant": "saves money and gains QALYs, so nothing has to be paid for the health gained.",
    "Net benefit": "the QALYs gained, valued at the threshold, less what they cost; above 0 is worth the money.",
    "Rounding": "means are rounded to what their Monte Carlo error supports, so parts may not add up to the last "
    "digit; point estimates have no such error.",
}


def answer(inputs: Inputs, results: Sequence[ScenarioResult]) -> str:
    """The answer in one sentence, on the strongest evidence that was run."""
    result = _strongest(inputs, results)
    net, chance = _net(inputs, result), share(_net_draws(inputs, result) > 0)
    label = inputs.scenarios[result.name].label
    verb = "saves" if net.value > 0 else "costs"
    return (
        f"Does it save money? {likelihood(chance.value)}. Under {label}"
        f"{', the strongest evidence here,' if len(results) > 1 and inputs.about.compare else ''} it {verb} "
        f"{money(abs(net.value), net.mcse)} a patient on average (95% interval of the saving "
        f"{interval(net.lower or 0, net.upper or 0, net.mcse)}); the probability that it saves money is "
        f"{probability(chance.value, chance.mcse)}."
    )


def findings(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """What else must be known at once: how much survives better evidence, whose money it is, and its worth."""
    return [
        *_survival(inputs, results),
        _whose_money(inputs, _strongest(inputs, results)),
        _value_for_money(inputs, results),
    ]


def _strongest(inputs: Inputs, results: Sequence[ScenarioResult]) -> ScenarioResult:
    """The scenario that the inputs name as stringent; the last one where it was not run."""
    compare = inputs.about.compare
    named = [result for result in results if compare is not None and result.name == compare.stringent]
    return [*results, *named][-1]


def _net_draws(inputs: Inputs, result: ScenarioResult) -> Any:
    return Views(result, inputs).walk(result.outcomes).isel(step=-1, drop=True)


def _net(inputs: Inputs, result: ScenarioResult) -> Summary:
    return summarise(_net_draws(inputs, result))


def _survival(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """How much of the saving under weaker evidence is left under stronger."""
    found, compare = {result.name: result for result in results}, inputs.about.compare
    if compare is None or not {compare.reference, compare.stringent} <= found.keys():
        return []
    before, after = (_net(inputs, found[name]) for name in (compare.reference, compare.stringent))
    weak, strong = (inputs.scenarios[name].label for name in (compare.reference, compare.stringent))
    was, left = money(before.value, before.mcse), money(after.value, after.mcse)
    doubt = f"95% interval {interval(after.lower or 0, after.upper or 0, after.mcse)}"
    if before.value <= 0:
        said = f"On average it saves nothing under {weak} ({was}); under {strong} the mean is {left} ({doubt})."
    elif after.value <= 0:
        said = f"Nothing survives: {was} a patient under {weak}, but {left} under {strong} ({doubt})."
    elif after.value >= before.value:
        said = f"All of it survives: {was} a patient under {weak}, {left} under {strong} ({doubt})."
    else:
        part = percent(after.value / before.value)
        said = f"How much survives: of {was} a patient under {weak}, {left} ({part}) is left under {strong} ({doubt})."
    return [f"{said} {strong}: {inputs.scenarios[compare.stringent].summary}"]


def _whose_money(inputs: Inputs, result: ScenarioResult) -> str:
    """The mean saving of one scenario by kind and by payer, and what must be said of freed capacity."""
    views, label = Views(result, inputs), inputs.scenarios[result.name].label
    first = next(iter(inputs.steps.values())).quantity
    return (
        f"What kind of money ({label}, mean per patient; a minus sign is a cost): {_parts(views, 'kind')}. "
        f"{inputs.about.notes.get(first, '')} Whose: {_parts(views, 'payer')}."
    )


def _parts(views: Views, what: str) -> str:
    """The mean saving of each payer or kind, all rounded alike."""
    grouped = views.grouped(views.result.outcomes, what)
    parts = {str(name): summarise(grouped.sel({what: name}, drop=True)) for name in grouped[what].to_numpy()}
    error = tables.coarsest(parts.values())
    return "; ".join(f"{name} {money(part.value, error)}" for name, part in parts.items())


def _value_for_money(inputs: Inputs, results: Sequence[ScenarioResult]) -> str:
    """One sentence on cost-effectiveness at the lowest threshold."""
    threshold, said = thresholds()[0], []
    for result in results:
        views = Views(result, inputs)
        cea = views.effectiveness(result.outcomes)
        curve = cea.acceptability([threshold]).sel(strategy=views.intervention).item()
        quadrant = cea.icer(views.intervention).quadrant
        said.append(f"{inputs.scenarios[result.name].label} {probability(curve)} (on average {quadrant})")
    return f"Is it worth the money? Probability that it is at {money(threshold)} per QALY: {'; '.join(said)}."


def card(inputs: Inputs, result: ScenarioResult, table: pd.DataFrame) -> dict[str, Any]:
    """One body of evidence in a glance."""
    scenario, net = inputs.scenarios[result.name], _net(inputs, result)
    compare = inputs.about.compare

    def row(quantity: str, form: str) -> tuple[str, str]:
        return tables.mean_and_interval(value_of(table, quantity, result.name), form)

    chance = tables.cell(value_of(table, "probability_saving", result.name), "probability")
    facts = [("Probability that it saves money", chance, "")]
    facts.append((f"Per year, {inputs.setting('annual_volume'):g} patients", *row("saving_per_year", "money")))
    payers = dict.fromkeys(component.payer for component in inputs.components.values())
    facts += [
        (f"of which {payer}, per patient", *row(f"saving_{slug(payer)}_per_patient", "money")) for payer in payers
    ]
    facts += [
        (f"{avoided.label}, per patient", *row(avoided.quantity, tables.form_of(avoided)))
        for avoided in inputs.avoided.values()
    ]
    return {
        "label": scenario.label,
        "tag": "strongest of these" if compare is not None and compare.stringent == result.name else "",
        "summary": scenario.summary,
        "design": f"{scenario.design} {_assumed(inputs, result.name)}",
        "saving": money(net.value, net.mcse),
        "meaning": f"net saving per patient; 95% interval {interval(net.lower or 0, net.upper or 0, net.mcse)}",
        "facts": facts,
    }


def _assumed(inputs: Inputs, scenario: str) -> str:
    """How many of a scenario's records hold an assumed figure."""
    records = [inputs.data[name] for chosen in inputs.scenarios[scenario].evidence.values() for name in chosen.values()]
    assumed = sum(bool(record.assumed) for record in records)
    if not assumed:
        return f"None of its {len(records)} records holds an assumed figure."
    return f"{assumed} of its {len(records)} records hold an assumed figure."


def basis(inputs: Inputs, run: Run) -> str:
    """What every figure of the report rests on."""
    policy, about = policy_profile(inputs.about.policy), inputs.about
    return (
        f"All money in {about.price_year} prices, over {run.horizon} from the start, costs and QALYs discounted at "
        f"{policy.discount_cost:.1%} and {policy.discount_qaly:.1%} a year; compared with {about.comparator}. "
        f"{about.perspective}. {about.population}."
    )


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
    for name, p in inputs.parameters.items():
        if p.distribution == "gamma" and (p.spread() > p.centre()).any():
            found.append(f"[parameters.{name}] has a standard error above its value; is it a standard deviation?")
    for result in results:
        label = inputs.scenarios[result.name].label
        found += [f"{label}: {caution}" for caution in result.cautions]
        for _, row in result.predictive.iterrows():
            name = str(row["observation"]).replace("_", " ")
            if not row["prior_2.5%"] <= row["observed"] <= row["prior_97.5%"]:
                found.append(
                    f"{label}: {name} is {row['observed']:g}, outside what the prior expected "
                    f"({row['prior_2.5%']:.3g} to {row['prior_97.5%']:.3g}); the prior may outweigh the data."
                )
            if not SURPRISE[0] <= row["posterior_share_below"] <= SURPRISE[1]:
                found.append(f"{label}: {name} is not reproduced by the fitted model; do prior and data agree?")
    return found

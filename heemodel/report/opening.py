"""What a reader meets first: the answer in sentences, and one card for each body of evidence."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from heemodel.decision import Summary, share, summarise
from heemodel.parameters import Inputs, policy_profile
from heemodel.report import tables, value
from heemodel.report.contents import Run, ScenarioResult, Views
from heemodel.report.headline import slug, value_of
from heemodel.report.quantities import Pair, thresholds, tidy
from heemodel.report.wording import interval, likelihood, money, percent, probability

GLOSSARY = {
    "95% interval": "the range in which the figure lies with 95% probability, given this evidence and these inputs.",
    "Mean and point estimate": "the mean is taken over all uncertainty and is the base case; the point estimate takes "
    "every input at its central value.",
    "QALY": "quality-adjusted life year: a year of life in full health, or longer in less than full health.",
    "Threshold": "what the NHS is willing to pay for a QALY. At or below it, a treatment is cost-effective.",
    "Dominant": "saves money and gains QALYs, so nothing has to be paid for the health gained.",
    "Net benefit": "the QALYs gained, valued at the threshold, less what they cost; above 0 is worth the money.",
    "One year's patients": "the saving on those treated in one year, over all the years that they are followed: not "
    "the saving in one year's budget.",
    "EVPI, EVPPI": "expected value of perfect information: what choosing wrongly costs on average for each patient, "
    "because inputs are uncertain; and the part of it that knowing some inputs only would save.",
    "Draw": "one set of values for all uncertain inputs; the model is run once for each.",
    "R-hat, ESS, divergences": "signs of whether the Bayesian fit can be relied on; a fit that fails them is refused.",
    "Rounding": "means are rounded to what their Monte Carlo error supports, so parts may not add up to the last "
    "digit; point estimates have no such error.",
}


def answer(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """The answer on the evidence that is named the strongest, with what is saved and by whom.

    Told of the strongest and the reference scenario; of all, where the strongest was not run or none is named. Where
    no published saving is tested, value for money comes first; see `value.answer`.
    """
    if value.leads(inputs):
        return value.answer(inputs, results)
    chances = {result.name: share(_net_draws(inputs, result) > 0).value for result in results}
    compare = inputs.about.compare
    if compare is None or compare.stringent not in chances or len(results) == 1:
        each = "; ".join(f"{inputs.scenarios[name].label}: {likelihood(chance)}" for name, chance in chances.items())
        return [f"Does it save money? {each}.", *(_verdict(inputs, result) for result in results)]
    label = inputs.scenarios[compare.stringent].label
    words = f"Does it save money? {likelihood(chances[compare.stringent])}, on the strongest evidence here ({label})."
    shown = [result for result in results if result.name in (compare.reference, compare.stringent)]
    return [words, *(_verdict(inputs, result) for result in shown)]


def _verdict(inputs: Inputs, result: ScenarioResult) -> str:
    """One scenario in two sentences: the net saving, and each payer's part."""
    net, chance = _net(inputs, result), share(_net_draws(inputs, result) > 0)
    grouped = Views(result, inputs).grouped(result.outcomes, "payer")
    payers = {str(name): summarise(grouped.sel(payer=name, drop=True)) for name in grouped["payer"].to_numpy()}
    error = tables.coarsest([net, *payers.values()])
    currency = inputs.about.currency
    parts = ", ".join(
        f"{name} {'saves' if part.value >= 0 else 'pays'} {money(abs(part.value), error, currency=currency)}"
        for name, part in payers.items()
    )
    doubt = interval(net.lower or 0, net.upper or 0, error, currency=currency)
    return (
        f"{inputs.scenarios[result.name].label}: {'saves' if net.value >= 0 else 'costs'} "
        f"{money(abs(net.value), error, currency=currency)} a patient on average (95% interval of the saving {doubt}), "
        f"with a probability of {probability(chance.value, chance.mcse)} of saving anything. Of this, {parts}."
    )


def findings(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """What else must be known at once: how much survives better evidence, what kind of money it is, and its worth."""
    said = [*_survival(inputs, results), _kind_of_money(inputs, _in_detail(inputs, results))]
    return said if value.leads(inputs) else [*said, _value_for_money(inputs, results)]


def _in_detail(inputs: Inputs, results: Sequence[ScenarioResult]) -> ScenarioResult:
    """The scenario that the inputs name as stringent; the last one where it was not run, the first if none is named."""
    compare = inputs.about.compare
    if compare is None:
        return results[0]
    return next((result for result in results if result.name == compare.stringent), results[-1])


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
    error = tables.coarsest([before, after])
    currency = inputs.about.currency
    doubts = (interval(net.lower or 0, net.upper or 0, error, currency=currency) for net in (before, after))
    means = (money(net.value, error, currency=currency) for net in (before, after))
    was, left = (f"{mean} (95% interval {doubt})" for mean, doubt in zip(means, doubts, strict=True))
    if before.value <= 0:
        said = f"On average it saves nothing under {weak}: {was} a patient; under {strong} the mean is {left}."
    elif after.value <= 0:
        said = f"Nothing survives: {was} a patient under {weak}, {left} under {strong}."
    elif after.value >= before.value:
        said = (
            f"{strong} gives more than {weak}, {left} a patient against {was}: it rests on other patients and does not "
            f"confirm the figures of {weak}."
        )
    else:
        part = percent(after.value / before.value)
        said = f"How much survives: of {was} a patient under {weak}, {left} is left under {strong}, {part}."
    return [f"{said} {strong}: {inputs.scenarios[compare.stringent].summary or ''}".rstrip()]


def _kind_of_money(inputs: Inputs, result: ScenarioResult) -> str:
    """The mean saving of one scenario by kind, and what must be said of freed capacity."""
    views, label = Views(result, inputs), inputs.scenarios[result.name].label
    first = next(iter(inputs.steps.values())).quantity
    grouped = views.grouped(result.outcomes, "kind")
    kinds = {str(name): summarise(grouped.sel(kind=name, drop=True)) for name in grouped["kind"].to_numpy()}
    error = tables.coarsest(kinds.values())
    parts = "; ".join(
        f"{name} {money(part.value, error, currency=inputs.about.currency)}" for name, part in kinds.items()
    )
    note = inputs.about.notes.get(first, "")
    return f"What kind of money ({label}, mean per patient; a minus sign is a cost): {parts}. {note}".rstrip()


def _value_for_money(inputs: Inputs, results: Sequence[ScenarioResult]) -> str:
    """One sentence on cost-effectiveness at the lowest threshold."""
    threshold = thresholds()[0]
    said: dict[str, list[str]] = {}
    for result in results:
        views = Views(result, inputs)
        curve = views.effectiveness(result.outcomes).acceptability([threshold]).sel(strategy=views.intervention).item()
        (icer,) = tidy((one for one in Pair(inputs, result.outcomes).means() if one.name == "icer"), "probabilistic")
        note = str(icer["note"])
        on_average = note if note.startswith("domina") else value.ratio(pd.Series(icer), currency=inputs.about.currency)
        said.setdefault(on_average, []).append(f"{inputs.scenarios[result.name].label} {probability(curve)}")
    each = "; ".join(f"{', '.join(labels)} (on average {on_average})" for on_average, labels in said.items())
    at = money(threshold, currency=inputs.about.currency)
    return f"Is it worth the money? Probability that it is at {at} per QALY: {each}."


def card(inputs: Inputs, result: ScenarioResult, table: pd.DataFrame, run: Run, *, strongest: bool) -> dict[str, Any]:
    """One body of evidence in a glance; `strongest` marks the one that the inputs name so, among several."""
    scenario, net, currency = inputs.scenarios[result.name], _net(inputs, result), inputs.about.currency
    *_, last = inputs.steps.values()

    def row(quantity: str, form: str) -> tuple[str, str]:
        return tables.mean_and_interval(value_of(table, quantity, result.name), form, currency=currency)

    chance = tables.cell(value_of(table, "probability_saving", result.name), "probability", currency=currency)
    facts = [("Probability that it saves money", chance, "")]
    payers = dict.fromkeys(component.payer for component in inputs.components.values() if component.payer)
    of_payer = "Saved by {}, per patient" if value.leads(inputs) else "{}, per patient"
    facts += [(of_payer.format(payer), *row(f"saving_{slug(payer)}_per_patient", "money")) for payer in payers]
    year = f"One year's {inputs.setting('annual_volume'):g} patients, followed for {run.horizon}"
    facts.append((year, *row("saving_per_year", "money")))
    facts += [
        (f"{avoided.label}, per patient", *row(avoided.quantity, tables.form_of(avoided)))
        for avoided in inputs.avoided.values()
    ]
    figure = money(net.value, net.mcse, currency=currency)
    doubt = interval(net.lower or 0, net.upper or 0, net.mcse, currency=currency)
    meaning = f"net saving per patient; 95% interval {doubt}"
    if value.leads(inputs):
        facts.insert(1, ("Net saving per patient (a minus sign is a cost)", *row(last.quantity, "money")))
        figure, meaning, first = value.facts(inputs, result)
        facts = [*first, *facts]
    return {
        "label": scenario.label,
        "tag": "strongest of these" if strongest else "",
        "summary": scenario.summary or "",
        "design": f"{scenario.design or ''} {_assumed(inputs, result.name)}".strip(),
        "saving": figure,
        "meaning": meaning,
        "facts": facts,
    }


def _assumed(inputs: Inputs, scenario: str) -> str:
    """How many of a scenario's records hold an assumed figure."""
    records = [inputs.data[name] for chosen in inputs.scenarios[scenario].evidence.values() for name in chosen.values()]
    assumed = sum(bool(record.assumed) for record in records)
    if not records:
        return ""
    if not assumed:
        return f"None of its {len(records)} records holds an assumed figure."
    return f"{assumed} of its {len(records)} records hold an assumed figure."


def basis(inputs: Inputs, run: Run) -> str:
    """What every figure of the report rests on."""
    policy, about = policy_profile(inputs.about.policy), inputs.about
    rates = dict.fromkeys((f"{policy.discount_cost:.1%}", f"{policy.discount_qaly:.1%}"))
    return (
        f"All money in {about.price_year} prices, over {run.horizon} from the start, costs and QALYs discounted at "
        f"{' and '.join(rates)} a year; compared with {about.comparator}. "
        f"{about.perspective}. {about.population}."
    )

"""The report page: one HTML file that needs no network."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from heemodel.decision import Summary, summarise
from heemodel.parameters import Inputs, policy_profiles
from heemodel.report import tables
from heemodel.report.contents import Run, ScenarioResult, Views
from heemodel.report.figures import Figure
from heemodel.report.headline import CLAIMED, thresholds, value_of
from heemodel.report.wording import interval, money, number, percent, probability

TRACE_YEARS = (0, 1 / 52 * 4, 0.25, 0.5, 1, 2, 3, 5, 10, 20)


def render(
    inputs: Inputs,
    results: Sequence[ScenarioResult],
    *,
    table: pd.DataFrame,
    figures: Sequence[Figure],
    run: Run,
    record: Mapping[str, Any],
) -> str:
    """The whole page.

    Parameters
    ----------
    table : the headline table
    figures : as drawn by `draw_figures`
    record : the manifest
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("heemodel.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_unbroken,
    )
    return environment.get_template("report.html.j2").render(
        about=inputs.about,
        warnings=_warnings(inputs, results),
        cards=[_card(inputs, result, table) for result in results],
        short=_in_short(inputs, results),
        key=tables.key_table(inputs, results, table),
        payer=tables.split_table(
            inputs,
            results,
            "payer",
            "Net saving per patient by who pays",
            "A minus sign is a cost. Payers do not share budgets: what one saves does not reach another.",
        ),
        kind=tables.split_table(
            inputs,
            results,
            "kind",
            "Net saving per patient by what kind of saving it is",
            "Cash-releasing: money that is paid out or not. Capacity freed: beds and time that other patients fill; "
            "cash only if they are closed. Cost avoided: future care that need not be paid for. The three are not one "
            "sum of cash.",
        ),
        claims=[tables.claim_table(inputs, result, table, inputs.claim) for result in results] if inputs.claim else [],
        reconciliation=_reconciliation(inputs, results, table),
        effectiveness=tables.effectiveness_table(inputs, results, table),
        policy=[f"{profile.label}: {profile.note}" for profile in policy_profiles().values()],
        trace=_trace_table(inputs, results),
        evidence=[
            {
                "label": inputs.scenarios[result.name].label,
                "data": tables.evidence_table(inputs, result),
                "posterior": tables.posterior_table(inputs, result),
                "predictive": tables.predictive_table(inputs, result),
            }
            for result in results
        ],
        inputs=tables.inputs_tables(inputs),
        checks=tables.checks_table(inputs, results),
        figures={
            f.name: {
                "name": f.name,
                "title": f.title,
                "caption": f.caption,
                "alternative": f.alternative,
                "source": "data:image/svg+xml;base64," + base64.b64encode(f.svg.encode()).decode(),
            }
            for f in figures
        },
        run=_run_lines(run, record),
    )


def _unbroken(text: Any) -> Any:
    """Keep a minus sign with its number where lines break (U+2060 is the word joiner)."""
    return text.replace("−", "−\u2060") if type(text) is str else text


def _warnings(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """What must be read before anything else."""
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


def _net(inputs: Inputs, result: ScenarioResult) -> Summary:
    return summarise(Views(result, inputs).walk(result.outcomes).isel(step=-1, drop=True))


def _card(inputs: Inputs, result: ScenarioResult, table: pd.DataFrame) -> dict[str, Any]:
    """One scenario in a glance."""
    net, scenario = _net(inputs, result), inputs.scenarios[result.name]
    facts = [
        (
            "Probability that it saves money",
            tables.cell(value_of(table, "probability_saving", result.name), "probability"),
        )
    ]
    yearly = value_of(table, "saving_per_year", result.name)
    facts.append((f"Per year, {inputs.setting('annual_volume'):.0f} patients", money(yearly["value"], yearly["mcse"])))
    for avoided in inputs.avoided.values():
        row = value_of(table, avoided.quantity, result.name)
        decimals = 1 if abs(row["value"]) >= 1 else 2
        facts.append((f"{avoided.label}, per patient", number(row["value"], row["mcse"], decimals=decimals)))
    return {
        "label": scenario.label,
        "summary": scenario.summary,
        "saving": money(net.value, net.mcse),
        "meaning": f"net saving per patient; 95% interval {interval(net.lower or 0, net.upper or 0, net.mcse)}",
        "facts": facts,
    }


def _in_short(inputs: Inputs, results: Sequence[ScenarioResult]) -> list[str]:
    """The findings in sentences."""
    found = {result.name: result for result in results}
    words, last = [], results[-1]
    compare = inputs.about.compare
    if compare is not None and compare.reference in found and compare.stringent in found:
        last = found[compare.stringent]
        before, after = _net(inputs, found[compare.reference]), _net(inputs, last)
        labels = [inputs.scenarios[name].label.lower() for name in (compare.reference, compare.stringent)]
        survives = f" ({after.value / before.value:.0%})" if before.value > 0 else ""
        words.append(
            f"How much survives: of the {money(before.value, before.mcse)} net saving per patient in the {labels[0]} "
            f"scenario, {money(after.value, after.mcse)}{survives} is left in the {labels[1]} scenario, with a 95% "
            f"interval of {interval(after.lower or 0, after.upper or 0, after.mcse)}. "
            f"{inputs.scenarios[compare.stringent].summary}"
        )
    views = Views(last, inputs)
    label = inputs.scenarios[last.name].label
    gross = next(iter(inputs.steps.values())).quantity
    words.append(
        f"What kind of money ({label}, mean per patient; a minus sign is a cost): {'; '.join(_parts(views, 'kind'))}. "
        f"{inputs.about.notes.get(gross, '')} Whose: {'; '.join(_parts(views, 'payer'))}."
    )
    words.append(_value_for_money(inputs, results))
    words.append(f"Perspective: {inputs.about.perspective}. {inputs.about.population}.")
    return words


def _parts(views: Views, what: str) -> list[str]:
    """The mean saving of each payer or kind."""
    grouped = views.grouped(views.result.outcomes, what)
    parts = [(str(name), summarise(grouped.sel({what: name}, drop=True))) for name in grouped[what].to_numpy()]
    return [f"{name} {money(part.value, part.mcse)}" for name, part in parts]


def _value_for_money(inputs: Inputs, results: Sequence[ScenarioResult]) -> str:
    """One sentence on cost-effectiveness at the lowest threshold."""
    threshold, said = thresholds()[0], []
    for result in results:
        views = Views(result, inputs)
        cea = views.effectiveness(result.outcomes)
        curve = cea.acceptability([threshold]).sel(strategy=views.intervention).item()
        quadrant = cea.icer(views.intervention).quadrant
        said.append(f"{inputs.scenarios[result.name].label} {probability(curve)} (on average {quadrant})")
    return f"Probability that it is cost-effective at {money(threshold)} per QALY: {'; '.join(said)}."


def _reconciliation(inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame) -> list[str]:
    """The claimed figure held against the point estimates of the first scenario, step by step."""
    claim = inputs.claim
    if claim is None:
        return []
    found = [result.name for result in results]
    compare = inputs.about.compare
    first = compare.reference if compare is not None and compare.reference in found else found[0]
    label, volume = inputs.scenarios[first].label, inputs.setting("annual_volume")
    words = [
        f"{claim.label.capitalize()}: {money(claim.value)} {claim.unit.removeprefix('£ ')}. Source: {claim.source}."
    ]
    if note := inputs.about.notes.get("claim"):
        words.append(note)
    told = [(step.label.lower(), step.quantity) for step in inputs.steps.values()]
    counted = ", ".join(inputs.components[name].label.lower() for name in claim.components)
    said = []
    for words_of, quantity in [*told, (f"as claimed ({counted})", CLAIMED)]:
        saving = value_of(table, quantity, first, "point")["value"]
        stem = quantity.removesuffix("_per_patient")
        needed = value_of(table, f"volume_at_which_{stem}_reaches_claim", first, "point")["value"]
        reach = "is never reached" if pd.isna(needed) else f"needs {needed:,.0f} patients a year"
        said.append(
            f"{words_of[0].upper() + words_of[1:]}, {money(saving)} per patient: {money(claim.value)} {reach}; at "
            f"{volume:g} a year it is {money(saving * volume)}."
        )
    words.append(f"{label}, point estimates. {' '.join(said)}")
    if "bed_days" in inputs.avoided:
        days = value_of(table, inputs.avoided["bed_days"].quantity, first, "point")["value"]
        gross = value_of(table, next(iter(inputs.steps.values())).quantity, first, "point")["value"]
        words.append(f"The gross saving is {days:g} days × £{gross / days:,.2f} a day = {money(gross)}.")
    words.append(f"Volumes: {claim.rationale}")
    return words


def _trace_table(inputs: Inputs, results: Sequence[ScenarioResult]) -> tables.Table:
    """Occupancy at a few times, the table behind the last figure."""
    result = results[0]
    occupancy = result.trace["mean"]
    states = [str(state) for state in occupancy["state"].to_numpy()]
    strategies = [str(name) for name in occupancy["strategy"].to_numpy()]
    rows = []
    for when in (year for year in TRACE_YEARS if year <= float(occupancy["years"].max()) + 1e-9):
        point = occupancy.isel(cycle=int(np.abs(occupancy["years"].to_numpy() - when).argmin()))
        shares = [percent(float(point.sel(strategy=k, state=s))) for k in strategies for s in states]
        after = f"{when * 52:.0f} weeks" if when < 1 else "1 year" if when == 1 else f"{when:.0f} years"
        rows.append([after, *shares])
    return tables.Table(
        title=f"Share of patients in each place, {inputs.scenarios[result.name].label}",
        header=[
            "After",
            *(state.replace("_", " ") for state in states),
            *(state.replace("_", " ") for state in states),
        ],
        groups=[("", 1), *((strategy, len(states)) for strategy in strategies)],
        rows=rows,
    )


def _run_lines(run: Run, record: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The record of the run, for people."""
    commit = record["git"]["commit"] or "not in a git checkout"
    changed = " (with uncommitted changes)" if record["git"]["changed"] else ""
    return [
        ("Model", run.model),
        ("Draws, seed, horizon", f"{run.draws:,} draws; seed {run.seed}; {run.horizon}"),
        ("Code", f"heemodel {record['software']['heemodel']}; model folder at commit {commit}{changed}"),
        (
            "Software",
            ", ".join(f"{name} {version}" for name, version in record["software"].items() if name != "heemodel"),
        ),
        ("Files (SHA-256)", "; ".join(f"{name} {digest[:12]}…" for name, digest in record["files"].items())),
        (
            "Files beside this page",
            "headline.csv, acceptability.csv, posterior.csv, predictive.csv, samples.nc, figures/, manifest.json",
        ),
    ]

"""The report page: one HTML file that needs no network."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from heemodel.parameters import Inputs, policy_profiles
from heemodel.report import cautions, opening, provenance, tables, value
from heemodel.report.contents import Run, ScenarioResult
from heemodel.report.figures import Figure
from heemodel.report.headline import CLAIMED, value_of
from heemodel.report.sections import Section
from heemodel.report.wording import money, percent

TRACE_YEARS = (0, 1 / 52 * 4, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30)

PAYER_NOTE = "A minus sign is a cost. Payers do not share budgets: what one saves does not reach another."
KIND_NOTE = (
    "Cash-releasing: money that is paid out or not. Capacity freed: beds and time that other patients fill; cash only "
    "if they are closed. Cost avoided: future care that need not be paid for. The three are not one sum of cash."
)


def render(
    inputs: Inputs,
    results: Sequence[ScenarioResult],
    *,
    table: pd.DataFrame,
    figures: Sequence[Figure],
    sections: Sequence[Section],
    run: Run,
    record: Mapping[str, Any],
) -> str:
    """The whole page.

    Parameters
    ----------
    table : the headline table
    figures : as drawn by `draw_figures`
    sections : those that there are beside what every report has
    record : the manifest
    """
    found = {
        **_opening(inputs, results, table, run, record),
        **_findings(inputs, results, table),
        **_provenance(inputs, results),
        "run": _run_lines(run, record, sections),
        "sections": {section.name: shown(section) for section in sections},
        "figures": {figure.name: embedded(figure) for figure in figures},
    }
    return environment().get_template("report.html.j2").render(about=inputs.about, **found)


def environment() -> jinja2.Environment:
    """Templates in which text is escaped, a name that is missing is an error, and a minus sign keeps its number."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("heemodel.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_unbroken,
    )


def _opening(
    inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame, run: Run, record: Mapping[str, Any]
) -> dict[str, Any]:
    """The first screen."""
    made = [f"made on {record['made']}", f"model {run.model}", f"heemodel {record['software']['heemodel']}"]
    strongest = inputs.about.compare.stringent if inputs.about.compare else None
    return {
        "made": ", ".join([*([inputs.about.organisation] if inputs.about.organisation else []), *made]),
        "warnings": cautions.warnings(inputs, results),
        "cautions": cautions.cautions(inputs, results, run),
        "answer": opening.answer(inputs, results),
        "value_first": value.leads(inputs),
        "findings": opening.findings(inputs, results),
        "cards": [
            opening.card(inputs, result, table, run, strongest=len(results) > 1 and result.name == strongest)
            for result in results
        ],
        "basis": opening.basis(inputs, run),
        "glossary": opening.GLOSSARY | inputs.about.glossary,
    }


def _findings(inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame) -> dict[str, Any]:
    """The tables of results."""
    claim = inputs.claim
    return {
        "key": tables.key_table(inputs, results, table),
        "payer": tables.split_table(inputs, results, "payer", "Net saving per patient by who pays", PAYER_NOTE),
        "kind": tables.split_table(
            inputs, results, "kind", "Net saving per patient by what kind of saving it is", KIND_NOTE
        ),
        "claims": [tables.claim_table(inputs, result, table, claim) for result in results] if claim else [],
        "reconciliation": _reconciliation(inputs, results, table),
        "effectiveness": tables.effectiveness_table(inputs, results, table),
        "policy": [f"{profile.label}: {profile.note}" for profile in policy_profiles().values()],
        "trace": [_trace_table(inputs, result) for result in results],
    }


def _provenance(inputs: Inputs, results: Sequence[ScenarioResult]) -> dict[str, Any]:
    """Where the results come from."""
    evidence = [
        {
            "label": inputs.scenarios[result.name].label,
            "data": provenance.evidence_table(inputs, result),
            "taken": provenance.taken_tables(inputs, result),
            "posterior": provenance.posterior_table(inputs, result),
            "predictive": provenance.predictive_table(inputs, result),
        }
        for result in results
    ]
    return {
        "evidence": evidence,
        "inputs": provenance.inputs_tables(inputs),
        "checks": provenance.checks_table(inputs, results),
    }


def shown(section: Section) -> dict[str, Any]:
    """A section as the template takes it."""
    return {
        "name": section.name,
        "title": section.title,
        "link": section.link,
        "words": section.words,
        "parts": [embedded(part) if isinstance(part, Figure) else part for part in section.parts],
    }


def embedded(figure: Figure) -> dict[str, str]:
    """A figure as the template takes it, its picture inside the page."""
    return {
        "name": figure.name,
        "title": figure.title,
        "caption": figure.caption,
        "alternative": figure.alternative,
        "source": "data:image/svg+xml;base64," + base64.b64encode(figure.svg.encode()).decode(),
    }


def _unbroken(text: Any) -> Any:
    """Keep a minus sign with its number where lines break (U+2060 is the word joiner)."""
    return text.replace("−", "−\u2060") if type(text) is str else text


def _reconciliation(inputs: Inputs, results: Sequence[ScenarioResult], table: pd.DataFrame) -> dict[str, Any]:
    """The claimed figure held against the point estimates of the scenario that is nearest to it."""
    claim = inputs.claim
    if claim is None:
        return {}
    found, compare = [result.name for result in results], inputs.about.compare
    first = compare.reference if compare is not None and compare.reference in found else found[0]
    label, volume, currency = inputs.scenarios[first].label, inputs.setting("annual_volume"), inputs.about.currency
    *_, last = inputs.steps.values()
    net, claimed = (value_of(table, name, first, "point")["value"] * volume for name in (last.quantity, CLAIMED))
    whole, counted = (money(one, currency=currency) for one in (net, claimed))
    words = (
        f"At the {volume:g} patients a year of this analysis, the {label} figures give {whole} a year net of "
        f"everything ({percent(net / claim.value)} of the {claim.label}), and {counted} "
        f"({percent(claimed / claim.value)}) on what that figure counts. Point estimates; how likely it is reached is "
        "in the tables below."
    )
    unit = claim.unit.removeprefix(f"{currency} ")
    notes = [f"The {claim.label}: {money(claim.value, currency=currency)} {unit}. Source: {claim.source}."]
    if note := inputs.about.notes.get("claim"):
        notes.append(note)
    if "bed_days" in inputs.avoided:
        days = value_of(table, inputs.avoided["bed_days"].quantity, first, "point")["value"]
        gross = value_of(table, next(iter(inputs.steps.values())).quantity, first, "point")["value"]
        per_day = f"{currency.sign}{gross / days:,.2f} a day"
        notes.append(f"The gross saving is {days:g} days × {per_day} = {money(gross, currency=currency)}.")
    notes.append(f"Volumes: {claim.rationale}")
    return {"answer": words, "table": tables.reconciliation_table(inputs, first, table, claim), "notes": notes}


def _trace_table(inputs: Inputs, result: ScenarioResult) -> tables.Table:
    """Occupancy at a few times, the table behind the last figure."""
    occupancy = result.trace["mean"]
    states = [str(state) for state in occupancy["state"].to_numpy()]
    strategies = [str(name) for name in occupancy["strategy"].to_numpy()]
    rows: list[list[str]] = []
    years = occupancy["years"].to_numpy()
    nearest = {int(np.abs(years - when).argmin()): when for when in reversed(TRACE_YEARS) if when <= years.max() + 1e-9}
    for place, when in sorted(nearest.items()):
        point = occupancy.isel(cycle=place)
        shares = [percent(float(point.sel(strategy=k, state=s))) for k in strategies for s in states]
        after = f"{when * 52:.0f} weeks" if when < 1 else "1 year" if when == 1 else f"{when:.0f} years"
        rows.append([after, *shares])
    return tables.Table(
        title=f"Share of patients in each place, {inputs.scenarios[result.name].label}",
        header=["After", *(state.replace("_", " ") for _ in strategies for state in states)],
        groups=[("", 1), *((strategy, len(states)) for strategy in strategies)],
        rows=rows,
    )


def _run_lines(run: Run, record: Mapping[str, Any], sections: Sequence[Section]) -> list[tuple[str, str]]:
    """The record of the run, for people."""
    written = sorted({f"{name}.csv" for section in sections for name in section.files})
    commit = record["git"]["commit"] or "not in a git checkout"
    changed = ", with changes or new files that are not committed" if record["git"]["changed"] else ""
    return [
        ("Model", run.model),
        ("Made on", record["made"]),
        ("Draws, seed, horizon", f"{run.draws:,} draws; seed {run.seed}; {run.horizon}"),
        ("Code", f"heemodel {record['software']['heemodel']}; model folder at commit {commit}{changed}"),
        (
            "Software",
            ", ".join(f"{name} {version}" for name, version in record["software"].items() if name != "heemodel"),
        ),
        ("Files (SHA-256)", "; ".join(f"{name} {digest[:12]}…" for name, digest in record["files"].items())),
        (
            "Files beside this page",
            ", ".join(["headline.csv, acceptability.csv, posterior.csv, predictive.csv", *written]) + ", samples.nc, "
            "figures/, manifest.json",
        ),
    ]

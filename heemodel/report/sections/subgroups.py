"""The answer in each group of patients, and in all of them."""

from collections.abc import Iterator, Sequence

import pandas as pd
import xarray as xr

from heemodel.parameters import Inputs
from heemodel.report.contents import ScenarioResult
from heemodel.report.groupings import by_grouping, totals
from heemodel.report.headline import row_of
from heemodel.report.quantities import Pair, thresholds, tidy
from heemodel.report.sections.section import Section
from heemodel.report.tables import Table, cell, icer_in_short
from heemodel.report.wording import money, percent

EVERY, ALL = "every combination", "all"
NOTE = (
    "Means with 95% intervals over the same draws, discounted, per patient of the group; figures of a column are "
    "rounded alike. The groups of one division are averaged over the others by the shares of patients, which are taken "
    "to be independent of each other."
)


def subgroups_section(inputs: Inputs, results: Sequence[ScenarioResult]) -> Section | None:
    """A table for each scenario with groups: each grouping by itself, folded away every combination, and all.

    File: subgroups.csv with columns scenario, grouping (the label's name in the inputs, "every combination" or "all"),
    group, share, quantity, basis, value, lower, upper, mcse, unit and note.
    """
    parts: list[Table] = []
    files: list[pd.DataFrame] = []
    for result in results:
        if result.groups is None or result.subgroups is None or result.subgroups.sizes["group"] == 1:
            continue
        rows = pd.DataFrame([row for part in _divided(inputs, result) for row in part])
        files.append(rows)
        label = inputs.scenarios[result.name].label
        combined = rows["grouping"] == EVERY
        parts.append(_table(inputs, rows[~combined], f"By group, {label}", ""))
        if combined.any():
            every = rows[combined | (rows["grouping"] == ALL)]
            parts.append(_table(inputs, every, f"By every combination, {label}", f"{label}: every combination"))
    if not parts:
        return None
    return Section(
        name="subgroups",
        title="By group of patients",
        link="Groups of patients",
        words=[f"{one.label}: {one.rationale} Source: {one.source} ({one.status})." for one in inputs.groups.values()],
        parts=parts,
        files={"subgroups": pd.concat(files, ignore_index=True)},
    )


def _divided(inputs: Inputs, result: ScenarioResult) -> Iterator[list[dict[str, object]]]:
    """Rows of the groups of each grouping, of every combination if there are several groupings, and of all."""
    if result.groups is None or result.subgroups is None:
        return
    divided = list(by_grouping(inputs, result))
    for name, one, share, mean in divided:
        yield _rows(inputs, result.name, mean, grouping=name, group=one, share=share)
    outcomes, known, total = totals(result.groups), result.subgroups, result.outcomes[["cost", "qaly"]]
    for one in known["group"].to_numpy() if len({name for name, *_ in divided}) > 1 else ():
        alone = outcomes.sel(group=one, drop=True)
        share = float(known["share"].sel(group=one))
        yield _rows(inputs, result.name, alone, grouping=EVERY, group=str(one), share=share)
    yield _rows(inputs, result.name, total, grouping=ALL, group="All patients", share=1.0)


def _rows(inputs: Inputs, scenario: str, outcomes: xr.Dataset, **keys: object) -> list[dict[str, object]]:
    """What is told of one group."""
    pair = Pair(inputs, outcomes)
    told = tidy([*pair.means(), *pair.chances()], "probabilistic", **keys)
    return [{"scenario": scenario, **keys, **row} for row in told]


def _table(inputs: Inputs, rows: pd.DataFrame, title: str, folded: str) -> Table:
    """Groups with their share, increments and standing at the first threshold; the last row is that of all."""
    threshold, currency = thresholds()[0], inputs.about.currency
    benefit, chance = (f"{stem}_at_{threshold:.0f}" for stem in ("net_benefit", "probability_cost_effective"))
    forms = {"incremental_cost": "money", "incremental_qaly": "number2", benefit: "money", chance: "probability"}
    errors = {quantity: float(rows.loc[rows["quantity"] == quantity, "mcse"].max()) for quantity in forms}
    lines: list[list[str]] = []
    beside: dict[int, str] = {}
    for (grouping, group), mine in rows.groupby(["grouping", "group"], sort=False):
        cost, qaly, worth, likely = (
            cell(row_of(mine, one), form, errors[one], currency=currency) for one, form in forms.items()
        )
        if grouping in inputs.groups:
            beside[len(lines)] = inputs.groups[str(grouping)].label
        share = percent(float(mine["share"].iloc[0]))
        ratio = icer_in_short(row_of(mine, "icer"), currency=currency)
        lines.append([str(group), share, cost, qaly, ratio, worth, likely])
    return Table(
        title=title,
        header=["Group", "Share", "Extra cost", "Extra QALYs", "ICER", "Net benefit", "Probability cost-effective"],
        groups=[("", 5), (f"At {money(threshold, currency=currency)} per QALY", 2)],
        rows=lines,
        note=NOTE,
        emphasis=frozenset({len(lines) - 1}),
        beside=beside,
        folded=folded,
    )

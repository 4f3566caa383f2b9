"""The answer in each group of people, and in all of them."""

from collections.abc import Iterator

import pandas as pd

from heemodel.analysis import Results, ScenarioResult
from heemodel.analysis.tables.subgroups import ALL, EVERY
from heemodel.report.document import Block, Folded, Section, Table, Words
from heemodel.report.formatting import icer_in_short, money, over_time, percent, probability, row_of
from heemodel.report.layout import alike, by_scenario, capital, form_for, rows_in

NOTE = (
    "Means with 95% intervals over the same draws{}, per {} of the group; figures of a column are rounded "
    "alike. The groups of one division are averaged over the others by the shares of patients, which are taken to be "
    "independent of each other."
)
EVEN = 0.5
"""A probability that goes either way."""


def subgroups(results: Results) -> Section | None:
    """A table for each scenario with groups: each grouping by itself, folded away every combination, and all."""
    table = results.tables.get("subgroups", pd.DataFrame())
    if table.empty or results.inputs is None:
        return None
    known = set(table["grouping"])
    divisions = [
        Words(f"{division.label}: {division.rationale} Source: {division.source} ({division.status}).")
        for name, division in results.inputs.groups.items()
        if name in known
    ]
    several = len(results.interventions) > 1
    parts = (
        by_scenario(results, lambda result: _of(results, result), "by group")
        if several
        else [block for result in results for block in _of(results, result)]
    )
    return Section(
        name="subgroups",
        title="By group of patients",
        link="Groups of patients",
        blocks=[*_against(results, table), *divisions, *parts],
    )


def _against(results: Results, table: pd.DataFrame) -> Iterator[Block]:
    """The groups for which the answer is another than for all together."""
    quantity = f"probability_cost_effective_at_{results.thresholds[0]:.12g}"
    at = money(results.thresholds[0], currency=results.currency)
    chances = table[(table["quantity"] == quantity) & (table["grouping"] != EVERY)]
    for (scenario, strategy), mine in chances.groupby(["scenario", "strategy"], sort=False):
        worth = mine.loc[mine["grouping"] == ALL, "value"].iloc[0] >= EVEN
        others = mine[(mine["grouping"] != ALL) & ((mine["value"] >= EVEN) != worth)]
        if others.empty:
            continue
        groups = ", ".join(f"{row.group} ({probability(row.value, row.mcse)})" for row in others.itertuples())
        label = f"{results.label(str(scenario))}, " if len(results.scenarios) > 1 else ""
        name = f"{strategy} " if len(results.interventions) > 1 else "it "
        text = (
            f"{label}at {at} per QALY: {name}is more likely {'worth' if worth else 'not worth'} the money for all "
            f"together, but {'not for' if worth else 'worth it for'} {groups}."
        )
        yield Words(capital(text), "finding")


def _of(results: Results, result: ScenarioResult) -> list[Block]:
    """Groups of one scenario, for every intervention."""
    rows, label = rows_in(results, "subgroups", scenario=result.name), results.label(result.name)
    if rows.empty:
        return []
    combined = rows["grouping"] == EVERY
    blocks: list[Block] = [_table(results, rows[~combined], f"By group, {label}")]
    if combined.any():
        every = _table(results, rows[combined | (rows["grouping"] == ALL)], f"By every combination, {label}")
        blocks.append(Folded(title=f"{label}: every combination", blocks=[every]))
    return blocks


def _table(results: Results, rows: pd.DataFrame, title: str) -> Table:
    """Groups with their share, increments and standing at the first threshold; the last rows are those of all."""
    threshold, currency, several = results.thresholds[0], results.currency, len(results.interventions) > 1
    benefit, chance = (f"{stem}_at_{threshold:.12g}" for stem in ("net_benefit", "probability_cost_effective"))
    keys = [
        (grouping, group, strategy)
        for grouping, group in rows[["grouping", "group"]].drop_duplicates().itertuples(index=False)
        for strategy in results.interventions
    ]
    of = dict(iter(rows.groupby(["grouping", "group", "strategy"], sort=False)))

    def column(quantity: str) -> list[str]:
        mine = [row_of(of[key], quantity) for key in keys]
        if quantity == "icer":
            return [icer_in_short(row, currency=currency) for row in mine]
        return alike(mine, form_for(quantity, mine), currency=currency)

    cells = zip(
        *(column(name) for name in ("incremental_cost", "incremental_qaly", "icer", benefit, chance)), strict=True
    )
    lines: list[list[str]] = []
    beside: dict[int, str] = {}
    for (grouping, group, strategy), figures in zip(keys, cells, strict=True):
        if results.inputs is not None and grouping in results.inputs.groups and strategy == results.interventions[0]:
            beside[len(lines)] = results.inputs.groups[grouping].label
        share = percent(float(of[grouping, group, strategy]["share"].iloc[0]))
        lines.append([group, share, *([strategy] if several else []), *figures])
    return Table(
        title=title,
        header=[
            "Group",
            "Share",
            *(["Strategy"] if several else []),
            *("Extra cost", "Extra QALYs", "ICER", "Net benefit", "Probability cost-effective"),
        ],
        groups=[("", 6 if several else 5), (f"At {money(threshold, currency=currency)} per QALY", 2)],
        rows=lines,
        note=NOTE.format(over_time(results), results.person),
        emphasis=frozenset(place for place, (grouping, *_) in enumerate(keys) if grouping == ALL),
        beside=beside,
    )

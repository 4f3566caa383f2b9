"""The answer under other choices: every variation of the inputs beside the scenario that it varies."""

from collections.abc import Mapping, Sequence

import pandas as pd

from heemodel.analysis import Results, VariationResult
from heemodel.parameters.variations import Variation
from heemodel.report.document import Block, Folded, Section, Table, Words
from heemodel.report.formatting import icer_in_short, money, row_of
from heemodel.report.layout import alike, form_for

HEADER = ("Extra cost", "Extra QALYs", "ICER", "Point", "Net benefit", "Point", "Chance")
WIDTHS = (22, 16, 13, 9, 9, 16, 8, 7)
"""Of the columns, per cent: reasons need room also where the page is narrow."""
NOTE = (
    "Means over all uncertainty with 95% intervals; the point estimate takes every input at its central value. Each "
    "row says what it changes; the rest is as in the base case. All rows are on the same {:,} draws, so that they "
    "differ by what is changed and not by chance; figures of a column are rounded alike, by the largest of their Monte "
    "Carlo errors. Chance: probability of being cost-effective{}."
)
SEVERAL = (
    " against {}. Printed bold: of each variation, the strategy of the highest expected net benefit, where that is "
    "above 0; where none is, {} is"
)
YEARLY = " A year: saving on the patients of one year, of whom there are as many as the row says."


def variations(results: Results) -> Section | None:
    """A table for each scenario that is varied, without the variations that are held against published results."""
    shown = [varied for name, varied in results.variations.items() if not _known(results)[name].published]
    if not shown:
        return None
    tables = [
        _table(results, name, [varied for varied in shown if varied.scenario == name]) for name in _scenarios(shown)
    ]
    rest: list[Block] = [Folded(title=table.title, blocks=[table]) for table in tables[1:]]
    several = len(results.interventions) > 1
    return Section(
        name="choices",
        title="The answer under other choices",
        link="Other choices",
        blocks=[
            Words("What the result would be had something been chosen otherwise, and why one might."),
            *(_turned(results, shown) if not several else []),
            tables[0],
            *(rest if several else tables[1:]),
        ],
    )


def _scenarios(shown: Sequence[VariationResult]) -> list[str]:
    """Scenarios that are varied, in the order of the variations."""
    return list(dict.fromkeys(varied.scenario for varied in shown))


def _turned(results: Results, shown: Sequence[VariationResult]) -> list[Words]:
    """Which choices alone turn the answer at the first threshold."""
    quantity, table = f"net_benefit_at_{results.thresholds[0]:.12g}", results.tables["variations"]
    turned = []
    for varied in shown:
        if varied.scenario not in results.scenarios:
            continue
        keys = {"scenario": varied.scenario, "strategy": results.intervention}
        base, other = (row_of(table, quantity, variation=name, **keys)["value"] for name in ("", varied.name))
        if (base > 0) != (other > 0):
            turned.append(_known(results)[varied.name].label)
    at = money(results.thresholds[0], currency=results.currency)
    if not turned:
        return [Words(f"None of these choices turns the answer at {at} per QALY.", "finding")]
    return [Words(f"At {at} per QALY, the answer is turned by: {'; '.join(turned)}.", "finding")]


def _known(results: Results) -> Mapping[str, Variation]:
    """The inputs' variations."""
    return results.inputs.variations if results.inputs is not None else {}


def _table(results: Results, scenario: str, shown: Sequence[VariationResult]) -> Table:
    """The base case, where it was run, and the variations of one scenario; strategies below each other."""
    base = [""] if scenario in results.scenarios else []
    names, volumes = [*base, *(varied.name for varied in shown)], _volumes(results, shown)
    several = len(results.interventions) > 1
    keys = [(name, strategy) for name in names for strategy in results.interventions]
    columns = _columns(results, scenario, keys, yearly=bool(volumes))
    columns = [[strategy for _, strategy in keys], *columns] if several else columns
    first = {name: place for place, (name, _) in reversed(list(enumerate(keys)))}
    who = SEVERAL.format(results.comparator, results.comparator) if several else ""
    note = NOTE.format(max(varied.outcomes.sizes["sample"] for varied in shown), who) + YEARLY * bool(volumes)
    best = {_best(results, scenario, name) for name in names} if several else {("", results.intervention)}
    return Table(
        title=f"Under other choices, {results.label(scenario)}",
        header=["", *(["Strategy"] if several else []), *HEADER, *(["A year"] if volumes else [])],
        groups=[
            ("", 2 if several else 1),
            (f"Per {results.person}", 2),
            ("Cost per QALY gained", 2),
            (f"At {money(results.thresholds[0], currency=results.currency)} per QALY", 3),
            *([("Saving", 1)] if volumes else []),
        ],
        rows=[
            [_label(results, scenario, keys[place][0]), *cells]
            for place, cells in enumerate(zip(*columns, strict=True))
        ],
        note=note if base else f"{note} The base case of this scenario was not run.",
        emphasis=frozenset(place for place, key in enumerate(keys) if key in best),
        beside={first[name]: _why(results, name, volumes) for name in names if name or volumes},
        widths=() if several or volumes else WIDTHS,
    )


def _columns(results: Results, scenario: str, keys: Sequence[tuple[str, str]], *, yearly: bool) -> list[list[str]]:
    """Quantities of all variations and strategies, rounded alike; ratio and net benefit also at the point estimate."""
    currency, first = results.currency, f"{results.thresholds[0]:.12g}"
    benefit = f"net_benefit_at_{first}"
    mean, point = ([_rows(results, scenario, *key, basis) for key in keys] for basis in ("probabilistic", "point"))

    def column(quantity: str) -> list[str]:
        rows = [row_of(table, quantity) for table in mean]
        return alike(rows, form_for(quantity, rows), currency=currency)

    return [
        column("incremental_cost"),
        column("incremental_qaly"),
        [icer_in_short(row_of(table, "icer"), currency=currency) for table in mean],
        [icer_in_short(row_of(table, "icer", "point"), currency=currency) for table in point],
        column(benefit),
        [money(row_of(table, benefit, "point")["value"], currency=currency) for table in point],
        column(f"probability_cost_effective_at_{first}"),
        *([column("saving_per_year")] if yearly else []),
    ]


def _volumes(results: Results, shown: Sequence[VariationResult]) -> dict[str, float]:
    """People a year by variation, the base case as ""; empty where no variation changes their number."""
    base = results.inputs.annual_volume if results.inputs is not None else None
    known = {"": base, **{varied.name: varied.annual_volume for varied in shown}}
    numbers = {name: volume for name, volume in known.items() if volume is not None}
    return numbers if len(numbers) == len(known) and len(set(numbers.values())) > 1 else {}


def _rows(results: Results, scenario: str, variation: str, strategy: str, basis: str) -> pd.DataFrame:
    """What is known of one strategy under one variation."""
    table = results.tables["variations"]
    mine = (table["variation"] == variation) & (table["scenario"] == scenario)
    return table[mine & (table["strategy"] == strategy) & (table["basis"] == basis)]


def _best(results: Results, scenario: str, name: str) -> tuple[str, str] | None:
    """The variation with its strategy of the highest expected net benefit, where that is above 0."""
    benefit = f"net_benefit_at_{results.thresholds[0]:.12g}"
    worth = {
        strategy: row_of(_rows(results, scenario, name, strategy, "probabilistic"), benefit)["value"]
        for strategy in results.interventions
    }
    best = max(worth, key=lambda strategy: worth[strategy])
    return (name, best) if worth[best] > 0 else None


def _label(results: Results, scenario: str, name: str) -> str:
    """What a row is called."""
    if name:
        return _known(results)[name].label
    over = f", {results.record.horizon}" if results.record.horizon else ""
    return f"Base case: {results.label(scenario)}{over}"


def _why(results: Results, name: str, volumes: dict[str, float]) -> str:
    """Why one might choose so, with the horizon, payers and patients if they are not those of the base case."""
    yearly = f"{volumes[name]:,.10g} patients a year." if name in volumes else ""
    if not name:
        return yearly
    variation = _known(results)[name]
    other = [f"Horizon {variation.horizon}."] if variation.horizon else []
    other += [f"Costs to {' and '.join(variation.payers)} only."] if variation.payers else []
    return " ".join(filter(None, [variation.rationale, *other, yearly]))

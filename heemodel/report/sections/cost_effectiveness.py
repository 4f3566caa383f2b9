"""Costs and QALYs together: each intervention against the comparator, and all strategies incrementally."""

from collections.abc import Callable, Sequence

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results, ScenarioResult
from heemodel.analysis.tables.quantities import quantity_names
from heemodel.currency import Currency
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Folded, Section, Table, Words
from heemodel.report.drawing import panels, single
from heemodel.report.formatting import (
    basis_of,
    coarsest,
    icer_in_short,
    money,
    number,
    per_qaly,
    probability,
    row_of,
)
from heemodel.report.layout import SMALL, alike, by_scenario, capital, drawn, form_for, named, rows_in, titled

NOTE = (
    "Means over all uncertainty with 95% intervals; a point estimate takes every figure as stated. Net benefit is the "
    "QALYs gained, valued at the threshold, less the extra cost. A minus sign at a cost is a saving. A strategy that "
    "saves money and gains QALYs is dominant: it has no cost per QALY."
)
FRONTIER_NOTE = (
    "Each strategy is compared with the next less costly one that is not dominated. Dominated: costs more than another "
    "strategy and gains no more. Extendedly dominated: a mixture of two others gains as much for less. Means per {}, "
    "over all uncertainty; figures of a column are rounded alike, ratios each by its own Monte Carlo error."
)
SAME_QALYS = "The strategies have the same QALYs here: the one that costs less is the better value."


def cost_effectiveness(results: Results) -> Section:
    """Scenarios side by side with one intervention; with several, strategies in rows, scenario by scenario."""
    several = len(results.interventions) > 1
    blocks = (
        by_scenario(results, lambda result: _of_all(results, result), "costs and QALYs") if several else _pair(results)
    )
    return Section(
        name="value",
        title="Costs and QALYs",
        blocks=blocks,
    )


def _pair(results: Results) -> list[Block]:
    """One intervention: every scenario in columns."""
    same = [Words(SAME_QALYS)] if _same_qalys(results) else []
    return [*same, _pair_table(results), *_plane(results, list(results))]


def _pair_table(results: Results) -> Table:
    """Costs and QALYs, increments, ICER, net benefit and probability at each threshold, on both bases."""
    names, currency = quantity_names(results.currency, results.thresholds, results.person), results.currency
    totals = {"cost": f"Cost per {results.person}", "qaly": f"QALYs per {results.person}"}
    wanted = [(quantity, strategy) for quantity in totals for strategy in results.strategies]
    wanted += [(quantity, results.intervention) for quantity in _of_pair(results)]
    table = results.tables["headline"]
    bases = ["point", "probabilistic"] if results.first.point is not None else ["probabilistic"]
    rows = []
    for quantity, strategy in wanted:
        known = {
            (result.name, basis): row_of(table, quantity, basis, scenario=result.name, strategy=strategy)
            for result in results
            for basis in bases
            if basis == "probabilistic" or not quantity.startswith("probability")
        }
        shown = dict(zip(known, _cells(quantity, list(known.values()), currency), strict=True))
        cells = [shown.get((result.name, basis), "–") for result in results for basis in bases]
        rows.append([f"{totals[quantity]}, {strategy}" if quantity in totals else names[quantity], *cells])
    header = {"point": "Point estimate", "probabilistic": "Mean (95% interval)"}
    return Table(
        title=f"{capital(results.intervention)} compared with {results.comparator}",
        header=["", *[header[basis] for _ in results.scenarios for basis in bases]],
        groups=[("", 1), *((results.label(name), len(bases)) for name in results.scenarios)]
        if len(results.scenarios) > 1
        else (),
        rows=rows,
        note=NOTE,
        beside={place: results.notes[name] for place, (name, _) in enumerate(wanted) if name in results.notes},
    )


def _of_pair(results: Results) -> list[str]:
    """The quantities of a pair in reading order; net benefits are left out where they are nothing but savings."""
    wanted = ["incremental_cost", "incremental_qaly", "icer"]
    for threshold in () if _same_qalys(results) else results.thresholds:
        wanted += [f"{stem}_at_{threshold:.12g}" for stem in ("net_benefit", "probability_cost_effective")]
    return [*wanted, "probability_saving"]


def _cells(quantity: str, rows: Sequence[pd.Series], currency: Currency) -> list[str]:
    """One quantity of several scenarios or strategies, rounded alike; ratios in short."""
    if quantity == "icer":
        return [icer_in_short(row, currency=currency) for row in rows]
    return alike(rows, form_for(quantity, rows), currency=currency)


def _of_all(results: Results, result: ScenarioResult) -> list[Block]:
    """Several interventions in one scenario."""
    same = _same_qalys(results)
    return [
        Words(SAME_QALYS if same else _on_the_frontier(results, result)),
        _incremental_table(results, result),
        *([] if same else [_frontier(results, result)]),
        _against_comparator(results, result),
        *_plane(results, [result]),
        Folded(
            title=titled("Against the comparator, at every threshold", results, result.name)
            + (", and point estimates" if result.point is not None else ""),
            blocks=[_every_threshold(results, result), *_points(results, result)],
        ),
    ]


def _on_the_frontier(results: Results, result: ScenarioResult) -> str:
    """Which strategies are worth having at some threshold, and which are not."""
    rows = rows_in(results, "incremental", scenario=result.name)
    on = list(rows.loc[rows["status"] == "on the frontier", "strategy"])
    words = f"Best value at some threshold, from the least to the most costly: {', '.join(on)}."
    off = rows[rows["status"] != "on the frontier"]
    beaten = [f"{row.strategy} ({_standing(row.status, row.dominated_by)})" for row in off.itertuples()]
    return f"{words} At none: {'; '.join(beaten)}." if beaten else words


def _standing(status: str, by: str) -> str:
    """Whether a strategy is dominated, and by which."""
    return f"{status} by {by.partition(':')[0]}" if by and "dominated" in status else status


def _incremental_table(results: Results, result: ScenarioResult) -> Table:
    """The fully incremental analysis."""
    rows, currency = rows_in(results, "incremental", scenario=result.name), results.currency
    columns = ("cost", "qaly", "incremental_cost", "incremental_qaly")
    error = {column: coarsest(rows[f"{column}_mcse"]) for column in columns}
    small = rows["incremental_qaly"].abs().max() < SMALL
    lines = []
    for row in rows.itertuples():
        compared = pd.notna(row.incremental_cost)
        lines.append(
            [
                row.strategy,
                money(row.cost, error["cost"], currency=currency),
                number(row.qaly, error["qaly"], decimals=None if small else 2),
                row.versus if compared else "",
                money(row.incremental_cost, error["incremental_cost"], currency=currency) if compared else "",
                number(row.incremental_qaly, error["incremental_qaly"], decimals=None if small else 3)
                if compared
                else "",
                "" if pd.isna(row.icer) else money(row.icer, row.icer_mcse, currency=currency),
                _standing(row.status, row.dominated_by),
            ]
        )
    return Table(
        title=titled("Fully incremental analysis", results, result.name),
        header=["Strategy", "Cost", "QALYs", "Compared with", "Extra cost", "Extra QALYs", "Cost per QALY", "Standing"],
        rows=lines,
        note=FRONTIER_NOTE.format(results.person),
        emphasis=frozenset(place for place, status in enumerate(rows["status"]) if status == "on the frontier"),
    )


def _compared(results: Results, result: ScenarioResult, quantities: Sequence[str], basis: str) -> list[list[str]]:
    """Interventions in rows and quantities in columns, each column rounded alike."""
    table, columns = results.tables["headline"], []
    for quantity in quantities:
        rows = [row_of(table, quantity, basis, scenario=result.name, strategy=name) for name in results.interventions]
        columns.append(_cells(quantity, rows, results.currency))
    return [[name, *cells] for name, cells in zip(results.interventions, zip(*columns, strict=True), strict=True)]


def _against_comparator(results: Results, result: ScenarioResult) -> Table:
    """Each intervention against the comparator, at the first threshold."""
    first = f"{results.thresholds[0]:.12g}"
    chances = [f"probability_cost_effective_at_{first}", "probability_saving"]
    wanted = ["incremental_cost", "incremental_qaly", "icer", f"net_benefit_at_{first}", *chances]
    return Table(
        title=titled(f"Each strategy compared with {results.comparator}", results, result.name),
        header=[
            "Strategy",
            "Extra cost",
            "Extra QALYs",
            "Cost per QALY",
            "Net benefit",
            "Probability cost-effective",
            "Probability that it saves money",
        ],
        groups=[("", 4), (f"At {per_qaly(results.thresholds[0], results.currency)}", 2), ("", 1)],
        rows=_compared(results, result, wanted, "probabilistic"),
        note=f"Per {results.person}; means with 95% intervals; figures of a column are rounded alike. A minus sign at "
        "a cost is a saving. The cost per QALY and the probability are those against "
        f"{results.comparator} only: another strategy may be better value than both.",
    )


def _every_threshold(results: Results, result: ScenarioResult) -> Table:
    """Net benefit and the probability that it is above 0, at each threshold."""
    stems = ("net_benefit", "probability_cost_effective")
    wanted = [f"{stem}_at_{threshold:.12g}" for threshold in results.thresholds for stem in stems]
    return Table(
        title=f"Net benefit against {results.comparator} by threshold",
        header=["Strategy", *["Net benefit", "Probability above 0"] * len(results.thresholds)],
        groups=[("", 1), *((f"At {per_qaly(threshold, results.currency)}", 2) for threshold in results.thresholds)],
        rows=_compared(results, result, wanted, "probabilistic"),
        note=f"Per {results.person}; means with 95% intervals.",
    )


def _points(results: Results, result: ScenarioResult) -> list[Table]:
    """Each intervention against the comparator with every input at its central value, where the model knows that."""
    if result.point is None:
        return []
    first = results.thresholds[0]
    wanted = ["incremental_cost", "incremental_qaly", "icer", f"net_benefit_at_{first:.12g}"]
    at = per_qaly(first, results.currency)
    return [
        Table(
            title=f"Point estimates against {results.comparator}",
            header=["Strategy", "Extra cost", "Extra QALYs", "Cost per QALY", f"Net benefit at {at}"],
            rows=_compared(results, result, wanted, "point"),
            note=f"Per {results.person}. The point estimate takes every input at its central value; the mean over all "
            "uncertainty, above, is the base case.",
        )
    ]


def _frontier(results: Results, result: ScenarioResult) -> Figure:
    """Mean cost and QALYs, and the line of those that are best value at some threshold."""
    rows = rows_in(results, "incremental", scenario=result.name)
    on = rows.loc[rows["status"] == "on the frontier", "strategy"]
    order, left_out = drawn(results, result.name)

    def draw(ax: Axes) -> None:
        plots.plot_frontier(rows[rows["strategy"].isin(order)], order=order, currency=results.currency, ax=ax)
        ax.set_xlabel(f"QALYs per {results.person}")
        ax.set_ylabel(f"Cost per {results.person}")

    return Figure(
        name=named("efficiency_frontier", results, result.name),
        title=titled("What each further QALY costs", results, result.name),
        draw=lambda: single(draw),
        caption="Mean cost and QALYs of every strategy. The line joins those that are the best value at some "
        f"threshold; its slope is what a further QALY costs.{left_out} {basis_of(results)}",
        alternative=f"Cost against QALYs of each strategy. On the frontier: {', '.join(on)}.",
        table=rows,
    )


def _same_qalys(results: Results) -> bool:
    """Whether no sample of any strategy gains or loses a QALY against the comparator."""
    return bool((results.tables["plane"]["incremental_qaly"] == 0).all())


def _plane(results: Results, of: Sequence[ScenarioResult]) -> list[Figure]:
    """The cost-effectiveness plane, a panel for each scenario; none where all QALYs are the same."""
    if _same_qalys(results):
        return []
    several, first = len(results.interventions) > 1, of[0].name
    order, left_out = drawn(results, first)
    everything = results.tables["plane"]
    shown = everything["scenario"].isin([result.name for result in of]) & everything["strategy"].isin(order)
    table, titles = everything[shown], [results.label(result.name) for result in of]
    samples = table[~table["mean"]].groupby(["scenario", "strategy"]).size().max()
    each = f"{samples:,} of each strategy are shown" if several else f"{samples:,} are shown"
    who, marks = ("Each strategy", "marks the means") if several else (capital(results.intervention), "mark the mean")
    draw = _drawing(results, of, table, order)
    return [
        Figure(
            name=named("cost_effectiveness_plane", results, first),
            title=titled("Cost and health together", results, first) if several else "Cost and health together",
            draw=lambda: (
                single(lambda ax: draw(0, ax), height=5.2) if len(of) == 1 else panels(titles, draw, height=3.7)
            ),
            caption=f"{who} versus {results.comparator}: each dot a draw ({each}), "
            f"the large {marks}. Below the dashed line a strategy is cost-effective at "
            f"{per_qaly(results.thresholds[0], results.currency)}. "
            f"Percentages: share of all draws in each quadrant.{left_out} {basis_of(results)}",
            alternative=f"Scatter plot of incremental cost against incremental QALYs. {_dominant(results, of)}.",
            table=table,
        )
    ]


def _drawing(
    results: Results, of: Sequence[ScenarioResult], table: pd.DataFrame, order: Sequence[str]
) -> Callable[[int, Axes], None]:
    """Draws the plane of a scenario by its place, on scales that all share."""
    wide, tall = (1.05 * float(table[name].abs().max()) or 1.0 for name in ("incremental_qaly", "incremental_cost"))

    def draw(place: int, ax: Axes) -> None:
        mine = table[table["scenario"] == of[place].name]
        shares = rows_in(results, "quadrants", scenario=of[place].name)
        plots.plot_plane(
            mine[~mine["mean"]],
            mine[mine["mean"]],
            threshold=results.thresholds[0],
            shares=shares[shares["strategy"].isin(order)],
            limits=(wide, tall),
            currency=results.currency,
            order=order,
            legend=len(results.interventions) > 1,
            ax=ax,
        )
        ax.set_xlabel(f"Incremental QALYs per {results.person}")
        ax.set_ylabel(f"Incremental cost per {results.person}")

    return draw


def _dominant(results: Results, of: Sequence[ScenarioResult]) -> str:
    """How many draws save money and gain QALYs, in words."""
    parts = []
    for result in of:
        for row in rows_in(results, "quadrants", scenario=result.name, quadrant="south-east").itertuples():
            name = row.strategy if len(results.interventions) > 1 else results.label(result.name)
            parts.append(f"{name}: {probability(row.share)} save money and gain QALYs")
    return "; ".join(parts)

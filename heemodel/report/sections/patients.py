"""What happens to patients: where they are over time, and the branches of a decision tree."""

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from heemodel.analysis import Results
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Folded, Section, Table
from heemodel.report.drawing import canvas, panels
from heemodel.report.formatting import percent
from heemodel.report.sections.tree import tree_blocks

TIMES = (0, 4 / 52, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30)
"""Years at which the table shows where patients are; the last time point is added."""
WIDE = 12
"""Columns of shares up to which strategies stand side by side."""
SIDE_BY_SIDE = 4
"""Scenarios up to which one figure holds them all."""
ROW, KEY = 2.2, 0.9
"""Inches: height of a row of panels, and of what stands below them."""


def patients(results: Results) -> Section | None:
    """Occupancy over time and the decision tree; None where the model draws neither."""
    blocks = [*_occupancy(results), *tree_blocks(results)]
    if not blocks:
        return None
    return Section(
        name="patients",
        title="What happens to patients",
        link="Patients",
        blocks=blocks,
    )


def _occupancy(results: Results) -> list[Block]:
    """The figure and a table for every scenario; with several interventions, a figure for each scenario too."""
    table = results.tables.get("occupancy")
    if table is None:
        return []
    names = [name for name in results.scenarios if (table["scenario"] == name).any()]
    first, *others = names
    if len(results.interventions) == 1 and len(names) <= SIDE_BY_SIDE:
        tables = [_shares(results, name) for name in names]
        return [
            _side_by_side(results, names),
            tables[0],
            *(Folded(title=each.title, blocks=[each]) for each in tables[1:]),
        ]
    return [
        _by_strategy(results, first),
        _shares(results, first),
        *(
            Folded(
                title=f"Where patients are, {results.label(name)}",
                blocks=[_by_strategy(results, name), _shares(results, name)],
            )
            for name in others
        ),
    ]


def _dead(results: Results, scenario: str) -> Sequence[str]:
    """The states in which nobody lives."""
    trace = results.scenarios[scenario].trace
    dead = [] if trace is None else trace.attrs.get("dead", [])
    return [dead] if isinstance(dead, str) else list(dead)


def _side_by_side(results: Results, names: Sequence[str]) -> Figure:
    """A row of panels for each strategy, a column for each scenario."""
    table = results.tables["occupancy"]
    places = [(name, strategy) for strategy in results.strategies for name in names]
    several = len(names) > 1
    titles = [f"{results.label(name)}:\n{strategy}" if several else strategy for name, strategy in places]

    def draw(place: int, ax: Axes) -> None:
        name, strategy = places[place]
        mine = table[(table["scenario"] == name) & (table["strategy"] == strategy)]
        plots.plot_trace(mine, dead=_dead(results, name), ax=ax)

    across = len(names) if several else len(places)
    return Figure(
        name="occupancy",
        title="Where patients are over time",
        draw=partial(panels, titles, draw, height=ROW + KEY / 2, across=across, legend=True),
        caption=_caption(results, names[0]),
        alternative=_alternative(results, names),
        table=table,
    )


def _by_strategy(results: Results, scenario: str) -> Figure:
    """A panel for each strategy, of one scenario."""
    table = results.tables["occupancy"]
    mine = table[table["scenario"] == scenario]
    rows = -(-len(results.strategies) // plots_across(len(results.strategies)))

    def draw(empty: Canvas) -> None:
        plots.plot_traces(mine, dead=_dead(results, scenario), figure=empty)

    several = len(results.scenarios) > 1
    return Figure(
        name=f"occupancy_{scenario}" if several else "occupancy",
        title=f"Where patients are over time{f', {results.label(scenario)}' if several else ''}",
        draw=partial(canvas, draw, height=KEY + ROW * rows),
        caption=_caption(results, scenario),
        alternative=_alternative(results, [scenario]),
        table=mine,
    )


def plots_across(panels_in_all: int) -> int:
    """Panels in a row, as `plots.plot_traces` lays them out."""
    return 2 if panels_in_all == SIDE_BY_SIDE else min(panels_in_all, 3)


def _caption(results: Results, scenario: str) -> str:
    trace = results.scenarios[scenario].trace
    draws = results.record.draws if trace is None else trace.attrs["samples"]
    over = f"Horizon {results.record.horizon}; mean" if results.record.horizon else "Mean"
    return f"Mean share of patients in each state, by strategy. {over} of {draws:,} draws."


def _alternative(results: Results, names: Sequence[str]) -> str:
    """Where patients are at the end."""
    table = results.tables["occupancy"]
    words = []
    for name in names:
        for strategy in results.strategies:
            mine = table[(table["scenario"] == name) & (table["strategy"] == strategy)]
            last = mine[mine["cycle"] == mine["cycle"].max()]
            shares = ", ".join(
                f"{row.state.replace('_', ' ')} {percent(row.mean)}" for row in last.itertuples(name="Row")
            )
            words.append(f"{results.label(name)}, {strategy}: {shares}")
    return f"Stacked areas of the share of patients in each state over time. At the end: {'; '.join(words)}."


def _shares(results: Results, scenario: str) -> Table:
    """Occupancy at a few times: strategies side by side where that is narrow enough, else below each other."""
    table = results.tables["occupancy"]
    mine = table[table["scenario"] == scenario]
    wide = mine.pivot(index=["cycle", "years"], columns=["strategy", "state"], values="mean")
    states, strategies = list(dict.fromkeys(mine["state"])), results.strategies
    shown = [state.replace("_", " ") for state in states]
    times = _times([float(years) for years in wide.index.get_level_values("years")])
    several = len(results.scenarios) > 1
    title = f"Share of patients in each state{f', {results.label(scenario)}' if several else ''}"
    shares = {
        (when, k): [percent(wide.iloc[place][k, s]) for s in states]
        for place, when in times.items()
        for k in strategies
    }
    if len(states) * len(strategies) <= WIDE:
        return Table(
            title=title,
            header=["After", *(state for _ in strategies for state in shown)],
            groups=[("", 1), *((strategy, len(states)) for strategy in strategies)],
            rows=[[when, *(share for k in strategies for share in shares[when, k])] for when in times.values()],
        )
    rows = [[when, strategy, *shares[when, strategy]] for when in times.values() for strategy in strategies]
    return Table(title=title, header=["After", "Strategy", *shown], rows=rows)


def _times(years: Sequence[float]) -> dict[int, str]:
    """The time points that are shown, by their place, in words."""
    last = len(years) - 1
    near = {min(range(len(years)), key=lambda place: abs(years[place] - when)) for when in TIMES if when <= years[last]}
    return {place: _after(years[place]) for place in sorted({*near, last})}


def _after(years: float) -> str:
    """A length of time in words.

    >>> _after(0.0), _after(0.25), _after(1.0), _after(7.5)
    ('the start', '13 weeks', '1 year', '7.5 years')
    """
    if years == 0:
        return "the start"
    if years * 52 < 1:
        return f"{years * 365.25:.3g} days"
    if years < 0.999:
        return f"{years * 52:.0f} weeks"
    return "1 year" if round(years, 2) == 1 else f"{round(years, 1):g} years"

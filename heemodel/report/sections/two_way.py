"""Two inputs at once: maps of the answer, and where it turns."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results, ScenarioResult
from heemodel.analysis.labels import Label, parameter_labels
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Section, Words
from heemodel.report.drawing import single
from heemodel.report.formatting import basis_of, money, per_qaly
from heemodel.report.layout import by_scenario, named, titled

SAVING = "saving"


def two_way(results: Results) -> Section | None:
    """A map for each pair of inputs that the inputs file names; None where it names none."""
    if "two_way" not in results.tables or results.inputs is None:
        return None
    return Section(
        name="two-inputs",
        title="Two inputs at once",
        blocks=by_scenario(results, lambda result: _maps(results, result), "two inputs at once"),
    )


def _maps(results: Results, result: ScenarioResult) -> list[Block]:
    """The maps of a scenario, each with a sentence on where it turns."""
    blocks: list[Block] = []
    for name in dict.fromkeys(result.two_way.get("name", ())):
        grid, turns = (table[table["name"] == name] for table in (result.two_way, result.two_way_turns))
        x, y = _labels(results, result, grid)
        blocks += [Words(_turning(grid, turns, x, y), "finding"), _figure(results, result, grid, x, y)]
    return blocks


def _labels(results: Results, result: ScenarioResult, grid: pd.DataFrame) -> tuple[Label, Label]:
    """What the two inputs are called."""
    names = [str(grid[f"{axis}_parameter"].iloc[0]) for axis in ("x", "y")]
    labels = parameter_labels(names, results.inputs, result.draws)
    return labels[names[0]], labels[names[1]]


def _turning(grid: pd.DataFrame, turns: pd.DataFrame, x: Label, y: Label) -> str:
    """At which value of x the answer turns: with y low, at its central value, and high."""
    heights = sorted(set(turns["y"]))
    centre = grid[grid["central"]]["y"]
    chosen = dict.fromkeys([heights[0], *(float(at) for at in centre), heights[-1]])
    parts = [_at(turns[turns["y"] == height], x, y.figure(height)) for height in chosen]
    return f"Where it turns, by {_small(y.text)}: {'; '.join(parts)}."


def _at(rows: pd.DataFrame, x: Label, height: str) -> str:
    """Where it turns at one value of y, or what holds throughout."""
    note = str(rows["note"].iloc[0])
    if rows["x"].isna().all():
        return f"at {height} it never does within the range, as {note}"
    values = " and ".join(x.figure(value) for value in rows["x"])
    first, _, rest = note.partition(" up to ")
    return f"at {height}, at {values} of {_small(x.text)} ({first} below, {_last(rest)} above)"


def _last(note: str) -> str:
    """What holds at the high end."""
    return note.rpartition(", then ")[2]


def _axis(label: Label) -> str:
    """What stands on an axis, whose figures have no unit of their own."""
    return f"{label.text} ({label.unit})" if label.unit else label.text


def _small(text: str) -> str:
    """A label inside a sentence; names and abbreviations keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _figure(results: Results, result: ScenarioResult, grid: pd.DataFrame, x: Label, y: Label) -> Figure:
    """The map."""
    first = grid.iloc[0]
    name, whose, currency = str(first["name"]), _whose(results, first), results.currency
    label = results.inputs.two_way[name].label if results.inputs is not None else name
    drawn = grid.rename(columns={"value": "outcome"})
    losing = "costs more" if first["quantity"] == SAVING else f"{first['versus']} is better value"

    def draw(ax: Axes) -> None:
        names = {"x": _axis(x), "y": _axis(y)}
        outcome = f"{_short(first)} per {results.person}"
        plots.plot_two_way(drawn, **names, outcome=outcome, losing=losing, currency=currency, ax=ax)

    return Figure(
        name=named(f"two_way_{name}", results, result.name),
        title=titled(label, results, result.name),
        draw=lambda: single(draw, height=5.0, width=7.2),
        caption=f"{whose} over {_small(x.text)} and {_small(y.text)}, every other input at its central value: a point "
        f"estimate. {_centre(grid, results)} Hatched: {losing}. The ranges are those of the inputs file or else the "
        f"central 95% of each input. {basis_of(results)}",
        alternative=f"Map of {_small(whose)} by {x.text} and {y.text}. {_extremes(grid, results)}",
        table=grid,
    )


def _short(row: pd.Series) -> str:
    return "Saving" if row["quantity"] == SAVING else "Net benefit"


def _whose(results: Results, row: pd.Series) -> str:
    """What is mapped, in words."""
    pair = f"{row['strategy']} versus {row['versus']}, per {results.person}"
    if row["quantity"] == SAVING:
        return f"Saving of {pair}"
    return f"Net benefit of {pair}, at {per_qaly(results.thresholds[0], results.currency)}"


def _centre(grid: pd.DataFrame, results: Results) -> str:
    """The figure at the central values, with the probabilistic mean beside it."""
    mean, error = (float(grid[column].iloc[0]) for column in ("mean", "mean_se"))
    beside = f"the mean over all uncertainty is {money(mean, error, currency=results.currency)}"
    centre = grid[grid["central"]]["value"]
    if centre.empty:
        return f"The central values lie outside the map; {beside}."
    return f"At the central values (circle) it is {money(float(centre.iloc[0]), currency=results.currency)}; {beside}."


def _extremes(grid: pd.DataFrame, results: Results) -> str:
    """The lowest and the highest figure."""
    ends: Sequence[str] = [money(end, currency=results.currency) for end in (grid["value"].min(), grid["value"].max())]
    return f"It runs from {ends[0]} to {ends[1]}."

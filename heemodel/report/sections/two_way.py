"""Two inputs at once: maps of the answer, and where it turns."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results, ScenarioResult
from heemodel.analysis.labels import Label, parameter_labels
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Section, Table, Words
from heemodel.report.drawing import single
from heemodel.report.formatting import basis_of, money, per_qaly
from heemodel.report.layout import by_scenario, named, titled

SAVING = "saving"
PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the way from the lowest to the highest value, at which the table says where the answer turns."""


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
        words = Words(_turning(grid, turns, x, y), "finding")
        blocks += [words, _figure(results, result, grid, x, y)]
        blocks += [] if turns["x"].isna().all() else [_table(grid, turns, x, y)]
    return blocks


def _labels(results: Results, result: ScenarioResult, grid: pd.DataFrame) -> tuple[Label, Label]:
    """What the two inputs are called."""
    names = [str(grid[f"{axis}_parameter"].iloc[0]) for axis in ("x", "y")]
    labels = parameter_labels(names, results.inputs, result.draws)
    return labels[names[0]], labels[names[1]]


def _turning(grid: pd.DataFrame, turns: pd.DataFrame, x: Label, y: Label) -> str:
    """Whether anything on the map turns the answer, and at which value of x alone."""
    if turns["x"].isna().all() and len(set(turns["note"])) == 1:
        return f"Nothing on this map turns the answer: {_sentence(turns['note'].iloc[0])}."
    centre = grid[grid["central"]]
    if centre.empty:
        return "The answer turns on this map, whose ranges leave out the central values."
    rows = turns[turns["y"] == float(centre["y"].iloc[0])]
    held, now = f"“{y.text}” at its central value, {y.figure(centre['y'].iloc[0])}", x.figure(centre["x"].iloc[0])
    if rows["x"].isna().all():
        why = _sentence(rows["note"].iloc[0])
        return f"Of the point estimate: with {held}, no “{x.text}” within the range turns the answer: {why}."
    values = " and ".join(x.figure(value) for value in rows["x"])
    return (
        f"Of the point estimate: with {held}, the answer turns at “{x.text}” of {values} (its central value is {now})."
    )


def _table(grid: pd.DataFrame, turns: pd.DataFrame, x: Label, y: Label) -> Table:
    """Where it turns, for some values of y."""
    heights = sorted(set(turns["y"]))
    centre = set(grid[grid["central"]]["y"])
    chosen = sorted({*(heights[round(part * (len(heights) - 1))] for part in PARTS), *centre})
    rows = []
    for height in chosen:
        mine = turns[turns["y"] == height]
        values = [] if mine["x"].isna().all() else [x.figure(value) for value in mine["x"]]
        label = f"{y.figure(height)}{' (central value)' if height in centre else ''}"
        rows.append([label, " and ".join(values) or "none", _sides(str(mine["note"].iloc[0]))])
    return Table(
        title="Where the answer turns",
        header=[y.with_unit, f"It turns at: {x.with_unit}", "What holds"],
        rows=rows,
        note="two_way_turns.csv has every value.",
        widths=(32, 32, 36),
    )


def _sides(note: str) -> str:
    """What holds below and above a single turning value, or a note on several as it is."""
    first, found, rest = note.partition(" up to ")
    if not found or " up to " in rest:
        return note
    return f"{first} below, {rest.rpartition(', then ')[2]} above"


def _sentence(note: str) -> str:
    """A note on what holds, as a clause."""
    return f"it {note}" if note.startswith(("saves", "costs")) else note


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
        caption=f"{whose}, over {_small(x.text)} and {_small(y.text)}, every other input at its central value: a point "
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

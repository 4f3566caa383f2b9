"""Which input moved the figure that matters most: a bar for each, end to end."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import RunComparison
from heemodel.currency import Currency
from heemodel.report import plots
from heemodel.report.comparing.wording import called, label_of, names_of, signed
from heemodel.report.document import Figure, Section, Table, Words
from heemodel.report.drawing import panels
from heemodel.report.formatting import coarsest, money

ROW, ROOM = 0.42, 1.4
"""Inches: height of a bar, and what a panel needs beside its bars."""
ACROSS, MOST = 2, 14
"""Panels in a row, and bars of inputs at most; smaller ones are drawn together."""
NOTHING = 1e-9
"""Share of the movement below which a bar is none."""
WIDTH = 32
"""Characters of a label in a line."""
OTHERS = ("rest", "draws")
"""Steps that are no input."""


def attribution(comparison: RunComparison) -> Section:
    """The movement in bars and figures, or why there are none."""
    title, table = "What moved it, input by input", comparison.tables["attribution"]
    if table.empty or comparison.still == set(comparison.scenarios):
        same = f"{called(comparison.asked.name, names_of(comparison))} is the same in both runs"
        words = Words(f"Not shown: {comparison.without or same}.", "note")
        return Section(name="attribution", title=title, link="What moved it", blocks=[words])
    return Section(
        name="attribution",
        title=title,
        link="What moved it",
        blocks=[Words(farthest(comparison), "finding"), _figure(comparison, table), _table(comparison, table)],
    )


def farthest(comparison: RunComparison) -> str:
    """The input that moved it farthest in each scenario, in a sentence; empty where nothing was attributed."""
    parts, currency, table = [], comparison.after.currency, comparison.tables["attribution"]
    if table.empty:
        return ""
    for scenario in comparison.scenarios:
        mine = table[(table["scenario"] == scenario) & ~table["total"] & ~table["step"].isin(OTHERS)]
        if mine.empty or not mine["value"].abs().max() or scenario in comparison.still:
            continue
        most = mine.loc[mine["value"].abs().idxmax()]
        several = f"{label_of(comparison, scenario)}: " if len(comparison.scenarios) > 1 else ""
        amount = signed(most["value"], most["mcse"], currency)
        parts.append(f"{several}{most['label']}, {amount}")
    quantity = called(comparison.asked.name, names_of(comparison))
    return f"What moved it farthest ({quantity}): {'; '.join(parts) or 'no input'}."


def bars_of(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of all scenarios as they are drawn: alike in each, without bars that are nothing in all of them.

    Of more inputs than can be told apart, those that move least are one bar, after the others.
    """
    size = table["value"].abs().groupby(table["step"]).max()
    nothing = NOTHING * size.max()
    own = [step for step in table["step"].unique() if step not in (*OTHERS, "movement") and size[step] > nothing]
    kept = set(sorted(own, key=lambda step: -size[step])[: MOST if len(own) <= MOST else MOST - 1])
    drawn = []
    for scenario, mine in table.groupby("scenario", sort=False):
        ends = mine[mine["step"].isin(OTHERS) & (mine["step"].map(size) > nothing)]
        shown, small = mine[mine["step"].isin(kept)], mine[mine["step"].isin(set(own) - kept)]
        rows = [*_bars(shown), *_together(small), *_bars(ends)]
        starts = np.cumsum([0.0, *(value for _, value in rows)])
        bars = pd.DataFrame({"label": [label for label, _ in rows], "start": starts[:-1], "end": starts[1:]})
        whole = mine[mine["total"]][["label", "start", "end"]]
        drawn.append(pd.concat([bars.assign(total=False), whole.assign(total=True)]).assign(scenario=scenario))
    return pd.concat(drawn, ignore_index=True)


def _bars(rows: pd.DataFrame) -> list[tuple[str, float]]:
    return list(zip(rows["label"], rows["value"], strict=True))


def _together(rows: pd.DataFrame) -> list[tuple[str, float]]:
    """Small bars as one."""
    return [(f"{len(rows)} smaller changes", float(rows["value"].sum()))] if len(rows) else []


def _figure(comparison: RunComparison, table: pd.DataFrame) -> Figure:
    """A panel for each scenario."""
    bars, currency, names = bars_of(table), comparison.after.currency, comparison.scenarios
    error = coarsest(table["mcse"])
    texts = [_rounded(value, error, currency) for value in bars["end"] - bars["start"]]
    labels = [textwrap.fill(label, WIDTH) for label in bars["label"]]
    bars = bars.assign(label=labels, text=texts, point=np.nan)
    quantity = called(comparison.asked.name, names_of(comparison))
    versus = f"{comparison.asked.intervention} versus {comparison.asked.comparator}"

    def draw(place: int, ax: Axes) -> None:
        mine = bars[bars["scenario"] == names[place]]
        plots.plot_savings_breakdown(mine, outcome="Movement", currency=currency, ax=ax)

    count = len(bars[bars["scenario"] == names[0]])
    ends = "; ".join(
        f"{label_of(comparison, scenario)}: {text}"
        for scenario, text, total in zip(bars["scenario"], bars["text"], bars["total"], strict=True)
        if total
    )
    return Figure(
        name="attribution",
        title=f"{quantity}: from {comparison.names[0]} to {comparison.names[1]}",
        draw=lambda: panels(
            [label_of(comparison, name) for name in names], draw, height=ROOM + ROW * count, across=ACROSS
        ),
        caption=f"Movement of the mean of {versus}, from the figure of {comparison.names[0]} to that of "
        f"{comparison.names[1]}. Starting from the first run's inputs, those of the second are put in their place one "
        "after the other, in the order of the second inputs file, each on top of those above it: where inputs act "
        "together, what a bar shows depends on that order. The sum does not. Green bars raise it, hatched ones lower "
        f"it, the blue bar is the whole movement. Each step is a run on the same {comparison.steps_on:,} draws with "
        f"the code of {_code(comparison)}. What is left is of the model's code, the horizon, the "
        "seed, versions, and draws that the steps were not run on.",
        alternative=f"Bars of what each changed input adds to or takes from it. Whole movement: {ends}.",
        table=table,
    )


def _code(comparison: RunComparison) -> str:
    """Whose code the steps were run with."""
    names = {"before": comparison.names[0], "after": comparison.names[1], "both": "both runs"}
    return names[comparison.code]


def _table(comparison: RunComparison, table: pd.DataFrame) -> Table:
    """What each step adds, scenarios side by side."""
    currency, wide = comparison.after.currency, []
    errors = {name: coarsest(rows["mcse"]) for name, rows in table.groupby("scenario")}
    for step in dict.fromkeys(table["step"]):
        mine = table[table["step"] == step].set_index("scenario")
        cells = [_cell(mine.loc[name], errors[name], currency) for name in comparison.scenarios]
        wide.append([str(mine["label"].iloc[0]), *cells])
    notes = dict.fromkeys(note for note in table["note"] if note)
    return Table(
        title=f"{called(comparison.asked.name, names_of(comparison))}: what each input moved",
        header=["", *(label_of(comparison, name) for name in comparison.scenarios)],
        rows=wide,
        note=" ".join(
            [
                "After ±, one Monte Carlo standard error of the step. attribution.csv has the place of each input.",
                *(f"Left over {note}." for note in notes),
            ]
        ),
        emphasis=frozenset({len(wide) - 1}),
    )


def _cell(row: pd.Series, error: float | None, currency: Currency) -> str:
    """A step with its error; what has none is rounded as the steps are."""
    if pd.isna(row["mcse"]):
        return _rounded(float(row["value"]), error, currency)
    return signed(float(row["value"]), float(row["mcse"]), currency)


def _rounded(value: float, error: float | None, currency: Currency) -> str:
    """An amount with its sign, rounded by an error that is not printed."""
    text = money(value, error, currency=currency)
    return text if text.startswith("−") or not any(digit in text for digit in "123456789") else f"+{text}"

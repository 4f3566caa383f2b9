"""What is saved: the key figures, the way from gross to net, and how sure the saving is."""

from functools import partial

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results
from heemodel.parameters import Inputs
from heemodel.report import plots
from heemodel.report.directions import SAVES, directed
from heemodel.report.document import Figure, Section, Table
from heemodel.report.drawing import panels
from heemodel.report.formatting import basis_of, coarsest, money, people, probability, row_of
from heemodel.report.sections.across import across, labels
from heemodel.report.sections.by_intervention import by_intervention, name_of, of_intervention

BASES = ("point", "probabilistic")
ROW, ROOM = 0.33, 1.4
"""Inches: height of a bar, and what a panel needs beside its bars."""
SIDE_BY_SIDE = 3
"""Breakdowns in a row at most."""


def saving(results: Results) -> Section | None:
    """The saving of every intervention, one after another; None where the inputs do not ask for it."""
    if "saving_steps" not in results.tables or results.inputs is None:
        return None
    inputs = results.inputs
    return Section(
        name="saving",
        title="The saving",
        blocks=by_intervention(
            results,
            lambda name: [key_table(results, inputs, name), _breakdown(results, name), _distribution(results, name)],
        ),
    )


def key_table(results: Results, inputs: Inputs, intervention: str) -> Table:
    """The quantities that a commissioner asks for, scenarios side by side, both bases."""
    wanted = [(step.quantity, f"{step.label}, per patient", "money") for step in inputs.steps.values()]
    if inputs.annual_volume is not None:
        year = f"Net saving on one year's patients ({people(inputs.annual_volume)})"
        wanted.append(("saving_per_year", year, "money"))
    wanted += [
        (avoided.quantity, f"{avoided.label}, per patient", "number1" if avoided.unit.startswith("days") else "number2")
        for avoided in inputs.avoided.values()
    ]
    rows = [[label, *across(results, intervention, quantity, form, BASES)] for quantity, label, form in wanted]
    chances = across(results, intervention, "probability_saving", "probability")
    rows.append(["Probability that it saves money", *(text for chance in chances for text in ("–", chance))])
    notes = [results.notes.get(name, "") for name in [*(quantity for quantity, *_ in wanted), "probability_saving"]]
    volume = (
        " One year's patients are followed over the whole horizon: this is not the saving in one year's budget."
        if inputs.annual_volume is not None
        else ""
    )
    several = len(results.scenarios) > 1
    return Table(
        title=f"What it saves{', by body of evidence' if several else ''}{of_intervention(results, intervention)}",
        header=["", *["Point estimate", "Mean (95% interval)"] * len(results.scenarios)],
        groups=[("", 1), *((label, 2) for label in labels(results))] if several else (),
        rows=rows,
        note="The mean over all uncertainty is the base case; the point estimate takes every figure as stated. They "
        "differ where doubt is lopsided, and where few patients were counted: a share of 20 of 21 is then believed to "
        f"be nearer the middle.{volume} A minus sign is a cost.",
        emphasis=frozenset({len(inputs.steps) - 1}),
        beside={place: note for place, note in enumerate(notes) if note},
    )


def steps_of(results: Results, intervention: str) -> dict[str, pd.DataFrame]:
    """The breakdown of each scenario with its figures as text, all rounded alike; as `plots` take it."""
    table = results.tables["saving_steps"]
    mine = table[table["strategy"] == intervention]
    return {name: _with_text(results, mine[mine["scenario"] == name]) for name in results.scenarios}


def _with_text(results: Results, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of one scenario with what is written beside each bar."""
    error = coarsest(rows.loc[rows["total"], "mcse"])
    signs = ["+" if not row.total and row.value >= 0 else "" for row in rows.itertuples()]
    amounts = [money(value, error, currency=results.currency) for value in rows["value"]]
    return rows.assign(text=[f"{sign}{amount}" for sign, amount in zip(signs, amounts, strict=True)])


def _breakdown(results: Results, intervention: str) -> Figure:
    """The parts of the saving, step by step."""
    tables = steps_of(results, intervention)
    several = list(tables.values())

    def draw(place: int, ax: Axes) -> None:
        plots.plot_savings_breakdown(several[place], currency=results.currency, ax=ax)

    words = "; ".join(_reached(results, name, table) for name, table in tables.items())
    return Figure(
        name=name_of(results, "savings_breakdown", intervention),
        title=f"{plots.breakdown_title(several[0])}{of_intervention(results, intervention)}",
        draw=partial(
            panels, labels(results), draw, height=ROOM + ROW * len(several[0]), across=min(len(several), SIDE_BY_SIDE)
        ),
        caption="Mean saving per patient, component by component. Green bars add to the saving, hatched ones take from "
        "it, blue bars are what has been reached. The black line near the end of a blue bar is the point estimate. "
        f"Figures are rounded, so parts may not add up. {basis_of(results)}",
        alternative=f"Savings breakdown: bars of what each component of cost adds to or takes from the saving per "
        f"patient. {words}.",
        table=results.tables["saving_steps"].query("strategy == @intervention"),
    )


def _reached(results: Results, scenario: str, table: pd.DataFrame) -> str:
    """What has been reached after the first step and the last."""
    totals = [row for _, row in table[table["total"]].iterrows()]
    ends = [totals[0], *totals[1:][-1:]]
    words = [
        f"{directed(row.reindex([*row.index, 'lower']), SAVES, currency=results.currency)[0]} ({row['label']})"
        for row in ends
    ]
    return f"{results.label(scenario)}: {', then '.join(words)}"


def _distribution(results: Results, intervention: str) -> Figure:
    """How sure the net saving is, scenarios side by side on common scales."""
    table = results.tables["saving_distribution"].query("strategy == @intervention")
    names = list(results.scenarios)
    headline = results.tables["headline"]
    rows = [row_of(headline, "probability_saving", scenario=name, strategy=intervention) for name in names]
    chances = [probability(row["value"], row["mcse"]) for row in rows]

    def draw(place: int, ax: Axes) -> None:
        plots.plot_distribution(table[table["scenario"] == names[place]], currency=results.currency, ax=ax)
        ax.text(0.98, 0.95, f"saves money:\n{chances[place]}", transform=ax.transAxes, ha="right", va="top")

    words = "; ".join(f"{results.label(name)}: {chance}" for name, chance in zip(names, chances, strict=True))
    return Figure(
        name=name_of(results, "saving_distribution", intervention),
        title=f"How sure the saving is{of_intervention(results, intervention)}",
        draw=partial(panels, labels(results), draw, height=3.1),
        caption="Distribution of the mean net saving per patient over the uncertainty of the inputs. Hatched: "
        f"no saving. Draws beyond the axis are counted in the outermost bars. {basis_of(results)}",
        alternative=f"Histograms of net saving per patient. Probability that it saves money: {words}.",
        table=table,
    )

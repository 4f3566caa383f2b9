"""The first page of two runs compared: whether anything moved, which decisions turned, and by how much."""

import pandas as pd

from heemodel.analysis import RunComparison
from heemodel.analysis.comparing.attribution import YEARLY
from heemodel.analysis.comparing.headlines import ONLY
from heemodel.report.comparing.attribution import farthest
from heemodel.report.comparing.wording import (
    called,
    difference,
    figure,
    label_of,
    names_of,
    of_strategy,
    payer_quantity,
)
from heemodel.report.document import Block, Points, Section, Table, Words
from heemodel.report.formatting import per_qaly

FEW = 6
"""Decisions of which the terminal tells."""
RUN = {
    "model": "the name of the model's folder",
    "seed": "the seed",
    "draws": "the number of draws",
    "horizon": "the horizon",
    "discounting": "discounting",
    "structure": "the model's structure",
    "scenarios": "the scenarios that were run",
    "thresholds": "the thresholds",
}
"""Entries of the record that are told at once, in words."""


def question_of(comparison: RunComparison) -> str:
    """What the report answers."""
    return f"What changed from {comparison.names[0]} to {comparison.names[1]}, and what moved by it?"


def summary(comparison: RunComparison) -> Section:
    """The answer, the figure that matters most in every scenario, and what to mind."""
    cautions = cautions_of(comparison)
    words = [Words(answer(comparison), "answer"), Words(changed(comparison), "finding")]
    words += [Words(text, "note") for text in [alone(comparison)] if text]
    blocks: list[Block] = [*words, _first(comparison)]
    if cautions:
        blocks.append(Points(points=cautions, title="Mind", role="caution"))
    return Section(name="summary", title=question_of(comparison), blocks=blocks)


def answer(comparison: RunComparison) -> str:
    """Whether figures moved and decisions turned, in a sentence or two."""
    table, turned = comparison.shared, len(comparison.turned)
    moved, of = int(table["moved"].sum()), len(table)
    decisions = f"{turned or 'no'} decision{'s' if turned > 1 else ''} turned"
    if not moved:
        differs = ~table["same"] & (table["difference"].fillna(0) != 0)
        chance = "; what differs is not told apart from chance" if differs.any() else ""
        within = ", within chance" if turned else ""
        return f"Nothing moved: none of {of:,} headline figures{chance}. {decisions.capitalize()}{within}."
    return f"{moved:,} of {of:,} headline figures moved by more than chance; {decisions}."


def alone(comparison: RunComparison) -> str:
    """How many figures one of the runs alone was asked for, in a sentence; empty where there are none."""
    notes = comparison.tables["headlines"]["note"]
    counts = [(int((notes == note).sum()), name) for note, name in zip(ONLY, comparison.names, strict=True)]
    parts = [f"{count:,} in {name} only" for count, name in counts if count]
    return f"Not counted, as one run alone has them: {', '.join(parts)}." if parts else ""


def changed(comparison: RunComparison) -> str:
    """What of inputs and record differs, in a sentence."""
    changes, record = comparison.tables["changes"], comparison.tables["provenance"]
    parts = [
        f"{count} {name}{'s' if count > 1 else ''} in the inputs"
        for kind, name in (("figure", "figure"), ("words", "word or source"))
        if (count := int((changes["kind"] == kind).sum()))
    ]
    parts = [part.replace("word or sources", "words or sources") for part in parts] or ["nothing in the inputs"]
    named = zip(record["kind"], record["what"], strict=True)
    parts += [RUN[what] for kind, what in named if kind == "run" and what in RUN]
    parts += ["the model's code"] if comparison.code_differs else []
    parts += ["versions of software"] if (record["kind"] == "software").any() else []
    return f"What differs: {', '.join(parts)}."


def cautions_of(comparison: RunComparison) -> list[str]:
    """What must be known before the differences are read."""
    before, after = comparison.before, comparison.after
    points = []
    if comparison.code_differs:
        points.append("The two runs were made with other code of the model.")
    if before.record.seed != after.record.seed or before.record.draws != after.record.draws:
        points.append(
            "The runs do not share their draws (other seed or number of draws), so that errors of differences are "
            "those of both runs together: larger than they would be with common draws."
        )
    if before.record.horizon != after.record.horizon:
        points.append(f"The horizon is {before.record.horizon} in the one and {after.record.horizon} in the other.")
    for name, results, other in ((comparison.names[0], before, after), (comparison.names[1], after, before)):
        if only := [results.label(one) for one in results.scenarios if one not in other.scenarios]:
            points.append(f"Only {name} has: {', '.join(only)}.")
    if comparison.without and (~first_rows(comparison)["same"]).any():
        points.append(f"The movement is not attributed to inputs: {comparison.without}.")
    return points


def first_rows(comparison: RunComparison) -> pd.DataFrame:
    """The figures that answer the question, scenario by scenario, on the probabilistic basis.

    Of a model of savings these are the net saving of a person, that on one year's patients and, of the latter where
    their number is known, each payer's; else the figure whose movement is attributed.
    """
    table, asked = comparison.tables["headlines"], comparison.asked
    place = {name: at for at, name in enumerate(_first_quantities(comparison))}
    chosen = table["quantity"].isin(place) & (table["strategy"] == asked.intervention)
    rows = table[chosen & (table["basis"] == "probabilistic")]
    order = {name: at for at, name in enumerate(comparison.scenarios)}
    return rows.sort_values(["scenario", "quantity"], key=lambda names: names.map({**place, **order}), kind="stable")


def _first_quantities(comparison: RunComparison) -> list[str]:
    """Names of the quantities that answer the question, in their order."""
    after, asked = comparison.after, comparison.asked
    if asked.threshold is not None or after.inputs is None:
        return [asked.name]
    payers = dict.fromkeys(one.payer for one in after.inputs.components.values() if one.payer is not None)
    yearly = after.inputs.annual_volume is not None
    person = list(after.inputs.steps.values())[-1].quantity
    return [person, *([YEARLY] if yearly else []), *(payer_quantity(payer, yearly=yearly) for payer in payers)]


def _first(comparison: RunComparison) -> Table:
    """These figures in both runs."""
    names, several = names_of(comparison), len(_first_quantities(comparison)) > 1
    whose = of_strategy(comparison, comparison.asked.intervention)

    def heading(row: pd.Series) -> str:
        if not several:
            return label_of(comparison, str(row["scenario"]))
        scenario = f"{label_of(comparison, str(row['scenario']))}: " if len(comparison.scenarios) > 1 else ""
        return f"{scenario}{called(str(row['quantity']), names)}"

    rows = [
        [
            heading(row),
            *(figure(comparison, row, run) for run in ("before", "after")),
            difference(comparison, row),
            "yes" if row["moved"] else "no",
        ]
        for _, row in first_rows(comparison).iterrows()
    ]
    return Table(
        title=f"{'The saving' if several else called(comparison.asked.name, names)}{whose}",
        header=["", *comparison.names, "Difference", "More than chance"],
        rows=rows,
        note="Means over all uncertainty. After ±, one Monte Carlo standard error of the difference; more than chance: "
        "beyond 1.96 of them.",
    )


def in_lines(comparison: RunComparison) -> list[str]:
    """The comparison in a few lines, for a terminal."""
    lines = [text for text in (answer(comparison), alone(comparison), changed(comparison)) if text]
    for scenario, rows in first_rows(comparison).groupby("scenario", sort=False):
        several = len(comparison.scenarios) > 1
        lines += [f"  {label_of(comparison, str(scenario))}"] if several else []
        lines += [f"  {'  ' if several else ''}{_line(comparison, row)}" for _, row in rows.iterrows()]
    lines += [text] if (text := farthest(comparison)) else []
    turned = [f"  turned: {turned_in_words(comparison, row)}" for _, row in comparison.turned.iterrows()]
    more = [f"  and {len(turned) - FEW} more"] if len(turned) > FEW else []
    return [*lines, *turned[:FEW], *more, *(f"Mind: {caution}" for caution in cautions_of(comparison))]


def _line(comparison: RunComparison, row: pd.Series) -> str:
    """A figure of both runs with its difference."""
    name = called(str(row["quantity"]), names_of(comparison)) + of_strategy(comparison, str(row["strategy"]))
    figures = " → ".join(figure(comparison, row, run) for run in ("before", "after"))
    chance = "" if row["moved"] or row["same"] or not row["difference"] else ", not told apart from chance"
    return f"{name} {figures}: {difference(comparison, row)}{chance}"


def turned_in_words(comparison: RunComparison, row: pd.Series) -> str:
    """A decision that is not the same in both runs."""
    at = "" if pd.isna(row["threshold"]) else f" at {per_qaly(float(row['threshold']), comparison.after.currency)}"
    scenario = f"{label_of(comparison, str(row['scenario']))}: " if len(comparison.scenarios) > 1 else ""
    whose = f"{row['strategy']} " if row["strategy"] else ""
    chance = " (within chance)" if row["note"] else ""
    return f"{scenario}{whose}{row['decision']}{at}: {row['before']} → {row['after']}{chance}"

"""What of the inputs and of the record differs, place by place."""

import pandas as pd

from heemodel.analysis import RunComparison
from heemodel.report.document import Block, Folded, Section, Table, Words

SHORT = 12
"""Characters of a hash or commit that are printed; the tables have them whole."""
LONG = 300
"""Characters of a text that are printed; the tables have it whole."""


def inputs(comparison: RunComparison) -> Section | None:
    """Figures that are not the same, and words about them apart; None for a PSA from files."""
    if comparison.after.inputs is None:
        return None
    table = comparison.tables["changes"]
    figures, words = (table[table["kind"] == kind] for kind in ("figure", "words"))
    blocks: list[Block] = []
    if len(figures):
        blocks.append(_table(comparison, figures, "Figures, units, distributions and choices of evidence"))
    if len(words):
        title = "Sources, status and other words"
        blocks.append(Folded(title=f"{title}: {len(words)}", blocks=[_table(comparison, words, title)]))
    return Section(
        name="inputs",
        title="Inputs that changed",
        blocks=blocks or [Words("The inputs are the same.", "finding")],
    )


def _table(comparison: RunComparison, rows: pd.DataFrame, title: str) -> Table:
    """Places of the file with what stands there in either run."""
    return Table(
        title=title,
        header=["Place in the file", "What it is", "", *comparison.names],
        rows=[
            [row.place, _about(row.label, row.unit), row.change, _cut(row.before), _cut(row.after)]
            for row in rows.itertuples()
        ],
        widths=(24, 24, 8, 22, 22),
    )


def _about(label: str, unit: str) -> str:
    """A label with its unit."""
    return f"{label} ({unit})" if label and unit else label or unit


def _cut(text: str) -> str:
    """A text as far as it is printed."""
    return text if len(text) <= LONG else f"{text[:LONG]}…"


def record(comparison: RunComparison) -> Section:
    """How the two runs were made, as far as that differs."""
    table = comparison.tables["provenance"]
    if table.empty:
        return Section(
            name="record", title="How they were made", blocks=[Words("Nothing of the record differs.", "finding")]
        )
    rows = [
        [f"{row.kind}: {row.what}", *(_short(row.kind, row.what, text) for text in (row.before, row.after))]
        for row in table.itertuples()
    ]
    return Section(
        name="record",
        title="How they were made",
        blocks=[
            Table(
                title="What of the record differs",
                header=["", *comparison.names],
                rows=rows,
                note="Of files, the beginning of their SHA-256; provenance.csv has it whole.",
            )
        ],
    )


def _short(kind: str, what: str, text: str) -> str:
    """A hash cut short, or a text; a dash where there is none."""
    return (text[:SHORT] if kind == "file" or what == "commit" else text) or "–"

"""What must be known before any figure is used: what is odd, and what the analysis cannot tell."""

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.document import Sheet
from heemodel.report.sections.summary.cautions import cautions
from heemodel.report.sheets.columns import Column, sheet_of


def look_again(results: Results) -> Sheet | None:
    """Everything that is possible but odd; None where nothing is."""
    return _sentences(results, cautions(results), name="Look again", title="What to look at again")


def limits(results: Results) -> Sheet | None:
    """The limits that the inputs name; None where they name none."""
    named = results.inputs.limits(list(results.scenarios)) if results.inputs is not None else []
    return _sentences(results, named, name="Limits", title="What this analysis cannot tell")


def _sentences(results: Results, sentences: list[str], *, name: str, title: str) -> Sheet | None:
    """A sentence in each row; None where there is none."""
    if not sentences:
        return None
    table = pd.DataFrame({"place": range(1, len(sentences) + 1), "text": sentences})
    return sheet_of(
        results, table, {"place": Column("Number", "plain"), "text": Column("In words")}, name=name, title=title
    )

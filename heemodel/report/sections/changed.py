"""What a run changed of the model's own inputs: each figure old and new, side by side."""

from heemodel.parameters import Inputs
from heemodel.parameters.stated import changes_of, left_of
from heemodel.report.document import Table

TITLE = "Changed for this run, and not in the inputs file"
HEADER = ["Figure", "In the model", "In this run", "Where it is from"]


def changed(log: Inputs) -> Table:
    """What was changed since the inputs file was read; without rows where nothing was."""
    rows = [[one.label, one.before, one.after, one.source] for one in changes_of(log)]
    if log.template is None:
        return Table(TITLE, HEADER, rows)
    left = left_of(log)
    note = f"Figures that a user puts in, and that are the model's own here: {', '.join(left)}." if left else ""
    return Table(TITLE, HEADER, rows, note, widths=(28, 22, 22, 28))

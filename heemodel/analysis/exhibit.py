"""Tables and pictures of a model's own, which its folder gives and reports show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from heemodel.errors import HeemodelError, nearest

Kind = Literal["table", "tiles", "over time", "ranges", "bars", "points"]
Form = Literal["share", "number"]
COLUMNS: Mapping[str, Sequence[str]] = {
    "table": (),
    "tiles": ("panel", "label", "row", "column", "value"),
    "over time": ("series", "year", "mean", "lower", "upper"),
    "ranges": ("label", "mean", "lower", "upper"),
    "bars": ("series", "label", "value"),
    "points": ("series", "x", "y"),
}
"""What the table of each kind must have."""


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """A table of a model's own, and how it is drawn.

    Given by a model folder's function ``exhibits(linked, inputs, scenario, draws)``, kept with the results, and shown
    by reports under its heading, in the order given.

    Parameters
    ----------
    name : of its files; letters, digits and hyphens
    heading : under which it stands; exhibits of one heading follow one another
    title : of the figure or table
    kind : "table", which is shown as it is, its cells as text; or a picture

        - "tiles": a map of equal tiles, columns panel, label, row, column and value
        - "over time": lines with bands, columns series, year, mean, lower and upper
        - "ranges": a row for each label with its interval, columns label, mean, lower and upper, and optionally
          inner_lower and inner_upper (a narrower interval) and observed
        - "bars": columns series, label and value
        - "points": columns series, x and y

    table : tidy; its cells stand in exhibits.csv
    text : what a reader must know to understand it, and what it says
    x, y : what stands along the axes
    form : how values are written: "share" in per cent, or "number"
    line : a level across lines or ranges, with the name in `line_label`

    Raises
    ------
    HeemodelError
        for a kind that is not known, a name that is no file's, or a table without a column that its kind needs

    Examples
    --------
    >>> rows = pd.DataFrame({"series": ["today"] * 2, "label": ["North", "South"], "value": [0.04, 0.06]})
    >>> Exhibit(name="by-region", heading="Access", title="Treated", kind="bars", table=rows, text="By region.").kind
    'bars'
    """

    name: str
    heading: str
    title: str
    kind: Kind
    table: pd.DataFrame
    text: str
    x: str = ""
    y: str = ""
    form: Form = "number"
    line: float | None = None
    line_label: str = ""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise HeemodelError(f"exhibit {self.name!r}: unknown kind {self.kind!r}; {nearest(self.kind, COLUMNS)}")
        if self.form not in get_args(Form):
            raise HeemodelError(
                f"exhibit {self.name!r}: unknown form {self.form!r}; {nearest(self.form, get_args(Form))}"
            )
        if not self.name or not self.name.replace("-", "").isalnum() or not self.name.isascii():
            raise HeemodelError(f"exhibit {self.name!r}: the name of its files; give letters, digits and hyphens")
        if missing := [column for column in COLUMNS[self.kind] if column not in self.table]:
            raise HeemodelError(
                f"exhibit {self.name!r}, of kind {self.kind!r}: its table has no column {missing[0]!r}; it has "
                f"{', '.join(map(str, self.table.columns)) or 'none'}"
            )
        if self.table.empty:
            raise HeemodelError(f"exhibit {self.name!r}: its table has no rows; leave the exhibit out")

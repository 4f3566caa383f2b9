"""A part of a report: sentences, tables and figures under a heading, and the files that they are written to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from heemodel.report.figures import Figure
from heemodel.report.tables import Table


@dataclass(frozen=True, kw_only=True)
class Section:
    """What stands under one heading.

    Attributes
    ----------
    name : of its anchor in the page
    link : what it is called where the contents are listed
    words : sentences before the parts
    parts : tables and figures, in order
    files : tidy tables that are written beside the page, by name without ".csv"
    """

    name: str
    title: str
    link: str
    parts: Sequence[Table | Figure]
    words: Sequence[str] = ()
    files: Mapping[str, pd.DataFrame] = field(default_factory=dict)

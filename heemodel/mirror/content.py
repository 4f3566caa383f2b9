"""What a mirror holds before it has sheets: columns of numbers with their headings, and the totals to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = tuple[str, str | None]
"""An outcome and its label: ("cost", "hospital"), ("qaly", None)."""

TIME, BY_CYCLE, LIFE_TABLE, WORKINGS, INPUTS = "Time", "By cycle", "Life table", "Workings", "Inputs"
MOVES, TRACE, PAYOFFS, TREE, OUTCOMES = "Moves", "Trace", "Payoffs", "Tree", "Outcomes"
PROBABILITY = "Probability"
"""How headings over columns of probabilities begin."""
EVERYONE = "everyone"
"""The heading of people in all states together, where nobody enters."""

TITLES = {
    TIME: ("Time", "Cycles, how counts are taken at their ends, and discount factors."),
    BY_CYCLE: ("Workings by cycle", "What all strategies share and what changes from cycle to cycle."),
    LIFE_TABLE: ("Life table", "Deaths of the general population per person-year, which may be changed as inputs are."),
    MOVES: ("Moves", "Probability of each move in one cycle, and what it is made of. What is left over stays put."),
    TRACE: ("Trace", "Where people are at each time point, and who moves in the cycle that starts there."),
    PAYOFFS: ("Payoffs", "Years in each state, and what each cycle costs and yields. Totals stand over their columns."),
    OUTCOMES: (
        "Outcomes",
        "What the model's function works out, by strategy; what it is made of stands under Workings.",
    ),
    TREE: ("Tree", "Every node, how likely it is to be reached, and what is paid there."),
}
"""Titles of sheets, and what is on them."""


@dataclass(frozen=True)
class Sheet:
    """A sheet by what it is for: a kind, and the strategy that it is of, or none."""

    kind: str
    strategy: str | None = None


@dataclass(eq=False)
class Column:
    """Numbers under one heading; None leaves a cell empty.

    Attributes
    ----------
    sheet : where it stands
    block : the heading over several columns
    heading : what it is
    by_cycle : whether its places are cycles, so that its rows stand beside those of other columns
    total : the number that stands over it, or None
    style : "probability", "money", "number" or "people"
    called : what it is called in formulas in names, by default its heading
    """

    sheet: Sheet
    block: str
    heading: str
    numbers: list[Any]
    by_cycle: bool = True
    total: Any = None
    style: str = "number"
    called: str = ""


@dataclass
class Content:
    """Everything of a model that is written, and what it amounts to.

    Attributes
    ----------
    columns : in the order of sheets, and on these from left to right
    labels : text columns by sheet that stand left of all others: their heading and the text of each row
    totals : each outcome by strategy
    """

    columns: list[Column] = field(default_factory=list)
    labels: dict[Sheet, list[tuple[str, list[str]]]] = field(default_factory=dict)
    totals: dict[tuple[Row, str], Any] = field(default_factory=dict)

    def add(self, *columns: Column) -> None:
        """More columns."""
        self.columns += columns


@dataclass(frozen=True)
class Lane:
    """One cohort: a strategy, and a group where there are any."""

    strategy: str
    labels: Mapping[str, str]

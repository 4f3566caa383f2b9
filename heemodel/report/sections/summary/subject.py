"""An intervention under a body of evidence: its figures, and how sentences speak of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from heemodel.analysis import Results
from heemodel.analysis.tables.subgroups import ALL, EVERY
from heemodel.report.formatting import row_of, sentence

EVEN = 0.5
"""A probability that goes either way."""


@dataclass(frozen=True)
class Subject:
    """An intervention, compared, under a scenario."""

    results: Results
    scenario: str
    intervention: str

    @property
    def label(self) -> str:
        """What the scenario is called."""
        return self.results.label(self.scenario)

    def row(self, quantity: str, basis: str = "probabilistic") -> pd.Series:
        """The row of a quantity in the headline."""
        table = self.results.tables["headline"]
        return row_of(table, quantity, basis, scenario=self.scenario, strategy=self.intervention)

    def at(self, quantity: str, threshold: float) -> pd.Series:
        """The row of a quantity at a threshold."""
        return self.row(f"{quantity}_at_{threshold:.12g}")

    @property
    def opening(self) -> str:
        """How a sentence begins that goes on with a verb, such as "Trials: " or "It "."""
        several, strangers = len(self.results.interventions) > 1, self.results.inputs is None
        named = scenarios_named(self.results)
        noun = f"{self.intervention} " if several or strangers else "" if named else "It "
        return f"{self.label}: {noun}" if named else sentence(noun)

    def payers(self) -> pd.DataFrame:
        """Extra cost per person of each payer, where there are several; in the inputs' order."""
        table = self.results.tables["costs"]
        mine = (table["scenario"] == self.scenario) & (table["strategy"] == self.intervention)
        return table[mine & (table["by"] == "payer") & (table["versus"] != "")]

    def worse_groups(self, quantity: str) -> pd.DataFrame:
        """The groups of people for which a probability is below even, though it is not for all of them together."""
        table = self.results.tables.get("subgroups")
        if table is None:
            return pd.DataFrame()
        mine = (table["scenario"] == self.scenario) & (table["strategy"] == self.intervention)
        rows = table[mine & (table["quantity"] == quantity)]
        everybody = rows.loc[rows["grouping"] == ALL, "value"]
        if everybody.empty or everybody.iloc[0] < EVEN:
            return pd.DataFrame()
        return rows[(rows["grouping"] != EVERY) & (rows["value"] < EVEN)]


def scenarios_named(results: Results) -> bool:
    """Whether sentences must say of which scenario they speak."""
    return results.inputs is not None and len(results.inputs.scenarios) > 1


def strongest(results: Results) -> str:
    """The scenario that the inputs name as the strongest evidence, where it was run among others; else empty."""
    compare = results.inputs.about.compare if results.inputs is not None else None
    several = len(results.scenarios) > 1
    return compare.stringent if compare is not None and several and compare.stringent in results.scenarios else ""


def spoken_of(results: Results) -> list[str]:
    """The scenarios whose answer is given: the reader's own, which is the first, and the strongest; all if none is."""
    if best := strongest(results):
        return list(dict.fromkeys([results.first.name, best]))
    return list(results.scenarios)


def by_scenario(results: Results, answers: Sequence[tuple[str, str]]) -> str:
    """An answer for each scenario, by name, in one sentence; once where they are all the same."""
    best = strongest(results)
    if not scenarios_named(results):
        return f"{answers[0][1]}."
    if not best and len({answer for _, answer in answers}) == 1:
        (_, answer), labels = answers[0], [results.label(name) for name, _ in answers]
        return f"{labels[0]}: {answer}." if len(labels) == 1 else f"{answer}, in all {len(labels)} scenarios."
    each = (
        f"{results.label(name)}{', the strongest evidence here' if name == best else ''}: {answer}"
        for name, answer in answers
    )
    return f"{'; '.join(each)}."

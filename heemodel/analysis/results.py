"""What an analysis leaves behind: one frozen object, from which every report is made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

import pandas as pd
import xarray as xr

from heemodel.analysis.exhibit import Exhibit
from heemodel.analysis.storage import load, save
from heemodel.currency import POUNDS, Currency
from heemodel.decision import Appraisal, CostEffectiveness
from heemodel.errors import HeemodelError, nearest
from heemodel.parameters import Component, Inputs
from heemodel.verify import Check


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """The evidence of a scenario, fitted.

    Attributes
    ----------
    posterior, predictive : tables from `Posterior.summary` and `Posterior.predictive_checks`
    divergences : of the sampler
    accepted_unconverged : the convergence gate's complaints that were overridden
    cautions : what the evidence model found odd about its data
    """

    posterior: pd.DataFrame
    predictive: pd.DataFrame
    divergences: int = 0
    accepted_unconverged: Sequence[str] = ()
    cautions: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ScenarioResult:
    """Everything that was worked out under one body of evidence.

    Attributes
    ----------
    name : the scenario's name in the inputs; "base" where they name none
    appraisal : everything of `appraise`, of `outcomes`
    draws : parameters, dimension `sample`; none for a PSA without parameters
    outcomes : what the model made of them; where it has groups, their mean by shares
    point : the deterministic outcomes, at central values; None for a PSA from files
    checks : of the model
    fitted : the evidence, where there was any to fit
    trace : occupancy over time, where the model follows people
    tree : every node with its probability and payoffs, where the model is a decision tree
    cost_by_state : mean discounted cost per person with dimensions strategy, component and state, where the model knows
        it; over states it adds up to the mean cost of `outcomes`
    by_year : mean undiscounted cost (strategy, component, year) and QALYs (strategy, year), where the model knows them
    yearly : undiscounted cost and counts of the first draws by year since entry, where there is a budget and as far as
        it reaches: what `hm.budget_impact` takes, with other mixes and intakes too
    yearly_point : the same at central values
    no_budget : why there is no budget, though the inputs say how many are treated in a year; empty otherwise
    groups : outcomes by `group`, where the model has groups
    subgroups : shares of the groups, and the name of each in every grouping
    read : names of the draws that the model reads; none for all of them
    exhibits : tables and pictures of the model's own
    two_way, two_way_turns : the answer over two inputs, and where it turns, for each pair that the inputs name
    """

    name: str
    appraisal: Appraisal
    draws: xr.Dataset
    outcomes: xr.Dataset
    point: xr.Dataset | None = None
    checks: Sequence[Check] = ()
    fitted: Fitted | None = None
    trace: xr.Dataset | None = None
    tree: pd.DataFrame | None = None
    cost_by_state: xr.DataArray | None = None
    by_year: xr.Dataset | None = None
    yearly: xr.Dataset | None = None
    yearly_point: xr.Dataset | None = None
    no_budget: str = ""
    groups: xr.Dataset | None = None
    subgroups: xr.Dataset | None = None
    read: frozenset[str] = frozenset()
    exhibits: Sequence[Exhibit] = ()
    two_way: pd.DataFrame = field(default_factory=pd.DataFrame)
    two_way_turns: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def cea(self) -> CostEffectiveness:
        """Costs and QALYs of the strategies, compared."""
        return self.appraisal.cea


@dataclass(frozen=True, kw_only=True)
class VariationResult:
    """The outcomes of a variation of the inputs, or of a model's own validation; costs are those that it counts.

    Attributes
    ----------
    name : of the variation in the inputs
    scenario, horizon : on which it was run
    outcomes : with the dimension `sample`
    point : at central values
    annual_volume : people a year, where the inputs as varied say so
    """

    name: str
    scenario: str
    horizon: str
    outcomes: xr.Dataset
    point: xr.Dataset
    annual_volume: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A figure of the model beside a published one, where no run of it answers: a life expectancy, for example."""

    what: str
    ours: str
    published: str
    source: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """How an analysis was made.

    Attributes
    ----------
    model : name of the model folder; empty for a PSA from files
    seed, draws, horizon : of the run; the horizon is empty where the model takes none
    made : the date, as 2026-11-27
    files : SHA-256 of every file that it depends on, by name
    changed_by : names of those of the files that are not the model's own: its inputs were changed by them
    software : versions of packages by name, and of Python
    discounting : the rates as part of a sentence; empty where the model says none
    structure : of the decision model, in a line for each that scenarios differ in; empty where it says none
    commit, changed : of the git checkout in which the folder lies, and whether anything in it was not committed
    read_as : what in files of a PSA was not plain and how it was read, a sentence each
    policy_thresholds : whether thresholds are those of the dated policy profiles, because no others were asked for
    """

    model: str
    seed: int
    draws: int
    horizon: str
    made: str
    files: Mapping[str, str]
    software: Mapping[str, str]
    discounting: str = ""
    structure: Sequence[str] = ()
    commit: str = ""
    changed: bool = False
    read_as: Sequence[str] = ()
    policy_thresholds: bool = True
    changed_by: Sequence[str] = ()


@dataclass(frozen=True)
class Affected:
    """People whose treatment the decision settles, and how to say so; with whether as many follow year after year."""

    number: float
    words: str
    every_year: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Results:
    """The results of an analysis: `results["base"]` is those of a scenario.

    Attributes
    ----------
    inputs : of the model; None for a PSA from files
    record : how it was made
    comparator : the strategy that the others are compared with
    thresholds : money per QALY, at which the answer is asked
    scenarios : results by scenario, in the inputs' order
    variations : results of the inputs' variations by name; their parameters' draws are those of the scenario
    comparisons : figures of the model beside published ones
    affected : people whom the decision is for, where that is known
    currency : in which all money is
    title, question : of the analysis
    organisation, price_year : whose figures these are, and of what year all money is; empty where that is not known
    tables : tidy tables of all of it by name, see `analysis.tables`

    Examples
    --------
    >>> import heemodel as hm
    >>> results = hm.analyse(hm.load_model("models/sumatriptan"), draws=100)
    >>> results["published"].cea.icer("sumatriptan").quadrant
    'costs more and gains QALYs (north-east): money per QALY gained'
    """

    inputs: Inputs | None
    record: Record
    comparator: str
    thresholds: Sequence[float]
    scenarios: Mapping[str, ScenarioResult]
    variations: Mapping[str, VariationResult] = field(default_factory=dict)
    comparisons: Sequence[Comparison] = ()
    affected: Affected | None = None
    currency: Currency = POUNDS
    title: str = ""
    question: str = ""
    organisation: str = ""
    price_year: str = ""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        """What is in them, in a few lines: they are too much to print whole."""
        lines = {
            "scenarios": self.scenarios,
            "strategies": self.strategies,
            "variations": self.variations,
            "tables": self.tables,
        }
        about = f"Results of {self.record.model or 'a PSA'}: {self.record.draws:,} draws, seed {self.record.seed}"
        return "\n".join([about, *(f"  {name}: {', '.join(held)}" for name, held in lines.items() if held)])

    def __getitem__(self, scenario: str) -> ScenarioResult:
        if scenario not in self.scenarios:
            raise HeemodelError(f"no scenario {scenario!r} in these results; {nearest(scenario, self.scenarios)}")
        return self.scenarios[scenario]

    def __iter__(self) -> Iterator[ScenarioResult]:
        return iter(self.scenarios.values())

    @property
    def first(self) -> ScenarioResult:
        """The first scenario."""
        return next(iter(self.scenarios.values()))

    @property
    def strategies(self) -> list[str]:
        """All strategies, the comparator first."""
        return [self.comparator, *self.interventions]

    @property
    def interventions(self) -> list[str]:
        """All strategies but the comparator."""
        return self.first.cea.interventions

    @cached_property
    def intervention(self) -> str:
        """The one that a sentence about a single intervention speaks of.

        That which the inputs name, the only one there is, or the one of highest expected net benefit at the first
        threshold in the first scenario.
        """
        named = self.inputs.about.intervention if self.inputs is not None else None
        return named or self.first.appraisal.focus

    @cached_property
    def components(self) -> dict[str, Component]:
        """What is known of each component of cost; its name alone where the inputs say no more."""
        cost = self.first.outcomes["cost"]
        paid = [str(name) for name in cost["component"].to_numpy()] if "component" in cost.dims else []
        known = self.inputs.components if self.inputs is not None else {}
        return {**{name: known[name] for name in known}, **{n: Component(label=n) for n in paid if n not in known}}

    def asks(self, question: str) -> bool:
        """Whether the inputs ask it: "saving" or "value for money"."""
        return question in self.questions

    @property
    def questions(self) -> list[str]:
        """What the report answers, in reading order."""
        return list(self.inputs.about.asks) if self.inputs is not None else ["value for money"]

    @cached_property
    def notes(self) -> Mapping[str, str]:
        """Sentences of the inputs that must stand beside a quantity, by its name: those that hold in these results."""
        return {} if self.inputs is None else self.inputs.notes(list(self.scenarios))

    def label(self, scenario: str) -> str:
        """What a scenario is called."""
        return self.inputs.scenarios[scenario].label if self.inputs is not None else "Base case"

    @property
    def person(self) -> str:
        """What somebody is called whose costs and QALYs are counted: as inputs say; a person where nothing is known."""
        return "person" if self.inputs is None else self.inputs.about.person

    @property
    def per_person(self) -> str:
        """The unit of money per person, with its price year where that is known."""
        prices = f", {self.price_year} prices" if self.price_year else ""
        return f"{self.currency} per {self.person}{prices}"

    def save(self, folder: str | Path) -> Path:
        """Keep everything in a folder, so that reports can be made of it later without running anything again.

        Parameters
        ----------
        folder : new, empty, or with results that were saved before, which are replaced

        Returns
        -------
        Path of the folder

        Raises
        ------
        HeemodelError
            if it cannot be written, or holds anything but results that `save` wrote

        See Also
        --------
        Results.load : reads it
        """
        return save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Results that were saved, or that a run wrote beside its report.

        Raises
        ------
        HeemodelError
            if the folder holds no results, or they cannot be read
        """
        return load(cls, Path(folder))

"""What a report is written from: one result for each scenario, and the record of the run."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from heemodel.decision import CostEffectiveness, by_group, running, saving
from heemodel.errors import mismatches, nearest
from heemodel.parameters import Inputs, Problem
from heemodel.report.quantities import quantity_names
from heemodel.verify import Check


@dataclass(frozen=True, kw_only=True)
class ScenarioResult:
    """Everything that was found under one body of evidence.

    Attributes
    ----------
    name : the scenario's name in the inputs
    draws, outcomes : parameters and what the model made of them, dimension `sample`
    point : the deterministic outcomes, at central values
    trace : occupancy over time, from `CohortModel.trace`
    posterior, predictive : tables from `Posterior.summary` and `Posterior.predictive_checks`
    divergences : of the sampler
    accepted_unconverged : the convergence gate's complaints that were overridden
    cautions : what the evidence model found odd about its data
    checks : of the model
    groups : outcomes by `group`, where the model has groups; `outcomes` and `point` are then their weighted means
    subgroups : shares of the groups, and the name of each in every grouping
    cost_by_state : mean discounted cost per patient over all draws, with dimensions strategy, component and state,
        where the analysis worked it out; over states it adds up to the mean cost of `outcomes`
    read : names of the draws that the model reads; none for all of them
    """

    name: str
    draws: xr.Dataset
    outcomes: xr.Dataset
    point: xr.Dataset
    trace: xr.Dataset
    posterior: pd.DataFrame
    predictive: pd.DataFrame
    divergences: int
    checks: Sequence[Check]
    accepted_unconverged: Sequence[str] = ()
    cautions: Sequence[str] = ()
    groups: xr.Dataset | None = None
    subgroups: xr.Dataset | None = None
    cost_by_state: xr.DataArray | None = None
    read: frozenset[str] = frozenset()

    def parameters(self) -> xr.Dataset:
        """The draws that can move the outcomes: those that the model reads, and from which source each was drawn."""
        names = [str(name) for name in self.draws.data_vars]
        read = {*self.read, *(f"{name}_source" for name in self.read)} if self.read else {*names}
        return self.draws[[name for name in names if name in read]]


@dataclass(frozen=True, kw_only=True)
class VariationResult:
    """The outcomes of a variation of the inputs, or of a model's own validation; costs are those that it counts.

    `outcomes` have the dimension `sample`; `point` are at central values.
    """

    name: str
    scenario: str
    outcomes: xr.Dataset
    point: xr.Dataset


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A figure of the model beside a published one, where no run of it answers: a life expectancy, for example."""

    what: str
    ours: str
    published: str
    source: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class Extras:
    """What an analysis may hold beside its scenarios.

    Attributes
    ----------
    variations : results of the inputs' variations, in their order; their parameters' draws are those of the scenario
    comparisons : figures of the model beside published ones, from its own function `comparisons`
    """

    variations: Sequence[VariationResult] = ()
    comparisons: Sequence[Comparison] = ()


@dataclass(frozen=True, kw_only=True)
class Run:
    """How the analysis was run."""

    seed: int
    draws: int
    horizon: str
    model: str
    files: Mapping[str, str] = field(default_factory=dict)
    """Content of the files that the analysis depends on, by name; the manifest keeps their hashes."""


STRATEGIES = 2
NOTED = ("claim", "probability_saving", "saving_per_year")
"""What else a note may stand beside."""


def check_reportable(inputs: Inputs, outcomes: xr.Dataset) -> None:
    """Refuse inputs that do not fit the model's outcomes; the point outcomes will do.

    Raises
    ------
    InputError
        with the line of every name that does not fit: comparator, components, counted effects, quantities,
        and of published quantities that are not reported
    """
    strategies = [str(name) for name in outcomes["strategy"].to_numpy()]
    paid = [str(name) for name in outcomes["cost"]["component"].to_numpy()]
    counted = [str(name) for name in outcomes.data_vars]
    about, tagged, claim = inputs.about, inputs.components, inputs.claim
    quantities = [*(step.quantity for step in inputs.steps.values()), *(a.quantity for a in inputs.avoided.values())]
    twice = {name for name in quantities if quantities.count(name) > 1}
    _, untold = mismatches(tagged, paid)
    used = {component.step for component in tagged.values()}
    problems = [
        *_strangers("about.comparator", [about.comparator], strategies, "{} is no strategy of the model"),
        *_strangers("claim.components", claim.components if claim else [], paid, "the model never pays for {}"),
        *(Problem(("components",), f"the model pays for {name!r}, which has no table here; add it") for name in untold),
        *_strangers("settings", ["annual_volume"], inputs.settings, "has no {}"),
        *_strangers("about.notes.{}", about.notes, [*quantities, *NOTED], "is no quantity that is reported"),
        *_strangers("components.{}", tagged, paid, "the model never pays for it"),
        *_strangers("avoided.{}", inputs.avoided, counted, "the model does not count it"),
        *(
            Problem(("steps", name), "no component belongs to this step; remove it")
            for name in inputs.steps
            if name not in used
        ),
        *(Problem((), f"quantity {name!r} is named twice; rename one") for name in sorted(twice)),
    ]
    for name, variation in inputs.variations.items():
        named = [published.quantity for published in variation.published]
        place = f"variations.{name}.published"
        problems += _strangers(place, named, quantity_names(about.currency), "{} is no quantity that is reported")
    if len(strategies) != STRATEGIES:
        problems.append(Problem((), f"the report compares {STRATEGIES} strategies; the model has {len(strategies)}"))
    if not inputs.steps:
        problems.append(Problem(("steps",), "is missing; name at least one step from gross to net saving"))
    if problems:
        raise inputs.error(*problems)


def _strangers(place: str, names: Iterable[str], known: Collection[str], message: str) -> Iterator[Problem]:
    """A problem for each name that is not known, with the nearest that is; `{}` stands for the name."""
    for name in names:
        if name not in known:
            at = tuple(part.replace("{}", name) for part in place.split("."))
            yield Problem(at, f"{message.replace('{}', repr(name))}; {nearest(name, known)}")


@dataclass(frozen=True)
class Views:
    """A scenario's outcomes as the report tells them, on both bases."""

    result: ScenarioResult
    inputs: Inputs

    @property
    def comparator(self) -> str:
        """The strategy compared with."""
        return self.inputs.about.comparator

    @property
    def intervention(self) -> str:
        """The strategy that the report is about: the one that is not the comparator."""
        return self.effectiveness(self.result.outcomes).interventions[0]

    def effectiveness(self, outcomes: xr.Dataset) -> CostEffectiveness:
        """Cost-effectiveness of either the sampled or the point outcomes."""
        return CostEffectiveness(outcomes, comparator=self.comparator)

    def saving(self, outcomes: xr.Dataset) -> xr.DataArray:
        """Saving per patient by component."""
        return saving(outcomes, comparator=self.comparator, intervention=self.intervention)

    def grouped(self, outcomes: xr.Dataset, what: str) -> xr.DataArray:
        """Saving per patient by `"payer"`, `"kind"` or `"step"` of the components, in the inputs' order."""
        groups = {name: getattr(component, what) for name, component in self.inputs.components.items()}
        if what == "step":
            groups = dict(sorted(groups.items(), key=lambda item: list(self.inputs.steps).index(item[1])))
        return by_group(self.saving(outcomes), groups, what)

    def walk(self, outcomes: xr.Dataset) -> xr.DataArray:
        """Saving per patient once each step is taken; dimension `step`."""
        return running(self.grouped(outcomes, "step"))

    def claimed(self, outcomes: xr.Dataset) -> xr.DataArray:
        """Saving per patient on the components that the published claim counts."""
        claim = self.inputs.claim
        return self.saving(outcomes).sel(component=claim.components if claim else []).sum("component")

    def avoided(self, outcomes: xr.Dataset, effect: str) -> xr.DataArray:
        """Comparator − intervention of a counted effect."""
        counted = outcomes[effect]
        return counted.sel(strategy=self.comparator, drop=True) - counted.sel(strategy=self.intervention, drop=True)

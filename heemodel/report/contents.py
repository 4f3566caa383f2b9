"""What a report is written from: one result for each scenario, and the record of the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from heemodel.decision import CostEffectiveness, by_group, running, saving
from heemodel.parameters import Inputs
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
    checks : of the model
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


@dataclass(frozen=True, kw_only=True)
class Run:
    """How the analysis was run."""

    seed: int
    draws: int
    horizon: str
    model: str
    files: Mapping[str, str] = field(default_factory=dict)
    """Content of the files that the analysis depends on, by name; the manifest keeps their hashes."""


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

    def avoided(self, outcomes: xr.Dataset, effect: str) -> xr.DataArray:
        """Comparator − intervention of a counted effect."""
        counted = outcomes[effect]
        return counted.sel(strategy=self.comparator, drop=True) - counted.sel(strategy=self.intervention, drop=True)

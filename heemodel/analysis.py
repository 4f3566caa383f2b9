"""The line through all rooms: a model folder in, results for each scenario out."""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import xarray as xr

from heemodel.errors import HeemodelError
from heemodel.evidence import EvidenceError, EvidenceModel, Posterior, fit
from heemodel.parameters import Inputs, Needs, join_draws, read_inputs
from heemodel.report import (
    Comparison,
    Extras,
    Run,
    ScenarioResult,
    VariationResult,
    check_information,
    check_reportable,
)
from heemodel.structures import CohortModel, ModelError, cost_by_state
from heemodel.verify import Check, run_checks

TRACE_DRAWS = 1_000
"""Draws behind the occupancy over time: a mean and interval for a picture."""

STEPS_PER_SCENARIO = 4

VARIATION_DRAWS = 2_000
"""Draws of each variation at most: a row of a table, of which there may be many."""

FILES = ("inputs.toml", "evidence.py", "model.py")
"""What a model folder holds."""


@dataclass(frozen=True)
class ModelFolder:
    """A decision model on disk: inputs.toml, evidence.py and model.py.

    `evidence(inputs, scenario)` gives the evidence model; `model(inputs, horizon, scenario)` the cohort model;
    `checks(draws, outcomes)` what this model must reproduce; `comparisons(inputs)`, if there is one, figures of the
    model beside published ones. Both files say in `NEEDS` what they take from the inputs. `files` is the content of all
    three and of the inputs' tables as they were read.
    """

    path: Path
    files: dict[str, str]
    inputs: Inputs
    evidence: Callable[[Inputs, str], EvidenceModel]
    model: Callable[[Inputs, str, str], CohortModel]
    checks: Callable[[xr.Dataset, xr.Dataset], list[Check]]
    default_horizon: str
    comparisons: Callable[[Inputs], list[Comparison]]


def load_model(path: str | Path) -> ModelFolder:
    """Read a model folder.

    Raises
    ------
    HeemodelError
        if the folder lacks a file or a function; InputError for mistakes in its inputs
    """
    path = Path(path)
    if path.is_file():
        raise HeemodelError(f"{path} is a file; name the model's folder: {path.parent}")
    for name in FILES:
        if not (path / name).is_file():
            raise HeemodelError(f"{path} is not a model folder: it has no {name}")
    evidence, model = _module(path, "evidence"), _module(path, "model")
    inputs = read_inputs(path / "inputs.toml", needs=_needs(evidence) | _needs(model))
    return ModelFolder(
        path=path,
        files={name: (path / name).read_text(encoding="utf-8") for name in FILES} | inputs.files,
        inputs=inputs,
        evidence=_function(evidence, "evidence"),
        model=_function(model, "model"),
        checks=_function(model, "checks"),
        default_horizon=_horizon(model),
        comparisons=getattr(model, "comparisons", lambda _: []),
    )


def analyse(
    folder: ModelFolder,
    *,
    scenarios: Sequence[str],
    draws: int,
    seed: int,
    horizon: str,
    progress: Callable[[str], object] = lambda _: None,
    allow_unconverged: bool = False,
) -> list[ScenarioResult]:
    """Fit, propagate and check each scenario.

    The point estimate is run first for every scenario, so that mistakes come to light before anything is sampled; but
    evidence that has no plug-in estimate is fitted first, and its posterior means are taken.

    Parameters
    ----------
    scenarios : names of scenarios of the inputs
    draws : joint draws
    seed : the one seed
    horizon : as the model takes it
    progress : called with what is being done, `STEPS_PER_SCENARIO` times for each scenario
    """
    inputs = folder.inputs
    if not scenarios:
        raise HeemodelError(f"{inputs.path}: there is no scenario to run; add [scenarios.<name>]")
    _check_models(folder, scenarios, horizon)
    sampler = Sampler(draws=draws, seed=seed, allow_unconverged=allow_unconverged)
    prepared = [Prepared(folder, inputs, name, horizon, sampler) for name in scenarios]
    for one in prepared:
        check_reportable(inputs, one.weighted(one.point))
        check_information(inputs, one.central)
    results = []
    for one in prepared:
        progress(f"{one.scenario}: fitting the evidence")
        posterior = sampler.fit(one.evidence)
        progress(f"{one.scenario}: running {draws:,} draws")
        sampled = join_draws(posterior.draw(draws, seed=seed), inputs.draw(draws, seed=seed))
        outcomes = one.run(sampled)
        progress(f"{one.scenario}: tracing the cohort")
        trace = one.weighted(one.model.trace(sampled.isel(sample=slice(0, TRACE_DRAWS))))
        progress(f"{one.scenario}: checking the model")
        checks = run_checks(one.model, sampled, outcomes, central=one.central, comparator=inputs.about.comparator)
        results.append(
            ScenarioResult(
                name=one.scenario,
                draws=sampled,
                outcomes=one.weighted(outcomes),
                point=one.weighted(one.point),
                trace=trace,
                posterior=posterior.summary(),
                predictive=posterior.predictive_checks(),
                divergences=posterior.divergences(),
                checks=[*checks, *folder.checks(sampled, outcomes)],
                accepted_unconverged=posterior.accepted_unconverged,
                cautions=one.evidence.cautions,
                groups=outcomes if "group" in outcomes.dims else None,
                subgroups=one.subgroups if "group" in outcomes.dims else None,
                read=one.read,
                cost_by_state=one.weighted(cost_by_state(one.model, sampled).mean("sample")),
            )
        )
    return results


def vary(
    folder: ModelFolder,
    *,
    scenario: str,
    draws: int,
    seed: int,
    horizon: str,
    progress: Callable[[str], object] = lambda _: None,
    allow_unconverged: bool = False,
) -> Extras:
    """Run the inputs' variations, each on its own scenario or else the one named, and the model's own comparisons.

    Parameters
    ----------
    draws : as for the scenarios; a variation takes the first `VARIATION_DRAWS`, and draw i of what it leaves alone is
        draw i of the scenario
    progress : called with what is being done, once for each variation
    """
    inputs, results = folder.inputs, []
    sampler = Sampler(draws=draws, seed=seed, allow_unconverged=allow_unconverged)
    for name, variation in inputs.variations.items():
        progress(f"variation: {variation.label}")
        varied = inputs.varied[name]
        on, over = variation.scenario or scenario, variation.horizon or horizon
        one = Prepared(folder, varied, on, over, sampler, variation=name)
        sampled = join_draws(sampler.fit(one.evidence).draw(draws, seed=seed), varied.draw(draws, seed=seed))
        outcomes = one.run(sampled.isel(sample=slice(0, VARIATION_DRAWS)))
        counted = [
            name
            for name, part in varied.components.items()
            if variation.payers is None or part.payer in variation.payers
        ]
        weighted, point = (one.weighted(found).sel(component=counted) for found in (outcomes, one.point))
        results.append(VariationResult(name=name, scenario=one.scenario, outcomes=weighted, point=point))
    return Extras(variations=results, comparisons=folder.comparisons(inputs))


@dataclass(frozen=True, kw_only=True)
class Sampler:
    """How posteriors of an analysis are sampled; each is sampled, read and judged once."""

    draws: int
    seed: int
    allow_unconverged: bool = False
    found: dict[str, Posterior] = field(default_factory=dict)

    def fit(self, evidence: EvidenceModel) -> Posterior:
        """The posterior of the evidence."""
        name = evidence.identity()
        if name not in self.found:
            self.found[name] = fit(evidence, seed=self.seed, draws=self.draws, allow_unconverged=self.allow_unconverged)
        return self.found[name]

    def central(self, evidence: EvidenceModel) -> xr.Dataset:
        """The plug-in estimates of the evidence or, where it has none, its posterior means."""
        if evidence.central:
            return evidence.central
        return self.fit(evidence).draw(self.draws, seed=self.seed).mean("sample")


class Prepared:
    """A scenario of some inputs before draws are run: its evidence and cohort model, and the point estimate."""

    def __init__(
        self,
        folder: ModelFolder,
        inputs: Inputs,
        scenario: str,
        horizon: str,
        sampler: Sampler,
        *,
        variation: str | None = None,
    ) -> None:
        self.scenario, self._inputs = scenario, inputs
        self._place = _place(inputs, scenario, variation)
        self.subgroups = inputs.subgroups(scenario)
        try:
            self.model = folder.model(inputs, horizon, scenario)
            self.evidence = folder.evidence(inputs, scenario)
            self.central = join_draws(sampler.central(self.evidence), inputs.central())
            self.read = self.model.check_parameters(self.central, must_be_read=inputs.read_by_model())
            self.point = self.model.run(self.central)
        except (EvidenceError, ModelError) as error:
            raise HeemodelError(f"{self._place}: {error}") from error

    def run(self, draws: xr.Dataset) -> xr.Dataset:
        """Outcomes of the draws; an impossible one is told with the scenario."""
        try:
            return self.model.run(draws, progress=_quietly)
        except ModelError as error:
            raise HeemodelError(f"{self._place}, over its draws: {error}") from error

    def weighted[Outcomes: (xr.Dataset, xr.DataArray)](self, outcomes: Outcomes) -> Outcomes:
        """The mean over groups by their shares, where there are groups."""
        if "group" not in outcomes.dims:
            return outcomes
        mean: Outcomes = outcomes.weighted(self.subgroups["share"]).mean("group", keep_attrs=True)
        return mean


def _check_models(folder: ModelFolder, scenarios: Sequence[str], horizon: str) -> None:
    """Refuse scenarios, then variations, whose cohort model cannot be built, before anything is sampled."""
    inputs = folder.inputs
    wanted: list[tuple[Inputs, str, str, str | None]] = [(inputs, horizon, scenario, None) for scenario in scenarios]
    wanted += [
        (inputs.varied[name], variation.horizon or horizon, variation.scenario or scenarios[0], name)
        for name, variation in inputs.variations.items()
    ]
    for varied, length, scenario, variation in wanted:
        try:
            folder.model(varied, length, scenario)
        except ModelError as error:
            raise HeemodelError(f"{_place(inputs, scenario, variation)}: {error}") from error


def _place(inputs: Inputs, scenario: str, variation: str | None = None) -> str:
    """Where an error is, in words."""
    return f"{inputs.path}, " + (f"variation {variation!r}" if variation else f"scenario {scenario!r}")


def _quietly(*_: object) -> None:
    """Progress that nobody is told of, as the analysis tells its own."""


def run_record(folder: ModelFolder, *, draws: int, seed: int, horizon: str) -> Run:
    """The record of a run of this folder, with the content of its files."""
    return Run(seed=seed, draws=draws, horizon=horizon, model=folder.path.resolve().name, files=folder.files)


def _module(path: Path, name: str) -> ModuleType:
    """One of the folder's Python files, imported under a name of its own."""
    full = f"heemodel_models_{path.resolve().name}_{name}"
    spec = importlib.util.spec_from_file_location(full, path / f"{name}.py")
    if spec is None or spec.loader is None:
        raise HeemodelError(f"{path / name}.py cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[full] = module
    spec.loader.exec_module(module)
    return module


def _needs(module: ModuleType) -> Needs:
    """What the module takes from the inputs."""
    if not isinstance(getattr(module, "NEEDS", None), Needs):
        raise HeemodelError(f"{module.__file__} has no NEEDS; add NEEDS = hm.Needs(parameters={{…}})")
    needs: Needs = module.NEEDS
    return needs


def _horizon(module: ModuleType) -> str:
    """The horizon that the model takes unless told otherwise."""
    if not isinstance(getattr(module, "DEFAULT_HORIZON", None), str):
        raise HeemodelError(f'{module.__file__} has no DEFAULT_HORIZON; add, for example, DEFAULT_HORIZON = "5 years"')
    return str(module.DEFAULT_HORIZON)


def _function(module: ModuleType, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] | None = getattr(module, name, None)
    if not callable(found):
        raise HeemodelError(f"{module.__file__} has no function {name}(…); add it")
    return found

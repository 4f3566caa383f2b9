"""The line through all rooms: a model folder in, results for each scenario out."""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import xarray as xr

from heemodel.cohort import CohortModel, ModelError
from heemodel.errors import HeemodelError
from heemodel.evidence import EvidenceError, EvidenceModel, fit
from heemodel.parameters import Inputs, Needs, join_draws, read_inputs
from heemodel.report import Run, ScenarioResult, check_reportable
from heemodel.verify import Check, run_checks

TRACE_DRAWS = 1_000
"""Draws behind the occupancy over time: a mean and interval for a picture."""

STEPS_PER_SCENARIO = 4

FILES = ("inputs.toml", "evidence.py", "model.py")
"""What a model folder holds."""


@dataclass(frozen=True)
class ModelFolder:
    """A decision model on disk: inputs.toml, evidence.py and model.py.

    `evidence(inputs, scenario)` gives the evidence model; `model(inputs, horizon)` the cohort model; `checks(draws,
    outcomes)` what this model must reproduce. Both files say in `NEEDS` what they take from the inputs. `files` is the
    content of all three as they were read.
    """

    path: Path
    files: dict[str, str]
    inputs: Inputs
    evidence: Callable[[Inputs, str], EvidenceModel]
    model: Callable[[Inputs, str], CohortModel]
    checks: Callable[[xr.Dataset, xr.Dataset], list[Check]]
    default_horizon: str


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
        files={name: (path / name).read_text(encoding="utf-8") for name in FILES},
        inputs=inputs,
        evidence=_function(evidence, "evidence"),
        model=_function(model, "model"),
        checks=_function(model, "checks"),
        default_horizon=_horizon(model),
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

    The point estimate is run first for every scenario, so that mistakes come to light before anything is sampled.

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
    model = folder.model(inputs, horizon)
    evidence, central, points = {}, {}, {}
    for name in scenarios:
        try:
            evidence[name] = folder.evidence(inputs, name)
            central[name] = join_draws(evidence[name].central, inputs.central())
            model.check_parameters(central[name], must_be_read=inputs.parameters)
            points[name] = model.run(central[name])
        except (EvidenceError, ModelError) as error:
            raise HeemodelError(f"{inputs.path}, scenario {name!r}: {error}") from error
        check_reportable(inputs, points[name])
    results = []
    for name in scenarios:
        progress(f"{name}: fitting the evidence")
        posterior = fit(evidence[name], seed=seed, draws=draws, allow_unconverged=allow_unconverged)
        progress(f"{name}: running {draws:,} draws")
        sampled = join_draws(posterior.draw(draws, seed=seed), inputs.draw(draws, seed=seed))
        try:
            outcomes = model.run(sampled, progress=_quietly)
        except ModelError as error:
            raise HeemodelError(f"{inputs.path}, scenario {name!r}, over its draws: {error}") from error
        progress(f"{name}: tracing the cohort")
        trace = model.trace(sampled.isel(sample=slice(0, TRACE_DRAWS)))
        progress(f"{name}: checking the model")
        checks = run_checks(model, sampled, outcomes, central=central[name], comparator=inputs.about.comparator)
        results.append(
            ScenarioResult(
                name=name,
                draws=sampled,
                outcomes=outcomes,
                point=points[name],
                trace=trace,
                posterior=posterior.summary(),
                predictive=posterior.predictive_checks(),
                divergences=posterior.divergences(),
                checks=[*checks, *folder.checks(sampled, outcomes)],
                accepted_unconverged=posterior.accepted_unconverged,
                cautions=evidence[name].cautions,
            )
        )
    return results


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

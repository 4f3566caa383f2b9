"""Scenarios and variations of a slow model, spread over processes.

Most of what a slow analysis does is done by Python, which keeps one processor busy. Each process reads the model folder
again and works out whole scenarios and variations; numbers are the same to the bit as one after the other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import joblib

from heemodel import threads
from heemodel.analysis.folder import ModelFolder, load_model
from heemodel.analysis.parts import Varied, analyse_scenario, analyse_variation
from heemodel.analysis.preparing import Prepared, Sampler, prepare
from heemodel.analysis.record import hashes
from heemodel.analysis.results import ScenarioResult, VariationResult
from heemodel.errors import HeemodelError
from heemodel.parameters import Inputs

STARTED_IN = 3.0
"""Seconds in which a process has started and imported what it needs."""
MOST = 4
"""Processes at most: each holds the draws of a scenario."""


def worthwhile(prepared: Sequence[Prepared], variations: Sequence[Varied]) -> bool:
    """Whether point estimates alone, of everything that is to be worked out, take longer than to start a process."""
    if threads.processors() < 2 or len(prepared) + len(variations) < 2:
        return False
    return sum(one.seconds for one in prepared) / len(prepared) * (len(prepared) + len(variations)) > STARTED_IN


def in_processes(
    folder: ModelFolder,
    inputs: Inputs,
    prepared: Sequence[Prepared],
    variations: Sequence[Varied],
    *,
    sampler: Sampler,
    thresholds: Sequence[float],
    horizon: str,
) -> Iterator[ScenarioResult | VariationResult]:
    """Results of every scenario and then of every variation, in their order; posteriors must have been fitted before.

    Raises
    ------
    HeemodelError
        of whichever fails first in that order, or if the folder's files have changed since they were read
    """
    number = min(threads.processors(), MOST, len(prepared) + len(variations))
    common = _Common(
        path=folder.path.resolve(),
        files=tuple(hashes(folder.code).items()),
        draws=sampler.draws,
        seed=sampler.seed,
        allow_unconverged=sampler.allow_unconverged,
        threads=max(1, threads.processors() // number),
    )
    jobs = [joblib.delayed(_scenario)(common, inputs, one.scenario, horizon, tuple(thresholds)) for one in prepared]
    jobs += [joblib.delayed(_variation)(common, variation) for variation in variations]
    with joblib.parallel_config(backend="loky", inner_max_num_threads=common.threads):
        yield from joblib.Parallel(n_jobs=number, return_as="generator", batch_size=1, pre_dispatch="all")(jobs)


@dataclass(frozen=True, kw_only=True)
class _Common:
    """What every process is told of the analysis."""

    path: Path
    files: tuple[tuple[str, str], ...]
    draws: int
    seed: int
    allow_unconverged: bool
    threads: int


@lru_cache(maxsize=1)
def _begun(common: _Common) -> tuple[ModelFolder, Sampler]:
    """The folder as this process reads it, and the posteriors that it has read."""
    threads.use(common.threads)
    folder = load_model(common.path)
    if tuple(hashes(folder.code).items()) != common.files:
        raise HeemodelError(f"files of {common.path} have changed since the model was loaded; load it again")
    return folder, Sampler(draws=common.draws, seed=common.seed, allow_unconverged=common.allow_unconverged)


def _scenario(
    common: _Common, inputs: Inputs, name: str, horizon: str, thresholds: tuple[float, ...]
) -> ScenarioResult:
    folder, sampler = _begun(common)
    prepared = prepare(folder, inputs, name, horizon, sampler)
    return analyse_scenario(folder, prepared, sampler, thresholds, _quietly)


def _variation(common: _Common, variation: Varied) -> VariationResult:
    folder, sampler = _begun(common)
    return analyse_variation(folder, variation, sampler)


def _quietly(_: str) -> None:
    """Steps within a process, which are not told."""

"""From an evidence model to a gated posterior, stored by content so that the same question is answered at once."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import xarray as xr

from heemodel.evidence.gate import ConvergenceError, complaints
from heemodel.evidence.posterior import DIAGNOSTICS, Posterior, diagnose
from heemodel.evidence.specification import TARGET_ACCEPT, EvidenceModel
from heemodel.parameters.seeds import seed_sequence

if TYPE_CHECKING:
    import pymc as pm
    from nutpie.sample import CompiledModel

CHAINS = 4
TUNE = 1_000
PRIOR_DRAWS = 1_000
PREDICTED = 2_000
"""Posterior draws from which observations are predicted, evenly along the chains: enough for a check."""
MIN_DRAWS_PER_CHAIN = 1_000
FORM = 3
"""Raised when what is stored with a posterior changes."""


def fit(
    evidence: EvidenceModel | pm.Model,
    *,
    seed: int,
    draws: int = 10_000,
    allow_unconverged: bool = False,
    cache: bool = True,
) -> Posterior:
    """Sample the joint posterior of an evidence model with NUTS, and refuse it unless it converged.

    Where transitions diverge, it is sampled again from the start, by shorter steps; the gate judges the last attempt.

    Parameters
    ----------
    evidence : the model and its data; or a PyMC model of your own, such as one that began as `EvidenceModel.pymc()`
    seed : the analysis' one seed
    draws : posterior draws over all chains; at least 1,000 are made in each of the 4 chains
    allow_unconverged : keep a posterior that the gate refuses; reports then say so on their first page
    cache : look the posterior up by its content first, and store it; a PyMC model of your own never is. The folder is
        the user's cache folder, or the environment variable HEEMODEL_CACHE

    Returns
    -------
    Posterior, with prior and posterior predictive draws

    Raises
    ------
    ConvergenceError
        with every complaint of the gate and its cure
    """
    per_chain = max(MIN_DRAWS_PER_CHAIN, -(-draws // CHAINS))
    if not isinstance(evidence, EvidenceModel):
        tree = _sample(evidence, _compile(evidence), TARGET_ACCEPT, seed=seed, per_chain=per_chain)
        own = Posterior(evidence.name or "PyMC model", tree, model=lambda: evidence)
        return _gated(own, allow_unconverged=allow_unconverged)
    per_chain = max(per_chain, evidence.least_draws)
    sampler = {"seed": seed, "chains": CHAINS, "tune": TUNE, "draws": per_chain, "steps": evidence.target_accept}
    key = {"form": FORM, "model": evidence.identity(), **sampler}
    path = cache_folder() / f"{hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()}.nc"
    stored = _stored(path) if cache else None
    tree = _sample_evidence(evidence, seed=seed, per_chain=per_chain) if stored is None else stored
    posterior = Posterior(evidence.name, tree, reported=evidence.reported, model=evidence.pymc)
    posterior = _gated(posterior, allow_unconverged=allow_unconverged)
    if stored is None and cache:
        _store(tree, path)
    return posterior


def _gated(posterior: Posterior, *, allow_unconverged: bool) -> Posterior:
    """The posterior, with the gate's complaints if they are allowed."""
    refused = complaints(posterior)
    if refused and not allow_unconverged:
        raise ConvergenceError(
            "\n  ".join([f"the posterior of {posterior.name!r} has not converged and is refused:", *refused])
        )
    return replace(posterior, accepted_unconverged=refused)


def cache_folder() -> Path:
    """Where posteriors are stored."""
    given = os.environ.get("HEEMODEL_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("heemodel")) / "posteriors"


def _sample_evidence(evidence: EvidenceModel, *, seed: int, per_chain: int) -> xr.DataTree:
    """The same for an evidence model, in the form that was compiled for others of its structure."""
    compiled = _compiled(_Structure(evidence))
    used = {variable.name for variable in compiled.shared_var_keys}
    compiled = compiled.with_data(**{name: values for name, values in evidence.data.items() if name in used})
    return _sample(evidence.pymc(), compiled, evidence.target_accept, seed=seed, per_chain=per_chain)


def _sample(
    model: pm.Model, compiled: CompiledModel, steps: tuple[float, ...], *, seed: int, per_chain: int
) -> xr.DataTree:
    """Prior predictive, posterior and posterior predictive draws in one DataTree."""
    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.WARNING)  # it announces what it samples
    seeds = {
        step: int(seed_sequence(seed, f"fit.{step}").generate_state(1)[0]) for step in ("prior", "nuts", "predict")
    }
    for target_accept in steps:
        tree = _chains(compiled, target_accept, seed=seeds["nuts"], per_chain=per_chain)
        if not tree["sample_stats"]["diverging"].any():
            break
    free = [variable.name for variable in model.free_RVs]
    thinned = tree["posterior"].to_dataset().isel(draw=slice(None, None, max(1, per_chain * CHAINS // PREDICTED)))
    with model, _without_failed_rewrites(), warnings.catch_warnings():
        # Potentials weigh data, and change no prediction; draws of a CustomDist are made by numpy.
        warnings.filterwarnings("ignore", message="The effect of Potentials|Numba will use object mode")
        prior = pm.sample_prior_predictive(draws=PRIOR_DRAWS, random_seed=seeds["prior"])
        predicted = pm.sample_posterior_predictive(
            thinned, random_seed=seeds["predict"], progressbar=False, freeze_vars=free
        )
    groups: dict[str, Any] = {
        "posterior": tree["posterior"],
        DIAGNOSTICS: diagnose(tree["posterior"].to_dataset()).set_index("parameter").to_xarray(),
        "sample_stats": tree["sample_stats"].to_dataset()[["diverging"]],
        "prior": prior["prior"],
        "prior_predictive": prior["prior_predictive"],
        "posterior_predictive": predicted["posterior_predictive"],
        "observed_data": predicted["observed_data"],
    }
    return xr.DataTree.from_dict(
        {name: (group.to_dataset() if isinstance(group, xr.DataTree) else group) for name, group in groups.items()}
    )


def _chains(compiled: CompiledModel, target_accept: float, *, seed: int, per_chain: int) -> xr.DataTree:
    """Chains of the posterior after warm-up, by steps tuned to one rate of acceptance."""
    import nutpie

    try:
        tree: xr.DataTree = nutpie.sample(
            compiled,
            draws=per_chain,
            tune=TUNE,
            chains=CHAINS,
            target_accept=target_accept,
            seed=seed,
            progress_bar=False,
            save_warmup=False,
        )
    except RuntimeError as error:
        raise ConvergenceError(
            f"the sampler stopped: {str(error).splitlines()[0]}. As far as numbers go the data are impossible where it "
            "begins: look whether a figure or a unit is wrong, or give priors in the units of the data"
        ) from error
    return tree


class _Structure:
    """An evidence model that equals another of the same structure, so that they share one compiled form."""

    def __init__(self, evidence: EvidenceModel) -> None:
        self.evidence = evidence
        self.key = evidence.structure()

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Structure) and self.key == other.key


@lru_cache(maxsize=8)
def _compiled(structure: _Structure) -> CompiledModel:
    """The compiled form of a structure."""
    return _compile(structure.evidence.pymc())


def _compile(model: pm.Model) -> CompiledModel:
    """The compiled log density.

    Without fast-math: with it, what PyTensor compiled earlier and what it compiles afresh round differently, and the
    same seed would give other draws on the second run than on the first.
    """
    import nutpie
    import pytensor

    with pytensor.config.change_flags(numba__fastmath=False), _without_failed_rewrites():
        return nutpie.compile_pymc_model(model)


@contextmanager
def _without_failed_rewrites() -> Iterator[None]:
    """Leave PyTensor's tracebacks of rewrites that it gives up unsaid: it goes on, right if less quick.

    A dimension with a single label makes one of them fail.
    """
    logger = logging.getLogger("pytensor.graph.rewriting.basic")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)


def _stored(path: Path) -> xr.DataTree | None:
    """The stored posterior, or None if there is none or it cannot be read."""
    try:
        with xr.open_datatree(path, engine="h5netcdf") as tree:
            return tree.load()
    except (OSError, ValueError, KeyError):
        return None


def _store(tree: xr.DataTree, path: Path) -> None:
    """Write under another name and rename, so that a reader never meets half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        os.close(handle)
        tree.to_netcdf(name, engine="h5netcdf")
        Path(name).replace(path)
    except OSError:
        return  # a cache that cannot be written costs time, not results

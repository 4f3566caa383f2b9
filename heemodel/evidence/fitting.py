"""From an evidence model to a gated posterior, stored by content so that the same question is answered at once."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import xarray as xr

from heemodel.evidence.posterior import ConvergenceError, Posterior, complaints
from heemodel.evidence.specification import EvidenceModel
from heemodel.parameters.seeds import seed_sequence

if TYPE_CHECKING:
    from nutpie.sample import CompiledModel

CHAINS = 4
TUNE = 1_000
TARGET_ACCEPT = 0.95
"""Shorter steps than the sampler's default: shares near 0 or 1 then have no divergent transitions."""
PRIOR_DRAWS = 1_000
MIN_DRAWS_PER_CHAIN = 1_000
FORM = 1
"""Raised when what is stored with a posterior changes."""


def fit(
    evidence: EvidenceModel, *, seed: int, draws: int = 10_000, allow_unconverged: bool = False, cache: bool = True
) -> Posterior:
    """Sample the joint posterior of an evidence model with NUTS, and refuse it unless it converged.

    Parameters
    ----------
    evidence : the model and its data
    seed : the analysis' one seed
    draws : posterior draws over all chains; at least 1,000 are made in each of the 4 chains
    allow_unconverged : keep a posterior that the gate refuses; reports then say so on their first page
    cache : look the posterior up by its content first, and store it. The folder is the user's cache folder, or the
        environment variable HEEMODEL_CACHE

    Returns
    -------
    Posterior, with prior and posterior predictive draws

    Raises
    ------
    ConvergenceError
        with every complaint of the gate and its cure
    """
    per_chain = max(MIN_DRAWS_PER_CHAIN, -(-draws // CHAINS))
    sampler = {"seed": seed, "chains": CHAINS, "tune": TUNE, "draws": per_chain, "target_accept": TARGET_ACCEPT}
    key = {"form": FORM, "model": evidence.identity(), **sampler}
    path = cache_folder() / f"{hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()}.nc"
    tree = _stored(path) if cache else None
    fresh = tree is None
    if tree is None:
        tree = _sample(evidence, seed=seed, per_chain=per_chain)
    posterior = Posterior(evidence.name, tree)
    refused = complaints(posterior)
    if refused and not allow_unconverged:
        raise ConvergenceError(
            "\n  ".join([f"the posterior of {evidence.name!r} has not converged and is refused:", *refused])
        )
    if fresh and cache:
        _store(tree, path)
    return Posterior(evidence.name, tree, refused)


def cache_folder() -> Path:
    """Where posteriors are stored."""
    given = os.environ.get("HEEMODEL_CACHE")
    return Path(given) if given else Path(platformdirs.user_cache_dir("heemodel")) / "posteriors"


def _sample(evidence: EvidenceModel, *, seed: int, per_chain: int) -> xr.DataTree:
    """Prior predictive, posterior and posterior predictive draws in one DataTree."""
    import nutpie
    import pymc as pm

    logging.getLogger("pymc").setLevel(logging.WARNING)  # it announces what it samples
    seeds = {
        step: int(seed_sequence(seed, f"fit.{step}").generate_state(1)[0]) for step in ("prior", "nuts", "predict")
    }
    compiled = _compiled(_Structure(evidence)).with_data(**evidence.data)
    tree = nutpie.sample(
        compiled,
        draws=per_chain,
        tune=TUNE,
        chains=CHAINS,
        target_accept=TARGET_ACCEPT,
        seed=seeds["nuts"],
        progress_bar=False,
        save_warmup=False,
    )
    with evidence.pymc():
        prior = pm.sample_prior_predictive(draws=PRIOR_DRAWS, random_seed=seeds["prior"])
        predicted = pm.sample_posterior_predictive(tree, random_seed=seeds["predict"], progressbar=False)
    groups: dict[str, Any] = {
        "posterior": tree["posterior"],
        "sample_stats": tree["sample_stats"].to_dataset()[["diverging"]],
        "prior": prior["prior"],
        "prior_predictive": prior["prior_predictive"],
        "posterior_predictive": predicted["posterior_predictive"],
        "observed_data": predicted["observed_data"],
    }
    return xr.DataTree.from_dict(
        {name: (group.to_dataset() if isinstance(group, xr.DataTree) else group) for name, group in groups.items()}
    )


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
    """The compiled log density.

    Without fast-math: with it, what PyTensor compiled earlier and what it compiles afresh round differently, and the
    same seed would give other draws on the second run than on the first.
    """
    import nutpie
    import pytensor

    with pytensor.config.change_flags(numba__fastmath=False):
        return nutpie.compile_pymc_model(structure.evidence.pymc())


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

"""What an evidence model is before it is fitted: data, priors and the recipe of its PyMC model, all hashable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from heemodel.errors import HeemodelError
from heemodel.evidence.sources import source_of

if TYPE_CHECKING:
    import pymc as pm

SOFTWARE = ("pymc", "pytensor", "nutpie", "arviz-base")
"""Packages whose version is part of a posterior's identity."""
TARGET_ACCEPT = (0.9, 0.99)
"""What the sampler's steps are tuned to, one after the other until no transition diverges. Nearer to 1 they are
shorter, as narrow places need, such as the neck where trials differ by next to nothing; they then take longer."""


class EvidenceError(HeemodelError):
    """Data or priors that an evidence model cannot take."""


@dataclass(frozen=True)
class EvidenceModel:
    """A Bayesian model and its data, ready for `hm.fit`.

    Building one is cheap: PyMC is imported only when it is fitted and no stored posterior answers.

    Attributes
    ----------
    name : what the model is called in reports
    recipe : function from this evidence to its `pm.Model`, in which every entry of `data` is a `pm.Data` of that
        name, so that models that differ in their data alone share a compiled form
    coords : labels by dimension
    data : arrays by name; their dimensions are the recipe's affair
    priors : numbers of the priors by variable
    options : which of the recipe's likelihoods and structures
    central : plug-in estimates by variable, without `sample`: what the deterministic run uses; empty where there are
        none
    reported : variables that are of use outside the model; empty for all of them
    target_accept : what the sampler's steps are tuned to, tried in turn until no transition diverges
    least_draws : in each chain, for a model whose chains mix slowly; at least 1,000 are made of any
    cautions : what is odd about the data though not impossible; printed by reports
    """

    name: str
    recipe: Callable[[EvidenceModel], pm.Model]
    coords: Mapping[str, tuple[str, ...]]
    data: Mapping[str, np.ndarray[Any, Any]]
    priors: Mapping[str, tuple[float, ...]]
    central: xr.Dataset = field(default_factory=xr.Dataset)
    options: Mapping[str, str] = field(default_factory=dict)
    reported: tuple[str, ...] = ()
    target_accept: tuple[float, ...] = TARGET_ACCEPT
    least_draws: int = 0
    cautions: tuple[str, ...] = ()

    def pymc(self) -> pm.Model:
        """The PyMC model itself, open to be inspected, extended or replaced."""
        return self.recipe(self)

    def structure(self) -> str:
        """Identity of what is compiled: recipe, coords, priors, shapes and software."""
        return _digest({**self._form(), "shapes": {name: np.shape(array) for name, array in self.data.items()}})

    def identity(self) -> str:
        """Identity of the posterior: everything that can change it, apart from how it is sampled.

        The code of the recipe is part of it, with all files of its model's folder that it imports (`source_of`).
        """
        return _digest(
            {**self._form(), "data": {name: np.asarray(array).tolist() for name, array in self.data.items()}}
        )

    def _form(self) -> dict[str, Any]:
        return {
            "recipe": source_of(self.recipe),
            "options": dict(self.options),
            "coords": {dim: list(labels) for dim, labels in self.coords.items()},
            "priors": {name: list(numbers) for name, numbers in self.priors.items()},
            "software": {package: metadata.version(package) for package in SOFTWARE},
        }


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

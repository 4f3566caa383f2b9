"""Several models of the same data: which predicts best, and draws mixed by how well each does."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import arviz_stats
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.evidence.posterior import Posterior
from heemodel.evidence.specification import EvidenceError
from heemodel.parameters.seeds import generator


@dataclass(frozen=True)
class StackedPosterior:
    """Posteriors of several models with the weights of their predictions.

    Attributes
    ----------
    posteriors : by name
    comparison : a row for each model, best first, with ArviZ's columns: elpd, the expected log predictive density of
        data left out, its standard error, differences, and `weight`
    cautions : what makes the weights unsure
    """

    posteriors: dict[str, Posterior]
    comparison: pd.DataFrame
    cautions: tuple[str, ...]

    @property
    def weights(self) -> pd.Series:
        """The stacking weight of each model."""
        weights: pd.Series = self.comparison["weight"].astype(float)
        return weights

    def draw(self, n: int, *, seed: int) -> xr.Dataset:
        """`n` joint draws, from each model in proportion to its weight; chains take turns, as in `Posterior.draw`.

        Sample 0 is of chain 0, sample 1 of chain 1 and so on, whichever model it is of. Within a chain models are mixed
        at random, but evenly: any leading part of the samples holds each in proportion to its weight.

        Parameters
        ----------
        n : draws over all models and chains
        seed : the analysis' one seed

        Returns
        -------
        Dataset of the variables that all models have, with dimension `sample` and two coordinates along it: `model`, so
        that the choice of model is part of the probabilistic analysis and of its value of information, and `chain`

        Raises
        ------
        HeemodelError
            if a posterior holds fewer draws than its weight asks for

        Notes
        -----
        Monte Carlo errors take both coordinates into account: how many draws a model has follows from its weight and
        not from chance, so that the distance between models adds nothing to the error of a mean; and draws of one
        chain are autocorrelated (`heemodel.decision.monte_carlo_error`).
        """
        chains = _chains(list(self.posteriors.values()))
        counts = _counts(self.weights.to_numpy(), n, chains)
        models = _mixed(counts, generator(seed, "stack"))
        of_chain = np.arange(n) % chains
        parts, places = [], []
        for at, name in enumerate(self.weights.index):
            place = np.flatnonzero(models == at)
            if place.size:
                posterior = self.posteriors[name]
                of_draw = np.empty(n, dtype=int)
                for chain, positions in enumerate(posterior.positions(counts[at].tolist(), seed=seed)):
                    of_draw[(models == at) & (of_chain == chain)] = positions
                parts.append(posterior.at(of_chain[place], of_draw[place]))
                places.append(place)
        common = _common(list(self.posteriors.values()))
        apart = xr.concat([part[common] for part in parts], "sample", join="exact", coords="minimal", compat="override")
        mixed = apart.isel(sample=np.argsort(np.concatenate(places)))
        return mixed.assign_coords(
            sample=np.arange(n), model=("sample", self.weights.index.to_numpy(dtype=str)[models])
        )


def stack(posteriors: Sequence[Posterior]) -> StackedPosterior:
    """Weigh models of the same data by how well they predict data left out, so that their draws can be mixed.

    Weights maximise the sum over observations of the log of Σ_k w_k p_k(y_i | y_−i), the leave-one-out predictive
    densities of the mixture, by Pareto-smoothed importance sampling. Models that predict alike share the weight; the
    mixture then carries the uncertainty of choosing among them, which fitting one model leaves out.

    Parameters
    ----------
    posteriors : fitted models of the same observations, with some reported variables in common

    Raises
    ------
    EvidenceError
        for fewer than two, models of different data, with different numbers of chains, or without a common variable

    Notes
    -----
    Yao, Vehtari, Simpson and Gelman 2018, doi 10.1214/17-BA1091; Vehtari, Gelman and Gabry 2017,
    doi 10.1007/s11222-016-9696-4. ArviZ does the computation.

    Examples
    --------
    >>> import heemodel as hm
    >>> deaths = pd.DataFrame({"group": ["a", "b", "c"], "events": [4, 6, 5], "n": [100, 120, 90]})
    >>> models = [hm.evidence.proportions(deaths, by="group", pooling=pooling) for pooling in ("none", "partial")]
    >>> fitted = [hm.fit(model, seed=1, draws=4_000) for model in models]
    >>> draws = stack(fitted).draw(1_000, seed=1)
    >>> draws.sizes["sample"], list(draws.data_vars)
    (1000, ['share'])
    """
    if not isinstance(posteriors, Sequence) or not all(isinstance(one, Posterior) for one in posteriors):
        raise EvidenceError("give a list of posteriors, each made by hm.fit")
    if len(posteriors) < 2:
        raise EvidenceError("give two posteriors or more to stack")
    names = [posterior.name for posterior in posteriors]
    if len(set(names)) < len(names):
        names = [f"{name} ({place})" for place, name in enumerate(names, start=1)]
    first = posteriors[0].data["observed_data"].to_dataset()
    for name, posterior in zip(names, posteriors, strict=True):
        if not _same_numbers(first, posterior.data["observed_data"].to_dataset()):
            raise EvidenceError(
                f"{name!r} is of other data than {names[0]!r}; only models of the same data can be stacked"
            )
    _chains(posteriors)
    if not _common(posteriors):
        raise EvidenceError("the posteriors have no variable in common; nothing could be drawn")
    trees = {name: _with_joint_likelihood(one) for name, one in zip(names, posteriors, strict=True)}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        table = arviz_stats.compare(trees, method="stacking", round_to="none")
    cautions = tuple(dict.fromkeys(" ".join(str(warning.message).split()) for warning in caught))
    return StackedPosterior(dict(zip(names, posteriors, strict=True)), table, cautions)


def _with_joint_likelihood(posterior: Posterior) -> xr.DataTree:
    """The posterior's data with the log likelihoods of all its observations, of whatever kind, along one dimension."""
    tree = posterior.with_log_likelihood()
    kinds = tree["log_likelihood"].to_dataset()
    flat = [
        array.stack(observation=[dim for dim in array.dims if dim not in {"chain", "draw"}], create_index=False)
        for array in kinds.data_vars.values()
    ]
    joint = xr.concat([array.drop_vars(set(array.coords) - {"chain", "draw"}) for array in flat], dim="observation")
    tree["log_likelihood"] = xr.DataTree(xr.Dataset({"observations": joint}))
    return tree


def _chains(posteriors: Sequence[Posterior]) -> int:
    """The number of chains, which all posteriors share."""
    chains = {posterior.name: posterior.draws.sizes["chain"] for posterior in posteriors}
    if len(set(chains.values())) > 1:
        numbers = ", ".join(f"{name!r} has {number}" for name, number in chains.items())
        raise EvidenceError(f"the posteriors differ in their number of chains: {numbers}; sample all with as many")
    return next(iter(chains.values()))


def _counts(weights: NDArray[np.float64], n: int, chains: int) -> NDArray[np.int64]:
    """How many draws of each chain of each model (model, chain).

    Those of a model follow its weight, to within one draw; chains of a model differ by one at most, and so do chains.
    """
    exact = weights / weights.sum() * n
    counts = np.floor(exact).astype(int)
    counts[np.argsort(counts - exact, kind="stable")[: n - counts.sum()]] += 1
    by_chain = np.repeat(counts[:, None] // chains, chains, axis=1)
    first = 0
    for model, over in enumerate(counts % chains):
        by_chain[model, (first + np.arange(over)) % chains] += 1
        first += over
    return by_chain


def _mixed(counts: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The model of each sample, chains in turn: at random within a chain, but evenly along it."""
    models = np.empty(counts.sum(), dtype=int)
    for chain, of_models in enumerate(counts.T):
        spread = [(np.arange(count) + rng.random(count)) / max(count, 1) for count in of_models]
        models[chain :: counts.shape[1]] = np.repeat(np.arange(len(of_models)), of_models)[
            np.argsort(np.concatenate(spread), kind="stable")
        ]
    return models


def _common(posteriors: Sequence[Posterior]) -> list[str]:
    """Reported variables that all have, with the same dimensions and labels."""
    first, *others = [posterior.draws.isel(chain=0, draw=0, drop=True) for posterior in posteriors]
    return [
        str(name)
        for name, array in first.items()
        if all(name in other and _same_shape(array, other[name]) for other in others)
    ]


def _same_shape(one: xr.DataArray, other: xr.DataArray) -> bool:
    return one.dims == other.dims and all(
        one[dim].to_numpy().tolist() == other[dim].to_numpy().tolist() for dim in one.dims
    )


def _same_numbers(one: xr.Dataset, other: xr.Dataset) -> bool:
    return set(one) == set(other) and all(np.array_equal(one[name], other[name]) for name in one)

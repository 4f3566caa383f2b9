"""A fitted evidence model: the gate it passed, its summary, and joint draws for a decision model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import arviz_stats
import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from heemodel.errors import HeemodelError
from heemodel.parameters.seeds import generator

if TYPE_CHECKING:
    import pymc as pm


DIAGNOSTICS = "diagnostics"
"""Group of the DataTree."""


@dataclass(frozen=True)
class Posterior:
    """A joint posterior.

    Attributes
    ----------
    name : the evidence model's name
    data : the ArviZ DataTree with groups posterior, prior, prior_predictive, posterior_predictive, sample_stats and, as
        worked out once, diagnostics
    accepted_unconverged : the gate's complaints that the user chose to override; empty for a converged posterior
    reported : the variables that `draws`, `draw` and `summary` are about; empty for all of them
    model : makes the PyMC model that was fitted
    """

    name: str
    data: xr.DataTree
    accepted_unconverged: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    model: Callable[[], pm.Model] | None = field(default=None, repr=False, compare=False)

    @property
    def draws(self) -> xr.Dataset:
        """Reported variables of the posterior, dimensions chain and draw first."""
        everything = self.data["posterior"].to_dataset()
        return everything[list(self.reported)] if self.reported else everything

    def draw(self, n: int, *, seed: int) -> xr.Dataset:
        """`n` joint draws, as many from each chain; chains take turns, each in the order in which it made its draws.

        Sample 0 is of chain 0, sample 1 of chain 1 and so on, so that any leading part of the samples holds all
        chains alike: the first 2,000 of 10,000 are a fair, if smaller, sample of the posterior.

        Parameters
        ----------
        n : draws over all chains; which of a chain's draws they are is chosen at random
        seed : the analysis' one seed

        Returns
        -------
        Dataset with dimension `sample` (0 … n−1) and the coordinate `chain` along it, from which Monte Carlo errors
        take the draws' autocorrelation

        Raises
        ------
        HeemodelError
            if the posterior holds fewer than `n` draws
        """
        chains = self.draws.sizes["chain"]
        if n < 1:
            raise HeemodelError(f"{n} draws asked of the posterior of {self.name!r}; ask for 1 or more")
        kept = self.positions([n // chains + (chain < n % chains) for chain in range(chains)], seed=seed)
        of_chain = np.arange(n) % chains
        of_draw = np.empty(n, dtype=int)
        for chain, positions in enumerate(kept):
            of_draw[of_chain == chain] = positions
        return self.at(of_chain, of_draw)

    def positions(self, counts: Sequence[int], *, seed: int) -> list[NDArray[np.int64]]:
        """Some draws of each chain, chosen at random and in the order in which the chain made them.

        Parameters
        ----------
        counts : how many of each chain
        seed : the analysis' one seed

        Returns
        -------
        For each chain the positions of its draws, rising

        Raises
        ------
        HeemodelError
            if a chain holds fewer draws
        """
        chains, length = self.draws.sizes["chain"], self.draws.sizes["draw"]
        if max(counts) > length:
            raise HeemodelError(
                f"{sum(counts):,} draws asked of a posterior with {chains * length:,}; "
                f"fit it with hm.fit(…, draws={sum(counts):_})"
            )
        rng = generator(seed, f"posterior.{self.name}")
        return [np.sort(rng.choice(length, size=count, replace=False)) for count in counts]

    def at(self, chain: NDArray[np.int64], draw: NDArray[np.int64]) -> xr.Dataset:
        """The draws at some positions, with dimension `sample` and the coordinate `chain` along it."""
        where = {"chain": xr.DataArray(chain, dims="sample"), "draw": xr.DataArray(draw, dims="sample")}
        drawn = self.draws.isel(where).drop_vars(["chain", "draw"], errors="ignore")
        return drawn.drop_attrs().assign_coords(sample=np.arange(len(chain)), chain=("sample", chain))

    def diagnostics(self) -> pd.DataFrame:
        """R-hat, bulk and tail effective sample size of every scalar that varies over draws, reported or not.

        Columns parameter, rhat, ess_bulk, ess_tail.
        """
        if DIAGNOSTICS in self.data:
            return self.data[DIAGNOSTICS].to_dataset().to_dataframe().reset_index()
        return diagnose(self.data["posterior"].to_dataset())

    def with_log_likelihood(self) -> xr.DataTree:
        """`data` with the group log_likelihood: of every observation under every draw."""
        if self.model is None:
            raise HeemodelError(f"the posterior of {self.name!r} does not know its model; make it with hm.fit")
        import pymc as pm

        tree = self.data.copy()
        with self.model():
            pm.compute_log_likelihood(tree, progressbar=False)
        return tree

    def divergences(self) -> int:
        """Number of divergent transitions after warm-up."""
        return int(self.data["sample_stats"]["diverging"].sum())

    def summary(self) -> pd.DataFrame:
        """Mean, standard deviation and 95% interval of every scalar, with its Monte Carlo error and diagnostics."""
        dims = ["chain", "draw"]
        figures = {
            "mean": self.draws.mean(dims),
            "sd": self.draws.std(dims, ddof=1),
            "lower": self.draws.quantile(0.025, dims),
            "upper": self.draws.quantile(0.975, dims),
            "mcse": arviz_stats.mcse(self.draws),
        }
        table = (
            pd.DataFrame({name: flat(figure) for name, figure in figures.items()})
            .rename_axis("parameter")
            .reset_index()
        )
        return table.merge(self.diagnostics(), on="parameter", how="left")

    def predictive_checks(self) -> pd.DataFrame:
        """Each observation beside what the prior and the posterior predict of it.

        Returns
        -------
        DataFrame with columns observation, observed, and for prior and posterior the 2.5%, 50% and 97.5% quantiles
        and `posterior_share_below`: the share of posterior predictions below the observation, plus half the ties
        """
        observed = self.data["observed_data"].to_dataset()
        rows: dict[str, pd.Series] = {"observed": flat(observed)}
        for group in ("prior", "posterior"):
            predicted = self.data[f"{group}_predictive"].to_dataset()[list(observed)]
            for percent in (2.5, 50, 97.5):
                rows[f"{group}_{percent:g}%"] = flat(predicted.quantile(percent / 100, ["chain", "draw"]))
        predicted = self.data["posterior_predictive"].to_dataset()[list(observed)]
        below = (predicted < observed) + 0.5 * (predicted == observed)
        rows["posterior_share_below"] = flat(below.mean(["chain", "draw"]))
        return pd.DataFrame(rows).rename_axis("observation").reset_index()


def diagnose(posterior: xr.Dataset) -> pd.DataFrame:
    """`Posterior.diagnostics` of draws with dimensions chain and draw."""
    with np.errstate(divide="ignore", invalid="ignore"):  # of what does not vary, and is left out below
        figures = {
            "rhat": arviz_stats.rhat(posterior),
            "ess_bulk": arviz_stats.ess(posterior, method="bulk"),
            "ess_tail": arviz_stats.ess(posterior, method="tail"),
        }
    varies = flat(posterior.max(["chain", "draw"]) > posterior.min(["chain", "draw"])) > 0
    return (
        pd.DataFrame({name: flat(figure) for name, figure in figures.items()})
        .loc[varies]
        .rename_axis("parameter")
        .reset_index()
    )


def flat(dataset: xr.Dataset) -> pd.Series:
    """All scalars of a dataset by a name such as ``mortality[thrombectomy]``."""
    values: dict[str, float] = {}
    for name, array in dataset.data_vars.items():
        if not array.dims:
            values[str(name)] = float(array)
            continue
        stacked = array.stack(_all=list(array.dims))
        for labels, value in zip(stacked["_all"].to_numpy(), stacked.to_numpy(), strict=True):
            values[f"{name}[{', '.join(str(label) for label in np.atleast_1d(np.asarray(labels, dtype=object)))}]"] = (
                float(value)
            )
    return pd.Series(values, dtype=float)

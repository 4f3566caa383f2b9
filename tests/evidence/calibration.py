"""Simulation-based calibration: a model fitted to data from its own prior finds the truth as often as it says."""

from collections.abc import Callable

import numpy as np
import nutpie
import xarray as xr
from scipy import stats

from heemodel.evidence import EvidenceModel

DRAWS = 99
BINS = 10

Truth = list[tuple[str, float | xr.DataArray]]
"""Variables and numbers, with scalar coordinates where the variable has dimensions."""


def assert_calibrated(
    simulate: Callable[[np.random.Generator], tuple[EvidenceModel, Truth]], *, simulations: int, seed: int
) -> None:
    """Ranks of true values among posterior draws are uniform (Talts et al. 2018, arXiv 1804.06788).

    One compiled form serves all simulations, whose data must have the same shape.
    """
    rng = np.random.default_rng(seed)
    ranks: dict[str, list[int]] = {}
    compiled = None
    for _ in range(simulations):
        evidence, truth = simulate(rng)
        compiled = compiled or nutpie.compile_pymc_model(evidence.pymc())
        used = {variable.name for variable in compiled.shared_var_keys}
        tree = nutpie.sample(
            compiled.with_data(**{name: values for name, values in evidence.data.items() if name in used}),
            draws=500,
            tune=500,
            chains=2,
            target_accept=0.95,  # hm.fit would begin again where steps diverge; calibration bears a few
            seed=int(rng.integers(2**31)),
            progress_bar=False,
        )
        draws = tree["posterior"].to_dataset().stack(sample=("chain", "draw"))
        draws = draws.isel(sample=np.linspace(0, draws.sizes["sample"] - 1, DRAWS).astype(int))
        for name, value in truth:
            labels = {dim: label.item() for dim, label in getattr(value, "coords", {}).items()}
            ranks.setdefault(f"{name} {labels}", []).append(int((draws[name].sel(labels) < value).sum()))
    for name, found in ranks.items():
        counts, _ = np.histogram(found, np.linspace(0, DRAWS + 1, BINS + 1))
        assert counts.sum() == simulations
        assert stats.chisquare(counts).pvalue > 0.001, (name, counts)


def at(value: float, **labels: str) -> xr.DataArray:
    """A true value with the labels of the element that it is of."""
    return xr.DataArray(float(value), coords=labels)

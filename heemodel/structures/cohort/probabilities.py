"""Probabilities of moves: what is none of them is refused."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from heemodel.structures.cohort.engine.kernel import TOLERANCE
from heemodel.structures.errors import ModelError
from heemodel.structures.layout import Fitted, Layout, check_finite

Move = tuple[str, str]


def check_probabilities(edges: Mapping[Move, Fitted], layout: Layout) -> None:
    """Refuse a probability outside [0, 1], and moves out of a state that add up to more than 1."""
    total: dict[str, xr.DataArray] = {}
    for (source, target), fitted in edges.items():
        what = f"the probability of {source!r} → {target!r}"
        check_finite(fitted, layout, what)
        numbers = fitted.values()
        bad = (numbers < -TOLERANCE) | (numbers > 1 + TOLERANCE)
        if bad.any():
            raise ModelError(
                f"{what} is {layout.where(fitted, bad)}; it must lie between 0 and 1. "
                "If it is a rate, hm.rate_to_probability makes a probability of it"
            )
        one = xr.DataArray(
            numbers, dims=fitted.dims, coords={dim: list(labels) for dim, labels in fitted.labels.items()}
        )
        total[source] = _sum(total[source], one) if source in total else one
    for source, array in total.items():
        fitted = layout.fit(array, f"the moves out of {source!r}")
        bad = fitted.values() > 1 + TOLERANCE
        if bad.any():
            raise ModelError(
                f"the moves out of {source!r} add up to {layout.where(fitted, bad)}; "
                "they must leave at most 1. Competing risks need conditional probabilities, or rates and "
                "hm.rates_to_probabilities"
            )


def _sum(a: xr.DataArray, b: xr.DataArray) -> xr.DataArray:
    """Their sum; along time in the state, the shorter one's last value goes on."""
    if "time_in_state" in a.dims and "time_in_state" in b.dims:
        length = max(a.sizes["time_in_state"], b.sizes["time_in_state"])
        a, b = (x.isel(time_in_state=np.minimum(np.arange(length), x.sizes["time_in_state"] - 1)) for x in (a, b))
    return a + b

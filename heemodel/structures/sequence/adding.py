"""Outcomes of several models as those of one."""

from collections.abc import Sequence
from typing import Any

import xarray as xr

from heemodel.structures.outcomes import LABEL_DIM, NOT_COUNTED_IN


def added_up(parts: list[xr.Dataset], models: Sequence[Any]) -> xr.Dataset:
    """Outcomes of models added up by name, in the order of the first one's strategies; what one lacks is 0."""
    totals: dict[str, xr.DataArray] = {}
    order = {dim: parts[0][dim].to_numpy() for dim in ("strategy", "group") if dim in parts[0].dims}
    for part in parts:
        in_order = all(part[dim].to_numpy().tolist() == names.tolist() for dim, names in order.items())
        for name, values in (part if in_order else part.sel(order)).items():
            key = str(name)
            totals[key] = _sum(totals[key], values, LABEL_DIM.get(key)) if key in totals else values
    silent = [
        f"model {place}, a {type(model).__name__}"
        for place, (part, model) in enumerate(zip(parts, models, strict=True), 1)
        if "life_years" not in part
    ]
    if "life_years" in totals and silent:
        totals["life_years"] = totals["life_years"].assign_attrs({NOT_COUNTED_IN: ", ".join(silent)})
    return xr.Dataset(totals, attrs={"per": parts[0].attrs.get("per", "person"), **_discounting(parts)})


def _discounting(parts: Sequence[xr.Dataset]) -> dict[str, str]:
    """How costs are discounted: as in the first model that discounts any; nothing where a model does not say."""
    words = [part.attrs.get("cost_discounting") for part in parts]
    discounted = [word for word in words if word not in (None, "not discounted")]
    known = discounted or ([] if None in words else words)
    return {"cost_discounting": str(known[0])} if known else {}


def _sum(one: xr.DataArray, other: xr.DataArray, by: str | None) -> xr.DataArray:
    """Their sum; along `by`, what one of them does not name is 0."""
    if by is not None and one[by].to_numpy().tolist() != other[by].to_numpy().tolist():
        names = [*dict.fromkeys([*one[by].to_numpy().tolist(), *other[by].to_numpy().tolist()])]
        one, other = (array.reindex({by: names}, fill_value=0.0) for array in (one, other))
    return one + other.transpose(*one.dims)

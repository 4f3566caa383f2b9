"""Undiscounted outcomes by year since entry, of every draw: what a budget is worked out from."""

from typing import Any

import numpy as np
import xarray as xr

from heemodel.analysis.preparing import Prepared
from heemodel.analysis.tables.budget_impact import budget_of, terms_of
from heemodel.errors import HeemodelError
from heemodel.parameters import Problem
from heemodel.structures import ModelError
from heemodel.structures.protocol import tells_apart
from heemodel.timespans import years

BLOCK = 1_000
"""Draws that are run by year at a time: all years of all groups are there at once."""
NOT_DISCOUNTED = {"per": "person", "cost_discounting": "not discounted"}
"""What outcomes say of themselves that all fall in the year of entry."""


def run_by_year(prepared: Prepared, draws: xr.Dataset) -> xr.Dataset | None:
    """Undiscounted outcomes by year, where the model knows them and its cycles divide years; by group too."""
    if not tells_apart(prepared.model, "year"):
        return None
    model: Any = prepared.model
    try:
        outcomes: xr.Dataset = model.run(draws, by="year", discounted=False)
    except ModelError:
        return None  # the same draws have run without years: it is the cycles that do not divide them
    return outcomes


def yearly_outcomes(prepared: Prepared, draws: xr.Dataset, first: xr.Dataset | None = None) -> xr.Dataset | None:
    """Costs and counts of each of the first years since entry, as far as the budget reaches; None without one.

    Parameters
    ----------
    draws : of the parameters; without the dimension `sample`, the outcomes have none
    first : outcomes by year of the first draws, where they have been run already

    Raises
    ------
    InputError
        for a [budget] that the model cannot answer, or that does not fit it
    """
    if why_not(prepared):
        return None
    known = _years_known(prepared)
    if "sample" not in draws.dims:
        return _first_years(prepared, _whole(prepared, draws), known)
    done = 0 if first is None else first.sizes["sample"]
    parts = [] if first is None else [_first_years(prepared, first, known)]
    for begin in range(done, draws.sizes["sample"], BLOCK):
        some = draws.isel(sample=slice(begin, begin + BLOCK))
        parts.append(_first_years(prepared, _whole(prepared, some), known))
    return parts[0] if len(parts) == 1 else xr.concat(parts, dim="sample", combine_attrs="override")


def check_budget(prepared: Prepared) -> None:
    """Refuse a budget that does not fit the model, before anything is sampled.

    Raises
    ------
    InputError
        with what is wrong
    """
    inputs = prepared.inputs
    if (reason := why_not(prepared)) and inputs.budget is not None:
        raise inputs.error(Problem(("budget",), reason))
    yearly = yearly_outcomes(prepared, prepared.central)
    if yearly is None:
        return
    try:
        budget_of(inputs, yearly)
    except HeemodelError as error:
        raise inputs.error(*(Problem(("budget",), line) for line in str(error).splitlines())) from None


def why_not(prepared: Prepared) -> str:
    """Why there is no budget; empty where there is one."""
    inputs, model = prepared.inputs, prepared.model
    if inputs.budget is None and inputs.annual_volume is None:
        return "the inputs do not say how many people are treated in a year"
    known = _years_known(prepared)
    if terms_of(inputs, model.strategies, max(known, 1)) is None:
        number = len(model.strategies)
        return f"there are {number} strategies: say in [budget] which of them people are on, today and tomorrow"
    if getattr(model, "intake", None):
        return "people join the model's cohort later, so its years are not those since entry"
    return _why_not_all_at_once(prepared, known) if _once(prepared) else _why_not_by_year(known)


def _once(prepared: Prepared) -> bool:
    """Whether the inputs say that everything falls in the year of entry."""
    return prepared.inputs.budget is not None and prepared.inputs.budget.all_in_first_year


def _why_not_by_year(known: int) -> str:
    """Why years since entry cannot be followed; empty where they can."""
    if known:
        return ""
    return (
        "the model does not tell what falls in which year since people entered; where everything falls in the first, "
        "write all_in_first_year = true under [budget]"
    )


def _why_not_all_at_once(prepared: Prepared, known: int) -> str:
    """Why not everything falls in the year of entry, whatever the inputs say; empty where it may."""
    if known > 1:
        return "the model itself tells what falls in which year; remove all_in_first_year"
    plain = NOT_DISCOUNTED["cost_discounting"]
    discounting = prepared.point.attrs.get("cost_discounting", plain)
    if not known and discounting != plain:
        return f"costs of the model are {discounting}, so they do not all fall in the first year"
    return ""


def _years_known(prepared: Prepared) -> int:
    """Whole years since entry over which the model tells outcomes apart; 0 where it does not."""
    outcomes = run_by_year(prepared, prepared.central)
    if outcomes is None:
        return 0
    horizon = getattr(prepared.model, "horizon", None)
    number = outcomes.sizes["year"]
    return min(number, int(years(horizon))) if isinstance(horizon, str) else number


def _whole(prepared: Prepared, draws: xr.Dataset) -> xr.Dataset:
    """Outcomes by year since entry; all in the first of a model that does not tell years apart."""
    outcomes = run_by_year(prepared, draws)
    if outcomes is None:
        outcomes = prepared.model.run(draws).expand_dims(year=[1]).assign_attrs(NOT_DISCOUNTED)
    return outcomes


def _first_years(prepared: Prepared, outcomes: xr.Dataset, known: int) -> xr.Dataset:
    """Costs and counts of the years that the budget reaches, of all groups together."""
    once = _once(prepared)
    known = known or outcomes.sizes["year"]
    terms = terms_of(prepared.inputs, prepared.model.strategies, known) or {}
    reached = terms["years"] + max(terms["prevalent"] or {}, default=0)
    counts = [
        str(name)
        for name, values in outcomes.items()
        if {"strategy", "year"} <= {*values.dims} <= {"sample", "strategy", "year", "group"}
    ]
    kept = outcomes[["cost", *(name for name in counts if name not in ("qaly", "life_years"))]]
    kept = kept.isel(year=slice(0, min(known, reached)))
    if once:
        kept = kept.reindex(year=np.arange(1, reached + 1), fill_value=0.0)
    weighted: xr.Dataset = prepared.weighted(kept)
    return weighted

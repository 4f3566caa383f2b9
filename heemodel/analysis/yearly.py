"""Undiscounted outcomes by year since entry, of every draw: what a budget is worked out from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from heemodel.analysis.preparing import Prepared
from heemodel.analysis.tables.budget_impact import YEARS, budget_of, terms_of
from heemodel.errors import HeemodelError
from heemodel.parameters import Problem
from heemodel.structures import ModelError
from heemodel.structures.protocol import tells_apart
from heemodel.timespans import years

BUDGET_DRAWS = 2_000
"""Draws behind a budget at most: by year, a run of many years takes several times as long as it does in all."""
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


def check_budget(prepared: Prepared) -> None:
    """Refuse a budget that does not fit the model, before anything is sampled.

    Raises
    ------
    InputError
        with what is wrong
    """
    inputs, followed = prepared.inputs, FirstYears(prepared)
    if followed.why_not and inputs.budget is not None:
        raise inputs.error(Problem(("budget",), followed.why_not))
    point = followed.point()
    if point is None:
        return
    try:
        budget_of(inputs, point)
    except HeemodelError as error:
        raise inputs.error(*(Problem(("budget",), line) for line in str(error).splitlines())) from None


@dataclass(frozen=True)
class FirstYears:
    """A scenario's model, followed by year since entry as far as its budget reaches."""

    prepared: Prepared

    def point(self) -> xr.Dataset | None:
        """Costs and counts of each of the first years since entry at central values; None without a budget."""
        if self.why_not:
            return None
        return self._first_years(self._central if self._central is not None else self._all_at_once(self._whole))

    def sampled(self, draws: xr.Dataset, first: xr.Dataset | None) -> xr.Dataset | None:
        """The same of the first draws; None without a budget.

        Parameters
        ----------
        draws : of the parameters
        first : outcomes by year of the first of them, where the model knows years
        """
        if self.why_not:
            return None
        number = min(draws.sizes["sample"], BUDGET_DRAWS)
        if first is None:
            some = draws.isel(sample=slice(0, number))
            return self._first_years(self._all_at_once(self.prepared.model.run(some)))
        parts = [self._first_years(first)]
        for begin in range(first.sizes["sample"], number, BLOCK):
            outcomes = run_by_year(self.prepared, draws.isel(sample=slice(begin, min(begin + BLOCK, number))))
            assert outcomes is not None  # noqa: S101 (as of the first)
            parts.append(self._first_years(outcomes))
        return parts[0] if len(parts) == 1 else xr.concat(parts, dim="sample", combine_attrs="override")

    @cached_property
    def why_not(self) -> str:
        """Why there is no budget; empty where there is one."""
        inputs, model = self.prepared.inputs, self.prepared.model
        if inputs.budget is None and inputs.annual_volume is None:
            return "the inputs do not say how many people are treated in a year"
        if terms_of(inputs, model.strategies, YEARS) is None:
            number = len(model.strategies)
            return f"there are {number} strategies: say in [budget] which of them people are on, today and tomorrow"
        if getattr(model, "intake", None):
            return "people join the model's cohort later, so its years are not those since entry"
        if self._once:
            return self._why_not_all_at_once()
        if self._known:
            return ""
        return (
            "the model does not tell what falls in which year since people entered; where everything falls in the "
            "first, write all_in_first_year = true under [budget]"
        )

    def _why_not_all_at_once(self) -> str:
        """Why not everything falls in the year of entry, whatever the inputs say; empty where it may."""
        if self._known > 1:
            return "the model itself tells what falls in which year; remove all_in_first_year"
        plain = NOT_DISCOUNTED["cost_discounting"]
        discounting = self._whole.attrs.get("cost_discounting", plain)
        if not self._known and discounting != plain:
            return f"costs of the model are {discounting}, so they do not all fall in the first year"
        return ""

    @cached_property
    def _central(self) -> xr.Dataset | None:
        """Outcomes by year at central values, where the model knows them."""
        return run_by_year(self.prepared, self.prepared.central)

    @cached_property
    def _known(self) -> int:
        """Whole years since entry over which the model tells outcomes apart; 0 where it does not."""
        if self._central is None:
            return 0
        horizon, number = getattr(self.prepared.model, "horizon", None), self._central.sizes["year"]
        return min(number, int(years(horizon))) if isinstance(horizon, str) else number

    @property
    def _whole(self) -> xr.Dataset:
        """Outcomes at central values, not by year."""
        return self.prepared.point

    @property
    def _once(self) -> bool:
        """Whether the inputs say that everything falls in the year of entry."""
        budget = self.prepared.inputs.budget
        return budget is not None and budget.all_in_first_year

    def _all_at_once(self, outcomes: xr.Dataset) -> xr.Dataset:
        """Outcomes that all fall in the year of entry."""
        return outcomes.expand_dims(year=[1]).assign_attrs(NOT_DISCOUNTED)

    def _first_years(self, outcomes: xr.Dataset) -> xr.Dataset:
        """Costs and counts of the years that the budget reaches, of all groups together."""
        known = self._known or outcomes.sizes["year"]
        terms = terms_of(self.prepared.inputs, self.prepared.model.strategies, known) or {}
        reached = terms["years"] + max(terms["prevalent"] or {}, default=0)
        counts = [
            str(name)
            for name, values in outcomes.items()
            if {"strategy", "year"} <= {*values.dims} <= {"sample", "strategy", "year", "group"}
        ]
        kept = outcomes[["cost", *(name for name in counts if name not in ("qaly", "life_years"))]]
        kept = kept.isel(year=slice(0, min(known, reached)))
        if self._once:
            kept = kept.reindex(year=np.arange(1, reached + 1), fill_value=0.0)
        weighted: xr.Dataset = self.prepared.weighted(kept)
        return weighted

"""Two prostheses in total hip replacement, after Briggs, Claxton and Sculpher 2006."""

from typing import Literal

import numpy as np
import xarray as xr

import heemodel as hm

STRATEGIES = ("standard", "new prosthesis")
DEFAULT_HORIZON = "60 years"
START_AGE, MEN = 60, 0

NEEDS = hm.Needs(
    parameters={
        "log_scale": "log rate",
        "log_scale_per_year": "log rate per year",
        "log_scale_men": "log rate",
        "shape": "none",
        "new_prosthesis_ratio": "rate ratio",
        "operative_mortality": "share",
        "second_revision": "share",
        "utility_primary": "EQ-5D utility",
        "utility_revision": "EQ-5D utility",
        "utility_revised": "EQ-5D utility",
        "revision_cost": "£ per revision",
        "standard_prosthesis": "£ per patient",
        "new_prosthesis": "£ per patient",
        "death_rate": "probability per year",
    }
)
"""The parameters that are read, and the unit that each is taken in."""


def model(
    horizon: str = DEFAULT_HORIZON, correction: Literal["life-table", "start", "end"] = "life-table"
) -> hm.CohortModel:
    """Primary operation, success, revision, success after revision, dead; yearly cycles from the operation on."""
    return hm.CohortModel(
        states=["primary operation", "successful primary", "revision", "successful revision", "dead"],
        strategies=list(STRATEGIES),
        start={"primary operation": 1.0},
        cycle_length="1 year",
        horizon=horizon,
        correction=correction,
        discount=hm.Discount(cost=0.06, qaly=0.015, timing="start"),
        transitions=transitions,
        payoffs=payoffs,
    )


def transitions(p: hm.Parameters, time: hm.Time) -> dict[tuple[str, str], xr.DataArray]:
    """Revision after t years: 1 − exp(λ((t − 1)^γ − t^γ)); deaths by age, and in operations.

    λ = exp(constant + coefficient × age at the operation + coefficient of men).
    """
    t = time.cycle + 1
    scale = xr.apply_ufunc(np.exp, p.log_scale + p.log_scale_per_year * START_AGE + p.log_scale_men * MEN)
    scale = scale * hm.by_strategy({"standard": 1.0, "new prosthesis": p.new_prosthesis_ratio})
    revised = hm.rate_to_probability(scale * (t**p.shape - (t - 1) ** p.shape), 1.0)
    die = by_age(p.death_rate, START_AGE + t)
    return {
        ("primary operation", "dead"): p.operative_mortality,
        ("primary operation", "successful primary"): 1 - p.operative_mortality,
        ("successful primary", "revision"): revised,
        ("successful primary", "dead"): die,
        ("revision", "dead"): p.operative_mortality + die,
        ("revision", "successful revision"): 1 - p.operative_mortality - die,
        ("successful revision", "revision"): p.second_revision,
        ("successful revision", "dead"): die,
    }


def payoffs(p: hm.Parameters, time: hm.Time) -> hm.Payoffs:
    """The prosthesis once at the start, and each year of revision."""
    prosthesis = hm.by_strategy({"standard": p.standard_prosthesis, "new prosthesis": p.new_prosthesis})
    return hm.Payoffs(
        cost={
            "prosthesis": {("start", "primary operation"): prosthesis},
            "revision": {"revision": p.revision_cost},
        },
        qaly={
            "successful primary": p.utility_primary,
            "revision": p.utility_revision,
            "successful revision": p.utility_revised,
        },
    )


def by_age(table: xr.DataArray, age: xr.DataArray) -> xr.DataArray:
    """The value of the band that each age is in; bands begin at the labels of `age_from`, the last one is open."""
    begins = table["age_from"].to_numpy().astype(float)
    band = np.searchsorted(begins, age.to_numpy(), side="right") - 1
    return table.isel(age_from=xr.DataArray(band, dims="cycle")).drop_vars("age_from")

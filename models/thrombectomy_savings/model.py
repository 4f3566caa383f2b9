"""From admission with a large-vessel stroke to death or the horizon, under thrombolysis and under thrombectomy."""

from math import ceil

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.optimize import elementwise
from scipy.special import exprel

import heemodel as hm

Array = NDArray[np.float64]

STRATEGIES = ("thrombolysis", "thrombectomy")
DEFAULT_HORIZON = "5 years"
CYCLE = "1/52 year"
YOUNGEST, LAST_AGE = 18, 110

NEEDS = hm.Needs(
    strategies=STRATEGIES,
    settings={"start_age": "years"},
    parameters={
        "stroke_unit_90_days": "£ per 90 days",
        "thrombectomy_procedure": "£ per patient",
        "thrombectomy_first_day": "£ per patient",
        "thrombolysis": "£ per patient",
        "thrombolysis_before_thrombectomy": "share",
        "nursing_home_week": "£ per week",
        "nursing_home_public_share": "share",
        "home_independent_90_days": "£ per 90 days",
        "home_dependent_90_days": "£ per 90 days",
        "home_social_care_share": "share",
        "mrs_at_home": "patients",
        "mrs_in_nursing_home": "patients",
        "utility_by_mrs": "EQ-5D utility",
        "utility_in_stroke_unit": "EQ-5D utility",
        "mortality_ratio_by_mrs": "rate ratio",
        "male_share": "share",
    },
    plausible={
        "annual_volume": (5, 1_000),
        "stroke_unit_90_days": (18_000, 65_000),
        "thrombectomy_procedure": (4_000, 20_000),
        "thrombolysis": (400, 3_000),
        "nursing_home_week": (500, 3_000),
        "utility_in_stroke_unit": (-0.6, 1),
    },
)
"""The settings and parameters that are read, the unit that each is taken in, and ranges that catch slips."""


def model(inputs: hm.Inputs, horizon: str = DEFAULT_HORIZON) -> hm.CohortModel:
    """The cohort model, the same for every scenario; `horizon` is a duration or "lifetime", which runs to age 110."""
    age = inputs.setting("start_age", low=YOUNGEST, high=LAST_AGE - 1)
    horizon = f"{ceil(LAST_AGE - age)} years" if horizon == "lifetime" else horizon
    if hm.convert.whole_cycles(CYCLE, horizon) < hm.convert.whole_cycles(CYCLE, "1 year"):
        raise hm.ModelError(f"horizon {horizon!r} is shorter than the year in which stays end; give 1 year or more")
    policy = hm.policy_profile(inputs.about.policy)
    return hm.CohortModel(
        states=["stroke_unit", "home", "nursing_home", "dead"],
        strategies=list(STRATEGIES),
        start={"stroke_unit": 1.0},
        cycle_length=CYCLE,
        horizon=horizon,
        start_age=age,
        life_table="uk-2022-2024",
        correction="life-table",
        discount=hm.Discount(cost=policy.discount_cost, qaly=policy.discount_qaly, timing="year"),
        transitions=transitions,
        payoffs=payoffs,
    )


def transitions(p: hm.Parameters, time: hm.Time) -> dict[tuple[str, str], xr.DataArray]:
    """Probability of each move in one week; what is left over stays put."""
    leave = leaving(p.mean_stay, time)
    alive = leave * (1 - p.mortality)
    general = time.life_table(p.male_share)
    at_home = general * (p.mrs_at_home * p.mortality_ratio_by_mrs).sum("mrs")
    in_nursing_home = general * (p.mrs_in_nursing_home * p.mortality_ratio_by_mrs).sum("mrs")
    return {
        ("stroke_unit", "dead"): leave * p.mortality,
        ("stroke_unit", "home"): alive * p.home_share,
        ("stroke_unit", "nursing_home"): alive * (1 - p.home_share),
        ("home", "dead"): hm.rate_to_probability(at_home, time.cycle_years),
        ("nursing_home", "dead"): hm.rate_to_probability(in_nursing_home, time.cycle_years),
    }


def payoffs(p: hm.Parameters, time: hm.Time) -> hm.Payoffs:
    """Costs by component, QALYs, and the counts that a trust asks for."""
    treated = ("start", "stroke_unit")
    independent = p.mrs_at_home.sel(mrs=["0", "1", "2"]).sum("mrs")
    home_care = per_year(
        independent * p.home_independent_90_days + (1 - independent) * p.home_dependent_90_days, days=90
    )
    nursing_home = per_year(p.nursing_home_week, days=7) * p.nursing_home_public_share
    thrombectomy_only = hm.by_strategy({"thrombolysis": 0.0, "thrombectomy": 1.0})
    thrombolysed = hm.by_strategy({"thrombolysis": 1.0, "thrombectomy": p.thrombolysis_before_thrombectomy})
    return hm.Payoffs(
        cost={
            "stroke unit": {"stroke_unit": per_year(p.stroke_unit_90_days, days=90)},
            "thrombectomy procedure": {treated: thrombectomy_only * p.thrombectomy_procedure},
            "thrombectomy first day": {treated: thrombectomy_only * p.thrombectomy_first_day},
            "thrombolysis": {treated: thrombolysed * p.thrombolysis},
            "health care at home": {"home": home_care * (1 - p.home_social_care_share)},
            "social care at home": {"home": home_care * p.home_social_care_share},
            "nursing home": {"nursing_home": nursing_home},
        },
        qaly={
            "stroke_unit": p.utility_in_stroke_unit,
            "home": (p.mrs_at_home * p.utility_by_mrs).sum("mrs"),
            "nursing_home": (p.mrs_in_nursing_home * p.utility_by_mrs).sum("mrs"),
        },
        effects={
            "bed_days": {"stroke_unit": hm.convert.DAYS_PER_YEAR},
            "deaths_in_stroke_unit": {("stroke_unit", "dead"): 1.0},
            "discharges_home": {("stroke_unit", "home"): 1.0},
            "discharges_to_nursing_home": {("stroke_unit", "nursing_home"): 1.0},
        },
    )


def per_year(cost: xr.DataArray, *, days: float) -> xr.DataArray:
    """A cost for some days as a cost per year."""
    return cost * (hm.convert.DAYS_PER_YEAR / days)


def leaving(mean_stay: xr.DataArray, time: hm.Time) -> xr.DataArray:
    """Probability of leaving the stroke unit in each cycle, for a given mean stay in days.

    Stays are geometric but end within a year, N cycles: with a constant λ the share still there after j cycles is
    (e^−λj − e^−λN) / (1 − e^−λN), so the chance of leaving in cycle j is (1 − e^−λ) / (1 − e^−λ(N − j)), which is 1
    in the year's last. The trapezoid under that curve is, in cycles,

        1 / (1 − e^−λ) − ½ − N / (e^λN − 1),

    and λ is chosen so that it equals the mean stay: the model's bed-days are then the evidence's, exactly, for any
    horizon of a year or more. λ > 0 below half a year; the few draws above it have λ < 0.
    """
    cycles = round(1 / time.cycle_years)
    shortest, longest = 4.0, 360.0
    if bool((mean_stay < shortest).any()) or bool((mean_stay > longest).any()):
        raise hm.ModelError(
            f"the mean stay is so uncertain that it ranges from {float(mean_stay.min()):.1f} to "
            f"{float(mean_stay.max()):.1f} days over the draws; this model takes {shortest:g} to {longest:g}. "
            "Check the number of patients (n) behind each mean stay, and [priors.stay_variation]"
        )

    def surplus(rate: Array, wanted: Array) -> Array:
        return (1 / exprel(-rate) - 1 / exprel(rate * cycles)) / rate - 0.5 - wanted

    wanted = mean_stay / (hm.convert.DAYS_PER_YEAR * time.cycle_years)
    bracket = (np.full(wanted.shape, -20.0), np.full(wanted.shape, 21.0))
    root = elementwise.find_root(surplus, bracket, args=(wanted.to_numpy(),))
    rate = xr.DataArray(root.x, dims=wanted.dims, coords=wanted.coords)
    remaining = np.maximum(cycles - time.cycle, 1)
    leave: xr.DataArray = xr.apply_ufunc(np.expm1, -rate) / xr.apply_ufunc(np.expm1, -rate * remaining)
    return leave


def checks(draws: xr.Dataset, outcomes: xr.Dataset) -> list[hm.verify.Check]:
    """What this model must reproduce: the evidence's stay, deaths and discharges, in every draw."""
    alive = 1 - draws.mortality
    expected = {
        "Days in the stroke unit equal the mean stay": (outcomes.bed_days, draws.mean_stay),
        "The share who die there equals the mortality": (outcomes.deaths_in_stroke_unit, draws.mortality),
        "The share discharged home equals the evidence": (outcomes.discharges_home, alive * draws.home_share),
    }
    return [hm.verify.check_close(name, found, wanted, tolerance=0.001) for name, (found, wanted) in expected.items()]

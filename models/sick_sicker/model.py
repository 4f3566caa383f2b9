"""The Sick-Sicker teaching model, after Alarid-Escudero et al. 2023."""

import xarray as xr

import heemodel as hm

STRATEGIES = ("standard of care", "A", "B", "A and B")
DEFAULT_HORIZON = "75 years"
START_AGE = 25

NEEDS = hm.Needs(
    parameters={
        "sickness": "per year",
        "recovery": "per year",
        "progression": "per year",
        "death": "per year",
        "death_ratio_sick": "rate ratio",
        "death_ratio_sicker": "rate ratio",
        "progression_ratio_b": "rate ratio",
        "cost_healthy": "$ per year",
        "cost_sick": "$ per year",
        "cost_sicker": "$ per year",
        "cost_a": "$ per year",
        "cost_b": "$ per year",
        "utility_healthy": "utility",
        "utility_sick": "utility",
        "utility_sicker": "utility",
        "utility_sick_a": "utility",
    }
)
"""The parameters that are read, and the unit that each is taken in."""


def model(horizon: str = DEFAULT_HORIZON) -> hm.CohortModel:
    """Healthy, sick, sicker and dead; yearly cycles from age 25 to 100; 3% discounting."""
    return hm.CohortModel(
        states=["healthy", "sick", "sicker", "dead"],
        strategies=list(STRATEGIES),
        start={"healthy": 1.0},
        cycle_length="1 year",
        horizon=horizon,
        start_age=START_AGE,
        discount=hm.Discount(cost=0.03, qaly=0.03, timing="count"),
        transitions=transitions,
        payoffs=payoffs,
    )


def given(a: xr.DataArray | float, b: xr.DataArray | float, neither: xr.DataArray | float = 0.0) -> xr.DataArray:
    """A value by strategy: with treatment A alone, with B alone, and their sum with both."""
    return hm.by_strategy({"standard of care": neither, "A": a, "B": b, "A and B": a + b - neither})


def transitions(p: hm.Parameters, time: hm.Time) -> dict[tuple[str, str], xr.DataArray]:
    """Moves are conditional on survival: (1 − chance of death) × (1 − exp(−rate)). B slows progression."""
    die = hm.rate_to_probability(p.death, time.cycle_years)
    die_sick = hm.rate_to_probability(p.death * p.death_ratio_sick, time.cycle_years)
    die_sicker = hm.rate_to_probability(p.death * p.death_ratio_sicker, time.cycle_years)
    slowed = p.progression * p.progression_ratio_b
    progression = hm.by_strategy(
        {"standard of care": p.progression, "A": p.progression, "B": slowed, "A and B": slowed}
    )
    return {
        ("healthy", "dead"): die,
        ("healthy", "sick"): (1 - die) * hm.rate_to_probability(p.sickness, time.cycle_years),
        ("sick", "dead"): die_sick,
        ("sick", "healthy"): (1 - die_sick) * hm.rate_to_probability(p.recovery, time.cycle_years),
        ("sick", "sicker"): (1 - die_sick) * hm.rate_to_probability(progression, time.cycle_years),
        ("sicker", "dead"): die_sicker,
    }


def payoffs(p: hm.Parameters, time: hm.Time) -> hm.Payoffs:
    """Both sick states are treated, since they cannot be told apart; A lifts quality of life in the first."""
    return hm.Payoffs(
        cost={
            "care": {"healthy": p.cost_healthy, "sick": p.cost_sick, "sicker": p.cost_sicker},
            "treatment": dict.fromkeys(("sick", "sicker"), given(p.cost_a, p.cost_b)),
        },
        qaly={
            "healthy": p.utility_healthy,
            "sick": given(p.utility_sick_a, p.utility_sick, neither=p.utility_sick),
            "sicker": p.utility_sicker,
        },
    )

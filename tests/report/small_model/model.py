"""Well or ill after a month, then for life: small, quick, and with everything that a report can show."""

import xarray as xr

import heemodel as hm

STRATEGIES = ("usual care", "new care")
DEFAULT_HORIZON = "30 years"
NEEDS = hm.Needs(
    strategies=STRATEGIES,
    settings={"start_age": "years"},
    parameters={
        "treatment_cost": "£ per patient",
        "nursing_cost": "£ per year",
        "family_cost": "£ per year",
        "utility_well": "utility",
        "utility_ill": "utility",
        "death_ratio": "rate ratio",
    },
    traits=("chance_ratio",),
)


def model(inputs: hm.Inputs, horizon: str = DEFAULT_HORIZON, scenario: str = "base") -> hm.CohortModel:
    """Patients begin ill; a share recovers in the first year."""
    groups = inputs.subgroups(scenario)

    def transitions(p: hm.Parameters, time: hm.Time) -> dict[tuple[str, str], xr.DataArray]:
        die = hm.rate_to_probability(time.life_table(0.5), time.cycle_years)
        die_ill = hm.rate_to_probability(time.life_table(0.5) * p.death_ratio, time.cycle_years)
        first = xr.where(time.cycle == 0, 1.0, 0.0)
        recovery = p.share * groups["chance_ratio"] * first
        return {
            ("ill", "well"): recovery * (1 - die_ill),
            ("ill", "dead"): die_ill,
            ("well", "dead"): die,
        }

    def payoffs(p: hm.Parameters, time: hm.Time) -> hm.Payoffs:
        treated = hm.by_strategy({"usual care": 0.0, "new care": 1.0})
        return hm.Payoffs(
            cost={
                "treatment": {("start", "ill"): treated * p.treatment_cost},
                "nursing": {"ill": p.nursing_cost},
                "family": {"ill": p.family_cost},
            },
            qaly={"well": p.utility_well, "ill": p.utility_ill},
            effects={"recoveries": {("ill", "well"): 1.0}},
        )

    return hm.CohortModel(
        states=["ill", "well", "dead"],
        strategies=list(STRATEGIES),
        groups=[str(name) for name in groups["group"].to_numpy()],
        start={"ill": 1.0},
        cycle_length="1 year",
        horizon=horizon,
        start_age=inputs.setting("start_age"),
        life_table="uk-2022-2024",
        discount=hm.Discount(cost=0.035, qaly=0.035, timing="count"),
        transitions=transitions,
        payoffs=payoffs,
    )


def checks(draws: xr.Dataset, outcomes: xr.Dataset) -> list[hm.verify.Check]:
    """Nothing beside what is checked of every model."""
    return []


def comparisons(inputs: hm.Inputs) -> list[hm.analysis.Comparison]:
    """One figure beside a published one."""
    return [
        hm.analysis.Comparison(
            what="Life expectancy of the ill at 70",
            ours="9.1 years",
            published="8 to 10 years",
            source="An invented registry",
            difference="The registry counts the untreated too.",
        )
    ]

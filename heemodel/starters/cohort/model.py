"""Well, ill, dead: a cohort model to start from."""

import heemodel as hm

STRATEGIES = ("usual care", "new care")

# What the model reads from inputs.toml, and the unit that it takes each in: a figure that is missing, misspelt or in
# another unit is refused, with its line. Optional, and worth it.
NEEDS = hm.Needs(
    parameters={
        "incidence": "share",
        "relative_risk": "risk ratio",
        "death_ratio": "rate ratio",
        "drug_cost": "£ per year",
        "care_cost": "£ per year",
        "utility_well": "EQ-5D utility",
        "utility_ill": "EQ-5D utility",
    },
)


def model(inputs: hm.Inputs, horizon: str = "40 years") -> hm.CohortModel:
    """The decision model; `horizon` is what `heemodel run --horizon …` says, or else its default here.

    It may also ask for `scenario`, the name of one in the inputs. It gives a decision model of any kind.
    """
    policy = hm.policy_profile(inputs.about.policy)
    return hm.CohortModel(
        states=["well", "ill", "dead"],
        strategies=list(STRATEGIES),
        start={"well": 1.0},
        cycle_length="1 year",
        horizon=horizon,
        start_age=60,
        life_table="uk-2022-2024",
        discount=hm.Discount(cost=policy.discount_cost, qaly=policy.discount_qaly, timing="count"),
        transitions=transitions,
        payoffs=payoffs,
    )


def transitions(p: hm.Parameters, time: hm.Time) -> dict[tuple[str, str], object]:
    """Probability of each move in one cycle; what is left over stays put.

    `p` has the parameters, each as many numbers as there are draws; `time` has age, cycle, life table.
    """
    general = time.life_table(0.5)  # death rate per year by age; half of the people are men
    die = hm.rate_to_probability(general, time.cycle_years)
    die_ill = hm.rate_to_probability(general * p.death_ratio, time.cycle_years)
    risk = p.incidence * hm.by_strategy({"usual care": 1.0, "new care": p.relative_risk})
    return {
        ("well", "ill"): (1 - die) * risk,
        ("well", "dead"): die,
        ("ill", "dead"): die_ill,
    }


def payoffs(p: hm.Parameters, time: hm.Time) -> hm.Payoffs:
    """Costs by component, and QALYs: a state pays per year spent in it, a move such as ("well", "ill") once."""
    new_care = hm.by_strategy({"usual care": 0.0, "new care": 1.0})
    return hm.Payoffs(
        cost={
            "drug": {"well": new_care * p.drug_cost},
            "care": {"ill": p.care_cost},
        },
        qaly={"well": p.utility_well, "ill": p.utility_ill},
    )

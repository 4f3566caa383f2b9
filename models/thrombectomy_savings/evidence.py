"""What happened in hospital, under each treatment: the evidence of one scenario."""

import heemodel as hm

SHORTEST, LONGEST = 7.0, 300.0
"""Mean stays that the model takes, with room for doubt: its cycle is a week, and stays end within a year."""

NEEDS = hm.Needs(
    counts={"deaths": "patients", "home": "patients who left alive"},
    durations={"stays": "days"},
    priors={
        "mortality": "share",
        "home_share": "share",
        "mean_stay": "days",
        "stay_variation": "standard deviation / mean",
    },
    plausible={"stays": (7, 200)},
)
"""The evidence and priors that are read, and their units."""


def evidence(inputs: hm.Inputs, scenario: str) -> hm.evidence.EvidenceModel:
    """Joint model of death, stay and discharge; variables mortality, mean_stay, home_share, stay_variation."""
    stays = inputs.evidence(scenario, "stays")
    model = hm.evidence.inpatient_episode(
        deaths=inputs.evidence(scenario, "deaths"),
        stays=stays,
        home=inputs.evidence(scenario, "home"),
        mortality_prior=inputs.prior("mortality", distribution="beta"),
        home_prior=inputs.prior("home_share", distribution="beta"),
        mean_stay_prior=inputs.prior("mean_stay", distribution="lognormal"),
        stay_variation_prior=inputs.prior("stay_variation", distribution="lognormal"),
    )
    means = dict(
        zip(stays["record"], model.central.mean_stay.sel(strategy=stays["strategy"].tolist()).values, strict=True)
    )
    said = f"days; the model takes a mean stay of {SHORTEST:g} to {LONGEST:g} days. Is it a stay, and in days?"
    outside = {record: mean for record, mean in means.items() if not SHORTEST <= mean <= LONGEST}
    if outside:
        raise inputs.error(
            *(
                hm.parameters.Problem(("data", record, inputs.data[record].kind), f"is {mean:g} {said}")
                for record, mean in outside.items()
            )
        )
    return model

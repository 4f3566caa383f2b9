"""What happened in hospital, under each treatment: the evidence of one scenario."""

import heemodel as hm


def evidence(inputs: hm.Inputs, scenario: str) -> hm.EvidenceModel:
    """Joint model of death, stay and discharge; variables mortality, mean_stay, home_share, stay_variation."""
    prior = inputs.priors
    return hm.inpatient_episode(
        deaths=inputs.evidence(scenario, "deaths"),
        stays=inputs.evidence(scenario, "stays"),
        home=inputs.evidence(scenario, "home"),
        mortality_prior=prior["mortality"].shapes(),
        home_prior=prior["home_share"].shapes(),
        mean_stay_prior=prior["mean_stay"].shapes(),
        stay_variation_prior=prior["stay_variation"].shapes(),
    )

"""Share of the ill who recover within a month, from two invented trials."""

import heemodel as hm

NEEDS = hm.Needs(
    strategies=("usual care", "new care"),
    tables={"arms": ("trial", "strategy", "recovered", "patients")},
)


def evidence(inputs: hm.Inputs, scenario: str) -> hm.evidence.EvidenceModel:
    """`share` (strategy)."""
    arms = inputs.table("arms", scenario).rename(columns={"recovered": "events", "patients": "n"})
    return hm.evidence.proportions(arms[["strategy", "events", "n"]], by="strategy")

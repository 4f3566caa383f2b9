"""Three ways of running a clinic, by formula: a model to start from where there are neither states nor branches."""

import heemodel as hm

STRATEGIES = ("no change", "reminder", "evening clinic")

# What the model reads from inputs.toml, and the unit that it takes each in: a figure that is missing, misspelt or in
# another unit is refused, with its line. Optional, and worth it.
NEEDS = hm.Needs(
    parameters={
        "attendance": "share",
        "reminder_ratio": "risk ratio",
        "evening_ratio": "risk ratio",
        "reminder_cost": "£ per person invited",
        "evening_cost": "£ per person invited",
        "visit_cost": "£ per visit",
        "gain": "QALYs per visit",
    },
)


def model() -> hm.FunctionModel:
    """The decision model; it may ask for `inputs`, for `horizon` and for `scenario`, and needs none of them here."""
    return hm.FunctionModel(strategies=list(STRATEGIES), outcomes=outcomes)


def outcomes(p: hm.Parameters) -> hm.Outcomes:
    """Costs by component, QALYs, and counts, per person invited; each parameter has a number for each draw."""
    absence = (1 - p.attendance) * hm.by_strategy(
        {"no change": 1.0, "reminder": p.reminder_ratio, "evening clinic": p.evening_ratio}
    )
    visits = 1 - absence
    service = hm.by_strategy({"no change": 0.0, "reminder": p.reminder_cost, "evening clinic": p.evening_cost})
    return hm.Outcomes(
        cost={"service": service, "visits": visits * p.visit_cost},
        qaly=visits * p.gain,
        counts={"visits": visits},
    )

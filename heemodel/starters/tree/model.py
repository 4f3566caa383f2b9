"""An operation, an infection or none, a readmission or none: a decision tree to start from."""

import heemodel as hm

STRATEGIES = ("open", "keyhole")
YEARS = 90 / hm.convert.DAYS_PER_YEAR

# What the model reads from inputs.toml, and the unit that it takes each in: a figure that is missing, misspelt or in
# another unit is refused, with its line. Optional, and worth it.
NEEDS = hm.Needs(
    parameters={
        "infection": "share",
        "relative_risk": "risk ratio",
        "readmission": "share",
        "open_cost": "£ per operation",
        "keyhole_cost": "£ per operation",
        "infection_cost": "£ per infection",
        "readmission_cost": "£ per readmission",
        "utility_well": "EQ-5D utility",
        "utility_infected": "EQ-5D utility",
    },
)


def model() -> hm.DecisionTree:
    """The decision model; it may ask for `inputs`, for `horizon` and for `scenario`, and needs none of them here."""
    return hm.DecisionTree(strategies=list(STRATEGIES), root="operation", branches=branches, payoffs=payoffs)


def branches(p: hm.Parameters) -> hm.structures.Branches:
    """Probability of each branch of a node, by the node that it leads to; hm.REST is what is left over."""
    infection = p.infection * hm.by_strategy({"open": 1.0, "keyhole": p.relative_risk})
    return {
        "operation": {"infected": infection, "not infected": hm.REST},
        "infected": {"readmitted": p.readmission, "treated at home": hm.REST},
    }


def payoffs(p: hm.Parameters) -> hm.Payoffs:
    """What is paid on reaching a node; QALYs at the tree's ends, for 90 days."""
    operation = hm.by_strategy({"open": p.open_cost, "keyhole": p.keyhole_cost})
    return hm.Payoffs(
        cost={
            "operation": {"operation": operation},
            "infection": {"treated at home": p.infection_cost, "readmitted": p.readmission_cost},
        },
        qaly={
            "not infected": p.utility_well * YEARS,
            "treated at home": p.utility_infected * YEARS,
            "readmitted": p.utility_infected * YEARS,
        },
    )

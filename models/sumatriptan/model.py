"""Sumatriptan or caffeine with ergotamine for an attack of migraine, after Evans et al. 1997."""

import heemodel as hm

STRATEGIES = ("sumatriptan", "caffeine/ergotamine")
DEFAULT_HORIZON = "2 days"

NEEDS = hm.Needs(
    parameters={
        "relief_sumatriptan": "share",
        "relief_caffeine": "share",
        "no_recurrence_sumatriptan": "share",
        "no_recurrence_caffeine": "share",
        "emergency": "share",
        "admission": "share",
        "dose_sumatriptan": "Canadian $ per dose",
        "dose_caffeine": "Canadian $ per dose",
        "emergency_visit": "Canadian $ per visit",
        "hospital_stay": "Canadian $ per admission",
        "utility_relieved": "utility",
        "utility_second_dose": "utility",
        "utility_attack": "utility",
        "utility_emergency": "utility",
    }
)
"""The parameters that are read, and the unit that each is taken in."""


def model(horizon: str = DEFAULT_HORIZON) -> hm.DecisionTree:
    """One attack, from the first dose to its end; a utility lasts for the horizon, whole days of 1/365.25 years."""
    years = hm.convert.whole_cycles("1 day", horizon) / hm.convert.DAYS_PER_YEAR
    return hm.DecisionTree(
        strategies=list(STRATEGIES), root="attack", branches=branches, payoffs=lambda p: payoffs(p, years)
    )


def branches(p: hm.Parameters) -> hm.structures.Branches:
    """Relief that lasts or does not; no relief, which is endured or leads to the emergency department."""
    relief = hm.by_strategy(dict(zip(STRATEGIES, (p.relief_sumatriptan, p.relief_caffeine), strict=True)))
    lasting = (p.no_recurrence_sumatriptan, p.no_recurrence_caffeine)
    return {
        "attack": {"relief": relief, "no relief": hm.REST},
        "relief": {
            "no recurrence": hm.by_strategy(dict(zip(STRATEGIES, lasting, strict=True))),
            "relieved by a second dose": hm.REST,
        },
        "no relief": {"endures the attack": hm.REST, "emergency department": p.emergency},
        "emergency department": {"relieved there": hm.REST, "admitted": p.admission},
    }


def payoffs(p: hm.Parameters, years: float) -> hm.Payoffs:
    """Every dose, visits and admissions; utilities of the five ends for the horizon's length."""
    dose = hm.by_strategy(dict(zip(STRATEGIES, (p.dose_sumatriptan, p.dose_caffeine), strict=True)))
    utilities = {
        "no recurrence": p.utility_relieved,
        "relieved by a second dose": p.utility_second_dose,
        "endures the attack": p.utility_attack,
        "relieved there": p.utility_emergency,
        "admitted": p.utility_attack,
    }
    return hm.Payoffs(
        cost={
            "drug": {"attack": dose, "relieved by a second dose": dose},
            "hospital": {"emergency department": p.emergency_visit, "admitted": p.hospital_stay},
        },
        qaly={end: utility * years for end, utility in utilities.items()},
        effects={"emergency_visits": {"emergency department": 1.0}},
    )

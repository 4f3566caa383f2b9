"""Zidovudine alone or with lamivudine in HIV, after Chancellor et al. 1997."""

from typing import Literal

import xarray as xr

import heemodel as hm

STRATEGIES = ("monotherapy", "combination")
DEFAULT_HORIZON = "20 years"

NEEDS = hm.Needs(
    parameters={
        "from_a": "patients",
        "from_b": "patients",
        "from_c": "patients",
        "relative_risk": "risk ratio",
        "cost_a": "£ per year",
        "cost_b": "£ per year",
        "cost_c": "£ per year",
        "zidovudine": "£ per year",
        "lamivudine": "£ per year",
    }
)
"""The parameters that are read, and the unit that each is taken in."""


def model(
    horizon: str = DEFAULT_HORIZON, correction: Literal["life-table", "start", "end"] = "life-table"
) -> hm.CohortModel:
    """States A (CD4 count 200 to 500), B (below 200), C (AIDS) and dead; yearly cycles; costs discounted at 6%."""
    return hm.CohortModel(
        states=["A", "B", "C", "dead"],
        strategies=list(STRATEGIES),
        start={"A": 1.0},
        cycle_length="1 year",
        horizon=horizon,
        correction=correction,
        discount=hm.Discount(cost=0.06, qaly=0.0, timing="start"),
        transitions=transitions,
        payoffs=payoffs,
    )


def transitions(p: hm.Parameters, time: hm.Time) -> dict[tuple[str, str], xr.DataArray]:
    """Observed yearly probabilities; the combination multiplies each by its relative risk, in every year."""
    effect = hm.by_strategy({"monotherapy": 1.0, "combination": p.relative_risk})
    from_a, from_b, from_c = p.from_a * effect, p.from_b * effect, p.from_c * effect
    return {
        ("A", "B"): from_a.sel(a_to="B"),
        ("A", "C"): from_a.sel(a_to="C"),
        ("A", "dead"): from_a.sel(a_to="dead"),
        ("B", "C"): from_b.sel(b_to="C"),
        ("B", "dead"): from_b.sel(b_to="dead"),
        ("C", "dead"): from_c.sel(c_to="dead"),
    }


def payoffs(p: hm.Parameters, time: hm.Time) -> hm.Payoffs:
    """Care by state, drugs while alive. Effects are life-years, so every state has a utility of 1."""
    lamivudine = hm.by_strategy({"monotherapy": 0.0, "combination": 1.0}) * p.lamivudine
    alive = ("A", "B", "C")
    return hm.Payoffs(
        cost={
            "care": {"A": p.cost_a, "B": p.cost_b, "C": p.cost_c},
            "zidovudine": dict.fromkeys(alive, p.zidovudine),
            "lamivudine": dict.fromkeys(alive, lamivudine),
        },
        qaly=dict.fromkeys(alive, 1.0),
    )

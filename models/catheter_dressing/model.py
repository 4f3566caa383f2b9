"""A chlorhexidine dressing for vascular catheters in intensive care, after Jenks et al. 2016."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import xarray as xr

import heemodel as hm

STRATEGIES = ("standard dressing", "chlorhexidine dressing")
DEFAULT_HORIZON = "1 year"
EVENTS = ("bloodstream infection", "local infection", "dermatitis")

NEEDS = hm.Needs(
    parameters={
        "bloodstream_rate": "per 1,000 catheter days",
        "local_rate": "per 1,000 catheter days",
        "dermatitis": "share",
        "bloodstream_ratio": "hazard ratio",
        "local_ratio": "hazard ratio",
        "dermatitis_ratio": "risk ratio",
        "bloodstream_cost": "£ per infection",
        "local_cost": "£ per infection",
        "dermatitis_cost": "£ per case",
        "dressings": "dressings",
        "catheter_days": "days",
        "standard_price": "£ per dressing",
        "chlorhexidine_price": "£ per dressing",
    }
)
"""The parameters that are read, and the unit that each is taken in."""


def model() -> hm.DecisionTree:
    """One stay with a catheter: bloodstream infection or none, local infection or none, dermatitis or none."""
    return hm.DecisionTree(strategies=list(STRATEGIES), root="catheter", branches=branches, payoffs=payoffs)


def levels() -> list[list[str]]:
    """The nodes after each event, two for each before it, named by all that has happened."""
    nodes = [["catheter"], [EVENTS[0], f"no {EVENTS[0]}"]]
    for event in EVENTS[1:]:
        nodes.append([f"{before}, {what}" for before in nodes[-1] for what in (event, f"no {event}")])
    return nodes


def by_dressing(standard: xr.DataArray, ratio: xr.DataArray) -> xr.DataArray:
    """A risk with either dressing."""
    return hm.by_strategy(dict(zip(STRATEGIES, (standard, standard * ratio), strict=True)))


def risks(p: hm.Parameters) -> dict[str, xr.DataArray]:
    """Probability of each event during the stay."""
    thousands = p.catheter_days / 1000
    return {
        "bloodstream infection": by_dressing(p.bloodstream_rate * thousands, p.bloodstream_ratio),
        "local infection": by_dressing(p.local_rate * thousands, p.local_ratio),
        "dermatitis": by_dressing(p.dermatitis, p.dermatitis_ratio),
    }


def branches(p: hm.Parameters) -> hm.structures.Branches:
    """Every event may happen or not, whatever happened before."""
    found: dict[str, Mapping[str, Any]] = {}
    risk = risks(p)
    for event, (nodes, after) in zip(EVENTS, pairwise(levels()), strict=True):
        for place, node in enumerate(nodes):
            happens, spared = after[2 * place : 2 * place + 2]
            found[node] = {happens: risk[event], spared: hm.REST}
    return found


def payoffs(p: hm.Parameters) -> hm.Payoffs:
    """Dressings for all; care for each event, paid where the tree comes to it."""
    price = hm.by_strategy(dict(zip(STRATEGIES, (p.standard_price, p.chlorhexidine_price), strict=True)))
    care = dict(zip(EVENTS, (p.bloodstream_cost, p.local_cost, p.dermatitis_cost), strict=True))
    happened = dict(zip(EVENTS, (after[::2] for after in levels()[1:]), strict=True))
    cost: dict[str, Mapping[Any, xr.DataArray]] = {"dressings": {"catheter": price * p.dressings}}
    return hm.Payoffs(
        cost=cost | {event: dict.fromkeys(happened[event], care[event]) for event in EVENTS},
        qaly={},
        effects={"bloodstream_infections": dict.fromkeys(happened["bloodstream infection"], 1.0)},
    )

"""Who gains: by fifth of deprivation, with what is forgone elsewhere, and the spread of health in the nation."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

import heemodel as hm

from .accounts import Division
from .follow import Followed
from .places import FIFTHS, Numbers
from .service import Service
from .words import millions, patients, percent, said

HEADING = "Who gains: deprivation"
NATION = "england-2022"
AVERSION = 10.95
"""Atkinson's, of the English public: Robson et al. 2017."""
EVERY = 100_000
DOTS = 500
"""Draws shown on the plane."""


def equity(
    followed: Sequence[Followed], service: Service, areas: Division, *, threshold: float, years: int
) -> list[hm.analysis.Exhibit]:
    """Share treated and QALYs by fifth, the equity plane, and distributional cost-effectiveness."""
    fifth = service.places.areas["fifth"].astype(str).to_numpy()
    into = np.array([fifth == name for name in FIFTHS]).T.astype(float)
    outcomes = _outcomes(followed, into, years)
    return [
        _by_fifth(followed, into, areas, service, years),
        *_impact(outcomes, followed[0].name, threshold),
    ]


def _outcomes(followed: Sequence[Followed], into: Numbers, years: int) -> xr.Dataset:
    """Costs and QALYs a year of whole fifths."""
    dims = ("strategy", "sample", "group")
    coords = {"strategy": [one.name for one in followed], "group": list(FIFTHS)}
    values = {
        name: (dims, np.stack([getattr(one, name) @ into for one in followed]) / years) for name in ("cost", "qaly")
    }
    return xr.Dataset(values, coords=coords)


def _by_fifth(
    followed: Sequence[Followed], into: Numbers, areas: Division, service: Service, years: int
) -> hm.analysis.Exhibit:
    admissions = xr.DataArray(areas.admissions @ into, dims="group", coords={"group": list(FIFTHS)})
    people = service.places.areas["population"].to_numpy() @ into
    rows = []
    for one in followed:
        share = one.treated[:, -1] @ into / admissions.to_numpy()
        spread = xr.DataArray(share, dims=("sample", "group"), coords={"group": list(FIFTHS)})
        slope = hm.equity.slope_index(spread, admissions)
        index = hm.equity.concentration_index(spread, admissions)
        gained = (one.qaly @ into).mean(axis=0) / years / people * EVERY
        rows.append(
            [
                one.name,
                *(percent(value) for value in share.mean(axis=0)),
                said(slope.to_numpy() * 100, lambda x: f"{x:+.1f}".replace("-", "−")),
                said(index.to_numpy(), lambda x: f"{x:+.3f}".replace("-", "−")),
                f"{gained[0]:.1f} and {gained[-1]:.1f}",
            ]
        )
    header = ["Way of staffing", "Most deprived", "2", "3", "4", "Least deprived"]
    header += ["Slope, percentage points", "Concentration index", "QALYs a year per 100,000, most and least"]
    return hm.analysis.Exhibit(
        name="by-fifth",
        heading=HEADING,
        title="Share treated in the last year, by fifth of deprivation",
        kind="table",
        table=pd.DataFrame(rows, columns=header),
        text="Means, with 95% intervals where they are given. The slope is the difference between the least and the "
        "most deprived along a line through the fifths; above 0, and with a concentration index above 0, the least "
        "deprived are treated more often. Differences come from hours, distance and networks alone: the model has "
        "the same share of eligible strokes everywhere.",
    )


def _impact(outcomes: xr.Dataset, comparator: str, threshold: float) -> list[hm.analysis.Exhibit]:
    """The plane, and net health benefit under each gradient of opportunity cost."""
    nation = hm.equity.health_distribution(NATION)
    before = hm.equity.Distribution.of(health=nation.health, people=nation.people)
    impacts = {
        gradient: hm.equity.equity_impact(
            outcomes,
            comparator=comparator,
            threshold=threshold,
            patients=dict.fromkeys(FIFTHS, 1.0),
            before=before,
            opportunity_cost=shares,
        )
        for gradient, shares in nation.opportunity_cost.items()
    }
    plane = impacts["equal"].plane(aversion=AVERSION)
    strategies = [str(name) for name in outcomes["strategy"].to_numpy() if name != comparator]
    few = plane.isel(sample=slice(0, DOTS))
    points = [
        pd.DataFrame({"series": name, "x": few["health"].sel(strategy=name), "y": few["equity"].sel(strategy=name)})
        for name in strategies
    ]
    picture = hm.analysis.Exhibit(
        name="equity-plane",
        heading=HEADING,
        title=f"Equity impact plane, against {comparator}",
        kind="points",
        table=pd.concat(points, ignore_index=True),
        text=f"QALYs a year in England at £{threshold:,.0f} per QALY, each dot a draw, large marks the means. To the "
        "right: more health after what is forgone elsewhere. Above: the gap between fifths narrows, valued as the "
        f"public does (Atkinson {AVERSION:g}). Forgone health falls on everybody alike, as NICE has it.",
        x="Net health benefit, QALYs a year",
        y="What its spread adds, QALYs a year",
    )
    return [picture, _table(impacts, strategies, threshold)]


def _table(
    impacts: dict[str, hm.equity.EquityImpact], strategies: Sequence[str], threshold: float
) -> hm.analysis.Exhibit:
    rows = []
    for gradient, impact in impacts.items():
        weighed = impact.welfare(aversion=AVERSION)
        for name in strategies:
            net = impact.net.sel(strategy=name)
            whole = net.sum("group").to_numpy()
            rows.append(
                [
                    name,
                    gradient,
                    said(whole, patients),
                    said(net.sel(group="1").to_numpy(), millions),
                    said(net.sel(group="5").to_numpy(), millions),
                    said(weighed.sel(strategy=name).to_numpy(), patients),
                    percent(float((weighed.sel(strategy=name) > 0).mean())),
                ]
            )
    header = [
        "Way of staffing",
        "Who forgoes",
        "Net health benefit, QALYs a year",
        "of the most deprived",
        "of the least",
    ]
    return hm.analysis.Exhibit(
        name="distribution",
        heading=HEADING,
        title=f"Distributional cost-effectiveness at £{threshold:,.0f} per QALY",
        kind="table",
        table=pd.DataFrame(rows, columns=[*header, f"Weighed (Atkinson {AVERSION:g})", "Probability above 0"]),
        text="Means with 95% intervals. 'equal' is NICE's reference case: everybody forgoes alike, and QALYs count "
        "alike; 'moderate' and 'steep' put more of it on the most deprived, as estimates of York do. Weighed: "
        "QALYs, had they gone to everybody alike, that would be worth as much to a public as averse to inequality "
        "as asked.",
    )

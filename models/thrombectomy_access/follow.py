"""What pictures and tables are made of: every strategy followed by area and year, over some of the draws."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

import heemodel as hm

from .accounts import Division, accounts, consequences
from .consequences import COSTS, YEARS_SEEN
from .places import Numbers
from .service import Service, Year, hours_a_week
from .staffing import Staffing

DRAWS = 2_000
"""Draws that are followed: means and intervals for pictures."""
AT_A_TIME = 250
CASH = "procedures"
"""Of what treatments bring, the component that is cash; of the service's own all are."""


@dataclass(frozen=True, eq=False)
class Followed:
    """One strategy; the dimensions of arrays are named beside them.

    Attributes
    ----------
    name : of the strategy
    treated : patients (sample, year, area)
    qaly, cost : discounted, over all years (sample, area)
    hours : a week that centres are open (year, centre), means
    needed, neuroradiologists, cardiologists : operators of the nation (sample, year)
    lost : share of patients lost because the team was busy (sample, year)
    minutes : from onset to reperfusion, mean over patients (sample, year)
    cash, other, social : extra cost of the first years, undiscounted (sample, year): NHS cash, other NHS, social care
    """

    name: str
    treated: Numbers
    qaly: Numbers
    cost: Numbers
    hours: Numbers
    needed: Numbers
    neuroradiologists: Numbers
    cardiologists: Numbers
    lost: Numbers
    minutes: Numbers
    cash: Numbers
    other: Numbers
    social: Numbers

    @property
    def nation(self) -> Numbers:
        """Patients treated in the nation (sample, year)."""
        total: Numbers = self.treated.sum(axis=-1)
        return total


def follow(draws: xr.Dataset, service: Service, division: Division, *, years: int, discount: float) -> list[Followed]:
    """Every strategy over the first `DRAWS` draws."""
    few = draws.isel(sample=slice(0, DRAWS))
    blocks = [few.isel(sample=slice(at, at + AT_A_TIME)) for at in range(0, few.sizes["sample"], AT_A_TIME)]
    found = []
    for staffing in service.staffing:
        parts = [_of_block(hm.Parameters(block), service, staffing, division, years, discount) for block in blocks]
        arrays = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        sizes = [block.sizes["sample"] for block in blocks]
        hours = np.average(
            [part.mean(axis=0) for part in np.split(arrays.pop("hours"), np.cumsum(sizes)[:-1])], axis=0, weights=sizes
        )
        found.append(Followed(name=staffing.name, hours=hours, **arrays))
    return found


def _of_block(
    p: hm.Parameters, service: Service, staffing: Staffing, division: Division, years: int, discount: float
) -> dict[str, Numbers]:
    """Arrays of a block of draws, by name; dimensions as in `Followed`, hours with a sample."""
    seen: dict[str, list[Numbers]] = {name: [] for name in ("hours", "needed", "neuroradiologists", "cardiologists")}
    seen |= {"lost": [], "minutes": []}

    def watch(year: Year) -> None:
        treated = year.treated.sum(axis=1)
        seen["hours"].append(hours_a_week(year.hours))
        for name in ("needed", "neuroradiologists", "cardiologists"):
            seen[name].append(getattr(year.operators, name).sum(axis=1))
        seen["lost"].append(year.lost)
        seen["minutes"].append((year.treated * year.minutes).sum(axis=1) / np.maximum(treated, 1e-12))

    kept = accounts(p, service, staffing, division, years=years, discount=discount, watch=watch)
    brought = consequences(p, kept.moments)
    arrays = {name: np.stack(rows, axis=1) for name, rows in seen.items()}
    treated = np.stack(kept.treated, axis=1)
    own = np.stack([np.sum([*one.values()], axis=0).sum(axis=1) for one in kept.own_by_year], axis=1)
    size = len(treated)
    return {name: np.broadcast_to(values, (size, *values.shape[1:])) for name, values in arrays.items()} | {
        "treated": treated,
        "qaly": brought["qaly"],
        "cost": np.sum([*kept.own.values(), *(brought[name] for name in COSTS)], axis=0),
        **_money(p, treated.sum(axis=-1), own),
    }


def _money(p: hm.Parameters, treated: Numbers, own: Numbers) -> dict[str, Numbers]:
    """Extra cost of the first years, undiscounted: of the patients of each year, as years pass since their stroke."""
    of_one = p["money_by_year"].transpose("sample", "paid", "since").to_numpy()
    seen = min(YEARS_SEEN, treated.shape[1])
    paid = np.zeros((len(treated), len(COSTS), seen))
    for year in range(seen):
        for before in range(year + 1):
            paid[:, :, year] += treated[:, before, np.newaxis] * of_one[:, :, year - before]
    names = list(COSTS)
    cash = own[:, :seen] + paid[:, names.index(CASH)]
    social = paid[:, names.index("social care")]
    return {"cash": cash, "other": own[:, :seen] + paid.sum(axis=1) - cash - social, "social": social}

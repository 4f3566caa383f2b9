"""From years of the service to what it costs and brings, for any division of the nation's stroke admissions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

import heemodel as hm

from .consequences import COSTS, LONGEST, OUTCOMES, coefficients
from .places import Numbers
from .service import Service, Year, hours_a_week
from .staffing import Staffing, values

PRICES = {
    "operator_year": "£ per year",
    "cardiologist_training_cost": "£ per cardiologist",
    "open_hour": "£ per hour",
    "new_centre_cost": "£ per centre",
    "transfer_cost": "£ per transfer",
    "transferred_not_treated": "transfers per transfer treated",
}
OWN_COSTS = ("operators", "teams on call", "training", "new centres", "transfers")
COMPONENTS = (*OWN_COSTS, *COSTS)
WEEKS = 365.25 / 7
PATIENTS, MINUTES, SQUARES, LOG_ODDS = range(4)


@dataclass(frozen=True, eq=False)
class Division:
    """The nation's stroke admissions divided, such as by region or by fifth of deprivation.

    Attributes
    ----------
    names : of the parts
    admissions : a year, of each part
    of_unit : share of each unit's admissions that comes from each part; dimensions unit and part
    of_centre : share of the costs of each centre that falls on each part: that of its region, by admissions
    """

    names: tuple[str, ...]
    admissions: Numbers
    of_unit: Numbers
    of_centre: Numbers

    @classmethod
    def by(cls, service: Service, *columns: str) -> "Division":
        """Areas put together by columns of theirs."""
        places = service.places
        names, flows = places.flows(*columns)
        regions, in_region = places.flows("region")
        labels = places.areas[list(columns)].astype(str).agg(", ".join, axis=1).to_numpy()
        of_area, region = places.areas["admissions"].to_numpy(), places.areas["region"].astype(str).to_numpy()
        both = np.array([[of_area[(labels == name) & (region == r)].sum() for name in names] for r in regions])
        shares = both / in_region.sum(axis=1, keepdims=True)
        scale = service.admissions / places.nation
        whole = places.demand
        return cls(
            names=names,
            admissions=flows.sum(axis=1) * scale,
            of_unit=np.divide(flows, whole, out=np.zeros_like(flows), where=whole > 0).T,
            of_centre=shares[[regions.index(r) for r in places.region_of_centre]],
        )


@dataclass(eq=False)
class Accounts:
    """What a strategy adds up to over the years, by part of a division; dimensions …, sample and part.

    Attributes
    ----------
    moments : discounted numbers of patients, with their sums of minutes, of squares and of log odds
    treated : patients of each year, undiscounted
    own : discounted cost of the service by component
    own_by_year : the same of each year, undiscounted
    """

    moments: Numbers
    own: dict[str, Numbers]
    treated: list[Numbers] = field(default_factory=list)
    own_by_year: list[dict[str, Numbers]] = field(default_factory=list)


def accounts(
    p: hm.Parameters,
    service: Service,
    staffing: Staffing,
    division: Division,
    *,
    years: int,
    discount: float,
    watch: Callable[[Year], object] | None = None,
) -> Accounts:
    """Everything of a strategy over some years, those of year t (from 0) discounted by (1 + rate)^−t.

    `watch` is told of every year.
    """
    prices = values(p, tuple(PRICES))
    today = _today(p, service)
    found = Accounts(moments=np.zeros(1), own={name: np.zeros(1) for name in OWN_COSTS})
    before: Year | None = None
    heads = np.zeros((1, len(service.places.centres)))
    time = values(p, ("cardiologist_time",))["cardiologist_time"][:, np.newaxis]
    for place, year in enumerate(service.years(p, staffing, years)):
        if watch is not None:
            watch(year)
        weight = (1 + discount) ** -place
        moments = _moments(year, division)
        most = np.maximum(heads, year.operators.cardiologists / time)
        own = _own_costs(year, before, most - heads, service, prices, today, division)
        heads = most
        found.moments = found.moments + weight * moments
        found.own = {name: found.own[name] + weight * cost for name, cost in own.items()}
        found.treated.append(moments[PATIENTS])
        found.own_by_year.append(own)
        before = year
    return found


def consequences(p: hm.Parameters, moments: Numbers) -> dict[str, Numbers]:
    """Every outcome of the patients that `moments` tell of; dimensions sample and part."""
    early, late = (np.atleast_1d(p[f"eligible_{window}"].to_numpy()) for window in ("early", "late"))
    share = (early / (early + late))[:, np.newaxis]
    gain = p["lifetime_gain"]
    found = {}
    for outcome in OUTCOMES:
        of = [np.atleast_1d(number)[:, np.newaxis] for number in coefficients(gain.sel(outcome=outcome, drop=True))]
        within = of[0] * moments[PATIENTS] + of[1] * moments[MINUTES] + of[2] * moments[SQUARES]
        found[outcome] = share * within + (1 - share) * of[3] * moments[PATIENTS] + of[4] * moments[LOG_ODDS]
    return found


def _moments(year: Year, division: Division) -> Numbers:
    """Patients of each part, with sums of minutes (at most `LONGEST`), their squares and log odds."""
    to_part = division.of_unit[year.links.unit]
    minutes = np.minimum(year.minutes, LONGEST)
    weights = (np.ones_like(minutes), minutes, minutes**2, year.shift)
    return np.stack([(year.treated * weight) @ to_part for weight in weights])


def _today(p: hm.Parameters, service: Service) -> Mapping[str, Numbers]:
    """Operators in post and hours a week now, by centre."""
    places = service.places
    now = values(p, ("operators_now",))["operators_now"]
    return {
        "operators": places.operators * (now / places.operators.sum())[:, np.newaxis],
        "hours": hours_a_week(service.today),
    }


def _own_costs(
    year: Year,
    before: Year | None,
    trained: Numbers,
    service: Service,
    prices: Mapping[str, Numbers],
    today: Mapping[str, Numbers],
    division: Division,
) -> dict[str, Numbers]:
    """What the service of a year costs beyond that of today, by component and part.

    Cardiologists are trained once, whatever becomes of their place on the rota: `trained` are the heads of the year.
    """
    price = {name: values_[:, np.newaxis] for name, values_ in prices.items()}
    team, links = year.operators, year.links
    new = ~service.places.today
    built = year.built * new
    if before is not None:
        built = built - before.built * new
    by_centre = {
        "operators": (team.in_post - today["operators"]) * price["operator_year"],
        "teams on call": (hours_a_week(year.hours) - today["hours"]) * WEEKS * price["open_hour"],
        "training": trained * price["cardiologist_training_cost"],
        "new centres": built * price["new_centre_cost"],
    }
    costs = {name: cost @ division.of_centre for name, cost in by_centre.items()}
    sent = np.where(links.at_hand, 0.0, year.treated) @ division.of_unit[links.unit]
    return costs | {"transfers": sent * price["transfer_cost"] * (1 + price["transferred_not_treated"])}

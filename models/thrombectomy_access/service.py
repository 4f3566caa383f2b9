"""A year of the service under one way of staffing: who is treated where, after how long, at which hours, by whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

import heemodel as hm

from .evidence import LAST, TODAY, TYPICAL_HOURS, YEARS
from .links import Links
from .places import Numbers, Places, read_places
from .rota import busy, covered
from .routes import routes
from .staffing import PARAMETERS as OPERATORS
from .staffing import Operators, Staffing, aimed, operators, read_staffing, values
from .week import OFFICE, SLOT_HOURS, Arrivals, read_arrivals, read_hours

LAST_KNOWN, THEN, FIRST = 2.0, 15.0, 5.0
"""Years since 2021/22: of the last audit year, 2023/24, of the shares of 2036, and of the first year, 2026/27."""
WEEKS = 365.25 / 7
PARAMETERS = {
    "found_by_2036": "share",
    "referred_by_2036": "share",
    "direct_minutes": "minutes",
    "door_to_puncture_minutes": "minutes",
    "procedure_minutes": "minutes",
    "occupied_hours": "hours",
    "lost_if_busy": "share",
    "new_centre_years": "years",
    "years_to_change": "years",
    "cardiologist_log_odds": "log odds ratio",
    "off_hours_log_odds": "log odds ratio",
}
FITTED = (
    *("eligible_early", "eligible_late", "found_out_of_hours", "sent_to_nearest", "diverted", "lost_per_hour"),
    *("found_level", "found_growth", "referred_level", "referred_growth", "arrival_minutes", "out_minutes"),
    *("conveyance_wait", "conveyance_factor"),
)
OF_NETWORKS = ("found_effect", "referred_effect")
"""Fitted, by network."""


@dataclass(frozen=True, eq=False)
class Year:
    """What happens in a year; arrays have the dimensions sample, and link, or centre (and slot).

    Attributes
    ----------
    treated : patients, by link
    minutes : from onset to reperfusion
    shift : log odds of a better grade against those treated by neuroradiologists in office hours
    hours : share of each slot that centres are open; by centre and slot
    lost : share of all patients lost because the team was busy, by sample alone
    built : part of the year that each centre is there; of those of today that stay all of it
    operators : in post
    """

    links: Links
    treated: Numbers
    minutes: Numbers
    shift: Numbers
    hours: Numbers
    lost: Numbers
    built: Numbers
    operators: Operators


@dataclass(frozen=True, eq=False, kw_only=True)
class Service:
    """Everything that does not vary: the map, the week, hours of today, and the ways of staffing.

    Attributes
    ----------
    today, known : share of each slot that centres are open now, and in the last audit year; dimensions centre and slot
    admissions : stroke admissions a year
    """

    places: Places
    arrivals: Arrivals
    today: Numbers
    known: Numbers
    staffing: Sequence[Staffing]
    admissions: float

    @cached_property
    def demand(self) -> Numbers:
        """Stroke admissions a year that come to each unit."""
        return self.places.demand * self.admissions / self.places.nation

    @cached_property
    def links(self) -> dict[str, Links]:
        """The links of each strategy: of its centres, and until new ones are built of those of today."""
        places, found = self.places, {}
        for one in self.staffing:
            before = Links.of(routes(places, places.today, places.hub_now), places)
            after = Links.of(routes(places, one.active, places.hub_now), places)
            found[one.name] = after if (one.active == places.today).all() else before.until(after)
        return found

    def years(self, p: hm.Parameters, staffing: Staffing, years: int) -> Iterator[Year]:
        """One year of a strategy after the other."""
        numbers = values(p, (*OPERATORS, *PARAMETERS, *FITTED))
        effects = {name: _by_network(p, name, self.places) for name in OF_NETWORKS}
        before = self._lost_before(numbers, effects)
        for year in range(years):
            yield self._year(numbers, effects, before, staffing, year)

    def _lost_before(self, p: Mapping[str, Numbers], effects: Mapping[str, Numbers]) -> Numbers:
        """Share lost to busy teams in the last audit year, by centre: what was treated then was so despite it."""
        links = Links.of(routes(self.places, self.places.today, self.places.hub_now), self.places)
        found, referred = (_level(p, stem, LAST_KNOWN - FIRST) for stem in ("found", "referred"))
        come, _ = self._come(p, effects, links, self.known[np.newaxis], found, referred, np.ones((1, 1)))
        return self._lost(p, come @ links.to_centre(len(self.places.centres)), self.known[np.newaxis])

    def _come(
        self,
        p: Mapping[str, Numbers],
        effects: Mapping[str, Numbers],
        links: Links,
        hours: Numbers,
        found: Numbers,
        referred: Numbers,
        built: Numbers,
    ) -> tuple[Numbers, Numbers]:
        """Patients who come by each link if no team is busy, and the share of them in office hours.

        Parameters
        ----------
        found, referred : log odds of an average network
        built : part of the year after new centres open
        """
        reach, office = self._reached(p, links, hours)
        share = _logistic(found[:, np.newaxis] + effects["found_effect"])[:, links.network]
        journey = p["lost_per_hour"][:, np.newaxis] * (links.road / 60 - TYPICAL_HOURS)
        sent = _logistic((referred[:, np.newaxis] + effects["referred_effect"])[:, links.network] - journey)
        eligible = (p["eligible_early"] + p["eligible_late"])[:, np.newaxis] * self.demand[links.unit]
        come = eligible * share * np.where(links.at_hand, 1.0, sent) * reach * links.way(p["sent_to_nearest"], built)
        return come, np.divide(office, reach, out=np.zeros_like(reach), where=reach > 0)

    def _year(
        self,
        p: Mapping[str, Numbers],
        effects: Mapping[str, Numbers],
        before: Numbers,
        staffing: Staffing,
        year: int,
    ) -> Year:
        """The year from `year` on, counted from now; operators and hours are those of its middle."""
        links, places = self.links[staffing.name], self.places
        middle = year + 0.5
        built = np.clip(middle + 0.5 - p["new_centre_years"], 0.0, 1.0)[:, np.newaxis]
        there = np.where(staffing.active, np.where(places.today, 1.0, built), np.where(places.today, 1 - built, 0.0))
        team = operators(p, staffing, places, self.today, there, middle)
        hours = self._hours(p, staffing, team, middle)
        found, referred = (_level(p, stem, year) for stem in ("found", "referred"))
        come, office = self._come(p, effects, links, hours, found, referred, built)
        at_centre = come @ links.to_centre(len(places.centres))
        lost = self._lost(p, at_centre, hours)
        by_cardiologists = np.divide(
            team.cardiologists, team.in_post, out=np.zeros_like(team.in_post), where=team.in_post > 0
        )
        shift = p["cardiologist_log_odds"][:, np.newaxis] * by_cardiologists[:, links.centre]
        return Year(
            links=links,
            treated=come * ((1 - lost) / (1 - before))[:, links.centre],
            minutes=_minutes(p, links),
            shift=shift + p["off_hours_log_odds"][:, np.newaxis] * (1 - office),
            hours=hours * there[..., np.newaxis],
            lost=(at_centre * lost).sum(axis=1) / np.maximum(at_centre.sum(axis=1), 1e-12),
            built=there,
            operators=team,
        )

    def _hours(self, p: Mapping[str, Numbers], staffing: Staffing, team: Operators, years: float) -> Numbers:
        """What rotas cover of the hours aimed at, never less than the hours of today.

        From those of today, hours move to what operators in post can cover over `years_to_change`; a new centre begins
        with what its operators cover.
        """
        rule = {"needed": "operators_needed", "leave": "leave", "steepness": "rota_steepness"}
        rota = covered(team.in_post, **{name: p[of][:, np.newaxis] for name, of in rule.items()})
        more = np.maximum(0.0, rota * aimed(staffing) - self.today)
        ready = np.minimum(1.0, years / p["years_to_change"])[:, np.newaxis]
        hours: Numbers = self.today + more * np.where(self.places.today, ready, 1.0)[..., np.newaxis]
        return hours

    def _reached(self, p: Mapping[str, Numbers], links: Links, hours: Numbers) -> tuple[Numbers, Numbers]:
        """Share of a unit's patients for whom a link's centre is open, of all hours, and of office hours alone.

        Those who arrive outside office hours count by how many of them are found, relative to office hours.
        """
        road = p["out_minutes"] + p["conveyance_wait"] + p["conveyance_factor"] * links.mean_road
        weight = self.arrivals.in_slots * np.where(OFFICE, 1.0, p["found_out_of_hours"][:, np.newaxis])
        weights = np.stack([weight, weight * OFFICE], axis=-1)
        first, second = links.reached(hours, self.arrivals.later(hours, road / 60), weights)
        both = np.where(links.second[:, np.newaxis], second * p["diverted"][:, np.newaxis, np.newaxis], first)
        return both[..., 0], both[..., 1]

    def _lost(self, p: Mapping[str, Numbers], come: Numbers, hours: Numbers) -> Numbers:
        """Share of a centre's patients lost because its one team is busy, by centre: over the slots that it is open."""
        weight = hours * self.arrivals.in_slots
        share = np.divide(weight, weight.sum(-1, keepdims=True), out=np.zeros_like(weight), where=weight > 0)
        rate = come[..., np.newaxis] * share / (WEEKS * SLOT_HOURS * np.maximum(hours, 1e-12))
        chance = (share * busy(rate * p["occupied_hours"][:, np.newaxis, np.newaxis])).sum(-1)
        lost: Numbers = chance * p["lost_if_busy"][:, np.newaxis]
        return lost


def read_service(inputs: hm.Inputs, scenario: str, strategies: Sequence[str]) -> Service:
    """The service of an inputs file's tables."""
    names = ("areas", "units", "centres", "minutes", "arrivals", "hours", "staffing")
    tables = {name: inputs.table(name, scenario) for name in names}
    places = read_places(tables)
    hours = read_hours(tables["hours"], places.centres, (*YEARS, TODAY))
    return Service(
        places=places,
        arrivals=read_arrivals(tables["arrivals"]),
        today=hours[TODAY],
        known=hours[LAST],
        staffing=read_staffing(tables["staffing"], strategies, places),
        admissions=inputs.setting("admissions_now", low=0),
    )


def hours_a_week(hours: Numbers) -> Numbers:
    """Hours a week that a centre is open; dimensions as those of `Year.hours` but the slot."""
    week: Numbers = hours @ SLOT_HOURS
    return week


def _level(p: Mapping[str, Numbers], stem: str, year: float) -> Numbers:
    """Log odds of an average network in a year: from those of 2023/24 in a straight line to those of 2036."""
    now = p[f"{stem}_level"] + p[f"{stem}_growth"] * LAST_KNOWN
    then = np.log(p[f"{stem}_by_2036"]) - np.log1p(-p[f"{stem}_by_2036"])
    level: Numbers = now + (FIRST + year - LAST_KNOWN) / (THEN - LAST_KNOWN) * (then - now)
    return level


def _by_network(p: hm.Parameters, name: str, places: Places) -> Numbers:
    """A network's deviation at the place of its centre; 0 for centres after which no network was fitted."""
    known = p[name].transpose(..., "network")
    at = [places.centres.index(str(network)) for network in known["network"].to_numpy()]
    found = np.zeros((known.sizes.get("sample", 1), len(places.centres)))
    found[:, at] = known.to_numpy()
    return found


def _minutes(p: Mapping[str, Numbers], links: Links) -> Numbers:
    """From onset to reperfusion, by link."""
    one = {name: numbers[:, np.newaxis] for name, numbers in p.items()}
    way = one["out_minutes"] + one["conveyance_wait"] + one["conveyance_factor"] * links.road
    inside = np.where(links.at_hand, one["direct_minutes"], way + one["door_to_puncture_minutes"])
    found: Numbers = one["arrival_minutes"] + inside + one["procedure_minutes"]
    return found


def _logistic(log_odds: Numbers) -> Numbers:
    found: Numbers = 1 / (1 + np.exp(-log_odds))
    return found

"""What was treated, by centre and year, and how long transfers took: what no source gives, estimated from these.

Hours and places come from the audit and the map. What lies behind the counts was never published: the share of those
eligible who are found while a centre is open, how much less that is at night, the share of those found elsewhere who
are sent on, to the nearest centre or where their unit says, and on to the next where that is closed. They are estimated
here jointly, with a deviation of every network in finding and in sending on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import heemodel as hm
from heemodel.evidence.tables import Table, refuse

from .links import Links
from .places import TABLES as PLACES
from .places import Numbers, Places, read_places
from .routes import routes
from .week import OFFICE, read_arrivals, read_hours
from .week import TABLES as WEEK

if TYPE_CHECKING:
    import pymc as pm

YEARS = {"2019/20": -2.0, "2021/22": 0.0, "2023/24": 2.0}
"""Audit years, and years since the middle one."""
TODAY = "2026"
"""The year of the hours that centres have today."""
LAST = "2023/24"
"""The year of which it is known by centre who came directly, and in which units refer as they do now."""
PREDICTED = ("2023/24, North Bristol Hospitals",)
"""Counts that are never fitted, so that they show what longer hours do: Bristol went from 8–20 to 24 hours."""
TRANSFER_HOURS = 3.05
"""Door in, door out and conveyance together, by which those transferred come later: medians of 133 and 50 minutes."""
LEAST_DRAWS = 4_000
"""In each chain: deviations of networks and their spreads mix slowly where a year is left out."""
TYPICAL_HOURS = 0.6
"""By road, of the journey to which the share that is sent on belongs."""
TYPICAL, EASED = 0.155, 2.0
"""Share eligible at which the level's prior is stated, and log odds of being found per logarithm of that share."""
WAYS = ("year", "network", "office", "other", "hours", "hand", "nearest", "second")
"""Columns of `ways_of_years` that the model takes."""
MEDIAN_ERROR = 1.2533
"""Standard error of a median of normal data, in standard deviations over √n."""
QUARTILES = 1.349
"""Standard deviations between the quartiles of normal data."""

NEEDS = hm.Needs(
    settings={"admissions_now": "admissions per year", "fitted_to": "audit year"},
    priors={
        "eligible_early": "share",
        "eligible_late": "share",
        "found_out_of_hours": "share",
        "sent_to_nearest": "share",
        "diverted": "share",
        "lost_per_hour": "log odds per hour",
    },
    tables={
        **PLACES,
        **WEEK,
        "centres": (*PLACES["centres"], *(f"treated_{y.replace('/', '_')}" for y in YEARS), "direct_2023_24"),
        "treated_directly": ("year", "direct", "treated"),
        "times": ("team", "patients", *(f"{w}_{q}" for w in ("arrival", "out") for q in ("q1", "median", "q3"))),
    },
)


def evidence(inputs: hm.Inputs, scenario: str) -> hm.evidence.EvidenceModel:
    """Patients treated by centre and year, given hours, places and arrivals; and the times of transfers by team.

        treated[t, c] ~ negative binomial, of mean  Σ over the ways l from units to centre c
            admissions[t, l] · eligible · found[t, n] · (1 at hand, else referred[t, n, l])
        logit found[t, n] = level + growth · t + effect[n],  n the network of the way's unit; referred alike, less
            lost per hour · (hours by road − 0.6)

    Admissions are those a year that arrive while a centre is open for them; those who arrive outside office hours
    count by `found_out_of_hours`. Of a unit's patients the share `sent_to_nearest` goes to the nearest centre and the
    others where their unit says; where that is closed, the share `diverted` to the next. A network is that of the units
    that name one centre. The share that came directly is binomial, by centre in 2023/24 and of the nation before. Data
    after the setting `fitted_to` are left out, and are there to be predicted.
    """
    tables = {name: inputs.table(name, scenario) for name in NEEDS.tables}
    places = read_places(tables)
    last = inputs.setting("fitted_to", low=2019, high=2023)
    treated = _counts(tables["centres"], places, last)
    ways = ways_of_years(inputs, tables, places)
    direct = _direct(tables["centres"], treated, ways, places)
    years = list(YEARS)
    before = tables["treated_directly"]
    known = [year for year in years if year != LAST and int(year[:4]) <= last]
    nation = before[before["year"].isin(known)]
    times = _times(tables["times"])
    centres = tuple(c for c, t in zip(places.centres, places.today, strict=True) if t)
    return hm.evidence.EvidenceModel(
        name="treated by centre and year",
        recipe=_recipe,
        coords={
            "year": tuple(years),
            "centre": centres,
            "network": centres,
            "count": tuple(treated["label"]),
            "centre_direct": tuple(direct["label"]),
            "nation_year": tuple(nation["year"]),
            "team": tuple(times["team"]),
            "time": ("arrival", "out"),
        },
        data={
            "years": np.array(list(YEARS.values())),
            **{f"way_{name}": ways[name].to_numpy() for name in WAYS},
            "to_count": _indicator(ways, len(years), len(centres)),
            "count_year": treated["year"].to_numpy(),
            "count_centre": treated["centre"].to_numpy(),
            "treated_observed": treated["treated"].to_numpy(),
            "direct_of": direct["centre"].to_numpy(),
            "direct_observed": direct["direct"].to_numpy(),
            "direct_treated": direct["treated"].to_numpy(),
            "nation_of": np.array([years.index(year) for year in nation["year"]]),
            "nation_observed": nation["direct"].to_numpy(),
            "nation_treated": nation["treated"].to_numpy(),
            "log_arrival": np.log(times["arrival_median"].to_numpy()),
            "log_arrival_error": times["arrival_error"].to_numpy(),
            "log_out": np.log(times["out_median"].to_numpy()),
            "log_out_error": times["out_error"].to_numpy(),
            "road_minutes": times["road"].to_numpy(),
            "conveyance": np.log(times["conveyance"].to_numpy()),
            "conveyance_error": 0.4 / np.sqrt(times["patients"].to_numpy()),
        },
        priors={
            name: inputs.prior(name, distribution="lognormal" if name == "lost_per_hour" else "beta")
            for name in NEEDS.priors
        },
        least_draws=LEAST_DRAWS,
        options=dict.fromkeys(("found", "referred"), "measured" if len(direct) else "hardly"),
        reported=(
            *NEEDS.priors,
            *("found_level", "found_growth", "found_effect", "found_sd"),
            *("referred_level", "referred_growth", "referred_effect", "referred_sd", "dispersion"),
            *("arrival_minutes", "out_minutes", "time_correlation", "conveyance_wait", "conveyance_factor"),
        ),
    )


def ways_of_years(inputs: hm.Inputs, tables: dict[str, pd.DataFrame], places: Places) -> pd.DataFrame:
    """Every way from a unit to a centre in every year, with the admissions that arrive while it is open for them.

    Returns
    -------
    DataFrame with columns year, centre and network (places among the years and the centres of today), office and other
    (admissions a year by the time of their arrival), hours (by road), hand, nearest and second (1 or 0; see `Links`)
    """
    hours = read_hours(tables["hours"], places.centres, (*YEARS, TODAY))
    arrivals = read_arrivals(tables["arrivals"])
    demand = places.demand * inputs.setting("admissions_now", low=0) / places.nation
    among_today = np.cumsum(places.today) - 1
    weights = np.stack([arrivals.in_slots * inside for inside in (OFFICE, ~OFFICE)], axis=-1)
    found = []
    for place, year in enumerate(YEARS):
        hub = places.hub_now if year == LAST else places.hub
        links = Links.of(routes(places, places.today, hub), places)
        later = arrivals.later(hours[year][np.newaxis], np.array([TRANSFER_HOURS]))[0]
        first, second = links.reached(hours[year], later, weights)
        arrive = demand[links.unit, np.newaxis] * np.where(links.second[:, np.newaxis], second, first)
        columns = {
            "year": place,
            "centre": among_today[links.centre],
            "network": among_today[links.network],
            "office": arrive[:, 0],
            "other": arrive[:, 1],
            "hours": links.road / 60,
            "hand": links.at_hand.astype(float),
            "nearest": links.nearest.astype(float),
            "second": links.second.astype(float),
        }
        found.append(pd.DataFrame(columns))
    ways = pd.concat(found, ignore_index=True)
    return ways[ways["office"] + ways["other"] > 0].reset_index(drop=True)


def _indicator(ways: pd.DataFrame, years: int, centres: int) -> Numbers:
    """1 where a way (column) leads to a centre in a year (row, centres within years)."""
    cell = ways["year"].to_numpy() * centres + ways["centre"].to_numpy()
    leads: Numbers = np.equal.outer(np.arange(years * centres), cell).astype(float)
    return leads


def _counts(centres: pd.DataFrame, places: Places, last: float) -> pd.DataFrame:
    """A row for each count that is fitted: year and centre by place, patients treated, and a label."""
    table = Table(centres, "centres", keys=("centre",))
    today = np.flatnonzero(places.today)
    rows = []
    for place, year in enumerate(YEARS):
        column = f"treated_{year.replace('/', '_')}"
        values = table.numbers(column, least=0, optional=True)
        rows += [
            (place, where, int(values[row]), f"{year}, {places.centres[row]}")
            for where, row in enumerate(today)
            if np.isfinite(values[row]) and int(year[:4]) <= last
        ]
    refuse(table)
    frame = pd.DataFrame(rows, columns=["year", "centre", "treated", "label"])
    return frame[~frame["label"].isin(PREDICTED)].reset_index(drop=True)


def _direct(centres: pd.DataFrame, treated: pd.DataFrame, ways: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Patients of 2023/24 who came directly, of centres to which ambulances and other units bring patients."""
    place = list(YEARS).index(LAST)
    rows = treated[treated["year"] == place]
    values = centres["direct_2023_24"].to_numpy(dtype=float)[places.today]
    of_year = ways[ways["year"] == place]
    kinds = [set(of_year.loc[of_year["centre"] == c, "hand"]) for c in range(int(places.today.sum()))]
    both = [len(kind) > 1 for kind in kinds]
    rows = rows[np.array([both[c] and np.isfinite(values[c]) for c in rows["centre"]], dtype=bool)]
    table = Table(centres, "centres", keys=("centre",))
    for row in np.flatnonzero(centres["direct_2023_24"].to_numpy(dtype=float) > centres["treated_2023_24"]):
        table.problem(int(row), "direct_2023_24 is more than treated_2023_24; there cannot be more")
    refuse(table)
    return rows.assign(direct=[int(values[c]) for c in rows["centre"]]).reset_index(drop=True)


def _times(times: pd.DataFrame) -> pd.DataFrame:
    """Teams with quartiles of both times, the standard errors of their log medians, and a road that is known."""
    table = Table(times, "times", keys=("team",))
    table.unique("team", cure="give each once")
    people = table.numbers("patients", least=1)
    errors = {}
    for what in ("arrival", "out"):
        low, middle, high = (table.numbers(f"{what}_{q}", above=0) for q in ("q1", "median", "q3"))
        for row in np.flatnonzero(~((low <= middle) & (middle <= high))):
            table.problem(int(row), f"quartiles of {what} do not rise")
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = np.log(high / low) / QUARTILES
        typical = float(np.median(spread[people >= np.median(people)]))
        errors[f"{what}_error"] = MEDIAN_ERROR * typical / np.sqrt(people)
    refuse(table)
    known = times.assign(**errors)
    return known[known["road"].notna() & (known["road"] > 0)].reset_index(drop=True)


def _recipe(evidence: hm.evidence.EvidenceModel) -> pm.Model:
    """The PyMC model of `evidence`."""
    import pymc as pm

    with pm.Model(coords={dim: list(labels) for dim, labels in evidence.coords.items()}) as model:
        given = {name: pm.Data(name, values) for name, values in evidence.data.items()}
        early, late, away, other, diverted = (
            pm.Beta(name, *numbers) for name, numbers in evidence.priors.items() if name != "lost_per_hour"
        )
        # Fewer eligible must mean more of them found: the level moves with their logarithm, so that chains mix.
        usual = EASED * pm.math.log((early + late) / TYPICAL)
        pm.Deterministic("found_level", pm.Normal("found_if_typical", 0, 1.5) - usual)
        pm.Normal("referred_level", 0, 1.5)
        levels = []
        for name in ("found", "referred"):
            growth, spread = pm.Normal(f"{name}_growth", 0, 0.3), pm.HalfNormal(f"{name}_sd", 1.0)
            # The same deviations in the form that mixes: themselves where counts tell of them, else in spreads.
            if evidence.options[name] == "measured":
                effect = pm.ZeroSumNormal(f"{name}_effect", sigma=spread, dims="network")
            else:
                free = pm.ZeroSumNormal(f"{name}_in_spreads", dims="network")
                effect = pm.Deterministic(f"{name}_effect", spread * free, dims="network")
            levels.append(model[f"{name}_level"] + growth * given["years"][:, None] + effect)
        way = {name: given[f"way_{name}"] for name in WAYS}
        lost = pm.LogNormal("lost_per_hour", *evidence.priors["lost_per_hour"])
        at = way["year"], way["network"]
        referred = pm.math.invlogit(levels[1][at] - lost * (way["hours"] - TYPICAL_HOURS))
        sent = way["hand"] + (1 - way["hand"]) * referred
        choice = other * way["nearest"] + (1 - other) * (1 - way["nearest"])
        later = 1 - (1 - diverted) * way["second"]
        come = (
            (early + late)
            * pm.math.invlogit(levels[0][at])
            * (way["office"] + away * way["other"])
            * sent
            * choice
            * later
        )
        cells = (len(evidence.coords["year"]), len(evidence.coords["centre"]))
        directly, expected = (
            pm.Deterministic(name, pm.math.dot(given["to_count"], part).reshape(cells), dims=("year", "centre"))
            for name, part in (("expected_direct", come * way["hand"]), ("expected", come))
        )
        dispersion = pm.HalfNormal("dispersion", 0.15)
        mean = expected[given["count_year"], given["count_centre"]]
        pm.NegativeBinomial("treated", mu=mean, alpha=1 / dispersion, observed=given["treated_observed"], dims="count")
        share = (directly / expected)[-1, given["direct_of"]]
        pm.Binomial("direct", given["direct_treated"], share, observed=given["direct_observed"], dims="centre_direct")
        whole = (directly.sum(axis=1) / expected.sum(axis=1))[given["nation_of"]]
        pm.Binomial(
            "direct_of_nation", given["nation_treated"], whole, observed=given["nation_observed"], dims="nation_year"
        )
        _times_of_transfers(given)
    return model


def _times_of_transfers(given: dict[str, pm.Data]) -> None:
    """Medians by team of onset to arrival and door in, door out, correlated between teams; conveyance by the road.

    Teams' own levels, two normals with a correlation, are integrated out: the second is normal given the first.
    """
    import pymc as pm

    middle = pm.Normal("log_minutes", np.log(120), 0.5, dims="time")
    spread = pm.HalfNormal("time_spread", 0.5, dims="time")
    together = pm.Deterministic("time_correlation", 2 * pm.Beta("time_agreement", 2.0, 2.0) - 1)
    arrival, out = given["log_arrival"], given["log_out"]
    seen = spread[0] ** 2 + given["log_arrival_error"] ** 2
    shared = together * spread[0] * spread[1]
    pm.Normal("arrival_of_team", middle[0], pm.math.sqrt(seen), observed=arrival, dims="team")
    pm.Normal(
        "out_of_team",
        middle[1] + shared / seen * (arrival - middle[0]),
        pm.math.sqrt(spread[1] ** 2 + given["log_out_error"] ** 2 - shared**2 / seen),
        observed=out,
        dims="team",
    )
    for place, name in enumerate(("arrival_minutes", "out_minutes")):
        pm.Deterministic(name, pm.math.exp(middle[place] + spread[place] ** 2 / 2))
    wait, factor = pm.HalfNormal("conveyance_wait", 20.0), pm.LogNormal("conveyance_factor", 0.0, 0.3)
    differ = pm.HalfNormal("conveyance_sd", 0.5)
    error = pm.math.sqrt(given["conveyance_error"] ** 2 + differ**2)
    pm.Normal(
        "log_conveyance",
        pm.math.log(wait + factor * given["road_minutes"]),
        error,
        observed=given["conveyance"],
        dims="team",
    )

"""What one treatment brings over a lifetime, taken over from the lifetime model with the same draws."""

from typing import Any

import numpy as np
import xarray as xr

import heemodel as hm

from .places import Numbers

LIFETIME = "thrombectomy_lifetime"
DELAYS = (200.0, 350.0, 500.0)
"""Minutes from onset to reperfusion at which the early window's consequences are worked out."""
LONGEST = 600.0
"""Minutes beyond which no longer delay is told apart."""
LATE, WORSE = "late", "per log odds"
AT = (*(f"early, {delay:g} minutes" for delay in DELAYS), LATE, WORSE)
"""Where consequences are known: the early window by delay, the late one, and the change per log odds of a grade."""
SHIFT = -0.2
"""Log odds by which all effects are moved to see that change."""
AGES = {"under 60": 807, "60 to 69": 737, "70 to 79": 1126, "80 and over": 1001}
"""Patients treated in 2023/24 by age (SSNAP thrombectomy report)."""
COSTS = {
    "procedures": ("thrombectomy procedure",),
    "hospital care of the stroke": ("first 90 days", "recurrent strokes"),
    "health care later": ("health care, first year", "health care, later years"),
    "social care": tuple(
        f"{kind}, {when}" for kind in ("social care at home", "care home") for when in ("first year", "later years")
    ),
}
"""Components here, and those of the lifetime model that make them up; its transfers are counted here instead."""
COUNTS = ("independent_at_90_days", "deaths_by_90_days")
OUTCOMES = ("qaly", *COSTS, *COUNTS)
YEARS_SEEN = 5
"""Years for which money is told year by year."""


def upstream(linked: hm.analysis.Linked) -> xr.Dataset:
    """Thrombectomy less usual care for one patient, from the lifetime model.

    Returns
    -------
    Dataset with `lifetime_gain` (outcome, at): discounted, mean over the audit's ages; and `money_by_year` (component,
    year): undiscounted, by year since the stroke, early window (at its middle delay) and late one alike
    """
    lifetime = linked.load(LIFETIME)
    early, late = linked.draws(lifetime, "early"), linked.draws(lifetime, "late")
    places = [_run(lifetime, "early", early.assign(onset_to_reperfusion=xr.DataArray(delay))) for delay in DELAYS]
    middle = early.assign(onset_to_reperfusion=xr.DataArray(DELAYS[1]))
    worse = _run(lifetime, "early", middle.assign(log_odds_ratio=middle["log_odds_ratio"] + SHIFT))
    gains = [*places, _run(lifetime, "late", late), (worse - places[1]) / SHIFT]
    by_year = 0.5 * (_by_year(lifetime, "early", middle) + _by_year(lifetime, "late", late))
    return xr.Dataset(
        {"lifetime_gain": xr.concat(gains, dim="at").assign_coords(at=list(AT)), "money_by_year": by_year}
    )


def _run(lifetime: hm.analysis.ModelFolder, scenario: str, draws: xr.Dataset) -> xr.DataArray:
    """Gains by outcome over a lifetime, mean over ages."""
    outcomes = _gained(lifetime.model(scenario=scenario).run(draws, progress=_quietly))
    parts = [outcomes["qaly"]]
    parts += [outcomes["cost"].sel(component=list(names)).sum("component") for names in COSTS.values()]
    parts += [outcomes[name] for name in COUNTS]
    return xr.concat(parts, dim="outcome", coords="minimal", compat="override").assign_coords(outcome=list(OUTCOMES))


def _by_year(lifetime: hm.analysis.ModelFolder, scenario: str, draws: xr.Dataset) -> xr.DataArray:
    """Extra cost by component and year since the stroke, undiscounted, mean over ages."""
    model: Any = lifetime.model(scenario=scenario, horizon=f"{YEARS_SEEN} years")  # a cohort, which tells years apart
    cost = _gained(model.run(draws, by="year", discounted=False, progress=_quietly))["cost"]
    parts = [cost.sel(component=list(names)).sum("component") for names in COSTS.values()]
    whole = xr.concat(parts, dim="paid").assign_coords(paid=list(COSTS))
    return whole.rename(year="since").assign_coords(since=np.arange(YEARS_SEEN))


def _gained(outcomes: xr.Dataset) -> xr.Dataset:
    """Thrombectomy less usual care, mean over the ages treated."""
    groups = [str(group) for group in outcomes["group"].to_numpy()]
    people = np.array([next(n for age, n in AGES.items() if age in group) for group in groups], dtype=float)
    share = xr.DataArray(people / people.sum(), dims="group", coords={"group": groups})
    names = ["cost", "qaly", *COUNTS]
    new, old = (outcomes[names].sel(strategy=name, drop=True) for name in ("thrombectomy", "usual care"))
    return (new - old).map(lambda of: xr.dot(of, share, dim="group"))


def coefficients(gain: xr.DataArray) -> Numbers:
    """The numbers a, b, c, l and s by which one outcome of one treatment is told; dimensions of five, then as `gain`.

        early · (a + b · minutes + c · minutes²) + (1 − early) · l + s · log odds

    with the parabola through the three delays that were worked out.

    Parameters
    ----------
    gain : `lifetime_gain` of one outcome; dimensions at, and sample if there is one
    """
    known = gain.sel(at=list(AT)).transpose("at", ...).to_numpy()
    parabola = np.tensordot(np.linalg.inv(np.vander(DELAYS, increasing=True)), known[: len(DELAYS)], axes=1)
    return np.concatenate([parabola, known[len(DELAYS) :]])


def _quietly(*_: object) -> None:
    """Progress of one of several runs, which is not shown."""

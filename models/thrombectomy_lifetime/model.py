"""From a stroke with a blocked large vessel to death: disability at 90 days, then months by grade of disability."""

from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any, Literal

import numpy as np
import xarray as xr

import heemodel as hm
from heemodel.structures.draws import once

STRATEGIES = ("usual care", "thrombectomy")
WINDOWS = ("early", "late", "large")
GRADES = ("0", "1", "2", "3", "4", "5")
DEAD = "6"
Costs = dict[str, dict[str | tuple[str, str], xr.DataArray | float]]
DEFAULT_HORIZON = "lifetime"
CYCLE = "1 month"
ACUTE_CYCLES = 3
NEWTON_STEPS = 12
YOUNGEST, LAST_AGE = 18, 110
RECURRENCE_PERIODS = {"1": (0, 1), "2 to 5": (1, 5), "6 and later": (5, np.inf)}
"""Years after the stroke for which the yearly risk of another is given: labels of `recurrence_risk`."""

NEEDS = hm.Needs(
    strategies=STRATEGIES,
    settings={
        "utility_age": "years",
        "trial_onset_to_reperfusion": "minutes",
        "carers": "carers per patient",
    },
    parameters={
        "baseline_early": "patients",
        "baseline_late": "patients",
        "baseline_large": "patients",
        "baseline_log_odds_per_year": "log odds ratio per year of age",
        "age_offset": "years",
        "male_share": "share",
        "onset_to_reperfusion": "minutes",
        "log_odds_per_hour": "log odds ratio per hour",
        "delay_effect": "factor",
        "thrombectomy_procedure": "£ per patient",
        "transfer": "£ per patient",
        "first_90_days_by_mrs": "£ per patient",
        "first_90_days_dead": "£ per patient",
        "care_by_mrs": "£ per year",
        "social_care_share": "share",
        "later_years_relative_to_first": "share",
        "care_home_share_by_mrs": "share",
        "care_home_week": "£ per week",
        "care_home_public_share": "share",
        "mortality_ratio_by_mrs": "rate ratio",
        "recurrence_risk": "risk per year",
        "recurrence_mrs": "patients",
        "utility_by_mrs": "EQ-5D utility",
        "utility_at_onset": "EQ-5D utility",
        "carer_loss_by_mrs": "EQ-5D utility",
    },
    traits=("start_age",),
)
"""The settings, parameters and traits of groups that are read, and the unit that each is taken in."""


def model(inputs: hm.Inputs, horizon: str = DEFAULT_HORIZON, scenario: str = "within-24-hours") -> hm.CohortModel:
    """The cohort model of a scenario's groups; a lifetime ends when the youngest of them is 110."""
    groups = inputs.subgroups(scenario)
    ages = dict(zip(groups["group"].values.tolist(), groups["start_age"].values.tolist(), strict=True))
    if outside := {group: age for group, age in ages.items() if not YOUNGEST <= age < LAST_AGE}:
        said = ", ".join(f"{group!r} is {age:g}" for group, age in outside.items())
        raise hm.ModelError(f"ages of groups must lie between {YOUNGEST} and {LAST_AGE - 1}: {said}")
    horizon = f"{ceil(LAST_AGE - min(ages.values()))} years" if horizon == "lifetime" else horizon
    if hm.convert.whole_cycles(CYCLE, horizon) < ACUTE_CYCLES:
        raise hm.ModelError(f"horizon {horizon!r} is shorter than the first 90 days; give 3 months or more")
    policy = hm.policy_profile(inputs.about.policy)
    fixed = {name: inputs.setting(name, low=0) for name in NEEDS.settings}
    return hm.CohortModel(
        states=["acute", *map(state, GRADES), "dead"],
        strategies=list(STRATEGIES),
        groups=list(ages),
        start={"acute": 1.0},
        cycle_length=CYCLE,
        horizon=horizon,
        start_age=ages,
        life_table="uk-2022-2024",
        discount=hm.Discount(cost=policy.discount_cost, qaly=policy.discount_qaly, timing="count"),
        transitions=partial(transitions, groups=groups, settings=fixed),
        payoffs=partial(payoffs, groups=groups, settings=fixed),
    )


def state(grade: str) -> str:
    """The state of those with a grade of disability."""
    return f"mRS {grade}"


def by_state(values: xr.DataArray) -> dict[str | tuple[str, str], xr.DataArray | float]:
    """Values by grade of disability (dimension `mrs`), each for its state."""
    return {state(grade): values.sel(mrs=grade, drop=True) for grade in GRADES}


@once
def disability(p: hm.Parameters, groups: xr.Dataset, settings: dict[str, float]) -> xr.DataArray:
    """Shares of mRS 0 to 6 at 90 days; dimensions strategy, group and category.

    Under usual care, log odds fall by a constant for every year of age, from a level at which all ages of a window
    together have its baseline (`level`). Thrombectomy moves that by the window's effect; in the early window also by
    the delay beyond the trials', at each cut with a slope of its own.
    """
    windows = groups["window"].values.tolist()
    older = groups["start_age"] - groups["start_age"].mean()
    parts, baselines = [], {window: p[f"baseline_{window}"] for window in WINDOWS}  # read whether needed here or not
    for window in dict.fromkeys(windows):
        inside = groups.isel(group=[place for place, name in enumerate(windows) if name == window])
        parts.append(
            usual_care(p, baselines[window], older.sel(group=inside["group"]), inside["share"] / inside["share"].sum())
        )
    control = xr.concat(parts, dim="group").sel(group=groups["group"])
    treatment = xr.DataArray([f"thrombectomy, {name}" for name in windows], coords={"group": groups["group"]})
    effect, stretch = (
        p[name].sel(treatment=treatment).drop_vars("treatment") for name in ("log_odds_ratio", "stretch")
    )
    hours = (p.onset_to_reperfusion - settings["trial_onset_to_reperfusion"]) / 60
    delay = p.log_odds_per_hour * p.delay_effect * hours * (groups["window"] == "early")
    treated = hm.evidence.move_categories(control, effect, stretch=stretch, cut=delay)
    return hm.by_strategy(dict(zip(STRATEGIES, xr.broadcast(control, treated), strict=True)))


def usual_care(p: hm.Parameters, baseline: xr.DataArray, older: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    """Shares of mRS 0 to 6 under usual care in the groups of a window, which together have its baseline."""
    slope = p.baseline_log_odds_per_year
    reached = baseline.cumsum("category").isel(category=slice(0, -1))
    middle = level(reached, slope * older, weights).pad(category=(0, 1), constant_values=1.0)
    shares = (middle - middle.shift(category=1, fill_value=0.0)).assign_coords(category=baseline["category"])
    return hm.evidence.move_categories(shares, slope * (older + p.age_offset))


def level(reached: xr.DataArray, moves: xr.DataArray, weights: xr.DataArray) -> xr.DataArray:
    """The logistic(a) at which Σ_g w_g logistic(a + m_g) is the share reached, by Newton's method."""
    along = [["category"], ["group"], ["group"]]
    found: xr.DataArray = xr.apply_ufunc(
        _level, reached, moves, weights, input_core_dims=along, output_core_dims=along[:1]
    )
    return found


def _level(reached: Any, moves: Any, weights: Any) -> Any:
    """The same for plain arrays, whose last axes are category, group and group."""
    moves = moves[..., np.newaxis, :]
    found = np.log(reached) - np.log1p(-reached)
    for _ in range(NEWTON_STEPS):
        share = 1 / (1 + np.exp(-(found[..., np.newaxis] + moves)))
        part = weights * share
        found = found - (part.sum(axis=-1) - reached) / (part * (1 - share)).sum(axis=-1)
    off = abs((weights / (1 + np.exp(-(found[..., np.newaxis] + moves)))).sum(axis=-1) - reached)
    if not (off < 1e-10).all():
        raise hm.ModelError(
            f"no level of disability gives back the baseline over ages (off by {off.max():.1g}); is "
            "baseline_log_odds_per_year per year of age?"
        )
    return 1 / (1 + np.exp(-found))


def death_rate(p: hm.Parameters, time: hm.Time) -> xr.DataArray:
    """Death rate per year of the general population, by cycle and group; at an age `age_offset` years higher.

    The life table's rates rise between two ages by a constant factor, taken from the rates a year apart.
    """
    later = replace(time, start_age=xr.DataArray(time.start_age) + 1)
    growth = np.log(later.life_table(0.5) / time.life_table(0.5))
    rate: xr.DataArray = time.life_table(p.male_share) * np.exp(growth * p.age_offset)
    return rate


def recurrence_rate(p: hm.Parameters, time: hm.Time) -> xr.DataArray:
    """Rate per year of another stroke, by time since the first; from the yearly risks."""
    rate = 0.0 * time.years
    for label, (begin, end) in RECURRENCE_PERIODS.items():
        within = (time.years >= begin) & (time.years < end)
        risk = p.recurrence_risk.sel(years_since_stroke=label, drop=True)
        rate = rate + hm.convert.probability_to_rate(risk, 1.0) * within
    return rate


def transitions(
    p: hm.Parameters, time: hm.Time, *, groups: xr.Dataset, settings: dict[str, float]
) -> dict[tuple[str, str], xr.DataArray]:
    """Probability of each move in one month; what is left over stays put.

    Deaths of the first 90 days fall evenly on those still alive; the survivors then take up their grades. A death rate
    of the first year by grade at discharge would count them again; from the 91st day on there are only `later_moves`.
    """
    shares = disability(p, groups, settings)
    dead = shares.sel(category=DEAD, drop=True)
    die_early = 1 - (1 - dead) ** (1 / ACUTE_CYCLES)
    graded = (1 - die_early) / (1 - dead) * (time.cycle == ACUTE_CYCLES - 1)
    moves = {("acute", state(grade)): graded * shares.sel(category=grade, drop=True) for grade in GRADES}
    return {("acute", "dead"): die_early, **moves, **later_moves(p, time)}


def later_moves(p: hm.Parameters, time: hm.Time) -> dict[tuple[str, str], xr.DataArray]:
    """Death and worsening by grade in one month.

    The general population's death rate times the grade's ratio applies, and nothing else kills: the ratios count those
    who die of another stroke. Survivors of one are left with the worse of two grades: their own, and that of strokes of
    all kinds. At 110 everyone dies.
    """
    general = death_rate(p, time)
    too_old = time.age + time.cycle_years > LAST_AGE - time.cycle_years / 2
    again = hm.rate_to_probability(recurrence_rate(p, time), time.cycle_years)
    die = hm.rate_to_probability(general * p.mortality_ratio_by_mrs, time.cycle_years) * ~too_old + too_old
    another = (1 - die) * again
    moves = {}
    for place, grade in enumerate(GRADES):
        moves[state(grade), "dead"] = die.sel(mrs=grade, drop=True)
        for worse in GRADES[place + 1 :]:
            share = p.recurrence_mrs.sel(category=worse, drop=True)
            moves[state(grade), state(worse)] = another.sel(mrs=grade, drop=True) * share
    return moves


def payoffs(p: hm.Parameters, time: hm.Time, *, groups: xr.Dataset, settings: dict[str, float]) -> hm.Payoffs:
    """Costs by component, QALYs, and the counts that a commissioner asks for."""
    new = hm.by_strategy({"usual care": 0.0, "thrombectomy": 1.0})
    begin = ("start", "acute")
    first: dict[str | tuple[str, str], xr.DataArray | float] = {("acute", "dead"): p.first_90_days_dead}
    first |= {("acute", state(grade)): p.first_90_days_by_mrs.sel(mrs=grade, drop=True) for grade in GRADES}
    later = time.cycle >= ACUTE_CYCLES  # grades are taken up at its end, and would be half counted in the cycle before
    again = recurrence_rate(p, time) * later
    stroke = (p.recurrence_mrs.sel(category=list(GRADES)).rename(category="mrs") * p.first_90_days_by_mrs).sum("mrs")
    stroke = stroke + p.recurrence_mrs.sel(category=DEAD, drop=True) * p.first_90_days_dead
    every = [state(grade) for grade in GRADES]
    cost: Costs = {
        "thrombectomy procedure": {begin: new * p.thrombectomy_procedure},
        "transfer": {begin: new * p.transfer},
        "first 90 days": first,
        "recurrent strokes": dict.fromkeys(every, again * stroke),
    }
    return hm.Payoffs(
        cost=cost | long_term_costs(p, time),
        qaly=quality_of_life(p, time, groups, settings),
        effects={
            "independent_at_90_days": {("acute", state(grade)): 1.0 for grade in ("0", "1", "2")},
            "deaths_by_90_days": {("acute", "dead"): 1.0},
            "survivors_at_90_days": {("acute", state(grade)): 1.0 for grade in GRADES},
            "recurrent_strokes": dict.fromkeys(every, again),
            "years_in_care_home": by_state(p.care_home_share_by_mrs * later),
        },
    )


def long_term_costs(p: hm.Parameters, time: hm.Time) -> Costs:
    """Care by grade in the first year and later, from the 91st day on, by who gives it."""
    cost: Costs = {}
    week = p.care_home_week * p.care_home_public_share * (hm.convert.DAYS_PER_YEAR / 7)
    for period, within, size in (
        ("first year", (time.cycle >= ACUTE_CYCLES) & (time.years < 1), 1.0),
        ("later years", time.years >= 1, p.later_years_relative_to_first),
    ):
        care = p.care_by_mrs * (1 - p.care_home_share_by_mrs) * size
        cost[f"health care, {period}"] = by_state(care * (1 - p.social_care_share) * within)
        cost[f"social care at home, {period}"] = by_state(care * p.social_care_share * within)
        cost[f"care home, {period}"] = by_state(p.care_home_share_by_mrs * week * within)
    return cost


def quality_of_life(
    p: hm.Parameters, time: hm.Time, groups: xr.Dataset, settings: dict[str, float]
) -> dict[str | tuple[str, str], xr.DataArray | float]:
    """QALYs per year by state; in the first 90 days utility moves in a straight line to the survivors' mean at 90 days.

    Utilities fall with age as those of the general population do, from the age at which they were measured.
    """
    age = xr.DataArray(np.minimum(time.age, LAST_AGE))
    adjustment = hm.parameters.population_utility(age, p.male_share) / hm.parameters.population_utility(
        settings["utility_age"], p.male_share
    )
    quality = by_state(p.utility_by_mrs * adjustment - settings["carers"] * p.carer_loss_by_mrs)
    shares = disability(p, groups, settings).sel(category=list(GRADES)).rename(category="mrs")
    mean = (shares * p.utility_by_mrs).sum("mrs") / shares.sum("mrs") * adjustment
    passed = (np.minimum(time.cycle, ACUTE_CYCLES) + 0.5) / ACUTE_CYCLES
    return {"acute": p.utility_at_onset + (mean - p.utility_at_onset) * passed, **quality}


def checks(draws: xr.Dataset, outcomes: xr.Dataset) -> list[hm.verify.Check]:
    """What this model must reproduce in every draw."""
    counted = outcomes["deaths_by_90_days"] + outcomes["survivors_at_90_days"]
    first_90_days = outcomes["cost"].sel(component=["first 90 days"]).sum("component")
    dearest = draws["first_90_days_by_mrs"].max("mrs")
    dearest = dearest.where(dearest > draws["first_90_days_dead"], draws["first_90_days_dead"])
    return [
        hm.verify.check_close(
            "Everyone has died or has a grade at 90 days", counted, xr.ones_like(counted), tolerance=1e-9
        ),
        hm.verify.Check(
            "The first 90 days cost no more on average than the dearest grade",
            bool((first_90_days <= dearest).all()),
            f"largest share of it {float((first_90_days / dearest).max()):.2f}",
        ),
    ]


@dataclass(frozen=True)
class Survey:
    """Published survival by grade, and for whom it is."""

    what: str
    measure: Literal["mean", "median"]
    male_share: float
    age: float
    years: dict[str, str]
    source: str
    difference: str


SURVEYS = (
    Survey(
        what="Life expectancy of men aged 70 with mRS {grade}, in years",
        measure="mean",
        male_share=1.0,
        age=70,
        years={"0": "13", "1": "13", "2": "11", "3": "8", "4": "6", "5": "5"},
        source="Shavelle et al. 2019, 11 studies (general population 14)",
        difference="Each set of ratios by itself. Kunz' shorten mild disability more than this synthesis, Westwood's "
        "shorten severe disability less; further strokes that worsen the grade shorten both.",
    ),
    Survey(
        what="Median survival from six months after the stroke, aged 73, with mRS {grade}, in years",
        measure="median",
        male_share=0.5,
        age=73,
        years={"1": "12.9 (10.0 to 15.9), mRS 0 to 1", "5": "2.5 (1.4 to 3.5)"},
        source="Slot et al., BMJ 2008 (n = 7,710); the cohorts' mean age was not read, 73 is taken",
        difference="Cohorts of the 1980s and 1990s (recalled), when people died younger; Westwood's ratios let those "
        "with mRS 5 live far too long.",
    ),
)


def comparisons(inputs: hm.Inputs) -> list[hm.analysis.Comparison]:
    """Survival by grade beside published figures, for every set of mortality ratios."""
    name = "mortality_ratio_by_mrs"
    several = inputs.alternatives.get(name)
    sets = (
        {option: inputs.varied.get(f"{name}: {option}", inputs) for option in several.options}
        if several
        else {"": inputs}
    )
    found = []
    for survey in SURVEYS:
        for grade, published in survey.years.items():
            lived = {
                option: survival(one.central().assign(male_share=survey.male_share), grade, survey.age)[survey.measure]
                for option, one in sets.items()
            }
            row = hm.analysis.Comparison(
                what=survey.what.format(grade=grade),
                ours=", ".join(f"{years:.1f} {option}".strip() for option, years in lived.items()),
                published=published,
                source=survey.source,
                difference=survey.difference,
            )
            found.append(row)
    return found


def survival(central: xr.Dataset, grade: str, age: float) -> dict[str, float]:
    """Mean and median years lived from a grade at an age on, at central values; further strokes as from the first."""
    model = hm.CohortModel(
        states=[*map(state, GRADES), "dead"],
        strategies=["any"],
        start={state(grade): 1.0},
        cycle_length=CYCLE,
        horizon=f"{LAST_AGE - age:g} years",
        start_age=age,
        life_table="uk-2022-2024",
        discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
        transitions=later_moves,
        payoffs=_nothing_paid,
    )
    alive = 1 - model.trace(central)["mean"].sel(state="dead", strategy="any")
    median = float(np.interp(-0.5, -alive.to_numpy(), alive["years"].to_numpy()))
    return {"mean": float(model.run(central)["life_years"].squeeze()), "median": median}


def _nothing_paid(_: hm.Parameters, __: hm.Time) -> hm.Payoffs:
    return hm.Payoffs(cost={}, qaly={})

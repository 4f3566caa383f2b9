"""The national access model: limits, sums, rotas, and what it refuses, without fitting its evidence."""

from pathlib import Path

import numpy as np
import pytest
import simpy
import xarray as xr

import heemodel as hm

FOLDER = Path(__file__).parents[2] / "models" / "thrombectomy_access"
DRAWS = 40
RULE = {"needed": np.full(3, 6.0), "leave": np.full(3, 0.2), "steepness": np.full(3, 1.0)}
TODAY, LONGER, NEURO, MIXED, THIRTY = (
    "as today",
    "longer hours",
    "24/7 neuroradiologists",
    "24/7 mixed rotas",
    "24/7 mixed rotas at 30 centres",
)


@pytest.fixture(scope="module")
def folder():
    return hm.load_model(FOLDER)


def part(folder, name):
    """A file of the folder, such as rota.py, as a module."""
    return __import__("sys").modules[f"{folder.model_module.__name__.rsplit('.', 1)[0]}.{name}"]


def draws_of(folder, n=DRAWS, **fixed):
    """Draws of all parameters, with made-up ones in place of those fitted and taken over."""
    rng = np.random.default_rng(3)
    places = part(folder, "places").read_places(
        {name: folder.inputs.table(name, "base") for name in ("areas", "units", "centres", "minutes")}
    )
    networks = [name for name, here in zip(places.centres, places.today, strict=True) if here]
    consequences = part(folder, "consequences")
    one = {
        "eligible_early": rng.beta(90, 810, n),
        "eligible_late": rng.beta(13, 220, n),
        "found_out_of_hours": rng.beta(9, 3, n),
        "sent_to_nearest": rng.beta(30, 20, n),
        "diverted": rng.beta(3, 6, n),
        "lost_per_hour": rng.lognormal(-0.8, 0.3, n),
        "found_level": rng.normal(-0.2, 0.3, n),
        "found_growth": rng.normal(0.3, 0.05, n),
        "referred_level": rng.normal(0, 0.2, n),
        "referred_growth": rng.normal(0.15, 0.05, n),
        "arrival_minutes": rng.normal(116, 5, n),
        "out_minutes": rng.normal(135, 8, n),
        "conveyance_wait": rng.normal(15, 2, n),
        "conveyance_factor": rng.normal(1.0, 0.1, n),
    }
    gain = np.zeros((n, len(consequences.OUTCOMES), len(consequences.AT)))
    gain[:, 0] = [1.6, 0.9, 0.5, 1.3, 1.5]
    gain[:, consequences.OUTCOMES.index("social care")] = [-15_000, -11_000, -8_000, -14_000, -9_000]
    gain[:, consequences.OUTCOMES.index("procedures")] = [9_000, 9_000, 9_000, 9_000, 0]
    fitted = xr.Dataset(
        {name: ("sample", values) for name, values in one.items()}
        | {
            "found_effect": (("sample", "network"), rng.normal(0, 0.6, (n, len(networks)))),
            "referred_effect": (("sample", "network"), rng.normal(0, 1.0, (n, len(networks)))),
            "lifetime_gain": (("sample", "outcome", "at"), gain),
            "money_by_year": (
                ("sample", "paid", "since"),
                np.full((n, len(consequences.COSTS), consequences.YEARS_SEEN), -100.0),
            ),
        },
        coords={
            "network": networks,
            "outcome": list(consequences.OUTCOMES),
            "at": list(consequences.AT),
            "paid": list(consequences.COSTS),
        },
    )
    whole = hm.join_draws(fitted, folder.inputs.draw(n, seed=1))
    return whole.assign({name: xr.full_like(whole[name], value) for name, value in fixed.items()})


@pytest.fixture(scope="module")
def draws(folder):
    return draws_of(folder)


def service_of(folder):
    """Everything that does not vary, as the model has it."""
    return folder.model().outcomes.keywords["service"]


def treated(folder, draws):
    """Patients treated in the nation over ten years, as a share of admissions, by strategy and sample."""
    outcomes = folder.model().run(draws)
    share = folder.inputs.subgroups("base")["share"]
    return (outcomes["treated"] * share).sum("group")


# ---------------------------------------------------------------- what it treats


def test_longer_hours_and_more_operators_never_treat_fewer(folder, draws):
    share = treated(folder, draws)
    for fewer, more in ((TODAY, LONGER), (LONGER, NEURO), (NEURO, MIXED)):
        assert (share.sel(strategy=more) >= share.sel(strategy=fewer) * (1 - 2e-3)).all()  # a busy team may lose some
    unhindered = draws_of(folder, lost_if_busy=0.0)
    share = treated(folder, unhindered)
    for fewer, more in ((TODAY, LONGER), (LONGER, NEURO), (NEURO, MIXED)):
        assert (share.sel(strategy=more) >= share.sel(strategy=fewer) - 1e-12).all()


def test_strategies_are_alike_where_their_staffing_is(folder):
    """Without cardiologists mixed rotas are neuroradiologists'; where nothing is lacking, so is everything else."""
    outcomes = folder.model().run(draws_of(folder, cardiologists_willing=0.0))
    xr.testing.assert_allclose(
        outcomes.sel(strategy=MIXED, drop=True), outcomes.sel(strategy=NEURO, drop=True), rtol=1e-12
    )


def test_nobody_is_treated_where_no_hour_is_covered_and_no_centre_is_open(folder, draws):
    service = service_of(folder)
    closed = type(service)(
        places=service.places,
        arrivals=service.arrivals,
        today=np.zeros_like(service.today),
        known=service.known,
        staffing=service.staffing[:1],
        admissions=service.admissions,
    )
    year = next(iter(closed.years(hm.Parameters(draws), closed.staffing[0], 1)))
    assert year.treated.sum() == 0
    assert not part(folder, "rota").covered(np.zeros(3), **RULE).any()


def test_all_who_are_eligible_are_treated_when_nothing_stands_in_the_way(folder):
    limit = draws_of(
        folder,
        found_by_2036=1 - 1e-12,
        referred_by_2036=1 - 1e-12,
        found_level=40.0,
        referred_level=40.0,
        found_out_of_hours=1.0,
        lost_per_hour=0.0,
        lost_if_busy=0.0,
        operators_now=10_000.0,
        years_to_change=1e-6,
        leave=1e-9,
    )
    service = service_of(folder)
    year = next(iter(service.years(hm.Parameters(limit), service.staffing[2], 1)))
    eligible = (limit["eligible_early"] + limit["eligible_late"]).to_numpy() * service.admissions
    np.testing.assert_allclose(year.treated.sum(axis=1), eligible, rtol=1e-6)


def test_areas_regions_and_boards_add_up_to_the_nation(folder, draws):
    service, accounts = service_of(folder), part(folder, "accounts")
    p, staffing = hm.Parameters(draws), service.staffing[3]
    totals = []
    for columns in (("board", "fifth"), ("region",), ("fifth",)):
        division = accounts.Division.by(service, *columns)
        assert division.admissions.sum() == pytest.approx(service.admissions)
        kept = accounts.accounts(p, service, staffing, division, years=2, discount=0.035)
        totals.append([kept.moments[0].sum(axis=1), *(cost.sum(axis=1) for cost in kept.own.values())])
    for other in totals[1:]:
        np.testing.assert_allclose(totals[0], other, rtol=1e-9)


def test_a_new_centre_counts_from_when_it_is_built(folder):
    late = treated(folder, draws_of(folder, new_centre_years=30.0))
    # Until then the two centres that are to close keep the hours of today, and all others are staffed alike.
    np.testing.assert_allclose(late.sel(strategy=THIRTY), late.sel(strategy=MIXED), rtol=0.04)
    soon = treated(folder, draws_of(folder, new_centre_years=0.01))
    assert float(soon.sel(strategy=THIRTY).mean()) != pytest.approx(float(late.sel(strategy=THIRTY).mean()), rel=1e-3)


def test_what_was_lost_to_busy_teams_is_not_lost_again(folder):
    """With the hours and shares of 2023/24 as many are treated as the fit expects, who were so despite busy teams."""
    service, evidence = service_of(folder), folder.evidence_module
    draws = draws_of(folder, n=3, out_minutes=150.0, conveyance_wait=0.0, conveyance_factor=1e-9, lost_if_busy=0.4)
    later = (evidence.TRANSFER_HOURS * 60) - 150.0
    draws["conveyance_wait"] = draws["conveyance_wait"] + later
    tables = {name: folder.inputs.table(name, "base") for name in evidence.NEEDS.tables}
    ways = evidence.ways_of_years(folder.inputs, tables, service.places)
    ways = ways[ways["year"] == 2]
    one = {name: draws[name].to_numpy()[:, None] for name in draws.data_vars if draws[name].dims == ("sample",)}
    at = ways["network"].to_numpy()
    level = {
        stem: (one[f"{stem}_level"] + 2 * one[f"{stem}_growth"] + draws[f"{stem}_effect"].to_numpy())[:, at]
        for stem in ("found", "referred")
    }
    hand, nearest, second = (ways[name].to_numpy() for name in ("hand", "nearest", "second"))
    hours = ways["hours"].to_numpy() - evidence.TYPICAL_HOURS
    sent = hand + (1 - hand) / (1 + np.exp(-(level["referred"] - one["lost_per_hour"] * hours)))
    choice = one["sent_to_nearest"] * nearest + (1 - one["sent_to_nearest"]) * (1 - nearest)
    expected = (
        (one["eligible_early"] + one["eligible_late"])
        / (1 + np.exp(-level["found"]))
        * (ways["office"].to_numpy() + one["found_out_of_hours"] * ways["other"].to_numpy())
        * sent
        * choice
        * (1 - (1 - one["diverted"]) * second)
    ).sum(axis=1)
    then = type(service)(
        places=service.places,
        arrivals=service.arrivals,
        today=service.known,
        known=service.known,
        staffing=service.staffing[:1],
        admissions=service.admissions,
    )
    still = draws.assign(
        {
            f"{stem}_by_2036": 1 / (1 + np.exp(-(draws[f"{stem}_level"] + 2 * draws[f"{stem}_growth"])))
            for stem in ("found", "referred")
        }
    )
    year = next(iter(then.years(hm.Parameters(still), then.staffing[0], 1)))
    np.testing.assert_allclose(year.treated.sum(axis=1), expected, rtol=1e-9)


def test_cardiologists_are_trained_once_and_never_unpaid(folder, draws):
    service, accounts = service_of(folder), part(folder, "accounts")
    division = accounts.Division.by(service, "region")
    kept = accounts.accounts(hm.Parameters(draws), service, service.staffing[3], division, years=10, discount=0.0)
    paid = np.stack([year["training"].sum(axis=1) for year in kept.own_by_year])
    assert (paid >= -1e-9).all()
    posts = [year.operators.cardiologists for year in service.years(hm.Parameters(draws), service.staffing[3], 10)]
    heads = np.max(posts, axis=0).sum(axis=1) / draws["cardiologist_time"].to_numpy()
    np.testing.assert_allclose(paid.sum(axis=0), heads * draws["cardiologist_training_cost"].to_numpy(), rtol=1e-9)


def test_costs_are_those_beyond_today(folder, draws):
    cost = folder.model().run(draws)["cost"].sel(strategy=TODAY)
    own = part(folder, "accounts").OWN_COSTS
    for name in own:
        if name != "transfers":
            assert abs(cost.sel(component=name)).max() < 1e-9


# ---------------------------------------------------------------- rotas and teams


def test_a_rota_covers_evenings_before_nights_and_all_hours_when_it_is_full(folder):
    rota, week = part(folder, "rota"), part(folder, "week")
    few, half, full = rota.covered(np.array([1.0, 3.0, 9.0]), **RULE)
    slots = list(week.SLOTS)
    assert few[slots.index("Mon-Fri 12-15")] == pytest.approx(0.8)
    assert half[slots.index("Mon-Fri 18-21")] == 1
    assert half[slots.index("Sat-Sun 03-06")] == 0
    outside = [slot for slot in range(16) if not week.OFFICE[slot]]
    assert (full[outside] == 1).all()
    short = rota.covered(np.full(3, 3.0), **RULE | {"steepness": np.full(3, 2.0)})[0]
    assert (short[outside] @ week.SLOT_HOURS[outside]) / week.SLOT_HOURS[outside].sum() == pytest.approx(0.25)
    assert rota.needed_for(rota.FILLED, 6.0, 3.0) == pytest.approx(6.0)
    assert (half[outside] @ week.SLOT_HOURS[outside]) / week.SLOT_HOURS[outside].sum() == pytest.approx(0.5)


def test_150_operators_serve_24_centres_round_the_clock(folder, draws):
    """Published: 120 at five each, about 150 in all."""
    service = service_of(folder)
    team = next(iter(service.years(hm.Parameters(draws), service.staffing[3], 1))).operators
    assert 120 < team.needed.sum(axis=1).mean() < 165


def simulated_loss(rate, hours, *, teams, arrivals, seed):
    """Share of arrivals that find every team busy, simulated event by event; a patient takes a fixed time."""
    rng, env = np.random.default_rng(seed), simpy.Environment()
    crews = simpy.Resource(env, capacity=teams)
    lost = []

    def treat():
        with crews.request() as asked:
            yield asked
            yield env.timeout(hours)

    def come():
        for _ in range(arrivals):
            yield env.timeout(rng.exponential(1 / rate))
            busy = crews.count == teams
            lost.append(busy)
            if not busy:
                env.process(treat())

    env.process(come())
    env.run()
    return np.mean(lost)


@pytest.mark.parametrize(("rate", "teams"), [(0.08, 1), (0.3, 1), (0.6, 2)])
def test_busy_teams_are_as_many_as_a_simulation_finds(folder, rate, teams):
    hours, arrivals = 1.75, 40_000
    formula = float(part(folder, "rota").busy(np.array(rate * hours), teams))
    found = simulated_loss(rate, hours, teams=teams, arrivals=arrivals, seed=5)
    assert found == pytest.approx(formula, abs=4 * np.sqrt(formula * (1 - formula) / arrivals) + 0.002)


def test_patients_are_slots_of_the_week_and_later_ones_move_on(folder):
    arrivals = service_of(folder).arrivals
    assert arrivals.share.sum() == pytest.approx(1)
    assert 0.35 < arrivals.in_slots[part(folder, "week").OFFICE].sum() < 0.48  # office hours hold four in ten
    always = np.ones((1, 2, 16))
    np.testing.assert_allclose(arrivals.later(always, np.array([3.05])), always)
    evening = np.zeros((1, 1, 16))
    evening[0, 0, list(part(folder, "week").SLOTS).index("Mon-Fri 18-21")] = 1
    assert arrivals.later(evening, np.array([3.0]))[0, 0].argmax() == list(part(folder, "week").SLOTS).index(
        "Mon-Fri 15-18"
    )


# ---------------------------------------------------------------- consequences


def test_the_parabola_goes_through_the_delays_that_were_worked_out(folder):
    consequences = part(folder, "consequences")
    gain = xr.DataArray([1.6, 0.9, 0.5, 1.3, 1.5], coords={"at": list(consequences.AT)})
    a, b, c, late, slope = consequences.coefficients(gain)
    for delay, known in zip(consequences.DELAYS, (1.6, 0.9, 0.5), strict=True):
        assert a + b * delay + c * delay**2 == pytest.approx(known)
    assert (late, slope) == (1.3, 1.5)


def test_a_draw_stands_alone(folder, draws):
    model = folder.model()
    together, alone = model.run(draws), model.run(draws.isel(sample=[7]))
    xr.testing.assert_allclose(together.isel(sample=[7]), alone, rtol=1e-10)


def test_chunked_draws_give_the_same(folder, draws):
    model = folder.model()
    chunked = model.run(draws.chunk(sample=10)).compute()
    xr.testing.assert_allclose(chunked, model.run(draws), rtol=1e-10)

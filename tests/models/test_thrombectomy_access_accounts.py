"""Sums of the access model: discounting, money by year, hours, levels, and what it takes over from another."""

from pathlib import Path

import numpy as np
import pytest

import heemodel as hm
from tests.models.test_thrombectomy_access import FOLDER, draws_of, part, service_of
from tests.models.test_thrombectomy_lifetime import effects


@pytest.fixture(scope="module")
def folder():
    return hm.load_model(FOLDER)


def test_each_year_is_discounted_from_the_first_on(folder):
    service, accounts = service_of(folder), part(folder, "accounts")
    division = accounts.Division.by(service, "region")
    kept = accounts.accounts(
        hm.Parameters(draws_of(folder, n=3)), service, service.staffing[3], division, years=4, discount=0.1
    )
    weights = [1, 1 / 1.1, 1 / 1.21, 1 / 1.331]
    np.testing.assert_allclose(
        kept.moments[0], sum(weight * year for weight, year in zip(weights, kept.treated, strict=True))
    )
    for name, cost in kept.own.items():
        np.testing.assert_allclose(
            cost, sum(weight * year[name] for weight, year in zip(weights, kept.own_by_year, strict=True)), atol=1e-6
        )


def test_money_of_a_year_is_that_of_all_patients_so_far(folder):
    """In year y, those treated in year t cost what patients cost y − t years after their stroke."""
    draws = draws_of(folder, n=2)
    of_one = draws["money_by_year"].copy(data=np.zeros(draws["money_by_year"].shape))
    of_one.loc[{"paid": "procedures"}] = [100.0, 0, 0, 0, 0]
    of_one.loc[{"paid": "social care"}] = [0.0, -1, -2, -3, -4]
    treated, own = np.array([[10.0, 20, 30, 40, 50, 60]] * 2), np.full((2, 6), 7.0)
    money = part(folder, "follow")._money(hm.Parameters(draws.assign(money_by_year=of_one)), treated, own)
    assert money["cash"][0].tolist() == [1007, 2007, 3007, 4007, 5007]
    assert money["social"][0].tolist() == [0, -10, -20 - 20, -30 - 40 - 30, -40 - 60 - 60 - 40]
    assert money["other"][0].tolist() == [0] * 5


def test_only_those_who_come_outside_office_hours_fare_as_then(folder):
    draws = draws_of(folder, n=3, off_hours_log_odds=-1.0, cardiologist_log_odds=0.0)
    service = service_of(folder)
    office = part(folder, "week").OFFICE
    shifts = []
    for open_ in (np.broadcast_to(office * 1.0, service.today.shape), np.ones_like(service.today)):
        like = type(service)(
            places=service.places,
            arrivals=service.arrivals,
            today=open_,
            known=service.known,
            staffing=service.staffing[:1],
            admissions=service.admissions,
        )
        year = next(iter(like.years(hm.Parameters(draws), like.staffing[0], 1)))
        hand = year.links.at_hand & (year.treated > 0).all(axis=0)
        shifts.append(year.shift[:, hand])
    assert abs(shifts[0]).max() < 1e-12
    outside = service.arrivals.in_slots[~office].sum()
    found = draws["found_out_of_hours"].to_numpy()[:, np.newaxis]
    np.testing.assert_allclose(
        shifts[1], np.broadcast_to(-found * outside / (found * outside + 1 - outside), shifts[1].shape)
    )


def test_levels_go_from_the_last_audit_year_to_2036(folder):
    service = part(folder, "service")
    p = {
        name: np.array([value])
        for name, value in (("found_level", -0.2), ("found_growth", 0.3), ("found_by_2036", 0.8))
    }
    assert service._level(p, "found", service.LAST_KNOWN - service.FIRST) == pytest.approx(-0.2 + 2 * 0.3)
    assert service._level(p, "found", service.THEN - service.FIRST) == pytest.approx(np.log(0.8 / 0.2))


class Fake:
    """Other models' draws, without fitting their evidence."""

    central = False

    def load(self, name):
        return hm.load_model(Path(FOLDER).parent / name)

    def draws(self, folder, *_):
        return hm.join_draws(effects(3), folder.inputs.draw(3, seed=2))


def test_what_a_treatment_brings_is_the_lifetime_models(folder):
    consequences, linked = part(folder, "consequences"), Fake()
    taken = consequences.upstream(linked)
    qaly = taken["lifetime_gain"].sel(outcome="qaly", drop=True)
    early = [qaly.sel(at=at) for at in consequences.AT[:3]]
    assert (early[0] > early[1]).all()
    assert (early[1] > early[2]).all()
    lifetime = linked.load(consequences.LIFETIME)
    draws = linked.draws(lifetime)
    middle = draws.assign(onset_to_reperfusion=0 * draws["onset_to_reperfusion"] + consequences.DELAYS[1])
    better = consequences._run(lifetime, "early", middle.assign(log_odds_ratio=middle["log_odds_ratio"] + 0.2))
    slope = qaly.sel(at=consequences.WORSE)
    np.testing.assert_allclose(better.sel(outcome="qaly") - early[1], 0.2 * slope, rtol=0.15)
    assert taken["money_by_year"].sizes["since"] == consequences.YEARS_SEEN

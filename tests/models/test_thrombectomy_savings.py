"""The savings model against its evidence, published arithmetic, and a calculation on one sheet of paper."""

import numpy as np
import pytest

import heemodel as hm

SCENARIOS = ["case-study", "audit", "trials"]


def point(folder, scenario, horizon="5 years"):
    central = hm.join_draws(folder.evidence(folder.inputs, scenario).central, folder.inputs.central())
    return central, folder.model(folder.inputs, horizon).run(central)


def by_name(results, name):
    return next(result for result in results if result.name == name)


def test_gross_point_saving_is_days_times_cost_per_day(folder):
    _, outcomes = point(folder, "case-study")
    gross = hm.saving(outcomes, comparator="thrombolysis", intervention="thrombectomy").sel(component="stroke unit")
    assert float(gross) == pytest.approx(76 * 31_000 / 90, abs=1e-6)
    assert round(float(gross)) == 26_178


@pytest.mark.parametrize("horizon", ["1 year", "5 years", "lifetime"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_days_and_deaths_in_the_stroke_unit_are_the_evidence(folder, results, scenario, horizon):
    draws = by_name(results, scenario).draws.isel(sample=slice(0, 200))
    outcomes = folder.model(folder.inputs, horizon).run(draws)
    np.testing.assert_allclose(outcomes["bed_days"], draws["mean_stay"], rtol=1e-9)
    np.testing.assert_allclose(outcomes["deaths_in_stroke_unit"], draws["mortality"], rtol=1e-9)
    assert all(check.passed for check in folder.checks(draws, outcomes))


def test_checks_fire_when_the_model_misses_its_evidence(folder, results):
    result = by_name(results, "trials")
    wrong = result.outcomes.assign(bed_days=result.outcomes["bed_days"] * 1.01)
    assert [check.passed for check in folder.checks(result.draws, wrong)] == [False, True, True]


def test_stays_of_any_length_in_a_year_are_met(folder, inputs):
    central, _ = point(folder, "case-study")
    for days in (4.0, 7.0, 100.0, 182.0, 182.625, 183.0, 300.0, 360.0):
        stays = central.assign(mean_stay=central["mean_stay"] * 0 + days)
        outcomes = folder.model(inputs, "1 year").run(stays)
        np.testing.assert_allclose(outcomes["bed_days"], days, rtol=1e-8)
    with pytest.raises(hm.ModelError, match=r"takes 4 to 360"):
        folder.model(inputs, "1 year").run(central.assign(mean_stay=central["mean_stay"] * 0 + 361))


def test_costs_of_the_procedure_are_paid_once_and_not_discounted(folder):
    _, outcomes = point(folder, "case-study", "lifetime")
    cost = outcomes["cost"].sel(strategy="thrombectomy")
    assert float(cost.sel(component="thrombectomy procedure")) == pytest.approx(7_943)
    assert float(cost.sel(component="thrombectomy first day")) == pytest.approx(2_903)
    assert float(outcomes["cost"].sel(strategy="thrombolysis", component="thrombectomy procedure")) == 0.0


def test_care_after_discharge_on_one_sheet_of_paper(folder, inputs):
    """Nursing home cost of one year: weeks alive there after discharge × price × public share."""
    central, outcomes = point(folder, "case-study", "1 year")
    weeks = float(outcomes["years_in_state"].sel(strategy="thrombolysis", state="nursing_home")) * 365.25 / 7
    paid = weeks * 1_026 * inputs.price_factor(inputs.parameters["nursing_home_week"]) * 0.63
    found = float(outcomes["cost"].sel(strategy="thrombolysis", component="nursing home"))
    assert found == pytest.approx(paid, rel=1e-9)
    left = 0.6 * 0.4  # 60% leave alive, 40% of them to a nursing home, after 90 days on average
    assert weeks == pytest.approx(left * (365.25 - 90) / 7, rel=0.03)  # a few die on the way
    assert float(central["mean_stay"].sel(strategy="thrombolysis")) == 90


def test_quality_of_life_by_residence_is_the_mix_of_its_disability(folder):
    counts = {"home": np.array([120, 276, 269, 158, 77, 10]), "nursing_home": np.array([1, 3, 3, 32, 109, 26])}
    utility = np.array([0.817, 0.752, 0.656, 0.552, 0.262, -0.054])
    _, outcomes = point(folder, "case-study", "1 year")
    years = outcomes["years_in_state"].sel(strategy="thrombectomy")
    expected = 0.26 * float(years.sel(state="stroke_unit")) + sum(
        float(years.sel(state=state)) * float(n @ utility / n.sum()) for state, n in counts.items()
    )
    assert float(outcomes["qaly"].sel(strategy="thrombectomy")) == pytest.approx(expected, rel=1e-9)


def test_randomised_evidence_leaves_less_of_the_saving_and_more_doubt(results):
    net = {}
    for result in results:
        saving = hm.saving(result.outcomes, comparator="thrombolysis", intervention="thrombectomy").sum("component")
        net[result.name] = hm.summarise(saving)
    assert net["trials"].value < 0.6 * net["case-study"].value
    assert net["trials"].lower < 0 < net["case-study"].lower


def test_the_same_people_live_longer_over_longer_horizons(folder):
    years = [
        float(point(folder, "trials", h)[1]["life_years"].sel(strategy="thrombectomy"))
        for h in ("1 year", "5 years", "lifetime")
    ]
    assert years[0] < 1 < years[1] < 5 < years[2] < 20


def test_an_immediately_repeated_run_is_identical(folder, results):
    result = by_name(results, "audit")
    again = folder.model(folder.inputs, "5 years").run(result.draws)
    assert again.identical(result.outcomes)


def test_a_horizon_that_would_cut_stays_off_is_refused(folder):
    with pytest.raises(hm.ModelError, match="shorter than the year in which stays end"):
        folder.model(folder.inputs, "6 months")
    with pytest.raises(hm.ModelError, match="number and a unit"):
        folder.model(folder.inputs, "long")

"""The savings model against its evidence, published arithmetic, and a calculation on one sheet of paper."""

import numpy as np
import pytest

import heemodel as hm

SCENARIOS = ["trust", "audit", "national-audit", "trials"]


def point(folder, scenario, horizon="5 years"):
    central = hm.join_draws(folder.evidence(folder.inputs, scenario).central, folder.inputs.central())
    return central, folder.model(folder.inputs, horizon).run(central)


def by_name(results, name):
    return next(result for result in results if result.name == name)


def test_gross_point_saving_is_days_times_cost_per_day(folder):
    _, outcomes = point(folder, "trust")
    gross = hm.decision.saving(outcomes, comparator="thrombolysis", intervention="thrombectomy").sel(
        component="stroke unit"
    )
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
    central, _ = point(folder, "trust")
    for days in (4.0, 7.0, 100.0, 182.0, 182.625, 183.0, 300.0, 360.0):
        stays = central.assign(mean_stay=central["mean_stay"] * 0 + days)
        outcomes = folder.model(inputs, "1 year").run(stays)
        np.testing.assert_allclose(outcomes["bed_days"], days, rtol=1e-8)
    with pytest.raises(hm.ModelError, match=r"takes 4 to 360"):
        folder.model(inputs, "1 year").run(central.assign(mean_stay=central["mean_stay"] * 0 + 361))


POINT = {
    # scenario, horizon: saving per patient by component in the inputs' order; incremental QALYs
    ("trust", "1 year"): [26177.8, -7943.0, -2903.0, 146.1, -1436.6, -159.6, 2795.9, 0.2021],
    ("trust", "5 years"): [26177.8, -7943.0, -2903.0, 146.1, -5665.4, -629.5, 16800.3, 0.8973],
    ("trust", "lifetime"): [26177.8, -7943.0, -2903.0, 146.1, -13245.4, -1471.7, 33807.7, 2.226],
    ("audit", "1 year"): [26177.8, -7943.0, -2903.0, 146.1, -1380.3, -153.4, 2849.2, 0.1904],
    ("audit", "5 years"): [26177.8, -7943.0, -2903.0, 146.1, -5408.8, -601.0, 17030.7, 0.8441],
    ("audit", "lifetime"): [26177.8, -7943.0, -2903.0, 146.1, -12629.9, -1403.3, 34253.0, 2.0995],
    ("trials", "1 year"): [12400.0, -7943.0, -2903.0, 146.1, -663.4, -73.7, 2587.1, 0.0795],
    ("trials", "5 years"): [12400.0, -7943.0, -2903.0, 146.1, -2383.5, -264.8, 13382.3, 0.3103],
    ("trials", "lifetime"): [12400.0, -7943.0, -2903.0, 146.1, -5466.8, -607.4, 26492.3, 0.7876],
}


@pytest.mark.parametrize(("scenario", "horizon"), POINT)
def test_point_results_are_those_of_the_changelog(folder, scenario, horizon):
    """A change here is a change of published numbers: say so in the changelog, with the reason."""
    _, outcomes = point(folder, scenario, horizon)
    saved = hm.decision.saving(outcomes, comparator="thrombolysis", intervention="thrombectomy").sel(
        component=list(folder.inputs.components)
    )
    gained = float(outcomes["qaly"].sel(strategy="thrombectomy") - outcomes["qaly"].sel(strategy="thrombolysis"))
    assert [*np.round(saved.to_numpy(), 1).tolist(), round(gained, 4)] == pytest.approx(
        POINT[scenario, horizon], abs=0.11
    )


def test_costs_of_the_procedure_are_paid_once_and_not_discounted(folder):
    _, outcomes = point(folder, "trust", "lifetime")
    cost = outcomes["cost"].sel(strategy="thrombectomy")
    assert float(cost.sel(component="thrombectomy procedure")) == pytest.approx(7_943)
    assert float(cost.sel(component="thrombectomy first day")) == pytest.approx(2_903)
    assert float(outcomes["cost"].sel(strategy="thrombolysis", component="thrombectomy procedure")) == 0.0


def test_care_after_discharge_on_one_sheet_of_paper(folder, inputs):
    """Nursing home cost of one year: weeks alive there after discharge × price × public share."""
    central, outcomes = point(folder, "trust", "1 year")
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
    _, outcomes = point(folder, "trust", "1 year")
    years = outcomes["years_in_state"].sel(strategy="thrombectomy")
    expected = 0.26 * float(years.sel(state="stroke_unit")) + sum(
        float(years.sel(state=state)) * float(n @ utility / n.sum()) for state, n in counts.items()
    )
    assert float(outcomes["qaly"].sel(strategy="thrombectomy")) == pytest.approx(expected, rel=1e-9)


def test_randomised_evidence_leaves_less_of_the_saving_and_more_doubt(results):
    net = {}
    for result in results:
        saving = hm.decision.saving(result.outcomes, comparator="thrombolysis", intervention="thrombectomy").sum(
            "component"
        )
        net[result.name] = hm.summarise(saving)
    assert net["trials"].value < 0.6 * net["trust"].value
    assert net["trials"].lower < 0 < net["trust"].lower


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


def test_records_of_the_national_audit_follow_from_its_counts():
    """Deaths and disability moved back by the trials' odds ratios; care homes by disability."""
    inputs = hm.read_inputs("models/thrombectomy_savings/inputs.toml")
    ratio = (122 * (633 - 97)) / (97 * (646 - 122))
    died = 603 / (3_671 - 603) * ratio
    without = inputs.data["deaths_national_without"]
    assert without.events == round(646 * died / (1 + died))
    disability = np.array([231, 373, 563, 701, 609, 243])
    care_home = np.array([1 / 126, 3 / 305, 3 / 328, 32 / 317, 109 / 239, 26 / 41])
    share = disability / disability.sum()
    log_odds = np.log(np.cumsum(share)[:-1] / (1 - np.cumsum(share)[:-1])) - np.log(2.04)
    moved = np.diff(np.concatenate([[0.0], 1 / (1 + np.exp(-log_odds)), [1.0]]))
    for name, shares in (("home_national_with", share), ("home_national_without", moved)):
        record = inputs.data[name]
        assert record.events == round(record.n * (1 - float(shares @ care_home)))


def test_with_the_stays_of_the_audit_the_saving_is_gone():
    model = hm.load_model("models/thrombectomy_savings")
    inputs = model.inputs
    central = hm.join_draws(model.evidence(inputs, "national-audit").central, inputs.central())
    cost = model.model(scenario="national-audit").run(central)["cost"].sum("component")
    extra = float(cost.sel(strategy="thrombectomy") - cost.sel(strategy="thrombolysis"))
    assert extra == pytest.approx(2_109, abs=1)

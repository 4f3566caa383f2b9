"""The lifetime model of thrombectomy: faces that it must show whatever the evidence says."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import load_model

FOLDER = Path(__file__).parents[2] / "models" / "thrombectomy_lifetime"
GRADES = list("012345")
WINDOWS = ["early", "late", "large"]
DRAWS = 200


@pytest.fixture(scope="module")
def folder():
    return load_model(FOLDER)


@pytest.fixture(scope="module")
def life(folder):
    """The module model.py, for its parts."""

    return folder.model_module


def effects(n: int | None, centre: float = 0.8, spread: float = 0.15) -> xr.Dataset:
    """Draws of an effect as the evidence model gives them, without fitting it."""
    treatments = ["usual care", *(f"thrombectomy, {window}" for window in WINDOWS)]
    rng = np.random.default_rng(1)
    shape = (1 if n is None else n, 3)
    effect = np.concatenate([np.zeros((shape[0], 1)), rng.normal(centre, spread if n else 0, shape)], axis=1)
    stretch = np.zeros((shape[0], 4, 5))
    stretch[:, 1:] = rng.normal(0, 0.1 if n else 0, (shape[0], 3, 5))
    found = xr.Dataset(
        {
            "log_odds_ratio": (("sample", "treatment"), effect),
            "stretch": (("sample", "treatment", "inner"), stretch),
        },
        coords={"sample": range(shape[0]), "treatment": treatments, "inner": list("12345")},
    )
    return found if n else found.isel(sample=0, drop=True)


def central(inputs: hm.Inputs, centre: float = 0.8) -> xr.Dataset:
    return hm.join_draws(effects(None, centre), inputs.central())


@pytest.fixture(scope="module")
def cohort(folder):
    return folder.model(folder.inputs, "lifetime", "within-24-hours")


@pytest.fixture(scope="module")
def draws(folder):
    return hm.join_draws(effects(DRAWS), folder.inputs.draw(DRAWS, seed=1))


@pytest.fixture(scope="module")
def outcomes(cohort, draws):
    return cohort.run(draws)


@pytest.fixture(scope="module")
def trace(cohort, draws):
    return cohort.trace(draws.isel(sample=slice(0, 20)))["mean"]


def test_nobody_lives_past_110(trace, folder):
    ages = folder.inputs.subgroups("within-24-hours")["start_age"]
    for group in ages["group"].values:
        alive = 1 - trace.sel(state="dead", group=group)
        assert float(alive.isel(cycle=slice(round((110 - float(ages.sel(group=group))) * 12), None)).max()) < 1e-12


def test_deaths_of_the_first_year_are_those_of_90_days_and_then_the_life_table_s(folder, life):
    """The trap: a first-year death rate by grade at discharge would count early deaths twice."""
    inputs = folder.inputs
    p = central(inputs).assign(recurrence_risk=inputs.central()["recurrence_risk"] * 0)
    model = folder.model(inputs, "1 year", "early")
    dead = model.trace(p)["mean"].sel(state="dead").isel(cycle=-1)
    groups = inputs.subgroups("early")
    shares = life.disability(hm.Parameters(p), groups, settings(folder))
    table = hm.parameters.life_table("uk-2022-2024")
    for group in groups["group"].values:
        age = float(groups["start_age"].sel(group=group))
        ages = xr.DataArray([age + 0.25, age + 1.0], dims="age")
        general = table.survival(ages, p["male_share"], start_age=age)
        hazard = -np.log(float(general[1]) / float(general[0]))
        for strategy in ("usual care", "thrombectomy"):
            mine = shares.sel(group=group, strategy=strategy)
            ratios = p["mortality_ratio_by_mrs"].to_numpy()
            later = sum(float(mine.sel(category=g)) * -np.expm1(-hazard * ratios[int(g)]) for g in GRADES)
            expected = float(mine.sel(category="6")) + later
            assert float(dead.sel(group=group, strategy=strategy)) == pytest.approx(expected, rel=1e-9)


def test_life_expectancy_at_75_is_the_life_table_s_where_the_ratio_is_1_and_falls_with_the_grade(folder, life):
    inputs = folder.inputs
    p = inputs.central()
    alike = p.assign(mortality_ratio_by_mrs=p["mortality_ratio_by_mrs"] * 0 + 1, male_share=1.0)
    months = xr.DataArray(75 + np.arange(35 * 12 + 1) / 12, dims="age")
    reached = hm.parameters.life_table("uk-2022-2024").survival(months, 1.0, start_age=75).to_numpy()
    reached[-1] = 0
    expected = np.trapezoid(reached) / 12
    assert life.survival(alike, "0", 75)["mean"] == pytest.approx(expected, rel=1e-6)
    assert expected == pytest.approx(11.4, abs=0.5)  # men of 75 live another 11 to 12 years
    kunz = inputs.varied["mortality_ratio_by_mrs: kunz"].central()
    lived = [life.survival(kunz, grade, 75)["mean"] for grade in GRADES]
    assert lived == sorted(lived, reverse=True) or lived[0] == pytest.approx(lived[1], rel=0.01)
    assert lived[0] < 11.5 + 1.5
    assert lived[5] < 0.5 * lived[0]


def test_costs_by_payer_by_phase_and_by_grade_each_add_up_to_the_total(folder, cohort, draws, outcomes):
    few = draws.isel(sample=slice(0, 20))
    total = outcomes["cost"].isel(sample=slice(0, 20)).sum("component")
    tags = folder.inputs.components
    for what in ("payer", "step"):
        by = {getattr(part, what) for part in tags.values()}
        parts = [
            outcomes["cost"]
            .isel(sample=slice(0, 20))
            .sel(component=[name for name, part in tags.items() if getattr(part, what) == one])
            .sum("component")
            for one in by
        ]
        np.testing.assert_allclose(sum(parts), total, rtol=1e-12)
    by_state = cohort.run(few, by="state")["cost"]
    np.testing.assert_allclose(by_state.sum(["state", "component"]).transpose(*total.dims), total, rtol=1e-10)
    assert float(by_state.sel(state="dead").sum("component").min()) > 0  # the stay of those who die


def test_swapping_arms_negates(outcomes):
    there = hm.CostEffectiveness(outcomes.mean("group"), comparator="usual care")
    back = hm.CostEffectiveness(outcomes.mean("group"), comparator="thrombectomy")
    np.testing.assert_allclose(
        there.incremental(there.cost).sel(strategy="thrombectomy"),
        -back.incremental(back.cost).sel(strategy="usual care"),
    )


def test_without_an_effect_thrombectomy_costs_its_price_and_gains_nothing(folder):
    model = folder.model(folder.inputs, "lifetime", "late")
    p = central(folder.inputs, centre=0.0)
    found = model.run(p)
    difference = found.sel(strategy="thrombectomy") - found.sel(strategy="usual care")
    price = float(p["thrombectomy_procedure"] + p["transfer"])
    np.testing.assert_allclose(difference["cost"].sum("component"), price, rtol=1e-9)
    np.testing.assert_allclose(difference["qaly"], 0, atol=1e-9)


def test_care_by_grade_begins_with_the_91st_day(folder):
    found = folder.model(folder.inputs, "3 months", "early").run(central(folder.inputs))
    cost = found["cost"].sum(["strategy", "group"]).to_series()
    assert set(cost[cost == 0].index) == {
        *("recurrent strokes", "health care, first year", "health care, later years"),
        *("social care at home, first year", "social care at home, later years"),
        *("care home, first year", "care home, later years"),
    }
    assert not found["recurrent_strokes"].any()
    assert not found["years_in_care_home"].any()


def test_a_group_s_mean_age_need_not_be_whole(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "model", ignore=shutil.ignore_patterns("__pycache__"))
    text = (FOLDER / "inputs.toml").read_text(encoding="utf-8")
    path = tmp_path / "model" / "inputs.toml"
    path.write_text(
        text.replace('start_age = { "under 60" = 51,', 'start_age = { "under 60" = 51.3,'), encoding="utf-8"
    )
    changed = load_model(tmp_path / "model")
    model = changed.model(changed.inputs, "lifetime", "early")
    assert max(model.start_age.values()) == 85
    assert min(model.start_age.values()) == 51.3
    alive = 1 - model.trace(central(changed.inputs))["mean"].sel(state="dead")
    assert float(alive.isel(cycle=-1).max()) < 1e-12


def test_a_larger_effect_gains_more_and_younger_patients_gain_most(folder):
    model = folder.model(folder.inputs, "lifetime", "early")
    gains = []
    for effect in (0.2, 0.8, 2.0):
        qaly = model.run(central(folder.inputs, effect))["qaly"]
        gains.append(qaly.sel(strategy="thrombectomy") - qaly.sel(strategy="usual care"))
    assert bool((gains[0] < gains[1]).all())
    assert bool((gains[1] < gains[2]).all())
    by_age = gains[1].to_numpy().tolist()  # groups run from young to old
    assert by_age == sorted(by_age, reverse=True)


def test_a_delay_lowers_the_gain_in_the_early_window_alone(folder):
    inputs = folder.inputs
    later = inputs.varied["hour-later"]
    for scenario, falls in (("early", True), ("late", False)):
        gain = [
            float(
                folder.model(one, "lifetime", scenario)
                .run(central(one))["qaly"]
                .mean("group")
                .diff("strategy")
                .squeeze()
            )
            for one in (inputs, later)
        ]
        assert (gain[1] < gain[0] - 0.02) is falls
        if not falls:
            assert gain[1] == pytest.approx(gain[0], rel=1e-12)


def test_further_strokes_cost_money_and_health(folder):
    model = folder.model(folder.inputs, "lifetime", "early")
    p = central(folder.inputs)
    none = model.run(p.assign(recurrence_risk=p["recurrence_risk"] * 0))
    some = model.run(p)
    assert bool((some["qaly"] < none["qaly"]).all())
    assert float(none["recurrent_strokes"].max()) < 1e-12
    assert 0.03 < float(some["recurrent_strokes"].min()) < float(some["recurrent_strokes"].max()) < 1


def test_extreme_inputs_behave(folder):
    model = folder.model(folder.inputs, "lifetime", "early")
    p = central(folder.inputs)
    doomed = p.assign(mortality_ratio_by_mrs=p["mortality_ratio_by_mrs"] * 1e6)
    assert float(model.run(doomed)["life_years"].max()) < 0.5
    spared = p.assign(mortality_ratio_by_mrs=p["mortality_ratio_by_mrs"] * 1e-9)
    survivors = model.run(spared)["survivors_at_90_days"]
    years = 110 - folder.inputs.subgroups("early")["start_age"]
    np.testing.assert_allclose(
        model.run(spared)["years_in_state"].sel(state=[f"mRS {g}" for g in GRADES]).sum("state"),
        (survivors * (years - 0.25)).transpose("strategy", "group") + 0 * survivors,
        rtol=2e-3,
    )
    money = [name for name, one in folder.inputs.read_by_model().items() if one.unit.startswith("£")]
    free = model.run(p.assign({name: p[name] * 0 for name in money}))
    assert float(np.abs(free["cost"]).max()) < 1e-12


def test_the_checks_pass_and_one_of_them_can_fail(folder, draws, outcomes):
    assert all(check.passed for check in folder.checks(draws, outcomes))
    wrong = outcomes.assign(deaths_by_90_days=outcomes["deaths_by_90_days"] * 1.01)
    assert not all(check.passed for check in folder.checks(draws, wrong))
    dear = outcomes.assign(cost=outcomes["cost"] * 10)
    assert not all(check.passed for check in folder.checks(draws, dear))


def test_the_evidence_names_treatments_by_window_and_a_single_trial_has_fixed_effects(folder):
    found = folder.evidence(folder.inputs, "early")
    assert found.coords["treatment"] == ("usual care", *(f"thrombectomy, {window}" for window in WINDOWS))
    assert found.options == {"effects": "random", "odds": "partial"}
    assert len(found.coords["trial"]) == 17
    assert folder.evidence(folder.inputs.varied["heggie-lifetime"], "early").options["effects"] == "fixed"
    assert any("do not add up to n" in said for said in found.cautions)


def test_survival_beside_published_figures(folder):
    rows = {row.what: row for row in folder.comparisons(folder.inputs)}
    assert len(rows) == 8
    assert all("kunz" in row.ours and "westwood" in row.ours and row.difference for row in rows.values())


MISTAKES = {
    'unit = "log odds ratio per hour"': ('unit = "odds ratio"', "the model takes 'log odds ratio per hour'"),
    "[parameters.care_home_week]": ("[parameters.care_home_weak]", "did you mean 'care_home_week'?"),
    "counts = [60, 103": ("counts = [60, -103", "is -103; it must be 0 or more"),
    'labels = ["0", "1", "2", "3", "4", "5"]\ndistribution = "beta"': (
        'labels = ["0", "1", "2", "3", "4", "V"]\ndistribution = "beta"',
        "use the same labels",
    ),
    '"80 and over" = 85 }': ('"80 and over" = 110 }', "ages of groups must lie between 18 and 109"),
    'groups.window = ["late"]': ('groups.window = ["basilar"]', "has no group 'basilar'"),
    "value = 286\nstandard_error": ('value = "286"\nstandard_error', "write the number without quotes"),
}


@pytest.mark.parametrize("before", MISTAKES)
def test_bad_input_is_told_with_its_place_and_cure(before, tmp_path):
    after, said = MISTAKES[before]
    shutil.copytree(FOLDER, tmp_path / "model", ignore=shutil.ignore_patterns("__pycache__"))
    text = (FOLDER / "inputs.toml").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "model" / "inputs.toml").write_text(text.replace(before, after), encoding="utf-8")

    def run():
        changed = load_model(tmp_path / "model")
        changed.model(changed.inputs, "lifetime", "within-24-hours")

    with pytest.raises(hm.HeemodelError) as told:
        run()
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("patients\nearly,ESCAPE,thrombectomy,25", "patients\nearly,ESCAPE,thrombectomy,-25", "-25"),
        ("early,ESCAPE,usual care", "early,ESCAPE,usual-care", "trial ESCAPE: 'usual-care' is none of"),
        ("patients\nearly,ESCAPE,thrombectomy,25", "patients\nearly,ESCAPE,thrombectomy,", "count"),
    ],
)
def test_a_slip_in_the_trials_is_told(before, after, said, tmp_path):
    shutil.copytree(FOLDER, tmp_path / "model", ignore=shutil.ignore_patterns("__pycache__"))
    text = (FOLDER / "trials.csv").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "model" / "trials.csv").write_text(text.replace(before, after), encoding="utf-8")
    changed = load_model(tmp_path / "model")
    with pytest.raises(hm.evidence.EvidenceError, match=said):
        changed.evidence(changed.inputs, "early")


def test_a_horizon_shorter_than_the_first_90_days_is_refused(folder):
    with pytest.raises(hm.ModelError, match="shorter than the first 90 days"):
        folder.model(folder.inputs, "1 month", "early")


def test_a_window_is_the_same_alone_and_beside_another(folder, draws, outcomes):
    alone = folder.model(folder.inputs, "lifetime", "late").run(draws.isel(sample=slice(0, 5)))
    beside = outcomes.isel(sample=slice(0, 5)).sel(group=alone["group"])
    np.testing.assert_allclose(alone["qaly"], beside["qaly"], rtol=1e-9)


@pytest.mark.parametrize("scenario", ["within-24-hours", "early", "late", "large-core"])
def test_every_scenario_reads_every_parameter(folder, scenario):
    model = folder.model(folder.inputs, "lifetime", scenario)
    model.check_parameters(central(folder.inputs), must_be_read=folder.inputs.read_by_model())


def test_all_ages_together_have_the_baseline_that_was_put_in(folder, life, draws):
    groups = folder.inputs.subgroups("within-24-hours")
    shares = life.disability(hm.Parameters(draws.assign(age_offset=draws["age_offset"] * 0)), groups, settings(folder))
    for window in ("early", "late"):
        weights = groups["share"].where(groups["window"] == window, 0.0)
        together = shares.sel(strategy="usual care").weighted(weights).mean("group").transpose("sample", "category")
        np.testing.assert_allclose(together, draws[f"baseline_{window}"], atol=1e-10)
    old, young = (shares.sel(strategy="usual care", group=f"early, {age}") for age in ("80 and over", "under 60"))
    assert bool((old.sel(category="6") > young.sel(category="6")).all())


@pytest.mark.parametrize("minutes", [120, 200, 400, 480])
def test_every_plausible_delay_leaves_distributions_in_every_draw(folder, life, draws, minutes):
    groups = folder.inputs.subgroups("early")
    p = hm.Parameters(draws.assign(onset_to_reperfusion=draws["onset_to_reperfusion"] * 0 + minutes))
    shares = life.disability(p, groups, settings(folder))
    assert float(shares.min()) > 0
    np.testing.assert_allclose(shares.sum("category"), 1, atol=1e-12)


def settings(folder):
    return {name: setting.value for name, setting in folder.inputs.settings.items()}

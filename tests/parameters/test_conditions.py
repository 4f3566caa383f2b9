"""Sentences and bodies of evidence that hold under stated conditions, and words that were left as they were."""

import pytest

import heemodel as hm
from heemodel.analysis.tables.saving import claim_volumes
from heemodel.parameters import InputError

SHIPPED = "models/thrombectomy_savings"
OURS = {
    "about.organisation": "A trust",
    "settings.annual_volume": {"value": 85},
    "data.deaths_before": {"events": 52, "n": 130},
    "data.stay_before": {"mean": 41, "sd": 38, "n": 130},
}


@pytest.fixture(scope="module")
def shipped(inputs):
    return hm.load_model(inputs.path.parent).inputs


def test_limits_hold_for_the_figures_that_they_are_about(shipped):
    run = list(shipped.scenarios)
    before = shipped.limits(run)
    after = shipped.with_changes(OURS).limits(run)
    assert any("90 days is a norm" in limit for limit in before)
    assert not any("published 90 days" in limit or "in place of 90 days" in limit for limit in after)
    assert set(after) < set(before)


def test_limits_hold_for_the_scenarios_that_are_run(shipped):
    assert any("50 matched patients" in limit for limit in shipped.limits(["trials"]))
    assert not any("50 matched patients" in limit for limit in shipped.limits(["trust"]))


def test_notes_hold_where_there_is_a_claim(shipped):
    assert "claim" in shipped.notes(["trust"])
    without = shipped.with_changes({"claim": None})
    assert without.claim is None
    assert "claim" not in without.notes(["trust"])


def test_volumes_of_the_published_trust_are_not_those_of_another(shipped):
    assert [volume.value for volume in shipped.volumes()] == [49, 71, 92, 100, 150, 200]
    other = shipped.with_changes(OURS)
    assert [(volume.value, volume.why) for volume in other.volumes()] == [(100, None), (150, None)]
    assert claim_volumes(other) == [85, 100, 150]
    assert shipped.with_changes({"claim": None}).volumes() == []


def test_a_published_figure_of_ones_own_is_asked_what_it_counts(shipped):
    ours = shipped.with_changes({"claim.value": 1_500_000, "claim.source": "Board paper"})
    assert ours.unrevised() == [(("claim",), ["rationale", "components"])]
    assert "claim" not in ours.notes(["trust"])


def test_a_price_year_is_a_condition(shipped):
    thresholds = "Thresholds of 2022"
    assert any(thresholds in limit for limit in shipped.limits(["trust"]))
    assert not any(
        thresholds in limit for limit in shipped.with_changes({"about.price_year": "2023/24"}).limits(["trust"])
    )


def test_a_body_of_evidence_about_other_figures_is_not_run(shipped):
    assert shipped.unmet("audit") == []
    assert "data.deaths_before.events is 52, not 40" in shipped.with_changes(OURS).unmet("audit")
    with pytest.raises(hm.HeemodelError, match=r"audit.*does not hold.*52, not 40"):
        hm.analyse(hm.load_model(SHIPPED), inputs=shipped.with_changes(OURS), scenarios=["audit"], draws=100)


@pytest.mark.parametrize(
    ("condition", "meant"),
    [
        ('when.scenarios = ["trial"]', "did you mean 'trials'"),
        ('when.values."data.stay_befor.mean" = 90', "data.stay_before"),
        ('when.values."data.stay_before.means" = 90', "did you mean 'mean'"),
        ('when.values."dat.stay_before.mean" = 90', "did you mean 'data'"),
        ("when.claims = true", "[about.limits.when.claims] unknown key; did you mean 'claim'"),
    ],
)
def test_a_condition_that_names_almost_something_is_refused(inputs, tmp_path, condition, meant):
    text = inputs.source.text.replace("limits = [\n", f'limits = [\n    {{ text = "A limit.", {condition} }},\n', 1)
    (tmp_path / "inputs.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        hm.read_inputs(tmp_path / "inputs.toml")
    assert meant in str(refused.value)


def test_what_was_removed_ends_its_conditions_without_a_mistake(inputs, tmp_path):
    text = inputs.source.text.replace('when.scenarios = ["trials"]', 'when.scenarios = ["a registry"]')
    (tmp_path / "inputs.toml").write_text(text, encoding="utf-8")
    read = hm.read_inputs(tmp_path / "inputs.toml")
    assert not any("50 matched patients" in limit for limit in read.limits(list(read.scenarios)))


def test_words_about_the_figures_before_are_listed(shipped):
    assert shipped.unrevised() == []
    left = dict(shipped.with_changes({k: v for k, v in OURS.items() if k != "about.organisation"}).unrevised())
    assert left["data", "stay_before"] == ["source", "rationale"]
    assert left["settings", "annual_volume"] == ["source", "rationale"]
    assert left["about", "organisation"] == ["organisation"]
    assert ("data", "stay_after") not in left
    said = {"events": 52, "n": 130, "source": "Our records", "rationale": "Counted.", "status": "read", "assumed": []}
    assert shipped.with_changes({"data.deaths_before": said, "about.organisation": "A trust"}).unrevised() == []
    half = {**said, "rationale": shipped.data["deaths_before"].rationale}
    changed = shipped.with_changes({"data.deaths_before": half, "about.organisation": "A trust"})
    assert changed.unrevised() == [(("data", "deaths_before"), ["rationale"])]


def test_a_share_takes_the_place_of_counts_and_is_counted_to_the_nearest(shipped):
    inputs = shipped.with_changes({"data.home_before": {"share": 0.55, "n": 78, "assumed": ["n"]}})
    record = inputs.data["home_before"]
    assert (record.events, record.share, record.counted) == (None, 0.55, 43)
    row = inputs.evidence("trust", "home").set_index("strategy").loc["thrombolysis"]
    assert (row["events"], row["n"]) == (43, 78)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"share": 55}, "write 17% as 0.17"),
        ({"events": 4, "share": 0.5}, "events and share"),
        ({"events": 40, "sd": 3.0}, "no mean"),
        ({"events": None}, "has no result"),
        ({"quartiles": [5.0, 4.0, 9.0], "events": None}, "ascending"),
    ],
)
def test_records_that_cannot_be_are_refused(shipped, record, reason):
    with pytest.raises(InputError, match=reason):
        shipped.with_changes({"data.deaths_before": record})


def test_a_cost_per_day_is_taken_where_90_days_are_wanted(shipped):
    daily = {"value": 412, "standard_error": 60, "unit": "£ per day", "price_year": "2017/18"}
    inputs = shipped.with_changes({"parameters.stroke_unit_90_days": daily})
    assert float(inputs.central()["stroke_unit_90_days"]) == pytest.approx(412 * 90)
    drawn = inputs.draw(2_000, seed=1)["stroke_unit_90_days"]
    same = {**daily, "value": 412 * 90, "standard_error": 60 * 90, "unit": "£ per 90 days"}
    other = shipped.with_changes({"parameters.stroke_unit_90_days": same}).draw(2_000, seed=1)["stroke_unit_90_days"]
    assert drawn.to_numpy() == pytest.approx(other.to_numpy(), rel=1e-12)
    assert drawn.attrs["unit"] == "£ per 90 days"
    assert inputs.plausible_range(("parameters", "stroke_unit_90_days")) == pytest.approx((200, 65_000 / 90))


def test_the_range_of_a_figure_stays_when_its_record_is_replaced(shipped):
    cheap = shipped.with_changes({"parameters.stroke_unit_90_days": {"value": 412, "standard_error": 60}})
    figure, usual = (
        cheap.parameters["stroke_unit_90_days"],
        cheap.plausible_range(("parameters", "stroke_unit_90_days")),
    )
    assert figure.outside(usual) == 412
    assert shipped.plausible_range(("data", "stay_matched_control")) == (7, 200)
    assert shipped.plausible_range(("data", "deaths_before")) is None


def test_stays_in_weeks_are_stays_in_days(shipped):
    weeks = shipped.with_changes({"data.stay_before": {"mean": 6.0, "sd": 5.0, "unit": "weeks"}})
    row = weeks.evidence("trust", "stays").set_index("strategy").loc["thrombolysis"]
    assert (row["mean"], row["sd"]) == (42.0, 35.0)

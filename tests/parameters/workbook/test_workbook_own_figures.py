"""A user's own figures, filled in on the first sheet, as the model takes them."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from heemodel.parameters import InputError, read_changes, with_file, write_workbook
from heemodel.parameters.workbook.own import figures_of
from heemodel.parameters.workbook.own_changes import Filled, own_changes
from tests.parameters.workbook.trust import TRUST, cell_of


@pytest.fixture
def trust(savings, fill):
    """The inputs with the trust's figures."""
    return savings.with_changes(read_changes(fill(TRUST), savings))


def test_a_trusts_figures_are_taken_in_one_attempt(trust):
    assert trust.about.organisation == "Anytown NHS Trust"
    assert trust.annual_volume == 85
    assert trust.claim is None
    deaths = trust.evidence("trust", "deaths").set_index("strategy")
    assert deaths.loc["thrombolysis", ["events", "n"]].tolist() == [52, 130]
    assert deaths.loc["thrombectomy", ["events", "n"]].tolist() == [31, 160]
    stays = trust.evidence("trust", "stays").set_index("strategy")
    assert stays.loc["thrombolysis", ["mean", "sd", "n"]].tolist() == [41, 38, 130]
    home = trust.evidence("trust", "home").set_index("strategy")
    assert home["events"].tolist() == [round(0.55 * 78), round(0.78 * 129)]


def test_money_is_converted_and_keeps_its_relative_uncertainty(trust, savings):
    ninety_days, own = trust.parameters["stroke_unit_90_days"], savings.parameters["stroke_unit_90_days"]
    assert float(trust.central()["stroke_unit_90_days"]) == pytest.approx(412 * 90)
    assert ninety_days.standard_error / ninety_days.value == pytest.approx(own.standard_error / own.value, rel=1e-15)
    assert "standard error was not given" in ninety_days.rationale


def test_money_by_the_day_and_by_90_days_is_drawn_alike(savings, fill):
    """What is taken in proportion is not rounded, so that the unit in which a figure is given moves nothing."""
    place = "parameters.stroke_unit_90_days.value"
    by_day = with_file(fill(TRUST), savings).draw(50, seed=1)
    by_90_days = with_file(fill(TRUST | {place: 412 * 90, (place, "Unit"): "£ per 90 days"}), savings).draw(50, seed=1)
    xr.testing.assert_allclose(by_day, by_90_days, rtol=1e-14)


def test_nothing_of_the_template_is_left_in_the_words(trust, savings):
    assert trust.unrevised() == []
    for name in ("deaths_before", "stay_after", "home_before"):
        record = trust.data[name]
        assert (record.status, record.assumed) == ("read", [])
        assert record.source == TRUST["yours.source"]
        assert "Anytown" in record.rationale
    assert trust.data["deaths_trials_control"] == savings.data["deaths_trials_control"]


def test_a_row_that_says_its_own_source_keeps_it(savings, fill):
    words = {
        ("settings.annual_volume.value", "Where it is from"): "Operations board",
        ("settings.annual_volume.value", "Status"): "derived",
        ("settings.annual_volume.value", "Why"): "Two years' mean.",
    }
    volume = savings.with_changes(read_changes(fill(TRUST | words), savings)).settings["annual_volume"]
    assert (volume.source, volume.status, volume.rationale) == ("Operations board", "derived", "Two years' mean.")


def test_words_alone_change_the_words_alone(savings, fill):
    path = fill({("settings.annual_volume.value", "Where it is from"): "Checked again"})
    assert read_changes(path, savings) == {"settings": {"annual_volume": {"source": "Checked again"}}}


def test_a_result_called_assumed_says_what_is(savings, fill):
    path = fill(TRUST | {("data.deaths_before.events", "Status"): "assumed"})
    assert savings.with_changes(read_changes(path, savings)).data["deaths_before"].assumed == ["events"]


@pytest.mark.parametrize(
    ("value", "shown", "share"), [(55, "General", 0.55), (0.55, "0%", 0.55), ("55", "@", 0.55), (0, "General", 0)]
)
def test_percentages_are_read_as_they_are_meant(savings, fill, value, shown, share):
    def as_shown(book):
        cell_of(book["Your trust"], "data.home_before.share").number_format = shown

    values = {"yours.source": "S", "data.home_before.share": value, "data.home_before.n": 78}
    changes = read_changes(fill(values, then=as_shown), savings)
    assert changes["data"]["home_before"]["share"] == share


def test_quartiles_stand_in_for_mean_and_deviation(savings, fill):
    quartiles = {f"data.stay_before.quartiles[{at}]": days for at, days in enumerate((12, 28, 55))}
    ours = savings.with_changes(
        read_changes(fill({"yours.source": "S", **quartiles, "data.stay_before.n": 130}), savings)
    )
    record = ours.data["stay_before"]
    assert (record.quartiles, record.mean, record.sd) == ([12, 28, 55], None, None)


def test_a_mean_without_its_deviation_does_not_keep_the_models_own(savings, fill, tmp_path):
    spread = savings.with_changes({"data.stay_before.sd": 60})
    values = {"yours.source": "S", "data.stay_before.mean": 41, "data.stay_before.n": 130}
    path = fill(values, start=write_workbook(spread, tmp_path / "blank.xlsx"))
    record = spread.with_changes(read_changes(path, spread)).data["stay_before"]
    assert (record.mean, record.sd) == (41, None)


def test_the_models_own_share_stands_in_per_cent_beside_the_cell(savings, tmp_path):
    ours = savings.with_changes({"data.home_before": {"share": 0.55, "n": 78, "assumed": ["n"]}})
    page = load_workbook(write_workbook(ours, tmp_path / "blank.xlsx"))["Your trust"]
    assert cell_of(page, "data.home_before.share", "The model's own figure").value == pytest.approx(55)


def test_a_stay_in_weeks_is_turned_into_days(savings, fill):
    values = {"yours.source": "S", "data.stay_before.mean": 6, "data.stay_before.n": 130}
    path = fill(values | {("data.stay_before.mean", "Unit"): "weeks"})
    stays = savings.with_changes(read_changes(path, savings)).evidence("trust", "stays").set_index("strategy")
    assert stays.loc["thrombolysis", "mean"] == pytest.approx(42)


def test_rows_may_be_sorted_and_columns_added(savings, fill):
    def sort(book):
        page = book["Your trust"]
        page.move_range(f"A7:L{page.max_row}", rows=3)
        page.insert_cols(2)
        page.cell(6, 2).value = "My notes"

    assert read_changes(fill(TRUST, then=sort), savings) == read_changes(fill(TRUST), savings)


@given(value=st.floats(1, 1e6), error=st.floats(0.01, 0.9))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_a_spread_left_empty_is_as_large_in_proportion(savings, value, error):
    template = savings.with_changes({"parameters.thrombolysis.standard_error": error * 828})
    figure = next(f for f in figures_of(_all_yours(template)) if f.place == ("parameters", "thrombolysis"))
    values = {("yours", "source"): "S", (*figure.place, "value"): value, (*figure.place, "price_year"): "2023/24"}
    filled = Filled(values)
    changes = own_changes([figure], filled, "us")
    assert filled.wrong == []
    assert changes[*figure.place, "standard_error"] / value == pytest.approx(error, rel=1e-5)


@given(share=st.floats(0.02, 0.98))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_a_share_without_its_error_rests_on_as_many_people(savings, share):
    figure = next(f for f in figures_of(_all_yours(savings)) if f.place == ("parameters", "male_share"))
    filled = Filled({("yours", "source"): "S", (*figure.place, "value"): share})
    error = own_changes([figure], filled, "us")[*figure.place, "standard_error"]

    def people(mean, spread):
        return mean * (1 - mean) / spread**2 - 1

    assert people(share, error) == pytest.approx(people(0.5, 0.02), rel=1e-4)


def _all_yours(inputs):
    """The inputs with every parameter as the user's."""
    names = [f"parameters.{name}" for name in inputs.parameters]
    return inputs.with_changes({"yours": {"figures": names}})


def test_a_model_that_names_no_figures_asks_for_all_single_ones(savings):
    plain = savings.with_changes({"yours": None})
    places = {figure.place for figure in figures_of(plain)}
    single = {("parameters", name) for name, p in plain.parameters.items() if p.labels is None}
    assert single | {("settings", "annual_volume"), ("data", "stay_before"), ("about", "organisation")} <= places
    assert ("parameters", "utility_by_mrs") not in places


def test_draws_of_the_trusts_cost_have_its_mean(trust):
    drawn = trust.draw(4_000, seed=1)["stroke_unit_90_days"]
    assert float(drawn.mean()) == pytest.approx(37_080, abs=4 * 7_177 / np.sqrt(4_000))


def test_a_claim_left_as_it_is_stays(savings, fill):
    path = fill({key: value for key, value in TRUST.items() if key != "claim.value"})
    assert savings.with_changes(read_changes(path, savings)).claim == savings.claim


def test_a_claim_of_another_figure_has_the_users_source(savings, fill):
    claim = savings.with_changes(read_changes(fill(TRUST | {"claim.value": 1_000_000}), savings)).claim
    assert (claim.value, claim.source) == (1_000_000, TRUST["yours.source"])


def test_the_file_that_was_not_touched_is_told_of_none_of_it(savings, blank):
    with pytest.raises(InputError) as told:
        read_changes(blank.with_name("there_is_none.xlsx"), savings)
    assert "cannot be read" in str(told.value)


def test_any_figure_or_word_may_be_the_users(savings, fill, tmp_path):
    """Several labels, a key of a record, words of a scenario: each is asked for once."""
    figures = [
        "parameters.utility_by_mrs",
        "parameters.thrombectomy_procedure",
        "data.stay_before.mean",
        "scenarios.trust.label",
        "components.nursing home.payer",
        "about.limits",
    ]
    ours = savings.with_changes({"yours.figures": figures})
    blank = write_workbook(ours, tmp_path / "blank.xlsx")
    assert read_changes(blank, ours) == {}
    values = {
        f"parameters.utility_by_mrs.value[{at}]": value for at, value in enumerate((0.9, 0.8, 0.7, 0.6, 0.3, -0.1))
    }
    values |= {"yours.source": "S", "scenarios.trust.label": "Ours", "components.nursing home.payer": "Families"}
    values |= {
        "parameters.thrombectomy_procedure.value": 2 * 7_943,
        "parameters.thrombectomy_procedure.price_year": "2023/24",
    }
    made = ours.with_changes(read_changes(fill(values, start=blank), ours))
    assert made.parameters["utility_by_mrs"].value == [0.9, 0.8, 0.7, 0.6, 0.3, -0.1]
    errors = np.array(made.parameters["utility_by_mrs"].standard_error)
    before = savings.parameters["utility_by_mrs"]
    relative = np.divide(before.standard_error, before.value)[:5]
    np.testing.assert_allclose(errors[:5] / [0.9, 0.8, 0.7, 0.6, 0.3], relative, rtol=1e-5)
    assert made.parameters["thrombectomy_procedure"].interval == [2 * 7_649, 2 * 8_237]
    assert made.scenarios["trust"].label == "Ours"
    assert made.components["nursing home"].payer == "Families"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(1234567.5, "1234567.5"), (2.0, "2"), (0.000012, "0.000012"), (123456789, "123456789"), (1e21, "1" + "0" * 21)],
)
def test_a_number_where_words_are_wanted_keeps_its_digits(savings, fill, typed, kept):
    path = fill({("settings.annual_volume.value", "Where it is from"): typed})
    assert read_changes(path, savings) == {"settings": {"annual_volume": {"source": kept}}}


def test_figures_of_nobody_named_are_not_said_to_be_those_of_the_models_organisation(savings, fill):
    assert savings.about.organisation
    path = fill({"yours.source": "S", "settings.annual_volume.value": 85})
    assert read_changes(path, savings)["settings"]["annual_volume"]["rationale"] == "Own figure."

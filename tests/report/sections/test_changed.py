"""What a run changed is listed old beside new."""

from heemodel.report.sections.changed import changed


def test_nothing_is_listed_where_nothing_was_changed(inputs):
    assert changed(inputs).rows == []


def test_a_figure_stands_old_beside_new_with_its_source(inputs):
    words = {"source": "Register", "status": "read", "rationale": "R", "assumed": None}
    ours = inputs.with_changes({"data": {"deaths_before": {"events": 52, "n": 130, **words}}})
    (row,) = changed(ours).rows
    assert row == [inputs.data["deaths_before"].label, "40 of 100 patients", "52 of 130 patients", "Register (read)"]


def test_money_is_shown_as_it_was_given_with_its_spread_and_prices(inputs):
    figures = {"value": 412, "standard_error": 80, "unit": "£ per day", "price_year": "2023/24"}
    ours = inputs.with_changes({"parameters": {"stroke_unit_90_days": figures}})
    (row,) = changed(ours).rows
    assert "£31,000 per 90 days in 2017/18" in row[1]
    assert "£412 per day in 2023/24" in row[2]
    assert "SE 80" in row[2]


def test_what_was_taken_out_and_what_is_no_figure_is_listed_too(inputs):
    ours = inputs.with_changes({"claim": None, "about.organisation": "Anytown"})
    rows = {row[0]: row for row in changed(ours).rows}
    assert "£2,400,000" in rows["Published figure under test"][1]
    assert rows["Published figure under test"][2] == "none"
    assert rows["Organisation"][2] == "Anytown"


def test_no_name_of_the_file_stands_in_the_table(inputs):
    name = next(iter(inputs.components))
    ours = inputs.with_changes(
        {
            "about.price_year": "2023/24",
            "about.person": "case",
            "claim.volumes": [50, 100],
            "claim.rationale": "Why",
            "components": {name: {"rationale": "Because"}},
        }
    )
    expected = ["Price year", "About the analysis: person", "Published figure under test: volumes"]
    expected += ["Published figure under test: rationale", f"{inputs.components[name].label}: rationale"]
    assert sorted(row[0] for row in changed(ours).rows) == sorted(expected)


def test_figures_that_are_still_the_models_own_are_named(inputs):
    ours = inputs.with_changes({"settings.annual_volume.value": 85})
    note = changed(ours).note
    assert inputs.settings["start_age"].label in note
    assert inputs.settings["annual_volume"].label not in note

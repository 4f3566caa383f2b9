"""The small model's tables, each figure against a calculation of its own; and inputs that do not fit the model."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import analyse, check_agreement, check_information, load_model
from heemodel.analysis.tables import tabulated
from heemodel.report.document import Cards, Words
from heemodel.report.sections.evidence import evidence
from heemodel.report.sections.information import information
from heemodel.report.sections.inputs import inputs as inputs_section
from heemodel.report.sections.patients import patients
from heemodel.report.sections.spending import spending
from heemodel.report.sections.subgroups import subgroups
from heemodel.report.sections.summary import cautions, summary
from heemodel.report.sections.variations import variations
from tests.report.conftest import SMALL
from tests.report.sections.looking import table_of


def compared(outcomes):
    return hm.CostEffectiveness(outcomes, comparator="usual care")


@pytest.fixture
def changed(tmp_path):
    """The inputs with some of their text replaced."""

    def read(*replacements):
        folder = tmp_path / "changed"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = (folder / "inputs.toml").read_text(encoding="utf-8")
        for before, after in replacements:
            assert before in text
            text = text.replace(before, after)
        (folder / "inputs.toml").write_text(text, encoding="utf-8")
        return load_model(folder).inputs

    return read


def test_values_of_information_are_those_of_the_decision_room(small):
    thresholds = list(small.thresholds)
    evpi, evppi, headline = (small.tables[name] for name in ("evpi", "evppi", "headline"))
    for result in small:
        cea = compared(result.outcomes)
        mine = evpi[(evpi["scenario"] == result.name) & evpi["asked"]]
        np.testing.assert_allclose(mine["evpi"], cea.evpi(thresholds), rtol=1e-9)
        stated = headline[(headline["scenario"] == result.name) & headline["quantity"].str.startswith("evpi_at_")]
        np.testing.assert_allclose(stated[["value", "mcse"]], mine[["evpi", "mcse"]], rtol=1e-9)
        for name, question in small.inputs.information.items():
            direct = hm.voi.evppi(cea, result.draws, question.parameters, thresholds=thresholds)
            stated = evppi[(evppi["scenario"] == result.name) & (evppi["parameters"] == name)]
            np.testing.assert_allclose(stated[["evppi", "se"]], direct[["evppi", "se"]], rtol=1e-6, atol=1e-9)


def test_the_tornado_shows_every_parameter_that_varies_by_the_label_of_the_inputs(small):
    rows = small.tables["tornado"]
    mine = rows[rows["scenario"] == "all"].set_index("parameter")
    assert "death_ratio" not in mine.index
    assert mine.loc["utility_well", "label"] == "Quality of life of the well"
    assert set(rows["scenario"]) == {"all", "early"}
    benefit = compared(small["all"].outcomes).incremental_net_benefit("new care", threshold=20_000)
    np.testing.assert_allclose(mine["mean"], float(benefit.mean()), rtol=1e-9)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('["share"]', '["shares"]', "'shares', which is not drawn; did you mean 'share'?"),
        ('["share"]', '["share", "share"]', "'share', which is there already; remove one"),
        ('["share"]', '["death_ratio"]', "'death_ratio', which never varies, so that there is nothing to know"),
        ('label = "Prices"', 'label = "Quality of life"', "is the label of another group too"),
    ],
)
def test_a_group_of_parameters_that_cannot_be_asked_about_is_refused_before_sampling(
    changed, small, before, after, message
):
    inputs = changed((before, after))
    central = inputs.central().assign(share=0.5)
    for draws in (central, small.first.draws):
        with pytest.raises(hm.parameters.InputError, match=re.escape(message)) as caught:
            check_information(inputs, draws)
        assert caught.value.problems[0].place[0] == "information"
        assert caught.value.problems[0].line


def test_groups_of_parameters_that_vary_are_taken_by_their_central_values(small):
    check_information(small.inputs, small.inputs.central().assign(share=0.5))


def test_variations_are_those_of_their_own_outcomes_and_only_of_what_they_count(small):
    rows = small.tables["variations"]
    rows = rows[rows["strategy"] == "new care"]
    for name, varied in small.variations.items():
        cea = compared(varied.outcomes)
        cost = cea.incremental(cea.cost).sel(strategy="new care")
        qaly = cea.incremental(cea.qaly).sel(strategy="new care")
        mine = rows[(rows["variation"] == name) & (rows["basis"] == "probabilistic")].set_index("quantity")["value"]
        np.testing.assert_allclose(mine["incremental_cost"], cost.mean(), rtol=1e-9)
        np.testing.assert_allclose(mine["icer"], cost.mean() / qaly.mean(), rtol=1e-9)
        np.testing.assert_allclose(mine["net_benefit_at_20000"], (20_000 * qaly - cost).mean(), rtol=1e-9)
        chance = mine["probability_cost_effective_at_20000"]
        np.testing.assert_allclose(chance, (20_000 * qaly > cost).mean(), rtol=1e-9)
        at_point = rows[(rows["variation"] == name) & (rows["basis"] == "point")].set_index("quantity")["value"]
        point = compared(varied.point)
        increment = point.incremental(point.cost).sel(strategy="new care")
        np.testing.assert_allclose(at_point["incremental_cost"], increment, rtol=1e-9)
    assert "family" not in small.variations["payers"].outcomes["component"].to_numpy()
    horizons = rows.drop_duplicates("variation").set_index("variation")["horizon"]
    assert horizons["short"] == "5 years"
    assert horizons["payers"] == "30 years"


def test_published_figures_stand_beside_those_of_their_variation(small):
    validation, variations = small.tables["validation"], small.tables["variations"]
    mine = variations[(variations["variation"] == "rival") & (variations["basis"] == "probabilistic")]
    ours = mine.set_index("quantity")["value"]
    np.testing.assert_allclose(validation["value"], ours[validation["quantity"]], rtol=1e-9)
    assert validation["published"].tolist() == [14_500, 0.11, 150]
    assert validation["point"].isna().tolist() == [False, False, True]


def test_a_published_quantity_that_is_not_reported_is_refused_before_sampling(changed, small):
    inputs = changed(('quantity = "incremental_qaly"', 'quantity = "incremental_qalys"'))
    with pytest.raises(
        hm.parameters.InputError, match=r"'incremental_qalys' is no quantity.*did you mean 'incremental_qaly'"
    ) as caught:
        check_agreement(inputs, small.first.point, small.thresholds)
    assert caught.value.problems[0].place == ("variations", "rival", "published")
    assert caught.value.problems[0].line


def test_a_horizon_that_does_not_fit_is_refused_before_anything_is_fitted(changed, monkeypatch):
    inputs = changed(('horizon = "5 years"', 'horizon = "five years"'))
    monkeypatch.setattr("heemodel.analysis.preparing.fit", None)
    with pytest.raises(hm.HeemodelError, match=r"variation 'short': .*five years"):
        analyse(replace(load_model(SMALL), inputs=inputs), scenarios=["all"], draws=500)


def test_a_wrong_horizon_of_the_analysis_is_not_blamed_on_a_variation():
    with pytest.raises(hm.HeemodelError, match=r"scenario 'all': .*yeers"):
        analyse(SMALL, scenarios=["all"], draws=500, horizon="30 yeers")


def test_groups_add_up_to_the_whole_by_their_shares(small):
    rows, headline = small.tables["subgroups"], small.tables["headline"]
    rows = rows[rows["strategy"] == "new care"]
    wide = rows[rows["scenario"] == "all"].pivot(index=["grouping", "group"], columns="quantity", values="value")
    shares = rows.groupby(["scenario", "grouping", "group"])["share"].first()
    mine = (headline["scenario"] == "all") & (headline["basis"] == "probabilistic")
    whole = headline[mine & (headline["strategy"] == "new care")].set_index("quantity")
    for quantity in ("incremental_cost", "incremental_qaly", "net_benefit_at_20000"):
        assert wide.loc[("all", "All patients"), quantity] == pytest.approx(whole.loc[quantity, "value"])
        for grouping in ("window", "age", "every combination"):
            parts, weights = wide.loc[grouping, quantity], shares.loc["all", grouping]
            assert float((parts * weights).sum()) == pytest.approx(whole.loc[quantity, "value"])
            assert weights.sum() == pytest.approx(1.0)
    late = compared(small["all"].groups.sel(group="late, older"))
    assert wide.loc[("every combination", "late, older"), "incremental_cost"] == pytest.approx(
        float(late.incremental(late.cost).mean())
    )
    assert shares["all", "window", "early"] == pytest.approx(0.6)


def test_a_grouping_of_which_a_scenario_has_one_group_is_not_divided(small):
    rows = small.tables["subgroups"]
    assert set(rows.loc[rows["scenario"] == "early", "grouping"]) == {"age", "all"}


def test_the_error_of_the_icer_is_that_of_repeated_samples(small):
    rows = small.tables["headline"]
    chosen = rows["quantity"].eq("icer") & rows["basis"].eq("probabilistic") & rows["scenario"].eq("all")
    cea = compared(small["all"].outcomes)
    cost, qaly = (cea.incremental(part).sel(strategy="new care").to_numpy() for part in (cea.cost, cea.qaly))
    rng = np.random.default_rng(1)
    again = [cost[at].mean() / qaly[at].mean() for at in rng.integers(0, len(cost), (2_000, len(cost)))]
    assert rows.loc[chosen, "mcse"].item() == pytest.approx(np.std(again), rel=0.3)


def test_a_grouping_of_one_group_has_no_rows_in_the_report_either(small):
    section = subgroups(small)
    assert [row[0] for row in table_of(section, "By group, All trials").rows] == [
        *("early", "late", "younger", "older", "All patients")
    ]
    (every,) = [table for table in section.tables() if "combination" in table.title]
    assert len(every.rows) == 5


def test_a_variation_of_a_scenario_that_was_not_run_stands_without_a_base_case(small):
    alone = tabulated(replace(small, scenarios={"all": small["all"]}, tables={}))
    table = table_of(variations(alone), "Under other choices, First trial")
    assert [row[0] for row in table.rows] == ["Treatment at twice the price"]
    assert table.note.endswith("The base case of this scenario was not run.")


# ---------------------------------------------------------------- where the money goes


def test_costs_by_component_and_by_state_add_up_to_those_of_the_outcomes(small):
    costs, states = small.tables["costs"], small.tables["cost_by_state"]
    costs = costs[(costs["by"] == "component") & (costs["versus"] == "")]
    for result in small:
        for strategy in small.strategies:
            mean = result.outcomes["cost"].sel(strategy=strategy).sum("component").mean()
            for rows in (costs, states):
                mine = rows[(rows["scenario"] == result.name) & (rows["strategy"] == strategy)]
                assert mine["value"].sum() == pytest.approx(float(mean))


def test_the_table_of_costs_has_what_each_payer_pays_and_each_step_costs(small):
    rows = {tuple(row[:3]): row[3:] for row in table_of(spending(small), "Cost per patient, All trials").rows}
    assert list(rows)[:3] == [
        ("New care", "NHS", "Treatment"),
        ("Nursing", "Social care", "Later care"),
        ("Care by families", "Families", "Later care"),
    ]
    assert rows["Paid by NHS", "", ""] == rows["Step: Treatment", "", ""] == rows["New care", "NHS", "Treatment"]
    headline = small.tables["headline"]
    mean = headline.query("quantity == 'incremental_cost' and scenario == 'all' and basis == 'probabilistic'")
    assert rows["All", "", ""][2].startswith(f"£{round(mean['value'].item(), -2):,.0f} (")
    by_state = table_of(spending(small), "Cost per patient by state, All trials").rows
    assert by_state[-1][1:3] == rows["All", "", ""][:2]


def test_components_of_one_name_keep_a_row_each(changed, small):
    alike = changed(('label = "Care by families"\npayer = "Families"', 'label = "Nursing"\npayer = "Social care"'))
    results = tabulated(replace(small, inputs=alike, tables={}))
    rows = table_of(spending(results), "Cost per patient, All trials").rows
    nursing = [row for row in rows if row[0] == "Nursing"]
    assert len(nursing) == 2
    assert nursing[0][3:] != nursing[1][3:]
    bars = next(figure for figure in spending(results).figures() if figure.name == "costs_by_component")
    assert sorted(bars.table["part"].unique()) == ["family", "nursing", "treatment"]


# ---------------------------------------------------------------- what the report opens on, and what it rests on


def opening(results):
    return [block.text for block in summary(results).blocks if isinstance(block, Words) and block.role != "note"]


def test_a_report_that_tests_no_published_saving_opens_on_value_for_money(small):
    first, *others = opening(small)
    assert first.startswith("Is it worth the money, at £20,000 per QALY?")
    labels = "All trials", "First trial, early patients"
    every, early = (next(text for text in others if text.startswith(f"{label}: ")) for label in labels)
    assert re.search(r"gains 0\.\d+ QALYs a patient on average .*costs £[\d,]+ \(extra cost .* per QALY gained", every)
    assert re.search(r"worth the money at £20,000 per QALY is \d\d%\. Of the cost, NHS pays £9,", every)
    assert "per QALY gained" in early
    assert any(text.startswith("Does it save money?") for text in others)


def test_the_strongest_evidence_is_named_where_the_inputs_name_it(changed, small):
    inputs = changed(
        ("[settings.start_age]", '[about.compare]\nreference = "early"\nstringent = "all"\n\n[settings.start_age]')
    )
    told = opening(tabulated(replace(small, inputs=inputs, tables={})))
    for question in ("Is it worth the money", "Does it save money?"):
        (answer,) = [text for text in told if text.startswith(question)]
        assert "All trials, the strongest evidence here: " in answer


@pytest.mark.parametrize(
    ("cost", "qaly", "text", "meaning"),
    [
        (-50_000, 0, r"gains .* saves £[\d,]+ \(extra cost .*\): dominant\.", "dominant"),
        (0, -5, r"loses .* costs .*: dominated\.", "dominated"),
        (-50_000, -5, r"loses .* saves .* saved per QALY lost\.", "saved per QALY lost"),
    ],
)
def test_the_answer_reads_right_in_every_quadrant(small, cost, qaly, text, meaning):
    result = small["all"]
    new = xr.DataArray([0.0, 1.0], dims="strategy", coords={"strategy": ["usual care", "new care"]})
    nursing = xr.DataArray([0.0, 1.0, 0.0], dims="component", coords={"component": ["treatment", "nursing", "family"]})
    shift = {"cost": cost * new * nursing, "qaly": qaly * new}
    outcomes = result.outcomes.assign({name: result.outcomes[name] + more for name, more in shift.items()})
    appraisal = hm.appraise(outcomes, comparator="usual care", thresholds=small.thresholds)
    scenario = replace(result, outcomes=outcomes, appraisal=appraisal)
    shifted = tabulated(replace(small, scenarios={"all": scenario}, tables={}))
    assert any(re.search(text, sentence) for sentence in opening(shifted))
    ((card,),) = [block.cards for block in summary(shifted).blocks if isinstance(block, Cards)]
    assert meaning.lower() in f"{card.figure} {card.meaning}".lower()


def test_evidence_from_tables_is_named_counted_and_printed(small):
    section = evidence(small)
    assert table_of(section, "Evidence: First trial, early patients").rows == [
        [
            "Recovery in two trials, arm by arm",
            "2 of the 4 rows of arms.csv, patients",
            *("nothing assumed", "read", "Invented trials", "All the trials that there are."),
        ]
    ]
    printed = table_of(section, "Recovery in two trials, arm by arm: First trial, early patients")
    assert printed.header == ["trial", "strategy", "recovered", "patients"]
    assert printed.rows == [["First", "usual care", "40", "100"], ["First", "new care", "55", "100"]]


def test_alternatives_groups_and_tables_are_among_the_inputs(small):
    section = inputs_section(small)
    sources = table_of(section, "Parameters with several sources")
    assert [row[0] for row in sources.rows[:2]] == ["Quality of life of the ill", "large survey"]
    assert sources.beside[1] == "weight 67%; gives the central value"
    assert sources.beside[3] == "in variations only (weight 0)"
    groups = table_of(section, "Groups of patients").rows
    assert groups[0][1] == "early 60%, late 40%; chance ratio: early 1.1, late 0.8"
    assert table_of(section, "Tables of data").rows[0][1] == "4 rows in arms.csv, patients"


def test_figures_of_alternatives_are_looked_at_too(changed, small):
    inputs = changed(
        ('rationale = "Asked of few."', 'rationale = "Asked of few."\nplausible = [0.5, 0.9]'),
        ("value = 1000\nstandard_error = 300", "value = 1000\nstandard_error = 3000"),
    )

    def odd(results):
        return cautions(results)

    told = odd(replace(small, inputs=inputs))
    assert any(text.startswith("[alternatives.utility_ill.options.small] is 0.45 utility") for text in told)
    assert any(text.startswith("[parameters.family_cost] has a standard error above its value") for text in told)
    assert not any(text.startswith("[") for text in odd(small))


def test_places_over_time_are_told_only_where_the_cohort_was_counted(small):
    times = [row[0] for row in table_of(patients(small), "Share of patients in each state, All trials").rows]
    assert times == ["the start", *("1 year", "2 years", "3 years", "5 years", "10 years", "20 years", "30 years")]


def test_scenarios_that_give_the_same_in_every_draw_are_asked_about(small):
    first, *others = small.scenarios
    same = replace(small[others[0]], outcomes=small[first].outcomes)
    twice = replace(small, scenarios={**small.scenarios, others[0]: same})
    asked = [caution for caution in cautions(twice) if "same costs and QALYs in every draw" in caution]
    assert len(asked) == 1
    assert small.label(first) in asked[0]
    assert small.label(others[0]) in asked[0]
    assert not any("in every draw" in caution for caution in cautions(small))


def test_a_check_of_the_evppi_names_the_thresholds_where_it_fails(small):
    low, high = small.thresholds[:2]
    table = small.tables["evppi"]
    table = table.assign(check=np.where(table["threshold"] == high, "look", "passed"))
    shown = table_of(information(replace(small, tables={**small.tables, "evppi": table})), "What knowing more")
    assert {row[-1] for row in shown.rows[1:]} == {f"at £{high:,.0f}: look"}
    assert all(f"£{low:,.0f}" not in row[-1] for row in shown.rows)

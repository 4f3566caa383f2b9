"""What a report shows where there is more than scenarios: each figure against a calculation of its own."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import html5lib
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import analyse, load_model, run_record, vary
from heemodel.report import cautions, check_information, check_reportable, opening, provenance
from heemodel.report.sections import SECTION_FILES, sections_of
from heemodel.report.sections.spending import spending_section
from tests.report.test_report import words

MODEL = Path(__file__).parent / "small_model"
DRAWS = 1_000
RUN = hm.Run(seed=1, draws=DRAWS, horizon="30 years", model="small_model")
PARTS = {"money", "information", "choices", "subgroups", "published"}


@pytest.fixture(scope="module")
def small():
    return load_model(MODEL)


@pytest.fixture(scope="module")
def found(small):
    """Results with costs by state, as an analysis may work them out, and extras."""
    options = {"draws": DRAWS, "seed": 1, "horizon": small.default_horizon}
    results = analyse(small, scenarios=list(small.inputs.scenarios), **options)
    return [replace(result, cost_by_state=by_state(result)) for result in results], vary(
        small, scenario="all", **options
    )


def by_state(result):
    """Mean costs shared among states: one and two thirds in two of them."""
    cost = result.outcomes["cost"].mean("sample")
    return xr.concat([cost / 3, 2 * cost / 3], dim="state").assign_coords(state=["ill", "well_again"])


@pytest.fixture(scope="module")
def out(small, found, tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "results"
    results, extras = found
    run = run_record(small, draws=DRAWS, seed=1, horizon=small.default_horizon)
    hm.write_report(path, inputs=small.inputs, results=results, run=run, extras=extras)
    return path


@pytest.fixture(scope="module")
def page(out):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse((out / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def read(out):
    return lambda name: pd.read_csv(out / f"{name}.csv")


@pytest.fixture
def changed(tmp_path):
    """The inputs with some of their text replaced."""

    def read(*replacements):
        folder = tmp_path / "changed"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = (folder / "inputs.toml").read_text(encoding="utf-8")
        for before, after in replacements:
            assert before in text
            text = text.replace(before, after)
        (folder / "inputs.toml").write_text(text, encoding="utf-8")
        return load_model(folder).inputs

    return read


def compared(outcomes):
    return hm.CostEffectiveness(outcomes, comparator="usual care")


def table(page, title):
    """The cells of the table with that caption, by row."""
    (one,) = [t for t in page.findall(".//table") if words(t.find("caption")).strip() == title]
    return [[words(cell).strip() for cell in row] for row in one.findall("./tbody/tr")]


def test_sections_stand_in_the_page_with_links_to_each(page):
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    links = [link.get("href").removeprefix("#") for link in page.findall(".//nav/a")]
    assert set(links) >= PARTS
    assert set(links) <= ids
    assert links.index("value") < links.index("saving")  # no published saving is tested


def test_a_report_without_extras_has_neither_their_sections_nor_their_files(small, found):
    results, _ = found
    plain = [replace(result, groups=None, subgroups=None, cost_by_state=None) for result in results]
    quiet = replace(small.inputs, information={})
    run = run_record(small, draws=DRAWS, seed=1, horizon=small.default_horizon)
    sections = sections_of(quiet, plain, hm.Extras(), run)
    assert [section.name for section in sections] == ["money", "information"]
    assert {name for section in sections for name in section.files} == {"costs", "evpi", "tornado"}


def test_every_file_of_a_section_is_one_that_may_be_replaced(out):
    written = {path.stem for path in out.glob("*.csv")}
    assert written == {"headline", "acceptability", "posterior", "predictive", *SECTION_FILES}


# ---------------------------------------------------------------- what evidence is worth


def test_values_of_information_are_those_of_the_decision_room(small, found, read):
    results, _ = found
    thresholds = [20_000, 25_000, 30_000, 35_000]
    evpi, evppi, headline = read("evpi"), read("evppi"), read("headline")
    for result in results:
        cea = compared(result.outcomes)
        mine = evpi[evpi["scenario"] == result.name]
        np.testing.assert_allclose(mine["evpi"], cea.evpi(thresholds), rtol=1e-9)
        told = headline[(headline["scenario"] == result.name) & headline["quantity"].str.startswith("evpi_at_")]
        np.testing.assert_allclose(told[["value", "mcse"]], mine[["evpi", "mcse"]], rtol=1e-9)
        for name, question in small.inputs.information.items():
            direct = hm.evppi(cea, result.draws, question.parameters, thresholds=thresholds)
            told = evppi[(evppi["scenario"] == result.name) & (evppi["group"] == name)]
            np.testing.assert_allclose(told[["evppi", "se"]], direct[["evppi", "se"]], rtol=1e-6, atol=1e-9)
            assert set(told["parameters"]) == {question.label}


def test_the_table_of_values_begins_with_everything_and_says_what_share_each_group_is_of_it(page, read):
    rows = table(page, "What knowing more would be worth, All trials")
    assert rows[0][0] == "Everything (EVPI)"
    assert rows[0][5] == "100%"
    recovery = next(row for row in rows if row[0].startswith("Whether new care lets more recover"))
    evpi, evppi = read("evpi"), read("evppi")
    total = evpi[(evpi["scenario"] == "all") & (evpi["threshold"] == 20_000)]["evpi"].item()
    mine = evppi[(evppi["scenario"] == "all") & (evppi["group"] == "recovery") & (evppi["threshold"] == 20_000)]
    assert recovery[5] == f"{mine['evppi'].item() / total:.0%}"
    assert "±" in recovery[1]


def test_the_tornado_shows_every_parameter_that_varies_by_the_label_of_the_inputs(found, read):
    rows = read("tornado")
    mine = rows[rows["scenario"] == "all"].set_index("name")
    assert "death_ratio" not in mine.index
    assert mine.loc["utility_well", "parameter"] == "Quality of life of the well"
    assert mine.loc["utility_ill_source", "parameter"] == "Quality of life of the ill: which source"
    assert mine.loc["share[new care]", "parameter"] == "share, new care"
    assert set(rows["scenario"]) == {"all", "early"}
    results, _ = found
    benefit = compared(results[0].outcomes).incremental_net_benefit("new care", threshold=20_000)
    np.testing.assert_allclose(mine["mean"], float(benefit.mean()), rtol=1e-9)


def test_two_parameters_of_one_label_are_called_by_their_names(changed, found):
    inputs = changed(('label = "Care by families"\nvalue', 'label = "Nursing of the ill"\nvalue'))
    results, _ = found
    (section,) = [one for one in sections_of(inputs, results, hm.Extras(), RUN) if one.name == "information"]
    assert {"nursing_cost", "family_cost"} <= set(section.files["tornado"]["parameter"])


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('["share"]', '["shares"]', "'shares', which is not drawn; did you mean 'share'?"),
        ('["share"]', '["share", "share"]', "'share', which is there already; remove one"),
        ('["share"]', '["death_ratio"]', "'death_ratio', which never varies, so that there is nothing to know"),
        ('label = "Prices"', 'label = "Quality of life"', "is the label of another group too"),
    ],
)
def test_a_group_of_parameters_that_cannot_be_asked_about_is_refused_before_sampling(
    changed, found, before, after, said
):
    inputs, (results, _) = changed((before, after)), found
    central = inputs.central().assign(share=0.5)
    for draws in (central, results[0].draws):
        with pytest.raises(hm.InputError, match=re.escape(said)) as caught:
            check_information(inputs, draws)
        assert caught.value.problems[0].place[0] == "information"
        assert caught.value.problems[0].line


def test_groups_of_parameters_that_vary_are_taken_by_their_central_values(small):
    check_information(small.inputs, small.inputs.central().assign(share=0.5))


# ---------------------------------------------------------------- other choices


def test_variations_are_told_by_their_own_outcomes_and_only_by_what_they_count(found, read):
    _, extras = found
    rows = read("variations")
    assert list(rows.columns) == [
        *("variation", "label", "scenario", "horizon", "quantity", "basis", "value", "lower", "upper", "mcse"),
        *("unit", "note"),
    ]
    for one in extras.variations:
        cea = compared(one.outcomes)
        cost = cea.incremental(cea.cost).sel(strategy="new care")
        qaly = cea.incremental(cea.qaly).sel(strategy="new care")
        mine = rows[(rows["variation"] == one.name) & (rows["basis"] == "probabilistic")].set_index("quantity")["value"]
        np.testing.assert_allclose(mine["incremental_cost"], cost.mean(), rtol=1e-9)
        np.testing.assert_allclose(mine["icer"], cost.mean() / qaly.mean(), rtol=1e-9)
        np.testing.assert_allclose(mine["net_benefit_at_20000"], (20_000 * qaly - cost).mean(), rtol=1e-9)
        np.testing.assert_allclose(
            mine["probability_cost_effective_at_20000"], (20_000 * qaly > cost).mean(), rtol=1e-9
        )
        at_point = rows[(rows["variation"] == one.name) & (rows["basis"] == "point")].set_index("quantity")["value"]
        point = compared(one.point)
        np.testing.assert_allclose(
            at_point["incremental_cost"], point.incremental(point.cost).sel(strategy="new care"), rtol=1e-9
        )
    public = next(one for one in extras.variations if one.name == "payers")
    assert "family" not in public.outcomes["component"].to_numpy()
    horizons = rows.drop_duplicates("variation").set_index("variation")["horizon"]
    assert horizons["short"] == "5 years"
    assert horizons["payers"] == "30 years"


def test_each_scenario_that_is_varied_has_a_table_that_begins_with_its_base_case(page, read):
    rows = table(page, "Under other choices, All trials")
    assert [re.split(r" (?:What|It|NICE|Invented) ", row[0])[0] for row in rows] == [
        "Base case: All trials, 30 years",
        "Quality of life of the ill: large survey",
        "Quality of life of the ill: small survey",
        "Quality of life of the ill: old survey",
        "Over five years",
        "Quality of life by the old survey",
        "Without families",
    ]
    assert "Horizon 5 years." in rows[4][0]
    assert "Costs to NHS and Social care only." in rows[6][0]
    headline = read("headline")
    chosen = headline["scenario"].eq("all") & headline["basis"].eq("point") & headline["quantity"].eq("icer")
    assert rows[0][4] == f"£{headline.loc[chosen, 'value'].item():,.0f}"
    dear = table(page, "Under other choices, First trial, early patients")
    assert dear[0][0] == "Base case: First trial, early patients, 30 years"
    assert dear[1][0].startswith("Treatment at twice the price")


def test_a_variation_of_a_scenario_that_was_not_run_stands_without_a_base_case(small, found):
    results, extras = found
    (section,) = [one for one in sections_of(small.inputs, results[:1], extras, RUN) if one.name == "choices"]
    last = section.parts[-1]
    assert [row[0] for row in last.rows] == ["Treatment at twice the price"]
    assert not last.emphasis
    assert last.note.endswith("The base case of this scenario was not run.")


# ---------------------------------------------------------------- published results


def test_published_figures_stand_beside_those_of_their_variation(page, read):
    rows = table(page, "Rival and others, 2020 (All trials, 10 years)")
    assert [row[0] for row in rows] == [
        "Cost per QALY gained (ICER)",
        "Incremental QALYs per patient",
        "EVPI per patient at £20,000 per QALY",
    ]
    assert rows[0][1:3] == ["£14,500", "read"]
    assert rows[1][1] == "0.11 (0.05 to 0.20)"
    assert rows[2][4] == "–"
    found, variations = read("validation"), read("variations")
    mine = variations[(variations["variation"] == "rival") & (variations["basis"] == "probabilistic")]
    ours = mine.set_index("quantity")["value"]
    np.testing.assert_allclose(found["value"], ours[found["quantity"]], rtol=1e-9)
    assert found["published"].tolist() == [14_500, 0.11, 150]
    assert found["point"].isna().tolist() == [False, False, True]
    text = words(page)
    assert "Why the figures differ: The rival took older prices" in text
    assert "The registry counts the untreated too." in text


def test_a_published_quantity_that_is_not_reported_is_refused_before_sampling(changed, found):
    inputs = changed(('quantity = "incremental_qaly"', 'quantity = "incremental_qalys"'))
    with pytest.raises(
        hm.InputError, match=r"'incremental_qalys' is no quantity.*did you mean 'incremental_qaly'"
    ) as e:
        check_reportable(inputs, found[0][0].point)
    assert e.value.problems[0].place == ("variations", "rival", "published")
    assert e.value.problems[0].line


def test_a_horizon_that_does_not_fit_is_refused_before_anything_is_fitted(small, changed, monkeypatch):
    inputs = changed(('horizon = "5 years"', 'horizon = "5 yeers"'))
    monkeypatch.setattr("heemodel.analysis.fit", None)
    monkeypatch.setattr("heemodel.analysis.Prepared", None)
    with pytest.raises(hm.HeemodelError, match=r"variation 'short': .*yeers"):
        analyse(replace(small, inputs=inputs), scenarios=["all"], draws=DRAWS, seed=1, horizon="30 years")


def test_a_wrong_horizon_of_the_analysis_is_not_blamed_on_a_variation(small):
    with pytest.raises(hm.HeemodelError, match=r"scenario 'all': .*yeers"):
        analyse(small, scenarios=["all"], draws=DRAWS, seed=1, horizon="30 yeers")


# ---------------------------------------------------------------- groups of patients


def test_groups_add_up_to_the_whole_by_their_shares(found, read):
    rows, headline = read("subgroups"), read("headline")
    results, _ = found
    wide = rows[rows["scenario"] == "all"].pivot(index=["grouping", "group"], columns="quantity", values="value")
    shares = rows.groupby(["scenario", "grouping", "group"])["share"].first()
    whole = headline[(headline["scenario"] == "all") & (headline["basis"] == "probabilistic")].set_index("quantity")
    for quantity in ("incremental_cost", "incremental_qaly", "net_benefit_at_20000"):
        assert wide.loc[("all", "All patients"), quantity] == pytest.approx(whole.loc[quantity, "value"])
        for grouping in ("window", "age", "every combination"):
            parts, weights = wide.loc[grouping, quantity], shares.loc["all", grouping]
            assert float((parts * weights).sum()) == pytest.approx(whole.loc[quantity, "value"])
            assert weights.sum() == pytest.approx(1.0)
    late = compared(results[0].groups.sel(group="late, older"))
    assert wide.loc[("every combination", "late, older"), "incremental_cost"] == pytest.approx(
        float(late.incremental(late.cost).mean())
    )
    assert shares["all", "window", "early"] == pytest.approx(0.6)


def test_a_grouping_of_which_a_scenario_has_one_group_is_not_divided(page, read):
    rows = read("subgroups")
    assert set(rows.loc[rows["scenario"] == "early", "grouping"]) == {"age", "all"}
    assert [row[0].split()[0] for row in table(page, "By group, All trials")] == [
        *("early", "late", "younger", "older", "All")
    ]
    assert len(table(page, "By every combination, All trials")) == 5


# ---------------------------------------------------------------- where the money goes


def test_costs_by_component_and_by_state_add_up_to_those_of_the_outcomes(found, read):
    costs, states = read("costs"), read("cost_by_state")
    for result in found[0]:
        for strategy in ("usual care", "new care"):
            mean = result.outcomes["cost"].sel(strategy=strategy).sum("component").mean()
            for rows in (costs, states):
                mine = rows[(rows["scenario"] == result.name) & (rows["strategy"] == strategy)]
                assert mine["value"].sum() == pytest.approx(float(mean))


def test_the_table_of_costs_has_what_each_payer_pays_and_each_step_costs(page, read):
    rows = {tuple(row[:3]): row[3:] for row in table(page, "Cost per patient, All trials")}
    assert list(rows)[:3] == [
        ("New care", "NHS", "Treatment"),
        ("Nursing", "Social care", "Later care"),
        ("Care by families", "Families", "Later care"),
    ]
    assert rows["Paid by NHS", "", ""] == rows["Step: Treatment", "", ""] == rows["New care", "NHS", "Treatment"]
    headline = read("headline")
    chosen = headline["quantity"].eq("incremental_cost") & headline["scenario"].eq("all")
    mean = headline.loc[chosen & headline["basis"].eq("probabilistic"), "value"].item()
    assert rows["All", "", ""][2].startswith(f"£{round(mean, -2):,.0f} (")
    by_state = table(page, "Cost per patient by state, All trials")
    assert [row[0] for row in by_state] == ["ill", "well again", "All"]
    assert by_state[-1][1:3] == rows["All", "", ""][:2]


def test_components_of_one_name_keep_a_row_each(changed, found):
    alike = changed(
        ('label = "Care by families"\npayer = "Families"', 'label = "Nursing"\npayer = "Social care"'),
    )
    shown = spending_section(alike, found[0][:1]).parts[0]
    assert [row[0] for row in shown.rows].count("Nursing") == 2


# ---------------------------------------------------------------- what the report opens on, and what it rests on


def test_a_report_that_tests_no_published_saving_opens_on_value_for_money(small, found):
    first, every, early, last = opening.answer(small.inputs, found[0])
    assert first.startswith("Is it worth the money, at £20,000 per QALY? All trials: ")
    assert re.search(
        r"gains 0\.\d+ QALYs a patient on average .* and costs £[\d,]+ \(extra cost .* per QALY gained", every
    )
    assert re.search(r"worth the money at £20,000 per QALY is \d\d%\. Of the cost, NHS pays £9,", every)
    assert early.startswith("First trial, early patients: ")
    assert last.startswith("Does it save money? All trials: ")


def test_the_strongest_evidence_is_named_where_the_inputs_name_it(changed, found):
    inputs = changed(
        ("[settings.start_age]", '[about.compare]\nreference = "early"\nstringent = "all"\n\n[settings.start_age]')
    )
    first, *_, last = opening.answer(inputs, found[0])
    assert first.endswith("on the strongest evidence here (All trials).")
    assert last.endswith("on the strongest evidence here (All trials).")


@pytest.mark.parametrize(
    ("cost", "qaly", "said"),
    [
        (-50_000, 0, "saves £[\\d,]+ \\(extra cost .*\\): dominant\\."),
        (0, -5, "loses .*: dominated\\."),
        (-50_000, -5, "loses .* saves .* saved per QALY lost\\."),
    ],
)
def test_the_answer_reads_right_in_every_quadrant(small, found, cost, qaly, said):
    result = found[0][0]
    new = xr.DataArray([0.0, 1.0], dims="strategy", coords={"strategy": ["usual care", "new care"]})
    nursing = xr.DataArray([0.0, 1.0, 0.0], dims="component", coords={"component": ["treatment", "nursing", "family"]})
    outcomes = result.outcomes.assign(
        cost=result.outcomes["cost"] + cost * new * nursing, qaly=result.outcomes["qaly"] + qaly * new
    )
    shifted = replace(result, outcomes=outcomes)
    assert re.search(said, opening.answer(small.inputs, [shifted])[1])
    run = run_record(small, draws=DRAWS, seed=1, horizon=small.default_horizon)
    headline = hm.report.headline(small.inputs, [shifted])
    card = opening.card(small.inputs, shifted, headline, run, strongest=False)
    assert card["saving"] in ("Dominant", "Dominated") or card["meaning"] == "saved per QALY lost"


def test_evidence_from_tables_is_named_counted_and_printed(small, found, page):
    rows = table(page, "Evidence: First trial, early patients")
    assert rows == [
        [
            "Recovery in two trials, arm by arm",
            "2 of the 4 rows of arms.csv, patients",
            *("nothing assumed", "read", "Invented trials", "All the trials that there are."),
        ]
    ]
    printed = provenance.taken_tables(small.inputs, found[0][1])[0]
    assert printed.header == ["trial", "strategy", "recovered", "patients"]
    assert printed.rows == [["First", "usual care", "40", "100"], ["First", "new care", "55", "100"]]


def test_alternatives_groups_and_tables_are_among_the_inputs(page):
    rows = table(page, "Parameters with several sources")
    assert [row[0].split(" weight")[0] for row in rows[:2]] == [
        "Quality of life of the ill",
        "large survey",
    ]
    assert "weight 67%; gives the central value" in rows[1][0]
    assert "in variations only (weight 0)" in rows[3][0]
    groups = table(page, "Groups of patients")
    assert groups[0][1] == "early 60%, late 40%; chance ratio: early 1.1, late 0.8"
    assert table(page, "Tables of data")[0][1] == "4 rows in arms.csv, patients"


def test_figures_of_alternatives_are_looked_at_too(changed):
    inputs = changed(
        ('rationale = "Asked of few."', 'rationale = "Asked of few."\nplausible = [0.5, 0.9]'),
        ("value = 1000\nstandard_error = 300", "value = 1000\nstandard_error = 3000"),
    )
    told = cautions.cautions(inputs, [], RUN)
    assert any(one.startswith("[alternatives.utility_ill.options.small] is 0.45 utility") for one in told)
    assert any(one.startswith("[parameters.family_cost] has a standard error above its value") for one in told)


def test_the_error_of_the_icer_is_that_of_repeated_samples(read, found):
    rows = read("headline")
    chosen = rows["quantity"].eq("icer") & rows["basis"].eq("probabilistic") & rows["scenario"].eq("all")
    cea = compared(found[0][0].outcomes)
    cost, qaly = (cea.incremental(part).sel(strategy="new care").to_numpy() for part in (cea.cost, cea.qaly))
    rng = np.random.default_rng(1)
    again = [cost[at].mean() / qaly[at].mean() for at in rng.integers(0, len(cost), (2_000, len(cost)))]
    assert rows.loc[chosen, "mcse"].item() == pytest.approx(np.std(again), rel=0.1)


def test_places_over_time_are_told_only_where_the_cohort_was_counted(page):

    times = [row[0] for row in table(page, "Share of patients in each place, All trials")]
    assert times == ["0 weeks", "1 year", "2 years", "3 years", "5 years", "10 years", "20 years", "30 years"]

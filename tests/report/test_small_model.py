"""The small model's tables, each figure against a calculation of its own; and inputs that do not fit the model."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

import heemodel as hm
from heemodel.analysis import analyse, check_agreement, check_information, load_model
from tests.report.conftest import SMALL


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
            direct = hm.evppi(cea, result.draws, question.parameters, thresholds=thresholds)
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
        with pytest.raises(hm.InputError, match=re.escape(message)) as caught:
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
        hm.InputError, match=r"'incremental_qalys' is no quantity.*did you mean 'incremental_qaly'"
    ) as caught:
        check_agreement(inputs, small.first.point, small.thresholds)
    assert caught.value.problems[0].place == ("variations", "rival", "published")
    assert caught.value.problems[0].line


def test_a_horizon_that_does_not_fit_is_refused_before_anything_is_fitted(changed, monkeypatch):
    inputs = changed(('horizon = "5 years"', 'horizon = "5 yeers"'))
    monkeypatch.setattr("heemodel.analysis.preparing.fit", None)
    with pytest.raises(hm.HeemodelError, match=r"variation 'short': .*yeers"):
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

"""Two runs held together: what differs, what moved beyond chance, which decisions turned, and what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import compare
from heemodel.analysis.comparing.samples import samples_of
from heemodel.analysis.tables import tabulated
from heemodel.report.comparing import in_lines
from tests.analysis.comparing.linear import linear, scenarios
from tests.report.conftest import psa_of

DRAWS = 400


def run(folder, **how):
    return hm.analyse(folder, **{"draws": DRAWS} | how)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return run(linear(tmp_path_factory.mktemp("base") / "linear"))


def test_a_run_and_itself_differ_in_nothing(base, tmp_path):
    base.save(tmp_path / "saved")
    comparison = compare(tmp_path / "saved", base)
    assert comparison.tables["provenance"].empty
    assert comparison.tables["changes"].empty
    assert comparison.tables["attribution"].empty
    assert comparison.moved.empty
    assert comparison.turned.empty
    assert len(comparison.tables["headlines"]) == len(base.tables["headline"])


def test_a_change_is_told_by_its_place_figures_and_words_apart(base, tmp_path):
    other = run(linear(tmp_path / "linear", price=120.0, source="A new price list"))
    changes = compare(base, other, model=tmp_path / "linear").tables["changes"]
    figures = changes[changes["kind"] == "figure"]
    assert figures[["change", "place", "before", "after"]].to_numpy().tolist() == [
        ["changed", "parameters.price.value", "100", "120"]
    ]
    words = changes[changes["kind"] == "words"]
    assert words["place"].to_list() == [f"parameters.{name}.source" for name in ("price", "units", "gain", "fee")]
    assert set(words["after"]) == {"A new price list"}


def test_parameters_and_scenarios_that_come_and_go_are_told(tmp_path):
    one = linear(tmp_path / "one" / "linear", more=scenarios("first", "second"))
    code = (one / "model.py").read_text(encoding="utf-8").replace('"fee"', '"charge"').replace("p.fee", "p.charge")
    two = linear(
        tmp_path / "two" / "linear",
        code=code.replace('"charge": new', '"fee": new').replace('"charge": "£ per patient"', '"charge": "£ per unit"'),
        more=scenarios("second", "third"),
        order=("price", "units", "gain", "charge"),
        charge=70.0,
    )
    comparison = compare(run(one), run(two), model=two)
    changes = comparison.tables["changes"].set_index("place")["change"]
    assert changes.loc[["parameters.charge", "parameters.fee"]].to_list() == ["added", "removed"]
    assert changes.loc[["scenarios.third", "scenarios.first"]].to_list() == ["added", "removed"]
    assert set(comparison.tables["headlines"]["scenario"]) == {"second"}
    assert comparison.scenarios == ["second"]
    steps = comparison.tables["attribution"].set_index("step")
    assert "parameters.charge, parameters.fee" in steps.loc["rest", "note"]
    assert steps.loc["rest", "value"] == pytest.approx(steps.loc["movement", "value"])


def test_the_error_of_a_difference_on_common_draws_is_that_of_the_differences(base, tmp_path):
    other = run(linear(tmp_path / "linear", price=101.0))
    comparison = compare(base, other, model=tmp_path / "linear")
    row = comparison.tables["headlines"].query("quantity == 'incremental_cost' and basis == 'probabilistic'").iloc[0]
    costs = [one["base"].cea.incremental(one["base"].cea.cost).sel(strategy="new") for one in (base, other)]
    apart = costs[1].to_numpy() - costs[0].to_numpy()
    assert row["error_from"] == "common draws"
    assert row["difference"] == pytest.approx(apart.mean())
    assert row["error"] == pytest.approx(apart.std(ddof=1) / np.sqrt(DRAWS))
    assert row["moved"]


def test_with_another_seed_errors_add_and_chance_moves_nothing(base, tmp_path):
    other = run(linear(tmp_path / "linear"), seed=2)
    comparison = compare(base, other, model=tmp_path / "linear")
    row = comparison.tables["headlines"].query("quantity == 'incremental_cost' and basis == 'probabilistic'").iloc[0]
    costs = [one["base"].cea.incremental(one["base"].cea.cost).sel(strategy="new") for one in (base, other)]
    errors = [cost.std(ddof=1).item() / np.sqrt(DRAWS) for cost in costs]
    assert row["error_from"] == "both runs"
    assert row["error"] == pytest.approx(np.hypot(*errors))
    assert row["difference"] != 0
    assert row["moved"] == (abs(row["difference"]) > 1.96 * row["error"])
    assert comparison.tables["provenance"]["what"].to_list() == ["seed"]


def test_chance_is_told_from_a_movement_at_the_error_it_should_be(base):
    """Ten independent pairs of runs of nothing but chance: as good as never is each of them moved."""
    draws = [run_of_seed(base, seed) for seed in range(10)]
    moved = [
        compare(base, other).tables["headlines"].query("quantity == 'cost' and strategy == 'new'")["moved"].any()
        for other in draws
    ]
    assert sum(moved) <= 3


def run_of_seed(base, seed):
    """The results with other samples of the same distribution."""
    result = base["base"]
    rng = np.random.default_rng(100 + seed)
    noise = rng.normal(1_050.0, 100.0, result.outcomes.sizes["sample"])
    old = base["base"].outcomes["cost"].sum("component").sel(strategy="new")
    assert abs(float(old.mean()) - 1_050) < 50
    cost = xr.where(result.outcomes["strategy"] == "new", xr.DataArray(noise, dims="sample"), 0.0)
    outcomes = result.outcomes.drop_dims("component").assign(cost=cost)
    appraisal = hm.appraise(outcomes, None, comparator="old", thresholds=[20_000])
    changed = replace(result, outcomes=outcomes, appraisal=appraisal)
    record = replace(base.record, seed=100 + seed)
    return tabulated(replace(base, scenarios={"base": changed}, record=record, tables={}))


def test_a_decision_that_turns_is_told_at_its_threshold(base, tmp_path):
    """The net benefit of 20,000 × 0.1 − (100 × 10 + 50) is 950; at a price of 300 it is −1,050."""
    other = run(linear(tmp_path / "linear", price=300.0))
    turned = compare(base, other, model=tmp_path / "linear").turned
    assert set(turned["decision"]) == {"best value", "better value", "probably better value"}
    assert turned["threshold"].unique().tolist() == [20_000.0]
    best = turned[turned["decision"] == "best value"].iloc[0]
    assert (best["before"], best["after"], best["note"]) == ("new", "old", "")


def test_a_decision_that_chance_could_have_made_in_one_of_the_runs_turned_within_chance(tmp_path):
    """A fee of 1,000 leaves a net benefit of 0, give or take the draws; one of 2,000 leaves −1,000."""
    close, clear = (run(linear(tmp_path / str(fee) / "linear", fee=fee), seed=2) for fee in (1_000.0, 2_000.0))
    assert float(close["base"].cea.incremental_net_benefit("new", threshold=20_000).mean()) > 0
    turned = compare(close, clear).turned
    assert turned.set_index("decision").loc["better value", "note"] == "within chance"


def test_a_ratio_of_each_draw_has_the_error_of_the_ratio():
    results = psa_of(3)
    ratios = results.tables["headline"].query("quantity == 'icer' and basis == 'probabilistic'").set_index("strategy")
    found = samples_of(results, results.first)
    for name in results.interventions:
        assert found["icer", name].std(ddof=1).item() / np.sqrt(1_000) == pytest.approx(ratios.loc[name, "mcse"])


def test_a_probability_that_crosses_one_half_turns_though_the_best_value_does_not(tmp_path):
    """A fee of 950 leaves a net benefit of 0 on average, skewed: the mean stays above 0 for the smaller fee."""
    one, two = (run(linear(tmp_path / str(fee) / "linear", fee=fee)) for fee in (940.0, 1_060.0))
    turned = compare(one, two, model=tmp_path / "940.0" / "linear").turned
    assert "probably better value" in set(turned["decision"])


def test_draws_horizon_software_and_files_that_differ_are_told(base):
    record = replace(
        base.record, horizon="5 years", software={**base.record.software, "numpy": "0"}, files={"model.py": "other"}
    )
    table = compare(base, replace(base, record=record)).tables["provenance"].set_index("what")
    assert table.loc["horizon", "after"] == "5 years"
    assert table.loc["numpy", ["kind", "after"]].to_list() == ["software", "0"]
    assert table.loc["model.py", ["kind", "after"]].to_list() == ["file", "other"]
    assert table.loc["inputs.toml", "after"] == ""


def test_results_of_files_are_compared_without_an_attribution():
    one, other = psa_of(3), psa_of(3, parameters=False)
    comparison = compare(one, other)
    assert comparison.moved.empty
    assert comparison.tables["changes"].empty
    assert "PSA" in comparison.without


def test_results_of_files_that_share_a_seed_are_not_taken_for_common_draws():
    comparison = compare(psa_of(3), psa_of(3))
    assert set(comparison.tables["headlines"]["error_from"]) <= {"both runs", ""}


def turned_round(base):
    """The same model, compared with the other strategy."""
    about = base.inputs.about.model_copy(update={"comparator": "new"})
    appraisal = hm.appraise(base["base"].outcomes, None, comparator="new", thresholds=[20_000])
    scenarios = {"base": replace(base["base"], appraisal=appraisal)}
    return replace(base, comparator="new", inputs=replace(base.inputs, about=about), scenarios=scenarios)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda base: psa_of(3), "strategy A"),
        (turned_round, "comparator is old in the first and new"),
        (lambda base: replace(base, scenarios={"other": base["base"]}), "no scenario in common"),
        (lambda base: replace(base, currency=hm.analysis.results.Currency("$")), "in £, the second in"),
    ],
)
def test_results_of_different_models_are_refused(base, change, said):
    with pytest.raises(hm.HeemodelError, match="cannot be compared") as raised:
        compare(base, change(base))
    assert said in str(raised.value)


def test_a_figure_that_only_one_run_has_is_told_and_has_not_moved(base, tmp_path):
    about = base.inputs.about.model_copy(update={"thresholds": [20_000.0, 30_000.0]})
    other = tabulated(
        replace(base, inputs=replace(base.inputs, about=about), thresholds=[20_000.0, 30_000.0], tables={})
    )
    table = compare(base, other).tables["headlines"]
    only = table[table["note"] == "only in the second run"]
    assert set(only["quantity"]) >= {"net_benefit_at_30000"}
    assert not only["moved"].any()
    assert pd.isna(only["difference"]).all()


def test_what_is_the_same_when_it_is_printed_has_not_moved(base, tmp_path):
    """A fee in its eighth digit moves every draw alike, beyond all chance, and shows nowhere."""
    comparison = compare(base, run(linear(tmp_path / "linear", fee=50.0 + 2e-7)), model=tmp_path / "linear")
    table = comparison.tables["headlines"]
    assert (table["difference"].abs() > 0).any()
    assert table.loc[table["before"].notna(), "same"].all()
    assert comparison.moved.empty
    assert comparison.still == {"base"}


def test_a_change_that_shows_has_moved_however_small_it_is(base, tmp_path):
    comparison = compare(base, run(linear(tmp_path / "linear", fee=50.01)), model=tmp_path / "linear")
    assert {"incremental_cost", "net_benefit_at_20000"} <= set(comparison.moved["quantity"])


def test_figures_that_one_run_alone_was_asked_for_are_not_counted(base, tmp_path):
    """Two thresholds in place of one: what is held against the second is the second run's alone."""
    folder = linear(tmp_path / "linear")
    other = run(folder, inputs=hm.load_model(folder).inputs.with_changes({"about.thresholds": [20_000, 30_000]}))
    comparison = compare(base, other, model=folder)
    table = comparison.tables["headlines"]
    alone = table[table["note"] == "only in the second run"]
    assert len(alone)
    assert set(comparison.shared.index).isdisjoint(alone.index)
    lines = in_lines(comparison)
    assert f"none of {len(comparison.shared)} headline figures" in lines[0]
    assert lines[1] == f"Not counted, as one run alone has them: {len(alone)} in second run only."

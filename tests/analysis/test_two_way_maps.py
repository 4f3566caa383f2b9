"""Maps of two inputs in an analysis: ranges, the centre, evidence by strategy, names, and what is refused."""

import numpy as np
import pytest

import heemodel as hm
from heemodel.parameters import InputError
from tests.analysis.comparing.linear import linear, scenarios

MAP = """
[two_way.map]
label = "Price and fee"
x = "{x}"
y = "{y}"
{more}
"""


def run(folder, **how):
    return hm.analyse(folder, **{"draws": 400} | how)


def with_map(path, x="price", y="fee", more="y_range = [0, 2_000]", before=""):
    return linear(path / "linear", more=before + MAP.format(x=x, y=y, more=more))


def test_a_map_spans_the_central_95_per_cent_and_turns_where_it_should(tmp_path):
    """2,000 − 10 × price − fee is 0 at a price of (2,000 − fee) / 10."""
    results = run(with_map(tmp_path))
    grid, turns = results.tables["two_way"], results.tables["two_way_turns"]
    drawn = results["base"].draws["price"]
    assert [grid["x"].min(), grid["x"].max()] == pytest.approx(np.quantile(drawn, [0.025, 0.975]).tolist())
    found = turns[turns["x"].notna()]
    assert len(found) > 5
    assert found["x"].to_list() == pytest.approx(((2_000 - found["y"]) / 10).to_list())
    assert set(turns.loc[turns["x"].isna(), "note"]) == {
        "new is better value throughout",
        "old is better value throughout",
    }


def test_the_centre_is_the_headline_s_point_estimate_and_the_mean_stands_beside_it(tmp_path):
    results = run(with_map(tmp_path))
    centre = results.tables["two_way"].query("central").iloc[0]
    headline = results.tables["headline"].query("quantity == 'net_benefit_at_20000' and strategy == 'new'")
    by_basis = headline.set_index("basis")
    assert centre["quantity"] == "net_benefit_at_20000"
    assert centre["value"] == pytest.approx(by_basis.loc["point", "value"])
    assert centre["mean"] == pytest.approx(by_basis.loc["probabilistic", "value"])
    assert centre["mean_se"] == pytest.approx(by_basis.loc["probabilistic", "mcse"])


def test_a_saving_is_mapped_where_it_is_asked(tmp_path):
    results = run(with_map(tmp_path, more='y_range = [0, 2_000]\nquantity = "saving"'))
    centre = results.tables["two_way"].query("central").iloc[0]
    assert centre["value"] == pytest.approx(-(100 * 10 + 50))
    assert set(results.tables["two_way_turns"]["note"]) == {"costs more throughout"}


def test_a_map_of_one_scenario_is_of_that_one(tmp_path):
    more = 'y_range = [0, 2_000]\nscenario = "second"'
    results = run(with_map(tmp_path, more=more, before=scenarios("first", "second")))
    assert set(results.tables["two_way"]["scenario"]) == {"second"}


def test_maps_are_kept_with_the_results(tmp_path):
    results = run(with_map(tmp_path))
    results.save(tmp_path / "saved")
    again = hm.Results.load(tmp_path / "saved")
    assert again["base"].two_way.equals(results["base"].two_way)
    assert again.tables["two_way_turns"].equals(results.tables["two_way_turns"])
    plain = run(linear(tmp_path / "plain" / "linear"))
    plain.save(tmp_path / "plain_saved")
    assert hm.Results.load(tmp_path / "plain_saved")["base"].two_way.empty


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"x": "prise"}, "did you mean 'price'"),
        ({"x": "fee", "y": "price", "more": ""}, "is fixed"),
        ({"y": "price"}, "x and y are both 'price'"),
        ({"more": "y_range = [2_000, 0]"}, "does not run from low to high"),
        ({"more": 'y_range = [0, 1]\nscenario = "frist"', "before": scenarios("first")}, "did you mean 'first'"),
        ({"more": 'y_range = [0, 1]\nquantity = "gain"'}, "net benefit"),
        ({"more": "y_rang = [0, 1]"}, "did you mean 'y_range'"),
    ],
)
def test_what_cannot_be_mapped_is_refused_with_its_line(tmp_path, how, said):
    with pytest.raises(InputError) as raised:
        run(with_map(tmp_path, **how))
    assert said in str(raised.value)
    assert "line" in str(raised.value)
    assert "two_way.map" in str(raised.value)


def test_the_check_before_a_run_refuses_names_too(tmp_path):
    with pytest.raises(hm.HeemodelError, match="did you mean 'price'"):
        hm.check_model(hm.load_model(with_map(tmp_path, x="prise")))


@pytest.fixture(scope="module")
def savings():
    return hm.analyse("models/thrombectomy_savings", draws=400, scenarios=["trust", "national-audit"])


def test_evidence_of_each_strategy_is_mapped_and_its_centre_is_the_headline(savings):
    """The saving by both stays: a day less with thrombectomy is worth a day more without, where care is the same."""
    table = savings.tables["two_way"]
    point = savings.tables["headline"].query("quantity == 'net_saving_per_patient' and basis == 'point'")
    centre = table[table["central"]]
    for row in centre.itertuples():
        assert row.value == pytest.approx(point.set_index("scenario").loc[row.scenario, "value"], rel=1e-9)
    assert set(table.loc[table["name"] == "stays", "scenario"]) == {"trust"}
    turns = savings.tables["two_way_turns"].query("name == 'stays'").dropna(subset="x")
    slope = np.diff(turns["x"]) / np.diff(turns["y"])
    assert slope == pytest.approx(np.ones(len(slope)), rel=0.1)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        ("mean_stay", r"mean_stay\[thrombolysis\], mean_stay\[thrombectomy\]"),
        ("mean_stay[thrombectmy]", "did you mean 'mean_stay"),
        ("mrs_at_home[0]", "add up to 1"),
        ("utility_by_mrs[9]", "did you mean 'utility_by_mrs"),
    ],
)
def test_places_that_cannot_be_moved_are_refused_with_those_that_can(folder, x, said):
    inputs = folder.inputs.with_changes({"two_way.bed_days.x": x})
    with pytest.raises(InputError, match=said):
        hm.analyse(folder, draws=100, inputs=inputs, scenarios=["trials"])


def test_a_range_that_the_model_refuses_is_told_with_the_map(folder):
    """Stays of 2 days are below what the model takes."""
    inputs = folder.inputs.with_changes({"two_way.bed_days.y_range": [2.0, 40.0]})
    with pytest.raises(InputError, match=r"two_way.bed_days"):
        hm.analyse(folder, draws=100, inputs=inputs, scenarios=["trials"])


@pytest.mark.slow
def test_a_model_with_groups_and_sources_is_mapped_by_their_mean():
    """Of two sources of a parameter the heaviest is the centre; groups count by their shares."""
    loaded = hm.load_model("tests/report/small_model")
    asked = {"label": "A map", "x": "utility_ill", "y": "treatment_cost"}
    results = hm.analyse(loaded, draws=200, inputs=loaded.inputs.with_changes({"two_way": {"map": asked}}))
    centre = results.tables["two_way"].query("central").set_index("scenario")
    headline = results.tables["headline"]
    mine = headline["quantity"] == f"net_benefit_at_{results.thresholds[0]:.12g}"
    point = headline[mine & (headline["basis"] == "point")].set_index("scenario")
    for scenario in results.scenarios:
        assert centre.loc[scenario, "value"] == pytest.approx(point.loc[scenario, "value"])
        assert centre.loc[scenario, "x"] == pytest.approx(0.6)

"""What a model folder takes over from other models, and the tables and pictures that it gives."""

import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import Exhibit, load_model
from tests.analysis.test_folder import INPUTS, MODEL, folder

TAKING = """
import pandas as pd
import heemodel as hm

def upstream(linked):
    other = linked.load("theirs")
    draws = linked.draws(other)
    cost = other.model().run(draws)["cost"].sum("component")
    return (cost.sel(strategy="new", drop=True) - cost.sel(strategy="old", drop=True)).to_dataset(name="taken")

def model():
    return hm.FunctionModel(
        strategies=["old", "new"],
        outcomes=lambda p: hm.Outcomes(
            cost={"all": hm.by_strategy({"old": 0.0, "new": p.taken + 0 * p.price})}, qaly=0.0
        ),
    )

def exhibits(linked, inputs, scenario, draws):
    rows = pd.DataFrame({"label": ["price"], "mean": [float(draws["taken"].mean())], "lower": 0.0, "upper": 30.0})
    return [
        hm.analysis.Exhibit(name="taken", heading="Taken over", title="What it costs", kind="ranges", table=rows,
                            text="From theirs.", x="£"),
        hm.analysis.Exhibit(name="words", heading="Taken over", title="In words", kind="table",
                            table=pd.DataFrame({"What": ["cost"], "How much": ["ten"]}), text="A table."),
        hm.analysis.Exhibit(
            name="map", heading="Where", title="A map", kind="tiles", text="Two tiles.", form="share",
            table=pd.DataFrame(
                {"panel": "now", "label": ["North", "South"], "row": [0, 1], "column": [0, 0], "value": [0.1, 0.2]}
            ),
        ),
    ]
"""


@pytest.fixture
def ours(tmp_path):
    folder(tmp_path / "theirs")
    return folder(tmp_path / "ours", TAKING)


def test_draws_of_another_model_are_those_of_the_same_analysis(ours):
    """The other's price has the seed and name of ours, so that what is taken over is our price draw by draw."""
    results = hm.analyse(load_model(ours), draws=150, seed=4)
    draws = results["base"].draws
    xr.testing.assert_allclose(draws["taken"], draws["price"].rename("taken"))
    assert float(results["base"].point["cost"].sel(strategy="new").squeeze()) == pytest.approx(10.0)


def test_files_of_the_other_model_are_in_the_record(ours):
    results = hm.analyse(load_model(ours), draws=100)
    assert {"theirs/inputs.toml", "theirs/model.py", "model.py"} <= set(results.record.files)


def test_heemodel_check_runs_it_too(ours):
    assert hm.check_model(load_model(ours)).passed


def test_variations_take_over_the_same(tmp_path):
    folder(tmp_path / "theirs")
    varied = INPUTS + (
        '\n[variations.dear]\nlabel = "Dear"\nrationale = "?"\nchanges.parameters.price = '
        '{ value = 20, price_year = "2023/24", source = "Invented", status = "assumed" }\n'
    )
    results = hm.analyse(load_model(folder(tmp_path / "ours", TAKING, inputs=varied)), draws=100)
    cost = results.variations["dear"].outcomes["cost"].sel(strategy="new")
    assert float(cost.mean()) == pytest.approx(float(results["base"].draws["taken"].mean()))


def test_another_model_that_is_not_there_is_told(tmp_path):
    with pytest.raises(hm.HeemodelError, match="theirs is not a model folder"):
        hm.analyse(load_model(folder(tmp_path / "ours", TAKING)), draws=100)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def upstream(linked):\n    return 3\n", "upstream.linked. gives a int; return an xarray.Dataset"),
        ("def exhibits(linked, inputs, scenario, draws):\n    return [3]\n", "exhibits.* gives a int"),
    ],
)
def test_what_is_no_dataset_or_exhibit_is_refused(tmp_path, code, message):
    with pytest.raises(hm.HeemodelError, match=message):
        hm.analyse(load_model(folder(tmp_path / "ours", MODEL + "\n" + code)), draws=100)


def test_exhibits_stand_in_the_report_and_are_kept(ours, tmp_path):
    results = hm.analyse(load_model(ours), draws=100)
    kept = hm.Results.load(results.save(tmp_path / "kept"))
    for before, after in zip(results["base"].exhibits, kept["base"].exhibits, strict=True):
        assert (before.name, before.kind, before.text) == (after.name, after.kind, after.text)
        pd.testing.assert_frame_equal(before.table, after.table)
    hm.write_report(tmp_path / "out", kept)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.index("Taken over") < page.index("What it costs") < page.index("In words") < page.index("A map")
    assert (tmp_path / "out" / "figures" / "taken.svg").is_file()
    assert (tmp_path / "out" / "figures" / "map.svg").is_file()
    cells = pd.read_csv(tmp_path / "out" / "exhibits.csv")
    assert cells[cells["exhibit"] == "words"][["column", "text"]].values.tolist() == [
        ["What", "cost"],
        ["How much", "ten"],
    ]


def test_two_exhibits_of_one_name_are_refused(tmp_path):
    folder(tmp_path / "theirs")
    with pytest.raises(hm.HeemodelError, match="two of the name 'taken'"):
        hm.analyse(load_model(folder(tmp_path / "ours", TAKING.replace('name="words"', 'name="taken"'))), draws=100)


ROWS = {
    "tiles": {"panel": ["now"], "label": ["A"], "row": [0], "column": [0], "value": [0.3]},
    "over time": {"series": ["a"], "year": [2026], "mean": [1.0], "lower": [0.5], "upper": [1.5]},
    "ranges": {"label": ["A"], "mean": [1.0], "lower": [0.5], "upper": [1.5]},
    "bars": {"series": ["a"], "label": ["A"], "value": [1.0]},
    "points": {"series": ["a"], "x": [1.0], "y": [2.0]},
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_picture_needs_the_columns_of_its_kind(kind):
    table = pd.DataFrame(ROWS[kind])
    given = {"name": "x", "heading": "h", "title": "t", "kind": kind, "text": "", "table": table}
    assert Exhibit(**given).kind == kind
    for column in ROWS[kind]:
        with pytest.raises(hm.HeemodelError, match=f"no column '{column}'"):
            Exhibit(**given | {"table": table.drop(columns=column)})
    with pytest.raises(hm.HeemodelError, match="no rows"):
        Exhibit(**given | {"table": table.iloc[:0]})
    with pytest.raises(hm.HeemodelError, match="the name of its files"):
        Exhibit(**given | {"name": "a/b"})
    with pytest.raises(hm.HeemodelError, match="unknown form 'percent'"):
        Exhibit(**given | {"form": "percent"})
    with pytest.raises(hm.HeemodelError, match="unknown kind"):
        Exhibit(**given | {"kind": "pie"})


def test_a_function_is_given_so_many_draws_at_a_time():
    seen = []

    def outcomes(p):
        seen.append(p.x.size)
        return hm.Outcomes(cost={"all": hm.by_strategy({"old": 0.0, "new": p.x})}, qaly=0.0)

    draws = xr.Dataset({"x": ("sample", [1.0, 2.0, 3.0, 4.0, 5.0])})
    found = hm.FunctionModel(strategies=["old", "new"], outcomes=outcomes, block=2).run(draws)
    assert seen == [2, 2, 1]
    assert found["cost"].sel(strategy="new").squeeze("component").values.tolist() == [1, 2, 3, 4, 5]
    with pytest.raises(hm.ModelError, match="block=0"):
        hm.FunctionModel(strategies=["old", "new"], outcomes=outcomes, block=0)


def test_inputs_say_who_is_counted(tmp_path):
    inputs = INPUTS.replace('comparator = "old"', 'comparator = "old"\nperson = "admission"')
    results = hm.analyse(load_model(folder(tmp_path / "ours", inputs=inputs)), draws=100)
    assert results.person == "admission"
    assert results.per_person.startswith("£ per admission")

"""The report of a PSA that was made elsewhere: the same corridor, with less in it."""

import json

import html5lib
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import Affected, results_of_psa
from tests.decision.test_appraisal import psa as made_up_psa

FILES = {"costs.csv": "0" * 64}
PEOPLE = Affected(8_607.7, "1,000 people a year for 10 years, later years discounted at 3.5%")


@pytest.fixture(scope="module")
def appraisal():
    outcomes, draws = made_up_psa(1_200)
    return hm.appraise(outcomes, draws, comparator="old", thresholds=[20_000, 30_000])


@pytest.fixture(scope="module")
def out(appraisal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("psa") / "results"
    hm.write_report(folder, results_of_psa(appraisal, files=FILES, affected=PEOPLE))
    return folder


def test_everything_is_written(out):
    written = {path.stem for path in out.glob("*.csv")}
    assert {"headline", "incremental", "acceptability", "evpi", "evppi", "tornado", "stability", "plane"} <= written
    drawn = {path.stem for path in (out / "figures").iterdir()}
    assert {"cost_effectiveness_plane", "efficiency_frontier", "acceptability", "evpi", "evppi", "tornado"} <= drawn


def test_the_incremental_analysis_is_that_of_the_appraisal(out, appraisal):
    table = pd.read_csv(out / "incremental.csv")
    assert table["status"].tolist() == ["on the frontier", "on the frontier", "dominated"]
    assert table["icer"].iloc[1] == pytest.approx(appraisal.cea.icer("new").value)


def test_every_strategy_stands_beside_the_comparator(out, appraisal):
    table = pd.read_csv(out / "headline.csv", keep_default_na=False)
    mine = table[table["quantity"] == "incremental_cost"].set_index("strategy")["value"].astype(float)
    cost = appraisal.cea.incremental(appraisal.cea.cost).mean("sample")
    assert set(mine.index) == {"new", "worse"}
    np.testing.assert_allclose(mine[["new", "worse"]], cost.sel(strategy=["new", "worse"]), rtol=1e-9)


@pytest.mark.parametrize(("name", "rows"), [("evpi", 1), ("acceptability", 3)])
def test_asked_thresholds_stand_at_the_head_of_their_curve(out, appraisal, name, rows):
    table, curve = pd.read_csv(out / f"{name}.csv"), getattr(appraisal, name)
    head = table.head(2 * rows)
    assert head["threshold"].tolist() == [threshold for threshold in (20_000, 30_000) for _ in range(rows)]
    assert head["asked"].all()
    assert not table["asked"].iloc[2 * rows :].any()
    again = table.drop(columns=["scenario", "asked"]).sort_values("threshold", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(again, curve.reset_index(drop=True), check_dtype=False, rtol=1e-9)


def test_the_page_is_sound_html_and_needs_no_network(out):
    page = (out / "report.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert "<title>Which strategy is the best value for money?" in page
    assert "At £20,000 per QALY" in page


def test_without_parameters_the_page_says_what_is_missing(tmp_path):
    outcomes, _ = made_up_psa(1_000)
    results = results_of_psa(hm.appraise(outcomes, comparator="old", thresholds=[20_000]))
    page = hm.write_report(tmp_path / "out", results).read_text(encoding="utf-8")
    assert "No parameters were given" in page
    assert not (tmp_path / "out" / "evppi.csv").exists()


def test_the_manifest_tells_files_thresholds_and_people(out):
    record = json.loads((out / "manifest.json").read_text())
    assert record["files"] == FILES
    assert record["thresholds"] == [20_000, 30_000]
    assert record["people_affected"] == 8_607.7
    assert record["comparator"] == "old"


def test_the_same_psa_gives_the_same_files(appraisal, out, tmp_path):
    hm.write_report(tmp_path / "again", results_of_psa(appraisal, files=FILES, affected=PEOPLE))
    for path in sorted(out.glob("*.csv")) + sorted((out / "figures").glob("*")):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(out)).read_bytes()


def test_costs_may_be_certain_and_only_qalys_sampled(tmp_path):
    gain = np.random.default_rng(1).normal(0.01, 0.01, 200)
    outcomes = xr.Dataset(
        {"cost": ("strategy", [0.0, 100.0]), "qaly": (("sample", "strategy"), np.stack([0 * gain, gain], 1))},
        coords={"strategy": ["old", "new"]},
    )
    results = results_of_psa(hm.appraise(outcomes, comparator="old", thresholds=[20_000]))
    page = hm.write_report(tmp_path / "out", results).read_text(encoding="utf-8")
    assert "200 samples of costs and QALYs" in page

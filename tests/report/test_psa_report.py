"""The report of a PSA that was made elsewhere: the same corridor, with less in it."""

import json
import re

import html5lib
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis import Affected, results_of_psa
from heemodel.currency import POUNDS
from heemodel.report.document import Words
from heemodel.report.formatting import money, with_error
from heemodel.report.sections.certainty import certainty
from heemodel.report.sections.cost_effectiveness import cost_effectiveness
from heemodel.report.sections.information import information
from heemodel.report.sections.summary import summary
from tests.decision.test_appraisal import psa as made_up_psa
from tests.report.sections.looking import row_of, table_of

FILES = {"costs.csv": "0" * 64}
PEOPLE = Affected(8_607.7, "1,000 people a year for 10 years, later years discounted at 3.5%")


@pytest.fixture(scope="module")
def appraisal():
    outcomes, draws = made_up_psa(1_200)
    return hm.appraise(outcomes, draws, comparator="old", thresholds=[20_000, 30_000])


@pytest.fixture(scope="module")
def results(appraisal):
    return results_of_psa(appraisal, files=FILES, affected=PEOPLE)


@pytest.fixture(scope="module")
def out(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("psa") / "results"
    hm.write_report(folder, results)
    return folder


def test_everything_is_written(out):
    written = {path.stem for path in out.glob("*.csv")}
    assert {"headline", "incremental", "acceptability", "evpi", "evppi", "tornado", "stability", "plane"} <= written
    assert {"costs_by_year", "occupancy", "subgroups", "posterior", "checks"}.isdisjoint(written)
    assert {path.stem for path in (out / "figures").iterdir()} == {
        *("cost_effectiveness_plane", "efficiency_frontier", "acceptability", "expected_loss"),
        *("evpi", "evppi", "tornado", "stability"),
    }


def test_files_have_the_columns_that_are_promised(out):
    columns = {name: pd.read_csv(out / f"{name}.csv").columns.tolist() for name in ("acceptability", "evpi", "evppi")}
    curve = ["scenario", "asked", "threshold", "strategy", "probability", "frontier", "expected_loss"]
    assert columns["acceptability"] == curve
    assert columns["evpi"] == ["scenario", "asked", "threshold", "evpi", "mcse"]
    assert columns["evppi"][:5] == ["scenario", "parameters", "threshold", "evppi", "se"]


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
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", page)
    assert page.count("<img") == 8


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


def test_shares_of_quadrants_add_up(out, appraisal):
    plane, shares = (pd.read_csv(out / f"{name}.csv") for name in ("plane", "quadrants"))
    np.testing.assert_allclose(shares.groupby("strategy")["share"].sum(), 1)
    assert plane.groupby("mean").size().to_dict() == {False: 2 * 1_000, True: 2}
    cost = appraisal.cea.incremental(appraisal.cea.cost).sel(strategy="new")
    saves = shares[(shares["strategy"] == "new") & shares["quadrant"].str.startswith("south")]["share"].sum()
    assert saves == pytest.approx(float((cost < 0).mean()))


def test_other_files_are_never_replaced(results, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(hm.report.OutputError, match="holds other files"):
        hm.write_report(tmp_path, results)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_one_quantity_has_the_same_digits_everywhere(results):
    """EVPI in the answer, in the table of losses and in the text of its figure; with its error in its own table."""
    evpi = results.tables["evpi"].set_index("threshold").loc[20_000.0]
    text = money(evpi["evpi"], evpi["mcse"], currency=POUNDS)
    assert any(f"The uncertainty costs {text} a person" in block.text for block in words_of(results))
    losses = table_of(certainty(results), "How sure")
    best = results.tables["acceptability"].query("asked and frontier and threshold == 20000")["strategy"].item()
    assert [row[3] for row in losses.rows if row[:2] == ["£20,000 per QALY", best]] == [text]
    section = information(results)
    (figure,) = [figure for figure in section.figures() if figure.name == "evpi"]
    assert f"{text}." in figure.alternative
    row = row_of(table_of(section, "Expected value of perfect information"), "Per person, at £20,000 per QALY")
    assert row["EVPI"] == with_error(evpi["evpi"], evpi["mcse"], currency=POUNDS)
    assert row["EVPI"].startswith(f"{text} (±")


def test_figures_of_a_column_have_the_same_decimals(results):
    section = cost_effectiveness(results)
    for title, columns in (("Fully incremental", (2, 5)), ("Each strategy", (2,))):
        for column in columns:
            cells = [row[column].split(" ")[0] for row in table_of(section, title).rows if row[column]]
            assert len({len(cell.partition(".")[2]) for cell in cells}) == 1


@pytest.mark.parametrize(
    ("value", "se", "text"),
    [
        (0.00001, 0.00072, "£0.0000 (± £0.0007)"),
        (84.2, 5.9, "£84 (± £6)"),
        (162.7, 12.0, "£160 (± £10)"),
        (0, 0, "£0"),
    ],
)
def test_a_value_and_its_error_are_rounded_alike(value, se, text):
    assert with_error(value, se, currency=POUNDS).replace("\N{NO-BREAK SPACE}", " ") == text


def test_groups_are_told_from_lists():
    """A group without a name of its own is its members; commas in names of parameters divide nothing."""
    rng = np.random.default_rng(1)
    names = ["hr_drug", "u_loss", "d[1,2]", "p", "u1", "u2", "HR, drug"]
    draws = pd.DataFrame({name: rng.normal(size=200) for name in names})
    groups = {"hr_drug,u_loss": ["hr_drug", "u_loss"], "d[1,2],p": ["d[1,2]", "p"], "quality of life": ["u1", "u2"]}
    cost = np.stack([np.zeros(200), 1_000 * draws.sum(axis=1)], 1)
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": ("strategy", [5.0, 5.0])},
        coords={"strategy": ["old", "new"]},
    )
    found = results_of_psa(hm.appraise(outcomes, draws, comparator="old", thresholds=[20_000], groups=groups))
    labels = found.tables["evppi"].set_index("parameters")["label"]
    assert labels[list(groups)].tolist() == ["hr_drug + u_loss", "d[1,2] + p", "quality of life"]
    assert labels[names].tolist() == names


def words_of(results):
    """What the first screen says in sentences."""
    return [block for block in summary(results).blocks if isinstance(block, Words)]


def three(new, other=(9_000, 4.0)):
    """What is said of new against old: increments of cost and QALYs with a little noise; by default other is worse."""
    noise = np.random.default_rng(1).normal(size=(400, 3)) * [0, 100, 100]
    means = np.array([[1_000, 5], [1_000 + new[0], 5 + new[1]], [1_000 + other[0], other[1]]])
    dims = ("sample", "strategy")
    outcomes = xr.Dataset(
        {"cost": (dims, means[:, 0] + noise), "qaly": (dims, means[:, 1] + noise / 1e4)},
        coords={"strategy": ["old", "new", "other"]},
    )
    results = results_of_psa(hm.appraise(outcomes, comparator="old", thresholds=[20_000]))
    return next(block.text for block in words_of(results) if block.text.startswith("New instead of old"))


@pytest.mark.parametrize(
    ("cost", "text"),
    [
        (-1_000, r"saves £1,000 a person \(95% interval £8\d\d to £1,[12]\d\d\)"),
        (1_000, r"costs £1,000 a person \(95% interval £8\d\d to £1,[12]\d\d\)"),
        (-50, r"saves £\d+ a person \(95% interval costs £1\d\d to saves £2\d\d\)"),
        (50, r"costs £\d+ a person \(95% interval saves £1\d\d to costs £2\d\d\)"),
    ],
)
def test_intervals_go_in_the_direction_of_their_verb(cost, text):
    assert re.search(text, three((cost, 0.1)))


@pytest.mark.parametrize(
    ("new", "other", "text"),
    [
        ((1_000, 0.1), (9_000, 4.0), r"gains 0\.10\d* QALYs .*; £(10,\d|9,9)\d\d per QALY gained\."),
        ((-1_000, -0.1), (9_000, 4.0), r"loses 0\.10\d* QALYs .*; £(10,\d|9,9)\d\d saved per QALY lost\."),
        ((-1_000, 0.1), (9_000, 4.0), r"gains 0\.10\d* QALYs .*; dominant\."),
        ((1_000, -0.1), (9_000, 4.0), r"loses 0\.10\d* QALYs .*; dominated\."),
        (
            (1_000, 0.05),
            (1_200, 5.2),
            r"per QALY gained \(extendedly dominated by a mix of old and other: more QALYs at the same cost\)\.",
        ),
    ],
)
def test_the_ratio_says_per_what_and_whether_it_is_beside_the_point(new, other, text):
    assert re.search(f"{text}$", three(new, other))

"""The report of a PSA that was made elsewhere."""

import json
import re

import html5lib
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from heemodel.report.psa import tables, words
from heemodel.report.psa.figures import plane_tables
from heemodel.report.wording import fine_money
from matplotlib.text import Text

import heemodel as hm
from heemodel.currency import POUNDS
from heemodel.report import PSA_WRITTEN, Affected, PSARecord, knowledge, plots, write_psa_report
from tests.decision.test_appraisal import psa

RECORD = PSARecord(seed=1, files={"costs.csv": "0" * 64})


@pytest.fixture(scope="module")
def found():
    outcomes, draws = psa(1_200)
    return hm.appraise(outcomes, draws, comparator="old", thresholds=[20_000, 30_000])


@pytest.fixture(scope="module")
def out(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("psa") / "results"
    affected = Affected(8_607.7, "1,000 people a year for 10 years, later years discounted at 3.5%")
    write_psa_report(folder, found, record=RECORD, affected=affected)
    return folder


def test_everything_is_written(out):
    assert {path.name for path in out.iterdir()} == PSA_WRITTEN
    drawn = {path.stem for path in (out / "figures").iterdir()}
    assert drawn == {
        *("cost_effectiveness_plane", "efficiency_frontier", "acceptability", "expected_loss"),
        *("evpi", "evppi", "tornado", "stability"),
    }


def test_files_have_the_columns_that_are_promised(out, found):
    columns = {name: pd.read_csv(out / f"{name}.csv").columns.tolist() for name in ("acceptability", "evpi", "evppi")}
    assert columns["acceptability"] == ["asked", "threshold", "strategy", "probability", "frontier", "expected_loss"]
    assert columns["evpi"] == ["asked", "threshold", "evpi", "mcse"]
    assert columns["evppi"][:4] == ["parameter", "threshold", "evppi", "se"]
    icers = pd.read_csv(out / "icer_table.csv")
    assert icers["status"].tolist() == ["on the frontier", "on the frontier", "dominated"]
    assert icers["icer"].iloc[1] == pytest.approx(found.cea.icer("new").value)


@pytest.mark.parametrize(("name", "rows"), [("evpi", 1), ("acceptability", 3)])
def test_asked_thresholds_stand_at_the_head_of_their_curve(out, found, name, rows):
    table, curve = pd.read_csv(out / f"{name}.csv"), getattr(found, name)
    head = table.head(2 * rows)
    assert head["threshold"].tolist() == [threshold for threshold in (20_000, 30_000) for _ in range(rows)]
    assert head["asked"].all()
    assert not table["asked"].iloc[2 * rows :].any()
    again = table.drop(columns="asked").sort_values("threshold", kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(again, curve.reset_index(drop=True), check_dtype=False, rtol=1e-9)
    drawn = pd.read_csv(out / "figures" / f"{name}.csv")["threshold"]
    assert drawn.is_monotonic_increasing


def test_the_page_is_sound_html_and_needs_no_network(out):
    page = (out / "report.html").read_text(encoding="utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert "http" not in page.replace("http://www.w3.org", "")
    assert page.count("<img") == 8
    assert "<title>Which strategy is the best value for money?</title>" in page


def test_the_first_paragraph_is_the_answer(found):
    first, second = words.answer(found, None)
    best = words.best_at(found, 20_000.0)
    assert first.startswith(f"At £20,000 per QALY, {best['strategy']} has the highest expected net benefit")
    assert second.startswith("At £30,000 per QALY")
    assert "EVPI" in first


def test_a_strategy_that_is_more_often_best_without_being_best_is_named():
    """New loses 1 in two of three samples and gains 100 in the third."""
    benefit = np.tile([-1.0, -1.0, 100.0], 500)
    outcomes = xr.Dataset(
        {
            "cost": (("sample", "strategy"), np.stack([0 * benefit, -benefit], 1)),
            "qaly": (("sample", "strategy"), np.zeros((1_500, 2))),
        },
        coords={"strategy": ["old", "new"]},
    )
    said = words.answer(hm.appraise(outcomes, comparator="old", thresholds=[20_000]), None)[0]
    assert "new has the highest expected net benefit" in said
    assert "old is the most cost-effective more often (67% of samples), but by less" in said


def test_equal_strategies_are_said_to_be_equal():
    same = xr.Dataset(
        {name: (("sample", "strategy"), np.ones((50, 2))) for name in ("cost", "qaly")},
        coords={"strategy": ["old", "new"]},
    )
    said = words.answer(hm.appraise(same, comparator="old", thresholds=[20_000]), None)[0]
    assert "old and new have the same, highest expected net benefit." in said


def test_increments_are_told_with_their_direction(found):
    new, worse = words.increments(found)
    assert new.startswith("new instead of old: costs £1,5")
    assert "gains 0." in new
    assert "per QALY gained" in new
    assert "worse instead of old: costs £2,0" in worse


@pytest.mark.parametrize(
    ("samples", "shift", "said"),
    [(100, 0.0, "Only 100 samples"), (4_000, None, "more samples are needed to tell which is higher")],
)
def test_what_ought_to_be_looked_at_again_is_said(samples, shift, said):
    outcomes, _ = psa(samples)
    if shift is None:  # both equally good
        benefit = 20_000 * outcomes["qaly"].sel(strategy="new") - outcomes["cost"].sel(strategy="new")
        base = 20_000 * outcomes["qaly"].sel(strategy="old")
        cost = outcomes["cost"].copy()
        cost.loc[{"strategy": "new"}] += float((benefit - base).mean()) - 1e-3
        outcomes = outcomes.assign(cost=cost)
    found = hm.appraise(outcomes, comparator="old", thresholds=[20_000])
    assert any(said in caution for caution in words.cautions(found))


def cautions_of(outcomes, draws=None):
    return words.cautions(hm.appraise(outcomes, draws, comparator="old", thresholds=[20_000]))


def test_parameters_of_other_samples_are_looked_at_again():
    outcomes, draws = psa(1_200)
    said = cautions_of(outcomes, draws.sample(frac=1, random_state=1).reset_index(drop=True))
    assert any("no more of costs, QALYs and net benefits than chance would (R² of up to" in one for one in said)
    assert not any("than chance would" in one for one in cautions_of(outcomes, draws))


@pytest.mark.parametrize(
    ("cost", "qaly", "said"),
    [
        ("qaly", "cost", "are costs and QALYs swapped?"),
        ("cost", "days", "are they in another unit, or of many people?"),
    ],
)
def test_costs_and_qalys_of_an_odd_size_are_looked_at_again(cost, qaly, said):
    outcomes, _ = psa(200)
    outcomes = outcomes.assign(days=365 * outcomes["qaly"], cost=outcomes["cost"] + 300)
    swapped = xr.Dataset({"cost": outcomes[cost], "qaly": outcomes[qaly]})
    assert any(said in one for one in cautions_of(swapped))
    assert not any(said in one for one in cautions_of(outcomes))


def test_noise_is_not_named_nor_does_it_fill_the_cautions():
    """Equal strategies, and twenty parameters that have no part in them."""
    rng = np.random.default_rng(3)
    benefit = rng.normal(0, 1_000, 1_000)
    cost = np.stack([0 * benefit, benefit - benefit.mean()], 1)
    outcomes = xr.Dataset(
        {"cost": (("sample", "strategy"), cost), "qaly": ("strategy", [5.0, 5.0])},
        coords={"strategy": ["old", "new"]},
    )
    noise = pd.DataFrame(rng.normal(size=(1_000, 20))).add_prefix("noise")
    found = hm.appraise(outcomes, noise, comparator="old", thresholds=[20_000])
    assert (found.evppi["evppi"] > 2 * found.evppi["se"]).any()
    assert "no parameter or group is worth more than the error of its estimate" in words.worth(found)
    assert not any("noise" in one for one in words.cautions(found))


def test_one_quantity_has_the_same_digits_everywhere(found, out):
    """EVPI in the answer, its table, the table of losses, and the figure."""
    page = (out / "report.html").read_text(encoding="utf-8")
    evpi = found.evpi.set_index("threshold").loc[20_000.0]
    said = fine_money(evpi["evpi"], evpi["mcse"], currency=POUNDS)
    assert f"The uncertainty costs {said} per person" in words.answer(found, None)[0]
    assert knowledge.evpi_table(found, None).rows[0][1] == said
    losses = {row[1]: row[3] for row in tables.acceptability_table(found).rows[:3]}
    assert losses[words.best_at(found, 20_000.0)["strategy"]] == said
    assert f"curve of the expected value of perfect information per person: {said} at" in page.lower().replace("C", "c")
    drawn = plots.plot_evppi(found.evppi[found.evppi["threshold"] == 20_000], evpi=evpi["evpi"], evpi_mcse=evpi["mcse"])
    drawn.figure.draw_without_rendering()
    assert f"EVPI {said}" in [text.get_text() for text in drawn.figure.findobj(Text)]


def test_figures_of_a_column_have_the_same_decimals(found):
    for table, columns in ((tables.icer_table(found), (2, 4)), (tables.pairwise_table(found), (2,))):
        for column in columns:
            shown = {len(cell.split(" ")[0].split(".")[1]) for row in table.rows if (cell := row[column])}
            assert len(shown) == 1


@pytest.mark.parametrize(
    ("value", "se", "said"),
    [
        (0.00001, 0.00072, "£0 (± £0.0007)"),
        (84.2, 5.9, "£84 (± £6)"),
        (162.7, 12.0, "£160 (± £10)"),
        (0, 0, "£0 (± £0)"),
    ],
)
def test_a_value_and_its_error_are_rounded_alike(value, se, said):
    assert knowledge.with_error(value, se, POUNDS).replace("\N{NO-BREAK SPACE}", " ") == said


def test_groups_are_told_from_lists():
    groups = {"hr_drug,u_loss": ["hr_drug", "u_loss"], "d[1,2],p": ["d[1,2]", "p"], "quality of life": ["u1", "u2"]}
    said = [knowledge.spoken(name, groups) for name in (*groups, "d[1,2]", "HR, drug")]
    assert said == ["hr_drug + u_loss", "d[1,2] + p", "quality of life", "d[1,2]", "HR, drug"]


def two(cost, qaly, more=None):
    """Samples of new against old, with a little noise; and a third strategy (cost, QALYs)."""
    noise = np.random.default_rng(1).normal(size=(400, 3 if more else 2)) * [0, 100, 100][: 3 if more else 2]
    means = np.array([[0, 5], [cost, 5 + qaly], *([more] if more else [])])
    dims = ("sample", "strategy")
    return xr.Dataset(
        {"cost": (dims, means[:, 0] + noise), "qaly": (dims, means[:, 1] + noise / 1e4)},
        coords={"strategy": ["old", "new", "other"][: len(means)]},
    )


def said_of(outcomes):
    return words.increments(hm.appraise(outcomes, comparator="old", thresholds=[20_000]))[0]


def test_intervals_go_in_the_direction_of_their_verb():
    assert re.search(
        r"saves £9\d\d \(95% interval £[78]\d\d to £1,[12]\d\d\)", said_of(two(-1_000, 0.1)).replace("£1,0", "£9")
    )
    assert re.search(r"saves £\d+ \(95% interval costs £1\d\d to saves £2\d\d\)", said_of(two(-50, 0.1)))
    assert re.search(r"costs £\d+ \(95% interval saves £1\d\d to costs £2\d\d\)", said_of(two(50, 0.1)))


def test_the_icer_says_per_what_and_whether_it_is_beside_the_point():
    assert "; £10,000 per QALY gained." in said_of(two(1_000, 0.1)).replace("£9,9", "£10,0").replace("£10,1", "£10,0")
    assert " saved per QALY lost." in said_of(two(-1_000, -0.1))
    assert "dominant: saves money and gains QALYs." in said_of(two(-1_000, 0.1))
    beaten = said_of(two(1_000, 0.05, more=(1_200, 5.2)))
    assert beaten.endswith(
        "per QALY gained (extendedly dominated by a mix of old and other: more QALYs at the same cost)."
    )


def test_parameters_that_never_vary_are_named(found):
    assert any(caution.endswith("value of information: rate.") for caution in words.cautions(found))


def test_shares_of_quadrants_add_up(found):
    points, means, shares = plane_tables(found)
    np.testing.assert_allclose(shares.groupby("strategy")["share"].sum(), 1)
    assert len(points) == 2 * 1_000
    assert means["strategy"].tolist() == ["new", "worse"]
    cost = found.cea.incremental(found.cea.cost).sel(strategy="new")
    saves = shares[(shares["strategy"] == "new") & shares["quadrant"].str.startswith("south")]["share"].sum()
    assert saves == pytest.approx(float((cost < 0).mean()))


def test_without_parameters_the_page_says_what_is_missing(tmp_path):
    outcomes, _ = psa(1_000)
    found = hm.appraise(outcomes, comparator="old", thresholds=[20_000])
    page = write_psa_report(tmp_path / "out", found, record=RECORD).read_text(encoding="utf-8")
    assert "No parameters were given" in page
    assert not (tmp_path / "out" / "evppi.csv").exists()


def test_the_manifest_tells_files_thresholds_and_people(out):
    record = json.loads((out / "manifest.json").read_text())
    assert record["files"] == RECORD.files
    assert record["thresholds"] == [20_000, 30_000]
    assert record["people_affected"] == 8_607.7
    assert record["comparator"] == "old"


def test_the_same_psa_gives_the_same_files(found, out, tmp_path):
    write_psa_report(tmp_path / "again", found, record=RECORD)
    for path in sorted(out.glob("*.csv")) + sorted((out / "figures").glob("*")):
        if path.stem != "evpi":  # drawn with the people affected
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(out)).read_bytes()


def test_other_files_are_never_replaced(found, tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(hm.OutputError, match="holds other files"):
        write_psa_report(tmp_path, found, record=RECORD)


def test_strategies_that_are_best_equally_often_are_not_set_against_each_other():
    benefit = np.tile([300.0, -100.0], 100)
    outcomes = xr.Dataset(
        {
            "cost": (("sample", "strategy"), np.stack([0 * benefit, -benefit], 1)),
            "qaly": (("sample", "strategy"), np.zeros((200, 2))),
        },
        coords={"strategy": ["old", "new"]},
    )
    said = words.answer(hm.appraise(outcomes, comparator="old", thresholds=[20_000]), None)[0]
    assert "more often" not in said


def test_costs_may_be_certain_and_only_qalys_sampled(tmp_path):
    gain = np.random.default_rng(1).normal(0.01, 0.01, 200)
    outcomes = xr.Dataset(
        {"cost": ("strategy", [0.0, 100.0]), "qaly": (("sample", "strategy"), np.stack([0 * gain, gain], 1))},
        coords={"strategy": ["old", "new"]},
    )
    found = hm.appraise(outcomes, comparator="old", thresholds=[20_000])
    page = write_psa_report(tmp_path / "out", found, record=RECORD).read_text(encoding="utf-8")
    assert "200 samples of costs and QALYs" in page
    assert "Only 200 samples" in page

"""The report as people and programs read it."""

import json
import re
from dataclasses import replace

import html5lib
import numpy as np
import pandas as pd
import pytest
import xarray as xr

import heemodel as hm
from heemodel.analysis.tables import tabulated
from heemodel.currency import POUNDS
from tests.report.made_up import words

SCENARIOS = ["trust", "audit", "national-audit", "trials"]


@pytest.fixture(scope="module")
def out(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("out") / "results"
    hm.write_report(path, results)
    return path


@pytest.fixture(scope="module")
def page(out):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse((out / "report.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table(out):
    return pd.read_csv(out / "headline.csv")


def test_the_page_is_valid_html_that_loads_nothing(out, page):
    text = (out / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", text)
    assert "@import" not in text
    assert len(page.findall(".//img")) > 8


def test_every_figure_has_a_caption_and_a_text_alternative(page):
    for figure in page.findall(".//figure"):
        assert len(figure.find(".//img").get("alt")) > 60
        caption = words(figure.find("figcaption"))
        for part in ("5 years", "draws"):
            assert part in caption, caption


def test_headings_and_tables_can_be_navigated(page):
    assert page.find(".//html") is None
    assert page.get("lang") == "en-GB"
    assert len(page.findall(".//h1")) == 1
    for one in page.findall(".//table"):
        assert words(one.find("caption"))
        assert all(cell.get("scope") for cell in one.findall(".//th"))
    ids = {element.get("id") for element in page.iter() if element.get("id")}
    assert {link.get("href").removeprefix("#") for link in page.findall(".//a")} <= ids


def test_the_report_opens_on_the_saving_and_its_doubt(page):
    cards = [words(card) for card in page.findall(".//*[@class='card']")]
    assert len(cards) == 4
    for card, verb in zip(cards, ("[Ss]aves", "[Ss]aves", "[Cc]osts", "[Ss]aves"), strict=True):
        assert re.search(verb + r" £\d+,\d00 per patient, net of everything; 95% interval", card)
        assert "Probability that it saves money" in card
    text = words(page)
    assert text.index("A freed bed-day is capacity for another patient, not cash") < text.index(
        "What this analysis cannot tell"
    )
    assert "ASSUMED: n" in text
    assert "£344.44 a day = £26,178" in text


def test_the_headline_has_every_quantity_on_both_bases(table):
    assert list(table.columns[:9]) == [
        "quantity",
        "scenario",
        "strategy",
        "basis",
        "value",
        "lower",
        "upper",
        "mcse",
        "unit",
    ]
    assert not table.duplicated(["quantity", "scenario", "strategy", "basis"]).any()
    assert set(table["basis"]) == {"point", "probabilistic"}
    needed = {
        "gross_bed_day_saving_per_patient",
        "net_saving_per_patient",
        "saving_per_year",
        "bed_days_freed_per_patient",
        "incremental_qaly",
        "incremental_cost",
        "icer",
    }
    for scenario in SCENARIOS:
        for basis in ("point", "probabilistic"):
            chosen = (table["scenario"] == scenario) & (table["basis"] == basis)
            found = set(table.loc[chosen, "quantity"])
            assert needed <= found
        assert "probability_saving" in found
        assert {f"net_benefit_at_{t}" for t in (20000, 25000, 30000, 35000)} <= found
        for volume in (49, 71, 92, 100, 150, 200):
            assert f"probability_net_saving_reaches_claim_at_{volume}_per_year" in found
        assert "volume_at_which_net_saving_reaches_claim" in found


def test_the_headline_is_plain_text_that_any_spreadsheet_reads(out):
    text = (out / "headline.csv").read_bytes().decode("ascii")
    assert "GBP per patient, 2017/18 prices" in text


def test_headline_figures_agree_with_each_other(table):
    mine = table[table["strategy"] == "thrombectomy"]
    wide = mine.pivot(index=["scenario", "basis"], columns="quantity", values="value")
    np.testing.assert_allclose(wide["net_saving_per_patient"], -wide["incremental_cost"], rtol=1e-9)
    np.testing.assert_allclose(wide["saving_per_year"], 54.3 * wide["net_saving_per_patient"], rtol=1e-9)
    ratio = wide["incremental_cost"] / wide["incremental_qaly"]
    np.testing.assert_allclose(wide["icer"], ratio.where(ratio > 0), rtol=1e-9)  # none where it is dominant
    payers = wide["saving_nhs_per_patient"] + wide["saving_social_care_per_patient"]
    kinds = sum(wide[f"saving_{kind}_per_patient"] for kind in ("capacity_freed", "cash_releasing", "cost_avoided"))
    np.testing.assert_allclose(payers, wide["net_saving_per_patient"], rtol=1e-9)
    np.testing.assert_allclose(kinds, wide["net_saving_per_patient"], rtol=1e-9)
    benefit = 20_000 * wide["incremental_qaly"] - wide["incremental_cost"]
    np.testing.assert_allclose(wide["net_benefit_at_20000"], benefit, rtol=1e-9)
    reach = wide["volume_at_which_net_saving_reaches_claim"] * wide["net_saving_per_patient"]
    np.testing.assert_allclose(reach[wide["net_saving_per_patient"] > 0], 2_400_000, rtol=1e-9)
    assert reach[wide["net_saving_per_patient"] < 0].isna().all()  # no number of patients saves what each one costs


def test_probabilities_are_counted_from_the_draws(table, results):
    result = results["trials"]
    net = hm.decision.saving(result.outcomes, comparator="thrombolysis", intervention="thrombectomy").sum("component")
    value = table[table["strategy"] == "thrombectomy"].set_index(["scenario", "quantity", "basis"])["value"]
    assert value["trials", "probability_saving", "probabilistic"] == pytest.approx(float((net > 0).mean()))
    at_150 = value["trials", "probability_net_saving_reaches_claim_at_150_per_year", "probabilistic"]
    assert at_150 == pytest.approx(float((net * 150 >= 2_400_000).mean()))


def test_sampled_figures_carry_their_monte_carlo_error(table):
    sampled = table[(table["basis"] == "probabilistic") & (table["quantity"] != "icer")]
    assert (sampled["mcse"].notna() | sampled["value"].isna()).all()
    assert table.loc[table["basis"] == "point", ["lower", "upper", "mcse"]].isna().all(axis=None)


def test_the_page_shows_what_the_headline_says(page, table):
    from heemodel.report.formatting import cell

    rows = table[table["strategy"] == "thrombectomy"].set_index(["quantity", "scenario", "basis"])
    cards = [words(card) for card in page.findall(".//*[@class='card']")]
    tables = {words(one.find("caption")).strip(): one for one in page.findall(".//table")}
    key = [
        [words(c).strip() for c in row] for row in tables["What it saves, by body of evidence"].findall(".//tbody/tr")
    ]
    for place, scenario in enumerate(SCENARIOS):
        net = rows.loc[("net_saving_per_patient", scenario, "probabilistic")]
        assert cell(net, "money", currency=POUNDS).split(" ")[0].removeprefix("−") in cards[place]
        point = rows.loc[("net_saving_per_patient", scenario, "point")]
        assert key[2][1 + 2 * place : 3 + 2 * place] == [
            cell(point, "money", currency=POUNDS),
            cell(net, "money", currency=POUNDS),
        ]
    name = "probability_net_saving_reaches_claim_at_150_per_year"
    for scenario, label in zip(SCENARIOS, ("Own figures", "Own audit", "National audit", "Trials"), strict=True):
        claim = tables[f"Probability that £2,400,000 a year is reached, {label}"]
        shown = [words(c).strip() for c in claim.findall(".//tbody/tr")[5]]
        assert shown[0] == "150"
        assert shown[3] == cell(rows.loc[(name, scenario, "probabilistic")], "probability", currency=POUNDS)


def test_the_tables_behind_the_figures_tell_the_same_story(out, table):
    net = table.query("quantity == 'net_saving_per_patient' and basis == 'probabilistic'").set_index("scenario")[
        "value"
    ]
    steps = pd.read_csv(out / "saving_steps.csv").groupby("scenario").last()
    np.testing.assert_allclose(steps["end"].loc[SCENARIOS], net.loc[SCENARIOS], rtol=1e-9)
    shares = pd.read_csv(out / "saving_distribution.csv").groupby("scenario")["share"].sum()
    np.testing.assert_allclose(shares, 1.0)
    plane = pd.read_csv(out / "plane.csv")
    means = plane[plane["mean"]].set_index("scenario")["incremental_cost"]
    np.testing.assert_allclose(means.loc[SCENARIOS], -net.loc[SCENARIOS], rtol=1e-9)


def test_the_claim_is_held_against_what_it_counts(table):
    value = table[table["strategy"] == "thrombectomy"].set_index(["quantity", "scenario", "basis"])["value"]
    claimed = value["saving_as_claimed_per_patient", "trust", "point"]
    parts = (
        value["gross_bed_day_saving_per_patient", "trust", "point"],
        value["saving_social_care_per_patient", "trust", "point"],
    )
    assert claimed == pytest.approx(sum(parts))
    assert value["volume_at_which_saving_as_claimed_reaches_claim", "trust", "point"] == pytest.approx(
        2_400_000 / claimed
    )


def with_scenarios(results, scenarios, **changes):
    """The results with other scenarios, or the same in another order."""
    return tabulated(replace(results, scenarios=scenarios, tables={}, **changes))


def test_scenarios_are_compared_as_the_inputs_say_whatever_their_order(results, tmp_path):
    turned = with_scenarios(results, dict(reversed(results.scenarios.items())))
    text = hm.write_report(tmp_path / "turned", turned).read_text(encoding="utf-8")
    assert "is left under Trials" in text
    two = with_scenarios(results, dict(list(results.scenarios.items())[:2]))
    text = hm.write_report(tmp_path / "two", two).read_text(encoding="utf-8")
    assert "How much survives" not in text


def test_acceptability_adds_up_and_marks_the_frontier(out):
    curve = pd.read_csv(out / "acceptability.csv")
    assert list(curve.columns[:5]) == ["scenario", "asked", "threshold", "strategy", "probability"]
    totals = curve.groupby(["scenario", "threshold"])["probability"].sum()
    assert totals.to_numpy() == pytest.approx(1.0)
    assert (curve.groupby(["scenario", "threshold"])["frontier"].sum() == 1).all()
    assert {20_000, 25_000, 30_000, 35_000} <= set(curve["threshold"])


def test_draws_outcomes_and_manifest_are_there(out, results):
    with xr.open_datatree(out / "samples.nc", engine="h5netcdf") as tree:
        xr.testing.assert_equal(tree["trials/outcomes"].to_dataset()["qaly"].load(), results["trials"].outcomes["qaly"])
        assert "mean_stay" in tree["trials/draws"]
    record = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert record["seed"] == 1
    assert set(record["scenarios"]) == set(SCENARIOS)
    assert record["scenarios"]["trials"]["max_rhat"] < 1.01
    assert record["software"]["pymc"]
    assert len(record["files"]["inputs.toml"]) == 64
    assert len(list((out / "figures").glob("*.svg"))) > 8
    assert (out / "posterior.csv").exists()
    assert (out / "predictive.csv").exists()


def test_an_override_of_the_gate_and_a_failed_check_stand_on_the_first_page(results, tmp_path):
    first = results.first
    bad = replace(
        first,
        fitted=replace(first.fitted, accepted_unconverged=("x: R-hat 1.200",)),
        checks=[hm.verify.Check("Nobody returns from the dead", passed=False, detail="0.1")],
    )
    path = hm.write_report(tmp_path / "bad", with_scenarios(results, {bad.name: bad}))
    text = path.read_text(encoding="utf-8")
    cards = text.index('class="cards"')
    assert text.index("R-hat 1.200") < cards
    assert text.index("Nobody returns from the dead") < cards
    assert json.loads((tmp_path / "bad" / "manifest.json").read_text())["scenarios"]["trust"]["checks_failed"]


def test_a_single_scenario_makes_a_report(results, tmp_path):
    hm.write_report(tmp_path / "one", with_scenarios(results, {"trials": results["trials"]}))
    assert set(pd.read_csv(tmp_path / "one" / "headline.csv")["scenario"]) == {"trials"}


def test_inputs_without_a_claim_make_a_report_that_opens_on_the_saving(results, tmp_path):
    unclaimed = with_scenarios(results, results.scenarios, inputs=replace(results.inputs, claim=None))
    text = hm.write_report(tmp_path / "none", unclaimed).read_text(encoding="utf-8")
    assert "claim" not in unclaimed.tables["headline"]["quantity"].str.cat()
    assert "Does it reach the published figure" not in text
    assert "bed-days are freed" in text[: text.index('class="cards"')]


def test_results_replace_earlier_results_but_never_other_files(results, out, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(hm.report.OutputError, match="holds other files"):
        hm.write_report(tmp_path / "mine", results)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    (out / "notes.txt").write_text("mine")
    with pytest.raises(hm.report.OutputError, match=r"holds other files \(notes.txt\)"):
        hm.write_report(out, results)
    (out / "notes.txt").unlink()
    assert hm.write_report(out, results).exists()
    assert [path.name for path in out.parent.iterdir()] == ["results"]


def test_nothing_is_left_behind_when_writing_fails(results, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xr.DataTree, "to_netcdf", full)
    with pytest.raises(hm.HeemodelError, match="No space left on device"):
        hm.write_report(tmp_path / "new", results)
    assert list(tmp_path.iterdir()) == []

"""Money in reports and plots is in the currency of the analysis, everywhere."""

import json
import re
import shutil

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.text import Text

import heemodel as hm
from heemodel.analysis import Affected, analyse, load_model, results_of_psa
from heemodel.currency import currency_of
from heemodel.report import plots
from tests.decision.test_appraisal import psa as made_up_psa
from tests.report.conftest import SMALL

OUTCOMES, DRAWS = made_up_psa(1_200)
NAMES = ["$", "USD", "€", "A$"]


def texts_of(folder):
    """Every text that was written, by file; pictures of the page without their code."""
    written = [path for path in folder.rglob("*") if path.suffix in {".html", ".csv", ".json"}]
    return {path.name: re.sub('src="data:[^"]*"', "", path.read_text(encoding="utf-8")) for path in written}


def without_notes(page):
    """A page without the notes of NICE's profiles, which say what NICE said, in pounds."""
    return re.sub(r"<li>[^<]*NICE[^<]*</li>", "", page)


@pytest.mark.parametrize("name", NAMES)
def test_a_psa_report_is_in_its_currency_alone(tmp_path, name):
    appraisal = hm.appraise(OUTCOMES, DRAWS, comparator="old", thresholds=[20_000, 30_000], currency=name)
    people = Affected(9_000.0, "9,000 people")
    hm.write_report(tmp_path / "out", results_of_psa(appraisal, policy_thresholds=True, affected=people))
    texts = texts_of(tmp_path / "out")
    sign = currency_of(name).sign
    assert not [file for file, text in texts.items() if "£" in without_notes(text)]
    assert f"At {sign}20,000 per QALY" in texts["report.html"]
    assert json.loads(texts["manifest.json"])["currency"] == name
    assert "are the figures of NICE, which are in pounds" in texts["report.html"]


def test_pounds_are_what_is_printed_unless_another_currency_is_given(tmp_path):
    appraisal = hm.appraise(OUTCOMES, comparator="old", thresholds=[20_000])
    hm.write_report(tmp_path / "out", results_of_psa(appraisal, policy_thresholds=True))
    page = texts_of(tmp_path / "out")["report.html"]
    assert "At £20,000 per QALY" in page
    assert "figures of NICE" not in page


def test_thresholds_of_ones_own_are_not_looked_at_again(tmp_path):
    appraisal = hm.appraise(OUTCOMES, comparator="old", thresholds=[100_000], currency="$")
    hm.write_report(tmp_path / "out", results_of_psa(appraisal))
    assert "figures of NICE" not in texts_of(tmp_path / "out")["report.html"]


def test_a_currency_that_is_none_is_refused_before_anything_is_worked_out():
    with pytest.raises(hm.HeemodelError, match="currency is 'dollars'"):
        hm.appraise(OUTCOMES, comparator="old", thresholds=[20_000], currency="dollars")


@pytest.mark.parametrize("name", ["$", "USD"])
def test_a_report_of_a_model_is_in_the_currency_of_its_inputs(name, tmp_path):
    """But for the notes of NICE's profiles, which say what NICE said."""
    folder = tmp_path / "small_model"
    shutil.copytree(SMALL, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("inputs.toml", "model.py"):
        text = (folder / file).read_text(encoding="utf-8").replace("£", name)
        text = text.replace("[about]", f'[about]\ncurrency = "{name}"')
        (folder / file).write_text(text, encoding="utf-8")
    results = analyse(load_model(folder), draws=500)
    hm.write_report(tmp_path / "out", results)
    texts, currency = texts_of(tmp_path / "out"), results.currency
    page = texts["report.html"].replace("\u2060", "")
    assert "are the figures of NICE, which are in pounds" in page
    page = without_notes(page)
    assert "£" not in page
    assert not [file for file, text in texts.items() if "£" in text and file != "report.html"]
    assert f"{currency.sign}20,000 per QALY" in page
    units = pd.read_csv(tmp_path / "out" / "headline.csv").set_index("quantity")["unit"]
    year = results.inputs.about.price_year
    assert set(units["incremental_cost"]) == {f"{currency.plain} per patient, {year} prices"}
    assert json.loads(texts["manifest.json"])["currency"] == currency.name


CEA = hm.CostEffectiveness(OUTCOMES, comparator="old")
BENEFIT = CEA.incremental_net_benefit("new", threshold=20_000)
EVSI = pd.DataFrame({"n": [50, 100], "evsi": [100.0, 150.0], "se": 5.0, "evppi": 300.0})
DRAWN = {
    "plane": lambda **more: plots.plot_plane(CEA, threshold=20_000, **more),
    "acceptability": lambda **more: plots.plot_acceptability(
        CEA.acceptability(range(0, 50_001, 5_000)), thresholds=[20_000, 30_000], **more
    ),
    "expected loss": lambda **more: plots.plot_expected_loss(CEA.expected_loss(range(0, 50_001, 5_000)), **more),
    "frontier": lambda **more: plots.plot_frontier(CEA.incremental_table(), **more),
    "evpi": lambda **more: plots.plot_evpi(
        CEA.evpi(range(0, 50_001, 5_000)), thresholds=[20_000, 30_000], population=1_000, **more
    ),
    "evppi": lambda **more: plots.plot_evppi(
        pd.DataFrame({"parameters": ["a", "b"], "evppi": [20.0, 3.0], "se": [2.0, 1.0]}), evpi=30.0, most=1, **more
    ),
    "evsi": lambda **more: plots.plot_evsi(EVSI, **more),
    "enbs": lambda **more: plots.plot_enbs(pd.DataFrame({"n": [50, 100], "enbs": [-2e5, 2e6]}), **more),
    "tornado": lambda **more: plots.plot_tornado(hm.sensitivity.tornado(BENEFIT, DRAWS), **more),
    "components": lambda **more: plots.plot_costs_by_component(
        pd.DataFrame({"strategy": ["old", "new"], "component": "drug", "cost": [900.0, -100.0]}), **more
    ),
    "years": lambda **more: plots.plot_by_year(
        pd.DataFrame({"year": [1, 2], "strategy": "old", "mean": [900.0, 700.0]}), **more
    ),
    "breakdown": lambda **more: plots.plot_savings_breakdown(
        pd.DataFrame(
            {"label": ["net"], "start": 0.0, "end": [900.0], "total": True, "point": [880.0], "text": ["900"]}
        ),
        **more,
    ),
    "distribution": lambda **more: plots.plot_distribution(
        pd.DataFrame({"left": [-900.0, 0.0], "right": [0.0, 900.0], "share": [0.4, 0.6]}), **more
    ),
    "stability": lambda **more: plots.plot_stability(hm.decision.cumulative_mean(BENEFIT), **more),
}


def drawn(ax):
    """Every text of a figure, once it is drawn."""
    ax.figure.draw_without_rendering()
    return [text.get_text() for text in ax.figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize("name", ["$", "USD"])
def test_a_plot_is_in_the_currency_that_it_is_given(draw, name):
    try:
        plt.figure()
        texts = drawn(draw(currency=name))
        assert any(re.search(rf"{re.escape(currency_of(name).sign)}\d", text) for text in texts)
        assert not any("£" in text for text in texts)
        plt.figure()
        assert any("£" in text for text in drawn(draw()))
    finally:
        plt.close("all")


def test_two_dollar_signs_are_money_and_no_formula():
    try:
        plt.figure()
        ax = DRAWN["acceptability"](currency="$")
        (text,) = [one for one in ax.figure.findobj(Text) if one.get_text() == "$20,000 and $30,000 per QALY"]
        assert not text.get_parse_math()
        plt.figure()
        names = pd.DataFrame({"parameters": ["$5 or $6", "a^b_c$ $"], "evppi": [2.0, 1.0], "se": 0.1})
        ax = plots.plot_evppi(names, currency="$")
        assert {"$5 or $6", "a^b_c$ $"} <= set(drawn(ax))
        assert not any(label.get_parse_math() for label in ax.get_yticklabels())
    finally:
        plt.close("all")

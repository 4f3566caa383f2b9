"""The report of two runs compared: its sections, figures and files, and what it says where little is known."""

import pandas as pd
import pytest

import heemodel as hm
from heemodel.report.comparing import document_of_comparison, in_lines, write_comparison
from heemodel.report.comparing.attribution import MOST, bars_of
from heemodel.report.document import Folded
from heemodel.report.files import undocumented
from tests.analysis.comparing.linear import linear, scenarios
from tests.report.conftest import psa_of

DRAWS = 300


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    path = tmp_path_factory.mktemp("models")
    more = scenarios("first", "second")
    return linear(path / "one" / "linear", more=more), linear(path / "two" / "linear", more=more, price=290.0, fee=80.0)


@pytest.fixture(scope="module")
def comparison(folders):
    one, two = (hm.analyse(folder, draws=DRAWS) for folder in folders)
    return hm.analysis.compare(one, two, model=folders[1])


def words(section):
    """All text of a section's words and points."""

    def of(block):
        if isinstance(block, Folded):
            return " ".join(of(inner) for inner in block.blocks)
        return " ".join([getattr(block, "text", ""), *getattr(block, "points", ())])

    return " ".join(of(block) for block in section.blocks)


def test_the_first_page_has_the_movement_of_every_scenario(comparison):
    document = document_of_comparison(comparison)
    (table,) = document.section("summary").tables()
    assert [row[0] for row in table.rows] == ["First", "Second"]
    assert all(row[3].startswith("−£1,9") for row in table.rows)
    assert "first run" in document.question


def test_decisions_that_turned_are_listed(comparison):
    text = words(document_of_comparison(comparison).section("decisions"))
    assert "First: best value at £20,000 per QALY: new → old" in text


def test_decisions_that_turned_by_chance_are_told_though_no_figure_moved(tmp_path):
    even = linear(tmp_path / "even" / "linear", fee=1_000.0)
    one, two = (hm.analyse(even, draws=400, seed=seed) for seed in (3, 2))
    comparison = hm.analysis.compare(one, two)
    assert len(comparison.turned)
    first = in_lines(comparison)[0]
    assert first.startswith("Nothing moved: ")
    assert f"{len(comparison.turned)} decisions turned, within chance." in first


def test_the_attribution_is_drawn_with_a_bar_for_each_input(comparison):
    section = document_of_comparison(comparison).section("attribution")
    (figure,) = section.figures()
    assert "The price" in figure.svg
    assert "The fee" in figure.svg
    assert f"{DRAWS} draws" in figure.caption
    assert "£2,000" not in figure.caption
    (table,) = section.tables()
    assert [row[0] for row in table.rows][:2] == ["The price", "The fee"]
    assert table.rows[1][1] == "−£30.00"


def test_many_small_movements_become_one_bar_and_keep_the_sum():
    steps = [f"parameters.p{i}" for i in range(MOST + 6)]
    values = [float(i + 1) for i in range(len(steps))]
    rows = [
        {"scenario": "base", "step": step, "label": step, "total": False, "start": 0.0, "end": 0.0, "value": value}
        for step, value in zip(steps, values, strict=True)
    ]
    whole = {"scenario": "base", "step": "movement", "label": "All", "total": True, "start": 0.0, "end": sum(values)}
    bars = bars_of(pd.DataFrame([*rows, {**whole, "value": sum(values)}]))
    assert len(bars) == MOST + 1
    assert bars.iloc[-2]["label"] == "7 smaller changes"
    assert bars.iloc[-2]["end"] == pytest.approx(sum(values))
    assert bars.iloc[-2]["end"] - bars.iloc[-2]["start"] == pytest.approx(sum(values[:7]))


def test_every_file_of_the_folder_is_documented(comparison, tmp_path):
    report = write_comparison(tmp_path / "out", comparison)
    assert report.is_file()
    assert undocumented(tmp_path / "out") == []
    names = {path.name for path in (tmp_path / "out").glob("*.csv")}
    assert names >= {"changes.csv", "headlines.csv", "decisions.csv", "attribution.csv"}
    written = pd.read_csv(tmp_path / "out" / "attribution.csv")
    bars = written[~written["total"]].groupby("scenario")["value"].sum()
    whole = written[written["total"]].set_index("scenario")["value"]
    assert bars.to_dict() == pytest.approx(whole.to_dict())


def test_a_comparison_is_replaced_by_the_next(comparison, tmp_path):
    for _ in range(2):
        write_comparison(tmp_path / "out", comparison)
    assert (tmp_path / "out" / "report.html").is_file()


def test_equal_runs_say_that_nothing_moved(folders):
    run = hm.analyse(folders[0], draws=DRAWS)
    comparison = hm.analysis.compare(run, run)
    lines = in_lines(comparison)
    assert lines[0].startswith("Nothing moved")
    assert not any("Mind" in line for line in lines)
    document = document_of_comparison(comparison)
    assert not document.figures()
    assert not document.section("moved").tables()


def test_a_report_without_the_model_says_why_it_attributes_nothing(folders, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one, two = (hm.analyse(folder, draws=DRAWS) for folder in folders)
    comparison = hm.analysis.compare(one, two)
    assert "models/linear" in words(document_of_comparison(comparison).section("attribution"))
    assert any("models/linear" in line for line in in_lines(comparison))


def test_results_of_files_have_a_report_too(tmp_path):
    other = psa_of(3, samples=500)
    comparison = hm.analysis.compare(psa_of(3), other)
    document = document_of_comparison(comparison)
    assert "inputs" not in [section.name for section in document.sections]
    write_comparison(tmp_path / "out", comparison)
    assert undocumented(tmp_path / "out") == []


SAVINGS = """
[settings.annual_volume]
label = "Patients treated per year"
value = 85
unit = "patients per year"
source = "Invented"
status = "assumed"
rationale = "A number."

[components.drug]
label = "Drug"
payer = "NHS"
kind = "cash-releasing"
step = "Net"

[components.fee]
label = "Fee"
payer = "social care"
kind = "cash-releasing"
step = "Net"

[steps.Net]
label = "Net"
quantity = "net_saving_per_patient"
"""


def test_savings_are_told_by_person_by_year_and_by_payer(tmp_path):
    """Only the number of patients is another: nothing of one patient moves, and all of the year's is due to it."""
    folder = linear(tmp_path / "linear", more='asks = ["saving"]\n' + SAVINGS)
    model = hm.load_model(folder)
    runs = [
        hm.analyse(model, draws=DRAWS, inputs=model.inputs.with_changes({"settings.annual_volume.value": number}))
        for number in (85, 120)
    ]
    comparison = hm.analysis.compare(*runs, model=folder)
    lines = in_lines(comparison)
    told = [line.strip() for line in lines if "→" in line]
    assert [line.split(" £")[0].split(" −£")[0] for line in told] == [
        "Net, per patient",
        "Saving on one year's patients",
        "NHS: saving on one year's patients",
        "Social care: saving on one year's patients",
    ]
    assert told[0].endswith("the same")
    assert not told[1].endswith("the same")
    assert "Patients treated per year" in lines[-1]
    assert comparison.asked.name == "saving_per_year"
    table = comparison.tables["attribution"].set_index("step")["value"]
    assert table["settings.annual_volume"] == pytest.approx(table["movement"])
    (shown,) = document_of_comparison(comparison).section("summary").tables()
    assert len(shown.rows) == 4

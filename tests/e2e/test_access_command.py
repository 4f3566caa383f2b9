"""The access model from the command line: what it is to show is there, and stands where it is said to stand."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "thrombectomy_access"
STRATEGIES = ["longer hours", "24/7 neuroradiologists", "24/7 mixed rotas", "24/7 mixed rotas at 30 centres"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("access") / "results"
    command = [sys.executable, "-c", "from heemodel.cli import main; main()", "run", str(MODEL)]
    done = subprocess.run(
        [*command, "--out", str(folder), "--draws", "4000"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1_800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def figure(out, name):
    """The table that a picture of the model's own is drawn from."""
    cells = pd.read_csv(out / "exhibits.csv")
    table = cells[cells["exhibit"] == name].pivot(index="row", columns="column", values="text")
    return table.apply(_numbers)


def _numbers(column):
    """A column as numbers, where all are."""
    numbers = pd.to_numeric(column, errors="coerce")
    return column if numbers.isna().any() else numbers


def mean_of(out, quantity, strategy):
    table = pd.read_csv(out / "headline.csv")
    rows = table[
        (table["quantity"] == quantity) & (table["strategy"] == strategy) & (table["basis"] == "probabilistic")
    ]
    return float(rows["value"].iloc[0])


def test_more_is_treated_and_gained_by_each_step(out):
    gains = [mean_of(out, "incremental_qaly", strategy) for strategy in STRATEGIES[:3]]
    costs = [mean_of(out, "incremental_cost", strategy) for strategy in STRATEGIES]
    assert 0 < gains[0] < gains[1] < gains[2]
    assert 0 < costs[0] < costs[1] < costs[2] < costs[3]


def test_the_readme_tells_what_comes_out(out):
    text = (MODEL / "README.md").read_text(encoding="utf-8").replace("−", "-")
    lines = [line for line in text.splitlines() if line.startswith(("| longer", "| 24/7"))]
    for strategy, line in zip(STRATEGIES, lines, strict=True):
        cost, thousand = (float(re.match(r" £?(-?[\d.]+)", cell)[1]) for cell in line.split("|")[3:5])
        assert mean_of(out, "incremental_cost", strategy) == pytest.approx(cost, abs=8)
        assert 1_000 * mean_of(out, "incremental_qaly", strategy) == pytest.approx(thousand, abs=0.4)


def test_the_year_that_was_held_back_is_predicted_by_centre(out):
    centres = figure(out, "predicted")
    inside = (centres["observed"] >= centres["lower"]) & (centres["observed"] <= centres["upper"])
    half = (centres["observed"] >= centres["inner_lower"]) & (centres["observed"] <= centres["inner_upper"])
    assert len(centres) == 24
    assert centres["observed"].sum() == 3_501  # the audit's count of England
    assert inside.mean() >= 0.8
    assert 0.3 <= half.mean() <= 0.8
    assert "King's College Hospital HASU" in set(centres.loc[~inside, "label"])  # whose referrals were not on the map


def test_pictures_hold_what_they_say(out):
    boards = figure(out, "boards")
    assert boards.groupby("panel").size().tolist() == [42] * 6
    assert boards["value"].between(0, 0.2).all()
    treated = figure(out, "treated-by-year").pivot(index="year", columns="series", values="mean")
    assert (np.diff(treated.to_numpy(), axis=0) > 0).all()  # more are found every year
    assert (treated["24/7 mixed rotas"] >= treated["as today"]).all()
    assert figure(out, "hours")["value"].between(0, 168).all()


def test_the_lifetime_model_is_in_the_record(out):
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "thrombectomy_lifetime/model.py" in page
    for words in (
        "Who is treated",
        "Operators and hours",
        "Who gains: deprivation",
        "Does it reproduce what happened?",
    ):
        assert words in page

"""`heemodel compare` from the shell: two runs of shipped models, few draws."""

import pandas as pd
import pytest

from tests.e2e.test_command import ROOT, change, heemodel, trust

__all__ = ["trust"]


@pytest.fixture(scope="module")
def sick(tmp_path_factory):
    out = tmp_path_factory.mktemp("sick") / "one"
    assert heemodel("run", ROOT / "models" / "sick_sicker", "--out", out, "--draws", "300").returncode == 0
    return out


def test_a_run_held_against_itself_says_that_nothing_moved(sick):
    done = heemodel("compare", sick, sick)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Nothing moved")


def test_another_seed_is_told_and_found_without_naming_the_model(sick, tmp_path):
    other = tmp_path / "two"
    assert (
        heemodel("run", ROOT / "models" / "sick_sicker", "--out", other, "--draws", "300", "--seed", "2").returncode
        == 0
    )
    done = heemodel("compare", sick, other, "--out", tmp_path / "compared")
    assert done.returncode == 0, done.stderr
    assert "seed" in done.stdout
    table = pd.read_csv(tmp_path / "compared" / "provenance.csv")
    assert table["what"].to_list() == ["seed"]
    assert not (tmp_path / "compared" / "attribution.csv").exists()


@pytest.mark.slow
def test_what_a_trust_changed_is_attributed_through_its_evidence(trust, tmp_path):
    model = ROOT / "models" / "thrombectomy_savings"
    runs = tmp_path / "before", tmp_path / "after"
    change(trust, "mean = 14\nn = 350", "mean = 20\nn = 350")
    change(trust, "value = 31000\nstandard_error = 6000", "value = 36000\nstandard_error = 6000")
    for folder, out in zip((model, trust), runs, strict=True):
        done = heemodel("run", folder, "--out", out, "--scenario", "trust", "--scenario", "trials", "--draws", "400")
        assert done.returncode == 0, done.stderr
    done = heemodel("compare", *runs, "--model", trust, "--out", tmp_path / "compared")
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(tmp_path / "compared" / "attribution.csv").set_index(["scenario", "step"])["value"]
    assert table["trust", "data.stay_after"] < -1_000
    assert table["trials", "data.stay_after"] == 0
    assert table["trust", "parameters.stroke_unit_90_days"] > 2_000
    assert table["trust", "rest"] == pytest.approx(0, abs=1e-6)
    bars = table.drop("movement", level="step").groupby(level="scenario").sum()
    assert bars.to_dict() == pytest.approx(table.xs("movement", level="step").to_dict())


def test_runs_of_different_models_are_refused(sick, tmp_path):
    other = tmp_path / "tree"
    assert heemodel("run", ROOT / "models" / "sumatriptan", "--out", other, "--draws", "100").returncode == 0
    done = heemodel("compare", sick, other, "--out", tmp_path / "compared")
    assert done.returncode == 2
    assert "cannot be compared" in done.stderr
    assert not (tmp_path / "compared").exists()


def test_a_folder_without_results_is_refused(sick, tmp_path):
    done = heemodel("compare", sick, tmp_path)
    assert done.returncode == 2
    assert "holds no results" in done.stderr

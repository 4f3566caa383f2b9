"""A model to start from runs and passes its own tests at once, whatever its kind."""

import subprocess
import sys

import pytest

import heemodel as hm
from heemodel.analysis import check_model, load_model
from heemodel.starters import FILES, KINDS, start


@pytest.mark.parametrize("kind", KINDS)
def test_it_passes_every_check_and_its_own_tests(tmp_path, kind):
    folder = tmp_path / "ours"
    assert start(folder, kind) == FILES
    assert check_model(load_model(folder)).passed
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_says_to_type_names_the_folder(tmp_path, kind):
    start(tmp_path / "ours", kind)
    for name in FILES:
        assert "MODEL_FOLDER" not in (tmp_path / "ours" / name).read_text(encoding="utf-8")


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(hm.HeemodelError, match="not an empty folder"):
        start(tmp_path)
    with pytest.raises(hm.HeemodelError, match="did you mean 'cohort'"):
        start(tmp_path / "ours", "cohorts")


def test_a_failing_check_is_told(tmp_path):
    start(tmp_path / "ours", "function")
    model = tmp_path / "ours" / "model.py"
    text = model.read_text(encoding="utf-8")
    model.write_text(
        text + "\n\ndef checks(draws, outcomes):\n    return [hm.verify.Check('Mine', False, 'off by 3')]\n"
    )
    report = check_model(load_model(tmp_path / "ours"))
    assert not report.passed
    assert "FAILED  Mine: off by 3" in report.text()

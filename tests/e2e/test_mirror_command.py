"""`heemodel mirror`, as it is typed."""

import openpyxl
import pytest
from click.testing import CliRunner

from heemodel.cli import command
from heemodel.errors import HeemodelError
from heemodel.mirror import MirrorError


def mirror(*arguments):
    return CliRunner().invoke(command, ["mirror", *map(str, arguments)], catch_exceptions=True)


def test_a_model_folder_becomes_a_workbook(tmp_path):
    done = mirror("models/sumatriptan", "--out", tmp_path / "model.xlsx")
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "model.xlsx") in done.output
    book = openpyxl.load_workbook(tmp_path / "model.xlsx", data_only=True)
    assert book["Checks"]["B5"].value is True


def test_the_horizon_is_the_one_that_is_asked_for(tmp_path):
    mirror("models/hiv_chancellor", "--out", tmp_path / "model.xlsx", "--horizon", "4 years")
    book = openpyxl.load_workbook(tmp_path / "model.xlsx", data_only=True)
    assert [cell.value for cell in book["Time"]["A"][7:]] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("model", "options", "error", "words"),
    [
        ("sumatriptan", ["--scenario", "publishd"], HeemodelError, "did you mean 'published'"),
        ("sumatriptan", ["--group", "old"], MirrorError, "the model has none"),
        ("thrombectomy_lifetime", ["--scenario", "early"], MirrorError, "'early, 70 to 79'"),
    ],
)
def test_what_cannot_be_mirrored_is_refused(tmp_path, model, options, error, words):
    done = mirror(f"models/{model}", "--out", tmp_path / "model.xlsx", *options)
    assert isinstance(done.exception, error)
    assert words in str(done.exception)
    assert not [*tmp_path.iterdir()]

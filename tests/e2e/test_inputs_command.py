"""A trust's figures, from an empty workbook to its report, as an analyst who does not code would do it."""

import hashlib
import json

import pandas as pd
import pytest
from openpyxl import load_workbook

import heemodel as hm
from tests.e2e.test_command import MODEL, heemodel, refused
from tests.parameters.workbook.trust import OWN, TRUST, cell_of


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    path = tmp_path_factory.mktemp("inputs") / "blank.xlsx"
    done = heemodel("inputs", MODEL, "--xlsx", path)
    assert done.returncode == 0, done.stderr
    assert f"heemodel run {MODEL} --inputs {path}" in done.stdout
    return path


def filled(blank, path, values):
    """The workbook with cells filled in, by place."""
    book = load_workbook(blank)
    for key, value in values.items():
        place, heading = key if isinstance(key, tuple) else (key, OWN)
        cell_of(book["Your trust"], place, heading).value = value
    book.save(path)
    return path


def test_a_trusts_figures_give_its_report_in_one_attempt(blank, tmp_path):
    ours = filled(blank, tmp_path / "ours.xlsx", TRUST)
    done = heemodel("run", MODEL, "--inputs", ours, "--out", tmp_path / "out", "--draws", 1_000, "--scenario", "trust")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    for said in (
        "Anytown NHS Trust",
        TRUST["yours.source"],
        "412 per day",
        "52 of 130",
        "standard error was not given",
    ):
        assert said in text, said
    headline = pd.read_csv(tmp_path / "out" / "headline.csv")
    assert "claim" not in " ".join(headline["quantity"])
    freed = headline.query("scenario == 'trust' and quantity == 'bed_days_freed_per_patient' and basis == 'point'")
    assert freed["value"].item() == pytest.approx(41 - 17)
    record = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert hashlib.sha256(ours.read_bytes()).hexdigest() in json.dumps(record)
    again = hm.Results.load(tmp_path / "out")
    assert again.record.files["ours.xlsx"] == hashlib.sha256(ours.read_bytes()).hexdigest()
    assert again.inputs.annual_volume == 85
    assert again.inputs.claim is None
    assert again.inputs.template.annual_volume == 54.3


def test_check_takes_the_workbook_and_the_file_of_changes(blank, tmp_path):
    ours = filled(blank, tmp_path / "ours.xlsx", TRUST)
    done = heemodel("inputs", MODEL, "--inputs", ours, "--toml", tmp_path / "ours.toml")
    assert done.returncode == 0, done.stderr
    texts = [heemodel("check", MODEL, "--inputs", file) for file in (ours, tmp_path / "ours.toml")]
    assert texts[0].returncode == 0, texts[0].stderr
    assert texts[0].stdout == texts[1].stdout
    assert "trust: " in texts[0].stdout


def test_every_mistake_is_told_at_once_and_nothing_is_written(blank, tmp_path):
    wrong = {"data.stay_before.mean": "41 days", "data.deaths_after.n": None}
    ours = filled(blank, tmp_path / "ours.xlsx", TRUST | wrong)
    done = heemodel("run", MODEL, "--inputs", ours, "--out", tmp_path / "out")
    refused(done, tmp_path / "out", "2 mistakes", "41 days", "of how many", "Your trust!")


@pytest.mark.parametrize(
    "words", [(), ("--toml", "ours.toml"), ("--xlsx", "a.xlsx", "--inputs", "b.xlsx"), ("--xlsx", "a.xls")]
)
def test_options_that_do_not_go_together_are_refused(words, tmp_path):
    done = heemodel("inputs", MODEL, *words, cwd=tmp_path)
    assert done.returncode == 2
    assert "--xlsx" in done.stderr or ".xlsx" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())

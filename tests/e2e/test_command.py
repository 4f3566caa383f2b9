"""The command as a user meets it: a process with arguments, an exit status, and files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from heemodel.report.files import undocumented

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models" / "thrombectomy_savings"
FAST = ["--draws", "2000"]


def heemodel(*words, cwd=ROOT):
    """Run the command in a process of its own."""
    command = [sys.executable, "-c", "from heemodel.cli import main; main()", *map(str, words)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def trust(tmp_path):
    """A copy of the model to make mistakes in."""
    shutil.copytree(MODEL, tmp_path / "our_trust", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "our_trust"


def change(model, old, new):
    path = model / "inputs.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(done, out, *said):
    """One clear message, status 2, no traceback, nothing written."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for text in said:
        assert text in done.stderr
    assert not out.exists()
    assert not [path for path in out.parent.iterdir() if path.name.startswith(".")]


def test_a_run_writes_everything_and_repeats_itself_to_the_byte(tmp_path):
    for name in ("one", "two"):
        done = heemodel("run", MODEL, "--out", tmp_path / name, *FAST)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"Report: {tmp_path / name / 'report.html'}\n"
    for name in ("headline.csv", "acceptability.csv", "posterior.csv", "predictive.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_same_seed_gives_the_same_bytes_without_a_stored_posterior(tmp_path):
    for name in ("one", "two"):
        environment = {**os.environ, "HEEMODEL_CACHE": str(tmp_path / f"store-{name}")}
        command = [
            sys.executable,
            "-m",
            "heemodel",
            "run",
            str(MODEL),
            "--out",
            str(tmp_path / name),
            "--scenario",
            "audit",
            *FAST,
        ]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=300)
    assert (tmp_path / "one" / "headline.csv").read_bytes() == (tmp_path / "two" / "headline.csv").read_bytes()


def test_the_analysis_script_writes_the_same_as_the_command(tmp_path, capsys):
    from analyses import thrombectomy_savings as script

    script.main(str(tmp_path / "script"), draws=2_000)
    assert heemodel("run", MODEL, "--out", tmp_path / "command", *FAST).returncode == 0
    for name in ("headline.csv", "acceptability.csv", "posterior.csv", "predictive.csv"):
        assert (tmp_path / "script" / name).read_bytes() == (tmp_path / "command" / name).read_bytes()
    assert "saves £" in capsys.readouterr().out


def test_another_seed_gives_other_numbers_and_options_are_heard(tmp_path):
    for seed in ("1", "2"):
        done = heemodel(
            "run", MODEL, "--out", tmp_path / seed, "--scenario", "trials", "--seed", seed, "--horizon", "1 year", *FAST
        )
        assert done.returncode == 0, done.stderr
    one, two = ((tmp_path / seed / "headline.csv").read_text() for seed in ("1", "2"))
    assert one != two
    assert set(pd.read_csv(tmp_path / "1" / "headline.csv")["scenario"]) == {"trials"}
    assert "horizon 1 year" in (tmp_path / "1" / "report.html").read_text(encoding="utf-8")


def test_an_unknown_scenario_is_refused(tmp_path):
    done = heemodel("run", MODEL, "--out", tmp_path / "out", "--scenario", "trusts")
    refused(done, tmp_path / "out", "no scenario 'trusts'; did you mean 'trust'?")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "[parameters.thrombolysis]",
            "[parameters.thrombolisis]",
            "[parameters.thrombolisis] the model does not read it; did you mean 'thrombolysis'?",
        ),
        (
            'unit = "£ per 90 days"',
            'unit = "£ per stay"',
            "[parameters.stroke_unit_90_days.unit] is '£ per stay'; the model takes '£ per 90 days'",
        ),
        ("events = 60", "events = -60", "[data.deaths_after.events] is -60; it must be 0 or more"),
        ("events = 60", "events = 360", "events = 360 among n = 350; events cannot exceed n"),
        (
            "standard_error = 6000",
            "standard_error = 0",
            "[parameters.stroke_unit_90_days.standard_error] is 0; it must be above 0",
        ),
        ("standard_error = 6000", "standard_error = -1", "is -1; it must be above 0"),
        (
            'comparator = "thrombolysis"',
            'comparator = "thrombolisis"',
            "[about.comparator] 'thrombolisis' is no strategy of the model; did you mean 'thrombolysis'?",
        ),
        (
            '[components."nursing home"]',
            '[components."nursing"]',
            "[components.nursing] the model never pays for it; did you mean 'nursing home'?",
        ),
        (
            "[avoided.deaths_in_stroke_unit]",
            "[avoided.deaths_in_unit]",
            "[avoided.deaths_in_unit] the model does not count it; did you mean 'deaths_in_stroke_unit'?",
        ),
        ('policy = "nice-2022"', 'policy = "nice-22"', "[about.policy] no policy profile 'nice-22'; did you mean"),
        (
            "[priors.mortality]",
            "[priors.mortalty]",
            "[priors.mortalty] the model does not read it; did you mean 'mortality'?",
        ),
        (
            "[settings.annual_volume]",
            "[settings.volume]",
            "[settings.volume] the model does not read it; did you mean 'annual_volume'?",
        ),
        ("value = 66", "value = 200", "[settings.start_age.value] is 200; the model takes 18 to 109"),
        ("value = 66", "value = -5", "[settings.start_age.value] is -5"),
        ("value = 54.3", "value = 0", "[settings.annual_volume.value] is 0; it must be above 0"),
        (
            'evidence.deaths = { thrombolysis = "deaths_before"',
            'evidence.deaths = { thrombolisis = "deaths_before"',
            "[scenarios.trust.evidence.deaths.thrombolisis] the model has no such strategy; did you mean",
        ),
        (
            'evidence.stays = { thrombolysis = "stay_before"',
            'evidence.stays = { thrombolysis = "deaths_before"',
            "needs a mean or quartiles of n; record 'deaths_before' gives none",
        ),
    ],
)
def test_a_mistake_in_the_inputs_is_refused(trust, tmp_path, old, new, said):
    change(trust, old, new)
    refused(heemodel("run", trust, "--out", tmp_path / "out"), tmp_path / "out", said, "1 mistake")


def test_stays_that_the_model_cannot_take_are_refused_with_their_line(trust, tmp_path):
    change(trust, "mean = 14\n", "mean = 1\n")
    done = heemodel("run", trust, "--out", tmp_path / "out")
    refused(done, tmp_path / "out", "[data.stay_after.mean] is 1 days; the model takes a mean stay of 7 to 300 days")


def test_stays_too_uncertain_for_the_model_are_refused_with_file_and_scenario(trust, tmp_path):
    change(trust, "mean = 14\nn = 350\n", "mean = 8\nn = 2\n")
    done = heemodel("run", trust, "--out", tmp_path / "out", "--scenario", "audit", *FAST)
    refused(done, tmp_path / "out", "scenario 'audit', over its draws: the mean stay is so uncertain")


def test_mistakes_in_the_file_and_against_the_model_are_told_together(trust, tmp_path):
    change(trust, "events = 60", "events = -60")
    change(trust, 'unit = "£ per week"', 'unit = "£ per visit"')
    change(trust, "[settings.start_age]", "[settings.age]")
    refused(
        heemodel("run", trust, "--out", tmp_path / "out"), tmp_path / "out", "3 mistakes", "did you mean 'start_age'?"
    )


def test_a_missing_source_is_refused(trust, tmp_path):
    change(trust, 'source = "ONS, Care homes', 'sourc = "ONS, Care homes')
    done = heemodel("run", trust, "--out", tmp_path / "out")
    refused(done, tmp_path / "out", "source is missing", "unknown key; did you mean 'source'?", "2 mistakes")


def test_a_parameter_that_nobody_reads_is_refused(trust, tmp_path):
    with (trust / "inputs.toml").open("a", encoding="utf-8") as file:
        file.write(
            '\n[parameters.parking]\nlabel = "P"\nvalue = 1\ndistribution = "fixed"\nunit = "visits"\n'
            'source = "S"\nstatus = "read"\nrationale = "R"\n'
        )
    refused(
        heemodel("run", trust, "--out", tmp_path / "out"),
        tmp_path / "out",
        "[parameters.parking] the model does not read it",
    )


def test_a_folder_that_is_no_model_is_refused(tmp_path):
    refused(heemodel("run", tmp_path, "--out", tmp_path / "out"), tmp_path / "out", "is not a model folder")


def test_an_output_folder_that_cannot_be_written_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "file").write_text("mine")
    done = heemodel("run", MODEL, "--out", tmp_path / "file" / "results", *FAST)
    assert done.returncode == 2
    assert "file is a file; name another folder" in done.stderr
    assert "Traceback" not in done.stderr
    done = heemodel("run", MODEL, "--out", tmp_path / "file", *FAST)
    assert done.returncode == 2
    assert "is a file; name a folder" in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", MODEL / "inputs.toml"], "is a file; name the model's folder"),
        (["run", MODEL, "--horizon", "3"], 'did you mean "3 years"?'),
        (["run", MODEL, "--scenario", "Trials"], "did you mean 'trials'?"),
        (["run", MODEL, "--format", "pdfs"], "there is no format 'pdfs'; known: html"),
        (["run", MODEL, "--draws", "10,000"], "write it in digits only, such as 10000"),
    ],
)
def test_words_that_are_nearly_right_are_answered_with_the_right_ones(tmp_path, words, said):
    refused(heemodel(*words, "--out", tmp_path / "out"), tmp_path / "out", said)


@pytest.mark.parametrize("words", [["run", MODEL], ["run", MODEL, "--out", "x", "--draws", "ten"], ["rum"]])
def test_wrong_words_are_refused_with_the_usage(words):
    done = heemodel(*words)
    assert done.returncode == 2
    assert "Usage" in done.stderr


def test_a_failed_check_is_reported_with_status_1(trust, tmp_path):
    path = trust / "model.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('{"stroke_unit": hm.convert.DAYS_PER_YEAR}', '{"stroke_unit": 364.0}'), encoding="utf-8"
    )
    done = heemodel("run", trust, "--out", tmp_path / "out", "--scenario", "audit", *FAST)
    assert done.returncode == 1
    assert "Days in the stroke unit equal the mean stay" in done.stderr
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("kind", ["cohort", "tree", "function"])
def test_a_model_that_was_made_is_checked_and_run_as_it_says(tmp_path, kind):
    made = heemodel("new", "ours", "--kind", kind, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    said = [line.split() for line in made.stdout.splitlines() if line.startswith("  heemodel ")]
    assert [words[1] for words in said] == ["check", "run"]
    for words in said:
        done = heemodel(*words[1:], *(["--draws", "200"] if words[1] == "run" else []), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert undocumented(tmp_path / "results" / "ours") == []


def test_a_model_is_not_made_over_files(trust):
    before = (trust / "inputs.toml").read_bytes()
    done = heemodel("new", trust)
    assert done.returncode == 2
    assert "not an empty folder" in done.stderr
    assert (trust / "inputs.toml").read_bytes() == before


def test_check_finds_a_mistake_in_the_inputs_with_its_line(trust):
    change(trust, "events = 60", "events = -60")
    done = heemodel("check", trust)
    assert done.returncode == 2
    assert "[data.deaths_after.events] is -60; it must be 0 or more" in done.stderr
    assert "Traceback" not in done.stderr


def test_check_tells_a_failed_check_with_status_1(tmp_path):
    assert heemodel("new", tmp_path / "ours", "--kind", "function").returncode == 0
    with (tmp_path / "ours" / "model.py").open("a", encoding="utf-8") as file:
        file.write("\n\ndef checks(draws, outcomes):\n    return [hm.verify.Check('Mine', False, 'off by 3')]\n")
    done = heemodel("check", tmp_path / "ours")
    assert done.returncode == 1
    assert "FAILED  Mine: off by 3" in done.stdout


def test_importing_heemodel_loads_neither_pymc_nor_matplotlib():
    code = (
        "import sys, heemodel as hm; hm.read_inputs; hm.CohortModel;"
        "print([name for name in ('pymc', 'matplotlib', 'nutpie') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

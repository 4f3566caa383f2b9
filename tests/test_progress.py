"""The bar that a long run draws, and what an interruption leaves."""

import io
import signal
import subprocess
import sys
import time

import pytest
import xarray as xr
from rich.console import Console

from heemodel import progress
from tests import workloads

LONG = """
import sys
sys.path.insert(0, {root!r})
from tests import workloads
model, draws = workloads.disability(480), workloads.draw_disability(400_000)
model.run(draws.isel(sample=slice(0, 10)))
print("running", flush=True)
model.run(draws)
"""


def test_a_bar_with_the_time_left_appears_on_a_terminal_once_patience_is_over(monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(progress, "PATIENCE", -1.0)
    monkeypatch.setattr(progress, "Console", lambda **_: Console(file=screen, force_terminal=True, width=80))
    with progress.counting(100, None, "running the cohort") as count:
        count(60)
        time.sleep(0.2)
        count(40)
    assert "running the cohort" in screen.getvalue()


@pytest.mark.parametrize("patience", [-1.0, 60.0])
def test_no_bar_is_drawn_where_there_is_no_terminal_or_the_run_is_short(monkeypatch, capsys, patience):
    monkeypatch.setattr(progress, "PATIENCE", patience)
    with progress.counting(100, None, "running the cohort") as count:
        count(100)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_an_interruption_ends_a_long_run():
    from tests.conftest import ROOT

    command = [sys.executable, "-c", LONG.format(root=str(ROOT))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "running\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert said.rstrip().endswith("KeyboardInterrupt")


def test_another_run_during_a_run_disturbs_neither():
    model, draws = workloads.progressive(), workloads.draw_progressive(20_000)
    others = workloads.draw_progressive(500)
    alone, other = model.run(draws), model.run(others)
    inside = []
    again = model.run(draws, progress=lambda done, samples: inside.append(model.run(others)))
    assert inside
    xr.testing.assert_identical(again, alone)
    for found in inside:
        xr.testing.assert_identical(found, other)

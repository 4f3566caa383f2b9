"""Compilation in installations that cannot be written to, and in many processes at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import heemodel

PROGRAM = """
import sys
import numpy as np, xarray as xr
import heemodel as hm
model = hm.CohortModel(
    states=["well", "dead"], strategies=["only"], start={"well": 1.0}, cycle_length="1 year", horizon="2 years",
    correction="start", discount=hm.Discount(cost=0.0, qaly=0.0, timing="count"),
    transitions=lambda p, time: {("well", "dead"): p.risk},
    payoffs=lambda p, time: hm.Payoffs(cost={}, qaly={"well": 1.0}),
)
print(model.run(xr.Dataset({"risk": ("sample", np.full(3, 0.25))}))["qaly"].to_numpy().ravel().tolist())
"""


KERNEL = "heemodel/structures/cohort/engine"


@pytest.fixture
def installed(tmp_path):
    """A copy of the package that has never been compiled."""
    shutil.copytree(Path(heemodel.__file__).parent, tmp_path / "heemodel", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def start(folder, caches):
    """A process that runs a small model with the package in a folder."""
    ours = {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(caches),
        "XDG_CACHE_HOME": str(caches),
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")} | ours
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def answer(process):
    told, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors.decode()
    assert errors == b""
    return told.decode().strip()


def test_an_installation_that_cannot_be_written_to_keeps_its_compiled_code_with_the_user(installed):
    (
        installed / "heemodel" / "structures" / "cohort" / "engine" / "__pycache__"
    ).touch()  # a file where numba would make a folder
    assert answer(start(installed, installed / "caches")) == "[1.75, 1.75, 1.75]"
    assert list((installed / "caches").rglob("*.nbc"))


def test_compiles_anew_where_nothing_can_be_written(installed):
    (installed / KERNEL / "__pycache__").touch()
    nowhere = installed / "file"
    nowhere.touch()
    assert answer(start(installed, nowhere / "caches")) == "[1.75, 1.75, 1.75]"


@pytest.mark.slow
def test_processes_that_compile_at_once_do_not_disturb_each_other(installed):
    processes = [start(installed, installed / "caches") for _ in range(6)]
    assert {answer(process) for process in processes} == {"[1.75, 1.75, 1.75]"}
    assert answer(start(installed, installed / "caches")) == "[1.75, 1.75, 1.75]"

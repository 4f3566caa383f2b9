"""The record of a run: what was run, on what, with what, and how well the chains mixed."""

import hashlib
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from heemodel.parameters import Inputs
from heemodel.report.contents import Run, ScenarioResult

PACKAGES = (
    "heemodel",
    "pymc",
    "pytensor",
    "nutpie",
    "arviz-stats",
    "numpy",
    "scipy",
    "pandas",
    "xarray",
    "numba",
    "matplotlib",
)


def manifest(run: Run, results: Sequence[ScenarioResult], inputs: Inputs) -> dict[str, Any]:
    """Date, seed, versions, hashes of the input files, git commit and convergence figures, as plain data.

    Parameters
    ----------
    inputs : what was analysed; the git commit of the folder where they lie is recorded
    """
    return {
        "model": run.model,
        "made": datetime.now(UTC).date().isoformat(),
        "seed": run.seed,
        "draws": run.draws,
        "horizon": run.horizon,
        "currency": inputs.about.currency.name,
        "price_year": inputs.about.price_year,
        "scenarios": {result.name: _convergence(result) for result in results},
        "files": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in run.files.items()},
        "git": git_state(inputs.path.parent),
        "software": {package: metadata.version(package) for package in PACKAGES},
        "python": platform.python_version(),
    }


def _convergence(result: ScenarioResult) -> Mapping[str, Any]:
    table = result.posterior
    return {
        "max_rhat": round(float(table["rhat"].max()), 5),
        "min_ess_bulk": round(float(table["ess_bulk"].min())),
        "min_ess_tail": round(float(table["ess_tail"].min())),
        "divergences": result.divergences,
        "accepted_unconverged": list(result.accepted_unconverged),
        "checks_failed": [check.name for check in result.checks if not check.passed],
    }


def git_state(folder: Path) -> dict[str, Any]:
    """The commit of the checkout that `folder` is in, and whether anything in it has changed since."""
    commit = _git(folder, "rev-parse", "HEAD")
    changed = bool(_git(folder, "status", "--porcelain")) if commit else False
    return {"commit": commit, "changed": changed}


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()

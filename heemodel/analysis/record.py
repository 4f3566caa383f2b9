"""How an analysis was made: versions, the git commit, and hashes of the files that it depends on."""

import hashlib
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from heemodel.analysis.results import Record

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
    "scikit-learn",
    "numba",
    "matplotlib",
)


def record_of(
    *,
    model: str,
    seed: int,
    draws: int,
    horizon: str,
    files: Mapping[str, str],
    folder: Path | None = None,
    **more: Any,
) -> Record:
    """The record of an analysis that is made now.

    Parameters
    ----------
    files : SHA-256 by name
    folder : whose git checkout is recorded
    """
    commit, changed = ("", False) if folder is None else git_state(folder)
    return Record(
        model=model,
        seed=seed,
        draws=draws,
        horizon=horizon,
        made=datetime.now(UTC).date().isoformat(),
        files=dict(files),
        software={package: metadata.version(package) for package in PACKAGES} | {"python": platform.python_version()},
        commit=commit,
        changed=changed,
        **more,
    )


def hashes(files: Mapping[str, str]) -> dict[str, str]:
    """SHA-256 of texts by name."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}


def hash_of(path: str | Path) -> dict[str, str]:
    """SHA-256 of a file by its name, for the record of an analysis whose inputs it changed; see `analyse`."""
    return {Path(path).name: hashlib.sha256(Path(path).read_bytes()).hexdigest()}


def git_state(folder: Path) -> tuple[str, bool]:
    """The commit of the checkout that a folder is in, or "", and whether anything in it has changed since."""
    commit = _git(folder, "rev-parse", "HEAD") or ""
    return commit, bool(_git(folder, "status", "--porcelain")) if commit else False


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()

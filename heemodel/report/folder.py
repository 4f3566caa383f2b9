"""The folder that results go to: either the whole of it appears, or nothing changes."""

import json
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from heemodel.errors import HeemodelError

MANIFEST = "manifest.json"


class OutputError(HeemodelError):
    """A folder that results cannot be written to."""


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Twelve digits, and the same line ends everywhere."""
    table.to_csv(path, index=False, lineterminator="\n", float_format="%.12g", encoding="utf-8")


def check_output(out: str | Path, written: Collection[str]) -> None:
    """Refuse a folder that results could not be written to, before time is spent on computing.

    Parameters
    ----------
    out : the folder; one that holds anything but earlier results is never replaced
    written : names of everything that is written
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise OutputError(f"output {out} is a file; name a folder")
    if out.is_symlink():
        raise OutputError(f"output {out} is a link; name the folder itself")
    if out.is_dir() and (others := [path.name for path in out.iterdir() if path.name not in written]):
        raise OutputError(
            f"output folder {out} holds other files ({min(others)}); name a new folder, so that nothing is lost"
        )
    if out.is_dir() and any(out.iterdir()) and not _is_ours(out / MANIFEST):
        raise OutputError(f"output folder {out} holds files that heemodel did not write; name a new folder")
    with ResultFolder(out, keep=False):
        pass


def _is_ours(path: Path) -> bool:
    """Whether the file is a manifest of an earlier analysis."""
    try:
        return "heemodel" in json.loads(path.read_text(encoding="utf-8"))["software"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


class ResultFolder:
    """A temporary folder beside `out` that takes its place on success and vanishes on failure."""

    def __init__(self, out: Path, *, keep: bool = True) -> None:
        self.out, self.keep = out, keep

    def __enter__(self) -> Path:
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            self.part = Path(tempfile.mkdtemp(prefix=f".{self.out.name}-", dir=self.out.parent))
            self.part.chmod(0o755)
        except OSError as error:
            raise OutputError(f"output folder {self.out} cannot be written ({error.strerror}); name another") from None
        return self.part

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is not None or not self.keep:
            shutil.rmtree(self.part, ignore_errors=True)
            if isinstance(error, OSError):
                raise OutputError(f"output folder {self.out} cannot be written ({error.strerror})") from error
            return
        earlier = Path(f"{self.part}-earlier")
        try:
            if self.out.exists():
                self.out.rename(earlier)
            self.part.rename(self.out)
        except OSError as failure:
            if earlier.exists():
                earlier.rename(self.out)
            shutil.rmtree(self.part, ignore_errors=True)
            raise OutputError(
                f"output folder {self.out} cannot be replaced ({failure.strerror}); name another"
            ) from None
        shutil.rmtree(earlier, ignore_errors=True)

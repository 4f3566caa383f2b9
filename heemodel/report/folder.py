"""The folder that results go to: either the whole of it appears, or nothing changes."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from heemodel.errors import HeemodelError

MANIFEST = "manifest.json"
DESKTOP = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What desktops leave in a folder that was opened; nobody's work."""
_TABLES = (
    *("headline", "acceptability", "posterior", "predictive", "evpi", "evppi", "tornado", "variations", "validation"),
    *("comparisons", "subgroups", "costs", "cost_by_state", "icer_table", "stability"),
)
EARLIER = frozenset({"report.html", "samples.nc", "figures", MANIFEST, *(f"{name}.csv" for name in _TABLES)})
"""What stands at the top of a folder that was written before manifests listed the files."""
_FIGURES = (
    *("waterfall", "saving_distribution", "cost_effectiveness_plane", "acceptability", "cohort_trace", "tornado"),
    *("efficiency_frontier", "expected_loss", "evpi", "evppi", "stability"),
)
EARLIER_FIGURES = frozenset(f"{name}.{kind}" for name in _FIGURES for kind in ("svg", "csv"))
"""The figures in such a folder."""


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How texts begin that a spreadsheet would run as a formula."""


class OutputError(HeemodelError):
    """A folder that results cannot be written to."""


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Twelve digits, the same line ends everywhere, and texts that no spreadsheet takes for a formula."""
    texts = {name: column.map(inert) for name, column in table.items() if column.dtype.kind not in "biuf"}
    table = table.assign(**{str(name): column for name, column in texts.items()}).rename(columns=inert)
    table.to_csv(path, index=False, lineterminator="\n", float_format="%.12g", encoding="utf-8")


def inert(value: Any) -> Any:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula; all else as it is.

    Numbers that are written as texts stay as they are.

    >>> inert("=1+1"), inert("-2"), inert("- £3"), inert("usual care"), inert(-2.0)
    ("'=1+1", '-2', "'- £3", 'usual care', -2.0)
    """
    if not isinstance(value, str) or not value.startswith(FORMULA):
        return value
    try:
        float(value)
    except ValueError:
        return f"'{value}"
    return value


def check_output(out: str | Path, written: Collection[str] = EARLIER) -> None:
    """Refuse a folder that results could not be written to, before time is spent on computing.

    A folder of earlier results is replaced, but never with it a file of the user's own: what heemodel wrote is listed
    in the manifest with its SHA-256, and a file that is not listed, or no longer what was written, is refused by name.

    Parameters
    ----------
    out : the folder
    written : names of everything that is written at the top of a folder whose manifest lists no files
    """
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise OutputError(f"output {out} is a file; name a folder")
    if files := [parent for parent in out.parents if parent.is_file()]:
        raise OutputError(f"output {out} cannot be made, as {files[0]} is a file; name another folder")
    if out.is_symlink():
        raise OutputError(f"output {out} is a link; name the folder itself")
    try:
        if out.is_dir():
            _check_earlier(out, written)
    except OSError as error:
        raise OutputError(f"output folder {out} cannot be read ({error.strerror}); name another") from None
    with ResultFolder(out, keep=False):
        pass


def names_in(folder: Path) -> list[str]:
    """Every file in a folder and below, by its name from there."""
    return [path.relative_to(folder).as_posix() for path in _files(folder)]


def hashes_in(folder: Path) -> dict[str, str]:
    """SHA-256 of every file in a folder but the manifest, by its name from there: what the manifest keeps."""
    return {name: _sha256(folder / name) for name in names_in(folder) if name != MANIFEST}


def _check_earlier(out: Path, written: Collection[str]) -> None:
    """Refuse a folder that holds anything but results as heemodel wrote them."""
    names = names_in(out)
    record = _manifest(out / MANIFEST)
    hashes = record.get("written") if record else None
    if isinstance(hashes, dict):
        others = [name for name in names if name not in {*hashes, MANIFEST}]
    else:
        hashes, others = {}, [name for name in names if not _is_earlier(name, written)]
    if others:
        raise OutputError(
            f"output folder {out} holds other files ({min(others)}); name a new folder, so that nothing is lost"
        )
    if names and record is None:
        raise OutputError(f"output folder {out} holds files that heemodel did not write; name a new folder")
    if changed := [name for name in names if name in hashes and _sha256(out / name) != hashes[name]]:
        raise OutputError(
            f"output folder {out} holds files that were changed since heemodel wrote them ({min(changed)}); name a new "
            "folder, so that nothing is lost"
        )


def _files(folder: Path) -> list[Path]:
    """All files and links in a folder and below, without those that a desktop leaves where it has looked."""
    paths = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted(path for path in paths if path.name not in DESKTOP)


def _is_earlier(name: str, written: Collection[str]) -> bool:
    """Whether a file is called as one of a folder whose manifest lists none."""
    top, _, below = name.partition("/")
    return top in written and (not below or (top == "figures" and below in EARLIER_FIGURES))


def _sha256(path: Path) -> str:
    """Of a file's content; of a link nothing, as none is written."""
    if path.is_symlink():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(path: Path) -> dict[str, Any] | None:
    """The manifest of an earlier run, if the file is one."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return record if "heemodel" in record["software"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


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

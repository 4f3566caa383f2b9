"""Writes all of an analysis' output at once: either the whole folder appears, or nothing changes."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xarray as xr

from heemodel.errors import HeemodelError
from heemodel.parameters import Inputs
from heemodel.report.contents import Run, ScenarioResult
from heemodel.report.figures import draw_figures
from heemodel.report.headline import acceptability, headline
from heemodel.report.manifest import manifest
from heemodel.report.page import render

MANIFEST = "manifest.json"
TABLES = ("headline", "acceptability", "posterior", "predictive")
WRITTEN = {"report.html", "samples.nc", "figures", MANIFEST, *(f"{name}.csv" for name in TABLES)}
"""Everything that is written; a folder that holds anything else is never replaced."""


class OutputError(HeemodelError):
    """A folder that results cannot be written to."""


def write_report(out: str | Path, *, inputs: Inputs, results: Sequence[ScenarioResult], run: Run) -> Path:
    """Write the report, and beside it the tables, draws, figures and manifest that it was made from.

    Files: report.html, headline.csv, acceptability.csv, posterior.csv, predictive.csv, samples.nc, figures/*.svg and
    *.csv, manifest.json.

    Parameters
    ----------
    out : the folder; it may be new, empty, or hold earlier results, which are replaced
    inputs, results, run : what was analysed, found, and how

    Returns
    -------
    Path of the report

    Raises
    ------
    OutputError
        if the folder cannot be written, or holds anything other than earlier results. Nothing is changed then
    """
    out = Path(out)
    check_output(out)
    table, curves = headline(inputs, results), acceptability(inputs, results)
    figures = draw_figures(inputs, results, curves, run)
    record = manifest(run, results, inputs.path.parent)
    page = render(inputs, results, table=table, figures=figures, run=run, record=record)
    with _Folder(out) as folder:
        (folder / "report.html").write_text(page, encoding="utf-8")
        _write_csv(table.replace({"£ *": "GBP ", "−": "-"}, regex=True), folder / "headline.csv")
        _write_csv(curves, folder / "acceptability.csv")
        for name in ("posterior", "predictive"):
            tables = {result.name: getattr(result, name) for result in results}
            tidy = pd.concat(tables, names=["scenario"]).reset_index("scenario")
            _write_csv(tidy, folder / f"{name}.csv")
        _samples(results).to_netcdf(folder / "samples.nc", engine="h5netcdf")
        (folder / "figures").mkdir()
        for figure in figures:
            (folder / "figures" / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
            _write_csv(figure.table, folder / "figures" / f"{figure.name}.csv")
        (folder / MANIFEST).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return out / "report.html"


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """Twelve digits, and the same line ends everywhere."""
    table.to_csv(path, index=False, lineterminator="\n", float_format="%.12g", encoding="utf-8")


def check_output(out: str | Path) -> None:
    """Refuse a folder that `write_report` could not write, before time is spent on computing."""
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise OutputError(f"output {out} is a file; name a folder")
    if out.is_symlink():
        raise OutputError(f"output {out} is a link; name the folder itself")
    if out.is_dir() and (others := [path.name for path in out.iterdir() if path.name not in WRITTEN]):
        raise OutputError(
            f"output folder {out} holds other files ({min(others)}); name a new folder, so that nothing is lost"
        )
    if out.is_dir() and any(out.iterdir()) and not _is_ours(out / MANIFEST):
        raise OutputError(f"output folder {out} holds files that heemodel did not write; name a new folder")
    with _Folder(out, keep=False):
        pass


def _is_ours(path: Path) -> bool:
    """Whether the file is a manifest of an earlier analysis."""
    try:
        return "heemodel" in json.loads(path.read_text(encoding="utf-8"))["software"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _samples(results: Sequence[ScenarioResult]) -> xr.DataTree:
    """Draws, outcomes and point outcomes of each scenario."""
    groups = {}
    for result in results:
        groups[f"{result.name}/draws"] = result.draws
        groups[f"{result.name}/outcomes"] = result.outcomes
        groups[f"{result.name}/point"] = result.point
    return xr.DataTree.from_dict(groups)


class _Folder:
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

"""Writes a document in its formats, and beside it its tables and figures: all at once, or nothing changes."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from heemodel.analysis import Results, ScenarioResult
from heemodel.currency import Currency
from heemodel.report.document import Document, Figure
from heemodel.report.files import FILES, files_table, plain
from heemodel.report.folder import (
    MANIFEST,
    OutputError,
    ResultFolder,
    check_output,
    hashes_in,
    names_in,
    write_csv,
)
from heemodel.report.renderers import renderers_of
from heemodel.report.sections import document_of


def write_report(out: str | Path, results: Results, *, formats: Sequence[str] = ("html",)) -> Path:
    """Write the report of some results, and beside it the tables, figures and draws that it was made from.

    Parameters
    ----------
    out : the folder; it may be new, empty, or hold earlier results, which are replaced
    results : from `analyse`, `results_of_psa` or `Results.load`
    formats : of the report, see `renderers.RENDERERS`

    Returns
    -------
    Path of the report in the first format

    Raises
    ------
    OutputError
        if a format is unknown, if the folder cannot be written, or if it holds anything other than earlier results as
        they were written. Nothing is changed then

    See Also
    --------
    Results.load : reads the results from such a folder

    Examples
    --------
    >>> import tempfile
    >>> import heemodel as hm
    >>> results = hm.analyse("models/sumatriptan", draws=100)
    >>> hm.write_report(f"{tempfile.mkdtemp()}/report", results).name
    'report.html'
    """
    paths = write_document(
        out,
        document_of(results),
        formats=formats,
        tables=results.tables,
        manifest=_manifest(results),
        currency=results.currency,
        store=results.save,
    )
    return paths[formats[0]]


def _manifest(results: Results) -> dict[str, Any]:
    """The record of the analysis as plain data, with how well chains mixed and which checks failed."""
    record = asdict(results.record)
    return {
        **record,
        "currency": results.currency.name,
        "comparator": results.comparator,
        "strategies": results.strategies,
        "thresholds": list(results.thresholds),
        "people_affected": None if results.affected is None else results.affected.number,
        "scenarios": {result.name: _convergence(result) for result in results},
    }


def _convergence(result: ScenarioResult) -> dict[str, Any]:
    """How well the chains of a scenario mixed, where it was fitted; and the checks that failed."""
    failed = [check.name for check in result.checks if not check.passed]
    if result.fitted is None:
        return {"checks_failed": failed}
    table = result.fitted.posterior
    return {
        "max_rhat": round(float(table["rhat"].max()), 5),
        "min_ess_bulk": round(float(table["ess_bulk"].min())),
        "min_ess_tail": round(float(table["ess_tail"].min())),
        "divergences": result.fitted.divergences,
        "accepted_unconverged": list(result.fitted.accepted_unconverged),
        "checks_failed": failed,
    }


def write_document(
    out: str | Path,
    document: Document,
    *,
    formats: Sequence[str] = ("html",),
    tables: Mapping[str, pd.DataFrame] | None = None,
    manifest: Mapping[str, Any],
    currency: Currency | None = None,
    store: Callable[[Path], object] | None = None,
) -> dict[str, Path]:
    """Write a report, and beside it the tables, figures and manifest that it was made from.

    Files: one for each format; the tables as csv; figures/*.svg;
    files.csv, which tells what each of these holds; manifest.json; and what `store` writes.

    Parameters
    ----------
    out : the folder; it may be new, empty, or hold earlier results, which are replaced
    formats : of the report, see `renderers.RENDERERS`
    tables : by name, each to be written as a csv file
    manifest : the record of the run; the version of heemodel and the SHA-256 of every file, as "written", are added
    currency : whose sign stands in units and notes; it is written there in letters that every spreadsheet reads
    store : writes what more there is into the folder that it is given, such as the results themselves

    Returns
    -------
    Path of the report in each format

    Raises
    ------
    OutputError
        if a format is unknown, if the folder cannot be written, or if it holds anything other than earlier results as
        they were written. Nothing is changed then
    """
    out, renderers = Path(out), renderers_of(formats)
    check_output(out)
    figures = _figures(document)
    written = {_file_name(name): table for name, table in (tables or {}).items()}
    pages = {renderer.file: renderer.render(document) for renderer in renderers}
    with ResultFolder(out) as folder:
        if store is not None:
            store(folder)
        for file, content in pages.items():
            (folder / file).write_bytes(content)
        (folder / "figures").mkdir()
        for figure in figures.values():
            (folder / "figures" / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
        for name, table in written.items():
            write_csv(table if currency is None else plain(table, currency), folder / f"{name}.csv")
        write_csv(files_table([*names_in(folder), FILES, MANIFEST]), folder / FILES)
        software = {"heemodel": metadata.version("heemodel"), **manifest.get("software", {})}
        record = {**manifest, "software": software, "written": hashes_in(folder)}
        (folder / MANIFEST).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        check_output(out)  # once more: somebody may have put a file there in the meantime
    return {renderer.name: out / renderer.file for renderer in renderers}


def _figures(document: Document) -> dict[str, Figure]:
    """The figures of all sections by name."""
    figures: dict[str, Figure] = {}
    for figure in document.figures():
        if figures.setdefault(_file_name(figure.name), figure) is not figure:
            raise OutputError(f"two figures are called {figure.name!r}; their files would replace each other")
    return figures


def _file_name(name: str) -> str:
    """The name, if a file can have it on any system."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise OutputError(f"{name!r} cannot be the name of a file; use letters, digits, '_' and '-'")
    return name

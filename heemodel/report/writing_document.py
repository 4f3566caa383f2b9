"""Writes a document in its formats, and beside it its tables and figures: all at once, or nothing changes."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

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


def write_document(
    out: str | Path,
    document: Document,
    *,
    formats: Sequence[str] = ("html",),
    manifest: Mapping[str, Any],
    currency: Currency | None = None,
    store: Callable[[Path], None] | None = None,
) -> dict[str, Path]:
    """Write a report, and beside it the tables, figures and manifest that it was made from.

    Files: one for each format; the tables of all sections as csv; figures/*.svg, and *.csv with what is drawn;
    files.csv, which tells what each of these holds; manifest.json; and what `store` writes.

    Parameters
    ----------
    out : the folder; it may be new, empty, or hold earlier results, which are replaced
    formats : of the report, see `renderers.RENDERERS`
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
    tables, figures = _tables(document), _figures(document)
    pages = {renderer.file: renderer.render(document) for renderer in renderers}
    with ResultFolder(out) as folder:
        for file, content in pages.items():
            (folder / file).write_bytes(content)
        (folder / "figures").mkdir()
        for figure in figures.values():
            (folder / "figures" / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
        tables |= {f"figures/{name}": figure.table for name, figure in figures.items()}
        for name, table in tables.items():
            write_csv(table if currency is None else plain(table, currency), folder / f"{name}.csv")
        if store is not None:
            store(folder)
        write_csv(files_table([*names_in(folder), FILES, MANIFEST]), folder / FILES)
        software = {"heemodel": metadata.version("heemodel"), **manifest.get("software", {})}
        record = {**manifest, "software": software, "written": hashes_in(folder)}
        (folder / MANIFEST).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        check_output(out)  # once more: somebody may have put a file there in the meantime
    return {renderer.name: out / renderer.file for renderer in renderers}


def _tables(document: Document) -> dict[str, pd.DataFrame]:
    """The tables of all sections by name; two sections may hold the same table, but not two under one name."""
    tables: dict[str, pd.DataFrame] = {}
    for section in document.sections:
        for name, table in section.files.items():
            if name in tables and not tables[name].equals(table):
                raise OutputError(
                    f"section {section.name!r} writes another {_file_name(name)}.csv than a section before"
                )
            tables[_file_name(name)] = table
    return tables


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

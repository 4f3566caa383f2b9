"""Writes all of an analysis' output at once: either the whole folder appears, or nothing changes."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import xarray as xr

from heemodel.currency import Currency
from heemodel.parameters import Inputs
from heemodel.report.contents import Extras, Run, ScenarioResult
from heemodel.report.figures import Figure, draw_figures
from heemodel.report.folder import MANIFEST, ResultFolder, check_output, write_csv
from heemodel.report.headline import acceptability, headline
from heemodel.report.manifest import manifest
from heemodel.report.page import render
from heemodel.report.sections import SECTION_FILES, sections_of

TABLES = ("headline", "acceptability", "posterior", "predictive", *SECTION_FILES)
WRITTEN = {"report.html", "samples.nc", "figures", MANIFEST, *(f"{name}.csv" for name in TABLES)}
"""Everything that is written."""


def write_report(
    out: str | Path, *, inputs: Inputs, results: Sequence[ScenarioResult], run: Run, extras: Extras | None = None
) -> Path:
    """Write the report, and beside it the tables, draws, figures and manifest that it was made from.

    Files: report.html, headline.csv, acceptability.csv, posterior.csv, predictive.csv, samples.nc, figures/*.svg and
    *.csv, manifest.json; and those of the sections that there are, see `sections.SECTION_FILES`.

    Parameters
    ----------
    out : the folder; it may be new, empty, or hold earlier results, which are replaced
    inputs, results, run : what was analysed, found, and how
    extras : variations and comparisons with published figures, if there are any

    Returns
    -------
    Path of the report

    Raises
    ------
    OutputError
        if the folder cannot be written, or holds anything other than earlier results. Nothing is changed then
    """
    out, extras = Path(out), extras or Extras()
    check_output(out, WRITTEN)
    table, curves = headline(inputs, results), acceptability(inputs, results)
    sections = sections_of(inputs, results, extras, run)
    figures = draw_figures(inputs, results, curves, run)
    record = manifest(run, results, inputs)
    page = render(inputs, results, table=table, figures=figures, sections=sections, run=run, record=record)
    with ResultFolder(out) as folder:
        (folder / "report.html").write_text(page, encoding="utf-8")
        write_csv(_plain(table, inputs.about.currency), folder / "headline.csv")
        write_csv(curves, folder / "acceptability.csv")
        for name in ("posterior", "predictive"):
            tables = {result.name: getattr(result, name) for result in results}
            tidy = pd.concat(tables, names=["scenario"]).reset_index("scenario")
            write_csv(tidy, folder / f"{name}.csv")
        for name, rows in {name: rows for section in sections for name, rows in section.files.items()}.items():
            write_csv(_plain(rows, inputs.about.currency), folder / f"{name}.csv")
        _samples(results).to_netcdf(folder / "samples.nc", engine="h5netcdf")
        (folder / "figures").mkdir()
        for figure in [*figures, *(part for section in sections for part in section.parts if isinstance(part, Figure))]:
            (folder / "figures" / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
            write_csv(figure.table, folder / "figures" / f"{figure.name}.csv")
        (folder / MANIFEST).write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return out / "report.html"


def _plain(table: pd.DataFrame, currency: Currency) -> pd.DataFrame:
    """The table with money and minus signs as any spreadsheet reads them."""
    blank = "\N{NO-BREAK SPACE}" if currency.plain == currency.name else "[ \N{NO-BREAK SPACE}]*"
    return table.replace({f"{re.escape(currency.name)}{blank}": f"{currency.plain} ", "−": "-"}, regex=True)


def _samples(results: Sequence[ScenarioResult]) -> xr.DataTree:
    """Draws, outcomes and point outcomes of each scenario."""
    groups = {}
    for result in results:
        groups[f"{result.name}/draws"] = result.draws
        groups[f"{result.name}/outcomes"] = result.outcomes
        groups[f"{result.name}/point"] = result.point
    return xr.DataTree.from_dict(groups)

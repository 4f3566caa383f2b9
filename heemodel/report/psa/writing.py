"""Writes the analysis of a PSA: tables, figures, the page and the manifest, all at once or not at all."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from heemodel.decision import Appraisal
from heemodel.report import knowledge
from heemodel.report.cautions import foreign_thresholds
from heemodel.report.figures import Figure
from heemodel.report.folder import MANIFEST, ResultFolder, check_output, write_csv
from heemodel.report.knowledge import Affected, name_of
from heemodel.report.page import embedded, environment
from heemodel.report.psa import tables, words
from heemodel.report.psa.figures import draw_figures
from heemodel.report.psa.words import samples_of

FILES = ("icer_table", "comparisons", "acceptability", "evpi", "evppi", "tornado", "stability")
PSA_WRITTEN = {"report.html", "figures", MANIFEST, *(f"{name}.csv" for name in FILES)}
"""Everything that is written."""
PACKAGES = ("heemodel", "numpy", "scipy", "pandas", "xarray", "scikit-learn", "numba", "matplotlib")


@dataclass(frozen=True, kw_only=True)
class PSARecord:
    """How the analysis was made."""

    seed: int
    files: Mapping[str, str]
    """SHA-256 of each file that was read, by name."""
    title: str = "Which strategy is the best value for money?"
    read_as: Sequence[str] = ()
    """What in the files was not plain and how it was read, from `read_psa`; a sentence each."""
    policy_thresholds: bool = False
    """Whether the thresholds are those of the dated policy profiles, because no others were asked for."""


def write_psa_report(out: str | Path, found: Appraisal, *, record: PSARecord, affected: Affected | None = None) -> Path:
    """Write a report of a PSA, and beside it the tables, figures and manifest that it was made from.

    Files: report.html; icer_table.csv; comparisons.csv; acceptability.csv (asked, threshold, strategy, probability,
    frontier, expected_loss) and evpi.csv (asked, threshold, evpi, mcse), the thresholds that were asked for first; with
    parameters evppi.csv (parameter, threshold, evppi, se, and how it was found) and tornado.csv; stability.csv;
    figures/*.svg and *.csv; manifest.json.

    Parameters
    ----------
    out : the folder; it may be new, empty, or hold earlier results, which are replaced
    found : the analysis, from `appraise`
    record : how it was made
    affected : people whose treatment the decision settles, for values in all

    Returns
    -------
    Path of the report

    Raises
    ------
    OutputError
        if the folder cannot be written, or holds anything other than earlier results. Nothing is changed then
    """
    out = Path(out)
    check_output(out, PSA_WRITTEN)
    figures = draw_figures(found, affected)
    manifest = _manifest(found, record, affected)
    page = _render(found, figures, record, manifest, affected)
    frames = {
        "icer_table": found.icers,
        "comparisons": found.pairwise,
        "acceptability": _asked_first(found.acceptability, found),
        "evpi": _asked_first(found.evpi, found),
        "evppi": found.evppi.rename(columns={"parameters": "parameter"}),
        "tornado": found.tornado,
        "stability": found.stability,
    }
    with ResultFolder(out) as folder:
        (folder / "report.html").write_text(page, encoding="utf-8")
        for name in FILES:
            if not frames[name].empty:
                write_csv(frames[name], folder / f"{name}.csv")
        (folder / "figures").mkdir()
        for figure in figures.values():
            (folder / "figures" / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
            write_csv(figure.table, folder / "figures" / f"{figure.name}.csv")
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return out / "report.html"


def _asked_first(curve: pd.DataFrame, found: Appraisal) -> pd.DataFrame:
    """A curve with the thresholds that were asked for at its head, told from the others by a first column."""
    asked = curve["threshold"].isin(found.thresholds)
    marked = curve.assign(asked=asked)[["asked", *curve.columns]]
    return marked.sort_values("asked", ascending=False, kind="stable", ignore_index=True)


def _manifest(found: Appraisal, record: PSARecord, affected: Affected | None) -> dict[str, Any]:
    return {
        "made": datetime.now(UTC).date().isoformat(),
        "seed": record.seed,
        "samples": samples_of(found),
        "strategies": found.cea.strategies,
        "comparator": found.cea.comparator,
        "currency": found.currency.name,
        "thresholds": list(found.thresholds),
        "people_affected": None if affected is None else affected.number,
        "files": dict(record.files),
        "read_as": list(record.read_as),
        "software": {package: metadata.version(package) for package in PACKAGES},
        "python": platform.python_version(),
    }


def _render(
    found: Appraisal,
    figures: Mapping[str, Figure],
    record: PSARecord,
    manifest: Mapping[str, Any],
    affected: Affected | None,
) -> str:
    """The page."""
    samples, strategies = samples_of(found), found.cea.strategies
    template: jinja2.Template = environment().get_template("psa.html.j2")
    return template.render(
        title=record.title,
        question=f"{', '.join(strategies[:-1])} or {strategies[-1]}, by {samples:,} samples of costs and QALYs.",
        made=f"made on {manifest['made']}, heemodel {manifest['software']['heemodel']}",
        answer=words.answer(found, affected),
        cautions=[
            *words.cautions(found),
            *filter(None, [foreign_thresholds(found.currency) if record.policy_thresholds else ""]),
        ],
        basis=f"Per person. Means over {samples:,} samples; compared with {found.cea.comparator}; thresholds "
        f"{', '.join(name_of(one, found.currency) for one in found.thresholds)}. Money is printed in {found.currency}; "
        "price year, horizon and discounting are those of the model that the samples were made with.",
        glossary=words.GLOSSARY,
        sections=_sections(found, figures, affected),
        run=[
            ("Made on", manifest["made"]),
            ("Samples, seed", f"{samples:,} samples; seed {record.seed}, of simulated standard errors only"),
            ("Software", ", ".join(f"{name} {version}" for name, version in manifest["software"].items())),
            ("Files (SHA-256)", "; ".join(f"{name} {digest[:12]}…" for name, digest in record.files.items()) or "none"),
            *([("Read as", " ".join(record.read_as))] if record.read_as else []),
            ("Everything in this report as files", ", ".join(sorted(PSA_WRITTEN - {"report.html"}))),
        ],
    )


def _sections(found: Appraisal, figures: Mapping[str, Figure], affected: Affected | None) -> list[dict[str, Any]]:
    """Title, sentences, tables and figures of each part."""

    def pictures(*names: str) -> list[dict[str, str]]:
        return [embedded(figures[name]) for name in names if name in figures]

    several = len(found.cea.strategies) > 2
    parts = [
        (
            "value",
            "Costs and QALYs",
            words.increments(found),
            [
                *([tables.icer_table(found)] if several else []),
                tables.pairwise_table(found),
                *pictures("efficiency_frontier", "cost_effectiveness_plane"),
            ],
        ),
        (
            "sure",
            "How sure is that?",
            [],
            [tables.acceptability_table(found), *pictures("acceptability", "expected_loss")],
        ),
        (
            "information",
            "What would more evidence be worth?",
            [words.worth(found)],
            [
                knowledge.evpi_table(found, affected),
                *pictures("evpi"),
                *([] if found.evppi.empty else [knowledge.evppi_table(found, affected)]),
                *pictures("evppi"),
            ],
        ),
        ("sensitivity", "What moves the answer?", [], pictures("tornado")),
        ("samples", "Are there enough samples?", [words.enough(found)], pictures("stability")),
    ]
    return [
        {"name": name, "title": title, "link": title, "words": sentences, "parts": items}
        for name, title, sentences, items in parts
        if items
    ]

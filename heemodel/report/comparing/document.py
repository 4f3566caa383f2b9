"""The document of two runs compared, and the folder that it is written to."""

from collections.abc import Sequence
from pathlib import Path

from heemodel.analysis import RunComparison
from heemodel.report.comparing.attribution import attribution
from heemodel.report.comparing.inputs import inputs, record
from heemodel.report.comparing.moved import moved, turned
from heemodel.report.comparing.summary import question_of, summary
from heemodel.report.document import Document, Section, Sheet
from heemodel.report.formatting import made_by
from heemodel.report.glossary import with_glossary
from heemodel.report.writing import write_document

SECTIONS = (summary, turned, attribution, moved, inputs, record)
"""In reading order."""
SHEETS = {
    "attribution": "What each input moved, step by step",
    "headlines": "Headline figures of both runs, with their differences",
    "decisions": "What each run would decide",
    "changes": "Inputs that differ, by their place in the file",
    "provenance": "What of the record differs",
}
"""Tables, with what they hold."""


def document_of_comparison(comparison: RunComparison) -> Document:
    """The report of two runs compared; see `write_comparison`."""
    made = [section(comparison) for section in SECTIONS]
    about = comparison.after.inputs.about if comparison.after.inputs is not None else None
    tables = {name: table for name, table in comparison.tables.items() if not table.empty}
    sections = [section for section in made if isinstance(section, Section)]
    return Document(
        title=f"Two runs compared: {comparison.after.title}",
        question=question_of(comparison),
        made=f"{made_by(comparison.after)}; compared with a run made on {comparison.before.record.made}",
        sections=with_glossary(sections, about.glossary if about is not None else {}),
        sheets=[Sheet(name=name, title=title, table=tables[name]) for name, title in SHEETS.items() if name in tables],
    )


def write_comparison(out: str | Path, comparison: RunComparison, *, formats: Sequence[str] = ("html",)) -> Path:
    """Write the report of two runs compared, and beside it the tables that it was made from.

    Parameters
    ----------
    out : the folder; it may be new, empty, or hold earlier results, which are replaced
    comparison : from `compare`
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
    compare : holds two runs together

    Examples
    --------
    >>> import tempfile
    >>> import heemodel as hm
    >>> runs = [hm.analyse("models/sumatriptan", draws=100, seed=seed) for seed in (1, 2)]
    >>> write_comparison(f"{tempfile.mkdtemp()}/compared", hm.analysis.compare(*runs)).name
    'report.html'
    """
    paths = write_document(
        out,
        document_of_comparison(comparison),
        formats=formats,
        tables={name: table for name, table in comparison.tables.items() if not table.empty},
        manifest=_manifest(comparison),
        currency=comparison.after.currency,
    )
    return paths[formats[0]]


def _manifest(comparison: RunComparison) -> dict[str, object]:
    """What was compared, and how the attribution was run."""
    return {
        "compared": {
            name: {
                "made": results.record.made,
                "seed": results.record.seed,
                "draws": results.record.draws,
                "horizon": results.record.horizon,
                "files": dict(results.record.files),
                "software": dict(results.record.software),
            }
            for name, results in zip(comparison.names, (comparison.before, comparison.after), strict=True)
        },
        "attribution": {
            "quantity": comparison.asked.name,
            "code": comparison.code,
            "draws": comparison.steps_on,
            "left_out_because": comparison.without,
        },
    }

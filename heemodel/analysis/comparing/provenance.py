"""What of the record of two runs differs: how they were run, with which software, on which files."""

from collections.abc import Iterator, Mapping

import pandas as pd

from heemodel.analysis.results import Record, Results

COLUMNS = ["kind", "what", "before", "after"]
RUN = ("model", "seed", "draws", "horizon", "discounting", "structure", "made", "commit")
"""Fields of the record that say how it was run."""


def provenance(before: Results, after: Results) -> pd.DataFrame:
    """Every entry of the two records that is not the same.

    Returns
    -------
    DataFrame with columns kind (run | software | file), what, before and after (text; empty where one run lacks it;
    of files their SHA-256)
    """
    rows: list[tuple[str, str, str, str]] = []
    kinds = {"run": _run, "software": _software, "file": _files}
    for kind, of in kinds.items():
        rows += [(kind, *row) for row in _differing(of(before), of(after))]
    return pd.DataFrame(rows, columns=COLUMNS)


def is_code(name: str) -> bool:
    """Whether a file of a record is code, by its name."""
    return name.endswith(".py")


def changing(record: Record) -> set[str]:
    """Names of the files of a record that its inputs were changed by, and that are none of the model's.

    Records that were kept before this was told apart are read by names: of a model's own files all but the inputs, and
    the tables that these name, are Python files; those of other models begin with their folder.
    """
    kept = {name for name in record.files if "/" not in name and not is_code(name)}
    return set(record.changed_by) or kept


def _run(results: Results) -> dict[str, str]:
    """How it was run, as text."""
    record = results.record
    told = {name: _text(record, name) for name in RUN}
    thresholds = ", ".join(f"{one:,.10g}" for one in results.thresholds)
    return {**told, "scenarios": ", ".join(results.scenarios), "thresholds": thresholds}


def _text(record: Record, name: str) -> str:
    """A field of the record as text."""
    value = getattr(record, name)
    if name == "commit" and record.changed:
        return f"{value}, with changes"
    if isinstance(value, int):
        return f"{value:,}" if name == "draws" else str(value)
    return value if isinstance(value, str) else "; ".join(value)


def _software(results: Results) -> Mapping[str, str]:
    return results.record.software


def _files(results: Results) -> Mapping[str, str]:
    return results.record.files


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Names with their texts in both, where these differ."""
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield name, old, new

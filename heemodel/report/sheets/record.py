"""How the analysis was made, so that it can be made again; and how the model did in its checks."""

from collections.abc import Iterator

import pandas as pd

from heemodel.analysis import Results
from heemodel.report.document import Sheet
from heemodel.report.sheets.columns import SCENARIO, Column, sheet_of


def checks(results: Results) -> Sheet | None:
    """Every check of every scenario; None where nothing was checked, as for a PSA from files."""
    table = results.tables.get("checks")
    if table is None:
        return None
    failed = int((~table["passed"]).sum())
    columns = {
        "scenario": SCENARIO,
        "check": Column("What must hold"),
        "passed": Column("Verdict"),
        "figure": Column("Figure"),
    }
    return sheet_of(
        results,
        table.assign(passed=["passed" if passed else "FAILED" for passed in table["passed"]]),
        columns,
        name="Checks",
        title="Checks of the model",
        note=f"{failed} of {len(table)} checks FAILED: do not use the results before it is known why."
        if failed
        else f"All {len(table)} checks passed.",
    )


def record(results: Results) -> Sheet:
    """Seed, draws, versions, hashes of files and commit."""
    table = pd.DataFrame(list(_lines(results)), columns=["part", "item", "value"])
    columns = {"part": Column("Part"), "item": Column("Item"), "value": Column("Value", "plain")}
    return sheet_of(
        results,
        table,
        columns,
        name="Record",
        title="How it was made",
        note="A file with the same SHA-256 is the same file.",
    )


def _lines(results: Results) -> Iterator[tuple[str, str, object]]:
    """Everything that must be the same for the results to be the same."""
    made, about = results.record, results.inputs.about if results.inputs is not None else None
    run: dict[str, object] = {
        "Model": made.model,
        "Made on": made.made,
        "Draws" if about is not None else "Samples": made.draws,
        "Seed": made.seed,
        "Horizon": made.horizon,
        "Discounting": made.discounting,
        "Comparator": results.comparator,
        "Currency": str(results.currency),
        "Price year": results.price_year,
        "Git commit of the model folder": made.commit,
        "Changed since that commit": ("yes" if made.changed else "no") if made.commit else "",
    }
    yield from (("Run", item, value) for item, value in run.items() if value != "")
    yield from (("Strategy", str(place), name) for place, name in enumerate(results.strategies, start=1))
    for place, threshold in enumerate(results.thresholds, start=1):
        yield f"Threshold ({results.currency} per QALY)", str(place), threshold
    yield from (("Structure", str(place), text) for place, text in enumerate(made.structure, start=1))
    yield from (("How the files were read", str(place), text) for place, text in enumerate(made.read_as, start=1))
    yield from (("File, SHA-256", name, digest) for name, digest in made.files.items())
    yield from (("Software", name, version) for name, version in made.software.items())

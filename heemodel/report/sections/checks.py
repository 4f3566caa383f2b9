"""The checks that every model goes through, and how this one did."""

from heemodel.analysis import Results
from heemodel.report.document import Section, Table, Words
from heemodel.report.sections.across import labels


def checks(results: Results) -> Section | None:
    """Every check of every scenario; None where nothing was checked, as for a PSA from files."""
    table = results.tables.get("checks")
    if table is None:
        return None
    failed, several = int((~table["passed"]).sum()), len(results.scenarios) > 1
    names = list(dict.fromkeys(table["check"]))
    verdict = f"All {len(names)} checks passed{' in every scenario' if several else ''}."
    if failed:
        verdict = f"{failed} of {len(table)} checks FAILED: do not use the results before it is known why."
    return Section(
        name="checks",
        title="Checks",
        blocks=[Words(verdict, "warning" if failed else "plain"), _verdicts(results, names)],
    )


def _verdicts(results: Results, names: list[str]) -> Table:
    """A row for each check, a column for each scenario, and the figure of the first."""
    table = results.tables["checks"]
    shown = labels(results) if len(results.scenarios) > 1 else ["Verdict"]
    rows = []
    for name in names:
        mine = table[table["check"] == name].set_index("scenario")
        passed = mine["passed"].groupby(level=0).all()
        verdicts = [
            ("passed" if passed[scenario] else "FAILED") if scenario in passed.index else "–"
            for scenario in results.scenarios
        ]
        rows.append([name, *verdicts, str(mine["figure"].iloc[0])])
    figure = f"Figure ({shown[0]})" if len(results.scenarios) > 1 else "Figure"
    return Table("Checks of the model", ["Check", *shown, figure], rows)

"""The state of assurance: what has been checked, by what, and what rests on nobody's word."""

from collections import Counter

from heemodel.analysis import Results
from heemodel.report.sections.summary.cautions import cautions

UNSURE = ("assumed", "recalled")
"""Statuses of figures that no document bears out."""


def assurance(results: Results) -> str:
    """Checks passed, figures that no document bears out, what is odd, and who has reviewed it."""
    parts = []
    checks = [check for result in results for check in result.checks]
    if checks:
        passed = sum(check.passed for check in checks)
        parts.append(f"{passed} of {len(checks)} checks of the model passed")
    if results.inputs is not None:
        counts = Counter(str(figure.status) for _, figure in results.inputs.figures())
        unsure = " and ".join(f"{counts[status]} {status}" for status in UNSURE if counts[status])
        parts.append(f"of {counts.total()} figures {unsure or 'none assumed'}")
    if odd := len(cautions(results)):
        parts.append(f"{odd} thing{'s' if odd > 1 else ''} to look at again, further down")
    reviewed = results.inputs.about.assurance if results.inputs is not None else None
    words = f"{'; '.join(parts)}." if parts else ""
    return f"State of assurance: {words} {reviewed or 'No review by others is recorded.'}".replace("  ", " ")

"""What an analysis cannot tell, in its authors' words."""

from heemodel.analysis import Results
from heemodel.report.document import Points, Section


def limits(results: Results) -> Section | None:
    """The limits that the inputs name; None where they name none."""
    named = results.inputs.limits(list(results.scenarios)) if results.inputs is not None else []
    if not named:
        return None
    title = "What this analysis cannot tell"
    return Section(name="limits", title=title, link="Limits", blocks=[Points(points=named)])

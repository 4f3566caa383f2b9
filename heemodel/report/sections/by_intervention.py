"""How sections lay out several interventions: one after another, the first open and the others folded away."""

from collections.abc import Callable, Sequence

from heemodel.analysis import Results
from heemodel.report.document import Block, Folded
from heemodel.report.formatting import sentence


def by_intervention(results: Results, blocks_of: Callable[[str], Sequence[Block]]) -> list[Block]:
    """The blocks of each intervention; those that say the same of another are put away under its name.

    Parameters
    ----------
    blocks_of : takes the name of an intervention
    """
    first, *others = _leading(results)
    folded = [Folded(title=heading(results, name), blocks=blocks_of(name)) for name in others]
    return [*blocks_of(first), *folded]


def _leading(results: Results) -> list[str]:
    """The interventions, with the one that sentences speak of at their head."""
    names = results.interventions
    return [results.intervention, *(name for name in names if name != results.intervention)]


def heading(results: Results, intervention: str) -> str:
    """What stands over the blocks of an intervention."""
    return f"{sentence(intervention)} instead of {results.comparator}"


def of_intervention(results: Results, intervention: str) -> str:
    """What a title adds where there are several interventions; empty where there is one."""
    return f": {intervention} instead of {results.comparator}" if len(results.interventions) > 1 else ""


def name_of(results: Results, stem: str, intervention: str) -> str:
    """The name of a figure's files, which holds that of the intervention where there are several."""
    if len(results.interventions) == 1:
        return stem
    return f"{stem}_{'_'.join(''.join(c if c.isalnum() else ' ' for c in intervention.lower()).split())}"

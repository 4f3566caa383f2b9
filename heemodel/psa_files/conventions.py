"""Names of columns that say whose costs and QALYs they hold: cost_old, old_cost, "Chemo QALY"."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import product
from typing import NamedTuple

COST = ("cost", "costs")
QALY = (("qaly", "qalys"), ("effect", "effects"))
"""What QALYs are called; where the first names are used, the others are of parameters."""
BETWEEN = r"[ _.:/-]+"
STYLES = {
    "before": r"(?:{words})(?: *\[(?P<a>.+)\]| *\((?P<b>.+)\)|{between}(?P<c>.+))",
    "after": r"(?P<a>.+?)(?:{between}(?:{words})|\[(?:{words})\]|\((?:{words})\))",
}
"""Where the word stands: before the strategy, as in cost_old or cost[old], or after it, as in old_cost, old (cost)."""


class Pairs(NamedTuple):
    """Columns of costs and of QALYs by strategy, as far as they are named alike."""

    cost: dict[str, str]
    qaly: dict[str, str]

    @property
    def complete(self) -> bool:
        """Whether there are two strategies or more, each with both."""
        return len(self.cost) > 1 and self.cost.keys() == self.qaly.keys()


def by_strategy(names: Iterable[str], words: Collection[str], style: str) -> dict[str, str]:
    """Columns that a word names, by what else is in their names; none where two are of the same strategy.

    Parameters
    ----------
    names : of columns
    words : such as cost and costs, in any capitals
    style : of `STYLES`

    Examples
    --------
    >>> by_strategy(["Chemo_Cost", "Surgery_Cost", "age"], ["cost"], "after")
    {'Chemo': 'Chemo_Cost', 'Surgery': 'Surgery_Cost'}
    """
    pattern = re.compile(STYLES[style].format(words="|".join(words), between=BETWEEN), re.IGNORECASE)
    found: dict[str, str] = {}
    for name in names:
        if match := pattern.fullmatch(name):
            strategy = next(one for one in match.groups() if one is not None).strip()
            if strategy in found:
                return {}
            found[strategy] = name
    return found


def pairs(names: Sequence[str]) -> list[Pairs]:
    """Every way to find costs and QALYs of the same strategies among columns; the first is the most complete.

    Parameters
    ----------
    names : of all columns

    Returns
    -------
    list of `Pairs`; one, and complete, where the columns can be told
    """
    for words in QALY:
        ways = [
            Pairs(by_strategy(names, COST, cost), by_strategy(names, words, qaly))
            for cost, qaly in product(STYLES, STYLES)
        ]
        ways = [way for way in ways if way.qaly and way.cost]
        if complete := [way for way in ways if way.complete]:
            return complete
        if ways:
            return [max(ways, key=lambda way: (len(way.cost.keys() & way.qaly.keys()), len(way.cost) + len(way.qaly)))]
    return []


def without_word(names: Sequence[str], words: Collection[str]) -> list[str] | None:
    """Strategies out of the names of columns that are all of one outcome; None where not all are named alike.

    Parameters
    ----------
    names : of columns
    words : what the outcome is called

    Examples
    --------
    >>> without_word(["Chemo_Cost", "Surgery_Cost"], ["cost"]), without_word(["Chemo", "Surgery"], ["cost"])
    (['Chemo', 'Surgery'], None)
    """
    for style in STYLES:
        found = by_strategy(names, words, style)
        if len(found) == len(names) > 0:
            return list(found)
    return None

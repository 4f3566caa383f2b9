"""Subgroups of patients: the product of all groupings, with the share of each group and its traits."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

import xarray as xr

from heemodel.errors import nearest
from heemodel.parameters.problems import Problem
from heemodel.parameters.specification import Scenario
from heemodel.parameters.variations import Grouping

BETWEEN = ", "


def product(groupings: Mapping[str, Grouping], only: Mapping[str, Sequence[str]]) -> xr.Dataset:
    """The groups, one for each combination, and what is known of them.

    The share of a combination is the product of its shares in every grouping, which are taken to be independent.

    Parameters
    ----------
    only : of some groupings, the groups that there are

    Returns
    -------
    Dataset with dimension `group`, named as in "early, 60 to 69"; `share`, which adds up to 1; one variable for each
    grouping, with the name of the group in it; and one for each trait
    """
    kept = {
        name: [one for one in grouping.people if one in only.get(name, [one])] for name, grouping in groupings.items()
    }
    combined = list(itertools.product(*kept.values()))
    columns: dict[str, list[str | float]] = {
        name: [labels[place] for labels in combined] for place, name in enumerate(kept)
    }
    people = [
        math.prod(grouping.people[one] for grouping, one in zip(groupings.values(), labels, strict=True))
        for labels in combined
    ]
    for name, grouping in groupings.items():
        for trait, numbers in grouping.traits.items():
            columns[trait] = [numbers[str(one)] for one in columns[name]]
    return xr.Dataset(
        {name: ("group", values) for name, values in columns.items()}
        | {"share": ("group", [number / sum(people) for number in people])},
        coords={"group": [BETWEEN.join(labels) for labels in combined]},
    )


def wrong_groups(
    scenarios: Mapping[str, Scenario | None], groupings: Mapping[str, Grouping | None]
) -> Iterator[Problem]:
    """Groups that scenarios name and groupings do not have, and traits whose name is taken."""
    for name, grouping in groupings.items():
        for trait in grouping.traits if grouping is not None else ():
            if trait in (*groupings, "share", "group"):
                yield Problem(("groups", name, "traits", trait), "is the name of something else too; rename the trait")
    for name, scenario in scenarios.items():
        for wanted, labels in scenario.groups.items() if scenario is not None else ():
            place = ("scenarios", name, "groups", wanted)
            known = groupings.get(wanted)
            if wanted not in groupings:
                yield Problem(place, f"there is no grouping {wanted!r}; {nearest(wanted, groupings)}")
            elif known is not None:
                yield from (
                    Problem(place, f"has no group {label!r}; {nearest(label, known.people)}")
                    for label in labels
                    if label not in known.people
                )
                if not labels:
                    yield Problem(place, "names no group; name at least one, or remove the line")

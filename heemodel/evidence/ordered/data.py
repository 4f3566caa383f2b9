"""Counts by trial, treatment and ordered category: read, and refused with all that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from heemodel.errors import nearest
from heemodel.evidence.networks.data import refuse_parts
from heemodel.evidence.specification import EvidenceError
from heemodel.evidence.tables import MOST, Table, refuse

Odds = Literal["proportional", "partial"]
Arms = dict[tuple[str, str], dict[str, int]]


def in_order(categories: Sequence[str | int], odds: Odds) -> tuple[str, ...]:
    """Names of the categories, of which there must be enough."""
    if isinstance(categories, str):
        raise EvidenceError(f"categories is the text {categories!r}; give a list of names, from best to worst")
    names = tuple(str(category).strip() for category in categories)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise EvidenceError(f"categories names {', '.join(map(repr, twice))} twice; leave one out")
    least = 3 if odds == "partial" else 2
    if len(names) < least:
        raise EvidenceError(f"{odds} odds need {least} categories or more; categories is {', '.join(names) or 'empty'}")
    return names


def read_counts(table: pd.DataFrame, categories: tuple[str, ...]) -> tuple[Arms, list[str]]:
    """Counts by trial and treatment, then category; and the arms whose counts do not add up to their n.

    Raises
    ------
    EvidenceError
        with all that is wrong with the table
    """
    given = Table(table, "counts", keys=("trial", "treatment", "category"), columns=("count",))
    given.known("category", categories)
    given.unique(*given.keys, cure="add the counts up, or give one of the two arms another treatment's name")
    blank = given.frame["count"].isna().to_numpy()
    filled = Table(given.frame.assign(count=given.frame["count"].where(~blank, 0)), "counts", keys=given.keys)
    values = filled.counts("count")
    reported = filled.counts("n", least=1) if "n" in filled else None
    given.problems += filled.problems
    arms: Arms = {}
    totals: dict[tuple[str, str], int] = {}
    for row, (trial, treatment, category) in enumerate(zip(*given.labels.values(), strict=True)):
        arm = arms.setdefault((trial, treatment), {})
        if not blank[row]:
            arm[category] = int(values[row])
        if reported is None or row in filled.unread:
            continue
        if totals.setdefault((trial, treatment), int(reported[row])) != reported[row]:
            given.problem(row, f"n is {reported[row]:,}, and {totals[trial, treatment]:,} in another row of the arm")
    given.problems += _lacking(arms, categories) + ([] if filled.unread else _impossible_totals(arms))
    refuse(given)
    sums = {arm: sum(arms[arm].values()) for arm in totals}
    off = [
        f"trial {trial!r}, treatment {treatment!r} {sums[trial, treatment]:,} (n is {n:,})"
        for (trial, treatment), n in totals.items()
        if sums[trial, treatment] != n
    ]
    return arms, [f"counts that do not add up to n are used as they are: {'; '.join(off)}"] if off else []


def _lacking(arms: Arms, categories: tuple[str, ...]) -> list[str]:
    """Arms without some category, or without another arm to be compared with."""
    trials = [trial for trial, _ in arms]
    mistakes = []
    for (trial, treatment), found in arms.items():
        place = f"table 'counts', trial {trial!r}, treatment {treatment!r}"
        if trials.count(trial) == 1:
            mistakes.append(f"{place}: the trial's only arm; it compares nothing, leave it out")
        if missing := [category for category in categories if category not in found]:
            mistakes.append(
                f"{place}: no count of category {', '.join(map(repr, missing))}. Where nobody was in it, give 0; where "
                "it is reported together with another, merge the two in all trials and in categories, or leave the "
                "trial out"
            )
    return mistakes


def _impossible_totals(arms: Arms) -> list[str]:
    """Arms of nobody, or of more patients than can be."""
    mistakes = []
    for (trial, treatment), found in arms.items():
        place, total = f"table 'counts', trial {trial!r}, treatment {treatment!r}", sum(found.values())
        if found and not total:
            mistakes.append(f"{place}: nobody is in any category; leave the arm out")
        if total > MOST:
            mistakes.append(f"{place}: counts add up to {total:,}; give at most 10⁹")
    return mistakes


def connected(arms: Arms, trials: tuple[str, ...], reference: str) -> tuple[str, ...]:
    """The treatments, the reference first; refused where trials do not connect them all."""
    names = tuple(dict.fromkeys(treatment for _, treatment in arms))
    if reference not in names:
        raise EvidenceError(f"reference {reference!r} is no treatment of the trials; {nearest(str(reference), names)}")
    names = (reference, *(name for name in names if name != reference))
    refuse_parts(
        np.array([trials.index(trial) for trial, _ in arms]),
        np.array([names.index(treatment) for _, treatment in arms]),
        names,
    )
    return names

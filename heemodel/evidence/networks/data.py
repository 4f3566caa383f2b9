"""Trials of a network meta-analysis: arms or contrasts by study, what is compared with what, and as which matrices."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from heemodel.errors import nearest
from heemodel.evidence.means import standard_errors
from heemodel.evidence.specification import EvidenceError
from heemodel.evidence.tables import Table, refuse

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Outcome = Literal["binary", "rate", "continuous", "contrast"]
Model = Literal["consistency", "unrelated means"]

COLUMNS = {
    "binary": ("events", "n"),
    "rate": ("events", "exposure"),
    "continuous": ("mean",),
    "contrast": ("effect", "se"),
}
"""What an outcome's table must have beside study and treatment."""


@dataclass(frozen=True)
class Trials:
    """What was observed, arm by arm, and which study and treatment each arm is.

    Attributes
    ----------
    studies, treatments : names; the first treatment is the reference
    study, treatment : for each arm, places among them
    base : for each arm, the place of its study's first arm, against which its relative effect counts
    observed : arrays by name, one number for each arm
    cautions : what is odd
    """

    studies: tuple[str, ...]
    treatments: tuple[str, ...]
    study: NDArray[np.int64]
    treatment: NDArray[np.int64]
    base: NDArray[np.int64]
    observed: dict[str, NDArray[np.generic]]
    cautions: tuple[str, ...]

    @property
    def relative(self) -> NDArray[np.int64]:
        """The arms that are not the first of their study."""
        return np.flatnonzero(self.base != np.arange(len(self.base)))

    def comparisons(self, model: Model) -> tuple[tuple[str, ...], Integers, Integers]:
        """What effects there are, and for each arm which of them is added and which taken away, against its first arm.

        Returns
        -------
        names, and two places for each arm, 0 where there is none and from 1 on among the names. Consistency: an effect
        for every treatment but the reference; added is the arm's, taken away that of its study's first arm. Unrelated
        means: an effect for every pair of treatments that a study compares with its first arm
        """
        first, own = self.treatment[self.base], self.treatment
        if model == "consistency":
            return self.treatments[1:], own, first
        pairs = sorted({(min(a, b), max(a, b)) for a, b in zip(first, own, strict=True) if a != b})
        place = np.array(
            [pairs.index((min(a, b), max(a, b))) + 1 if a != b else 0 for a, b in zip(first, own, strict=True)]
        )
        names = tuple(f"{self.treatments[b]} vs {self.treatments[a]}" for a, b in pairs)
        return names, np.where(own > first, place, 0), np.where(own < first, place, 0)


def read_trials(table: pd.DataFrame, outcome: Outcome, reference: str) -> Trials:
    """Arms by study, with the reference treatment first in a study that has it.

    Raises
    ------
    EvidenceError
        with all that is wrong with the table, and for a network that falls apart
    """
    if outcome not in COLUMNS:
        raise EvidenceError(f"outcome {outcome!r}: {nearest(str(outcome), COLUMNS)}")
    given = Table(table, "trials", keys=("study", "treatment"), columns=COLUMNS[outcome])
    treatments = given.names("treatment")
    if reference not in treatments:
        raise EvidenceError(
            f"reference {reference!r} is no treatment of the trials; {nearest(str(reference), treatments)}"
        )
    treatments = (reference, *(name for name in treatments if name != reference))
    studies = given.names("study")
    given.unique("study", "treatment", cure="add the arms up, or give the second study another name")
    study, treatment = given.codes("study", studies), given.codes("treatment", treatments)
    for place in np.flatnonzero(np.bincount(study) == 1):
        given.problem(int(np.argmax(study == place)), "the study's only arm; it compares nothing, leave it out")
    observed, cautions = _observed(given, outcome, study)
    refuse(given)
    order = np.lexsort((treatment, _is_relative(given, outcome), study))
    study, treatment = study[order], treatment[order]
    refuse_parts(study, treatment, treatments)
    return Trials(
        studies,
        treatments,
        study,
        treatment,
        base=np.searchsorted(study, study),
        observed={name: values[order] for name, values in observed.items()},
        cautions=cautions,
    )


def _is_relative(given: Table, outcome: Outcome) -> NDArray[np.bool_]:
    """Rows that hold an effect against their study's first arm; that arm comes first."""
    if outcome != "contrast":
        return np.zeros(len(given.frame), dtype=bool)
    filled: NDArray[np.bool_] = given.frame["effect"].notna().to_numpy()
    return filled


def _observed(
    given: Table, outcome: Outcome, study: NDArray[np.int64]
) -> tuple[dict[str, NDArray[np.generic]], tuple[str, ...]]:
    """The numbers of each row, and what is odd about them."""
    match outcome:
        case "binary":
            events, n = given.events()
            years = {"years": given.numbers("years", above=0)} if "years" in given else {}
            cautions = _uninformative(given, study, events, n)
            return {"events": events, "n": n, **years}, cautions
        case "rate":
            events, exposure = given.counts("events"), given.numbers("exposure", above=0)
            return {"events": events, "exposure": exposure}, _uninformative(given, study, events, None)
        case "continuous":
            return {"mean": given.numbers("mean"), "se": standard_errors(given)}, ()
        case "contrast":
            return _contrasts(given, study), ()


def _contrasts(given: Table, study: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
    """Effects against the study's arm that has none, and their standard errors."""
    blank, unsaid = given.missing("effect"), given.missing("se")
    effect, se = given.numbers("effect", optional=True), given.numbers("se", above=0, optional=True)
    for place in range(int(study.max()) + 1):
        rows = np.flatnonzero(study == place)
        if blank[rows].sum() != 1:
            given.problem(
                int(rows[0]),
                "leave the effect of exactly one arm of a study empty: the one that the others count against",
            )
    for row in np.flatnonzero(~blank & unsaid):
        given.problem(int(row), "se is missing; give a number")
    shared = blank & (np.bincount(study)[study] > 2)  # several effects share this arm, whose variance they covary by
    for row in np.flatnonzero(shared):
        others = (study == study[row]) & ~blank
        if unsaid[row]:
            given.problem(int(row), "a study of three arms or more needs the standard error of this arm's own outcome")
        elif row not in given.unread and se[row] >= se[others].min(initial=np.inf):
            given.problem(int(row), f"se {se[row]:g} is not below that of the effects that count against this arm")
    return {"effect": np.where(blank, 0.0, effect), "se": np.where(blank & ~shared, 0.0, se)}


def _uninformative(
    given: Table, study: NDArray[np.int64], events: NDArray[np.int64], n: NDArray[np.int64] | None
) -> tuple[str, ...]:
    """Studies without any event, or without anyone who had none."""
    notices = []
    for place, name in enumerate(given.names("study")):
        rows = study == place
        if not events[rows].any():
            notices.append(f"study {name!r} has no event in any arm: it says nothing about relative effects")
        elif n is not None and (events[rows] == n[rows]).all():
            notices.append(f"everybody in study {name!r} had the event: it says nothing about relative effects")
    return tuple(notices)


def refuse_parts(study: Integers, treatment: Integers, treatments: Sequence[str]) -> None:
    """Refuse studies some of whose treatments are never compared with the first, even in steps.

    Parameters
    ----------
    study, treatment : of each arm, places among studies and among `treatments`

    Raises
    ------
    EvidenceError
        with the treatments that are apart
    """
    studies = int(study.max()) + 1
    size = studies + len(treatments)
    links = coo_array((np.ones(len(study)), (study, studies + treatment)), shape=(size, size))
    part = connected_components(links, directed=False)[1][studies:]
    if apart := [name for name, own in zip(treatments, part, strict=True) if own != part[0]]:
        raise EvidenceError(
            f"no study connects {', '.join(apart)} with {treatments[0]}, not even in steps: the network falls apart. "
            "Analyse each part by itself, or add a study that compares them"
        )


def no_spread(relative: int, compared: Sequence[str]) -> tuple[str, ...]:
    """Whether there are no more relative effects than are to be estimated, so that none is left to differ."""
    if relative > len(compared):
        return ()
    notices = (
        f"studies have no more relative effects, {relative}, than are to be estimated: nothing says how much they "
        "differ, and between_study_sd rests on its prior"
    )
    return (notices,)


def covariate_by_study(table: pd.DataFrame, name: str, studies: Sequence[str]) -> Floats:
    """A covariate of the studies, the same in all arms of each.

    Raises
    ------
    EvidenceError
        if it is missing or differs within a study
    """
    given = Table(table, "trials", keys=("study", "treatment"), columns=(name,))
    values = given.numbers(name)
    found: dict[str, float] = {}
    for row, study in enumerate(given.labels["study"]):
        if row not in given.unread and found.setdefault(study, values[row]) != values[row]:
            given.problem(
                row, f"{name} is {values[row]:g}, and {found[study]:g} in another arm; give one for the study"
            )
    refuse(given)
    return np.array([found[study] for study in studies])

"""Means as sources report them: their standard errors, the plain average of several, and sources that disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from heemodel.evidence.specification import EvidenceError
from heemodel.evidence.tables import Table, refuse_reserved

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ROUNDING = 0.05
"""How far a reported standard error may be from sd/√n, in part of it."""
NOTHING, ALIKE = 1e-7, 1e-5
"""A standard error below this part of its scale, and patients who differ by less than that, are taken for a mistake."""
SURPRISING = 0.01
"""Below this chance of sources differing as much, they are said to disagree."""


@dataclass(frozen=True)
class Sources:
    """Observed means of groups: each source's group by its place, its mean, and the covariance of their errors."""

    group: Integers
    mean: Floats
    covariance: Floats

    @property
    def se(self) -> Floats:
        """Standard error of each mean."""
        errors: Floats = np.sqrt(np.diag(self.covariance))
        return errors

    def pooled(self) -> tuple[Floats, Floats]:
        """Generalised least squares estimate of each group's mean, and its covariance."""
        belongs = np.eye(int(self.group.max()) + 1)[self.group]
        precision = np.linalg.inv(self.covariance)
        covariance = np.linalg.inv(belongs.T @ precision @ belongs)
        return covariance @ belongs.T @ precision @ self.mean, covariance

    def disagreements(self, by: str, groups: Sequence[str]) -> list[str]:
        """Groups whose sources differ by more than their standard errors explain: Cochran's Q."""
        cautions = []
        for place, group in enumerate(groups):
            mean, weight = self.mean[self.group == place], self.se[self.group == place] ** -2
            q = float((weight * (mean - np.average(mean, weights=weight)) ** 2).sum())
            if len(mean) > 1 and (chance := float(stats.chi2.sf(q, len(mean) - 1))) < SURPRISING:
                cautions.append(
                    f"{by} {group!r}: its {len(mean)} sources, from {mean.min():,.4g} to {mean.max():,.4g}, differ by "
                    f"more than their standard errors explain (p = {chance:.1g}); they are taken to measure one mean"
                )
        return cautions


def chained(covariance: Floats) -> tuple[Floats, Floats]:
    """Correlated normal errors as a chain of independent ones, each given those before it: a matrix C and spreads D.

    With covariance S = L Lᵀ and D the diagonal of L: error_k = Σ_j C_kj error_j + D_k ε_k, where C = I − D L⁻¹ has
    entries below its diagonal only.
    """
    lower = np.linalg.cholesky(covariance)
    spread: Floats = np.diag(lower)
    return np.tril(np.eye(len(spread)) - spread[:, None] * np.linalg.inv(lower), -1), spread


def joined(*parts: Sources) -> Sources:
    """Sources that are independent of one another, as one."""
    covariance = np.zeros((sum(len(part.mean) for part in parts),) * 2)
    start = 0
    for part in parts:
        end = start + len(part.mean)
        covariance[start:end, start:end] = part.covariance
        start = end
    return Sources(
        np.concatenate([part.group for part in parts]), np.concatenate([part.mean for part in parts]), covariance
    )


def means_of_patients(group: Integers, value: Floats, patient: Integers) -> Sources:
    """Means of patients' values by group, those of groups that share patients correlated.

    The covariance is robust to any correlation within patients (Liang and Zeger 1986, doi 10.1093/biomet/73.1.13), with
    n − 1 for n: variances are s²/n, and covariances, where all patients are in both groups, c/n.
    """
    groups, of = np.unique(group, return_inverse=True)
    n = np.bincount(of)
    mean = np.bincount(of, weights=value) / n
    if len(np.unique(patient)) == len(patient):
        return Sources(groups, mean, np.diag(np.bincount(of, weights=(value - mean[of]) ** 2) / (n * (n - 1))))
    influence = np.zeros((int(patient.max()) + 1, len(groups)))
    influence[patient, of] = (value - mean[of]) / np.sqrt(n * (n - 1))[of]
    return Sources(groups, mean, influence.T @ influence)


def numbered(groups: Sequence[str], of: Integers) -> tuple[str, ...]:
    """A label for each row: its group, and its place in the table."""
    return tuple(f"{groups[group]} ({place})" for place, group in enumerate(of, start=1))


def tables(
    published: pd.DataFrame | None, patients: pd.DataFrame | None, *, by: str, name: str, value: str
) -> tuple[Table | None, Table | None]:
    """Both tables, or the one that is given.

    Raises
    ------
    EvidenceError
        if neither is given, or one is no table of its kind
    """
    refuse_reserved(by)
    if published is None and patients is None:
        raise EvidenceError(f"there is no table of {name} and no table of patients; give one of them, or both")
    told_apart = (by, "patient") if "patient" in getattr(patients, "columns", ()) else (by,)
    return (
        None
        if published is None
        else Table(published, name, keys=(by,), columns=("mean",), optional=("se", "sd", "n")),
        None
        if patients is None
        else Table(patients, "patients", keys=told_apart, columns=(value,), optional=("patient",)),
    )


def standard_errors(table: Table) -> Floats:
    """Of each row's mean: its se or, where that is missing, sd/√n. Both may be given where they agree."""
    no_se, no_sd, no_n = (table.missing(column) for column in ("se", "sd", "n"))
    se, sd = (table.numbers(column, above=0, optional=True) for column in ("se", "sd"))
    n = table.numbers("n", least=2, optional=True)
    sound = (n >= 2) & (sd > 0)
    sound[list(table.unread)] = False
    derived = np.where(sound, sd, np.nan) / np.sqrt(np.where(sound, n, np.nan))
    for row in range(len(se)):
        if n[row] >= 2 and n[row] != np.round(n[row]):
            table.problem(row, f"n is {n[row]:g}; give a whole number")
        if no_se[row] and (no_sd[row] or no_n[row]):
            table.problem(row, "has neither se nor both sd and n; give one or the other")
        elif abs(se[row] / derived[row] - 1) > ROUNDING:
            table.problem(
                row, f"se is {se[row]:g}, but sd/√n is {derived[row]:.4g}; leave empty the one that does not hold"
            )
    return np.where(no_se, derived, se)


def refuse_certain(table: Table, se: Floats, scale: Floats) -> None:
    """Note standard errors that are next to nothing."""
    for row in np.flatnonzero(se < NOTHING * scale):
        if row not in table.unread:
            table.problem(
                int(row), f"se, or sd/√n, is {se[row]:.1g}, next to nothing; look whether unit and n are right"
            )


def alike(values: Floats) -> bool:
    """Whether values say nothing of how much they vary."""
    return len(values) < 2 or float(np.ptp(values)) <= ALIKE * float(np.abs(values).max())

"""Durations as they are published or recorded: patients one by one, summaries of groups, and counts of exits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.errors import nearest
from heemodel.evidence.durations.summaries import ALIKE, MOMENTS, QUARTILES, impossible
from heemodel.evidence.specification import EvidenceError
from heemodel.evidence.tables import MOST, Table, as_label, refuse, refuse_reserved

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ALL = -1
"""The place, among exits, of a summary of all who left."""
ROUNDED = 10
"""From so many patients on who all left at the same time, they would make that time certain."""


@dataclass
class Observed:
    """Observations of one kind: their numbers, and of which group and exit each is."""

    of: list[tuple[str, int]] = field(default_factory=list)
    """Group, and place of the exit or `ALL`."""
    numbers: dict[str, list[float]] = field(default_factory=dict)

    def add(self, group: str, exit_: int, **numbers: float) -> None:
        """One more."""
        self.of.append((group, exit_))
        for name, value in numbers.items():
            self.numbers.setdefault(name, []).append(float(value))

    def arrays(self, kind: str, groups: Sequence[str]) -> dict[str, NDArray[np.generic]]:
        """Its columns by name, with places instead of groups; nothing if there are no observations."""
        if not self.of:
            return {}
        places: dict[str, NDArray[np.generic]] = {
            f"{kind}_group": np.array([groups.index(group) for group, _ in self.of]),
            f"{kind}_exit": np.array([exit_ for _, exit_ in self.of]),
        }
        return places | {f"{kind}_{name}": np.array(values) for name, values in self.numbers.items()}


@dataclass
class Durations:
    """What is known of durations.

    Attributes
    ----------
    groups, exits : names; one exit where ways of leaving are not told apart
    ended, going_on : patients, `time`; one who has not left is ALL
    means : `log`, the logarithm of the mean of `n` patients
    deviations : `log`, that of their standard deviation; `with_mean` 1 and `log_mean` where their mean is known, or 0
    quantiles : `value`, and `below`, the quantile before it of the same patients or 0; of those beyond `below` a share
        ~ Beta(`first`, `second`) lies before `value`
    counts : (group, exit), those who left
    summarised : of each group and exit the most patients that a summary is of
    """

    groups: tuple[str, ...]
    exits: tuple[str, ...]
    ended: Observed = field(default_factory=Observed)
    going_on: Observed = field(default_factory=Observed)
    means: Observed = field(default_factory=Observed)
    deviations: Observed = field(default_factory=Observed)
    quantiles: Observed = field(default_factory=Observed)
    counts: Integers = field(init=False)
    summarised: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counts = np.zeros((len(self.groups), len(self.exits)), dtype=int)

    def kinds(self) -> dict[str, Observed]:
        """Observations by kind."""
        names = ("ended", "going_on", "means", "deviations", "quantiles")
        return {name: getattr(self, name) for name in names}

    def labels(self, observed: Observed) -> tuple[str, ...]:
        """A name for each observation."""
        several = len(self.exits) > 1
        whose = [f"{group}, {self.exits[place]}" if several and place != ALL else group for group, place in observed.of]
        return tuple(f"{name} ({row})" for row, name in enumerate(whose, start=1))

    def varying(self) -> set[tuple[str, int]]:
        """Groups and exits of which something says how much durations vary."""
        ended = {one for one, patients in Counter(self.ended.of).items() if patients > 1}
        below = self.quantiles.numbers.get("below", [])
        return ended | {*self.deviations.of} | {one for one, b in zip(self.quantiles.of, below, strict=True) if b}

    def alike(self) -> dict[tuple[str, int], tuple[int, float]]:
        """Groups and exits in which several left, all at the same time, and nobody stayed longer: how many, and when.

        Where there are several exits, one who stayed longer may leave by another.
        """
        times: dict[tuple[str, int], list[float]] = {}
        longest: dict[str, float] = {}
        for one, time in zip(self.ended.of, self.ended.numbers.get("time", []), strict=True):
            times.setdefault(one, []).append(time)
        for (group, _), time in zip(self.going_on.of, self.going_on.numbers.get("time", []), strict=True):
            longest[group] = max(time, longest.get(group, 0.0))
        return {
            one: (len(found), found[0])
            for one, found in times.items()
            if len(found) > 1
            and max(found) < (1 + ALIKE) * min(found)
            and (len(self.exits) > 1 or longest.get(one[0], 0.0) <= max(found))
        }

    def plug_in(self) -> Floats | None:
        """Mean durations (group, exit) as observed, or None where some are not, or some patients have not left."""
        if self.going_on.of:
            return None
        total, n = np.zeros(self.counts.shape), np.zeros(self.counts.shape)
        times, means = self.ended.numbers.get("time", []), self.means.numbers
        patients = [(one, 1.0, time) for one, time in zip(self.ended.of, times, strict=True)]
        groups = zip(self.means.of, means.get("n", []), np.exp(means.get("log", [])), strict=True)
        for (group, exit_), weight, mean in (*patients, *groups):
            if exit_ != ALL:
                place = self.groups.index(group), exit_
                total[place] += weight * mean
                n[place] += weight
        return total / n if n.all() else None


def read_durations(
    by: str,
    exits: Sequence[str] | None,
    patients: pd.DataFrame | None,
    counts: pd.DataFrame | None,
    summaries: pd.DataFrame | None,
) -> Durations:
    """What the tables say; without `exits` all leave in the same way.

    Raises
    ------
    EvidenceError
        with all that is wrong with the tables
    """
    refuse_reserved(by)
    columns = {"patients": ("time",), "counts": ("exit", "count"), "summaries": ("n",)}
    ways = () if exits is None else ("exit",)
    optional = {"patients": ways or ("event",), "summaries": (*MOMENTS, *QUARTILES, *ways), "counts": ()}
    given = {
        name: Table(
            frame,
            name,
            keys=(by, "exit") if name == "counts" else (by,),
            columns=columns[name],
            optional=optional[name],
        )
        for name, frame in (("patients", patients), ("counts", counts), ("summaries", summaries))
        if frame is not None
    }
    if not set(given) - {"counts"}:
        raise EvidenceError("there are no durations: give the table patients, summaries or both")
    groups = tuple(dict.fromkeys(name for table in given.values() for name in table.names(by)))
    found = Durations(groups, tuple(exits) if exits is not None else ("all",))
    if "patients" in given:
        _read_patients(given["patients"], by, found, told_apart=exits is not None)
    if "summaries" in given:
        _read_summaries(given["summaries"], by, found, told_apart=exits is not None)
    if "counts" in given:
        _read_counts(given["counts"], by, found)
    refuse(*given.values())
    return found


def _read_patients(table: Table, by: str, found: Durations, *, told_apart: bool) -> None:
    """Times of those who left, by exit, and of those who have not."""
    for name, other in (("exit", "event"), ("event", "exit")):
        if told_apart == (name == "exit") and other in table:
            raise EvidenceError(
                f"table 'patients' has a column {other!r}; give {name!r} "
                + ("(how the patient left, empty for one who has not)" if told_apart else "(1 ended, 0 not yet)")
            )
    times = table.numbers("time")
    for row in np.flatnonzero(np.isfinite(times) & (times <= 0)):
        table.problem(
            int(row),
            f"time is {times[row]:g}; it must be above 0. One who left at once stayed part of a unit: say how much",
        )
    if told_apart:
        places = _exits(table, found.exits, "patients")
    else:
        event = table.counts("event") if "event" in table else np.ones(len(times), dtype=int)
        for row in np.flatnonzero((event > 1) & (event < MOST)):
            table.problem(
                int(row), f"event is {event[row]}; give 1 if the duration ended and 0 if it was still going on"
            )
        places = np.where(event == 0, ALL, 0)
    for group, place, time in zip(table.labels[by], places, times, strict=True):
        if place == ALL:
            found.going_on.add(group, ALL, time=time)
        else:
            found.ended.add(group, int(place), time=time)
            found.counts[found.groups.index(group), place] += 1
    for (group, place), (n, time) in found.alike().items():
        if n >= ROUNDED and not table.problems:
            exit_ = f", exit {found.exits[place]!r}" if told_apart else ""
            table.problems.append(
                f"table 'patients', {by} {group!r}{exit_}: all {n:,} durations are {time:g}, which leaves no "
                "doubt of it; give them with parts of a unit, or a summary instead"
            )


def _read_counts(table: Table, by: str, found: Durations) -> None:
    """How many left by each exit, all of which each group must name."""
    table.known("exit", found.exits)
    table.unique(by, "exit", cure="add the two up, or drop one")
    rows = list(zip(table.labels[by], table.labels["exit"], table.counts("count"), strict=True))
    named = {(group, exit_) for group, exit_, _ in rows}
    for row, (group, exit_, count) in enumerate(rows):
        if missing := [name for name in found.exits if (group, name) not in named]:
            table.problem(
                row, f"nothing is said of exit {', '.join(map(repr, missing))} of {group!r}; give 0 if nobody"
            )
        if exit_ in found.exits:
            found.counts[found.groups.index(group), found.exits.index(exit_)] += count


def _exits(table: Table, exits: Sequence[str], name: str) -> Integers:
    """The place of each row's exit; `ALL` where none is named."""
    if "exit" not in table:
        raise EvidenceError(f"table {name!r} has no column 'exit'; give it")
    places = []
    for row, label in enumerate(table.frame["exit"]):
        name = "" if pd.isna(label) else as_label(label)
        if name and name not in exits:
            table.problem(row, f"unknown exit {name!r}; {nearest(name, exits)}")
        places.append(list(exits).index(name) if name in exits else ALL)
    return np.array(places)


def _read_summaries(table: Table, by: str, found: Durations, *, told_apart: bool) -> None:
    """Means, standard deviations and quartiles."""
    names = [name for name in (*MOMENTS, *QUARTILES) if name in table]
    if not names:
        raise EvidenceError("table 'summaries' has none of the columns mean, sd, median, q1 and q3; give some")
    columns = {name: table.numbers(name, above=0, optional=True) for name in names}
    n = table.counts("n", least=1)
    places = _exits(table, found.exits, "summaries") if told_apart else np.zeros(len(n), dtype=int)
    for row in range(len(n)):
        given = {name: float(values[row]) for name, values in columns.items() if values[row] > 0}
        group, place = table.labels[by][row], int(places[row])
        problem = None if row in table.unread else impossible(given, int(n[row]))
        if problem:
            table.problem(row, problem)
        if problem or row in table.unread:
            continue
        found.summarised[group, place] = max(int(n[row]), found.summarised.get((group, place), 0))
        if "mean" in given:
            found.means.add(group, place, log=np.log(given["mean"]), n=n[row])
        if "sd" in given:
            known = {"with_mean": "mean" in given, "log_mean": np.log(given.get("mean", 1.0))}
            found.deviations.add(group, place, log=np.log(given["sd"]), n=n[row], **known)
        quantiles = order_statistics(given, int(n[row]))
        for numbers in zip(*quantiles.values(), strict=True):
            found.quantiles.add(group, place, **dict(zip(quantiles, numbers, strict=True)))


def order_statistics(given: Mapping[str, float], n: int) -> dict[str, list[float]]:
    """The quartiles of n patients as order statistics, each given the one below it.

    Parameters
    ----------
    given : q1, median and q3, as far as they are known

    Returns
    -------
    dict of lists, a number for each quartile: `value`; `below`, the one before it or 0; `first` and `second`: of those
    beyond `below` a share ~ Beta(first, second) lies before `value`
    """
    columns: dict[str, list[float]] = {"value": [], "below": [], "first": [], "second": []}
    below, share = 0.0, 0.0
    for name, to in QUARTILES.items():
        if name in given:
            numbers = (given[name], below, (n + 1) * (to - share), (n + 1) * (1 - to))
            for column, number in zip(columns.values(), numbers, strict=True):
                column.append(number)
            below, share = given[name], to
    return columns

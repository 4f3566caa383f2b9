"""Where strokes happen and where they could be treated: areas, stroke units, centres, and the roads between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from heemodel.evidence.tables import Table, refuse

FIFTHS = ("1", "2", "3", "4", "5")
"""Of deprivation, 1 the most deprived."""
NONE = -1
"""No centre, among places of centres."""
TABLES = {
    "areas": ("region", "board", "fifth", "population", "admissions"),
    "units": (
        "unit",
        "region",
        "board",
        "admissions",
        *(f"fifth_{one}" for one in FIFTHS),
        "hub",
        "hub_now",
        "when_closed",
    ),
    "centres": ("centre", "region", "today", "admits_directly", "takes_transfers", "operators_2021"),
    "minutes": ("unit",),
}
"""Columns that are read of each table."""
Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Places:
    """The map.

    Attributes
    ----------
    areas : a row for each board and fifth of deprivation: region, board, fifth, population, admissions
    units, centres : their names
    to_unit : stroke admissions a year from each area to each unit
    minutes : by road from each unit to each centre
    region_of_centre : of each centre
    own : for each unit the centre that is the same hospital, or NONE
    hub, hub_now, when_closed : for each unit the centre that it refers to in 2021, now, and when that is closed; or
        NONE
    admits, takes : whether ambulances bring patients to the centre itself, and whether other units send to it
    today : whether the centre exists
    operators : consultants who performed thrombectomy there in 2021
    """

    areas: pd.DataFrame
    units: tuple[str, ...]
    centres: tuple[str, ...]
    to_unit: Numbers
    minutes: Numbers
    region_of_centre: tuple[str, ...]
    own: Indices
    hub: Indices
    hub_now: Indices
    when_closed: Indices
    admits: NDArray[np.bool_]
    takes: NDArray[np.bool_]
    today: NDArray[np.bool_]
    operators: Numbers

    @cached_property
    def demand(self) -> Numbers:
        """Stroke admissions a year that come to each unit."""
        total: Numbers = self.to_unit.sum(axis=0)
        return total

    @property
    def nation(self) -> float:
        """Stroke admissions a year."""
        return float(self.to_unit.sum())

    def flows(self, *columns: str) -> tuple[tuple[str, ...], Numbers]:
        """Admissions a year to each unit from areas put together by some columns; their names, in order, and flows."""
        labels = self.areas[list(columns)].astype(str).agg(", ".join, axis=1).to_numpy()
        names = tuple(dict.fromkeys(labels))
        return names, np.stack([self.to_unit[labels == name].sum(axis=0) for name in names])


def read_places(tables: Mapping[str, pd.DataFrame]) -> Places:
    """The map of an inputs file's tables.

    Each area's admissions go to the units of its board, in proportion to the admissions that the unit has from areas of
    that fifth of deprivation; so units' admissions add up to the areas', whatever their own figures are.

    Raises
    ------
    EvidenceError
        with every row that is missing, twice there, negative or unknown, and a board without any unit
    """
    areas = Table(tables["areas"], "areas", keys=("board", "fifth"), columns=("region", "population", "admissions"))
    shares = tuple(f"fifth_{one}" for one in FIFTHS)
    units = Table(tables["units"], "units", keys=("unit",), columns=("region", "board", "admissions", *shares))
    centres = Table(tables["centres"], "centres", keys=("centre",), columns=TABLES["centres"][1:])
    minutes = Table(tables["minutes"], "minutes", keys=("unit",))
    for table in (areas, units, centres, minutes):
        table.unique(*table.keys, cure="give each once")
    areas.known("fifth", FIFTHS)
    admissions, people = areas.numbers("admissions", least=0), areas.numbers("population", least=0)
    size = units.numbers("admissions", least=0)
    by_fifth = np.stack([units.numbers(column, least=0) for column in shares], axis=1)
    operators = centres.numbers("operators_2021", least=0)
    flags = {column: _flags(centres, column) for column in ("today", "admits_directly", "takes_transfers")}
    _check_regions(areas, units, centres)
    _check_boards(areas, units)
    minutes.known("unit", units.labels["unit"])
    names, of_centres = units.names("unit"), centres.names("centre")
    _check_roads(minutes, units, of_centres)
    hub, hub_now, when_closed = (_referred(units, name, of_centres) for name in ("hub", "hub_now", "when_closed"))
    refuse(areas, units, centres, minutes)
    road = tables["minutes"].set_index("unit").loc[list(names), list(of_centres)].to_numpy(dtype=float)
    return Places(
        areas=tables["areas"].assign(population=people, admissions=admissions),
        units=names,
        centres=of_centres,
        to_unit=_shared_out(areas, admissions, units, size[:, np.newaxis] * by_fifth),
        minutes=road,
        region_of_centre=tuple(tables["centres"]["region"].astype(str)),
        own=_same_hospital(road),
        hub=hub,
        hub_now=hub_now,
        when_closed=when_closed,
        admits=flags["admits_directly"],
        takes=flags["takes_transfers"],
        today=flags["today"],
        operators=operators,
    )


def _flags(table: Table, column: str) -> NDArray[np.bool_]:
    """A column of 0 and 1."""
    values = table.numbers(column, least=0)
    for row in np.flatnonzero((values != 0) & (values != 1)):
        table.problem(int(row), f"{column} is {values[row]:g}; give 1 for yes, 0 for no")
    yes: NDArray[np.bool_] = values == 1
    return yes


def _check_regions(areas: Table, units: Table, centres: Table) -> None:
    """Note units and centres in a region without any area."""
    known = list(dict.fromkeys(areas.frame["region"].astype(str)))
    for table in (units, centres):
        for row, region in enumerate(table.frame["region"].astype(str)):
            if region not in known:
                table.problem(row, f"unknown region {region!r}; areas are in {', '.join(known)}")


def _check_boards(areas: Table, units: Table) -> None:
    """Note boards that lack a fifth or have no unit, and units in no board."""
    boards = areas.names("board")
    for board in boards:
        rows = [row for row, label in enumerate(areas.labels["board"]) if label == board]
        missing = [fifth for fifth in FIFTHS if fifth not in {areas.labels["fifth"][row] for row in rows}]
        if missing:
            areas.problem(rows[0], f"the board has no row for fifth {', '.join(missing)}; give it, with 0 admissions")
        if board not in set(units.frame["board"].astype(str)):
            areas.problem(rows[0], "no stroke unit lies in this board, so that its patients go nowhere")
    for row, board in enumerate(units.frame["board"].astype(str)):
        if board not in boards:
            units.problem(row, f"unknown board {board!r}; it is not among the areas")


def _check_roads(minutes: Table, units: Table, centres: tuple[str, ...]) -> None:
    """Note units and centres without road minutes."""
    for row, unit in enumerate(units.labels["unit"]):
        if unit not in minutes.labels["unit"]:
            units.problem(row, "has no row in table 'minutes'")
    for centre in centres:
        if centre in minutes:
            minutes.numbers(centre, least=0)
        else:
            minutes.problem(0, f"there is no column for centre {centre!r}")


def _referred(units: Table, column: str, centres: tuple[str, ...]) -> Indices:
    """The place of the centre that each unit names, or NONE."""
    places = {centre: place for place, centre in enumerate(centres)}
    found = []
    for row, name in enumerate(units.frame[column]):
        blank = pd.isna(name) or not str(name).strip()
        if not blank and str(name) not in places:
            units.problem(row, f"{column} {name!r} is no centre")
        found.append(NONE if blank else places.get(str(name), NONE))
    return np.array(found)


def _same_hospital(road: Numbers) -> Indices:
    """For each unit the centre no road away, or NONE."""
    nearest = road.argmin(axis=1)
    return np.where(road[np.arange(len(road)), nearest] == 0, nearest, NONE)


def _shared_out(areas: Table, admissions: Numbers, units: Table, from_fifth: Numbers) -> Numbers:
    """Each area's admissions among the units of its board, by what each has from that fifth; alike where none has."""
    board = units.frame["board"].astype(str).to_numpy()
    shared = np.zeros((len(admissions), len(board)))
    for row, (of, fifth) in enumerate(zip(areas.labels["board"], areas.labels["fifth"], strict=True)):
        inside = board == of
        weights = np.where(inside, from_fifth[:, FIFTHS.index(fifth)], 0.0)
        weights = weights if weights.sum() > 0 else inside.astype(float)
        shared[row] = admissions[row] * weights / weights.sum()
    return shared

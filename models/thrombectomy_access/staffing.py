"""Ways of staffing: which centres aim at which hours with whom, and how many operators each has in a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import heemodel as hm
from heemodel.evidence.tables import Table, refuse

from .places import Numbers, Places
from .rota import EXTENDED, FILLED, needed_for
from .week import OFFICE, SLOTS

HOURS = {"today": (), "extended": EXTENDED, "24/7": FILLED}
"""What a centre can aim at: the hours that it has, every day from 6 to 21, or all hours."""
CLOSED = "closed"
"""Said of a centre of today that takes no part."""
STAFF = ("neuroradiologists", "mixed")
"""Who may join its rota: interventional neuroradiologists alone, or cardiologists too."""
TABLES = {"staffing": ("strategy", "centre", "hours", "staff")}
PARAMETERS = {
    "operators_now": "operators",
    "operators_needed": "operators per centre",
    "leave": "share",
    "rota_steepness": "power",
    "recruits_per_year": "operators per year",
    "leavers": "share per year",
    "cardiologists_willing": "cardiologists",
    "cardiologist_training": "months",
    "cardiologists_trained_per_year": "cardiologists per year",
    "cardiologist_time": "operators per cardiologist",
}


@dataclass(frozen=True, eq=False)
class Staffing:
    """One way of staffing.

    Attributes
    ----------
    name : of the strategy
    active : whether each centre takes part
    aims : for each centre, what of `HOURS` it aims at
    mixed : whether cardiologists may join its rota
    """

    name: str
    active: NDArray[np.bool_]
    aims: tuple[str, ...]
    mixed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Operators:
    """Whole-time operators of every centre in a year; dimensions sample and centre.

    Attributes
    ----------
    needed : at full strength, for the hours aimed at
    neuroradiologists, cardiologists : in post
    """

    needed: Numbers
    neuroradiologists: Numbers
    cardiologists: Numbers

    @property
    def in_post(self) -> Numbers:
        """Of both kinds."""
        return self.neuroradiologists + self.cardiologists


def strategies_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Names of the ways of staffing, in the order of the table."""
    return tuple(dict.fromkeys(table["strategy"].astype(str)))


def read_staffing(table: pd.DataFrame, strategies: Sequence[str], places: Places) -> list[Staffing]:
    """The strategies, in order. A centre that a strategy does not name stays as it is.

    Raises
    ------
    EvidenceError
        with every row that is unknown or there twice, and every strategy that names no centre
    """
    read = Table(table, "staffing", keys=("strategy", "centre"), columns=("hours", "staff"))
    read.unique("strategy", "centre", cure="give each centre once in a strategy")
    read.known("centre", places.centres)
    read.known("strategy", strategies)
    for column, known in (("hours", (*HOURS, CLOSED)), ("staff", STAFF)):
        for row, word in enumerate(read.frame[column].astype(str)):
            if word not in known:
                read.problem(row, f"{column} is {word!r}; write one of {', '.join(known)}")
    names = read.labels["strategy"]
    for strategy in strategies:
        if strategy not in names:
            read.problem(0, f"strategy {strategy!r} names no centre; give it a row for each that takes part")
    refuse(read)
    found = []
    for strategy in strategies:
        of = read.frame[[name == strategy for name in names]].set_index("centre").reindex(places.centres)
        hours = of["hours"].astype(object).where(of["hours"].notna(), np.where(places.today, "today", CLOSED))
        found.append(
            Staffing(
                name=strategy,
                active=(hours != CLOSED).to_numpy(dtype=bool),
                aims=tuple("today" if aim == CLOSED else str(aim) for aim in hours),
                mixed=(of["staff"] == "mixed").to_numpy(),
            )
        )
    return found


def aimed(staffing: Staffing) -> Numbers:
    """The slots that each centre aims at, as 1; office hours too unless it aims at what it has."""
    return np.array([(OFFICE * (aim != "today")) | np.isin(SLOTS, HOURS[aim]) for aim in staffing.aims]).astype(float)


def operators(
    p: Mapping[str, Numbers], staffing: Staffing, places: Places, today: Numbers, there: Numbers, years: float
) -> Operators:
    """Operators in post some years from now.

    Today's are those of 2021, raised alike to `operators_now`; those who leave are replaced. What recruits bring beyond
    that goes to centres in proportion to what they lack for hours that they do not have; a strategy that asks for less
    than all hours at all centres of today gets as much less of them. Cardiologists fill what is then lacking where
    they may. Who worked at a centre that is closed goes to the others.

        neuroradiologists beyond today's:  max(0, (recruits / leavers − now) · (1 − (1 − leavers)^years))
        cardiologists:  time of each · min(willing, trained a year · max(0, years − training))

    Parameters
    ----------
    p : the values of `PARAMETERS`, over samples
    today : share of each slot that centres are open now; dimensions centre and slot
    there : part of each centre that takes part: new ones once built, those that close until then; by sample and centre
    years : from now
    """
    now = places.operators * (p["operators_now"] / places.operators.sum())[:, np.newaxis]
    needed = np.stack(
        [
            needed_for(HOURS[aim], p["operators_needed"], p["rota_steepness"]) * on
            for aim, on in zip(staffing.aims, staffing.active, strict=True)
        ],
        axis=1,
    )
    full = needed_for(FILLED, p["operators_needed"], p["rota_steepness"])[:, np.newaxis]
    everywhere = np.maximum(0.0, full - now) * (places.today & (today.min(axis=1) < 1))
    moved = (now * (1 - there)).sum(axis=1)
    now, needed = now * there, needed * there
    lacking = np.maximum(0.0, needed - now) * (aimed(staffing) > today + 1e-9).any(axis=1)
    steady = p["recruits_per_year"] / p["leavers"]
    more = np.maximum(0.0, (steady - p["operators_now"]) * (1 - (1 - p["leavers"]) ** years))
    found = _part(more, lacking, everywhere, moved)
    still = lacking * (1 - found) * staffing.mixed
    trained = p["cardiologists_trained_per_year"] * np.maximum(0.0, years - p["cardiologist_training"] / 12)
    time = p["cardiologist_time"] * np.minimum(p["cardiologists_willing"], trained)
    return Operators(
        needed=np.maximum(needed, now),
        neuroradiologists=now + lacking * found,
        cardiologists=still * _part(time, still, everywhere * (1 - found)),
    )


def _part(there: Numbers, wanted: Numbers, everywhere: Numbers, moved: Numbers | float = 0.0) -> Numbers:
    """What part of all that centres want there is for them: at most 1, and 1 where nothing is wanted.

    Of what there is in the nation they get as much of it as they want of what all centres of today would; of those who
    moved, all.
    """
    whole = wanted.sum(axis=1)
    claim = np.divide(whole, np.maximum(whole, everywhere.sum(axis=1)), out=np.ones_like(whole), where=whole > 0)
    part: Numbers = np.minimum(1.0, np.divide(there * claim + moved, whole, out=np.ones_like(whole), where=whole > 0))
    return part[:, np.newaxis]


def values(p: hm.Parameters, names: Sequence[str]) -> dict[str, Numbers]:
    """Parameters as plain arrays over samples; of one value each, over one."""
    return {name: np.atleast_1d(p[name].to_numpy().astype(float)) for name in names}

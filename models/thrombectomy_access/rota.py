"""From operators to hours: what a rota covers, and how often its one team is busy."""

import numpy as np
from numpy.typing import NDArray

from .week import OFFICE, SLOT_HOURS, SLOTS

FILLED = (
    *("Mon-Fri 18-21", "Mon-Fri 06-09", "Sat-Sun 09-12", "Sat-Sun 12-15", "Sat-Sun 15-18", "Sat-Sun 18-21"),
    *("Sat-Sun 06-09", "Mon-Fri 21-24", "Sat-Sun 21-24", "Mon-Fri 00-03", "Mon-Fri 03-06"),
    *("Sat-Sun 00-03", "Sat-Sun 03-06"),
)
"""The slots outside office hours, in the order in which a growing rota takes them on: longer days, then nights."""
EXTENDED = FILLED[:7]
"""Those that extended hours, every day from 6 to 21, take in."""
Numbers = NDArray[np.float64]
_ORDER = np.array([SLOTS.index(slot) for slot in FILLED])
_HOURS = SLOT_HOURS[_ORDER]
_BEFORE = np.concatenate([[0.0], np.cumsum(_HOURS)[:-1]])


def covered(operators: Numbers, *, needed: Numbers, leave: Numbers, steepness: Numbers) -> Numbers:
    """Share of each slot that a rota covers.

        office hours:  1 − leave^n        at least one of n is not away
        other hours:   (n / needed)^steepness of them, at most all, in the order `FILLED`

    Parameters
    ----------
    operators : n, whole-time operators of a centre; any shape
    needed : for a rota that covers all hours at a frequency that is thought sustainable, leave included
    leave : share of time that each is away
    steepness : 1 where a rota that is half full covers half of the hours; above, less: a short rota does evenings and
        hardly any nights

    Returns
    -------
    As `operators`, with the slot as a last dimension; 0 where there are none, and never less with more of them
    """
    n, of, away, power = (
        np.asarray(one, dtype=float)[..., np.newaxis] for one in (operators, needed, leave, steepness)
    )
    hours = np.minimum(1.0, n / of) ** power * _HOURS.sum()
    shape = np.broadcast_shapes(n.shape, of.shape, away.shape)
    shares: Numbers = np.zeros((*shape[:-1], len(SLOTS)))
    shares[..., _ORDER] = np.clip((hours - _BEFORE) / _HOURS, 0.0, 1.0)
    shares[..., OFFICE] = 1.0 - away**n
    return shares


def needed_for(slots: tuple[str, ...], needed: Numbers, steepness: Numbers) -> Numbers:
    """Operators whose rota covers the given slots outside office hours, the first ones of `FILLED`."""
    if slots != FILLED[: len(slots)]:
        raise ValueError("a rota covers slots in the order in which it takes them on")
    part: Numbers = needed * (_HOURS[: len(slots)].sum() / _HOURS.sum()) ** (1 / steepness)
    return part


def busy(load: Numbers, teams: int = 1) -> Numbers:
    """Chance that a patient finds all teams busy: Erlang's loss formula, by its recursion over teams.

        B(0) = 1,   B(k) = load · B(k − 1) / (k + load · B(k − 1))

    Parameters
    ----------
    load : arrivals per hour × hours that one takes; any shape
    teams : that can work at once

    Notes
    -----
    Exact for arrivals at a constant rate who do not wait, whatever the distribution of the time taken (Erlang 1917).
    Within a slot of three hours, the rate is taken to be constant and long past.
    """
    blocked = np.ones_like(load)
    for k in range(1, teams + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked

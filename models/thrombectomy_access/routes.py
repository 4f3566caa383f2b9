"""Which centres a unit's patients go to, and what part of them arrives when one is open."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .places import NONE, Indices, Numbers, Places


@dataclass(frozen=True, eq=False, kw_only=True)
class Routes:
    """Every unit's first and second choice of centre, on the way that it states and on the way to the nearest.

    Attributes
    ----------
    first, second : of each pair of centres that some unit has; second may be NONE
    at_hand : whether the first is the unit's own hospital, to which ambulances bring patients directly
    minutes_first, minutes_second : road minutes from units to the centres of each pair, by unit; 0 for NONE
    stated, nearest : for each unit the pair that it says it refers to, and that of the nearest open centres
    """

    first: Indices
    second: Indices
    at_hand: NDArray[np.bool_]
    stated: Indices
    nearest: Indices
    minutes_first: Numbers
    minutes_second: Numbers


def routes(places: Places, active: NDArray[np.bool_], hub: Indices) -> Routes:
    """The routes of all units when some centres are active.

    Parameters
    ----------
    active : whether each centre takes patients at any hour
    hub : for each unit the centre that it states. One that is not active, or farther than an active centre that did not
        exist when it was stated, gives way to the nearest
    """
    own = (places.own != NONE) & active[places.own] & places.admits[places.own]
    itself = own[:, np.newaxis] & (places.own[:, np.newaxis] == np.arange(len(places.centres)))
    road = np.where(active & (places.takes | itself), places.minutes, np.inf)
    order = np.argsort(road, axis=1, kind="stable")
    nearest, next_nearest = order[:, 0], order[:, 1]
    next_nearest = np.where(np.isfinite(np.take_along_axis(road, order, axis=1)[:, 1]), next_nearest, NONE)
    new = ~places.today[nearest]
    stated = np.where((hub == NONE) | ~active[hub] | new, nearest, hub)
    otherwise = np.where((places.when_closed != NONE) & active[places.when_closed], places.when_closed, NONE)
    otherwise = np.where(otherwise == stated, NONE, otherwise)
    pairs: dict[tuple[int, int, bool], int] = {}
    of_unit = np.zeros((2, len(places.units)), dtype=int)
    for way, (one, two) in enumerate(((stated, otherwise), (nearest, next_nearest))):
        for unit in range(len(places.units)):
            key = (int(one[unit]), int(two[unit]), bool(own[unit] and places.own[unit] == one[unit]))
            of_unit[way, unit] = pairs.setdefault(key, len(pairs))
    first, second, at_hand = (np.array(column) for column in zip(*pairs, strict=True))
    units = np.arange(len(places.units))[:, np.newaxis]
    return Routes(
        first=first,
        second=second,
        at_hand=at_hand.astype(bool),
        stated=of_unit[0],
        nearest=of_unit[1],
        minutes_first=places.minutes[units, first],
        minutes_second=np.where(second == NONE, 0.0, places.minutes[units, second]),
    )


def reached(routes: Routes, at_hand: Numbers, later: Numbers, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Share of patients for whom the first and the second centre of each pair is open.

    The second takes those for whom the first is closed. Nobody is lost by longer hours: a centre that opens takes
    patients from the next one, and at least as many.

    Parameters
    ----------
    at_hand, later : share of those who arrive in each slot for whom centres are open at once, and after a transfer;
        dimensions …, centre and slot
    weights : shares of patients by slot of arrival at the first hospital, of one or more kinds; dimensions …, slot and
        kind

    Returns
    -------
    Two arrays with dimensions …, pair and kind
    """
    by_hand = routes.at_hand[:, np.newaxis]
    first: Numbers = np.where(
        by_hand, (at_hand @ weights)[..., routes.first, :], (later @ weights)[..., routes.first, :]
    )
    second = np.zeros_like(first)
    (pairs,) = np.nonzero(routes.second != NONE)
    one = np.where(by_hand[pairs], at_hand[..., routes.first[pairs], :], later[..., routes.first[pairs], :])
    second[..., pairs, :] = ((1 - one) * later[..., routes.second[pairs], :]) @ weights
    return first, second

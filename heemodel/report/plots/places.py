"""Where texts on plots stand so that they do not cover each other."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

from heemodel.report.plots.labels import SMALL, canvas

LEADER = 9
"""Points; a name further from its point is joined to it."""

Floats = NDArray[np.float64]


def height_of(text: str, ax: Axes, *, size: float = SMALL) -> float:
    """Height of a text as a share of the height of the axes."""
    return 1.3 * size * (1 + text.count("\n")) * canvas(ax).dpi / 72 / ax.get_window_extent().height


def spread(wanted: ArrayLike, sizes: ArrayLike) -> Floats:
    """Centres in [0, 1] as near as can be (least squares) to where they are wanted, in the same order, not overlapping.

    If there is not enough room they go beyond 0 and 1, by as much on either side.

    Parameters
    ----------
    wanted : centres, rising
    sizes : of what is placed

    >>> spread([0.5, 0.5], [0.25, 0.25]).tolist(), spread([0.25, 0.75], [0.25, 0.25]).tolist()
    ([0.375, 0.625], [0.25, 0.75])
    """
    size = np.asarray(sizes, dtype=float)
    offsets = np.concatenate([[0.0], np.cumsum((size[:-1] + size[1:]) / 2)])
    level = isotonic_regression(np.asarray(wanted, dtype=float) - offsets).x
    low, high = size[0] / 2, 1 - size[-1] / 2 - offsets[-1]
    placed: Floats = (np.full_like(level, (low + high) / 2) if low > high else level.clip(low, high)) + offsets
    return placed


def place_beside(
    ax: Axes, points: ArrayLike, names: Sequence[str], colours: Sequence[str], *, line: ArrayLike = ()
) -> None:
    """Write names beside points where they cover neither each other, nor a point, nor a line; far ones with a leader.

    Parameters
    ----------
    points, line : (point, 2) in data coordinates; the limits of the axes have to be final
    colours : of leaders
    """
    figure = canvas(ax)
    figure.draw_without_rendering()  # the layout moves the axes
    pixel = 72 / figure.dpi
    at = ax.transData.transform(np.asarray(points, dtype=float).reshape(-1, 2)) * pixel
    bends = ax.transData.transform(np.asarray(line, dtype=float).reshape(-1, 2)) * pixel
    fixed = np.concatenate([_around(at, 11), *(_around(_between(*ends), 6) for ends in pairwise(bends))])
    inside = np.reshape(ax.get_window_extent().extents, (1, 2, 2)) * pixel + np.array([[4], [-4]])
    sizes = np.array([_size(ax, name) for name in names]) * pixel
    orders = (range(len(names)), range(len(names) - 1, -1, -1))
    centres = min((_arrange(at, sizes, fixed, inside, order) for order in orders), key=lambda found: found[1])[0]
    for number, (name, xy) in enumerate(zip(names, np.asarray(points, dtype=float).reshape(-1, 2), strict=True)):
        far = len(_label(at[number], centres[number], sizes[number])) > 1
        leader = {"arrowstyle": "-", "color": colours[number], "linewidth": 1, "shrinkB": 3}
        ax.annotate(
            name,
            (float(xy[0]), float(xy[1])),
            xytext=tuple(centres[number] - at[number]),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=SMALL,
            arrowprops=leader if far else None,
        )


def _arrange(
    at: Floats, sizes: Floats, fixed: Floats, inside: Floats, order: Sequence[int]
) -> tuple[dict[int, Floats], float]:
    """Centres of labels, placed in an order and then again, knowing where the others are; and what they cover."""
    centres: dict[int, Floats] = {}
    costs: dict[int, float] = {}
    for number in [*order] * 3:
        others = [_label(at[other], centre, sizes[other]) for other, centre in centres.items() if other != number]
        found = _freest(at[number], sizes[number], np.concatenate([fixed, *others]), inside)
        centres[number], costs[number] = found
    return centres, sum(costs.values())


def _between(start: Floats, end: Floats) -> Floats:
    """Points (point, 2) on a straight line, 5 apart."""
    steps = int(np.hypot(*(end - start)) / 5) + 2
    between: Floats = start + np.linspace(0, 1, steps)[:, None] * (end - start)
    return between


def _size(ax: Axes, name: str) -> Floats:
    """Width and height of a text in pixels."""
    text = ax.text(0, 0, name, fontsize=SMALL)
    box = text.get_window_extent()
    text.remove()
    return np.array([box.width, box.height])


def _around(centres: Floats, size: ArrayLike) -> Floats:
    """Boxes (box, lower left and upper right corner, 2) around centres (box, 2)."""
    half = np.asarray(size, dtype=float) / 2
    return np.stack([centres - half, centres + half], axis=-2)


def _leaders(place: Floats, centres: Floats, size: Floats) -> Floats:
    """Points (label, point, 2) from a place to the nearest edge of labels around it."""
    near = np.clip(place, centres - size / 2, centres + size / 2)
    return place + np.linspace(0, 1, 16)[:, None] * (near - place)[:, None]


def _label(place: Floats, centre: Floats, size: Floats) -> Floats:
    """What a label covers: its box, and its leader if it is far from its place."""
    (leader,) = _leaders(place, centre[None], size)
    far = np.hypot(*(leader[-1] - place)) > LEADER
    return np.concatenate([_around(centre[None], size), *([_around(leader, 5)] if far else [])])


def _freest(place: Floats, size: Floats, taken: Floats, inside: Floats) -> tuple[Floats, float]:
    """The centre of the box nearest to a place that covers the least, and what it covers."""
    angle = np.arange(16) * np.pi / 8
    towards = np.tile(np.stack([np.cos(angle), np.sin(angle)], axis=1), (8, 1))
    gap = np.repeat([7.0, 14.0, 24.0, 38.0, 56.0, 78.0, 104.0, 140.0], 16)
    centres = place + towards * (gap[:, None] + size / 2)
    boxes, leaders = _around(centres, size), _leaders(place, centres, size)
    outside = size.prod() - _shared(boxes, inside)
    lengths = np.hypot(*(leaders - place).T).T
    counted = (lengths > LEADER) & (lengths[:, -1:] > LEADER)  # the first points are on the place itself
    crossed = _shared(_around(leaders.reshape(-1, 2), 5), taken).reshape(lengths.shape)
    cost = gap + 10 * (_shared(boxes, taken) + outside) + 20 * (crossed * counted).sum(axis=1)
    best = cost.argmin()
    return centres[best], float(cost[best])


def _shared(boxes: Floats, others: Floats) -> Floats:
    """Area that each box shares with others, added up."""
    low = np.maximum(boxes[:, None, 0], others[None, :, 0])
    high = np.minimum(boxes[:, None, 1], others[None, :, 1])
    shared: Floats = (high - low).clip(0).prod(axis=2).sum(axis=1)
    return shared

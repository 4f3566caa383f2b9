"""How strategies are told apart without colour, named beside their lines, and what a key says of all else."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, cast

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Affine2DBase, ScaledTranslation, Transform, blended_transform_factory

from heemodel.decision import OutcomeError
from heemodel.errors import nearest
from heemodel.report.plots.labels import SMALL, amount, canvas, figures_on, shorten
from heemodel.report.plots.places import height_of, spread

INK, GREY = "#222222", "#6e6e6e"
HALO = [withStroke(linewidth=3, foreground="white")]
"""What keeps a text legible over dots and lines."""


class Mark(NamedTuple):
    """How a strategy is drawn."""

    colour: str
    dash: Any
    marker: str

    @property
    def size(self) -> float:
        """Of its marker on a line, in points: thin ones are larger."""
        return {"P": 8.5, "X": 8.5, "*": 11}.get(self.marker, 6)


class End(NamedTuple):
    """Where a line ends at the right edge, and what is written there: its name, cut if need be, and more."""

    name: str
    level: float
    mark: Mark
    says: str = ""


DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
COLOURS = (
    *("#0173b2", "#c77d00", "#029e73", "#d55e00", "#a9529c", "#7a4a21"),
    *("#e0559b", "#6e6e6e", "#8a8500", "#1f8fd1", "#332288", "#222222"),
)
"""Each at least 3 to 1 against white."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">", "p", "h")
MARKS = tuple(
    Mark(colour, DASHES[place % len(DASHES)], marker)
    for place, (colour, marker) in enumerate(zip(COLOURS, MARKERS, strict=True))
)

BLUE, ORANGE = MARKS[:2]


def marks(tidy: pd.DataFrame, order: Sequence[str] | None = None, *, column: str = "strategy") -> dict[str, Mark]:
    """The mark of every name, by its place in the order, or else in the table.

    Raises
    ------
    OutcomeError
        if a name in the table is not in the order, or there are more names than marks
    """
    found = list(dict.fromkeys(tidy[column]))
    names = found if order is None else list(order)
    if unknown := [name for name in found if name not in names]:
        raise OutcomeError(f"{column} {unknown[0]!r} is not in the order given; {nearest(str(unknown[0]), names)}")
    if len(names) > len(MARKS):
        raise OutcomeError(f"{len(names)} strategies on a plot; at most {len(MARKS)} can be told apart: select some")
    return dict(zip(names, MARKS, strict=False))


def require(given: object, plot: str, *, names: Sequence[str] = (), numbers: Sequence[str] = ()) -> pd.DataFrame:
    """The table to draw; an array becomes one, a column for itself and for each coordinate.

    Raises
    ------
    OutcomeError
        if it is no table, has no rows, lacks columns, or holds what are not numbers
    """
    tidy = _table(given, plot, {*names, *numbers})
    if missing := [column for column in (*names, *numbers) if column not in tidy.columns]:
        lacks = ", ".join(repr(column) for column in missing)
        has = ", ".join(map(str, tidy.columns)) or "none"
        raise OutcomeError(f"the table of {plot} has no column {lacks}; it has {has}")
    if not len(tidy):
        raise OutcomeError(f"the table of {plot} has no rows; there is nothing to draw")
    problems = []
    for column in numbers:
        if tidy[column].dtype.kind not in "fiu":
            problems.append(f"the table of {plot}: {column!r} holds {tidy[column].dtype}; give numbers")
        elif count := int((~np.isfinite(tidy[column])).sum()):
            problems.append(
                f"the table of {plot}: {column!r} holds {count} values that are not numbers; leave them out"
            )
    if problems:
        raise OutcomeError("\n".join(problems))
    return tidy


def _table(given: object, plot: str, columns: Collection[str]) -> pd.DataFrame:
    """An array, or a table, as a table whose columns are not in its index."""
    table = given.to_dataframe(str(given.name or "value")) if isinstance(given, xr.DataArray) else given
    if not isinstance(table, pd.DataFrame):
        wanted = f"a table with columns {', '.join(sorted(columns))}"
        raise OutcomeError(f"{plot} cannot draw a {type(given).__name__}; give {wanted}")
    inside = [name for name in table.index.names if name in columns and name not in table.columns]
    return table.reset_index(inside) if inside else table


def once(tidy: pd.DataFrame, plot: str, keys: Sequence[str], *, among: str = "threshold") -> None:
    """Refuse a table with several rows for what is drawn once.

    Raises
    ------
    OutcomeError
        if rows have the same keys
    """
    if (twice := tidy.duplicated(list(keys))).any():
        row = tidy[twice].iloc[0]
        what = ", ".join(f"{key} {row[key]!r}" if isinstance(row[key], str) else f"{key} {row[key]:g}" for key in keys)
        raise OutcomeError(f"the table of {plot} has {what} twice; select the rows of one {among}")


def axes(ax: Axes | None) -> Axes:
    """The axes given, or those of a new figure, which makes room for what stands beside them."""
    return plt.subplots(layout="constrained")[1] if ax is None else ax


def tint(colour: str, share: float = 0.35) -> tuple[float, float, float]:
    """A colour mixed with white."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def draw_line(ax: Axes, x: pd.Series, y: pd.Series, name: str, mark: Mark, place: int) -> None:
    """The line of a strategy, with its marker where those of others are not."""
    ax.plot(
        x,
        y,
        linestyle=mark.dash,
        color=mark.colour,
        linewidth=1.8,
        marker=mark.marker,
        markersize=mark.size,
        markeredgecolor="white",
        markeredgewidth=0.7,
        markevery=(0.02 + 0.16 * (place % 12) / 12, 0.16),
        label=name,
    )


def name_ends(ax: Axes, ends: Sequence[End]) -> None:
    """Name lines to the right of the axes, in the order in which they end, moved apart where they would overlap.

    Parameters
    ----------
    ends : in data coordinates; the limits of the axes have to be final
    """
    heights = [float(ax.transAxes.inverted().transform(ax.transData.transform((0, end.level)))[1]) for end in ends]
    rising = sorted(range(len(ends)), key=lambda place: (heights[place], -place))
    names = shorten([end.name for end in ends])
    texts = [names[place] + ends[place].says for place in rising]
    places = spread([heights[place] for place in rising], [height_of(text, ax) for text in texts])
    right, turn = _beside(ax), (16 if len(ends) < 7 else 30) / 72
    for place, text, level in zip(rising, texts, places, strict=True):
        mark = ends[place].mark
        shown: dict[str, Any] = {"transform": right, "clip_on": False, "color": mark.colour}
        ax.plot([0, turn], [heights[place], level], linewidth=0.8, **shown)
        ax.plot([turn, turn + 26 / 72], [level, level], linestyle=mark.dash, linewidth=1.8, **shown)
        ax.plot(
            turn + 13 / 72,
            level,
            marker=mark.marker,
            markersize=mark.size,
            markeredgecolor="white",
            markeredgewidth=0.7,
            **shown,
        )
        ax.text(turn + 30 / 72, level, text, transform=right, va="center", fontsize=SMALL, color=INK, linespacing=1.1)


def _beside(ax: Axes) -> Transform:
    """Inches to the right of the axes across, share of their height up."""
    across = canvas(ax).dpi_scale_trans + ScaledTranslation(1, 0, cast("Affine2DBase", ax.transAxes))
    return blended_transform_factory(across, ax.transAxes)


def key(ax: Axes, entries: Sequence[tuple[Artist, str]]) -> None:
    """What lines, bands and hatches mean, below the label of the x axis."""
    words = [text for _, text in entries]
    legend = Legend(
        ax,
        [artist for artist, _ in entries],
        words,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, -38 / 72, canvas(ax).dpi_scale_trans),
        ncols=len(words) if sum(map(len, words)) < 55 else 1,
        fontsize=SMALL,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
    )
    ax.add_artist(legend)
    legend.set_clip_on(False)


def draw_thresholds(ax: Axes, across: pd.Series, thresholds: Sequence[float], sign: str) -> None:
    """An x axis of willingness to pay, with vertical lines at some thresholds."""
    for threshold in thresholds:
        ax.axvline(threshold, color=GREY, linewidth=1.2, linestyle=":", zorder=1)
    span(ax, across)
    figures_on(ax.xaxis, sign, most=5)
    ax.set_xlabel("Willingness to pay per QALY")


def span(ax: Axes, across: pd.Series) -> None:
    """Limits of the x axis at the ends of what is drawn, if these differ."""
    if across.min() < across.max():
        ax.set_xlim(across.min(), across.max())


def thresholds_entry(thresholds: Sequence[float], sign: str) -> list[tuple[Artist, str]]:
    """The entry of a key for vertical lines at thresholds, if there are any."""
    line = Line2D([], [], color=GREY, linestyle=":", linewidth=1.2)
    return [(line, f"{listed(thresholds, sign)} per QALY")] if len(thresholds) else []


def label_above(ax: Axes, x: float, text: str) -> None:
    """A text over a vertical line, on top of the axes, where a title makes room for it."""
    top = ax.secondary_xaxis("top")
    top.set_xticks([x], [text], fontsize=9, color=INK)
    top.spines["top"].set_visible(False)


FEW_ROWS, TWO_LINES = 10, 20.0
"""Rows up to which names are short and large, and the points in which two lines of a name find room."""


def label_rows(ax: Axes, names: Sequence[str], left_out: pd.Series, sign: str) -> None:
    """Names of horizontal bars, the first on top, and below them how many more there are and how small they are."""
    height = ax.get_window_extent().height * 72 / canvas(ax).dpi / (len(names) + (len(left_out) > 0))
    few = len(names) <= FEW_ROWS
    rows = shorten(list(map(str, names)), width=30 if few else 44, lines=2 if few or height > TWO_LINES else 1)
    if len(left_out):
        rows.append(f"{len(left_out)} more, each {amount(left_out.max(), sign)} at most")
    ax.set_yticks(range(len(rows)), rows, fontsize=SMALL if len(rows) > 10 else 9)
    if len(left_out):
        ax.get_yticklabels()[-1].set_fontstyle("italic")
    ax.tick_params(axis="y", length=0)
    spare = max(0, 3 - len(rows)) / 2  # few bars are not drawn fat
    ax.set_ylim(len(rows) - 0.4 + spare, -0.6 - spare)


def listed(thresholds: Sequence[float], sign: str) -> str:
    """Amounts in a list.

    >>> listed([25_000, 35_000], "£")
    '£25,000 and £35,000'
    """
    texts = [f"{sign}{threshold:,.10g}" for threshold in thresholds]
    return " and ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)

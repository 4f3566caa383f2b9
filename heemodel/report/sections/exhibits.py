"""Tables and pictures of the model's own, under the headings that it gives them."""

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from heemodel.analysis import Exhibit, Results, ScenarioResult
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Folded, Section, Table
from heemodel.report.drawing import single, sized
from heemodel.report.layout import named, titled

ROW = 0.22
"""Inches of a row of ranges or bars."""


def exhibits(results: Results) -> list[Section] | None:
    """A section for each heading; those of further scenarios are folded away. None where the model gives none."""
    headings = dict.fromkeys(exhibit.heading for result in results for exhibit in result.exhibits)
    return [_of(results, heading, place) for place, heading in enumerate(headings)] or None


def _of(results: Results, heading: str, place: int) -> Section:
    """What stands under one heading."""
    blocks: list[Block] = []
    for result in results:
        mine = [block for one in result.exhibits if one.heading == heading for block in _blocks(results, result, one)]
        if mine and blocks:
            blocks.append(Folded(title=f"{results.label(result.name)}: {heading.lower()}", blocks=mine))
        else:
            blocks += mine
    return Section(name=f"own-{place + 1}", title=heading, blocks=blocks)


def _blocks(results: Results, result: ScenarioResult, exhibit: Exhibit) -> list[Block]:
    """A table, or a figure, with its text."""
    title = titled(exhibit.title, results, result.name)
    if exhibit.kind == "table":
        rows = [[str(cell) for cell in row] for row in exhibit.table.itertuples(index=False)]
        return [Table(title=title, header=[str(name) for name in exhibit.table], rows=rows, note=exhibit.text)]
    figure = Figure(
        name=named(exhibit.name, results, result.name),
        title=title,
        draw=partial(_drawn, exhibit, results.strategies),
        caption=exhibit.text,
        alternative=f"{exhibit.title}. {exhibit.text}",
        table=exhibit.table,
    )
    return [figure]


def _drawn(exhibit: Exhibit, strategies: Sequence[str]) -> Canvas:
    """The picture of an exhibit; strategies have the colours that they have elsewhere."""
    share, tidy = exhibit.form == "share", exhibit.table
    if exhibit.kind == "tiles":
        return sized(lambda: plots.plot_tiles(tidy, share=share)[0])
    rows = tidy["label"].nunique() if "label" in tidy else 0
    series = tidy["series"].nunique() if "series" in tidy else 1
    height = 1.1 + ROW * rows * (1.0 if exhibit.kind == "ranges" else 0.5 + 0.3 * series) if rows else 4.6

    known = "series" in tidy and set(tidy["series"]) <= set(strategies)
    order = strategies if known else None

    def draw(ax: Axes) -> None:
        match exhibit.kind:
            case "over time":
                plots.plot_over_time(
                    tidy, share=share, line=exhibit.line, line_label=exhibit.line_label, order=order, ax=ax
                )
            case "ranges":
                plots.plot_ranges(tidy, share=share, line=exhibit.line, line_label=exhibit.line_label, ax=ax)
            case "bars":
                plots.plot_bars(tidy, share=share, ax=ax)
            case _:
                plots.plot_points(tidy, order=order, ax=ax)
        ax.set_xlabel(exhibit.x)
        ax.set_ylabel(exhibit.y)

    return single(draw, height=height)

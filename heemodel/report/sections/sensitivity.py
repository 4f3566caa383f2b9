"""What moves the answer: how far the net benefit goes as each input goes from low to high."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results
from heemodel.analysis.labels import Label
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Folded, Section, Table, Words
from heemodel.report.drawing import single
from heemodel.report.formatting import basis_of, coarsest, money, per_qaly
from heemodel.report.layout import capital, rows_in, titled

BOTH = 2
"""Strategies of which there are no others."""
CLOSE = 2.0
"""Standard errors within which an end of a bar is not told from 0."""
BARS, ROWS = 15, 30
"""Inputs drawn, and those in the table; the file has all."""
ROW, LINE = 0.3, 0.14
"""Inches that a bar takes, and those that a second line of its name adds."""
WIDEST, LONGEST = 44, 80
"""Characters of a name in one line of the plot, and those from which on its unit is left to the table."""


def sensitivity(results: Results) -> Section | None:
    """Tornado of the first scenario, with the table that it is drawn from; the file has every scenario."""
    table = rows_in(results, "tornado", scenario=results.first.name)
    if table.empty:
        return None
    bars = _in_words(table)
    rest: list[Block] = [Folded(title="The figures of the tornado", blocks=[_table(results, bars)])]
    return Section(
        name="sensitivity",
        title="What moves the answer",
        blocks=[*_turning(results, bars), _tornado(results, bars), *rest],
    )


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    """The bars, widest first, with values as text and labels for names; they have units where there is room."""
    labels = [Label(row.label, row.unit) for row in table.itertuples()]
    texts = {
        end: [label.figure(value) for label, value in zip(labels, table[end], strict=True)] for end in ("low", "high")
    }
    names = [label.with_unit if len(label.with_unit) <= LONGEST else label.text for label in labels]
    return table.assign(parameter=names, **texts)


def _turning(results: Results, bars: pd.DataFrame) -> list[Words]:
    """Which inputs alone could turn the answer."""
    strategy, versus = (str(bars[column].iloc[0]) for column in ("strategy", "versus"))
    at = per_qaly(results.thresholds[0], results.currency)
    where = f"{results.label(results.first.name)}: at" if len(results.scenarios) > 1 else "At"
    value = "better" if bars["mean"].iloc[0] > 0 else "worse"
    error = CLOSE * bars[["outcome_low_se", "outcome_high_se"]].max(axis=1)  # what may be noise turns nothing
    other = bars["lowest"] < -error if bars["mean"].iloc[0] > 0 else bars["highest"] > error
    crossing = bars[other & (bars["lowest"] < 0) & (bars["highest"] > 0)]["label"]
    others = ", the best of the others" if len(results.strategies) > BOTH else ""
    against = f"{where} {at}, {strategy} is {value} value than {versus}{others}"
    if crossing.empty:
        return [
            Words(
                f"{against}, wherever any single input lies in its 95% interval, as far as these draws can tell.",
                "finding",
            )
        ]
    more = f"; and {len(crossing) - BARS} more" if len(crossing) > BARS else ""
    return [
        Words(
            f"{against}. Within its 95% interval, each of these inputs alone would turn that: "
            f"{'; '.join(crossing.head(BARS))}{more}.",
            "finding",
        )
    ]


def _tornado(results: Results, bars: pd.DataFrame) -> Figure:
    """Bars of how far each input moves the net benefit."""
    (strategy, versus), currency = (str(bars[column].iloc[0]) for column in ("strategy", "versus")), results.currency
    at, widest = per_qaly(results.thresholds[0], currency), bars.iloc[0]
    outcome = f"Net benefit of {strategy} versus {versus}, per {results.person}"
    several = len(results.scenarios) > 1
    scenario = f"{results.label(results.first.name)}; tornado.csv has every scenario. " if several else ""
    named = " (of sources, those with the lowest and the highest mean)" if (bars["shape"] == "by name").any() else ""
    low, high = sorted((widest["outcome_low"], widest["outcome_high"]))
    error = coarsest([widest["outcome_low_se"], widest["outcome_high_se"]])
    ends = " to ".join(money(end, error, currency=currency) for end in (low, high))

    def draw(ax: Axes) -> None:
        plots.plot_tornado(bars, outcome=outcome, most=BARS, currency=currency, ax=ax)

    return Figure(
        name="tornado",
        title="How far each input moves the answer",
        draw=lambda: single(draw, height=_height(bars["parameter"])),
        caption=f"Expected net benefit per {results.person} of {strategy} versus {versus} at {at}, given "
        f"that an input is at its 2.5% or 97.5% quantile{named}; the others vary with it as they do in the draws. "
        f"{scenario}{basis_of(results)}",
        alternative=f"Tornado of net benefit by input. Widest: {widest['label']}, from {ends}.",
        table=bars.drop(columns="parameter"),
    )


def _height(names: Sequence[str]) -> float:
    """Room for the bars, and for names in two lines."""
    shown = list(names)[:BARS]
    return 1.8 + ROW * len(shown) + LINE * sum(len(name) > WIDEST for name in shown)


def _table(results: Results, bars: pd.DataFrame) -> Table:
    """The inputs' values and the net benefits there."""
    error = coarsest([*bars["outcome_low_se"], *bars["outcome_high_se"]])
    rows = [
        [
            Label(row.label, row.unit).with_unit,
            row.low,
            row.high,
            *(money(end, error, currency=results.currency) for end in (row.outcome_low, row.outcome_high, row.width)),
        ]
        for row in bars.head(ROWS).itertuples()
    ]
    more = f" The {ROWS} widest of {len(bars)}; tornado.csv has all." if len(bars) > ROWS else ""
    return Table(
        title=titled("How far each input moves the net benefit", results, results.first.name),
        header=["Input", "Low", "High", "Net benefit at low", "Net benefit at high", "Apart"],
        groups=[("", 1), ("Value of the input", 2), (capital(f"per {results.person}"), 3)],
        rows=rows,
        note="Low and high: 2.5% and 97.5% quantiles. Apart: between the lowest and the highest net benefit on the "
        "way, which may lie between the ends. Figures are rounded alike." + more,
    )

"""What more evidence would be worth: of everything, and of some inputs."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from heemodel.analysis import Results, ScenarioResult
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Folded, Section, Table, Words
from heemodel.report.drawing import panels, single
from heemodel.report.formatting import basis_of, in_all, money, per_qaly, percent, with_error
from heemodel.report.layout import capital, named, rows_in, titled

MEANING = (
    "The answer may be wrong because the inputs are uncertain, and a wrong choice costs money and health. The expected "
    "value of perfect information (EVPI) is what that costs on average for each {}: no further evidence can be "
    "worth more. It is neither a saving nor a budget: nobody holds this money. It is that of one choice for all; for a "
    "group of them, for which the answer may differ, evidence can be worth more."
)
RESEARCH = (
    "Evidence serves everyone who is treated while it holds, here and elsewhere. What a study costs is not counted: "
    "it is worth doing only where it tells enough of this, in time, for more people than it costs."
)
PARTIAL = (
    "± one standard error, of the regression and of the number of draws. Inputs share what they are worth: values do "
    "not add up. Shares are worked out before figures are rounded. Check: whether regressions on other draws choose as "
    "well; what could be noise is not told from nothing by so many draws."
)
ABOVE = (
    " A value above that of everything is so by the errors of both: nothing can be worth more than knowing everything."
)
NOBODY_KNOWS = (
    "No parameters were given, so that it cannot be said which uncertainty matters; give their samples to find out."
)
MOST = 30
"""Rows of the table of inputs; the file has all."""
BARS, LEAST = 15, 0.005
"""Inputs drawn at most, and the share of the EVPI that each of them is worth at least."""
ERRORS = 1.96
CLOSE = 2.0
"""Standard errors up to which a value cannot be told from nothing."""


def information(results: Results) -> Section | None:
    """EVPI of all scenarios, and what it would be worth to know some inputs, scenario by scenario."""
    if (results.tables["evpi"]["evpi"] == 0).all():
        return None
    return Section(
        name="information",
        title="What more evidence would be worth",
        link="More evidence",
        blocks=[
            Words(MEANING.format(results.person)),
            *_research(results),
            _evpi_table(results),
            _evpi_figure(results),
            *(block for result in results for block in _inputs(results, result)),
        ],
    )


def _research(results: Results) -> list[Words]:
    """What the values say about research, once for all scenarios of which they say the same."""
    if "evppi" not in results.tables:
        return [Words(NOBODY_KNOWS)] if results.inputs is None else []
    labels: dict[str, list[str]] = {}
    for result in results:
        labels.setdefault(_most_worth(results, result), []).append(results.label(result.name))
    if len(labels) == 1:
        return [Words(next(iter(labels)), "finding")]
    return [Words(f"{', '.join(alike)}: {words[0].lower()}{words[1:]}", "finding") for words, alike in labels.items()]


def _most_worth(results: Results, result: ScenarioResult) -> str:
    """Where most of the value of knowing more lies, at the first threshold."""
    threshold, currency = results.thresholds[0], results.currency
    everything, sure = _evpi_at(results, result, threshold), _surely_worth(results, result, threshold)
    at = f"At {per_qaly(threshold, currency)}"
    if sure.empty or not everything["evpi"]:
        return (
            f"{at} none of the inputs and groups of inputs looked at is worth more than the error of its estimate: by "
            "these draws, knowing any one of them would hardly change the choice."
        )
    largest = [f"{row.label} ({money(row.evppi, row.se, currency=currency)})" for row in sure.head(3).itertuples()]
    whole = money(everything["evpi"], everything["mcse"], currency=currency)
    return (
        f"{at} knowing everything would be worth {whole} per "
        f"{results.person}; what single inputs or groups of them are worth is largest for {', '.join(largest)}."
    )


def _evpi_at(results: Results, result: ScenarioResult, threshold: float) -> pd.Series:
    """The value of knowing everything, with its Monte Carlo error."""
    return rows_in(results, "evpi", scenario=result.name, threshold=threshold).iloc[0]


def _surely_worth(results: Results, result: ScenarioResult, threshold: float) -> pd.DataFrame:
    """The inputs whose value can be told from nothing, the largest first."""
    table = rows_in(results, "evppi", scenario=result.name, threshold=threshold)
    if table.empty:
        return table
    sure = table[(table["evppi"] > CLOSE * table["se"]) & (table["check"] != COULD_BE_NOISE)]
    return sure.sort_values("evppi", ascending=False, kind="stable")


def _evpi_table(results: Results) -> Table:
    """Of all scenarios, per person and for all people affected, where it is known how many they are."""
    affected, currency, rows = results.affected, results.currency, []
    for threshold in results.thresholds:
        values = [_evpi_at(results, result, threshold) for result in results]
        cells = [with_error(value["evpi"], value["mcse"], currency=currency) for value in values]
        rows.append([f"Per {results.person}, at {per_qaly(threshold, currency)}", *cells])
    for threshold in results.thresholds:
        if affected is None:
            break
        values = [_evpi_at(results, result, threshold) for result in results]
        cells = [in_all(value["evpi"], value["mcse"], affected, currency) for value in values]
        rows.append([f"{capital(affected.words)}, at {per_qaly(threshold, currency)}", *cells])
    labels = [results.label(name) for name in results.scenarios]
    every_year = affected is not None and affected.every_year
    least = f" The value for {affected.words} is the least that it can be." if affected and every_year else ""
    return Table(
        title="Expected value of perfect information (EVPI)",
        header=["", *(labels if len(labels) > 1 else ["EVPI"])],
        rows=rows,
        note=f"± one Monte Carlo standard error. {RESEARCH}{least}",
    )


def _evpi_figure(results: Results) -> Figure:
    """The value of knowing everything by threshold."""
    table, scenarios = results.tables["evpi"].sort_values(["scenario", "threshold"]), list(results.scenarios)
    population = results.affected.number if results.affected is not None and len(scenarios) == 1 else None

    highest = float((table["evpi"] + ERRORS * table["mcse"]).max())

    def draw(place: int, ax: Axes) -> None:
        mine = table[table["scenario"] == scenarios[place]]
        plots.plot_evpi(
            mine,
            population=population,
            thresholds=results.thresholds,
            currency=results.currency,
            legend=len(scenarios) == 1,
            ax=ax,
        )
        ax.set_ylim(0, 1.05 * highest or 1.0)
        ax.set_ylabel(f"EVPI per {results.person}")

    first = results.thresholds[0]
    values = {name: _evpi_at(results, result, first) for name, result in results.scenarios.items()}
    words = [
        f"{results.label(name) + ': ' if len(scenarios) > 1 else ''}"
        f"{money(value['evpi'], value['mcse'], currency=results.currency)}"
        for name, value in values.items()
    ]
    right = f" The axis on the right is over {results.affected.words}." if population and results.affected else ""
    return Figure(
        name="evpi",
        title="What perfect information would be worth",
        draw=lambda: (
            single(lambda ax: draw(0, ax))
            if len(scenarios) == 1
            else panels([results.label(name) for name in scenarios], draw, height=3.6)
        ),
        caption=f"Expected value of perfect information per {results.person}, by threshold, with a band of "
        f"1.96 Monte Carlo standard errors.{right} {basis_of(results)}",
        alternative=f"Curve of the expected value of perfect information per {results.person}. At "
        f"{per_qaly(first, results.currency)}: {'; '.join(words)}.",
        table=table,
    )


def _inputs(results: Results, result: ScenarioResult) -> list[Block]:
    """Of one scenario: table and bars; folded away where it is not the first or nothing is surely worth anything."""
    table = rows_in(results, "evppi", scenario=result.name)
    if table.empty:
        return []
    highest = table.groupby("parameters")["evppi"].transform("max")
    useful, useless = table[highest > 0], table[highest <= 0]
    blocks: list[Block] = [] if useful.empty else [_evppi_table(results, result, useful)]
    if len(useless):
        names = "; ".join(dict.fromkeys(useless["label"]))
        *some, last = [money(threshold, currency=results.currency) for threshold in results.thresholds]
        at = f"{', '.join(some)} or {last} per QALY" if some else f"{last} per QALY"
        blocks.append(
            Words(f"By these draws, knowing any of these alone would not change the choice at {at}: {names}.", "note")
        )
    if not _surely_worth(results, result, results.thresholds[0]).empty:
        blocks.append(_evppi_figure(results, result))
    sure = any(not _surely_worth(results, result, threshold).empty for threshold in results.thresholds)
    if result is results.first and sure:
        return blocks
    return [Folded(title=titled("What knowing single inputs would be worth", results, result.name), blocks=blocks)]


def _evppi_table(results: Results, result: ScenarioResult, table: pd.DataFrame) -> Table:
    """Everything, and each input or group of inputs, the largest first."""
    first = table[table["threshold"] == results.thresholds[0]]
    ranked = first.sort_values("evppi", ascending=False, kind="stable")
    everything = [_evpi_at(results, result, threshold) for threshold in results.thresholds]
    whole = float(everything[0]["evpi"])
    values = [value.rename({"evpi": "value", "mcse": "error"}) for value in everything]
    rows, beside = [["Everything (EVPI)", *_worth(results, values, whole), ""]], {}
    for known in ranked.head(MOST).itertuples():
        mine = table[table["parameters"] == known.parameters].set_index("threshold")
        mine = mine.rename(columns={"evppi": "value", "se": "error"})
        check = _checked(results, mine["check"])
        if known.members and known.members != known.label:
            beside[len(rows)] = known.members
        rows.append([known.label, *_worth(results, [mine.loc[at] for at in results.thresholds], whole), check])
    more = f" The {MOST} largest of {len(ranked)}; evppi.csv has all." if len(ranked) > MOST else ""
    more += ABOVE if (first["evppi"] > whole).any() else ""
    at = per_qaly(results.thresholds[0], results.currency)
    people = [] if results.affected is None else [f"{capital(results.affected.words)}, at {at}"]
    per = f"Per {results.person} at"
    return Table(
        title=titled("What knowing more would be worth (EVPPI)", results, result.name),
        header=[
            "Known",
            *(f"{per} {per_qaly(threshold, results.currency)}" for threshold in results.thresholds),
            f"Share of EVPI at {at}",
            *people,
            "Check",
        ],
        rows=rows,
        note=PARTIAL + more,
        emphasis=frozenset({0}),
        beside=beside,
    )


def _checked(results: Results, checks: pd.Series) -> str:
    """What to look at, with the thresholds where not all have it."""
    places: dict[str, list[str]] = {}
    for threshold in results.thresholds:
        check = str(checks[threshold])
        words = check.partition(":")[0] if check == COULD_BE_NOISE else check
        places.setdefault(words, []).append(money(threshold, currency=results.currency))
    if len(places) == 1:
        return next(iter(places))
    return "; ".join(f"at {', '.join(at)}: {words}" for words, at in places.items() if words != "passed")


def _worth(results: Results, values: Sequence[pd.Series], whole: float) -> list[str]:
    """Cells of values with their errors at every threshold: per person, the share of the EVPI, and for all affected."""
    currency, affected, first = results.currency, results.affected, values[0]
    share = percent(first["value"] / whole) if whole > 0 else "–"
    people = [] if affected is None else [in_all(first["value"], first["error"], affected, currency)]
    return [*(with_error(each["value"], each["error"], currency=currency) for each in values), share, *people]


def _evppi_figure(results: Results, result: ScenarioResult) -> Figure:
    """Bars of what inputs are worth at the first threshold."""
    threshold, currency = results.thresholds[0], results.currency
    table = rows_in(results, "evppi", scenario=result.name, threshold=threshold)
    bars = table.assign(parameters=table["label"])
    everything, largest = _evpi_at(results, result, threshold), _surely_worth(results, result, threshold).iloc[0]
    several = f"{results.label(result.name)}. " if len(results.scenarios) > 1 else ""

    shown = min(BARS, int((bars["evppi"] > LEAST * everything["evpi"]).sum()))

    def draw(ax: Axes) -> None:
        plots.plot_evppi(
            bars, evpi=everything["evpi"], evpi_mcse=everything["mcse"], most=shown, currency=currency, ax=ax
        )
        ax.set_xlabel(f"EVPPI per {results.person}")

    return Figure(
        name=named("evppi", results, result.name),
        title=titled("Which uncertainty matters", results, result.name),
        draw=lambda: single(draw, height=2.0 + 0.36 * shown),
        caption=f"Expected value, per {results.person} at {per_qaly(threshold, currency)}, of knowing an input before "
        f"deciding (EVPPI). {several}{basis_of(results)}",
        alternative=f"Bars of the value of knowing each input. Largest: {largest['label']}, "
        f"{money(largest['evppi'], largest['se'], currency=currency)}.",
        table=table,
    )

"""How sure the choice is: probabilities, the frontier of the best choices, and what choosing otherwise loses."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from heemodel.analysis import Results, ScenarioResult
from heemodel.currency import POUNDS
from heemodel.parameters.policy import policy_profiles
from heemodel.report import plots
from heemodel.report.document import Block, Figure, Points, Section, Table, Words
from heemodel.report.drawing import panels, single
from heemodel.report.formatting import basis_of, money, per_qaly, probability, row_of
from heemodel.report.layout import by_scenario, drawn, named, titled
from heemodel.report.sections.best import best_at, oddity

NOTE = (
    "The probability is the share of draws in which a strategy has the highest net benefit. The expected loss is the "
    "net benefit forgone, on average, where another strategy would have been better. Choose the strategy of the lowest "
    "expected loss, however sure that is{}: it has the highest expected net benefit, and its expected loss is the EVPI."
)


def certainty(results: Results) -> Section:
    """Scenarios side by side with one intervention; with several, scenario by scenario."""
    several = len(results.interventions) > 1
    blocks = (
        by_scenario(results, lambda result: _of(results, [result]), "how sure")
        if several
        else _of(results, list(results))
    )
    return Section(
        name="certainty",
        title="How sure is that?",
        link="How sure",
        blocks=[*blocks, *_policies(results)],
    )


def _of(results: Results, of: Sequence[ScenarioResult]) -> list[Block]:
    """Table and curves of some scenarios."""
    oddities = [Words(text) for result in of for text in _oddities(results, result)]
    return [_table(results, of), *oddities, _acceptability(results, of), _loss(results, of)]


def _oddities(results: Results, result: ScenarioResult) -> Iterator[str]:
    """Where the strategy that is most often the best is not the one to choose, and where several are."""
    for threshold in results.thresholds:
        at = per_qaly(threshold, results.currency)
        at = f"{results.label(result.name)}, at {at}" if len(results.scenarios) > 1 else f"At {at}"
        if odd := oddity(results, result.name, threshold):
            yield f"{at}: {odd}"


def _table(results: Results, of: Sequence[ScenarioResult]) -> Table:
    """Probability and expected loss of each strategy at each threshold, scenarios side by side."""
    headline, currency = results.tables["headline"], results.currency
    rows: list[list[str]] = []
    emphasis: set[int] = set()
    for threshold in results.thresholds:
        for strategy in results.strategies:
            if all(best_at(results, result.name, threshold)["strategy"] == strategy for result in of):
                emphasis.add(len(rows))
            cells = []
            for result in of:
                keys = {"scenario": result.name, "strategy": strategy}
                chance, loss = (
                    row_of(headline, f"{stem}_at_{threshold:.12g}", **keys)
                    for stem in ("probability_best", "expected_loss")
                )
                cells += [
                    probability(chance["value"], chance["mcse"]),
                    money(loss["value"], loss["mcse"], currency=currency),
                ]
            rows.append([per_qaly(threshold, currency), strategy, *cells])
    loss = f"Expected loss per {results.person}"
    bold = " (printed bold)" if len(of) == 1 else " (printed bold where that holds in all scenarios)"
    return Table(
        title=titled("How sure, and what is lost by choosing otherwise", results, of[0].name)
        if len(of) == 1
        else "How sure, and what is lost by choosing otherwise",
        header=["Threshold", "Strategy", *["Probability most cost-effective", loss] * len(of)],
        groups=[("", 2), *((results.label(result.name), 2) for result in of)] if len(of) > 1 else (),
        rows=rows,
        emphasis=frozenset(emphasis),
        note=NOTE.format(bold),
    )


def _acceptability(results: Results, of: Sequence[ScenarioResult]) -> Figure:
    """Acceptability curves with the frontier."""
    table, left_out = _curves(results, of)
    first = results.thresholds[0]
    words = []
    for result in of:
        best = best_at(results, result.name, first)
        label = f"{results.label(result.name)}: " if len(of) > 1 else ""
        words.append(f"{label}{best['strategy']}, {probability(best['probability'])}")
    lines = ", ".join(money(threshold, currency=results.currency) for threshold in results.thresholds)
    return Figure(
        name=named("acceptability", results, of[0].name),
        title=titled("Cost-effectiveness acceptability", results, of[0].name)
        if len(of) == 1
        else "Cost-effectiveness acceptability",
        draw=_drawing(results, of, table, plots.plot_acceptability),
        caption="Probability that each strategy has the highest net benefit, by willingness to pay for a QALY. Band: "
        "the frontier (CEAF), the probability for the strategy of the highest expected net benefit, which is the one "
        f"to choose. Dotted lines: {lines} per QALY.{left_out} {basis_of(results)}",
        alternative=f"Acceptability curves. At {per_qaly(first, results.currency)}, the strategy of the highest "
        f"expected net benefit and the probability that it is the most cost-effective: {'; '.join(words)}.",
        table=table.drop(columns="expected_loss"),
    )


def _loss(results: Results, of: Sequence[ScenarioResult]) -> Figure:
    """Expected loss curves; the lowest is the EVPI."""
    table, left_out = _curves(results, of)
    first = results.thresholds[0]
    best = {results.label(result.name): best_at(results, result.name, first)["strategy"] for result in of}
    words = [f"{label}: {strategy}" if len(of) > 1 else strategy for label, strategy in best.items()]
    return Figure(
        name=named("expected_loss", results, of[0].name),
        title=titled("What is lost by choosing each strategy", results, of[0].name)
        if len(of) == 1
        else "What is lost by choosing each strategy",
        draw=_drawing(results, of, table, partial(plots.plot_expected_loss, beside=table["expected_loss"])),
        caption=f"Mean net benefit per {results.person} forgone by choosing a strategy where another would have been "
        "better. The lowest curve is the strategy to choose, and its height the EVPI. The scale up is "
        f"logarithmic, and even near 0.{left_out} {basis_of(results)}",
        alternative=f"Expected loss of each strategy by threshold. Lowest at {per_qaly(first, results.currency)}: "
        f"{'; '.join(words)}.",
        table=table[["scenario", "threshold", "strategy", "expected_loss"]],
    )


def _curves(results: Results, of: Sequence[ScenarioResult]) -> tuple[pd.DataFrame, str]:
    """Curves of some scenarios, of strategies that a plot can tell apart; and a sentence about those left out."""
    order, left_out = drawn(results, of[0].name)
    table = results.tables["acceptability"]
    mine = table["scenario"].isin([result.name for result in of]) & table["strategy"].isin(order)
    return table[mine].drop(columns="asked").sort_values(["scenario", "threshold"], kind="stable"), left_out


def _drawing(
    results: Results, of: Sequence[ScenarioResult], table: pd.DataFrame, plot: Callable[..., Axes]
) -> Callable[[], Canvas]:
    """One drawing with its strategies named beside it, or a panel for each scenario with a common legend."""
    order, _ = drawn(results, of[0].name)

    def draw(place: int, ax: Axes) -> None:
        mine = table[table["scenario"] == of[place].name]
        legend = len(of) == 1
        plot(mine, thresholds=results.thresholds, order=order, legend=legend, currency=results.currency, ax=ax)
        ax.set_ylabel(ax.get_ylabel().replace("person", results.person))

    if len(of) == 1:
        return lambda: single(lambda ax: draw(0, ax))
    return lambda: panels([results.label(result.name) for result in of], draw, height=3.3, legend=True)


def _policies(results: Results) -> list[Points]:
    """Where the thresholds come from, where they are those of the dated policy profiles."""
    if not results.record.policy_thresholds:
        return []
    points = [
        f"{' and '.join(money(threshold, currency=POUNDS) for threshold in profile.thresholds)}: {profile.label}. "
        f"{profile.note} Source: {profile.source}."
        for profile in policy_profiles().values()
    ]
    if not results.currency.matches(POUNDS):
        points.append(f"These figures are in pounds; they are taken as {results.currency} here, and not converted.")
    return [Points(title="Where the thresholds come from", points=points)]

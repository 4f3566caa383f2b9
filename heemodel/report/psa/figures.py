"""The figures of a PSA report: the tidy table behind each, its drawing, caption and text alternative."""

from heemodel.decision import Appraisal
from heemodel.decision.information.partial import COULD_BE_NOISE
from heemodel.decision.plane import Plane
from heemodel.report import plots
from heemodel.report.figures import Figure
from heemodel.report.knowledge import Affected, drawn, evpi_at, name_of, spoken, tornado_figure
from heemodel.report.psa.words import best_at
from heemodel.report.wording import fine_money, probability

SHOWN = 2_000
"""Samples drawn on the plane, shared among strategies."""


def draw_figures(found: Appraisal, affected: Affected | None) -> dict[str, Figure]:
    """All figures, by name."""
    order = found.cea.strategies
    figures = [
        _plane(found),
        *([_frontier(found)] if len(order) > 2 else []),
        _acceptability(found),
        _loss(found),
        _evpi(found, affected),
        *([] if found.evppi.empty else [_evppi(found)]),
        *([] if found.tornado.empty else [_tornado(found)]),
        _stability(found),
    ]
    return {figure.name: figure for figure in figures}


def _benefit_of(found: Appraisal) -> str:
    return f"Net benefit of {found.focus} versus {found.cea.comparator}, per person"


def plane_tables(found: Appraisal) -> Plane:
    """Points of the plane, means, and the share of all samples in each quadrant."""
    return found.cea.plane(most=SHOWN)


def _plane(found: Appraisal) -> Figure:
    plane = plane_tables(found)
    points, _, shares = plane
    threshold, order = found.thresholds[0], found.cea.strategies
    svg = drawn(
        lambda ax: plots.plot_plane(plane, threshold=threshold, order=order, currency=found.currency, ax=ax),
        height=5.2,
    )
    saves = shares[shares["quadrant"] == "south-east"].set_index("strategy")["share"]
    words = "; ".join(f"{name}: {probability(share)} save money and gain QALYs" for name, share in saves.items())
    return Figure(
        name="cost_effectiveness_plane",
        title="Cost and health together",
        svg=svg,
        caption=f"Each strategy versus {found.cea.comparator}: each dot a sample ({len(points):,} shown), the large "
        "marks the means of all. Below the dashed line a strategy is cost-effective at "
        f"{name_of(threshold, found.currency)}. Percentages: share of all samples in each quadrant (NE: costs more and "
        "gains QALYs).",
        alternative=f"Scatter plot of incremental cost against incremental QALYs. {words}.",
        table=points,
    )


def _frontier(found: Appraisal) -> Figure:
    on = found.icers.loc[found.icers["status"] == "on the frontier", "strategy"]
    return Figure(
        name="efficiency_frontier",
        title="What each further QALY costs",
        svg=drawn(
            lambda ax: plots.plot_frontier(found.icers, order=found.cea.strategies, currency=found.currency, ax=ax)
        ),
        caption="Mean cost and QALYs of every strategy. The line joins those that are the best value at some "
        "threshold; its slope is what a further QALY costs.",
        alternative=f"Cost against QALYs of each strategy. On the frontier: {', '.join(on)}.",
        table=found.icers,
    )


def _acceptability(found: Appraisal) -> Figure:
    words = "; ".join(
        f"at {name_of(k, found.currency)} {best['strategy']} {probability(best['probability'])}"
        for k in found.thresholds
        for best in [best_at(found, k)]
    )
    return Figure(
        name="acceptability",
        title="Cost-effectiveness acceptability",
        svg=drawn(
            lambda ax: plots.plot_acceptability(
                found.acceptability,
                thresholds=found.thresholds,
                order=found.cea.strategies,
                currency=found.currency,
                ax=ax,
            )
        ),
        caption="Probability that each strategy has the highest net benefit, by threshold. The band is the frontier: "
        "the probability for the strategy with the highest expected net benefit, which is the one to choose.",
        alternative=f"Acceptability curves. Highest expected net benefit, and its probability: {words}.",
        table=found.acceptability,
    )


def _loss(found: Appraisal) -> Figure:
    return Figure(
        name="expected_loss",
        title="What is lost by choosing each strategy",
        svg=drawn(
            lambda ax: plots.plot_expected_loss(
                found.acceptability,
                thresholds=found.thresholds,
                order=found.cea.strategies,
                currency=found.currency,
                ax=ax,
            )
        ),
        caption="Mean net benefit per person forgone by choosing a strategy where another would have been better. The "
        "lowest curve is the strategy to choose, and its height the EVPI.",
        alternative="Expected loss of each strategy by threshold. "
        + "; ".join(
            f"Lowest at {name_of(k, found.currency)}: {best_at(found, k)['strategy']}" for k in found.thresholds
        )
        + ".",
        table=found.acceptability[["threshold", "strategy", "expected_loss"]],
    )


def _evpi(found: Appraisal, affected: Affected | None) -> Figure:
    evpis = {k: evpi_at(found, k) for k in found.thresholds}
    words = "; ".join(
        f"{fine_money(evpi.value, evpi.mcse, currency=found.currency)} at {name_of(k, found.currency)}"
        for k, evpi in evpis.items()
    )
    return Figure(
        name="evpi",
        title="What perfect information would be worth",
        svg=drawn(
            lambda ax: plots.plot_evpi(
                found.evpi,
                population=affected.number if affected else None,
                thresholds=found.thresholds,
                currency=found.currency,
                ax=ax,
            )
        ),
        caption="Expected value of perfect information per person, by threshold, with its Monte Carlo error."
        + (f" The axis on the right is over {affected.words}." if affected else ""),
        alternative=f"Curve of the expected value of perfect information per person: {words}.",
        table=found.evpi,
    )


def _evppi(found: Appraisal) -> Figure:
    threshold = found.thresholds[0]
    table = found.evppi[found.evppi["threshold"] == threshold]
    shown, bars = (
        table.assign(parameters=table["parameters"].map(lambda name: spoken(name, found.groups))),
        min(len(table), 20),
    )
    clear, evpi = table[table["check"] != COULD_BE_NOISE], evpi_at(found, threshold)
    largest = [
        f"Largest: {spoken(row.parameters, found.groups)}, {fine_money(row.evppi, row.se, currency=found.currency)}."
        for row in clear.head(1).itertuples()
    ]
    return Figure(
        name="evppi",
        title="Which uncertainty matters",
        svg=drawn(
            lambda ax: plots.plot_evppi(shown, evpi=evpi.value, evpi_mcse=evpi.mcse, currency=found.currency, ax=ax),
            height=1.6 + 0.27 * bars,
        ),
        caption=f"Expected value, per person at {name_of(threshold, found.currency)}, of knowing a parameter before "
        "deciding.",
        alternative=" ".join(["Bars of the value of knowing each parameter.", *largest]),
        table=table,
    )


def _tornado(found: Appraisal) -> Figure:
    at = name_of(found.thresholds[0], found.currency)
    return tornado_figure(
        found.tornado,
        outcome=_benefit_of(found),
        currency=found.currency,
        what=f"net benefit of {found.focus} versus {found.cea.comparator} at {at}",
    )


def _stability(found: Appraisal) -> Figure:
    last = found.stability.iloc[-1]
    name, at = found.focus, name_of(found.thresholds[0], found.currency)
    return Figure(
        name="stability",
        title="Net benefit over ever more samples",
        svg=drawn(
            lambda ax: plots.plot_stability(
                found.stability, outcome=_benefit_of(found), currency=found.currency, ax=ax
            ),
            height=3.4,
        ),
        caption=f"Mean net benefit of {name} versus {found.cea.comparator} at {at} over the "
        "first samples, with its 95% Monte Carlo interval.",
        alternative=f"The running mean ends at {fine_money(last['mean'], last['mcse'], currency=found.currency)}.",
        table=found.stability,
    )
